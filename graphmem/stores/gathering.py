"""An excerpt that grows by what a store reads, for stores that travel to their records.

A store hands over records, each with the ids it knows them by; they get places in the order they come, and the columns
of an `Excerpt` with them. What is there already is left as it is. A store of its own derives from `Gathering` and adds
the three `read_...`:

>>> class MyExcerpt(Gathering):
...     async def read_links(self, entities: Places) -> None:
...         keys = [key for key in self.keys_of(entities) if not self.is_linked(key)]
...         self.add_links(keys, await self.read_what_leads_on(keys))
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, islice
from typing import Any, NamedTuple, TypeVar, cast  # a column holds numbers of any kind

import numpy as np
from numpy.typing import NDArray

from graphmem.models import Role
from graphmem.protocols import ROLE, EntityColumns, EpisodeColumns, FactColumns, Lists, Nearest, Places

Place = tuple[str, str]
"""Space and id of a record."""

T = TypeVar("T", bound=np.generic)


class Reached(NamedTuple):  # made by the thousand, faster than a frozen dataclass, and so is `Told`
    """A fact as it is read. `episodes` are ids, oldest first; `stems` its words with spaces between, repeats kept."""

    id: str
    space: str
    episodes: Sequence[str]
    subject: str | None
    mentions: Sequence[str]
    stems: str
    similarity: float
    holds: bool


class Told(NamedTuple):
    """An episode as it is read. `facts` are ids in the order in which they stand there, None where nobody asked yet;
    `stems` are as those of a fact, and `said_at` is in microseconds since 1970.
    """

    id: str
    space: str
    role: Role
    speaker: str | None
    source: str | None
    session: str | None
    said_at: int
    asks: bool
    stems: str
    similarity: float
    facts: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Leads:
    """The facts that hold and are about an entity, and those that mention it, each most similar first."""

    about: Sequence[Reached] = ()
    mentions: Sequence[Reached] = ()


class Gathering:
    """The columns of an `Excerpt`, grown by records.

    Args:
        stems: The question's. They are only compared: a store whose texts are kept as tokens gives tokens.
        blocks: Whether reading is done in the calling thread.
    """

    def __init__(self, stems: Sequence[str], *, blocks: bool = True) -> None:
        self.blocks = blocks
        self._stems = frozenset(stems)
        self._columns_of = _places_of_each(stems)
        self._bits = {stem: sum(1 << column for column in columns) for stem, columns in self._columns_of.items()}
        self._fact_places: dict[Place, int] = {}
        self._episode_places: dict[Place, int] = {}
        self._entity_places: dict[str, int] = {}
        self._session_numbers: dict[Place, int] = {}
        self._episodes: list[Place] = []
        self._facts_of: list[list[int]] = []
        self._links: list[int] = []
        self._told: dict[int, Sequence[str]] = {}
        self._stirred: set[int] = set()
        self._about: dict[int, list[int]] = {}
        self._mentions: dict[int, list[int]] = {}
        self.facts = _no_facts()
        self.episodes = _no_episodes(len(stems))
        self.entities = EntityColumns([], _numbers((), np.int64), _numbers((), np.bool_))
        self.near_facts = self.near_episodes = _numbers((), np.int64)
        self.nearest: Nearest = "exact"

    # what an excerpt answers

    def entity(self, key: str) -> int:
        """See `Excerpt.entity`."""
        return self._entity_places.get(key, -1)

    def about(self, entities: Places) -> tuple[Places, Places]:
        """See `Excerpt.about`."""
        return _leading(self._about, entities)

    def mentioning(self, entities: Places) -> tuple[Places, Places]:
        """See `Excerpt.mentioning`."""
        return _leading(self._mentions, entities)

    # what a store asks before it travels

    def keys_of(self, entities: Places) -> list[str]:
        """The keys of some entities, each once."""
        return [self.entities.keys[place] for place in _each_once(entities)]

    def is_linked(self, key: str) -> bool:
        """Whether `add_links` told of an entity."""
        return self._entity_places.get(key) in self._about

    def unread(self, episodes: Iterable[Place]) -> list[Place]:
        """Those of some episodes whose facts `add_episodes` did not name."""
        return [place for place in dict.fromkeys(episodes) if self._episode_places.get(place) not in self._told]

    def named(self, episodes: Places) -> list[Place]:
        """Space and id of some episodes, each once."""
        return [self._episodes[place] for place in _each_once(episodes)]

    def may_have_turns(self, episode: Place) -> bool:
        """Whether an episode stands in a session, as far as is known."""
        place = self._episode_places.get(episode, -1)
        return place < 0 or not self.episodes.is_read[place] or bool(self.episodes.session[place] >= 0)

    # what a store has read

    def start_from(self, *, facts: Places, episodes: Places, nearest: Nearest) -> None:
        """Say which of the facts and episodes are the seeds."""
        self.near_facts, self.near_episodes, self.nearest = facts, episodes, nearest

    def add_facts(self, facts: Iterable[Reached]) -> Places:
        """Take in facts, with the entities and episodes that they name, and return their places, each once."""
        given = {(fact.space, fact.id): fact for fact in facts}
        new = [fact for place, fact in given.items() if place not in self._fact_places]
        if new:
            self._append_facts(new)
        return _numbers(map(self._fact_places.__getitem__, given), np.int64)

    def add_episodes(self, episodes: Iterable[Told]) -> Places:
        """Take in episodes, and return their places, each once."""
        given = {(told.space, told.id): told for told in episodes}
        self._place_episodes(given)
        places = {self._episode_places[place]: told for place, told in given.items()}
        new = {place: told for place, told in places.items() if not self.episodes.is_read[place]}
        if new:
            self._fill_episodes(list(new), list(new.values()))
        for place, told in places.items():
            if told.facts is not None and place not in self._told:
                self._told[place] = told.facts
                self._stirred.add(place)
        if self._stirred:
            self._settle()
        return _numbers(places, np.int64)

    def add_turns(self, turns: Iterable[Sequence[Place]]) -> None:
        """Say which episodes that were read follow each other directly in a session, in the order they were said."""
        before, after = self.episodes.before.copy(), self.episodes.after.copy()
        for row in turns:
            places = [self._episode_places[place] for place in row]
            before[places[1:]] = places[:-1]
            after[places[:-1]] = places[1:]
        self.episodes = replace(self.episodes, before=before, after=after)

    def add_links(self, keys: Iterable[str], leads: Mapping[str, Leads]) -> None:
        """Say what entities lead to: those of the keys that are not in `leads` lead nowhere."""
        wanted = [key for key in dict.fromkeys(keys) if not self.is_linked(key)]
        found = [leads.get(key, Leads()) for key in wanted]
        self._place_entities(wanted)
        self.add_facts(fact for lead in found for fact in chain(lead.about, lead.mentions))
        for key, lead in zip(wanted, found, strict=True):
            entity = self._entity_places[key]
            for kept, facts in ((self._about, lead.about), (self._mentions, lead.mentions)):
                kept[entity] = [self._fact_places[fact.space, fact.id] for fact in facts]

    def add_degrees(self, degrees: Mapping[str, tuple[int, bool]]) -> None:
        """Say how many episodes touch entities, and whether each is a noun rather than a name."""
        self._place_entities(degrees)
        places = [self._entity_places[key] for key in degrees]
        degree, is_common = self.entities.degree.copy(), self.entities.is_common.copy()
        degree[places] = [count for count, _ in degrees.values()]
        is_common[places] = [is_noun for _, is_noun in degrees.values()]
        self.entities = EntityColumns(self.entities.keys, degree, is_common)

    # columns

    def _append_facts(self, new: Sequence[Reached]) -> None:
        """One pass over what may be a thousand facts; whatever they name first gets its place on the way."""
        first = len(self._fact_places)
        entities, episodes, bits = self._entity_places, self._episode_places, self._bits
        subjects, words, lengths = list[int](), list[int](), list[int]()
        mentions, told = list[list[int]](), list[list[int]]()
        for place, fact in enumerate(new, first):
            space = fact.space
            self._fact_places[space, fact.id] = place
            subjects.append(-1 if fact.subject is None else entities.setdefault(fact.subject, len(entities)))
            mentions.append([entities.setdefault(key, len(entities)) for key in fact.mentions])
            told.append([episodes.setdefault((space, episode), len(episodes)) for episode in fact.episodes])
            distinct = frozenset(fact.stems.split())
            self._links.append((fact.subject is not None) + len(fact.mentions))
            words.append(sum(map(bits.__getitem__, distinct & self._stems)))
            lengths.append(len(distinct))
        self._grow_entities()
        self._grow_episodes()
        for place, of_fact in enumerate(told, first):
            for episode in of_fact:
                self._facts_of[episode].append(place)
            self._stirred.update(of_fact)
        old = self.facts
        self.facts = FactColumns(
            ids=[*old.ids, *(fact.id for fact in new)],
            similarity=_longer(old.similarity, [fact.similarity for fact in new]),
            words=_longer(old.words, words),
            length=_longer(old.length, lengths),
            holds=_longer(old.holds, [fact.holds for fact in new]),
            subject=_longer(old.subject, subjects),
            mentions=_longer_lists(old.mentions, mentions),
            episodes=_longer_lists(old.episodes, told),
        )
        self._settle()

    def _place_entities(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._entity_places.setdefault(key, len(self._entity_places))
        self._grow_entities()

    def _place_episodes(self, episodes: Iterable[Place]) -> None:
        for place in episodes:
            self._episode_places.setdefault(place, len(self._episode_places))
        self._grow_episodes()

    def _grow_entities(self) -> None:
        """Let the columns reach as far as places were given."""
        old = self.entities
        if new := len(self._entity_places) - len(old.keys):
            self.entities = EntityColumns(
                keys=list(self._entity_places),
                degree=_longer(old.degree, [-1] * new),
                is_common=_longer(old.is_common, [False] * new),
            )

    def _grow_episodes(self) -> None:
        """As `_grow_entities`."""
        new = list(islice(self._episode_places, len(self._episodes), None))
        if not new:
            return
        self._episodes += new
        self._facts_of += ([] for _ in new)
        old, none, zero = self.episodes, [-1] * len(new), [0] * len(new)
        empty: list[list[int]] = [[] for _ in new]
        self.episodes = EpisodeColumns(
            ids=[*old.ids, *(id_ for _, id_ in new)],
            is_read=_longer(old.is_read, [False] * len(new)),
            spaces=[*old.spaces, *(space for space, _ in new)],
            roles=np.append(old.roles, ["user"] * len(new)),
            speakers=[*old.speakers, *([None] * len(new))],
            sources=[*old.sources, *([None] * len(new))],
            session=_longer(old.session, none),
            said_at=_longer(old.said_at, zero),
            asks=_longer(old.asks, zero),
            similarity=_longer(old.similarity, zero),
            counts=np.concatenate([old.counts, np.zeros((len(new), old.counts.shape[1]), np.uint16)]),
            length=_longer(old.length, zero),
            links=_longer(old.links, none),
            facts=_longer_lists(old.facts, empty),
            before=_longer(old.before, none),
            after=_longer(old.after, none),
        )

    def _fill_episodes(self, places: list[int], read: Sequence[Told]) -> None:
        """Say of episodes that have a place already what else the columns tell."""
        old = self.episodes
        speakers, sources = list(old.speakers), list(old.sources)
        counts, length = old.counts.copy(), old.length.copy()
        for place, told in zip(places, read, strict=True):
            speakers[place], sources[place] = told.speaker, told.source
            stems = told.stems.split()
            length[place] = len(stems)
            for stem in self._stems.intersection(stems):
                counts[place, self._columns_of[stem]] = stems.count(stem)
        self.episodes = replace(
            old,
            is_read=_filled(old.is_read, places, [True] * len(places)),
            roles=_filled(old.roles, places, [told.role for told in read]),
            speakers=speakers,
            sources=sources,
            session=_filled(old.session, places, [self._session(told) for told in read]),
            said_at=_filled(old.said_at, places, [told.said_at for told in read]),
            asks=_filled(old.asks, places, [told.asks for told in read]),
            similarity=_filled(old.similarity, places, [told.similarity for told in read]),
            counts=counts,
            length=length,
        )

    def _session(self, told: Told) -> int:
        if told.session is None:
            return -1
        return self._session_numbers.setdefault((told.space, told.session), len(self._session_numbers))

    def _settle(self) -> None:
        """Let episodes list those of their facts that have a place, in the order they stand there, and count links."""
        for episode in self._stirred & self._told.keys():
            space, _ = self._episodes[episode]
            places = (self._fact_places.get((space, fact), -1) for fact in self._told[episode])
            self._facts_of[episode] = [place for place in places if place >= 0]
            self.episodes.links[episode] = sum(map(self._links.__getitem__, self._facts_of[episode]))
        self._stirred.clear()
        self.episodes = replace(self.episodes, facts=_longer_lists(_no_lists(), self._facts_of))


def _no_facts() -> FactColumns:
    places = _numbers((), np.int64)
    return FactColumns(
        ids=[],
        similarity=_numbers((), np.float32),
        words=places,
        length=_numbers((), np.int32),
        holds=_numbers((), np.bool_),
        subject=places,
        mentions=_no_lists(),
        episodes=_no_lists(),
    )


def _no_episodes(stems: int) -> EpisodeColumns:
    places, counts = _numbers((), np.int64), _numbers((), np.int32)
    return EpisodeColumns(
        ids=[],
        is_read=_numbers((), np.bool_),
        spaces=[],
        roles=np.empty(0, ROLE),
        speakers=[],
        sources=[],
        session=places,
        said_at=places,
        asks=_numbers((), np.bool_),
        similarity=_numbers((), np.float32),
        counts=np.zeros((0, stems), np.uint16),
        length=counts,
        links=counts,
        facts=_no_lists(),
        before=places,
        after=places,
    )


def _no_lists() -> Lists:
    return Lists(np.zeros(1, np.int64), _numbers((), np.int64))


def _numbers(values: Iterable[float], kind: type[T]) -> NDArray[T]:
    return np.fromiter(values, kind)


def _longer(column: NDArray[T], more: Sequence[float]) -> NDArray[T]:
    return np.concatenate([column, np.array(more, column.dtype)])


def _filled(column: NDArray[T], places: list[int], values: Sequence[float] | Sequence[str]) -> NDArray[T]:
    filled = column.copy()
    filled[places] = values
    return filled


def _longer_lists(lists: Lists, more: Sequence[Sequence[int]]) -> Lists:
    ends = _numbers(accumulate(map(len, more)), np.int64)
    return Lists(
        starts=np.concatenate([lists.starts, lists.starts[-1] + ends]),
        places=np.concatenate([lists.places, _numbers(chain.from_iterable(more), np.int64)]),
    )


def _leading(facts: Mapping[int, Sequence[int]], entities: Places) -> tuple[Places, Places]:
    rows = [facts.get(entity, ()) for entity in cast("list[int]", entities.tolist())]
    which = np.repeat(np.arange(len(rows)), [len(row) for row in rows]) if rows else _numbers((), np.int64)
    return which, _numbers(chain.from_iterable(rows), np.int64)


def _each_once(places: NDArray[Any]) -> list[int]:
    return list(dict.fromkeys(cast("list[int]", places.tolist())))


def _places_of_each(stems: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for column, stem in enumerate(stems):
        found.setdefault(stem, []).append(column)
    return found
