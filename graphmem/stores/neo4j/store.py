"""The store in a Neo4j database."""

from collections.abc import Sequence
from typing import TypeVar

from neo4j import AsyncDriver, Driver

from graphmem.models import Change
from graphmem.moment import Clock, now
from graphmem.protocols import (
    Draft,
    Known,
    Question,
)
from graphmem.scope import checked
from graphmem.stores.neo4j import knowing, schema
from graphmem.stores.neo4j.connection import Connection, Transaction, Work, connected
from graphmem.stores.neo4j.schema import Server
from graphmem.stores.neo4j.writing import Writer

T = TypeVar("T")


class Neo4jStore:
    """Memories in a Neo4j database: 5.26 or newer, Community is enough, no plug-in.

    >>> driver = GraphDatabase.driver("bolt://localhost:7687", auth=("neo4j", "..."))
    >>> store = Neo4jStore(driver)
    >>> await store.open(embedder="static-minilm-256/1", dimensions=256)

    It has the colour of its driver: with a `Driver` the work is done in the calling thread, with an `AsyncDriver` it
    awaits. Share it between threads, and the database between processes: writers of one space take turns, those of
    different spaces do not wait for each other. All queries are files of `cypher/`.

    Args:
        driver: A driver; whoever made it closes it.
        database: The database of the server, as the default one would cost a round trip each time.
        clock: What the time is, for what is written.
        place: How messages name the server.
    """

    def __init__(
        self,
        driver: Driver | AsyncDriver,
        *,
        database: str = "neo4j",
        clock: Clock = now,
        place: str = "Neo4j",
        closes_driver: bool = False,
    ) -> None:
        self._connection: Connection = connected(driver, place=place, database=database, is_own=closes_driver)
        self._clock = clock
        self._server: Server | None = None
        self._embedder = ""
        self._dimensions = 0

    @property
    def blocks(self) -> bool:
        """See `Store.blocks`."""
        return self._connection.blocks

    # lifetime

    async def open(self, *, embedder: str, dimensions: int) -> None:
        """See `Store.open`. The first time some ten round trips; an empty database gets its schema, in seconds."""
        if (self._embedder, self._dimensions) == (embedder, dimensions):
            return
        server = await schema.server_of(self._connection)
        await schema.prepare(self._connection, server, embedder=embedder, dimensions=dimensions)
        self._server, self._embedder, self._dimensions = server, embedder, dimensions

    async def close(self) -> None:
        """See `Store.close`."""
        self._embedder = ""
        await self._connection.close()

    # writing

    async def known(self, question: Question) -> Known:
        """See `Store.known`."""
        return await self._read("known", lambda tx: knowing.known(tx, question))

    async def write(self, draft: Draft) -> list[Change]:
        """See `Store.write`. One transaction of about ten statements, whatever the draft holds."""
        checked(draft.spaces)
        return await self._write("write", lambda tx: self._writer(tx, draft.spaces).write(draft, self._clock))

    def _writer(self, tx: Transaction, spaces: Sequence[str]) -> Writer:
        return Writer(tx, spaces, embedder=self._embedder, dimensions=self._dimensions)

    async def _read(self, name: str, work: Work[T]) -> T:
        return await self._connection.read(name, work)

    async def _write(self, name: str, work: Work[T]) -> T:
        return await self._connection.write(name, work)
