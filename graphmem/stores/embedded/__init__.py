"""Memories in one SQLite file, with numpy for the vectors: no server, nothing to set up."""

from graphmem.stores.embedded.store import EmbeddedStore

__all__ = ["EmbeddedStore"]
