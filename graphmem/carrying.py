"""Whole memories written to files and read from them, and every vector of a store made anew."""

from itertools import islice
from pathlib import Path

from graphmem import indexing, portable
from graphmem.errors import BadLine
from graphmem.protocols import Embedder, Store

PAGE = 500
"""Records loaded, or texts embedded anew, at a time."""


async def exported(store: Store, home: str, path: Path) -> int:
    """Write the space of an owner with its sessions to a file; return how many records."""
    count = 0
    with portable.written(path, home) as put:
        async for record in store.dump((home, *await store.sessions(home))):
            put(record)
            count += 1
    return count


async def loaded(store: Store, embedder: Embedder, home: str, path: Path) -> int:
    """Read an exported file into the space of an owner; return how many records were new."""
    titles: dict[str, str | None] = {}
    new = 0
    lines = portable.read(path, home)
    while batch := list(islice(lines, PAGE)):
        records = [record for _, record in batch]
        try:
            new += await store.restore(records, await portable.indexes(records, titles, embedder))
        except BadLine as error:
            number, _ = batch[error.line - 1]
            raise BadLine(f"line {number} of {path.name}: {error}", line=number) from error
    return new


async def reembedded(store: Store, embedder: Embedder) -> int:
    """Make every vector of a store anew; return how many texts."""
    last: str | None = None
    count = 0
    is_last = False
    while not is_last:
        page = await store.texts(after=last, limit=PAGE)
        vectors = await embedder.embed(list(map(indexing.vector_text, page)), purpose="document")
        is_last = len(page) < PAGE
        await store.reembed(
            {text.record: vector for text, vector in zip(page, vectors, strict=True)},
            embedder=embedder.identity,
            dimensions=embedder.dimensions,
            is_last=is_last,
        )
        count += len(page)
        last = page[-1].record if page else last
    return count
