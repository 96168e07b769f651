"""In how many texts of a space each stem stands: asked of the word index, and kept until the space is written to."""

from collections.abc import Iterable, Mapping, Sequence

from graphmem.stores.neo4j.area import Area, search
from graphmem.stores.neo4j.connection import Transaction
from graphmem.stores.neo4j.schema import Kind
from graphmem.stores.tokens import phrase

MOST_KEPT = 20_000
"""Counts that are kept: common words come back in every question, and take longest to count."""

Counted = tuple[str, Kind, str]
"""Space, kind of text, and stem."""


class WordCounts:
    """The counts, as they were at the last write to each space: threads may share them."""

    def __init__(self) -> None:
        self._kept: dict[Counted, tuple[object, int]] = {}

    def forget(self) -> None:
        """Let go of all words."""
        self._kept = {}

    async def of(
        self, tx: Transaction, areas: Sequence[Area], kind: Kind, stems: Iterable[str]
    ) -> Mapping[tuple[str, str], int]:
        """In how many texts of each space each stem stands, by space and stem."""
        kept, found, rows = self._kept, dict[tuple[str, str], int](), list[Mapping[str, str]]()
        now = {area.space: (area.next, area.last_at) for area in areas}
        for area in areas:
            for stem in dict.fromkeys(stems) if size_of(area, kind) else ():
                then, count = kept.get((area.space, kind, stem), (None, 0))
                if then == now[area.space]:
                    found[area.space, stem] = count
                else:
                    words = search(area.space, kind, phrase([stem]))
                    rows.append({"space": area.space, "stem": stem, "words": words})
        for row in await tx.run("read/word_counts", rows=rows) if rows else ():
            space, stem = row["space"], row["stem"]
            found[space, stem] = row["count"]
            kept[space, kind, stem] = (now[space], row["count"])
        if len(kept) > MOST_KEPT:
            self.forget()
        return found


def summed(counts: Mapping[tuple[str, str], int], stems: Iterable[str]) -> dict[str, int]:
    """The counts of all spaces together."""
    found = dict.fromkeys(stems, 0)
    for (_, stem), count in counts.items():
        found[stem] += count
    return found


def size_of(area: Area, kind: Kind) -> int:
    """How many texts of a kind a space holds."""
    return area.episodes if kind == "episode" else area.facts
