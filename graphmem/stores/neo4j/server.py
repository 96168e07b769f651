"""What answers at an address, and what it can do."""

from dataclasses import dataclass

from graphmem.errors import StoreUnavailable
from graphmem.stores.neo4j.connection import Connection

OLDEST = (5, 26)
FILTERED = 2026
"""The first versions that we know to work, and to search within a filtered vector index."""


@dataclass(frozen=True, slots=True)
class Server:
    """What a server said of itself."""

    version: str
    edition: str
    has_filtered_search: bool

    @property
    def year(self) -> int:
        """The first number of the version: 5, or the year."""
        return int(self.version.split(".")[0])


async def server_of(connection: Connection) -> Server:
    """Ask the server what it is.

    Raises:
        StoreUnavailable: It cannot be reached, or is too old.
    """
    parts = {row["name"]: row for row in await connection.ask("read/server")}
    kernel = parts.get("Neo4j Kernel")
    if kernel is None:
        raise StoreUnavailable(f"{connection.place}: what answers there is no Neo4j")
    version, edition = kernel["versions"][0], kernel["edition"]
    numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
    if numbers < OLDEST:
        raise StoreUnavailable(f"{connection.place}: Neo4j {version} is too old: 5.26 or newer is needed")
    languages = parts["Cypher"]["versions"] if "Cypher" in parts else ["5"]
    return Server(version, edition, has_filtered_search=numbers[0] >= FILTERED and "25" in languages)
