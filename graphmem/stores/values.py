"""What both stores make of a record's fields before they keep them."""

import json
from collections.abc import Iterable


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
