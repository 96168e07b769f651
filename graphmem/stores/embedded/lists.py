"""Lists of places: made from pairs, and made longer."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Lists, Places

Mask = NDArray[np.bool_]

T = TypeVar("T", bound=np.generic)


def in_order(groups: Places, places: Places, count: int) -> Lists:
    """A list for each of `count` groups, from pairs that are sorted by group."""
    return Lists(_starts(groups, count), places)


def grouped(groups: Places, places: Places, count: int) -> Lists:
    """A list for each of `count` groups, each in the order of the pairs."""
    order = np.argsort(groups, kind="stable")
    return in_order(groups[order], places[order], count)


def insert(starts: Places, groups: Places, count: int) -> tuple[Places, Places]:
    """Make room at the ends of lists, of which there are `count` then, for one more place a group. Groups come sorted.

    Returns:
        The new starts, and where `inserted` has to put the places.
    """
    longer = np.concatenate((starts, np.full(count + 1 - len(starts), starts[-1])))
    return longer + _starts(groups, count), longer[groups + 1]


def inserted(column: NDArray[T], ends: Places, values: NDArray[T]) -> NDArray[T]:
    """A column with values put in before these places of it, which ascend: `numpy.insert` would sort them first."""
    if not len(column):
        return values
    places = ends + np.arange(len(ends))
    is_old = np.ones(len(column) + len(values), np.bool_)
    is_old[places] = False
    both = np.empty(len(is_old), column.dtype)
    both[is_old], both[places] = column, values
    return both


def with_more(lists: Lists, groups: Places, places: Places, count: int, *, in_front: bool = False) -> Lists:
    """The lists with places added to their ends, or in front of them."""
    order = np.argsort(groups, kind="stable")
    starts, ends = insert(lists.starts, groups[order], count)
    if in_front:
        ends = lists.starts[np.minimum(groups[order], len(lists.starts) - 1)]
    return Lists(starts, inserted(lists.places, ends, places[order]))


def distinct(numbers: Places) -> Places:
    """Each number once, in ascending order. By sorting: `numpy.unique` hashes, which takes ten times as long."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate((ordered[:1] >= 0, ordered[1:] != ordered[:-1]))]


def _starts(groups: Places, count: int) -> Places:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(groups, minlength=count))))


NO_LISTS = Lists(np.zeros(1, np.int64), np.empty(0, np.int64))
