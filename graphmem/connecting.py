"""How entities are connected, written out for people: paths with their proof, what stands around an entity, its
timeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from graphmem.errors import NotFound
from graphmem.models import Entity, Episode, Fact, Path, Subgraph
from graphmem.moment import FAR_PAST, Moment
from graphmem.paging import pages
from graphmem.protocols import Question, Relation, Store
from graphmem.recall import proof

Facts = Mapping[tuple[str, str], Fact]
"""By space and id."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What one call may read, and where it stands on both clocks."""

    store: Store
    spaces: Sequence[str]
    moment: Moment

    async def paths(self, start: str, end: str, *, most_hops: int, limit: int) -> list[Path]:
        """The shortest paths between two entities, by key or alias: one walk, then the facts and their episodes.

        Raises:
            NotFound: One of them is unknown.
        """
        await self._known(start, end)
        chains = await self.store.paths(self.spaces, start, end, moment=self.moment, most_hops=most_hops, limit=limit)
        facts = await self._facts([relation for chain in chains for relation in chain])
        episodes = await self._episodes(facts)
        paths = (_path(chain, facts, episodes) for chain in chains)
        return [path for path in paths if path is not None]

    async def neighbourhood(self, key: str, *, hops: int, limit: int) -> Subgraph:
        """The facts within so many hops of an entity, by key or alias, and the entities they connect.

        Raises:
            NotFound: It is unknown.
        """
        [centre] = await self._known(key)
        relations = await self.store.neighbourhood(self.spaces, key, moment=self.moment, hops=hops, limit=limit)
        facts = await self._facts(relations)
        ends = [(relation.space, end) for relation in relations for end in (relation.subject, relation.object)]
        entities = await self._entities(ends)
        return Subgraph(
            centre=centre.key,
            entities=tuple({centre.key: centre, **entities}.values()),
            facts=tuple(facts.values()),
        )

    async def timeline(self, key: str, *, limit: int) -> list[Fact]:
        """The facts about or mentioning an entity, by key or alias, that are believed at the moment, whether they still
        hold or not, in the order in which they came true. Of more than `limit`, those learned last.

        Raises:
            NotFound: It is unknown.
        """
        await self._known(key)
        found: list[Fact] = []
        async for page in pages(self.store, self.spaces, moment=None, entity=key):
            facts = await self.store.facts(self.spaces, [fact.id for fact in page], moment=self.moment)
            found += [fact for fact in facts if self._is_believed(fact)]
            if len(found) >= limit:
                break
        oldest_first = found[:limit][::-1]
        return sorted(oldest_first, key=lambda fact: fact.valid_from or FAR_PAST)

    def _is_believed(self, fact: Fact) -> bool:
        return fact.known_to is None or fact.known_to > self.moment.known_at

    async def _known(self, *keys: str) -> list[Entity]:
        """The entity that each key or alias stands for in the first of the spaces that knows it."""
        asked = tuple((space, key) for key in keys for space in self.spaces)
        known = (await self.store.known(Question(keys=asked))).entities
        found: list[Entity] = []
        for key in keys:
            entity = next((known[space, key] for space in self.spaces if (space, key) in known), None)
            if entity is None:
                raise NotFound.of("entity", key)
            found.append(entity)
        return found

    async def _entities(self, places: Sequence[tuple[str, str]]) -> dict[str, Entity]:
        """Entities by key, each from the first of the spaces that names it, in the order of their places."""
        known = (await self.store.known(Question(keys=tuple(dict.fromkeys(places))))).entities
        found: dict[str, Entity] = {}
        for space, key in sorted(known, key=lambda place: self.spaces.index(place[0])):
            found.setdefault(key, known[space, key])
        return {key: found[key] for _, key in places if key in found}

    async def _facts(self, relations: Sequence[Relation]) -> Facts:
        """The facts of some triples, in their order. One that was erased since the walk is left out."""
        ids = list(dict.fromkeys(relation.fact for relation in relations))
        facts = await self.store.facts(self.spaces, ids, moment=self.moment) if ids else []
        known = {(fact.space, fact.id): fact for fact in facts}
        places = dict.fromkeys((relation.space, relation.fact) for relation in relations)
        return {place: known[place] for place in places if place in known}

    async def _episodes(self, facts: Facts) -> dict[str, Episode]:
        """The episodes that facts were read from and that are known at the moment: a replaced text proves nothing."""
        told = list(dict.fromkeys(place.episode_id for fact in facts.values() for place in fact.evidence))
        if not told:
            return {}
        episodes = await self.store.episodes(self.spaces, told, known_at=self.moment.known_at)
        return {episode.id: episode for episode in episodes}


def _path(chain: Sequence[Relation], facts: Facts, episodes: Mapping[str, Episode]) -> Path | None:
    """A chain with the oldest proof of each fact; None where one was erased since it was walked."""
    vias = [*(_shared(one, following) for one, following in pairwise(chain)), None]
    proven = [
        (fact, episode, via)
        for relation, via in zip(chain, vias, strict=True)
        if (fact := facts.get((relation.space, relation.fact)))
        and (episode := next((episodes[of.episode_id] for of in fact.evidence if of.episode_id in episodes), None))
    ]
    return proof.path(proven) if len(proven) == len(chain) else None


def _shared(one: Relation, following: Relation) -> str:
    """The entity that leads from one triple of a shortest chain to the next: they share no other."""
    [via] = {one.subject, one.object} & {following.subject, following.object}
    return via
