"""Chained questions over encyclopedic passages: MuSiQue, 2WikiMultiHopQA and HotpotQA.

Every passage goes in through `Memory.add_many`, every question is asked by `Memory.recall(limit=10)`, and the passages
that prove the answer are looked for among `Recall.sources`: R@k is the mean share of them among the first k, all@5 the
share of questions with every one of them among the first five. The other methods rank the same passages with the same
vectors, those with a graph over the facts that graphmem read (see `_baselines`).
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._asking import measure
from benchmarks._measure import Corpus, Question, arguments, found, lines, places, show

SETS = {"musique": "MuSiQue", "2wiki": "2Wiki", "hotpotqa": "HotpotQA"}
USER = "reader"


def episodes(passages: list[dict[str, Any]], *, is_titled: bool) -> Iterator[dict[str, Any]]:
    """Passages as `add_many` takes them."""
    for passage in passages:
        title = {"title": passage["title"]} if is_titled else {}
        yield {"text": passage["text"], "source_id": str(passage["id"]), **title}


def figures(gold: Sequence[str], order: Sequence[str]) -> dict[str, float]:
    """How one order of passages does for one question."""
    share = {f"R@{k}": found(order, gold, k) for k in (2, 5, 10)}
    return {**share, "all@5": float(share["R@5"] == 1)}


def corpus(name: str, data: Path, *, is_titled: bool = True, most: int | None = None) -> Corpus:
    """One set, with at most so many of its questions."""
    passages = lines(data / name / "corpus.jsonl.gz")
    set_ = SETS[name] + ("" if is_titled else ", no titles")
    questions = [
        Question(set_, asked["qid"], asked["type"], asked["question"], partial(figures, list(map(str, asked["gold"]))))
        for asked in lines(data / name / "questions_dev.jsonl")[:most]
    ]
    stored = name + ("" if is_titled else "-untitled")
    return Corpus(stored, USER, list(episodes(passages, is_titled=is_titled)), questions)


def main() -> None:
    """Measure the sets named."""
    parser = arguments(__doc__, recalls=True, saves=True)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all of them if none is named")
    parser.add_argument("--questions", type=int, metavar="N", help="only the first N of each set")
    parser.add_argument("--no-titles", dest="titles", action="store_false", help="withhold the titles of the passages")
    options = parser.parse_args()
    if unknown := set(options.sets) - set(SETS):
        parser.error(f"no set {', '.join(sorted(unknown))}: there are {', '.join(SETS)}")
    corpora = (
        corpus(name, options.data, is_titled=options.titles, most=options.questions) for name in options.sets or SETS
    )
    with places(options.store) as place:
        show(measure(corpora, place, options, by_kind=False), as_json=options.json)


if __name__ == "__main__":
    main()
