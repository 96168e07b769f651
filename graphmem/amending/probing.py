"""Looking once more, in everything that is kept of an owner, for what was erased: whatever index would find it by."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from graphmem import forgetting
from graphmem.extraction.names import unified
from graphmem.protocols import Store
from graphmem.words import STOP_WORDS, stems

SHORTEST_PART = 3
"""Letters of a part of a name, below which it says nothing: "de", "J."."""

_WORD = re.compile(r"\w+")
_BETWEEN = "\n_\n"
"""Stands between the texts of a record: no name and no statement reaches across."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What must not be found any more in some spaces.

    Attributes:
        spaces: Where.
        texts: Statements, and the words they were read from.
        called: Names.
        is_all: Nothing at all but the journal.
    """

    spaces: tuple[str, ...]
    texts: frozenset[str] = field(default_factory=frozenset[str])
    called: frozenset[str] = field(default_factory=frozenset[str])
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """Records that hold it, and records that hold a part of a name or its stem: somebody else's, perhaps."""

    texts: int = 0
    resembling: int = 0


async def searched(store: Store, sought: Sought) -> Seen:
    """Read every record of the spaces. Texts are the same whatever their case, punctuation and look-alike letters."""
    texts = {_plain(text) for text in sought.texts} - {"  "}
    parts = _parts(sought.called)
    found = resembling = 0
    async for record in store.dump(sought.spaces):
        said = _BETWEEN.join(_said(record))
        plain = _plain(said) if texts else ""
        if (
            (sought.is_all and record["record"] not in ("space", "change"))
            or any(text in plain for text in texts)
            or forgetting.places(said, sought.called)
        ):
            found += 1
        elif parts and not parts.isdisjoint(stems(said)):
            resembling += 1
    return Seen(found, resembling)


def _parts(called: Collection[str]) -> set[str]:
    words = {word for name in called for word in _WORD.findall(name.lower())}
    return {stem for word in words - STOP_WORDS if len(word) >= SHORTEST_PART for stem in stems(word)}


def _plain(text: str) -> str:
    return f" {' '.join(_WORD.findall(unified(text).casefold()))} "


def _said(value: object) -> Sequence[str]:
    """Every text within a record."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _said(item)]  # pyright: ignore
    if isinstance(value, Sequence):
        return [text for item in value for text in _said(item)]  # pyright: ignore
    return ()
