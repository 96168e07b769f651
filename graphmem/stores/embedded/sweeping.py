"""What is over goes: plain deletes, by whoever comes first. For proof that nothing is left there is erasing."""

import sqlite3

from graphmem.moment import Clock, to_micros, utc
from graphmem.protocols import Erasure
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area, find
from graphmem.stores.embedded.erasing import Eraser
from graphmem.stores.embedded.vectors import Vectors


def sweep(db: sqlite3.Connection, vectors: Vectors, clock: Clock) -> None:
    """Delete what is over, whoever's it is: areas with their journals, episodes with what they alone support."""
    now = to_micros(utc(clock()))
    for [space] in db.execute(sql.DUE_PARTS, {"now": now}).fetchall():
        area = find(db, space)
        assert area is not None, "it was just listed"
        is_over = area.expires_at <= now
        uids = () if is_over else _due_episodes(db, area, now)
        erasure = Erasure((space,), everything=is_over, episodes=uids)
        Eraser(db, erasure, vectors, told_as="expired").erase(clock)
        _settle(db, space, is_over=is_over)


def _due_episodes(db: sqlite3.Connection, area: Area, now: int) -> tuple[str, ...]:
    return tuple(uid for [uid] in db.execute(sql.DUE_EPISODES, {"now": now, **area.range}))


def _settle(db: sqlite3.Connection, space: str, *, is_over: bool) -> None:
    """Say when the next of an area is over; begin it anew where all of it was."""
    area = find(db, space)
    assert area is not None, "areas stay"
    if is_over:
        for statement in sql.DROP_JOURNAL:
            db.execute(statement, area.range)
        area.expires_at = FAR
    [next_due] = db.execute(sql.NEXT_DUE, area.range).fetchone()
    area.due_at = FAR if next_due is None else next_due
    area.save(db)
