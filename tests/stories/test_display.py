"""The last value of a notebook's cell shows itself, whatever a memory answers with."""

import asyncio
import inspect
from datetime import UTC, datetime
from typing import Any, get_origin, get_type_hints

import pytest

from graphmem import AsyncMemory, Memory
from graphmem.display import mimebundle
from graphmem.listing import Listing

LAST_YEAR = datetime(2024, 3, 1, tzinfo=UTC)
ASKED: dict[str, dict[str, Any]] = {
    "add": {"messages": "Ada plays chess."},
    "add_facts": {"facts": [{"subject": "Ada", "predicate": "owns", "object": "a boat"}]},
    "facts": {},
    "entities": {},
    "paths": {"a": "Ada", "b": "Lisbon"},
    "timeline": {"entity": "Ada"},
    "history": {},
    "retract": {"reason": "she never worked"},
    "correct": {"text": "Ada works at Birch."},
    "restore": {},
    "review": {},
    "end_session": {"session_id": "monday"},
    "promote": {"layer": "org"},
}
OF_A_FACT = dict.fromkeys(("history", "retract", "correct", "promote"), ("fact_id",))


@pytest.fixture
def known() -> Memory:
    memory = Memory(":memory:")
    memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada", at=LAST_YEAR)
    return memory


def test_every_verb_that_answers_with_a_list_is_asked_here() -> None:
    verbs = dict(inspect.getmembers(Memory, inspect.isfunction))
    with_list = {name for name, verb in verbs.items() if get_origin(get_type_hints(verb).get("return")) is list}
    assert with_list == set(ASKED)


@pytest.mark.parametrize("verb", ASKED)
def test_a_list_that_a_verb_answers_with_is_shown_as_a_table(known: Memory, verb: str) -> None:
    answer = getattr(known, verb)(**ASKED[verb], **of_a_fact(known, verb), user_id="ada")
    assert isinstance(answer, Listing)
    if answer:
        assert "<table>" in answer._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("verb", ASKED)
def test_so_is_one_that_is_awaited(verb: str) -> None:
    async def asked() -> object:
        async with AsyncMemory(":memory:") as memory:
            changes = await memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada", at=LAST_YEAR)
            given = dict.fromkeys(OF_A_FACT.get(verb, ()), changes[0].fact_id)
            if verb == "restore":
                [retracted] = await memory.retract(changes[0].fact_id or "", user_id="ada")
                given = {"change_id": retracted.id}
            return await getattr(memory, verb)(**ASKED[verb], **given, user_id="ada")

    assert isinstance(asyncio.run(asked()), Listing)


def of_a_fact(memory: Memory, verb: str) -> dict[str, str]:
    """Return what the verb has to be told beyond what it is always asked."""
    fact_id = memory.facts(user_id="ada")[0].id
    if verb == "restore":
        [retracted] = memory.retract(fact_id, user_id="ada")
        return {"change_id": retracted.id}
    return dict.fromkeys(OF_A_FACT.get(verb, ()), fact_id)


def test_a_chained_question_is_shown_with_the_path_that_proves_it(known: Memory) -> None:
    bundle = mimebundle(known.recall("Which city does Ada work in?", user_id="ada"))
    assert "Lisbon" in bundle["image/svg+xml"]
    assert 'class="proof"' in bundle["image/svg+xml"]
    assert "<iframe" in bundle["text/html"]


def test_paths_are_shown_all_of_them_with_the_names_at_both_ends(known: Memory) -> None:
    known.add("Ada lives in Sintra. Sintra is near Lisbon.", user_id="ada", at=LAST_YEAR)
    paths = known.paths("Ada", "Lisbon", user_id="ada")
    assert len(paths) == 2
    picture = mimebundle(paths)["image/svg+xml"]
    for name in ("Ada", "Acme", "Sintra", "Lisbon"):
        assert picture.count(f"<title>{name}</title>") == 1
    assert "and 1 more" not in picture
    alone = mimebundle(paths[0])["image/svg+xml"]
    assert "<title>Ada</title>" in alone
    assert "<title>Lisbon</title>" in alone


def test_what_stands_around_a_name_and_what_was_erased_are_shown(known: Memory) -> None:
    around = mimebundle(known.neighbourhood("Acme", user_id="ada"))
    assert "names around Acme" in around["text/plain"]
    assert "Lisbon" in around["image/svg+xml"]
    receipt = mimebundle(known.forget(entity="Lisbon", user_id="ada"))
    assert "nothing is left" in receipt["text/html"]


def test_a_diff_is_shown_with_what_was_learned_and_what_is_believed_no_longer(known: Memory) -> None:
    before = datetime.now(tz=UTC)
    known.correct(known.facts(entity="Lisbon", user_id="ada")[0].id, text="Acme is in Porto.", user_id="ada")
    shown = mimebundle(known.diff(since=before, user_id="ada"))
    assert "1 learned, 1 believed no longer" in shown["text/plain"]
    assert "Acme is in Porto." in shown["text/html"]
    assert "−" in shown["text/html"]


def test_memories_that_would_be_markup_are_shown_as_they_were_said() -> None:
    memory = Memory(":memory:")
    memory.add("Ada's motto is <img src=x onerror=alert(1)>.", user_id="ada")
    shown = mimebundle(memory.recall("What is Ada's motto?", user_id="ada"))
    assert "<img src=x" not in shown["text/html"]
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown["text/html"]
