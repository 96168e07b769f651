"""What an excerpt says: as values that a test compares, and whether its columns agree with each other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast  # a column holds numbers of any kind

import numpy as np
from numpy.typing import NDArray

from graphmem.models import Role
from graphmem.moment import from_micros
from graphmem.protocols import Excerpt, Lists, Places


@dataclass(frozen=True, slots=True)
class SeenFact:
    """A fact of an excerpt, without places. `words` are the question's stems that stand in it."""

    fact: str
    space: str
    episodes: tuple[str, ...]
    subject: str | None
    mentions: tuple[str, ...]
    words: frozenset[str]
    length: int
    similarity: float
    holds: bool


@dataclass(frozen=True, slots=True)
class SeenEpisode:
    """An episode of an excerpt, without places. `counts` holds the question's stems that stand in it."""

    episode: str
    space: str
    role: Role
    speaker: str | None
    source: str | None
    is_in_session: bool
    said_at: datetime
    asks: bool
    counts: frozenset[tuple[str, int]]
    length: int
    similarity: float
    links: int


@dataclass(frozen=True, slots=True)
class Seeds:
    """Where recall starts."""

    episodes: tuple[SeenEpisode, ...]
    facts: tuple[SeenFact, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An edge from an entity to a fact that is about it or mentions it."""

    entity: str
    kind: Literal["about", "mentions"]
    fact: SeenFact


@dataclass(frozen=True, slots=True)
class Turn:
    """An episode with its facts, and how far it stands from the one asked for (-1 = the turn before)."""

    seed: SeenEpisode
    facts: tuple[SeenFact, ...]
    near: str
    offset: int


class Seeing:
    """Reads an excerpt by ids and keys, and checks its columns after each read."""

    def __init__(self, excerpt: Excerpt, stems: Sequence[str]) -> None:
        self.excerpt = excerpt
        self._stems = stems
        self._whole: set[int] = set()
        self.check()

    async def seeds(self) -> Seeds:
        """The nearest episodes and facts."""
        await self.read_turns(_ints(self.excerpt.near_episodes), around=0)
        episodes = tuple(self.episode(place) for place in _ints(self.excerpt.near_episodes))
        return Seeds(episodes, await self._facts(self.excerpt.near_facts))

    async def links(self, keys: Iterable[str]) -> list[Link]:
        """Where entities lead to, in their order; what is about one comes first."""
        places = self.entities(keys)
        await self.excerpt.read_links(places)
        self.check()
        named = self.excerpt.entities.keys
        about, mentioning = self.excerpt.about(places), self.excerpt.mentioning(places)
        facts = iter(await self._facts(np.concatenate([about[1], mentioning[1]])))
        links = [(which, Link(named[int(places[which])], "about", next(facts))) for which in _ints(about[0])]
        links += [(which, Link(named[int(places[which])], "mentions", next(facts))) for which in _ints(mentioning[0])]
        return [link for _, link in sorted(links, key=lambda link: link[0])]

    async def turns(self, ids: Iterable[str], *, around: int) -> list[Turn]:
        """Episodes by id and the turns around them in their sessions, as far as they have a place."""
        centres = [place for id_ in dict.fromkeys(ids) for place in self.places(id_)]
        await self.read_turns(centres, around=around)
        near = [
            (centre, offset, place)
            for centre in centres
            for offset, place in sorted(self._around(centre, around).items())
        ]
        await self.read_turns([place for *_, place in near], around=0)
        turns: list[Turn] = []
        for centre, offset, place in near:
            facts = await self._facts(self.excerpt.episodes.facts.of(place))
            turns.append(Turn(self.episode(place), facts, self.excerpt.episodes.ids[centre], offset))
        return turns

    async def degrees(self, keys: Iterable[str]) -> dict[str, tuple[int, bool]]:
        """How many episodes touch each entity, and whether it is a noun rather than a name."""
        places = self.entities(keys)
        await self.excerpt.read_degrees(places)
        self.check()
        entities = self.excerpt.entities
        return {
            entities.keys[place]: (int(entities.degree[place]), bool(entities.is_common[place]))
            for place in _ints(places)
        }

    def entities(self, keys: Iterable[str]) -> Places:
        """The places of the entities that have one."""
        found = [self.excerpt.entity(key) for key in dict.fromkeys(keys)]
        return np.array([place for place in found if place >= 0], np.int64)

    def places(self, id_: str) -> list[int]:
        """The places of the episodes of an id: spaces may share one."""
        return [place for place, other in enumerate(self.excerpt.episodes.ids) if other == id_]

    async def read_turns(self, places: Sequence[int], *, around: int) -> None:
        """Read episodes whole, and what stands around them."""
        await self.excerpt.read_turns(np.array(places, np.int64), around=around)
        self._whole.update(places)
        self.check()

    def episode(self, place: int) -> SeenEpisode:
        """What the columns tell of an episode."""
        columns = self.excerpt.episodes
        assert columns.is_read[place]
        counts = zip(self._stems, _ints(columns.counts[place]), strict=True)
        return SeenEpisode(
            episode=columns.ids[place],
            space=columns.spaces[place],
            role=columns.roles[place],
            speaker=columns.speakers[place],
            source=columns.sources[place],
            is_in_session=bool(columns.session[place] >= 0),
            said_at=from_micros(int(columns.said_at[place])),
            asks=bool(columns.asks[place]),
            counts=frozenset((stem, count) for stem, count in counts if count),
            length=int(columns.length[place]),
            similarity=float(columns.similarity[place]),
            links=int(columns.links[place]),
        )

    def fact(self, place: int) -> SeenFact:
        """What the columns tell of a fact; its space is that of its episodes."""
        columns, episodes = self.excerpt.facts, self.excerpt.episodes
        words, subject = int(columns.words[place]), int(columns.subject[place])
        told = _ints(columns.episodes.of(place))
        return SeenFact(
            fact=columns.ids[place],
            space=episodes.spaces[told[0]],
            episodes=tuple(episodes.ids[episode] for episode in told),
            subject=self.excerpt.entities.keys[subject] if subject >= 0 else None,
            mentions=tuple(self.excerpt.entities.keys[entity] for entity in _ints(columns.mentions.of(place))),
            words=frozenset(stem for bit, stem in enumerate(self._stems) if words >> bit & 1),
            length=int(columns.length[place]),
            similarity=float(columns.similarity[place]),
            holds=bool(columns.holds[place]),
        )

    async def _facts(self, places: Places) -> tuple[SeenFact, ...]:
        await self.read_turns(sorted({*_ints(self.excerpt.facts.episodes.of_all(places)[1])}), around=0)
        return tuple(self.fact(place) for place in _ints(places))

    def _around(self, centre: int, around: int) -> dict[int, int]:
        episodes = self.excerpt.episodes
        found = {0: centre}
        for step, column in ((-1, episodes.before), (1, episodes.after)):
            for offset in range(step, step * (around + 1), step):
                place = int(column[found[offset - step]])
                if place < 0:
                    break
                found[offset] = place
        return found

    def check(self) -> None:
        """Whether the columns agree with each other, as `graphmem.protocols` describes them."""
        _check_facts(self.excerpt, len(self._stems))
        _check_episodes(self.excerpt, len(self._stems), self._whole)
        _check_entities(self.excerpt)


def _check_facts(excerpt: Excerpt, stems: int) -> None:
    facts, count = excerpt.facts, len(excerpt.facts.ids)
    for column in (facts.similarity, facts.words, facts.length, facts.holds, facts.subject):
        assert len(column) == count
    _check_lists(facts.mentions, count, len(excerpt.entities.keys))
    _check_lists(facts.episodes, count, len(excerpt.episodes.ids))
    assert np.all(np.diff(facts.episodes.starts) > 0), "no fact is without an episode"
    assert np.all((facts.subject >= -1) & (facts.subject < len(excerpt.entities.keys)))
    which, mentioned = facts.mentions.of_all(np.arange(count))
    assert not np.any(facts.subject[which] == mentioned)
    assert np.all((facts.words >= 0) & (facts.words < 1 << stems))
    assert np.all(np.abs(facts.similarity) < 1.001)
    _check_each_once(excerpt.near_facts, count)


def _check_episodes(excerpt: Excerpt, stems: int, whole: Iterable[int]) -> None:
    facts, episodes, count = excerpt.facts, excerpt.episodes, len(excerpt.episodes.ids)
    numbers = (episodes.session, episodes.said_at, episodes.asks, episodes.length, episodes.links)
    for column in (
        episodes.is_read,
        episodes.spaces,
        episodes.roles,
        episodes.speakers,
        episodes.sources,
        episodes.similarity,
        *numbers,
    ):
        assert len(column) == count
    assert episodes.counts.shape == (count, stems)
    _check_lists(episodes.facts, count, len(facts.ids))
    for one, other in ((episodes.before, episodes.after), (episodes.after, episodes.before)):
        assert len(one) == count
        beside = np.flatnonzero(one >= 0)
        assert np.array_equal(other[one[beside]], beside)
        assert np.array_equal(episodes.session[one[beside]], episodes.session[beside])
        assert np.all(episodes.session[beside] >= 0)
    assert np.all(episodes.is_read[list(whole)])
    assert np.all(episodes.is_read[excerpt.near_episodes])
    told = set(zip(*(_ints(part) for part in facts.episodes.of_all(np.arange(len(facts.ids)))), strict=True))
    which, stand = episodes.facts.of_all(np.arange(count))
    standing = set(zip(_ints(stand), _ints(which), strict=True))
    assert standing <= told
    assert {(fact, episode) for fact, episode in told if episode in set(whole)} <= standing
    for fact in range(len(facts.ids)):
        said = facts.episodes.of(fact)
        assert np.all(np.diff(episodes.said_at[said[episodes.is_read[said]]]) >= 0), "oldest first"
    _check_each_once(excerpt.near_episodes, count)


def _check_entities(excerpt: Excerpt) -> None:
    facts, entities = excerpt.facts, excerpt.entities
    every = np.arange(len(entities.keys))
    assert [excerpt.entity(key) for key in entities.keys] == _ints(every)
    assert len(entities.degree) == len(entities.is_common) == len(every)
    assert np.all(entities.degree >= -1)
    names: tuple[Callable[[int, int], bool], Callable[[int, int], bool]] = (
        lambda entity, fact: bool(facts.subject[fact] == entity),
        lambda entity, fact: entity in facts.mentions.of(fact),
    )
    for (which, places), is_named in zip((excerpt.about(every), excerpt.mentioning(every)), names, strict=True):
        assert np.all(np.diff(which) >= 0)
        assert len(set(zip(_ints(which), _ints(places), strict=True))) == len(which)
        assert np.all(facts.holds[places])
        assert all(is_named(entity, fact) for entity, fact in zip(_ints(which), _ints(places), strict=True))
        within = np.diff(which) == 0
        assert np.all(np.diff(facts.similarity[places])[within] < 1e-6), "most similar first"


def _ints(values: NDArray[Any]) -> list[int]:
    return cast("list[int]", values.tolist())


def _check_lists(lists: Lists, rows: int, most: int) -> None:
    """Every row has a list of places that exist, each once."""
    assert len(lists.starts) == rows + 1
    assert lists.starts[0] == 0
    assert lists.starts[-1] == len(lists.places)
    assert np.all(np.diff(lists.starts) >= 0)
    assert np.all((lists.places >= 0) & (lists.places < most))
    which, places = lists.of_all(np.arange(rows))
    assert len(set(zip(_ints(which), _ints(places), strict=True))) == len(which)


def _check_each_once(places: Places, most: int) -> None:
    assert len(np.unique(places)) == len(places)
    assert np.all((places >= 0) & (places < most))
