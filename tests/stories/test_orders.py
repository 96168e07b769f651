"""In whatever order things are told, what held when is the same."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from tests.stories.conftest import NewMemory

TOLD = (
    ("2023-01-05", "Ada Berg lives in Porto."),
    ("2023-03-12", "Ada Berg moved to Ghent."),
    ("2023-09-01", "Ada Berg lives in Bergen now."),
    ("2023-01-20", "Ada Berg works at Acme."),
    ("2023-06-30", "Ada Berg no longer works at Acme."),
    ("2023-02-02", "Tom Lund likes green tea."),
    ("2023-08-08", "Tom Lund hates green tea."),
    ("2023-02-20", "Mia Roth works at Brightwater."),
    ("2023-06-01", "Mia Roth works at Brightwater until the end of 2023."),
    ("2023-01-31", "Nora Falk is the CEO of Lumen."),
    ("2023-10-10", "Piet Hagen is the CEO of Lumen."),
)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4])
def test_what_held_at_each_moment_does_not_depend_on_the_order_of_telling(
    new_memory: NewMemory, seed: int | None
) -> None:
    order = list(TOLD)
    if seed is not None:
        random.Random(seed).shuffle(order)
    ada = new_memory().scoped(user_id="ada")
    for at, text in order:
        ada.add(text, at=day(at))

    def held(at: str) -> list[str]:
        return sorted(fact.text for fact in ada.facts(at=day(at) + timedelta(hours=1)) if not fact.is_negated)

    assert held("2023-02-01") == [
        "Ada Berg lives in Porto.",
        "Ada Berg works at Acme.",
        "Nora Falk is the CEO of Lumen.",
    ]
    assert held("2023-07-01") == [
        "Ada Berg moved to Ghent.",
        "Mia Roth works at Brightwater until the end of 2023.",
        "Mia Roth works at Brightwater.",
        "Nora Falk is the CEO of Lumen.",
        "Tom Lund likes green tea.",
    ]
    assert held("2024-06-01") == [
        "Ada Berg lives in Bergen now.",
        "Piet Hagen is the CEO of Lumen.",
        "Tom Lund hates green tea.",
    ]


def test_what_ends_a_fact_is_named_with_its_rule_and_its_words_whichever_came_first(new_memory: NewMemory) -> None:
    for user, order in (("ada", TOLD[:2]), ("ben", TOLD[1::-1])):
        mine = new_memory().scoped(user_id=user)
        for at, text in order:
            mine.add(text, at=day(at))
        [porto] = [fact for fact in mine.facts(at=day("2023-02-01")) if fact.object == "Porto"]
        [ghent] = mine.facts(at=day("2024-02-01"))
        [closed] = [change for change in mine.history(porto.id) if change.kind == "superseded"]
        assert (closed.reason, closed.after) == ("lives_in has one value at a time", ghent.id)
        assert [place.episode_id for place in closed.evidence] == [place.episode_id for place in ghent.evidence]
        mine.restore(closed.id)
        assert sorted(fact.object or "" for fact in mine.facts(at=day("2024-02-01"))) == ["Ghent", "Porto"]


@pytest.mark.parametrize(
    ("first", "between"),
    [
        ("I live in Porto.", "I live in Ghent."),
        ("I like tea.", "I hate tea."),
        ("I work at Acme.", "I no longer work at Acme."),
        ("Nora Falk is the CEO of Lumen.", "Piet Hagen is the CEO of Lumen."),
    ],
)
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_was_told_again_holds_though_what_was_said_in_between_is_learned_last(
    new_memory: NewMemory, first: str, between: str, order: tuple[int, ...]
) -> None:
    told = [("2023-01-05", first), ("2023-05-05", between), ("2023-09-05", first)]
    ada = new_memory().scoped(user_id="ada")
    for number in order:
        at, text = told[number]
        ada.add(text, at=day(at))

    def held(at: str) -> list[str]:
        return [fact.text for fact in ada.facts(at=day(at)) if not fact.is_negated]

    said = first.removesuffix(".").replace("I ", "").replace("live", "lives").replace("work", "works")
    assert len(held("2023-10-01")) == len(held("2023-02-01")) == 1
    assert said.replace("like ", "likes ") in held("2023-10-01")[0]


def test_who_dates_a_move_after_telling_twice_where_they_live_has_moved(new_memory: NewMemory) -> None:
    ada = new_memory().scoped(user_id="ada")
    for at in ("2023-01-05", "2023-06-05"):
        ada.add("I live in Porto.", at=day(at))
    ada.add("I moved to Ghent in May 2023.", at=day("2023-07-05"))
    assert [fact.object for fact in ada.facts(at=day("2023-08-01"), predicate="lives_in")] == ["Ghent"]
