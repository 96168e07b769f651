"""Where recall starts: vectors, words and names, fused into one nearness per episode.

Each part is divided by its maximum and weighed (a convex combination). Not reciprocal ranks: on chat they fall below
BM25 alone.
"""

from dataclasses import dataclass

import numpy as np

from graphmem.protocols import Places
from graphmem.recall.places import Scores, distinct, distinct_pairs, scattered
from graphmem.recall.settings import Settings
from graphmem.recall.view import View
from graphmem.words import bm25


@dataclass(frozen=True, slots=True)
class Nearness:
    """What the highest parts are among the seeds, so that episodes read later are measured by the same rule.

    Its figures come in two parts, what meaning and what words contribute; they add up to at most 1.
    """

    view: View
    settings: Settings
    episode_length: float
    dense: float
    words: float
    fact_dense: float
    fact_words: float

    @classmethod
    def among_seeds(cls, view: View, settings: Settings, episode_length: float) -> "Nearness":
        """Take the maxima."""
        episodes, facts = view.excerpt.near_episodes, view.excerpt.near_facts
        return cls(
            view,
            settings,
            episode_length,
            _highest(view.episodes.similarity[episodes]),
            _highest(_bm25(view, episodes, episode_length)),
            _highest(view.facts.similarity[facts]),
            _highest(view.overlap(facts)),
        )

    def of_seeds(self) -> tuple[Places, Scores, Scores]:
        """The seeds, and the episodes of the facts among them, each by what made it one; and both parts."""
        view = self.view
        near, facts = view.excerpt.near_episodes, view.excerpt.near_facts
        which, told = view.facts.episodes.of_all(facts)
        size = len(view.episodes.ids)
        fact_dense = scattered(size, told, self._fact_dense(facts)[which])
        fact_words = scattered(size, told, self._fact_words(facts)[which])
        dense, words = np.zeros(size), np.zeros(size)
        dense[near], words[near] = self._dense(near), self._words(near)
        places = distinct(np.concatenate((near, told)))
        return places, *self._weighed(places, dense[places], words[places], fact_dense[places], fact_words[places])

    def of(self, episodes: Places) -> tuple[Scores, Scores]:
        """Both parts of episodes that were read with all their facts."""
        which, facts = self.view.episodes.facts.of_all(episodes)
        return self._weighed(
            episodes,
            self._dense(episodes),
            self._words(episodes),
            scattered(len(episodes), which, self._fact_dense(facts)),
            scattered(len(episodes), which, self._fact_words(facts)),
        )

    def _weighed(
        self, episodes: Places, dense: Scores, words: Scores, fact_dense: Scores, fact_words: Scores
    ) -> tuple[Scores, Scores]:
        base, chat, record = self.settings.base, self.settings.chat, self.settings.record
        own = 1 - base.fact_dense - base.fact_words
        is_document, is_record = self.view.is_document(episodes), self.view.is_record(episodes)
        of_documents = (
            own * base.dense * dense + base.fact_dense * fact_dense,
            own * (1 - base.dense) * words + base.fact_words * fact_words,
        )
        of_records = record.dense * dense + record.fact_dense * fact_dense, record.words * words
        nearer = np.maximum(fact_dense - dense, 0.0)
        said = chat.dense * dense + chat.fact_dense * nearer, chat.words * words
        dense, words = (
            np.where(is_record, each_record, np.where(is_document, each_document, each_said))
            for each_record, each_document, each_said in zip(of_records, of_documents, said, strict=True)
        )
        return dense, words

    def _dense(self, episodes: Places) -> Scores:
        return _shares(self.view.episodes.similarity[episodes], self.dense)

    def _words(self, episodes: Places) -> Scores:
        return _shares(_bm25(self.view, episodes, self.episode_length), self.words)

    def _fact_dense(self, facts: Places) -> Scores:
        return _shares(self.view.facts.similarity[facts], self.fact_dense)

    def _fact_words(self, facts: Places) -> Scores:
        return _shares(self.view.overlap(facts), self.fact_words)


def episodes_about(view: View, entities: Places) -> tuple[Places, Places]:
    """Episodes with facts about each of these entities; one told of everywhere has none.

    Returns:
        For each episode the entity, and the episode; each pair once.
    """
    which, facts = view.excerpt.about(entities)
    of_fact, told = view.facts.episodes.of_all(facts)
    which = which[of_fact]
    rows = distinct_pairs(which, told)
    counts = np.bincount(which[rows], minlength=len(entities))
    few = rows[counts[which[rows]] <= view.hub]
    return entities[which[few]], told[few]


def _bm25(view: View, episodes: Places, episode_length: float) -> Scores:
    columns = view.episodes
    return bm25(columns.counts[episodes], columns.length[episodes], episode_length, view.words.weights)


def _highest(values: np.ndarray) -> float:
    return float(values.max(initial=0.0))


def _shares(values: np.ndarray, highest: float) -> Scores:
    return np.maximum(values, 0.0) / highest if highest > 0 else np.zeros(len(values))
