"""Where memories are kept: one file, or a Neo4j database. An address says which."""

from pathlib import Path

from graphmem import config
from graphmem.config import Auth
from graphmem.errors import InvalidInput
from graphmem.moment import Clock, now
from graphmem.protocols import Store


def store_at(
    url: str | Path | None, *, auth: Auth | None = None, clock: Clock = now, is_awaited: bool = False
) -> Store:
    """The store at an address; nothing is opened yet, and what is not used is not imported.

    Args:
        url: A path, `:memory:`, `neo4j://host:7687` or the like. None: see `config.default_url`.
        auth: User and password of a Neo4j server; see `config.neo4j_settings`.
        clock: What time it is.
        is_awaited: Whether a Neo4j driver that awaits is wanted. The embedded store always blocks.

    Raises:
        InvalidInput: The address cannot be meant.
    """
    address = str(url) if url is not None else config.default_url()
    if config.is_neo4j(address):
        from graphmem.stores.neo4j import Neo4jStore

        return Neo4jStore.at(config.neo4j_settings(address, auth), clock=clock, is_awaited=is_awaited)
    from graphmem.stores.embedded import EmbeddedStore

    if auth is not None:
        raise InvalidInput(f"auth= is for a Neo4j server, and {address!r} is a file")
    path = config.store_path(address)
    return EmbeddedStore(path, clock=clock, makes_folder=url is None and Path(path) == config.data_file())
