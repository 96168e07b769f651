"""Chats: does recall find the turns, or the chat records, that prove an answer?

LoCoMo and REALTALK: each conversation is a user, each turn an episode with its speaker, session and date; R@k is the
mean share of a question's evidence turns among the first k, over the answerable questions, by category. LiHua-World:
each of the 442 chat records is an episode of one user; where a question names alternatives, one of them is enough.
BM25 and dense rank the same turns and records.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks._measure import Baselines, Row, Scores, Stopwatch, arguments, folder, found, lines, show
from graphmem import Memory

CATEGORIES = {
    "locomo": {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop"},  # 5 has no answer
    "realtalk": {1: "multi-hop", 2: "temporal", 3: "commonsense"},
}
DATES = {"locomo": "%I:%M %p on %d %B, %Y", "realtalk": "%d.%m.%Y, %H:%M:%S", "lihua": "Time: %Y%m%d_%H:%M"}
NAMES = {"locomo": "LoCoMo", "realtalk": "REALTALK", "lihua": "LiHua-World"}
USER = "LiHua"


def moment(name: str, date: str) -> datetime:
    """A date as the set writes it; none of them names a time zone."""
    return datetime.strptime(date, DATES[name]).replace(tzinfo=UTC)


def turns(name: str, conversation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A conversation as `add_many` takes it. What a shared picture shows is part of the turn."""
    for turn in conversation["turns"]:
        caption = turn.get("image_caption")
        yield {
            "text": f"{turn['text']} [shares {caption}]" if caption else turn["text"],
            "speaker": turn["speaker"],
            "session_id": str(turn["session"]),
            "at": moment(name, turn["date"]),
            "source_id": turn["id"],
        }


def measure_turns(name: str, data: Path, stores: Path, *, is_quiet: bool) -> list[Row]:
    """Evidence turns of LoCoMo or REALTALK."""
    scores, watch = Scores(), Stopwatch()
    for file in sorted((data / name).glob("*.json.gz")):
        [conversation] = lines(file)
        said = list(turns(name, conversation))
        baselines = Baselines({turn["source_id"]: f"{turn['speaker']}: {turn['text']}" for turn in said})
        who = conversation["id"]
        with Memory(stores / f"{name}.db") as memory:
            ingested = memory.add_many(said, progress=not is_quiet, user_id=who)
            print(f"{who}: {ingested}", file=sys.stderr, flush=True)
            for question in conversation["qa"]:
                category = CATEGORIES[name].get(question["category"])
                if category is None or not question["evidence"]:
                    continue
                with watch.running():
                    recall = memory.recall(question["question"], limit=20, user_id=who)
                for method, order in {"graphmem": recall.sources, **baselines.orders(question["question"])}.items():
                    share = {f"R@{k}": found(order, question["evidence"], k) for k in (5, 10, 20)}
                    scores.add(method, share, category)
    return _rows(name, scores, watch)


def records(corpus: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Chat records as `add_many` takes them. A record begins with a line that says when it was."""
    for record in corpus:
        when, _, said = record["text"].partition("\n")
        yield {"text": said, "source_id": record["id"], "at": moment("lihua", when)}


def measure_records(data: Path, stores: Path, *, is_quiet: bool) -> list[Row]:
    """Evidence records of LiHua-World."""
    said = list(records(lines(data / "lihua" / "corpus.jsonl.gz")))
    baselines = Baselines({record["source_id"]: record["text"] for record in said})
    scores, watch = Scores(), Stopwatch()
    with Memory(stores / "lihua.db") as memory:
        ingested = memory.add_many(said, progress=not is_quiet, user_id=USER)
        print(f"lihua: {ingested}", file=sys.stderr, flush=True)
        for question in lines(data / "lihua" / "questions_dev.jsonl"):
            with watch.running():
                recall = memory.recall(question["question"], limit=10, user_id=USER)
            for method, order in {"graphmem": recall.sources, **baselines.orders(question["question"])}.items():
                share = {f"R@{k}": found(order, question["gold"], k) for k in (1, 5, 10)}
                if question["alternatives"]:
                    share = {column: float(value > 0) for column, value in share.items()}
                scores.add(method, share, question["type"].lower())
    return _rows("lihua", scores, watch)


def _rows(name: str, scores: Scores, watch: Stopwatch) -> list[Row]:
    rows = scores.rows(set=NAMES[name])
    return [{**row, **(watch.columns() if number == 0 else {})} for number, row in enumerate(rows)]


def main() -> None:
    """Measure the sets named."""
    parser = arguments(__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(NAMES)}; all of them if none is named")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="keep the stores there, and go on where they are")
    options = parser.parse_args()
    if unknown := set(options.sets) - set(NAMES):
        parser.error(f"no set {', '.join(sorted(unknown))}: there are {', '.join(NAMES)}")
    with folder(options.store) as stores:
        for name in options.sets or NAMES:
            if name == "lihua":
                rows = measure_records(options.data, stores, is_quiet=options.json)
            else:
                rows = measure_turns(name, options.data, stores, is_quiet=options.json)
            show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
