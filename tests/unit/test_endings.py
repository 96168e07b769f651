"""When one fact ends another: found from the facts alone, whichever was told first."""

from datetime import UTC, datetime

import pytest

from graphmem.endings import ended_at, ended_with, given_up_by, giving_up, takes_back
from graphmem.models import Fact

JANUARY, JUNE, JULY = (datetime(2024, month, 1, tzinfo=UTC) for month in (1, 6, 7))


def fact(text: str, predicate: str, object_: str | None, **fields: object) -> Fact:
    given = {"subject": "Ada", "subject_key": "ada", "predicate": predicate, "object": object_, "valid_from": JUNE}
    return Fact.model_validate({"id": text, "space": "org=a/user=ada", "text": text, **given, **fields})


WORKS = fact("Ada works at Acme.", "works_at", "Acme", valid_from=JANUARY)
DRINKS = fact("Ada drinks coffee.", "drink", "coffee", valid_from=JANUARY)


@pytest.mark.parametrize(
    ("ending", "ended"),
    [
        (fact("Ada quit Acme.", "works_at", "Acme", is_negated=True, kind="event"), WORKS),
        (fact("Ada no longer works at Acme.", "works_at", "Acme", is_negated=True), WORKS),
        (fact("Ada lost her job.", "works_at", None, is_negated=True, kind="event"), WORKS),
        (fact("Ada gave up coffee.", "give up", "coffee", kind="event"), DRINKS),
        (fact("Ada doesn't drink coffee.", "drink", "coffee", is_negated=True), DRINKS),
    ],
    ids=lambda of: of.text,
)
def test_an_ending_says_since_when_something_is_over(ending: Fact, ended: Fact) -> None:
    assert ended_at(ending, ended) == JUNE


@pytest.mark.parametrize("words", ["until July", "till July", "up to July"])
def test_words_that_say_until_when_end_what_was_known_without_an_end(words: str) -> None:
    assert ended_at(fact(f"Ada works at Acme {words}.", "works_at", "Acme", valid_to=JULY), WORKS) == JULY


@pytest.mark.parametrize(
    "other",
    [
        fact("Ada quit Globex.", "works_at", "Globex", is_negated=True, kind="event"),
        fact("Ada doesn't work at Acme at night.", "works_at", "Acme", is_negated=True),
        fact("Ada didn't work at Acme today.", "works_at", "Acme", is_negated=True, kind="event"),
        fact("Ada works at Acme from June to July.", "works_at", "Acme", valid_to=JULY),
        fact("Ben quit Acme.", "works_at", "Acme", is_negated=True, kind="event", subject_key="ben"),
        fact("Ada gave up Acme.", "give up", "Acme", kind="event"),
        fact(
            "Ada quit Acme.",
            "works_at",
            "Acme",
            is_negated=True,
            kind="event",
            valid_from=datetime(2023, 1, 1, tzinfo=UTC),
        ),
    ],
    ids=lambda of: of.text,
)
def test_what_is_said_of_another_thing_another_time_or_on_a_condition_ends_nothing(other: Fact) -> None:
    assert ended_at(other, WORKS) is None


def test_what_was_never_so_is_taken_back_and_a_habit_is_not() -> None:
    assert takes_back(fact("Ada has never worked at Acme.", "works_at", "Acme", is_negated=True), WORKS)
    untrue = fact("It's not true that Ada works at Acme.", "works_at", "Acme", is_negated=True)
    assert takes_back(untrue, WORKS)
    assert not takes_back(fact("Ada never drinks coffee.", "drink", "coffee", is_negated=True), DRINKS)
    assert not takes_back(fact("Ada never worked at Globex.", "works_at", "Globex", is_negated=True), WORKS)


def test_relations_that_end_together_are_listed_as_data() -> None:
    assert ended_with("married_to") > {"married_to", "partner"}
    assert ended_with("works_at") == {"works_at"}
    assert "drink" in given_up_by("give up")
    assert "give up" in giving_up("drink")
    assert giving_up("works_at") == set()
