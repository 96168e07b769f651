"""Whose memories a call of Mem0's is about: its ids, wherever they stand, and what is left of its filters.

Memories belong to one owner: the user, else the agent, else the app, else the run. What else is named narrows: a run
of that user, what was told to that agent. Nothing stands for everybody, `"*"` neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any, cast
from uuid import UUID

from graphmem.errors import InvalidInput, ScopeMissing
from graphmem.scope import Scope, ids_in

MOST = 100
"""Owners of one filter: each is asked by itself."""

DEEPEST = 30
"""Mappings and lists within each other in a filter; the filter language itself takes fewer."""

_FIELDS = {"user_id": "user", "agent_id": "agent", "app_id": "app", "run_id": "run", "session_id": "run"}
_JOINS = frozenset({"AND", "OR", "NOT"})
_RENAMED = {"timestamp": "said_at", "updated_at": "created_at"}
_TIMES = frozenset({"said_at", "created_at", "valid_from", "valid_to"})
_SHORTEST_TIME = len("2024-05-01T")


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that were named together."""

    user: str | None = None
    agent: str | None = None
    app: str | None = None
    run: str | None = None

    @classmethod
    def of(cls, **given: object) -> "Ids":
        """From what a call was given: `user_id`, `agent_id`, `app_id`, `run_id` or `session_id`.

        Raises:
            InvalidInput: An id names nobody, or two that mean the same differ.
        """
        ids = cls()
        for name, value in given.items():
            if value is not None:
                joined = ids.joined(cls(**{_FIELDS[name]: _checked(name, value)}))
                if joined is None:
                    raise InvalidInput(f"{name}={value!r} differs from what was said before: a call is about one run")
                ids = joined
        return ids

    def joined(self, other: "Ids") -> "Ids | None":
        """Both; None where they name different ones."""
        ids = {name: getattr(other, name) or getattr(self, name) for name in ("user", "agent", "app", "run")}
        both = Ids(**ids)
        return both if all(getattr(self, name) in (None, ids[name]) for name in ids) else None

    def scope(self, org: str) -> Scope:
        """Where what is said is kept: for good, in the space of its owner, tagged with agent and run.

        Raises:
            ScopeMissing: Nobody is named.
        """
        if self.user is None and self.agent is not None:
            return Scope.of(org, agent_id=self.agent, session_id=self.run, layer="agent")
        user = self.user or (self.app and f"app {self.app}") or (self.run and f"run {self.run}")  # no id has a space
        if not user:
            raise ScopeMissing("nobody is named: pass user_id=, agent_id= or run_id=, or filters with one of them")
        return Scope.of(org, user_id=user, agent_id=self.agent, session_id=self.run, layer="user")

    def owner(self, org: str) -> Scope:
        """The scope of all that the owner has, whatever agent, app or run it came with."""
        return self.scope(org).model_copy(
            update={"session_id": None, "agent_id": None if self.user or self.agent is None else self.agent}
        )

    def narrowing(self) -> dict[str, str]:
        """What else is named, as conditions."""
        others: dict[str, str] = {}
        if self.agent and self.user:
            others["agent_id"] = self.agent
        if self.app and (self.user or self.agent):
            others["app_id"] = self.app
        if self.run and (self.user or self.agent or self.app):
            others["run_id"] = self.run
        return others


@dataclass(frozen=True, slots=True)
class Wanted:
    """Memories of one owner that a call asks for: all that meet the conditions, a filter of ours."""

    owner: Scope
    conditions: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @property
    def filters(self) -> dict[str, Any] | None:
        """The conditions as one filter; None for none."""
        return {"AND": [dict(condition) for condition in self.conditions]} if self.conditions else None


def wanted(org: str, ids: Ids, filters: Mapping[str, Any] | None) -> list[Wanted]:
    """Whom a call asks about, each with what it asks for.

    Raises:
        ScopeMissing: Nobody is named, or everybody.
        InvalidInput: The filter cannot be meant, or names only others than the call does.
    """
    _check_depth(filters)
    branches = _branches(filters or {}, _Branch(ids))
    if not branches:
        raise InvalidInput("filters name others than the call: nobody is both")
    return [
        Wanted(
            branch.ids.owner(org),
            (*branch.conditions, *({name: value} for name, value in branch.ids.narrowing().items())),
        )
        for branch in branches
    ]


def named_by(space: str) -> dict[str, str]:
    """The owner that the key of a space stands for, by the name of Mem0's field."""
    ids = ids_in(space)
    if user := ids.get("user"):
        kind, is_ours, id_ = user.partition(" ")
        return {f"{kind}_id": id_} if is_ours and kind in ("app", "run") else {"user_id": user}
    return {"agent_id": ids["agent"]} if "agent" in ids else {}


@dataclass(frozen=True, slots=True)
class _Branch:
    """One way to meet a filter, as far as it says of whom."""

    ids: Ids
    conditions: tuple[Mapping[str, Any], ...] = ()

    def and_(self, other: "_Branch") -> "_Branch | None":
        ids = self.ids.joined(other.ids)
        return None if ids is None else _Branch(ids, (*self.conditions, *other.conditions))


def _branches(filters: object, before: _Branch) -> list[_Branch]:
    """Every way to meet a filter, added to what must hold anyway."""
    branches = [before]
    for name, value in _mapping(filters).items():
        branches = _joined(branches, _ways(name, value))
    return branches


def _ways(name: str, value: object) -> list[_Branch]:
    if name == "AND":
        ways = [_Branch(Ids())]
        for part in _parts(value):
            ways = _joined(ways, _branches(part, _Branch(Ids())))
        return ways
    if name == "OR" and any(_names_somebody(part) for part in _parts(value)):
        return [way for part in _parts(value) for way in _branches(part, _Branch(Ids()))]
    if name in _FIELDS and (named := _named(name, value)) is not None:
        return [_Branch(replace(Ids(), **{_FIELDS[name]: id_})) for id_ in named]
    return [_Branch(Ids(), ({_RENAMED.get(name, name): _ours(name, value)},))]


def _joined(branches: Iterable[_Branch], ways: Iterable[_Branch]) -> list[_Branch]:
    joined = [both for one, other in product(branches, ways) if (both := one.and_(other)) is not None]
    if len(joined) > MOST:
        raise InvalidInput(f"filters name more than {MOST} owners: ask for fewer at a time")
    return joined


def _named(name: str, value: object) -> list[str] | None:
    """The ids that a field is to equal; None where it is compared in another way."""
    if value is None or value == "*":
        return None
    if not isinstance(value, Mapping):
        return [_checked(name, value)]
    compared = cast("Mapping[str, object]", value)
    if set(compared) == {"eq"} and compared["eq"] is not None:
        return [_checked(name, compared["eq"])]
    listed = compared.get("in")
    if set(compared) == {"in"} and isinstance(listed, Sequence) and not isinstance(listed, str):
        return [_checked(name, id_) for id_ in dict.fromkeys(cast("Sequence[object]", listed))]
    return None


def _names_somebody(filters: object) -> bool:
    return any(
        name in _FIELDS or (name in _JOINS and any(_names_somebody(part) for part in _parts(value)))
        for name, value in _mapping(filters).items()
    )


def _ours(name: str, value: object) -> object:
    """A condition in words of ours: fields by our names, times without a zone as UTC."""
    if name in _JOINS:
        return [
            {_RENAMED.get(field, field): _ours(field, wanted) for field, wanted in _mapping(part).items()}
            for part in _parts(value)
        ]
    if _RENAMED.get(name, name) not in _TIMES:
        return value
    if isinstance(value, Mapping):
        return {operator: _moment(time) for operator, time in cast("Mapping[str, object]", value).items()}
    return _moment(value)


def _moment(time: object) -> object:
    """A time without a zone is one of UTC."""
    if not isinstance(time, str) or len(time) < _SHORTEST_TIME:
        return time
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return time  # the filter language says what is wrong with it
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_depth(filters: object) -> None:
    within: list[tuple[object, int]] = [(filters, 0)]
    while within:
        value, depth = within.pop()
        if depth > DEEPEST:
            raise InvalidInput(f"filters are nested too deep: at most {DEEPEST} mappings and lists fit in each other")
        if isinstance(value, Mapping):
            within += [(part, depth + 1) for part in cast("Mapping[object, object]", value).values()]
        elif isinstance(value, list | tuple):
            within += [(part, depth + 1) for part in cast("Sequence[object]", value)]


def _parts(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [cast("object", value)]
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise InvalidInput(f"filters: {value!r:.80} is no list of filters")
    return list(cast("Sequence[object]", value))


def _mapping(filters: object) -> Mapping[str, object]:
    if not isinstance(filters, Mapping):
        raise InvalidInput(f"filters: {filters!r:.80} is no mapping of fields to what they should be")
    return {str(name): value for name, value in cast("Mapping[object, object]", filters).items()}


def _checked(name: str, value: object) -> str:
    """An id, as Mem0 takes it: text, a number or a UUID, without spaces."""
    if isinstance(value, bool) or not isinstance(value, str | int | UUID):
        raise InvalidInput(f"{name} is {type(value).__name__}: an id is text")
    text = str(value).strip()
    if text == "*":
        raise ScopeMissing(f'{name}="*" names everybody, and no call is about everybody: pass one id')
    if not text:
        raise ScopeMissing(f"{name} is empty: an id names one user, agent, app or run")
    if any(character.isspace() for character in text):
        raise InvalidInput(f"{name}={text!r:.80} has a space in it: an id is one word")
    return text
