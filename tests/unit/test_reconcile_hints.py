"""A reader may say what a statement takes the place of. It is heard where the rules could have said so themselves."""

from tests.unit.test_reconcile import ACME, Decision, decided, fact

VOLVO = fact("drives", "Volvo", since=2020)
TESLA = fact("drives", "Tesla")


def test_without_a_word_from_the_reader_two_values_stay():
    assert decided(TESLA, VOLVO) == Decision("add")


def test_a_value_that_the_reader_says_is_replaced_is_superseded():
    decision = decided(TESLA, VOLVO, replaces=[VOLVO.id])
    assert (decision.verdict, decision.closes) == ("supersede", (VOLVO,))
    assert "the reader says" in decision.rule


def test_nothing_of_another_relation_or_of_somebody_else_is_closed_on_a_readers_word():
    bens = fact("drives", "Volvo", subject="Ben", since=2020)
    assert decided(TESLA, ACME, bens, replaces=[ACME.id, bens.id]) == Decision("add")


def test_a_plan_and_a_memory_close_nothing_on_a_readers_word():
    assert decided(fact("drives", "Tesla", modality="intention"), VOLVO, replaces=[VOLVO.id]).verdict == "add"
    assert decided(TESLA, VOLVO, operation="past", replaces=[VOLVO.id]).verdict == "add"


def test_a_less_trusted_source_closes_nothing_on_a_readers_word():
    decision = decided(fact("drives", "Tesla", role="assistant"), VOLVO, replaces=[VOLVO.id])
    assert decision.verdict == "dispute"


def test_what_was_said_later_is_not_closed_by_what_was_said_before():
    newer = fact("drives", "Volvo", since=2025)
    decision = decided(TESLA, newer, replaces=[newer.id])
    assert (decision.verdict, decision.closes) == ("add", ())
    assert decision.valid_to == newer.valid_from


def test_a_value_that_may_be_the_same_is_not_closed_on_a_readers_word():
    assert decided(fact("drives", "red Volvo"), VOLVO, replaces=[VOLVO.id]).verdict == "add"
