"""Which document goes on where another stops: it says of a thing that both name what the other leaves open."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places
from graphmem.recall.places import Scores, among, distinct
from graphmem.recall.settings import Chain
from graphmem.recall.view import View

Gains = NDArray[np.float64]
"""What each of some episodes gains behind each: a row for the one before, a column for the one that follows."""


@dataclass(frozen=True, slots=True)
class Namings:
    """That a fact of an episode names an entity; `firmness` is less where it is not about it."""

    row: Places
    fact: Places
    entity: Places
    firmness: Scores

    def among(self, rows: NDArray[np.bool_]) -> "Namings":
        """Those of them that are marked."""
        return Namings(self.row[rows], self.fact[rows], self.entity[rows], self.firmness[rows])


async def following(view: View, episodes: Places, chain: Chain) -> Gains:
    """What every episode gains behind each other one.

    It is the largest share of the question in a fact of the second about a thing that the first names too, without the
    words that stand in the first; times how rare the thing is. Only documents follow each other so: in a conversation
    most turns share what it is about.
    """
    namings = _namings(view, episodes, chain)
    if not len(namings.entity):
        return np.zeros((len(episodes), len(episodes)))
    await view.excerpt.read_degrees(distinct(namings.entity))
    degree = view.entities.degree[namings.entity]
    is_known = among(namings.entity, np.concatenate((view.asked, view.selves)))
    namings = namings.among((degree > 1) & (degree <= view.hub) & ~is_known)
    entities, entity = np.unique(namings.entity, return_inverse=True)
    names = np.zeros((len(episodes), len(entities)), dtype=np.bool_)
    names[namings.row, entity] = True
    opened = view.facts.words[namings.fact] & ~view.covered(episodes)[:, None]
    shares = view.words.share(opened.ravel()).reshape(opened.shape)
    is_other = np.arange(len(episodes))[:, None] != namings.row
    values = names[:, entity] * is_other * shares * namings.firmness * view.rarity(namings.entity)
    gains = np.zeros((len(episodes), len(episodes)))
    np.maximum.at(gains.T, namings.row, values.T)
    return gains


def _namings(view: View, episodes: Places, chain: Chain) -> Namings:
    rows = np.flatnonzero(~view.is_said(episodes))
    which, facts = view.current(episodes[rows])
    naming, mentioned = view.facts.mentions.of_all(facts)
    subject = view.facts.subject[facts]
    has_subject = subject >= 0
    return Namings(
        rows[np.concatenate((which[naming], which[has_subject]))],
        np.concatenate((facts[naming], facts[has_subject])),
        np.concatenate((mentioned, subject[has_subject])),
        np.repeat((chain.mentioned, 1.0), (len(mentioned), int(has_subject.sum()))),
    )
