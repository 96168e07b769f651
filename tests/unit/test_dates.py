"""Time expressions as people write them, and the days they mean."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.extraction.dates import find

LINES = (Path(__file__).parent / "data" / "dates.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in LINES]
EXPRESSIONS = [case for case in CASES if case["words"]]
TRAPS = [case for case in CASES if not case["words"]]
THURSDAY = date(2024, 3, 14)


def day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


@pytest.mark.parametrize("case", EXPRESSIONS, ids=lambda case: case["text"])
def test_an_expression_means_these_days(case):
    [span] = find(case["text"], date.fromisoformat(case["said_on"]), past=case["past"])
    assert span.text == case["words"] == case["text"][span.start_char : span.end_char]
    assert (span.start, span.end, span.grain) == (day(case["start"]), day(case["end"]), case["grain"])


@pytest.mark.parametrize("case", TRAPS, ids=lambda case: case["text"])
def test_what_only_looks_like_a_time_is_left_alone(case):
    assert find(case["text"], date.fromisoformat(case["said_on"]), past=case["past"]) == []


@pytest.mark.parametrize(
    ("text", "past", "expected"),
    [
        ("We met on Friday.", True, date(2024, 3, 8)),
        ("We meet on Friday.", False, date(2024, 3, 15)),
        ("It was on October 3rd.", True, date(2023, 10, 3)),
        ("It is on October 3rd.", False, date(2024, 10, 3)),
        ("It is on January 3rd.", False, date(2025, 1, 3)),
        ("On January 3rd.", None, date(2024, 1, 3)),
        ("It is on February 29th.", False, date(2028, 2, 29)),
    ],
)
def test_the_tense_says_which_of_two_days_is_meant(text, past, expected):
    [span] = find(text, THURSDAY, past=past)
    assert (span.start, span.end) == (expected, expected)


def test_since_looks_back_whatever_the_tense():
    [span] = find("I have been here since October.", THURSDAY, past=False)
    assert (span.start, span.end) == (date(2023, 10, 1), None)


def test_expressions_come_in_the_order_of_the_text():
    text = "In 1993 we met, last week we married, and on May 3 we move; see you tomorrow."
    spans = find(text, THURSDAY)
    assert [span.text for span in spans] == ["In 1993", "last week", "on May 3", "tomorrow"]


def test_white_space_between_the_words_does_not_matter():
    [span] = find("the day \n before\u00a0yesterday", THURSDAY)
    assert span.start == span.end == date(2024, 3, 12)


def test_letters_that_change_length_in_lower_case_do_not_shift_the_place():
    text = "İİİ came yesterday."
    [span] = find(text, THURSDAY)
    assert text[span.start_char : span.end_char] == "yesterday"


def test_the_time_of_day_of_saying_does_not_matter():
    assert find("since Monday", datetime(2024, 3, 14, 23, 59, tzinfo=UTC)) == find("since Monday", THURSDAY)


@pytest.mark.parametrize(
    ("run", "times", "found"),
    [("yesterday ", 2_000, 2_000), ("May 3 ", 2_000, 2_000), (" ", 20_000, 0), ("9", 20_000, 0), ("in the ", 3_000, 0)],
)
def test_a_long_run_of_the_same_is_read_to_its_end(run, times, found):
    assert len(find(run * times, THURSDAY)) == found


WORDS = sorted(
    {word for case in CASES for word in case["text"].split()}
    | {"9999", "0001-01-01", "9999-12-31", "10000", "9000", "decades", "years", "ago", "ſunday", "٣", "\x00", "\ud800"}
)
DAYS = st.one_of(
    st.dates(),
    st.dates(max_value=date.min + timedelta(800)),
    st.dates(min_value=date.max - timedelta(800)),
)
TENSES = st.sampled_from([True, False, None])


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)), DAYS, TENSES)
def test_any_text_on_any_day_gives_spans_in_order_that_never_overlap(text, said_on, past):
    at = 0
    for span in find(text, said_on, past=past):
        assert at <= span.start_char < span.end_char <= len(text)
        assert span.text == text[span.start_char : span.end_char]
        assert span.start is not None or span.end is not None
        assert span.start is None or span.end is None or span.start <= span.end
        at = span.end_char


@given(st.sampled_from(EXPRESSIONS), DAYS, TENSES)
def test_any_expression_can_be_said_on_any_day(case, said_on, past):
    for span in find(case["text"], said_on, past=past):
        assert span.start is None or span.end is None or span.start <= span.end
