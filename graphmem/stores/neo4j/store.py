"""The store in a Neo4j database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from neo4j import AsyncDriver, AsyncGraphDatabase, Driver, GraphDatabase
from neo4j.exceptions import DriverError

from graphmem.config import Neo4jSettings
from graphmem.errors import Conflict, InvalidInput, StoreUnavailable
from graphmem.models import Change, Entity, Episode, Fact, Receipt, Stats
from graphmem.moment import Clock, Moment, now
from graphmem.protocols import (
    Bounds,
    Draft,
    Erasure,
    Excerpt,
    Index,
    Known,
    Lookup,
    Question,
    Reader,
    Relation,
    Text,
    Vector,
)
from graphmem.scope import checked, sessions_of
from graphmem.stores import portable_records
from graphmem.stores.neo4j import erasing, listing, portable, reembedding, schema, sweeping
from graphmem.stores.neo4j.area import Area, areas_of
from graphmem.stores.neo4j.connection import Connection, Transaction, Unacknowledged, Work, connected
from graphmem.stores.neo4j.counting import WordCounts
from graphmem.stores.neo4j.excerpt import Neo4jExcerpt
from graphmem.stores.neo4j.probing import probe
from graphmem.stores.neo4j.reading import Reading
from graphmem.stores.neo4j.recalling import Asked
from graphmem.stores.neo4j.server import Server, server_of
from graphmem.stores.neo4j.walking import Walker
from graphmem.stores.neo4j.writing import Writer
from graphmem.stores.tokens import forget_texts

T = TypeVar("T")

CONNECTION_TIMEOUT_S = 5.0
ACQUISITION_TIMEOUT_S = 15.0
RETRY_TIME_S = 15.0
"""How long the driver waits for a connection, for one of its pool, and for a transaction to be tried again. Its own
defaults let a stopped server cost a minute.
"""


class Neo4jStore:
    """Memories in a Neo4j database: 5.26 or newer, Community is enough, no plug-in.

    >>> with GraphDatabase.driver("bolt://localhost:7687", auth=("neo4j", "...")) as driver:
    ...     memory = Memory(Neo4jStore(driver))

    It has the colour of its driver: with a `Driver` the work is done in the calling thread, with an `AsyncDriver` it
    awaits. Share it between threads, and the database between processes: writers of one space take turns, those of
    different spaces do not wait for each other. All queries are files of `cypher/`.

    Args:
        driver: A driver; whoever made it closes it. A child that was forked since it was in use needs one of its own.
        database: The database of the server, as the default one would cost a round trip each time.
        clock: What the time is, for what is written.
        place: How messages name the server.
        again: Makes another driver like it, for a child that this process forks; then the store closes its drivers.
    """

    def __init__(
        self,
        driver: Driver | AsyncDriver,
        *,
        database: str = "neo4j",
        clock: Clock = now,
        place: str = "Neo4j",
        again: Callable[[], Driver | AsyncDriver] | None = None,
    ) -> None:
        self._connection: Connection = connected(driver, again, place=place, database=database)
        self._clock = clock
        self._counts = WordCounts()
        self._server: Server | None = None
        self._is_open = False
        self._embedder = ""
        self._dimensions = 0

    @classmethod
    def at(cls, settings: Neo4jSettings, *, clock: Clock = now, is_awaited: bool = False) -> "Neo4jStore":
        """A store with a driver of its own, closed with it. Nothing is connected yet.

        Raises:
            InvalidInput: The address cannot be read.
        """
        graph = AsyncGraphDatabase if is_awaited else GraphDatabase

        def driver() -> Driver | AsyncDriver:
            return graph.driver(  # pyright: ignore[reportUnknownMemberType] - takes untyped keywords
                settings.url,
                auth=settings.auth,
                user_agent="graphmem",
                connection_timeout=CONNECTION_TIMEOUT_S,
                connection_acquisition_timeout=ACQUISITION_TIMEOUT_S,
                max_transaction_retry_time=RETRY_TIME_S,
            )

        try:
            first = driver()
        except (ValueError, DriverError) as error:
            raise InvalidInput(f"{settings.url!r} is no address of a Neo4j server: {error}") from error
        return cls(first, database=settings.database, clock=clock, place=settings.url, again=driver)

    @property
    def blocks(self) -> bool:
        """See `Store.blocks`."""
        return self._connection.blocks

    # lifetime

    async def open(self, *, embedder: str, dimensions: int) -> None:
        """See `Store.open`. The first time some ten round trips; an empty database gets its schema, in seconds."""
        if self._is_open and (self._embedder, self._dimensions) == (embedder, dimensions):
            return
        server = await server_of(self._connection)
        await reembedding.finish(self._connection, server)
        await schema.prepare(self._connection, server, embedder=embedder, dimensions=dimensions)
        self._server, self._embedder, self._dimensions = server, embedder, dimensions
        self._is_open = True
        await self._sweep()

    async def describe(self) -> str:
        """See `Store.describe`. Needs no `open`, and makes nothing.

        Raises:
            StoreError: Its schema is half made.
        """
        return await schema.described(self._connection, self._clock)

    async def close(self) -> None:
        """See `Store.close`."""
        self._is_open = False
        await self._connection.close()

    # writing

    async def known(self, question: Question) -> Known:
        """See `Store.known`."""
        return await self._reading("known", lambda reader: reader.known(question))

    async def write(self, draft: Draft) -> list[Change]:
        """See `Store.write`. One transaction of about ten statements, whatever the draft holds."""
        checked(draft.spaces)
        await self._sweep()
        try:
            return await self._write("write", lambda tx: self._writer(tx, draft.spaces).write(draft, self._clock))
        except Unacknowledged as error:  # a draft that was kept is met again like somebody else's
            raise Conflict(f"{error}") from error

    async def erase(self, erasure: Erasure, *, is_dry_run: bool) -> Receipt:
        """See `Store.erase`. One transaction; beyond a thousand episodes and facts several, each of which leaves the
        spaces whole: a call that was stopped in between is finished by the same call again. A dry run only reads.

        The search afterwards looks for every record and word, and for a sample of the vectors.
        """
        checked(erasure.spaces)
        if is_dry_run:
            with self._noticing():
                counted = await erasing.counted(self._connection, erasure, writing=self._writer)
            return Receipt(is_dry_run=True, erased=counted.total())
        assert self._server is not None, "open comes first"
        indexes = schema.vector_indexes(self._server)
        erased = await erasing.erase(self._connection, erasure, writing=self._writer, clock=self._clock)
        forget_texts()
        self._counts.forget()
        left = await self._read_on("probe", lambda tx: probe(tx, erased.traces, indexes))
        return Receipt(is_dry_run=False, erased=erased.total(), unreached=erasing.UNREACHED, left=left)

    # reading for recall

    async def lookup(
        self, spaces: Sequence[str], *, keys: Sequence[str], stems: Sequence[str], known_at: datetime
    ) -> Lookup:
        """See `Store.lookup`."""
        return await self._reading(
            "lookup", lambda reader: reader.lookup(spaces, keys=keys, stems=stems, known_at=known_at)
        )

    async def excerpt(
        self,
        spaces: Sequence[str],
        *,
        vector: Vector,
        stems: Sequence[str],
        keys: Sequence[str],
        moment: Moment,
        bounds: Bounds,
    ) -> Excerpt:
        """See `Store.excerpt`. What two hops from the seeds lead to comes along; each `read_...` is a transaction.

        Vectors are known to be of our embedder when it is opened. Where an exchange begins before it is read to its
        end, one recall may rank a little wrong, or be told to try again: asking each time would cost a trip.
        """
        assert self._server is not None, "open comes first"
        asked = Asked.of(checked(spaces), vector=vector, stems=stems, keys=keys, moment=moment, bounds=bounds)
        await self._sweep()
        return await Neo4jExcerpt.opened(
            asked, self._server, self._counts, self._read_on, areas=self._areas_of, blocks=self.blocks
        )

    async def reading(self, work: Callable[[Reader], Awaitable[T]]) -> T:
        """See `Store.reading`. One transaction; the server shows it as `recall`."""
        return await self._reading("recall", work)

    # walking over triples

    async def paths(
        self, spaces: Sequence[str], start: str, end: str, *, moment: Moment, most_hops: int, limit: int
    ) -> list[tuple[Relation, ...]]:
        """See `Store.paths`."""
        named = checked(spaces)
        return await self._read(
            "paths", lambda tx: Walker(tx, named, moment).paths(start, end, most_hops=most_hops, limit=limit)
        )

    async def neighbourhood(
        self, spaces: Sequence[str], key: str, *, moment: Moment, hops: int, limit: int
    ) -> list[Relation]:
        """See `Store.neighbourhood`."""
        named = checked(spaces)
        return await self._read(
            "neighbourhood", lambda tx: Walker(tx, named, moment).neighbourhood(key, hops=hops, limit=limit)
        )

    # reading for people

    async def episodes(
        self, spaces: Sequence[str], ids: Sequence[str], *, known_at: datetime | None = None
    ) -> list[Episode]:
        """See `Store.episodes`."""
        return await self._reading("episodes", lambda reader: reader.episodes(spaces, ids, known_at=known_at))

    async def find_episodes(
        self,
        spaces: Sequence[str],
        *,
        source_id: str | None = None,
        session: str | None = None,
        stems: Sequence[str] | None = None,
        last: int | None = None,
    ) -> list[str]:
        """See `Store.find_episodes`. Replaced ones are among them. Of several conditions all have to be met."""
        if source_id is None and session is None and stems is None:
            raise InvalidInput("neither source_id, session nor stems were given: say which episodes are meant")
        named = checked(spaces)
        return await self._read(
            "find episodes",
            lambda tx: listing.find_episodes(tx, named, source_id=source_id, session=session, stems=stems, last=last),
        )

    async def pending(self, spaces: Sequence[str], *, limit: int) -> list[Episode]:
        """See `Store.pending`."""
        named = checked(spaces)
        return await self._read("pending", lambda tx: listing.pending(tx, named, limit=limit))

    async def sessions(self, space: str) -> list[str]:
        """See `Store.sessions`."""
        [owner] = checked([space])
        rows = await self._read("sessions", lambda tx: tx.run("read/sessions", prefix=sessions_of(owner)))
        return sorted(row["space"] for row in rows)

    async def facts(self, spaces: Sequence[str], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
        """See `Store.facts`."""
        return await self._reading("facts", lambda reader: reader.facts(spaces, ids, moment=moment))

    async def list_facts(
        self,
        spaces: Sequence[str],
        *,
        moment: Moment | None,
        entity: str | None = None,
        predicate: str | None = None,
        limit: int,
        after: str | None = None,
    ) -> list[Fact]:
        """See `Store.list_facts`.

        Raises:
            NotFound: There is no fact `after` in these spaces.
        """
        named = checked(spaces)
        return await self._read(
            "list facts",
            lambda tx: listing.list_facts(
                tx, named, moment=moment, entity=entity, predicate=predicate, limit=limit, after=after
            ),
        )

    async def list_entities(self, spaces: Sequence[str], *, limit: int) -> list[Entity]:
        """See `Store.list_entities`."""
        named = checked(spaces)
        return await self._read("list entities", lambda tx: listing.list_entities(tx, named, limit=limit))

    async def history(self, spaces: Sequence[str], fact_id: str) -> list[Change]:
        """See `Store.history`."""
        named = checked(spaces)
        return await self._read("history", lambda tx: listing.history(tx, named, fact_id))

    async def changes(self, spaces: Sequence[str], ids: Sequence[str]) -> list[Change]:
        """See `Store.changes`."""
        named = checked(spaces)
        return await self._read("changes", lambda tx: listing.changes(tx, named, ids))

    async def journal(self, spaces: Sequence[str], *, since: datetime, until: datetime) -> list[Change]:
        """See `Store.journal`. Time grows with all changes of the spaces."""
        named = checked(spaces)
        return await self._read("journal", lambda tx: listing.journal(tx, named, since=since, until=until))

    async def stats(self, spaces: Sequence[str]) -> Stats:
        """See `Store.stats`. What a server takes on its disk it does not say."""
        named = list(dict.fromkeys(checked(spaces)))
        rows = await self._read("stats", lambda tx: tx.run("read/counts", spaces=named))
        kinds = ("episodes", "facts", "entities", "changes")
        return Stats(**{kind: sum(row[kind] for row in rows) for kind in kinds})

    # whole spaces

    async def spaces(self) -> list[str]:
        """See `Store.spaces`."""
        return sorted(row["space"] for row in await self._read_on("spaces", lambda tx: tx.run("read/spaces")))

    async def dump(self, spaces: Sequence[str]) -> AsyncIterator[Mapping[str, object]]:
        """See `Store.dump`. A transaction a page, all as of one moment; only what is erased meanwhile is missing."""
        named = checked(spaces)
        await self._sweep()
        async for record in portable.dump(self._connection, named):
            yield record

    async def restore(self, records: Sequence[Mapping[str, object]], indexes: Mapping[str, Index]) -> int:
        """See `Store.restore`.

        Raises:
            BadLine: A record cannot be read; `line` counts them from 1.
        """
        said = portable_records.read(records)
        spaces = {record.space for record in said}
        if not said:
            return 0
        await self._sweep()
        return await self._write(
            "restore", lambda tx: portable.restore(self._writer(tx, spaces), tx, said, indexes, self._clock)
        )

    async def texts(self, *, after: str | None, limit: int) -> list[Text]:
        """See `Store.texts`."""
        return await self._read_on("texts", lambda tx: reembedding.texts(tx, after=after, limit=limit))

    async def reembed(self, vectors: Mapping[str, Vector], *, embedder: str, dimensions: int, is_last: bool) -> None:
        """See `Store.reembed`. Until the last batch the store is read and written as before; then, until its vectors
        and indexes are exchanged, calls that need them are told to try again.

        Raises:
            Conflict: Something was written meanwhile and has no new vector yet: embed the rest of `texts` too.
        """
        await reembedding.keep(self._connection, vectors, embedder=embedder, dimensions=dimensions)
        if is_last:
            await reembedding.exchange(self._connection, await server_of(self._connection))
            self._embedder = ""  # it is opened anew, by whoever has the new one

    # transactions

    def _writer(self, tx: Transaction, spaces: Iterable[str]) -> Writer:
        return Writer(tx, spaces, embedder=self._embedder, dimensions=self._dimensions)

    @contextmanager
    def _noticing(self) -> Generator[None]:
        """Lets the next call open the store again after a loss: another server may have come, or an empty one."""
        try:
            yield
        except StoreUnavailable as error:
            if error.retryable:
                self._is_open = False
            raise

    async def _reading(self, name: str, work: Callable[[Reader], Awaitable[T]]) -> T:
        server = self._server
        assert server is not None, "open comes first"
        return await self._read(
            name,
            lambda tx: work(Reading(tx, server, self._counts, areas=self._areas_of, blocks=self.blocks)),
        )

    async def _read(self, name: str, work: Work[T]) -> T:
        """Read where nothing is over."""

        async def looked(tx: Transaction) -> tuple[T] | None:
            return None if await sweeping.is_due(tx, self._clock) else (await work(tx),)

        found = await self._read_on(name, looked)
        if found is not None:
            return found[0]
        await self._sweep()
        return await self._read_on(name, work)

    async def _sweep(self) -> None:
        with self._noticing():
            if await sweeping.sweep(self._connection, writing=self._writer, clock=self._clock):
                self._counts.forget()

    async def _read_on(self, name: str, work: Work[T]) -> T:
        with self._noticing():
            return await self._connection.read(name, work)

    async def _areas_of(self, tx: Transaction, spaces: Sequence[str]) -> list[Area]:
        layout = await schema.stored(tx)
        schema.check(layout, self._connection.place, embedder=self._embedder, dimensions=self._dimensions)
        return await areas_of(tx, spaces)

    async def _write(self, name: str, work: Work[T]) -> T:
        with self._noticing():
            return await self._connection.write(name, work)
