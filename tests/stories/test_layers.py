"""Facts are in one layer each, and reach another by being promoted alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphmem import Conflict, InvalidInput, Memory, NotFound, ScopeMissing
from graphmem.testing import FixedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def memory(new_memory: Callable[..., Memory], clock: FixedClock) -> Memory:
    return new_memory(clock=clock)


@pytest.fixture
def ada(memory: Memory) -> Memory:
    return memory.scoped(user_id="ada", session_id="s1")


def told(memory: Memory, text: str, **who: str) -> str:
    [fact_id] = [change.fact_id for change in memory.add(text, **who) if change.fact_id]
    return fact_id


def test_what_is_promoted_outlives_its_session_with_its_evidence(ada: Memory, memory: Memory) -> None:
    fact_id = told(ada, "I need to fix the zeppelin bug.")
    [change] = ada.promote(fact_id, reason="it stays open")
    assert (change.kind, change.reason) == ("promoted", "it stays open")
    ada.end_session("s1")
    [kept] = memory.facts(user_id="ada")
    assert (kept.id, kept.layer) == (change.fact_id, "user")
    [place] = kept.evidence
    said = memory.get(place.episode_id, user_id="ada")
    assert said.text[place.start : place.end] == "I need to fix the zeppelin bug."
    assert [of.kind for of in memory.history(kept.id, user_id="ada")] == ["promoted"]


def test_promoting_leaves_the_fact_where_it_was(ada: Memory) -> None:
    fact_id = told(ada, "I need to fix the zeppelin bug.")
    ada.promote(fact_id)
    assert sorted(fact.layer for fact in ada.facts()) == ["session", "user"]


def test_a_promotion_is_undone_by_restore(ada: Memory, memory: Memory) -> None:
    fact_id = told(ada, "I need to fix the zeppelin bug.")
    [change] = ada.promote(fact_id)
    [undone] = memory.restore(change.id, user_id="ada")
    assert undone.kind == "retracted"
    assert [fact.layer for fact in ada.facts()] == ["session"]
    with pytest.raises(Conflict):
        memory.restore(change.id, user_id="ada")


def test_what_is_promoted_is_compared_with_what_is_known_there(ada: Memory) -> None:
    ada.add("I live in Porto.")
    fact_id = told(ada, "I live in Lisbon.", layer="session")
    assert sorted(change.kind for change in ada.promote(fact_id)) == ["promoted", "superseded"]
    assert [fact.text for fact in ada.facts() if fact.layer == "user"] == ["The user lives in Lisbon."]
    assert [change.kind for change in ada.promote(fact_id)] == ["skipped"]


def test_what_a_user_promotes_to_their_organisation_says_who(ada: Memory, memory: Memory) -> None:
    fact_id = told(ada, "I live in Porto.")
    ada.promote(fact_id, layer="org")
    assert [fact.text for fact in memory.facts(user_id="bob")] == ["ada lives in Porto."]


def test_only_what_a_call_may_read_is_promoted(memory: Memory, ada: Memory) -> None:
    fact_id = told(ada, "I need to fix the zeppelin bug.")
    for stranger in (memory.scoped(user_id="bob", session_id="s1"), memory.scoped(user_id="ada", session_id="s2")):
        with pytest.raises(NotFound):
            stranger.promote(fact_id)
    with pytest.raises(InvalidInput, match="another layer"):
        ada.promote(fact_id, layer="session")
    with pytest.raises(ScopeMissing):
        ada.promote(fact_id, layer="agent")
    with pytest.raises(NotFound):
        ada.promote("nothing")


def test_what_was_rejected_is_not_promoted(ada: Memory) -> None:
    rejected = told(ada, "I live in Porto.")
    session = told(ada, "I live in Porto.", layer="session")
    ada.retract(rejected)
    assert [change.kind for change in ada.promote(session)] == ["refused"]


def test_layers_come_in_their_order_in_what_an_agent_is_handed(memory: Memory) -> None:
    memory.add("Zora likes tea.", layer="org")
    memory.add("Zora likes tea, says the log.", agent_id="ops")
    who = {"user_id": "ada", "agent_id": "ops", "session_id": "s1"}
    memory.add("Zora likes tea indeed.", **who, layer="session")
    memory.add("Zora likes green tea.", **who)
    recall = memory.recall("What does Zora like?", **who)
    assert list(recall.by_layer()) == ["user", "session", "agent", "org"]
    context = recall.context()
    places = [context.index(text) for text in ("green tea", "tea indeed", "says the log", "Zora likes tea.")]
    assert places == sorted(places)


def test_at_equal_evidence_the_better_layer_comes_first(memory: Memory) -> None:
    who = {"user_id": "ada", "agent_id": "ops", "session_id": "s1"}
    for layer in ("org", "agent", "session", "user"):
        memory.add_facts([{"text": "Zora likes tea."}], **who, layer=layer)
    layers = [hit.layer for hit in memory.recall("What does Zora like?", **who).hits]
    assert layers == ["user", "session", "agent", "org"]


def test_what_is_shared_has_an_owner_and_is_looked_at_again(memory: Memory, clock: FixedClock) -> None:
    memory.add("The office moves to Turin.", user_id="ada", layer="org", metadata={"review_at": "2026-04-01"})
    memory.add("The canteen is in Hall Zwei.", layer="org", user_id="bob", metadata={"owner": "kitchen"})
    assert {fact.metadata["owner"] for fact in memory.facts(user_id="cid")} == {"ada", "kitchen"}
    assert not [doubt for doubt in memory.review(layer="org") if doubt.kind == "due"]
    clock.advance(days=30)
    [doubt] = [doubt for doubt in memory.review(user_id="cid") if doubt.kind == "due"]
    assert doubt.reason == "ada was to look at 'The office moves to Turin.' by 2026-04-01"
    eval(doubt.reject or "", {"memory": memory.scoped(user_id="ada")})
    assert not [doubt for doubt in memory.review(layer="org") if doubt.kind == "due"]
    clock.advance(days=180)
    due = [doubt for doubt in memory.review(layer="org") if doubt.kind == "due"]
    assert len(due) == 2
    eval(due[0].confirm or "", {"memory": memory.scoped(user_id="ada")})
    assert len(memory.facts(layer="org")) == 1


def test_a_day_to_look_again_is_a_day(memory: Memory) -> None:
    for day in ("soon", 7, None):
        with pytest.raises(InvalidInput, match="review_at"):
            memory.add("The office moves to Turin.", layer="org", metadata={"review_at": day})
    memory.add("My desk is by the window.", user_id="ada", metadata={"review_at": "soon"})


def test_a_day_that_is_none_and_was_carried_in_is_today(memory: Memory, tmp_path: Path) -> None:
    memory.add("The office moves to Turin.", layer="org", metadata={"review_at": "2999-04-01"})
    memory.export(tmp_path / "org.jsonl", layer="org")
    written = (tmp_path / "org.jsonl").read_text(encoding="utf-8")
    (tmp_path / "org.jsonl").write_text(written.replace("2999-04-01", "soon"), encoding="utf-8")
    with Memory(":memory:") as other:
        other.load(tmp_path / "org.jsonl", layer="org")
        assert [doubt.kind for doubt in other.review(layer="org")] == ["due"]
