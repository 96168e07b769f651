"""What is shared in an organisation, or told to an agent by many, is never taken for the words of who asks."""

from datetime import UTC, datetime

import pytest

from graphmem import Memory


@pytest.mark.parametrize("shared", [{"layer": "org"}, {"layer": "agent", "agent_id": "ops"}], ids=["org", "agent"])
def test_i_in_a_shared_space_is_whoever_said_it(memory: Memory, shared: dict[str, str]) -> None:
    memory.add("My name is Ada. I am allergic to nuts.", user_id="ada", **shared)
    memory.add("I live in Porto.", user_id="bob", **shared)
    memory.add("I live in Oslo.", user_id="carla", **shared)
    homes = {fact.subject: fact.object for fact in memory.facts(predicate="lives_in", **shared, user_id="x")}
    assert homes == {"bob": "Porto", "carla": "Oslo"}


def test_who_asks_about_themselves_is_not_the_one_who_told_everybody(memory: Memory) -> None:
    memory.add("I am allergic to nuts.", user_id="ada", layer="org")
    memory.add("I am allergic to fish.", layer="org")
    memory.add("I am allergic to milk.", user_id="bob")
    recalled = memory.recall("What am I allergic to?", user_id="bob")
    assert "milk" in recalled.hits[0].text
    assert not [hit for hit in recalled if hit.layer == "org" and hit.text.startswith("The user")]
    own = {entity.key for entity in memory.entities(user_id="bob") if entity.name == "the user"}
    assert len(own) == 1
    assert not [fact for fact in memory.facts(layer="org") if fact.subject_key in own]


def test_two_people_who_say_the_same_at_the_same_moment_are_both_heard(memory: Memory) -> None:
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for user in ("ada", "bob"):
        memory.add("I live in Porto.", user_id=user, layer="org", at=noon)
        memory.add_many([{"text": "I like tea.", "role": "user"}], user_id=user, layer="org")
    told = {(fact.subject, fact.object) for fact in memory.facts(layer="org")}
    assert told == {(user, thing) for user in ("ada", "bob") for thing in ("Porto", "tea")}
