"""The embedded store keeps the contract of stores, in a file and in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphmem.stores.embedded import EmbeddedStore
from graphmem.testing import StoreContract


class TestEmbeddedStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[EmbeddedStore]:
        store = EmbeddedStore(tmp_path / "memory.db", clock=self.clock)
        yield store
        self.run(store.close())


class TestEmbeddedStoreInMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[EmbeddedStore]:
        store = EmbeddedStore(":memory:", clock=self.clock)
        yield store
        self.run(store.close())
