"""What is known of somebody, in the order in which it came true."""

from datetime import UTC, datetime

import pytest

from graphmem import Memory, NotFound
from tests.stories.conftest import NewMemory

JANUARY, MARCH, MAY = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 3, 5))
MOVES = ["Ada lives in Porto.", "Ada lives in Lisbon.", "Ada lives in Oslo."]


def told(memory: Memory, *texts: str) -> None:
    for text, at in zip(texts, (JANUARY, MARCH, MAY), strict=False):
        memory.add(text, user_id="me", at=at)


def timeline(memory: Memory, **asked: object) -> list[str]:
    return [fact.text for fact in memory.timeline("Ada", user_id="me", **asked)]


def test_a_timeline_tells_what_held_and_what_holds_in_the_order_in_which_it_came_true(memory: Memory) -> None:
    memory.add("Ada lives in Oslo.", user_id="me", at=MAY)
    memory.add("Ada visited Rome.", user_id="me", at=JANUARY)
    memory.add("Bob visited Ada in Rome.", user_id="me", at=MARCH)
    assert timeline(memory) == ["Ada visited Rome.", "Bob visited Ada in Rome.", "Ada lives in Oslo."]


def test_what_was_replaced_stays_on_the_timeline_with_its_end(memory: Memory) -> None:
    told(memory, *MOVES)
    facts = memory.timeline("ada", user_id="me")
    assert [fact.text for fact in facts] == MOVES
    assert [(fact.valid_from, fact.valid_to) for fact in facts] == [(JANUARY, MARCH), (MARCH, MAY), (MAY, None)]


def test_what_was_retracted_is_on_the_timeline_only_as_it_was_known_before(new_memory: NewMemory) -> None:
    now = [JANUARY]
    memory = new_memory(clock=lambda: now[0])
    memory.add("Ada visited Rome.", user_id="me", at=JANUARY)
    [fact] = memory.timeline("Ada", user_id="me")
    now[0] = MAY
    memory.retract(fact.id, user_id="me")
    memory.add("Ada visited Oslo.", user_id="me", at=JANUARY)
    assert timeline(memory) == ["Ada visited Oslo."]
    assert timeline(memory, known_at=MARCH) == ["Ada visited Rome."]


def test_of_more_facts_than_asked_for_the_timeline_tells_those_learned_last(memory: Memory) -> None:
    told(memory, *MOVES)
    mistaken = memory.facts(user_id="me")[0]
    memory.retract(mistaken.id, user_id="me")
    assert timeline(memory, limit=1) == ["Ada lives in Lisbon."]
    assert timeline(memory, limit=2) == MOVES[:2]


def test_a_name_that_nobody_knows_has_no_timeline(memory: Memory) -> None:
    told(memory, *MOVES)
    with pytest.raises(NotFound, match="agata"):
        memory.timeline("Agata", user_id="me")
    with pytest.raises(NotFound):
        memory.timeline("Ada", user_id="somebody else")
