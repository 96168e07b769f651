"""Whole spaces as plain records, and back: the form that every store dumps and restores.

Equal content gives equal records in whatever store, so that a copy can be compared with its source line by line.
"""

import json
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn, cast  # a record is plain JSON values

from pydantic import JsonValue, ValidationError

from graphmem import forgetting
from graphmem.errors import BadLine, Conflict, InvalidInput
from graphmem.models import Change, Entity, Episode, Evidence, Fact
from graphmem.moment import FAR_FUTURE, FAR_PAST, Version, utc
from graphmem.reconcile import rejection
from graphmem.stores import tombstones

Record = Mapping[str, Any]

Place = tuple[Evidence, datetime]
"""Where a fact was read, and since when that is known."""


@dataclass(frozen=True, slots=True)
class SpaceRecord:
    """A space, the key of the entity that "I" means there, and when all of it is over."""

    space: str
    self: str | None
    expires_at: datetime = FAR_FUTURE

    def plain(self) -> Record:
        """As it is dumped."""
        return {
            "record": "space",
            "space": self.space,
            "self": self.self,
            "expires_at": _written(self.expires_at),
        }


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """An episode, what it is known again by (None for one that was replaced), and when it was replaced."""

    episode: Episode
    identity: str | None
    retired_at: datetime

    @property
    def space(self) -> str:
        """Whose it is."""
        return self.episode.space

    @property
    def recorded_at(self) -> datetime:
        """When it was written."""
        if self.episode.recorded_at is None:
            raise InvalidInput("a time is missing")
        return self.episode.recorded_at

    @property
    def is_current(self) -> bool:
        """Whether no newer text has replaced it."""
        return self.retired_at == FAR_FUTURE

    def plain(self) -> Record:
        """As it is dumped."""
        fields = plain(self.episode)
        return {"record": "episode", **fields, "identity": self.identity, "retired_at": _written(self.retired_at)}


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """An entity, and since when it is known. How many episodes touch it follows from them."""

    entity: Entity
    known_from: datetime

    @property
    def space(self) -> str:
        """Whose it is."""
        return self.entity.space

    def plain(self) -> Record:
        """As it is dumped."""
        fields = plain(self.entity, without={"degree"})
        return {"record": "entity", **fields, "known_from": _written(self.known_from)}


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """An entity, and the one it was merged into, by key."""

    space: str
    entity: str
    into: str

    def plain(self) -> Record:
        """As it is dumped."""
        return {"record": "merge", "space": self.space, "entity": self.entity, "into": self.into}


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact with all its versions and everywhere it was read, each in the order in which it came to be known."""

    fact: Fact
    digest: str
    versions: tuple[Version, ...]
    evidence: tuple[Place, ...]

    @property
    def space(self) -> str:
        """Whose it is."""
        return self.fact.space

    def plain(self) -> Record:
        """As it is dumped."""
        return {
            "record": "fact",
            **plain(self.fact, without={"layer", "categories", "evidence", *_CLOCKS}),
            "digest": self.digest,
            "versions": [[_written(side) for side in _sides(version)] for version in self.versions],
            "evidence": [
                [place.episode_id, place.start, place.end, _written(known_from)] for place, known_from in self.evidence
            ],
        }


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """An entry of the journal. Texts are those of facts and are not written again."""

    change: Change

    @property
    def space(self) -> str:
        """Whose it is."""
        return self.change.space

    @property
    def at(self) -> datetime:
        """When it happened."""
        if self.change.at is None:
            raise InvalidInput("a time is missing")
        return self.change.at

    def plain(self) -> Record:
        """As it is dumped."""
        return {"record": "change", **plain(self.change, without={"text"})}


@dataclass(frozen=True, slots=True)
class TombstoneRecord:
    """What is kept of a statement that must not be learned again (`graphmem.stores.tombstones`)."""

    space: str
    digest: str

    def plain(self) -> Record:
        """As it is dumped."""
        return {"record": "tombstone", "space": self.space, "digest": self.digest}


AnyRecord = SpaceRecord | EpisodeRecord | EntityRecord | MergeRecord | FactRecord | ChangeRecord | TombstoneRecord


def plain(model: Episode | Entity | Fact | Change, *, without: set[str] | None = None) -> dict[str, JsonValue]:
    """A model as plain values."""
    return model.model_dump(mode="json", exclude=without)


# ------------------------------------------------------------------------------------------------------- reading


def read(records: Iterable[Record]) -> list[AnyRecord]:
    """What some records say.

    Raises:
        BadLine: One cannot be read; `line` counts them from 1.
    """
    said: list[AnyRecord] = []
    for number, record in enumerate(records, 1):
        with numbered(number):
            said.append(_read(record))
    return said


@contextmanager
def numbered(number: int) -> Generator[None]:
    """Blame the record of this number for what cannot be read or written within the block."""
    try:
        yield
    except (InvalidInput, ValidationError, KeyError, TypeError, ValueError) as error:
        raise BadLine(f"record {number} cannot be read: {_reason(error)}", line=number) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _read(record: Record) -> AnyRecord:
    json.dumps(record, ensure_ascii=False).encode()  # fails for half a character, which no store can keep
    space = record["space"]
    if not isinstance(space, str) or not space:
        raise InvalidInput("the name of its space is no text")
    fields = {name: value for name, value in record.items() if name not in ("record", *_STORED_ONLY)}
    match record["record"]:
        case "space":
            end = record.get("expires_at")
            return SpaceRecord(space, _name(record["self"]), FAR_FUTURE if end is None else _parsed(end))
        case "episode":
            return _episode(Episode.model_validate(fields), record)
        case "entity":
            return EntityRecord(Entity.model_validate(fields), _parsed(record["known_from"]))
        case "merge":
            return MergeRecord(space, _text(record["entity"]), _text(record["into"]))
        case "fact":
            return _fact(Fact.model_validate({**fields, "evidence": ()}), record)
        case "change":
            change = ChangeRecord(Change.model_validate(fields))
            _ = change.at
            return change
        case "tombstone":
            return TombstoneRecord(space, tombstones.checked(str(record["digest"])))
        case other:
            raise InvalidInput(f"{other!r} is no kind of record")


def _episode(episode: Episode, record: Record) -> EpisodeRecord:
    retired_at = FAR_FUTURE if record["retired_at"] is None else _parsed(record["retired_at"])
    read = EpisodeRecord(episode, _name(record["identity"]), retired_at)
    if read.identity is None and read.is_current:
        raise InvalidInput("an episode that nothing has replaced needs an identity")
    _ = read.recorded_at
    return read


def _fact(fact: Fact, record: Record) -> FactRecord:
    versions = sorted((_version(version) for version in record["versions"]), key=lambda version: version.known_from)
    if not versions:
        raise InvalidInput("a fact needs a version")
    if len({version.known_from for version in versions}) < len(versions):
        raise InvalidInput("two versions are known from the same moment on")
    evidence = [
        (Evidence(episode_id=episode_id, start=start, end=end), _parsed(known_from))
        for episode_id, start, end, known_from in record["evidence"]
    ]
    return FactRecord(fact, str(record["digest"]), tuple(versions), tuple(evidence))


def refused(record: EpisodeRecord | FactRecord) -> Change:
    """What is said of what is not restored, as it was rejected or forgotten where it was to go."""
    what = "statement was rejected" if isinstance(record, FactRecord) else "text was forgotten"
    return Change(space=record.space, kind="refused", reason=f"this {what} before, and came in a file")


def erased(episode_id: str) -> str:
    """The digest that an erased episode has left, so that no file brings it back."""
    return rejection(forgetting.record(episode_id))


def without(record: FactRecord, gone: Collection[str]) -> FactRecord | None:
    """A fact without the episodes that are not restored; None where nothing is left that says it."""
    kept = tuple((place, known_from) for place, known_from in record.evidence if place.episode_id not in gone)
    return None if record.evidence and not kept else replace(record, evidence=kept)


def elsewhere(record: FactRecord, known: Fact) -> list[tuple[Evidence, datetime]]:
    """Where a known fact was read by a record, and not yet by what is known here."""
    return [(place, known_from) for place, known_from in record.evidence if place not in known.evidence]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{value!r} is no key")
    return value


def _name(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidInput(f"{value!r} is no name")


_STORED_ONLY = ("identity", "retired_at", "digest", "versions", "known_from")
_CLOCKS = {"valid_from", "valid_to", "known_from", "known_to"}


def latest(record: AnyRecord) -> datetime:
    """The last moment that a record names on the clock of its store: whatever is written next comes later."""
    match record:
        case EpisodeRecord():
            return record.recorded_at if record.is_current else max(record.recorded_at, record.retired_at)
        case EntityRecord():
            return record.known_from
        case FactRecord():
            ends = (moment for version in record.versions for moment in (version.known_from, version.known_to))
            found = (known_from for _, known_from in record.evidence)
            return max(moment for moment in (*ends, *found) if moment < FAR_FUTURE)
        case ChangeRecord():
            return record.at
        case _:
            return FAR_PAST


# ----------------------------------------------------------------------------------------------------- comparing


def check_same_episode(known: Episode, restored: Episode) -> None:
    """Refuse an episode whose id stands for another one here. Words of it may have been erased meanwhile.

    Raises:
        Conflict: It does.
    """
    if not forgetting.is_same(plain(known), plain(restored)):
        _refuse(f"the episode {restored.id}")


def check_same_fact(known: Fact, restored: Fact) -> None:
    """The same for a fact. Versions, evidence and the names found in it may have changed meanwhile.

    Raises:
        Conflict: It says something else.
    """
    changing = {*_CLOCKS, "evidence", "mentions", "mention_keys"}
    if plain(known, without=changing) != plain(restored, without=changing):
        _refuse(f"the fact {restored.id}")


def _refuse(what: str) -> NoReturn:
    raise Conflict(f"{what} stands here with other content: load into an empty space, or erase it first")


# ------------------------------------------------------------------------------------------------- going on from here


def later_versions(record: FactRecord, last: Version, number: int) -> tuple[Version, ...]:
    """What a record says of a fact after the version that is known last here, the `number`th, which comes first as the
    record has it: closed, perhaps. Nothing where it does not go on from that: what was decided here stands.
    """
    if len(record.versions) < number:
        return ()
    told = record.versions[number - 1]
    is_closed_since = last.known_to == FAR_FUTURE and last == told.model_copy(update={"known_to": FAR_FUTURE})
    goes_on = told == last and len(record.versions) > number
    return record.versions[number - 1 :] if goes_on or (is_closed_since and told != last) else ()


# --------------------------------------------------------------------------------------------------------- times


def _sides(version: Version) -> tuple[datetime, ...]:
    return version.known_from, version.known_to, version.valid_from, version.valid_to


def _written(moment: datetime) -> str | None:
    return None if moment in (FAR_FUTURE, FAR_PAST) else moment.isoformat()


def _version(stored: Sequence[str | None]) -> Version:
    known_from, known_to, valid_from, valid_to = stored
    return Version(
        known_from=_parsed(known_from),
        known_to=FAR_FUTURE if known_to is None else _parsed(known_to),
        valid_from=FAR_PAST if valid_from is None else _parsed(valid_from),
        valid_to=FAR_FUTURE if valid_to is None else _parsed(valid_to),
    )


def _parsed(stored: object) -> datetime:
    if stored is None:
        raise InvalidInput("a time is missing")
    return utc(datetime.fromisoformat(cast("str", stored)))
