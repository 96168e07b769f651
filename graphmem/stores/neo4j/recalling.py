"""The reads of a recall: entities and statistics, seeds, links of entities, turns with their neighbours."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graphmem.moment import Moment
from graphmem.protocols import Ahead, Degree, Link, Lookup, Nearest, Reached, Seed, Seeds, Statistics, Turn, Vector
from graphmem.stores.neo4j.area import Area, areas_of, in_spaces, rows_of, search
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.knowing import Place
from graphmem.stores.neo4j.near import candidates, growing, how_near
from graphmem.stores.neo4j.records import entity_of, native
from graphmem.stores.neo4j.schema import Kind
from graphmem.stores.neo4j.server import Server
from graphmem.stores.tokens import POOL, phrase, unpacked
from graphmem.stores.values import links_of
from graphmem.words import idf

FRONT = 15
"""Facts that each hop of the one statement starts from: as many as a path step has in front of it."""

NOT_AHEAD = Ahead(asked=(), hub=0, about=0, mentions=0)


async def lookup(
    tx: Transaction, spaces: Sequence[str], *, keys: Sequence[str], stems: Sequence[str], known_at: datetime
) -> Lookup:
    """See `Store.lookup`."""
    areas = await areas_of(tx, spaces)
    named = [area.space for area in areas]
    rows = (
        await tx.run("read/entities_named", spaces=named, keys=list(dict.fromkeys(keys)), known_at=known_at)
        if keys
        else ()
    )
    entities = {(row["entity"]["space"], row["entity"]["key"]): entity_of(row) for row in rows}
    order = {space: place for place, space in enumerate(named)}
    episodes = sum(area.episodes for area in areas)
    return Lookup(
        entities=tuple(entities[place] for place in sorted(entities, key=lambda place: order[place[0]])),
        statistics=Statistics(
            episodes=episodes,
            episode_length=sum(area.episode_stems for area in areas) / episodes if episodes else 0.0,
            episode_df=_summed(await _counts(tx, areas, "episode", stems), stems),
        ),
        speakers=frozenset(
            name.lower()
            for area in areas
            for name, since in area.speakers.items()
            if since <= known_at and name.strip()
        ),
        selves=tuple(dict.fromkeys(area.self for area in areas if area.self)),
    )


async def degrees(tx: Transaction, spaces: Sequence[str], keys: Sequence[str], *, known_at: datetime) -> list[Degree]:
    """See `Store.degrees`."""
    named, wanted = list(dict.fromkeys(spaces)), list(dict.fromkeys(keys))
    rows = await tx.run("read/degrees", spaces=named, keys=wanted, known_at=known_at)
    return [Degree(row["key"], row["episodes"], is_common=row["is_common"]) for row in rows]


async def _counts(
    tx: Transaction, areas: Sequence[Area], kind: Kind, stems: Sequence[str]
) -> Mapping[tuple[str, str], int]:
    """In how many texts of each space each stem stands."""
    rows = [
        {"space": area.space, "stem": stem, "words": search(area.space, kind, phrase([stem]))}
        for area in areas
        for stem in dict.fromkeys(stems)
        if _size(area, kind)
    ]
    found = await tx.run("read/word_counts", rows=rows) if rows else ()
    return {(row["space"], row["stem"]): row["count"] for row in found}


def _summed(counts: Mapping[tuple[str, str], int], stems: Iterable[str]) -> dict[str, int]:
    summed = dict.fromkeys(stems, 0)
    for (_, stem), count in counts.items():
        summed[stem] += count
    return summed


def _size(area: Area, kind: Kind) -> int:
    return area.episodes if kind == "episode" else area.facts


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one question, within one transaction: where it stands on both clocks, and its vector."""

    tx: Transaction
    server: Server
    vector: list[float] | None
    moment: Moment
    known: Mapping[str, Reached]

    @classmethod
    def of(
        cls, tx: Transaction, server: Server, vector: Vector, moment: Moment, known: Mapping[str, Reached] | None = None
    ) -> "Reader":
        """A reader; a question without words has the zero vector, which nothing is near to."""
        return cls(tx, server, vector.tolist() if vector.any() else None, moment, known or {})

    async def seeds(
        self, spaces: Sequence[str], *, stems: Sequence[str], episodes: int, facts: int, ahead: Ahead | None
    ) -> Seeds:
        """See `Store.seeds`. The facts, and two hops from them, come by one statement."""
        areas = await areas_of(self.tx, spaces)
        places = [
            *await self._nearest_episodes(areas, episodes),
            *await self._with_words(areas, "episode", stems, episodes),
        ]
        told = await self._told(places)
        worded = await self._with_words(areas, "fact", stems, facts)
        reached, links, nearest = await self._two_hops(areas, worded, facts, ahead or NOT_AHEAD)
        seeds = tuple(seed for seed, _ in told.values())
        return Seeds(seeds, tuple(reached), links=tuple(links), nearest=nearest)

    async def expand(self, spaces: Sequence[str], keys: Sequence[str], *, about: int, mentions: int) -> list[Link]:
        """See `Store.expand`."""
        named = list(dict.fromkeys(spaces))
        asked = {"spaces": named, "keys": list(dict.fromkeys(keys)), "about": about, "mentions": mentions}
        rows = await self.tx.run("read/expand", vector=self.vector, **asked, **self._clocks)
        fans = Fans(named, about=about, mentions=mentions)
        for row in rows:
            for score, number, id_ in row["facts"]:
                fans.add(row["key"], row["is_about"], score, (row["space"], id_), number)
        reached = await self._reached(fans.places())
        return fans.links(keys, reached)

    async def turns(self, spaces: Sequence[str], episodes: Sequence[str], *, around: int) -> list[Turn]:
        """See `Store.turns`."""
        order = {id_: place for place, id_ in enumerate(dict.fromkeys(episodes))}
        near = await self._around(spaces, list(order), around)
        told = await self._told(dict.fromkeys((space, other) for space, _, other, _ in near))
        reached = await self._reached((space, fact) for (space, _), (_, facts) in told.items() for fact in facts)
        return [
            Turn(seed, tuple(reached[space, fact] for fact in facts if (space, fact) in reached), centre, offset)
            for space, centre, other, offset in sorted(near, key=lambda turn: (order[turn[1]], turn[3]))
            if (found := told.get((space, other)))
            for seed, facts in [found]
        ]

    async def _around(
        self, spaces: Sequence[str], episodes: Sequence[str], around: int
    ) -> list[tuple[str, str, str, int]]:
        """Space, episode, and the turns near it with their offset; without any around, what may be unknown too."""
        rows = in_spaces(spaces, episodes)
        if not around:
            return [(row["space"], row["id"], row["id"], 0) for row in rows]
        known_at = self.moment.known_at
        return [
            (row["space"], row["id"], other, offset)
            for row in await self.tx.run("read/turns", rows=rows, known_at=known_at, around=around)
            for offset, other in enumerate(
                [*reversed(row["before"]), row["id"], *row["after"]], start=-len(row["before"])
            )
        ]

    @property
    def _clocks(self) -> Mapping[str, datetime]:
        return {"at": self.moment.at, "known_at": self.moment.known_at}

    # where to start

    def _how_near(self, areas: Sequence[Area], kind: Kind) -> Nearest:
        """To a question without words everything is equally near, and no index helps."""
        sizes = [_size(area, kind) for area in areas]
        return how_near(self.server, max(sizes, default=0)) if self.vector is not None else "exact"

    async def _nearest_episodes(self, areas: Sequence[Area], limit: int) -> list[Place]:
        """The nearest of each space."""
        spaces, known_at = [area.space for area in areas], self.moment.known_at
        asked: dict[str, object] = {"spaces": spaces, "vector": self.vector, "known_at": known_at}
        how = self._how_near(areas, "episode")
        if how == "filtered":
            asked["candidates"] = candidates(limit)
        if how != "index":
            return _places(await self.tx.run(f"read/episodes_near_{how}", limit=limit, **asked))
        for k in growing(limit, max(area.episodes for area in areas)):
            rows = await self.tx.run("read/episodes_near_index", limit=limit, candidates=k, **asked)
            if not _starved(rows, areas, "episode", limit):
                return _places(rows)
        return _places(await self.tx.run("read/episodes_near_exact", limit=limit, **asked))

    async def _two_hops(
        self, areas: Sequence[Area], worded: Sequence[Place], seeds: int, ahead: Ahead
    ) -> tuple[list[Reached], list[Link], Nearest]:
        """The nearest facts of each space and those found by words, and what two hops from there lead to."""
        asked = {
            "spaces": [area.space for area in areas],
            "vector": self.vector,
            "seeds": seeds,
            "worded": rows_of(worded),
            "asked": list(ahead.asked),
            "front": FRONT if ahead.hub else 0,
            "hub": ahead.hub,
            "about": ahead.about,
            "mentions": ahead.mentions,
            **self._clocks,
        }
        how = self._how_near(areas, "fact")
        rows: list[Row] = []
        if how == "exact":
            rows = await self.tx.run("read/recall_two_hops_exact", **asked)
        elif how == "filtered":
            rows = await self.tx.run("read/recall_two_hops_filtered", candidates=candidates(seeds), **asked)
        else:
            for k in growing(seeds, max(area.facts for area in areas)):
                rows = await self.tx.run("read/recall_two_hops_index", candidates=k, **asked)
                if not _starved([row for row in rows if row["is_near"]], areas, "fact", seeds):
                    break
            else:
                how = "exact"
                rows = await self.tx.run("read/recall_two_hops_exact", **asked)
        reached = {(row["space"], row["id"]): _fact_of(row) for row in rows}
        fans = Fans([area.space for area in areas], about=ahead.about, mentions=ahead.mentions)
        for row in rows:
            for key, is_about, score, number in row["links"]:
                fans.add(key, is_about, score, (row["space"], row["id"]), number)
        starts = [reached[row["space"], row["id"]] for row in rows if row["hop"] == 0]
        return starts, fans.links(fans.keys(), reached), how

    async def _with_words(self, areas: Sequence[Area], kind: Kind, stems: Sequence[str], limit: int) -> list[Place]:
        """Of each space the texts that share the most idf with the question."""
        counts = await _counts(self.tx, areas, kind, stems)
        total = sum(_size(area, kind) for area in areas)
        rarest = sorted((count, stem) for stem, count in _summed(counts, stems).items() if count)
        found: list[Place] = []
        for area in areas:
            rows: list[Mapping[str, object]] = []
            pool = 0
            for count, stem in rarest:
                if pool >= POOL:
                    break
                pool += counts.get((area.space, stem), 0)
                rows.append({"words": search(area.space, kind, phrase([stem])), "weight": idf(total, count)})
            if pool:
                known_at = self.moment.known_at
                name = f"read/{kind}s_with_words"
                found += _places(await self.tx.run(name, space=area.space, rows=rows, known_at=known_at, limit=limit))
        return found

    # records as recall sees them

    async def _told(self, places: Iterable[Place]) -> dict[Place, tuple[Seed, list[str]]]:
        """The known episodes among some, each with the ids of its facts in the order in which they stand there."""
        rows = rows_of(places)
        asked = {"vector": self.vector, "known_at": self.moment.known_at}
        found = await self.tx.run("read/told", rows=rows, **asked) if rows else ()
        told: dict[Place, tuple[Seed, list[str]]] = {}
        for row in found:
            links: dict[str, int] = dict(row["facts"])
            seed = Seed(
                episode=row["id"],
                space=row["space"],
                role=row["role"],
                speaker=row["speaker"],
                session=row["session"],
                said_at=native(row["said_at"]),
                stems=unpacked(row["stems"]),
                similarity=_cosine(row["score"]),
                links=sum(links.values()),
            )
            told[row["space"], row["id"]] = (seed, list(links))
        return told

    async def _reached(self, places: Iterable[Place]) -> dict[Place, Reached]:
        """The facts among some that were known from an episode at the moment; those at hand as they are."""
        wanted = dict.fromkeys(places)
        at_hand = {
            (space, id_): fact
            for space, id_ in wanted
            if (fact := self.known.get(id_)) is not None and fact.space == space
        }
        rows = rows_of(place for place in wanted if place not in at_hand)
        found = await self.tx.run("read/reached", rows=rows, vector=self.vector, **self._clocks) if rows else ()
        return {**at_hand, **{(row["space"], row["id"]): _fact_of(row) for row in found}}


class Fans:
    """The facts that lead from each entity, gathered over spaces: per entity and kind the most similar, so many."""

    def __init__(self, spaces: Sequence[str], *, about: int, mentions: int) -> None:
        self._order = {space: place for place, space in enumerate(spaces)}
        self._most = {True: about, False: mentions}
        self._fans: dict[tuple[str, bool], list[tuple[float, int, int, Place]]] = {}

    def add(self, key: str, is_about: bool, score: float, place: Place, number: int) -> None:
        """Add a fact that leads from an entity."""
        fan = self._fans.setdefault((key, is_about), [])
        fan.append((-score, self._order[place[0]], number, place))

    def keys(self) -> list[str]:
        """Every entity that something leads from."""
        return list(dict.fromkeys(key for key, _ in self._fans))

    def places(self) -> list[Place]:
        """Every fact, after the cut."""
        return [place for key, is_about in self._fans for place in self._best(key, is_about=is_about)]

    def links(self, keys: Iterable[str], reached: Mapping[Place, Reached]) -> list[Link]:
        """The links of some entities, in their order: about first, most similar first."""
        return [
            Link(key, "about" if is_about else "mentions", reached[place])
            for key in dict.fromkeys(keys)
            for is_about in (True, False)
            for place in self._best(key, is_about=is_about)
            if place in reached
        ]

    def _best(self, key: str, *, is_about: bool) -> list[Place]:
        fan = sorted(self._fans.get((key, is_about), ()))
        return [place for *_, place in fan[: self._most[is_about]]]


def _fact_of(row: Row) -> Reached:
    links = links_of(row["subject"], row["object"], row["mentions"])
    return Reached(
        fact=row["id"],
        space=row["space"],
        episodes=tuple(row["episodes"]),
        subject=row["subject"],
        mentions=tuple(key for key, is_about in links.items() if not is_about),
        stems=unpacked(row["stems"]),
        similarity=_cosine(row["score"]),
        holds=row["holds"],
    )


def _starved(rows: Iterable[Row], areas: Iterable[Area], kind: Kind, limit: int) -> bool:
    """Whether a space got fewer than asked for from an index of everybody, though it holds more."""
    found = Counter(row["space"] for row in rows)
    return any(found[area.space] < min(limit, _size(area, kind)) for area in areas)


def _places(rows: Iterable[Row]) -> list[Place]:
    return [(row["space"], row["id"]) for row in rows]


def _cosine(score: float | None) -> float:
    """A cosine of the server, which maps it to [0, 1]; what has no vector is near to nothing."""
    return 2.0 * score - 1.0 if score is not None else 0.0
