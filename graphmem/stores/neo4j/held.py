"""The spaces that one transaction writes to: taking them and letting go, their counters, what their names stand for."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from graphmem.errors import EmbedderMismatch, ScopeMissing, StoreUnavailable
from graphmem.moment import FAR_FUTURE, FAR_PAST, Clock, utc
from graphmem.scope import checked
from graphmem.stores.neo4j.area import Area, rows_of
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.merging import Names, merged_in
from graphmem.stores.neo4j.schema import EXCHANGING

TICK = timedelta(microseconds=1)


class Held:
    """The spaces that one transaction may touch, and holds.

    Writers of one space take turns: each holds the space's node from `enter` on, so that what was checked stays true
    until the end, and a counter is never lost. Spaces are entered in one order everywhere, or two writers could wait
    for each other.
    """

    def __init__(self, tx: Transaction, spaces: Iterable[str], *, embedder: str) -> None:
        self._tx = tx
        self._spaces = sorted(set(checked(spaces)))
        self._embedder = embedder
        self._areas: dict[str, Area] = {}
        self._names: dict[str, Names] = {}

    # taking and letting go

    async def enter(self) -> None:
        """Take the spaces."""
        rows = await self._tx.run("write/enter", spaces=self._spaces, past=FAR_PAST)
        self._check_vectors(rows)
        self._areas = {area.space: area for area in map(Area.of, rows)}

    def time(self, clock: Clock) -> datetime:
        """When this write is: now, but later than anything in its spaces."""
        return max([utc(clock()), *(area.last_at + TICK for area in self._areas.values())])

    async def leave(self, at: datetime) -> None:
        """Write the counters and let go of the spaces.

        Asks once more whose vectors are kept: they may be exchanged for another embedder's since `enter`.
        """
        for area in self._areas.values():
            area.last_at = max(area.last_at, at)
        rows = [{"space": area.space, "values": area.values()} for area in self._areas.values()]
        self._check_vectors(await self._tx.run("write/leave", rows=rows))

    def _check_vectors(self, rows: Sequence[Row]) -> None:
        if not rows:
            raise StoreUnavailable("the memory there was taken away meanwhile: try again", retryable=True)
        if any(row["is_exchanging"] for row in rows):
            raise StoreUnavailable(f"Neo4j: {EXCHANGING}", retryable=True)
        if any(row["embedder"] != self._embedder for row in rows):
            raise EmbedderMismatch("the vectors were made anew by another embedder meanwhile: see `graphmem reembed`")

    def area(self, space: str) -> Area:
        """The area of a space of this transaction."""
        if space not in self._areas:
            raise ScopeMissing(f"{space} is not among the spaces of this call")
        return self._areas[space]

    # names

    async def names(self, space: str) -> Names:
        """What the names of a space stand for: read where anything was merged."""
        if space not in self._names:
            area = self.area(space)
            merged = (await merged_in(self._tx, [space]))[space] if area.merges else {}
            self._names[space] = Names(self._tx, area, merged)
        return self._names[space]

    async def merge(self, space: str, key: str, into: str) -> None:
        """Make an entity one with another."""
        await self._count_degrees(space, await (await self.names(space)).merge(key, into))

    async def unmerge(self, space: str, key: str, into: str | None) -> None:
        """Take an entity out of another again."""
        await self._count_degrees(space, await (await self.names(space)).unmerge(key, into))

    async def part_all(self, space: str) -> list[tuple[str, str]]:
        """Take all merged entities of a space apart; what was merged into what."""
        merges, changed = await (await self.names(space)).part_all()
        if changed:
            await self._count_degrees(space, changed)
        return merges

    async def _count_degrees(self, space: str, keys: Iterable[str]) -> None:
        rows = rows_of(((space, key) for key in keys), "space", "key")
        await self._tx.run("write/count_degrees", rows=rows, far=FAR_FUTURE)
