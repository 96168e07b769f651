"""Memory read by a language model: the real client, a server on this machine, and everything that can go wrong.

For every failure the same is promised: what was said is kept and found by its words, marked as pending, read by rules
meanwhile, read once more by `catch_up`, and never kept twice.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from graphmem import AsyncMemory, Change, Episode, Fact, Memory, OpenAIModel
from graphmem.errors import InvalidInput
from graphmem.llm import client
from graphmem.testing import ScriptedModel
from tests import model_server as played
from tests.model_server import KEY, ModelServer, fact

MARCH = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
IN_LISBON = fact("the user", "lives_in", "Lisbon", "The user lives in Lisbon.", object_type="place")
AT_ACME = fact("the user", "works_at", "Acme", "The user works at Acme.", object_type="organisation")

NewMemory = Callable[..., Memory]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setattr(client, "WAITS_S", (0.0, 0.0))
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def model(server: ModelServer) -> OpenAIModel:
    return OpenAIModel("stub-1", base_url=server.url, api_key=KEY, timeout_s=5)


@pytest.fixture
def reading(new_memory: NewMemory, model: OpenAIModel) -> Memory:
    """A memory that is read by the model, on every store."""
    return new_memory(extractor="openai", model=model)


@pytest.fixture
def memory(model: OpenAIModel) -> Iterator[Memory]:
    """The same, on one store."""
    with Memory(":memory:", extractor="openai", model=model) as memory:
        yield memory


def texts(memory: Memory) -> list[str]:
    return sorted(held.text for held in memory.facts(user_id="ada"))


def episode_of(memory: Memory, words: str) -> Episode:
    episodes = {
        hit.episode_id: memory.get(hit.episode_id, user_id="ada") for hit in memory.recall(words, user_id="ada")
    }
    [found] = [of for of in episodes.values() if isinstance(of, Episode) and words in of.text]
    return found


def reasons(changes: list[Change]) -> list[str]:
    return [change.reason or "" for change in changes if change.kind == "skipped"]


# --------------------------------------------------------------------------------------------------- when all goes well


def test_what_the_model_reads_is_a_fact_that_recall_finds(reading: Memory, server: ModelServer) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    [change] = reading.add("I moved to Lisbon.", user_id="ada")
    assert (change.kind, change.text) == ("added", "The user lives in Lisbon.")
    [hit] = reading.recall("Where does the user live?", user_id="ada").hits
    assert hit.fact is not None
    assert (hit.fact.predicate, hit.fact.object, hit.quote) == ("lives_in", "Lisbon", "moved to Lisbon")
    assert episode_of(reading, "Lisbon").state == "done"
    assert len(server.asked) == 1


def test_the_history_of_a_fact_names_the_model_and_the_version_of_its_prompt(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    [change] = memory.add("I moved to Lisbon.", user_id="ada")
    [told] = memory.history(change.fact_id, user_id="ada")
    assert told.reason is not None
    assert told.reason.startswith("read by stub-1, extract-")


def test_nobody_is_asked_where_rules_find_nothing_worth_keeping(memory, server) -> None:
    [change] = memory.add("Thanks, good night!", user_id="ada")
    assert (change.kind, change.fact_id) == ("added", None)
    assert not server.asked
    assert episode_of(memory, "good night").state == "done"


def test_a_language_that_rules_cannot_read_is_left_to_the_model(memory, server) -> None:
    server.tells("nach Lissabon", fact("the user", "lives_in", "Lissabon", "The user lives in Lissabon."))
    [change] = memory.add("Ich bin im Mai nach Lissabon gezogen, weil meine Schwester dort wohnt.", user_id="ada")
    assert change.text == "The user lives in Lissabon."


def test_nobody_is_asked_unless_the_extractor_says_so(model, server) -> None:
    with Memory(":memory:", model=model) as memory:
        memory.add("I work at Acme.", user_id="ada")
        memory.recall("Where do I work?", user_id="ada")
    assert not server.asked


def test_a_conversation_of_twenty_turns_is_one_call(memory, server) -> None:
    turns = [{"role": ("user", "assistant")[n % 2], "content": f"I bought book {n} in Porto."} for n in range(20)]
    memory.add(turns, user_id="ada", session_id="s1")
    [asked] = server.asked
    assert len(asked.messages) == 20


def test_a_longer_conversation_is_asked_about_in_groups_of_twenty(memory, server) -> None:
    told = memory.add_many(
        [{"text": f"I bought book {n} in Porto.", "session_id": "s1", "source_id": f"m{n}"} for n in range(41)],
        user_id="ada",
    )
    assert [len(asked.messages) for asked in server.asked] == [20, 20, 1]
    assert (told.usage.calls, told.pending, told.episodes) == (3, 0, 41)
    assert told.usage.tokens_in > 0


def test_what_a_conversation_cost_is_told(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    memory.add("I moved to Lisbon.", user_id="ada")
    assert memory.usage.calls == memory.scoped(user_id="ada").usage.calls == 1
    assert memory.usage.tokens_in > 0 < memory.usage.tokens_out


def test_a_dry_run_says_what_it_would_cost_and_asks_nobody(memory, server) -> None:
    said = [{"text": "I moved to Lisbon.", "source_id": "1"}, {"text": "Thanks!", "source_id": "2", "role": "user"}]
    would = memory.add_many(said, user_id="ada", dry_run=True)
    assert (would.is_dry_run, would.episodes, would.usage.calls) == (True, 2, 1)
    assert not server.asked
    assert memory.stats(user_id="ada").episodes == 0
    did = memory.add_many(said, user_id="ada")
    assert did.usage.calls == would.usage.calls
    assert would.usage.tokens_in / 1.5 < did.usage.tokens_in < would.usage.tokens_in * 1.5
    assert memory.add_many(said, user_id="ada", dry_run=True).usage.calls == 0, "what is known is not read again"


def test_dates_are_computed_from_the_words_that_the_model_copied(memory, server) -> None:
    server.tells("left Acme", {**AT_ACME, "status": "past", "text": "The user worked at Acme.", "when": "last year"})
    server.tells("in May 2024", {**IN_LISBON, "when": "in May 2024"})
    memory.add("I moved to Lisbon in May 2024, and left Acme last year.", user_id="ada", at=MARCH)
    found = {held.predicate: held for held in memory.facts(user_id="ada", at=datetime(2025, 6, 1, tzinfo=UTC))}
    assert found["lives_in"].valid_from == datetime(2024, 5, 1, tzinfo=UTC)
    assert found["works_at"].valid_to == datetime(2026, 1, 1, tzinfo=UTC)
    assert found["works_at"].when is not None
    assert found["works_at"].when.words == "last year"


def test_what_is_known_is_shown_and_a_newer_value_takes_its_place(memory, server) -> None:
    server.tells("drive a Volvo", fact("the user", "drives", "Volvo", "The user drives a Volvo."))
    memory.add("I drive a Volvo.", user_id="ada", at=MARCH)
    server.tells("bought a Tesla", fact("the user", "drives", "Tesla", "The user drives a Tesla.", replaces=[1]))
    changes = memory.add("I bought a Tesla instead.", user_id="ada")
    assert server.asked[1].known == ["The user drives a Volvo. (since 2026-03-04)"]
    assert [change.kind for change in changes] == ["added", "superseded"]
    assert texts(memory) == ["The user drives a Tesla."]


def test_at_most_twenty_known_facts_are_shown(memory, server) -> None:
    memory.add_facts([{"text": f"Ada read book {n}.", "source_id": f"b{n}"} for n in range(40)], user_id="ada")
    memory.add("I read another book in Porto.", user_id="ada")
    assert len(server.asked[0].known) == 20


def test_what_is_known_already_is_told_again_and_not_kept_twice(memory, server) -> None:
    server.tells("work at Acme", AT_ACME)
    memory.add("I work at Acme.", user_id="ada")
    again = {**AT_ACME, "text": "The user is employed by Acme.", "relation": "employed_by", "duplicate_of": 1}
    server.tells("employed by", again)
    [change] = memory.add("I am employed by Acme.", user_id="ada")
    assert change.kind == "skipped"
    [held] = memory.facts(user_id="ada")
    assert len(held.evidence) == 2


def test_what_the_model_wants_closed_without_reason_stays(memory, server) -> None:
    server.tells("work at Acme", AT_ACME)
    memory.add("I work at Acme.", user_id="ada")
    server.tells("like tea", fact("the user", "likes", "tea", "The user likes tea.", replaces=[1]))
    memory.add("I like tea.", user_id="ada")
    assert texts(memory) == ["The user likes tea.", "The user works at Acme."]


def test_secrets_do_not_leave_the_machine(memory, server) -> None:
    memory.add("I pay with my card 4111 1111 1111 1111 in Lisbon.", user_id="ada")
    assert "4111" not in json.dumps(server.asked[0].body)


def test_recalled_notes_that_somebody_pastes_are_not_shown_to_the_model(memory, server) -> None:
    server.tells("work at Acme", AT_ACME)
    memory.add("I work at Acme.", user_id="ada")
    notes = memory.recall("Where do I work?", user_id="ada").context()
    memory.add(f"{notes}\nI bought a house in Porto.", user_id="ada")
    assert [told for _, told in server.asked[1].messages if "Acme" in told] == []


def test_what_was_said_just_before_is_shown_for_its_pronouns(memory, server) -> None:
    memory.add("Kim Berg came by with cake.", user_id="ada", session_id="s1")
    memory.add("She lives in Lund.", user_id="ada", session_id="s1")
    shown = server.asked[-1].text
    assert "Kim Berg came by" in shown.partition("MESSAGES")[0]
    assert [told.rpartition(": ")[2] for _, told in server.asked[-1].messages] == ["She lives in Lund."]


def test_openai_is_asked_to_keep_nothing(memory, server) -> None:
    memory.add("I moved to Lisbon.", user_id="ada")
    assert server.asked[0].body["store"] is False
    assert server.asked[0].body["text"]["format"]["strict"] is True


def test_two_loops_of_an_event_loop_read_by_the_model(model, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    server.plays(played.wrong_key)

    async def told() -> tuple[int, int, int, str | None]:
        async with AsyncMemory(":memory:", extractor="openai", model=model) as memory:
            await memory.add("I moved to Lisbon.", user_id="ada")
            first = await memory.catch_up(user_id="ada")
            second = await memory.catch_up(user_id="ada")
            facts = await memory.facts(user_id="ada")
            server.says = lambda _: json.dumps({"answer": "In Lisbon.", "notes": [1]})
            answer = await memory.answer("Does the user live in Lisbon?", user_id="ada")
            return first.episodes, second.episodes, len(facts), answer.text

    assert asyncio.run(told()) == (1, 0, 1, "In Lisbon.")


# ----------------------------------------------------------------------------------------------------- when it does not

FAILURES = {
    "truncated": (played.truncated, "truncated"),
    "refused": (played.refused, "refused"),
    "filtered": (played.filtered, "filtered"),
    "filtered before it was read": (played.filtered_before, "filtered"),
    "busy": (played.busy(), "busy"),
    "busy for an hour": (played.busy("3600"), "busy"),
    "out of quota": (played.out_of_quota, "quota"),
    "down": (played.down, "failed"),
    "a gateway's page": (played.a_web_page, "failed"),
    "garbage": (played.garbage, "garbled"),
    "JSON of another kind": (played.another_shape, "garbled"),
    "prose": (played.saying("Sure! Here are the facts."), "garbled"),
    "a list": (played.saying("[1, 2]"), "garbled"),
    "another shape": (played.saying('{"statements": []}'), "garbled"),
    "nothing": (played.saying(""), "garbled"),
    "a wrong key": (played.wrong_key, "key"),
    "a model that does not exist": (played.no_such_model, "model"),
    "a model that is not loaded": (played.no_such_model_in_other_words, "model"),
    "a text that is too long": (played.too_long, "too long"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_fails_what_was_said_is_kept_and_read_once_more(memory, server, failure: str) -> None:
    fault, reason = FAILURES[failure]
    server.tells("moved to Lisbon", IN_LISBON)
    server.always_plays(fault)
    keeps_its_promise(memory, server, reason)


@pytest.mark.parametrize("failure", ["down", "refused"])
def test_on_every_store_what_was_said_is_kept_and_read_once_more(reading, server, failure: str) -> None:
    fault, reason = FAILURES[failure]
    server.tells("moved to Lisbon", IN_LISBON)
    server.always_plays(fault)
    keeps_its_promise(reading, server, reason)


def test_a_stalled_answer_is_given_up(server) -> None:
    impatient = OpenAIModel("stub-1", base_url=server.url, api_key=KEY, timeout_s=0.3)
    server.tells("moved to Lisbon", IN_LISBON)
    server.always_plays(played.stalled)
    with Memory(":memory:", extractor="openai", model=impatient) as memory:
        keeps_its_promise(memory, server, "timeout")


def test_a_server_that_is_away_is_given_up(server) -> None:
    moved = ModelServer()
    moved.close()
    with Memory(":memory:", extractor="openai", model=OpenAIModel("stub-1", base_url=moved.url)) as memory:
        changes = memory.add("I moved to Lisbon.", user_id="ada")
        assert "(away)" in reasons(changes)[0]
        assert episode_of(memory, "Lisbon").state == "pending"
        assert any("Lisbon" in text for text in texts(memory))


def test_without_a_key_rules_read_and_say_so() -> None:
    with Memory(":memory:", extractor="openai") as memory:
        changes = memory.add("I moved to Lisbon.", user_id="ada")
        assert "gpt-4.1-mini did not read it (key)" in reasons(changes)[0]
        assert episode_of(memory, "Lisbon").state == "pending"


def keeps_its_promise(memory: Memory, server: ModelServer, reason: str) -> None:
    changes = memory.add("I moved to Lisbon.", user_id="ada")
    assert [told for told in reasons(changes) if f"({reason})" in told], "it is said"
    for change in changes:
        if change.fact_id is not None:
            assert isinstance(memory.get(change.fact_id, user_id="ada"), Fact), "what is reported is there"
    assert episode_of(memory, "Lisbon").state == "pending", "it is found by its words, and marked"
    by_rules = texts(memory)
    assert any("Lisbon" in text for text in by_rules), "rules read it meanwhile"

    again = memory.catch_up(user_id="ada")
    assert (again.episodes, again.pending) == (0, 1)
    assert texts(memory) == by_rules, "failing again doubles nothing"

    server.always_plays(None)
    caught = memory.catch_up(user_id="ada")
    assert (caught.episodes, caught.pending, caught.usage.calls) == (1, 0, 1)
    assert texts(memory) == ["The user lives in Lisbon."]
    assert episode_of(memory, "Lisbon").state == "done"
    asked = len(server.asked)
    assert memory.catch_up(user_id="ada").episodes == 0
    assert len(server.asked) == asked, "nobody is asked a second time"
    assert memory.stats(user_id="ada").episodes == 1


def test_a_fenced_answer_is_read(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    server.always_plays(played.fenced)
    memory.add("I moved to Lisbon.", user_id="ada")
    assert texts(memory) == ["The user lives in Lisbon."]
    assert len(server.asked) == 1


def test_prose_is_answered_by_asking_once_more(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    server.plays(played.saying("Here you are!"))
    memory.add("I moved to Lisbon.", user_id="ada")
    assert texts(memory) == ["The user lives in Lisbon."]
    assert memory.usage.calls == 2, "both are paid for"


def test_an_answer_that_does_not_fit_gets_twice_the_room(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    server.plays(played.truncated)
    memory.add("I moved to Lisbon.", user_id="ada")
    assert texts(memory) == ["The user lives in Lisbon."]
    rooms = [asked.body["max_output_tokens"] for asked in server.asked]
    assert rooms[1] == 2 * rooms[0]


def test_a_server_that_is_busy_for_a_moment_is_asked_again(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    server.plays(played.busy("0.01"), played.down)
    changes = memory.add("I moved to Lisbon.", user_id="ada")
    assert not reasons(changes)
    assert len(server.asked) == 3


@pytest.mark.parametrize("failure", ["out of quota", "a wrong key", "busy for an hour", "a model that does not exist"])
def test_what_would_fail_again_is_asked_once(memory, server, failure: str) -> None:
    server.always_plays(FAILURES[failure][0])
    memory.add("I moved to Lisbon.", user_id="ada")
    assert len(server.asked) == 1, "no second try, no other way of asking"


def test_after_such_a_failure_the_rest_of_a_batch_is_not_asked_about(memory, server) -> None:
    server.always_plays(played.wrong_key)
    told = memory.add_many(
        [{"text": f"Kim lives in Oslo, house {n}.", "source_id": f"{n}"} for n in range(9)], user_id="ada"
    )
    assert len(server.asked) == 1
    assert (told.episodes, told.pending) == (9, 9)
    assert "9 not read by the model yet" in str(told)


def test_after_a_refusal_the_rest_of_a_batch_is_asked_about(memory, server) -> None:
    server.plays(played.refused)
    told = memory.add_many(
        [{"text": f"Kim lives in Oslo, house {n}.", "source_id": f"{n}"} for n in range(4)], user_id="ada"
    )
    assert (told.episodes, told.pending) == (4, 1)


# ------------------------------------------------------------------------------------------------- what it may not say


def test_numbers_that_the_model_was_not_shown_are_dropped_and_said(memory, server) -> None:
    server.tells("moved to Lisbon", {**IN_LISBON, "replaces": [7], "duplicate_of": 9})
    changes = memory.add("I moved to Lisbon.", user_id="ada")
    assert texts(memory) == ["The user lives in Lisbon."]
    assert reasons(changes) == ["the model gave 2 facts a known fact by a number that was not shown: left out"]


def test_a_fact_without_a_quote_from_the_text_is_dropped_and_said(memory, server) -> None:
    server.tells("moved to Lisbon", {**IN_LISBON, "quote": "I moved to Madrid"}, {**AT_ACME, "message": 5})
    changes = memory.add("I moved to Lisbon.", user_id="ada")
    assert texts(memory) == []
    assert reasons(changes) == [
        "the model gave 1 fact of a message that was not shown: left out",
        "the model gave 1 fact without a quote that stands in the text: left out",
    ]
    assert episode_of(memory, "Lisbon").state == "done"


def test_a_fact_of_another_shape_does_not_spoil_the_others(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON, {"subject": 3}, {**AT_ACME, "status": "perhaps"})
    changes = memory.add("I moved to Lisbon.", user_id="ada")
    assert texts(memory) == ["The user lives in Lisbon."]
    assert reasons(changes) == ["the model gave 2 facts not of the shape asked for: left out"]


def test_control_characters_and_halves_of_characters_in_names_are_taken_out(memory, server) -> None:
    server.tells(
        "moved to Lisbon",
        fact(
            "the user", "lives_in", "Lis\u0000bon\ud800\n", "The user\u0007 lives in Lisbon.\ud83d", object_type="place"
        ),
    )
    memory.add("I moved to Lisbon.", user_id="ada")
    [held] = memory.facts(user_id="ada")
    assert (held.text, held.object) == ("The user lives in Lisbon.", "Lis bon")


def test_a_name_of_a_thousand_characters_is_dropped_and_said(memory, server) -> None:
    server.tells("moved to Lisbon", {**IN_LISBON, "object": "Lisbon" * 200})
    changes = memory.add("I moved to Lisbon.", user_id="ada")
    assert texts(memory) == []
    assert "too long, or empty" in reasons(changes)[0]


# --------------------------------------------------------------------------------------------- several hands at once


def test_what_two_catch_up_on_at_once_is_kept_once(model, server, tmp_path) -> None:
    path = tmp_path / "memory.db"
    server.tells("moved to Lisbon", IN_LISBON)
    server.plays(played.wrong_key)
    with Memory(path, extractor="openai", model=model) as memory:
        memory.add("I moved to Lisbon.", user_id="ada")
        both = threading.Barrier(2)

        def catch_up(_: object = None) -> None:
            with Memory(path, extractor="openai", model=ScriptedModel(together)) as other:
                other.catch_up(user_id="ada")

        def together(_: object) -> str:
            both.wait(30)
            return server.says(server.asked[0])

        hands = [threading.Thread(target=catch_up) for _ in range(2)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        assert texts(memory) == ["The user lives in Lisbon."]
        assert episode_of(memory, "Lisbon").state == "done"


def test_what_was_cut_off_while_the_model_read_is_kept_and_caught_up(model, server, tmp_path) -> None:
    def dies(_: object) -> str:
        raise KeyboardInterrupt

    path = tmp_path / "memory.db"
    server.tells("moved to Lisbon", IN_LISBON)
    with Memory(path, extractor="openai", model=ScriptedModel(dies)) as memory, pytest.raises(KeyboardInterrupt):
        memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")
    with Memory(path, extractor="openai", model=model) as memory:
        assert episode_of(memory, "Lisbon").state == "pending"
        assert memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")[0].reason == "this episode is known"
        assert memory.catch_up(user_id="ada").episodes == 1
        assert texts(memory) == ["The user lives in Lisbon."]


def test_text_of_nothing_but_links_and_code_is_kept_and_nobody_asked(memory, server) -> None:
    memory.add("https://example.org/a?b=c\n```python\nfor line in file: print(line)\n```", user_id="ada")
    assert not server.asked
    assert memory.stats(user_id="ada").episodes == 1


def test_a_thousand_names_in_one_message_are_one_call(memory, server) -> None:
    names = ", ".join(f"Anna{number} Berg{number}" for number in range(1_000))
    server.tells("met Anna0", fact("the user", "met", "Anna0 Berg0", "The user met Anna0 Berg0.", kind="event"))
    memory.add(f"I met {names} in Oslo.", user_id="ada")
    assert texts(memory) == ["The user met Anna0 Berg0."]
    assert memory.usage.calls in (1, 2)


def test_what_was_forgotten_while_it_waited_is_not_read(memory, server) -> None:
    server.always_plays(played.down)
    memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")
    memory.forget(user_id="ada", source_id="m1")
    server.always_plays(None)
    asked = len(server.asked)
    assert memory.catch_up(user_id="ada").episodes == 0
    assert len(server.asked) == asked


def test_what_was_replaced_while_it_waited_is_read_in_its_new_words(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    server.tells("work at Acme", AT_ACME)
    server.always_plays(played.down)
    memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")
    memory.add("I work at Acme.", user_id="ada", source_id="m1", replace=True)
    server.always_plays(None)
    assert memory.catch_up(user_id="ada").episodes == 1
    assert texts(memory) == ["The user works at Acme."]


def test_one_owner_catches_up_on_their_own_memory_alone(memory, server) -> None:
    server.always_plays(played.down)
    memory.add("I moved to Lisbon.", user_id="bob")
    server.always_plays(None)
    assert memory.catch_up(user_id="ada").episodes == 0
    assert memory.catch_up(user_id="bob").episodes == 1


def test_what_waits_in_a_session_is_caught_up_on_too(memory, server) -> None:
    server.always_plays(played.down)
    memory.add({"role": "tool", "content": "Flight 7 leaves Lisbon at noon."}, user_id="ada", session_id="s1")
    memory.add("I moved to Lisbon.", user_id="ada", session_id="s1")
    server.always_plays(None)
    assert memory.catch_up(user_id="ada").pending == 0


def test_a_memory_read_by_rules_has_nothing_to_catch_up_on() -> None:
    with Memory(":memory:") as memory, pytest.raises(InvalidInput, match='extractor="openai"'):
        memory.catch_up(user_id="ada")


# ---------------------------------------------------------------------------------------------------- other servers


@pytest.mark.parametrize(
    ("paths", "formats", "ways"),
    [
        ({"/responses"}, set[str](), [("/responses", "json_schema"), ("/chat/completions", "json_schema")]),
        (
            {"/responses"},
            {"json_schema"},
            [
                ("/responses", "json_schema"),
                ("/chat/completions", "json_schema"),
                ("/chat/completions", "json_object"),
            ],
        ),
        (
            set[str](),
            {"json_schema", "json_object"},
            [
                ("/responses", "json_schema"),
                ("/chat/completions", "json_schema"),
                ("/chat/completions", "json_object"),
                ("/chat/completions", "text"),
            ],
        ),
    ],
)
def test_a_server_that_does_not_know_a_way_of_asking_is_asked_another_way_and_that_is_kept(
    memory, server, paths, formats, ways
) -> None:
    server.unknown_paths, server.unknown_formats = paths, formats
    server.tells("moved to Lisbon", IN_LISBON)
    server.tells("work at Acme", AT_ACME)
    memory.add("I moved to Lisbon.", user_id="ada")
    assert [(asked.path, asked.format) for asked in server.asked] == ways
    if ways[-1][1] != "json_schema":
        assert '"facts"' in server.asked[-1].instructions, "the schema is told in words"
    server.asked.clear()
    memory.add("I work at Acme.", user_id="ada")
    assert [(asked.path, asked.format) for asked in server.asked] == ways[-1:]
    assert texts(memory) == ["The user lives in Lisbon.", "The user works at Acme."]


def test_a_server_that_knows_no_way_of_asking_is_told_from_one_without_the_model(memory, server) -> None:
    server.unknown_paths = {"/responses", "/chat/completions"}
    changes = memory.add("I moved to Lisbon.", user_id="ada")
    assert "(unsupported)" in reasons(changes)[0]
    assert len(server.asked) == 4


@pytest.mark.parametrize("failure", ["refused", "filtered", "truncated", "nothing"])
def test_the_older_way_of_asking_fails_in_the_same_words(memory, server, failure: str) -> None:
    fault, reason = FAILURES[failure]
    server.unknown_paths = {"/responses"}
    server.always_plays(fault)
    assert f"({reason})" in reasons(memory.add("I moved to Lisbon.", user_id="ada"))[0]


# --------------------------------------------------------------------------------------------------------- long texts


def test_a_book_is_asked_about_in_parts_and_its_facts_stand_where_they_were_said(memory, server) -> None:
    server.tells(
        "Kim Berg lives in Lund", fact("Kim Berg", "lives_in", "Lund", "Kim Berg lives in Lund.", object_type="place")
    )
    page = "The harbour of Oslo was built of stone and stood for many years before the war. " * 30
    book = "\n\n".join([page] * 10 + ["Kim Berg lives in Lund."] + [page] * 10)
    told = memory.add_many([{"text": book, "source_id": "book"}], user_id="ada")
    assert told.usage.calls == len(server.asked) > 3
    assert max(len(asked.text) for asked in server.asked) < 15_000
    [held] = memory.facts(user_id="ada")
    [place] = held.evidence
    assert book[place.start : place.end] == "Kim Berg lives in Lund"


# ------------------------------------------------------------------------------------------------------------ privacy


def test_logs_hold_neither_what_was_said_nor_a_key(memory, server, caplog) -> None:
    caplog.set_level(logging.DEBUG, logger="graphmem")
    server.always_plays(played.wrong_key)
    memory.add("I moved to Lisbon.", user_id="ada")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("graphmem")]
    assert ours
    assert not [line for line in ours if "Lisbon" in line or KEY in line]
