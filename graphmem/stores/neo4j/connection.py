"""A driver of either colour behind one interface: transactions that run the queries of `cypher/` by name.

Retries are the driver's: a managed transaction is run again where the driver marks an error as retryable, and never
otherwise. Foreign errors are translated here, by `error.code`, as 5.26 reports one GQL status for most of them.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from socket import gaierror
from typing import Any, LiteralString, Protocol, TypeVar, cast

from neo4j import (
    READ_ACCESS,
    AsyncDriver,
    AsyncManagedTransaction,
    AsyncSession,
    Driver,
    ManagedTransaction,
    Query,
    Record,
    Session,
    unit_of_work,
)
from neo4j.exceptions import (
    AuthError,
    ConstraintError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graphmem import queries
from graphmem._colour import drive
from graphmem.errors import Conflict, GraphmemError, InvalidInput, StoreError, StoreUnavailable, TooLarge
from graphmem.queries import Statement
from graphmem.stores.neo4j.drivers import Drivers

log = logging.getLogger("graphmem.store")

T = TypeVar("T")
Row = Mapping[str, Any]  # what a query returns by name: values of the driver

READ_TIMEOUT_S = 60.0
WRITE_TIMEOUT_S = 120.0
SCHEMA_TIMEOUT_S = 600.0
"""How long the server works on a transaction before it gives up. A schema change waits for indexes to be filled."""

FIRST_TIMEOUT_S = 5.0
"""How long the first question to a server waits for a connection: what listens there may never say a word."""

START = "docker compose up -d --wait"


class Unacknowledged(StoreUnavailable):
    """The connection broke while a transaction was being kept: nobody knows whether it was."""


class Transaction(Protocol):
    """An open transaction."""

    async def run(self, name: str, /, **values: object) -> list[Row]:
        """Run the query `cypher/NAME.cypher` with these values to its end."""
        ...


Work = Callable[[Transaction], Awaitable[T]]


class Connection(Protocol):
    """A driver, the database it is asked for, and how errors name the place."""

    @property
    def blocks(self) -> bool:
        """Whether it works in the calling thread."""
        ...

    @property
    def place(self) -> str:
        """The server as its user wrote it, for messages."""
        ...

    async def ask(self, name: str, /) -> list[Row]:
        """Run a query outside of any transaction of ours, or say at once what is wrong.

        A transaction would be tried again for many seconds first. It is asked twice, as the first time may have met
        a connection of the pool that its server is gone from.
        """
        ...

    async def read(self, name: str, work: Work[T]) -> T:
        """Do some work in a read transaction called `name`; it may be done again where the server asks for that."""
        ...

    async def write(self, name: str, work: Work[T], *, timeout_s: float = WRITE_TIMEOUT_S) -> T:
        """Do some work in a write transaction; all of it is kept, or nothing.

        Raises:
            Unacknowledged: One of the two, but which is not known.
        """
        ...

    async def change_schema(self, name: str, /, **values: object) -> None:
        """Run one query of the schema, outside of any transaction of ours."""
        ...

    async def close(self) -> None:
        """Let go of the driver, where it was made here."""
        ...


def connected(
    driver: Driver | AsyncDriver,
    again: Callable[[], Driver | AsyncDriver] | None,
    *,
    place: str,
    database: str,
) -> Connection:
    """The connection of a driver, in the driver's colour; see `Drivers` for `again`.

    Raises:
        InvalidInput: It is no driver.
    """
    if isinstance(driver, AsyncDriver):
        return _Awaiting(Drivers(driver, cast("Callable[[], AsyncDriver] | None", again), place=place), place, database)
    if not isinstance(driver, Driver):  # pyright: ignore[reportUnnecessaryIsInstance] - not everybody checks types
        raise InvalidInput(
            f"a Neo4jStore takes a driver of the package neo4j, not {type(driver).__name__}: an address is for Memory()"
        )
    return _Blocking(Drivers(driver, cast("Callable[[], Driver] | None", again), place=place), place, database)


class _Blocking:
    blocks = True

    def __init__(self, drivers: Drivers[Driver], place: str, database: str) -> None:
        self._drivers = drivers
        self.place = place
        self._database = database

    async def ask(self, name: str, /) -> list[Row]:
        with _translated(self.place, self._database):
            try:
                return self._ask(name)
            except (ServiceUnavailable, SessionExpired):
                return self._ask(name)

    def _ask(self, name: str) -> list[Row]:
        statement = queries.load(name).bind()
        asked = self._drivers.here.session(**_first(self._database))  # pyright: ignore[reportUnknownMemberType] - as below
        with asked as session, _logged(statement) as rows:
            rows += map(_row, session.run(_query(statement, READ_TIMEOUT_S)))
        return rows

    async def read(self, name: str, work: Work[T]) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=READ_TIMEOUT_S)
        def driven(tx: ManagedTransaction) -> T:
            return drive(_finished(work(_BlockingTransaction(tx))))

        with _translated(self.place, self._database), _told(name), self._session() as session:
            return session.execute_read(driven)

    async def write(self, name: str, work: Work[T], *, timeout_s: float = WRITE_TIMEOUT_S) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=timeout_s)
        def driven(tx: ManagedTransaction) -> T:
            return drive(_finished(work(_BlockingTransaction(tx))))

        with _translated(self.place, self._database), _told(name), self._session() as session:
            return session.execute_write(driven)

    async def change_schema(self, name: str, /, **values: object) -> None:
        statement = queries.load(name).bind(**values)
        with _translated(self.place, self._database), self._session() as session:
            session.run(_query(statement, SCHEMA_TIMEOUT_S), dict(statement.parameters)).consume()

    async def close(self) -> None:
        if driver := self._drivers.to_close():
            driver.close()

    def _session(self) -> Session:
        return self._drivers.here.session(  # pyright: ignore[reportUnknownMemberType] - takes untyped keywords
            database=self._database, fetch_size=-1, notifications_min_severity="OFF"
        )


class _Awaiting:
    blocks = False

    def __init__(self, drivers: Drivers[AsyncDriver], place: str, database: str) -> None:
        self._drivers = drivers
        self.place = place
        self._database = database

    async def ask(self, name: str, /) -> list[Row]:
        with _translated(self.place, self._database):
            try:
                return await self._ask(name)
            except (ServiceUnavailable, SessionExpired):
                return await self._ask(name)

    async def _ask(self, name: str) -> list[Row]:
        statement = queries.load(name).bind()
        asked = self._drivers.here.session(**_first(self._database))  # pyright: ignore[reportUnknownMemberType] - as below
        async with asked as session:
            with _logged(statement) as rows:
                result = await session.run(_query(statement, READ_TIMEOUT_S))
                rows += [_row(record) async for record in result]
        return rows

    async def read(self, name: str, work: Work[T]) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=READ_TIMEOUT_S)
        async def awaited(tx: AsyncManagedTransaction) -> T:
            return await work(_AwaitingTransaction(tx))

        with _translated(self.place, self._database), _told(name):
            async with self._session() as session:
                return await session.execute_read(awaited)

    async def write(self, name: str, work: Work[T], *, timeout_s: float = WRITE_TIMEOUT_S) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=timeout_s)
        async def awaited(tx: AsyncManagedTransaction) -> T:
            return await work(_AwaitingTransaction(tx))

        with _translated(self.place, self._database), _told(name):
            async with self._session() as session:
                return await session.execute_write(awaited)

    async def change_schema(self, name: str, /, **values: object) -> None:
        statement = queries.load(name).bind(**values)
        with _translated(self.place, self._database):
            async with self._session() as session:
                result = await session.run(_query(statement, SCHEMA_TIMEOUT_S), dict(statement.parameters))
                await result.consume()

    async def close(self) -> None:
        if driver := self._drivers.to_close():
            await driver.close()

    def _session(self) -> AsyncSession:
        return self._drivers.here.session(  # pyright: ignore[reportUnknownMemberType] - takes untyped keywords
            database=self._database, fetch_size=-1, notifications_min_severity="OFF"
        )


class _BlockingTransaction:
    def __init__(self, tx: ManagedTransaction) -> None:
        self._tx = tx

    async def run(self, name: str, /, **values: object) -> list[Row]:
        statement = queries.load(name).bind(**values)
        with _logged(statement) as rows:
            result = self._tx.run(_text(statement), dict(statement.parameters))
            rows += map(_row, result)
        return rows


class _AwaitingTransaction:
    def __init__(self, tx: AsyncManagedTransaction) -> None:
        self._tx = tx

    async def run(self, name: str, /, **values: object) -> list[Row]:
        statement = queries.load(name).bind(**values)
        with _logged(statement) as rows:
            result = await self._tx.run(_text(statement), dict(statement.parameters))
            rows += [_row(record) async for record in result]
        return rows


def _row(record: Record) -> Row:
    return dict(zip(record.keys(), record.values(), strict=True))


async def _finished(work: Awaitable[T]) -> T:
    return await work


def _text(statement: Statement) -> LiteralString:
    return cast("LiteralString", statement.text)  # it comes from a file of ours, which no value reaches


def _query(statement: Statement, timeout_s: float) -> Query:
    return Query(_text(statement), metadata=_metadata(statement.name), timeout=timeout_s)


def _first(database: str) -> dict[str, Any]:  # keywords of a session
    """How the first session is opened. It sets nothing that a server too old for us would not know."""
    return {"database": database, "default_access_mode": READ_ACCESS, "connection_acquisition_timeout": FIRST_TIMEOUT_S}


def _metadata(name: str) -> dict[str, str]:
    """What an administrator sees beside a running transaction (`SHOW TRANSACTIONS`): never a value."""
    return {"app": "graphmem", "query": name}


@contextmanager
def _logged(statement: Statement) -> Generator[list[Row]]:
    rows: list[Row] = []
    started = time.perf_counter()
    yield rows
    log.debug("%s: %d rows in %.1f ms", statement.name, len(rows), 1000 * (time.perf_counter() - started))


@contextmanager
def _told(name: str) -> Generator[None]:
    started = time.perf_counter()
    yield
    log.debug("%s: a transaction in %.1f ms", name, 1000 * (time.perf_counter() - started))


# -------------------------------------------------------------------------------------------------------- errors


@contextmanager
def _translated(place: str, database: str) -> Generator[None]:
    try:
        yield
    except (Neo4jError, DriverError) as error:
        raise translation(error, place, database) from error
    except UnicodeEncodeError as error:
        raise InvalidInput("a text holds half a character (a lone surrogate) and cannot be stored") from error
    except UnicodeError as error:
        raise InvalidInput(f"{place} names a host that cannot be one: {error}") from error


def _slow(place: str) -> GraphmemError:
    return StoreUnavailable(
        f"{place}: it took longer than we wait, or somebody ended it there; nothing was changed", retryable=True
    )


def _full(place: str) -> GraphmemError:
    return StoreUnavailable(
        f"{place}: the server has no memory left for this transaction; nothing was changed. Pass less at once, or "
        "raise db.memory.transaction.max, db.memory.transaction.total.max or server.memory.heap.max_size there",
        retryable=True,
    )


def _guarded(place: str) -> GraphmemError:
    return StoreUnavailable(
        f"{place}: this database can only be read: take it out of server.databases.read_only, or name another"
    )


_BY_CODE: Mapping[str, Callable[[str], GraphmemError]] = {
    "Neo.ClientError.Security.Forbidden": lambda place: StoreUnavailable(
        f"{place}: this user may not do that: memory needs a user who reads, writes and makes indexes"
    ),
    "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase": _guarded,
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": _guarded,
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": _slow,
    "Neo.ClientError.Transaction.TransactionTimedOut": _slow,
    "Neo.ClientError.Transaction.LockClientStopped": _slow,  # it was waiting for another writer
    "Neo.ClientError.Transaction.Terminated": _slow,
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError": _full,
    "Neo.TransientError.General.TransactionOutOfMemoryError": _full,
    "Neo.ClientError.Statement.SyntaxError": lambda place: StoreError(
        f"{place}: this server does not know our queries: Neo4j 5.26 or newer is needed"
    ),
}


def translation(error: Neo4jError | DriverError, place: str, database: str) -> GraphmemError:
    """What a foreign error means here."""
    if isinstance(error, ConstraintError):
        return Conflict("somebody else wrote the same meanwhile: read again and decide anew")
    if isinstance(error, AuthError):
        return StoreUnavailable(
            f"{place}: wrong user or password: pass auth=(user, password), or set NEO4J_USERNAME and NEO4J_PASSWORD"
        )
    if isinstance(error, IncompleteCommit):
        return Unacknowledged(
            f"{place}: the connection broke while it was being kept, so it may be there or not: ask, then try again",
            retryable=True,
        )
    if isinstance(error, ServiceUnavailable | SessionExpired):
        return _unreachable(error, place)
    if isinstance(error, Neo4jError) and error.code == "Neo.ClientError.Database.DatabaseNotFound":
        return StoreUnavailable(
            f"{place}: there is no database {database!r}: set NEO4J_DATABASE to one that SHOW DATABASES lists "
            "(Community has one, `neo4j`)"
        )
    if isinstance(error, Neo4jError) and error.code in _BY_CODE:
        return _BY_CODE[error.code](place)
    if "too large to index" in str(error):
        return TooLarge("a name, id or source id is too long to be found again: Neo4j indexes about 8,000 bytes")
    if "does not support communication with this driver" in str(error):
        return StoreUnavailable(f"{place}: what answers there speaks another Bolt: Neo4j 5.26 or newer is needed")
    if "Driver closed" in str(error):
        return StoreUnavailable(f"{place}: this memory was closed: make another")
    told = error.message if isinstance(error, Neo4jError) and error.message else error
    return StoreUnavailable(f"{place}: {told}", retryable=error.is_retryable())


def _unreachable(error: BaseException, place: str) -> StoreUnavailable:
    """Nothing that we can talk to answers at a place, and what the driver tells of it."""
    reasons = list(_reasons(error))
    if any(isinstance(reason, gaierror) for reason in reasons):
        return StoreUnavailable(f"{place}: this machine knows no host of that name: mend the address", retryable=True)
    if any("looks like HTTP" in str(reason) for reason in reasons):
        return StoreUnavailable(f"{place}: HTTP answers there: name the port of Bolt, which is 7687 if nobody chose")
    if any("Failed to establish encrypted connection" in str(reason) for reason in reasons):
        return StoreUnavailable(
            f"{place}: no encrypted connection came about: without a certificate the address starts with neo4j:// or "
            "bolt://, with one of its own with neo4j+ssc:// or bolt+ssc://"
        )
    return StoreUnavailable(
        f"{place}: no Neo4j answers there: start one (`{START}` in a checkout of graphmem), or name another place",
        retryable=True,
    )


def _reasons(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it; the driver asks several servers, and gathers what each said."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in cast("BaseExceptionGroup[BaseException]", error).exceptions:
                yield from _reasons(part)
        error = error.__cause__ or error.__context__
