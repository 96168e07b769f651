"""What the word index says about stems."""

import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np

from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.statements import Kind
from graphmem.stores.embedded.vectors import Ids
from graphmem.stores.tokens import POOL, phrase
from graphmem.words import idf

REMEMBERED_COUNTS = 16_384


def rows_with(db: sqlite3.Connection, area: Area, kind: Kind, stem: str) -> list[int]:
    """The rows of an area that hold a stem, in ascending order."""
    [rows] = db.execute(sql.ROWS_WITH_WORD[kind], {"match": phrase([stem]), **area.range}).fetchone()
    return [int(row) for row in rows.split(",")] if rows is not None else []


class Words:
    """What the word index knows about stems. Counts are kept for as long as nothing is written to an area."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, int, Kind, str], int] = {}

    def frequencies(
        self, db: sqlite3.Connection, areas: Sequence[Area], kind: Kind, stems: Iterable[str]
    ) -> dict[str, int]:
        """In how many texts of all these areas together each stem stands."""
        return {stem: sum(self._count(db, area, kind, stem) for area in areas) for stem in stems}

    def rows(
        self, db: sqlite3.Connection, areas: Sequence[Area], kind: Kind, stems: Iterable[str]
    ) -> dict[int, list[int]]:
        """For each area its rows that share stems with the question, those that share the most idf first."""
        total = sum(area.episodes if kind == "episode" else area.facts for area in areas)
        frequencies = self.frequencies(db, areas, kind, stems)
        rarest = sorted((count, stem) for stem, count in frequencies.items() if count)
        ranked: dict[int, list[int]] = {}
        for area in areas:
            found: list[Ids] = []
            weights: list[float] = []
            for count, stem in rarest:
                if sum(map(len, found)) >= POOL:
                    break
                found.append(np.array(rows_with(db, area, kind, stem), dtype=np.int64))
                weights.append(idf(total, count))
            ranked[area.part] = _heaviest(found, weights)
        return ranked

    def _count(self, db: sqlite3.Connection, area: Area, kind: Kind, stem: str) -> int:
        if not (area.episodes if kind == "episode" else area.facts):
            return 0
        key = (area.part, area.last_at, kind, stem)
        count = self._counts.get(key)
        if count is None:
            [count] = db.execute(sql.COUNT_WORD[kind], {"match": phrase([stem]), **area.range}).fetchone()
            if len(self._counts) >= REMEMBERED_COUNTS:
                self._counts.clear()
            self._counts[key] = count
        return count


def _heaviest(found: Sequence[Ids], weights: Sequence[float]) -> list[int]:
    """Rows by the sum of the weights of the lists they stand in, highest first, older rows first among equals."""
    if not found:
        return []
    ids, places = np.unique(np.concatenate(found), return_inverse=True)
    each = np.repeat(np.asarray(weights), [len(rows) for rows in found])
    return ids[np.argsort(-np.bincount(places, each), kind="stable")].tolist()
