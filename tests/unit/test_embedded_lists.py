"""Lists that grew are those made at once from all their pairs."""

import numpy as np
import pytest

from graphmem.stores.embedded.lists import NO_LISTS, grouped, with_more

CHANCE = np.random.default_rng(0)


@pytest.mark.parametrize("in_front", [False, True])
@pytest.mark.parametrize("sizes", [(0, 5), (5, 0), (30, 30)])
def test_lists_grow_at_the_end_that_is_named(sizes: tuple[int, int], in_front: bool) -> None:
    known, new = (CHANCE.integers(0, 7, size) for size in sizes)
    grown = with_more(grouped(known, np.arange(sizes[0]), 7), new, 100 + np.arange(sizes[1]), 9, in_front=in_front)
    pairs = [(known, np.arange(sizes[0])), (new, 100 + np.arange(sizes[1]))]
    groups, places = (np.concatenate(part) for part in zip(*pairs[:: -1 if in_front else 1], strict=True))
    at_once = grouped(groups, places, 9)
    assert grown.starts.tolist() == at_once.starts.tolist()
    assert grown.places.tolist() == at_once.places.tolist()


def test_lists_grow_from_none() -> None:
    grown = with_more(NO_LISTS, np.array([1, 0, 1]), np.array([5, 6, 7]), 2, in_front=True)
    assert [grown.of(row).tolist() for row in range(2)] == [[6], [5, 7]]
