"""Whether memory has enough to answer: from evidence that means the same for every question and every store."""

import math

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places
from graphmem.recall.places import Scores
from graphmem.recall.ranking import Ranking
from graphmem.recall.settings import Evidence
from graphmem.recall.view import View


def confidence(ranking: Ranking, hits: Places, settings: Evidence) -> float:
    """Chance in [0, 1] that memory answers the question.

    Args:
        ranking: The question, and all that was considered for it.
        hits: The best episodes, best first.
        settings: The curve and where it comes from.
    """
    view, asked = ranking.view, ranking.asked
    best = hits[: settings.hits]
    together = np.bitwise_count(view.covered(ranking.order)).max(initial=0)
    columns = view.episodes
    covered = view.covered(best)
    for beside in (columns.before[best], columns.after[best]):
        there = beside >= 0
        covered[there] |= view.covered(beside[there])
    _, facts = columns.facts.of_all(best)
    logit = (
        settings.constant
        + settings.foreign * asked.is_foreign
        + settings.together * float(together)
        + settings.named * len(asked.named)
        + settings.covered * float(share_of_all(view, covered).max(initial=0.0))
        + settings.nearness * float(view.facts.similarity[facts].max(initial=0.0))
    )
    return 1 / (1 + math.exp(-logit))


def share_of_all(view: View, covered: NDArray[np.int64]) -> Scores:
    """Share of the question's idf that some of its words make up, words that stand nowhere in memory counted too."""
    words = view.words
    everything = words.total + words.unknown
    return words.share(covered) * (words.total / everything if everything > 0 else 0.0)
