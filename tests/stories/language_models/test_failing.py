"""Everything that can go wrong with a language model.

For every failure the same is promised: what was said is kept and found by its words, marked as pending, read by rules
meanwhile, read once more by `catch_up`, and never kept twice.
"""

import socket
from pathlib import Path

import pytest

from graphmem import Fact, Memory, OpenAIModel
from tests import model_server as played
from tests.model_server import KEY, ModelServer
from tests.stories.language_models.seen import AT_ACME, IN_LISBON, episode_of, reasons, texts

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


def test_a_stalled_answer_is_given_up(server, model, tmp_path: Path) -> None:
    impatient = OpenAIModel("stub-1", base_url=server.url, api_key=KEY, timeout_s=0.3)
    server.tells("moved to Lisbon", IN_LISBON)
    server.always_plays(played.stalled)
    path = tmp_path / "memory.db"
    with Memory(path, extractor="openai", model=impatient) as memory:
        is_kept_for_later(memory, "timeout")
    with Memory(path, extractor="openai", model=model) as memory:  # an answer that comes may take its time
        is_caught_up_on(memory, server)


def test_a_server_that_is_away_is_given_up(server) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # so that nobody else listens there
        away = OpenAIModel("stub-1", base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}/v1")
        with Memory(":memory:", extractor="openai", model=away) as memory:
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
    is_kept_for_later(memory, reason)
    is_caught_up_on(memory, server)


def is_kept_for_later(memory: Memory, reason: str) -> None:
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


def is_caught_up_on(memory: Memory, server: ModelServer) -> None:
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


def test_what_did_not_fit_is_paid_for_also_where_the_second_answer_fails(memory, server) -> None:
    server.plays(played.truncated, played.refused)
    memory.add("I moved to Lisbon.", user_id="ada")
    assert memory.usage.calls == len(server.asked) == 2


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
