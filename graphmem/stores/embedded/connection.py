"""One SQLite file and the connections to it: what it must look like, how it is locked, and what its errors mean."""

import logging
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from graphmem.errors import EmbedderMismatch, NotAStore, PartMissing, StoreError, StoreUnavailable
from graphmem.forking import paused_by_forks
from graphmem.stores.embedded import formats
from graphmem.stores.embedded import statements as sql

LONGEST_WAL_BYTES = 32 << 20
WRITER_CACHE_KIB, READER_CACHE_KIB = 65_536, 16_384
"""Pages kept by each connection. Who reads keeps what questions need as columns, and there may be many."""
UNSCRUBBED = "unscrubbed"
"""In `meta` from the moment when something is erased until the file was written anew: whoever is stopped in between
leaves it to whoever opens next.
"""
PATIENCE_S = 10.0
"""How long a call waits for another writer, in this process or another."""

log = logging.getLogger("graphmem.store")

_HEADER = b"SQLite format 3\x00"
_SETTINGS = (
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power cut
    "PRAGMA secure_delete = ON",  # what was deleted is overwritten
    "PRAGMA mmap_size = 0",
    "PRAGMA temp_store = MEMORY",  # nothing remembered goes to temporary files
)


class Readers:
    """The threads that read, and a pause in which none but one of them begins to."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._threads: list[int] = []
        self._pausing: int | None = None

    @contextmanager
    def one(self) -> Generator[None]:
        """A thread that reads; it may do so within what it reads already."""
        me = threading.get_ident()
        with self._changed:
            self._changed.wait_for(lambda: self._pausing in (None, me) or me in self._threads)
            self._threads.append(me)
        try:
            yield
        finally:
            with self._changed:
                self._threads.remove(me)
                self._changed.notify_all()

    def pause(self) -> None:
        """Wait for the other threads to have read, for `PATIENCE_S` at most: one may wait for this one."""
        me = threading.get_ident()
        with self._changed:
            self._pausing = me
            self._changed.wait_for(lambda: all(thread == me for thread in self._threads), PATIENCE_S)

    def go_on(self) -> None:
        """Let everybody read again."""
        with self._changed:
            self._pausing = None
            self._changed.notify_all()


class Database:
    """The file behind an `EmbeddedStore`: one connection that writes, and as many that read as are needed at once.

    A private one in memory (":memory:") has a single connection, and its calls take turns.
    """

    def __init__(self, path: str | Path, *, makes_folder: bool = False) -> None:
        self._writer: sqlite3.Connection | None = None
        self._writing = threading.RLock()
        self._reading = Readers()
        self._idle: list[sqlite3.Connection] = []
        self._inherited: list[sqlite3.Connection] = []
        self._makes_folder = makes_folder
        self._log_is_due = False  # a reader held the log when it was to be emptied
        self.path = path if path == ":memory:" else Path(path)
        self._log = Path(f"{path}-wal")
        paused_by_forks(self)

    def __del__(self) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether it is connected."""
        return self._writer is not None

    @property
    def is_in_memory(self) -> bool:
        """Whether it goes when it is closed."""
        return isinstance(self.path, str)

    def open(self, *, embedder: str, dimensions: int) -> None:
        """Connect, and create the layout where there is none; at once when it is open already.

        Raises:
            NotAStore, FormatTooNew, EmbedderMismatch, StoreUnavailable, PartMissing: As their names say.
        """
        with self._writing:
            if self._writer is None:
                self._writer = self._first_connection({"embedder": embedder, "dimensions": str(dimensions)})
                self._finish_scrubbing()
            with self._translated():
                [made_by] = self._writer.execute(sql.META, {"key": "embedder"}).fetchone()
            check_embedder(made_by, embedder)

    def open_existing(self) -> None:
        """Connect to a store whose embedder may be any."""
        with self._writing:
            if self._writer is None:
                self._writer = self._first_connection(None)

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """A connection within one read transaction: everything is seen as of one moment."""
        if self.is_in_memory:
            with self._writing, self._translated():
                yield self._open_writer()
            return
        with self._reading.one():
            connection = self._reader()
            try:
                with self._translated(), _transaction(connection):
                    yield connection
            finally:
                self._idle.append(connection)

    @contextmanager
    def reading_to_write(self) -> Generator[sqlite3.Connection]:
        """The same for who writes next: on the connection that writes, which still holds the pages that it wrote last,
        unless somebody else is writing.
        """
        if self.is_in_memory or not self._writing.acquire(blocking=False):
            with self.reading() as connection:
                yield connection
            return
        try:
            with self._translated(), _transaction(self._open_writer()) as connection:
                yield connection
        finally:
            self._writing.release()

    @contextmanager
    def writing(self, *, is_kept: bool = True) -> Generator[sqlite3.Connection]:
        """The connection that writes, within one transaction: everything is kept or, unless `is_kept`, nothing."""
        with self._writing, self._translated():
            connection = self._open_writer()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT" if is_kept else "ROLLBACK")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            if self._wal_bytes() > LONGEST_WAL_BYTES:
                self._checkpoint(connection, patience_ms=250)
            elif self._log_is_due:
                self._checkpoint(connection, patience_ms=0)

    def scrub(self) -> list[str]:
        """Write the file anew and empty the log, so that no copy of what was erased is left; say what was not reached.

        `secure_delete` overwrites what is deleted, but not the copies that rows left behind when a tree was balanced
        earlier. Time grows with the file (about a second for 100 MB); as much room is needed beside it. What a reader
        keeps from being done is done by the first write after it; what a crash cuts off, by whoever opens next.
        """
        unreached = ["backups, copies and exports made earlier: erase them where they are"]
        if self.is_in_memory:
            return unreached
        with self._writing, self._translated():
            connection = self._open_writer()
            try:
                connection.execute("PRAGMA temp_store = FILE")  # the new file, of what is kept, is too large for memory
                connection.execute("VACUUM")
                connection.execute(sql.DROP_META, {"key": UNSCRUBBED})
            except sqlite3.Error as error:
                unreached.insert(0, f"free space in {self.path}, not cleared ({error}): make room and erase again")
            finally:
                connection.execute("PRAGMA temp_store = MEMORY")
            self._log_is_due = not self._checkpoint(connection, patience_ms=1000)
            if self._log_is_due:
                unreached.insert(
                    0, f"{self.path}-wal, which a reader holds: the first write after it has ended clears it"
                )
        return unreached

    def bytes(self) -> int | None:
        """Size of the file and its log; None in memory."""
        return None if isinstance(self.path, str) else self.path.stat().st_size + self._wal_bytes()

    def close(self) -> None:
        """Close every connection; the last one out empties the log."""
        with self._writing:
            while self._idle:
                self._idle.pop().close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def pause(self) -> None:
        """Wait until no other thread reads or writes, and let none: SQLite keeps locks of its own in memory."""
        self._writing.acquire()
        self._reading.pause()

    def go_on(self) -> None:
        """Let them read and write again."""
        self._reading.go_on()
        self._writing.release()

    def leave_to_parent(self) -> None:
        """After a fork: connections belong to the process that made them, and must not even be closed by its child."""
        self._writing, self._reading = threading.RLock(), Readers()
        if not self.is_in_memory:
            self._inherited += [*self._idle, *([self._writer] if self._writer else [])]
            self._writer, self._idle = None, []

    # connections

    def _open_writer(self) -> sqlite3.Connection:
        if self._writer is None:
            raise StoreUnavailable(f"{self.path} is not open: it was closed, or open() was never called")
        return self._writer

    def _reader(self) -> sqlite3.Connection:
        self._open_writer()
        with suppress(IndexError):
            return self._idle.pop()
        with self._translated():
            return self._connect("rw", cache_kib=READER_CACHE_KIB)

    def _first_connection(self, fresh: dict[str, str] | None) -> sqlite3.Connection:
        self._check_file()
        if fresh is not None and self._makes_folder and isinstance(self.path, Path):
            _make_folder(self.path.parent)
        with self._translated(), ExitStack() as undone:
            connection = undone.enter_context(closing(self._connect("rwc" if fresh is not None else "rw")))
            _probe_full_text(connection)
            formats.prepare(connection, fresh, path=self.path)
            if not self.is_in_memory:
                _use_wal(connection)
            undone.pop_all()  # it is made, and stays open
            return connection

    def _finish_scrubbing(self) -> None:
        """Do what somebody who erased was stopped before."""
        with self._translated():
            is_due = self._open_writer().execute(sql.META, {"key": UNSCRUBBED}).fetchone()
        if is_due:
            log.info("an erasure was stopped before its file was written anew: that is done now")
            self.scrub()

    def _connect(self, mode: str, *, cache_kib: int = WRITER_CACHE_KIB) -> sqlite3.Connection:
        # Connections are handed from thread to thread, never shared by two at once.
        name = self.path if isinstance(self.path, str) else f"{self.path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(
            name, uri=True, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        with ExitStack() as undone:
            undone.enter_context(closing(connection))
            for setting in (*_SETTINGS, f"PRAGMA cache_size = -{cache_kib}"):
                connection.execute(setting)
            undone.pop_all()  # it is made, and stays open
        return connection

    def _checkpoint(self, connection: sqlite3.Connection, *, patience_ms: int) -> bool:
        connection.execute(f"PRAGMA busy_timeout = {patience_ms}")
        try:
            [is_busy, _, _] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._log_is_due = self._log_is_due and bool(is_busy)
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE_S * 1000)}")
        return not is_busy

    def _wal_bytes(self) -> int:
        if isinstance(self.path, str):
            return 0
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    # the file

    def _check_file(self) -> None:
        if isinstance(self.path, str):
            return
        try:
            if self.path.is_dir():
                raise NotAStore(f"{self.path} is a folder: name a file in it")
            with self.path.open("rb") as file:
                start = file.read(len(_HEADER))
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreUnavailable(f"{self.path} cannot be read: {error.strerror}") from error
        if start and start != _HEADER:
            raise NotAStore(f"{self.path} is not a graphmem store and was left as it is: name another file")

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._meaning(error) from error

    def _meaning(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            return NotAStore(f"{self.path} is not a graphmem store and was left as it is: name another file")
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreUnavailable(
                f"{self.path} is busy: another process has been writing for {PATIENCE_S:.0f} s; try again",
                retryable=True,
            )
        ways_out = {
            sqlite3.SQLITE_FULL: "the disk is full or a size limit is reached: make room; nothing was changed",
            sqlite3.SQLITE_IOERR: "the disk refuses (full, a size limit, or failing): make room; nothing was changed",
            sqlite3.SQLITE_READONLY: "it may not be written to: check the permissions of the file and its folder",
            sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that the folder exists and may be written to",
            sqlite3.SQLITE_PERM: "access was denied: check the permissions of the file and its folder",
            sqlite3.SQLITE_CORRUPT: "it is damaged: restore a backup, or import an export into a new file",
        }
        return StoreUnavailable(f"{self.path}: {ways_out.get(code, str(error))}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[sqlite3.Connection]:
    """A transaction that only reads."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        connection.execute("ROLLBACK")


def check_embedder(made_by: str, embedder: str) -> None:
    """Raise `EmbedderMismatch` where the vectors of a store were made by another embedder."""
    if made_by != embedder:
        raise EmbedderMismatch(
            f"the vectors in this store were made by {made_by!r} and cannot be compared with those of "
            f"{embedder!r}: use that embedder, or run `graphmem reembed` once"
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # memories are their owner's alone
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be made: {error.strerror}; name another place for memory") from error


def _probe_full_text(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("SELECT fts5_source_id(), json_array()").fetchone()
    except sqlite3.OperationalError as error:
        raise PartMissing(
            f"this Python's SQLite {sqlite3.sqlite_version} lacks full text search (FTS5) or JSON: use a Python from "
            "python.org, your distribution, or `uv python install`"
        ) from error


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at once. The file remembers; the switch itself needs a moment without others."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return
