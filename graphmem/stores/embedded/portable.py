"""Whole areas as plain records, and back: what an export is made of. Who restores brings vectors and words."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast  # a record is plain JSON values

from pydantic import ValidationError

from graphmem.errors import BadLine, Conflict, InvalidInput
from graphmem.models import Change, Entity, Episode, Evidence, Fact
from graphmem.moment import FAR_FUTURE, FAR_PAST, Version, from_micros, to_micros, utc
from graphmem.protocols import Index, NewEpisode, NewFact
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area
from graphmem.stores.embedded.rows import (
    FACT_COLUMNS,
    PAST,
    Row,
    change_of,
    entities_of,
    episode_of,
    fact_of,
    version_values,
)
from graphmem.stores.embedded.vectors import Vectors
from graphmem.stores.embedded.writing import Writer

PAGE = 256
"""Records read at a time."""

Record = Mapping[str, Any]


# ------------------------------------------------------------------------------------------------------- dumping


def dump(db: sqlite3.Connection, areas: Sequence[Area]) -> Iterator[Record]:
    """See `Store.dump`: space by space, each in the order in which it was written."""
    for area in areas:
        yield {"record": "space", "space": area.space, "self": area.self}
        for row in _pages(db, sql.EPISODES_IN_ORDER, area):
            yield _episode_record(episode_of(row, area.space), identity=row[2], retired_at=row[11])
        for page in _batches(_pages(db, sql.ENTITIES_IN_ORDER, area)):
            entities = entities_of(db, area, page)
            for row in page:
                yield _entity_record(entities[row[0]], known_from=row[6])
        for row in _pages(db, sql.FACTS_IN_ORDER, area):
            yield _fact_record(db, area, row)
        for row in _pages(db, sql.CHANGES_IN_ORDER, area):
            yield {"record": "change", **_plain(change_of(row, area.space, None), without={"text"})}
        for [digest] in db.execute(sql.ALL_REJECTED, {"part": area.part}):
            yield {"record": "tombstone", "space": area.space, "digest": digest}


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


def _episode_record(episode: Episode, *, identity: str | None, retired_at: int) -> Record:
    return {"record": "episode", **_plain(episode), "identity": identity, "retired_at": _moment(retired_at)}


def _entity_record(entity: Entity, *, known_from: int) -> Record:
    return {"record": "entity", **_plain(entity, without={"degree"}), "known_from": _moment(known_from)}


def _fact_record(db: sqlite3.Connection, area: Area, row: Row) -> Record:
    asked = {"fact": row[0], **area.range}
    versions = db.execute(sql.VERSIONS, asked).fetchall()
    evidence = db.execute(sql.EVIDENCE, {**asked, "known_at": FAR}).fetchall()
    fact = fact_of(db, area, (*row[:FACT_COLUMNS], *versions[0]))
    return {
        "record": "fact",
        **_plain(fact, without={"layer", "valid_from", "valid_to", "known_from", "known_to", "evidence"}),
        "digest": row[2],
        "versions": [[_moment(micros) for micros in version] for version in versions],
        "evidence": [[uid, start, stop, _moment(known_from)] for uid, start, stop, known_from, _ in evidence],
    }


def _plain(model: Episode | Entity | Fact | Change, *, without: set[str] | None = None) -> dict[str, object]:
    return model.model_dump(mode="json", exclude=without)


def _moment(micros: int) -> str | None:
    return None if micros in (FAR, PAST) else from_micros(micros).isoformat()


# ----------------------------------------------------------------------------------------------------- restoring


def restore(db: sqlite3.Connection, vectors: Vectors, records: Sequence[Record], indexes: Mapping[str, Index]) -> int:
    """See `Store.restore`."""
    if not records:
        return 0
    restorer = _Restorer(db, vectors, records, indexes)
    for number, record in enumerate(records, 1):
        try:
            restorer.take(record)
        except (InvalidInput, ValidationError, KeyError, TypeError, ValueError) as error:
            raise BadLine(f"record {number} cannot be read: {_reason(error)}", line=number) from error
    return restorer.finish()


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


class _Restorer:
    def __init__(
        self, db: sqlite3.Connection, vectors: Vectors, records: Sequence[Record], indexes: Mapping[str, Index]
    ) -> None:
        self._db = db
        self._indexes = indexes
        self._writer = Writer(db, {str(record.get("space")) for record in records}, vectors)
        self._last_at = PAST
        self._new = 0

    def take(self, record: Record) -> None:
        area = self._writer.area(record["space"])
        fields = {name: value for name, value in record.items() if name not in ("record", *_STORED_ONLY)}
        match record["record"]:
            case "space":
                area.self = area.self or record["self"]
            case "episode":
                self._episode(area, Episode.model_validate(fields), record)
            case "entity":
                self._entity(area, Entity.model_validate(fields), record)
            case "fact":
                self._fact(area, Fact.model_validate({**fields, "evidence": ()}), record)
            case "change":
                self._change(area, Change.model_validate(fields))
            case "tombstone":
                added = self._db.execute(sql.ADD_REJECTED, {"part": area.part, "digest": str(record["digest"])})
                self._new += added.rowcount
            case other:
                raise InvalidInput(f"{other!r} is no kind of record")

    def finish(self) -> int:
        self._writer.finish(self._last_at)
        return self._new

    def _episode(self, area: Area, episode: Episode, record: Record) -> None:
        row = self._db.execute(sql.EPISODE_BY_UID, {"uid": episode.id, **area.range}).fetchone()
        if row is not None:
            _check_same(f"the episode {episode.id}", _plain(episode_of(row, area.space)), _plain(episode))
            return
        identity = record["identity"]
        if identity is not None:
            known = {"identity": identity, **area.range}
            if self._db.execute(sql.EPISODE_BY_IDENTITY, known).fetchone() is not None:
                raise Conflict(f"the episode {episode.id} is there already under another id")
        recorded_at = self._seen(episode.recorded_at)
        retired_at = FAR if record["retired_at"] is None else self._seen(_parsed(record["retired_at"]))
        new = NewEpisode(episode, identity or "", self._indexes[episode.id])
        self._writer.add_episode(new, recorded_at=recorded_at, retired_at=retired_at)
        self._new += 1

    def _entity(self, area: Area, entity: Entity, record: Record) -> None:
        if self._db.execute(sql.ENTITY, {"key": entity.key, **area.range}).fetchone() is None:
            self._writer.join_entity(entity, self._seen(_parsed(record["known_from"])))
            self._new += 1

    def _fact(self, area: Area, fact: Fact, record: Record) -> None:
        named = self._db.execute(sql.FACT_ID, {"uid": fact.id, **area.range}).fetchone()
        if named is not None:
            row = self._db.execute(sql.FACT, {"id": named[0], **area.range}).fetchone()
            known = fact_of(self._db, area, (*row, FAR, FAR, PAST, FAR))
            _check_same(f"the fact {fact.id}", _plain(known, without=_MAY_DIFFER), _plain(fact, without=_MAY_DIFFER))
            return
        digest = str(record["digest"])
        if self._db.execute(sql.REJECTED, {"part": area.part, "digest": digest}).fetchone() is not None:
            return
        versions = [_version(version) for version in record["versions"]]
        if not versions:
            raise InvalidInput("a fact needs a version")
        at = self._seen(versions[0].known_from)
        try:
            id_ = self._writer.add_fact(NewFact(fact, digest, self._indexes[fact.id]), at)
        except Conflict as error:  # nobody can have forgotten its entity meanwhile: the file lacks it
            raise InvalidInput(str(error)) from error
        for version in versions:
            self._seen(version.known_from)
            self._db.execute(sql.ADD_VERSION, {"fact": id_, **version_values(version)})
        for episode_id, start, end, known_from in record["evidence"]:
            evidence = [Evidence(episode_id=episode_id, start=start, end=end)]
            self._writer.add_evidence(area, id_, evidence, self._seen(_parsed(known_from)))
        self._new += 1

    def _change(self, area: Area, change: Change) -> None:
        if self._db.execute(sql.CHANGE_ID, {"uid": change.id, **area.range}).fetchone() is None:
            self._writer.add_entry(change, uid=change.id, at=self._seen(change.at))
            self._new += 1

    def _seen(self, moment: datetime | None) -> int:
        if moment is None:
            raise InvalidInput("a time is missing")
        micros = to_micros(moment)
        self._last_at = max(self._last_at, micros)
        return micros


_STORED_ONLY = ("identity", "retired_at", "digest", "versions", "known_from")
_MAY_DIFFER = {"valid_from", "valid_to", "known_from", "known_to", "evidence", "mentions", "mention_keys"}


def _check_same(what: str, known: object, restored: object) -> None:
    if known != restored:
        raise Conflict(f"{what} stands here with other content: load into an empty space, or erase it first")


def _version(stored: Sequence[str | None]) -> Version:
    known_from, known_to, valid_from, valid_to = stored
    return Version(
        known_from=_parsed(known_from),
        known_to=FAR_FUTURE if known_to is None else _parsed(known_to),
        valid_from=FAR_PAST if valid_from is None else _parsed(valid_from),
        valid_to=FAR_FUTURE if valid_to is None else _parsed(valid_to),
    )


def _parsed(stored: object) -> datetime:
    return utc(datetime.fromisoformat(cast("str", stored)))
