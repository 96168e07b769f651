"""Vectors packed and scored: exact, and never out of date."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graphmem.errors import InvalidInput
from graphmem.protocols import Vector
from graphmem.stores.embedded import vectors as module
from graphmem.stores.embedded.area import Area, find, find_or_make
from graphmem.stores.embedded.connection import Database
from graphmem.stores.embedded.vectors import CHUNK, Vectors

SPACE = "org=acme/user=ada"
SIZE = 16


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "memory.db")
    database.open(embedder="random", dimensions=SIZE)
    yield database
    database.close()


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


def some(random: np.random.Generator, count: int) -> list[Vector]:
    matrix = random.standard_normal((count, SIZE)).astype(np.float32)
    return list(matrix / np.linalg.norm(matrix, axis=1, keepdims=True))


def append(database: Database, vectors: Vectors, new: list[Vector]) -> list[int]:
    with database.writing() as db:
        area = find_or_make(db, SPACE)
        ids = [area.new_id() for _ in new]
        area.facts += len(new)
        vectors.append(db, area, "fact", list(zip(ids, new, strict=True)))
        area.save(db)
    return ids


def replace(database: Database, vectors: Vectors, changed: dict[int, Vector | None]) -> int:
    with database.writing() as db:
        area = find_or_make(db, SPACE)
        found = vectors.replace(db, area, "fact", changed)
        area.save(db)
    return found


def scored(database: Database, vectors: Vectors, question: Vector) -> dict[int, float]:
    with database.reading() as db:
        area = find(db, SPACE)
        assert isinstance(area, Area)
        found = vectors.similarities(db, area, "fact", question)
    assert (np.diff(found.ids) > 0).all()
    return dict(zip(found.ids.tolist(), found.values.tolist(), strict=True))


def assert_exact(found: dict[int, float], expected: dict[int, Vector], question: Vector) -> None:
    assert found.keys() == expected.keys()
    for id_, vector in expected.items():
        assert np.isclose(found[id_], vector @ question, atol=1e-6)


@pytest.mark.parametrize("batches", [[1], [CHUNK - 1, 1, 1], [CHUNK], [3 * CHUNK + 5, 60, 1, 200], [1] * 70])
def test_every_vector_is_scored_exactly_however_they_came(
    batches: list[int], database: Database, random: np.random.Generator
) -> None:
    vectors = Vectors(SIZE)
    expected: dict[int, Vector] = {}
    for count in batches:
        new = some(random, count)
        expected.update(zip(append(database, vectors, new), new, strict=True))
        [question] = some(random, 1)
        assert_exact(scored(database, vectors, question), expected, question)
    with database.reading() as db:
        [chunks] = db.execute("SELECT count(*) FROM fact_chunk").fetchone()
        [tail] = db.execute("SELECT count(*) FROM fact_tail").fetchone()
    assert (chunks, tail) == divmod(sum(batches), CHUNK)


@pytest.mark.parametrize("cache", [module.LARGEST_BYTES, 1], ids=["kept in memory", "too large to keep"])
def test_what_one_process_keeps_in_memory_follows_what_another_writes(
    cache: int, tmp_path: Path, database: Database, random: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_BYTES", cache)
    other = Database(tmp_path / "memory.db")
    other.open(embedder="random", dimensions=SIZE)
    mine, theirs = Vectors(SIZE), Vectors(SIZE)
    expected: dict[int, Vector] = {}
    [question] = some(random, 1)
    for step in range(30):
        writer, keeper = (database, mine) if step % 3 else (other, theirs)
        new = some(random, int(random.integers(1, 50)))
        expected.update(zip(append(writer, keeper, new), new, strict=True))
        if step % 4 == 3:
            gone = [int(id_) for id_ in random.choice(list(expected), 5, replace=False)]
            [instead] = some(random, 1)
            assert replace(writer, keeper, {gone[0]: instead, **dict.fromkeys(gone[1:])}) == 5
            expected[gone[0]] = instead
            for id_ in gone[1:]:
                del expected[id_]
        assert_exact(scored(database, mine, question), expected, question)
        assert_exact(scored(other, theirs, question), expected, question)
    other.close()


def test_a_reader_sees_the_vectors_of_its_own_moment(database: Database, random: np.random.Generator) -> None:
    vectors = Vectors(SIZE)
    [question] = some(random, 1)
    old = some(random, 100)
    ids = append(database, vectors, old)
    with database.reading() as db:
        area = find(db, SPACE)
        assert area is not None
        append(database, vectors, some(random, 100))
        scored(database, vectors, question)
        before = vectors.similarities(db, area, "fact", question)
        replace(database, vectors, dict.fromkeys(ids[:50]))
        scored(database, vectors, question)
        again = vectors.similarities(db, area, "fact", -question)
    assert before.ids.tolist() == again.ids.tolist() == ids
    assert len(scored(database, vectors, question)) == 150


def test_memory_for_matrices_is_bounded(
    database: Database, random: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CACHE_BYTES", 5 * CHUNK * SIZE * 4)
    vectors = Vectors(SIZE)
    for owner in range(9):
        with database.writing() as db:
            area = find_or_make(db, f"{SPACE}{owner}")
            ids = [area.new_id() for _ in range(2 * CHUNK)]
            area.facts += len(ids)
            vectors.append(db, area, "fact", list(zip(ids, some(random, len(ids)), strict=True)))
            area.save(db)
        with database.reading() as db:
            area = find(db, f"{SPACE}{owner}")
            assert area is not None
            vectors.similarities(db, area, "fact", some(random, 1)[0])
            vectors.keep([area])
    assert sum(kept.room.nbytes for kept in vectors._packed.values()) <= module.CACHE_BYTES


def test_a_row_without_a_vector_is_near_to_nothing() -> None:
    found = module.Similarities(np.arange(10, 20), np.linspace(-1, 1, 10, dtype=np.float32))
    assert found.of(np.arange(10, 20)) is found.values
    assert found.of(np.array([13, 9, 25, 14])).tolist() == [found.values[3], 0.0, 0.0, found.values[4]]
    nothing = module.Similarities(np.empty(0, np.int64), np.empty(0, np.float32))
    assert nothing.of(np.array([13, 9])).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("length", [0.9, 1.1, float("nan"), float("inf")])
def test_vectors_are_of_unit_length_or_zero(length: float) -> None:
    vectors = Vectors(SIZE)
    vector = np.zeros(SIZE, np.float32)
    assert vectors.checked(vector) is not None
    vector[3] = length
    with pytest.raises(InvalidInput, match="length"):
        vectors.checked(vector)
    with pytest.raises(InvalidInput, match="16 numbers"):
        vectors.checked(vector[:3])
