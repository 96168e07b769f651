"""Walking over triples: the shortest chains between two entities, and what stands around one."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice

from graphmem.moment import Moment
from graphmem.protocols import Relation
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.knowing import entity_row
from graphmem.stores.embedded.rows import clocks, parameter

Crossing = tuple[Relation, str]
"""A triple, and the entity that it is crossed to."""

Steps = dict[str, list[Crossing]]
"""From entities of one level to those of the next."""


@dataclass(slots=True)
class Side:
    """What was reached from one end: the outermost level, and how each level leads back to the one before it."""

    outermost: set[str]
    reached: set[str] = field(init=False)
    inward: list[Steps] = field(default_factory=list[Steps])

    def __post_init__(self) -> None:
        self.reached = set(self.outermost)

    def grow(self, touching: Iterable[Relation]) -> None:
        """Go one level further, over the triples that name an entity of the outermost one."""
        steps: Steps = {}
        for relation in touching:
            for inner, outer in ((relation.subject, relation.object), (relation.object, relation.subject)):
                if inner in self.outermost and outer not in self.reached:
                    steps.setdefault(outer, []).append((relation, inner))
        self.inward.append(steps)
        self.outermost = set(steps)
        self.reached |= self.outermost


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks within one read transaction, over the triples that hold at a moment."""

    db: sqlite3.Connection
    areas: Sequence[Area]
    moment: Moment

    def paths(self, start: str, end: str, *, most_hops: int, limit: int) -> list[tuple[Relation, ...]]:
        """See `Store.paths`. Breadth first from both ends, always from the narrower side, up to the level where they
        meet. A level is one read for each space, and reads the facts that name its entities; so what is read grows
        with the entities within half the length of a chain of either end. Chains are written out one by one, in order:
        however many there are, only `limit` of them cost time.
        """
        starts = self._named(start)
        ahead, behind = Side(starts), Side(self._named(end))
        if ahead.outermost & behind.outermost:
            return []
        for _ in range(most_hops):
            narrower = min(ahead, behind, key=lambda side: len(side.outermost))
            if not narrower.outermost:
                return []
            narrower.grow(self._touching(narrower.outermost))
            if meeting := ahead.outermost & behind.outermost:
                steps = [*_outward(ahead, meeting), *reversed(behind.inward)]
                return list(islice(_chains(steps, starts & steps[0].keys()), limit))
        return []

    def neighbourhood(self, key: str, *, hops: int, limit: int) -> list[Relation]:
        """See `Store.neighbourhood`. One read a level and space; no further level once there are `limit` triples."""
        side = Side(self._named(key))
        found: dict[Relation, None] = {}
        for _ in range(hops):
            if not side.outermost or len(found) >= limit:
                break
            touching = self._touching(side.outermost)
            found.update(dict.fromkeys(touching))
            side.grow(touching)
        return list(islice(found, limit))

    def _named(self, key: str) -> set[str]:
        """The keys that a key or an alias stands for in the spaces."""
        rows = (entity_row(self.db, area, key) for area in self.areas)
        return {row[1] for row in rows if row is not None}

    def _touching(self, keys: Iterable[str]) -> list[Relation]:
        """The triples that start or end at some entities, by fact id, then by space."""
        asked = {"keys": parameter(keys), **clocks(self.moment)}
        found = {
            Relation(uid, area.space, subject, predicate, object_)
            for area in self.areas
            for uid, subject, predicate, object_ in self.db.execute(sql.TRIPLES, {**asked, **area.range})
        }
        return sorted(found, key=_order)


def _outward(side: Side, meeting: set[str]) -> list[Steps]:
    """The levels of a side from its end outwards, of what leads to the meeting alone: no dead ends are left."""
    leading = meeting
    levels: list[Steps] = []
    for inward in reversed(side.inward):
        steps: Steps = {}
        for outer in leading:
            for relation, inner in inward[outer]:
                steps.setdefault(inner, []).append((relation, outer))
        for crossings in steps.values():
            crossings.sort(key=_order_of_crossing)
        levels.append(steps)
        leading = set(steps)
    return levels[::-1]


def _chains(levels: Sequence[Steps], entities: Iterable[str]) -> Iterator[tuple[Relation, ...]]:
    """Every chain from some entities across all levels, in order, each when it is asked for."""
    if not levels:
        yield ()
        return
    steps, *further = levels
    for relation, following in merge(*(steps[entity] for entity in entities), key=_order_of_crossing):
        for rest in _chains(further, [following]):
            yield (relation, *rest)


def _order(relation: Relation) -> tuple[str, str]:
    return relation.fact, relation.space


def _order_of_crossing(crossing: Crossing) -> tuple[str, str]:
    return _order(crossing[0])
