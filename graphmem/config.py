"""Settings that come from the surroundings: GRAPHMEM_URL, the user's data folder, GRAPHMEM_MODEL and its like, and
NEO4J_* for a server.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from graphmem.errors import InvalidInput

URL = "GRAPHMEM_URL"
"""Where memory is kept when nobody says: a file path, `:memory:` or the address of a Neo4j server."""

MODEL = "GRAPHMEM_MODEL"
"""The language model, as its server calls it."""

MODEL_URL = "GRAPHMEM_MODEL_URL"
"""The address of a server that is compatible with OpenAI's, to its `/v1`; for models and embeddings."""

EMBEDDING_MODEL = "GRAPHMEM_EMBEDDING_MODEL"
"""The embedding model, as its server calls it."""

NEO4J_URI = "NEO4J_URI"
NEO4J_USERNAME = "NEO4J_USERNAME"
NEO4J_PASSWORD = "NEO4J_PASSWORD"
NEO4J_DATABASE = "NEO4J_DATABASE"
"""The variables that Neo4j's own tools read, for what an address does not say."""

NEO4J_SCHEMES = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})

Auth = tuple[str, str]
"""User and password."""


@dataclass(frozen=True, slots=True)
class Neo4jSettings:
    """A server, who asks, and which of its databases. `auth` is left out of every message."""

    url: str
    auth: Auth | None
    database: str

    def __repr__(self) -> str:
        return f"Neo4jSettings({self.url}, {self.database})"


def default_url() -> str:
    """`GRAPHMEM_URL`, else a file in the user's data folder."""
    return os.environ.get(URL) or str(data_file())


def data_file() -> Path:
    """The file in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("graphmem", appauthor=False) / "memory.db"


def is_neo4j(url: str) -> bool:
    """Whether an address names a Neo4j server."""
    scheme, separator, _ = url.partition("://")
    return bool(separator) and scheme.lower() in NEO4J_SCHEMES


def neo4j_settings(url: str, auth: Auth | None = None) -> Neo4jSettings:
    """What a driver needs: the address as given (without a host, that of `NEO4J_URI`), `auth` or `NEO4J_USERNAME` and
    `NEO4J_PASSWORD`, and `NEO4J_DATABASE` or "neo4j".

    Raises:
        InvalidInput: The address names no host, or more than a host and its port; or `auth` is no pair of texts.
    """
    if not url.partition("://")[2]:
        named = os.environ.get(NEO4J_URI, "")
        if not is_neo4j(named):
            raise InvalidInput(f"{url!r} names no server: write neo4j://host:7687, or set {NEO4J_URI}")
        url = named
    _check_server(url)
    if auth is not None and not (
        isinstance(auth, tuple | list) and len(auth) == 2 and all(isinstance(part, str) for part in auth)  # pyright: ignore[reportUnnecessaryIsInstance]
    ):
        raise InvalidInput("auth= is not a user and a password: pass auth=(user, password), both texts")
    if auth is None and (password := os.environ.get(NEO4J_PASSWORD)) is not None:
        auth = (os.environ.get(NEO4J_USERNAME, "neo4j"), password)
    return Neo4jSettings(url, auth, os.environ.get(NEO4J_DATABASE) or "neo4j")


def _check_server(url: str) -> None:
    """Refuse an address that cannot be that of a server, without repeating a password."""
    if "@" in url:
        raise InvalidInput(
            "the address of the server holds a password, which would end up in logs: pass auth=(user, password), or "
            f"set {NEO4J_USERNAME} and {NEO4J_PASSWORD}"
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError as error:
        raise InvalidInput(f"{url!r} is no address of a server: {error}; write neo4j://host:7687") from error
    if not host or any(character.isspace() or not character.isprintable() for character in url):
        raise InvalidInput(f"{url!r} names no server: write neo4j://host:7687, or set {NEO4J_URI}")
    if parts.path.strip("/"):
        raise InvalidInput(f"{url!r} names a path, and a server has none: {NEO4J_DATABASE} names the database")


def store_path(url: str) -> str:
    """The path of an embedded store: `notes.db`, `file:notes.db`, `file:///data/notes.db` or `:memory:`.

    Raises:
        InvalidInput: The address is empty, or names a kind of store that there is not.
    """
    scheme, separator, _ = url.partition("://")
    if separator and scheme != "file":
        raise InvalidInput(f"{url!r}: pass a path, ':memory:', or the address of a Neo4j server (neo4j://host:7687)")
    path = url.removeprefix("file:").removeprefix("//")
    if not path.strip():
        raise InvalidInput("the address of the store is empty: pass a path, or ':memory:'")
    if path == ":memory:":
        return path
    try:
        home = str(Path(path).expanduser())
        if b"\x00" in os.fsencode(home):
            raise InvalidInput(f"{path!r} holds a NUL character: pass another path")
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{path!r} holds half a character: pass another path") from error
    except RuntimeError as error:  # "~somebody"
        raise InvalidInput(f"{path!r} starts with a folder that is not known here: write it out") from error
    return home
