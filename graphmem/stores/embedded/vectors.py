"""Vectors of one part and kind: packed 64 to a blob, the newest one to a row, scored exactly by matrix products."""

import sqlite3
import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Vector
from graphmem.stores.embedded import searching_statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.statements import Kind
from graphmem.stores.measures import unit

CHUNK = 64
"""Vectors in a blob."""

CACHE_BYTES = 80 << 20
"""Matrices kept in memory, all parts together; those of the last call are kept in any case."""

LARGEST_BYTES = 128 << 20
"""A matrix of more than that is read anew for each question."""

BLOCK = 1024
"""Rows multiplied at once: small enough that the linear algebra library starts no threads, which would only wait for
each other beside other work."""

SPARE = 8
"""A matrix that grows gets room for one more row to so many, so that it is not copied with every chunk."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Similarities:
    """Row ids in ascending order, and the cosine of each one's vector to the question's."""

    ids: Ids
    values: Vector

    def of(self, ids: Ids) -> Vector:
        """The cosine of each of these rows, in order; 0 for one without a vector."""
        if np.array_equal(self.ids, ids):
            return self.values
        if not len(self.ids):
            return np.zeros(len(ids), np.float32)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, self.values[places], np.float32(0))


@dataclass(frozen=True, slots=True)
class _Packed:
    """The chunks of a part, side by side. `ends` counts the rows up to the end of each chunk, `room` may have more rows
    than that: there the next ones go.
    """

    epoch: int
    chunks: tuple[int, ...]
    ends: tuple[int, ...]
    ids: Ids
    room: NDArray[np.float32]

    def until(self, chunk: int) -> int:
        """How many rows stand in chunks up to `chunk`."""
        known = bisect_right(self.chunks, chunk)
        return self.ends[known - 1] if known else 0


class Vectors:
    """Vectors of a store of one dimension; safe to share between threads.

    What is kept in memory is checked against the part's epoch and its last chunk within each transaction, so that it
    is right whoever else writes to the file: chunks are only ever appended, unless the epoch grows.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._lock = threading.Lock()
        self._packed: OrderedDict[tuple[int, Kind], _Packed] = OrderedDict()

    def checked(self, vector: Vector) -> Vector:
        """The vector as it is stored.

        Raises:
            InvalidInput: It has another length, is not of unit length (nor zero), or holds what is not a number.
        """
        return unit(vector, self.dimensions)

    def stored(self, blob: bytes) -> Vector:
        """One vector as it was stored.

        Raises:
            InvalidInput: It has another length.
        """
        return self.checked(np.frombuffer(blob, dtype=np.float32))

    # reading

    def similarities(self, db: sqlite3.Connection, area: Area, kind: Kind, vector: Vector) -> Similarities:
        """The cosine of every vector of a part to `vector`, in one pass over them."""
        asked = self.checked(vector)
        [last] = db.execute(sql.LAST_CHUNK[kind], area.range).fetchone()
        packed = self._packed_similarities(db, area, kind, asked, last) if last is not None else _NONE
        tail = db.execute(sql.TAIL[kind], area.range).fetchall()
        if not tail:
            return packed
        ids = np.fromiter((id_ for id_, _ in tail), dtype=np.int64, count=len(tail))
        values = self._matrix(b"".join(blob for _, blob in tail)) @ asked
        return Similarities(np.concatenate((packed.ids, ids)), np.concatenate((packed.values, values)))

    def ids(self, db: sqlite3.Connection, area: Area, kind: Kind) -> set[int]:
        """The rows that have a vector, as they are stored now."""
        found = {id_ for id_, _ in db.execute(sql.TAIL[kind], area.range)}
        for _, id_blob, _ in db.execute(sql.CHUNKS[kind], {"after": area.lo - 1, "hi": area.hi}):
            found.update(np.frombuffer(id_blob, dtype=np.int64).tolist())
        return found

    def _packed_similarities(
        self, db: sqlite3.Connection, area: Area, kind: Kind, vector: Vector, last: int
    ) -> Similarities:
        rows = area.facts if kind == "fact" else area.episodes
        if rows * self.dimensions * 4 > LARGEST_BYTES:
            return self._streamed(db, area, kind, vector)
        packed = self._current(db, area, kind, last)
        until = packed.until(last)
        blocks = [packed.room[start : min(start + BLOCK, until)] @ vector for start in range(0, until, BLOCK)]
        return Similarities(packed.ids[:until], np.concatenate(blocks))

    def _streamed(self, db: sqlite3.Connection, area: Area, kind: Kind, vector: Vector) -> Similarities:
        ids: list[Ids] = []
        values: list[Vector] = []
        for _, id_blob, blob in db.execute(sql.CHUNKS[kind], {"after": area.lo - 1, "hi": area.hi}):
            ids.append(np.frombuffer(id_blob, dtype=np.int64))
            values.append(self._matrix(blob) @ vector)
        return Similarities(np.concatenate(ids), np.concatenate(values))

    def _current(self, db: sqlite3.Connection, area: Area, kind: Kind, last: int) -> _Packed:
        """The packed vectors of a part as of this transaction, or later within the same epoch."""
        key = (area.part, kind)
        with self._lock:
            packed = self._packed.get(key)
        if packed is not None and packed.epoch == area.epoch and packed.chunks[-1] >= last:
            with self._lock:
                self._packed[key] = packed
                self._packed.move_to_end(key)
            return packed
        known = packed if packed is not None and packed.epoch == area.epoch else None
        fresh = self._read(db, area, kind, known or self._nothing(area, kind))
        with self._lock:
            stored = self._packed.get(key)
            if stored is None or (stored.epoch, stored.chunks[-1]) <= (fresh.epoch, fresh.chunks[-1]):
                self._packed[key] = fresh
                self._packed.move_to_end(key)
        return fresh

    def _nothing(self, area: Area, kind: Kind) -> _Packed:
        """Room for all vectors of a part."""
        rows = area.facts if kind == "fact" else area.episodes
        return _Packed(area.epoch, (), (), _NONE.ids, np.empty((rows, self.dimensions), np.float32))

    def _read(self, db: sqlite3.Connection, area: Area, kind: Kind, known: _Packed) -> _Packed:
        """What is known, and the chunks after it. Threads may write the same rows into the same room at once: chunks do
        not change.
        """
        chunks, ends, ids, room = list(known.chunks), list(known.ends), [known.ids], known.room
        after = chunks[-1] if chunks else area.lo - 1
        end = ends[-1] if ends else 0
        for id_, id_blob, blob in db.execute(sql.CHUNKS[kind], {"after": after, "hi": area.hi}):
            matrix = self._matrix(blob)
            start, end = end, end + len(matrix)
            if end > len(room):
                room = _longer(room, start, end)
            room[start:end] = matrix
            chunks.append(id_)
            ends.append(end)
            ids.append(np.frombuffer(id_blob, dtype=np.int64))
        return _Packed(area.epoch, tuple(chunks), tuple(ends), np.concatenate(ids), room)

    def _matrix(self, blob: bytes) -> NDArray[np.float32]:
        return np.frombuffer(blob, dtype=np.float32).reshape(-1, self.dimensions)

    # writing

    def append(self, db: sqlite3.Connection, area: Area, kind: Kind, vectors: Sequence[tuple[int, Vector]]) -> None:
        """Store vectors of new rows, in ascending order of their ids; full chunks are packed."""
        new = [(id_, vector.tobytes()) for id_, vector in vectors]
        [count] = db.execute(sql.COUNT_TAIL[kind], area.range).fetchone()
        if count + len(new) < CHUNK:
            db.executemany(sql.ADD_TAIL[kind], [{"id": id_, "vector": blob} for id_, blob in new])
            return
        tail = db.execute(sql.TAIL[kind], area.range).fetchall()
        db.executemany(sql.DROP_TAIL[kind], [{"id": id_, **area.range} for id_, _ in tail])
        everything = [*tail, *new]
        full = len(everything) // CHUNK * CHUNK
        for start in range(0, full, CHUNK):
            some = everything[start : start + CHUNK]
            ids = np.array([id_ for id_, _ in some], dtype=np.int64).tobytes()
            db.execute(sql.ADD_CHUNK[kind], {"id": some[0][0], "ids": ids, "vectors": b"".join(b for _, b in some)})
        db.executemany(sql.ADD_TAIL[kind], [{"id": id_, "vector": blob} for id_, blob in everything[full:]])

    def replace(self, db: sqlite3.Connection, area: Area, kind: Kind, vectors: Mapping[int, Vector | None]) -> int:
        """Store other vectors for known rows, or none; the chunks they stand in are packed anew.

        Returns:
            How many vectors were there before.
        """
        found = 0
        ids = sorted(vectors)
        tail: set[int] = {id_ for id_, _ in db.execute(sql.TAIL[kind], area.range)}
        for id_ in ids:
            if id_ in tail:
                vector = vectors[id_]
                keys = {"id": id_, **area.range}
                if vector is None:
                    db.execute(sql.DROP_TAIL[kind], keys)
                else:
                    db.execute(sql.SAVE_TAIL[kind], {**keys, "vector": vector.tobytes()})
                found += 1
        packed: list[int] = [id_ for id_ in ids if id_ not in tail]
        while packed:
            chunk = db.execute(sql.CHUNK_WITH[kind], {"id": packed[-1], "lo": area.lo}).fetchone()
            if chunk is None:
                break
            first = bisect_left(packed, chunk[0])
            found += self._repack(db, area, kind, chunk, {id_: vectors[id_] for id_ in packed[first:]})
            del packed[first:]
        if found:
            area.epoch += 1
            self.forget(area)
        return found

    def _repack(
        self,
        db: sqlite3.Connection,
        area: Area,
        kind: Kind,
        chunk: tuple[int, bytes, bytes],
        vectors: Mapping[int, Vector | None],
    ) -> int:
        id_, id_blob, blob = chunk
        rows = dict(zip(np.frombuffer(id_blob, dtype=np.int64).tolist(), self._matrix(blob), strict=True))
        replaced = rows.keys() & vectors.keys()
        kept = {row: vectors.get(row, old) for row, old in rows.items()}
        left = {row: vector for row, vector in kept.items() if vector is not None}
        keys = {"id": id_, **area.range}
        if left:
            ids = np.array(list(left), dtype=np.int64).tobytes()
            packed = b"".join(np.ascontiguousarray(vector).tobytes() for vector in left.values())
            db.execute(sql.SAVE_CHUNK[kind], {**keys, "ids": ids, "vectors": packed})
        else:
            db.execute(sql.DROP_CHUNK[kind], keys)
        return len(replaced)

    def keep(self, areas: Sequence[Area]) -> None:
        """Let go of what was asked for longest ago until the rest has room, but of nothing of these areas."""
        asked = {area.part for area in areas}
        with self._lock:
            size = sum(packed.room.nbytes for packed in self._packed.values())
            for key in [key for key in self._packed if key[0] not in asked]:
                if size <= CACHE_BYTES:
                    break
                size -= self._packed.pop(key).room.nbytes

    def forget(self, area: Area) -> None:
        """Drop what memory holds of a part."""
        with self._lock:
            for key in [key for key in self._packed if key[0] == area.part]:
                del self._packed[key]

    def forget_all(self) -> None:
        """Drop everything."""
        with self._lock:
            self._packed.clear()


def _longer(room: NDArray[np.float32], used: int, wanted: int) -> NDArray[np.float32]:
    """A copy of the rows that are used, with more room behind them."""
    longer = np.empty((wanted + wanted // SPARE, room.shape[1]), np.float32)
    longer[:used] = room[:used]
    return longer


_NONE = Similarities(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
