"""Chat worlds: a year of messages each, asked for chained, timed, changed and unanswerable things.

`all@10`: every message that proves the answer is among the first ten. `stale first`: of the questions whose answer
changed, those where an outdated message stands above all evidence; `stale top` where it is the very first; `unmarked`
where it is the first and not marked as outdated. Silence: `Recall.enough` is False, which is right for the questions of
kind `abstain` and wrong for all others; `foreign` are those of the other worlds. The
other methods rank the same messages (see `_baselines`), whatever the moment asked about.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._asking import measure
from benchmarks._measure import Corpus, Question, arguments, found, places, show
from graphmem.models import Recall

SET = "chat worlds"
World = dict[str, Any]


def worlds(data: Path) -> list[World]:
    """All worlds of the folder."""
    files = sorted((data / "chains").glob("world_*.json"))
    if not files:
        raise SystemExit(f"no worlds in {data / 'chains'}: pass --data FOLDER or set GRAPHMEM_DATA")
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def episodes(world: World) -> list[dict[str, Any]]:
    """The messages of a world as `add_many` takes them."""
    return [
        {
            "text": message["text"],
            "speaker": message["speaker"],
            "role": message["role"],
            "session_id": message["session"],
            "at": message["at"],
            "source_id": message["id"],
        }
        for message in world["messages"]
    ]


def figures(evidence: Sequence[str], stale: Sequence[str], order: Sequence[str]) -> dict[str, float]:
    """How one order of messages does for one question."""
    scores: dict[str, float] = {}
    if evidence:
        scores["all@10"] = float(found(order, evidence, 10) == 1)
        scores["R@10"] = found(order, evidence, 10)
    if evidence and stale:
        best = next((id_ for id_ in order if id_ in {*evidence, *stale}), None)
        scores["stale first"] = float(best in stale)
        scores["stale top"] = float(bool(order) and order[0] in stale)
    return scores


def corpora(data: Path) -> Iterator[Corpus]:
    """Each world with its own questions and those of the others."""
    all_worlds = worlds(data)
    for world in all_worlds:
        own = list(_questions(world))
        foreign = (asked for other in all_worlds if other is not world for asked in _questions(other))
        elsewhere = [
            replace(asked, id=f"{world['id']} asked {asked.id}", kind="foreign", figures=_nothing_to_find)
            for asked in foreign
        ]
        yield Corpus("chains", world["user_id"], episodes(world), [*own, *elsewhere])


def _questions(world: World) -> Iterator[Question]:
    for asked in world["questions"]:
        at = datetime.fromisoformat(asked["at"]) if asked["at"] else None
        judged = partial(figures, asked["evidence"], asked["stale"])
        yield Question(SET, f"{world['id']} {asked['id']}", asked["kind"], asked["question"], judged, at)


def _nothing_to_find(order: Sequence[str]) -> dict[str, float]:  # noqa: ARG001 - any order is as good
    return {}


def judge(question: Question, recall: Recall) -> dict[str, float]:
    """The figures of a recall, with what it says of itself."""
    ours = dict(question.figures(recall.sources))
    if "stale top" in ours:
        ours["unmarked"] = ours["stale top"] * (not recall.hits[0].is_outdated)
    silence = "right silence" if question.kind in ("abstain", "foreign") else "false silence"
    return {**ours, silence: float(not recall.enough)}


def main() -> None:
    """Measure every world of the folder."""
    options = arguments(__doc__, recalls=True, saves=True).parse_args()
    with places(options.store) as place:
        show(measure(corpora(options.data), place, options, judge=judge), as_json=options.json)


if __name__ == "__main__":
    main()
