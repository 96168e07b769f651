"""What a less trusted source says against another closes nothing, and whoever reads either is told."""

from datetime import UTC, datetime, timedelta

from graphmem import Memory

START = datetime(2026, 1, 1, tzinfo=UTC)
QUESTION = "Where does the user live?"


def contradicted(memory: Memory) -> Memory:
    ada = memory.scoped(user_id="ada")
    ada.add("I live in Porto.", at=START)
    ada.add({"role": "assistant", "content": "You live in Zagreb."}, at=START + timedelta(days=1))
    return ada


def test_both_sides_of_a_dispute_are_marked_in_a_recall_and_in_its_notes(memory: Memory) -> None:
    ada = contradicted(memory)
    recall = ada.recall(QUESTION)
    told = {hit.text: hit.is_disputed for hit in recall if hit.fact}
    assert told == {"The user lives in Porto.": True, "The user lives in Zagreb.": True}
    notes = [line for line in recall.context().splitlines() if line.startswith("- ")]
    assert len(notes) == 2
    assert all(line.endswith(", disputed)") for line in notes)
    assert ", disputed" in str(recall)
    assert ", disputed]" in recall.hits[0].explain()


def test_a_dispute_is_told_though_one_side_alone_is_shown(memory: Memory) -> None:
    ada = contradicted(memory)
    [hit] = ada.recall(QUESTION, limit=1)
    assert hit.is_disputed


def test_before_it_was_contradicted_a_fact_was_in_no_dispute(memory: Memory) -> None:
    ada = contradicted(memory)
    assert [hit.is_disputed for hit in ada.recall(QUESTION, at=START + timedelta(hours=1)) if hit.fact] == [
        False,
        False,
    ]


def test_a_dispute_ends_when_one_side_is_taken_back(memory: Memory) -> None:
    ada = contradicted(memory)
    [zagreb] = [fact for fact in ada.facts() if "Zagreb" in fact.text]
    ada.retract(zagreb.id)
    assert not any(hit.is_disputed for hit in ada.recall(QUESTION))


def test_what_agrees_or_speaks_of_something_else_is_in_no_dispute(memory: Memory) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add("I live in Porto.", at=START)
    ada.add({"role": "assistant", "content": "You live in Porto. Anna lives in Zagreb."}, at=START + timedelta(days=1))
    assert not any(hit.is_disputed for hit in ada.recall(QUESTION))


def test_a_changed_mind_is_no_dispute(memory: Memory) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add("I live in Porto.", at=START)
    ada.add("I live in Lisbon.", at=START + timedelta(days=1))
    assert not any(hit.is_disputed for hit in ada.recall(QUESTION))


def test_a_dispute_with_one_source_does_not_keep_what_an_equal_one_said_before(memory: Memory) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add({"role": "document", "content": "Nora Falk is the CEO of Lumen."}, at=START)
    ada.add("Piet Hagen is the CEO of Lumen.", at=START)
    ada.add("Mia Roth is the CEO of Lumen.", at=START + timedelta(days=1))
    held = {fact.subject: fact for fact in ada.facts(predicate="ceo_of")}
    assert set(held) == {"Nora Falk", "Mia Roth"}
    [disputed] = [change for change in ada.history(held["Nora Falk"].id) if change.after == held["Mia Roth"].id]
    assert disputed.kind == "disputed"
