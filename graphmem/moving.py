"""Carrying memories from one store to another: space by space, ids and times kept, compared before it is called done.

A dump holds everything but vectors, which are made anew: versions of both clocks, the journal, and the digests of
statements that must not be learned again. The source is only read. `Store.restore` leaves what is there already, so
a move that was stopped goes on when it is started again.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any  # a record is plain JSON values
from urllib.parse import urlsplit

from graphmem import config, portable
from graphmem.counted import counted
from graphmem.errors import BadLine, Conflict, InvalidInput, NotFound, StoreError, StoreUnavailable
from graphmem.models import Model
from graphmem.moment import Clock
from graphmem.protocols import Embedder, Store

PAGE = 500
"""Records that are embedded and committed together."""

TRIES = 3
"""How often a space is moved again because its source was written to meanwhile."""

BOLT_PORT = 7687
"""Of a Neo4j server whose address names none."""

Record = Mapping[str, Any]
Progress = Callable[[int], None]


class Moved(Model):
    """What a move did: so many records of so many spaces are now the same in both stores.

    `new` counts those that were written, `seconds` include the comparing.
    """

    spaces: int = 0
    records: int = 0
    new: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        records, spaces = counted(self.records, "records"), counted(self.spaces, "spaces")
        kept = f"{records} of {spaces} are the same in both stores"
        return f"{kept}, {self.new} of them new, in {self.seconds:.1f} s"


@dataclass(frozen=True, slots=True)
class Content:
    """What a space holds, without its vectors: equal contents have equal digests, in whatever store."""

    digest: str
    records: int


@dataclass(frozen=True, slots=True)
class Part:
    """A space to be moved, and how many records from its beginning the target holds already."""

    space: str
    content: Content
    there: int

    @property
    def missing(self) -> int:
        """Records to be written."""
        return self.content.records - self.there


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move has to do, and when the comparing began."""

    parts: tuple[Part, ...]
    started: datetime

    @property
    def missing(self) -> int:
        """Records to be written, of all spaces together."""
        return sum(part.missing for part in self.parts)


class Mover:
    """Moves memories between two stores that take vectors of the same embedder."""

    def __init__(self, source: Store, target: Store, embedder: Embedder, *, clock: Clock) -> None:
        self._source = source
        self._target = target
        self._embedder = embedder
        self._clock = clock

    async def plan(self, home: str | None, *, progress: Progress | None) -> Plan:
        """Compare the stores; nothing is written but the layout of an empty target.

        Args:
            home: Key of the space to move with those below it (its sessions, or a whole `org=...`); None: all.
            progress: Is called with numbers of records compared.

        Raises:
            NotFound: The source has no such space.
            Conflict: The target holds something in one of these spaces that the source does not.
        """
        started = self._clock()
        await self._open(self._source)
        spaces = [space for space in await self._source.spaces() if home is None or f"{space}/".startswith(f"{home}/")]
        if home is not None and not spaces:
            raise NotFound(f"the source holds nothing of {home}: check whose memory is to be moved, and the source")
        await self._open(self._target)
        parts = [await self._planned(space, progress) for space in spaces]
        return Plan(tuple(parts), started)

    async def move(self, plan: Plan, *, progress: Progress | None) -> Moved:
        """Write what the target lacks, and compare again.

        Args:
            plan: What `plan` returned.
            progress: Is called with numbers of records written.

        Raises:
            Conflict: The source is written to all the time, or what was moved before has changed there.
            StoreError: The target does not hold what it was given.
        """
        records = new = 0
        for part in plan.parts:
            written, held = await self._moved(part, progress) if part.missing else (0, part.content)
            records += held.records
            new += written
        seconds = (self._clock() - plan.started).total_seconds()
        return Moved(spaces=len(plan.parts), records=records, new=new, seconds=seconds)

    async def _open(self, store: Store) -> None:
        await store.open(embedder=self._embedder.identity, dimensions=self._embedder.dimensions)

    async def _planned(self, space: str, progress: Progress | None) -> Part:
        ours = await content(self._source, space)
        theirs = await content(self._target, space)
        if progress is not None:
            progress(ours.records)
        if ours == theirs:
            return Part(space, ours, there=ours.records)
        there = _agreed(space, await self._difference(space)) if theirs.records else 0
        return Part(space, ours, there)

    async def _moved(self, part: Part, progress: Progress | None) -> tuple[int, Content]:
        """Copy a space until it is the same on both sides; return how many records were new, and what it holds."""
        space, before, there = part.space, part.content, part.there
        new = 0
        for attempt in range(1, TRIES + 1):
            new += await self._copied(space, there, progress if attempt == 1 else None)
            ours = await content(self._source, space)
            if ours == await content(self._target, space):
                return new, ours
            difference = await self._difference(space)
            if ours == before and (first := difference.foreign or difference.missing):
                raise StoreError(
                    f"{space} is not the same in both stores after it was moved, first {_named(first)}: somebody else "
                    "writes to the target, or it does not keep what it is given"
                )
            before, there = ours, _agreed(space, difference)
        raise Conflict(
            f"{space} was written to while it was moved, {TRIES} times in a row: stop its writers and move again"
        )

    async def _copied(self, space: str, there: int, progress: Progress | None) -> int:
        """Write all records of a space but those that are `there`; return how many were new."""
        titles: dict[str, str | None] = {}  # those of episodes that are there are needed too: facts are found by them
        page: list[Record] = []
        new = position = 0

        async def commit() -> None:
            nonlocal new
            try:
                new += await self._target.restore(page, await portable.indexes(page, titles, self._embedder))
            except BadLine as error:
                raise StoreError(f"{space} holds a record in the source that cannot be read: {error}") from error
            if progress is not None:
                progress(len(page))
            page.clear()

        async with _dumped(self._source, space) as records:
            async for record in records:
                position += 1
                if position > there:
                    page.append(record)
                elif record["record"] == "episode":
                    titles[record["id"]] = record.get("title")
                if len(page) == PAGE:
                    await commit()
        if page:
            await commit()
        return new

    async def _difference(self, space: str) -> "_Difference":
        """Read both sides next to each other: a part of the source stands in the target in the same order."""
        common = 0
        missing: Record | None = None
        async with _dumped(self._source, space) as ours, _dumped(self._target, space) as theirs:
            wanted = await anext(theirs, None)
            async for record in ours:
                if wanted is not None and portable.line(record) == portable.line(wanted):
                    common += missing is None
                    wanted = await anext(theirs, None)
                    continue
                missing = missing or record
                if wanted is not None and record["record"] == "space" and wanted["self"] is None:
                    wanted = await anext(theirs, None)  # who "I" is was not known yet, and is filled in
        return _Difference(common, missing=missing, foreign=wanted)


def check_apart(source: str, target: str) -> None:
    """Refuse a source that is not there, and to move a store into itself, however its address is written.

    Raises:
        InvalidInput, StoreUnavailable: As their names say.
    """
    here, there = _place(source), _place(target)
    if isinstance(here, Path) and not here.exists():
        raise StoreUnavailable(f"{source} cannot be read: there is no such file; check the path of the source")
    is_linked = isinstance(here, Path) and isinstance(there, Path) and there.exists() and here.samefile(there)
    if here == there or is_linked:
        raise InvalidInput("source and target are the same store: name another one to move into")


def _place(address: str) -> Path | tuple[str | None, int, str, str]:
    """What tells a store from others: its file, or its server and database."""
    scheme, separator, _ = address.partition("://")
    if separator and scheme != "file":
        try:
            parts = urlsplit(address)
            return parts.hostname, parts.port or BOLT_PORT, parts.path.strip("/").lower(), parts.query
        except ValueError as error:  # its message has no password in it, as the address may
            raise InvalidInput(
                f"an address of a server cannot be read ({error}): write bolt://localhost:7687"
            ) from error
    path = config.store_path(address)
    if path == ":memory:":
        raise InvalidInput("':memory:' ends with the command: name stores that last")
    return Path(path).resolve()


async def content(store: Store, space: str) -> Content:
    """What a space holds, read record by record."""
    running = blake2b(digest_size=32)
    count = 0
    async with _dumped(store, space) as records:
        async for record in records:
            running.update(portable.line(record).encode())
            count += 1
    return Content(running.hexdigest(), count)


@dataclass(frozen=True, slots=True)
class _Difference:
    """Records from the beginning that both have, the first that the target lacks, the first that only it has."""

    common: int
    missing: Record | None
    foreign: Record | None


@asynccontextmanager
async def _dumped(store: Store, space: str) -> AsyncGenerator[AsyncIterator[Record]]:
    """The records of a space; its transaction ends with the block, even where not all of them are read."""
    records = store.dump((space,))
    try:
        yield records
    finally:
        if isinstance(records, AsyncGenerator):
            await records.aclose()


def _agreed(space: str, difference: _Difference) -> int:
    """How many records the target holds already, where it holds no others.

    Raises:
        Conflict: It does.
    """
    if difference.foreign is not None:
        raise Conflict(
            f"the target holds something in {space} that the source does not, first {_named(difference.foreign)}: "
            "it was written there, or has changed in the source since it was moved; nothing is overwritten, so move "
            "into a store where this space is empty"
        )
    return difference.common


def _named(record: Record) -> str:
    """A record by its kind and the name that stands for it, never by its text."""
    name = record.get("id") or record.get("key") or record.get("digest")
    return f"the {record['record']} {name}" if name else f"the {record['record']} itself"
