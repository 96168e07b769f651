"""How people, places and things are connected, as people ask for it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphmem import AsyncMemory, InvalidInput, Memory, NaiveMoment, NotFound, ScopeMissing
from tests.stories.conftest import NewMemory

JANUARY, MARCH, MAY = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 3, 5))
TOLD = ["Alice works at Acme.", "Acme is in Berlin.", "Bob lives in Berlin.", "The canteen serves soup on Fridays."]


@pytest.fixture
def told(memory: Memory) -> Memory:
    for text in TOLD:
        memory.add(text, user_id="me", at=JANUARY)
    return memory


def test_two_people_are_connected_by_the_facts_that_lead_from_one_to_the_other(told: Memory) -> None:
    [path] = told.paths("Alice", "Bob", user_id="me")
    assert str(path) == "Alice works at Acme. · Acme is in Berlin. · Bob lives in Berlin."
    assert [step.via for step in path.steps] == ["Acme", "Berlin", None]
    assert len(told.paths("bob", "ALICE", user_id="me")[0]) == 3


def test_a_path_says_from_whom_to_whom_it_leads_whichever_way_its_facts_point(told: Memory) -> None:
    for start, end in (("Alice", "Bob"), ("Bob", "Alice"), ("Acme", "Bob"), ("Alice", "Acme")):
        [path] = told.paths(start, end, user_id="me")
        assert {path.start, path.end} == {start, end}
        assert len(path) == 1 or path.start == start


def test_each_step_of_a_path_is_proved_by_the_words_it_was_read_from(memory: Memory) -> None:
    text = "Lunch was late. Alice works at Acme. It rained."
    memory.add(text, user_id="me", at=JANUARY, source_id="notes/1")
    [path] = memory.paths("Alice", "Acme", user_id="me")
    [step] = path.steps
    assert (step.quote, step.source_id, step.said_at) == ("Alice works at Acme.", "notes/1", JANUARY)
    assert memory.get(step.fact_id, user_id="me").text == step.text
    assert memory.get(step.episode_id, user_id="me").text == text


def test_a_text_that_was_replaced_proves_nothing_any_more(memory: Memory) -> None:
    memory.add("Alice works at Acme.", user_id="me", source_id="page", at=JANUARY)
    memory.add("Alice works at Acme. See you soon.", user_id="me", source_id="mail", at=MARCH)
    memory.add("The page is empty.", user_id="me", source_id="page", at=MAY, replace=True)
    [path] = memory.paths("Alice", "Acme", user_id="me")
    assert [step.source_id for step in path.steps] == ["mail"]


def test_a_connection_that_held_in_march_and_not_in_may_is_found_in_march_only(told: Memory) -> None:
    told.add("Alice left Acme.", user_id="me", at=datetime(2025, 4, 1, tzinfo=UTC))
    assert len(told.paths("Alice", "Bob", user_id="me", at=MARCH)) == 1
    assert told.paths("Alice", "Bob", user_id="me", at=MAY) == told.paths("Alice", "Bob", user_id="me") == []
    assert "Alice works at Acme." in str(told.neighbourhood("Berlin", user_id="me", at=MARCH))
    assert "Alice works at Acme." not in str(told.neighbourhood("Berlin", user_id="me", at=MAY))


def test_a_connection_that_we_learned_later_was_not_known_before(new_memory: NewMemory) -> None:
    now = [MARCH]
    memory = new_memory(clock=lambda: now[0])
    memory.add("Alice works at Acme.", user_id="me")
    memory.add("Bob lives in Berlin.", user_id="me")
    now[0] = datetime(2025, 6, 1, tzinfo=UTC)
    memory.add("Acme is in Berlin.", user_id="me", at=MARCH)
    assert len(memory.paths("Alice", "Bob", user_id="me")) == 1
    assert memory.paths("Alice", "Bob", user_id="me", known_at=MAY) == []
    assert "Acme is in Berlin." not in str(memory.neighbourhood("Acme", user_id="me", known_at=MAY))


def test_what_is_denied_connects_nobody(memory: Memory) -> None:
    memory.add("Alice works at Acme. Bob does not work at Acme.", user_id="me")
    assert memory.paths("Alice", "Bob", user_id="me") == []


def test_nobody_is_connected_through_what_somebody_else_keeps(told: Memory) -> None:
    told.add("Acme is in Lisbon. Eve lives in Lisbon.", user_id="eve")
    with pytest.raises(NotFound, match="lisbon"):
        told.paths("Alice", "Lisbon", user_id="me")
    with pytest.raises(NotFound):
        told.neighbourhood("Eve", user_id="me")
    assert "Lisbon" not in str(told.neighbourhood("Acme", user_id="me", hops=4))
    told.add("Acme is in Lisbon.", layer="org")
    [path] = told.paths("Alice", "Lisbon", user_id="me")
    assert str(path) == "Alice works at Acme. · Acme is in Lisbon."


def test_only_the_shortest_connections_are_told_and_no_more_than_asked_for(memory: Memory) -> None:
    facts = [
        {"subject": "Alice", "predicate": "knows", "object": "Carol"},
        {"subject": "Bob", "predicate": "knows", "object": "Carol"},
        {"subject": "Alice", "predicate": "works with", "object": "Dan"},
        {"subject": "Dan", "predicate": "knows", "object": "Bob"},
        {"subject": "Alice", "predicate": "knows", "object": "Frank"},
        {"subject": "Frank", "predicate": "knows", "object": "Grace"},
        {"subject": "Grace", "predicate": "knows", "object": "Bob"},
    ]
    memory.add_facts(facts, user_id="me")
    paths = memory.paths("Alice", "Bob", user_id="me")
    assert {path.steps[0].via for path in paths} == {"Carol", "Dan"}
    assert memory.paths("Alice", "Bob", user_id="me", limit=1) == paths[:1]
    assert memory.paths("Alice", "Bob", user_id="me", max_hops=1) == []
    assert memory.paths("Alice", "alice", user_id="me") == []


def test_what_stands_around_somebody_comes_nearest_first(told: Memory) -> None:
    around = told.neighbourhood("Alice", user_id="me")
    assert (around.centre, len(around)) == ("alice", 2)
    assert str(around) == "Alice works at Acme.\nAcme is in Berlin."
    assert [entity.name for entity in around.entities] == ["Alice", "Acme", "Berlin"]
    assert [fact.text for fact in told.neighbourhood("Alice", user_id="me", hops=1).facts] == TOLD[:1]
    assert len(told.neighbourhood("Alice", user_id="me", hops=3)) == 3
    assert told.neighbourhood("Alice", user_id="me", limit=1).facts == around.facts[:1]


def test_what_several_spaces_know_is_told_once_and_as_the_users_own_first(memory: Memory) -> None:
    memory.add("Acme is in Berlin.", layer="org")
    memory.add("Alice works at Acme.", user_id="me")
    around = memory.neighbourhood("Berlin", user_id="me")
    layers = {entity.name: entity.space.rpartition("/")[2] for entity in around.entities}
    assert layers == {"Berlin": "shared", "Acme": "user=me", "Alice": "user=me"}
    assert len(around.entities) == len(layers)


def test_what_stands_around_somebody_can_be_drawn(told: Memory) -> None:
    graph = told.neighbourhood("Alice", user_id="me").graph()
    labels = {node: data["label"] for node, data in graph.nodes(data=True)}
    drawn = {(labels[fact], kind, labels[entity]) for fact, entity, kind in graph.edges(keys=True)}
    assert drawn == {
        ("Alice works at Acme.", "about", "Alice"),
        ("Alice works at Acme.", "mentions", "Acme"),
        ("Acme is in Berlin.", "about", "Acme"),
        ("Acme is in Berlin.", "mentions", "Berlin"),
    }


def test_one_whom_no_fact_connects_stands_alone(memory: Memory) -> None:
    memory.add_facts([{"subject": "Zoe", "predicate": "age", "object": "42"}], user_id="me")
    around = memory.neighbourhood("Zoe", user_id="me")
    assert ([entity.name for entity in around.entities], len(around), str(around)) == (["Zoe"], 0, "Nothing known.")


def test_a_name_that_nobody_mentioned_is_not_found(told: Memory) -> None:
    for ask in (lambda: told.paths("Alice", "Zoe", user_id="me"), lambda: told.paths("Zoe", "Alice", user_id="me")):
        with pytest.raises(NotFound, match="zoe"):
            ask()
    with pytest.raises(NotFound, match="zoe"):
        told.neighbourhood("Zoe", user_id="me")


def test_what_cannot_be_meant_is_refused(told: Memory) -> None:
    for hops in (0, 5, "2"):
        with pytest.raises(InvalidInput, match="max_hops"):
            told.paths("Alice", "Bob", user_id="me", max_hops=hops)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput, match="hops"):
            told.neighbourhood("Alice", user_id="me", hops=hops)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="limit"):
        told.paths("Alice", "Bob", user_id="me", limit=0)
    with pytest.raises(InvalidInput, match="b is empty"):
        told.paths("Alice", " ", user_id="me")
    with pytest.raises(NaiveMoment):
        told.neighbourhood("Alice", user_id="me", at=JANUARY.replace(tzinfo=None))
    with pytest.raises(ScopeMissing):
        told.paths("Alice", "Bob")


def test_the_same_is_answered_when_it_is_awaited(tmp_path: Path) -> None:
    async def asked() -> tuple[str, str]:
        async with AsyncMemory(tmp_path / "memory.db") as memory:
            await memory.add(" ".join(TOLD[:2]), user_id="me")
            [path] = await memory.paths("Alice", "Berlin", user_id="me")
            return str(path), str(await memory.neighbourhood("Berlin", user_id="me", hops=1))

    assert asyncio.run(asked()) == ("Alice works at Acme. · Acme is in Berlin.", "Acme is in Berlin.")
