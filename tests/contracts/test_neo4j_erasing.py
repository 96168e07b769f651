"""What a Neo4j store erases, moves and embeds anew, beside the embedded store and against being stopped half way."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from graphmem._colour import drive
from graphmem.errors import Conflict, EmbedderMismatch, StoreUnavailable
from graphmem.models import Entity, Episode, Evidence, Fact, Receipt
from graphmem.protocols import Erasure, Rewrite, Store
from graphmem.stores.embedded import EmbeddedStore
from graphmem.stores.neo4j import Neo4jStore, erasing
from graphmem.stores.neo4j.writing import Writer
from graphmem.testing import FixedClock, Scribe, WordEmbedder
from graphmem.testing.asking import ADA, BOB, TRIP, Asking
from graphmem.testing.parts import refused
from tests.servers import QUERIES, Server

COARSE = WordEmbedder(8)


class Stopped(Exception):
    """Whoever was at work is gone."""


@pytest.fixture
def store(empty_neo4j: Server) -> Iterator[Neo4jStore]:
    with empty_neo4j.driver() as driver:
        yield Neo4jStore(driver, database=empty_neo4j.database, clock=Asking.clock)


@pytest.fixture
def other(neo4j_server: Server) -> Iterator[Neo4jStore]:
    """The same store, as another process sees it."""
    with neo4j_server.driver() as driver:
        yield Neo4jStore(driver, database=neo4j_server.database, clock=Asking.clock)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path / "memory.db", clock=Asking.clock)
    yield store
    drive(store.close())


def stop_before(store: Neo4jStore, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    """Let whoever changes the schema be gone before this query."""
    change = store._connection.change_schema

    async def stopping(name: str, /, **values: object) -> None:
        if name.startswith(query):
            raise Stopped
        await change(name, **values)

    monkeypatch.setattr(store._connection, "change_schema", stopping)


def later(scribe: Scribe) -> Scribe:
    """The scribe, past the ids that others have given in its space."""
    for _ in range(100):
        scribe.new_id("none")
    return scribe


class TestBesideTheEmbeddedStore(Asking):
    def told(self, store: Store) -> list[Fact]:
        """A life of some twists."""
        self.fill(store)
        scribe = later(self.scribe(store))
        scribe.write(entities=(Entity(space=ADA, key="porto", name="Porto", aliases=("oporto", "k")),))
        facts = [
            scribe.state(
                f"Kim met person {number} in Porto.",
                about="kim",
                mentions=["porto", f"person {number}"],
                predicate="met",
                object=f"Person {number}",
                object_key=f"person {number}",
                said={"speaker": f"Speaker {number % 3}", "session": "s", "metadata": {"place": "Porto"}},
                metadata={"place": "Porto"},
            )
            for number in range(6)
        ]
        again = scribe.say("Indeed, person 1 and person 2 met Kim.", speaker="Eve")
        scribe.write(
            supports=tuple((ADA, fact.id, Evidence(episode_id=again.id, start=0, end=9)) for fact in facts[1:3])
        )
        scribe.close(facts[3])
        self.clock.advance(days=1)
        scribe.close(facts[4], valid_to=self.clock())
        return facts

    def erasures(self, facts: Sequence[Fact]) -> Iterator[Erasure]:
        sources = [fact.evidence[0].episode_id for fact in facts]
        said = self.bare(facts[5])
        yield Erasure((ADA, BOB), facts=("unknown",), episodes=("unknown",), entities=("nobody",))
        yield Erasure((ADA, TRIP), episodes=tuple(sources[:2]))
        yield Erasure((ADA,), facts=(facts[4].id,), digests=((ADA, "met"),))
        yield Erasure((ADA,), entities=("porto",), rewrites=(Rewrite(said, self.embedder.index(said.text)),))
        yield Erasure((TRIP, ADA), everything=True)

    def bare(self, fact: Fact) -> Episode:
        [episode] = self.run(self.kept.episodes([ADA], [fact.evidence[0].episode_id]))
        return episode.model_copy(update={"text": "Kim met ████.", "metadata": {"place": "████"}, "speaker": None})

    def receipts(self, store: Store) -> list[tuple[Mapping[str, int], object]]:
        self.clock.now = FixedClock().now
        self.kept = store
        facts = self.told(store)
        found: list[tuple[Mapping[str, int], object]] = [({}, self.dumped(store, [ADA, TRIP]))]
        for erasure in self.erasures(facts):
            counted = self.run(store.erase(erasure, is_dry_run=True))
            receipt: Receipt = self.run(store.erase(erasure, is_dry_run=False))
            assert (counted.erased, set(receipt.left.values())) == (receipt.erased, {0})
            degrees = self.run(store.list_entities([ADA, TRIP], limit=99))
            found.append((receipt.erased, (self.dumped(store, [ADA, TRIP, BOB]), degrees)))
        return found

    def test_the_same_life_dumps_the_same_and_is_erased_the_same(
        self, store: Neo4jStore, embedded: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(secrets, "token_hex", "5a".__mul__)  # salts are drawn by chance
        for ours, theirs in zip(self.receipts(store), self.receipts(embedded), strict=True):
            assert ours == theirs

    def test_a_dump_moves_from_one_kind_of_store_to_the_other_and_back(
        self, store: Neo4jStore, embedded: EmbeddedStore
    ) -> None:
        self.told(embedded)
        records = self.dumped(embedded, [ADA, TRIP])
        self.opened(store)
        for start in range(0, len(records), 7):
            page = records[start : start + 7]
            assert self.run(store.restore(page, self.indexes(page))) > 0
        assert self.dumped(store, [ADA, TRIP]) == records
        assert self.run(store.list_entities([ADA], limit=99)) == self.run(embedded.list_entities([ADA], limit=99))


class TestDumping(Asking):
    def test_what_is_written_while_a_dump_is_read_is_not_in_it(self, store: Neo4jStore, other: Neo4jStore) -> None:
        self.fill(store)
        before = self.dumped(store)
        facts = self.run(store.list_facts([ADA], moment=self.moment(), limit=9))
        [current] = {place.episode_id for fact in facts for place in fact.evidence} & {
            str(record["id"]) for record in before if record["record"] == "episode" and record["identity"]
        }

        async def interrupted() -> list[Mapping[str, object]]:
            records: list[Mapping[str, object]] = []
            async for record in store.dump([ADA]):
                if not records:
                    scribe = later(self.scribe(other))
                    late = scribe.state("Kim left Oslo.", about="kim", mentions=["riga"])
                    evidence = Evidence(episode_id=late.evidence[0].episode_id, start=0, end=3)
                    scribe.write(supports=((ADA, facts[0].id, evidence),), retires=((ADA, current),))
                    scribe.close(facts[0])
                records.append(record)
            return records

        assert self.run(interrupted()) == before
        assert self.dumped(store) != before


class TestErasing(Asking):
    def test_no_node_relationship_or_index_holds_what_was_erased(self, store: Neo4jStore, neo4j_server: Server) -> None:
        scribe = self.scribe(store)
        secret = scribe.state(
            "Zebulon hoards quartz.",
            about="zebulon",
            mentions=["quartz"],
            predicate="hoards",
            object="Quartz",
            object_key="quartz",
            said={"speaker": "Zebulon", "title": "Quartz", "metadata": {"who": "Zebulon"}, "source_id": "zebulon"},
        )
        scribe.close(secret, valid_to=self.clock())
        scribe.write(entities=(Entity(space=ADA, key="zebulon", name="Zebulon", aliases=("zeb", "quartzman")),))
        scribe.state("Kim stayed.", about="kim")
        receipt = self.run(store.erase(Erasure((ADA,), episodes=(secret.evidence[0].episode_id,)), is_dry_run=False))
        assert (receipt.erased["versions"], set(receipt.left.values())) == (2, {0})
        assert any("transaction logs" in place for place in receipt.unreached)
        kept = str([record.data() for record in neo4j_server.run("everything")]).lower()
        assert "stayed" in kept
        assert [word for word in ("zeb", "quartz", "hoard") if word in kept] == []
        with neo4j_server.driver() as driver, driver.session(database=neo4j_server.database) as session:
            query = (QUERIES / "find_words.cypher").read_text()
            found = {word: session.run(query, words=f"stems:{word}").data() for word in ("zebulon", "quartz", "stay")}
        assert {word: bool(ids) for word, ids in found.items()} == {"zebulon": False, "quartz": False, "stay": True}

    def test_much_goes_in_parts_and_a_second_call_finishes_what_was_stopped(
        self, store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(erasing, "MOST", 7)
        scribe = self.scribe(store)
        for number in range(20):
            scribe.state(f"Kim likes tea {number}.", about="kim", mentions=[f"tea {number}"])
        erasure = Erasure((ADA,), everything=True)
        counted = self.run(store.erase(erasure, is_dry_run=True)).erased
        write = store._connection.write
        parts = iter("ab")

        async def stopping(*args: object, **options: object) -> object:
            if next(parts, None) is None:
                raise Stopped
            return await write(*args, **options)

        with monkeypatch.context() as stopped:
            stopped.setattr(store._connection, "write", stopping)
            with refused(Stopped):
                self.run(store.erase(erasure, is_dry_run=False))
        found = self.seeds(store, [ADA], "Kim likes tea", count=50)
        assert (len(found.facts), len(found.episodes)) == (6, 20)
        assert self.degrees(store)["kim"] == 6
        receipt = self.run(store.erase(erasure, is_dry_run=False))
        assert set(receipt.left.values()) == {0}
        assert (counted["facts"], counted["entities"], receipt.erased["facts"]) == (20, 21, 6)
        assert {record["record"] for record in self.dumped(store)} == {"space", "change"}
        assert [record["kind"] for record in self.dumped(store) if record["record"] == "change"].count("erased") == 1

    def test_a_list_that_goes_in_parts_counts_the_same(
        self, store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scribe = self.scribe(store)
        facts = [scribe.state(f"Kim likes tea {number}.", about="kim") for number in range(12)]
        episodes = tuple(fact.evidence[0].episode_id for fact in facts[:9])
        erasure = Erasure((ADA,), episodes=episodes, facts=tuple(fact.id for fact in facts[6:11]), entities=("kim",))
        whole = self.run(store.erase(erasure, is_dry_run=True)).erased
        monkeypatch.setattr(erasing, "MOST", 4)
        assert self.run(store.erase(erasure, is_dry_run=False)).erased == whole
        [kept] = self.run(store.list_facts([ADA], moment=None, limit=99))
        assert (kept.id, kept.subject) == (facts[11].id, None)


class TestEmbeddingAnew(Asking):
    def vectors(self, store: Store) -> dict[str, object]:
        texts = self.run(store.texts(after=None, limit=1000))
        return {text.record: COARSE.vector(text.text) for text in texts}

    def reembedded(self, store: Store) -> None:
        vectors = self.vectors(store)
        new = store.reembed(vectors, embedder=COARSE.identity, dimensions=8, is_last=True)  # pyright: ignore[reportArgumentType]
        self.run(new)

    @pytest.mark.parametrize("query", ["schema/drop/", "write/exchange_vectors_of_facts", "schema/002", "schema/wait"])
    def test_an_exchange_that_was_stopped_is_finished_by_whoever_opens_next(
        self, store: Neo4jStore, other: Neo4jStore, monkeypatch: pytest.MonkeyPatch, query: str
    ) -> None:
        fact = self.scribe(store).state("Kim likes tea.", about="kim")
        self.scribe(store).close(fact, valid_to=self.clock())
        scribe = later(self.scribe(other))
        with monkeypatch.context() as stopped:
            stop_before(store, stopped, query)
            with refused(Stopped):
                self.reembedded(store)
        with refused(StoreUnavailable) as caught:
            self.seeds(other, [ADA], "tea")
        assert getattr(caught[0], "retryable", False)
        with refused(StoreUnavailable):
            scribe.say("More tea.")
        self.run(store.close())
        with refused(EmbedderMismatch):
            self.opened(store)  # it finishes the exchange, and is too late for it
        with refused(EmbedderMismatch):
            self.seeds(other, [ADA], "tea")
        self.run(other.open(embedder=COARSE.identity, dimensions=8))
        found = self.seeds(other, [ADA], "Kim likes tea", embedder=COARSE)
        assert [round(fact.similarity, 4) for fact in (*found.facts, *found.episodes)] == [1.0, 1.0]

    def test_a_store_that_was_open_is_told_of_the_other_embedder(self, store: Neo4jStore, other: Neo4jStore) -> None:
        scribe = self.scribe(other)
        scribe.say("Kim likes tea.")
        self.reembedded(store)
        with refused(EmbedderMismatch):
            self.seeds(other, [ADA], "tea")
        with refused(EmbedderMismatch):
            scribe.say("More tea.")

    def test_a_write_that_an_exchange_overtakes_is_refused(
        self, store: Neo4jStore, other: Neo4jStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scribe = self.scribe(other)
        scribe.say("Kim likes tea.")
        enter = Writer.enter

        async def overtaken(writer: Writer) -> None:
            await enter(writer)
            monkeypatch.undo()
            self.reembedded(store)

        monkeypatch.setattr(Writer, "enter", overtaken)
        with refused(EmbedderMismatch):
            scribe.say("More tea.")
        assert self.run(other.stats([ADA])).episodes == 1

    def test_texts_of_every_space_come_in_pages_in_one_order(self, store: Neo4jStore) -> None:
        for space in (TRIP, BOB, ADA):
            scribe = self.scribe(store, space)
            for number in range(3):
                scribe.close(scribe.state(f"Kim likes tea {number}."), valid_to=self.clock())
        whole = self.run(store.texts(after=None, limit=1000))
        pages: list[str] = []
        while page := self.run(store.texts(after=pages[-1] if pages else None, limit=4)):
            pages += [text.record for text in page]
        assert pages == [text.record for text in whole]
        assert len(set(pages)) == 18

    def test_a_text_that_came_meanwhile_stops_the_exchange_and_nothing_is_lost(self, store: Neo4jStore) -> None:
        scribe = self.scribe(store)
        scribe.say("Kim likes tea.")
        vectors = self.vectors(store)
        scribe.say("More tea.")
        with refused(Conflict):
            self.run(store.reembed(vectors, embedder=COARSE.identity, dimensions=8, is_last=True))  # pyright: ignore[reportArgumentType]
        assert len(self.seeds(store, [ADA], "tea").episodes) == 2
