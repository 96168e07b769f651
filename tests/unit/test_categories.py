"""What statements are about: the words and predicates that decide it."""

import pytest

from graphmem.extraction.categories import CATEGORIES, categories_of
from graphmem.extraction.lexicons import pairs
from graphmem.models import Fact
from graphmem.words import stems


@pytest.mark.parametrize(
    ("text", "predicate", "categories"),
    [
        ("The user is allergic to peanuts.", None, ("food", "health")),
        ("The user's sister is Anna.", None, ("family",)),
        ("The user plays tennis with Bo.", None, ("sports",)),
        ("Ada works at Acme.", "works_at", ("professional_details",)),
        ("Ada lives in Lisbon.", "lives_in", ("personal_details",)),
        ("Ada loves oysters.", "likes", ("food", "user_preferences")),
        ("ADA HAS TWO DAUGHTERS.", None, ("family",)),
        ("The user's blood pressure is high.", None, ("health",)),
        ("The blood is red.", None, ("misc",)),
        ("It rained all week.", None, ("misc",)),
        ("", None, ("misc",)),
    ],
)
def test_a_statement_has_the_categories_of_its_words_and_predicate(
    text: str, predicate: str | None, categories: tuple[str, ...]
) -> None:
    assert categories_of(text, predicate) == categories


def test_there_are_fifteen() -> None:
    assert len(CATEGORIES) == len({*CATEGORIES}) == 15


@pytest.mark.parametrize("name", ["categories", "categories_of_predicates"])
def test_the_lists_name_categories_and_nothing_else(name: str) -> None:
    assert {category for named in pairs(name).values() for category in named.split()} < {*CATEGORIES}


def test_every_phrase_has_words_to_be_found_by() -> None:
    assert all(stems(phrase) for phrase in pairs("categories"))


def test_a_fact_tells_its_categories_and_is_read_from_what_it_tells() -> None:
    fact = Fact(id="f", space="org=acme/user=ada", text="The user is allergic to peanuts.")
    assert fact.categories == ("food", "health")
    assert fact.model_dump()["categories"] == ("food", "health")
    assert Fact.model_validate_json(fact.model_dump_json()) == fact
