"""Memory that is read by a language model: the real client, and a server on this machine that a test teaches."""

from collections.abc import Callable, Iterator

import pytest

from graphmem import Memory, OpenAIModel
from graphmem.llm import client
from tests.model_server import KEY, ModelServer

NewMemory = Callable[..., Memory]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setattr(client, "WAITS_S", (0.0, 0.0))
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def model(server: ModelServer) -> OpenAIModel:
    return OpenAIModel("stub-1", base_url=server.url, api_key=KEY)


@pytest.fixture
def reading(new_memory: NewMemory, model: OpenAIModel) -> Memory:
    """A memory that is read by the model, on every store."""
    return new_memory(extractor="openai", model=model)


@pytest.fixture
def memory(model: OpenAIModel) -> Iterator[Memory]:
    """The same, on one store."""
    with Memory(":memory:", extractor="openai", model=model) as memory:
        yield memory
