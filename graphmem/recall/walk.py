"""Activation from the question's entities, and a walk of two half-steps: episodes to entities and back.

Both are a bounded stand-in for personalised PageRank over the whole graph (HippoRAG, Gutiérrez et al., 2024).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from graphmem.protocols import Reached
from graphmem.recall.settings import Walk
from graphmem.recall.view import View, entities_of


class Activation:
    """Weight that flows from the question's entities through their most similar facts, round by round."""

    def __init__(self, asked: Iterable[str], settings: Walk) -> None:
        self.weights: dict[str, float] = dict.fromkeys(asked, 1.0)
        self.front: dict[str, float] = dict(self.weights)
        self._used: set[str] = set()
        self._settings = settings

    def spread(self, view: View) -> None:
        """One round. Every entity of the front must have been expanded."""
        reached: dict[str, float] = {}
        for entity, weight in self.front.items():
            linked = view.linked.get(entity)
            if weight < self._settings.threshold or linked is None:
                continue
            facts = [fact for fact in (*linked.about, *linked.mentions) if fact.fact not in self._used]
            facts.sort(key=lambda fact: (-fact.similarity, fact.fact))
            for fact in facts[: self._settings.facts]:
                self._used.add(fact.fact)
                passed = weight * fact.similarity
                if passed >= self._settings.threshold:
                    for other in entities_of(fact):
                        self.weights[other] = self.weights.get(other, 0.0) + passed
                        reached[other] = passed
        self.front = reached


def prior(nearness: Mapping[str, float], settings: Walk) -> dict[str, float]:
    """Chance of starting at each of the nearest episodes."""
    best = sorted(nearness.items(), key=lambda item: (-item[1], item[0]))[: settings.prior_top]
    if not best or best[0][1] <= 0:
        return {}
    raised = {episode: (score / best[0][1]) ** settings.prior_power for episode, score in best}
    total = sum(raised.values())
    return {episode: weight / total for episode, weight in raised.items()}


def entity_mass(
    view: View, start: Mapping[str, float], activation: Mapping[str, float], settings: Walk, *, degree: int
) -> dict[str, float]:
    """First half-step: what reaches each entity, the heaviest `settings.entities` of them; hubs take nothing."""
    total = sum(activation.values())
    mass: dict[str, float] = defaultdict(float)
    for entity, weight in activation.items():
        mass[entity] += (1 - settings.damping) * weight / total
    for episode, weight in start.items():
        named = _named(view.facts_of(episode))
        ties = sum(named.values())
        for entity, count in named.items():
            if entity in view.degrees and view.degrees[entity] <= degree:
                mass[entity] += settings.damping * weight * count / ties
    return dict(sorted(mass.items(), key=lambda item: (-item[1], item[0]))[: settings.entities])


def episode_mass(
    view: View, start: Mapping[str, float], entities: Mapping[str, float], settings: Walk
) -> dict[str, float]:
    """Second half-step: what flows back to episodes, divided by its maximum and flattened, in [0, 1]."""
    mass: dict[str, float] = defaultdict(float)
    for episode, weight in start.items():
        mass[episode] += (1 - settings.damping) * weight
    for entity, weight in entities.items():
        linked = view.linked.get(entity)
        if linked is None:
            continue
        ties: dict[str, float] = defaultdict(float)
        for fact in linked.about:
            _tie(view, ties, fact, ABOUT)
        for fact in linked.mentions:
            _tie(view, ties, fact, 1.0)
        total = sum(ties.values())
        for episode, tie in ties.items():
            mass[episode] += settings.damping * weight * tie / total
    highest = max(mass.values(), default=0.0)
    return {episode: (weight / highest) ** settings.power for episode, weight in mass.items()} if highest > 0 else {}


ABOUT = 2.0


def _tie(view: View, ties: dict[str, float], fact: Reached, weight: float) -> None:
    for episode in fact.episodes:
        seed = view.episodes.get(episode)
        ties[episode] += weight / max(1, seed.links if seed else MEAN_LINKS)


MEAN_LINKS = 15


def _named(facts: Collection[Reached]) -> dict[str, float]:
    named: dict[str, float] = defaultdict(float)
    for fact in facts:
        if fact.holds:
            for entity in fact.mentions:
                named[entity] += 1.0
            if fact.subject is not None:
                named[fact.subject] += ABOUT
    return named
