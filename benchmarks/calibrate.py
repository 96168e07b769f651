"""Whether memory has enough to answer: what `Recall.enough` rests on, fitted without anybody's labels.

Each chat world and each conversation of LoCoMo and REALTALK is asked its own questions, which it answers, and those of
the others, which it cannot: they come from other people's words. A logistic curve over the signs of
`graphmem.recall.evidence` is fitted to tell them apart, each side of each set weighing the same. What is printed was
judged by curves that never saw the world or conversation asked: the share of foreign questions that are recognised
(`right silence`) and of own ones that are refused (`false silence`), at several thresholds; then the curve fitted to
all, as `graphmem.recall.settings` keeps it.
"""

import random
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks import chains, chat
from benchmarks._asking import owner
from benchmarks._measure import Corpus, Question, Row, arguments, embedder, places, show
from graphmem import Memory
from graphmem.protocols import Places
from graphmem.recall import evidence
from graphmem.recall.evidence import Signs
from graphmem.recall.ranking import Ranking
from graphmem.recall.settings import STATIC, Evidence

FOREIGN = 100
"""Foreign questions that a corpus is asked, drawn by chance."""

THRESHOLDS = (0.2, 0.3, 0.35, 0.4, 0.42, 0.45, 0.5)
"""Beside the one in use, so that it is seen what another would do."""

SETS = ("chains", "locomo", "realtalk")
NAMES = tuple(field.name for field in fields(Signs))

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One question: of which set, asked of whom, whether it is answered there, and what speaks for it."""

    set: str
    who: str
    is_own: bool
    signs: Signs


def questions(corpora: Sequence[Corpus], mine: Corpus) -> Iterator[tuple[Question, bool]]:
    """The questions that a corpus answers, and some of the others'."""
    for asked in mine.questions:
        if asked.kind not in ("abstain", "foreign"):
            yield asked, True
    others = [asked for other in corpora if other is not mine for asked in other.questions if asked.kind != "foreign"]
    for asked in random.Random(mine.user).sample(others, min(FOREIGN, len(others))):
        yield asked, False


def ask(name: str, options: Namespace, place: Callable[[str], str]) -> Iterator[Asked]:
    """Ask every corpus of a set."""
    corpora = list(chains.corpora(options.data) if name == "chains" else chat.corpora(name, options.data))
    seen: list[Signs] = []
    read = evidence.signs

    def noted(ranking: Ranking, hits: Places, settings: Evidence) -> Signs:
        seen.append(read(ranking, hits, settings))
        return seen[-1]

    vectors = embedder(options.embedder)
    for corpus in corpora:
        url = place(corpus.name)
        user = owner(corpus, url)
        with Memory(url, embedder=vectors) as memory, patch.object(evidence, "signs", noted):
            memory.add_many(corpus.episodes, progress=not options.json, user_id=user)
            for question, is_own in questions(corpora, corpus):
                memory.recall(question.text, at=question.at, user_id=user)
                yield Asked(name, user, is_own, seen[-1])


def fitted(asked: Sequence[Asked]) -> Numbers:
    """Constant and weights of the logistic curve, by Newton's method with a slight ridge."""
    signs = np.array([[1.0, *astuple(one.signs)] for one in asked])
    answered = np.array([one.is_own for one in asked], dtype=np.float64)
    sides = Counter((one.set, one.is_own) for one in asked)
    weight = np.array([1 / sides[one.set, one.is_own] for one in asked])
    weight *= len(asked) / weight.sum()
    curve = np.zeros(signs.shape[1])
    ridge = np.diag([0.0, *[1.0] * len(NAMES)])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-signs @ curve))
        slope = signs.T @ (weight * (answered - chance)) - ridge @ curve
        bend = (signs * (weight * chance * (1 - chance))[:, None]).T @ signs + ridge
        curve += np.linalg.solve(bend, slope)
    return curve


def settings_of(curve: Numbers) -> Evidence:
    """A curve as the settings hold it."""
    constant, *weights = (float(value) for value in curve)
    return replace(STATIC.evidence, constant=constant, **dict(zip(NAMES, weights, strict=True)))


def held_out(asked: Sequence[Asked]) -> Iterator[tuple[Asked, float]]:
    """Every question with the confidence of a curve that was fitted without the one it was asked of."""
    for who in dict.fromkeys((one.set, one.who) for one in asked):
        rest = [one for one in asked if (one.set, one.who) != who]
        settings = settings_of(fitted(rest))
        for one in asked:
            if (one.set, one.who) == who:
                yield one, evidence.confidence(one.signs, settings)


def main() -> None:
    """Fit and judge."""
    parser = arguments(__doc__, recalls=True)
    options = parser.parse_args()
    asked: list[Asked] = []
    with places(options.store) as place:
        for name in SETS:
            asked += ask(name, options, place)
    judged = list(held_out(asked))
    rows: list[Row] = []
    for enough in sorted({*THRESHOLDS, STATIC.evidence.enough}):
        for name in SETS:
            own = [sure < enough for one, sure in judged if one.set == name and one.is_own]
            foreign = [sure < enough for one, sure in judged if one.set == name and not one.is_own]
            silence = {"right silence": 100 * float(np.mean(foreign)), "false silence": 100 * float(np.mean(own))}
            rows.append({"set": name, "enough": enough, "own": len(own), "foreign": len(foreign), **silence})
    show(rows, as_json=options.json)
    curve = dict(zip(("constant", *NAMES), fitted(asked).round(2).tolist(), strict=True))
    print(f"fitted to all: {curve}", file=sys.stderr)


if __name__ == "__main__":
    main()
