"""The reads of a recall: entities and statistics, seeds, links of entities, turns with their neighbours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graphmem.moment import Moment
from graphmem.protocols import Link, Lookup, Reached, Seed, Seeds, Statistics, Turn, Vector
from graphmem.stores.neo4j.area import Area, areas_of, in_spaces, rows_of, search
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.near import GROWTH, HowNear, candidates, how_near
from graphmem.stores.neo4j.records import entity_of, links_of, native
from graphmem.stores.neo4j.schema import Kind
from graphmem.stores.neo4j.server import Server
from graphmem.stores.tokens import token, unpacked
from graphmem.words import idf

Place = tuple[str, str]
"""A space, and the id of an episode or fact in it."""

POOL = 2000
"""Texts that share a rare stem with the question, from which on commoner stems bring no new ones."""


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


async def _counts(
    tx: Transaction, areas: Sequence[Area], kind: Kind, stems: Sequence[str]
) -> Mapping[tuple[str, str], int]:
    """In how many texts of each space each stem stands."""
    rows = [
        {"space": area.space, "stem": stem, "words": search(area.space, kind, f'"{token(stem)}"')}
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

    @classmethod
    def of(cls, tx: Transaction, server: Server, vector: Vector, moment: Moment) -> "Reader":
        """A reader; a question without words has the zero vector, which nothing is near to."""
        return cls(tx, server, vector.tolist() if vector.any() else None, moment)

    async def seeds(self, spaces: Sequence[str], *, stems: Sequence[str], episodes: int, facts: int) -> Seeds:
        """See `Store.seeds`."""
        areas = await areas_of(self.tx, spaces)
        places = [
            *await self._nearest(areas, "episode", episodes),
            *await self._with_words(areas, "episode", stems, episodes),
        ]
        seeds = await self._seeds(places)
        places = [*await self._nearest(areas, "fact", facts), *await self._with_words(areas, "fact", stems, facts)]
        reached = await self._reached(places)
        return Seeds(tuple(seeds.values()), tuple(reached.values()))

    async def expand(self, spaces: Sequence[str], keys: Sequence[str], *, about: int, mentions: int) -> list[Link]:
        """See `Store.expand`."""
        rows = await self.tx.run(
            "read/expand",
            spaces=list(dict.fromkeys(spaces)),
            keys=list(dict.fromkeys(keys)),
            vector=self.vector,
            about=about,
            mentions=mentions,
            **self._clocks,
        )
        order = {space: place for place, space in enumerate(spaces)}
        fans: dict[tuple[str, bool], list[Row]] = {}
        for row in sorted(rows, key=lambda row: (-row["score"], order[row["space"]], row["number"])):
            fan = fans.setdefault((row["key"], row["is_about"]), [])
            if len(fan) < (about if row["is_about"] else mentions):
                fan.append(row)
        reached = await self._reached((row["space"], row["id"]) for fan in fans.values() for row in fan)
        return [
            Link(key, "about" if is_about else "mentions", reached[place])
            for key in dict.fromkeys(keys)
            for is_about in (True, False)
            for row in fans.get((key, is_about), ())
            if (place := (row["space"], row["id"])) in reached
        ]

    async def turns(self, spaces: Sequence[str], episodes: Sequence[str], *, around: int) -> list[Turn]:
        """See `Store.turns`."""
        rows = await self.tx.run(
            "read/turns", rows=in_spaces(spaces, episodes), known_at=self.moment.known_at, around=around
        )
        order = {id_: place for place, id_ in enumerate(dict.fromkeys(episodes))}
        near: list[tuple[str, str, str, int]] = []
        for row in sorted(rows, key=lambda row: order[row["id"]]):
            ids = [*reversed(row["before"]), row["id"], *row["after"]]
            near += ((row["space"], row["id"], other, offset) for offset, other in enumerate(ids, -len(row["before"])))
        places = list(dict.fromkeys((space, other) for space, _, other, _ in near))
        seeds = await self._seeds(places)
        facts = await self._facts_of(places)
        return [Turn(seeds[space, other], facts[space, other], centre, offset) for space, centre, other, offset in near]

    @property
    def _clocks(self) -> Mapping[str, datetime]:
        return {"at": self.moment.at, "known_at": self.moment.known_at}

    # where to start

    async def _nearest(self, areas: Sequence[Area], kind: Kind, limit: int) -> list[Place]:
        """The nearest of each space. To a question without words everything is equally near, and no index helps."""
        asked = {"vector": self.vector, "known_at": self.moment.known_at, "limit": limit}
        by_way: dict[HowNear, list[Area]] = {}
        for area in areas:
            way = how_near(self.server, _size(area, kind)) if self.vector is not None else "exact"
            by_way.setdefault(way, []).append(area)
        found: list[Place] = []
        for area in by_way.get("index", ()):
            nearest = await self._in_index(area, kind, asked, limit)
            if nearest is None:
                by_way.setdefault("exact", []).append(area)
            else:
                found += nearest
        if spaces := [area.space for area in by_way.get("filtered", ())]:
            k = candidates(limit)
            found += _places(await self.tx.run(f"read/{kind}s_near_filtered", spaces=spaces, k=k, **asked))
        if spaces := [area.space for area in by_way.get("exact", ())]:
            found += _places(await self.tx.run(f"read/{kind}s_near_exact", spaces=spaces, **asked))
        return found

    async def _in_index(self, area: Area, kind: Kind, asked: Mapping[str, object], limit: int) -> list[Place] | None:
        """The nearest of one space in an index of everybody; None where a scan of the space is cheaper."""
        k = candidates(limit)
        while k <= _size(area, kind):
            rows = await self.tx.run(f"read/{kind}s_near_index", space=area.space, k=k, **asked)
            if len(rows) == limit:
                return _places(rows)
            k *= GROWTH
        return None

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
                rows.append({"words": search(area.space, kind, f'"{token(stem)}"'), "weight": idf(total, count)})
            if pool:
                known_at = self.moment.known_at
                name = f"read/{kind}s_with_words"
                found += _places(await self.tx.run(name, space=area.space, rows=rows, known_at=known_at, limit=limit))
        return found

    # records as recall sees them

    async def _seeds(self, places: Iterable[Place]) -> dict[Place, Seed]:
        """The known episodes among some."""
        rows = rows_of(places)
        asked = {"vector": self.vector, "known_at": self.moment.known_at}
        found = await self.tx.run("read/seeds", rows=rows, **asked) if rows else ()
        return {
            (stored["space"], stored["id"]): Seed(
                episode=stored["id"],
                space=stored["space"],
                role=stored["role"],
                speaker=stored["speaker"],
                session=stored["session"],
                said_at=native(stored["said_at"]),
                stems=unpacked(stored["stems"]),
                similarity=_cosine(row["score"]),
                links=row["links"],
            )
            for row in found
            for stored in [row["episode"]]
        }

    async def _reached(self, places: Iterable[Place]) -> dict[Place, Reached]:
        """The facts among some that were known from an episode at the moment."""
        rows = rows_of(places)
        found = await self.tx.run("read/reached", rows=rows, vector=self.vector, **self._clocks) if rows else ()
        return {
            (stored["space"], stored["id"]): Reached(
                fact=stored["id"],
                space=stored["space"],
                episodes=tuple(row["episodes"]),
                subject=stored["subject_key"],
                mentions=_mentions(stored["subject_key"], stored["object_key"], stored["mention_keys"]),
                stems=unpacked(stored["stems"]),
                similarity=_cosine(row["score"]),
                holds=row["holds"],
            )
            for row in found
            for stored in [row["fact"]]
        }

    async def _facts_of(self, places: Sequence[Place]) -> dict[Place, tuple[Reached, ...]]:
        """The facts of each of some episodes, in the order they stand there."""
        rows = rows_of(places)
        found = await self.tx.run("read/facts_of_episodes", rows=rows, known_at=self.moment.known_at) if rows else ()
        told = {(row["space"], row["id"]): list(dict.fromkeys(row["facts"])) for row in found}
        reached = await self._reached((space, fact) for (space, _), facts in told.items() for fact in facts)
        return {
            (space, id_): tuple(reached[space, fact] for fact in facts if (space, fact) in reached)
            for (space, id_), facts in told.items()
        }


def _places(rows: Iterable[Row]) -> list[Place]:
    return [(row["space"], row["id"]) for row in rows]


def _cosine(score: float | None) -> float:
    """A cosine of the server, which maps it to [0, 1]; what has no vector is near to nothing."""
    return 2.0 * score - 1.0 if score is not None else 0.0


def _mentions(subject: str | None, object_: str | None, mentions: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key, is_about in links_of(subject, object_, mentions).items() if not is_about)
