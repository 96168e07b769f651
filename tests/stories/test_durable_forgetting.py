"""What was forgotten stays forgotten, whatever is done with the memory afterwards, and nobody else loses a byte."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from graphmem import ModelError
from graphmem.stores.neo4j import erasing
from graphmem.stores.neo4j.connection import _Blocking
from graphmem.testing import ScriptedModel
from tests.servers import Server
from tests.stories.shelves import FileShelf, ServerShelf, Shelf, moved

TOLD = "Nora flies a zorblax with Quillfeather. Nora lives in Porto."
SIBLING = "Nora sails with Ada. Acme is in Lisbon."
STEMS = ("zorblax", "quillfeath")

SELECTIONS: Mapping[str, tuple[Mapping[str, str], Sequence[str]]] = {
    "a fact": ({"fact_id": "to be found"}, STEMS),
    "a source": ({"source_id": "chat/1"}, (*STEMS, "porto")),
    "a session": ({"session_id": "s1"}, (*STEMS, "porto")),
    "a person": ({"entity": "Quillfeather"}, ("quillfeath",)),
}


@pytest.fixture
def file_shelf(tmp_path: Path) -> FileShelf:
    return FileShelf(tmp_path / "shelf")


@pytest.fixture(params=["5.26", "2026"])
def server_shelf(request: pytest.FixtureRequest, own_neo4j_server: Callable[..., Server]) -> Iterator[ServerShelf]:
    server = own_neo4j_server(request.param)
    with server.driver() as driver:
        yield ServerShelf(server, driver)


class Forgetting:
    """One story: what is erased, and whatever may happen then, step by step."""

    def __init__(self, shelf: Shelf, folder: Path, selection: str, *, has_twin: bool) -> None:
        self.shelf = shelf
        self.folder = folder
        self.asked, self.words = SELECTIONS[selection]
        self.has_twin = has_twin
        self.twin = b""

    # telling and looking

    def tell(self) -> None:
        with self.shelf.memory() as memory:
            memory.add(TOLD, user_id="ada", session_id="s1", source_id="chat/1")
            if self.has_twin:
                memory.add(TOLD, user_id="bob", session_id="s1", source_id="chat/1")
        away = ScriptedModel([ModelError("nobody there", "away")])
        with self.shelf.memory(extractor="openai", model=away) as memory:
            memory.add(SIBLING, user_id="ada", source_id="chat/2")
        self.secrets = self.shelf.secrets(self.words)
        assert self.shelf.copies(self.words) > 0
        assert self.shelf.vectors(self.secrets) > 0
        self.twin = self.exported("bob")

    def exported(self, user: str) -> bytes:
        path = self.folder / "export.jsonl"
        with self.shelf.memory() as memory:
            memory.export(path, user_id=user)
        content = path.read_bytes()
        path.unlink()
        return content

    def check(self, shelf: Shelf | None = None) -> None:
        """Nothing is left of Ada's, and what her twin has is what it was."""
        assert not any(word in self.exported("ada").decode().lower() for word in self.words)
        assert self.exported("bob") == self.twin
        if not self.has_twin:
            assert (shelf or self.shelf).copies(self.words) == 0
            assert (shelf or self.shelf).vectors(self.secrets) == 0

    def erase(self) -> None:
        with self.shelf.memory() as memory:
            asked = dict(self.asked)
            if "fact_id" in asked:
                facts = memory.facts(user_id="ada", limit=99)
                asked["fact_id"] = next(fact.id for fact in facts if STEMS[0] in fact.text)
            receipt = memory.forget(user_id="ada", **asked)  # pyright: ignore[reportArgumentType]
        assert sum(receipt.erased.values()) > 0
        assert not any(receipt.left.values())
        assert any("backups" in place for place in receipt.unreached)

    # what may happen then

    def reembed(self) -> None:
        with self.shelf.memory() as memory:
            memory.reembed()

    def tell_a_sibling(self) -> None:
        with self.shelf.memory() as memory:
            memory.add(f"{SIBLING} Nora met Ann.", user_id="ada", source_id="chat/2", replace=True)
            memory.add("Nora sails with Ann.", user_id="ada", session_id="s1")

    def catch_up(self) -> None:
        with self.shelf.memory(extractor="openai", model=ScriptedModel(lambda _: json.dumps({"facts": []}))) as memory:
            assert memory.catch_up(user_id="ada").pending == 0

    def load_elsewhere(self) -> None:
        path = self.folder / "ada.jsonl"
        with self.shelf.memory() as memory:
            memory.export(path, user_id="ada")
        other = FileShelf(self.folder / "elsewhere")
        with other.memory() as memory:
            memory.load(path, user_id="ada")
            assert "Nora" in str(memory.facts(user_id="ada"))
        assert other.copies(self.words) == 0
        assert other.vectors(self.secrets) == 0

    def move(self) -> None:
        other = FileShelf(self.folder / "moved")
        moved(self.shelf.store(), other.store())
        if not self.has_twin:
            assert other.copies(self.words) == 0
            assert other.vectors(self.secrets) == 0

    def restore_a_backup_of_after(self) -> None:
        self.shelf.back_up(self.folder / "after.db")
        self.shelf.restore(self.folder / "after.db")

    def restore_a_backup_of_before(self) -> None:
        """It was out of reach, as the receipt said, and so it is back: to be forgotten once more."""
        self.shelf.restore(self.folder / "before.db")
        assert self.shelf.copies(self.words) > 0
        with self.shelf.being_read():
            self.erase()
        with self.shelf.memory() as memory:
            memory.add("Ann keeps bees.", user_id="ada")  # the first write after the reader

    def run(self) -> None:
        self.tell()
        self.shelf.back_up(self.folder / "before.db")
        for step in (
            self.erase,
            self.shelf.restart,
            self.shelf.compact,
            self.reembed,
            self.tell_a_sibling,
            self.catch_up,
            self.load_elsewhere,
            self.move,
            self.restore_a_backup_of_after,
            self.restore_a_backup_of_before,
        ):
            step()
            self.check()


@pytest.mark.parametrize("has_twin", [False, True], ids=["alone", "beside a twin"])
@pytest.mark.parametrize("selection", SELECTIONS)
def test_what_was_forgotten_in_a_file_leaves_no_byte_whatever_is_done_then(
    file_shelf: FileShelf, tmp_path: Path, selection: str, has_twin: bool
) -> None:
    Forgetting(file_shelf, tmp_path, selection, has_twin=has_twin).run()


@pytest.mark.parametrize(
    ("selection", "has_twin"), [("a fact", False), ("a source", True), ("a session", False), ("a person", False)]
)
def test_what_was_forgotten_on_a_server_leaves_no_node_whatever_is_done_then(
    server_shelf: ServerShelf, tmp_path: Path, selection: str, has_twin: bool
) -> None:
    Forgetting(server_shelf, tmp_path, selection, has_twin=has_twin).run()


# --------------------------------------------------------------------------------------------------- cut off in between

MANY = [{"text": " ".join(f"Nora saw zorblax {number}." for number in range(30)), "source_id": "log"}]

KILLED = """
    import os, signal, sys
    from graphmem import Memory
    from graphmem.stores.embedded.connection import Database
    from graphmem.stores.embedded.erasing import Eraser
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[2] == "before it is committed":
        Eraser.merge_words = die
    else:
        Database.scrub = die
    with Memory(sys.argv[1], extractor="none") as memory:
        memory.forget(user_id="ada", source_id="log")
"""


@pytest.mark.parametrize("when", ["before it is committed", "before it is scrubbed"])
def test_an_erasure_of_a_file_that_was_killed_is_whole_or_was_not_begun(
    file_shelf: FileShelf, tmp_path: Path, when: str
) -> None:
    with file_shelf.memory() as memory:
        memory.add_many(MANY, user_id="ada")
        before = memory.stats(user_id="ada").facts
    done = subprocess.run(
        [sys.executable, "-c", dedent(KILLED), str(file_shelf.path), when], capture_output=True, check=False
    )
    assert done.returncode == -9, done.stderr
    assert file_shelf.copies(["zorblax"]) > 0
    with file_shelf.memory() as memory:
        kept = memory.stats(user_id="ada").facts
        assert kept == (before if when == "before it is committed" else 0)
        if kept:
            assert not any(memory.forget(user_id="ada", source_id="log").left.values())
    assert file_shelf.copies(["zorblax"]) == 0


def test_a_large_erasure_on_a_server_that_was_cut_off_is_resumed_by_the_same_call(
    server_shelf: ServerShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        """Whoever was at work is gone."""

    monkeypatch.setattr(erasing, "MOST", 7)
    write = _Blocking.write
    parts = iter("abc")

    async def stopping(*args: object, **options: object) -> object:
        if next(parts, None) is None:
            raise Stopped
        return await write(*args, **options)  # pyright: ignore

    with server_shelf.memory() as memory:
        for user in ("ada", "bob"):
            memory.add_many(
                [{"text": f"Nora saw zorblax {number}.", "session_id": "log"} for number in range(20)], user_id=user
            )
        memory.export(tmp_path / "before.jsonl", user_id="bob")
        before = memory.stats(user_id="ada").episodes
        with monkeypatch.context() as stopped:
            stopped.setattr(_Blocking, "write", stopping)
            with pytest.raises(Stopped):
                memory.forget(user_id="ada", session_id="log")
        assert 0 < memory.stats(user_id="ada").episodes < before
        assert not any(memory.forget(user_id="ada", session_id="log").left.values())
        memory.export(tmp_path / "after.jsonl", user_id="bob")
        assert (tmp_path / "after.jsonl").read_bytes() == (tmp_path / "before.jsonl").read_bytes()
        memory.forget(user_id="bob")
    assert server_shelf.copies(["zorblax"]) == 0
