"""The parts that questions were last about, kept in memory and never out of date."""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.columns import Columns, read
from graphmem.stores.embedded.view import View, joined, view_of

CACHE_BYTES = 32 << 20
"""Columns kept in memory, all parts together; those of the last call are kept in any case."""

VIEWS = 4
"""Sets of spaces that were read together, or as they were known at a moment, kept as they were laid out."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one state, what everything known in it looks like, and how much memory the columns take."""

    columns: Columns
    now: View
    bytes: int


class Parts:
    """Parts of a store; safe to share between threads.

    What is kept is compared with the part's row within each transaction: who writes to the file moves `next` on, or
    `epoch` where anything was changed that is not announced by `edited`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Part] = OrderedDict()
        self._views: OrderedDict[tuple[tuple[int, ...], int | None], tuple[list[Columns], View]] = OrderedDict()

    def of(self, db: sqlite3.Connection, areas: Sequence[Area], *, is_last_try: bool) -> list[Part] | None:
        """The parts as of this transaction; None where another thread has read a later one meanwhile, unless it is the
        last try.
        """
        parts: list[Part] = []
        for area in areas:
            with self._lock:
                known = self._kept.get(area.part)
            if known is not None and _state(known) > (area.epoch, area.next):
                if not is_last_try:
                    return None
                known = None
            if known is None or _state(known) != (area.epoch, area.next):
                columns = read(db, area, known.columns if known and known.columns.epoch == area.epoch else None)
                known = Part(columns, view_of(columns, columns.last_at), columns.bytes)
            parts.append(known)
        self._keep(areas, parts)
        return parts

    def view(self, areas: Sequence[Area], parts: Sequence[Part], known_at: int) -> View:
        """The parts as they were known at a moment."""
        is_now = all(part.columns.last_at <= known_at for part in parts)
        if is_now and len(parts) == 1:
            return parts[0].now
        columns = [part.columns for part in parts]
        key = tuple(area.part for area in areas), None if is_now else known_at
        with self._lock:
            kept = self._views.get(key)
        if kept is None or any(one is not other for one, other in zip(kept[0], columns, strict=True)):
            kept = columns, joined([part.now if is_now else view_of(part.columns, known_at) for part in parts])
        with self._lock:
            self._views[key] = kept
            self._views.move_to_end(key)
            while len(self._views) > VIEWS:
                self._views.popitem(last=False)
        return kept[1]

    def forget(self, area: Area) -> None:
        """Drop what memory holds of a part."""
        with self._lock:
            self._kept.pop(area.part, None)
            for key in [key for key in self._views if area.part in key[0]]:
                del self._views[key]

    def forget_all(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()
            self._views.clear()

    def _keep(self, areas: Sequence[Area], parts: Sequence[Part]) -> None:
        with self._lock:
            for area, part in zip(areas, parts, strict=True):
                self._kept[area.part] = part
                self._kept.move_to_end(area.part)
            size = sum(part.bytes for part in self._kept.values())
            while size > CACHE_BYTES and len(self._kept) > len(areas):
                _, dropped = self._kept.popitem(last=False)
                size -= dropped.bytes


def _state(part: Part) -> tuple[int, int]:
    return part.columns.epoch, part.columns.next
