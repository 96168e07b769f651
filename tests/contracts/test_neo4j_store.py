"""The Neo4j store keeps the contract of stores, on every version of the server that we support."""

from collections.abc import Iterator

import pytest

from graphmem.stores.neo4j import Neo4jStore
from graphmem.testing import StoreContract
from tests.servers import Server


class TestNeo4jStore(StoreContract):
    @pytest.fixture
    def store(self, empty_neo4j: Server) -> Iterator[Neo4jStore]:
        with empty_neo4j.driver() as driver:
            yield Neo4jStore(driver, database=empty_neo4j.database, clock=self.clock)
