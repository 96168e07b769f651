"""Walks over triples, level by level: what the stores share, whichever way they read a level.

A store says which triples touch some entities. Everything else about a walk is decided here, without a store.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice

from graphmem.protocols import Relation

Chain = tuple[Relation, ...]

Crossing = tuple[Relation, str]
"""A triple, and the entity that it is crossed to."""

Steps = dict[str, list[Crossing]]
"""From entities of one level to those of the next."""

Touching = Callable[[set[str]], Awaitable[Iterable[Relation]]]
"""Reads the triples that start or end at some entities."""


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


async def paths(starts: set[str], ends: set[str], touching: Touching, *, most_hops: int, limit: int) -> list[Chain]:
    """See `Store.paths`: the chains from some entities to others. Breadth first from both ends, always from the
    narrower side, up to the level where they meet; so what is read grows with the entities within half the length of a
    chain of either end. Chains are written out one by one, in order: however many there are, only `limit` of them cost
    time.
    """
    ahead, behind = Side(starts), Side(ends)
    if ahead.outermost & behind.outermost:
        return []
    for _ in range(most_hops):
        narrower = min(ahead, behind, key=lambda side: len(side.outermost))
        if not narrower.outermost:
            return []
        narrower.grow(await touching(narrower.outermost))
        if meeting := ahead.outermost & behind.outermost:
            steps = [*_outward(ahead, meeting), *reversed(behind.inward)]
            return first_chains(steps, starts & steps[0].keys(), limit)
    return []


def first_chains(levels: Sequence[Steps], starts: Iterable[str], limit: int) -> list[Chain]:
    """The first chains from some entities across all levels, whatever the order of what leads from an entity."""
    for steps in levels:
        for crossings in steps.values():
            crossings.sort(key=_order_of_crossing)
    return list(islice(_chains(levels, starts), limit)) if levels else []


async def neighbourhood(centres: set[str], touching: Touching, *, hops: int, limit: int) -> list[Relation]:
    """See `Store.neighbourhood`. No further level is read once there are `limit` triples."""
    side = Side(centres)
    found: dict[Relation, None] = {}
    for _ in range(hops):
        if not side.outermost or len(found) >= limit:
            break
        level = sorted(await touching(side.outermost), key=_order)
        found.update(dict.fromkeys(level))
        side.grow(level)
    return list(islice(found, limit))


def _outward(side: Side, meeting: set[str]) -> list[Steps]:
    """The levels of a side from its end outwards, of what leads to the meeting alone: no dead ends are left."""
    leading = meeting
    levels: list[Steps] = []
    for inward in reversed(side.inward):
        steps: Steps = {}
        for outer in leading:
            for relation, inner in inward[outer]:
                steps.setdefault(inner, []).append((relation, outer))
        levels.append(steps)
        leading = set(steps)
    return levels[::-1]


def _chains(levels: Sequence[Steps], entities: Iterable[str]) -> Iterator[Chain]:
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
