"""Where recall starts: vectors, words and names, fused into one nearness per episode.

Each part is divided by its maximum and weighed (a convex combination). Not reciprocal ranks: on chat they fall below
BM25 alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graphmem.protocols import Seed, Statistics
from graphmem.recall.settings import Settings
from graphmem.recall.view import View
from graphmem.words import bm25


@dataclass(slots=True)
class Nearness:
    """What the maxima are, so that episodes read later are measured by the same rule."""

    settings: Settings
    statistics: Statistics
    weights: Mapping[str, float]
    dense: float = 0.0
    words: float = 0.0
    fact_dense: float = 0.0
    fact_words: float = 0.0
    _by_words: dict[str, float] = field(default_factory=dict[str, float])

    def fit(self, view: View) -> None:
        """Take the maxima over everything read so far."""
        self.dense = max((seed.similarity for seed in view.episodes.values()), default=0.0)
        self.words = max(map(self._bm25, view.episodes.values()), default=0.0)
        self.fact_dense = max((fact.similarity for fact in view.facts.values()), default=0.0)
        self.fact_words = max((view.overlap(fact) for fact in view.facts.values()), default=0.0)

    def all(self, view: View) -> dict[str, float]:
        """The nearness of every episode read so far."""
        return {episode: sum(self.parts(seed, view)) for episode, seed in view.episodes.items()}

    def parts(self, seed: Seed, view: View) -> tuple[float, float]:
        """The weighed shares of meaning and of words in an episode's nearness; they add up to at most 1."""
        base = self.settings.base
        facts = view.facts_of(seed.episode)
        dense = _share(seed.similarity, self.dense)
        words = _share(self._bm25(seed), self.words)
        fact_dense = max((_share(fact.similarity, self.fact_dense) for fact in facts), default=0.0)
        if view.is_said(seed.episode):
            dense = max(dense, fact_dense)
            return self.settings.chat.dense * dense, (1 - self.settings.chat.dense) * words
        own = 1 - base.fact_dense - base.fact_words
        fact_words = max((_share(view.overlap(fact), self.fact_words) for fact in facts), default=0.0)
        return (
            own * base.dense * dense + base.fact_dense * fact_dense,
            own * (1 - base.dense) * words + base.fact_words * fact_words,
        )

    def _bm25(self, seed: Seed) -> float:
        score = self._by_words.get(seed.episode)
        if score is None:
            counts = Counter(stem for stem in seed.stems if stem in self.weights)
            length = self.statistics.episode_length
            score = self._by_words[seed.episode] = bm25(counts, len(seed.stems), length, self.weights)
        return score


def episodes_about(view: View, entities: Iterable[str]) -> list[str]:
    """Episodes with facts about any of these entities, nearest facts first; an entity told of everywhere has none."""
    best: dict[str, float] = {}
    for entity in entities:
        for episode, similarity in _about(view, entity).items():
            best[episode] = max(similarity, best.get(episode, -1.0))
    return sorted(best, key=lambda episode: (-best[episode], episode))


def named_links(view: View, asked: Iterable[str], weight: float) -> dict[str, float]:
    """What the documents read so far gain for facts about the entities that the question names.

    Not what was said: everyone is spoken of in passing (LiHua-World, 4 points of R@5).
    """
    gains: dict[str, float] = {}
    for entity in sorted(asked):
        for episode in _about(view, entity):
            if episode in view.episodes and not view.is_said(episode):
                gains[episode] = gains.get(episode, 0.0) + weight * view.rarity(entity)
    return gains


def _about(view: View, entity: str) -> dict[str, float]:
    linked = view.linked.get(entity)
    episodes: dict[str, float] = {}
    for fact in linked.about if linked else ():
        for episode in fact.episodes:
            episodes[episode] = max(fact.similarity, episodes.get(episode, -1.0))
    return episodes if len(episodes) <= view.hub else {}


def _share(value: float, highest: float) -> float:
    return max(0.0, value) / highest if highest > 0 else 0.0
