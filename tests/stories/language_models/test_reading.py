"""What a language model reads becomes facts: dated, compared with what is known, held to the words it quotes."""

import asyncio
import json
import logging
from datetime import UTC, datetime

from graphmem import AsyncMemory, Memory
from tests import model_server as played
from tests.model_server import KEY, ModelServer, fact
from tests.stories.language_models.seen import AT_ACME, IN_LISBON, episode_of, reasons, texts

MARCH = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


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
