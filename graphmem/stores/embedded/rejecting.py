"""What must not be learned again in an area."""

import sqlite3
from collections.abc import Iterable

from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.rows import parameter
from graphmem.stores.tombstones import after, new_salt, salt_of, sealed, sealed_by_all


def rejected(db: sqlite3.Connection, area: Area | None, digests: Iterable[str]) -> set[str]:
    """Those of some digests that were rejected."""
    if area is None or not (salts := _salts(db, area)):
        return set()
    tombstones = sealed_by_all(digests, salts)
    found = db.execute(sql.REJECTED, {"part": area.part, "digests": parameter(tombstones)})
    return {tombstones[tombstone] for [tombstone] in found}


def reject(db: sqlite3.Connection, area: Area, digests: Iterable[str]) -> None:
    """Keep tombstones of these digests."""
    salt = next(iter(_salts(db, area)), None) or new_salt()
    rows = [{"part": area.part, "digest": sealed(digest, salt)} for digest in digests]
    db.executemany(sql.ADD_REJECTED, rows)


def readmit(db: sqlite3.Connection, area: Area, digests: Iterable[str]) -> None:
    """Let these digests be learned again."""
    tombstones = sealed_by_all(digests, _salts(db, area))
    db.execute(sql.DROP_REJECTED, {"part": area.part, "digests": parameter(tombstones)})


def _salts(db: sqlite3.Connection, area: Area) -> list[str]:
    """The salts of an area: one step of the index each."""
    found: list[str] = []
    place = ""
    while row := db.execute(sql.NEXT_REJECTED, {"part": area.part, "after": place}).fetchone():
        found.append(salt_of(row[0]))
        place = after(found[-1])
    return found
