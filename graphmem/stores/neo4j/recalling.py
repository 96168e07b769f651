"""How a recall begins: entities and statistics, and the texts nearest to a question by vector and by words."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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
from graphmem.stores.neo4j.near import candidates, further, how_near
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

    async def _nearest_episodes(self, limit: int) -> list[Told]:
        """The nearest of each space."""
        asked: dict[str, object] = {
            "spaces": [area.space for area in self.areas],
            "vector": self.asked.vector,
            "known_at": self.asked.moment.known_at,
            "limit": limit,
        }

        def run(how: Nearest, k: Mapping[str, int]) -> Awaitable[list[Row]]:
            return self.tx.run(f"read/episodes_near_{how}", **asked, **k)

        rows, _ = await self._nearest("episode", limit, "episodes", run)
        return [told(row["space"], values) for row in rows for values in row["episodes"]]

    async def _two_hops(self, worded: Sequence[Place]) -> tuple[list[Row], Nearest]:
        """The nearest facts of each space and those found by words, and what two hops from there lead to."""
        bounds = self.asked.bounds
        asked: dict[str, object] = {
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

        def run(how: Nearest, k: Mapping[str, int]) -> Awaitable[list[Row]]:
            return self.tx.run(f"read/recall_two_hops_{how}", **asked, **k)

        return await self._nearest("fact", bounds.facts, "near", run)

    async def _nearest(
        self, kind: Kind, limit: int, column: str, run: Callable[[Nearest, Mapping[str, int]], Awaitable[list[Row]]]
    ) -> tuple[list[Row], Nearest]:
        """Run that one of three statements which suits the spaces and the server; its `column` are the nearest.

        An index of everybody is asked again where it brought a space fewer than it has, and left where comparing them
        all costs less. To a question without words everything is equally near, and no index helps.
        """
        largest = max(size_of(area, kind) for area in self.areas)
        how = how_near(self.server, largest) if self.asked.vector is not None else "exact"
        looked_at = candidates(limit)
        if how == "filtered":
            return await run(how, {"candidates": looked_at}), how
        while how == "index" and looked_at < largest:
            rows = await run(how, {"candidates": looked_at})
            share = self._share(kind, limit, {row["space"]: len(row[column]) for row in rows})
            if share == 1:
                return rows, how
            looked_at = further(looked_at, share, largest)
        return await run("exact", {}), "exact"

    def _share(self, kind: Kind, limit: int, found: Mapping[str, int]) -> float:
        """Of what a space could have found, in the one that found least."""
        wanted = {area.space: min(limit, size_of(area, kind)) for area in self.areas}
        return min((found.get(space, 0) / count for space, count in wanted.items() if count), default=1.0)

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
