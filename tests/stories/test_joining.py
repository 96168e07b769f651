"""Somebody's people and things, and the names that are learned for them later."""

import pytest

from graphmem import Fact, Memory


def about(memory: Memory, name: str) -> set[str]:
    return {fact.text for fact in memory.facts(entity=name, user_id="ada")}


def fact(memory: Memory, words: str) -> Fact:
    [found] = [fact for fact in memory.facts(user_id="ada") if words in fact.text]
    return found


@pytest.mark.parametrize("naming", ["My sister is Anna.", "My sister Anna called."])
def test_what_was_told_before_a_name_was_learned_leads_to_the_name(memory: Memory, naming: str) -> None:
    memory.add("My sister lives in Oslo.", user_id="ada")
    memory.add(naming, user_id="ada")
    assert "The user's sister lives in Oslo." in about(memory, "Anna")


def test_what_is_told_after_a_name_was_learned_is_about_the_one_who_bears_it(memory: Memory) -> None:
    memory.add("My sister is Anna.", user_id="ada")
    memory.add("My sister works at Equinor.", user_id="ada")
    told = fact(memory, "Equinor")
    assert told.subject_key == "anna"
    assert "user sister" in told.mention_keys


def test_with_two_sisters_nobody_is_meant_by_my_sister(memory: Memory) -> None:
    memory.add("My sister Anna lives in Oslo. My sister Eva lives in Rome.", user_id="ada")
    memory.add("My sister has a boat.", user_id="ada")
    assert fact(memory, "boat").subject_key == "user sister"


def test_a_friend_is_another_one_each_time(memory: Memory) -> None:
    memory.add("My friend Anna lives in Oslo.", user_id="ada")
    memory.add("My friend works at Equinor.", user_id="ada")
    assert fact(memory, "Equinor").subject_key == "user friend"


def test_somebody_else_s_sister_is_not_mine(memory: Memory) -> None:
    memory.add("My sister is Anna.", user_id="ada")
    memory.add("Tom's sister works at Equinor.", user_id="ada")
    assert fact(memory, "Equinor").subject_key == "tom sister"


def test_a_pet_is_known_by_its_name_and_by_what_it_is(memory: Memory) -> None:
    memory.add("My dog loves cheese.", user_id="ada")
    memory.add("My dog is called Rex.", user_id="ada")
    memory.add("My dog has a red collar.", user_id="ada")
    assert {"The user's dog likes cheese.", "The user's dog loves cheese."} & about(memory, "Rex")
    assert fact(memory, "collar").subject_key == "rex"


def test_a_name_that_was_forgotten_joins_nothing_any_more(memory: Memory) -> None:
    memory.add("My sister is Anna.", user_id="ada")
    for told in memory.facts(predicate="sister", user_id="ada"):
        memory.forget(fact_id=told.id, user_id="ada")
    memory.add("My sister works at Equinor.", user_id="ada")
    assert fact(memory, "Equinor").subject_key == "user sister"


def test_names_told_in_one_text_and_in_several_join_alike(memory: Memory) -> None:
    said = ["My brother lives in Lyon.", "My brother is Tom.", "My brother plays chess."]
    memory.add_many([{"text": text, "role": "user", "session_id": "one"} for text in said], user_id="ada")
    assert fact(memory, "chess").subject_key == "tom"
    assert "tom" in fact(memory, "Lyon").mention_keys
