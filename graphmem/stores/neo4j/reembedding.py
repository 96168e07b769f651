"""Another embedder for a store: its vectors are put aside until there is one for every text, then all take over.

Indexes and data cannot change in one transaction, so the exchange has steps. A mark on the store's own node says that
it is under way: while it stands, whoever would compare vectors or write some is told to try again, and whoever opens
the store finishes what somebody else began. Each step may be done again.
"""

from collections.abc import Mapping

from graphmem.errors import Conflict, InvalidInput, StoreUnavailable
from graphmem.protocols import Text, Vector
from graphmem.stores.measures import unit
from graphmem.stores.neo4j import schema
from graphmem.stores.neo4j.connection import SCHEMA_TIMEOUT_S, Connection, Row, Transaction
from graphmem.stores.neo4j.schema import KINDS, Kind, Layout
from graphmem.stores.neo4j.server import Server

Place = tuple[str, int]
"""A space, and the number of a record in it."""


async def texts(tx: Transaction, *, after: str | None, limit: int) -> list[Text]:
    """See `Store.texts`. Records are named by kind, number and space."""
    kind, (space, number) = ("episode", ("", 0)) if after is None else _place(after)
    found: list[Text] = []
    for each in KINDS[KINDS.index(kind) :]:
        values = {"space": space, "number": number, "limit": limit - len(found)}
        rows = await tx.run(f"read/texts_of_{each}s", **values) if len(found) < limit else ()
        found += [_text(each, row) for row in rows]
        space, number = "", 0
    return found


def _text(kind: Kind, row: Row) -> Text:
    fields = {name: row[name] for name in ("text", "role", "title", "speaker")}
    return Text(record=f"{kind}:{row['number']}:{row['space']}", kind=kind, **fields)


def _place(record: str) -> tuple[Kind, Place]:
    named, number, space = (*record.split(":", 2), "", "")[:3]
    for kind in KINDS:
        if named == kind and number.isdecimal() and space:
            return kind, (space, int(number))
    raise InvalidInput(f"{record!r} is no record of this store: pass one that texts() returned")


async def keep(connection: Connection, vectors: Mapping[str, Vector], *, embedder: str, dimensions: int) -> None:
    """Put new vectors aside, and drop those that yet another embedder has left there."""
    rows: dict[Kind, list[Mapping[str, object]]] = {kind: [] for kind in KINDS}
    for record, vector in vectors.items():
        kind, (space, number) = _place(record)
        checked = unit(vector, dimensions)
        rows[kind].append({"space": space, "number": number, "vector": checked.tolist() if checked.any() else []})
    layout = await _layout(connection)
    if (layout.reembedding, layout.reembedding_dimensions) != (embedder, dimensions):
        await connection.change_schema("write/drop_kept_vectors")

    async def work(tx: Transaction) -> None:
        await tx.run("write/begin_reembedding", embedder=embedder, dimensions=dimensions)
        for kind in KINDS:
            if rows[kind]:
                await tx.run(f"write/keep_vectors_of_{kind}s", rows=rows[kind])

    await connection.write("reembed", work)


async def _layout(connection: Connection) -> Layout:
    layout = await connection.read("store", schema.stored)
    if layout is None:
        raise StoreUnavailable(f"{connection.place}: there is no memory yet, and nothing to embed anew")
    if layout.is_exchanging:
        raise StoreUnavailable(f"{connection.place}: {schema.EXCHANGING}", retryable=True)
    return layout


async def exchange(connection: Connection, server: Server) -> None:
    """Let the vectors put aside take the place of those in use.

    Raises:
        Conflict: There is none yet for something that was written meanwhile.
    """

    async def begin(tx: Transaction) -> None:
        if await _lacks_some(tx):
            raise _incomplete()
        await tx.run("write/begin_exchange")

    await connection.write("begin exchange", begin)
    if not await finish(connection, server):
        raise _incomplete()


async def finish(connection: Connection, server: Server) -> bool:
    """Do all steps of an exchange that was begun, here or by somebody who was stopped; others wait meanwhile.

    Returns:
        False where it had to be called off, as something had been written just before it began.
    """

    async def steps(tx: Transaction) -> bool:
        rows = await tx.run("write/hold_store")
        layout = Layout(**rows[0]) if rows else None
        if layout is None or not layout.is_exchanging:
            return True  # somebody else has finished it meanwhile
        new = (str(layout.reembedding), layout.reembedding_dimensions or 0)
        await schema.drop_vector_indexes(connection, server)  # waits for writers who began before the mark
        is_complete = not await connection.read("reembed", _lacks_some)
        embedder, dimensions = new if is_complete else (layout.embedder, layout.dimensions)
        if is_complete:
            for kind in KINDS:
                await connection.change_schema(f"write/exchange_vectors_of_{kind}s")
        await schema.make_indexes(connection, server, dimensions)
        await tx.run("write/end_exchange", embedder=embedder, dimensions=dimensions)
        return is_complete

    layout = await connection.read("store", schema.stored)
    if layout is None or not layout.is_exchanging:
        return True
    is_complete = await connection.write("exchange", steps, timeout_s=SCHEMA_TIMEOUT_S)
    if is_complete:
        await connection.change_schema("write/drop_kept_vectors")
    return is_complete


async def _lacks_some(tx: Transaction) -> bool:
    [row] = await tx.run("read/without_new_vector")
    return row["id"] is not None


def _incomplete() -> Conflict:
    return Conflict("something was written meanwhile: embed the texts that have come in, then finish")
