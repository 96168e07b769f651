"""Texts that mean no good, and others that only look alike."""

from graphmem import Memory
from graphmem.recall import fence

OPENED = '<memory-notes nonce="0123456789abcdef">'


def test_notes_of_every_kind_are_taken_out_and_the_rest_stays() -> None:
    opening, closing = fence.marks()
    notes = f"{opening}\n- Ada\n{closing}"
    assert fence.without_notes(f"a {notes} b {notes} c").split() == ["a", "b", "c"]
    assert fence.without_notes(f"{closing} a {opening}") == f"{closing} a {opening}"
    assert fence.without_notes(f"{OPENED} a {notes}").split() == [*OPENED.split(), "a"]


def test_a_hundred_thousand_open_fences_are_read_in_one_pass() -> None:
    """Looked at from each of them to the end of the text, this would take an hour."""
    text = OPENED * 100_000
    assert fence.without_notes(text) == text


def test_the_same_greeting_on_another_day_is_another_episode(memory: Memory) -> None:
    def told(at: str) -> int:
        return memory.add_many([{"text": "Good morning.", "speaker": "Ann", "at": at}], user_id="ada").episodes

    monday, tuesday = "2024-01-01T08:00:00+00:00", "2024-01-02T08:00:00+00:00"
    assert [told(monday), told(tuesday), told(monday)] == [1, 1, 0]
