"""Chats: does recall find the turns, or the chat records, that prove an answer?

LoCoMo and REALTALK: each conversation is a user, each turn an episode with its speaker, session and date; R@k is the
mean share of a question's evidence turns among the first k, over the answerable questions, by category. LiHua-World:
each of the 442 chat records is an episode of one user; where a question names alternatives, one of them is enough.
The other methods rank the same turns and records (see `_baselines`).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._asking import measure
from benchmarks._measure import Corpus, Question, arguments, found, lines, places, show

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


def records(corpus: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Chat records as `add_many` takes them. A record begins with a line that says when it was."""
    for record in corpus:
        when, _, said = record["text"].partition("\n")
        yield {"text": said, "source_id": record["id"], "at": moment("lihua", when)}


def turn_figures(evidence: Sequence[str], order: Sequence[str]) -> dict[str, float]:
    """How one order of turns does for one question."""
    return {f"R@{k}": found(order, evidence, k) for k in (5, 10, 20)}


def record_figures(gold: Sequence[str], any_will_do: bool, order: Sequence[str]) -> dict[str, float]:
    """How one order of records does for one question."""
    share = {f"R@{k}": found(order, gold, k) for k in (1, 5, 10)}
    return {column: float(value > 0) for column, value in share.items()} if any_will_do else share


def corpora(name: str, data: Path) -> Iterator[Corpus]:
    """The conversations of a set with what is asked about them."""
    if name == "lihua":
        questions = [
            Question(
                NAMES[name],
                asked["qid"],
                asked["type"].lower(),
                asked["question"],
                partial(record_figures, asked["gold"], asked["alternatives"]),
            )
            for asked in lines(data / name / "questions_dev.jsonl")
        ]
        yield Corpus(name, USER, list(records(lines(data / name / "corpus.jsonl.gz"))), questions)
        return
    for file in sorted((data / name).glob("*.json.gz")):
        [conversation] = lines(file)
        questions = [
            Question(NAMES[name], asked["qid"], category, asked["question"], partial(turn_figures, asked["evidence"]))
            for asked in conversation["qa"]
            if (category := CATEGORIES[name].get(asked["category"])) and asked["evidence"]
        ]
        yield Corpus(name, conversation["id"], list(turns(name, conversation)), questions, limit=20)


def main() -> None:
    """Measure the sets named."""
    parser = arguments(__doc__, recalls=True, saves=True)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(NAMES)}; all of them if none is named")
    options = parser.parse_args()
    if unknown := set(options.sets) - set(NAMES):
        parser.error(f"no set {', '.join(sorted(unknown))}: there are {', '.join(NAMES)}")
    asked = (corpus for name in options.sets or NAMES for corpus in corpora(name, options.data))
    with places(options.store) as place:
        show(measure(asked, place, options), as_json=options.json)


if __name__ == "__main__":
    main()
