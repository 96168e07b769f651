"""A newer text takes the place of an older one: nothing that still stands is lost, nothing that went stays."""

from datetime import timedelta

from graphmem import Memory


def said(memory: Memory) -> list[str]:
    return sorted(fact.text for fact in memory.facts(user_id="ada"))


def test_messages_that_do_not_come_again_are_retired(memory: Memory) -> None:
    memory.add(["I live in Porto.", "I like tea.", "I keep bees."], user_id="ada", source_id="profile")
    changes = memory.add(["I live in Porto."], user_id="ada", source_id="profile", replace=True)
    assert [change.kind for change in changes] == ["skipped", "retracted", "retracted"]
    assert said(memory) == ["The user lives in Porto."]
    assert "bees" not in str(memory.recall("Do I keep bees?", user_id="ada"))


def test_a_message_that_moves_up_keeps_what_it_says(memory: Memory) -> None:
    memory.add(["I live in Porto.", "I like tea."], user_id="ada", source_id="profile")
    memory.add(["I like tea.", "I own a boat."], user_id="ada", source_id="profile", replace=True)
    assert said(memory) == ["The user likes tea.", "The user owns a boat."]


def test_messages_that_change_places_keep_what_they_say(memory: Memory) -> None:
    memory.add(["I like tea.", "I own a boat."], user_id="ada", source_id="profile")
    memory.add(["I own a boat.", "I like tea."], user_id="ada", source_id="profile", replace=True)
    assert said(memory) == ["The user likes tea.", "The user owns a boat."]


def test_what_two_replaced_messages_both_said_goes_with_them(memory: Memory) -> None:
    memory.add(["I like tea.", "I like tea."], user_id="ada", source_id="profile")
    memory.add(["I own a boat."], user_id="ada", source_id="profile", replace=True)
    assert said(memory) == ["The user owns a boat."]


def test_what_another_source_says_too_stays(memory: Memory) -> None:
    memory.add("I like tea.", user_id="ada", source_id="chat")
    memory.add("I like tea.", user_id="ada", source_id="profile")
    memory.add("I own a boat.", user_id="ada", source_id="profile", replace=True)
    assert said(memory) == ["The user likes tea.", "The user owns a boat."]


def test_a_message_replaced_by_tool_output_of_the_session_goes_from_the_user(memory: Memory) -> None:
    memory.add("I live in Porto.", user_id="ada", source_id="run", session_id="s1")
    tool = {"role": "tool", "content": "Row 17 failed."}
    memory.add(tool, user_id="ada", source_id="run", session_id="s1", replace=True)
    assert said(memory) == []


def test_nobody_elses_source_of_the_same_name_is_replaced(memory: Memory) -> None:
    memory.add(["I live in Porto.", "I like tea."], user_id="ada", source_id="profile")
    memory.add("I keep bees.", user_id="bob", source_id="profile", replace=True)
    assert said(memory) == ["The user likes tea.", "The user lives in Porto."]


def test_what_was_replaced_is_still_what_was_known_then(memory: Memory) -> None:
    memory.add(["I live in Porto.", "I like tea."], user_id="ada", source_id="profile")
    then = max(fact.known_from for fact in memory.facts(user_id="ada") if fact.known_from)
    memory.add(["I live in Lisbon."], user_id="ada", source_id="profile", replace=True)
    recalled = str(memory.recall("Where do I live, and do I like tea?", user_id="ada", known_at=then))
    assert "Porto" in recalled
    assert "tea" in recalled
    assert "Lisbon" not in recalled
    assert "Porto" not in str(memory.recall("Where do I live?", user_id="ada", known_at=then + timedelta(days=1)))
