"""What a write has to know first."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from graphmem.models import Entity, Episode, Fact
from graphmem.moment import to_micros, utc
from graphmem.protocols import Known, Question, Slot
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area
from graphmem.stores.embedded.areas import Areas
from graphmem.stores.embedded.merging import own_self, stands_for, told_under
from graphmem.stores.embedded.rejecting import rejected
from graphmem.stores.embedded.rows import Row, episode_of, facts_of, parameter
from graphmem.stores.tokens import MOST_UNLINKED, phrase
from graphmem.stores.values import ABOUT_VALIDITY, BY_ANOTHER, by_space, standing, to_look_up


def known(db: sqlite3.Connection, question: Question) -> Known:
    """See `Store.known`."""
    areas = Areas(db)
    episodes, sole = _episodes(db, areas, question)
    entities = _entities(areas, question.keys, selves=question.selves)
    slots = {slot: _facts_of(db, areas, slot, *_OPEN) for slot in question.slots}
    ended = {slot: _facts_of(db, areas, slot, *_ENDED) for slot in question.slots}
    statements = _statements(db, areas, question.statements)
    told = _standing(db, areas, to_look_up((*slots.items(), *ended.items()), statements.values()))
    return Known(
        episodes=episodes,
        sole=sole,
        entities=entities,
        slots=slots,
        ended=ended,
        outdated=frozenset(id_ for id_, kinds in told.items() if kinds[-1] in BY_ANOTHER),
        corrected=frozenset(id_ for id_, kinds in told.items() if "corrected" in kinds),
        statements=statements,
        rejected=_rejected(db, areas, question.rejections),
        selves={
            space: entity
            for space in question.selves
            if (area := areas[space]) and area.self and (entity := areas.entity(area, area.self))
        },
        speakers={
            space: speaker for space in question.selves if (area := areas[space]) and (speaker := _speaker(areas, area))
        },
        unlinked=_unlinked(db, areas, question.unlinked),
        orphans=_orphans(db, areas, question.retires),
        merged=_merged(areas, entities),
        told=_told(db, areas, question.told),
    )


def open_ids(db: sqlite3.Connection, areas: Areas, slot: Slot) -> frozenset[str]:
    """The ids of the facts of a slot that nothing has closed."""
    _, rows = _rows_of(db, areas, slot, sql.OPEN_UIDS_BY_SUBJECT, sql.OPEN_UIDS_BY_OBJECT)
    return frozenset(uid for [uid] in rows)


_OPEN = (sql.OPEN_BY_SUBJECT, sql.OPEN_BY_OBJECT)
_ENDED = (sql.ENDED_BY_SUBJECT, sql.ENDED_BY_OBJECT)


def _facts_of(db: sqlite3.Connection, areas: Areas, slot: Slot, by_subject: str, by_object: str) -> tuple[Fact, ...]:
    """The facts of a slot that a statement finds, oldest first."""
    area, rows = _rows_of(db, areas, slot, by_subject, by_object)
    return tuple(facts_of(db, area, rows)) if area else ()


def _rows_of(
    db: sqlite3.Connection, areas: Areas, slot: Slot, by_subject: str, by_object: str
) -> tuple[Area | None, list[Row]]:
    area, key = areas[slot.space], slot.subject or slot.object
    named = areas.named(area, key) if area and key else None
    if area is None or named is None:
        return area, []
    values = {"key": named[1], "predicate": slot.predicate, "far": FAR, "since": to_micros(utc(slot.since))}
    return area, db.execute(by_subject if slot.subject else by_object, {**values, **area.range}).fetchall()


def _standing(db: sqlite3.Connection, areas: Areas, facts: Iterable[Fact]) -> dict[str, list[str]]:
    """By the ids of facts the changes that say when they hold, where there are any."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for space, ids in by_space((fact.space, fact.id) for fact in facts).items():
        if area := areas[space]:
            values = {"ids": json.dumps(ids), "kinds": json.dumps(ABOUT_VALIDITY), **area.range}
            for id_, kind in db.execute(sql.CHANGES_OF_VALIDITY, values):
                kinds[id_].append(kind)
    return {id_: stands for id_, of in kinds.items() if (stands := standing(of))}


def _speaker(areas: Areas, area: Area) -> Entity | None:
    """The entity that "I" is told of, by itself."""
    merged = areas.merged(area)
    key = own_self(area, merged)
    if key is None:
        return None
    return merged[key].entity(area.space) if key in merged else areas.entity(area, key)


def _episodes(
    db: sqlite3.Connection, areas: Areas, question: Question
) -> tuple[Mapping[tuple[str, str], Episode], Mapping[tuple[str, str], tuple[Fact, ...]]]:
    found: dict[int, tuple[Area, Row]] = {}
    for space, identity in question.episodes:
        if area := areas[space]:
            rows = db.execute(sql.EPISODE_BY_IDENTITY, {"identity": identity, **area.range})
            found.update((row[0], (area, row)) for row in rows)
    for space, source in question.sources:
        if area := areas[space]:
            rows = db.execute(sql.CURRENT_BY_SOURCE, {"source": source, **area.range})
            found.update((row[0], (area, row)) for row in rows)
    episodes = {(area.space, row[2]): episode_of(row, area.space) for area, row in found.values()}
    sole = {(area.space, row[2]): _sole_facts(db, area, [id_]) for id_, (area, row) in found.items()}
    return episodes, sole


def _orphans(db: sqlite3.Connection, areas: Areas, retires: Sequence[tuple[str, str]]) -> tuple[Fact, ...]:
    orphans: list[Fact] = []
    for space in dict.fromkeys(space for space, _ in retires):
        if area := areas[space]:
            rows = (
                db.execute(sql.EPISODE_BY_UID, {"uid": uid, **area.range}).fetchone()
                for of, uid in retires
                if of == space
            )
            orphans += _sole_facts(db, area, [row[0] for row in rows if row is not None])
    return tuple(orphans)


def _sole_facts(db: sqlite3.Connection, area: Area, episodes: Sequence[int]) -> tuple[Fact, ...]:
    """The believed facts that stand on these episodes alone."""
    rows = db.execute(sql.SOLE_FACTS, {"ids": parameter(episodes), "far": FAR, **area.range}).fetchall()
    return tuple(facts_of(db, area, rows))


def _entities(
    areas: Areas, asked: Sequence[tuple[str, str]], *, selves: Sequence[str] = ()
) -> dict[tuple[str, str], Entity]:
    """The entities asked for; whoever "I" means is looked up with them."""
    spoken = [(space, area.self) for space in selves if (area := areas[space]) and area.self]
    named: dict[tuple[str, str], Entity] = {}
    for space, keys in by_space((*asked, *spoken)).items():
        if area := areas[space]:
            named.update(((space, key), entity) for key, entity in areas.entities(area, keys).items())
    return {place: named[place] for place in asked if place in named}


def _statements(db: sqlite3.Connection, areas: Areas, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Fact]:
    found: dict[tuple[str, str], Fact] = {}
    for space, digest in asked:
        if area := areas[space]:
            row = db.execute(sql.BELIEVED_BY_DIGEST, {"digest": digest, "far": FAR, **area.range}).fetchone()
            if row is not None:
                [found[space, digest]] = facts_of(db, area, [row])
    return found


def _rejected(db: sqlite3.Connection, areas: Areas, asked: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (space, digest)
        for space in dict.fromkeys(space for space, _ in asked)
        for digest in rejected(db, areas[space], [digest for of, digest in asked if of == space])
    )


def _unlinked(
    db: sqlite3.Connection, areas: Areas, asked: Sequence[tuple[str, str, str]]
) -> dict[tuple[str, str], tuple[Fact, ...]]:
    found: dict[tuple[str, str], tuple[Fact, ...]] = {}
    known = _entities(areas, [(space, key) for space, key, _ in asked])
    for space, key, words in asked:
        area = areas[space]
        if area is None or not words or (space, key) in known:
            continue
        search = {"match": phrase(words.split(" ")), "limit": MOST_UNLINKED, **area.range}
        rows = db.execute(sql.FACTS_WITH_PHRASE, search).fetchall()
        if rows:
            found[space, key] = tuple(facts_of(db, area, rows))
    return found


def _merged(areas: Areas, entities: Mapping[tuple[str, str], Entity]) -> dict[tuple[str, str], tuple[Entity, ...]]:
    """What was merged into the entities asked for, by itself."""
    asked = {(entity.space, entity.key) for entity in entities.values()}
    found: dict[tuple[str, str], tuple[Entity, ...]] = {}
    for space in dict.fromkeys(space for space, _ in asked):
        if area := areas[space]:
            merged = areas.merged(area)
            for one in merged.values():
                place = (space, stands_for(merged, one.key))
                if place in asked:
                    found[place] = (*found.get(place, ()), one.entity(space))
    return found


def _told(db: sqlite3.Connection, areas: Areas, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Fact]:
    """Facts with the keys that they were told under."""
    found: dict[tuple[str, str], Fact] = {}
    for space, uid in asked:
        if area := areas[space]:
            rows = db.execute(sql.FACTS_BY_UID, {"uids": parameter([uid]), "known_at": FAR, **area.range}).fetchall()
            for row, fact in zip(rows, facts_of(db, area, rows), strict=True):
                found[space, uid] = fact.model_copy(update=told_under(db, area, row).values())
    return found
