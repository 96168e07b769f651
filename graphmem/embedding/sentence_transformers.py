"""Vectors from any model of the sentence-transformers library; needs the extra of that name.

Nothing is downloaded: a model is a folder, or stands in the cache of the library because somebody fetched it before.
Code that comes with a model is never run.
"""

import hashlib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Literal, Protocol, cast

import numpy as np
import numpy.typing as npt

from graphmem.errors import InvalidInput, PartMissing
from graphmem.first_use import on_first_use
from graphmem.forking import held_by_forks
from graphmem.protocols import Vector

BATCH = 64
"""Texts that the model reads at a time."""

WEIGHTS = ("*.safetensors", "*.bin")


class _Model(Protocol):
    """What is used of `sentence_transformers.SentenceTransformer`."""

    def encode_query(self, inputs: list[str], **how: object) -> npt.NDArray[np.float32]: ...
    def encode_document(self, inputs: list[str], **how: object) -> npt.NDArray[np.float32]: ...


class SentenceTransformerEmbedder:
    """The vectors of one model; safe to share between threads, which take turns.

    >>> embedder = SentenceTransformerEmbedder("models/all-MiniLM-L6-v2")  # doctest: +SKIP

    Questions and documents get the prompts that the model has for them, if any. A text longer than the model reads is
    cut by it. The model is loaded on first use.
    """

    blocks = True

    def __init__(self, model: str) -> None:
        """Name a model.

        Args:
            model: A folder that holds one, or the name of one that was fetched before (`hf download NAME`).
        """
        if not model.strip():
            raise InvalidInput("the model has no name: pass a folder, or the name of a model that was fetched before")
        self._name = model
        self._folder = folder if (folder := Path(model).expanduser()).is_dir() else None
        self._one_at_a_time = held_by_forks(Lock())  # tokenizers cannot be shared: "Already borrowed"
        self._loading = held_by_forks(Lock())

    @property
    def identity(self) -> str:
        """The name of the model and its dimensions; for a folder also a digest of its weights, whose path says little.

        So a model that was trained further is another one, and a folder may move. A name stands for one model.
        """
        return f"{self._called}/{self.dimensions}"

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return self._size

    async def embed(self, texts: Sequence[str], *, purpose: Literal["document", "query"]) -> list[Vector]:
        """Return one vector of unit length per text, in order.

        A text without a letter or a digit gives the zero vector: a model would make one up.
        """
        worded = [number for number, text in enumerate(texts) if any(map(str.isalnum, text))]
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        if worded:
            vectors[worded] = self._encoded([texts[number] for number in worded], purpose)
        return list(vectors)

    @on_first_use
    def _called(self) -> str:
        if self._folder is None:
            return self._name.rpartition("/")[2]
        return f"{self._folder.resolve().name}-{_digest(self._folder)}"

    @on_first_use
    def _size(self) -> int:
        return len(self._encoded([self._name], "document")[0])

    def _encoded(self, texts: list[str], purpose: Literal["document", "query"]) -> npt.NDArray[np.float32]:
        model = self._loaded()
        encode = model.encode_query if purpose == "query" else model.encode_document
        with self._one_at_a_time:
            return encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)

    def _loaded(self) -> _Model:
        with self._loading:  # or two threads that meet here first would each load it
            return self._model

    @on_first_use
    def _model(self) -> _Model:
        try:
            library = import_module("sentence_transformers")
        except ImportError as error:
            raise PartMissing(
                f'the embedder "sentence-transformers:{self._name}" needs an extra: '
                'pip install "graphmem[sentence-transformers]"'
            ) from error
        path = self._name if self._folder is None else str(self._folder)
        try:
            return cast("_Model", library.SentenceTransformer(path, local_files_only=True, trust_remote_code=False))
        except (OSError, ValueError) as error:
            raise PartMissing(
                f"{self._name!r} is neither a folder with a model of sentence-transformers nor a model that was "
                f"fetched before, and graphmem downloads none: run `hf download NAME`, or pass a folder ({error})"
            ) from error


def _digest(folder: Path) -> str:
    """A few characters that change with any weight."""
    digest = hashlib.blake2b(digest_size=4)
    for path in sorted(path for pattern in WEIGHTS for path in folder.rglob(pattern)):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()
