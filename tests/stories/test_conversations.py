"""A conversation told turn by turn: whom "he" and "she" mean is clear from the turns before, or is left open."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from graphmem import Memory

MORNING = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)


def told(memory: Memory, turns: Sequence[str], *, minutes: int = 1, session: str | None = "talk") -> set[str]:
    for number, text in enumerate(turns):
        memory.add(text, at=MORNING + number * timedelta(minutes=minutes), session_id=session, user_id="ada")
    return {fact.text for fact in memory.facts(user_id="ada")}


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["Tom works at Equinor.", "He lives in Bergen."], "Tom lives in Bergen."),
        (["My sister Anna called.", "She lives in Oslo."], "Anna lives in Oslo."),
        (["Tom works at Equinor.", "He lives in Bergen.", "He plays chess."], "Tom plays chess."),
    ],
)
def test_he_and_she_are_those_spoken_of_in_the_turn_before(memory: Memory, turns: list[str], expected: str) -> None:
    assert expected in told(memory, turns)


@pytest.mark.parametrize(
    "turns",
    [
        ["Tom met Jonas.", "He lives in Bergen."],
        ["Tom works at Equinor.", "The weather is fine.", "My boss called Peter.", "He lives in Bergen."],
    ],
)
def test_he_is_left_open_where_two_may_be_meant(memory: Memory, turns: list[str]) -> None:
    assert not {text for text in told(memory, turns) if text.endswith("lives in Bergen.") and not text.startswith("He")}


def test_what_was_said_hours_ago_is_another_conversation(memory: Memory) -> None:
    texts = told(memory, ["Tom works at Equinor.", "He lives in Bergen."], minutes=120)
    assert "Tom lives in Bergen." not in texts


def test_another_session_is_another_conversation(memory: Memory) -> None:
    memory.add("Tom works at Equinor.", at=MORNING, session_id="one", user_id="ada")
    memory.add("He lives in Bergen.", at=MORNING + timedelta(minutes=1), session_id="two", user_id="ada")
    assert "Tom lives in Bergen." not in {fact.text for fact in memory.facts(user_id="ada")}


def test_turns_one_by_one_and_all_at_once_are_read_alike(memory: Memory) -> None:
    turns = ["Tom works at Equinor.", "He lives in Bergen.", "Anna is his wife."]
    one_by_one = told(memory, turns)
    memory.add(turns, at=MORNING, session_id="talk", user_id="bob")
    assert {fact.text for fact in memory.facts(user_id="bob")} == one_by_one


def test_what_others_do_with_me_is_told_once_my_name_is_known(memory: Memory) -> None:
    ada = memory.scoped(user_id="u-17")
    ada.add("My name is Ada Berg.")
    ada.add(["Kim works for me.", "Bob hired me."])
    assert {fact.text for fact in ada.facts(entity="Ada Berg")} >= {"Kim works for Ada Berg.", "Bob hired Ada Berg."}
    assert ada.paths("Kim", "Bob")
