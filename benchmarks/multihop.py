"""Chained questions over encyclopedic passages: MuSiQue, 2WikiMultiHopQA and HotpotQA.

Every passage goes in through `Memory.add_many`, every question is asked by `Memory.recall(limit=10)`, and the passages
that prove the answer are looked for among `Recall.sources`: R@k is the mean share of them among the first k, all@5 the
share of questions with every one of them among the first five. BM25 and dense rank the same passages.
"""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._measure import Baselines, Row, Scores, Stopwatch, arguments, folder, found, lines, show
from graphmem import Memory

SETS = {"musique": "MuSiQue", "2wiki": "2Wiki", "hotpotqa": "HotpotQA"}
USER = "reader"


def episodes(passages: list[dict[str, Any]], *, is_titled: bool) -> Iterator[dict[str, Any]]:
    """Passages as `add_many` takes them."""
    for passage in passages:
        title = {"title": passage["title"]} if is_titled else {}
        yield {"text": passage["text"], "source_id": str(passage["id"]), **title}


def measure(name: str, options: Namespace, stores: Path) -> list[Row]:
    """Ingest one set and ask its questions."""
    passages = lines(options.data / name / "corpus.jsonl.gz")
    questions = lines(options.data / name / "questions_dev.jsonl")[: options.questions]
    store = stores / f"{name}{'' if options.titles else '-untitled'}.db"
    texts = {
        str(passage["id"]): f"{passage['title']}\n{passage['text']}" if options.titles else passage["text"]
        for passage in passages
    }
    baselines = Baselines(texts)
    scores, watch = Scores(), Stopwatch()
    with Memory(store) as memory:
        ingested = memory.add_many(
            list(episodes(passages, is_titled=options.titles)), progress=not options.json, user_id=USER
        )
        print(f"{name}: {ingested}", file=sys.stderr, flush=True)
        for question in questions:
            with watch.running():
                recall = memory.recall(question["question"], limit=10, user_id=USER)
            gold = {str(id_) for id_ in question["gold"]}
            for method, order in {"graphmem": recall.sources, **baselines.orders(question["question"])}.items():
                share = {f"R@{k}": found(order, gold, k) for k in (2, 5, 10)}
                scores.add(method, {**share, "all@5": float(share["R@5"] == 1)})
            if options.misses and found(recall.sources, gold, 5) < 1:
                ranks = [recall.sources.index(id_) + 1 if id_ in recall.sources else None for id_ in sorted(gold)]
                print(json.dumps({"qid": question["qid"], "ranks": ranks}), file=sys.stderr)
    rows = [{column: value for column, value in row.items() if column != "kind"} for row in scores.rows()]
    speed = {**watch.columns(), "passages/s": ingested.episodes / ingested.seconds if ingested.episodes else None}
    return [
        {"set": SETS[name] + ("" if options.titles else ", no titles"), **row, **(speed if number == 0 else {})}
        for number, row in enumerate(rows)
    ]


def main() -> None:
    """Measure the sets named."""
    parser = arguments(__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all of them if none is named")
    parser.add_argument("--questions", type=int, metavar="N", help="only the first N of each set")
    parser.add_argument("--no-titles", dest="titles", action="store_false", help="withhold the titles of the passages")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="keep the stores there, and go on where they are")
    parser.add_argument("--misses", action="store_true", help="list the questions that are not proven in the first 5")
    options = parser.parse_args()
    if unknown := set(options.sets) - set(SETS):
        parser.error(f"no set {', '.join(sorted(unknown))}: there are {', '.join(SETS)}")
    rows: list[Row] = []
    with folder(options.store) as stores:
        for name in options.sets or SETS:
            rows += measure(name, options, stores)
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
