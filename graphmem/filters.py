"""The filter language: which of the things a call may read it wants. One parser, one meaning on every store.

A filter is plain data, as Mem0's users write it: `{"categories": "health", "said_at": {"gte": "2024-05-01"}}`. It is
read once, into a tree that never changes, and looks at one fact at a time, together with an episode that says it. It
chooses among what a call may read anyway: `user_id`, `agent_id` and `org_id` in it compare, and open nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Protocol, cast, get_args

from graphmem.errors import InvalidInput, NaiveMoment
from graphmem.models import Episode, Fact, FactKind, Role
from graphmem.moment import FAR_FUTURE, utc
from graphmem.scope import LAYERS, ids_in

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "icontains", "exists"]
"""What a condition compares by; `exists` is what `"*"` stands for."""

DEEPEST = 8
"""AND, OR and NOT within each other."""

MOST = 1_000
"""Conditions of a filter and values of its lists, all together."""

_OPERATORS = tuple(operator for operator in get_args(Operator) if operator != "exists")
_JOINS = ("AND", "OR", "NOT")
_DATES = frozenset({"said_at", "created_at", "valid_from", "valid_to"})
_CLOSED: Mapping[str, tuple[str, ...]] = {"role": get_args(Role), "kind": get_args(FactKind), "layer": LAYERS}


@dataclass(frozen=True, slots=True)
class Record:
    """What a filter looks at: a fact and an episode that says it, or an episode of which no fact is known."""

    fact: Fact | None
    episode: Episode | None

    @property
    def said(self) -> Episode | Fact | None:
        """What knows how it was said: the fact only where no episode is in sight."""
        return self.episode or self.fact


def _of_fact(name: str) -> Callable[[Record], object]:
    return lambda record: getattr(record.fact, name) if record.fact else None


def _id(name: str, of_episode: str) -> Callable[[Record], object]:
    """An id that stands with the episode, or else in the key of the space."""

    def read(record: Record) -> object:
        named = getattr(record.episode, of_episode, None)
        return named or (ids_in(record.said.space).get(name) if record.said else None)

    return read


def _created(record: Record) -> object:
    return record.episode.recorded_at if record.episode else record.fact and record.fact.known_from


_FIELDS: Mapping[str, Callable[[Record], object]] = {
    "categories": _of_fact("categories"),
    "kind": _of_fact("kind"),
    "predicate": _of_fact("predicate"),
    "valid_from": _of_fact("valid_from"),
    "valid_to": _of_fact("valid_to"),
    "role": lambda record: record.said and record.said.role,
    "layer": lambda record: record.fact.layer if record.fact else "conversation",
    "said_at": lambda record: record.episode and record.episode.said_at,
    "created_at": _created,
    "session_id": _id("session", "session"),
    "run_id": _id("session", "session"),
    "agent_id": _id("agent", "agent_id"),
    "user_id": _id("user", ""),
    "org_id": _id("org", ""),
}
"""What a name means; every other one is a key of the metadata, and `metadata.NAME` is one whatever its name."""

FIELDS = tuple(_FIELDS)


class Filter(Protocol):
    """A condition, or several of them joined."""

    def passes(self, record: Record) -> bool:
        """Whether the filter wants this."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """A time of a filter: a moment, or all of a day. `end` is exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """A field and what it is compared with: one value, or those of a list."""

    field: str
    operator: Operator
    values: tuple[object, ...] = ()

    def passes(self, record: Record) -> bool:
        """Whether the field compares so. One that is not there passes `ne` and `nin`, and being null."""
        found = _read(self.field, record)
        if self.operator == "exists":
            return found is not None
        if self.operator in ("eq", "in"):
            return any(_is_equal(found, value) for value in self.values)
        if self.operator in ("ne", "nin"):
            return not any(_is_equal(found, value) for value in self.values)
        if self.operator in ("contains", "icontains"):
            return _holds(found, cast("str", self.values[0]), is_folded=self.operator == "icontains")
        return _compares(found, self.operator, self.values[0])


@dataclass(frozen=True, slots=True)
class All:
    """Every part passes."""

    parts: tuple[Filter, ...]

    def passes(self, record: Record) -> bool:
        """Whether every part does."""
        return all(part.passes(record) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """A part passes."""

    parts: tuple[Filter, ...]

    def passes(self, record: Record) -> bool:
        """Whether a part does."""
        return any(part.passes(record) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Neither:
    """No part passes."""

    parts: tuple[Filter, ...]

    def passes(self, record: Record) -> bool:
        """Whether no part does."""
        return not any(part.passes(record) for part in self.parts)


def parsed(filters: Mapping[str, Any] | None) -> Filter | None:
    """The filter that a mapping spells; None for none, and for an empty one.

    Raises:
        InvalidInput: Something in it cannot be meant; the message names its place.
    """
    return None if filters is None or filters == {} else _Parser().all(filters, "filters", depth=0)


class _Parser:
    """One parse: how much of a filter may still come."""

    def __init__(self) -> None:
        self._left = MOST

    def all(self, given: object, place: str, *, depth: int) -> Filter:
        """What a mapping asks for: all that it names."""
        fields = _mapping(given, place)
        if not fields:
            raise InvalidInput(f"{place} is empty: name a field, or leave it out")
        if depth > DEEPEST:
            raise InvalidInput(f"{place} is too deep: at most {DEEPEST} of {', '.join(_JOINS)} fit in each other")
        parts: list[Filter] = []
        for name, value in fields.items():
            if name in _JOINS:
                parts.append(self._join(name, value, f"{place}.{name}", depth=depth))
            elif name == "metadata":
                kept = _mapping(value, f"{place}.metadata").items()
                parts += [
                    part
                    for key, wanted in kept
                    for part in self._conditions(f"metadata.{key}", wanted, f"{place}.metadata.{key}")
                ]
            else:
                parts += self._conditions(name, value, f"{place}.{name}")
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _join(self, name: str, given: object, place: str, *, depth: int) -> Filter:
        if isinstance(given, Mapping):
            parts = (self.all(cast("object", given), place, depth=depth + 1),)
        elif isinstance(given, list | tuple) and given:
            listed = cast("Sequence[object]", given)
            parts = tuple(self.all(part, f"{place}[{at}]", depth=depth + 1) for at, part in enumerate(listed))
        else:
            raise InvalidInput(f"{place} is {given!r:.80}: pass a filter, or a list of filters")
        return {"AND": All, "OR": Either, "NOT": Neither}[name](parts)

    def _conditions(self, name: str, given: object, place: str) -> list[Condition]:
        if not name or name == "metadata.":
            raise InvalidInput(f"{place}: a field has no name")
        if isinstance(given, str) and given == "*":
            self._count(1, place)
            return [Condition(name, "exists")]
        if not isinstance(given, Mapping):
            return [self._condition(name, "eq", given, place)]
        compared = _mapping(cast("object", given), place)
        if not compared:
            raise InvalidInput(f"{place} is empty: compare by one of {', '.join(_OPERATORS)}")
        return [self._condition(name, operator, value, f"{place}.{operator}") for operator, value in compared.items()]

    def _condition(self, name: str, operator: str, given: object, place: str) -> Condition:
        if operator not in _OPERATORS:
            raise InvalidInput(f"{place}: {operator!r} is no operator; compare by one of {', '.join(_OPERATORS)}")
        if operator in ("in", "nin"):
            if not isinstance(given, list | tuple | set | frozenset):
                raise InvalidInput(f"{place} is {given!r:.80}: pass a list of values")
            listed = list(cast("Sequence[object]", given))
        else:
            listed = [given]
        self._count(1 + len(listed), place)
        values = tuple(_value(name, operator, value, place) for value in listed)
        return Condition(name, cast("Operator", operator), values)

    def _count(self, number: int, place: str) -> None:
        self._left -= number
        if self._left < 0:
            raise InvalidInput(f"{place}: a filter has at most {MOST:,} conditions and values")


def _mapping(given: object, place: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{place} is {given!r:.80}: pass a mapping of fields to what they should be")
    for name in cast("Mapping[object, object]", given):
        if not isinstance(name, str):
            raise InvalidInput(f"{place} names a field {name!r:.80}: names are text")
    return cast("Mapping[str, object]", given)


def _value(name: str, operator: str, given: object, place: str) -> object:
    """A value in the form that it is compared in."""
    if name in _DATES:
        if operator in ("contains", "icontains"):
            raise InvalidInput(f"{place}: {name} is a time; compare it by gt, gte, lt, lte or eq")
        return None if given is None else _span(given, place)
    if operator in ("contains", "icontains"):
        if not isinstance(given, str) or not given:
            raise InvalidInput(f"{place} is {given!r:.80}: pass the text to look for")
        return given.casefold() if operator == "icontains" else given
    if operator in ("gt", "gte", "lt", "lte") and (isinstance(given, bool) or not isinstance(given, int | float | str)):
        raise InvalidInput(f"{place} is {given!r:.80}: pass a number or a text to compare with")
    if given is not None and not isinstance(given, str | int | float | list | tuple):
        raise InvalidInput(f"{place} is {type(given).__name__}: pass text, a number, true, false, null or a list")
    if name in _CLOSED and given is not None and given not in _CLOSED[name]:
        raise InvalidInput(f"{place}: {given!r:.80} is none of {', '.join(_CLOSED[name])}")
    return _plain(cast("object", given))


def _span(given: object, place: str) -> Span:
    """A time, as a moment or as a day of UTC."""
    try:
        if isinstance(given, str):
            given = date.fromisoformat(given) if len(given) <= len("2024-05-01") else datetime.fromisoformat(given)
        if isinstance(given, datetime):
            start, length = utc(given), timedelta(microseconds=1)
        elif isinstance(given, date):
            start, length = datetime(given.year, given.month, given.day, tzinfo=UTC), timedelta(days=1)
        else:
            raise InvalidInput(f"{place} is {given!r:.80}: pass a time, or its ISO 8601 text")
        return Span(start, start + min(length, FAR_FUTURE - start))
    except NaiveMoment as error:
        raise NaiveMoment(f"{place}: {error}") from error
    except ValueError as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"{place} is {given!r:.80}: write a time as 2024-05-01 or 2024-05-01T09:30:00Z") from error


def _plain(value: object) -> object:
    """A value that never changes: lists as tuples."""
    return tuple(_plain(item) for item in cast("Sequence[object]", value)) if isinstance(value, list | tuple) else value


def _read(field: str, record: Record) -> object:
    if read := _FIELDS.get(field):
        return read(record)
    return _plain(record.said.metadata.get(field.removeprefix("metadata."))) if record.said else None


def _is_equal(found: object, wanted: object) -> bool:
    """Whether it is that value, or a list that has it. True is not 1."""
    if isinstance(wanted, Span):
        return isinstance(found, datetime) and wanted.start <= found < wanted.end
    if isinstance(found, tuple) and not isinstance(wanted, tuple):
        return any(_is_equal(item, wanted) for item in cast("Sequence[object]", found))
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _holds(found: object, wanted: str, *, is_folded: bool) -> bool:
    """Whether a text, or one of a list, holds that text."""
    if isinstance(found, tuple):
        return any(_holds(item, wanted, is_folded=is_folded) for item in cast("Sequence[object]", found))
    return isinstance(found, str) and wanted in (found.casefold() if is_folded else found)


def _compares(found: object, operator: str, wanted: object) -> bool:
    """Order among times, among numbers and among texts; nothing else has one."""
    if isinstance(found, tuple):
        return any(_compares(item, operator, wanted) for item in cast("Sequence[object]", found))
    if isinstance(wanted, Span):
        if not isinstance(found, datetime):
            return False
        least, most, value = wanted.start, wanted.end, found
        return {"gt": value >= most, "gte": value >= least, "lt": value < least, "lte": value < most}[operator]
    if isinstance(found, bool) or isinstance(found, str) != isinstance(wanted, str):
        return False
    if not isinstance(found, str | int | float):
        return False
    left, right = cast("tuple[float, float]", (found, wanted))  # both texts, or both numbers
    return {"gt": left > right, "gte": left >= right, "lt": left < right, "lte": left <= right}[operator]
