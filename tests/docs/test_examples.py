"""Examples in docstrings run, and print what they say."""

import asyncio
import doctest
from importlib import import_module
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from graphmem import Memory
from graphmem._colour import drive
from graphmem.errors import Conflict
from graphmem.llm.openai import OpenAIModel
from graphmem.protocols import Store
from graphmem.stores.embedded import EmbeddedStore
from graphmem.testing import Scribe, WordEmbedder

PACKAGE = Path(__file__).resolve().parents[2] / "graphmem"
IMPORTED = {
    "asyncio": asyncio,
    "pytest": pytest,
    "Conflict": Conflict,
    "GraphDatabase": GraphDatabase,
    "Memory": Memory,
    "OpenAIModel": OpenAIModel,
    "Store": Store,
}
"""What examples use and do not import, since their readers know where it is from."""
WITH_EXAMPLES = sorted(path for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=named)
def test_the_examples_of_a_module_print_what_they_say(path: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = EmbeddedStore(":memory:")
    drive(store.open(embedder=WordEmbedder().identity, dimensions=WordEmbedder().dimensions))
    scribe = Scribe(store, "org=default/user=grace")
    scribe.say("The same.", identity="same")
    with Memory(":memory:") as memory:
        there = {"memory": memory, "store": store, "scribe": scribe}
        module = import_module(named(path))
        result = doctest.testmod(module, globs={**IMPORTED, **vars(module), **there})
    drive(store.close())
    assert result.failed == 0
