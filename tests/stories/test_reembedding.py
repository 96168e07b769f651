"""Another embedder for the same memories."""

from pathlib import Path

import pytest

from graphmem import EmbedderMismatch, Memory
from graphmem.testing import WordEmbedder


def test_another_embedder_is_refused_by_name_until_everything_is_embedded_anew(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with Memory(path) as memory:
        memory.add("The office moves to Turin.", user_id="ada", source_id="note", title="Office")
        memory.add("I keep bees.", user_id="bob")
    with Memory(path, embedder=WordEmbedder(64)) as other:
        with pytest.raises(EmbedderMismatch, match="graphmem reembed"):
            other.recall("Where does the office move to?", user_id="ada")
        assert other.reembed() == 4
        assert "Turin" in str(other.recall("Where does the office move to?", user_id="ada"))
        assert "bees" in str(other.recall("What do I keep?", user_id="bob"))
    with Memory(path) as memory, pytest.raises(EmbedderMismatch):
        memory.recall("Where does the office move to?", user_id="ada")
