"""A Neo4j server that cannot be had: the error names the place and the way out, at once, and no retries were begun."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import neo4j
import pytest
from neo4j.exceptions import Neo4jError

from graphmem import AsyncMemory, Memory
from graphmem.config import neo4j_settings
from graphmem.errors import GraphmemError, InvalidInput, NotAStore, StoreError, StoreUnavailable
from graphmem.stores.neo4j import Neo4jStore, connection, schema
from graphmem.stores.neo4j.server import Server, server_of

Ask = Callable[[str], None]


def ask(url: str) -> None:
    with Memory(url, extractor="none") as memory:
        memory.recall("Where do I work?", user_id="ada")


def ask_awaiting(url: str) -> None:
    async def asked() -> None:
        async with AsyncMemory(url, extractor="none") as memory:
            await memory.recall("Where do I work?", user_id="ada")

    asyncio.run(asked())


@pytest.fixture(params=[ask, ask_awaiting], ids=["driven", "awaited"])
def asking(request: pytest.FixtureRequest) -> Ask:
    return request.param


class Listener:
    """Something that is no Neo4j; `met` counts who came."""

    def __init__(self, says: bytes | None) -> None:
        self.says = says
        self.met = 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.held: list[socket.socket] = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self.listening.accept()
                self.met += 1
                if self.says is None:
                    self.held.append(visitor)  # and never a word
                else:
                    visitor.recv(20)
                    visitor.sendall(self.says)
                    visitor.close()


@contextmanager
def listener(says: bytes | None) -> Iterator[Listener]:
    one = Listener(says)
    yield one
    one.listening.close()
    for visitor in one.held:
        visitor.close()


def refused(asking: Ask, url: str) -> StoreUnavailable:
    with pytest.raises(StoreUnavailable) as caught:
        asking(url)
    assert url in str(caught.value)
    return caught.value


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_where_nobody_listens_the_error_names_the_place_and_the_command_that_starts_one(
    asking: Ask, scheme: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    error = refused(asking, f"{scheme}://127.0.0.1:{port}")
    assert "docker compose up -d --wait" in str(error)
    assert error.retryable
    assert "will be retried" not in caplog.text


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_what_hangs_up_is_asked_twice_and_no_more(asking: Ask, scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    with listener(b"") as nobody:
        assert "no Neo4j answers there" in str(refused(asking, f"{scheme}://127.0.0.1:{nobody.port}"))
        assert nobody.met == 2
    assert "will be retried" not in caplog.text


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_what_never_says_a_word_is_left_after_the_first_timeout(
    asking: Ask, scheme: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "FIRST_TIMEOUT_S", 0.2)
    with listener(None) as silent:
        assert "no Neo4j answers there" in str(refused(asking, f"{scheme}://127.0.0.1:{silent.port}"))
        assert silent.met <= 2
    assert "will be retried" not in caplog.text


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_the_port_of_the_browser_is_told_from_that_of_bolt(asking: Ask, scheme: str) -> None:
    with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        assert "HTTP answers there: name the port of Bolt" in str(refused(asking, f"{scheme}://127.0.0.1:{web.port}"))


def test_a_server_that_knows_no_version_of_bolt_that_we_speak_is_refused(asking: Ask) -> None:
    with listener(bytes(4)) as ancient:
        assert "5.26 or newer" in str(refused(asking, f"bolt://127.0.0.1:{ancient.port}"))


def test_a_server_without_certificates_is_told_from_none(asking: Ask) -> None:
    with listener(b"what?") as plain:
        error = refused(asking, f"bolt+s://127.0.0.1:{plain.port}")
        assert "no encrypted connection came about" in str(error)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_host_that_nobody_knows_is_named(asking: Ask, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "knows no host of that name" in str(refused(asking, f"{scheme}://no-such-host:7687"))


# addresses and settings


@pytest.mark.parametrize(
    "url",
    [
        "bolt://:x",
        "bolt://:7687",
        "bolt://host:99999",
        "bolt://[::1",
        "bolt:// ",
        "bolt://a b:7687",
        "bolt://#a",
        "bolt://a\x00b",
        "bolt://\ud800:7687",
        "bolt://" + "a" * 300,
        "neo4j://host/database",
        "neo4j://host:7687?region",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_when_it_is_given(url: str) -> None:
    with pytest.raises(InvalidInput):
        Memory(url, auth=("neo4j", "secret"))


@pytest.mark.parametrize("url", ["bolt://[::1]:7687", "neo4j://host/", "neo4j+s://a.b.example", "bolt://höst:7687"])
def test_an_unusual_address_may_be_one(url: str) -> None:
    assert neo4j_settings(url).url == url


@pytest.mark.parametrize("auth", ["neo4j/hunter2", ("neo4j",), ("neo4j", None), ("neo4j", "hunter2", "x"), b"hunter2"])
def test_what_is_no_user_and_password_is_refused_and_not_repeated(auth: Any) -> None:
    with pytest.raises(InvalidInput, match=r"pass auth=\(user, password\)") as caught:
        Memory("bolt://localhost", auth=auth)
    assert "hunter2" not in str(caught.value)


def test_a_driver_that_awaits_is_for_the_memory_that_awaits() -> None:
    driver = neo4j.AsyncGraphDatabase.driver("bolt://localhost")
    with pytest.raises(InvalidInput, match="use AsyncMemory"):
        Memory(Neo4jStore(driver))
    asyncio.run(driver.close())


def test_what_is_no_driver_is_refused_by_its_type() -> None:
    with pytest.raises(InvalidInput, match="not str: an address is for Memory"):
        Neo4jStore("bolt://localhost")  # type: ignore[arg-type]


def test_a_closed_memory_says_so() -> None:
    memory = Memory("bolt://localhost:1")
    memory.close()
    memory.close()
    with pytest.raises(StoreUnavailable, match="was closed: make another"):
        memory.recall("Where do I work?", user_id="ada")


# what a server answers


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("Neo.ClientError.Security.Unauthorized", "wrong user or password"),
        ("Neo.ClientError.Security.Forbidden", "this user may not do that"),
        ("Neo.ClientError.Database.DatabaseNotFound", "no database 'notes': set NEO4J_DATABASE"),
        ("Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", "can only be read"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "can only be read"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "db.memory.transaction.max"),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", "longer than we wait"),
        ("Neo.ClientError.Transaction.LockClientStopped", "longer than we wait"),
        ("Neo.ClientError.Transaction.Terminated", "somebody ended it there"),
        ("Neo.ClientError.Statement.SyntaxError", "5.26 or newer"),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", "somebody else wrote the same"),
        ("Neo.DatabaseError.General.UnknownError", "as the server says it"),
    ],
)
def test_a_foreign_error_becomes_one_of_ours_with_the_way_out(code: str, said: str) -> None:
    foreign = Neo4jError._hydrate_neo4j(code=code, message="as the server says it")  # as the driver reads an answer
    ours = connection.translation(foreign, "bolt://a:7687", "notes")
    assert isinstance(ours, GraphmemError)
    assert said in str(ours)


SERVER = Server("5.26.30", "community", has_filtered_search=False)


def found(**others: dict[str, object] | None) -> dict[str, Any]:
    """A schema that is whole, but for these indexes."""
    whole: dict[str, Any] = {}
    for query in schema.wanted(SERVER):
        kind, is_constraint = "RANGE", "CREATE CONSTRAINT" in query.text
        for name in ("VECTOR", "FULLTEXT"):
            kind = name if f"CREATE {name}" in query.text else kind
        options = {"indexConfig": {"vector.dimensions": 256} if kind == "VECTOR" else {}}
        row = {"type": kind, "is_constraint": is_constraint, "state": "ONLINE", "options": options}
        whole[schema.index_of(query)] = row
    for name, changed in others.items():
        if changed is None:
            del whole[name]
        else:
            whole[name] = {**whole[name], **changed}
    return whole


def test_a_whole_schema_has_no_fault() -> None:
    assert schema.faults(found(), SERVER, 256) == {}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (None, "missing"),
        ({"state": "FAILED"}, "failed"),
        ({"state": "POPULATING"}, "not online yet"),
        ({"type": "RANGE"}, "something else of that name"),
        ({"options": {"indexConfig": {"vector.dimensions": 64}}}, "for vectors of 64 numbers"),
    ],
)
def test_each_fault_of_an_index_is_named(changed: dict[str, object] | None, fault: str) -> None:
    assert schema.faults(found(graphmem_fact_vectors=changed), SERVER, 256) == {"graphmem_fact_vectors": fault}


def test_an_index_in_the_place_of_a_constraint_is_a_fault() -> None:
    changed = found(graphmem_entity={"is_constraint": False})
    assert schema.faults(changed, SERVER, 256) == {"graphmem_entity": "something else of that name"}


def test_a_store_of_somebody_else_or_of_another_version_is_left_alone() -> None:
    with pytest.raises(StoreError, match="is not ours"):
        schema.check_format(layout(None), "bolt://a")
    with pytest.raises(StoreError, match="upgrade graphmem"):
        schema.check_format(layout(99), "bolt://a")
    with pytest.raises(NotAStore, match="never released"):
        schema.check_format(layout(1), "bolt://a")


def layout(format_: Any) -> schema.Layout:
    return schema.Layout(format_, "static", 256, None, None, is_exchanging=False)


class Answering:
    """A connection to a server that says it is this."""

    place = "bolt://a:7687"

    def __init__(self, *parts: dict[str, object]) -> None:
        self.parts = parts

    async def ask(self, _: str) -> Any:
        return self.parts


def kernel(version: str) -> dict[str, object]:
    return {"name": "Neo4j Kernel", "versions": [version], "edition": "community"}


@pytest.mark.parametrize("version", ["4.4.41", "5.25.1", "5.9.0", "3.5"])
def test_an_older_server_is_named_with_the_version_that_is_needed(version: str) -> None:
    with pytest.raises(StoreUnavailable, match=f"bolt://a:7687: Neo4j {version} is too old: 5.26 or newer"):
        asyncio.run(server_of(Answering(kernel(version))))  # type: ignore[arg-type]


def test_a_database_of_another_maker_that_speaks_bolt_is_no_neo4j() -> None:
    with pytest.raises(StoreUnavailable, match="is no Neo4j"):
        asyncio.run(server_of(Answering({"name": "Memgraph", "versions": ["2"], "edition": "x"})))  # type: ignore[arg-type]


@pytest.mark.parametrize(("version", "is_filtered"), [("5.26.30", False), ("2026.08.1", True), ("2027.01.0-rc1", True)])
def test_a_newer_server_is_asked_for_what_it_can(version: str, is_filtered: bool) -> None:
    languages = {"name": "Cypher", "versions": ["5", "25"], "edition": ""}
    server = asyncio.run(server_of(Answering(kernel(version), languages)))  # type: ignore[arg-type]
    assert server.has_filtered_search is is_filtered
