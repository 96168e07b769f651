"""The reads of a recall: entities and statistics, seeds, links of entities, turns with their neighbours."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from graphmem.models import Entity
from graphmem.moment import Moment, from_micros, to_micros
from graphmem.protocols import Degree, Link, Lookup, Reached, Seed, Seeds, Statistics, Turn, Vector
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.rows import clocks, entities_of, mentions_of, parameter
from graphmem.stores.embedded.statements import Kind
from graphmem.stores.embedded.text import Words
from graphmem.stores.embedded.vectors import Similarities, Vectors
from graphmem.stores.tokens import unpacked

Read = TypeVar("Read")


def lookup(
    db: sqlite3.Connection,
    words: Words,
    areas: Sequence[Area],
    *,
    keys: Sequence[str],
    stems: Sequence[str],
    known_at: datetime,
) -> Lookup:
    """See `Store.lookup`."""
    known = {"known_at": to_micros(known_at)}
    entities: list[Entity] = []
    speakers: set[str] = set()
    for area in areas:
        asked = {"keys": parameter(keys), **known, **area.range}
        rows = [*db.execute(sql.ENTITIES_BY_KEY, asked), *db.execute(sql.ENTITIES_BY_ALIAS, asked)]
        entities += entities_of(db, area, rows).values()
        speakers.update(name.lower() for [name] in db.execute(sql.SPEAKERS, {"part": area.part, **known}))
    episodes = sum(area.episodes for area in areas)
    return Lookup(
        entities=tuple(entities),
        statistics=Statistics(
            episodes=episodes,
            episode_length=sum(area.episode_stems for area in areas) / episodes if episodes else 0.0,
            episode_df=words.frequencies(db, areas, "episode", stems),
        ),
        speakers=frozenset(name for name in speakers if name.strip()),
        selves=tuple(dict.fromkeys(area.self for area in areas if area.self)),
    )


def degrees(db: sqlite3.Connection, areas: Sequence[Area], keys: Sequence[str], *, known_at: datetime) -> list[Degree]:
    """See `Store.degrees`."""
    asked = {"keys": parameter(keys), "known_at": to_micros(known_at)}
    found: dict[str, Degree] = {}
    for area in areas:
        for key, count, is_common in db.execute(sql.DEGREES, {**asked, **area.range}):
            before = found.get(key, Degree(key, 0, is_common=False))
            found[key] = Degree(key, before.episodes + count, is_common=before.is_common or bool(is_common))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one question, within one transaction: where it stands on both clocks, and its vector."""

    db: sqlite3.Connection
    vectors: Vectors
    words: Words
    vector: Vector
    moment: Moment
    known: Mapping[str, Reached]
    _sessions: dict[int, int | None] = field(default_factory=dict[int, int | None])
    _turns: dict[int, tuple[list[int], dict[int, int]]] = field(
        default_factory=dict[int, tuple[list[int], dict[int, int]]]
    )

    def seeds(self, areas: Sequence[Area], *, stems: Sequence[str], episodes: int, facts: int) -> Seeds:
        """See `Store.seeds`."""
        episodes_by_words = self.words.rows(self.db, areas, "episode", stems)
        facts_by_words = self.words.rows(self.db, areas, "fact", stems)
        found_episodes: list[Seed] = []
        found_facts: list[Reached] = []
        for area in areas:
            near = self._similarities(area, "episode")
            seeds = self._first(partial(self._seeds, area), near, episodes_by_words[area.part], episodes)
            found_episodes += seeds.values()
            near = self._similarities(area, "fact")
            reached = self._first(partial(self._reached, area), near, facts_by_words[area.part], facts)
            found_facts += reached.values()
        return Seeds(tuple(found_episodes), tuple(found_facts))

    def expand(self, areas: Sequence[Area], keys: Sequence[str], *, about: int, mentions: int) -> list[Link]:
        """See `Store.expand`."""
        fans: dict[tuple[str, bool], list[tuple[float, int, int]]] = {}
        for order, area in enumerate(areas):
            entities = self.db.execute(sql.ENTITIES_BY_KEY, {"keys": parameter(keys), **self._clocks, **area.range})
            names = {row[0]: row[1] for row in entities}
            links = self.db.execute(sql.LINKS, {"ids": parameter(names), **self._clocks, **area.range}).fetchall()
            near = self._similarities(area, "fact").of([fact for _, _, fact in links])
            for (entity, is_about, fact), similarity in zip(links, near, strict=True):
                fans.setdefault((names[entity], bool(is_about)), []).append((-similarity, order, fact))
        for (_, is_about), fan in fans.items():
            fan.sort()
            del fan[about if is_about else mentions :]
        reached: dict[int, Reached] = {}
        for order, area in enumerate(areas):
            reached.update(self._reached(area, [fact for fan in fans.values() for _, of, fact in fan if of == order]))
        return [
            Link(key, "about" if is_about else "mentions", reached[fact])
            for key in dict.fromkeys(keys)
            for is_about in (True, False)
            for _, _, fact in fans.get((key, is_about), ())
            if fact in reached
        ]

    def turns(self, areas: Sequence[Area], episodes: Sequence[str], *, around: int) -> list[Turn]:
        """See `Store.turns`."""
        order = {uid: place for place, uid in enumerate(dict.fromkeys(episodes))}
        turns: list[Turn] = []
        for area in areas:
            rows = self.db.execute(sql.SEEDS_BY_UID, {"uids": parameter(episodes), **self._clocks, **area.range})
            centres = self._seeds(area, [id_ for [id_] in rows])
            near = [
                (centre, other, offset) for centre in centres for other, offset in self._around(area, centre, around)
            ]
            seeds = {**self._seeds(area, [other for _, other, _ in near if other not in centres]), **centres}
            facts = self._facts_of(area, seeds)
            turns += [
                Turn(seeds[other], tuple(facts.get(other, ())), centres[centre].episode, offset)
                for centre, other, offset in near
            ]
        return sorted(turns, key=lambda turn: (order[turn.near], turn.offset))

    @property
    def _clocks(self) -> Mapping[str, int]:
        return clocks(self.moment)

    def _similarities(self, area: Area, kind: Kind) -> Similarities:
        return self.vectors.similarities(self.db, area, kind, self.vector)

    def _first(
        self, read: Callable[[list[int]], dict[int, Read]], near: Similarities, by_words: list[int], count: int
    ) -> dict[int, Read]:
        """The `count` best by vector and as many by words among the rows that are known at the moment."""
        found: dict[int, Read] = {}
        nearest = self._best(read, near.nearest, len(near.ids), count, found)
        worded = self._best(read, lambda some: by_words[:some], len(by_words), count, found)
        return {id_: found[id_] for id_ in dict.fromkeys((*nearest, *worded))}

    def _best(
        self,
        read: Callable[[list[int]], dict[int, Read]],
        best: Callable[[int], list[int]],
        available: int,
        count: int,
        found: dict[int, Read],
    ) -> list[int]:
        """The first `count` rows of a ranking that can be read. Looking back in time, more of it has to be tried."""
        tried = count
        while True:
            ranked = best(tried)
            found.update(read([id_ for id_ in ranked if id_ not in found]))
            known = [id_ for id_ in ranked if id_ in found]
            if len(known) >= count or tried >= available:
                return known[:count]
            tried *= 4

    def _seeds(self, area: Area, ids: Iterable[int]) -> dict[int, Seed]:
        """The known episodes among some rows."""
        rows = self.db.execute(sql.SEEDS, {"ids": parameter(ids), **self._clocks, **area.range}).fetchall()
        similarities = self._similarities(area, "episode").of([row[0] for row in rows])
        self._sessions.update((row[0], row[4]) for row in rows)
        return {
            id_: Seed(
                episode=uid,
                space=area.space,
                role=role,
                speaker=speaker,
                session=session,
                said_at=from_micros(said_at),
                stems=unpacked(stems),
                similarity=similarity,
                links=links,
            )
            for (id_, uid, role, speaker, _, session, said_at, stems, links), similarity in zip(
                rows, similarities, strict=True
            )
        }

    def _around(self, area: Area, centre: int, around: int) -> list[tuple[int, int]]:
        """An episode that was read, and its neighbours in its session, each with its offset."""
        session = self._sessions[centre]
        if session is None or not around:
            return [(centre, 0)]
        if session not in self._turns:
            [ids] = self.db.execute(sql.TURNS_OF_SESSION, {"session": session, **self._clocks, **area.range}).fetchone()
            turns = [int(turn) for turn in ids.split(",")]
            self._turns[session] = turns, {turn: place for place, turn in enumerate(turns)}
        turns, places = self._turns[session]
        first = max(0, places[centre] - around)
        near = turns[first : places[centre] + around + 1]
        return [(turn, offset) for offset, turn in enumerate(near, first - places[centre])]

    def _facts_of(self, area: Area, episodes: Iterable[int]) -> dict[int, list[Reached]]:
        """The facts of each of some episodes, in the order they stand there."""
        rows = self.db.execute(sql.FACTS_OF_EPISODES, {"ids": parameter(episodes), **self._clocks, **area.range})
        places = list(dict.fromkeys(rows))
        reached = self._reached(area, [fact for _, fact in places])
        found: dict[int, list[Reached]] = {}
        for episode, fact in places:
            if fact in reached:
                found.setdefault(episode, []).append(reached[fact])
        return found

    def _reached(self, area: Area, ids: Iterable[int]) -> dict[int, Reached]:
        """The facts among some rows that were known from an episode at the moment; those at hand as they are."""
        wanted = parameter(ids)
        at_hand: dict[int, Reached] = {}
        if self.known:
            named = dict(self.db.execute(sql.IDS_OF_FACTS, {"ids": wanted, **area.range}))
            at_hand = {
                id_: fact
                for id_, uid in named.items()
                if (fact := self.known.get(uid)) is not None and fact.space == area.space
            }
            wanted = parameter(named.keys() - at_hand.keys())
        return {**at_hand, **self._read_facts(area, wanted)}

    def _read_facts(self, area: Area, ids: str) -> dict[int, Reached]:
        asked = {"ids": ids, **self._clocks, **area.range}
        sources: dict[int, set[tuple[int, int, str]]] = {}
        for fact, *source in self.db.execute(sql.SOURCES, asked):
            sources.setdefault(fact, set()).add(tuple(source))
        rows = [row for row in self.db.execute(sql.REACHED, asked) if row[0] in sources]
        similarities = self._similarities(area, "fact").of([row[0] for row in rows])
        return {
            id_: Reached(
                fact=uid,
                space=area.space,
                episodes=_oldest_first(sources[id_]),
                subject=subject,
                mentions=mentions_of(subject, object_, keys),
                stems=unpacked(stems),
                similarity=similarity,
                holds=bool(holds),
            )
            for (id_, uid, subject, object_, keys, stems, holds), similarity in zip(rows, similarities, strict=True)
        }


def _oldest_first(sources: set[tuple[int, int, str]]) -> tuple[str, ...]:
    return tuple(uid for _, _, uid in (sources if len(sources) == 1 else sorted(sources)))
