"""The path step: from the best episodes over the entities in their facts to facts that say more of the question."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Lists, Places
from graphmem.recall.places import NOWHERE, Scores, among, best, best_of_each, counted, distinct_pairs
from graphmem.recall.question import Words
from graphmem.recall.settings import Chain, Hop
from graphmem.recall.view import View

Sets = NDArray[np.int64]
"""Sets of the question's stems, as bits."""


@dataclass(frozen=True, slots=True)
class Front:
    """The episodes that a step starts from, best first.

    Attributes:
        episode: Where each is.
        score: Of the way to it so far; a start has its share of the highest nearness.
        covered: The question's words that the way has met.
        row: The row of the step before that it continues.
    """

    episode: Places
    score: Scores
    covered: Sets
    row: Places


@dataclass(frozen=True, slots=True)
class Reached:
    """The episodes that a step reached, one row for each, best first.

    Attributes:
        episode: Where the way ends.
        score, covered: As in `Front`.
        fact: The fact it ended at.
        source: The fact of the episode before that names the bridge.
        via: The entity that is the bridge.
        front: The row of the front it started from.
        carried: The score without what the target's words add, and
        factor: what all of it is multiplied with: by them a target can be scored again when more of it is known.
    """

    episode: Places
    score: Scores
    covered: Sets
    fact: Places
    source: Places
    via: Places
    front: Places
    carried: Scores
    factor: Scores

    def rows(self, rows: Places | slice) -> "Reached":
        """Some of the rows, in this order."""
        return Reached(*(getattr(self, name)[rows] for name in self.__slots__))

    def best(self) -> "Reached":
        """The best row for each episode."""
        return self.rows(best_of_each(self.episode, self.score))


def joined(parts: list[Reached]) -> Reached:
    """The rows of several steps' worth of targets."""
    return Reached(*(np.concatenate([getattr(part, name) for part in parts]) for name in Reached.__slots__))


@dataclass(frozen=True, slots=True)
class Bridges:
    """Ways out of the episodes of a front, a row for each fact and entity that may be crossed.

    `to_about` is whether a way may lead to facts about the entity, `from_said` whether it starts in something said.
    """

    front: Places
    source: Places
    entity: Places
    to_about: NDArray[np.bool_]
    from_said: NDArray[np.bool_]

    def rows(self, rows: NDArray[np.bool_]) -> "Bridges":
        """Those of the rows that are marked."""
        return Bridges(*(getattr(self, name)[rows] for name in self.__slots__))


class Stepper:
    """One step for all episodes of a front; which entities may be bridges depends on whether it starts in a chat."""

    def __init__(self, view: View, chain: Chain, hop: Hop) -> None:
        self._view = view
        self._chain = chain
        self._hop = hop

    def start(self, episodes: Places, nearness: Scores) -> Front:
        """The nearest documents and the nearest turns, each against the best of its kind, as ways of no length."""
        is_said = self._view.is_said(episodes)
        fronts: list[Places] = []
        scores: list[Scores] = []
        for some, count in ((episodes[~is_said], self._chain.front), (episodes[is_said], self._hop.front)):
            nearest = best(some, nearness[some], count)
            highest = nearness[nearest].max(initial=0.0)
            if highest > 0:
                fronts.append(nearest)
                scores.append(nearness[nearest] / highest)
        starts = np.concatenate((NOWHERE, *fronts))
        return Front(
            starts, np.concatenate((np.empty(0), *scores)), self._view.covered(starts), np.full(len(starts), -1)
        )

    def onward(self, reached: Reached) -> Front:
        """The best ways to documents and to turns, to go on from."""
        is_said = self._view.is_said(reached.episode)
        documents, turns = np.flatnonzero(~is_said), np.flatnonzero(is_said)
        documents = best(documents, reached.score[documents], self._chain.beam)
        turns = best(turns, reached.score[turns], self._hop.beam)
        rows = np.concatenate((documents, turns))
        highest = np.repeat(
            (self._chain.strength + self._chain.words, 1 / self._hop.onward), (len(documents), len(turns))
        )
        return Front(reached.episode[rows], reached.score[rows] / highest, reached.covered[rows], rows)

    def ways_out(self, front: Front) -> Bridges:
        """Every entity that could be crossed; their degrees are needed next."""
        is_said = self._view.is_said(front.episode)
        parts = [*self._out_of_documents(front, ~is_said), *self._out_of_turns(front, is_said)]
        return Bridges(*(np.concatenate([getattr(part, name) for part in parts]) for name in Bridges.__slots__))

    def leading(self, ways: Bridges) -> Bridges:
        """The ways that lead somewhere in particular; the links of their entities are needed next."""
        view = self._view
        degree = view.entities.degree[ways.entity]
        is_asked = among(ways.entity, view.asked)
        most = np.where(is_asked, self._hop.asked_degree, self._hop.degree)
        of_turns = (degree > 1) & (degree <= most) & ~among(ways.entity, view.speakers)
        of_documents = (degree > 0) & (degree <= view.hub) & ~is_asked
        leads = np.where(ways.from_said, of_turns, of_documents)
        return ways.rows(leads & ~among(ways.entity, view.selves))  # "I" leads everywhere

    def targets(self, front: Front, ways: Bridges) -> Reached:
        """The best way to each episode that can be reached."""
        chain, view = self._chain, self._view
        entities, entity = np.unique(ways.entity, return_inverse=True)
        mentioned = np.where(ways.from_said, 1.0, chain.mentioned)
        always = np.ones(len(entity), dtype=np.bool_)
        parts: list[Reached] = []
        for (which, facts), kind, may, limit in (
            (view.excerpt.mentioning(entities), mentioned, always, chain.mentions),
            (view.excerpt.about(entities), np.ones(len(entity)), ways.to_about, chain.about),
        ):
            fans = Lists(np.searchsorted(which, np.arange(len(entities) + 1)), facts)
            rows = np.flatnonzero(may)
            of_row, fact = fans.of_all(entity[rows])
            of_fact, episode = view.facts.episodes.of_all(fact)
            row, fact = rows[of_row[of_fact]], fact[of_fact]
            elsewhere = episode != front.episode[ways.front[row]]
            row, fact, episode = row[elsewhere], fact[elsewhere], episode[elsewhere]
            few = counted(row) < limit
            parts.append(self._scored(front, ways, row[few], fact[few], episode[few], kind))
        return joined(parts).best()

    def _scored(self, front: Front, ways: Bridges, row: Places, fact: Places, episode: Places, kind: Scores) -> Reached:
        chain, hop, view = self._chain, self._hop, self._view
        start, source, entity, from_said = ways.front[row], ways.source[row], ways.entity[row], ways.from_said[row]
        met = front.covered[start] | np.where(from_said, 0, view.facts.words[source])
        gained = view.facts.words[fact] & ~met
        rarity = view.rarity(entity)
        carried = np.where(
            from_said,
            hop.strength * front.score[start]
            + hop.rarity * rarity * np.where(view.entities.is_common[entity], hop.common, 1.0),
            chain.strength * front.score[start] + chain.rarity * rarity,
        )
        factor = kind[row]
        score = factor * (carried + np.where(from_said, hop.words, chain.words) * view.words.share(gained))
        return Reached(episode, score, met | gained, fact, source, ways.entity[row], start, carried, factor)

    def _out_of_documents(self, front: Front, marked: NDArray[np.bool_]) -> list[Bridges]:
        """By the facts most similar to the question: what they mention, and once what they are about."""
        view = self._view
        rows = np.flatnonzero(marked)
        which, facts = view.current(front.episode[rows])
        order = np.lexsort((-view.facts.similarity[facts], which))
        which, facts = which[order], facts[order]
        few = counted(which) < self._chain.facts
        which, facts = which[few], facts[few]
        naming, mentioned = view.facts.mentions.of_all(facts)
        subjects = view.facts.subject[facts]
        first = distinct_pairs(which, subjects)
        first = first[subjects[first] >= 0]
        return [
            _ways(rows[which[naming]], facts[naming], mentioned, to_about=True, from_said=False),
            _ways(rows[which[first]], facts[first], subjects[first], to_about=False, from_said=False),
        ]

    def _out_of_turns(self, front: Front, marked: NDArray[np.bool_]) -> list[Bridges]:
        """By everything that a turn names."""
        view = self._view
        rows = np.flatnonzero(marked)
        row, facts = view.current(front.episode[rows])
        which = rows[row]
        naming, mentioned = view.facts.mentions.of_all(facts)
        subjects = view.facts.subject[facts]
        has = subjects >= 0
        return [_ways(which[naming], facts[naming], mentioned), _ways(which[has], facts[has], subjects[has])]


def _ways(
    front: Places,
    source: Places,
    entity: Places,
    *,
    to_about: bool = True,
    from_said: bool = True,
) -> Bridges:
    size = len(entity)
    return Bridges(front, source, entity, np.full(size, to_about), np.full(size, from_said))


@dataclass(frozen=True, slots=True)
class Crossing:
    """A bridge that a way to an episode crossed: from which episode and fact over which entity to which fact."""

    start: int
    source: int
    via: int
    fact: int
    episode: int


@dataclass(frozen=True, slots=True)
class Trails:
    """How each episode was reached within some steps: each step's front and what it reached.

    `scores` are those of the best way to each of the `episodes`. The way that is told is one that is good and meets
    much of the question.
    """

    fronts: tuple[Front, ...]
    steps: tuple[Reached, ...]
    episodes: Places
    scores: Scores
    _found: dict[int, tuple[int, int]]

    @classmethod
    def of(cls, fronts: list[Front], steps: list[Reached], words: Words) -> "Trails":
        """Take the best over all steps; where two are as good, the shorter one."""
        if not steps:
            return cls((), (), NOWHERE, np.empty(0), {})
        episodes = np.concatenate([step.episode for step in steps])
        scores = np.concatenate([step.score for step in steps])
        number = np.repeat(np.arange(len(steps)), [len(step.episode) for step in steps])
        row = np.concatenate([np.arange(len(step.episode)) for step in steps])
        kept = best_of_each(episodes, scores)
        told = best_of_each(episodes, scores + words.share(np.concatenate([step.covered for step in steps])))
        places = zip(number[told].tolist(), row[told].tolist(), strict=True)
        found = dict(zip(episodes[told].tolist(), places, strict=True))
        return cls(tuple(fronts), tuple(steps), episodes[kept], scores[kept], found)

    def to(self, episode: int) -> list[Crossing]:
        """The bridges of the way to an episode, in order; none where none leads there."""
        crossings: list[Crossing] = []
        number, row = self._found.get(episode, (-1, -1))
        while number >= 0:
            step, front = self.steps[number], self.fronts[number]
            start = int(step.front[row])
            crossings.append(
                Crossing(
                    int(front.episode[start]),
                    int(step.source[row]),
                    int(step.via[row]),
                    int(step.fact[row]),
                    int(step.episode[row]),
                )
            )
            number, row = number - 1, int(front.row[start])
        return crossings[::-1]
