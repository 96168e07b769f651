"""How likely two names mean the same one, by the names alone."""

from itertools import combinations

import pytest

from graphmem.extraction import lexicons
from graphmem.extraction.likeness import handles, likeness

ALIKE = [
    ("Nate", "Nathan"),
    ("Nate", "Nathan Cole"),
    ("Bob Lee", "Robert Lee"),
    ("Dr. Berg", "Anna Berg"),
    ("Dr. Berg", "Berg"),
    ("J. Smith", "John Smith"),
    ("Anna", "Anna Berg"),
    ("Berg", "Anna Berg"),
    ("John Adolfi", "John Gustav Adolfi"),
    ("John G. Adolfi", "John Gustav Adolfi"),
    ("José", "Jose"),
    ("Acme", "Acme Inc."),
    ("NHS", "National Health Service"),
]
UNLIKE = [
    ("Anna Berg", "Anna Lund"),
    ("Jane Smith", "John Smith"),
    ("Nathan Cole", "Nora Cole"),
    ("John Paul Adolfi", "John Gustav Adolfi"),
    ("Dr. Berg", "Berg Anna Lund"),
    ("Nate", "Naomi"),
    ("Acme", "Acre"),
    ("", "Anna"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_may_be_one_have_a_likeness_whichever_comes_first(one: str, other: str) -> None:
    seen = likeness(one, other, are_people=True)
    assert seen is not None
    assert 0 < seen.score < 1
    assert seen == likeness(other, one, are_people=True)


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_names_of_two_have_none(one: str, other: str) -> None:
    assert likeness(one, other, are_people=True) is None


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_with_a_likeness_are_found_by_a_shared_handle(one: str, other: str) -> None:
    assert set(handles(one)) & set(handles(other))


def test_the_more_a_name_says_the_surer_the_likeness() -> None:
    full, short, part = (
        likeness(one, other, are_people=True)
        for one, other in (("Bob Lee", "Robert Lee"), ("Bob", "Robert"), ("Bob", "Robert Lee"))
    )
    assert full is not None
    assert short is not None
    assert part is not None
    assert full.score > short.score > part.score
    assert part.is_partial


def test_names_of_things_are_compared_by_spelling_alone() -> None:
    assert likeness("Lisbon", "Lisbon Marathon", are_people=False) is None
    assert likeness("Müller", "Muller", are_people=False) is not None


def test_no_two_full_names_of_one_nickname_are_alike() -> None:
    for short, longs in lexicons.pairs("nicknames").items():
        names = longs.split()
        assert short not in names
        assert all(
            likeness(one.title(), other.title(), are_people=True) is None
            for one, other in combinations(names, 2)
            if one not in lexicons.pairs("nicknames") and other not in lexicons.pairs("nicknames")
        )
