"""A driver of either colour behind one interface: transactions that run the queries of `cypher/` by name.

Retries are the driver's: a managed transaction is run again where the driver marks an error as retryable, and never
otherwise. Foreign errors are translated here, by `error.code`, as 5.26 reports one GQL status for most of them.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString, Protocol, TypeVar, cast

from neo4j import (
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
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graphmem import queries
from graphmem._colour import drive
from graphmem.errors import Conflict, GraphmemError, InvalidInput, StoreError, StoreUnavailable, TooLarge
from graphmem.queries import Statement

log = logging.getLogger("graphmem.store")

T = TypeVar("T")
Row = Mapping[str, Any]  # what a query returns by name: values of the driver

READ_TIMEOUT_S = 30.0
WRITE_TIMEOUT_S = 120.0
SCHEMA_TIMEOUT_S = 600.0
"""How long the server works on a transaction before it gives up. A schema change waits for indexes to be filled."""

START = "docker compose up -d --wait"


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

    async def verify(self) -> None:
        """Reach the server at once, or say what is wrong: a transaction would be tried again for a minute first."""
        ...

    async def read(self, name: str, work: Work[T]) -> T:
        """Do some work in a read transaction called `name`; it may be done again where the server asks for that."""
        ...

    async def write(self, name: str, work: Work[T], *, timeout_s: float = WRITE_TIMEOUT_S) -> T:
        """Do some work in a write transaction; all of it is kept, or nothing."""
        ...

    async def change_schema(self, name: str, /, **values: object) -> None:
        """Run one query of the schema, outside of any transaction of ours."""
        ...

    async def close(self) -> None:
        """Let go of the driver, where it was made here."""
        ...


def connected(driver: Driver | AsyncDriver, *, place: str, database: str, is_own: bool) -> Connection:
    """The connection of a driver, in the driver's colour."""
    if isinstance(driver, AsyncDriver):
        return _Awaiting(driver, place, database, is_own)
    return _Blocking(driver, place, database, is_own)


class _Blocking:
    blocks = True

    def __init__(self, driver: Driver, place: str, database: str, is_own: bool) -> None:
        self._driver = driver
        self.place = place
        self._database = database
        self._is_own = is_own

    async def verify(self) -> None:
        with _translated(self.place):
            self._driver.verify_connectivity()  # pyright: ignore[reportUnknownMemberType] - keywords of a preview

    async def read(self, name: str, work: Work[T]) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=READ_TIMEOUT_S)
        def driven(tx: ManagedTransaction) -> T:
            return drive(_finished(work(_BlockingTransaction(tx))))

        with _translated(self.place), self._session() as session:
            return session.execute_read(driven)

    async def write(self, name: str, work: Work[T], *, timeout_s: float = WRITE_TIMEOUT_S) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=timeout_s)
        def driven(tx: ManagedTransaction) -> T:
            return drive(_finished(work(_BlockingTransaction(tx))))

        with _translated(self.place), self._session() as session:
            return session.execute_write(driven)

    async def change_schema(self, name: str, /, **values: object) -> None:
        statement = queries.load(name).bind(**values)
        with _translated(self.place), self._session() as session:
            session.run(_query(statement), dict(statement.parameters)).consume()

    async def close(self) -> None:
        if self._is_own:
            self._driver.close()

    def _session(self) -> Session:
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType] - takes untyped keywords
            database=self._database, fetch_size=-1, notifications_min_severity="OFF"
        )


class _Awaiting:
    blocks = False

    def __init__(self, driver: AsyncDriver, place: str, database: str, is_own: bool) -> None:
        self._driver = driver
        self.place = place
        self._database = database
        self._is_own = is_own

    async def verify(self) -> None:
        with _translated(self.place):
            await self._driver.verify_connectivity()  # pyright: ignore[reportUnknownMemberType] - the same

    async def read(self, name: str, work: Work[T]) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=READ_TIMEOUT_S)
        async def awaited(tx: AsyncManagedTransaction) -> T:
            return await work(_AwaitingTransaction(tx))

        with _translated(self.place):
            async with self._session() as session:
                return await session.execute_read(awaited)

    async def write(self, name: str, work: Work[T], *, timeout_s: float = WRITE_TIMEOUT_S) -> T:
        @unit_of_work(metadata=_metadata(name), timeout=timeout_s)
        async def awaited(tx: AsyncManagedTransaction) -> T:
            return await work(_AwaitingTransaction(tx))

        with _translated(self.place):
            async with self._session() as session:
                return await session.execute_write(awaited)

    async def change_schema(self, name: str, /, **values: object) -> None:
        statement = queries.load(name).bind(**values)
        with _translated(self.place):
            async with self._session() as session:
                result = await session.run(_query(statement), dict(statement.parameters))
                await result.consume()

    async def close(self) -> None:
        if self._is_own:
            await self._driver.close()

    def _session(self) -> AsyncSession:
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType] - takes untyped keywords
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


def _query(statement: Statement) -> Query:
    return Query(_text(statement), metadata=_metadata(statement.name), timeout=SCHEMA_TIMEOUT_S)


def _metadata(name: str) -> dict[str, str]:
    """What an administrator sees beside a running transaction (`SHOW TRANSACTIONS`): never a value."""
    return {"app": "graphmem", "query": name}


@contextmanager
def _logged(statement: Statement) -> Generator[list[Row]]:
    rows: list[Row] = []
    started = time.perf_counter()
    yield rows
    log.debug("%s: %d rows in %.1f ms", statement.name, len(rows), 1000 * (time.perf_counter() - started))


# -------------------------------------------------------------------------------------------------------- errors


@contextmanager
def _translated(place: str) -> Generator[None]:
    try:
        yield
    except (Neo4jError, DriverError) as error:
        raise translation(error, place) from error
    except UnicodeEncodeError as error:
        raise InvalidInput("a text holds half a character (a lone surrogate) and cannot be stored") from error


_BY_CODE: Mapping[str, Callable[[str], GraphmemError]] = {
    "Neo.ClientError.Database.DatabaseNotFound": lambda place: StoreUnavailable(
        f"{place}: there is no such database: name one that SHOW DATABASES lists (Community has one, `neo4j`)"
    ),
    "Neo.ClientError.Security.Forbidden": lambda place: StoreUnavailable(
        f"{place}: this user may not do that: memory needs a user who reads, writes and makes indexes"
    ),
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": lambda place: StoreUnavailable(
        f"{place}: the server worked on it for longer than we wait; nothing was changed", retryable=True
    ),
    "Neo.ClientError.Statement.SyntaxError": lambda place: StoreError(
        f"{place}: this server does not know our queries: Neo4j 5.26 or newer is needed"
    ),
}


def translation(error: Neo4jError | DriverError, place: str) -> GraphmemError:
    """What a foreign error means here."""
    if isinstance(error, ConstraintError):
        return Conflict("somebody else wrote the same meanwhile: read again and decide anew")
    if isinstance(error, AuthError):
        return StoreUnavailable(
            f"{place}: wrong user or password: pass auth=(user, password), or set NEO4J_USERNAME and NEO4J_PASSWORD"
        )
    if isinstance(error, ServiceUnavailable | SessionExpired):
        return StoreUnavailable(
            f"{place}: no Neo4j answers there: start one (`{START}` in a checkout of graphmem), or name another place",
            retryable=True,
        )
    if isinstance(error, Neo4jError) and error.code in _BY_CODE:
        return _BY_CODE[error.code](place)
    if "too large to index" in str(error):
        return TooLarge("a name, id or source id is too long to be found again: Neo4j indexes about 8,000 bytes")
    return StoreUnavailable(f"{place}: {error}", retryable=error.is_retryable())
