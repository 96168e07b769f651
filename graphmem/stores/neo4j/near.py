"""How the vectors of a space that are nearest to a question are found."""

from collections.abc import Iterator

from graphmem.protocols import Nearest
from graphmem.stores.neo4j.server import Server

EXACT_BESIDE_FILTERED = 1_000
EXACT_BESIDE_PLAIN = 5_000
"""Up to so many vectors of a space each is compared: beside an index that filters, and beside one that does not.

Source: benchmarks/neo4j.py. A scan costs about 20 µs a vector; an index without filters loses a small owner.
"""

LEAST_CANDIDATES = 400
CANDIDATES = 2
"""An index is asked for this many times what is wanted: it compares shortened vectors, and cuts before it sorts.

Source: benchmarks/neo4j.py. Of an owner's nearest 20, 100 candidates lose 3 in a thousand; where hundreds are wanted,
what is lost stands at their end, and every further candidate costs as much as the first.
"""

GROWTH = 4
"""How much further a search goes that found too little of a space in an index of everybody."""


def how_near(server: Server, size: int) -> Nearest:
    """How the nearest of so many vectors of a space are found on this server."""
    if server.has_filtered_search:
        return "exact" if size <= EXACT_BESIDE_FILTERED else "filtered"
    return "exact" if size <= EXACT_BESIDE_PLAIN else "index"


def candidates(limit: int) -> int:
    """How many an index is asked for first, where `limit` are wanted."""
    return max(LEAST_CANDIDATES, CANDIDATES * limit)


def growing(limit: int, size: int) -> Iterator[int]:
    """How many of an index of everybody are looked at, ever further; none where comparing the `size` vectors of the
    space is cheaper.
    """
    k = candidates(limit)
    while k <= size:
        yield k
        k *= GROWTH


def told(server: Server) -> str:
    """The choice in words, for the doctor."""
    if server.has_filtered_search:
        return f"by comparing up to {EXACT_BESIDE_FILTERED:,} of an owner, beyond by the index filtered to the owner"
    return f"by comparing up to {EXACT_BESIDE_PLAIN:,} of an owner, beyond by the index of everybody, ever further"
