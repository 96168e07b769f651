"""What held then, and what was known then, at every hop; and what is over is never told as if it were so."""

from datetime import UTC, datetime, timedelta

from graphmem import Memory
from tests.stories.conftest import NewMemory

JANUARY, MARCH, APRIL, MAY, JUNE = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 3, 4, 5, 6))
QUESTION = "Which city does Alice work in?"
CHAIN = "Alice works at Acme. · Acme is in Berlin."
PEOPLE = ("Alice", "Bob", "Carol", "Dora")
CITIES = ("Porto", "Lisbon", "Oslo", "Rome", "Vienna", "Berlin", "Paris")


def chains(memory: Memory, **when: datetime) -> list[str]:
    return [str(hit.path) for hit in memory.recall(QUESTION, user_id="me", **when).hits if hit.path]


def test_a_chain_that_held_in_march_and_not_in_may_answers_for_march_only(memory: Memory) -> None:
    memory.add("Alice works at Acme. Acme is in Berlin.", user_id="me", at=JANUARY)
    memory.add("Alice left Acme.", user_id="me", at=APRIL)
    assert CHAIN in chains(memory, at=MARCH)
    assert CHAIN not in chains(memory, at=MAY) + chains(memory)
    assert [str(path) for path in memory.paths("Alice", "Berlin", user_id="me", at=MARCH)] == [CHAIN]
    assert memory.paths("Alice", "Berlin", user_id="me", at=MAY) == []


def test_a_chain_that_was_learned_in_june_is_no_answer_as_known_in_may(new_memory: NewMemory) -> None:
    now = [MARCH]
    memory = new_memory(clock=lambda: now[0])
    memory.add("Alice works at Acme.", user_id="me")
    now[0] = JUNE
    memory.add("Acme is in Berlin.", user_id="me", at=MARCH)
    assert CHAIN in chains(memory)
    assert CHAIN not in chains(memory, known_at=MAY)
    assert [str(path) for path in memory.paths("Alice", "Berlin", user_id="me")] == [CHAIN]
    assert "berlin" not in str(memory.neighbourhood("Alice", user_id="me", known_at=MAY)).lower()


def test_of_many_facts_that_were_replaced_none_is_told_as_current(memory: Memory) -> None:
    moves = [
        {"text": f"{person} lives in {city}.", "at": JANUARY + timedelta(days=10 * number)}
        for number, city in enumerate(CITIES)
        for person in PEOPLE
    ]
    memory.add_many(moves, user_id="me")
    current = {f"{person} lives in {CITIES[-1]}." for person in PEOPLE}
    assert {fact.text for fact in memory.facts(user_id="me", limit=100)} == current
    for person in PEOPLE:
        hits = memory.recall(f"Where does {person} live?", user_id="me", limit=50).hits
        assert hits[0].fact is not None
        assert hits[0].fact.text == f"{person} lives in {CITIES[-1]}."
        told = {hit.fact.text for hit in hits if hit.fact and not hit.is_outdated}
        assert told <= current
        assert "no longer holds" not in str(hits[0])
