"""Whole areas as records, and back: what an export is made of. Who restores brings vectors and words."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from graphmem.errors import Conflict, InvalidInput
from graphmem.models import Change, Evidence, Fact
from graphmem.moment import FAR_PAST, Clock, Version, from_micros, to_micros
from graphmem.protocols import Index, NewEpisode, NewFact
from graphmem.reconcile import rejections
from graphmem.stores import portable_records
from graphmem.stores.embedded import merging_statements
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area
from graphmem.stores.embedded.merging import by_themselves, merged_in, own_self, stands_for, told_under
from graphmem.stores.embedded.rejecting import rejected
from graphmem.stores.embedded.rows import (
    FACT_COLUMNS,
    PAST,
    Row,
    change_of,
    episode_of,
    facts_of,
    parameter,
    version_values,
)
from graphmem.stores.embedded.vectors import Vectors
from graphmem.stores.embedded.writing import Writer
from graphmem.stores.portable_records import (
    AnyRecord,
    ChangeRecord,
    EntityRecord,
    EpisodeRecord,
    FactRecord,
    MergeRecord,
    Record,
    SpaceRecord,
    TombstoneRecord,
    check_same_episode,
    check_same_fact,
    elsewhere,
    erased,
    later_versions,
    without,
)

PAGE = 256
"""Records read at a time."""


# ------------------------------------------------------------------------------------------------------- dumping


def dump(db: sqlite3.Connection, areas: Sequence[Area]) -> Iterator[Record]:
    """See `Store.dump`: space by space, each in the order in which it was written."""
    for area in areas:
        for record in _records(db, area):
            yield record.plain()


def _records(db: sqlite3.Connection, area: Area) -> Iterator[AnyRecord]:
    merged = merged_in(db, area)
    yield SpaceRecord(area.space, own_self(area, merged), from_micros(area.expires_at))
    for row in _pages(db, sql.EPISODES_IN_ORDER, area):
        yield EpisodeRecord(episode_of(row, area.space), identity=row[2], retired_at=from_micros(row[11]))
    for page in _batches(_pages(db, merging_statements.ENTITIES_IN_ORDER, area)):
        for row, entity in zip(page, by_themselves(db, area, page), strict=True):
            yield EntityRecord(entity, known_from=from_micros(row[6]))
    for one in merged.values():
        yield MergeRecord(area.space, one.key, one.into)
    for row in _pages(db, sql.FACTS_IN_ORDER, area):
        yield _fact_record(db, area, row)
    for row in _pages(db, sql.CHANGES_IN_ORDER, area):
        yield ChangeRecord(change_of(row, area.space, None))
    for [digest] in db.execute(sql.ALL_REJECTED, {"part": area.part}):
        yield TombstoneRecord(area.space, digest)


def _pages(db: sqlite3.Connection, statement: str, area: Area) -> Iterator[Row]:
    after = area.lo - 1
    while rows := db.execute(statement, {"after": after, "hi": area.hi, "limit": PAGE}).fetchall():
        yield from rows
        after = rows[-1][0]


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == PAGE:
            yield batch
            batch = []
    if batch:
        yield batch


def _fact_record(db: sqlite3.Connection, area: Area, row: Row) -> FactRecord:
    asked = {"fact": row[0], **area.range}
    versions = db.execute(sql.VERSIONS, asked).fetchall()
    evidence = db.execute(sql.EVIDENCE, {"ids": parameter([row[0]]), "known_at": FAR, **area.range}).fetchall()
    return FactRecord(
        fact=_fact_told(db, area, (*row[:FACT_COLUMNS], *versions[0])),
        digest=row[2],
        versions=tuple(map(_version, versions)),
        evidence=tuple(
            (Evidence(episode_id=uid, start=start, end=stop), from_micros(known_from))
            for _, uid, start, stop, known_from in evidence
        ),
    )


def _fact_told(db: sqlite3.Connection, area: Area, row: Row) -> Fact:
    """A fact with the keys that it was told under."""
    [fact] = facts_of(db, area, [row])
    return fact.model_copy(update=told_under(db, area, row).values())


def _version(row: Row) -> Version:
    known_from, known_to, valid_from, valid_to = map(from_micros, row)
    return Version(known_from=known_from, known_to=known_to, valid_from=valid_from, valid_to=valid_to)


# ----------------------------------------------------------------------------------------------------- restoring


def restore(
    db: sqlite3.Connection, vectors: Vectors, records: Sequence[Record], indexes: Mapping[str, Index], clock: Clock
) -> int:
    """See `Store.restore`."""
    said = portable_records.read(records)
    if not said:
        return 0
    restorer = _Restorer(db, vectors, said, indexes)
    for number, record in enumerate(said, 1):
        with portable_records.numbered(number):
            restorer.take(record)
    return restorer.finish(clock)


class _Restorer:
    def __init__(
        self, db: sqlite3.Connection, vectors: Vectors, records: Sequence[AnyRecord], indexes: Mapping[str, Index]
    ) -> None:
        self._db = db
        self._indexes = indexes
        self._writer = Writer(db, {record.space for record in records}, vectors)
        self._last_at = FAR_PAST
        self._refused: list[Change] = []
        self._new = 0

    def take(self, record: AnyRecord) -> None:
        area = self._writer.area(record.space)
        match record:
            case SpaceRecord():
                if area.self is None and record.self is not None:
                    self._writer.names(area).mean_self(record.self)
                end = to_micros(record.expires_at)
                area.expires_at = max(area.expires_at, end) if area.episodes else end
            case EpisodeRecord():
                self._episode(area, record)
            case EntityRecord():
                self._entity(area, record)
            case MergeRecord():
                self._merge(area, record)
            case FactRecord():
                self._fact(area, record)
            case ChangeRecord():
                self._change(area, record)
            case TombstoneRecord():
                added = self._db.execute(sql.ADD_REJECTED, {"part": area.part, "digest": record.digest})
                self._new += added.rowcount

    def finish(self, clock: Clock) -> int:
        last_at = to_micros(self._last_at)
        if self._refused:
            last_at = max(self._writer.time(clock), last_at + 1)
            for number, change in enumerate(self._refused):
                self._writer.add_change(change, last_at, number)
        self._writer.finish(last_at)
        return self._new

    def _episode(self, area: Area, record: EpisodeRecord) -> None:
        episode = record.episode
        row = self._db.execute(sql.EPISODE_BY_UID, {"uid": episode.id, **area.range}).fetchone()
        if row is not None:
            check_same_episode(episode_of(row, area.space), episode)
            return
        if rejected(self._db, area, [erased(episode.id)]):
            self._refused.append(portable_records.refused(record))
            return
        if record.identity is not None:
            known = {"identity": record.identity, **area.range}
            if self._db.execute(sql.EPISODE_BY_IDENTITY, known).fetchone() is not None:
                raise Conflict(f"the episode {episode.id} is there already under another id")
        new = NewEpisode(episode, record.identity or "", self._indexes[episode.id])
        recorded_at, retired_at = to_micros(record.recorded_at), to_micros(record.retired_at)
        self._writer.add_episode(new, recorded_at=recorded_at, retired_at=retired_at)
        self._added(record)

    def _entity(self, area: Area, record: EntityRecord) -> None:
        key = record.entity.key
        is_merged = key in self._writer.names(area).merged
        if not is_merged and self._db.execute(sql.ENTITY_ID, {"key": key, **area.range}).fetchone() is None:
            self._writer.join_entity(record.entity, to_micros(record.known_from))
            self._added(record)

    def _merge(self, area: Area, record: MergeRecord) -> None:
        """What is one already, or merged into something else here, stays so."""
        merged = self._writer.names(area).merged
        if record.entity not in merged and stands_for(merged, record.into) != record.entity:
            try:
                self._writer.merge(area, record.entity, record.into)
            except Conflict as error:  # nobody can have forgotten it meanwhile: the file lacks it
                raise InvalidInput(str(error)) from error
            self._new += 1

    def _fact(self, area: Area, record: FactRecord) -> None:
        fact = record.fact
        named = self._db.execute(sql.FACT_ID, {"uid": fact.id, **area.range}).fetchone()
        if named is not None:
            row = self._db.execute(sql.FACT, {"id": named[0], **area.range}).fetchone()
            known = _fact_told(self._db, area, (*row, FAR, FAR, PAST, FAR))
            check_same_fact(known, fact)
            self._go_on(area, named[0], known, record)
            return
        said = self._without_erased(area, record)
        if said is None or rejected(self._db, area, rejections(fact, self._writer.names(area).classes())):
            self._refused.append(portable_records.refused(record))
            return
        new = NewFact(fact, record.digest, self._indexes[fact.id])
        try:
            id_ = self._writer.add_fact(new, to_micros(record.versions[0].known_from))
        except Conflict as error:  # nobody can have forgotten its entity meanwhile: the file lacks it
            raise InvalidInput(str(error)) from error
        for version in record.versions:
            self._db.execute(sql.ADD_VERSION, {"fact": id_, **version_values(version)})
        self._add_evidence(area, id_, said.evidence)
        self._added(record)

    def _go_on(self, area: Area, id_: int, known: Fact, record: FactRecord) -> None:
        """Bring what is new of a known fact: where else it was read, and ends that go on from what is known here."""
        if rejected(self._db, area, rejections(record.fact, self._writer.names(area).classes())):
            return
        versions = self._db.execute(sql.VERSIONS, {"fact": id_, **area.range}).fetchall()
        later = later_versions(record, _version(versions[-1]), len(versions))
        said = self._without_erased(area, record)
        told = [] if said is None else elsewhere(said, known)
        if later:
            self._writer.go_on(area, id_, later)
        self._add_evidence(area, id_, told)
        if later or told:
            self._added(record)

    def _add_evidence(self, area: Area, id_: int, evidence: Iterable[tuple[Evidence, datetime]]) -> None:
        for place, known_from in evidence:
            self._writer.add_evidence(area, id_, [place], to_micros(known_from))

    def _without_erased(self, area: Area, record: FactRecord) -> FactRecord | None:
        digests = {erased(place.episode_id): place.episode_id for place, _ in record.evidence}
        return without(record, {digests[digest] for digest in rejected(self._db, area, digests)})

    def _change(self, area: Area, record: ChangeRecord) -> None:
        change = record.change
        if self._db.execute(sql.CHANGE_BY_UID, {"uid": change.id, **area.range}).fetchone() is None:
            self._writer.add_entry(change, uid=change.id, at=to_micros(record.at))
            self._added(record)

    def _added(self, record: AnyRecord) -> None:
        self._new += 1
        self._last_at = max(self._last_at, portable_records.latest(record))
