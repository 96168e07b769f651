"""Settings that come from the surroundings: GRAPHMEM_URL and the user's data folder."""

import os
from pathlib import Path

from graphmem.errors import InvalidInput

URL = "GRAPHMEM_URL"
"""Where memory is kept when nobody says: a file path or `:memory:`."""


def default_url() -> str:
    """`GRAPHMEM_URL`, else a file in the user's data folder."""
    if url := os.environ.get(URL):
        return url
    from platformdirs import user_data_path

    return str(user_data_path("graphmem", appauthor=False) / "memory.db")


def store_path(url: str) -> str:
    """The path of an embedded store: `notes.db`, `file:notes.db`, `file:///data/notes.db` or `:memory:`.

    Raises:
        InvalidInput: The address is empty, or names a kind of store that is not part of this version.
    """
    scheme, separator, _ = url.partition("://")
    if separator and scheme != "file":
        raise InvalidInput(f"{url!r}: this version keeps memory in a file; pass a path, or ':memory:'")
    path = url.removeprefix("file:").removeprefix("//")
    if not path.strip():
        raise InvalidInput("the address of the store is empty: pass a path, or ':memory:'")
    return path if path == ":memory:" else str(Path(path).expanduser())
