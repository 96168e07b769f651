"""Which texts of a part hold which stem, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places
from graphmem.stores.embedded.lists import insert
from graphmem.stores.tokens import token

_MOST = np.iinfo(np.uint16).max


class _Numbers(dict[str, int]):
    """Stems as they are stored, numbered in the order they were met."""

    def __missing__(self, stored: str) -> int:
        self[stored] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Postings:
    """The texts that hold a stem, by their places in ascending order, and how often each does.

    Those of stem number n are `places[starts[n] : starts[n + 1]]`, with `counts` beside them.
    """

    numbers: _Numbers
    starts: NDArray[np.int64]
    places: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]
    """How many stems each text has, repeats counted."""
    distinct: NDArray[np.int32]
    """How many it has, each counted once."""

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.lengths)

    def of(self, stem: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Places of the texts with this stem, and how often it stands there."""
        number = self.numbers.get(token(stem))
        held = slice(0, 0) if number is None else slice(self.starts[number], self.starts[number + 1])
        return self.places[held], self.counts[held]

    def with_more(self, texts: Sequence[str]) -> "Postings":
        """These and further texts, each as it is stored: its stems joined by blanks."""
        if not texts:
            return self
        numbers = _Numbers(self.numbers)
        said = " ".join(texts).split()
        stems = np.fromiter(map(numbers.__getitem__, said), np.int64, len(said))
        lengths = np.fromiter((text.count(" ") + 1 if text else 0 for text in texts), np.int32, len(texts))
        # Stem and text in one number: sorted, equal ones stand side by side.
        marks = stems * len(texts) + np.repeat(np.arange(len(texts)), lengths)
        marks.sort()
        firsts = np.flatnonzero(np.concatenate(([True], marks[1:] != marks[:-1]))) if len(marks) else marks
        counts = np.diff(firsts, append=len(marks))
        groups, places = np.divmod(marks[firsts], len(texts))
        starts, ends = insert(self.starts, groups, len(numbers))
        return Postings(
            numbers,
            starts,
            np.insert(self.places, ends, (places + self.texts).astype(np.int32)),
            np.insert(self.counts, ends, np.minimum(counts, _MOST).astype(np.uint16)),
            np.concatenate((self.lengths, lengths)),
            np.concatenate((self.distinct, np.bincount(places, minlength=len(texts)).astype(np.int32))),
        )

    def of_some(self, kept: Places) -> "Postings":
        """Those of some texts, whose places come sorted."""
        fresh = np.full(self.texts, -1, np.int32)
        fresh[kept] = np.arange(len(kept), dtype=np.int32)
        places = fresh[self.places]
        is_kept = places >= 0
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(is_kept, dtype=np.int64)))
        return Postings(
            self.numbers,
            before[self.starts],
            places[is_kept],
            self.counts[is_kept],
            self.lengths[kept],
            self.distinct[kept],
        )


NO_POSTINGS = Postings(
    _Numbers(),
    np.zeros(1, np.int64),
    np.empty(0, np.int32),
    np.empty(0, np.uint16),
    np.empty(0, np.int32),
    np.empty(0, np.int32),
)
