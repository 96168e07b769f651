"""Vectors of OpenAI, or of a server that is compatible with it, in batches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from graphmem.config import EMBEDDING_MODEL
from graphmem.errors import ModelError
from graphmem.first_use import on_first_use
from graphmem.llm.client import Server, patiently
from graphmem.protocols import Vector

DEFAULT_MODEL = "text-embedding-3-small"

DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
"""Of OpenAI's own models, so that opening a store asks nobody."""

BATCH = 256
"""Texts of one call."""

BATCH_CHARACTERS = 400_000
"""Of one call: some 100,000 tokens, where OpenAI takes 300,000."""

LONGEST_TEXT = 20_000
"""Characters of a text that are embedded: OpenAI reads 8,192 tokens, which is some 30,000 characters of English."""

TIMEOUT_S = 60.0


class OpenAIEmbedder:
    """The vectors of one model; safe to share between threads.

    >>> embedder = OpenAIEmbedder("text-embedding-3-large", dimensions=256)
    >>> embedder.identity
    'text-embedding-3-large/256'

    The texts leave the machine. A model that is not OpenAI's is asked once how many dimensions it has, where nobody
    says. A server that is busy or fails is asked three times at most; then what was to be written is not.
    """

    blocks = True

    def __init__(
        self,
        model: str | None = None,
        *,
        dimensions: int | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Name a model.

        Args:
            model: As the server calls it. None: GRAPHMEM_EMBEDDING_MODEL, else `text-embedding-3-small`.
            dimensions: Shorter vectors than the model has, where it can make them.
            base_url: Address of a compatible server, to its `/v1`. None: GRAPHMEM_MODEL_URL, else OpenAI's.
            api_key: None: OPENAI_API_KEY. A server that was named may want none.
            timeout_s: Seconds of silence after which the server is given up.
        """
        self._model = model or os.environ.get(EMBEDDING_MODEL) or DEFAULT_MODEL
        self._wanted = dimensions
        self._server = Server(base_url, api_key, timeout_s)

    @property
    def identity(self) -> str:
        """The name of the model and its dimensions."""
        return f"{self._model}/{self.dimensions}"

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return self._wanted or DIMENSIONS.get(self._model) or self._size

    async def embed(self, texts: Sequence[str], *, purpose: Literal["document", "query"]) -> list[Vector]:  # noqa: ARG002 - these models make no difference
        """Return one vector of unit length per text, in order.

        A text without a letter or a digit gives the zero vector: a model would make one up.

        Raises:
            ModelError: The vectors did not come, or not as many and as long as they should be.
        """
        worded = [number for number, text in enumerate(texts) if any(map(str.isalnum, text))]
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        cut = [texts[number][:LONGEST_TEXT] for number in worded]
        for batch in _batches(cut):
            found = self._embedded(cut[batch])
            size = found.shape[1]
            if size != self.dimensions:
                raise ModelError(
                    f"{self._model}: vectors of {size} dimensions came instead of {self.dimensions}", "garbled"
                )
            vectors[worded[batch]] = found
        return list(vectors)

    @on_first_use
    def _size(self) -> int:
        return self._embedded([self._model]).shape[1]

    def _embedded(self, texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        client = self._server.client
        wanted = {} if self._wanted is None else {"dimensions": self._wanted}
        try:
            told = patiently(
                lambda: client.embeddings.create(
                    model=self._model, input=texts, encoding_format="float", extra_body=wanted
                ),
                model=self._model,
            )
            rows = [item.embedding for item in sorted(told.data, key=lambda item: item.index)]
            found = np.array(rows, np.float32).reshape(len(texts), -1)
        except (AttributeError, TypeError, ValueError) as error:  # the package builds what it is sent, of any shape
            raise ModelError(f"{self._model}: the server's vectors cannot be read", "garbled") from error
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise ModelError(f"{self._model}: the server's vectors have no direction", "garbled")
        return found / lengths


def _batches(texts: Sequence[str]) -> Iterator[slice]:
    """Stretches of texts that fit into a call."""
    start = size = 0
    for number, text in enumerate(texts):
        if number > start and (number - start == BATCH or size + len(text) > BATCH_CHARACTERS):
            yield slice(start, number)
            start, size = number, 0
        size += len(text)
    if start < len(texts):
        yield slice(start, len(texts))
