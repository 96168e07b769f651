"""Chat worlds: a year of messages each, asked for chained, timed, changed and unanswerable things.

`all@10`: every message that proves the answer is among the first ten. `stale first`: of the questions whose answer
changed, those where an outdated message stands above all evidence; `stale top` where it is the very first; `unmarked`
where it is the first and not marked as outdated. Silence: `Recall.enough` is False, which is right for the questions of
kind `abstain` and wrong for all others. BM25 and dense rank the same messages, whatever the moment asked about.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks._measure import Baselines, Row, Scores, Stopwatch, arguments, found, show
from graphmem import Memory


def episodes(world: dict[str, Any]) -> list[dict[str, Any]]:
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


def figures(order: Sequence[str], question: dict[str, Any]) -> dict[str, float]:
    """How one order of messages does for one question."""
    evidence, stale = question["evidence"], question["stale"]
    scores: dict[str, float] = {}
    if evidence:
        scores["all@10"] = float(found(order, evidence, 10) == 1)
        scores["R@10"] = found(order, evidence, 10)
    if evidence and stale:
        best = next((id_ for id_ in order if id_ in {*evidence, *stale}), None)
        scores["stale first"] = float(best in stale)
        scores["stale top"] = float(bool(order) and order[0] in stale)
    return scores


def measure(world: dict[str, Any], scores: Scores, watch: Stopwatch, *, is_listing: bool) -> None:
    """Ask one world its questions."""
    messages = episodes(world)
    baselines = Baselines({message["source_id"]: f"{message['speaker']}: {message['text']}" for message in messages})
    who = world["user_id"]
    with Memory(":memory:") as memory:
        memory.add_many(messages, user_id=who)
        for question in world["questions"]:
            at = datetime.fromisoformat(question["at"]) if question["at"] else None
            with watch.running():
                recall = memory.recall(question["question"], limit=10, at=at, user_id=who)
            ours = figures(recall.sources, question)
            if "stale top" in ours:
                first = recall.hits[0]
                ours["unmarked"] = float(first.source_id in question["stale"] and not first.is_outdated)
            silence = "false silence" if question["evidence"] else "right silence"
            scores.add("graphmem", {**ours, silence: float(not recall.enough)}, question["kind"])
            for method, order in baselines.orders(question["question"]).items():
                scores.add(method, figures(order, question), question["kind"])
            if is_listing:
                place = {id_: rank for rank, id_ in enumerate(recall.sources, 1)}
                ranks = {id_: place.get(id_) for id_ in (*question["evidence"], *question["stale"])}
                said = "enough" if recall.enough else "silent"
                print(f"{world['id']} {question['id']} {question['kind']:10} {said} {recall.confidence:.2f} {ranks}")


def main() -> None:
    """Measure every world of the folder."""
    parser = arguments(__doc__)
    parser.add_argument("--list", action="store_true", help="list each question with the ranks of its evidence")
    options = parser.parse_args()
    files: list[Path] = sorted((options.data / "chains").glob("world_*.json"))
    if not files:
        raise SystemExit(f"no worlds in {options.data / 'chains'}: pass --data FOLDER or set GRAPHMEM_DATA")
    scores, watch = Scores(), Stopwatch()
    for file in files:
        world = json.loads(file.read_text(encoding="utf-8"))
        measure(world, scores, watch, is_listing=options.list)
    rows: list[Row] = scores.rows()
    show([{**row, **(watch.columns() if not number else {})} for number, row in enumerate(rows)], as_json=options.json)


if __name__ == "__main__":
    main()
