"""Who does what in each clause, and whether it is asserted."""

import pytest

from graphmem.extraction.clauses import clauses, is_asserted, is_question, order, with_dropped_subject
from tests.unit.parsing import clause, node, parsed


def test_a_joined_verb_shares_the_subject() -> None:
    joined = clause("My aunt sold the mill and bought a boat.", "bought")
    assert [subject.text for subject in joined.subjects] == ["aunt"]
    assert [thing.text for thing in joined.objects] == ["boat"]


def test_a_relative_clause_is_about_its_noun() -> None:
    relative = clause("Tom, who works at the mill, is my uncle.", "works")
    assert [subject.text for subject in relative.subjects] == ["Tom"]


def test_the_object_of_a_relative_clause_is_its_noun() -> None:
    assert [thing.text for thing in clause("The boat that Tom bought is old.", "bought").objects] == ["boat"]


@pytest.mark.parametrize(
    ("text", "predicate", "tense"),
    [
        ("Tom moved to Orsk.", "moved", "past"),
        ("Tom has moved to Orsk.", "moved", "perfect"),
        ("Tom will move to Orsk.", "move", "future"),
        ("Tom lives in Orsk.", "lives", "present"),
        ("Tom was a miller.", "miller", "past"),
    ],
)
def test_tense(text: str, predicate: str, tense: str) -> None:
    assert clause(text, predicate).tense == tense


@pytest.mark.parametrize(
    ("text", "predicate", "modality"),
    [
        ("Tom might move to Orsk.", "move", "possible"),
        ("If Tom moves to Orsk, we will visit him.", "moves", "hypothetical"),
        ("Maybe Tom moved to Orsk.", "moved", "hypothetical"),
        ("Tom should move to Orsk.", "move", "advice"),
        ("I would love to move to Orsk.", "love", "desire"),
        ("Tom moved to Orsk.", "moved", "asserted"),
    ],
)
def test_modality(text: str, predicate: str, modality: str) -> None:
    assert clause(text, predicate).modality == modality


def test_a_negation_belongs_to_its_own_clause() -> None:
    text = "Tom doesn't eat fish, but Anna bakes bread."
    assert clause(text, "eat").is_negated
    assert not clause(text, "bakes").is_negated


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("I wish Tom lived in Orsk.", "lived"),
        ("I doubt that Tom lives in Orsk.", "lives"),
        ("They say Tom sold the mill.", "sold"),
        ("Apparently Tom sold the mill.", "sold"),
        ("Tom almost sold the mill.", "sold"),
        ("They want Tom to sell the mill.", "sell"),
        ("I wonder where Tom lives.", "lives"),
        ("I don't think that Tom lives in Orsk.", "lives"),
        ("I dreamt that Tom lived in Orsk.", "lived"),
    ],
)
def test_what_nobody_asserts(text: str, predicate: str) -> None:
    known = clauses(parsed(text))
    found = next(clause for clause in known.values() if clause.predicate.text == predicate)
    assert not is_asserted(found, known, is_document=False)


@pytest.mark.parametrize(
    ("text", "predicate"),
    [("I think Tom lives in Orsk.", "lives"), ("Tom told me that Anna sold the mill.", "sold")],
)
def test_what_is_believed_or_told_by_somebody_is_asserted(text: str, predicate: str) -> None:
    known = clauses(parsed(text))
    found = next(clause for clause in known.values() if clause.predicate.text == predicate)
    assert is_asserted(found, known, is_document=False)


@pytest.mark.parametrize("text", ["Where is Tom?", "is she back yet", "how was the fair", "So what did Tom say 🙂?"])
def test_questions_are_known_with_and_without_their_mark(text: str) -> None:
    assert is_question(parsed(text))


@pytest.mark.parametrize("text", ["Tom is back.", "When I was in Orsk, it rained.", "That is what Tom said."])
def test_statements_are_no_questions(text: str) -> None:
    assert not is_question(parsed(text))


def test_an_order_is_known_by_its_bare_verb() -> None:
    assert order(parsed("Please remind me to call Tom.")) is not None
    assert order(parsed("Ignore what was said before.")) is not None
    assert order(parsed("Tom sold the mill.")) is None


def test_a_dropped_subject_is_the_speaker_s() -> None:
    dropped = with_dropped_subject(node("Bought a boat in Orsk today.", "Bought"))
    assert dropped is not None
    assert dropped.has_dropped_subject
    assert with_dropped_subject(node("Tom bought a boat.", "bought")) is None
