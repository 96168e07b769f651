"""Mem0's configuration says where memory is kept and whom it asks; the rest is named once."""

from pathlib import Path
from typing import Any

import pytest

from graphmem.compat.mem0 import Mem0Difference, Memory
from graphmem.compat.mem0.settings import settings_from
from graphmem.embedding.openai import OpenAIEmbedder
from graphmem.errors import InvalidInput
from graphmem.llm.openai import OpenAIModel


def test_a_folder_becomes_a_file_in_it_and_a_collection_an_organisation(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    config = {"vector_store": {"provider": "chroma", "config": {"path": str(folder), "collection_name": "notes"}}}
    with Memory.from_config(config) as memory:
        memory.add("Likes tea.", user_id="ana", infer=False)
        assert memory.native.scoped(user_id="ana").facts()[0].space == "org=notes/user=ana"
    assert (folder / "graphmem.db").exists()


def test_a_graph_store_of_neo4j_is_where_everything_is_kept() -> None:
    settings = settings_from(
        {
            "graph_store": {"provider": "neo4j", "config": {"url": "bolt://h:1", "username": "u", "password": "p"}},
            "vector_store": {"provider": "qdrant", "config": {"path": "qdrant"}},
        }
    )
    assert (settings.url, settings.auth, settings.org_id) == ("bolt://h:1", ("u", "p"), "mem0")


@pytest.mark.parametrize(
    ("provider", "config"),
    [
        ("openai", {"model": "gpt-4.1-nano", "api_key": "k", "openai_base_url": "http://localhost:1/v1"}),
        ("ollama", {"model": "llama3.2"}),
        ("lmstudio", {"model": "qwen", "lmstudio_base_url": "http://localhost:1234/v1"}),
    ],
)
def test_a_model_that_speaks_as_openai_does_is_asked(provider: str, config: dict[str, Any]) -> None:
    part = {"provider": provider, "config": config}
    settings = settings_from({"llm": part, "embedder": part, "version": "v1.1", "history_db_path": "h.db"})
    assert isinstance(settings.model, OpenAIModel)
    assert isinstance(settings.embedder, OpenAIEmbedder)
    assert settings.model.identity == config["model"]
    assert settings.unknown == []


def test_what_has_no_counterpart_is_named_in_one_warning() -> None:
    config = {
        "vector_store": {"provider": "pgvector", "config": {"host": "db", "port": 5432}},
        "graph_store": {"provider": "memgraph", "config": {"url": "bolt://h:1"}},
        "llm": {"provider": "gemini", "config": {"model": "x"}},
        "embedder": {"provider": "gemini"},
        "reranker": {"provider": "cohere"},
        "custom_instructions": "Only food.",
    }
    with pytest.warns(Mem0Difference) as warned:
        settings = settings_from(config)
    [warning] = warned
    for name in ("vector_store.config.host", "graph_store memgraph", "llm gemini", "reranker", "custom_instructions"):
        assert name in str(warning.message)
    assert (settings.url, settings.embedder, settings.model) == (None, "static", None)


def test_of_a_model_of_settings_what_somebody_set_counts() -> None:
    class Config:
        def model_dump(self, *, exclude_unset: bool) -> dict[str, Any]:
            assert exclude_unset
            return {"vector_store": {"provider": "qdrant", "config": {"path": ":memory:"}}}

    assert settings_from(Config()).url == ":memory:"


@pytest.mark.parametrize("wrong", ["memory.db", 7, ["vector_store"]])
def test_settings_are_a_mapping(wrong: Any) -> None:
    with pytest.raises(InvalidInput, match="config is"):
        settings_from(wrong)
