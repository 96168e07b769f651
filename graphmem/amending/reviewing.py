"""What somebody should look at: doubtful facts and names that may be one, read within bounds from any store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphmem.amending import doubts
from graphmem.amending.doubts import Pair, Told
from graphmem.amending.due import due
from graphmem.models import Doubt, Entity, Fact
from graphmem.moment import Moment
from graphmem.paging import pages
from graphmem.protocols import Question, Slot, Store

FACTS = 50_000
"""The newest facts that are looked at: more than an owner of one file is meant to have (docs/stores.md)."""

NAMES = 5_000
"""The names that are compared, those of most episodes."""

PAIRS = 30
"""Pairs of names, the most alike, of which it is read what is told of them."""

OF_A_NAME = 20
"""The newest facts that are read of each of these names."""

Place = tuple[str, str]
"""Space and key of an entity."""


@dataclass(frozen=True, slots=True)
class Review:
    """What one call may read, and the moment it is asked at."""

    store: Store
    spaces: Sequence[str]
    moment: Moment

    async def doubts(self, *, limit: int) -> list[Doubt]:
        """What is doubtful, most certainly so first."""
        facts = await self._held()
        entities = await self.store.list_entities(self.spaces, limit=NAMES)
        found = [
            *due(facts, self.moment),
            *doubts.unsure(facts),
            *doubts.disputed(facts),
            *doubts.duplicates(facts),
            *doubts.namesakes(facts),
            *await self._merges(await self._likeliest(doubts.alike(entities))),
        ]
        return sorted(found, key=lambda doubt: (-doubt.score, doubt.reason))[:limit]

    async def _held(self) -> list[Fact]:
        """The facts that hold, newest first."""
        facts: list[Fact] = []
        async for page in pages(self.store, self.spaces, moment=self.moment):
            facts += page
            if len(facts) >= FACTS:
                break
        return facts[:FACTS]

    async def _likeliest(self, pairs: Sequence[Pair]) -> list[Pair]:
        """The first pairs of which nobody has said that they are two: what was answered takes no other's place."""
        found: list[Pair] = []
        for start in range(0, len(pairs), PAIRS):
            found += await self._undecided(pairs[start : start + PAIRS])
            if len(found) >= PAIRS:
                break
        return found[:PAIRS]

    async def _undecided(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Pairs of which nobody has said that they are two, by a fact or by taking them apart."""
        asked = {(of, to): Slot(of.space, doubts.NOT_ONE, subject=of.key) for pair in pairs for of, to in _both(pair)}
        slots = (await self.store.known(Question(slots=tuple(asked.values())))).slots
        apart = {
            (of.space, frozenset((of.key, to.key)))
            for (of, to), slot in asked.items()
            if to.key in [fact.object_key for fact in slots.get(slot, ())]
        }
        for space, key in dict.fromkeys((pair.one.space, pair.one.key) for pair in pairs):
            for change in await self.store.history([space], key):
                if change.kind == "unmerged" and change.before and change.after:
                    apart.add((space, frozenset((change.before, change.after))))
        return [pair for pair in pairs if (pair.one.space, frozenset((pair.one.key, pair.other.key))) not in apart]

    async def _merges(self, pairs: Sequence[Pair]) -> list[Doubt]:
        if not pairs:
            return []
        places = dict.fromkeys((entity.space, entity.key) for pair in pairs for entity in (pair.one, pair.other))
        facts = {place: await self._facts(place) for place in places}
        voices = await self._speakers(fact for of_one in facts.values() for fact in of_one)
        told = {place: Told(of_one, _heard(of_one, voices)) for place, of_one in facts.items()}
        lookup = await self.store.lookup(self.spaces, keys=(), stems=(), known_at=self.moment.known_at)
        found = (
            doubts.merge(
                pair,
                told[pair.one.space, pair.one.key],
                told[pair.other.space, pair.other.key],
                speakers=lookup.speakers,
            )
            for pair in pairs
        )
        return [doubt for doubt in found if doubt is not None]

    async def _facts(self, place: Place) -> list[Fact]:
        space, key = place
        return await self.store.list_facts([space], moment=self.moment, entity=key, limit=OF_A_NAME)

    async def _speakers(self, facts: Iterable[Fact]) -> dict[str, str | None]:
        """Who said the episodes that these facts were read from."""
        told = list(dict.fromkeys(place.episode_id for fact in facts for place in fact.evidence))
        episodes = await self.store.episodes(self.spaces, told) if told else []
        return {episode.id: episode.speaker for episode in episodes}


def _both(pair: Pair) -> tuple[tuple[Entity, Entity], tuple[Entity, Entity]]:
    return (pair.one, pair.other), (pair.other, pair.one)


def _heard(facts: Iterable[Fact], voices: dict[str, str | None]) -> frozenset[str]:
    return frozenset(
        speaker for fact in facts for place in fact.evidence if (speaker := voices.get(place.episode_id)) is not None
    )
