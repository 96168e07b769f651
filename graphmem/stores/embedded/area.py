"""The part of a store that belongs to one space: its range of row ids, its counters, its own clock."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, fields

from graphmem.moment import FAR_FUTURE, to_micros
from graphmem.scope import checked
from graphmem.stores.embedded import statements as sql

FAR = to_micros(FAR_FUTURE)

_SEQUENCE_BITS = 32
_LAST = (1 << _SEQUENCE_BITS) - 1


@dataclass(slots=True)
class Area:
    """One row of `part`. Within a write it is changed and saved at the end."""

    part: int
    space: str
    next: int
    last_at: int
    epoch: int
    self: str | None
    episodes: int
    episode_stems: int
    facts: int
    expires_at: int
    due_at: int

    @property
    def lo(self) -> int:
        """The lowest row id."""
        return self.part << _SEQUENCE_BITS

    @property
    def hi(self) -> int:
        """The highest row id."""
        return self.lo | _LAST

    @property
    def range(self) -> dict[str, int]:
        """The parameters that every statement carries."""
        low = self.part << _SEQUENCE_BITS
        return {"lo": low, "hi": low | _LAST}

    def new_id(self) -> int:
        """The id of a new row."""
        taken = self.lo | self.next
        self.next += 1
        return taken

    def save(self, db: sqlite3.Connection) -> None:
        """Write the counters back."""
        values = {name: getattr(self, name) for name in _COLUMNS}
        db.execute(sql.SAVE_PART, values)
        db.execute(sql.SAVE_ENDS, values)


_COLUMNS = tuple(field.name for field in fields(Area))


def find(db: sqlite3.Connection, space: str) -> Area | None:
    """The area of a space; None where nothing was ever written to it."""
    row = db.execute(sql.PART, {"space": space}).fetchone()
    return Area(*row) if row else None


def find_all(db: sqlite3.Connection, spaces: Iterable[str]) -> list[Area]:
    """The areas of the spaces that have one, in the order of the spaces, each once.

    Raises:
        ScopeMissing: No space is named.
    """
    found = (find(db, space) for space in dict.fromkeys(checked(spaces)))
    return [area for area in found if area is not None]


def find_or_make(db: sqlite3.Connection, space: str) -> Area:
    """The area of a space, within a write."""
    area = find(db, space)
    if area is None:
        db.execute(sql.ADD_PART, {"space": space, "at": -FAR})
        area = find(db, space)
        assert area is not None, "it was added"
    return area
