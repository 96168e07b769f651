"""Activation from the question's entities, and a walk of two half-steps: episodes to entities and back.

Both are a bounded stand-in for personalised PageRank over the whole graph (HippoRAG, Gutiérrez et al., 2024).
"""

from itertools import pairwise

import numpy as np

from graphmem.protocols import Places
from graphmem.recall.places import NOWHERE, Scores, best, distinct
from graphmem.recall.settings import Walk
from graphmem.recall.view import View

ABOUT = 2.0
"""What being the subject of a fact counts, against being mentioned in it."""

MEAN_LINKS = 15
"""Links of an episode that has not been read."""


class Activation:
    """Weight that flows from the question's entities through their most similar facts, round by round."""

    def __init__(self, asked: Places, settings: Walk) -> None:
        self.weights: dict[int, float] = dict.fromkeys(asked.tolist(), 1.0)
        self._front: dict[int, float] = dict(self.weights)
        self._used: set[int] = set()
        self._settings = settings

    @property
    def front(self) -> Places:
        """The entities that the next round starts from."""
        return np.fromiter(self._front, dtype=np.int64, count=len(self._front))

    def spread(self, view: View) -> None:
        """One round. The links of every entity of the front must have been read."""
        reached: dict[int, float] = {}
        entities = [entity for entity, weight in self._front.items() if weight >= self._settings.threshold]
        if not entities:
            self._front = {}
            return
        for entity, facts in zip(entities, _nearest_facts(view, np.array(entities, dtype=np.int64)), strict=True):
            weight = self._front[entity]
            for fact in [fact for fact in facts if fact not in self._used][: self._settings.facts]:
                self._used.add(fact)
                passed = weight * float(view.facts.similarity[fact])
                if passed >= self._settings.threshold:
                    for other in _entities_of(view, fact):
                        self.weights[other] = self.weights.get(other, 0.0) + passed
                        reached[other] = passed
        self._front = reached


def _nearest_facts(view: View, entities: Places) -> list[list[int]]:
    """For each entity the facts it leads to, most similar first."""
    which, facts = (np.concatenate(both) for both in zip(*_links(view, entities), strict=True))
    order = np.lexsort((-view.facts.similarity[facts], which))
    bounds = np.searchsorted(which[order], np.arange(len(entities) + 1))
    return [facts[order[start:stop]].tolist() for start, stop in pairwise(bounds.tolist())]


def _links(view: View, entities: Places) -> tuple[tuple[Places, Places], tuple[Places, Places]]:
    return view.excerpt.about(entities), view.excerpt.mentioning(entities)


def _entities_of(view: View, fact: int) -> list[int]:
    subject = int(view.facts.subject[fact])
    mentions: list[int] = view.facts.mentions.of(fact).tolist()
    return [subject, *mentions] if subject >= 0 else mentions


def prior(episodes: Places, nearness: Scores, settings: Walk) -> tuple[Places, Scores]:
    """The nearest of these episodes, and the chance of starting at each."""
    start = best(episodes, nearness[episodes], settings.prior_top)
    scores = nearness[start]
    if not len(start) or scores[0] <= 0:
        return NOWHERE, np.empty(0)
    raised = (scores / scores[0]) ** settings.prior_power
    return start, raised / raised.sum()


def named_in(view: View, episodes: Places) -> tuple[Places, Places, Scores]:
    """What the facts of these episodes that hold name: index into `episodes`, entity, how firmly; an entry a naming."""
    which, facts = view.current(episodes)
    naming, mentioned = view.facts.mentions.of_all(facts)
    subjects = view.facts.subject[facts]
    has_subject = subjects >= 0
    return (
        np.concatenate((which[naming], which[has_subject])),
        np.concatenate((mentioned, subjects[has_subject])),
        np.concatenate((np.ones(len(mentioned)), np.full(int(has_subject.sum()), ABOUT))),
    )


def entity_mass(
    view: View, start: Places, weights: Scores, activation: dict[int, float], settings: Walk
) -> tuple[Places, Scores]:
    """First half-step: what reaches each entity, the heaviest `settings.entities` of them. Hubs take no more than the
    activation they have.
    """
    which, entities, ties = named_in(view, start)
    totals = np.bincount(which, ties, minlength=len(start))
    mass = np.zeros(len(view.entities.keys))
    if activation:
        active = np.fromiter(activation, dtype=np.int64, count=len(activation))
        shares = np.fromiter(activation.values(), dtype=np.float64, count=len(activation))
        mass[active] += (1 - settings.damping) * shares / shares.sum()
    degrees = view.entities.degree[entities]
    leads = (degrees >= 0) & (degrees <= view.hub)
    which, entities, ties = which[leads], entities[leads], ties[leads]
    np.add.at(mass, entities, settings.damping * weights[which] * ties / totals[which])
    heaviest = best(np.flatnonzero(mass), mass[mass > 0], settings.entities)
    return heaviest, mass[heaviest]


def episode_mass(
    view: View, start: Places, weights: Scores, entities: Places, masses: Scores, settings: Walk
) -> tuple[Places, Scores]:
    """Second half-step: what flows back to episodes, divided by its maximum and flattened, in [0, 1]."""
    columns = view.episodes
    mass = np.zeros(len(columns.ids))
    mass[start] += (1 - settings.damping) * weights
    owners: list[Places] = []
    episodes: list[Places] = []
    ties: list[Scores] = []
    for (which, facts), firmness in zip(_links(view, entities), (ABOUT, 1.0), strict=True):
        of_fact, told = view.facts.episodes.of_all(facts)
        owners.append(which[of_fact])
        episodes.append(told)
        links = np.where(columns.links[told] >= 0, columns.links[told], MEAN_LINKS)
        ties.append(firmness / np.maximum(links, 1))
    owner, episode, tie = np.concatenate(owners), np.concatenate(episodes), np.concatenate(ties)
    totals = np.bincount(owner, tie, minlength=len(entities))
    np.add.at(mass, episode, settings.damping * masses[owner] * tie / totals[owner])
    reached = distinct(np.concatenate((start, episode)))
    highest = mass.max(initial=0.0)
    return (reached, (mass[reached] / highest) ** settings.power) if highest > 0 else (NOWHERE, np.empty(0))
