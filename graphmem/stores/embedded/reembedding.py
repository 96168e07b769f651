"""Another embedder for a store: its vectors are put aside until there is one for every text, then take over at once."""

import sqlite3
from collections.abc import Iterator, Mapping

from graphmem.errors import Conflict, InvalidInput
from graphmem.protocols import Text, Vector
from graphmem.stores.embedded import searching_statements
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area, find_all
from graphmem.stores.embedded.statements import KINDS, Kind
from graphmem.stores.embedded.vectors import Vectors

PAGE = 256
"""Vectors packed at a time: a multiple of a chunk."""


def texts(db: sqlite3.Connection, *, after: str | None, limit: int) -> list[Text]:
    """See `Store.texts`. Records are named by kind and row."""
    kind, row = _place(after)
    found: list[Text] = []
    for each in KINDS[KINDS.index(kind) :]:
        rows = db.execute(sql.TEXTS[each], {"after": row, "limit": limit - len(found)})
        found += [
            Text(record_name(each, id_), each, text, role, title, speaker) for id_, text, role, title, speaker in rows
        ]
        row = 0
    return found


def keep(db: sqlite3.Connection, vectors: Vectors, by_record: Mapping[str, Vector], *, embedder: str) -> None:
    """Put new vectors aside, and drop those that yet another embedder has left there."""
    if db.execute(sql.META, {"key": "reembedding"}).fetchone() != (embedder,):
        db.execute(sql.DROP_KEPT)
        db.execute(sql.SET_META, {"key": "reembedding", "value": embedder})
    for record, vector in by_record.items():
        db.execute(sql.KEEP_VECTOR, {"record": record, "vector": vectors.checked(vector).tobytes()})


def exchange(db: sqlite3.Connection, vectors: Vectors, *, embedder: str) -> None:
    """Let the vectors put aside take the place of those stored."""
    spaces = [space for [space] in db.execute(sql.EVERY_PART)]
    for area in find_all(db, spaces) if spaces else ():
        for kind in KINDS:
            for statement in searching_statements.DROP_VECTORS:
                db.execute(statement[kind], area.range)
            for page in _new_vectors(db, vectors, area, kind):
                vectors.append(db, area, kind, page)
        area.epoch += 1
        area.save(db)
    db.execute(sql.DROP_KEPT)
    for key, value in (("embedder", embedder), ("dimensions", str(vectors.dimensions))):
        db.execute(sql.SET_META, {"key": key, "value": value})


def _new_vectors(
    db: sqlite3.Connection, vectors: Vectors, area: Area, kind: Kind
) -> Iterator[list[tuple[int, Vector]]]:
    rows = db.execute(sql.ROWS[kind], area.range).fetchall()
    for start in range(0, len(rows), PAGE):
        page: list[tuple[int, Vector]] = []
        for [id_] in rows[start : start + PAGE]:
            kept = db.execute(sql.KEPT_VECTOR, {"record": record_name(kind, id_)}).fetchone()
            if kept is None:
                raise Conflict("something was written meanwhile: embed the texts that have come in, then finish")
            page.append((id_, vectors.stored(kept[0])))
        yield page


def record_name(kind: Kind, row: int) -> str:
    """What a record is called in `texts` and `reembed`."""
    return f"{kind}:{row}"


def _place(record: str | None) -> tuple[Kind, int]:
    if record is None:
        return "episode", 0
    for kind in KINDS:
        if record.startswith(f"{kind}:") and record.removeprefix(f"{kind}:").isdecimal():
            return kind, int(record.removeprefix(f"{kind}:"))
    raise InvalidInput(f"{record!r} is no record of this store: pass one that texts() returned")
