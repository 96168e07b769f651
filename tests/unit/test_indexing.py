"""What of an episode and of its facts is looked for."""

from datetime import UTC, datetime

import pytest

from graphmem.indexing import fact_stems, fact_text, of_episode
from graphmem.models import Episode


def episode(**fields):
    return Episode(id="1", space="s", said_at=datetime(2024, 6, 1, tzinfo=UTC), text="It opened in 2008.", **fields)


@pytest.mark.parametrize(
    ("fields", "text", "stems"),
    [
        ({}, "It opened in 2008.", ["open", "2008"]),
        ({"role": "document"}, "It opened in 2008.", ["open", "2008"]),
        ({"speaker": "Ben"}, "Ben: It opened in 2008.", ["ben", "open", "2008"]),
        (
            {"role": "document", "title": "Blue Door"},
            "Blue Door\nIt opened in 2008.",
            ["blue", "door", "blue", "door", "open", "2008"],
        ),
    ],
)
def test_an_episode_is_found_by_its_words_its_speaker_and_twice_by_its_title(fields, text, stems):
    assert of_episode(episode(**fields)) == (text, tuple(stems))


def test_a_document_without_a_title_is_found_by_the_name_it_opens_with():
    text = "Blue Door (a bar) is in Orsk. It opened in 2008."
    document = episode(role="document").model_copy(update={"text": text})
    found_by, words = of_episode(document)
    assert found_by == f"Blue Door\n{text}"
    assert words[:4] == ("blue", "door", "blue", "door")
    assert of_episode(document.model_copy(update={"role": "user"}))[0] == text


def test_a_fact_of_a_titled_text_is_about_its_title():
    assert fact_text("It opened in 2008.", "Blue Door") == "Blue Door: It opened in 2008."
    assert fact_stems("It opened in 2008.", "Blue Door") == ("blue", "door", "open", "2008")


def test_a_title_that_opens_the_fact_is_said_once():
    assert fact_text("Blue Door opened in 2008.", "Blue Door") == "Blue Door opened in 2008."
    assert fact_stems("Blue Door opened in 2008.", "Blue Door") == ("blue", "door", "open", "2008")


def test_a_fact_of_an_untitled_text_stands_alone():
    assert fact_text("Ada lives in Porto", None) == "Ada lives in Porto"
    assert fact_stems("Ada lives in Porto", None) == ("ada", "live", "porto")


def test_a_fact_is_found_by_the_words_that_ask_for_its_relation() -> None:
    assert fact_stems("Ada moved to Porto", None, "lives_in") == ("ada", "move", "porto", "live")
    assert fact_stems("Ada lives in Porto", None, "lives_in") == ("ada", "live", "porto")
