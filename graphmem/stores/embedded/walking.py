"""Walking over triples: the shortest chains between two entities, and what stands around one."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphmem._colour import drive
from graphmem.moment import Moment
from graphmem.protocols import Relation
from graphmem.stores import walks
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.areas import entity_row
from graphmem.stores.embedded.rows import clocks, parameter


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks within one read transaction, over the triples that hold at a moment. A level is one read for each space,
    and reads the facts that name its entities.
    """

    db: sqlite3.Connection
    areas: Sequence[Area]
    moment: Moment

    def paths(self, start: str, end: str, *, most_hops: int, limit: int) -> list[walks.Chain]:
        """See `Store.paths`."""
        ends = self._named(start), self._named(end)
        return drive(walks.paths(*ends, self._touching, most_hops=most_hops, limit=limit))

    def neighbourhood(self, key: str, *, hops: int, limit: int) -> list[Relation]:
        """See `Store.neighbourhood`."""
        return drive(walks.neighbourhood(self._named(key), self._touching, hops=hops, limit=limit))

    def _named(self, key: str) -> set[str]:
        """The keys that a key or an alias stands for in the spaces."""
        rows = (entity_row(self.db, area, key) for area in self.areas)
        return {row[1] for row in rows if row is not None}

    async def _touching(self, keys: Iterable[str]) -> list[Relation]:
        """The triples that start or end at some entities."""
        asked = {"keys": parameter(keys), **clocks(self.moment)}
        return [
            Relation(uid, area.space, subject, predicate, object_)
            for area in self.areas
            for uid, subject, predicate, object_ in self.db.execute(sql.TRIPLES, {**asked, **area.range})
        ]
