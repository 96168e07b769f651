"""What a document without a title is about."""

import pytest

from graphmem.extraction.topics import topic_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jane Roe (born 1 May 1822) was a miller. She lived in Orsk.", "Jane Roe"),
        ("The Orsk Mill, also known as Blue Mill, is a mill.", "The Orsk Mill"),
        ("Maria Berg, Countess of Orsk was the owner.", "Maria Berg, Countess of Orsk"),
        ('"How I Met Your Mother" is a series.', "How I Met Your Mother"),
        ("Orsk refers to several towns.", "Orsk"),
    ],
)
def test_a_definition_says_what_it_is_about(text: str, name: str) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert (topic.name, topic.is_defined) == (name, True)


@pytest.mark.parametrize("text", ["Jane Roe built a mill. It was blue.", "Jane Roe"])
def test_a_document_may_open_with_a_name_without_saying_what_it_is(text: str) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert (topic.name, topic.is_defined) == ("Jane Roe", False)


@pytest.mark.parametrize(
    "text",
    [
        "She was a miller.",
        "In Orsk the mill was sold.",
        "The mill is old.",
        "Many people are tall.",
        "",
        " \n",
        "is was",
    ],
)
def test_other_openings_name_nothing(text: str) -> None:
    assert topic_of(text) is None


def test_a_very_long_text_is_read_at_its_beginning_only() -> None:
    assert topic_of("word " * 200_000 + "Orsk is a town.") is None
