"""The reads for people: episodes, facts and entities by id or in order, histories, counts."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from graphmem.errors import NotFound
from graphmem.models import Change, Entity, Episode, Fact
from graphmem.moment import Moment, to_micros
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area
from graphmem.stores.embedded.areas import entity_row
from graphmem.stores.embedded.rows import (
    FACT_COLUMNS,
    Row,
    change_of,
    clocks,
    entity_of,
    episode_of,
    facts_of,
    parameter,
)
from graphmem.stores.tokens import token

Kept = TypeVar("Kept", Episode, Fact)


def episodes(
    db: sqlite3.Connection, areas: Sequence[Area], ids: Sequence[str], known_at: datetime | None
) -> list[Episode]:
    """See `Store.episodes`."""
    statement, asked = sql.EPISODES_BY_UID, {"uids": parameter(ids)}
    if known_at is not None:
        statement, asked = sql.KNOWN_EPISODES_BY_UID, {**asked, "known_at": to_micros(known_at)}
    found = [episode_of(row, area.space) for area in areas for row in db.execute(statement, {**asked, **area.range})]
    return _in_order(found, ids)


def find_episodes(
    db: sqlite3.Connection,
    areas: Sequence[Area],
    *,
    source_id: str | None,
    session: str | None,
    stems: Sequence[str] | None,
    last: int | None,
) -> list[str]:
    """See `Store.find_episodes`."""
    is_only_session = source_id is None and stems is None
    most = last if last is not None and is_only_session else sql.ALL
    found: list[tuple[int, int, str]] = []
    for area in areas:
        chosen: list[list[tuple[int, int, str]]] = []
        if source_id is not None:
            chosen.append(db.execute(sql.EPISODES_BY_SOURCE, {"source": source_id, **area.range}).fetchall())
        if session is not None:
            row = db.execute(sql.SESSION, {"name": session, **area.range}).fetchone()
            asked = {"session": row[0], "most": most, **area.range} if row else {}
            chosen.append(db.execute(sql.EPISODES_BY_SESSION, asked).fetchall() if row else [])
        if stems is not None:
            chosen.append(_with_words(db, area, stems) if stems else [])
        first, *others = chosen
        found += [episode for episode in first if all(episode in other for other in others)]
    in_order = [uid for _, _, uid in sorted(found)]
    return in_order if last is None else in_order[-last:]


def _with_words(db: sqlite3.Connection, area: Area, stems: Sequence[str]) -> list[tuple[int, int, str]]:
    """The episodes that hold all of some stems: every one is looked at."""
    wanted = [f" {token(stem)} " for stem in stems]
    rows = ((*episode, f" {held} ") for *episode, held in db.execute(sql.STEMS_OF_EPISODES, area.range))
    return [(said_at, id_, uid) for said_at, id_, uid, held in rows if all(word in held for word in wanted)]


def pending(db: sqlite3.Connection, areas: Sequence[Area], *, limit: int) -> list[Episode]:
    """See `Store.pending`. Every episode of the areas is looked at."""
    found = [
        episode_of(row, area.space)
        for area in areas
        for row in db.execute(sql.PENDING_EPISODES, {"far": FAR, "limit": limit, **area.range})
    ]
    return sorted(found, key=lambda episode: episode.said_at)[:limit]


def facts(db: sqlite3.Connection, areas: Sequence[Area], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
    """See `Store.facts`."""
    known_at = to_micros(moment.known_at)
    asked = {"uids": parameter(ids), "known_at": known_at}
    found = [
        fact
        for area in areas
        for fact in facts_of(
            db, area, db.execute(sql.FACTS_BY_UID, {**asked, **area.range}).fetchall(), known_at=known_at
        )
    ]
    return _in_order(found, ids)


def _in_order(found: Sequence[Kept], ids: Sequence[str]) -> list[Kept]:
    """Records in the order of the ids that were asked for."""
    place = {id_: number for number, id_ in enumerate(dict.fromkeys(ids))}
    return sorted(found, key=lambda record: place[record.id])


def list_facts(
    db: sqlite3.Connection,
    areas: Sequence[Area],
    *,
    moment: Moment | None,
    entity: str | None,
    predicate: str | None,
    limit: int,
    after: str | None,
) -> list[Fact]:
    """See `Store.list_facts`. Facts of one moment come by the order of the spaces, later ones first within each."""
    last_order, last_row, last_at = _place(db, areas, after) if after is not None else (0, 0, FAR + 1)
    found: list[tuple[tuple[int, int, int], Row]] = []
    for order, area in enumerate(areas):
        asked = {
            **(clocks(moment) if moment else {"at": 0, "known_at": FAR}),
            **area.range,
            "is_any": moment is None,
            "predicate": predicate,
            "limit": limit,
            "before": last_at,
            "before_id": last_row if order == last_order else area.hi + 1 if order > last_order else 0,
        }
        if entity is None:
            rows = db.execute(sql.LISTED_FACTS, asked).fetchall()
        elif (named := entity_row(db, area, entity)) is not None:
            rows = db.execute(sql.LISTED_FACTS_OF_ENTITY, {"entity": named[0], **asked}).fetchall()
        else:
            rows = []
        found += [((-row[FACT_COLUMNS - 1], order, -row[0]), row) for row in rows]
    found.sort(key=lambda place: place[0])
    known_at = to_micros(moment.known_at) if moment else FAR
    rows_of: dict[int, list[Row]] = {}
    for (_, order, _), row in found[:limit]:
        rows_of.setdefault(order, []).append(row)
    facts_in = {order: iter(facts_of(db, areas[order], rows, known_at=known_at)) for order, rows in rows_of.items()}
    return [next(facts_in[order]) for (_, order, _), _ in found[:limit]]


def _place(db: sqlite3.Connection, areas: Sequence[Area], uid: str) -> tuple[int, int, int]:
    for order, area in enumerate(areas):
        row = db.execute(sql.FACT_ID, {"uid": uid, **area.range}).fetchone()
        if row is not None:
            return order, row[0], row[1]
    raise NotFound(f"the listing cannot go on after {uid!r}: there is no such fact in the spaces of this call")


def list_entities(db: sqlite3.Connection, areas: Sequence[Area], *, limit: int) -> list[Entity]:
    """See `Store.list_entities`."""
    found = [
        entity_of(row, area.space)
        for area in areas
        for row in db.execute(sql.ENTITIES_BY_DEGREE, {"limit": limit, **area.range})
    ]
    return sorted(found, key=lambda entity: (-entity.degree, entity.key))[:limit]


def history(db: sqlite3.Connection, areas: Sequence[Area], fact_id: str) -> list[Change]:
    """See `Store.history`."""
    changes = [
        change_of(row, area.space, _text(db, area, row))
        for area in areas
        for row in db.execute(sql.CHANGES_OF, {"fact": fact_id, **area.range}).fetchall()
    ]
    return sorted(changes, key=lambda change: to_micros(change.at) if change.at else 0)


def changes(db: sqlite3.Connection, areas: Sequence[Area], ids: Sequence[str]) -> list[Change]:
    """See `Store.changes`."""
    return [
        change_of(row, area.space, _text(db, area, row))
        for uid in dict.fromkeys(ids)
        for area in areas
        if (row := db.execute(sql.CHANGE_BY_UID, {"uid": uid, **area.range}).fetchone())
    ]


def journal(db: sqlite3.Connection, areas: Sequence[Area], *, since: datetime, until: datetime) -> list[Change]:
    """See `Store.journal`. Every change of the areas is looked at."""
    asked = {"since": to_micros(since), "until": to_micros(until)}
    found = [
        (row[2], change_of(row, area.space, _text(db, area, row)))
        for area in areas
        for row in db.execute(sql.CHANGES_BETWEEN, {**asked, **area.range}).fetchall()
    ]
    return [change for _, change in sorted(found, key=lambda each: each[0])]


def _text(db: sqlite3.Connection, area: Area, row: Row) -> str | None:
    """The text of the fact that a change is about."""
    named = db.execute(sql.FACT_ID, {"uid": row[5] or row[8], **area.range}).fetchone()
    return db.execute(sql.FACT, {"id": named[0], **area.range}).fetchone()[3] if named else None
