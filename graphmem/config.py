"""Settings that come from the surroundings: GRAPHMEM_URL and the user's data folder."""

import os
from pathlib import Path

from graphmem.errors import InvalidInput

URL = "GRAPHMEM_URL"
"""Where memory is kept when nobody says: a file path or `:memory:`."""


def default_url() -> str:
    """`GRAPHMEM_URL`, else a file in the user's data folder."""
    return os.environ.get(URL) or str(data_file())


def data_file() -> Path:
    """The file in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("graphmem", appauthor=False) / "memory.db"


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
