"""The areas of one transaction, and the entities that are named in them."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping

from graphmem.models import Entity
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area, find
from graphmem.stores.embedded.merging import Merged, merged_in, stands_for
from graphmem.stores.embedded.rows import Row, entity_of, parameter


class Areas:
    """The areas of spaces, and what is named in them, each found once in a transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._found: dict[str, Area | None] = {}
        self._merged: dict[str, Mapping[str, Merged]] = {}
        self._rows: defaultdict[str, dict[str, Row | None]] = defaultdict(dict)
        self._entities: defaultdict[str, dict[int, Entity]] = defaultdict(dict)

    def __getitem__(self, space: str) -> Area | None:
        if space not in self._found:
            self._found[space] = find(self._db, space)
        return self._found[space]

    def merged(self, area: Area) -> Mapping[str, Merged]:
        """The merged entities of an area."""
        if area.space not in self._merged:
            self._merged[area.space] = merged_in(self._db, area)
        return self._merged[area.space]

    def named(self, area: Area, key: str) -> Row | None:
        """The row of the entity that a key or an alias stands for."""
        return self._rows_of(area, [key]).get(key)

    def entity(self, area: Area, key: str) -> Entity | None:
        """The entity that a key or an alias stands for."""
        row = self.named(area, key)
        return self._entity(area, row) if row is not None else None

    def entities(self, area: Area, keys: Iterable[str]) -> dict[str, Entity]:
        """The entities that keys or aliases stand for."""
        asked = dict.fromkeys(keys)
        rows = self._rows_of(area, asked)
        return {key: self._entity(area, row) for key in asked if (row := rows[key]) is not None}

    def _entity(self, area: Area, row: Row) -> Entity:
        met = self._entities[area.space]
        if row[0] not in met:
            met[row[0]] = entity_of(row, area.space)
        return met[row[0]]

    def _rows_of(self, area: Area, keys: Iterable[str]) -> Mapping[str, Row | None]:
        met = self._rows[area.space]
        if new := [key for key in keys if key not in met]:
            rows = self._read(area, new)
            met.update((key, rows.get(key)) for key in new)
        return met

    def _read(self, area: Area, keys: Iterable[str]) -> dict[str, Row]:
        """For each key its entity or the one that this was merged into, else the one that bears it as an alias, the
        most spoken of where several do.
        """
        asked = {"keys": parameter(keys), "known_at": FAR, **area.range}
        rows = self._db.execute(sql.ENTITIES_NAMED, asked).fetchall()
        merged: Mapping[str, Merged] = self.merged(area) if any(row[1] != row[-1] for row in rows) else {}

        def nearness(row: Row) -> tuple[bool, bool, int, int]:
            id_, key, *_, degree, _, name = row
            return key == name, name in merged and stands_for(merged, name) == key, degree, -id_

        return {row[-1]: row for row in sorted(rows, key=nearness)}


def entity_row(db: sqlite3.Connection, area: Area, key: str) -> Row | None:
    """The row of the entity that a key or an alias stands for."""
    return Areas(db).named(area, key)
