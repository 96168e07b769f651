"""The contract of `graphmem.protocols.Store`, as tests that every store inherits."""

from graphmem.testing.store_correcting import Correcting
from graphmem.testing.store_erasing import Erasing
from graphmem.testing.store_excerpts import Excerpts
from graphmem.testing.store_expiring import Expiring
from graphmem.testing.store_merging import Merging
from graphmem.testing.store_reading import Reading
from graphmem.testing.store_walking import Walking
from graphmem.testing.store_writing import Writing


class StoreContract(Writing, Reading, Excerpts, Walking, Correcting, Merging, Erasing, Expiring):
    """What every store promises. A subclass gives a fixture `store`, a new empty store that reads `self.clock`.

    `run` drives a coroutine to its end; a store that awaits replaces it by `asyncio.run`.
    """
