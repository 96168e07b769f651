"""What is kept for a while is in no answer from its end on, whoever asks for whatever moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from graphmem import InvalidInput, Memory, NotFound
from graphmem.testing import FixedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TASK = "I need to fix the zeppelin bug."


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def memory(new_memory: Callable[..., Memory], clock: FixedClock) -> Memory:
    return new_memory(clock=clock)


@pytest.fixture
def ada(memory: Memory) -> Memory:
    return memory.scoped(user_id="ada", session_id="s1")


def texts(memory: Memory, **when: datetime) -> list[str]:
    return [fact.text for fact in memory.facts(**when)]


def test_what_lasts_goes_to_the_user_and_the_state_of_a_task_to_the_session(ada: Memory) -> None:
    changes = ada.add(f"I live in Porto. {TASK}")
    layers = {fact.text: fact.layer for change in changes if change.fact_id for fact in [ada.get(change.fact_id)]}
    assert set(layers.values()) == {"user", "session"}
    assert {text for text, layer in layers.items() if layer == "user"} == {"The user lives in Porto."}
    assert [(turn.text, turn.space) for turn in [ada.get(changes[0].episode_id or "")]] == [
        (f"I live in Porto. {TASK}", "org=default/user=ada")
    ]


def test_another_session_of_the_same_user_never_sees_them(memory: Memory, ada: Memory) -> None:
    ada.add(f"I live in Porto. {TASK}")
    other = memory.scoped(user_id="ada", session_id="s2")
    for stranger in (other, memory.scoped(user_id="ada"), memory.scoped(user_id="bob", session_id="s1")):
        assert not any("zeppelin" in text for text in texts(stranger))
    hits = other.recall("Which bug needs fixing?").hits
    assert {hit.layer for hit in hits if "zeppelin" in hit.text} <= {"conversation", "user"}
    assert not any(hit.fact and "zeppelin" in hit.fact.text for hit in hits)


def test_session_facts_are_invisible_the_moment_they_expire(ada: Memory, clock: FixedClock) -> None:
    changes = ada.add(TASK)
    [task] = [change.fact_id for change in changes if change.fact_id]
    clock.now = NOON + DAY - timedelta(microseconds=1)
    assert any("zeppelin" in text for text in texts(ada))
    clock.now = NOON + DAY
    assert texts(ada) == texts(ada, known_at=NOON + DAY / 2) == texts(ada, at=NOON) == []
    assert not [entity for entity in ada.entities() if "zeppelin" in entity.key]
    assert not any(hit.fact for hit in ada.recall("Which bug needs fixing?").hits)
    for gone in (ada.get, ada.history):
        with pytest.raises(NotFound):
            gone(task or "")


def test_a_session_that_goes_on_is_kept(ada: Memory, clock: FixedClock) -> None:
    ada.add(TASK)
    clock.advance(hours=20)
    ada.add("I live in Porto.")
    clock.advance(hours=20)
    assert any("zeppelin" in text for text in texts(ada))
    clock.advance(hours=4)
    assert texts(ada) == ["The user lives in Porto."]


def test_what_is_promoted_to_a_session_goes_with_it(memory: Memory, clock: FixedClock) -> None:
    [home] = memory.add("I live in Porto.", user_id="ada")
    ada = memory.scoped(user_id="ada", session_id="s9")
    ada.promote(home.fact_id or "", layer="session")
    assert len(texts(ada)) == 2
    clock.advance(days=1)
    assert {fact.layer for fact in ada.facts()} == {"user"}


def test_a_session_that_lasts_for_ever_is_there_later(new_memory: Callable[..., Memory], clock: FixedClock) -> None:
    with new_memory(clock=clock, session_lasts=timedelta.max) as memory:
        memory.add("The build is red.", user_id="ada", session_id="monday", layer="session")
        clock.advance(days=3_650)
        assert memory.recall("Is the build red?", user_id="ada", session_id="monday").hits


def test_how_long_a_session_lasts_is_a_setting(new_memory: Callable[..., Memory], clock: FixedClock) -> None:
    with new_memory(clock=clock, session_lasts=timedelta(minutes=30)) as memory:
        ada = memory.scoped(user_id="ada", session_id="s1")
        ada.add(TASK)
        clock.advance(minutes=29)
        assert texts(ada)
        clock.advance(minutes=1)
        assert texts(ada) == []


@pytest.mark.parametrize("lasts", [timedelta(), -DAY, 3600, None])
def test_a_session_lasts_for_some_time(lasts: object) -> None:
    with pytest.raises(InvalidInput, match="session_lasts"):
        Memory(":memory:", session_lasts=lasts)  # type: ignore[arg-type]


def test_an_old_conversation_that_is_read_in_is_history(ada: Memory) -> None:
    ada.add(TASK, at=NOON - 2 * DAY)
    assert {fact.layer for fact in ada.facts()} == {"user"}


def test_a_layer_that_is_named_is_the_layer(ada: Memory) -> None:
    ada.add(TASK, layer="user")
    ada.add("I live in Porto.", layer="session")
    assert {fact.text: fact.layer for fact in ada.facts()} == {
        "The user needs to fix the zeppelin bug.": "user",
        "The user lives in Porto.": "session",
    }


def test_what_was_told_to_expire_does(memory: Memory, clock: FixedClock) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add("My zeppelin hangar code is 4711.", expires_at=NOON + DAY)
    ada.add_facts(
        [
            {"text": "Ada parks in bay seven.", "expires_at": NOON + 2 * DAY},
            {"text": "Ada stays in room nine."},
        ],
        expires_at=NOON + DAY,
    )
    ada.add_many([{"text": "Ada borrows a drill.", "expires_at": (NOON + DAY).isoformat()}])
    assert len(ada.facts()) == 4
    clock.advance(days=1)
    assert texts(ada) == ["Ada parks in bay seven."]
    assert [
        hit.text for hit in ada.recall("What is the code of the zeppelin hangar? Which room, which drill?").hits
    ] in (
        [],
        ["Ada parks in bay seven."],
    )
    assert ada.stats().episodes == 1
    clock.advance(days=1)
    assert ada.stats().episodes == ada.stats().facts == 0


def test_what_expires_closes_nothing_that_stays(memory: Memory, clock: FixedClock) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add("I live in Porto.")
    ada.add("I live in Lisbon.", expires_at=NOON + 7 * DAY)
    assert len(texts(ada)) == 2
    clock.advance(days=7)
    assert texts(ada) == ["The user lives in Porto."]


def test_what_is_said_again_to_stay_stays(memory: Memory, clock: FixedClock) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add("I live in Porto.", expires_at=NOON + DAY)
    ada.add("I live in Porto.")
    clock.advance(days=1)
    assert texts(ada) == ["The user lives in Porto."]


@pytest.mark.parametrize("end", [NOON, NOON - DAY])
def test_what_is_over_already_is_refused(memory: Memory, end: datetime) -> None:
    with pytest.raises(InvalidInput, match="expires_at"):
        memory.add("I live in Porto.", user_id="ada", expires_at=end)
    with pytest.raises(InvalidInput, match="expires_at"):
        memory.add_facts([{"text": "Ada lives in Porto."}], user_id="ada", expires_at=end)
    assert memory.stats(user_id="ada").episodes == 0


def test_an_end_travels_with_an_export(memory: Memory, clock: FixedClock, tmp_path) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add("I live in Porto.", expires_at=NOON + DAY)
    ada.add(TASK, session_id="s1")
    ada.export(tmp_path / "ada.jsonl")
    memory.load(tmp_path / "ada.jsonl", user_id="zoe")
    zoe = memory.scoped(user_id="zoe", session_id="s1")
    assert {fact.layer for fact in zoe.facts()} == {"user", "session"}
    clock.advance(days=1)
    assert zoe.facts() == []
    ada.export(tmp_path / "later.jsonl")
    assert "Porto" not in (tmp_path / "later.jsonl").read_text()
