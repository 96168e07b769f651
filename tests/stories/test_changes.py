"""Minds change, sources repeat themselves, and both leave a trace."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphmem import Conflict, Episode, Memory, NotFound
from tests.stories.conftest import NewMemory

JANUARY = datetime(2024, 1, 10, tzinfo=UTC)
MAY = datetime(2024, 5, 10, tzinfo=UTC)


def test_a_changed_mind_keeps_its_history(memory: Memory) -> None:
    [porto] = memory.add("I live in Porto.", user_id="ada")
    memory.add("I moved to Lisbon.", user_id="ada")
    assert porto.fact_id is not None
    assert [change.kind for change in memory.history(porto.fact_id, user_id="ada")] == ["added", "superseded"]


def test_leaving_a_place_ends_the_fact_without_a_new_one_in_its_place(memory: Memory) -> None:
    memory.add("I work at Acme.", user_id="ada", at=JANUARY)
    kinds = [change.kind for change in memory.add("I left Acme.", user_id="ada", at=MAY)]
    assert "ended" in kinds
    held = memory.facts(user_id="ada", predicate="works_at", at=datetime(2024, 3, 1, tzinfo=UTC))
    assert [fact.object for fact in held] == ["Acme"]
    assert not [fact for fact in memory.facts(user_id="ada", predicate="works_at") if not fact.is_negated]


def test_losing_the_job_ends_the_one_there_was(memory: Memory) -> None:
    memory.add("I work at Acme.", user_id="ada", at=JANUARY)
    memory.add("I lost my job.", user_id="ada", at=MAY)
    assert not [fact for fact in memory.facts(user_id="ada", predicate="works_at") if not fact.is_negated]


def test_who_leaves_takes_nobody_along(memory: Memory) -> None:
    memory.add("Ada Berg is a member of Acme. Ben Roe is a member of Acme.", user_id="ada", at=JANUARY)
    memory.add("Ada Berg is no longer a member of Acme.", user_id="ada", at=MAY)
    members = [fact.subject for fact in memory.facts(user_id="ada", predicate="member_of") if not fact.is_negated]
    assert members == ["Ben Roe"]


def test_what_only_a_number_tells_apart_is_known_of_both(memory: Memory) -> None:
    for garage in ("Garage One", "Garage Two"):
        memory.add_facts([{"subject": "Sam Poe", "predicate": "parks_in", "object": garage}], user_id="ada")
    parked = {fact.object for fact in memory.facts(user_id="ada", predicate="parks_in")}
    assert parked == {"Garage One", "Garage Two"}


def test_an_older_value_learned_later_does_not_close_the_newer_one(memory: Memory) -> None:
    memory.add("I live in Lisbon.", user_id="ada", at=MAY)
    memory.add("I live in Porto.", user_id="ada", at=JANUARY)
    assert [fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")] == ["Lisbon"]
    then = memory.facts(user_id="ada", predicate="lives_in", at=datetime(2024, 2, 1, tzinfo=UTC))
    assert [fact.object for fact in then] == ["Porto"]


@pytest.mark.parametrize(
    "wish", ["I want to move to Oslo.", "I might move to Oslo.", "If I moved to Oslo, I would ski."]
)
def test_a_wish_closes_nothing(memory: Memory, wish: str) -> None:
    memory.add("I live in Porto.", user_id="ada", at=JANUARY)
    memory.add(wish, user_id="ada", at=MAY)
    assert "Porto" in [fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")]


def test_the_same_message_from_the_same_source_is_kept_once(memory: Memory) -> None:
    first = memory.add("I live in Porto.", user_id="ada", source_id="chat/1")
    again = memory.add("I live in Porto.", user_id="ada", source_id="chat/1")
    assert [change.kind for change in again] == ["skipped"]
    assert again[0].fact_id == first[0].fact_id
    assert memory.stats(user_id="ada").episodes == 1


def test_the_same_words_said_again_are_a_second_episode_and_one_fact(memory: Memory) -> None:
    memory.add("I live in Porto.", user_id="ada")
    again = memory.add("I live in Porto.", user_id="ada")
    assert [change.kind for change in again] == ["skipped"]
    stats = memory.stats(user_id="ada")
    assert (stats.episodes, stats.facts) == (2, 1)


def test_another_text_from_a_known_source_is_refused_until_it_may_replace(memory: Memory) -> None:
    memory.add("I live in Porto.", user_id="ada", source_id="profile")
    with pytest.raises(Conflict, match="replace=True"):
        memory.add("I live in Lisbon.", user_id="ada", source_id="profile")
    memory.add("I live in Lisbon.", user_id="ada", source_id="profile", replace=True)
    assert [fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")] == ["Lisbon"]
    assert "Porto" not in str(memory.recall("Where do I live?", user_id="ada"))


def test_a_fact_stated_by_its_triple_is_recalled_by_its_words(memory: Memory) -> None:
    memory.add_facts([{"subject": "Ada", "predicate": "works_at", "object": "Acme"}], user_id="ada")
    assert memory.recall("Where does Ada work?", user_id="ada").hits[0].text == "Ada works at Acme"


def test_a_name_that_comes_late_is_found_in_older_messages(memory: Memory) -> None:
    memory.add("The quartet plays with Dário on Friday.", user_id="ada")
    memory.add("Dário fixes bicycles in Braga.", user_id="ada")
    [entity] = [entity for entity in memory.entities(user_id="ada") if entity.name == "Dário"]
    assert entity.degree == 2


def test_of_several_speakers_i_is_the_one_called_like_the_user(memory: Memory) -> None:
    memory.add({"role": "user", "content": "I live in Porto.", "name": "Bob"}, user_id="ada")
    memory.add({"role": "user", "content": "I live in Lisbon.", "name": "Ada"}, user_id="ada")
    homes = {fact.subject: fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")}
    assert homes == {"Bob": "Porto", "Ada": "Lisbon"}
    assert "Lisbon" in memory.recall("Where do I live?", user_id="ada").hits[0].text


def test_a_name_that_i_give_myself_is_mine_from_then_on(memory: Memory) -> None:
    memory.add("I work at Acme.", user_id="u-17")
    memory.add("My name is Mia.", user_id="u-17")
    memory.add("I live in Porto.", user_id="u-17")
    assert "Acme" in str(memory.recall("Where does Mia work?", user_id="u-17"))
    assert [fact.text for fact in memory.facts(user_id="u-17", predicate="lives_in")] == ["Mia lives in Porto."]


def test_what_was_written_is_known_at_once_though_the_clock_stands_still(new_memory: NewMemory) -> None:
    memory = new_memory(clock=lambda: MAY)
    for name in ("Ann", "Ben", "Cleo"):
        memory.add(f"I met {name} in Porto.", user_id="ada")
    assert len(memory.facts(user_id="ada")) == 3
    met = memory.recall("Whom did I meet?", user_id="ada")
    assert len(met.hits) == 3
    assert met.known_at == MAY


def test_without_an_extractor_a_text_is_kept_raw_and_found_by_its_words(new_memory: NewMemory) -> None:
    memory = new_memory(extractor="none")
    [change] = memory.add("The boiler man comes on Friday.", user_id="ada")
    assert (change.kind, change.fact_id) == ("added", None)
    assert change.episode_id is not None
    episode = memory.get(change.episode_id, user_id="ada")
    assert isinstance(episode, Episode)
    assert episode.state == "raw"
    assert memory.recall("When does the boiler man come?", user_id="ada").hits[0].fact is None


def test_history_of_an_unknown_fact_says_so(memory: Memory) -> None:
    with pytest.raises(NotFound, match="no fact"):
        memory.history("no-such-id", user_id="ada")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My colleague Anna lives in Oslo.", "My sister Anna lives in Porto."),
        ("My sister Anna lives in Oslo.", "My aunt Anna moved to Porto."),
        ("My sister Anna lives in Oslo.", "Anna from work moved to Porto."),
        ("Anna lives in Oslo.", "Another Anna lives in Porto."),
        ("Anna Berg lives in Oslo.", "Anna Lind lives in Porto."),
        ("My sister Anna works at Acme.", "My aunt Anna left Acme."),
    ],
)
def test_two_of_one_name_whom_the_words_tell_apart_close_nothing_of_each_other(
    memory: Memory, one: str, other: str
) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add(one)
    assert not {"superseded", "ended", "retracted"} & {change.kind for change in ada.add(other)}
    assert {"Oslo", "Acme"} & {fact.object for fact in ada.facts()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My sister Anna lives in Oslo.", "My sister Anna moved to Porto."),
        ("My sister Anna lives in Oslo.", "Anna moved to Porto."),
        ("My mum Anna lives in Oslo.", "My mother Anna moved to Porto."),
        ("My girlfriend Anna lives in Oslo.", "My wife Anna moved to Porto."),
    ],
)
def test_whoever_may_be_the_same_is(memory: Memory, one: str, other: str) -> None:
    ada = memory.scoped(user_id="ada")
    ada.add(one)
    assert "superseded" in {change.kind for change in ada.add(other)}


def test_a_newer_export_brings_what_ended_since_and_no_older_one_brings_it_back(memory: Memory, tmp_path: Path) -> None:
    files = (tmp_path / "january.jsonl", tmp_path / "may.jsonl")
    for file, said, at in zip(files, ("I live in Porto.", "I live in Lisbon."), (JANUARY, MAY), strict=True):
        memory.add(said, user_id="ada", at=at)
        memory.export(file, user_id="ada")
    for file in (*files, *files):
        memory.load(file, user_id="bob")
    assert [fact.object for fact in memory.facts(user_id="bob", predicate="lives_in")] == ["Lisbon"]
    held = memory.facts(user_id="bob", predicate="lives_in", at=datetime(2024, 3, 1, tzinfo=UTC))
    assert [fact.object for fact in held] == ["Porto"]
    assert memory.load(files[1], user_id="bob") == 0


def test_what_was_rejected_here_stays_so_whatever_a_newer_export_says(memory: Memory, tmp_path: Path) -> None:
    file = tmp_path / "ada.jsonl"
    [porto] = memory.add("I live in Porto.", user_id="ada", at=JANUARY)
    memory.export(file, user_id="ada")
    memory.load(file, user_id="bob")
    memory.retract(porto.fact_id or "", user_id="bob")
    [taken] = memory.retract(porto.fact_id or "", user_id="ada")
    memory.restore(taken.id, user_id="ada")
    memory.export(file, user_id="ada")
    memory.load(file, user_id="bob")
    assert memory.facts(user_id="bob") == []
    assert [fact.object for fact in memory.facts(user_id="ada")] == ["Porto"]


def test_what_a_document_tells_of_the_past_closes_nothing(memory: Memory) -> None:
    memory.add("Jane Roe lives in Oslo.", user_id="ada", at=JANUARY)
    story = "Jane Roe was a miller. She lived in Porto, worked at Acme and moved to Ghent."
    memory.add_many([{"text": story, "title": "Jane Roe", "role": "document", "at": MAY}], user_id="ada")
    assert "Oslo" in {fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")}
