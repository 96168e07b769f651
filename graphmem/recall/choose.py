"""Which episodes come first: together they should cover the question. No I/O."""

import math
from collections.abc import Sequence

import numpy as np

from graphmem.models import Hit
from graphmem.protocols import Places
from graphmem.recall.places import Scores
from graphmem.recall.settings import Choice
from graphmem.recall.view import View
from graphmem.scope import LAYERS, Layer, layer_of


def cover(view: View, episodes: Places, scores: Scores, settings: Choice) -> tuple[Places, Scores]:
    """Episodes in final order, each with what it gained for words of the question not covered by those before it.

    Greedy over the best `settings.top`; the rest follow by score. At equal scores the better layer comes first, then
    the later episode, then the lower id.

    Args:
        view: What was read.
        episodes: Those to order.
        scores: The score of each.
        settings: The weights.
    """
    ranked = _ranked(view, episodes, scores)
    opened, rest = ranked[: settings.top], ranked[settings.top :]
    worth = np.where(view.is_said(episodes[opened]), settings.said_cover, settings.cover)
    sets = view.covered(episodes[opened])
    left = np.ones(len(opened), dtype=np.bool_)
    covered = np.int64(0)
    order: list[int] = []
    gained: list[float] = []
    for _ in range(len(opened)):
        gains = worth * view.words.share(sets & ~covered)
        best = int(np.argmax(np.where(left, scores[opened] + gains, -np.inf)))
        left[best] = False
        covered |= sets[best]
        order.append(int(opened[best]))
        gained.append(float(gains[best]))
    return episodes[np.array([*order, *rest.tolist()], dtype=np.int64)], np.append(gained, np.zeros(len(rest)))


def layer_in(view: View, episode: int) -> Layer:
    """The layer an episode counts for; one without facts is raw conversation."""
    columns = view.episodes
    return layer_of(columns.spaces[episode]) if len(columns.facts.of(episode)) else "conversation"


def _ranked(view: View, episodes: Places, scores: Scores) -> Places:
    """The rows of these episodes by score, then as they stand otherwise."""
    columns = view.episodes
    places: list[int] = episodes.tolist()
    spaces = [columns.spaces[place] for place in places]
    standing = {space: LAYERS.index(layer_of(space)) for space in set(spaces)}
    has_facts = columns.facts.starts[episodes + 1] > columns.facts.starts[episodes]
    layers = np.where(has_facts, [standing[space] for space in spaces], LAYERS.index("conversation"))
    keys = np.stack((-scores.round(6), layers, -columns.said_at[episodes].astype(np.float64)))
    order = np.lexsort(keys[::-1])
    is_same = np.append((keys[:, order[1:]] == keys[:, order[:-1]]).all(axis=0), np.False_)
    first = 0
    for place in np.flatnonzero(~is_same).tolist():
        if place > first:
            equal: list[int] = order[first : place + 1].tolist()
            order[first : place + 1] = sorted(equal, key=lambda row: columns.ids[places[row]])
        first = place + 1
    return order


def confidence(cosine: float, covered: float, settings: Choice) -> float:
    """Chance in [0, 1] that memory answers the question, from evidence that means the same for every question.

    Args:
        cosine: Highest raw cosine between the question and a hit or one of its facts.
        covered: Largest share of the question's idf, words unknown to memory included, that one of the best covers.
        settings: The curve and where it comes from.
    """
    constant, by_cosine, by_covered = settings.answered
    return 1 / (1 + math.exp(-(constant + by_cosine * cosine + by_covered * covered)))


def calibrated(scores: Sequence[float], confidence: float) -> list[float]:
    """Scores of hits in final order as numbers in [0, 1] that never rise: the best has the recall's confidence."""
    highest = max(scores, default=0.0)
    lowest_so_far = 1.0
    result: list[float] = []
    for score in scores:
        lowest_so_far = min(lowest_so_far, max(0.0, score) / highest if highest > 0 else 0.0)
        result.append(round(confidence * lowest_so_far, 6))
    return result


def below_replacement(hits: Sequence[Hit]) -> list[Hit]:
    """Hits that are outdated moved behind those that say what holds now: same subject, same predicate."""
    current: dict[tuple[str, str], int] = {}
    for place, hit in enumerate(hits):
        if (slot := _slot(hit)) and not hit.is_outdated:
            current[slot] = place
    places = {
        hit.episode_id: max(place, current.get(slot, place)) if hit.is_outdated and (slot := _slot(hit)) else place
        for place, hit in enumerate(hits)
    }
    return sorted(hits, key=lambda hit: (places[hit.episode_id], hit.is_outdated))


def _slot(hit: Hit) -> tuple[str, str] | None:
    fact = hit.fact
    return (fact.subject_key, fact.predicate) if fact and fact.subject_key and fact.predicate else None
