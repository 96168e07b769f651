"""How a recall begins: entities and statistics, and the texts nearest to a question by vector and by words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graphmem.moment import Moment
from graphmem.protocols import Bounds, Lookup, Nearest, Statistics, Vector
from graphmem.stores.gathering import Told
from graphmem.stores.neo4j.area import Area, rows_of, search
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.counting import WordCounts, size_of, summed
from graphmem.stores.neo4j.knowing import Place
from graphmem.stores.neo4j.lines import Line, told
from graphmem.stores.neo4j.near import candidates, growing, how_near
from graphmem.stores.neo4j.records import entity_of
from graphmem.stores.neo4j.schema import Kind
from graphmem.stores.neo4j.server import Server
from graphmem.stores.tokens import POOL, phrase
from graphmem.words import idf

FRONT = 4
"""Facts that each hop of the one statement starts from. Paths start from the best episodes, which are known only later:
of what further facts lead to, a tenth is asked for.
"""


async def lookup(
    tx: Transaction,
    counts: WordCounts,
    areas: Sequence[Area],
    *,
    keys: Sequence[str],
    stems: Sequence[str],
    known_at: datetime,
) -> Lookup:
    """See `Reader.lookup`."""
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
            episode_df=summed(await counts.of(tx, areas, "episode", stems), stems),
        ),
        speakers=frozenset(
            name.lower()
            for area in areas
            for name, since in area.speakers.items()
            if since <= known_at and name.strip()
        ),
        selves=tuple(dict.fromkeys(area.self for area in areas if area.self)),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What an excerpt is opened for; a question without words has no vector, as nothing is near to it."""

    spaces: Sequence[str]
    vector: list[float] | None
    stems: Sequence[str]
    keys: Sequence[str]
    moment: Moment
    bounds: Bounds

    @classmethod
    def of(
        cls,
        spaces: Iterable[str],
        *,
        vector: Vector,
        stems: Sequence[str],
        keys: Iterable[str],
        moment: Moment,
        bounds: Bounds,
    ) -> "Asked":
        """What it is opened for, as the queries take it."""
        return cls(
            list(dict.fromkeys(spaces)),
            vector.tolist() if vector.any() else None,
            stems,
            list(dict.fromkeys(keys)),
            moment,
            bounds,
        )

    @property
    def clocks(self) -> Mapping[str, datetime]:
        """Both clocks, as parameters."""
        return {"at": self.moment.at, "known_at": self.moment.known_at}


@dataclass(frozen=True, slots=True)
class Start:
    """What is read first: near episodes and facts of each space, by vector and by words, and two hops from the facts.

    `heard` are the near episodes as they were read; `two_hops` the lines of `read/recall_two_hops_…`.
    """

    episodes: Sequence[Place]
    heard: Sequence[Told]
    near: Sequence[Place]
    worded: Sequence[Place]
    two_hops: Sequence[Line]
    nearest: Nearest

    def told(self) -> list[Place]:
        """The episodes that say the near facts: these were seeds too, and are weighed beside the near ones."""
        facts = {*self.near, *self.worded}
        told = (line.fact for line in self.two_hops if line.fact and line.place in facts)
        return [(fact.space, episode) for fact in told for episode in fact.episodes]


@dataclass(frozen=True, slots=True)
class Starting:
    """Finds where to start, within one transaction."""

    tx: Transaction
    server: Server
    counts: WordCounts
    asked: Asked
    areas: Sequence[Area]

    async def start(self) -> Start:
        """The nearest, and two hops from there."""
        bounds = self.asked.bounds
        heard = await self._nearest_episodes(bounds.episodes)
        near = ((episode.space, episode.id) for episode in heard)
        episodes = [*near, *await self._with_words("episode", bounds.episodes)]
        worded = await self._with_words("fact", bounds.facts)
        rows, nearest = await self._two_hops(worded)
        facts = [Line.of(row["space"], line) for row in rows for line in row["near"]]
        others = [Line.of(row["space"], line) for row in rows for line in row["others"]]
        seeds = self._space_by_space(line.place for line in facts)
        return Start(self._space_by_space(episodes), heard, seeds, worded, [*facts, *others], nearest)

    def _space_by_space(self, places: Iterable[Place]) -> list[Place]:
        order = {area.space: number for number, area in enumerate(self.areas)}
        return sorted(dict.fromkeys(places), key=lambda place: order[place[0]])

    def _how_near(self, kind: Kind) -> Nearest:
        """To a question without words everything is equally near, and no index helps."""
        sizes = [size_of(area, kind) for area in self.areas]
        return how_near(self.server, max(sizes, default=0)) if self.asked.vector is not None else "exact"

    async def _nearest_episodes(self, limit: int) -> list[Told]:
        """The nearest of each space."""
        asked: dict[str, object] = {
            "spaces": [area.space for area in self.areas],
            "vector": self.asked.vector,
            "known_at": self.asked.moment.known_at,
        }
        how = self._how_near("episode")
        if how == "filtered":
            asked["candidates"] = candidates(limit)
        if how != "index":
            return _heard(await self.tx.run(f"read/episodes_near_{how}", limit=limit, **asked))
        for k in growing(limit, max(area.episodes for area in self.areas)):
            rows = await self.tx.run("read/episodes_near_index", limit=limit, candidates=k, **asked)
            if not self._is_starved({row["space"]: len(row["episodes"]) for row in rows}, "episode", limit):
                return _heard(rows)
        return _heard(await self.tx.run("read/episodes_near_exact", limit=limit, **asked))

    async def _two_hops(self, worded: Sequence[Place]) -> tuple[list[Row], Nearest]:
        """The nearest facts of each space and those found by words, and what two hops from there lead to."""
        bounds = self.asked.bounds
        asked = {
            "spaces": [area.space for area in self.areas],
            "vector": self.asked.vector,
            "seeds": bounds.facts,
            "worded": rows_of(worded),
            "asked": self.asked.keys,
            "front": FRONT if bounds.hub else 0,
            "hub": bounds.hub,
            "about": bounds.about,
            "mentions": bounds.mentions,
            **self.asked.clocks,
        }
        how = self._how_near("fact")
        if how == "filtered":
            k = candidates(bounds.facts)
            return await self.tx.run("read/recall_two_hops_filtered", candidates=k, **asked), how
        if how == "index":
            for k in growing(bounds.facts, max(area.facts for area in self.areas)):
                rows = await self.tx.run("read/recall_two_hops_index", candidates=k, **asked)
                found = {row["space"]: len(row["near"]) for row in rows}
                if not self._is_starved(found, "fact", bounds.facts):
                    return rows, how
        return await self.tx.run("read/recall_two_hops_exact", **asked), "exact"

    def _is_starved(self, found: Mapping[str, int], kind: Kind, limit: int) -> bool:
        """Whether a space got fewer than asked for from an index of everybody, though it holds more."""
        return any(found.get(area.space, 0) < min(limit, size_of(area, kind)) for area in self.areas)

    async def _with_words(self, kind: Kind, limit: int) -> list[Place]:
        """Of each space the texts that share the most idf with the question."""
        stems = self.asked.stems
        counts = await self.counts.of(self.tx, self.areas, kind, stems)
        total = sum(size_of(area, kind) for area in self.areas)
        rarest = sorted((count, stem) for stem, count in summed(counts, stems).items() if count)
        found: list[Place] = []
        for area in self.areas:
            rows: list[Mapping[str, object]] = []
            pool = 0
            for count, stem in rarest:
                if pool >= POOL:
                    break
                pool += counts.get((area.space, stem), 0)
                rows.append({"words": search(area.space, kind, phrase([stem])), "weight": idf(total, count)})
            if pool:
                known_at = self.asked.moment.known_at
                name = f"read/{kind}s_with_words"
                found += _places(await self.tx.run(name, space=area.space, rows=rows, known_at=known_at, limit=limit))
        return found


def _places(rows: Iterable[Row]) -> list[Place]:
    return [(row["space"], id_) for row in rows for id_ in row["ids"]]


def _heard(rows: Iterable[Row]) -> list[Told]:
    return [told(row["space"], values) for row in rows for values in row["episodes"]]
