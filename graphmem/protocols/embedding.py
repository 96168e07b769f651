"""What turns texts into vectors."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""One dimension, unit length; the zero vector stands for a text without any word."""


class Embedder(Protocol):
    """Texts to vectors."""

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        ...

    @property
    def identity(self) -> str:
        """Model and dimensions, stored beside the vectors and compared when a store is opened."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        ...

    async def embed(self, texts: Sequence[str], *, purpose: Literal["document", "query"]) -> list[Vector]:
        """One vector per text, in order."""
        ...


class WeighsWords(Protocol):
    """An embedder that can let rare words of a question count more."""

    def weighted(self, text: str, weight: Callable[[str], float]) -> Vector:
        """The vector of `text` with each word counted `weight(word)` times."""
        ...
