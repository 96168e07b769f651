"""The light tree: content words below content words."""

from graphmem.extraction.nodes import coordinated, words_of
from tests.unit.parsing import node, parsed


def test_a_preposition_is_folded_into_its_noun() -> None:
    place = node("Hadewych sleeps on a houseboat in Maastricht.", "houseboat")
    assert (place.role, place.preposition) == ("obl", "on")
    assert place.head is not None
    assert place.head.text == "sleeps"


def test_a_predicate_noun_carries_its_copula() -> None:
    nurse = node("My cousin is a nurse.", "nurse")
    copula, subject = nurse.first("cop"), nurse.first("nsubj")
    assert copula is not None
    assert subject is not None
    assert (nurse.role, copula.text, subject.text) == ("root", "is", "cousin")


def test_an_agent_is_marked() -> None:
    assert node("The mill was built by Jane Roe.", "Roe").role == "obl:agent"


def test_every_word_but_the_roots_hangs_below_another_once() -> None:
    nodes = parsed("Ada, who works at the mill in Orsk, said that she had bought bread and cheese for her aunt.")
    for word in nodes:
        assert (word.head is None) == (word.role == "root")
        assert sum(word in other.children for other in nodes) == (word.head is not None)


def test_things_joined_by_and_are_found_from_the_first() -> None:
    bread = node("I sell bread, cheese and honey.", "bread")
    assert [thing.text for thing in coordinated(bread)] == ["bread", "cheese", "honey"]


def test_a_verb_taken_for_a_noun_is_put_right() -> None:
    for text, word in (("I live in Lisbon and work at Acme.", "work"), ("I no longer like coffee.", "like")):
        verb = node(text, word)
        assert (verb.pos, verb.tag) == ("VERB", "VBP"), text


def test_a_number_behind_a_thing_is_the_number_of_that_thing() -> None:
    number = node("Ada planted tree 264 in Lisbon.", "264")
    assert number.head is not None
    assert (number.role, number.head.text) == ("nummod", "tree")


def test_words_of_nodes_read_as_text() -> None:
    nodes = parsed("Sister-in-law Femke, above the bike shop.")
    assert words_of(nodes) == "Sister-in-law Femke, above the bike shop."
    assert words_of([nodes[0], nodes[-2]]) == "Sister shop"
