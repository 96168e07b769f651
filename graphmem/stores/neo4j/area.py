"""The part of a store that belongs to one space: its counters and its own clock."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # what a driver returns

from graphmem.scope import checked
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.records import native
from graphmem.stores.neo4j.schema import Kind


@dataclass(slots=True)
class Area:
    """The counters of one space. Within a write they are changed and saved at the end."""

    space: str
    next: int
    last_at: datetime
    self: str | None
    episodes: int
    episode_stems: int
    facts: int
    speakers: dict[str, datetime]  # with when each was first heard
    merges: int  # entities that were merged into others
    expires_at: datetime | None  # when all of it is over
    due_at: datetime | None  # when the first of its episodes is

    @classmethod
    def of(cls, row: Row) -> "Area":
        """An area from a row of `read/areas` or `write/enter`."""
        stored: dict[str, Any] = {**row["area"]}
        since = map(native, stored.pop("speakers_since"))
        stored["speakers"] = dict(zip(stored["speakers"], since, strict=True))
        stored["last_at"] = native(stored["last_at"])
        stored["merges"] = stored["merges"] or 0  # spaces of older stores do not say
        for end in ("expires_at", "due_at"):
            stored[end] = None if stored[end] is None else native(stored[end])
        return cls(**stored)

    def new_number(self) -> int:
        """The place of a new record among those of the space."""
        taken = self.next
        self.next += 1
        return taken

    def values(self) -> Mapping[str, object]:
        """The counters as properties."""
        return {
            "next": self.next,
            "last_at": self.last_at,
            "self": self.self,
            "episodes": self.episodes,
            "episode_stems": self.episode_stems,
            "facts": self.facts,
            "speakers": list(self.speakers),
            "speakers_since": list(self.speakers.values()),
            "merges": self.merges,
            "expires_at": self.expires_at,
            "due_at": self.due_at,
        }


async def areas_of(tx: Transaction, spaces: Iterable[str]) -> list[Area]:
    """The areas of the spaces that have one, in the order of the spaces, each once."""
    named = list(dict.fromkeys(checked(spaces)))
    found = {area.space: area for area in map(Area.of, await tx.run("read/areas", spaces=named))}
    return [found[space] for space in named if space in found]


def token_of(space: str, kind: Kind) -> str:
    """The one word in the index that stands for a space and a kind.

    Not the space itself, which a tokenizer would take apart, so that one owner's name could match another's.
    """
    return f"{kind[0]}{hashlib.blake2b(space.encode(), digest_size=12).hexdigest()}"


def search(space: str, kind: Kind, words: str) -> str:
    """A search in the word index for a phrase, or several in brackets, restricted to a space."""
    return f'+token:"{token_of(space, kind)}" +stems:{words}'


def rows_of(pairs: Iterable[tuple[str, str]], *names: str) -> list[Mapping[str, str]]:
    """Pairs as rows of a query, each once."""
    first, second = names or ("space", "id")
    return [{first: one, second: other} for one, other in dict.fromkeys(pairs)]


def in_spaces(spaces: Sequence[str], ids: Iterable[str]) -> list[Mapping[str, str]]:
    """Every id in every space, as rows of a query."""
    return [{"space": space, "id": id_} for id_ in dict.fromkeys(ids) for space in dict.fromkeys(checked(spaces))]
