"""Looking for what was erased: by every label, in the index of words, and in those of vectors."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graphmem.stores.neo4j.area import search
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.schema import KINDS, Kind

SAMPLE = 20
"""Of the vectors erased together, so many of each kind are kept to be searched for: each search costs milliseconds."""

NEAREST = 10
"""How many are looked at in such a search: an erased vector would be the nearest to itself."""

CLAUSES = 500
"""Words in one search: Lucene takes about a thousand."""


@dataclass(slots=True)
class Traces:
    """What was erased from one space, so that it can be looked for afterwards. Words are tokens of the index."""

    space: str
    ids: dict[Kind, set[str]] = field(default_factory=lambda: {"episode": set(), "fact": set()})
    words: dict[Kind, set[str]] = field(default_factory=lambda: {"episode": set(), "fact": set()})
    vectors: dict[Kind, list[Sequence[float]]] = field(default_factory=lambda: {"episode": [], "fact": []})
    entities: set[str] = field(default_factory=set[str])
    rewritten: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Words that an episode no longer has."""


async def probe(tx: Transaction, traces: Iterable[Traces], indexes: Mapping[Kind, str]) -> dict[str, int]:
    """Search the spaces for what was erased: records, entries of the word index, vectors that are still found.

    Args:
        tx: A transaction that began after the erasure.
        traces: What was erased.
        indexes: The vector index of each kind.
    """
    left = Counter(records=0, words=0, vectors=0)
    for trace in traces:
        [row] = await tx.run(
            "read/left_records",
            space=trace.space,
            episodes=sorted(trace.ids["episode"]),
            facts=sorted(trace.ids["fact"]),
            entities=sorted(trace.entities),
        )
        left["records"] += row["records"]
        if searches := _searches(trace):
            [row] = await tx.run("read/left_words", space=trace.space, rows=searches)
            left["words"] += row["words"]
        for kind in KINDS:
            rows = [{"vector": vector} for vector in trace.vectors[kind]]
            if rows:
                values = {"index": indexes[kind], "ids": sorted(trace.ids[kind]), "rows": rows, "limit": NEAREST}
                [row] = await tx.run("read/left_vectors", space=trace.space, **values)
                left["vectors"] += row["vectors"]
    return dict(left)


def _searches(trace: Traces) -> list[Row]:
    searches: list[Row] = []
    for kind in KINDS:
        searches += _rows(trace.space, kind, trace.words[kind], trace.ids[kind])
    for id_, gone in trace.rewritten.items():
        searches += _rows(trace.space, "episode", gone, {id_})
    return searches


def _rows(space: str, kind: Kind, words: set[str], ids: set[str]) -> Iterable[Row]:
    ordered = sorted(words)
    for start in range(0, len(ordered), CLAUSES):
        quoted = " ".join(f'"{word}"' for word in ordered[start : start + CLAUSES])
        yield {"words": search(space, kind, f"({quoted})"), "ids": sorted(ids)}
