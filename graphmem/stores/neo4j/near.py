"""How the vectors of a space that are nearest to a question are found."""

from math import ceil

from graphmem.protocols import Nearest
from graphmem.stores.neo4j.server import Server

EXACT = 1_000
"""Up to so many vectors of a space each is compared, as that takes no longer than asking an index.

A comparison takes 10 to 20 µs, an index about 10 ms, however many vectors it holds.
"""

LEAST_CANDIDATES = 400
CANDIDATES = 2
"""An index is asked for this many times what is wanted: it compares shortened vectors, and cuts before it sorts.

Source: benchmarks/neo4j.py. Of an owner's nearest 20, 100 candidates lose 3 in a thousand; where hundreds are wanted,
what is lost stands at their end, and every further candidate costs as much as the first.
"""

SPARE = 1.5
"""How much further a search goes than where an owner would have enough, were its vectors spread evenly."""


def how_near(server: Server, size: int) -> Nearest:
    """How the nearest of so many vectors of a space are found on this server."""
    if size <= EXACT:
        return "exact"
    return "filtered" if server.has_filtered_search else "index"


def candidates(limit: int) -> int:
    """How many an index is asked for first, where `limit` are wanted."""
    return max(LEAST_CANDIDATES, CANDIDATES * limit)


def further(looked_at: int, share: float, everything: int) -> int:
    """How many of an index of everybody are looked at next, where the last brought so large a share of what was wanted.

    `everything` where that tells nothing: as many as would have to be compared instead.
    """
    return ceil(SPARE * looked_at / share) if share else everything


def told(server: Server) -> str:
    """The choice in words, for the doctor."""
    index = "filtered to the owner" if server.has_filtered_search else "of everybody, as far as the owner needs"
    return f"by comparing up to {EXACT:,} of an owner, beyond by the index {index}"
