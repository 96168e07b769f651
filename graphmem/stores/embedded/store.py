"""The store that is one file."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from graphmem.errors import InvalidInput
from graphmem.models import Change, Entity, Episode, Fact, Receipt, Stats
from graphmem.moment import Clock, Moment, now, to_micros, utc
from graphmem.protocols import (
    Bounds,
    Draft,
    Erasure,
    Excerpt,
    Index,
    Known,
    Lookup,
    Question,
    Reader,
    Relation,
    Text,
    Vector,
)
from graphmem.scope import checked, sessions_of
from graphmem.stores.embedded import knowing, listing, portable, reembedding, sweeping
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area, find_all
from graphmem.stores.embedded.connection import Database, check_embedder
from graphmem.stores.embedded.erasing import Eraser, probe
from graphmem.stores.embedded.parts import Parts
from graphmem.stores.embedded.reading import Overtaken, Reading
from graphmem.stores.embedded.vectors import Vectors
from graphmem.stores.embedded.walking import Walker
from graphmem.stores.embedded.writing import Writer
from graphmem.stores.tokens import forget_texts

T = TypeVar("T")


class EmbeddedStore:
    """Memories in one SQLite file: no server, nothing to set up.

    >>> memory = Memory(EmbeddedStore("notes.db"))  # what Memory("notes.db") makes; ":memory:" is gone when closed

    Share it between threads, and the file between processes: many may read while one writes, writers take turns. The
    work is done in the calling thread. Exact search costs about 20 ms at 45,000 facts of 384 dimensions in one space;
    beyond a million facts in one space, or several hosts, use Neo4j.

    Args:
        path: The file, made on `open` where it is missing; or ":memory:".
        clock: What the time is, for what is written.
        makes_folder: Make the file's folder too; a missing one is refused otherwise, as it may be a typing error.
    """

    blocks = True

    def __init__(self, path: str | Path, *, clock: Clock = now, makes_folder: bool = False) -> None:
        self._database = Database(path, makes_folder=makes_folder)
        self._clock = clock
        self._embedder = ""
        self._opened_for: tuple[str, int] | None = None
        self._vectors = Vectors(0)
        self._parts = Parts()

    # lifetime

    async def open(self, *, embedder: str, dimensions: int) -> None:
        """See `Store.open`. About 3 ms for a file that is there. Once it is open each transaction looks up by itself
        whose vectors these are.

        Raises:
            PartMissing: This Python's SQLite lacks full text search.
        """
        was_open = self._database.is_open
        if was_open and self._opened_for == (embedder, dimensions):
            return
        self._database.open(embedder=embedder, dimensions=dimensions)
        if self._vectors.dimensions != dimensions:
            self._vectors = Vectors(dimensions)
        self._embedder, self._opened_for = embedder, (embedder, dimensions)
        if not was_open:
            with self._reading():
                pass  # which deletes what is over

    async def describe(self) -> str:
        """See `Store.describe`."""
        with self._reading() as db:
            [spaces] = db.execute(sql.COUNT_PARTS).fetchone()
        size = self._database.bytes()
        where = f"{self._database.path}, {size / 1e6:.1f} MB" if size is not None else "in memory"
        return f"{where}, {spaces} spaces, SQLite {sqlite3.sqlite_version}, vectors by {self._embedder}"

    async def close(self) -> None:
        """See `Store.close`. It may be opened again."""
        self._database.close()
        self._vectors.forget_all()
        self._parts.forget_all()

    # writing

    async def known(self, question: Question) -> Known:
        """See `Store.known`."""
        with self._reading(to_write=True) as db:
            return knowing.known(db, question)

    async def write(self, draft: Draft) -> list[Change]:
        """See `Store.write`. The write is on the disk when this returns."""
        with self._writing() as db:
            return Writer(db, {*draft.spaces, *draft.expires}, self._vectors).write(draft, self._clock)

    async def erase(self, erasure: Erasure, *, is_dry_run: bool) -> Receipt:
        """See `Store.erase`. Time grows with the whole file, which is written anew. A dry run does all but that, in a
        transaction that is rolled back.
        """
        with self._writing(is_kept=not is_dry_run) as db:
            eraser = Eraser(db, erasure, self._vectors)
            eraser.erase(self._clock)
            if not is_dry_run:
                eraser.merge_words()
        if is_dry_run:
            return Receipt(is_dry_run=True, erased=eraser.counts)
        self._forget_texts(erasure.spaces)
        unreached = self._database.scrub()
        with self._reading() as db:
            left = probe(db, eraser.traces, self._vectors)
        return Receipt(
            is_dry_run=False,
            erased=eraser.counts,
            unreached=tuple(unreached),
            left=left,
        )

    # reading for recall

    async def lookup(
        self, spaces: Sequence[str], *, keys: Sequence[str], stems: Sequence[str], known_at: datetime
    ) -> Lookup:
        """See `Store.lookup`."""
        return await self.reading(lambda reader: reader.lookup(spaces, keys=keys, stems=stems, known_at=known_at))

    async def excerpt(
        self,
        spaces: Sequence[str],
        *,
        vector: Vector,
        stems: Sequence[str],
        keys: Sequence[str],
        moment: Moment,
        bounds: Bounds,
    ) -> Excerpt:
        """See `Store.excerpt`. Holds the spaces in memory; the first question about one reads it whole."""
        return await self.reading(
            lambda reader: reader.excerpt(spaces, vector=vector, stems=stems, keys=keys, moment=moment, bounds=bounds)
        )

    async def reading(self, work: Callable[[Reader], Awaitable[T]]) -> T:
        """See `Store.reading`. One transaction; one that another thread has overtaken begins anew."""
        for is_last_try in (False, False, False, True):
            with suppress(Overtaken), self._reading() as db:
                return await work(Reading(db, self._vectors, self._parts, is_last_try=is_last_try))
        raise AssertionError("the last try reads what it needs")

    async def paths(
        self, spaces: Sequence[str], start: str, end: str, *, moment: Moment, most_hops: int, limit: int
    ) -> list[tuple[Relation, ...]]:
        """See `Store.paths`. A walk from both ends; what is read grows with the facts around them, not with the number
        of chains.
        """
        with self._reading_of(spaces) as (db, areas):
            return Walker(db, areas, moment).paths(start, end, most_hops=most_hops, limit=limit)

    async def neighbourhood(
        self, spaces: Sequence[str], key: str, *, moment: Moment, hops: int, limit: int
    ) -> list[Relation]:
        """See `Store.neighbourhood`. Levels are read whole: a hub costs as much as the facts that name it."""
        with self._reading_of(spaces) as (db, areas):
            return Walker(db, areas, moment).neighbourhood(key, hops=hops, limit=limit)

    # reading for people

    async def episodes(
        self, spaces: Sequence[str], ids: Sequence[str], *, known_at: datetime | None = None
    ) -> list[Episode]:
        """See `Store.episodes`."""
        with self._reading_of(spaces) as (db, areas):
            return listing.episodes(db, areas, ids, known_at)

    async def find_episodes(
        self,
        spaces: Sequence[str],
        *,
        source_id: str | None = None,
        session: str | None = None,
        stems: Sequence[str] | None = None,
        last: int | None = None,
    ) -> list[str]:
        """See `Store.find_episodes`. Replaced ones are among them. Of several conditions all have to be met. By stems
        every episode of the spaces is looked at.
        """
        if source_id is None and session is None and stems is None:
            raise InvalidInput("neither source_id, session nor stems were given: say which episodes are meant")
        with self._reading_of(spaces) as (db, areas):
            return listing.find_episodes(db, areas, source_id=source_id, session=session, stems=stems, last=last)

    async def pending(self, spaces: Sequence[str], *, limit: int) -> list[Episode]:
        """See `Store.pending`."""
        with self._reading_of(spaces) as (db, areas):
            return listing.pending(db, areas, limit=limit)

    async def sessions(self, space: str) -> list[str]:
        """See `Store.sessions`."""
        [owner] = checked([space])
        with self._reading() as db:
            return [found for [found] in db.execute(sql.PARTS_BELOW, {"prefix": sessions_of(owner)})]

    async def facts(self, spaces: Sequence[str], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
        """See `Store.facts`."""
        with self._reading_of(spaces) as (db, areas):
            return listing.facts(db, areas, ids, moment=moment)

    async def list_facts(
        self,
        spaces: Sequence[str],
        *,
        moment: Moment | None,
        entity: str | None = None,
        predicate: str | None = None,
        limit: int,
        after: str | None = None,
    ) -> list[Fact]:
        """See `Store.list_facts`.

        Raises:
            NotFound: There is no fact `after` in these spaces.
        """
        with self._reading_of(spaces) as (db, areas):
            return listing.list_facts(
                db, areas, moment=moment, entity=entity, predicate=predicate, limit=limit, after=after
            )

    async def list_entities(self, spaces: Sequence[str], *, limit: int) -> list[Entity]:
        """See `Store.list_entities`."""
        with self._reading_of(spaces) as (db, areas):
            return listing.list_entities(db, areas, limit=limit)

    async def history(self, spaces: Sequence[str], fact_id: str) -> list[Change]:
        """See `Store.history`."""
        with self._reading_of(spaces) as (db, areas):
            return listing.history(db, areas, fact_id)

    async def changes(self, spaces: Sequence[str], ids: Sequence[str]) -> list[Change]:
        """See `Store.changes`."""
        with self._reading_of(spaces) as (db, areas):
            return listing.changes(db, areas, ids)

    async def journal(self, spaces: Sequence[str], *, since: datetime, until: datetime) -> list[Change]:
        """See `Store.journal`. Time grows with all changes of the spaces."""
        with self._reading_of(spaces) as (db, areas):
            return listing.journal(db, areas, since=since, until=until)

    async def stats(self, spaces: Sequence[str]) -> Stats:
        """See `Store.stats`. `bytes` is the size of the whole file, whoever's memories are in it."""
        with self._reading_of(spaces) as (db, areas):
            return Stats(
                episodes=sum(area.episodes for area in areas),
                facts=sum(area.facts for area in areas),
                entities=sum(db.execute(sql.COUNT_ENTITIES, area.range).fetchone()[0] for area in areas),
                changes=sum(db.execute(sql.COUNT_CHANGES, area.range).fetchone()[0] for area in areas),
                bytes=self._database.bytes(),
            )

    # whole spaces

    async def spaces(self) -> list[str]:
        """See `Store.spaces`."""
        with self._reading() as db:
            return sorted(space for [space] in db.execute(sql.EVERY_PART))

    async def dump(self, spaces: Sequence[str]) -> AsyncIterator[Mapping[str, object]]:
        """See `Store.dump`. Everything is seen as of one moment; a file's log grows while somebody writes meanwhile."""
        with self._reading_of(spaces) as (db, areas):
            records = portable.dump(db, areas)
            if not self._database.is_in_memory:
                for record in records:
                    yield record
                return
            everything = list(records)  # the only connection is needed by others
        for record in everything:
            yield record

    async def restore(self, records: Sequence[Mapping[str, object]], indexes: Mapping[str, Index]) -> int:
        """See `Store.restore`.

        Raises:
            BadLine: A record cannot be read; `line` counts them from 1.
        """
        with self._writing() as db:
            return portable.restore(db, self._vectors, records, indexes, self._clock)

    async def texts(self, *, after: str | None, limit: int) -> list[Text]:
        """See `Store.texts`. Needs no `open`: the vectors may be of any embedder."""
        self._database.open_existing()
        with self._database.reading() as db:
            return reembedding.texts(db, after=after, limit=limit)

    async def reembed(self, vectors: Mapping[str, Vector], *, embedder: str, dimensions: int, is_last: bool) -> None:
        """See `Store.reembed`. Until the last batch the store is read and written as before.

        Raises:
            Conflict: Something was written meanwhile and has no new vector yet: embed the rest of `texts` too.
        """
        self._database.open_existing()
        fresh = Vectors(dimensions)
        with self._database.writing() as db:
            reembedding.keep(db, fresh, vectors, embedder=embedder)
            if is_last:
                reembedding.exchange(db, fresh, embedder=embedder)
                self._opened_for = None

    # transactions

    @contextmanager
    def _reading(self, *, to_write: bool = False) -> Generator[sqlite3.Connection]:
        """A read transaction in which nothing is over."""
        with self._database.reading_to_write() if to_write else self._database.reading() as db:
            if not self._is_due(db):
                yield db
                return
        with self._writing():
            pass  # which begins by deleting it
        with self._database.reading() as db:
            self._is_due(db)
            yield db

    @contextmanager
    def _reading_of(self, spaces: Sequence[str]) -> Generator[tuple[sqlite3.Connection, list[Area]]]:
        """The same over the areas of some spaces."""
        named = checked(spaces)
        with self._reading() as db:
            yield db, find_all(db, named)

    @contextmanager
    def _writing(self, *, is_kept: bool = True) -> Generator[sqlite3.Connection]:
        with self._database.writing(is_kept=is_kept) as db:
            if self._is_due(db):
                sweeping.sweep(db, self._vectors, self._clock)
            try:
                yield db
            except UnicodeEncodeError as error:
                raise InvalidInput("a text holds half a character (a lone surrogate) and cannot be stored") from error

    def _is_due(self, db: sqlite3.Connection) -> bool:
        """Whether something is over, whoever's it is.

        Raises:
            EmbedderMismatch: The vectors were made by another embedder by now.
        """
        asked = {"key": "embedder", "now": to_micros(utc(self._clock()))}
        made_by, is_due = db.execute(sql.STATE, asked).fetchone()
        check_embedder(made_by, self._embedder)
        return bool(is_due)

    def _forget_texts(self, spaces: Iterable[str]) -> None:
        """Let go of what this process keeps in memory of texts that were erased."""
        with self._reading() as db:
            for area in find_all(db, spaces):
                self._vectors.forget(area)
                self._parts.forget(area)
        forget_texts()
