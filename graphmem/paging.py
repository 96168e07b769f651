"""Facts of some spaces read to the end, page by page."""

from collections.abc import AsyncGenerator, Sequence

from graphmem.models import Fact
from graphmem.moment import Moment
from graphmem.protocols import Store

LEAST, LARGEST = 100, 5_000
"""Facts of the first page and of the largest: each is twice the one before, so that who stops early has read little."""


async def pages(
    store: Store,
    spaces: Sequence[str],
    *,
    moment: Moment | None,
    entity: str | None = None,
    predicate: str | None = None,
    after: str | None = None,
) -> AsyncGenerator[list[Fact]]:
    """All facts that `Store.list_facts` lists, newest first; no page is empty."""
    size, last = LEAST, after
    while page := await store.list_facts(
        spaces, moment=moment, entity=entity, predicate=predicate, limit=size, after=last
    ):
        yield page
        if len(page) < size:
            return
        last, size = page[-1].id, min(2 * size, LARGEST)
