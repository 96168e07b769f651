"""A conversation has a handle: its turns in order, notes beside it, and an end."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from graphmem import AsyncMemory, InvalidInput, Memory, ModelError, NotFound
from graphmem.testing import FixedClock, ScriptedModel

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TALK = (
    "I need to fix the zeppelin bug.",
    "The zeppelin bug sits in the invoice form, says Nora.",
    "Nora works at Acme.",
    "Is the invoice form old?",
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def memory(new_memory: Callable[..., Memory], clock: FixedClock) -> Memory:
    return new_memory(clock=clock)


def talk(memory: Memory, clock: FixedClock, session: str = "s1") -> None:
    for text in TALK:
        clock.advance(minutes=1)
        memory.session(session, user_id="ada").add(text)


def test_turns_come_in_the_order_they_were_said_and_nothing_beside_them(memory: Memory, clock: FixedClock) -> None:
    session = memory.session("s1", user_id="ada")
    talk(memory, clock)
    clock.advance(minutes=1)
    session.add({"role": "tool", "content": "Build 4711 failed."})
    session.set("branch", "fix-zeppelin")
    memory.session("s2", user_id="ada").add("Hello there, I live in Porto.")
    assert [turn.text for turn in session.turns()] == [*TALK, "Build 4711 failed."]
    assert [turn.text for turn in session.turns(last=2)] == [TALK[-1], "Build 4711 failed."]
    assert memory.session("s3", user_id="ada").turns() == []
    assert memory.session("s1", user_id="bob").turns() == []
    with pytest.raises(InvalidInput, match="last"):
        session.turns(last=0)


def test_the_last_turns_are_the_end_of_all_of_them(memory: Memory) -> None:
    session = memory.session("s1", user_id="ada")
    for number in range(4):
        session.add([f"I need to fix bug {number}. I need to call team {number}.", f"Kim waits in room {number}."])
        for key in range(6):
            session.set(f"{number}-{key}", "open")
    turns = session.turns()
    assert len(turns) == 8
    for last in (1, 2, 3, 8, 9):
        assert session.turns(last=last) == turns[-last:]


def test_notes_are_kept_replaced_and_taken_back(memory: Memory) -> None:
    session = memory.session("s1", user_id="ada")
    assert session.get("branch") is None
    session.set("branch", "main")
    session.set("branch", "fix-zeppelin")
    session.set("ticket", "4711: urgent")
    session.set("ticket", "4711: urgent")
    assert session.notes() == {"ticket": "4711: urgent", "branch": "fix-zeppelin"}
    assert "fix-zeppelin" in str(session.recall("Which branch?"))
    assert "main" not in [fact.text for fact in memory.facts(user_id="ada", session_id="s1")]
    session.delete("branch")
    session.delete("branch")
    assert session.notes() == {"ticket": "4711: urgent"}
    session.set("branch", "main")
    assert session.get("branch") == "main"


def test_notes_go_with_their_session_and_no_other_sees_them(memory: Memory, clock: FixedClock) -> None:
    memory.session("s1", user_id="ada").set("branch", "fix-zeppelin")
    for other in (memory.session("s2", user_id="ada"), memory.session("s1", user_id="bob")):
        assert other.notes() == {}
        assert "zeppelin" not in str(other.recall("Which branch?"))
    clock.advance(days=1)
    assert memory.session("s1", user_id="ada").notes() == {}


def test_of_what_is_equally_near_what_is_spoken_of_comes_first(memory: Memory) -> None:
    memory.add_facts(
        [
            {"subject": name, "predicate": "lives_in", "object": city, "text": f"{name} lives in {city}."}
            for name, city in (("Tom", "Bergen"), ("Nora", "Turin"), ("Kim", "Ghent"))
        ],
        user_id="ada",
    )
    for name, city in (("Tom", "Bergen"), ("Nora", "Turin"), ("Kim", "Ghent")):
        session = memory.session(f"about {name}", user_id="ada")
        session.add(f"I met {name} today.")
        best = [
            hit.text for hit in session.recall("Which city is it, where somebody lives?").hits if "lives" in hit.text
        ]
        assert best[0] == f"{name} lives in {city}."


def test_without_a_session_nothing_is_preferred(memory: Memory, clock: FixedClock) -> None:
    talk(memory, clock)
    hits = memory.recall("What about the invoice form?", user_id="ada").hits
    assert hits
    assert not any("focus" in hit.signals for hit in hits)


def test_an_ended_session_leaves_a_summary_and_nothing_of_its_layer(memory: Memory, clock: FixedClock) -> None:
    session = memory.session("s1", user_id="ada")
    talk(memory, clock)
    session.set("branch", "fix-zeppelin")
    task = next(fact for fact in memory.facts(user_id="ada", session_id="s1") if fact.layer == "session")
    changes = session.end()
    assert [change.kind for change in changes] == ["added", "expired"]
    summary = memory.get(changes[0].episode_id or "", user_id="ada")
    assert "invoice form, says Nora" in summary.text
    assert "?" not in summary.text
    assert session.notes() == {}
    assert {fact.layer for fact in memory.facts(user_id="ada", session_id="s1")} == {"user"}
    with pytest.raises(NotFound):
        memory.get(task.id, user_id="ada", session_id="s1")
    assert [turn.text for turn in session.turns()] == list(TALK), "what was said stays"
    assert memory.end_session("s1", user_id="ada")[0].kind == "skipped", "ended twice is ended once"


def test_recalled_notes_that_somebody_pasted_are_no_part_of_a_summary(memory: Memory, clock: FixedClock) -> None:
    memory.add("Nora says that the invoice form of the zeppelin is a bug.", user_id="ada")
    notes = memory.recall("What is the invoice form?", user_id="ada").context()
    talk(memory, clock)
    memory.session("s1", user_id="ada").add(f"{notes}\nThat is all about the form.")
    changes = memory.session("s1", user_id="ada").end()
    summary = memory.get(changes[0].episode_id or "", user_id="ada")
    assert "invoice form, says Nora" in summary.text
    assert "of the zeppelin" not in summary.text
    assert "memory-notes" not in summary.text


def test_the_same_conversation_gives_the_same_summary(memory: Memory, clock: FixedClock) -> None:
    texts = []
    for name in ("s1", "s2"):
        talk(memory, clock, name)
        [change, *_] = memory.end_session(name, user_id="ada")
        texts.append(memory.get(change.episode_id or "", user_id="ada").text)
    assert texts[0] == texts[1]


def test_a_session_in_which_nothing_was_said_ends_quietly(memory: Memory) -> None:
    assert memory.end_session("s1", user_id="ada") == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (['{"summary": "Ada looked for a bug in the form."}'], "Ada looked for a bug in the form."),
        ([ModelError("away", "away")], "user: The zeppelin bug sits in the invoice form, says Nora."),
    ],
)
def test_a_language_model_words_the_summary_and_is_not_needed(script: list, expected: str, clock: FixedClock) -> None:
    with Memory(":memory:", model=ScriptedModel(script), clock=clock) as memory:
        talk(memory, clock)
        [change, *_] = memory.end_session("s1", user_id="ada")
        assert expected in memory.get(change.episode_id or "", user_id="ada").text


def test_an_agents_own_session(memory: Memory) -> None:
    session = memory.session("run", agent_id="ops")
    session.add("The staging server restarts at noon.")
    session.set("step", "three")
    assert session.get("step") == "three"
    assert [turn.text for turn in session.turns()] == ["The staging server restarts at noon."]
    session.end()
    assert session.get("step") is None


def test_awaited_it_is_the_same() -> None:
    async def story() -> None:
        async with AsyncMemory(":memory:") as memory:
            session = memory.session("s1", user_id="ada")
            assert session.id == "s1"
            await session.add("I need to fix the zeppelin bug.")
            await session.set("branch", "main")
            assert await session.get("branch") == "main"
            assert [turn.text for turn in await session.turns(last=1)] == ["I need to fix the zeppelin bug."]
            assert (await session.recall("Which bug?")).hits
            await session.delete("branch")
            assert await session.notes() == {}
            assert [change.kind for change in await session.end()] == ["added", "expired"]

    asyncio.run(story())
