"""Stems as tokens of the word index, and what the index says about them.

What a stem is, and what a shared one proves, is decided elsewhere (`graphmem.words`); here a stem is any text that
must come back as it was and match only itself.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.statements import Kind
from graphmem.stores.embedded.vectors import Ids
from graphmem.words import idf

POOL = 2000
"""Rows that share a rare stem with the question, from which on commoner stems bring no new ones."""

REMEMBERED_COUNTS = 16_384
REMEMBERED_TEXTS = 8_192
"""One recall meets the same text several times."""

_PLAIN = re.compile(r"[0-9a-wyz][0-9a-z]*")


def token(stem: str) -> str:
    """The one token that stands for a stem: ASCII letters and digits, whatever the stem is.

    The tokenizer splits and folds by rules of its own, so that a stem of anything else (and one that starts with x,
    to keep the two apart) is written as x and its bytes.
    """
    return stem if _PLAIN.fullmatch(stem) else f"x{stem.encode().hex()}"


def _stem(token: str) -> str:
    return bytes.fromhex(token[1:]).decode() if token.startswith("x") else token


def packed(stems: Iterable[str]) -> str:
    """Stems as they are stored and indexed."""
    return " ".join(map(token, stems))


@lru_cache(REMEMBERED_TEXTS)
def unpacked(stored: str) -> tuple[str, ...]:
    """The inverse of `packed`."""
    tokens = stored.split()
    return tuple(tokens) if "x" not in stored else tuple(map(_stem, tokens))


def forget_texts() -> None:
    """Let go of the texts remembered."""
    unpacked.cache_clear()


def match(stem: str) -> str:
    """The search for one stem."""
    return f'"{token(stem)}"'


def phrase(stems: Sequence[str]) -> str:
    """The search for stems in a row."""
    return f'"{packed(stems)}"'


def rows_with(db: sqlite3.Connection, area: Area, kind: Kind, stem: str) -> list[int]:
    """The rows of an area that hold a stem, in ascending order."""
    [rows] = db.execute(sql.ROWS_WITH_WORD[kind], {"match": match(stem), **area.range}).fetchone()
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
            [count] = db.execute(sql.COUNT_WORD[kind], {"match": match(stem), **area.range}).fetchone()
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
