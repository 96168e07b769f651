"""Corrections stick: what was rejected stays rejected, what was believed stays known, and all of it can be undone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphmem import Change, Conflict, Fact, InvalidInput, Memory, ModelError, NotFound, ScopeMissing
from graphmem.testing import FixedClock, ScriptedModel
from tests.model_server import fact as read
from tests.stories.conftest import NewMemory

APRIL = datetime(2026, 4, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)
AT_ACME = read("the user", "works_at", "Acme", "The user works at Acme.", object_type="organisation")
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
WORKS = {"subject": "Ada", "predicate": "works_at", "object": "Acme", "source_id": "crm/1"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 7, 1, tzinfo=UTC))


@pytest.fixture
def ada(new_memory: NewMemory, clock: FixedClock) -> Memory:
    return new_memory(clock=clock).scoped(user_id="ada")


def kinds(changes: list[Change]) -> list[str]:
    return [change.kind for change in changes]


def texts(memory: Memory, **asked: object) -> list[str]:
    return sorted(fact.text for fact in memory.facts(**asked))  # pyright: ignore[reportArgumentType]


def stated(memory: Memory, **fields: object) -> Fact:
    [added] = [change for change in memory.add_facts([{**WORKS, **fields}]) if change.kind == "added"]
    fact = memory.get(added.fact_id or "")
    assert isinstance(fact, Fact)
    return fact


def no_wiser(memory: Memory, taught: Callable[[], object]) -> None:
    before = texts(memory)
    taught()
    assert texts(memory) == before
    assert "refused" in {change.kind for change in memory.add_facts([{**WORKS, "source_id": "again"}])}


# ------------------------------------------------------------------------------------------------------- taking back


def test_what_is_taken_back_is_believed_no_longer_and_still_known(ada: Memory, clock: FixedClock) -> None:
    fact = stated(ada)
    before = clock()
    clock.advance(days=1)
    [change] = ada.retract(fact.id, reason="she never did")
    assert (change.kind, change.fact_id, change.reason, change.actor) == ("retracted", fact.id, "she never did", "ada")
    assert texts(ada) == []
    assert texts(ada, known_at=before) == ["Ada works at Acme"]
    assert kinds(ada.history(fact.id)) == ["added", "retracted"]
    assert not [hit for hit in ada.recall("Where does Ada work?") if hit.fact and not hit.is_outdated]


def test_what_was_rejected_is_refused_by_whatever_writes_and_told_why(ada: Memory) -> None:
    ada.retract(stated(ada).id)
    [change] = ada.add_facts([{**WORKS, "source_id": "crm/2"}])
    assert (change.kind, change.fact_id) == ("refused", None)
    assert "rejected" in (change.reason or "")
    for said in (
        "Ada works at Acme.",
        "ada works at ACME",
        "Аda wоrks at Аcme!",
    ):  # the last has letters of another script
        changes = ada.add(said, title="Ada", source_id=said)
        assert "added" not in {change.kind for change in changes if change.fact_id}, said
    ada.add_many([{"text": "Ada works at Acme.", "title": "Ada", "source_id": str(number)} for number in range(3)])
    assert texts(ada) == []


def test_another_statement_is_still_learned(ada: Memory) -> None:
    ada.retract(stated(ada).id)
    ada.add_facts([{**WORKS, "object": "Beta"}])
    ada.add_facts([{"text": "Ada does not work at Acme"}])
    assert texts(ada) == ["Ada does not work at Acme", "Ada works at Beta"]


def test_what_an_owner_rejects_no_session_of_theirs_learns(ada: Memory) -> None:
    ada.retract(stated(ada).id)
    session = ada.scoped(session_id="s")
    session.add_facts([{**WORKS, "source_id": "crm/2"}], layer="session")
    session.add({"role": "tool", "content": "Ada works at Acme."})
    assert texts(session) == []


def test_what_one_owner_rejects_another_may_learn(new_memory: NewMemory) -> None:
    memory = new_memory()
    memory.scoped(user_id="ada").retract(stated(memory.scoped(user_id="ada")).id)
    assert stated(memory.scoped(user_id="bob"))


def test_a_rejected_value_stays_rejected_after_an_import_and_a_move(ada: Memory, tmp_path: Path) -> None:
    fact = stated(ada)
    ada.export(tmp_path / "before.jsonl")
    ada.retract(fact.id)
    ada.export(tmp_path / "after.jsonl")
    no_wiser(ada, lambda: ada.load(tmp_path / "before.jsonl"))
    with Memory(tmp_path / "other.db") as other:
        copy = other.scoped(user_id="zoe")
        copy.load(tmp_path / "after.jsonl")
        no_wiser(copy, lambda: copy.load(tmp_path / "after.jsonl"))
        assert kinds(copy.history(fact.id)) == ["added", "retracted"]
    with Memory(tmp_path / "third.db") as third:
        apart = third.scoped(user_id="ada")
        apart.retract(stated(apart, source_id="hr/1").id)
        no_wiser(apart, lambda: apart.load(tmp_path / "before.jsonl"))
        apart.export(tmp_path / "refused.jsonl")
        assert '"kind":"refused"' in (tmp_path / "refused.jsonl").read_text(encoding="utf-8")


def test_a_rejected_value_is_not_learned_by_catching_up(new_memory: NewMemory) -> None:
    told = {"message": 0, "quote": "work at Acme", **AT_ACME}
    answers = [ModelError("nobody there", "away"), json.dumps({"facts": [told]})]
    ada = new_memory(extractor="openai", model=ScriptedModel(answers)).scoped(user_id="ada")
    ada.add("I work at Acme.")
    [fact] = ada.facts()
    ada.retract(fact.id)
    assert ada.catch_up().changes == {"refused": 1}
    assert texts(ada) == []


# ------------------------------------------------------------------------------------------------------ putting right


def test_a_corrected_text_takes_the_place_of_the_old_one(ada: Memory, clock: FixedClock) -> None:
    old = stated(ada, valid_from="2026-01-01T00:00:00+00:00")
    known_at = clock.advance(days=1)
    clock.advance(days=1)
    superseded, added = ada.correct(old.id, text="Ada works at Beta.", reason="wrong firm")
    assert (superseded.kind, superseded.fact_id, superseded.after) == ("superseded", old.id, added.fact_id)
    assert (added.kind, added.text, added.reason) == ("added", "Ada works at Beta.", "wrong firm")
    new = ada.get(added.fact_id or "")
    assert isinstance(new, Fact)
    assert (new.valid_from, new.valid_to, new.subject_key) == (old.valid_from, None, "ada")
    for at in (MAY, None):
        assert texts(ada, at=at) == ["Ada works at Beta."]
    assert texts(ada, known_at=known_at) == ["Ada works at Acme"]
    hit = ada.recall("Where does Ada work?").hits[0]
    assert hit.fact is not None
    assert hit.fact.id == new.id


def test_a_correction_outlives_what_its_source_says_again(ada: Memory) -> None:
    old = stated(ada)
    ada.correct(old.id, text="Ada works at Beta.")
    assert kinds(ada.add_facts([{**WORKS, "source_id": "crm/9"}])) == ["refused"]
    ada.add("Ada works at Acme.", title="Ada", source_id="crm/10")
    ada.add_facts([{**WORKS, "object": "Gamma", "source_id": "crm/11"}])
    assert "Ada works at Beta." in texts(ada)
    assert "Ada works at Acme" not in texts(ada)


def test_a_correction_gives_way_to_what_its_speaker_says_later_and_to_nobody_less_trusted(
    ada: Memory, clock: FixedClock
) -> None:
    ada.add("I live in Porto.", at=datetime(2026, 1, 1, tzinfo=UTC), source_id="chat/1")
    [porto] = ada.facts(predicate="lives_in")
    ada.correct(porto.id, text="I live in Lisbon.")
    [lisbon] = ada.facts(predicate="lives_in")
    assert (lisbon.object, lisbon.role) == ("Lisbon", "user")
    clock.advance(days=1)
    guessed = ada.add({"role": "assistant", "content": "You live in Rome."})
    assert "disputed" in kinds(guessed)
    assert "refused" in kinds(ada.add("I live in Porto.", source_id="chat/2"))
    assert "Lisbon" in [fact.object for fact in ada.facts(predicate="lives_in")]
    clock.advance(days=1)
    moved = ada.add("I moved to Oslo.")
    assert lisbon.id in [change.fact_id for change in moved if change.kind == "superseded"]
    assert [fact.object for fact in ada.facts(predicate="lives_in")] == ["Oslo"]


def test_what_is_corrected_to_a_rejected_value_may_be_said_again(ada: Memory) -> None:
    fact = stated(ada)
    _, beta = ada.correct(fact.id, text="Ada works at Beta.")
    _, acme = ada.correct(beta.fact_id or "", text="Ada works at Acme.")
    assert texts(ada) == ["Ada works at Acme."]
    assert kinds(ada.add_facts([{**WORKS, "text": "Ada works at Acme.", "source_id": "crm/2"}])) == ["skipped"]
    assert kinds(ada.history(acme.fact_id or "")) == ["superseded", "added", "skipped"]


def test_a_correction_to_what_is_known_already_adds_nothing(ada: Memory) -> None:
    fact = stated(ada)
    known = stated(ada, object="Beta", predicate="advises", text="Ada advises Beta.")
    changes = ada.correct(fact.id, text="Ada advises Beta.")
    assert (kinds(changes), changes[0].after) == (["superseded", "skipped"], known.id)
    assert texts(ada) == ["Ada advises Beta."]


def test_a_text_that_rules_find_nothing_in_is_about_the_same(ada: Memory) -> None:
    _, added = ada.correct(stated(ada).id, text="Self-employed since ever!")
    fact = ada.get(added.fact_id or "")
    assert isinstance(fact, Fact)
    assert fact.subject_key == "ada"
    assert [fact.id for fact in ada.facts(entity="Ada")] == [fact.id]


def test_a_corrected_validity_holds_from_now_on_and_the_old_one_is_known(ada: Memory, clock: FixedClock) -> None:
    fact = stated(ada)
    known_at = clock()
    clock.advance(days=1)
    [change] = ada.correct(fact.id, valid_to=MAY)
    assert (change.kind, change.fact_id) == ("corrected", fact.id)
    assert texts(ada) == []
    assert texts(ada, known_at=known_at) == texts(ada, at=datetime(2026, 4, 1, tzinfo=UTC)) == ["Ada works at Acme"]
    ada.correct(fact.id, valid_from=MAY, valid_to=JUNE)
    assert (texts(ada, at=MAY), texts(ada, at=JUNE)) == (["Ada works at Acme"], [])
    [same] = ada.correct(fact.id, valid_to=JUNE)
    assert (same.kind, same.id) == ("skipped", "")


def test_a_corrected_end_outlives_what_another_source_says_again(ada: Memory) -> None:
    fact = stated(ada)
    ada.correct(fact.id, valid_to=MAY)
    assert kinds(ada.add_facts([{**WORKS, "source_id": "crm/2"}])) == ["skipped"]
    assert texts(ada) == []
    assert kinds(ada.add_facts([{**WORKS, "valid_from": "2026-06-15T00:00:00+00:00"}])) == ["added"]
    assert texts(ada) == ["Ada works at Acme"], "she came back"


def test_a_fact_whose_beginning_was_corrected_still_gives_way_to_a_newer_one(ada: Memory) -> None:
    ada.add("I live in Porto.", at=datetime(2026, 1, 1, tzinfo=UTC))
    [porto] = ada.facts(predicate="lives_in")
    ada.correct(porto.id, valid_from=datetime(2025, 1, 1, tzinfo=UTC))
    ada.add("I moved to Lisbon.", at=MAY)
    assert [fact.object for fact in ada.facts(predicate="lives_in")] == ["Lisbon"]


def test_a_corrected_beginning_is_not_moved_back_by_what_was_said_earlier(ada: Memory) -> None:
    ada.add("I live in Porto.", at=MAY)
    [porto] = ada.facts(predicate="lives_in")
    ada.correct(porto.id, valid_from=APRIL)
    [told] = ada.add("I live in Porto.", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (told.kind, told.fact_id) == ("skipped", porto.id)
    [held] = ada.facts(predicate="lives_in")
    assert (held.id, held.valid_from) == (porto.id, APRIL)


def test_a_beginning_whose_correction_was_undone_may_be_moved_back_again(ada: Memory) -> None:
    ada.add("I live in Porto.", at=MAY)
    [porto] = ada.facts(predicate="lives_in")
    [corrected] = ada.correct(porto.id, valid_from=APRIL)
    ada.restore(corrected.id)
    ada.add("I live in Porto.", at=datetime(2026, 1, 1, tzinfo=UTC))
    [held] = ada.facts(predicate="lives_in")
    assert held.valid_from == datetime(2026, 1, 1, tzinfo=UTC)


def test_metadata_is_put_right_and_the_text_stays(ada: Memory):
    [fact] = ada.add_facts([WORKS | {"metadata": {"from": "crm"}}])
    closed, added = ada.correct(fact.fact_id, metadata={"from": "crm", "checked": True}, reason="looked at")
    assert (closed.kind, added.kind) == ("superseded", "added")
    [known] = ada.facts()
    assert (known.text, known.metadata) == ("Ada works at Acme", {"from": "crm", "checked": True})
    assert (known.subject, known.predicate, known.object) == ("Ada", "works_at", "Acme")
    assert kinds(ada.correct(known.id, metadata={"from": "crm", "checked": True})) == ["skipped"]
    ada.restore(closed.id)
    assert [fact.metadata for fact in ada.facts()] == [{"from": "crm"}]


# ------------------------------------------------------------------------------------------------------------ undoing


def test_what_was_taken_back_can_be_restored_once(ada: Memory, clock: FixedClock) -> None:
    fact = stated(ada)
    [change] = ada.retract(fact.id)
    clock.advance(days=1)
    [restored] = ada.restore(change.id, reason="she did")
    assert (restored.kind, restored.fact_id, restored.reason) == ("restored", fact.id, "she did")
    assert texts(ada) == ["Ada works at Acme"]
    assert kinds(ada.add_facts([{**WORKS, "source_id": "crm/2"}])) == ["skipped"]
    with pytest.raises(Conflict, match="undone already"):
        ada.restore(change.id)
    [again] = ada.retract(fact.id)
    with pytest.raises(Conflict, match="undone already"):
        ada.restore(change.id)
    ada.restore(again.id)
    assert texts(ada) == ["Ada works at Acme"]


def test_a_restored_fact_takes_part_again(ada: Memory) -> None:
    ada.add("I live in Porto.", at=datetime(2026, 1, 1, tzinfo=UTC))
    [porto] = ada.facts(predicate="lives_in")
    [change] = ada.retract(porto.id)
    ada.restore(change.id)
    ada.add("I moved to Lisbon.", at=MAY)
    assert [fact.object for fact in ada.facts(predicate="lives_in")] == ["Lisbon"]


def test_an_undone_correction_brings_the_old_back_and_takes_the_new_away(ada: Memory) -> None:
    fact = stated(ada)
    superseded, _ = ada.correct(fact.id, text="Ada works at Beta.")
    assert kinds(ada.restore(superseded.id)) == ["restored", "retracted"]
    assert texts(ada) == ["Ada works at Acme"]
    assert kinds(ada.add_facts([{**WORKS, "source_id": "crm/2"}])) == ["skipped"]


def test_corrections_are_undone_in_order(ada: Memory) -> None:
    fact = stated(ada)
    first, beta = ada.correct(fact.id, text="Ada works at Beta.")
    second, _ = ada.correct(beta.fact_id or "", text="Ada works at Gamma.")
    with pytest.raises(Conflict, match=second.id):
        ada.restore(first.id)
    ada.restore(second.id)
    ada.restore(first.id)
    assert texts(ada) == ["Ada works at Acme"]


def test_what_a_newer_value_closed_wrongly_is_restored_beside_it(ada: Memory) -> None:
    ada.add("I live in Porto.", at=datetime(2026, 1, 1, tzinfo=UTC))
    changes = ada.add("I moved to Lisbon.", at=MAY)
    [closed] = [change for change in changes if change.kind == "superseded"]
    assert [fact.object for fact in ada.facts(predicate="lives_in")] == ["Lisbon"]
    assert kinds(ada.restore(closed.id)) == ["restored"]
    assert sorted(fact.object or "" for fact in ada.facts(predicate="lives_in")) == ["Lisbon", "Porto"]


def test_an_undone_validity_is_the_one_before(ada: Memory) -> None:
    fact = stated(ada, valid_from="2026-01-01T00:00:00+00:00")
    [first] = ada.correct(fact.id, valid_to=MAY)
    [second] = ada.correct(fact.id, valid_to=JUNE)
    with pytest.raises(Conflict, match=second.id):
        ada.restore(first.id)
    ada.restore(second.id)
    assert ada.get(fact.id).valid_to == MAY  # pyright: ignore[reportAttributeAccessIssue]


def test_what_only_a_replaced_text_said_is_not_restored(ada: Memory) -> None:
    ada.add("Ada works at Acme.", title="Ada", source_id="1")
    changes = ada.add("Ada works at Beta.", title="Ada", source_id="1", replace=True)
    [gone] = [change for change in changes if change.kind == "retracted" and change.fact_id]
    with pytest.raises(Conflict, match="add its source again"):
        ada.restore(gone.id)


# --------------------------------------------------------------------------------------------------------- what changed


def test_a_diff_tells_what_came_to_be_believed_and_what_no_longer_is(ada: Memory, clock: FixedClock) -> None:
    fact = stated(ada)
    since = clock()
    clock.advance(days=1)
    superseded, added = ada.correct(fact.id, text="Ada works at Beta.")
    middle = clock()
    clock.advance(days=1)
    ada.add_facts([{**WORKS, "source_id": "crm/2"}])
    ada.restore(superseded.id)
    diff = ada.diff(since=since)
    assert kinds(list(diff.changes)) == ["superseded", "added", "restored", "retracted"]
    assert [change.fact_id for change in diff.learned] == [added.fact_id, fact.id]
    assert [change.fact_id for change in diff.dropped] == [fact.id, added.fact_id]
    assert ada.diff(since=since, until=middle).changes == diff.changes[:2]
    assert ada.diff(since=middle).changes == diff.changes[2:]
    lines = str(diff).splitlines()
    assert [line[0] for line in lines] == ["-", "+", "+", "-"]
    assert "2026-07-02" in lines[0]
    assert "Ada works at Acme" in lines[0]
    nothing = ada.diff(since=clock.advance(days=1))
    assert (len(nothing), str(nothing)[:15]) == (0, "Nothing changed")


def test_a_diff_of_the_past_stays_what_it_was(ada: Memory, clock: FixedClock) -> None:
    start = datetime(1, 1, 1, tzinfo=UTC)
    fact = stated(ada)
    until = clock()
    before = ada.diff(since=start, until=until)
    clock.advance(days=1)
    ada.retract(fact.id)
    assert ada.diff(since=start, until=until) == before
    assert len(before) == 1


# ----------------------------------------------------------------------------------------------------------- bad input


def test_what_cannot_be_corrected_is_refused_with_the_way_out(ada: Memory) -> None:
    fact = stated(ada, valid_from="2026-03-01T00:00:00+00:00")
    for verb in (ada.retract, lambda id_: ada.correct(id_, text="Ada rests."), ada.restore):
        with pytest.raises(NotFound):
            verb("unknown")
        with pytest.raises(InvalidInput):
            verb("")
    for wrong in ({}, {"text": "Ada rests.", "valid_to": MAY}, {"text": " "}, {"text": 5}, {"valid_to": "10000-01-01"}):
        with pytest.raises(InvalidInput):
            ada.correct(fact.id, **wrong)
    with pytest.raises(InvalidInput, match="time zone"):
        ada.correct(fact.id, valid_to=datetime(2026, 5, 1))  # noqa: DTZ001
    with pytest.raises(InvalidInput, match="before it starts"):
        ada.correct(fact.id, valid_to=datetime(1, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="before it starts"):
        ada.correct(fact.id, valid_from=JUNE, valid_to=MAY)
    with pytest.raises(InvalidInput):
        ada.retract(fact.id, reason="")
    with pytest.raises(InvalidInput, match="swap"):
        ada.diff(since=JUNE, until=MAY)
    assert texts(ada) == ["Ada works at Acme"]
    [added] = ada.history(fact.id)
    with pytest.raises(InvalidInput, match="closed no fact"):
        ada.restore(added.id)
    ada.correct(fact.id, valid_to=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    assert texts(ada) == ["Ada works at Acme"]


def test_what_is_believed_no_longer_cannot_be_corrected(ada: Memory) -> None:
    fact = stated(ada)
    ada.retract(fact.id)
    for verb in (
        ada.retract,
        lambda id_: ada.correct(id_, text="Ada rests."),
        lambda id_: ada.correct(id_, valid_to=MAY),
    ):
        with pytest.raises(Conflict, match=r"restore\(\)"):
            verb(fact.id)


def test_what_was_forgotten_can_neither_be_corrected_nor_restored(ada: Memory) -> None:
    fact = stated(ada)
    [change] = ada.retract(fact.id)
    ada.forget(fact_id=fact.id)
    with pytest.raises(NotFound, match="forgotten"):
        ada.correct(fact.id, text="Ada rests.")
    with pytest.raises(NotFound, match="forgotten"):
        ada.restore(change.id)


def test_nobody_corrects_what_is_not_theirs(new_memory: NewMemory) -> None:
    memory = new_memory()
    fact = stated(memory.scoped(user_id="ada"))
    [added] = memory.history(fact.id, user_id="ada")
    for call in (memory.retract, lambda id_, **who: memory.correct(id_, text="No.", **who)):
        with pytest.raises(NotFound):
            call(fact.id, user_id="bob")
        with pytest.raises(ScopeMissing):
            call(fact.id)
    with pytest.raises(NotFound):
        memory.restore(added.id, user_id="bob")
    assert len(memory.diff(since=datetime(1, 1, 1, tzinfo=UTC), user_id="bob")) == 0
