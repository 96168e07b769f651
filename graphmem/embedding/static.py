"""The default embedder: one table row per word piece, a text is the mean of its rows. No network, no neural library.

The table (`graphmem/data/static_minilm_256`, with its own card and licence) holds a row of 256 numbers for each of the
30,522 WordPieces of all-MiniLM-L6-v2. How often a word is used is already weighed into the rows, so no stop word is
left out here.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock
from typing import Literal

import numpy as np
import numpy.typing as npt

from graphmem.forking import held_by_forks
from graphmem.protocols import Vector

WORDS = re.compile(r"[^\W_]+|[^\w\s]|_")
"""A run of letters and digits, or any other visible character alone."""

LONGEST_WORD = 100
"""Characters; a longer run is noise and becomes the unknown piece, as in the original WordPiece."""

KNOWN_WORDS = 65_536
"""Words whose pieces are kept in memory (words repeat, so this is most of the speed)."""

_IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


class StaticEmbedder:
    """Vectors of 256 numbers from a table that ships with the package; safe to share between threads.

    >>> [vector] = asyncio.run(StaticEmbedder().embed(["Ada works at Acme."], purpose="document"))

    The table is read on first use (7 MB on disk, 31 MB in memory, once per process).
    """

    blocks = True
    identity = "static-minilm-256/1"
    dimensions = 256

    async def embed(self, texts: Sequence[str], *, purpose: Literal["document", "query"]) -> list[Vector]:  # noqa: ARG002
        """Return one vector of unit length per text, in order; documents and questions are encoded alike.

        A text without any word has no direction and gives the zero vector (`not vector.any()`): do not store it.
        No text is cut: time grows with its length.
        """
        table = _table()
        # An empty selection of rows sums to the zero vector.
        return [_unit(table.vectors.take(table.pieces(text), axis=0).sum(axis=0)) for text in texts]

    def weighted(self, text: str, weight: Callable[[str], float]) -> Vector:
        """Return the unit-length vector of a question in which each word counts by its own weight.

        Args:
            text: The question.
            weight: Weight of a word, at least 0, asked once per occurrence. Words come as the table knows them: lower
                case, without accents, punctuation marks one by one (`"Ada's?"` asks for `ada`, `'`, `s` and `?`). All
                pieces of a word get its weight.

        Returns:
            The zero vector when the text has no word or every weight is 0.
        """
        table = _table()
        pieces: list[int] = []
        weights: list[float] = []
        for word in WORDS.findall(normal(text)):
            of_word = table.pieces_of(word)
            pieces += of_word
            weights += [weight(word)] * len(of_word)
        return _unit(np.array(weights, np.float32) @ table.vectors[pieces]) if pieces else _zero()


def normal(text: str) -> str:
    """Write a text as the table knows it: lower case, no accents, no control characters, ideographs standing alone."""
    return text.lower().translate(_WRITTEN)


class _Written(dict[int, str]):
    """How the table writes a character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        letters = (c for c in unicodedata.normalize("NFD", chr(code)) if unicodedata.category(c) != "Mn")
        kept = "".join(c for c in letters if c in "\t\n\r" or not unicodedata.category(c).startswith("C"))
        self[code] = written = f" {kept} " if _IDEOGRAPH.fullmatch(kept) else kept
        return written


_WRITTEN = _Written()


class _Table:
    """The vocabulary and its rows."""

    def __init__(self, vectors: npt.NDArray[np.float32], vocabulary: Sequence[str]) -> None:
        self.vectors = vectors
        self._row = {piece: row for row, piece in enumerate(vocabulary) if piece}
        self._unknown = (self._row["[UNK]"],)
        self._cached = lru_cache(KNOWN_WORDS)(self._longest_pieces)

    def pieces(self, text: str) -> list[int]:
        """Rows of a text's word pieces, in order."""
        return [row for word in WORDS.findall(normal(text)) for row in self.pieces_of(word)]

    def pieces_of(self, word: str) -> tuple[int, ...]:
        """Rows of one word's pieces; a word with a part that the vocabulary lacks is one unknown piece."""
        return self._cached(word) if len(word) <= LONGEST_WORD else self._unknown

    def _longest_pieces(self, word: str) -> tuple[int, ...]:
        rows: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = (end for end in range(len(word), start, -1) if prefix + word[start:end] in self._row)
            end = next(ends, None)
            if end is None:
                return self._unknown
            rows.append(self._row[prefix + word[start:end]])
            start = end
        return tuple(rows)


_loading = held_by_forks(Lock())


def _table() -> _Table:
    with _loading:  # or two threads that meet here first would each read the table
        return _read_table()


@cache
def _read_table() -> _Table:
    folder = files("graphmem") / "data" / "static_minilm_256"
    with (folder / "table.npz").open("rb") as file, np.load(file) as stored:
        vectors = stored["q"].astype(np.float32) * stored["s"].astype(np.float32)[:, None]
    # Not splitlines(): it would also split at line separators that are pieces of the vocabulary.
    return _Table(vectors, (folder / "vocab.txt").read_text(encoding="utf-8").split("\n"))


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(vector @ vector)
    return vector / np.float32(length) if length > 0 else _zero()


def _zero() -> Vector:
    return np.zeros(StaticEmbedder.dimensions, np.float32)
