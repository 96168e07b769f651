"""Nobody ever sees what somebody else told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graphmem import InvalidInput, Memory, NotFound, ScopeMissing

SECRET = "Ada's sister Nora works at Acme as a zeppelin pilot."

VERBS: dict[str, Callable[[Memory], object]] = {
    "add": lambda memory: memory.add("I live in Porto."),
    "add_many": lambda memory: memory.add_many([{"text": "I live in Porto."}]),
    "add_facts": lambda memory: memory.add_facts([{"text": "Ada lives in Porto."}]),
    "recall": lambda memory: memory.recall("Where?"),
    "get": lambda memory: memory.get("an-id"),
    "facts": lambda memory: memory.facts(),
    "entities": lambda memory: memory.entities(),
    "history": lambda memory: memory.history("an-id"),
    "stats": lambda memory: memory.stats(),
    "forget": lambda memory: memory.forget(),
    "export": lambda memory: memory.export("nowhere.jsonl"),
    "load": lambda memory: memory.load("nowhere.jsonl"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_call_that_names_nobody_is_refused(memory: Memory, verb: str) -> None:
    with pytest.raises(ScopeMissing, match="user_id"):
        VERBS[verb](memory)


@pytest.mark.parametrize(
    "stranger",
    [
        "bob",
        "ad",
        "ada ",
        "Ada",
        "аda",
        "ａda",
        "ada/",
        "ada/session=s1",
        "%61da",
        "ada%2F",
        "*",
        "%",
        "_",
        "a*",
        "..",
        "org=default/user=ada",
    ],
    ids=ascii,
)
def test_no_other_user_finds_it_under_any_spelling(memory: Memory, stranger: str) -> None:
    [change, *_] = memory.add(SECRET, user_id="ada", session_id="s1")
    assert change.fact_id is not None
    assert change.episode_id is not None
    memory.add("I met Nora at Acme.", user_id=stranger, session_id="s1")
    assert "zeppelin" not in str(
        memory.recall("What does Nora do at Acme, zeppelin pilot?", user_id=stranger, session_id="s1")
    )
    assert not [fact for fact in memory.facts(user_id=stranger) if "zeppelin" in fact.text]
    for forbidden in (change.fact_id, change.episode_id):
        with pytest.raises(NotFound):
            memory.get(forbidden, user_id=stranger)
    with pytest.raises(NotFound):
        memory.history(change.fact_id, user_id=stranger)
    with pytest.raises(NotFound):
        memory.forget(user_id=stranger, fact_id=change.fact_id)
    memory.forget(user_id=stranger)
    assert "zeppelin" in str(memory.recall("What does Nora do?", user_id="ada"))


def test_two_organisations_with_the_same_user_are_strangers(tmp_path: Path) -> None:
    with Memory(tmp_path / "memory.db", org_id="one") as one, Memory(tmp_path / "memory.db", org_id="two") as two:
        one.add(SECRET, user_id="ada")
        one.add("The office moves to Turin.", layer="org")
        assert two.recall("What does Nora do?", user_id="ada").hits == ()
        assert two.facts(layer="org") == []


def test_what_an_organisation_shares_is_read_by_its_people_and_not_mixed_into_theirs(memory: Memory) -> None:
    memory.add("The office moves to Turin.", layer="org")
    memory.add("My desk is by the window.", user_id="ada")
    assert "Turin" in str(memory.recall("Where does the office move to?", user_id="ada"))
    assert "window" not in str(memory.recall("Where is the desk?", user_id="bob"))
    memory.forget(user_id="ada")
    assert "Turin" in str(memory.recall("Where does the office move to?", user_id="bob"))


def test_an_agents_own_memory_is_read_with_its_user_and_without(memory: Memory) -> None:
    memory.add("The staging server restarts at noon.", agent_id="ops")
    assert "noon" in str(memory.recall("When does the staging server restart?", agent_id="ops", user_id="ada"))
    assert memory.recall("When does the staging server restart?", user_id="ada").hits == ()


def test_tool_output_stays_in_its_session(memory: Memory) -> None:
    memory.add({"role": "tool", "content": "Build 4711 failed in the linker."}, user_id="ada", session_id="s1")
    assert "4711" in str(memory.recall("Which build failed?", user_id="ada", session_id="s1"))
    assert "4711" not in str(memory.recall("Which build failed?", user_id="ada", session_id="s2"))


def test_a_bound_memory_serves_one_person_only(memory: Memory) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add("I live in Porto.")
    assert "Porto" in str(ada.recall("Where do I live?"))
    with pytest.raises(InvalidInput, match="bound"):
        ada.recall("Where do I live?", user_id="bob")
    with pytest.raises(InvalidInput, match="bound"):
        ada.scoped(user_id="bob")
    assert memory.recall("Where do I live?", user_id="bob").hits == ()


def test_another_owners_texts_change_neither_answers_nor_scores(memory: Memory) -> None:
    memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
    before = memory.recall("Which city does Ada work in?", user_id="ada")
    memory.add_facts(
        [{"text": f"Ada of house {n} works in the city of Lisbon at Acme {n}."} for n in range(300)], user_id="bob"
    )
    after = memory.recall("Which city does Ada work in?", user_id="ada", at=before.at, known_at=before.known_at)
    assert after.hits == before.hits
