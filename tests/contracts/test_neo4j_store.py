"""The Neo4j store keeps the contract of stores, on every version of the server that we support."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import neo4j
import numpy as np
import pytest

from graphmem import AsyncMemory, Memory
from graphmem.errors import InvalidInput
from graphmem.protocols import Bounds, NewFact
from graphmem.stores.neo4j import Neo4jStore, near
from graphmem.testing import StoreContract
from graphmem.testing.asking import ADA, BOB, Asking
from graphmem.testing.seeing import Seeing
from tests.servers import Server


class TestNeo4jStore(StoreContract):
    @pytest.fixture
    def store(self, empty_neo4j: Server) -> Iterator[Neo4jStore]:
        with empty_neo4j.driver() as driver:
            yield Neo4jStore(driver, database=empty_neo4j.database, clock=self.clock)


class TestAwaitedNeo4jStore(Asking):
    """The same code awaits where its driver does; what the contract asks of it is asked of the colour that blocks."""

    def test_it_writes_recalls_walks_and_erases_on_an_event_loop(self, empty_neo4j: Server) -> None:
        async def story() -> None:
            driver = neo4j.AsyncGraphDatabase.driver(empty_neo4j.uri, auth=empty_neo4j.auth)
            async with driver:
                store = Neo4jStore(driver, database=empty_neo4j.database, clock=self.clock)
                assert not store.blocks
                await store.open(embedder=self.embedder.identity, dimensions=self.embedder.dimensions)
                assert "all" in await store.describe()
                assert (await store.stats([ADA])).facts == 0
                records = [record async for record in store.dump([ADA])]
                assert records == []

        asyncio.run(story())

    @pytest.mark.parametrize(
        "driver_of", [neo4j.GraphDatabase.driver, neo4j.AsyncGraphDatabase.driver], ids=["blocking", "awaiting"]
    )
    def test_a_memory_that_awaits_takes_a_driver_of_either_colour(
        self, empty_neo4j: Server, driver_of: Callable[..., neo4j.Driver | neo4j.AsyncDriver]
    ) -> None:
        async def story() -> None:
            driver = driver_of(empty_neo4j.uri, auth=empty_neo4j.auth)
            async with AsyncMemory(Neo4jStore(driver, database=empty_neo4j.database)) as memory:
                await memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
                recall = await memory.recall("Which city does Ada work in?", user_id="ada")
            assert str(recall.hits[0].path) == "Ada works at Acme. · Acme is in Lisbon."
            await driver.close() if isinstance(driver, neo4j.AsyncDriver) else driver.close()

        asyncio.run(story())


class TestLines(Asking):
    """Recall reads a fact as a line of text."""

    @pytest.fixture
    def store(self, empty_neo4j: Server) -> Iterator[Neo4jStore]:
        with empty_neo4j.driver() as driver:
            yield Neo4jStore(driver, database=empty_neo4j.database, clock=self.clock)

    @pytest.mark.parametrize("key", ["acme\tinc", "acme\ninc"])
    def test_a_key_that_would_break_it_is_refused(self, store: Neo4jStore, key: str) -> None:
        scribe = self.scribe(store)
        with pytest.raises(InvalidInput, match="tab or a line end"):
            scribe.state("Kim works at Acme.", about="kim", mentions=[key])


class TestOneStatement(Asking):
    """Seeds and two hops come by one statement, and a small owner is never starved by a large one."""

    @pytest.fixture
    def store(self, empty_neo4j: Server) -> Iterator[Neo4jStore]:
        with empty_neo4j.driver() as driver:
            yield Neo4jStore(driver, database=empty_neo4j.database, clock=self.clock)

    def fill(self, store: Neo4jStore) -> None:
        """Ada knows a chain and five facts beside it; Bob has two hundred that are nearer to any question."""
        scribe = self.scribe(store)
        scribe.state("Kim works at Acme.", about="kim", mentions=["acme"])
        scribe.state("Acme is in Oslo.", about="acme", mentions=["oslo"])
        scribe.state("Oslo has a harbour.", about="oslo", mentions=["harbour"])
        for number in range(5):
            scribe.state(f"Tea {number} is green.", about="tea")
        bob = self.scribe(store, BOB)
        said = bob.say("Where does Kim work?")
        question = self.embedder.index("Where does Kim work?")
        new = [bob.new_fact(f"Kim works for number {number}.", said) for number in range(200)]
        bob.write(facts=tuple(NewFact(each.fact, each.digest, question) for each in new))

    def test_it_brings_what_two_hops_lead_to(self, store: Neo4jStore, caplog: pytest.LogCaptureFixture) -> None:
        self.fill(store)
        index = self.embedder.index("Where does Kim work?")
        bounds = Bounds(episodes=1, facts=1, about=9, mentions=9, hub=9)
        asked = self.excerpt(store, [ADA], vector=index.vector, stems=index.stems, bounds=bounds)
        with caplog.at_level(logging.DEBUG, "graphmem.store"):
            seeing = self.run(asked)
            caplog.clear()
            links = self.run(self._followed(seeing, ["kim", "acme", "oslo"]))
            assert not caplog.records, "they were read ahead"
        assert {link for link, _ in links} == {"kim", "acme", "oslo"}
        assert "Oslo has a harbour." in {self.facts(store, [fact])[0].text for _, fact in links}

    async def _followed(self, seeing: Seeing, keys: list[str]) -> set[tuple[str, str]]:
        """Which facts entities lead to, without anything read around them."""
        excerpt, found = seeing.excerpt, set[tuple[str, str]]()
        for key in keys:  # one has a place once the facts that name it do
            entity = seeing.entities([key])
            await excerpt.read_links(entity)
            for _, facts in (excerpt.about(entity), excerpt.mentioning(entity)):
                found |= {(key, excerpt.facts.ids[fact]) for fact in facts}
        return found

    @pytest.mark.parametrize("compared", [0, 10_000])
    def test_a_small_owner_finds_all_its_nearest_however_they_are_found(
        self, store: Neo4jStore, compared: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fill(store)
        monkeypatch.setattr(near, "EXACT", compared)
        monkeypatch.setattr(near, "LEAST_CANDIDATES", 2)
        index = self.embedder.index("Where does Kim work?")
        nameless = replace(index, stems=())
        monkeypatch.setattr(self.embedder, "index", lambda _: nameless)
        for count in (1, 3, 8):
            seeds = self.seeds(store, [ADA], "Where does Kim work?", count=count)
            assert {fact.space for fact in seeds.facts} == {ADA}
            assert len(seeds.facts) == len(seeds.episodes) == count
            similarities = sorted((fact.similarity for fact in seeds.facts), reverse=True)
            everything = self.seeds(store, [ADA], "Where does Kim work?", count=99)
            best = sorted((fact.similarity for fact in everything.facts), reverse=True)[:count]
            assert np.allclose(similarities, best, atol=1e-5)

    def test_of_an_owner_of_nearly_everything_an_index_finds_the_nearest(
        self, store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fill(store)
        for name, value in {"EXACT": 0, "LEAST_CANDIDATES": 1}.items():
            monkeypatch.setattr(near, name, value)
        bounds = Bounds(episodes=1, facts=5, about=0, mentions=0, hub=0)
        vector = self.embedder.vector("Where does Kim work?")
        found = self.run(self.excerpt(store, [BOB], vector=vector, bounds=bounds)).excerpt
        assert found.nearest in ("index", "filtered")
        assert np.allclose(found.facts.similarity[found.near_facts], np.ones(5), atol=1e-5)

    def test_what_is_found_by_words_does_not_stand_in_for_what_is_near(
        self, store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fill(store)
        for name, value in {"EXACT": 0, "LEAST_CANDIDATES": 1, "CANDIDATES": 1}.items():
            monkeypatch.setattr(near, name, value)
        vector, stems = self.embedder.vector("Where does Kim work?"), self.embedder.index("green tea").stems
        bounds = Bounds(episodes=3, facts=3, about=0, mentions=0, hub=0)
        seeing = self.run(self.excerpt(store, [ADA], vector=vector, stems=stems, bounds=bounds))
        ids = [seeing.excerpt.facts.ids[place] for place in seeing.excerpt.near_facts]
        found = [fact.text for fact in self.facts(store, ids)]
        assert "Kim works at Acme." in found
        assert sum("Tea" in text for text in found) == 3

    def test_recall_runs_it_and_hits_say_how_the_nearest_were_found(
        self, empty_neo4j: Server, store: Neo4jStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        with Memory(store) as memory, caplog.at_level(logging.DEBUG, "graphmem.store"):
            memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
            caplog.clear()
            recall = memory.recall("Which city does Ada work in?", user_id="ada")
        statements = [record.getMessage().split(":")[0] for record in caplog.records]
        assert statements.count("read/recall_two_hops_exact") == 1
        assert str(recall.hits[0].path) == "Ada works at Acme. · Acme is in Lisbon."
        assert recall.hits[0].signals["nearest_exact"] == 1.0
        assert not any("Acme" in record.getMessage() for record in caplog.records)

    def test_a_recall_asks_the_server_at_most_thirty_statements_in_one_transaction(
        self, empty_neo4j: Server, store: Neo4jStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        told = "Ada works at Acme. Acme is in Lisbon. Lisbon lies on the Tagus. The Tagus rises in Albarracin."
        with Memory(store) as memory, caplog.at_level(logging.DEBUG, "graphmem.store"):
            for number in range(3):
                memory.add(told, user_id="ada", session_id=f"s{number}")
                memory.add(f"My friend number {number} likes the Tagus and Acme.", user_id="ada")
            caplog.clear()
            recall = memory.recall("Where does the river rise that Ada's city lies on?", user_id="ada")
        told_of = [record.getMessage() for record in caplog.records]
        assert recall.hits
        assert len([message for message in told_of if "transaction" in message]) == 1
        statements = [message for message in told_of if "rows in" in message]
        assert 10 < len(statements) <= 30, statements
