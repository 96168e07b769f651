"""Making a database ready: what the server can do, constraints and indexes, and whose vectors are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from graphmem import queries
from graphmem.errors import EmbedderMismatch, FormatTooNew, NotAStore, StoreError, StoreUnavailable
from graphmem.moment import Clock
from graphmem.stores.neo4j import near
from graphmem.stores.neo4j.connection import Connection, Row, Transaction
from graphmem.stores.neo4j.server import Server, server_of

FORMAT = 2

WAIT_S = 300

FAILED = "failed"
STRANGE = "something else of that name"
UNMENDABLE = frozenset({FAILED, STRANGE})
"""What nobody but its owner may drop, or what would fail again for the same reason."""

EXCHANGING = "its vectors are being exchanged for those of another embedder: try again in a minute"

Kind = Literal["episode", "fact"]
KINDS: tuple[Kind, Kind] = ("episode", "fact")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the store's own node says.

    `embedder` and `dimensions` are those of the vectors in use, `reembedding` and its dimensions those of the vectors
    put aside. From the moment when they begin to take over until all have, `is_exchanging` keeps everybody out.
    """

    format: int
    embedder: str
    dimensions: int
    reembedding: str | None
    reembedding_dimensions: int | None
    is_exchanging: bool


async def prepare(connection: Connection, server: Server, *, embedder: str, dimensions: int) -> None:
    """Make what is missing of the schema, and check whose vectors are kept.

    Raises:
        EmbedderMismatch, FormatTooNew: See `Store.open`.
        StoreError: An index failed, did not come up in time, or something else has its name.
    """
    wrong = await _faults(connection, server, dimensions)
    if in_the_way := {name: fault for name, fault in wrong.items() if fault in UNMENDABLE}:
        raise StoreError(f"{connection.place}: {_listed(in_the_way)}: drop it, and the next call makes it anew")
    if not wrong:
        known = await connection.read("store", stored)
        if known is not None:
            check(known, connection.place, embedder=embedder, dimensions=dimensions)
            return

    async def make(tx: Transaction) -> Layout:
        values = {"format": FORMAT, "embedder": embedder, "dimensions": dimensions}
        [row] = await tx.run("write/make_store", **values)
        return Layout(**row)

    await connection.change_schema("schema/001_space")
    check(await connection.write("make store", make), connection.place, embedder=embedder, dimensions=dimensions)
    await make_indexes(connection, server, dimensions)


async def make_indexes(connection: Connection, server: Server, dimensions: int) -> None:
    """Make what is missing of constraints and indexes, and wait until all can be used.

    Raises:
        StoreError: An index did not come up in time.
    """
    for query in wanted(server)[1:]:
        values = {"dimensions": dimensions} if "dimensions" in query.parameters else {}
        if values:
            await _make_room(connection, query, dimensions)
        await connection.change_schema(query.name, **values)
    await connection.change_schema("schema/wait", seconds=WAIT_S)
    if left := await _faults(connection, server, dimensions):
        raise StoreError(
            f"{connection.place}: {_listed(left)}: try again, or drop what SHOW INDEXES lists for the same properties "
            "under another name"
        )


def wanted(server: Server) -> list[queries.Query]:
    """The files that make the schema on this server, in order: it has one kind of vector index, not both."""
    files = (queries.load(name) for name in queries.names("schema") if name.split("/")[1][:3].isdecimal())
    known = [query for query in files if query.server <= server.year]
    vectors = [query for query in known if "dimensions" in query.parameters]
    newest = max(query.server for query in vectors)
    return [query for query in known if query not in vectors or query.server == newest]


def vector_indexes(server: Server) -> dict[Kind, str]:
    """The vector index of each kind on this server."""
    names = [index_of(query) for query in wanted(server) if "dimensions" in query.parameters]
    return {kind: next(name for name in names if name.startswith(f"graphmem_{kind}_")) for kind in KINDS}


async def drop_vector_indexes(connection: Connection, server: Server) -> None:
    """Drop the indexes of all vectors. The server waits until every transaction that has written a record is done."""
    for name in vector_indexes(server).values():
        await connection.change_schema(f"schema/drop/{name.removeprefix('graphmem_')}")


def index_of(query: queries.Query) -> str:
    """The index or constraint that a file of the schema makes."""
    return f"graphmem_{query.name.split('/')[1][4:]}"


async def indexes(tx: Transaction) -> Mapping[str, Row]:
    """The indexes of this schema that are there, by name."""
    return {row["name"]: row for row in await tx.run("read/indexes")}


async def _faults(connection: Connection, server: Server, dimensions: int) -> Mapping[str, str]:
    return faults(await connection.read("indexes", indexes), server, dimensions)


def faults(found: Mapping[str, Row], server: Server, dimensions: int) -> Mapping[str, str]:
    """What is wrong with the indexes found, by name; all are there and can be used where nothing is."""
    told = {index_of(query): _fault(query, found.get(index_of(query)), dimensions) for query in wanted(server)}
    return {name: fault for name, fault in told.items() if fault is not None}


def _fault(query: queries.Query, index: Row | None, dimensions: int) -> str | None:
    if index is None:
        return "missing"
    if (index["type"], index["is_constraint"]) != _kind(query):
        return STRANGE
    if index["type"] == "VECTOR" and _dimensions(index) != dimensions:
        return f"for vectors of {_dimensions(index)} numbers"
    if index["state"] == "FAILED":
        return FAILED
    return None if index["state"] == "ONLINE" else "not online yet"


def _kind(query: queries.Query) -> tuple[str, bool]:
    """The type of index that a file makes, and whether it is a constraint's."""
    made = query.text[query.text.index("CREATE") :].split()
    return (made[1] if made[1] in ("VECTOR", "FULLTEXT") else "RANGE"), made[1] == "CONSTRAINT"


def _listed(faults: Mapping[str, str]) -> str:
    return ", ".join(f"{name} is {fault}" for name, fault in faults.items())


async def stored(tx: Transaction) -> Layout | None:
    """What the store says about itself; None where it was never made."""
    rows = await tx.run("read/store")
    return Layout(**rows[0]) if rows else None


def check(layout: Layout | None, place: str, *, embedder: str, dimensions: int) -> None:
    """Refuse another format, another embedder's vectors, and those that are being exchanged."""
    if layout is None:
        raise StoreUnavailable(f"{place}: the memory there was taken away meanwhile: try again", retryable=True)
    check_format(layout, place)
    if layout.is_exchanging:
        raise StoreUnavailable(f"{place}: {EXCHANGING}", retryable=True)
    if (layout.embedder, layout.dimensions) != (embedder, dimensions):
        raise EmbedderMismatch(
            f"{place} holds vectors by {layout.embedder}, and these are by {embedder}: pass that embedder, or make "
            "all vectors anew with `graphmem reembed`"
        )


def check_format(layout: Layout, place: str) -> None:
    """Refuse what another version has made, or somebody else."""
    if not isinstance(layout.format, int):  # pyright: ignore[reportUnnecessaryIsInstance] - what others have written
        raise NotAStore(f"{place}: a node `Meta` there is not ours: name an empty database")
    if layout.format > FORMAT:
        raise FormatTooNew(f"{place}: its layout is {layout.format}, this version knows {FORMAT}: upgrade graphmem")
    if layout.format < FORMAT:
        raise NotAStore(
            f"{place}: its layout is {layout.format}, of a graphmem that was never released, and was left as it is: "
            "name another database, and import what that one exports"
        )


async def _make_room(connection: Connection, query: queries.Query, dimensions: int) -> None:
    """Drop the index of that name where it is for vectors of another length."""
    found = (await connection.read("indexes", indexes)).get(index_of(query))
    if found is not None and found["type"] == "VECTOR" and _dimensions(found) != dimensions:
        await connection.change_schema(f"schema/drop/{index_of(query).removeprefix('graphmem_')}")


def _dimensions(index: Row) -> int | None:
    options: Mapping[str, Any] = index["options"]["indexConfig"]  # a value of the driver
    return options.get("vector.dimensions")


async def described(connection: Connection, clock: Clock) -> str:
    """Where the store is, what it runs on and how well it is, in a line; nothing is made.

    Raises:
        FormatTooNew: A newer version has made it.
        StoreError: Indexes are missing or failed, or are not those of this store.
    """
    server = await server_of(connection)

    async def look(tx: Transaction) -> tuple[Layout | None, Mapping[str, Row], list[Row], datetime]:
        [now] = await tx.run("read/clock")
        return await stored(tx), await indexes(tx), await tx.run("read/spaces"), now["now"].to_native()

    known, found, spaces, now = await connection.read("describe", look)
    what = f"{connection.place}, Neo4j {server.version} {server.edition}"
    if known is None:
        return f"{what}: no memory yet, the first `graphmem add` makes it"
    check_format(known, what)
    if wrong := faults(found, server, known.dimensions):
        raise StoreError(f"{what}: {_listed(wrong)}: `graphmem add` makes what is missing; drop what is in its way")
    ahead = (now - clock()).total_seconds()
    return (
        f"{what}, all {len(wanted(server))} indexes online, {len(spaces)} spaces, vectors of {known.dimensions} "
        f"numbers by {known.embedder}, nearest vectors {near.told(server)}, server clock {ahead:+.1f} s"
    )
