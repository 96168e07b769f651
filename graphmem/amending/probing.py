"""Looking once more, in everything that is kept of an owner, for what was erased: whatever index would find it by."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from graphmem import forgetting
from graphmem.extraction.names import unified
from graphmem.protocols import Question, Store
from graphmem.reconcile import digest
from graphmem.words import STOP_WORDS, stems

SHORTEST_PART = 3
"""Letters of a part of a name, below which it says nothing: "de", "J."."""

_WORD = re.compile(r"\w+")
_BETWEEN = "\n_\n"
"""Stands between the texts of a record: no name reaches across."""


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
    """How many records hold it, and how many a part of a name or its stem: somebody else's, perhaps."""

    texts: int = 0
    resembling: int = 0


async def searched(store: Store, sought: Sought) -> Seen:
    """Texts are looked for by their words, names and what must be empty in every record of the spaces."""
    if sought.called or sought.is_all:
        return await _in_every_record(store, sought)
    found = 0
    for text in sought.texts:
        found += await _said_again(store, sought.spaces, text)
    return Seen(found)


async def _in_every_record(store: Store, sought: Sought) -> Seen:
    parts = _parts(sought.called)
    found = resembling = 0
    async for record in store.dump(sought.spaces):
        said = _BETWEEN.join(_said(record))
        if (sought.is_all and record["record"] not in ("space", "change")) or forgetting.places(said, sought.called):
            found += 1
        elif parts and not parts.isdisjoint(stems(said)):
            resembling += 1
    return Seen(found, resembling)


async def _said_again(store: Store, spaces: Sequence[str], text: str) -> int:
    """Episodes and facts that hold a text, whatever its case and punctuation."""
    words = stems(text)
    if not words:
        return 0
    episodes = await store.episodes(spaces, await store.find_episodes(spaces, stems=words))
    phrase = tuple((space, digest(text), " ".join(words)) for space in spaces)  # no entity has a digest for its key
    facts = (fact for found in (await store.known(Question(unlinked=phrase))).unlinked.values() for fact in found)
    return sum(_plain(text) in _plain(said.text) for said in (*episodes, *facts))


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
