"""An excerpt of a Neo4j database: begun by the seeds and two hops from them, grown a transaction at a time."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar  # values of the driver

from graphmem.protocols import Bounds, Places
from graphmem.stores.gathering import Gathering, Leads, Reached, Told
from graphmem.stores.neo4j.area import rows_of
from graphmem.stores.neo4j.connection import Transaction, Work
from graphmem.stores.neo4j.counting import WordCounts
from graphmem.stores.neo4j.knowing import Place
from graphmem.stores.neo4j.recalling import Asked, Start, Starting
from graphmem.stores.neo4j.server import Server
from graphmem.stores.tokens import token
from graphmem.stores.values import links_of

T = TypeVar("T")

Degrees = Mapping[str, tuple[int, bool]]


Values = Sequence[Any]
"""What was read of a fact, in the order of `COLUMNS`."""

COLUMNS = ("subject", "object", "mentions", "stems", "episodes", "score", "holds")


class Read(Protocol):
    """Runs some work in a read transaction of that name."""

    def __call__(self, name: str, work: Work[T], /) -> Awaitable[T]: ...  # noqa: D102 - said above


class Neo4jExcerpt(Gathering):
    """See `graphmem.protocols.Excerpt`. What is read ahead gets its places when it is asked for, and no earlier.

    Each read may be run again by the driver, so it changes nothing here before it has come to its end.
    """

    def __init__(self, asked: Asked, read: Read, *, blocks: bool) -> None:
        super().__init__([token(stem) for stem in asked.stems], blocks=blocks)
        self._asked = asked
        self._read = read
        self._ahead = Fans(asked.spaces, asked.bounds)
        self._rows: dict[Place, Values] = {}
        self._known: dict[Place, Reached] = {}
        self._around: dict[Place, int] = {}

    @classmethod
    async def opened(
        cls,
        asked: Asked,
        server: Server,
        counts: WordCounts,
        read: Read,
        *,
        check: Callable[[Transaction], Awaitable[None]],
        blocks: bool,
    ) -> "Neo4jExcerpt":
        """An excerpt with its seeds. `check` comes first: whether vectors of ours are kept."""
        excerpt = cls(asked, read, blocks=blocks)

        async def begin(tx: Transaction) -> tuple[Start, list[Told], Degrees] | None:
            await check(tx)
            starting = await Starting.into(tx, server, counts, asked)
            if not starting.areas:
                return None
            start = await starting.start()
            told = await excerpt._tell(tx, start.episodes)
            return start, told, await excerpt._count(tx, asked.keys)

        if begun := await read("excerpt", begin):
            excerpt._begin(*begun)
        return excerpt

    def _begin(self, start: Start, told: Sequence[Told], degrees: Degrees) -> None:
        for row in start.two_hops:
            place = (row["space"], row["id"])
            self._rows[place] = [row[column] for column in COLUMNS]
            for keys, is_about in ((row["about_keys"], True), (row["mention_of_keys"], False)):
                for key in keys:
                    self._ahead.add(key, is_about, place, row["number"])
        known = {(episode.space, episode.id): episode for episode in told}
        places = dict.fromkeys((*start.near, *start.worded))
        self.start_from(
            facts=self.add_facts(self._fact(place) for place in places if place in self._rows),
            episodes=self.add_episodes(known[place] for place in start.episodes if place in known),
            nearest=start.nearest,
        )
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
            further, rows = await self._read("links", lambda tx: self._follow(tx, missing))
            self._rows.update(rows)
        self.add_links(
            wanted, {key: (further if key in further else self._ahead).leads(key, self._facts) for key in wanted}
        )

    async def read_turns(self, episodes: Places, *, around: int) -> None:
        """See `Excerpt.read_turns`. Nothing is asked of the server where everything is there."""
        wanted = [place for place in self.named(episodes) if self._around.get(place, -1) < around]
        near = [place for place in wanted if around and self.may_have_turns(place)]
        whole = dict.fromkeys(wanted)
        if near or self.unread(wanted) or self._absent(self.lacking(wanted)):
            turns, told, rows = await self._read("turns", lambda tx: self._turns(tx, wanted, near, around))
            self._rows.update(rows)
            self.add_episodes(told)
            self.add_turns(turns)
            whole.update((place, None) for row in turns for place in row)
        self.add_facts(self._fact(place) for place in self.lacking(whole) if place in self._rows)
        self._around.update((place, around if place in wanted else 0) for place in whole if place not in self._around)
        self._around.update(dict.fromkeys(wanted, around))

    # within a transaction

    async def _count(self, tx: Transaction, keys: Sequence[str]) -> Degrees:
        """How many episodes touch the entities that are known, and whether they are nouns."""
        known_at = self._asked.moment.known_at
        rows = await tx.run("read/degrees", spaces=self._asked.spaces, keys=keys, known_at=known_at) if keys else ()
        return {key: (episodes, is_common) for row in rows for key, episodes, is_common in row["degrees"]}

    async def _follow(self, tx: Transaction, keys: Sequence[str]) -> tuple["Fans", dict[Place, Values]]:
        """What leads on from entities, and the facts among it that were not read yet."""
        bounds = self._asked.bounds
        most = {"about": bounds.about, "mentions": bounds.mentions}
        asked = {"spaces": self._asked.spaces, "keys": keys, "vector": self._asked.vector}
        fans = Fans(self._asked.spaces, bounds)
        for row in await tx.run("read/expand", **asked, **most, **self._asked.clocks):
            for key, is_about, facts in row["links"]:
                for number, id_ in enumerate(facts):
                    fans.add(key, is_about, (row["space"], id_), number)
        for key in keys:
            fans.expect(key)
        return fans, await self._reach(tx, self._absent(fans.places()))

    async def _turns(
        self, tx: Transaction, wanted: Sequence[Place], near: Sequence[Place], around: int
    ) -> tuple[list[list[Place]], list[Told], dict[Place, Values]]:
        """Which turns follow each other, the episodes that were not read yet, and those of their facts."""
        known_at, turns = self._asked.moment.known_at, list[list[Place]]()
        for row in await tx.run("read/turns", rows=rows_of(near), known_at=known_at, around=around) if near else ():
            said = (*reversed(row["before"]), row["id"], *row["after"])
            turns.append([(row["space"], id_) for id_ in said])
        episodes = dict.fromkeys((*wanted, *(place for row in turns for place in row)))
        told = await self._tell(tx, self.unread(episodes))
        facts = ((episode.space, fact) for episode in told for fact in episode.facts)
        return turns, told, await self._reach(tx, self._absent((*facts, *self.lacking(episodes))))

    async def _tell(self, tx: Transaction, places: Iterable[Place]) -> list[Told]:
        """The known episodes among some."""
        rows = _by_space(places)
        asked = {"vector": self._asked.vector, "known_at": self._asked.moment.known_at}
        found = await tx.run("read/told", rows=rows, **asked) if rows else ()
        return [_told(row["space"], values) for row in found for values in row["episodes"]]

    async def _reach(self, tx: Transaction, places: Iterable[Place]) -> dict[Place, Values]:
        """The facts among some that were known from an episode at the moment."""
        rows = _by_space(places)
        asked = {"vector": self._asked.vector, **self._asked.clocks}
        found = await tx.run("read/reached", rows=rows, **asked) if rows else ()
        return {(row["space"], id_): values for row in found for id_, *values in row["facts"]}

    # what was read

    def _absent(self, places: Iterable[Place]) -> list[Place]:
        return [place for place in dict.fromkeys(places) if place not in self._rows]

    def _fact(self, place: Place) -> Reached:
        if place not in self._known:
            self._known[place] = _reached(place, self._rows[place])
        return self._known[place]

    def _facts(self, places: Iterable[Place]) -> list[Reached]:
        return [self._fact(place) for place in places if place in self._rows]


class Fans:
    """The facts that lead on from each entity, gathered over spaces: of either kind the most similar, so many."""

    def __init__(self, spaces: Sequence[str], bounds: Bounds) -> None:
        self._order = {space: number for number, space in enumerate(spaces)}
        self._bounds = bounds
        self._fans: dict[str, tuple[list[_Numbered], list[_Numbered]]] = {}

    def expect(self, key: str) -> None:
        """Say that all which leads on from an entity was read, even if nothing does."""
        self._fans.setdefault(key, ([], []))

    def add(self, key: str, is_about: bool, place: Place, number: int) -> None:
        """Add a fact that leads on from an entity; of those of a space that are as similar, the lowest number counts
        first.
        """
        about, mentions = self._fans.setdefault(key, ([], []))
        (about if is_about else mentions).append((self._order[place[0]], number, place))

    def __contains__(self, key: str) -> bool:
        return key in self._fans

    def places(self) -> Iterator[Place]:
        """Every fact, before the cut."""
        return (place for fans in self._fans.values() for fan in fans for *_, place in fan)

    def leads(self, key: str, read: Callable[[Iterable[Place]], list[Reached]]) -> Leads:
        """What leads on from an entity, most similar first, of facts that are looked up by `read`."""
        found = [
            sorted(read(place for *_, place in sorted(fan)), key=lambda fact: -fact.similarity)
            for fan in self._fans[key]
        ]
        return Leads(found[0][: self._bounds.about], found[1][: self._bounds.mentions])


_Numbered = tuple[int, int, Place]


def _by_space(places: Iterable[Place]) -> list[Mapping[str, object]]:
    """Places as rows of a query, one for each space."""
    ids: dict[str, list[str]] = {}
    for space, id_ in dict.fromkeys(places):
        ids.setdefault(space, []).append(id_)
    return [{"space": space, "ids": some} for space, some in ids.items()]


def _told(space: str, values: Sequence[Any]) -> Told:
    id_, role, speaker, session, said_at, asks, stems, score, facts, links = values
    return Told(
        id=id_,
        space=space,
        role=role,
        speaker=speaker,
        session=session,
        said_at=said_at,
        asks=asks,
        stems=stems.split(),
        similarity=_cosine(score),
        links=links,
        facts=facts,
    )


def _reached(place: Place, values: Values) -> Reached:
    subject, object_, mentions, stems, episodes, score, holds = values
    links = links_of(subject, object_, mentions)
    space, id_ = place
    return Reached(
        id=id_,
        space=space,
        episodes=episodes,
        subject=subject,
        mentions=[key for key, is_about in links.items() if not is_about],
        stems=stems.split(),
        similarity=_cosine(score),
        holds=holds,
    )


def _cosine(score: float | None) -> float:
    """A cosine of the server, which maps it to [0, 1]; what has no vector is near to nothing."""
    return 2.0 * score - 1.0 if score is not None else 0.0
