"""Walking over triples: the shortest chains between two entities, and what stands around one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from graphmem.moment import Moment
from graphmem.protocols import Relation
from graphmem.stores import walks
from graphmem.stores.neo4j.area import areas_of, rows_of
from graphmem.stores.neo4j.connection import Transaction
from graphmem.stores.neo4j.knowing import entities_named

LONGEST = 4
"""The most hops of `read/paths` and `read/neighbourhood`: the length of a pattern cannot be a parameter."""


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks within one read transaction, over the triples that hold at a moment."""

    tx: Transaction
    spaces: Sequence[str]
    moment: Moment

    async def paths(self, start: str, end: str, *, most_hops: int, limit: int) -> list[walks.Chain]:
        """See `Store.paths`. Where one space alone holds anything, one statement finds them. Relationships never lead
        from one space into another, so chains across several are walked level by level.
        """
        spaces = [area.space for area in await areas_of(self.tx, self.spaces)]
        starts, ends = await self._named(start, end)
        if len(spaces) == len(starts) == len(ends) == 1 and starts != ends and most_hops <= LONGEST:
            return await self._between(*spaces, *starts, *ends, most_hops=most_hops, limit=limit)
        return await walks.paths(starts, ends, self._touching, most_hops=most_hops, limit=limit)

    async def neighbourhood(self, key: str, *, hops: int, limit: int) -> list[Relation]:
        """See `Store.neighbourhood`. Where one space alone holds anything, one statement finds it; else as `paths`."""
        spaces = [area.space for area in await areas_of(self.tx, self.spaces)]
        [centres] = await self._named(key)
        if len(spaces) == len(centres) == 1 and hops <= LONGEST:
            [space], [centre] = spaces, centres
            rows = await self.tx.run(
                "read/neighbourhood", space=space, key=centre, hops=hops, limit=limit, **self._clocks
            )
            return [Relation(row["id"], space, row["subject"], row["predicate"], row["object"]) for row in rows]
        return await walks.neighbourhood(centres, self._touching, hops=hops, limit=limit)

    async def _between(self, space: str, start: str, end: str, *, most_hops: int, limit: int) -> list[walks.Chain]:
        """The shortest chains within one space, by one statement."""
        levels: dict[int, walks.Steps] = {}
        for row in await self.tx.run("read/paths", space=space, start=start, end=end, hops=most_hops, **self._clocks):
            relation = Relation(row["id"], space, row["subject"], row["predicate"], row["object"])
            outer = row["outer"]
            inner = relation.object if relation.subject == outer else relation.subject
            if row["is_start"]:
                levels.setdefault(row["step"] - 1, {}).setdefault(inner, []).append((relation, outer))
            else:
                levels.setdefault(row["length"] - row["step"], {}).setdefault(outer, []).append((relation, inner))
        return walks.first_chains([levels[place] for place in sorted(levels)], {start}, limit)

    async def _named(self, *keys: str) -> list[set[str]]:
        """The keys that each key or alias stands for in the spaces."""
        found = await entities_named(self.tx, [(space, key) for space in self.spaces for key in keys])
        return [{entity.key for (_, asked), entity in found.items() if asked == key} for key in keys]

    @property
    def _clocks(self) -> dict[str, datetime]:
        return {"at": self.moment.at, "known_at": self.moment.known_at}

    async def _touching(self, keys: Iterable[str]) -> list[Relation]:
        """The triples that start or end at some entities."""
        rows = rows_of([(space, key) for space in self.spaces for key in keys], "space", "key")
        return [
            Relation(row["id"], row["space"], row["subject"], row["predicate"], row["object"])
            for row in await self.tx.run("read/touching", rows=rows, **self._clocks)
        ]
