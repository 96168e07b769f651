"""What is told with `keep_raw=False` leaves no word of itself anywhere: relations, dates and a digest stay."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphmem import Conflict, Episode, InvalidInput, Memory, ModelError
from graphmem.testing import FixedClock, ScriptedModel
from tests.servers import Server
from tests.stories.shelves import FileShelf, ServerShelf, Shelf, moved

NewMemory = Callable[..., Memory]

MARCH = datetime(2026, 3, 4, 12, tzinfo=UTC)
SAID = "Honestly, my sister Anna works at Acme, unbelievably."
ASIDE = "Yesterday Doctor Quillfeather told me that my test came back positive, and I cried all night long."
WORDS = ("honestly", "unbeliev", "quillfeath", "positiv", "cried", "night")
KEPT = ["Anna is the user's sister", "Anna works at Acme"]


@pytest.fixture
def ada(new_memory: NewMemory) -> Memory:
    return new_memory(clock=FixedClock(MARCH)).scoped(user_id="ada")


def texts(memory: Memory) -> list[str]:
    return sorted(fact.text for fact in memory.facts())


def episode_of(memory: Memory, text: str = KEPT[1]) -> Episode:
    [fact] = [fact for fact in memory.facts() if fact.text == text]
    found = memory.get(fact.evidence[0].episode_id)
    assert isinstance(found, Episode)
    return found


# ------------------------------------------------------------------------------------------------------- what stays


def test_relations_stay_in_words_of_their_own_with_who_told_them_when(ada: Memory) -> None:
    ada.add(f"{SAID} {ASIDE}", source_id="chat/1", metadata={"mood": "calm"}, keep_raw=False)
    assert texts(ada) == KEPT
    episode = episode_of(ada)
    assert (episode.text.splitlines(), episode.source_id, episode.said_at) == (
        sorted(KEPT, reverse=True),
        "chat/1",
        MARCH,
    )
    assert episode.text_digest
    assert episode.metadata == {"mood": "calm"}
    [works] = [fact for fact in ada.facts() if fact.predicate == "works_at"]
    assert (works.subject, works.object, works.valid_from) == ("Anna", "Acme", MARCH)
    assert [change.kind for change in ada.history(works.id)] == ["added"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("I don't eat meat anymore.", "Not so: the user eats meat"),
        ("I used to work for Google.", "Earlier: the user works at Google"),
        ("Last May we finally visited Lisbon together.", "The user visits Lisbon (2025-05)"),
        ("Rex, that lazy creature, is my dog.", "Rex is the user's dog"),
        ("My favourite colour is obviously green.", "The user's favorite colour is green"),
        ("I need to fix the login.", "The user needs to fix login (desire)"),
        ("My email is ada@example.org, by the way.", "The user's email is ada@example.org"),
    ],
)
def test_what_was_denied_past_dated_or_only_thought_of_is_told_as_such(ada: Memory, said: str, kept: str) -> None:
    ada.add(said, keep_raw=False)
    assert [fact.text for fact in ada.timeline("ada")] == [kept]


def test_what_states_no_relation_is_not_kept_and_explained_to_whoever_asks(ada: Memory) -> None:
    changes = ada.add(ASIDE, keep_raw=False, explain=True)
    assert [(change.kind, change.fact_id) for change in changes] == [("added", None), ("skipped", None)]
    assert (changes[1].evidence[0].start, changes[1].evidence[0].end) == (0, len(ASIDE))
    assert "not kept" in (changes[1].reason or "")
    assert texts(ada) == []
    assert ada.recall("What did the doctor whisper?").hits == ()


def test_the_words_that_were_said_decide_what_they_close(ada: Memory) -> None:
    ada.add("I work at Acme.", keep_raw=False)
    ada.add("I don't work at Acme on Fridays.", keep_raw=False)
    assert "The user works at Acme" in texts(ada)
    ada.add("I no longer work at Acme.", keep_raw=False)
    assert "The user works at Acme" not in texts(ada)


def test_the_same_relation_in_other_words_is_known(ada: Memory) -> None:
    ada.add(SAID, keep_raw=False)
    ada.add("By the way, my sister Anna works at Acme, as everybody knows.", keep_raw=False)
    assert texts(ada) == KEPT


# ------------------------------------------------------------------------------------------------ the same text again


@pytest.mark.parametrize("keep_raw", [True, False])
def test_the_same_text_of_the_same_source_is_known_by_its_digest(ada: Memory, keep_raw: bool) -> None:
    ada.add(SAID, source_id="chat/1", keep_raw=False)
    again = ada.add(SAID, source_id="chat/1", keep_raw=keep_raw)
    assert {change.kind for change in again} == {"skipped"}
    assert ada.stats().episodes == 1
    with pytest.raises(Conflict, match="another text"):
        ada.add(f"{SAID}!", source_id="chat/1", keep_raw=False)
    ada.add("My sister Anna works at Beta.", source_id="chat/1", keep_raw=False, replace=True)
    assert "Anna works at Beta" in texts(ada)
    assert "Anna works at Acme" not in texts(ada)


def test_many_are_told_so_one_by_one_and_go_on_where_they_were(ada: Memory) -> None:
    episodes = [
        {"text": SAID, "keep_raw": False, "session_id": "s1"},
        {"text": "Bob lives in Porto.", "keep_raw": True},
        {"text": SAID, "session_id": "s1", "at": MARCH, "source_id": "s", "keep_raw": False},
    ]
    assert ada.add_many(episodes).episodes == 3
    assert (again := ada.add_many(episodes)).episodes == 0, again
    kept = [episode_of(ada, "Anna works at Acme").text, episode_of(ada, "Bob lives in Porto.").text]
    assert kept == ["\n".join(sorted(KEPT, reverse=True)), "Bob lives in Porto."]
    with pytest.raises(InvalidInput, match="episode 0: keep_raw"):
        ada.add_many([{"text": SAID, "keep_raw": "no"}])


# ------------------------------------------------------------------------------------------------- everything works on


def test_recall_walks_from_fact_to_fact_and_quotes_what_is_kept(ada: Memory) -> None:
    ada.add(SAID, keep_raw=False)
    ada.add("Acme is based in Lisbon, incidentally.", keep_raw=False)
    ada.add("I play the cello.")
    ada.add(ASIDE, keep_raw=False)
    found = ada.recall("In which city does my sister Anna work?")
    [path] = [hit.path for hit in found if hit.path and "Lisbon" in str(hit.path)]
    assert [(step.text, step.quote) for step in path.steps] == [(step.text, step.text) for step in path.steps]
    assert len(path.steps) == 2
    assert not any(word in found.context().lower() for word in WORDS)
    assert all(hit.text for hit in found.hits)
    assert [str(path) for path in ada.paths("Anna", "the user")] == ["Anna is the user's sister"]


def test_a_relation_is_corrected_retracted_restored_and_promoted_without_a_word_more(
    ada: Memory, new_memory: NewMemory
) -> None:
    session = new_memory(clock=FixedClock(MARCH)).scoped(user_id="ada", session_id="s1")
    session.add(SAID, keep_raw=False)
    [works] = [fact for fact in session.facts() if fact.predicate == "works_at"]
    session.correct(works.id, text="Anna works at Beta.")
    assert "Anna works at Beta." in texts(ada)
    assert episode_of(ada, "Anna works at Beta.").text_digest
    [sister] = [fact for fact in ada.facts() if fact.predicate == "sister"]
    [taken] = ada.retract(sister.id)
    refused = ada.add("Really: my sister Anna works at Beta.", keep_raw=False)
    assert "refused" in {change.kind for change in refused}
    ada.restore(taken.id)
    assert sister.text in texts(ada)
    ada.promote(sister.id, layer="org")
    [shared] = [fact for fact in ada.facts(layer="org") if fact.layer == "org"]
    kept = ada.get(shared.evidence[0].episode_id, layer="org")
    assert isinstance(kept, Episode)
    assert (kept.text, kept.text_digest is None) == (sister.text, False)


def test_forgetting_a_relation_leaves_the_others_of_its_text(ada: Memory) -> None:
    ada.add(SAID, source_id="chat/1", keep_raw=False)
    [works] = [fact for fact in ada.facts() if fact.predicate == "works_at"]
    receipt = ada.forget(fact_id=works.id)
    assert (receipt.erased["facts"], receipt.erased["episodes"], sum(receipt.left.values())) == (1, 0, 0)
    assert texts(ada) == KEPT[:1]
    assert {change.kind for change in ada.add(SAID, source_id="chat/1", keep_raw=False)} == {"skipped"}
    assert texts(ada) == KEPT[:1]
    elsewhere = ada.add(f"{SAID} Indeed.", source_id="chat/2", keep_raw=False)
    assert "refused" in {change.kind for change in elsewhere}
    assert texts(ada) == KEPT[:1]
    ada.forget(source_id="chat/2")
    receipt = ada.forget(source_id="chat/1")
    assert (receipt.erased["episodes"], sum(receipt.left.values())) == (1, 0)
    assert texts(ada) == []


def test_a_session_has_the_turn_as_it_is_kept_and_its_end_sums_that_up(new_memory: NewMemory) -> None:
    clock = FixedClock(MARCH)
    memory = new_memory(clock=clock)
    session = memory.session("s1", user_id="ada")
    memory.add(f"{SAID} I need to fix the login.", user_id="ada", session_id="s1", keep_raw=False)
    clock.advance(hours=1)
    for found in ("Honestly, Bob lives in Rome.", "Honestly, that took them all night long."):
        memory.add({"role": "tool", "content": found}, user_id="ada", session_id="s1", keep_raw=False)
    clock.advance(hours=1)
    session.add("I like tea with a lot of milk.")
    assert [(turn.role, turn.text.splitlines()) for turn in session.turns()] == [
        ("user", [*sorted(KEPT, reverse=True), "The user needs to fix login (desire)"]),
        ("tool", ["Bob lives in Rome"]),
        ("tool", []),
        ("user", ["I like tea with a lot of milk."]),
    ]
    assert "The user needs to fix login (desire)" in [
        fact.text for fact in memory.facts(user_id="ada", session_id="s1")
    ]
    [summary, *_] = session.end()
    ended = memory.get(summary.episode_id or "", user_id="ada")
    assert isinstance(ended, Episode)
    assert "tea" in ended.text
    assert not any(word in ended.text.lower() for word in WORDS)


def test_what_is_kept_so_may_be_over_some_day_as_well(new_memory: NewMemory) -> None:
    clock = FixedClock(MARCH)
    ada = new_memory(clock=clock).scoped(user_id="ada")
    ada.add(SAID, keep_raw=False, expires_at=MARCH + timedelta(days=1))
    clock.advance(days=1)
    assert texts(ada) == []


# ------------------------------------------------------------------------------------------------------ language models


def told(*facts: tuple[str, str, str]) -> str:
    fields = {"kind": "state", "subject_type": "person", "object_type": "thing", "confidence": 0.9}
    return json.dumps(
        {"facts": [{**fields, "subject": s, "predicate": p, "object": o, "text": SAID} for s, p, o in facts]}
    )


def test_a_model_that_fails_is_not_asked_again_as_nothing_is_kept_to_read(new_memory: NewMemory) -> None:
    model = ScriptedModel([ModelError("nobody there", "away")])
    ada = new_memory(extractor="openai", model=model, clock=FixedClock(MARCH)).scoped(user_id="ada")
    changes = ada.add(SAID, keep_raw=False)
    assert "rules did" in str([change.reason for change in changes if change.kind == "skipped"])
    assert texts(ada) == KEPT
    assert episode_of(ada).state == "done"
    assert ada.catch_up().pending == 0


# --------------------------------------------------------------------------------------------------- every byte of it


@pytest.fixture
def file_shelf(tmp_path: Path) -> FileShelf:
    return FileShelf(tmp_path / "shelf")


@pytest.fixture(params=["2026"])
def server_shelf(request: pytest.FixtureRequest, own_neo4j_server: Callable[..., Server]) -> Iterator[ServerShelf]:
    server = own_neo4j_server(request.param)
    with server.driver() as driver:
        yield ServerShelf(server, driver)


def leaves_no_word(shelf: Shelf, folder: Path) -> None:
    """Tell it in every way, do everything with it, and look after each step."""

    def check(place: Shelf = shelf) -> None:
        assert place.copies(WORDS) == 0

    with shelf.memory() as memory:
        ada = memory.scoped(user_id="ada")
        ada.add(f"{SAID} {ASIDE}", source_id="chat/1", keep_raw=False)
        check()
        ada.add([SAID, {"role": "assistant", "content": ASIDE}], at=MARCH, title="Notes", keep_raw=False)
        ada.add_many([{"text": f"{ASIDE} {SAID}", "keep_raw": False}, {"text": "Bob lives in Porto."}])
        memory.add(f"{SAID} I need to phone Bob.", user_id="ada", session_id="s1", keep_raw=False)
        memory.end_session("s1", user_id="ada")
        check()
        ada.add(f"{SAID} Bob lives in Oslo.", source_id="chat/1", keep_raw=False, replace=True)
        ada.recall("Where does Anna work?")
        memory.reembed()
        check()
    away = ScriptedModel([ModelError("nobody there", "away"), told(("Anna", "likes", "chess"))])
    with shelf.memory(extractor="openai", model=away) as memory:
        memory.add(f"{SAID} First.", user_id="ada", keep_raw=False)
        memory.add(f"{SAID} Second.", user_id="ada", keep_raw=False)
        memory.catch_up(user_id="ada")
        check()
        memory.export(folder / "ada.jsonl", user_id="ada")
    assert not any(word in (folder / "ada.jsonl").read_text().lower() for word in WORDS)
    elsewhere = FileShelf(folder / "elsewhere")
    with elsewhere.memory() as memory:
        memory.load(folder / "ada.jsonl", user_id="ada")
        assert "Anna works at Acme" in str(memory.recall("Where does Anna work?", user_id="ada"))
        [again] = {
            change.kind for change in memory.add(f"{SAID} Bob lives in Oslo.", source_id="chat/1", user_id="ada")
        }
        assert again == "skipped"
    check(elsewhere)
    carried = FileShelf(folder / "carried")
    moved(shelf.store(), carried.store())
    check(carried)
    with shelf.memory() as memory:
        assert sum(memory.forget(user_id="ada").left.values()) == 0
        assert memory.stats(user_id="ada").episodes == 0


def test_no_word_is_in_any_byte_of_a_file(file_shelf: FileShelf, tmp_path: Path) -> None:
    leaves_no_word(file_shelf, tmp_path)


def test_no_word_is_in_any_node_or_index_of_a_server(server_shelf: ServerShelf, tmp_path: Path) -> None:
    leaves_no_word(server_shelf, tmp_path)
