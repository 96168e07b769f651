"""What the word index says about stems."""

import sqlite3

from graphmem.stores.embedded import searching_statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.statements import Kind
from graphmem.stores.tokens import phrase


def rows_with(db: sqlite3.Connection, area: Area, kind: Kind, stem: str) -> list[int]:
    """The rows of an area that hold a stem, in ascending order."""
    [rows] = db.execute(sql.ROWS_WITH_WORD[kind], {"match": phrase([stem]), **area.range}).fetchone()
    return [int(row) for row in rows.split(",")] if rows is not None else []
