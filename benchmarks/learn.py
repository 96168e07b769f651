"""How much each signal of recall should count, learned from the questions of all sets but the one that is judged.

Every question is asked once, with the settings as they are, and the signals of the best texts are noted (`Hit.signals`,
what each part of a score was). The order is then chosen again, text by text, and a conditional logit says how much each
signal should count for the next text to be one that proves the answer: `cover` and `follow` depend on those already
chosen. A factor of 1 leaves a signal as the settings have it; what a set's own questions had no part in is compared
with what it finds now, with a 95 % interval (paired bootstrap over questions). Below are the factors learned from all
sets. The constants of `graphmem.recall.settings` went as far towards them as no set lost by it.

Documents: MuSiQue, 2Wiki, HotpotQA. Turns: LoCoMo, REALTALK, by what they are found by themselves; ways to turns, which
do not add to it, stay as they are.
"""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks._asking import owner
from benchmarks._measure import Row, arguments, difference, embedder, places, show
from benchmarks.ablate import FIGURES, corpora, recalling_with, varied
from graphmem import Memory
from graphmem.recall import choose, evidence
from graphmem.recall.settings import Settings, settings_for

GROUPS = {
    "documents": (("musique", "2wiki", "hotpotqa"), ("path", "dense", "words", "link", "walk"), ("cover", "follow")),
    "turns": (
        ("locomo", "realtalk"),
        ("words", "dense", "near", "covered", "session", "speaker", "date", "fact", "asks", "length"),
        ("cover",),
    ),
}
"""The sets of a group, the signals that a text has by itself, and those it has beside others. The first signal is the
measure of the rest: only how much they count against each other changes an order."""

MOST = 60
"""Texts of each question that are looked at."""

STEPS = 5
"""Texts that are chosen one after the other while learning."""

ROUNDS, RIDGE = 4, 1.0

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question with its best texts: what they have by themselves, what beside each other, and which prove it.

    Attributes:
        signals: A column a signal.
        rest: What else their score consists of.
        kept: Share of the score that what is outdated keeps.
        words: Shares of the question by idf that stand in each text, a column a word; `worth` weighs what they cover.
        follows: What each gains behind each.
        is_gold: Which prove the answer.
        figure: The figure of an order of rows.
    """

    set: str
    signals: Numbers
    rest: Numbers
    kept: Numbers
    words: Numbers
    worth: Numbers
    follows: Numbers
    is_gold: NDArray[np.bool_]
    figure: Callable[[Sequence[int]], float]

    def beside(self, chosen: Sequence[int]) -> Numbers:
        """What each text gains from those chosen before it."""
        left = self.words * ~(self.words[chosen] > 0).any(axis=0)
        onward = self.follows[chosen].max(axis=0, initial=0.0)
        return np.stack((self.worth * left.sum(axis=1), onward), axis=1)

    def features(self, chosen: Sequence[int], count: int) -> Numbers:
        """The signals by themselves and so many of those beside others."""
        return np.hstack((self.signals * self.kept[:, None], self.beside(chosen)[:, :count]))

    def order(self, factors: Numbers, steps: int) -> list[int]:
        """The rows chosen one after the other."""
        chosen: list[int] = []
        count = len(factors) - self.signals.shape[1]
        for _ in range(min(steps, len(self.rest))):
            scores = self.features(chosen, count) @ factors + self.rest * self.kept
            scores[chosen] = -np.inf
            chosen.append(int(np.argmax(scores)))
        return chosen


def cases(name: str, signals: Sequence[str], options: Namespace, place: Callable[[str], str]) -> Iterator[Case]:
    """Ask the questions of a set."""
    vectors = embedder(options.embedder)
    settings = varied(settings_for(vectors.identity), {"choice.top": MOST})
    seen: dict[str, Any] = {}  # the ranking of the last recall, and what follows what

    def noted(ranking: Any, hits: Any, how: Any) -> Any:
        seen["ranking"] = ranking
        return read(ranking, hits, how)

    def ordered(view: Any, episodes: Any, scores: Any, follows: Any, how: Any) -> Any:
        seen["episodes"], seen["follows"] = episodes[:MOST], follows
        return together(view, episodes, scores, follows, how)

    read, together = evidence.signs, choose.together
    figure = FIGURES.get(name, "R@5")
    for corpus in corpora(name, options):
        url = place(corpus.name)
        user = owner(corpus, url)
        with (
            Memory(url, embedder=vectors) as memory,
            patch.object(evidence, "signs", noted),
            patch.object(choose, "together", ordered),
            recalling_with(settings),
        ):
            memory.add_many(corpus.episodes, progress=not options.json, user_id=user)
            for question in corpus.questions[: options.questions]:
                recall = memory.recall(question.text, limit=MOST, at=question.at, user_id=user)
                sources = {hit.episode_id: hit.source_id or "" for hit in recall.hits}
                if sources:
                    yield _case(name, question, figure, sources, signals, seen, settings)


def _case(
    name: str,
    question: Any,
    figure: str,
    sources: dict[str, str],
    signals: Sequence[str],
    seen: dict[str, Any],
    settings: Settings,
) -> Case:
    ranking, episodes = seen["ranking"], seen["episodes"]
    view, choice = ranking.view, settings.choice
    ids = [sources[view.episodes.ids[episode]] for episode in episodes]
    columns = np.stack([ranking.signals.totals(signal)[episodes] for signal in signals], axis=1)
    kept = np.where(ranking.outdated[episodes], choice.outdated, 1.0)
    shares = view.words.weights / view.words.total if view.words.total else view.words.weights
    return Case(
        set=name,
        signals=columns,
        rest=ranking.scores[episodes] / kept - columns.sum(axis=1),
        kept=kept,
        words=(view.episodes.counts[episodes] > 0) * shares,
        worth=np.where(view.is_said(episodes), choice.said_cover, choice.cover),
        follows=choice.follows * seen["follows"],
        is_gold=np.array([question.figures([id_])[figure] > 0 for id_ in ids]),
        figure=lambda order: question.figures([ids[row] for row in order])[figure],
    )


def learned(known: Sequence[Case], count: int) -> Numbers:
    """Factors of the signals: of each text that proves an answer, against those that do not, at every step of the order
    that the factors so far lead to. By Newton's method with a slight ridge.
    """
    factors = np.ones(known[0].signals.shape[1] + count)
    for _ in range(ROUNDS):
        pairs = [pair for case in known for pair in _choices(case, factors, count)]
        factors = _logit(pairs, factors)
        factors /= factors[0]
    return factors


def _choices(case: Case, factors: Numbers, count: int) -> Iterator[tuple[Numbers, Numbers]]:
    """At each step, for each text that should come now: how the others differ from it, in signals and in the rest."""
    chosen = case.order(factors, STEPS)
    for step in range(len(chosen)):
        features = case.features(chosen[:step], count)
        wanted = case.is_gold.copy()
        wanted[chosen[:step]] = False
        others = ~case.is_gold
        others[chosen[:step]] = False
        rest = case.rest * case.kept
        for row in np.flatnonzero(wanted).tolist():
            yield features[others] - features[row], rest[others] - rest[row]


def _logit(pairs: Sequence[tuple[Numbers, Numbers]], start: Numbers) -> Numbers:
    """The factors, in any measure, under which what should come is most likely to."""
    factors = np.append(4 * start, 4.0)  # the last is that of the rest
    rows = [np.column_stack(pair) for pair in pairs]
    for _ in range(12):
        slope, bend = -RIDGE * (factors - factors[0] * np.append(start, 1.0)), RIDGE * np.eye(len(factors))
        for row in rows:
            odds = np.exp(np.clip(row @ factors, -50, 50))
            chance = odds / (1 + odds.sum())
            mean = chance @ row
            slope -= mean
            bend += (row * chance[:, None]).T @ row - np.outer(mean, mean)
        factors = factors + np.linalg.solve(bend, slope)
    return factors[:-1]


def main() -> None:
    """Learn from all sets but one, and judge by that one."""
    parser = arguments(__doc__, recalls=True)
    parser.add_argument("--questions", type=int, metavar="N", help="only the first N of each user")
    options = parser.parse_args()
    rows: list[Row] = []
    with places(options.store) as place:
        for group, (sets, signals, beside) in GROUPS.items():
            asked = [case for name in sets for case in cases(name, signals, options, place)]
            for name in sets:
                factors = learned([case for case in asked if case.set != name], len(beside))
                pairs = [
                    (case.figure(case.order(np.ones(len(factors)), 10)), case.figure(case.order(factors, 10)))
                    for case in asked
                    if case.set == name
                ]
                rows.append({"learned without": name, "figure": FIGURES.get(name, "R@5"), **difference(pairs)})
            factors = learned(asked, len(beside)).round(2).tolist()
            print(f"{group}: {dict(zip((*signals, *beside), factors, strict=True))}", file=sys.stderr)
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
