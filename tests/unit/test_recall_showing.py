"""What a language model is shown of a recall: numbered notes, within a budget."""

from datetime import UTC, datetime

from graphmem.models import Citation
from graphmem.recall import showing

MARCH = datetime(2026, 3, 4, tzinfo=UTC)


def note(text: str, quote: str = "") -> Citation:
    return Citation(fact_id="f1", episode_id="e1", source_id=None, text=text, quote=quote, said_at=MARCH, speaker="Ada")


def shown(*notes: Citation, marks: dict[str, str] | None = None, max_tokens: int = 4_000) -> tuple[str, int]:
    return showing.shown("Where does Ada live?", notes, marks or {}, max_tokens=max_tokens)


def test_a_note_that_is_cut_still_says_who_when_and_whether_it_holds() -> None:
    text, many = shown(note("Ada lives in Lisbon " * 500), marks={"e1": "no longer holds"})
    [line] = [line for line in text.splitlines() if line.startswith("[1]")]
    assert line.endswith("(Ada, 2026-03-04, no longer holds)")
    assert len(line) <= showing.LONGEST_NOTE
    assert many == 1


def test_notes_that_do_not_fit_are_left_out() -> None:
    text, many = shown(note("Ada lives in Lisbon."), note("Ada works at Acme."), max_tokens=14)
    assert many == 1
    assert "Acme" not in text


def test_a_quote_is_shown_where_it_says_more() -> None:
    text, _ = shown(note("Ada lives in Lisbon.", "I moved to Lisbon"), note("Ada lives in Oslo.", "Ada lives in Oslo."))
    assert "[1] Ada lives in Lisbon. — “I moved to Lisbon” (Ada, 2026-03-04)" in text
    assert "[2] Ada lives in Oslo. (Ada, 2026-03-04)" in text
