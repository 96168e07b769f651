"""What a Neo4j store does on its bad days: cut off, half made, waited for. Nothing is lost and nothing doubled."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import neo4j
import pytest

from graphmem import AsyncMemory, Memory, queries
from graphmem._colour import drive
from graphmem.config import Neo4jSettings
from graphmem.doctor import examine
from graphmem.errors import EmbedderMismatch, StoreError, StoreUnavailable
from graphmem.moment import FAR_PAST
from graphmem.stores.neo4j import Neo4jStore, connection
from graphmem.testing import WordEmbedder
from tests.cables import COMMIT, Cable, cable
from tests.servers import Server

pytestmark = pytest.mark.neo4j

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOLD = "Ann works at Acme. Ann lives in Porto."
SECRET = "marzipan"


@pytest.fixture(scope="module", params=["5.26", "2026"])
def server(request: pytest.FixtureRequest, own_neo4j_server: Callable[..., Server]) -> Server:
    return own_neo4j_server(request.param)


@pytest.fixture
def driver(server: Server) -> Iterator[neo4j.Driver]:
    with server.driver() as driver:
        yield driver


@pytest.fixture
def memory(server: Server) -> Iterator[Memory]:
    server.empty()
    with Memory(server.uri, auth=server.auth) as memory:
        yield memory


def known(memory: Memory, user: str = "ada") -> tuple[object, ...]:
    """What a memory holds, but for its ids and the times of writing."""
    facts = sorted((fact.text, fact.subject, fact.predicate, fact.object) for fact in memory.facts(user_id=user))
    entities = sorted((entity.key, entity.degree) for entity in memory.entities(user_id=user))
    stats = memory.stats(user_id=user)
    return stats.episodes, stats.facts, facts, entities


def embedded(*texts: str) -> tuple[object, ...]:
    with Memory(":memory:") as memory:
        for text in texts:
            memory.add(text, user_id="ada", at=AT)
        return known(memory)


# a connection that breaks


@pytest.fixture
def laid(server: Server) -> Iterator[Cable]:
    with cable(int(server.uri.rsplit(":", 1)[1])) as laid:
        yield laid


MOMENTS = {
    "while it asks what is known": (lambda: text_of("read/episodes_by_identity"), False),
    "while it writes": (lambda: text_of("write/put_facts"), False),
    "before the commit arrives": (lambda: COMMIT, False),
    "before the commit is acknowledged": (lambda: COMMIT, True),
}


def text_of(name: str) -> bytes:
    return queries.load(name).text[-60:].encode()


@pytest.mark.parametrize(("watched", "is_delivered"), MOMENTS.values(), ids=MOMENTS)
def test_a_connection_that_breaks_loses_nothing_and_doubles_nothing(
    server: Server, laid: Cable, watched: Callable[[], bytes], is_delivered: bool
) -> None:
    server.empty()
    with Memory(f"bolt://127.0.0.1:{laid.port}", auth=server.auth) as memory:
        memory.recall("Where does Ann live?", user_id="ada")
        laid.cut_at(watched(), is_delivered=is_delivered)
        memory.add(TOLD, user_id="ada", at=AT)
        assert laid.cuts == 1
        assert known(memory) == embedded(TOLD)


@pytest.mark.parametrize("is_delivered", [False, True])
def test_a_replacement_whose_commit_breaks_replaces_once(server: Server, laid: Cable, is_delivered: bool) -> None:
    server.empty()
    with Memory(f"bolt://127.0.0.1:{laid.port}", auth=server.auth) as memory:
        memory.add("Ann works at Acme.", user_id="ada", source_id="note", at=AT)
        laid.cut_at(COMMIT, is_delivered=is_delivered)
        memory.add("Ann works at Birch.", user_id="ada", source_id="note", at=AT, replace=True)
        assert laid.cuts == 1
        assert [fact.object for fact in memory.facts(user_id="ada")] == ["Birch"]


def test_a_server_that_was_stopped_and_started_answers_the_next_call(server: Server, memory: Memory) -> None:
    memory.add(TOLD, user_id="ada", at=AT)
    before = known(memory)
    server.kill()
    server.restart()
    assert known(memory) == before
    memory.add("Ann likes tea.", user_id="ada")


def test_a_memory_whose_database_was_emptied_begins_anew(server: Server, memory: Memory) -> None:
    memory.add(TOLD, user_id="ada", at=AT)
    server.empty()
    with pytest.raises(StoreUnavailable, match="try again") as caught:
        memory.add(TOLD, user_id="ada", at=AT)
    assert caught.value.retryable
    memory.add(TOLD, user_id="ada", at=AT)
    assert known(memory) == embedded(TOLD)


# the wrong door


@pytest.mark.parametrize("auth", [None, ("neo4j", "wrong-password"), ("nobody", "only-for-tests")])
def test_without_the_right_password_the_error_says_how_to_pass_it(server: Server, auth: tuple[str, str] | None) -> None:
    with (
        Memory(server.uri, auth=auth) as memory,
        pytest.raises(StoreUnavailable, match="wrong user or password: pass auth="),
    ):
        memory.stats(user_id="ada")


def test_a_database_that_is_not_there_is_named(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_DATABASE", "notes")
    with (
        Memory(server.uri, auth=server.auth) as memory,
        pytest.raises(StoreUnavailable, match="no database 'notes': set NEO4J_DATABASE"),
    ):
        memory.stats(user_id="ada")


def test_vectors_of_another_embedder_are_refused_with_the_way_out(server: Server, memory: Memory) -> None:
    memory.add(TOLD, user_id="ada", at=AT)
    with (
        Memory(server.uri, auth=server.auth, embedder=WordEmbedder()) as other,
        pytest.raises(EmbedderMismatch, match="graphmem reembed"),
    ):
        other.recall("Where does Ann live?", user_id="ada")


# a schema half made


def store_seen(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NEO4J_PASSWORD", "only-for-tests")
    return str(examine(server.uri)[-1])


def test_what_is_missing_of_a_schema_is_told_and_made(
    server: Server, memory: Memory, driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.add(TOLD, user_id="ada", at=AT)
    for name in ("DROP INDEX graphmem_words", "DROP CONSTRAINT graphmem_entity"):
        driver.execute_query(name, database_=server.database)  # type: ignore[arg-type]
    seen = store_seen(server, monkeypatch)
    assert "graphmem_entity is missing" in seen
    assert "graphmem_words is missing" in seen
    with Memory(server.uri, auth=server.auth) as again:
        assert known(again) == embedded(TOLD)
    assert store_seen(server, monkeypatch).startswith("ok")


def test_a_vector_index_of_other_dimensions_is_told_and_made_anew(
    server: Server, memory: Memory, driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.add(TOLD, user_id="ada", at=AT)
    name = "graphmem_fact_vectors" if server.version.startswith("5") else "graphmem_fact_vectors_filtered"
    driver.execute_query(f"DROP INDEX {name}", database_=server.database)  # type: ignore[arg-type]
    made = queries.load("schema/042_fact_vectors").text.replace("graphmem_fact_vectors", name)
    driver.execute_query(made, dimensions=64, database_=server.database)  # type: ignore[arg-type]
    assert f"{name} is for vectors of 64 numbers" in store_seen(server, monkeypatch)
    with Memory(server.uri, auth=server.auth) as again:
        assert "Porto" in str(again.recall("Where does Ann live?", user_id="ada"))
    assert store_seen(server, monkeypatch).startswith("ok")


def test_something_else_in_the_place_of_an_index_is_named_and_left(
    server: Server, memory: Memory, driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.add(TOLD, user_id="ada", at=AT)
    for query in ("DROP INDEX graphmem_words", "CREATE INDEX graphmem_words FOR (n:Note) ON (n.text)"):
        driver.execute_query(query, database_=server.database)  # type: ignore[arg-type]
    assert "graphmem_words is something else of that name" in store_seen(server, monkeypatch)
    with Memory(server.uri, auth=server.auth) as again:
        with pytest.raises(StoreError, match="graphmem_words is something else of that name: drop it"):
            again.recall("Where does Ann live?", user_id="ada")
        driver.execute_query("DROP INDEX graphmem_words", database_=server.database)
        assert "Porto" in str(again.recall("Where does Ann live?", user_id="ada"))


# waiting, and being seen


class Held:
    """Somebody who holds a space and does not let go."""

    def __init__(self, driver: neo4j.Driver, database: str) -> None:
        self.session = driver.session(database=database)
        self.tx = self.session.begin_transaction()
        values = {"spaces": ["org=default/user=ada"], "past": FAR_PAST}
        self.tx.run(queries.load("write/enter").text, values).consume()  # type: ignore[arg-type]

    def let_go(self) -> None:
        self.tx.close()
        self.session.close()


@pytest.fixture
def held(server: Server, memory: Memory, driver: neo4j.Driver) -> Iterator[Held]:
    memory.add("Ann likes rice.", user_id="ada", at=AT)
    held = Held(driver, server.database)
    yield held
    held.let_go()


def running(driver: neo4j.Driver, server: Server) -> list[dict[str, Any]]:
    """What an administrator sees of our transactions."""
    rows = driver.execute_query("SHOW TRANSACTIONS YIELD *", database_=server.database).records
    return [row.data() for row in rows if row["metaData"].get("app") == "graphmem"]


def test_a_call_that_waits_is_seen_by_its_name_and_told_without_its_words(
    server: Server, memory: Memory, driver: neo4j.Driver, held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "graphmem.store")
    adding = threading.Thread(target=memory.add, args=(f"Ann likes {SECRET}.",), kwargs={"user_id": "ada"})
    adding.start()
    while not (seen := [row for row in running(driver, server) if row["metaData"]["query"] == "write"]):
        time.sleep(0.01)
    held.let_go()
    adding.join()
    assert [row["metaData"] for row in seen] == [{"app": "graphmem", "query": "write"}]
    assert SECRET not in str(seen)
    told = [record.getMessage() for record in caplog.records if record.name == "graphmem.store"]
    assert any(line.startswith("write/put_episodes: ") for line in told)
    assert not any(SECRET in line or "org=default" in line for line in told)


def test_a_write_that_waits_too_long_gives_up_and_changes_nothing(
    memory: Memory, held: Held, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(connection._Blocking.write.__kwdefaults__, "timeout_s", 0.5)
    with pytest.raises(StoreUnavailable, match="longer than we wait") as caught:
        memory.add(TOLD, user_id="ada", at=AT)
    assert caught.value.retryable
    assert "will be retried" not in caplog.text
    held.let_go()
    assert known(memory) == embedded("Ann likes rice.")


def test_the_event_loop_beats_on_while_a_call_waits(server: Server, held: Held) -> None:
    async def beats() -> tuple[int, bool]:
        async with neo4j.AsyncGraphDatabase.driver(server.uri, auth=server.auth) as driver:
            memory = AsyncMemory(Neo4jStore(driver, database=server.database))
            adding = asyncio.create_task(memory.add("Ann likes tea.", user_id="ada"))
            count = 0
            while count < 100:
                await asyncio.sleep(0.01)
                count += 1
            was_waiting = not adding.done()
            held.let_go()
            await adding
            await memory.close()
            await driver.verify_connectivity()
            return count, was_waiting

    assert asyncio.run(beats()) == (100, True)


def test_a_driver_is_closed_by_whoever_made_it(server: Server, driver: neo4j.Driver) -> None:
    memory = Memory(Neo4jStore(driver, database=server.database))
    memory.stats(user_id="ada")
    memory.close()
    driver.verify_connectivity()
    own = Neo4jStore.at(neo4j_settings_of(server))
    drive(own.describe())
    drive(own.close())
    with pytest.raises(StoreUnavailable, match="was closed"):
        drive(own.describe())


def neo4j_settings_of(server: Server) -> Neo4jSettings:
    return Neo4jSettings(server.uri, server.auth, server.database)
