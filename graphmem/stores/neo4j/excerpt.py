"""An excerpt of a Neo4j database: begun by the seeds and two hops from them, grown a transaction at a time."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Protocol, TypeVar  # rows of queries

from graphmem.protocols import Bounds, Places
from graphmem.stores.gathering import Gathering, Leads, Reached, Told
from graphmem.stores.neo4j import lines
from graphmem.stores.neo4j.area import Area, rows_of
from graphmem.stores.neo4j.connection import Transaction, Work
from graphmem.stores.neo4j.counting import WordCounts
from graphmem.stores.neo4j.knowing import Place
from graphmem.stores.neo4j.lines import Line
from graphmem.stores.neo4j.recalling import Asked, Start, Starting
from graphmem.stores.neo4j.server import Server
from graphmem.stores.tokens import token

T = TypeVar("T")

Degrees = Mapping[str, tuple[int, bool]]


class Read(Protocol):
    """Runs some work in a read transaction of that name."""

    def __call__(self, name: str, work: Work[T], /) -> Awaitable[T]: ...  # noqa: D102 - said above


AreasOf = Callable[[Transaction, Sequence[str]], Awaitable[list[Area]]]
"""Reads what spaces tell of themselves, where the vectors of an embedder of ours are kept."""


class Neo4jExcerpt(Gathering):
    """See `graphmem.protocols.Excerpt`. What is read ahead gets its places when it is asked for, and no earlier.

    Each read may be run again by the driver, so it changes nothing here before it has come to its end.
    """

    def __init__(self, asked: Asked, read: Read, *, blocks: bool) -> None:
        super().__init__([token(stem) for stem in asked.stems], blocks=blocks)
        self._asked = asked
        self._read = read
        self._ahead = Fans(asked.spaces, asked.bounds)
        self._had: dict[Place, Line] = {}
        self._heard: dict[Place, Told] = {}
        self._around: dict[Place, int] = {}

    @classmethod
    async def opened(
        cls,
        asked: Asked,
        server: Server,
        counts: WordCounts,
        read: Read,
        *,
        areas: AreasOf,
        blocks: bool,
    ) -> "Neo4jExcerpt":
        """An excerpt with its seeds."""
        excerpt = cls(asked, read, blocks=blocks)

        async def begin(tx: Transaction) -> tuple[Start, list[Told], Degrees] | None:
            there = await areas(tx, asked.spaces)
            if not there:
                return None
            start = await Starting(tx, server, counts, asked, there).start()
            heard = {(episode.space, episode.id) for episode in start.heard}
            further = [place for place in (*start.episodes, *start.told()) if place not in heard]
            episodes = [*start.heard, *await excerpt._tell(tx, further)]
            return start, episodes, await excerpt._count(tx, asked.keys)

        if begun := await read("excerpt", begin):
            excerpt._begin(*begun)
        return excerpt

    def _begin(self, start: Start, episodes: Sequence[Told], degrees: Degrees) -> None:
        self._take(start.two_hops)
        self._fan(self._ahead, start.two_hops)
        known = {(episode.space, episode.id): episode for episode in episodes}
        places = dict.fromkeys((*start.near, *start.worded))
        self.start_from(
            facts=self.add_facts(self._facts(place for place in places if place in self._had)),
            episodes=self.add_episodes(known[place] for place in start.episodes if place in known),
            nearest=start.nearest,
        )
        self.add_episodes(episodes)
        self._heard = known
        self.add_degrees(degrees)
        for key in degrees:
            self._ahead.expect(key)

    # reading more

    async def read_degrees(self, entities: Places) -> None:
        """See `Excerpt.read_degrees`."""
        missing = [key for key in self.keys_of(entities) if self.entities.degree[self.entity(key)] < 0]
        if missing:
            degrees = await self._read("degrees", lambda tx: self._count(tx, missing))
            self.add_degrees({key: degrees.get(key, (0, False)) for key in missing})

    async def read_links(self, entities: Places) -> None:
        """See `Excerpt.read_links`."""
        wanted = [key for key in self.keys_of(entities) if not self.is_linked(key)]
        missing = [key for key in wanted if key not in self._ahead]
        further = self._ahead
        if missing:
            leading = await self._read("links", lambda tx: self._follow(tx, missing))
            self._take(leading)
            further = Fans(self._asked.spaces, self._asked.bounds)
            self._fan(further, leading)
            for key in missing:
                further.expect(key)
        self.add_links(wanted, {key: (further if key in further else self._ahead).leads(key) for key in wanted})

    async def read_turns(self, episodes: Places, *, around: int) -> None:
        """See `Excerpt.read_turns`. Nothing is asked of the server where everything is there."""
        wanted = [place for place in self.named(episodes) if self._around.get(place, -1) < around]
        near = [place for place in wanted if around and self.may_have_turns(place)]
        whole = dict.fromkeys(wanted)
        if near or self.unread(wanted):
            turns, read, facts = await self._read("turns", lambda tx: self._turns(tx, wanted, near, around))
            self._take(facts)
            self.add_episodes(read)
            self._heard.update(((episode.space, episode.id), episode) for episode in read)
            self.add_facts(self._facts(line.place for line in facts if line.place in self._had))
            self.add_turns(turns)
            whole.update((place, None) for row in turns for place in row)
        self._around.update((place, around if place in wanted else 0) for place in whole if place not in self._around)
        self._around.update(dict.fromkeys(wanted, around))

    # within a transaction

    async def _count(self, tx: Transaction, keys: Sequence[str]) -> Degrees:
        """How many episodes touch the entities that are known, and whether they are nouns."""
        known_at = self._asked.moment.known_at
        rows = await tx.run("read/degrees", spaces=self._asked.spaces, keys=keys, known_at=known_at) if keys else ()
        return lines.degrees(line for row in rows for line in row["degrees"])

    async def _follow(self, tx: Transaction, keys: Sequence[str]) -> list[Line]:
        """The facts that lead on from entities; of those that are had only that they do."""
        bounds, named = self._asked.bounds, frozenset(keys)
        most = {"about": bounds.about, "mentions": bounds.mentions}
        facts = (line.fact for line in self._had.values() if line.fact)
        had = [
            f"{fact.space}\n{fact.id}" for fact in facts if fact.subject in named or not named.isdisjoint(fact.mentions)
        ]
        asked = {"spaces": self._asked.spaces, "keys": keys, "vector": self._asked.vector, "had": had}
        rows = await tx.run("read/leading", **asked, **most, **self._asked.clocks)
        return [Line.of(row["space"], line) for row in rows for line in row["facts"]]

    async def _turns(
        self, tx: Transaction, wanted: Sequence[Place], near: Sequence[Place], around: int
    ) -> tuple[list[list[Place]], list[Told], list[Line]]:
        """Which turns follow each other, the episodes whose facts were not named yet, and these facts."""
        known_at, turns = self._asked.moment.known_at, list[list[Place]]()
        for row in await tx.run("read/turns", rows=rows_of(near), known_at=known_at, around=around) if near else ():
            said = (*reversed(row["before"]), row["id"], *row["after"])
            turns.append([(row["space"], id_) for id_ in said])
        rows = [self._with_had(row) for row in _by_space(self.unread((*wanted, *chain.from_iterable(turns))))]
        asked = {"vector": self._asked.vector, **self._asked.clocks}
        found = await tx.run("read/whole", rows=rows, **asked) if rows else ()
        read = [lines.whole(row["space"], values, self._heard) for row in found for values in row["episodes"]]
        return turns, [episode for episode, _ in read], [line for _, facts in read for line in facts]

    def _with_had(self, row: Mapping[str, Any]) -> Mapping[str, object]:
        """A row of `read/whole`: with what need not be read again of the episodes and of their facts."""
        space, ids = row["space"], frozenset[str](row["ids"])
        facts = (line.fact for (where, _), line in self._had.items() if line.fact and where == space)
        return {
            **row,
            "told": [id_ for id_ in ids if (space, id_) in self._heard],
            "had": [fact.id for fact in facts if not ids.isdisjoint(fact.episodes)],
        }

    async def _tell(self, tx: Transaction, places: Iterable[Place]) -> list[Told]:
        """The known episodes among some, without their facts."""
        rows = _by_space(places)
        asked = {"vector": self._asked.vector, "known_at": self._asked.moment.known_at}
        found = await tx.run("read/told", rows=rows, **asked) if rows else ()
        return [lines.told(row["space"], values) for row in found for values in row["episodes"]]

    # what was read

    def _take(self, read: Iterable[Line]) -> None:
        self._had.update((line.place, line) for line in read if line.fact)

    def _fan(self, fans: "Fans", read: Iterable[Line]) -> None:
        """What has no fields and is not had stands in no episode that was known."""
        for line in read:
            if (had := self._had.get(line.place)) and had.fact:
                fans.add(had.fact, had.number, line.links)

    def _facts(self, places: Iterable[Place]) -> list[Reached]:
        return [fact for place in places if (fact := self._had[place].fact)]


class Fans:
    """The facts that lead on from each entity, gathered over spaces: of either kind the most similar, so many."""

    def __init__(self, spaces: Sequence[str], bounds: Bounds) -> None:
        self._order = {space: number for number, space in enumerate(spaces)}
        self._bounds = bounds
        self._fans: dict[str, tuple[list[_Placed], list[_Placed]]] = {}

    def expect(self, key: str) -> None:
        """Say that all which leads on from an entity was read, even if nothing does."""
        self._fans.setdefault(key, ([], []))

    def add(self, fact: Reached, number: int, links: Iterable[str]) -> None:
        """Add a fact that leads on from entities, by links as in `Line`; of those of a space that are as similar, the
        lowest number counts first.
        """
        placed = (-fact.similarity, self._order[fact.space], number, fact)
        for link in links:
            about, mentions = self._fans.setdefault(link[1:], ([], []))
            (about if link.startswith("+") else mentions).append(placed)

    def __contains__(self, key: str) -> bool:
        return key in self._fans

    def leads(self, key: str) -> Leads:
        """What leads on from an entity, most similar first."""
        about, mentions = ([fact for *_, fact in sorted(fan, key=_FIRST)] for fan in self._fans[key])
        return Leads(about[: self._bounds.about], mentions[: self._bounds.mentions])


_Placed = tuple[float, int, int, Reached]
_FIRST = itemgetter(0, 1, 2)


def _by_space(places: Iterable[Place]) -> list[Mapping[str, Any]]:
    """Places as rows of a query, one for each space."""
    ids: dict[str, list[str]] = {}
    for space, id_ in dict.fromkeys(places):
        ids.setdefault(space, []).append(id_)
    return [{"space": space, "ids": some} for space, some in ids.items()]
