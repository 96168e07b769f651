"""What both stores make of a record's fields before they keep them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

BY_ANOTHER = ("superseded", "ended")
"""Changes by which another statement says how long a fact held."""

ABOUT_VALIDITY = (*BY_ANOTHER, "corrected", "restored")
"""Every change that says so; the last one stands."""


def to_json(value: object) -> str:
    """A value as compact JSON, for what a column or a property cannot hold otherwise."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


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
