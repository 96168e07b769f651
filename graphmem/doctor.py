"""What `graphmem doctor` looks at: the parts that memory needs, and the store."""

import platform
import sqlite3
import sys
from pathlib import Path

from graphmem import config
from graphmem._colour import drive
from graphmem.embedding.static import StaticEmbedder
from graphmem.errors import GraphmemError, StoreUnavailable
from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Model
from graphmem.stores import store_at
from graphmem.stores.embedded import EmbeddedStore


class Finding(Model):
    """One thing looked at, whether it is well, and what was seen."""

    what: str
    is_well: bool
    seen: str

    def __str__(self) -> str:
        return f"{'ok ' if self.is_well else 'BAD'}  {self.what:<10} {self.seen}"


def examine(url: str | None) -> list[Finding]:
    """Look at Python, SQLite, the language model, the embedding table and the store, in that order."""
    findings = [
        Finding(what="python", is_well=sys.version_info >= (3, 11), seen=platform.python_version()),
        Finding(what="sqlite", is_well=sqlite3.sqlite_version_info >= (3, 34), seen=sqlite3.sqlite_version),
    ]
    for what, look in (
        ("language", lambda: OfflineExtractor().identity),
        ("embedder", _embedder),
        ("store", lambda: _store(url or config.default_url())),
    ):
        try:
            findings.append(Finding(what=what, is_well=True, seen=look()))
        except GraphmemError as error:
            findings.append(Finding(what=what, is_well=False, seen=str(error)))
    return findings


def _embedder() -> str:
    embedder = StaticEmbedder()
    [vector] = drive(embedder.embed(["a word"], purpose="document"))
    return f"{embedder.identity}, {len(vector)} dimensions"


def _store(url: str) -> str:
    return _server(url) if config.is_neo4j(url) else _file(config.store_path(url))


def _server(url: str) -> str:
    store = store_at(url)
    try:
        return drive(store.describe())
    finally:
        drive(store.close())


def _file(path: str) -> str:
    if path == ":memory:":
        return "in memory: it goes when the command ends"
    if not Path(path).exists():
        folder = Path(path).parent
        if not folder.is_dir() and Path(path) != config.data_file():
            raise StoreUnavailable(f"{path}: its folder is not there: make it, or name another place")
        return f"{path}: none yet, the first `graphmem add` makes it"
    embedder = StaticEmbedder()
    store = EmbeddedStore(path)
    try:
        drive(store.open(embedder=embedder.identity, dimensions=embedder.dimensions))
        return drive(store.describe())
    finally:
        drive(store.close())
