"""Whether memory has enough to answer: from evidence that means the same for every question and every store."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places
from graphmem.recall.places import Scores
from graphmem.recall.ranking import Ranking
from graphmem.recall.settings import Evidence
from graphmem.recall.view import View


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against an answer being there.

    Attributes:
        foreign: Which part of the names in the question memory has never met.
        together: The most words of the question that stand in one episode or in its facts, which may say more than it
            does: "I moved to Lisbon" says where somebody lives.
        named: How many entities the question names.
        covered: The largest share of the question, by idf, in one of the best episodes, its facts and the turns beside.
        nearness: The highest cosine of a fact of the best episodes.
    """

    foreign: float
    together: float
    named: float
    covered: float
    nearness: float


def signs(ranking: Ranking, hits: Places, settings: Evidence) -> Signs:
    """Read the signs off a ranking; `hits` are its best episodes, best first."""
    view, asked = ranking.view, ranking.asked
    columns = view.episodes
    best = hits[: settings.hits]
    covered = view.with_beside(view.told(best), *ranking.around.beside(best))
    _, facts = columns.facts.of_all(best)
    return Signs(
        foreign=asked.foreign,
        together=float(np.bitwise_count(view.told(ranking.order)).max(initial=0)),
        named=float(len(asked.named)),
        covered=float(share_of_all(view, covered).max(initial=0.0)),
        nearness=float(view.facts.similarity[facts].max(initial=0.0)),
    )


def confidence(signs: Signs, settings: Evidence) -> float:
    """Chance in [0, 1] that memory answers the question."""
    logit = (
        settings.constant
        + settings.foreign * signs.foreign
        + settings.together * signs.together
        + settings.named * signs.named
        + settings.covered * signs.covered
        + settings.nearness * signs.nearness
    )
    return 1 / (1 + math.exp(-logit))


def share_of_all(view: View, covered: NDArray[np.int64]) -> Scores:
    """Share of the question's idf that some of its words make up, words that stand nowhere in memory counted too."""
    words = view.words
    everything = words.total + words.unknown
    return words.share(covered) * (words.total / everything if everything > 0 else 0.0)
