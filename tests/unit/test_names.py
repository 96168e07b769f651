"""Keys of names, names by their looks, and known names in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.extraction.names import (
    candidate_keys,
    canonical,
    common_key,
    mentions_of,
    short_name,
    singular,
    spans,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lovelace", "ada  lovelace"),
        ("the Blue Door", "Blue Door"),
        ("Corvane (lens maker)", "Corvane"),
        ("O’Neill's", "O'Neill"),
        ("St. Orlan's", "St Orlan"),
        ("AC/DC", "AC-DC"),
        ("ﬁsh & Co", "fish Co"),
        ("An\u200bna", "Anna"),
        ("İzmir", "izmir"),
        ("James' boat", "James boat"),
    ],
)
def test_two_spellings_of_a_name_share_a_key(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_a_latin_name_typed_with_cyrillic_letters_is_the_same_name() -> None:
    assert canonical("Аnnа") == "anna"  # the first and last letter are Cyrillic


def test_a_name_in_another_script_stays_itself_and_has_one_key_in_any_case() -> None:
    assert canonical("Ольга") == "ольга"
    assert canonical("МАКС") == canonical("Макс")
    assert canonical("हिन्दी") == "हिन्दी"


def test_different_names_keep_different_keys() -> None:
    assert canonical("José") != canonical("Jose")
    assert canonical("Anna") != canonical("Anna#2")


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    key = canonical(name)
    assert key == key.strip()
    assert canonical(key) in {key, key.removeprefix("the ")}


@pytest.mark.parametrize(
    ("many", "one"),
    [("cousins", "cousin"), ("bakeries", "bakery"), ("children", "child"), ("boxes", "box"), ("glass", "glass")],
)
def test_plurals_have_a_singular(many: str, one: str) -> None:
    assert singular(many) == one


def test_a_common_phrase_is_known_by_its_singular() -> None:
    assert common_key("Mateus's cousins") == common_key("Mateus' cousin") == "mateus cousin"


def test_capitals_and_quotes_are_names() -> None:
    text = 'Yesterday Ludwig van Beethoven, of Bonn, played "Für Elise" at the University of Graz in May.'
    assert spans(text) == ["Ludwig van Beethoven", "Bonn", "Für Elise", "University of Graz", "Für Elise"]


def test_a_name_ends_with_its_sentence() -> None:
    assert spans("We met Oluf. Hadewych came with Dr. Smith.") == ["Oluf", "Hadewych", "Dr. Smith"]


def test_shouting_and_pronouns_are_not_names() -> None:
    assert spans("WE FOUND A VIOLA. I'm glad, We're glad.") == []


def test_candidates_carry_their_place() -> None:
    text = "Ask the Blue Door"
    found = {candidate.key: text[candidate.start : candidate.end] for candidate in candidate_keys(text)}
    assert found == {"ask the blue door": "Ask the Blue Door", "ask the blue": "Ask the Blue", "blue door": "Blue Door",
                     "ask": "Ask", "blue": "Blue", "door": "Door", "ask door": "Ask the Blue Door"}  # fmt: skip


def test_single_words_need_a_capital_unless_the_text_is_a_question() -> None:
    assert "choir" not in {candidate.key for candidate in candidate_keys("who leads the choir")}
    assert "choir" in {candidate.key for candidate in candidate_keys("who leads the choirs", is_question=True)}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("John G. Adolfi", "John Adolfi"),
        ("William Davis Garwood, Jr.", "William Garwood"),
        ("Michael Joseph Kelly FRS", "Michael Kelly"),
        ("Archduke Ferdinand Karl of Orsk", "Ferdinand of Orsk"),
        ("Ada Berg", None),
        ("Ada", None),
        ("Apollo Program 11", None),
        ("J. R. R. Berg", None),
    ],
)
def test_a_long_name_is_also_known_by_its_first_and_last_word(name: str, short: str | None) -> None:
    assert short_name(name) == short


def test_somebody_is_named_by_first_and_last_word_of_a_longer_name_where_those_are_known() -> None:
    known = {"john adolfi", "john g adolfi"}
    assert mentions_of("Where was John G. Adolfi born?", known, is_question=True) == ["john adolfi", "john g adolfi"]
    assert mentions_of("John Gustav Adolfi was born.", known) == ["john adolfi"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Who is Jenny Roe?", {"jennifer roe"}),
        ("Jenny Maria Roe was a miller.", {"jennifer roe", "maria roe"}),
        ("Ada Maria Cruz Berg was a miller.", {"ada cruz", "maria berg"}),
        ("Blue Orsk City Mill grinds rye.", set[str]()),
    ],
)
def test_somebody_is_named_by_parts_of_a_long_name_and_by_a_first_name_in_full(text: str, named: set[str]) -> None:
    known = {"jennifer roe", "maria roe", "ada cruz", "maria berg", "blue city", "orsk mill"}
    assert set(mentions_of(text, known, is_question=text.endswith("?"))) == named


def test_a_name_with_a_rank_names_the_one_without_it_too() -> None:
    known = {"king magnus berg", "magnus berg", "magnus", "duke of orsk"}
    assert mentions_of("The crown of King Magnus Berg fell.", known) == ["magnus berg", "king magnus berg"]
    assert mentions_of("The Grand Duke of Orsk fell.", known) == ["duke of orsk"]


def test_a_name_ends_at_a_brace() -> None:
    assert spans("Jane Roe {1: none} lives.") == ["Jane Roe"]


def test_a_name_may_begin_and_end_with_a_small_word_that_is_written_large() -> None:
    known = {"how i met your mother", "i love you", "who"}
    assert mentions_of("Who wrote How I Met Your Mother?", known, is_question=True) == ["how i met your mother"]
    assert mentions_of("Did The Who sing I Love You?", known, is_question=True) == ["who", "i love you"]
    assert mentions_of("who says i love you?", {"you", "who says"}, is_question=True) == []


def test_a_common_word_names_nobody_who_bears_it_as_a_name() -> None:
    known, common = {"director", "choir", "titanic"}, {"choir"}
    asked = "Does the director of Titanic sing in the choir?"
    assert mentions_of(asked, known, common=common, is_question=True) == ["titanic", "choir"]
    assert mentions_of(asked.lower(), known, common=common, is_question=True) == ["director", "titanic", "choir"]


def test_the_longest_known_name_hides_the_names_inside_it() -> None:
    known = {"anna", "anna berg", "berg", "oslo"}
    assert mentions_of("Oslo is where Anna Berg lives, says Anna.", known) == ["oslo", "anna berg", "anna"]


def test_candidates_of_a_long_text_stay_few() -> None:
    assert len(candidate_keys("word " * 2_000)) <= 2_000 * 6 * 2
