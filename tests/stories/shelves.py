"""Places where memory is kept, for tests that look past it: into every byte of a folder, every node of a server."""

import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import neo4j
import numpy as np

from graphmem import Memory
from graphmem._colour import drive
from graphmem.embedding.static import StaticEmbedder
from graphmem.moment import now
from graphmem.moving import Mover
from graphmem.protocols import Store, Vector
from graphmem.stores.embedded import EmbeddedStore
from graphmem.stores.neo4j import Neo4jStore
from tests.servers import QUERIES, Server

EMBEDDER = StaticEmbedder()


def moved(source: Store, target: Store) -> int:
    """Carry everything from one store into another; return how many records were new."""
    mover = Mover(source, target, EMBEDDER, clock=now)
    plan = drive(mover.plan(None, progress=None))
    return drive(mover.move(plan, progress=None)).new


class Shelf(ABC):
    """Where a memory is kept. What it counts are copies of words, in whatever case, and of vectors."""

    @abstractmethod
    def store(self) -> Store: ...

    @contextmanager
    def memory(self, **settings: object) -> Generator[Memory]:
        with Memory(self.store(), **settings) as memory:  # pyright: ignore[reportArgumentType]
            yield memory

    @abstractmethod
    def copies(self, words: Sequence[str]) -> int: ...

    @abstractmethod
    def vectors(self, wanted: Sequence[Vector]) -> int: ...

    @abstractmethod
    def restart(self) -> None: ...

    @abstractmethod
    def compact(self) -> None: ...

    @abstractmethod
    def back_up(self, path: Path) -> None: ...

    @abstractmethod
    def restore(self, path: Path) -> None: ...

    @abstractmethod
    @contextmanager
    def being_read(self) -> Generator[None]: ...

    def secrets(self, words: Sequence[str]) -> list[Vector]:
        """The vectors of all texts that hold one of these words."""
        texts = drive(self.store().texts(after=None, limit=10_000))
        told = [text.text for text in texts if any(word in text.text.lower() for word in words)]
        return list(drive(EMBEDDER.embed(told, purpose="document")))


class FileShelf(Shelf):
    """A folder with one file, its log, and whatever else is left there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.path = folder / "memory.db"

    def store(self) -> Store:
        return EmbeddedStore(self.path)

    def _bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()))

    def copies(self, words: Sequence[str]) -> int:
        found = self._bytes().lower()
        return sum(found.count(word.encode()) for word in words)

    def vectors(self, wanted: Sequence[Vector]) -> int:
        found = self._bytes()
        return sum(found.count(np.asarray(vector, np.float32).tobytes()) for vector in wanted)

    def restart(self) -> None:
        """Each memory opens the file anew."""

    def compact(self) -> None:
        with sqlite3.connect(self.path) as connection:
            connection.execute("VACUUM")
        connection.close()

    def back_up(self, path: Path) -> None:
        shutil.copy(self.path, path)

    def restore(self, path: Path) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        shutil.copy(path, self.path)

    @contextmanager
    def being_read(self) -> Generator[None]:
        reader = sqlite3.connect(self.path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM episode").fetchone()
        try:
            yield
        finally:
            reader.execute("ROLLBACK")
            reader.close()


class ServerShelf(Shelf):
    """A server of its own; a backup of it is a file that everything was moved into."""

    def __init__(self, server: Server, driver: neo4j.Driver) -> None:
        server.empty()
        self.server = server
        self.driver = driver

    def store(self) -> Store:
        return Neo4jStore(self.driver, database=self.server.database)

    def _run(self, query: str, **values: object) -> list[neo4j.Record]:
        with self.driver.session(database=self.server.database) as session:
            return list(session.run((QUERIES / f"{query}.cypher").read_text(), values))  # type: ignore[arg-type]

    def copies(self, words: Sequence[str]) -> int:
        records = [str(record.data()).lower() for record in self._run("everything")]
        indexed = sum(len(self._run("find_words", words=f"stems:{word}*")) for word in words)
        return indexed + sum(record.count(word) for record in records for word in words)

    def vectors(self, wanted: Sequence[Vector]) -> int:
        kept = [value for record in self._run("everything") for value in record["values"].values()]
        floats = [np.asarray(value) for value in map(_numbers, kept) if value is not None]
        return sum(
            len(vector) == len(other) and np.allclose(vector, other, atol=1e-6)
            for vector in floats
            for other in map(np.asarray, wanted)
        )

    def restart(self) -> None:
        self.server.kill()
        self.server.restart()
        self.driver.verify_connectivity()

    def compact(self) -> None:
        """Nothing that a client could ask a server for."""

    def back_up(self, path: Path) -> None:
        file = EmbeddedStore(path)
        moved(self.store(), file)
        drive(file.close())

    def restore(self, path: Path) -> None:
        self.server.empty()
        file = EmbeddedStore(path)
        moved(file, self.store())
        drive(file.close())

    @contextmanager
    def being_read(self) -> Generator[None]:
        with (
            self.driver.session(database=self.server.database) as session,
            session.begin_transaction() as transaction,
        ):
            transaction.run((QUERIES / "everything.cypher").read_text()).peek()  # type: ignore[arg-type]
            yield


def _numbers(value: object) -> Sequence[float] | None:
    if hasattr(value, "to_native"):
        value = value.to_native()  # pyright: ignore - a vector as newer servers send it
    is_vector = isinstance(value, Sequence) and len(value) == EMBEDDER.dimensions and isinstance(value[0], float)  # pyright: ignore
    return value if is_vector else None  # pyright: ignore
