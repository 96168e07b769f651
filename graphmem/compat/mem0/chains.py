"""A memory of Mem0's keeps its id when its text changes; a fact of ours never changes, and another takes its place.

So a memory is a chain of facts, each of which was added to take the place of the one before, and its id is that of the
first.
"""

from collections.abc import Sequence

from graphmem.models import Change, Fact
from graphmem.protocols import Store

_GONE = frozenset({"retracted", "ended", "erased", "expired"})


class Chains:
    """What the journal of one space says of its facts, each read once."""

    def __init__(self, store: Store, space: str) -> None:
        self._store = store
        self._space = space
        self._read: dict[str, list[Change]] = {}

    async def of(self, fact_id: str) -> list[str]:
        """The ids of a memory's facts, oldest first, by the id of any of them. The last may be gone."""
        ids = [await self._first(fact_id)]
        while (later := _successor(ids[-1], await self.changes(ids[-1]))[0]) is not None and later not in ids:
            ids.append(later)
        return ids

    async def id_of(self, fact: Fact) -> str | None:
        """The id of the memory that a fact is the text of; None for a fact whose place was taken or that is gone."""
        if fact.known_to is not None or not _successor(fact.id, await self.changes(fact.id))[1]:
            return None
        ids = await self.of(fact.id)
        return ids[0] if ids[-1] == fact.id else fact.id

    async def is_current(self, fact_id: str) -> bool:
        """Whether nothing took the place of a fact, and it is not gone."""
        return _successor(fact_id, await self.changes(fact_id))[1]

    async def changes(self, fact_id: str) -> list[Change]:
        """The journal of a fact, oldest first."""
        if fact_id not in self._read:
            self._read[fact_id] = await self._store.history([self._space], fact_id)
        return self._read[fact_id]

    async def _first(self, fact_id: str) -> str:
        met = {fact_id}
        while (earlier := _predecessor(fact_id, await self.changes(fact_id))) is not None and earlier not in met:
            fact_id = earlier
            met.add(fact_id)
        return fact_id


def _predecessor(fact_id: str, changes: Sequence[Change]) -> str | None:
    """The fact whose place this one was added to take. A fact that was known before has none."""
    added = next((change.at for change in changes if change.kind == "added" and change.fact_id == fact_id), None)
    taken = (
        change.fact_id
        for change in changes
        if change.kind == "superseded" and change.after == fact_id and change.at == added
    )
    return next((id_ for id_ in taken if id_ is not None), None)


def _successor(fact_id: str, changes: Sequence[Change]) -> tuple[str | None, bool]:
    """The fact that took the place of this one, and whether this one stands."""
    after: str | None = None
    stands = bool(changes)
    for change in changes:
        if change.fact_id != fact_id:
            continue
        if change.kind == "superseded":
            after, stands = change.after, False
        elif change.kind in _GONE:
            after, stands = None, False
        elif change.kind == "restored":
            after, stands = None, True
    return after, stands
