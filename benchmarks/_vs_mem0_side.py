"""One side of `vs_mem0.py`: a process that makes the calls it reads from standard input and prints their milliseconds,
and the sources that each found.

It runs in Mem0's environment too, where of graphmem only the static table can be imported.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

Call = Callable[[str, str, str], list[str]]
"""With a user, a text and what its source is called; returns the sources found."""


class Table:
    """graphmem's static table as an embedder of Mem0."""

    def __init__(self, config: object) -> None:
        from graphmem.embedding.static import StaticEmbedder

        self.config = config
        self._table = StaticEmbedder()

    def embed(self, text: str, memory_action: Literal["add", "search", "update"] | None = None) -> list[float]:  # noqa: ARG002 - Mem0's signature
        """The vector of a text."""
        [vector] = asyncio.run(self._table.embed([text], purpose="document"))
        return vector.tolist()

    def embed_batch(self, texts: list[str], memory_action: str = "add") -> list[list[float]]:  # noqa: ARG002
        """The vectors of texts."""
        return [vector.tolist() for vector in asyncio.run(self._table.embed(texts, purpose="document"))]


def mem0_calls(home: Path, limit: int) -> dict[str, Call]:
    """Mem0 as it comes, but for the embedder, and with its files in `home`."""
    os.environ.setdefault("OPENAI_API_KEY", "never used")  # its default model wants one to be made, not to be asked
    from mem0 import Memory
    from mem0.utils.factory import EmbedderFactory

    EmbedderFactory.provider_to_class["openai"] = f"{__name__}.Table"
    settings: dict[str, Any] = {
        "vector_store": {"provider": "qdrant", "config": {"path": str(home / "qdrant"), "embedding_model_dims": 256}},
        "history_db_path": str(home / "history.db"),
    }
    memory = Memory.from_config(settings)

    def add(user: str, text: str, source: str) -> list[str]:
        memory.add(text, user_id=user, infer=False, metadata={"source": source})
        return []

    def recall(user: str, text: str, source: str) -> list[str]:  # noqa: ARG001 - a question has none
        found = memory.search(text, filters={"user_id": user}, top_k=limit)["results"]
        return [result["metadata"]["source"] for result in found]

    return {"add": add, "recall": recall}


def graphmem_calls(home: Path, extractor: Literal["offline", "none"], limit: int) -> dict[str, Call]:
    """The memory of this project, in a file."""
    from graphmem import Memory

    memory = Memory(home / "memory.db", extractor=extractor)

    def add(user: str, text: str, source: str) -> list[str]:
        memory.add(text, user_id=user, source_id=source)
        return []

    def recall(user: str, text: str, source: str) -> list[str]:  # noqa: ARG001 - a question has none
        return memory.recall(text, user_id=user, limit=limit).sources

    return {"add": add, "recall": recall}


def main(kind: str, home: Path, limit: int) -> None:
    """Serve calls until standard input ends."""
    calls = mem0_calls(home, limit) if kind == "mem0" else graphmem_calls(home, kind, limit)
    for line in sys.stdin:
        order = json.loads(line)
        call = calls[order["verb"]]
        taken: list[float] = []
        found: list[list[str]] = []
        for text, source in order["texts"]:
            started = time.perf_counter()
            sources = call(order["user"], text, source)
            taken.append(1000 * (time.perf_counter() - started))
            found.append(sources)
        print(json.dumps({"ms": taken, "sources": found}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
