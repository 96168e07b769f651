"""One question's excerpt: everything its spaces hold, compared with the question."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import (
    Any,  # numbers of either precision
)

import numpy as np
from numpy.typing import NDArray

from graphmem.moment import Moment, to_micros
from graphmem.protocols import (
    Bounds,
    EntityColumns,
    EpisodeColumns,
    FactColumns,
    Lists,
    Nearest,
    Places,
    Vector,
)
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.columns import Columns
from graphmem.stores.embedded.fingerprints import Fingerprints
from graphmem.stores.embedded.lists import Mask
from graphmem.stores.embedded.postings import Postings
from graphmem.stores.embedded.statements import Kind
from graphmem.stores.embedded.vectors import Vectors
from graphmem.stores.embedded.view import Stretch, View
from graphmem.words import idf

HUB = 1000
"""Facts of an entity, from which on choosing pays."""

Similarity = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks with."""

    vector: Vector
    stems: Fingerprints
    moment: Moment
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class EmbeddedExcerpt:
    """See `graphmem.protocols.Excerpt`. Everything is there from the start; places are those of the view."""

    facts: FactColumns
    episodes: EpisodeColumns
    entities: EntityColumns
    near_facts: Places
    near_episodes: Places
    nearest: Nearest
    _view: View
    _bounds: Bounds
    blocks: bool = False

    def entity(self, key: str) -> int:
        """See `Excerpt.entity`."""
        return self._view.places.get(key, -1)

    def about(self, entities: Places) -> tuple[Places, Places]:
        """See `Excerpt.about`."""
        return self._most_similar(self._view.about, entities, self._bounds.about)

    def mentioning(self, entities: Places) -> tuple[Places, Places]:
        """See `Excerpt.mentioning`."""
        return self._most_similar(self._view.mentioning, entities, self._bounds.mentions)

    async def read_degrees(self, entities: Places) -> None:
        """Nothing: they are there."""

    async def read_links(self, entities: Places) -> None:
        """Nothing: they are there."""

    async def read_turns(self, episodes: Places, *, around: int) -> None:
        """Nothing: they are there."""

    def _most_similar(self, lists: Lists, entities: Places, most: int) -> tuple[Places, Places]:
        which, facts = lists.of_all(entities)
        if not len(facts):
            return which, facts
        holds = self.facts.holds[facts]
        which, facts = _without_the_least_of_hubs(which[holds], facts[holds], self.facts.similarity, most)
        # Places ascend within a list, and the sort is stable: equals keep the order of spaces and rows.
        order = np.lexsort((-self.facts.similarity[facts], which))
        which, facts = which[order], facts[order]
        firsts = np.searchsorted(which, np.arange(len(entities)))
        is_kept = np.arange(len(which)) - firsts[which] < most
        return which[is_kept], facts[is_kept]


def excerpt(
    db: sqlite3.Connection, vectors: Vectors, areas: Sequence[Area], view: View, asked: Asked
) -> EmbeddedExcerpt:
    """See `Store.excerpt`: of these areas, which the view shows, within one transaction."""
    facts = _fact_columns(view, asked, _similarities(db, vectors, areas, view, "fact", asked.vector))
    episodes = _episode_columns(view, asked, _similarities(db, vectors, areas, view, "episode", asked.vector))
    vectors.keep(areas)
    return EmbeddedExcerpt(
        facts=facts,
        episodes=episodes,
        entities=EntityColumns(view.keys, view.degree, view.is_common),
        near_facts=_seeds(view, asked, _FACTS, facts.similarity, asked.bounds.facts),
        near_episodes=_seeds(view, asked, _EPISODES, episodes.similarity, asked.bounds.episodes),
        nearest="exact",
        _view=view,
        _bounds=asked.bounds,
    )


def _without_the_least_of_hubs(
    which: Places, facts: Places, similarity: Similarity, most: int
) -> tuple[Places, Places]:
    """The facts of entities, but of one with very many only the best: choosing takes less time than sorting."""
    starts = np.searchsorted(which, np.flatnonzero(np.bincount(which) > max(HUB, most)))
    if not len(starts):
        return which, facts
    is_kept = np.ones(len(which), np.bool_)
    for start in starts.tolist():
        fan = slice(start, np.searchsorted(which, which[start], side="right"))
        is_kept[fan] = False
        is_kept[start + _best(similarity[facts[fan]], most)] = True
    return which[is_kept], facts[is_kept]


# ------------------------------------------------------------------------------------------------------- columns


def _fact_columns(view: View, asked: Asked, similarity: Similarity) -> FactColumns:
    words = np.zeros(len(view.fact_ids), np.int64)
    for stretch in view.stretches:
        some = words[stretch.facts]
        for bit, stem in enumerate(asked.stems):
            some[stretch.columns.facts.words.of(stem)[0]] |= 1 << bit
    return FactColumns(
        ids=view.fact_ids,
        similarity=similarity,
        words=words,
        length=view.fact_lengths,
        holds=_holds(view, asked.moment),
        subject=view.subject,
        mentions=view.mentions,
        episodes=view.told_in,
    )


def _holds(view: View, moment: Moment) -> Mask:
    at, known_at = to_micros(moment.at), to_micros(moment.known_at)
    fact, known_from, known_to, valid_from, valid_to = view.versions
    holds = np.zeros(len(view.fact_ids), np.bool_)
    holds[fact[(known_from <= known_at) & (known_to > known_at) & (valid_from <= at) & (valid_to > at)]] = True
    return holds


def _episode_columns(view: View, asked: Asked, similarity: Similarity) -> EpisodeColumns:
    # A column at a time lies together in memory.
    counts = np.zeros((len(asked.stems), len(view.episode_ids)), np.uint16)
    for stretch in view.stretches:
        for column, stem in zip(counts, asked.stems, strict=True):
            places, often = stretch.columns.episodes.words.of(stem)
            column[stretch.episodes][places] = often
    return EpisodeColumns(
        ids=view.episode_ids,
        is_read=np.ones(len(view.episode_ids), np.bool_),
        spaces=view.spaces,
        roles=view.roles,
        speakers=view.speakers,
        sources=view.sources,
        session=view.session,
        said_at=view.said_at,
        asks=view.asks,
        similarity=similarity,
        counts=counts.T,
        length=view.episode_lengths,
        links=view.links,
        facts=view.told,
        before=view.before,
        after=view.after,
    )


def _similarities(
    db: sqlite3.Connection, vectors: Vectors, areas: Sequence[Area], view: View, kind: Kind, vector: Vector
) -> Similarity:
    """The cosine of each text of the areas to the question, 0 for one without a vector."""
    some = [
        vectors.similarities(db, area, kind, vector).of(rows)
        for area, stretch in zip(areas, view.stretches, strict=True)
        if len(rows := (stretch.columns.facts if kind == "fact" else stretch.columns.episodes).rows)
    ]
    return some[0] if len(some) == 1 else np.concatenate([np.empty(0, np.float32), *some])


# --------------------------------------------------------------------------------------------------------- seeds


@dataclass(frozen=True, slots=True)
class _Texts:
    """Where the texts of a kind stand in a stretch, and their words."""

    places: Callable[[Stretch], slice]
    words: Callable[[Columns], Postings]


_FACTS = _Texts(lambda stretch: stretch.facts, lambda columns: columns.facts.words)
_EPISODES = _Texts(lambda stretch: stretch.episodes, lambda columns: columns.episodes.words)


def _seeds(view: View, asked: Asked, of: _Texts, similarity: Similarity, count: int) -> Places:
    """Of each stretch the texts that are nearest, then those that share the most idf with the question."""
    everything = [of.words(stretch.whole) for stretch in view.stretches]
    total = sum(words.texts for words in everything)
    if not total:
        return _NONE
    weights = [idf(total, sum(len(words.of(stem)[0]) for words in everything)) for stem in asked.stems]
    seeds: list[Places] = []
    for stretch in view.stretches:
        near = _best(similarity[of.places(stretch)], count)
        worded = _by_words(of.words(stretch.columns), asked.stems, weights, count)
        is_near = np.zeros(of.words(stretch.columns).texts, np.bool_)
        is_near[near] = True
        seeds.append(np.concatenate((near, worded[~is_near[worded]])) + of.places(stretch).start)
    return np.concatenate([_NONE, *seeds])


def _by_words(words: Postings, stems: Fingerprints, weights: Sequence[float], count: int) -> Places:
    shared = np.zeros(words.texts)
    for stem, weight in zip(stems, weights, strict=True):
        shared[words.of(stem)[0]] += weight
    some = np.flatnonzero(shared)
    return some[_best(shared[some], count)]


def _best(values: NDArray[Any], count: int) -> Places:
    """Where the highest so many values stand, highest first, and in order among equals."""
    if count >= len(values):
        return np.argsort(-values, kind="stable")[:count]
    # The lowest value that can be among the best, then a stable sort of all that reach it.
    bound = np.partition(values, len(values) - count)[len(values) - count] if count else np.inf
    some = np.flatnonzero(values >= bound)
    return some[np.argsort(-values[some], kind="stable")[:count]]


_NONE = np.empty(0, np.int64)
