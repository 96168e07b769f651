"""What memory keeps of a message and what not, and that it says why."""

import pytest

from graphmem import Memory


@pytest.fixture
def memory(tmp_path):
    with Memory(str(tmp_path / "memory.db")) as memory:
        yield memory


def reasons(memory: Memory, text: str) -> dict[str, str]:
    changes = memory.add(text, user_id="ada", explain=True)
    return {change.text: change.reason for change in changes if change.kind == "skipped"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Where do you live?", "a question"),
        ("Good luck with it!", "a greeting"),
        ("Please call me later today.", "an order"),
        ("I might move to Rome.", "only supposed"),
        ("Sounds good.", "a greeting"),
        ("It is what it is.", "too vague"),
        ("Ich wohne in Hamburg und arbeite bei Siemens.", "not English"),
        ("def add(a, b): return a + b", "code"),
        ("https://example.org/a", "a link"),
    ],
)
def test_a_sentence_that_gives_no_fact_says_why(memory, text, reason):
    assert reason in reasons(memory, text)[text]


def test_what_gave_no_fact_is_listed_with_its_place_beside_what_did(memory):
    text = "Hello there! I live in Porto. How are you?"
    changes = memory.add(text, user_id="ada", explain=True)
    assert [change.kind for change in changes] == ["added", "skipped", "skipped"]
    for change in changes[1:]:
        [place] = change.evidence
        assert text[place.start : place.end] == change.text


def test_a_foreign_sentence_between_others_is_kept_word_for_word_only(memory):
    told = reasons(memory, "I live in Porto. Meine Schwester wohnt in Hamburg und ich bin oft bei ihr.")
    assert list(told.values()) == ["not English: kept word for word, and not read for facts"]


def test_what_was_passed_over_is_found_by_its_words(memory):
    memory.add("Ich wohne in Hamburg und arbeite bei Siemens.", user_id="ada", explain=True)
    assert "Hamburg" in memory.recall("Hamburg", user_id="ada").hits[0].text


def test_nobody_is_told_why_who_does_not_ask(memory):
    changes = memory.add("Hello there! I live in Porto.", user_id="ada")
    assert [change.kind for change in changes] == ["added"]
