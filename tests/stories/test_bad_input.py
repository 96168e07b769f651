"""Whatever is wrong with what a call is given, it gets the right error, a message with the way out, and no change."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from graphmem import Memory
from graphmem.carrying import PAGE
from graphmem.errors import (
    BadLine,
    Conflict,
    FormatTooNew,
    GraphmemError,
    InvalidInput,
    NaiveMoment,
    NotAStore,
    NotFound,
    PartMissing,
    ScopeMissing,
    StoreUnavailable,
    TooLarge,
)

NAIVE = datetime(2025, 3, 1, 12)  # noqa: DTZ001 - the very point
HALF = "half a \ud800 character"
NUL = "Ada\x00Kim"
LONG = "word " * 2_000_000
"""10 MB."""

Call = Callable[[Memory], object]


@pytest.fixture
def told(memory: Memory) -> Memory:
    """Somebody's memory, which is to stay as it is."""
    memory.add("I work at Acme.", user_id="ada", source_id="monday")
    memory.add("Acme is in Lisbon.", user_id="ada", session_id="s1")
    memory.add("Kim works at Birch.", user_id="bob")
    return memory


def snapshot(memory: Memory, folder: Path) -> list[object]:
    seen: list[object] = []
    for user in ("ada", "bob"):
        memory.export(folder / "snapshot.jsonl", user_id=user)
        seen += [(folder / "snapshot.jsonl").read_bytes(), memory.stats(user_id=user).model_dump(exclude={"bytes"})]
    return seen


@contextmanager
def refused(memory: Memory, folder: Path, kind: type[GraphmemError], said: str) -> Generator[None]:
    """Expects this very error, and that both memories stay as they were."""
    before = snapshot(memory, folder)
    with pytest.raises(GraphmemError) as caught:
        yield
    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert snapshot(memory, folder) == before


def ask(**settings: Any) -> Call:
    given: dict[str, Any] = {"user_id": "ada", **settings}
    return lambda memory: memory.recall("Where do I work?", **given)


def tell(text: Any, **settings: Any) -> Call:
    given: dict[str, Any] = {"user_id": "ada", **settings}
    return lambda memory: memory.add(text, **given)


def tell_many(*episodes: Any) -> Call:
    fine = {"text": "Ada likes tea."}
    return lambda memory: memory.add_many([fine, fine, *episodes], user_id="ada")


def state(**fact: Any) -> Call:
    return lambda memory: memory.add_facts([{"text": "Ada likes tea."}, fact], user_id="ada")


REFUSED: dict[str, tuple[Call, type[GraphmemError], str]] = {
    # nobody is named
    "add for nobody": (tell("I live in Porto.", user_id=None), ScopeMissing, "user_id is missing"),
    "a recall for nobody": (ask(user_id=None), ScopeMissing, "user_id is missing"),
    "an empty user": (ask(user_id=" "), ScopeMissing, "user_id is empty"),
    "a session alone": (ask(user_id=None, session_id="s1"), ScopeMissing, "user_id is missing"),
    "a user who is a number": (ask(user_id=7), InvalidInput, "user_id is int, not text"),
    "an id with half a character": (ask(user_id=HALF), InvalidInput, "user_id holds half a character"),
    "a layer that is none": (ask(layer="everything"), InvalidInput, "layer='everything' is none of auto, session"),
    # texts
    "an empty text": (tell(""), InvalidInput, "content is empty"),
    "white space": (tell(" \n\t"), InvalidInput, "content is empty"),
    "no messages": (tell([]), InvalidInput, "messages is empty"),
    "nothing": (tell(None), InvalidInput, "pass a text"),
    "bytes": (tell(b"I live in Porto."), InvalidInput, "bytes"),
    "one bad message of two": (tell(["I live in Porto.", {"content": ""}]), InvalidInput, "content is empty"),
    "10 MB": (tell(LONG), TooLarge, "10,000,000 characters; at most 1,000,000 fit: split it"),
    "NUL": (tell(NUL), InvalidInput, "NUL character at 3: remove it"),
    "half a character": (tell(HALF), InvalidInput, "half a character (a lone surrogate) at 7: decode it"),
    "a title with half a character": (tell("Fine.", title=HALF), InvalidInput, "title holds half a character"),
    "a source with NUL": (tell("Fine.", source_id=NUL), InvalidInput, "source_id holds a NUL"),
    "metadata that is no JSON": (tell("Fine.", metadata={"when": NAIVE}), InvalidInput, "plain JSON"),
    "a role that is none": (tell({"role": "boss", "content": "Go."}), InvalidInput, "role='boss' is none of user"),
    "a message with a field too many": (tell({"content": "Go.", "mood": "good"}), InvalidInput, "'mood'"),
    "another text from a known source": (tell("I left.", source_id="monday"), Conflict, "replace=True"),
    # moments
    "add at a naive moment": (tell("I live in Porto.", at=NAIVE), NaiveMoment, "2025-03-01T12:00:00 has no time zone"),
    "a recall at a naive moment": (ask(at=NAIVE), NaiveMoment, "has no time zone: pass an aware datetime"),
    "a recall of a naive moment": (ask(known_at=NAIVE), NaiveMoment, "has no time zone"),
    "facts of a naive moment": (lambda memory: memory.facts(user_id="ada", at=NAIVE), NaiveMoment, "no time zone"),
    "a moment in words": (ask(at="last May"), InvalidInput, "'last May' is str: pass an aware datetime"),
    # many at once
    "one naive of many": (tell_many({"text": "x", "at": NAIVE}), NaiveMoment, "episode 2: 2025-03-01T12:00:00 has no"),
    "one empty of many": (tell_many({"text": " "}), InvalidInput, "episode 2: text is empty"),
    "one too long of many": (tell_many({"text": LONG}), TooLarge, "episode 2: text has 10,000,000"),
    "one with NUL of many": (tell_many({"text": NUL}), InvalidInput, "episode 2: text holds a NUL"),
    "one half of many": (tell_many({"text": "x", "speaker": HALF}), InvalidInput, "episode 2: speaker holds half"),
    "one unknown of many": (tell_many({"txt": "x"}), InvalidInput, "episode 2 has unknown fields 'txt'"),
    "one of many that is none": (tell_many("x"), InvalidInput, "episode 2 is str: pass a mapping"),
    "a fact of nothing": (state(), InvalidInput, "fact 1: it has no text"),
    "half a triple": (state(text="Ada sings.", predicate="sings"), InvalidInput, "fact 1: it has half a triple"),
    "a fact from a naive moment": (state(text="Ada sings.", valid_from=NAIVE), NaiveMoment, "fact 1: 2025-03-01"),
    "a fact with a field too many": (state(text="x", colour="red"), InvalidInput, "fact 1 has unknown fields"),
    # questions
    "10,000 words": (lambda memory: memory.recall("where " * 10_000, user_id="ada"), TooLarge, "at most 32,000"),
    "an empty question": (lambda memory: memory.recall("", user_id="ada"), InvalidInput, "question is empty"),
    "a question with NUL": (lambda memory: memory.recall(NUL, user_id="ada"), InvalidInput, "question holds a NUL"),
    "half a question": (lambda memory: memory.recall(HALF, user_id="ada"), InvalidInput, "question holds half"),
    "limit 0": (ask(limit=0), InvalidInput, "limit=0: pass a whole number from 1 to 1,000,000"),
    "limit -1": (ask(limit=-1), InvalidInput, "limit=-1"),
    "limit in words": (ask(limit="five"), InvalidInput, "limit='five'"),
    "half a limit": (ask(limit=2.5), InvalidInput, "limit=2.5"),
    "hops -1": (ask(hops=-1), InvalidInput, "hops=-1: pass a whole number from 0 to 4"),
    "hops 99": (ask(hops=99), InvalidInput, "hops=99"),
    "unknown layers": (ask(layers=["user", "everybody"]), InvalidInput, "layers=['user', 'everybody']"),
    "one layer that is no list": (ask(layers="user"), InvalidInput, "pass a list of some of user, session"),
    "no layers": (ask(layers=[]), InvalidInput, "layers=[]"),
    # listings
    "no facts": (lambda memory: memory.facts(user_id="ada", limit=0), InvalidInput, "limit=0"),
    "too few facts": (lambda memory: memory.facts(user_id="ada", limit=-1), InvalidInput, "limit=-1"),
    "too many facts": (lambda memory: memory.facts(user_id="ada", limit=10**30), InvalidInput, "1,000,000"),
    "too few entities": (lambda memory: memory.entities(user_id="ada", limit=-1), InvalidInput, "limit=-1"),
    "facts about a number": (lambda memory: memory.facts(user_id="ada", entity=5), InvalidInput, "entity is int"),  # pyright: ignore[reportArgumentType]
    "facts with half a predicate": (lambda memory: memory.facts(user_id="ada", predicate=HALF), InvalidInput, "half"),
    "facts after nothing": (lambda memory: memory.facts(user_id="ada", cursor="x"), NotFound, "cannot go on after 'x'"),
    "get nothing": (lambda memory: memory.get("no-such-id", user_id="ada"), NotFound, "'no-such-id'"),
    "get half": (lambda memory: memory.get(HALF, user_id="ada"), InvalidInput, "id holds half a character"),
    "the history of half": (lambda memory: memory.history(HALF, user_id="ada"), InvalidInput, "fact_id holds half"),
    # forgetting
    "forget a fact that is not": (lambda memory: memory.forget(fact_id="x", user_id="ada"), NotFound, "no fact 'x'"),
    "forget half a source": (lambda memory: memory.forget(source_id=HALF, user_id="ada"), InvalidInput, "source_id"),
    "forget an empty source": (lambda memory: memory.forget(source_id="", user_id="ada"), InvalidInput, "is empty"),
    "forget two things": (
        lambda memory: memory.forget(source_id="monday", entity="Acme", user_id="ada"),
        InvalidInput,
        "source_id and entity were both given",
    ),
    # keywords
    "a keyword that is none": (tell("I live in Porto.", user="ada"), InvalidInput, "user= is not known here"),
    "a filter that is none": (ask(filters={"city": {"near": "Porto"}}), InvalidInput, "'near' is no operator"),
    "forget by a filter that is none": (
        lambda memory: memory.forget(user_id="ada", older_than="a year"),  # pyright: ignore[reportCallIssue]
        InvalidInput,
        "older_than= is not known here",
    ),
}


@pytest.mark.parametrize(("call", "kind", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_named_and_changes_nothing(
    told: Memory, tmp_path: Path, call: Call, kind: type[GraphmemError], said: str
) -> None:
    with refused(told, tmp_path, kind, said):
        call(told)


def test_the_most_that_may_be_asked_for_is_an_answer(told: Memory) -> None:
    assert len(told.recall("Where do I work?", user_id="ada", limit=10**6).hits) == 2
    assert len(told.facts(user_id="ada", limit=10**6)) == 2


def test_a_bad_episode_among_many_leaves_the_batches_before_it(memory: Memory) -> None:
    """They are committed by then; called again with the episode mended, the rest follows."""
    episodes = [{"text": f"Kim planted tree {number}.", "source_id": f"m{number}"} for number in range(150)]
    broken = [*episodes[:149], {"text": ""}]
    with pytest.raises(InvalidInput, match="episode 149: text is empty"):
        memory.add_many(broken, user_id="ada")
    assert memory.stats(user_id="ada").episodes == 128
    assert memory.add_many(episodes, user_id="ada").known == 128
    assert memory.stats(user_id="ada").episodes == 150


# the store


def other_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes(text)")
    connection.close()


def newer_store(path: Path) -> None:
    with Memory(path, extractor="none") as memory:
        memory.add("Kim likes tea.", user_id="ada")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (lambda path: path.write_text("Dear diary, today I met Kim.\n"), NotAStore, "name another file"),
        (other_database, NotAStore, "name another file"),
        (newer_store, FormatTooNew, "upgrade graphmem"),
    ],
    ids=["a diary", "another program's database", "a newer store"],
)
@pytest.mark.parametrize(
    "call",
    [tell("I live in Porto."), ask(), lambda memory: memory.forget(user_id="ada")],
    ids=["add", "recall", "forget"],
)
def test_a_file_that_is_no_store_of_ours_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], kind: type[GraphmemError], said: str, call: Call
) -> None:
    path = tmp_path / "memory.db"
    make(path)
    before = path.read_bytes()
    with Memory(path, extractor="none") as memory, pytest.raises(GraphmemError) as caught:
        call(memory)
    assert type(caught.value) is kind
    assert "memory.db" in str(caught.value)
    assert said in str(caught.value)
    assert path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["memory.db"]


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    path.touch()
    with Memory(path, extractor="none") as memory:
        memory.add("Kim likes tea.", user_id="ada")
        assert memory.recall("What does Kim like?", user_id="ada").hits


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("", InvalidInput, "address of the store is empty"),
        ("postgres://localhost:7687", InvalidInput, "postgres://localhost:7687"),
        ("a\x00b.db", InvalidInput, "NUL"),
        ("a\ud800b.db", InvalidInput, "half a character"),
        ("~nobody-of-this-name/memory.db", InvalidInput, "write it out"),
        (".", NotAStore, "folder"),
        ("missing/memory.db", StoreUnavailable, "check that the folder exists"),
    ],
)
def test_a_place_that_can_be_no_store_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, kind: type[GraphmemError], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GraphmemError) as caught:
        Memory(url).stats(user_id="ada")
    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_python_without_full_text_search_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def without_fts5(*args: Any, **settings: Any) -> sqlite3.Connection:
        connection = connect(*args, **settings)
        connection.set_authorizer(
            lambda action, _, name, *__: sqlite3.SQLITE_DENY if name == "fts5_source_id" else sqlite3.SQLITE_OK
        )
        return connection

    monkeypatch.setattr(sqlite3, "connect", without_fts5)
    with Memory(tmp_path / "memory.db") as memory, pytest.raises(PartMissing, match=r"FTS5.*uv python install"):
        memory.add("I work at Acme.", user_id="ada")


ELSEWHERE = """
    import os, resource, sys
    from pathlib import Path
    from graphmem import Memory
    from graphmem.errors import GraphmemError
    with Memory(":memory:", extractor="none") as warm:  # everything is loaded before it is out of reach
        warm.add("Kim likes tea.", user_id="ada")
        warm.recall("What does Kim like?", user_id="ada")
    path = Path(sys.argv[1])
    memory = Memory(path, extractor="none")
    def attempt(call):
        try:
            call()
        except GraphmemError as error:
            print(type(error).__name__, error)
        else:
            print("it worked")
"""
AS_NOBODY = """
    if os.geteuid() == 0:  # root passes through permissions
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""


def elsewhere(path: Path, *steps: str) -> list[str]:
    """What a process of its own says to these steps, line by line."""
    program = "\n".join(map(dedent, (ELSEWHERE, *steps)))
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_folder_that_may_only_be_read_is_named_and_stays_as_it_is(reachable: Path) -> None:
    path = reachable / "memory.db"
    with Memory(path, extractor="none") as memory:
        memory.add("Kim likes tea.", user_id="ada")
    before = path.read_bytes()
    path.chmod(0o444)
    reachable.chmod(0o555)
    told = elsewhere(
        path,
        AS_NOBODY,
        """
        attempt(lambda: memory.add("Kim moved.", user_id="ada"))
        attempt(lambda: Memory(path.with_name("new.db"), extractor="none").add("Kim moved.", user_id="ada"))
        attempt(lambda: memory.forget(user_id="ada"))
        """,
    )
    reachable.chmod(0o755)
    assert [line.split()[0] for line in told] == ["StoreUnavailable"] * 3
    assert all("memory.db" in told[number] for number in (0, 2))
    assert "new.db" in told[1]
    assert all("check" in line for line in told)
    assert path.read_bytes() == before
    assert [path.name for path in reachable.iterdir()] == ["memory.db"]


def test_an_export_into_a_folder_that_may_only_be_read_is_named(reachable: Path) -> None:
    reachable.chmod(0o555)
    told = elsewhere(
        reachable / "ada.jsonl",
        AS_NOBODY,
        """
        warm = Memory(":memory:", extractor="none")
        warm.add("Kim likes tea.", user_id="ada")
        attempt(lambda: warm.export(path, user_id="ada"))
        """,
    )
    reachable.chmod(0o755)
    [line] = told
    assert line.startswith("StoreUnavailable")
    assert "ada.jsonl cannot be written: Permission denied" in line


def test_a_full_disk_is_named_and_what_was_told_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    told = elsewhere(
        path,
        """
        memory.add("Kim likes tea.", user_id="ada", source_id="first")
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))
        told = 1
        def tell():
            global told
            for number in range(40):
                memory.add(f"Part {number}. " + "Kim tells a long story. " * 4000, user_id="ada", source_id=str(number))
                told += 1
        attempt(tell)
        print(told, memory.stats(user_id="ada").episodes)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
        attempt(lambda: memory.export(path.with_name("ada.jsonl"), user_id="ada"))
        """,
    )
    assert told[0].startswith("StoreUnavailable")
    assert "memory.db" in told[0]
    assert "make room" in told[0]
    acknowledged, kept = told[1].split()
    assert acknowledged == kept
    assert told[2].startswith("StoreUnavailable")
    assert "ada.jsonl cannot be written: File too large" in told[2]
    assert list(tmp_path.glob("ada*")) == []
    with Memory(path, extractor="none") as memory:
        assert memory.stats(user_id="ada").episodes == int(kept)
        assert memory.add("There is room again.", user_id="ada")


# files of others


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A memory of two transactions and a half, as a file."""
    path = tmp_path / "ada.jsonl"
    with Memory(":memory:", extractor="none") as memory:
        memory.add_many([{"text": f"Kim planted tree {number}."} for number in range(PAGE + 200)], user_id="ada")
        memory.export(path, user_id="ada")
    return path


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line[:-2],
        lambda line: "[1, 2]",
        lambda line: json.dumps({**json.loads(line), "said_at": "yesterday"}),
        lambda line: json.dumps({name: value for name, value in json.loads(line).items() if name != "text"}),
        lambda line: json.dumps({**json.loads(line), "record": "rumour"}),
        lambda line: line.replace("planted", r"pl\u0000nted"),
    ],
    ids=["cut off", "no record", "no moment", "no text", "unknown", "NUL"],
)
def test_a_corrupt_line_is_named_and_of_its_transaction_nothing_is_written(
    memory: Memory, exported: Path, spoil: Callable[[str], str]
) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    number = PAGE + 100
    broken = exported.with_name("broken.jsonl")
    broken.write_text("\n".join([*lines[: number - 1], spoil(lines[number - 1]), *lines[number:]]), encoding="utf-8")
    with pytest.raises(BadLine, match=f"line {number}") as caught:
        memory.load(broken, user_id="ada")
    assert caught.value.line == number
    [space, *records] = map(json.loads, lines[1 : PAGE + 1])
    assert space["record"] == "space"
    before = sum(record["record"] == "episode" for record in records)
    assert 0 < before < PAGE + 99
    assert memory.stats(user_id="ada").episodes == before

    memory.load(exported, user_id="ada")
    memory.export(exported.with_name("again.jsonl"), user_id="ada")
    assert exported.with_name("again.jsonl").read_bytes() == exported.read_bytes()


@pytest.mark.parametrize("space", ["org=default/user=bob", "/../user=bob", "/session=s1/../../user=bob", "*", None])
def test_no_import_reaches_somebody_elses_memory(told: Memory, exported: Path, tmp_path: Path, space: object) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    lines[3] = json.dumps({**json.loads(lines[3]), "space": space})
    exported.write_text("\n".join(lines), encoding="utf-8")
    with refused(told, tmp_path, BadLine, "line 4 names a space outside the owner's"):
        told.load(exported, user_id="ada")


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", BadLine, "line 1"),
        (b"Dear diary", BadLine, "line 1 is not JSON"),
        (b'{"text": "I live in Porto."}\n', BadLine, "line 1 is not the header of a graphmem export"),
        (b'{"format":99,"graphmem":"memory"}\n', FormatTooNew, "upgrade graphmem"),
        (b"\xff\xfe\x00", InvalidInput, "not UTF-8 text"),
    ],
    ids=["nothing", "a diary", "other lines", "a newer export", "no text"],
)
def test_a_file_that_is_no_export_changes_nothing(
    told: Memory, tmp_path: Path, content: bytes, kind: type[GraphmemError], said: str
) -> None:
    (tmp_path / "file.jsonl").write_bytes(content)
    with refused(told, tmp_path, kind, said):
        told.load(tmp_path / "file.jsonl", user_id="ada")


def test_an_export_of_before_salts_is_read_but_for_what_was_rejected(memory: Memory, exported: Path) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    old = ['{"format":1,"graphmem":"memory"}', *lines[1:]]
    digest = json.dumps({"record": "tombstone", "space": "", "digest": "5a" * 16})
    exported.write_text("\n".join([*old, digest]), encoding="utf-8")
    with pytest.raises(BadLine, match=rf"line {len(old) + 1}.*no salt: leave the line out"):
        memory.load(exported, user_id="ada")
    exported.write_text("\n".join(old), encoding="utf-8")
    memory.load(exported, user_id="ada")
    memory.export(exported, user_id="ada")
    assert exported.read_text(encoding="utf-8").splitlines() == lines


def test_an_export_for_two_owners_is_not_guessed_at(told: Memory, tmp_path: Path) -> None:
    with refused(told, tmp_path, InvalidInput, "two owners"):
        told.export(tmp_path / "both.jsonl", user_id="ada", agent_id="helper")
    assert not (tmp_path / "both.jsonl").exists()
