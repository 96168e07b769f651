"""Which episodes come first: together they should cover the question. No I/O."""

from collections.abc import Sequence

import numpy as np

from graphmem.models import Hit
from graphmem.moment import Moment, to_micros
from graphmem.protocols import Places
from graphmem.recall.pairs import Gains
from graphmem.recall.places import Scores, among
from graphmem.recall.ranking import Ranking
from graphmem.recall.settings import Choice
from graphmem.recall.view import View
from graphmem.recall.walk import named_in
from graphmem.scope import LAYERS, Layer, layer_of

PARTICULAR = 20
"""Degree up to which an entity says what a turn speaks of: the names of a conversation's regulars are in all of it."""


def together(
    view: View, episodes: Places, scores: Scores, follows: Gains, settings: Choice
) -> tuple[Places, dict[str, Scores]]:
    """Episodes in final order, and by the name of the signal what each gained from those before it: for words of the
    question that they leave open, and for going on where one of them stops.

    Greedy over the best `settings.top`; the rest stay as they are.

    Args:
        view: What was read.
        episodes: Those to order, in order of their scores.
        scores: The score of each.
        follows: What each of the best gains behind each, see `pairs.following`.
        settings: The weights.
    """
    opened = episodes[: settings.top]
    worth = np.where(view.is_said(opened), settings.said_cover, settings.cover)
    sets = view.covered(opened)
    left = scores[: settings.top].copy()
    covered = np.int64(0)
    onward = np.zeros(len(opened))
    order: list[int] = []
    gained = np.zeros((2, len(episodes)))
    for rank in range(len(opened)):
        cover, follow = worth * view.words.share(sets & ~covered), settings.follows * onward
        best = int(np.argmax(left + (cover + follow)))
        left[best] = -np.inf
        covered |= sets[best]
        onward = np.maximum(onward, follows[best])
        order.append(best)
        gained[:, rank] = cover[best], follow[best]
        if not (cover.any() or follows.any()):
            rest = np.argsort(-left, kind="stable")
            order += rest[: len(opened) - len(order)].tolist()
            break
    return np.concatenate((opened[order], episodes[settings.top :])), {"cover": gained[0], "follow": gained[1]}


def newer_first(ranking: Ranking, moment: Moment, settings: Choice) -> Places:
    """The episodes in order, but among the first few a turn that speaks of the same things as an older one, and matches
    nearly as well, comes before it, unless the question asks for what was or when.
    """
    view, order, scores = ranking.view, ranking.order, ranking.scores
    columns = view.episodes
    first = order[: settings.newest]
    if ranking.asked.is_past or ranking.asked.talk.date.is_named or view.is_document(first).any():
        return order
    at = to_micros(moment.at)
    places: list[int] = first.tolist()
    named = {place: _particular(view, place) for place in places}

    def replaces(newer: int, older: int) -> bool:
        is_newer = columns.said_at[older] < columns.said_at[newer] <= at
        is_elsewhere = columns.session[newer] != columns.session[older] or columns.session[newer] < 0
        is_as_near = scores[newer] >= settings.newer * scores[older]
        return bool(is_newer and is_elsewhere and is_as_near) and len(named[newer] & named[older]) >= settings.shared

    chosen: list[int] = []
    for place in places:
        before = next((rank for rank, other in enumerate(chosen) if replaces(place, other)), len(chosen))
        chosen.insert(before, place)
    return np.concatenate((np.array(chosen, dtype=np.int64), order[settings.newest :]))


def _particular(view: View, episode: int) -> set[int]:
    """The entities that an episode names, without those who speak and what is spoken of all the time."""
    _, entities, _ = named_in(view, np.array([episode]))
    is_hidden = among(entities, view.speakers) | among(entities, view.selves)
    return set(entities[~is_hidden & (view.entities.degree[entities] <= PARTICULAR)].tolist())


def layer_in(view: View, episode: int) -> Layer:
    """The layer an episode counts for; one without facts is raw conversation."""
    columns = view.episodes
    return layer_of(columns.spaces[episode]) if len(columns.facts.of(episode)) else "conversation"


def ranked(view: View, episodes: Places, scores: Scores) -> Places:
    """These episodes by score; at equal scores the better layer first, then the later one, then the lower id."""
    columns = view.episodes
    places: list[int] = episodes.tolist()
    spaces = list(map(columns.spaces.__getitem__, places))
    standing = {space: LAYERS.index(layer_of(space)) for space in set(spaces)}
    has_facts = columns.facts.starts[episodes + 1] > columns.facts.starts[episodes]
    of_facts = [standing[space] for space in spaces] if len(standing) > 1 else next(iter(standing.values()), 0)
    layers = np.where(has_facts, of_facts, LAYERS.index("conversation"))
    keys = np.stack((-scores.round(6), layers, -columns.said_at[episodes].astype(np.float64)))
    order = np.lexsort(keys[::-1])
    is_same = np.append((keys[:, order[1:]] == keys[:, order[:-1]]).all(axis=0), np.False_)
    first = 0
    for place in np.flatnonzero(~is_same).tolist():
        if place > first:
            equal: list[int] = order[first : place + 1].tolist()
            order[first : place + 1] = sorted(equal, key=lambda row: columns.ids[places[row]])
        first = place + 1
    return episodes[order]


def calibrated(worths: Scores, confidence: float) -> list[float]:
    """The scores that people see, in [0, 1], of hits in final order.

    The first has the recall's confidence, the chance that memory answers; each of the others as large a part of it as
    what it was ranked by is of the most that any was ranked by. They never rise: what was put behind another hit for a
    reason of its own, such as a newer value of the same thing, has at most the score of that hit.
    """
    highest = worths.max(initial=0.0)
    parts = np.maximum(worths, 0.0) / highest if highest > 0 else np.zeros(len(worths))
    parts[:1] = 1.0
    return (confidence * np.minimum.accumulate(parts)).round(6).tolist()


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
