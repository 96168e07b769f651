"""A memory that moves house: it answers as before, and what was put right or forgotten stays so."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphmem import Fact, Memory
from graphmem._colour import drive
from graphmem.embedding.static import StaticEmbedder
from graphmem.moment import now
from graphmem.moving import Moved, Mover
from graphmem.protocols import Store
from graphmem.stores.embedded import EmbeddedStore
from graphmem.stores.neo4j import Neo4jStore
from tests.servers import Server

JANUARY = datetime(2024, 1, 10, tzinfo=UTC)
MARCH = datetime(2024, 3, 1, tzinfo=UTC)
MAY = datetime(2024, 5, 10, tzinfo=UTC)

QUESTIONS = ("Which city does Kim work in?", "Where do I live?", "What does Kim play?", "Who sent the invoice?")


def carried(source: Store, target: Store) -> Moved:
    mover = Mover(source, target, StaticEmbedder(), clock=now)
    return drive(mover.move(drive(mover.plan(None, progress=None)), progress=None))


def move(source: Path, target: Path) -> Moved:
    return carried(EmbeddedStore(source), EmbeddedStore(target))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Half a year of Ada's, with a neighbour in the same store."""
    path = tmp_path / "old.db"
    with Memory(path) as memory:
        ada = memory.scoped(user_id="ada")
        ada.add("I live in Porto.", at=JANUARY)
        ada.add("Kim works at Acme. Acme is in Lisbon.", at=JANUARY)
        ada.add("The clinic called about the tests.", at=JANUARY, source_id="phone")
        ada.add("Dora sent the invoice.", at=MARCH, source_id="mail/1", title="Invoice", metadata={"folder": "inbox"})
        ada.add("I moved to Lisbon.", at=MAY)
        ada.add("Kim plays the cello.", at=MAY)
        ada.add("I packed two bags.", session_id="trip", layer="session")
        memory.add("I keep bees.", user_id="ben", at=MAY)
        ada.forget(source_id="phone")
        [cello] = [fact for fact in ada.facts(limit=100) if "cello" in fact.text]
        ada.forget(fact_id=cello.id)
    return path


@pytest.fixture
def homes(old: Path, tmp_path: Path) -> Iterator[tuple[Memory, Memory]]:
    """The memory where it was, and where it is now."""
    move(old, tmp_path / "new.db")
    with Memory(old) as before, Memory(tmp_path / "new.db") as after:
        yield before, after


def facts(memory: Memory) -> list[Fact]:
    return memory.facts(user_id="ada", session_id="trip", limit=100)


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_answers_the_same_questions_the_same_way(homes: tuple[Memory, Memory], question: str) -> None:
    before, after = (memory.recall(question, user_id="ada", session_id="trip") for memory in homes)
    assert after.hits == before.hits
    assert after.hits
    assert after.enough == before.enough


def test_a_chained_question_still_shows_its_proof(homes: tuple[Memory, Memory]) -> None:
    _, after = homes
    hits = after.recall("Which city does Kim work in?", user_id="ada")
    assert "Kim works at Acme. · Acme is in Lisbon." in [str(hit.path) for hit in hits]


def test_a_changed_mind_keeps_both_clocks(homes: tuple[Memory, Memory]) -> None:
    for memory in homes:
        assert [fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")] == ["Lisbon"]
        then = memory.facts(user_id="ada", predicate="lives_in", at=MARCH)
        assert [fact.object for fact in then] == ["Porto"]


def test_every_fact_and_every_history_is_the_same(homes: tuple[Memory, Memory]) -> None:
    before, after = homes
    assert facts(after) == facts(before)
    assert {fact.id for fact in facts(after)}
    for at in (JANUARY, MARCH, MAY):
        for fact in before.facts(user_id="ada", at=at, limit=100):
            assert after.history(fact.id, user_id="ada") == before.history(fact.id, user_id="ada")
            assert after.get(fact.id, user_id="ada") == before.get(fact.id, user_id="ada")


def test_what_was_forgotten_stays_forgotten(homes: tuple[Memory, Memory], tmp_path: Path) -> None:
    _, after = homes
    assert not [fact for fact in facts(after) if "cello" in fact.text or "clinic" in fact.text]
    after.export(tmp_path / "ada.jsonl", user_id="ada")
    assert "cello" not in (tmp_path / "ada.jsonl").read_text(encoding="utf-8")


def test_what_was_forgotten_is_not_learned_again_from_its_source(tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    with Memory(old) as memory:
        memory.add("Kim plays the cello. Kim lives in Oslo.", user_id="ada", source_id="letter")
        [cello] = [fact for fact in memory.facts(user_id="ada") if "cello" in fact.text]
        memory.forget(fact_id=cello.id, user_id="ada")
    move(old, new)
    with Memory(new) as memory:
        memory.add("Kim plays the cello. Kim lives in Oslo.", user_id="ada", source_id="letter")
        assert not [fact for fact in memory.facts(user_id="ada") if "cello" in fact.text]


def test_a_repetition_is_still_recognised(homes: tuple[Memory, Memory]) -> None:
    _, after = homes
    again = after.add("Dora sent the invoice.", user_id="ada", at=MARCH, source_id="mail/1", title="Invoice")
    assert {change.kind for change in again} == {"skipped"}


def test_life_goes_on_in_the_new_house_alone(homes: tuple[Memory, Memory]) -> None:
    before, after = homes
    after.add("I moved to Oslo.", user_id="ada")
    assert [fact.object for fact in after.facts(user_id="ada", predicate="lives_in")] == ["Oslo"]
    assert [fact.object for fact in before.facts(user_id="ada", predicate="lives_in")] == ["Lisbon"]


def test_neighbours_do_not_meet_on_the_way(homes: tuple[Memory, Memory]) -> None:
    _, after = homes
    assert not [hit for hit in after.recall("Who keeps bees?", user_id="ada") if "bees" in hit.text]
    assert "bees" in str(after.recall("Who keeps bees?", user_id="ben"))
    assert not [fact for fact in after.facts(user_id="ada", limit=100) if "bags" in fact.text]


def test_it_moves_to_a_server_and_back_and_is_the_same(old: Path, tmp_path: Path, empty_neo4j: Server) -> None:
    with empty_neo4j.driver() as driver:
        there = Neo4jStore(driver, database=empty_neo4j.database)
        moved = carried(EmbeddedStore(old), there)
        again = carried(EmbeddedStore(old), there)
        back = carried(there, EmbeddedStore(tmp_path / "back.db"))
        with Memory(old) as before, Memory(there) as server, Memory(tmp_path / "back.db") as after:
            for question in QUESTIONS:
                answers = [
                    [(hit.text, hit.source_id, hit.said_at) for hit in memory.recall(question, user_id="ada")]
                    for memory in (before, server, after)
                ]
                assert answers[0] == answers[1] == answers[2]
            assert facts(before) == facts(server) == facts(after)
            exported = [tmp_path / name for name in ("before.jsonl", "server.jsonl", "after.jsonl")]
            for memory, path in zip((before, server, after), exported, strict=True):
                memory.export(path, user_id="ada")
            assert exported[0].read_bytes() == exported[1].read_bytes() == exported[2].read_bytes()
    assert moved.new == back.new == moved.records - moved.spaces > 0
    assert again.new == 0
