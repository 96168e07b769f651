"""Walking over triples: the shortest chains between two entities, and what stands around one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphmem.moment import Moment
from graphmem.protocols import Relation
from graphmem.stores import walks
from graphmem.stores.neo4j.area import rows_of
from graphmem.stores.neo4j.connection import Transaction
from graphmem.stores.neo4j.knowing import entities_named


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks within one read transaction, over the triples that hold at a moment."""

    tx: Transaction
    spaces: Sequence[str]
    moment: Moment

    async def paths(self, start: str, end: str, *, most_hops: int, limit: int) -> list[walks.Chain]:
        """See `Store.paths`."""
        starts, ends = await self._named(start, end)
        return await walks.paths(starts, ends, self._touching, most_hops=most_hops, limit=limit)

    async def neighbourhood(self, key: str, *, hops: int, limit: int) -> list[Relation]:
        """See `Store.neighbourhood`."""
        [centres] = await self._named(key)
        return await walks.neighbourhood(centres, self._touching, hops=hops, limit=limit)

    async def _named(self, *keys: str) -> list[set[str]]:
        """The keys that each key or alias stands for in the spaces."""
        found = await entities_named(self.tx, [(space, key) for space in self.spaces for key in keys])
        return [{entity.key for (_, asked), entity in found.items() if asked == key} for key in keys]

    async def _touching(self, keys: Iterable[str]) -> list[Relation]:
        """The triples that start or end at some entities."""
        rows = rows_of([(space, key) for space in self.spaces for key in keys], "space", "key")
        clocks = {"at": self.moment.at, "known_at": self.moment.known_at}
        return [
            Relation(row["id"], row["space"], row["subject"], row["predicate"], row["object"])
            for row in await self.tx.run("read/touching", rows=rows, **clocks)
        ]
