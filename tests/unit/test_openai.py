"""The parts over the openai package, asked by themselves: patience, vectors in batches, replies kept in a folder."""

import asyncio
import gc
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openai
import pytest

from graphmem import AsyncMemory, CachedModel, Memory, ModelError, OpenAIEmbedder, OpenAIModel
from graphmem._colour import drive
from graphmem.errors import EmbedderMismatch, InvalidInput
from graphmem.llm import client
from graphmem.llm.client import LONGEST_WAIT_S, WAITS_S, patiently
from graphmem.protocols import Prompt
from graphmem.testing import ScriptedModel
from tests import model_server as played
from tests.model_server import ModelServer

PROMPT = Prompt("extract", "Say something.", "Hello.", {"type": "object"}, 100)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    server = ModelServer()
    yield server
    server.close()


# ----------------------------------------------------------------------------------------------------------- patience


def tried(server: ModelServer, *faults: played.Fault) -> tuple[list[float], str | None]:
    """How long was waited between tries, and how it ended where it did not end well."""
    server.plays(*faults)
    waits: list[float] = []
    with openai.OpenAI(base_url=server.url, api_key="x", max_retries=0, http_client=server.at_hand()) as asked:
        create = lambda: asked.responses.create(model="m", input="Hello.", instructions="Say something.")  # noqa: E731
        try:
            patiently(create, model="m", sleep=waits.append)
        except ModelError as error:
            return waits, error.reason
    return waits, None


def test_a_server_that_fails_is_asked_three_times_with_longer_waits(server: ModelServer) -> None:
    assert tried(server, played.down, played.down) == (list(WAITS_S), None)
    assert tried(server, played.down, played.down, played.down) == (list(WAITS_S), "failed")


def test_a_server_that_says_how_long_to_wait_is_heard(server: ModelServer) -> None:
    assert tried(server, played.busy("7"), played.busy("0.25")) == ([7.0, 0.25], None)


def test_nobody_waits_longer_than_somebody_who_adds_a_message_would(server: ModelServer) -> None:
    assert tried(server, played.busy(str(LONGEST_WAIT_S + 1))) == ([], "busy")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (played.out_of_quota, "quota"),
        (played.wrong_key, "key"),
        (played.no_such_model, "model"),
        (played.no_such_model_in_other_words, "model"),
        (played.too_long, "too long"),
        (played.filtered_before, "filtered"),
        (played.garbage, "garbled"),
    ],
)
def test_what_fails_for_good_is_asked_once(server: ModelServer, fault: played.Fault, reason: str) -> None:
    assert tried(server, fault) == ([], reason)


def test_messages_name_the_way_out_and_no_key(server: ModelServer) -> None:
    server.always_plays(played.wrong_key)
    with pytest.raises(ModelError, match="check OPENAI_API_KEY") as caught:
        drive(OpenAIModel("m", base_url=server.url, api_key="sk-very-secret").answer(PROMPT))
    assert "secret" not in str(caught.value)
    with pytest.raises(ModelError, match="set OPENAI_API_KEY, or name a server that wants none by GRAPHMEM_MODEL_URL"):
        drive(OpenAIModel("m").answer(PROMPT))


@pytest.mark.parametrize("part", [OpenAIModel, OpenAIEmbedder])
def test_connections_end_with_the_part_that_held_them(
    server: ModelServer, part: type[OpenAIModel] | type[OpenAIEmbedder]
) -> None:
    asking = part("m", base_url=server.url, api_key="x")
    connection = asking._server.client
    assert not connection.is_closed()
    del asking
    gc.collect()
    assert connection.is_closed()


def test_settings_name_the_model_and_its_server(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHMEM_MODEL", "tiny")
    monkeypatch.setenv("GRAPHMEM_MODEL_URL", server.url)
    model = OpenAIModel()
    assert model.identity == "tiny"
    assert drive(model.answer(PROMPT)).usage.calls == 1
    assert server.asked[0].body["model"] == "tiny"


@pytest.mark.parametrize(("choice", "name"), [("openai", "gpt-4.1-mini"), ("openai:gpt-5-nano", "gpt-5-nano")])
def test_a_memory_takes_a_model_by_its_name(choice: str, name: str) -> None:
    with Memory(":memory:", extractor="openai", model=choice) as memory:
        note = memory.add("Kim lives in Oslo.", user_id="ada")[-1].reason or ""
        assert note.startswith(f"{name} did not read it (key)")


def test_a_model_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match='model=\'llama\' is neither "openai" nor "openai:NAME"'):
        Memory(":memory:", model="llama")


class Awaiting(ScriptedModel):
    """A model that awaits."""

    blocks = False


def test_a_model_that_awaits_needs_a_memory_that_awaits() -> None:
    with pytest.raises(InvalidInput, match="Awaiting awaits, and Memory calls"):
        Memory(":memory:", model=Awaiting([]))

    async def told() -> int:
        async with AsyncMemory(":memory:", extractor="openai", model=Awaiting(['{"facts": []}'])) as memory:
            await memory.add("Kim lives in Oslo.", user_id="ada")
            return memory.usage.calls

    assert asyncio.run(told()) == 1


# ------------------------------------------------------------------------------------------------------------ vectors


def embedder(server: ModelServer, **settings: object) -> OpenAIEmbedder:
    return OpenAIEmbedder("tiny", base_url=server.url, **settings)  # type: ignore[arg-type]


def test_vectors_have_unit_length_and_come_in_the_order_of_the_texts(server: ModelServer) -> None:
    texts = ["Kim lives in Oslo.", "Acme sells cranes.", "Kim lives in Oslo."]
    one, other, again = drive(embedder(server).embed(texts, purpose="document"))
    assert [round(float(np.linalg.norm(vector)), 5) for vector in (one, other, again)] == [1.0, 1.0, 1.0]
    assert np.allclose(one, again)
    assert not np.allclose(one, other)


def test_the_identity_is_the_model_with_its_dimensions(server: ModelServer) -> None:
    assert embedder(server).identity == "tiny/8", "asked once, of a model that is not OpenAI's"
    assert embedder(server, dimensions=5).identity == "tiny/5"
    assert OpenAIEmbedder("text-embedding-3-large").identity == "text-embedding-3-large/3072", "nobody is asked"
    assert OpenAIEmbedder().identity == "text-embedding-3-small/1536"


def test_texts_go_in_batches(server: ModelServer) -> None:
    texts = [f"Text number {number}." for number in range(600)]
    found = drive(embedder(server, dimensions=4).embed(texts, purpose="document"))
    assert len(found) == 600
    assert [len(asked.body["input"]) for asked in server.asked] == [256, 256, 88]
    assert server.asked[0].body["dimensions"] == 4


def test_long_texts_fill_a_batch_sooner_and_are_cut(server: ModelServer) -> None:
    drive(embedder(server, dimensions=4).embed(["word " * 10_000] * 41, purpose="document"))
    assert [len(asked.body["input"]) for asked in server.asked] == [20, 20, 1]
    assert len(server.asked[0].body["input"][0]) == 20_000


def test_a_text_without_a_word_is_the_zero_vector_and_not_sent(server: ModelServer) -> None:
    blank, worded = drive(embedder(server, dimensions=4).embed(["…", "Kim"], purpose="query"))
    assert not blank.any()
    assert worded.any()
    assert server.asked[0].body["input"] == ["Kim"]
    assert drive(embedder(server, dimensions=4).embed([], purpose="query")) == []


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [{"index": 0, "embedding": [0.0, 0.0, 0.0, 0.0]}]},
        {"data": [{"index": 0, "embedding": [1.0, 2.0]}]},
        {"data": [{"index": 0, "embedding": "none"}]},
        {"data": None},
        {"hello": "world"},
        [1, 2],
    ],
)
def test_vectors_that_cannot_be_are_refused(server: ModelServer, body: object) -> None:
    server.always_plays(lambda asked, said: played.Served(body))
    with pytest.raises(ModelError) as caught:
        drive(embedder(server, dimensions=4).embed(["Kim"], purpose="document"))
    assert caught.value.reason == "garbled"


def test_a_server_of_vectors_that_is_busy_is_asked_again(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "WAITS_S", (0.0, 0.0))
    server.plays(played.busy(), played.down)
    assert len(drive(embedder(server, dimensions=4).embed(["Kim"], purpose="document"))) == 1


def test_where_vectors_do_not_come_nothing_is_written_and_it_is_an_error(server: ModelServer, tmp_path: Path) -> None:
    with Memory(tmp_path / "notes.db", embedder=embedder(server, dimensions=4)) as memory:
        server.always_plays(played.wrong_key)
        with pytest.raises(ModelError, match="key"):
            memory.add("Kim lives in Oslo.", user_id="ada")
        assert memory.stats(user_id="ada").episodes == 0


def test_a_store_keeps_to_the_vectors_of_one_model(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHMEM_MODEL_URL", server.url)
    with Memory(tmp_path / "notes.db", embedder="openai:tiny") as memory:
        memory.add("Kim lives in Oslo.", user_id="ada")
        assert memory.recall("Where does Kim live?", user_id="ada").hits
    other = Memory(tmp_path / "notes.db", embedder=embedder(server, dimensions=4))
    with other, pytest.raises(EmbedderMismatch, match="reembed"):
        other.recall("Where does Kim live?", user_id="ada")
    other = Memory(tmp_path / "notes.db", embedder=embedder(server, dimensions=4))
    with other:
        assert other.reembed() == 2
        assert other.recall("Where does Kim live?", user_id="ada").hits


# ------------------------------------------------------------------------------------------------------- kept replies


def test_a_question_asked_before_is_answered_from_the_folder(tmp_path: Path) -> None:
    first = CachedModel(ScriptedModel(["Hello."]), tmp_path / "replies")
    assert drive(first.answer(PROMPT)).usage.calls == 1
    again = CachedModel(ScriptedModel([]), tmp_path / "replies")
    reply = drive(again.answer(PROMPT))
    assert (reply.text, reply.usage.calls) == ("Hello.", 0)
    assert (again.identity, again.blocks) == ("scripted", True)


def test_another_question_is_asked_and_a_failure_is_not_kept(tmp_path: Path) -> None:
    script = ScriptedModel(["One.", ModelError("nobody there", "away"), "Two."])
    model = CachedModel(script, tmp_path)
    other = Prompt("extract", "Say something.", "Good night.", {"type": "object"}, 100)
    assert drive(model.answer(PROMPT)).text == "One."
    with pytest.raises(ModelError):
        drive(model.answer(other))
    assert drive(model.answer(other)).text == "Two."
    assert len(script.prompts) == 3


def test_the_same_messages_are_paid_for_once(tmp_path: Path) -> None:
    script = ScriptedModel(lambda prompt: '{"facts": []}')
    for _ in range(2):
        with Memory(":memory:", extractor="openai", model=CachedModel(script, tmp_path)) as memory:
            memory.add_many([{"text": "Kim lives in Oslo.", "at": "2026-03-04T12:00:00+00:00"}], user_id="ada")
    assert len(script.prompts) == 1, "the marks of the fence are new each time, and count nothing"


def test_only_their_owner_may_read_kept_replies(tmp_path: Path) -> None:
    drive(CachedModel(ScriptedModel(["Hello."]), tmp_path / "replies").answer(PROMPT))
    [file] = (tmp_path / "replies").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
