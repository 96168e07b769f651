"""Which words of an episode go when what was read from them is forgotten."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.forgetting import BLANK, blanked, evidence, is_blank, is_same_text, places
from graphmem.models import Evidence, Fact

TEXTS = st.text(max_size=30)
SPANS = st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), max_size=4)
TEXT = "Anna Berg lives in Oslo.\nShe likes tea."


def test_the_words_of_a_span_go_and_the_others_stay():
    assert blanked(TEXT, [(19, 23)]) == "Anna Berg lives in ████.\nShe likes tea."
    assert blanked(TEXT, [(0, 24)]) == "████ ████ █████ ██ █████\nShe likes tea."
    assert blanked(TEXT, []) == TEXT


@given(TEXTS, SPANS)
def test_a_blanked_text_keeps_its_length_and_its_spaces(text, spans):
    erased = blanked(text, spans)
    assert len(erased) == len(text)
    assert all(
        mine == yours if yours.isspace() else mine in (yours, BLANK) for mine, yours in zip(erased, text, strict=True)
    )


@given(TEXTS, st.integers(0, 30), st.integers(0, 30))
def test_nothing_of_a_span_is_left(text, start, end):
    assert not blanked(text, [(start, end)])[start:end].strip(BLANK).strip()


@given(TEXTS, SPANS)
def test_erasing_twice_is_erasing_once(text, spans):
    assert blanked(blanked(text, spans), spans) == blanked(text, [*spans, *reversed(spans)])


@pytest.mark.parametrize(("text", "expected"), [("███ ██. █!", True), ("", True), ("███ a", False), ("██ 7", False)])
def test_a_text_is_blank_without_a_letter_or_digit(text, expected):
    assert is_blank(text) == expected


@given(TEXTS)
def test_a_text_blanked_as_a_whole_is_blank(text):
    assert is_blank(blanked(text, [(0, len(text))]))


@given(TEXTS, SPANS)
def test_a_text_is_known_again_after_words_of_it_were_erased(text, spans):
    assert is_same_text(blanked(text, spans), text)


@pytest.mark.parametrize("other", ["Ben", "Adam", "ada", "A█a", ""])
def test_another_text_is_not_the_one_that_is_kept(other):
    assert not is_same_text("Ada", other)
    assert not is_same_text("██a", "Ben")


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("Anna Berg and ANNA BERG met anna berg.", "Anna Berg", ["Anna Berg", "ANNA BERG", "anna berg"]),
        ("Anna\n Berg, Anna-Berg", "Anna Berg", ["Anna\n Berg", "Anna-Berg"]),
        ("Anna's tea, said (Anna).", "Anna", ["Anna", "Anna"]),
        ("Annabel met Joanna, Anna2 and anna_b.", "Anna", []),
        ("She works for AT&T now.", "AT&T", ["AT&T"]),
        ("Zürich and ZÜRICH and Zu\u0308rich", "Zürich", ["Zürich", "ZÜRICH", "Zu\u0308rich"]),
        ("José left, Jose\u0301 too, Jose stayed", "José", ["José", "Jose\u0301"]),
        ("Jose\u0301 left", "Jose", []),
        ("Она живёт в Москве", "москве", ["Москве"]),
        ("3.5 (x*) [a]", "(x*)", ["x"]),
        ("Anna", "…", []),
        ("Anna", "", []),
    ],
)
def test_a_name_is_found_however_it_is_written(text, name, found):
    for form in ("NFC", "NFD"):
        spans = places(text, [unicodedata.normalize(form, name)])
        assert [text[start:end] for start, end in sorted(spans)] == found


def test_every_name_of_an_entity_is_found():
    spans = places("Anna Berg, Annie and A. B.", ["Anna Berg", "Annie", "anna berg"])
    assert blanked("Anna Berg, Annie and A. B.", spans) == "████ ████, █████ and A. B."


def test_evidence_is_gathered_by_episode():
    def fact(*where):
        read = tuple(Evidence(episode_id=id_, start=start, end=end) for id_, start, end in where)
        return Fact(id="f", space="s", text="t", evidence=read)

    spans = evidence([fact(("1", 0, 5)), fact(("1", 8, 9), ("2", 0, 4)), fact()])
    assert spans == {"1": [(0, 5), (8, 9)], "2": [(0, 4)]}
