"""What both stores make of a record's fields before they keep them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from graphmem.models import Fact
from graphmem.protocols import Slot

BY_ANOTHER = ("superseded", "ended")
"""Changes by which another statement says how long a fact held."""

ABOUT_VALIDITY = (*BY_ANOTHER, "corrected", "retracted", "restored")
"""Every change that says so, and what undoes the one before it."""


def standing(kinds: Iterable[str]) -> list[str]:
    """What of the changes of a fact stands, oldest first: one that was restored is as if it had never been."""
    stands: list[str] = []
    for kind in kinds:
        if kind != "restored":
            stands.append(kind)
        elif stands:
            stands.pop()
    return stands


def to_look_up(slots: Iterable[tuple[Slot, Iterable[Fact]]], statements: Iterable[Fact]) -> list[Fact]:
    """Of known facts those of whose validity the journal has more to tell: who set their end, or their beginning where
    what is told now may be of an earlier time.
    """
    beside = [
        fact
        for slot, facts in slots
        for fact in facts
        if fact.valid_to is not None or (fact.valid_from is not None and fact.valid_from > slot.since)
    ]
    said = [fact for fact in statements if fact.valid_from is not None]
    return list({(fact.space, fact.id): fact for fact in (*beside, *said)}.values())


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def to_json(value: object) -> str:
    """A value as compact JSON, for what a column or a property cannot hold otherwise."""
    return _COMPACT.encode(value)


def by_space(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What is listed with its space, grouped by space."""
    found: dict[str, list[str]] = {}
    for space, value in pairs:
        found.setdefault(space, []).append(value)
    return found


def links_of(subject: str | None, object_: str | None, mentions: Iterable[str]) -> dict[str, bool]:
    """The entity keys that a fact leads to, each once, and whether it is about that one."""
    keys = ([subject] if subject else []) + list(mentions) + ([object_] if object_ else [])
    return {key: key == subject for key in keys}


@dataclass(frozen=True, slots=True)
class Keys:
    """The entities that a fact names, by key."""

    subject: str | None
    object_: str | None
    mentions: tuple[str, ...]

    @property
    def every(self) -> set[str]:
        """All of them."""
        return {key for key in (self.subject, self.object_, *self.mentions) if key}

    def under(self, name: Callable[[str], str]) -> "Keys":
        """The same under other keys."""
        return Keys(
            self.subject and name(self.subject), self.object_ and name(self.object_), tuple(map(name, self.mentions))
        )

    def values(self) -> dict[str, object]:
        """As fields of a fact."""
        return {"subject_key": self.subject, "object_key": self.object_, "mention_keys": self.mentions}

    def columns(self) -> dict[str, object]:
        """As columns of a table."""
        return {**self.values(), "mention_keys": to_json(self.mentions)}


def one_class(stands_for: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """All keys that are one with a key, from what each merged key stands for."""
    found: dict[str, list[str]] = {}
    for key, root in stands_for.items():
        found.setdefault(root, [root]).append(key)
    return {key: tuple(keys) for keys in found.values() for key in keys}
