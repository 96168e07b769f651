"""What a filter costs, and whether the best that passes is found: `python -m benchmarks.filters [SIZE]`.

A space of SIZE turns (10,000 if not given), one in 2, 10, 100 and 1,000 marked by its metadata. Every turn is ranked
for each question; the first ten that bear a mark are what a filter for the mark should find. How many of those it
finds, and how long it takes, the median of five. A filter that nothing passes is the dearest.
"""

import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from graphmem import Memory

SHARES = (2, 10, 100, 1_000)
START = datetime(2025, 1, 1, tzinfo=UTC)
PEOPLE = ("Ada", "Bo", "Cleo", "Dan", "Edda", "Finn", "Gil", "Hana", "Ivo", "Jun")
THINGS = (
    "oysters",
    "a bicycle",
    "the choir",
    "a lease",
    "jazz",
    "the garden",
    "a novel",
    "chess",
    "pottery",
    "the tram",
)
DOINGS = (
    "talked about",
    "asked about",
    "paid for",
    "dreamt of",
    "looked after",
    "forgot",
    "praised",
    "complained about",
)
QUESTIONS = ("Who paid for oysters?", "What did Cleo praise?", "Who complained about the tram to Ivo?")


def turns(size: int) -> list[dict[str, Any]]:
    """Small talk, marked by how rare it is."""
    draw = random.Random(1)
    said: list[dict[str, Any]] = []
    for number in range(size):
        who, other = draw.sample(PEOPLE, 2)
        text = f"{who} {draw.choice(DOINGS)} {draw.choice(THINGS)} with {other}, time {number}."
        marks = {f"one_in_{share}": draw.randrange(share) == 0 for share in SHARES}
        said.append(
            {"text": text, "source_id": str(number), "at": START + timedelta(minutes=number), "metadata": marks}
        )
    return said


def asked(memory: Memory, question: str, filters: dict[str, Any] | None) -> tuple[list[str | None], float]:
    """The sources of ten hits, and the median of five times in milliseconds."""
    times: list[float] = []
    found: list[str | None] = []
    for _ in range(5):
        begun = time.perf_counter()
        found = [hit.source_id for hit in memory.recall(question, user_id="u", filters=filters)]
        times.append(1_000 * (time.perf_counter() - begun))
    return found, statistics.median(times)


def ranked(memory: Memory, question: str, size: int) -> list[str]:
    """The sources of all turns, best first."""
    hits = memory.recall(question, user_id="u", filters={"one_in_2": "*"}, limit=size)
    return [str(hit.source_id) for hit in hits]


def main() -> None:
    """Print a line for each filter."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    said = turns(size)
    with Memory(":memory:", extractor="none") as memory:
        memory.add_many(said, user_id="u")
        plain = statistics.mean(asked(memory, question, None)[1] for question in QUESTIONS)
        print(f"{size:,} turns  no filter: {plain:.0f} ms")
        marks = {turn["source_id"]: turn["metadata"] for turn in said}
        whole = [ranked(memory, question, size) for question in QUESTIONS]
        for share in SHARES:
            mark = f"one_in_{share}"
            best = [{*[source for source in ranking if marks[source][mark]][:10]} for ranking in whole]
            answers = [asked(memory, question, {mark: True}) for question in QUESTIONS]
            right = sum(len(expected & {*found}) for expected, (found, _) in zip(best, answers, strict=True))
            took = statistics.mean(ms for _, ms in answers)
            print(f"1 in {share:<6,} {right} of {sum(map(len, best))} of the best found  {took:.0f} ms")
        nothing = statistics.mean(asked(memory, question, {"mark": "none"})[1] for question in QUESTIONS)
        print(f"none passes: {nothing:.0f} ms")


if __name__ == "__main__":
    main()
