"""Which known thing a statement speaks of: the same by another name, or another by nearly the same one."""

import pytest

from tests.unit.test_reconcile import Decision, decided, fact


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Garage One", "Garage Two"),
        ("The Day Before", "The Day After"),
        ("tea with sugar", "tea with no sugar"),
        ("trains to Oslo", "trains from Oslo"),
        ("some vegetables", "all vegetables"),
    ],
)
def test_things_that_only_a_small_word_tells_apart_are_two(one, other):
    for known, told in ((one, other), (other, one)):
        assert decided(fact("has", told), fact("has", known)).verdict == "add"


def test_a_thing_is_the_same_whichever_article_and_owner_it_is_named_with():
    known = fact("has", "a red car")
    assert decided(fact("has", "my red car"), known).known == known


@pytest.mark.parametrize(("one", "other"), [("here", "Lisbon"), ("a flat in Porto", "a flat at Porto")])
def test_a_small_word_alone_takes_the_place_of_nothing(one, other):
    for known, told in ((one, other), (other, one)):
        assert not decided(fact("lives_in", told), fact("lives_in", known, since=2020)).closes


def test_who_moved_to_the_next_gate_is_at_the_one_before_no_longer():
    known = fact("works_at", "Gate One", since=2020)
    assert decided(fact("works_at", "Gate Two"), known).closes == (known,)


def test_a_name_inside_another_name_is_not_known_already():
    assert decided(fact("lives_in", "York"), fact("lives_in", "New York", since=2020)) == Decision("add")


def test_an_alias_of_the_known_object_is_that_object():
    known = fact("works_at", "International Bakeries", since=2020, object_key="ib")
    over = fact("works_at", "IB", object_key="ib", is_negated=True)
    assert decided(over, known, operation="end").closes == (known,)


def test_a_short_phrase_means_the_longer_one_that_is_known():
    car = fact("has", "an old red car", since=2020)
    sold = fact("has", "car", text="Ada sold her car", is_negated=True)
    assert decided(sold, car, fact("has", "car park key"), operation="end").closes == (car,)


def test_a_short_phrase_that_may_mean_two_things_closes_neither():
    cars = [fact("has", f"a {colour} car", since=2020) for colour in ("red", "blue")]
    assert decided(fact("has", "car", is_negated=True), *cars, operation="end") == Decision("add")
    exact = fact("has", "car", since=2020)
    assert decided(fact("has", "car", is_negated=True), *cars, exact, operation="end").closes == (exact,)


@pytest.mark.parametrize(("known", "ended"), [("tea", "green tea"), ("New York", "York"), ("Anna Berg", "Berg")])
def test_a_longer_phrase_or_a_part_of_a_name_ends_nothing(known, ended):
    over = fact("likes", ended, is_negated=True)
    assert decided(over, fact("likes", known, since=2020), operation="end") == Decision("add")
