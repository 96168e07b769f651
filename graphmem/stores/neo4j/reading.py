"""What a recall reads, within one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from graphmem.models import Episode, Fact
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Excerpt, Known, Lookup, Question, Vector
from graphmem.scope import checked
from graphmem.stores.neo4j import knowing, listing, recalling
from graphmem.stores.neo4j.area import Area
from graphmem.stores.neo4j.connection import Transaction, Work
from graphmem.stores.neo4j.counting import WordCounts
from graphmem.stores.neo4j.excerpt import AreasOf, Neo4jExcerpt
from graphmem.stores.neo4j.recalling import Asked
from graphmem.stores.neo4j.server import Server

T = TypeVar("T")


class Reading:
    """See `graphmem.protocols.Reader`. Ends with its transaction."""

    def __init__(
        self,
        tx: Transaction,
        server: Server,
        counts: WordCounts,
        *,
        areas: AreasOf,
        blocks: bool,
    ) -> None:
        self._tx = tx
        self._server = server
        self._counts = counts
        self._read_areas = areas
        self._blocks = blocks
        self._areas: dict[tuple[str, ...], list[Area]] = {}

    async def known(self, question: Question) -> Known:
        """See `Reader.known`."""
        return await knowing.known(self._tx, question)

    async def lookup(
        self, spaces: Sequence[str], *, keys: Sequence[str], stems: Sequence[str], known_at: datetime
    ) -> Lookup:
        """See `Reader.lookup`."""
        areas = await self._areas_of(self._tx, checked(spaces))
        return await recalling.lookup(self._tx, self._counts, areas, keys=keys, stems=stems, known_at=known_at)

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
        """See `Reader.excerpt`. What two hops from the seeds lead to comes along."""
        asked = Asked.of(checked(spaces), vector=vector, stems=stems, keys=keys, moment=moment, bounds=bounds)
        return await Neo4jExcerpt.opened(
            asked, self._server, self._counts, self._here, areas=self._areas_of, blocks=self._blocks
        )

    async def episodes(
        self, spaces: Sequence[str], ids: Sequence[str], *, known_at: datetime | None = None
    ) -> list[Episode]:
        """See `Reader.episodes`."""
        return await listing.episodes(self._tx, checked(spaces), ids, known_at)

    async def facts(self, spaces: Sequence[str], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
        """See `Reader.facts`."""
        return await listing.facts(self._tx, checked(spaces), ids, moment=moment)

    async def _areas_of(self, tx: Transaction, spaces: Sequence[str]) -> list[Area]:
        """What spaces tell of themselves, as it was when they were first asked."""
        asked = tuple(spaces)
        if asked not in self._areas:
            self._areas[asked] = await self._read_areas(tx, spaces)
        return self._areas[asked]

    async def _here(self, _: str, work: Work[T]) -> T:
        return await work(self._tx)
