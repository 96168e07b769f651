"""What the word index of facts says about stems."""

import sqlite3

from graphmem.stores.embedded import searching_statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.tokens import phrase


def facts_with(db: sqlite3.Connection, area: Area, stem: str) -> list[int]:
    """The facts of an area that hold a stem, in ascending order."""
    [rows] = db.execute(sql.FACTS_WITH_WORD, {"match": phrase([stem]), **area.range}).fetchone()
    return [int(row) for row in rows.split(",")] if rows is not None else []
