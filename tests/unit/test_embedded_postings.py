"""Postings answer for a stem as a look through all texts would, however they grew."""

import random

import numpy as np
import pytest

from graphmem.stores.embedded.fingerprints import BATCH, fingerprints
from graphmem.stores.embedded.postings import NO_POSTINGS, Postings, of_stems
from graphmem.stores.tokens import packed

STEMS = ("tea", "teas", "oslo", "a", "12345678", "123456789", "international", "internationalist", "zürich", "x", "茶")


def some_texts(seed: int, count: int) -> list[list[str]]:
    chance = random.Random(seed)
    return [chance.choices(STEMS[:-1], k=chance.choice((0, 1, 2, 30))) for _ in range(count)]


def told(postings: Postings, stem: str) -> dict[int, int]:
    places, counts = postings.of(of_stems([stem])[0])
    assert places.tolist() == sorted(places.tolist())
    return dict(zip(places.tolist(), counts.tolist(), strict=True))


@pytest.mark.parametrize("sizes", [(40,), (1, 1, 38), (20, 0, 20), (BATCH + 1, 3)])
def test_postings_that_grew_tell_what_stands_in_each_text(sizes: tuple[int, ...]) -> None:
    texts = some_texts(len(sizes), sum(sizes))
    postings, first = NO_POSTINGS, 0
    for size in sizes:
        postings = postings.with_more([packed(text) for text in texts[first : first + size]])
        first += size
    for stem in STEMS:
        assert told(postings, stem) == {place: text.count(stem) for place, text in enumerate(texts) if stem in text}
    assert postings.lengths.tolist() == [len(text) for text in texts]
    assert postings.distinct.tolist() == [len(set(text)) for text in texts]


def test_postings_of_some_texts_know_only_these() -> None:
    texts = some_texts(0, 30)
    kept = np.arange(0, 30, 3)
    some = NO_POSTINGS.with_more([packed(text) for text in texts]).of_some(kept)
    for stem in STEMS:
        assert told(some, stem) == {at: texts[i].count(stem) for at, i in enumerate(kept) if stem in texts[i]}


def test_different_stems_have_different_numbers() -> None:
    stems = [*STEMS, *(f"{word}{number}" for word in ("s", "seventeenletters") for number in range(5000))]
    numbers, lengths = fingerprints([packed(stems)])
    assert len(np.unique(numbers)) == len(stems)
    assert lengths.tolist() == [len(stems)]
