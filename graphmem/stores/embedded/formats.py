"""What the file of a store has to look like, and how one of an older format comes to that."""

import sqlite3
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from graphmem.errors import FormatTooNew, NotAStore
from graphmem.stores.embedded import statements as sql

APPLICATION_ID = 0x47524D4D  # "GRMM", in the header of every store
FORMAT = 6
PAGE_BYTES = 4096
"""A write of one text changes a row here and there: whole pages of this size go to the log, and have to reach the disk
before it returns."""
_TO_THE_NEXT = {
    4: ("ALTER TABLE episode ADD COLUMN text_digest TEXT",),
    5: (
        "DROP TABLE episode_words",
        *(f"DROP INDEX {table}_edited" for table in ("episode", "entity", "fact")),
        *(
            f"CREATE INDEX {table}_edited ON {table}(edited) WHERE edited > id"
            for table in ("episode", "entity", "fact")
        ),
    ),
}
"""What makes an older format the next one: done when a store is opened."""


def prepare(connection: sqlite3.Connection, fresh: Mapping[str, str] | None, *, path: str | Path) -> None:
    """Create the layout where there is none, if there is something to say in `meta`, or bring an older one up to date.

    Raises:
        NotAStore, FormatTooNew: As their names say; the file stays as it was.
    """
    if _is_empty(connection) and fresh is not None:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("BEGIN EXCLUSIVE")
        try:
            if _is_empty(connection):  # still: another process may have been faster
                _create(connection, fresh)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise NotAStore(f"{path} is not a graphmem store and was left as it is: name another file")
    if _pragma(connection, "user_version") in _TO_THE_NEXT:
        _bring_up_to_date(connection)
    if (written := _pragma(connection, "user_version")) > FORMAT:
        raise FormatTooNew(
            f"{path} has format {written}, this graphmem reads up to {FORMAT}: upgrade graphmem, "
            "or export with the newer one"
        )
    if written < FORMAT:
        raise NotAStore(
            f"{path} has format {written}, of a graphmem that was never released, and was left as it is: "
            "name another file, and import what that one exports"
        )


def _is_empty(connection: sqlite3.Connection) -> bool:
    [tables] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and _pragma(connection, "application_id") == 0


def _create(connection: sqlite3.Connection, meta: Mapping[str, str]) -> None:
    schema = files("graphmem.stores.embedded").joinpath("schema.sql").read_text(encoding="utf-8")
    for statement in schema.split(";\n"):
        connection.execute(statement)
    connection.executemany(sql.SET_META, [{"key": key, "value": value} for key, value in meta.items()])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        while statements := _TO_THE_NEXT.get(older := _pragma(connection, "user_version")):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {older + 1}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    [value] = connection.execute(f"PRAGMA {name}").fetchone()
    return value
