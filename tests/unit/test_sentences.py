"""What is parsed at once, where sentences end, and which of a chat are kept."""

import pytest

from graphmem.extraction.sentences import LONGEST, normalised, units


def stretches(text: str, *, is_document: bool) -> list[str]:
    return [text[start:end] for start, end in units(text, is_document=is_document)]


def test_cleaning_keeps_every_character_in_its_place() -> None:
    text = "It’s “late” — 🌙 good\u00a0night…\nbye"
    clean = normalised(text)
    assert len(clean) == len(text)
    assert clean == 'It\'s "late" ;   good night… bye'


def test_letters_of_other_scripts_survive_cleaning() -> None:
    assert normalised("Łódź, हिन्दी, 東京") == "Łódź, हिन्दी, 東京"


def test_each_line_of_a_chat_is_read_by_itself() -> None:
    assert stretches("first\nsecond\n\n- third", is_document=False) == ["first", "second", "third"]


def test_code_and_links_are_not_read() -> None:
    text = "Look:\n```\nAda = 'works at Acme'\n```\nhttps://example.org/a\nDone here."
    assert stretches(text, is_document=False) == ["Look:", "Done here."]


def test_an_unclosed_code_block_hides_the_rest() -> None:
    assert stretches("Look:\n```\nAda lives in Rome.\n", is_document=False) == ["Look:"]


def test_wrapped_lines_of_a_document_are_one_paragraph() -> None:
    text = (
        "# The mill\n"
        "The mill stands at the river since the year in which the old bridge\n"
        "was built by the town.\n"
        "- It grinds spelt.\n"
        "- It grinds rye.\n"
    )
    assert stretches(text, is_document=True) == [
        "The mill",
        "The mill stands at the river since the year in which the old bridge\nwas built by the town.",
        "It grinds spelt.",
        "It grinds rye.",
    ]


def test_a_very_long_paragraph_is_cut_between_sentences() -> None:
    text = "The miller of Orsk sells flour to Dr. Vane every week. " * 400
    cut = stretches(text, is_document=True)
    assert "".join(cut) == text
    assert all(len(piece) <= LONGEST for piece in cut)
    assert all(piece.rstrip().endswith("week.") for piece in cut)


def test_text_without_any_sentence_end_is_cut_between_words() -> None:
    cut = stretches("flour " * 3_000, is_document=True)
    assert all(set(piece.split()) == {"flour"} for piece in cut)


@pytest.mark.parametrize("is_document", [True, False])
def test_nothing_is_found_in_blanks(is_document: bool) -> None:
    assert stretches(" \n\t\n ", is_document=is_document) == []
