"""`graphmem answer`, `add --extractor openai` and `catch-up`: what they print, and how they end."""

from collections.abc import Iterator

import pytest

from graphmem import Answer, Ingested
from tests import model_server as played
from tests.command_line.conftest import ADA, Command
from tests.model_server import ModelServer, fact

LISBON = fact("the user", "lives_in", "Lisbon", "The user lives in Lisbon.", object_type="place")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    server = ModelServer()
    server.tells("moved to Lisbon", LISBON)
    monkeypatch.setenv("GRAPHMEM_MODEL_URL", server.url)
    yield server
    server.close()


def test_an_answer_comes_in_words_with_what_it_rests_on(graphmem: Command) -> None:
    graphmem("add", "Alice Petrie works at Acme.", "--at", "2024-01-10T12:00:00+00:00", *ADA)
    done = graphmem("answer", "Where does Alice Petrie work?", *ADA)
    assert done.code == 0
    assert done.out.splitlines() == [
        "Alice Petrie works at Acme.",
        "  [1] Alice Petrie works at Acme.   (2024-01-10)",
    ]
    assert done.err.strip() == "the best path as it stands"


def test_the_json_of_an_answer_is_the_answer(graphmem: Command) -> None:
    graphmem("add", "Alice Petrie works at Acme.", *ADA)
    done = graphmem("answer", "Where does Alice Petrie work?", "--json", *ADA)
    answer = Answer.model_validate_json(done.out)
    assert (answer.text, answer.recall) == ("Alice Petrie works at Acme.", None)
    assert done.err == ""


def test_what_memory_does_not_hold_ends_with_its_own_exit_code(graphmem: Command) -> None:
    done = graphmem("answer", "Who is Zebulon Quist?", *ADA)
    assert done.code == 3
    assert done.out.strip() == "Memory does not hold the answer."


def test_a_model_words_an_answer(graphmem: Command, server: ModelServer) -> None:
    graphmem("add", "Alice Petrie works at Acme.", *ADA)
    server.says = lambda asked: '{"answer": "At Acme, it seems.", "notes": [1]}'
    done = graphmem("answer", "Where does Alice Petrie work?", "--model", "openai:tiny", *ADA)
    assert done.out.startswith("At Acme, it seems.")
    assert server.asked[0].body["model"] == "tiny"


def test_a_model_reads_what_is_added(graphmem: Command, server: ModelServer) -> None:
    assert "The user lives in Lisbon." in graphmem("add", "I moved to Lisbon.", "--extractor", "openai", *ADA).out
    assert len(server.asked) == 1


def test_the_extractor_may_be_a_setting(
    graphmem: Command, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHMEM_EXTRACTOR", "openai")
    graphmem("add", "I moved to Lisbon.", *ADA)
    assert len(server.asked) == 1


def test_an_extractor_that_there_is_not_is_refused(graphmem: Command) -> None:
    done = graphmem("add", "I moved to Lisbon.", "--extractor", "magic", *ADA)
    assert done.code == 2
    assert "magic" in done.err


def test_what_the_model_could_not_read_is_said_and_caught_up_on(graphmem: Command, server: ModelServer) -> None:
    server.always_plays(played.wrong_key)
    added = graphmem("add", "I moved to Lisbon.", "--extractor", "openai", *ADA)
    assert added.code == 0
    again = graphmem("catch-up", *ADA)
    assert again.code == 1, "something still waits"
    assert "1 not read by the model yet" in again.out
    server.always_plays(None)
    done = graphmem("catch-up", "--json", *ADA)
    assert done.code == 0
    caught = Ingested.model_validate_json(done.out)
    assert (caught.episodes, caught.pending, caught.usage.calls) == (1, 0, 1)
    assert graphmem("catch-up", *ADA).code == 0
