"""What memory is not sure of, told to somebody who can say."""

from collections.abc import Callable, Sequence

import pytest

from graphmem import Doubt, Episode, InvalidInput, Memory
from graphmem.amending import reviewing
from graphmem.protocols import Claim, Extraction, Name, Setting

NewMemory = Callable[..., Memory]


def kinds(memory: Memory, kind: str, **who: str) -> list[Doubt]:
    return [doubt for doubt in memory.review(**(who or {"user_id": "ada"})) if doubt.kind == kind]


def tell(memory: Memory, *facts: tuple[str, str, str], user_id: str = "ada") -> None:
    memory.add_facts(
        [{"subject": subject, "predicate": predicate, "object": object_} for subject, predicate, object_ in facts],
        user_id=user_id,
    )


def test_a_short_name_is_proposed_as_the_longer_one_and_nothing_is_joined(memory: Memory) -> None:
    memory.add(["I met Nathan at the Orsk mill.", "I met Nate in Lisbon."], user_id="ada")
    [doubt] = kinds(memory, "merge")
    assert {entity.key for entity in doubt.entities} == {"nate", "nathan"}
    assert "Nate is short for Nathan" in doubt.reason
    assert 0 < doubt.score < 1
    assert {"nate", "nathan"} <= {entity.key for entity in memory.entities(user_id="ada")}


def test_two_who_are_named_in_one_breath_are_two(memory: Memory) -> None:
    memory.add("Nate and Nathan work at Acme.", user_id="ada")
    assert not kinds(memory, "merge")


def test_two_who_are_different_kin_of_one_person_are_two(memory: Memory) -> None:
    tell(memory, ("Ada", "brother", "Nate"), ("Ada", "cousin", "Nathan"))
    assert not kinds(memory, "merge")


def test_two_of_one_first_name_are_not_proposed_as_one(memory: Memory) -> None:
    tell(memory, ("Anna Berg", "lives_in", "Oslo"), ("Anna Lund", "lives_in", "Rome"))
    assert not kinds(memory, "merge")


def test_one_name_for_a_sister_and_a_cousin_may_be_two_people(memory: Memory) -> None:
    memory.add("My sister Anna lives in Oslo.", user_id="ada")
    memory.add("My cousin Anna lives in Rome.", user_id="ada")
    [doubt] = kinds(memory, "namesakes")
    assert "both cousin and sister" in doubt.reason


def test_two_words_for_one_relation_are_one_person(memory: Memory) -> None:
    tell(memory, ("Ada", "mom", "Rita"), ("Ada", "mother", "Rita"))
    assert not kinds(memory, "namesakes")


def test_where_they_live_apart_the_chance_is_lower_than_where_they_live_together(memory: Memory) -> None:
    tell(memory, ("Nate", "lives_in", "Oslo"), ("Nathan", "lives_in", "Rome"), user_id="apart")
    tell(memory, ("Nate", "lives_in", "Oslo"), ("Nathan", "lives_in", "Oslo"), user_id="together")
    [apart], [together] = kinds(memory, "merge", user_id="apart"), kinds(memory, "merge", user_id="together")
    assert apart.score < together.score
    assert "one lives in Oslo, the other in Rome" in apart.reason


def test_facts_that_exclude_each_other_and_both_stand_are_disputed(memory: Memory) -> None:
    memory.add({"role": "system", "content": "Ada lives in Oslo."}, user_id="ada")
    memory.add({"role": "assistant", "content": "Ada lives in Rome."}, user_id="ada")
    [doubt] = kinds(memory, "disputed")
    assert {fact.object for fact in doubt.facts} == {"Oslo", "Rome"}
    assert doubt.confirm == f"memory.retract({doubt.facts[0].id!r})"


def test_the_same_said_twice_in_other_words_is_a_possible_duplicate(memory: Memory) -> None:
    memory.add("Anna works at Acme in the old harbour.", user_id="ada")
    memory.add("Anna works at Acme, in the old harbour, gladly.", user_id="ada")
    [doubt] = kinds(memory, "duplicate")
    assert {fact.subject for fact in doubt.facts} == {"Anna"}


class Unsure:
    """An extractor that is not sure that Tom works at Acme."""

    blocks = True
    identity = "unsure"

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        tom, acme = Name("Tom", "tom", "person"), Name("Acme", "acme")
        claim = Claim("Tom works at Acme.", 0, 5, subject=tom, predicate="works_at", object=acme, confidence=0.4)
        return [Extraction((claim,)) for _ in episodes]


def test_what_is_confirmed_by_the_call_it_names_is_not_asked_again(new_memory: NewMemory) -> None:
    ada = new_memory(extractor=Unsure()).scoped(user_id="ada")
    ada.add("Tom? Perhaps at Acme.")
    [doubt] = ada.review()
    assert (doubt.kind, doubt.score) == ("unsure", 0.6)
    assert doubt.confirm is not None
    eval(doubt.confirm, {"memory": ada})
    assert not ada.review()


def test_what_is_rejected_by_the_call_it_names_is_gone(new_memory: NewMemory) -> None:
    ada = new_memory(extractor=Unsure()).scoped(user_id="ada")
    ada.add("Tom? Perhaps at Acme.")
    [doubt] = ada.review()
    assert doubt.reject is not None
    eval(doubt.reject, {"memory": ada})
    assert not ada.facts()


def test_a_review_shows_nothing_of_another_owner(memory: Memory) -> None:
    tell(memory, ("Nate", "likes", "tea"), user_id="ada")
    tell(memory, ("Nathan", "likes", "tea"), user_id="bob")
    assert memory.review(user_id="ada") == memory.review(user_id="bob") == []


def test_a_review_of_nothing_is_empty_and_a_wrong_limit_is_refused(memory: Memory) -> None:
    assert memory.review(user_id="ada") == []
    with pytest.raises(InvalidInput, match="limit"):
        memory.review(user_id="ada", limit=0)


def test_what_was_told_long_ago_is_looked_at_too(new_memory: NewMemory) -> None:
    memory = new_memory(extractor="none")
    tell(memory, ("Ada", "brother", "Noah"))
    memory.add_facts([{"text": f"Note number {number}.", "source_id": "log"} for number in range(1_200)], user_id="ada")
    tell(memory, ("Ada", "cousin", "Noah"), ("Ada", "plays", "chess"))
    [doubt] = kinds(memory, "namesakes")
    assert {fact.predicate for fact in doubt.facts} == {"brother", "cousin"}
    assert memory.review(user_id="ada") == memory.review(user_id="ada")


def test_pairs_that_somebody_answered_take_no_others_place(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "PAIRS", 1)
    memory.add(["I met Nathan at the Orsk mill.", "I met Nate in Lisbon."], user_id="ada")
    memory.add(["I met Katherine at the Orsk mill.", "I met Kate in Lisbon."], user_id="ada")
    [first] = kinds(memory, "merge")
    names = [entity.name for entity in first.entities]
    memory.add_facts([{"subject": names[0], "predicate": "is_not", "object": names[1]}], user_id="ada")
    [second] = kinds(memory, "merge")
    assert {entity.name for entity in second.entities}.isdisjoint(names)
