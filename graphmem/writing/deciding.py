"""Writing what was decided, and deciding anew when another writer came in between."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from graphmem.errors import Conflict
from graphmem.models import Change
from graphmem.protocols import Draft, Store

log = logging.getLogger("graphmem")

TRIES = 100
"""How often a write is decided anew when another writer changed what it rests on. One of them always succeeds, so of n
that change the same thing at once each loses with a chance of 1 - 1/n a time: 8 writers, once in 600,000.
"""

Decide = Callable[[], Awaitable[Draft | Sequence[Change]]]
"""Reads what is known and decides; changes where nothing is to be written, to be told as they are."""


async def written(store: Store, decide: Decide) -> list[Change]:
    """Write what is decided.

    Raises:
        Conflict: Others came in between every time; or `decide` found one, which deciding anew would not mend.
    """
    for attempt in range(1, TRIES + 1):
        draft = await decide()
        if not isinstance(draft, Draft):
            return list(draft)
        try:
            return await store.write(draft)
        except Conflict:
            log.debug("write decided anew: attempt %d", attempt)
            if attempt == TRIES:
                raise
    raise AssertionError("a loop of at least one try returns or raises")
