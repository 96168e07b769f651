"""Erasing for good: rows, words, vectors, and the names that nothing is left to say about."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graphmem.errors import NotFound
from graphmem.models import Change, ChangeKind
from graphmem.moment import Clock
from graphmem.protocols import Erasure, Rewrite
from graphmem.stores.embedded import merging_statements, searching_statements
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area, find
from graphmem.stores.embedded.connection import UNSCRUBBED
from graphmem.stores.embedded.reembedding import record_name
from graphmem.stores.embedded.rejecting import reject
from graphmem.stores.embedded.rows import episode_values, parameter
from graphmem.stores.embedded.statements import KINDS, Kind
from graphmem.stores.embedded.text import facts_with
from graphmem.stores.embedded.vectors import Vectors
from graphmem.stores.embedded.writing import Writer
from graphmem.stores.tokens import packed, unpacked
from graphmem.stores.values import by_space, to_json


@dataclass(slots=True)
class Traces:
    """What was erased from one area, so that it can be looked for afterwards."""

    space: str
    ids: dict[Kind, set[int]] = field(default_factory=lambda: {"episode": set(), "fact": set()})
    stems: set[str] = field(default_factory=set[str])
    """Those of facts."""
    entities: set[int] = field(default_factory=set[int])
    rewritten: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    """Stems that an episode no longer has."""


class Eraser:
    """One erasure within one transaction. `counts` says what went, by kind; `traces` where to look for it."""

    def __init__(
        self, db: sqlite3.Connection, erasure: Erasure, vectors: Vectors, *, told_as: ChangeKind = "erased"
    ) -> None:
        self._db = db
        self._erasure = erasure
        self._vectors = vectors
        self._told_as: ChangeKind = told_as
        self._writer = Writer(db, erasure.spaces, vectors)
        self.counts: Counter[str] = Counter(
            dict.fromkeys(("episodes", "facts", "versions", "entities", "vectors", "rewritten"), 0)
        )
        self.traces: list[Traces] = []

    def erase(self, clock: Clock) -> None:
        """See `Store.erase`. Leaves the merging of the word index to `merge_words`."""
        at = self._writer.time(clock)
        for number, space in enumerate(dict.fromkeys(self._erasure.spaces)):
            area = self._writer.known_area(space)
            if area is None:
                continue
            before = self.counts.total()
            merges = self._writer.part_all(area)
            self._erase_from(area)
            self._merge_again(area, merges)
            if self.counts.total() > before:
                area.epoch += 1
                self._writer.add_change(Change(space=space, kind=self._told_as), at, number)
        for space, digests in by_space(self._erasure.digests).items():
            reject(self._db, self._writer.area(space), digests)
        self._writer.finish(at)

    def merge_words(self) -> None:
        """Write the word index anew: only then are erased words no longer in it. Time grows with the whole index. The
        file, too, is to be written anew.
        """
        self._db.execute(sql.SET_META, {"key": UNSCRUBBED, "value": "1"})
        self._db.execute(searching_statements.MERGE_WORDS)

    def _erase_from(self, area: Area) -> None:
        traces = Traces(area.space)
        self.traces.append(traces)
        if self._erasure.everything:
            episodes = {id_ for [id_] in self._db.execute(sql.ROWS["episode"], area.range)}
            facts = {id_ for [id_] in self._db.execute(sql.ROWS["fact"], area.range)}
            named: set[int] = set()
        else:
            episodes = set(self._rows(sql.EPISODE_BY_UID, area, self._erasure.episodes))
            facts = set(self._rows(sql.FACT_ID, area, self._erasure.facts)) | self._facts_only_in(area, episodes)
            named = {
                row[0]
                for key in dict.fromkeys(self._erasure.entities)
                if (row := self._db.execute(sql.ENTITY_ID, {"key": key, **area.range}).fetchone())
            }
        touched = self._entities_of(area, episodes, facts)
        uids = [*self._erase_facts(area, facts, traces), *self._erase_episodes(area, episodes, traces)]
        self._db.execute(sql.ERASE_REASONS, {"uids": parameter(uids), **area.range})
        for entity in named:
            self._erase_name(area, entity)
        for new in self._erasure.rewrites:
            if new.episode.space == area.space:
                self._rewrite(area, new, traces)
        if self._erasure.everything:
            self._erase_rest(area)
        else:
            if episodes and area.self is not None:  # who spoke may have no facts at all
                touched.update(row[0] for row in self._db.execute(sql.ENTITY_ID, {"key": area.self, **area.range}))
            self._erase_orphans(area, touched - named)

    def _merge_again(self, area: Area, merges: Sequence[tuple[str, str]]) -> None:
        """Make one again what is still there; who was merged into an entity that went is now merged into its own."""
        into = dict(merges)
        is_left = {
            key
            for pair in merges
            for key in pair
            if self._db.execute(sql.ENTITY_ID, {"key": key, **area.range}).fetchone()
        }
        for key, other in merges:
            while other in into and other not in is_left:
                other = into[other]
            if is_left >= {key, other}:
                self._writer.merge(area, key, other)

    def _rows(self, statement: str, area: Area, uids: Iterable[str]) -> Iterable[int]:
        for uid in uids:
            row = self._db.execute(statement, {"uid": uid, **area.range}).fetchone()
            if row is not None:
                yield row[0]

    def _facts_only_in(self, area: Area, episodes: set[int]) -> set[int]:
        """Facts that nothing supports any more: none of their other sources is left, or all were replaced earlier."""
        current: dict[int, set[int]] = {}
        replaced: dict[int, set[int]] = {}
        rows = self._db.execute(sql.EPISODES_OF_FACTS_IN, {"ids": parameter(episodes), **area.range})
        for fact, episode, retired_at in rows:
            sources = current if retired_at == FAR else replaced
            sources.setdefault(fact, set()).add(episode)
        supported = {fact for fact, sources in current.items() if not sources <= episodes}
        told_earlier = {fact for fact, sources in replaced.items() if not sources <= episodes}
        return (current.keys() - supported) | (replaced.keys() - supported - told_earlier)

    def _entities_of(self, area: Area, episodes: Iterable[int], facts: Iterable[int]) -> set[int]:
        of_episodes = (
            self._db.execute(sql.ENTITIES_OF_EPISODE, {"episode": id_, **area.range}).fetchall() for id_ in episodes
        )
        of_facts = (self._db.execute(sql.ENTITIES_OF_FACT, {"fact": id_, **area.range}).fetchall() for id_ in facts)
        return {entity for rows in (*of_episodes, *of_facts) for [entity] in rows}

    # records

    def _erase_facts(self, area: Area, facts: set[int], traces: Traces) -> list[str]:
        uids: list[str] = []
        for id_ in facts:
            row = {"id": id_, **area.range}
            uid, stems, versions = self._db.execute(sql.ERASED_FACT, row).fetchone()
            area.facts -= 1
            self._db.execute(searching_statements.UNINDEX_WORDS, {"id": id_, "stems": stems})
            self._trace("fact", id_, traces)
            traces.stems.update(unpacked(stems))
            for statement in sql.ERASE_FACT:
                self._db.execute(statement, row)
            self.counts["versions"] += versions
            uids.append(uid)
        self.counts["facts"] += len(facts)
        self.counts["vectors"] += self._vectors.replace(self._db, area, "fact", dict.fromkeys(facts))
        return uids

    def _erase_episodes(self, area: Area, episodes: set[int], traces: Traces) -> list[str]:
        uids: list[str] = []
        speakers: set[str] = set()
        sessions: set[int] = set()
        for id_ in episodes:
            row = {"id": id_, **area.range}
            uid, stems, speaker, session = self._db.execute(sql.ERASED_EPISODE, row).fetchone()
            area.episodes -= 1
            area.episode_stems -= len(unpacked(stems))
            self._trace("episode", id_, traces)
            for statement in sql.ERASE_EPISODE:
                self._db.execute(statement, row)
            uids.append(uid)
            speakers |= {speaker} - {None}
            sessions |= {session} - {None}
        for name in speakers:
            self._db.execute(sql.ERASE_SPEAKER, {"part": area.part, "name": name, **area.range})
        for session in sessions:
            self._db.execute(sql.ERASE_SESSION, {"session": session, **area.range})
        self.counts["episodes"] += len(episodes)
        self.counts["vectors"] += self._vectors.replace(self._db, area, "episode", dict.fromkeys(episodes))
        return uids

    def _rewrite(self, area: Area, new: Rewrite, traces: Traces) -> None:
        """Put another text in the place of an episode's; what it was known by and where it stands stay."""
        row = self._db.execute(sql.EPISODE_BY_UID, {"uid": new.episode.id, **area.range}).fetchone()
        if row is None:
            raise NotFound(f"the episode {new.episode.id} is to be rewritten and is not there")
        id_, old_stems = row[0], row[-1]
        stems = packed(new.index.stems)
        vector = self._vectors.checked(new.index.vector)
        self._db.execute(sql.DROP_KEPT_OF, {"record": record_name("episode", id_)})
        area.episode_stems += len(new.index.stems) - len(unpacked(old_stems))
        values = episode_values(new.episode, session=None, recorded_at=0)
        kept = {name: values[name] for name in ("text", "speaker", "title", "metadata")}
        self._db.execute(sql.REWRITE_EPISODE, {"id": id_, "stems": stems, **kept, **area.range})
        self._db.execute(sql.REWRITE_METADATA, {"id": id_, "old": row[13], "new": kept["metadata"], **area.range})
        self._vectors.replace(self._db, area, "episode", {id_: vector})
        traces.rewritten[id_] = set(unpacked(old_stems)) - set(new.index.stems)
        self.counts["rewritten"] += 1

    def _trace(self, kind: Kind, id_: int, traces: Traces) -> None:
        self._db.execute(sql.DROP_KEPT_OF, {"record": record_name(kind, id_)})
        traces.ids[kind].add(id_)

    # names

    def _erase_name(self, area: Area, entity: int) -> None:
        """Erase an entity, and its name where facts that stay speak of it."""
        key = self._key_of(area, entity)
        for [fact] in self._db.execute(sql.FACTS_OF_ENTITY, {"entity": entity, **area.range}).fetchall():
            row = self._db.execute(sql.FACT, {"id": fact, **area.range}).fetchone()
            names, keys = json.loads(row[9]), json.loads(row[10])
            kept = [(name, other) for name, other in zip(names, keys, strict=True) if other != key]
            is_subject, is_object = row[5] == key, row[8] == key
            values: Mapping[str, object] = {
                "subject": None if is_subject else row[4],
                "subject_key": None if is_subject else row[5],
                "object": None if is_object else row[7],
                "object_key": None if is_object else row[8],
                "mentions": to_json([name for name, _ in kept]),
                "mention_keys": to_json([other for _, other in kept]),
            }
            self._db.execute(sql.FORGET_NAMES, {"id": fact, **values, **area.range})
        self._erase_entity(area, entity)

    def _erase_entity(self, area: Area, entity: int) -> None:
        key = self._key_of(area, entity)
        if area.self == key:
            area.self = None
        self._forget_merges(area, key)
        for statement in sql.ERASE_ENTITY:
            self._db.execute(statement, {"id": entity, **area.range})
        self.traces[-1].entities.add(entity)
        self.counts["entities"] += 1

    def _forget_merges(self, area: Area, key: str) -> None:
        """Take the key of an entity out of the journal."""
        for statement in merging_statements.FORGET_MERGES:
            self._db.execute(statement, {"key": key, **area.range})

    def _erase_orphans(self, area: Area, touched: set[int]) -> None:
        """Of the entities that lost a fact, erase those that have none left, and count the episodes of the others."""
        for entity in touched:
            has_facts = self._db.execute(sql.FACTS_OF_ENTITY, {"entity": entity, **area.range}).fetchone()
            if has_facts:
                self._writer.count_degree(area, entity)
            else:
                self._erase_entity(area, entity)

    def _erase_rest(self, area: Area) -> None:
        [entities] = self._db.execute(sql.COUNT_ENTITIES, area.range).fetchone()
        self.counts["entities"] += entities
        for [key] in self._db.execute(merging_statements.KEYS_OF_MERGES, area.range).fetchall():
            self._forget_merges(area, key)
        for statement in sql.ERASE_AREA:
            self._db.execute(statement, {"part": area.part, **area.range})
        area.self = None

    def _key_of(self, area: Area, entity: int) -> str:
        [key] = self._db.execute(sql.KEY_OF_ENTITY, {"id": entity, **area.range}).fetchone()
        return key


def probe(db: sqlite3.Connection, traces: Iterable[Traces], vectors: Vectors) -> dict[str, int]:
    """Search the areas for what was erased: rows of every table that belong to it, entries of the word index, and
    vectors that are still found.
    """
    left = Counter(records=0, words=0, vectors=0)
    for trace in traces:
        area = find(db, trace.space)
        if area is None:
            continue
        for kind in KINDS:
            erased = trace.ids[kind]
            left["records"] += _rows_left(db, area, kind, erased)
            left["vectors"] += len(erased & vectors.ids(db, area, kind))
        for stem in trace.stems:
            left["words"] += len(trace.ids["fact"].intersection(facts_with(db, area, stem)))
        left["records"] += _rows_left(db, area, "entity", trace.entities)
        for id_, gone in trace.rewritten.items():
            row = db.execute(sql.ERASED_EPISODE, {"id": id_, **area.range}).fetchone()
            left["words"] += len(gone.intersection(unpacked(row[1]))) if row is not None else 0
    return dict(left)


def _rows_left(db: sqlite3.Connection, area: Area, kind: str, erased: Iterable[int]) -> int:
    asked = [(statement, {"id": id_, **area.range}) for id_ in erased for statement in sql.LEFT[kind]]
    return sum(db.execute(statement, row).fetchone()[0] for statement, row in asked)
