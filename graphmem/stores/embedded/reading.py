"""All reads of one recall, within one transaction."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from graphmem.models import Episode, Fact
from graphmem.moment import Moment, to_micros
from graphmem.protocols import Bounds, Excerpt, Known, Lookup, Question, Vector
from graphmem.scope import checked
from graphmem.stores.embedded import knowing, listing, recalling
from graphmem.stores.embedded.area import Area, find_all
from graphmem.stores.embedded.excerpt import Asked, excerpt
from graphmem.stores.embedded.fingerprints import Fingerprints
from graphmem.stores.embedded.parts import Part, Parts
from graphmem.stores.embedded.postings import of_stems
from graphmem.stores.embedded.vectors import Vectors


class Overtaken(Exception):
    """Another thread has read a later state of a part meanwhile: a transaction that begins now can use that."""


class Reading:
    """See `graphmem.protocols.Reader`. What is asked for twice is looked up once.

    Raises:
        Overtaken: See there; unless it is the last try, which reads what it needs by itself.
    """

    def __init__(self, db: sqlite3.Connection, vectors: Vectors, parts: Parts, *, is_last_try: bool) -> None:
        self._db = db
        self._vectors = vectors
        self._parts = parts
        self._is_last_try = is_last_try
        self._areas: dict[tuple[str, ...], list[Area]] = {}
        self._parts_of: dict[tuple[str, ...], list[Part]] = {}
        self._numbers: dict[str, np.uint64] = {}

    async def lookup(
        self, spaces: Sequence[str], *, keys: Sequence[str], stems: Sequence[str], known_at: datetime
    ) -> Lookup:
        """See `Reader.lookup`."""
        areas, parts = self._opened(spaces)
        numbers = dict(zip(stems, self._numbers_of(stems), strict=True))
        return recalling.lookup(self._db, areas, parts, keys=keys, stems=numbers, known_at=known_at)

    async def excerpt(
        self,
        spaces: Sequence[str],
        *,
        vector: Vector,
        stems: Sequence[str],
        keys: Sequence[str],  # noqa: ARG002 - every entity is there
        moment: Moment,
        bounds: Bounds,
    ) -> Excerpt:
        """See `Reader.excerpt`. Holds the spaces in memory; the first question about one reads it whole."""
        areas, parts = self._opened(spaces)
        view = self._parts.view(areas, parts, to_micros(moment.known_at))
        return excerpt(self._db, self._vectors, areas, view, Asked(vector, self._numbers_of(stems), moment, bounds))

    async def known(self, question: Question) -> Known:
        """See `Reader.known`."""
        return knowing.known(self._db, question)

    async def episodes(
        self, spaces: Sequence[str], ids: Sequence[str], *, known_at: datetime | None = None
    ) -> list[Episode]:
        """See `Reader.episodes`."""
        return listing.episodes(self._db, self._areas_of(spaces), ids, known_at)

    async def facts(self, spaces: Sequence[str], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
        """See `Reader.facts`."""
        return listing.facts(self._db, self._areas_of(spaces), ids, moment=moment)

    def _areas_of(self, spaces: Sequence[str]) -> list[Area]:
        named = checked(spaces)
        if named not in self._areas:
            self._areas[named] = find_all(self._db, named)
        return self._areas[named]

    def _opened(self, spaces: Sequence[str]) -> tuple[list[Area], list[Part]]:
        """The areas of some spaces, and what is kept of them in memory."""
        named, areas = checked(spaces), self._areas_of(spaces)
        if named not in self._parts_of:
            parts = self._parts.of(self._db, areas, is_last_try=self._is_last_try)
            if parts is None:
                raise Overtaken
            self._parts_of[named] = parts
        return areas, self._parts_of[named]

    def _numbers_of(self, stems: Sequence[str]) -> Fingerprints:
        """Stems as the columns know them."""
        new = [stem for stem in dict.fromkeys(stems) if stem not in self._numbers]
        if new:
            self._numbers.update(zip(new, of_stems(new), strict=True))
        return np.array([self._numbers[stem] for stem in stems], np.uint64)
