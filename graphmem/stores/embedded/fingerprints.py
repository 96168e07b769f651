"""Stems as numbers, by arithmetic on whole texts: no stem of a million becomes a string of its own."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Fingerprints = NDArray[np.uint64]

BATCH = 512
"""Texts that are read at once."""

_WORD = 8
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(_WORD + 1)], np.uint64)
_BLANK = ord(" ")
_END = ord("\n")


def fingerprints(texts: Sequence[str]) -> tuple[Fingerprints, NDArray[np.int64]]:
    """The stems of texts, each as it is stored (ASCII, with a blank between stems): end to end, and how many each has.

    Stems of up to eight letters have numbers of their own; two longer ones share theirs once in 2^64 pairs.
    """
    parts = [(np.empty(0, np.uint64), np.empty(0, np.int64)), *_batches(texts)]
    stems, lengths = (np.concatenate(part) for part in zip(*parts, strict=True))
    return stems, lengths


def _batches(texts: Sequence[str]) -> Iterator[tuple[Fingerprints, NDArray[np.int64]]]:
    for start in range(0, len(texts), BATCH):
        yield _read("\n".join(texts[start : start + BATCH]).encode("ascii") + b"\n")


def _read(said: bytes) -> tuple[Fingerprints, NDArray[np.int64]]:
    codes = np.frombuffer(said, np.uint8)
    ends = np.flatnonzero(codes <= _BLANK)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    lefts = ends - starts
    is_stem = lefts > 0  # a text without any has an end, but nothing before it
    counts = np.cumsum(is_stem)[codes[ends] == _END]
    starts, lefts = starts[is_stem], lefts[is_stem]
    # The eight letters that begin at any place, as one number.
    words = np.ndarray((len(said) + 1,), "<u8", said + bytes(_WORD), strides=(1,))
    found = _mixed(words[starts] & _MASKS[np.minimum(lefts, _WORD)])
    longer = np.flatnonzero(lefts > _WORD)
    while len(longer):
        starts[longer] += _WORD
        lefts[longer] -= _WORD
        found[longer] = _mixed(found[longer] ^ (words[starts[longer]] & _MASKS[np.minimum(lefts[longer], _WORD)]))
        longer = longer[lefts[longer] > _WORD]
    return found, np.diff(counts, prepend=0)


def _mixed(numbers: Fingerprints) -> Fingerprints:
    """Spread over all bits, one to one. Source: the finalizer of splitmix64."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
