"""Two names of one: told apart by mistake, made one by hand, and two again when that was wrong."""

import asyncio
import json
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from graphmem import AsyncMemory, Conflict, InvalidInput, Memory, NotFound
from graphmem.testing import FixedClock
from tests.stories.conftest import NewMemory

BOB_AND_ROBERT = [
    {"subject": "Bob", "predicate": "lives_in", "object": "Porto", "source_id": "chat/1"},
    {"subject": "Robert Hale", "predicate": "works_at", "object": "Acme", "source_id": "crm/1"},
    {"subject": "Acme", "predicate": "located_in", "object": "Oslo", "source_id": "crm/2"},
    {"subject": "Mia", "predicate": "sister", "object": "Bob", "source_id": "chat/2"},
]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 7, 1, tzinfo=UTC))


@pytest.fixture
def ada(new_memory: NewMemory, clock: FixedClock) -> Memory:
    memory = new_memory(clock=clock).scoped(user_id="ada")
    memory.add_facts(BOB_AND_ROBERT)
    clock.advance(days=1)
    return memory


def texts(memory: Memory, **asked: Any) -> set[str]:
    return {fact.text for fact in memory.facts(**asked)}


def exported(memory: Memory, path: Path) -> list[str]:
    """What it keeps, the journal aside."""
    memory.export(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if json.loads(line).get("record") != "change"]


BOBS, ROBERTS = {"Bob lives in Porto", "Mia sister Bob"}, {"Robert Hale works at Acme"}


# ----------------------------------------------------------------------------------------------------------- as one


def test_what_was_told_under_either_name_is_found_under_both(ada: Memory) -> None:
    assert (texts(ada, entity="Bob"), texts(ada, entity="Robert Hale")) == (BOBS, ROBERTS)
    assert not ada.paths("Porto", "Oslo")
    merge = ada.merge("Bob", "Robert Hale", reason="his nickname")
    assert (merge.kind, merge.before, merge.after, merge.actor) == ("merged", "bob", "robert hale", "ada")
    assert texts(ada, entity="Bob") == texts(ada, entity="Robert Hale") == BOBS | ROBERTS
    [robert] = [entity for entity in ada.entities() if "bob" in (entity.key, *entity.aliases)]
    assert (robert.key, robert.name, robert.aliases, robert.degree) == ("robert hale", "Robert Hale", ("bob",), 3)
    [path] = ada.paths("Porto", "Oslo")
    assert [step.text for step in path.steps] == [
        "Bob lives in Porto",
        "Robert Hale works at Acme",
        "Acme located in Oslo",
    ]
    around = ada.neighbourhood("bob", hops=1)
    assert around.centre == "robert hale"
    assert {fact.text for fact in around.facts} == BOBS | ROBERTS
    assert {entity.key for entity in around.entities} == {"robert hale", "porto", "acme", "mia"}
    assert not [node for node in around.graph() if node == "entity:bob"]
    assert "Acme" in str(ada.recall("Where does Bob work?").hits[0])
    assert ada.stats().entities == 5


def test_what_is_told_later_under_either_name_is_told_of_the_one(ada: Memory) -> None:
    ada.merge("Bob", "Robert Hale")
    ada.add("Bob likes green tea.")
    ada.add_facts([{"subject": "bob", "predicate": "speaks", "object": "Welsh"}])
    assert texts(ada, entity="Robert Hale") == BOBS | ROBERTS | {"Bob likes green tea.", "bob speaks Welsh"}
    assert "bob" not in {entity.key for entity in ada.entities()}


def test_a_newer_home_takes_the_place_of_that_told_under_the_other_name(ada: Memory) -> None:
    ada.merge("Bob", "Robert Hale")
    [added, superseded] = ada.add_facts(
        [{"subject": "Robert Hale", "predicate": "lives_in", "object": "Rome", "valid_from": "2026-06-01T00:00:00Z"}]
    )
    assert (added.kind, superseded.kind, superseded.text) == ("added", "superseded", "Bob lives in Porto")


def test_nothing_is_closed_by_a_merge_and_two_homes_are_disputed(ada: Memory) -> None:
    ada.add_facts([{"subject": "Robert Hale", "predicate": "lives_in", "object": "Rome"}])
    before = texts(ada)
    merge = ada.merge("Bob", "Robert Hale")
    assert texts(ada) == before
    [doubt] = [doubt for doubt in ada.review() if doubt.kind == "disputed"]
    assert {fact.object for fact in doubt.facts} == {"Porto", "Rome"}
    ada.unmerge(merge.id)
    assert not [doubt for doubt in ada.review() if doubt.kind == "disputed"]


def test_merges_know_no_clock(ada: Memory, clock: FixedClock) -> None:
    before = clock()
    clock.advance(days=1)
    ada.merge("Bob", "Robert Hale")
    assert texts(ada, entity="Bob", known_at=before) == BOBS | ROBERTS
    assert ada.paths("Porto", "Oslo", known_at=before)


def test_a_merge_is_told_by_the_diff_and_by_the_history_of_either_name(ada: Memory, clock: FixedClock) -> None:
    since = clock()
    clock.advance(days=1)
    merge = ada.merge("Bob", "Robert Hale")
    assert [change.id for change in ada.diff(since=since).changes] == [merge.id]
    assert "bob and robert hale" in str(ada.diff(since=since))
    for key in ("bob", "robert hale"):
        assert [change.id for change in ada.history(key)] == [merge.id]


def test_one_who_speaks_may_be_one_of_the_two(new_memory: NewMemory) -> None:
    ada = new_memory().scoped(user_id="u-17")
    ada.add("I work at Acme.")
    ada.add_facts([{"subject": "Ada Berg", "predicate": "lives_in", "object": "Oslo"}])
    merge = ada.merge("the user", "Ada Berg")
    assert "Oslo" in str(ada.recall("Where do I live?").hits[0])
    assert len(texts(ada, entity="Ada Berg")) == 2
    ada.unmerge(merge.id)
    assert texts(ada, entity="Ada Berg") == {"Ada Berg lives in Oslo"}
    ada.add("I like chess.")
    assert len(texts(ada, entity="user")) == 2


@pytest.mark.parametrize(("entity", "into"), [("the user", "Ada Berg"), ("Ada Berg", "the user")])
def test_what_i_say_is_told_of_me_while_i_am_one_with_a_name_and_after(
    new_memory: NewMemory, entity: str, into: str
) -> None:
    ada = new_memory().scoped(user_id="u-17")
    ada.add("I live in Porto.")
    ada.add_facts([{"subject": "Ada Berg", "predicate": "likes", "object": "tea"}])
    merge = ada.merge(entity, into)
    assert "superseded" in {change.kind for change in ada.add("I moved to Lisbon.")}
    ada.add(["My sister Kim works at Acme.", {"role": "assistant", "content": "You have a dog."}])
    assert "Lisbon" in str(ada.recall("Which city do I live in?").hits[0])
    assert "Lisbon" in str(ada.facts(entity="Ada Berg", predicate="lives_in"))
    ada.unmerge(merge.id)
    assert [fact.object for fact in ada.facts(entity="user", predicate="lives_in")] == ["Lisbon"]
    assert texts(ada, entity="Ada Berg") == {"Ada Berg likes tea"}
    assert "superseded" in {change.kind for change in ada.add("I moved to Faro.")}
    assert "Faro" in str(ada.recall("Which city do I live in?").hits[0])


# --------------------------------------------------------------------------------------------------------- two again


def test_taken_apart_everything_is_as_it_was_to_the_byte(ada: Memory, tmp_path: Path) -> None:
    ada.add("Bob met Robert Hale.")
    before = exported(ada, tmp_path / "before.jsonl")
    entities, facts = ada.entities(), ada.facts()
    merge = ada.merge("Bob", "Robert Hale")
    assert exported(ada, tmp_path / "merged.jsonl") != before
    change = ada.unmerge(merge.id, reason="two after all")
    assert (change.kind, change.before, change.reason) == ("unmerged", "bob", "two after all")
    assert exported(ada, tmp_path / "after.jsonl") == before
    assert (ada.entities(), ada.facts()) == (entities, facts)


def test_what_was_learned_meanwhile_stays_with_the_name_it_was_learned_under(ada: Memory) -> None:
    merge = ada.merge("Bob", "Robert Hale")
    ada.add_facts(
        [
            {"subject": "Bob", "predicate": "likes", "object": "tea"},
            {"subject": "Robert Hale", "predicate": "likes", "object": "rum"},
            {"text": "Mia wrote to Bob"},
        ]
    )
    ada.unmerge(merge.id)
    assert texts(ada, entity="Bob") == BOBS | {"Bob likes tea", "Mia wrote to Bob"}
    assert texts(ada, entity="Robert Hale") == ROBERTS | {"Robert Hale likes rum"}


def test_of_three_names_the_first_merge_can_be_undone_alone(ada: Memory) -> None:
    ada.add_facts([{"subject": "Mr Hale", "predicate": "owns", "object": "a boat"}])
    first = ada.merge("Bob", "Robert Hale")
    second = ada.merge("Robert Hale", "Mr Hale")
    assert texts(ada, entity="Bob") == texts(ada, entity="Mr Hale") >= BOBS | ROBERTS
    ada.unmerge(first.id)
    assert texts(ada, entity="Bob") == BOBS
    assert texts(ada, entity="Robert Hale") == ROBERTS | {"Mr Hale owns a boat"}
    ada.unmerge(second.id)
    assert texts(ada, entity="Robert Hale") == ROBERTS


def test_a_merge_is_undone_and_done_again_by_restoring_its_change(ada: Memory) -> None:
    merge = ada.merge("Bob", "Robert Hale")
    [apart] = ada.restore(merge.id)
    assert (apart.kind, texts(ada, entity="Bob")) == ("unmerged", BOBS)
    [again] = ada.restore(apart.id)
    assert (again.kind, texts(ada, entity="Bob")) == ("merged", BOBS | ROBERTS)
    for undone in (merge, apart):
        with pytest.raises(Conflict, match="undone already"):
            ada.restore(undone.id)
    ada.unmerge(again.id)


# --------------------------------------------------------------------------------------------- what must not come back


def rejected(memory: Memory, name: str, source: str) -> bool:
    fields = {"subject": name, "predicate": "lives_in", "object": "Porto", "text": f"Home of {name}: Porto ({source})"}
    return [change.kind for change in memory.add_facts([{**fields, "source_id": source}])] == ["refused"]


def test_what_was_rejected_under_one_name_is_refused_under_the_other_while_they_are_one(ada: Memory) -> None:
    [home] = ada.facts(predicate="lives_in")
    ada.retract(home.id)
    merge = ada.merge("Bob", "Robert Hale")
    assert rejected(ada, "Robert Hale", "hr/1")
    assert rejected(ada, "Bob", "hr/2")
    ada.unmerge(merge.id)
    assert rejected(ada, "Bob", "hr/3")
    assert not rejected(ada, "Robert Hale", "hr/4")


def test_what_is_rejected_while_they_are_one_stays_so_under_the_name_it_was_told_under(ada: Memory) -> None:
    merge = ada.merge("Bob", "Robert Hale")
    [home] = ada.facts(predicate="lives_in")
    [taken_back] = ada.retract(home.id)
    assert rejected(ada, "Robert Hale", "hr/1")
    ada.unmerge(merge.id)
    assert rejected(ada, "Bob", "hr/2")
    ada.restore(taken_back.id)
    ada.merge("Bob", "Robert Hale")
    assert not rejected(ada, "Robert Hale", "hr/3")


def test_what_is_corrected_to_what_was_rejected_of_the_other_may_be_said_again(ada: Memory) -> None:
    [home] = ada.facts(predicate="lives_in")
    ada.retract(home.id)
    ada.add_facts([{"subject": "Robert Hale", "predicate": "lives_in", "object": "Rome"}])
    ada.merge("Bob", "Robert Hale")
    [rome] = ada.facts(predicate="lives_in")
    ada.correct(rome.id, text="Robert Hale lives in Porto.")
    assert not rejected(ada, "Robert Hale", "hr/1")


# ---------------------------------------------------------------------------------------------------------- forgetting


def test_who_is_forgotten_by_one_name_is_forgotten_by_all(ada: Memory, tmp_path: Path) -> None:
    merge = ada.merge("Bob", "Robert Hale", reason="Bob is what friends call him")
    would = ada.forget(entity="Bob", dry_run=True)
    receipt = ada.forget(entity="Bob")
    assert receipt.erased == would.erased
    assert not any(receipt.left.values())
    ada.export(tmp_path / "after.jsonl")
    left = (tmp_path / "after.jsonl").read_text(encoding="utf-8").casefold()
    assert "bob" not in left
    assert "hale" not in left
    for path in tmp_path.glob("memory.db*"):
        assert b"robert" not in path.read_bytes().lower()
    with pytest.raises(NotFound, match="forgotten"):
        ada.unmerge(merge.id)
    for name in ("Bob", "Robert Hale"):
        with pytest.raises(NotFound):
            ada.forget(entity=name)


def test_a_name_goes_with_the_only_sources_that_told_it_and_the_other_stays(ada: Memory, tmp_path: Path) -> None:
    merge = ada.merge("Bob", "Robert Hale")
    for source in ("chat/1", "chat/2"):
        receipt = ada.forget(source_id=source)
        assert not any(receipt.left.values())
    assert texts(ada, entity="Robert Hale") == ROBERTS
    ada.export(tmp_path / "after.jsonl")
    assert "bob" not in (tmp_path / "after.jsonl").read_text(encoding="utf-8").casefold()
    with pytest.raises(NotFound, match="forgotten"):
        ada.unmerge(merge.id)


def test_what_is_merged_stays_so_in_an_export_a_copy_and_a_new_embedding(ada: Memory, tmp_path: Path) -> None:
    merge = ada.merge("Bob", "Robert Hale")
    merged = exported(ada, tmp_path / "merged.jsonl")
    with Memory(tmp_path / "other.db") as other:
        copy = other.scoped(user_id="zoe")
        copy.load(tmp_path / "merged.jsonl")
        assert copy.load(tmp_path / "merged.jsonl") == 0
        assert exported(copy, tmp_path / "copy.jsonl") == merged
        other.reembed()
        assert texts(copy, entity="Bob") == BOBS | ROBERTS
        copy.unmerge(merge.id)
        assert texts(copy, entity="Bob") == BOBS


# ----------------------------------------------------------------------------------------------------------- proposals


def test_a_proposed_merge_is_confirmed_by_the_call_it_names(new_memory: NewMemory) -> None:
    memory = new_memory().scoped(user_id="ada")
    memory.add(["I met Nathan at the Orsk mill.", "I met Nate in Lisbon."])
    [doubt] = [doubt for doubt in memory.review() if doubt.kind == "merge"]
    assert doubt.confirm == "memory.merge('nate', 'nathan')"
    merge = eval(doubt.confirm, {"memory": memory})
    assert len(texts(memory, entity="Nate")) == 2
    assert not [doubt for doubt in memory.review() if doubt.kind == "merge"]
    memory.unmerge(merge.id)
    assert not [doubt for doubt in memory.review() if doubt.kind == "merge"], "they were told to be two"


def test_a_proposal_that_was_rejected_is_not_made_again(new_memory: NewMemory) -> None:
    memory = new_memory().scoped(user_id="ada")
    memory.add(["I met Nathan at the Orsk mill.", "I met Nate in Lisbon."])
    [doubt] = [doubt for doubt in memory.review() if doubt.kind == "merge"]
    eval(doubt.reject or "", {"memory": memory})
    assert "Nate is not Nathan." in texts(memory)
    memory.add([f"Nate and I saw film {number}." for number in range(25)])
    assert not [doubt for doubt in memory.review() if doubt.kind == "merge"]


# ----------------------------------------------------------------------------------------------------------- bad input


def test_what_cannot_be_merged_is_refused_with_the_reason(ada: Memory) -> None:
    with pytest.raises(NotFound, match="Nobody"):
        ada.merge("Nobody", "Bob")
    with pytest.raises(NotFound, match="Nobody"):
        ada.merge("Bob", "Nobody")
    with pytest.raises(InvalidInput, match="itself"):
        ada.merge("Bob", "bob")
    with pytest.raises(InvalidInput):
        ada.merge("", "Bob")
    with pytest.raises(NotFound):
        ada.unmerge("nothing")
    [home] = ada.facts(predicate="lives_in")
    [added] = ada.history(home.id)
    with pytest.raises(InvalidInput, match="no merge"):
        ada.unmerge(added.id)
    assert texts(ada, entity="Bob") == BOBS


def test_what_is_one_is_not_merged_again_nor_in_a_circle(ada: Memory) -> None:
    merge = ada.merge("Bob", "Robert Hale")
    for one, other in (("Bob", "Robert Hale"), ("Robert Hale", "Bob")):
        with pytest.raises(Conflict, match="one already"):
            ada.merge(one, other)
    with pytest.raises(Conflict, match="unmerge it first"):
        ada.merge("Bob", "Mia")
    ada.unmerge(merge.id)
    with pytest.raises(Conflict, match="undone already"):
        ada.unmerge(merge.id)


def test_a_name_of_several_is_not_guessed_and_they_are_listed(ada: Memory, tmp_path: Path) -> None:
    records = [json.loads(line) for line in exported(ada, tmp_path / "ada.jsonl")]
    for record in records:
        if record.get("key") in ("mia", "acme"):
            record["aliases"] = ["em"]
    (tmp_path / "em.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    with Memory(tmp_path / "other.db") as other:
        zoe = other.scoped(user_id="zoe")
        zoe.load(tmp_path / "em.jsonl")
        for named in (("Em", "Bob"), ("Bob", "Em")):
            with pytest.raises(InvalidInput, match=r"'acme' .*'mia'|'mia' .*'acme'"):
                zoe.merge(*named)
        zoe.merge("Mia", "Bob")


def test_nobody_merges_what_is_not_theirs(new_memory: NewMemory) -> None:
    memory = new_memory()
    ada = memory.scoped(user_id="ada")
    ada.add_facts(BOB_AND_ROBERT)
    bob = memory.scoped(user_id="bob")
    bob.add_facts([{"subject": "Bob", "predicate": "likes", "object": "Zoe"}])
    merge = bob.merge("Bob", "Zoe")
    with pytest.raises(NotFound, match="Robert Hale"):
        bob.merge("Bob", "Robert Hale")
    with pytest.raises(NotFound):
        ada.unmerge(merge.id)
    assert texts(ada, entity="Bob") == BOBS


def test_what_is_known_only_in_a_session_is_not_merged_with_what_lasts(ada: Memory) -> None:
    session = ada.scoped(session_id="s")
    session.add_facts([{"subject": "Bobby", "predicate": "status", "object": "busy"}], layer="session")
    with pytest.raises(InvalidInput, match="different spaces"):
        session.merge("Bobby", "Robert Hale")


def merged(path: Path) -> str:
    with Memory(path) as memory:
        try:
            return memory.merge("Bob", "Robert Hale", user_id="ada").kind
        except Conflict:
            return "conflict"


def test_of_two_processes_that_merge_the_same_two_one_does(tmp_path: Path) -> None:
    with Memory(tmp_path / "memory.db") as memory:
        memory.add_facts(BOB_AND_ROBERT, user_id="ada")
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            assert sorted(pool.map(merged, [tmp_path / "memory.db"] * 2)) == ["conflict", "merged"]
        assert texts(memory, entity="Bob", user_id="ada") == BOBS | ROBERTS


def test_on_an_event_loop_the_same_can_be_merged(tmp_path: Path) -> None:
    async def told() -> set[str]:
        async with AsyncMemory(tmp_path / "memory.db") as memory:
            await memory.add_facts(BOB_AND_ROBERT, user_id="ada")
            merge = await memory.merge("Bob", "Robert Hale", user_id="ada")
            await memory.unmerge(merge.id, user_id="ada")
            return {fact.text for fact in await memory.facts(entity="Bob", user_id="ada")}

    assert asyncio.run(told()) == BOBS
