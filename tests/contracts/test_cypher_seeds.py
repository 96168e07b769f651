"""Two seeds that reach one node find it once, though servers drop a DISTINCT that is asked for in another way.

Where seeds are sought under a uniqueness constraint by `IN` (or `OR`) and steps of any length follow, the planner takes
the seek for a single row and plans no DISTINCT. So the queries of `cypher/` unwind their seeds.
"""

from collections.abc import Iterator

import neo4j
import pytest

from graphmem.stores.neo4j import Neo4jStore
from graphmem.testing.asking import ADA, Asking
from tests.servers import Server

pytestmark = pytest.mark.neo4j

MEASURED = {"5.26.30", "2026.08.1"}
"""Versions that are known to have the defect; others may have been mended."""


class TestTwoSeedsThatReachOneNode(Asking):
    @pytest.fixture
    def driver(self, empty_neo4j: Server) -> Iterator[neo4j.Driver]:
        with empty_neo4j.driver() as driver:
            yield driver

    @pytest.fixture
    def store(self, empty_neo4j: Server, driver: neo4j.Driver) -> Neo4jStore:
        """Ada and Bob both know Porto, which both lead to; Porto is twinned with Riga."""
        store = Neo4jStore(driver, database=empty_neo4j.database, clock=self.clock)
        scribe = self.scribe(store)
        for subject, predicate, place in (
            ("ada", "knows", "porto"),
            ("bob", "knows", "porto"),
            ("porto", "like", "riga"),
        ):
            text = f"{subject.title()} {predicate} {place.title()}."
            triple = {"predicate": predicate, "object": place.title(), "object_key": place}
            scribe.state(text, about=subject, mentions=[place], **triple)
        return store

    def test_a_list_of_seeds_brings_it_twice_in_spite_of_distinct(self, empty_neo4j: Server, store: Neo4jStore) -> None:
        keys = sorted(row["key"] for row in empty_neo4j.run("reached_from_a_list"))
        assert set(keys) == {"porto", "riga"}
        assert keys == ["porto", "porto", "riga", "riga"] or empty_neo4j.version not in MEASURED

    def test_unwound_seeds_bring_it_once(self, empty_neo4j: Server, store: Neo4jStore) -> None:
        keys = sorted(row["key"] for row in empty_neo4j.run("reached_from_seeds"))
        assert keys == ["porto", "riga"]

    def test_a_fact_comes_once_for_each_entity_that_leads_to_it(self, store: Neo4jStore) -> None:
        links = self.links(store, [ADA], ["ada", "bob", "porto", "ada", "porto"])
        found = [(link.entity, link.fact.fact) for link in links]
        assert len(found) == len(set(found))
        assert len({fact for _, fact in found}) == 3

    def test_a_triple_that_two_ways_lead_to_is_in_a_neighbourhood_once(self, store: Neo4jStore) -> None:
        around = self.run(store.neighbourhood([ADA], "riga", moment=self.moment(), hops=3, limit=99))
        assert len(around) == len({relation.fact for relation in around}) == 3
