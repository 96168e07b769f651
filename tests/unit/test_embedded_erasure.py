"""After an erasure the bytes are gone: from the file, its log, and its free space."""

import random
import sqlite3
from pathlib import Path

import pytest

from graphmem._colour import drive
from graphmem.models import Entity, Fact
from graphmem.protocols import Erasure, Rewrite
from graphmem.stores.embedded import EmbeddedStore
from graphmem.stores.embedded.connection import Database
from graphmem.testing import Scribe, WordEmbedder

USERS = [f"org=acme/user=u{number}" for number in range(4)]
EMBEDDER = WordEmbedder()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def store(path: Path) -> EmbeddedStore:
    store = EmbeddedStore(path)
    drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
    return store


def on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


def marked(store: EmbeddedStore, *, count: int, seed: int) -> dict[str, list[tuple[str, Fact]]]:
    """Facts of several users in turn, long and short, with a word of its own in each field of each."""
    chance = random.Random(seed)
    scribes = {user: Scribe(store, user) for user in USERS}
    facts: dict[str, list[tuple[str, Fact]]] = {user: [] for user in USERS}
    for number in range(count):
        user = chance.choice(USERS)
        mark = f"qz{number:04d}mark"
        said = {field: f"{mark}{field}" for field in ("session", "speaker", "source_id", "title", "identity")}
        words = chance.choices(["red", "green", "blue", "tea"], k=chance.choice([2, 20, 200, 1500]))
        fact = scribes[user].state(
            f"{mark} {' '.join(words)} {mark}end",
            about=f"{mark} name",
            mentions=["hub"],
            predicate="likes",
            object=f"{mark}object",
            metadata={"note": f"{mark}note"},
            said={**said, "metadata": {"note": f"{mark}note"}},
        )
        scribes[user].write(entities=(Entity(space=user, key=f"{mark} name", name=mark, aliases=(f"{mark}alias",)),))
        facts[user].append((mark, fact))
    return facts


@pytest.mark.parametrize("seed", range(3))
def test_no_byte_of_what_was_erased_is_left_and_no_other_is_touched(
    store: EmbeddedStore, path: Path, seed: int
) -> None:
    facts = marked(store, count=150, seed=seed)
    gone = facts[USERS[0]][::3]
    episodes = tuple(fact.evidence[0].episode_id for _, fact in gone)
    erasures = [Erasure((USERS[0],), episodes=episodes), Erasure((USERS[1],), everything=True)]
    for erasure, marks in zip(erasures, (gone, facts[USERS[1]]), strict=True):
        before = on_disk(path)
        assert all(mark.encode() in before for mark, _ in marks)
        receipt = drive(store.erase(erasure, is_dry_run=False))
        after = on_disk(path)
        assert [mark for mark, _ in marks if mark.encode() in after] == []
        assert receipt.erased["facts"] == receipt.erased["episodes"] == len(marks)
        assert set(receipt.left.values()) == {0}
        assert [place for place in receipt.unreached if str(path) in place] == []
    kept = facts[USERS[2]] + [known for known in facts[USERS[0]] if known not in gone]
    assert all(mark.encode() in on_disk(path) for mark, _ in kept)
    drive(store.close())


def test_words_blanked_in_an_episode_are_gone_while_it_stays(store: EmbeddedStore, path: Path) -> None:
    scribe = Scribe(store, USERS[0])
    said = scribe.say("My secretword is safe. Tea is fine.")
    rewrite = Rewrite(said.model_copy(update={"text": "██. Tea is fine."}), EMBEDDER.index("Tea is fine."))
    drive(store.erase(Erasure((USERS[0],), rewrites=(rewrite,)), is_dry_run=False))
    assert b"secretword" not in on_disk(path)
    assert drive(store.find_episodes([USERS[0]], stems=["tea"])) == [said.id]
    drive(store.close())


def test_a_dry_run_leaves_every_byte_of_the_file(store: EmbeddedStore, path: Path) -> None:
    marked(store, count=20, seed=0)
    drive(store.close())
    before = path.read_bytes()
    drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
    receipt = drive(store.erase(Erasure((USERS[0],), everything=True), is_dry_run=True))
    drive(store.close())
    assert receipt.erased["episodes"] > 0
    assert path.read_bytes() == before


def test_a_reader_that_holds_the_log_is_named_and_a_second_erasure_reaches_it(store: EmbeddedStore, path: Path) -> None:
    marked(store, count=20, seed=0)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM episode").fetchone()
    receipt = drive(store.erase(Erasure((USERS[0],), everything=True), is_dry_run=False))
    assert any("memory.db-wal" in place for place in receipt.unreached)
    assert any("backups" in place for place in receipt.unreached)
    reader.execute("ROLLBACK")
    reader.close()
    again = drive(store.erase(Erasure((USERS[0],), everything=True), is_dry_run=False))
    assert not any("memory.db-wal" in place for place in again.unreached)
    assert Path(f"{path}-wal").stat().st_size == 0
    drive(store.close())


def test_a_reader_that_held_the_log_has_ended_and_the_next_write_clears_it(store: EmbeddedStore, path: Path) -> None:
    marked(store, count=20, seed=0)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM episode").fetchone()
    drive(store.erase(Erasure((USERS[0],), everything=True), is_dry_run=False))
    scribe = Scribe(store, "org=acme/user=other")
    scribe.say("Kim likes tea.")
    assert Path(f"{path}-wal").stat().st_size > 0
    reader.execute("ROLLBACK")
    reader.close()
    scribe.say("Kim likes tea.")
    assert Path(f"{path}-wal").stat().st_size == 0
    drive(store.close())


def test_an_erasure_stopped_before_the_file_was_written_anew_is_finished_by_whoever_opens_it(
    store: EmbeddedStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        """Whoever was at work is gone."""

    def stop() -> list[str]:
        raise Stopped

    scrubs: list[str] = []
    scrub = Database.scrub
    marked(store, count=20, seed=0)
    with monkeypatch.context() as stopped:
        stopped.setattr(store._database, "scrub", stop)
        with pytest.raises(Stopped):
            drive(store.erase(Erasure((USERS[0],), everything=True), is_dry_run=False))
    drive(store.close())
    monkeypatch.setattr(Database, "scrub", lambda database: scrubs.append("once") or scrub(database))
    for _ in range(2):
        drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
        drive(store.close())
    assert scrubs == ["once"]


def test_vectors_set_aside_for_another_embedder_go_with_their_text(store: EmbeddedStore, path: Path) -> None:
    scribe = Scribe(store, USERS[0])
    scribe.say("Kim likes tea.")
    [text] = drive(store.texts(after=None, limit=9))
    vector = WordEmbedder(8).vector("Kim likes tea.")
    drive(store.reembed({text.record: vector}, embedder="words/8", dimensions=8, is_last=False))
    assert vector.tobytes() in on_disk(path)
    drive(store.erase(Erasure((USERS[0],), everything=True), is_dry_run=False))
    assert vector.tobytes() not in on_disk(path)
    drive(store.close())
