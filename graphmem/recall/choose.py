"""Which episodes come first: together they should cover the question. No I/O."""

import math
from collections.abc import Mapping, Sequence

from graphmem.models import Hit
from graphmem.recall.settings import Choice
from graphmem.recall.view import View
from graphmem.scope import LAYERS, Layer, layer_of


def cover(view: View, scores: Mapping[str, float], settings: Choice) -> list[tuple[str, float]]:
    """Episodes in final order, each with what it gained for words of the question not covered by those before it.

    Greedy over the best `settings.top`; the rest follow by score. At equal scores the better layer comes first, then
    the later episode, then the lower id.
    """
    ranked = sorted(scores, key=lambda episode: (-round(scores[episode], 6), *_standing(view, episode)))
    open_, rest = ranked[: settings.top], ranked[settings.top :]
    covered = 0
    chosen: list[tuple[str, float]] = []
    while open_:
        gains = [
            (settings.said_cover if view.is_said(episode) else settings.cover)
            * view.words.share(view.episode_mask(episode) & ~covered)
            for episode in open_
        ]
        best = max(range(len(open_)), key=lambda place: scores[open_[place]] + gains[place])
        episode = open_.pop(best)
        covered |= view.episode_mask(episode)
        chosen.append((episode, gains[best]))
    return chosen + [(episode, 0.0) for episode in rest]


def layer_in(view: View, episode: str) -> Layer:
    """The layer an episode counts for; one without facts is raw conversation."""
    return layer_of(view.episodes[episode].space) if view.facts_of(episode) else "conversation"


def _standing(view: View, episode: str) -> tuple[int, float, str]:
    return LAYERS.index(layer_in(view, episode)), -view.episodes[episode].said_at.timestamp(), episode


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
