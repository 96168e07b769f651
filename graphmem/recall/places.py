"""Small operations on places, the positions of records in the columns of an `Excerpt`."""

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places

Scores = NDArray[np.float64]

NOWHERE: Places = np.empty(0, dtype=np.int64)


def distinct(places: Places) -> Places:
    """Each place once, in order of first appearance."""
    return places[_firsts(places)]


def distinct_pairs(groups: Places, places: Places) -> Places:
    """The rows that show a group and a place together for the first time, ascending."""
    width = int(places.max(initial=0)) + 2  # places may be -1
    return _firsts(groups * width + places)


def among(places: Places, others: Places) -> NDArray[np.bool_]:
    """Whether each place, or -1 for none, is one of the others. By marks: `numpy.isin` sorts, ten times as long."""
    is_marked = np.zeros(max(int(places.max(initial=0)), int(others.max(initial=0))) + 2, dtype=np.bool_)
    is_marked[others] = True
    return is_marked[places]


def counted(groups: Places) -> Places:
    """For rows sorted by group: how many rows of the same group stand before each."""
    if not len(groups):
        return groups
    starts = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    return np.arange(len(groups)) - np.repeat(starts, np.diff(np.append(starts, len(groups))))


def best(places: Places, scores: Scores, count: int) -> Places:
    """The `count` places with the highest scores, highest first, lower places first among equals."""
    return places[np.lexsort((places, -scores))[:count]]


def best_of_each(groups: Places, scores: Scores) -> Places:
    """The row with the highest score in each group, the first one among equals; rows by their scores, highest first."""
    order = np.argsort(-scores, kind="stable")
    return order[_firsts(groups[order])]


def _firsts(numbers: Places) -> Places:
    """The rows that show a number for the first time, ascending."""
    order = numbers.argsort(kind="stable")
    ordered = numbers[order]
    is_first = np.ones(len(numbers), dtype=np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    firsts = order[is_first]
    firsts.sort()
    return firsts


def scattered(size: int, places: Places, values: Scores) -> Scores:
    """A column with the highest value that stands for each place, 0 elsewhere."""
    column = np.zeros(size)
    np.maximum.at(column, places, values)
    return column
