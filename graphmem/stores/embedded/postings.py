"""Which texts of a part hold which stem, in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places
from graphmem.stores.embedded.fingerprints import Fingerprints, fingerprints
from graphmem.stores.embedded.lists import insert, inserted
from graphmem.stores.tokens import packed

_MOST = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class Postings:
    """The texts that hold a stem, by their places in ascending order, and how often each does.

    Those of `stems[n]` are `places[starts[n] : starts[n + 1]]`, with `counts` beside them.
    """

    stems: Fingerprints
    """Ascending."""
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

    @property
    def bytes(self) -> int:
        """How much memory this takes."""
        columns = (self.stems, self.starts, self.places, self.counts, self.lengths, self.distinct)
        return sum(column.nbytes for column in columns)

    def of(self, stem: np.uint64) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Places of the texts with this stem, and how often it stands there."""
        number = int(self.stems.searchsorted(stem))
        is_known = number < len(self.stems) and self.stems[number] == stem
        held = slice(self.starts[number], self.starts[number + 1]) if is_known else slice(0, 0)
        return self.places[held], self.counts[held]

    def with_more(self, texts: Sequence[str]) -> "Postings":
        """These and further texts, each as it is stored: its stems joined by blanks."""
        if not texts:
            return self
        stems, lengths = fingerprints(texts)
        order = np.argsort(stems, kind="stable")  # so that the texts of a stem ascend
        stems, places = stems[order], np.repeat(np.arange(len(texts), dtype=np.int32), lengths)[order]
        is_first = np.ones(len(stems), np.bool_)
        is_first[1:] = (stems[1:] != stems[:-1]) | (places[1:] != places[:-1])
        firsts = np.flatnonzero(is_first)
        counts = np.diff(firsts, append=len(stems))
        stems, places = stems[firsts], places[firsts]
        known, starts = self._with_stems(stems)
        starts, ends = insert(starts, known.searchsorted(stems), len(known))
        return Postings(
            known,
            starts,
            inserted(self.places, ends, places + np.int32(self.texts)),
            inserted(self.counts, ends, np.minimum(counts, _MOST).astype(np.uint16)),
            np.concatenate((self.lengths, lengths.astype(np.int32))),
            np.concatenate((self.distinct, np.bincount(places, minlength=len(texts)).astype(np.int32))),
        )

    def _with_stems(self, stems: Fingerprints) -> tuple[Fingerprints, Places]:
        """All stems, these among them, and where the texts of each start; these may repeat, and come sorted."""
        new = stems[np.append(True, stems[1:] != stems[:-1])[: len(stems)]]
        if len(self.stems):
            places = np.minimum(self.stems.searchsorted(new), len(self.stems) - 1)
            new = new[self.stems[places] != new]
        before = self.stems.searchsorted(new)
        return inserted(self.stems, before, new), inserted(self.starts, before, self.starts[before])

    def of_some(self, kept: Places) -> "Postings":
        """Those of some texts, whose places come sorted."""
        fresh = np.full(self.texts, -1, np.int32)
        fresh[kept] = np.arange(len(kept), dtype=np.int32)
        places = fresh[self.places]
        is_kept = places >= 0
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(is_kept, dtype=np.int64)))
        return Postings(
            self.stems,
            before[self.starts],
            places[is_kept],
            self.counts[is_kept],
            self.lengths[kept],
            self.distinct[kept],
        )


def of_stems(stems: Iterable[str]) -> Fingerprints:
    """Stems as `Postings.of` knows them, in order."""
    return fingerprints([packed(stems)])[0]


NO_POSTINGS = Postings(
    np.empty(0, np.uint64),
    np.zeros(1, np.int64),
    np.empty(0, np.int32),
    np.empty(0, np.uint16),
    np.empty(0, np.int32),
    np.empty(0, np.int32),
)
