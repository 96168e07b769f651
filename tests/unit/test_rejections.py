"""What identifies a statement that comes again: one that is kept as a digest only, and one that was rejected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.models import When
from graphmem.reconcile import digest, rejection, rejections
from tests.unit.test_reconcile import ACME, day, fact


@given(st.lists(st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=9), min_size=1, max_size=5))
def test_a_digest_does_not_see_case_spacing_and_punctuation(words):
    said = " ".join(words)
    assert digest(f" “{'… '.join(words)}”!\n") == digest(said) == digest(said.casefold())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada likes C++", "Ada likes C"),
        ("Ada likes C#", "Ada likes C"),
        ("It costs $5", "It costs €5"),
        ("It grew by 5%", "It grew by 5"),
        ("Ada feels 😀", "Ada feels 😡"),
        ("वह दिल्ली", "वह दल्ला"),
        ("Ada lives in Porto", "Ada lives in Lisbon"),
    ],
)
def test_a_digest_sees_every_sign_that_changes_what_is_said(one, other):
    assert digest(one) != digest(other)


# ---------------------------------------------------------------------------------------------------------- rejections


def is_rejected(said, rejected):
    return not set(rejections(said)).isdisjoint(rejections(rejected))


@pytest.mark.parametrize("said", ["ADA works at Acme!", "Аda wоrks at Аcmе", "Ada  works at\u200b Acme."])
def test_a_rejected_text_is_the_same_in_any_case_spacing_and_script(said):
    assert rejection(said) == rejection("Ada works at Acme")


def test_a_rejected_triple_is_the_same_in_other_words():
    assert is_rejected(fact("works_at", "Acme", text="Acme is where Ada works"), ACME)
    assert is_rejected(fact("Works at", "Acme", text="Acme employs her"), ACME)
    assert is_rejected(fact("age", "41", object_key=None, text="A"), fact("age", "41", object_key=None, text="B"))


@pytest.mark.parametrize(
    "other",
    [
        fact("works_at", "Beta"),
        fact("works_at", "Acme", subject="Ben"),
        fact("works_at", "Acme", text="Ada does not work at Acme", is_negated=True),
        fact("works_at", "Acme", text="Ada would like to work at Acme", modality="desire"),
        fact("left", "Acme"),
        fact(None, None, text="Ada was at Acme"),
    ],
)
def test_another_statement_is_not_rejected_with_it(other):
    assert not is_rejected(other, ACME)


def test_an_event_is_rejected_for_its_day_alone():
    visits = [
        fact("visited", "Porto", kind="event", text=f"Ada visited Porto in {month}", when=When(start=start, **said))
        for month, start in (("May", day(2024, 5)), ("June", day(2024, 6)))
        for said in ({"grain": "month", "words": month},)
    ]
    assert not is_rejected(*visits)
    assert is_rejected(visits[0].model_copy(update={"text": "Porto saw Ada"}), visits[0])
