"""The file of an embedded store: whatever is wrong with it gets a clear error and stays as it was."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

from graphmem import Memory
from graphmem._colour import drive
from graphmem.errors import EmbedderMismatch, FormatTooNew, InvalidInput, NotAStore, PartMissing, StoreUnavailable
from graphmem.moment import Moment, now
from graphmem.protocols import Bounds, Question, Reader
from graphmem.stores.embedded import EmbeddedStore
from graphmem.stores.embedded.formats import FORMAT
from graphmem.testing import Scribe, WordEmbedder

ADA = "org=acme/user=ada"
BOB = "org=acme/user=bob"
EMBEDDER = WordEmbedder()


def opened(path: Path | str) -> EmbeddedStore:
    store = EmbeddedStore(path)
    drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
    return store


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def written(path: Path) -> Path:
    """A store with one episode, closed."""
    store = opened(path)
    Scribe(store, ADA).state("Kim likes tea.", about="kim")
    drive(store.close())
    return path


def test_making_a_store_does_nothing_to_the_disk(path: Path) -> None:
    EmbeddedStore(path)
    assert not path.exists()


def test_a_store_is_set_up_as_promised(path: Path) -> None:
    store = opened(path)
    with store._database.writing() as writer, store._database.reading() as reader:
        for connection in (writer, reader):
            settings = {
                name: connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "page_size", "synchronous", "busy_timeout", "secure_delete", "mmap_size")
            }
            assert settings == {
                "journal_mode": "wal",
                "page_size": 4096,
                "synchronous": 2,
                "busy_timeout": 10_000,
                "secure_delete": 1,
                "mmap_size": 0,
            }
    drive(store.close())


def test_a_closed_store_leaves_one_file_and_opens_again(written: Path) -> None:
    assert names_in(written.parent) == [written.name]
    store = opened(written)
    assert drive(store.stats([ADA])).facts == 1
    drive(store.close())
    with pytest.raises(StoreUnavailable, match="not open"):
        drive(store.stats([ADA]))
    drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
    assert drive(store.stats([ADA])).facts == 1
    drive(store.close())


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    drive(opened(path).close())
    assert path.stat().st_size > 0


def other_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes(text)")
    connection.close()


def marked_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA application_id = 42")
    connection.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_text("Dear diary, today I met Kim.\n" * 99),
        lambda path: path.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 64),
        lambda path: path.write_bytes(b"S"),
        other_database,
        marked_database,
    ],
    ids=["a text", "a broken database", "one letter", "another database", "another program's database"],
)
def test_a_file_that_is_something_else_is_refused_and_left_as_it_was(make: Callable[[Path], None], path: Path) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(NotAStore, match=r"memory\.db is not a graphmem store"):
        opened(path)
    assert path.read_bytes() == before
    assert names_in(path.parent) == [path.name]


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(NotAStore, match="folder"):
        opened(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="folder"):
        opened(tmp_path / "missing" / "memory.db")
    assert names_in(tmp_path) == []


def test_a_newer_format_is_refused_and_left_as_it_was(written: Path) -> None:
    with sqlite3.connect(written) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = written.read_bytes()
    with pytest.raises(FormatTooNew, match=r"format 99.*upgrade"):
        opened(written)
    assert written.read_bytes() == before


@pytest.mark.parametrize("older", [1, 2])
def test_a_format_from_before_the_first_release_is_refused_and_left_as_it_was(written: Path, older: int) -> None:
    with sqlite3.connect(written) as connection:
        connection.execute(f"PRAGMA user_version = {older}")
    connection.close()
    before = written.read_bytes()
    with pytest.raises(NotAStore, match=rf"format {older}.*name another file"):
        opened(written)
    assert written.read_bytes() == before


def made_older(path: Path, older: int) -> None:
    """Give a store the layout of an older format, with what that one kept besides."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE episode_words USING fts5(stems, content='episode', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 0', columnsize=0)"
        )
        connection.execute("INSERT INTO episode_words(rowid, stems) SELECT id, stems FROM episode")
        for table in ("episode", "entity", "fact"):
            connection.execute(f"DROP INDEX {table}_edited")
            connection.execute(f"CREATE INDEX {table}_edited ON {table}(edited)")
        if older < 5:
            connection.execute("ALTER TABLE episode DROP COLUMN text_digest")
        connection.execute(f"PRAGMA user_version = {older}")
    connection.close()


def layout_of(path: Path) -> dict[str, str | None]:
    """The tables of a file, and its indexes as they were made."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, CASE type WHEN 'index' THEN sql END FROM sqlite_master").fetchall()
        assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return dict(rows)


@pytest.mark.parametrize("older", [4, 5])
def test_an_older_format_is_brought_up_to_date_with_everything_in_it(written: Path, older: int) -> None:
    fresh = layout_of(written)
    made_older(written, older)
    store = opened(written)
    said = Scribe(store, BOB).say("Kim sails.", text_digest="9f86d081884c7d65")
    assert drive(store.stats([ADA, BOB])).episodes == 2
    assert drive(store.find_episodes([BOB], stems=["sail"])) == [said.id]
    assert len(drive(store.find_episodes([ADA], stems=["tea"]))) == 1
    drive(store.close())
    assert layout_of(written) == fresh


def test_an_older_store_recalls_what_was_edited_in_it(path: Path) -> None:
    with Memory(path, extractor="none") as memory:
        memory.add("Kim likes tea.", user_id="ada", source_id="kim")
        memory.add("Kim likes juice.", user_id="ada", source_id="kim", replace=True)
    made_older(path, 5)
    with Memory(path, extractor="none") as memory:
        assert [hit.text for hit in memory.recall("What does Kim like?", user_id="ada").hits] == ["Kim likes juice."]
        memory.add("Kim likes milk.", user_id="ada", source_id="kim", replace=True)
        assert [hit.text for hit in memory.recall("What does Kim like?", user_id="ada").hits] == ["Kim likes milk."]


def test_what_a_write_has_to_know_is_read_while_another_thread_writes(written: Path) -> None:
    store = opened(written)
    asked = Question(keys=((ADA, "kim"),))
    with store._database.writing(), ThreadPoolExecutor(1) as another:
        known = another.submit(lambda: drive(store.known(asked))).result()
    assert known == drive(store.known(asked))
    assert [entity.name for entity in known.entities.values()] == ["Kim"]
    Scribe(store, BOB).say("Kim sails.")
    drive(store.close())


def test_another_embedder_is_refused_and_the_store_left_as_it_was(written: Path) -> None:
    before = written.read_bytes()
    with pytest.raises(EmbedderMismatch, match="graphmem reembed"):
        drive(EmbeddedStore(written).open(embedder="another/3", dimensions=3))
    assert written.read_bytes() == before


def test_a_store_may_be_embedded_anew_before_it_is_opened(written: Path) -> None:
    store = EmbeddedStore(written)
    fine = WordEmbedder(128)
    texts = drive(store.texts(after=None, limit=9))
    vectors = {text.record: fine.vector(text.text) for text in texts}
    drive(store.reembed(vectors, embedder=fine.identity, dimensions=128, is_last=True))
    drive(store.open(embedder=fine.identity, dimensions=128))
    drive(store.close())


def test_texts_of_a_store_that_is_not_there_make_none(path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        drive(EmbeddedStore(path).texts(after=None, limit=9))
    assert not path.exists()


def test_a_name_that_no_record_has_is_refused(written: Path) -> None:
    with pytest.raises(InvalidInput, match="no record"):
        drive(EmbeddedStore(written).texts(after="fact:x", limit=9))


def test_a_python_without_full_text_search_is_told_what_to_install(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def without_fts5(*args: object, **settings: object) -> sqlite3.Connection:
        connection = connect(*args, **settings)
        connection.set_authorizer(
            lambda action, _, name, *__: sqlite3.SQLITE_DENY if name == "fts5_source_id" else sqlite3.SQLITE_OK
        )
        return connection

    monkeypatch.setattr(sqlite3, "connect", without_fts5)
    with pytest.raises(PartMissing, match="FTS5"):
        opened(path)


def test_a_store_that_another_process_locks_is_worth_trying_again(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphmem.stores.embedded.connection.PATIENCE_S", 0.05)
    store = opened(written)
    holder = sqlite3.connect(written, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="busy") as caught:
        Scribe(store, ADA).say("Kim waits.")
    assert caught.value.retryable
    holder.execute("ROLLBACK")
    holder.close()
    Scribe(store, ADA).say("Kim waits no more.", id="another", identity="another")
    drive(store.close())


def test_a_reading_sees_one_moment_whatever_is_written_meanwhile(path: Path) -> None:
    store, elsewhere = opened(path), opened(path)
    Scribe(store, ADA).say("Kim likes tea.", id="first", identity="first")

    async def ids(reader: Reader) -> list[str]:
        return [episode.id for episode in await reader.episodes([ADA], ["first", "second"])]

    async def work(reader: Reader) -> tuple[list[str], list[str]]:
        before = await ids(reader)
        Scribe(elsewhere, ADA).say("Kim moved.", id="second", identity="second")
        return before, await ids(reader)

    assert drive(store.reading(work)) == (["first"], ["first"])
    assert drive(store.reading(ids)) == ["first", "second"]


def test_a_damaged_store_says_so(written: Path) -> None:
    with written.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (written.stat().st_size - 4096))
    with pytest.raises(StoreUnavailable, match="damaged"):
        opened(written)


UNPRIVILEGED = """
    import os, sys
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""
STEPS = """
    import resource, sys
    from pathlib import Path
    from graphmem._colour import drive
    from graphmem.errors import StoreUnavailable
    from graphmem.stores.embedded import EmbeddedStore
    from graphmem.testing import Scribe
    store = EmbeddedStore(sys.argv[1])
    def opened():
        drive(store.open(embedder="words/64", dimensions=64))
        return store
"""


def run(*parts: str, path: Path) -> str:
    """What a Python of its own prints; it can read the package whoever it becomes."""
    program = "\n".join(map(dedent, parts))
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def open_path(reachable: Path) -> Path:
    """A path that anybody may reach."""
    return reachable / "memory.db"


def test_a_folder_that_may_not_be_written_to_is_named(open_path: Path) -> None:
    open_path.parent.chmod(0o555)
    told = run(
        STEPS,
        UNPRIVILEGED,
        """
        try:
            opened()
        except StoreUnavailable as error:
            print(error)
        """,
        path=open_path,
    )
    assert "memory.db" in told
    assert "written to" in told
    open_path.parent.chmod(0o755)
    assert names_in(open_path.parent) == []


def test_a_store_in_a_read_only_folder_is_refused_and_left_as_it_was(open_path: Path) -> None:
    store = opened(open_path)
    Scribe(store, ADA).say("Kim likes tea.")
    drive(store.close())
    before = open_path.read_bytes()
    open_path.chmod(0o444)
    open_path.parent.chmod(0o555)
    told = run(
        STEPS,
        UNPRIVILEGED,
        """
        try:
            Scribe(opened(), "org=acme/user=ada").say("Ann too.")
        except StoreUnavailable as error:
            print(error)
        """,
        path=open_path,
    )
    assert "memory.db" in told
    open_path.parent.chmod(0o755)
    assert open_path.read_bytes() == before


def test_a_full_disk_is_named_and_what_was_written_stays(path: Path) -> None:
    told = run(
        STEPS,
        """
        scribe = Scribe(opened(), "org=acme/user=ada")
        scribe.say("Kim likes tea.")
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        try:
            for number in range(99):
                scribe.say("Kim tells a long story. " * 2000)
        except StoreUnavailable as error:
            print(number, error)
        print(drive(store.stats(["org=acme/user=ada"])).episodes)
        """,
        path=path,
    )
    refused, kept = told.splitlines()
    number, _, message = refused.partition(" ")
    assert "make room" in message
    assert int(kept) == int(number) + 1
    store = opened(path)
    assert drive(store.stats([ADA])).episodes == int(kept)
    Scribe(store, ADA).say("There is room again.", id="again", identity="again")
    drive(store.close())


@pytest.mark.parametrize("place", ["memory.db", ":memory:"])
def test_threads_share_a_store(place: str, tmp_path: Path) -> None:
    store = opened(place if place == ":memory:" else tmp_path / place)

    def work(number: int) -> None:
        scribe = Scribe(store, f"{ADA}{number}")
        for step in range(20):
            scribe.state(f"Kim likes tea {step}.", about="kim")
            at = Moment(at=now(), known_at=now())
            asked = store.excerpt(
                [f"{ADA}{number}"],
                vector=EMBEDDER.vector("tea"),
                stems=["tea"],
                keys=["kim"],
                moment=at,
                bounds=Bounds(episodes=9, facts=99, about=9, mentions=9, hub=9),
            )
            assert len(drive(asked).near_facts) == step + 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert drive(store.stats([f"{ADA}{number}" for number in range(4)])).facts == 80
    drive(store.close())
