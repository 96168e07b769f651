"""graphmem beside Mem0's local default, in one run: adding and recalling at 1,000 and at 10,000 memories of one user,
and whether what is recalled proves the answers to LoCoMo's questions and to chained ones about chats.

Mem0, as `pip install mem0ai` leaves it and with `infer=False` (no language model, each text is one memory), keeps its
vectors in its default store, a Qdrant folder. It gets them from graphmem's static table: both compare the same vectors.
graphmem runs twice: as it comes, reading facts out of every text, and with `extractor="none"`, which like Mem0 keeps
the text alone. Each side is a process of its own, Mem0's in an environment of its own (`./run bench vs_mem0` makes it);
they take turns, one works while the others wait. Times are those of the call itself, taken in its process; `parse` is
what reading facts costs an `add`. The questions are asked of texts with their speakers' names before them.

What an `add` has acknowledged survives a power cut on either side: Mem0 commits to two SQLite files (its vectors, its
history) with a rollback journal, graphmem to one with a write-ahead log, all with `synchronous = FULL`. Where the disk
takes its time to flush, each waits for that besides.
"""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import chains, chat
from benchmarks._asking import measure
from benchmarks._measure import CHECKOUT, Row, Scores, arguments, folder, percentile, places, show
from benchmarks.store import Speech

SIDES = {"Mem0": "mem0", "graphmem": "offline", "graphmem, no extractor": "none"}
USER = "ada"
TURN = 50
"""Calls that a side makes before the next side has its turn."""
TIMED = 200
"""Calls of each kind that are timed at each size."""


@dataclass(frozen=True)
class Done:
    """What calls took and found."""

    ms: list[float]
    sources: list[list[str]]


class Side:
    """A process that adds and recalls when told to."""

    def __init__(self, name: str, kind: str, home: Path, *, limit: int = 10) -> None:
        python = CHECKOUT / (".venv-bench" if kind == "mem0" else ".venv") / "bin" / "python"
        if not python.exists():
            raise SystemExit(f"{python} is not there: start this by ./run bench vs_mem0, which makes it")
        self.name = name
        home.mkdir()
        self._process = subprocess.Popen(
            [str(python), "-m", "benchmarks._vs_mem0_side", kind, str(home), str(limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "MEM0_DIR": str(home), "MEM0_TELEMETRY": "False"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stdin.close()
        self._process.wait()

    def do(self, verb: str, user: str, texts: Sequence[tuple[str, str]]) -> Done:
        """Call with each text and what its source is called."""
        print(json.dumps({"verb": verb, "user": user, "texts": texts}), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.name} ended with exit code {self._process.wait()}")
        return Done(**json.loads(answer))


def in_turns(sides: Sequence[Side], verb: str, texts: Sequence[tuple[str, str]]) -> dict[str, list[float]]:
    """Let each side make the same calls, a few at a time."""
    taken: dict[str, list[float]] = {side.name: [] for side in sides}
    for start in range(0, len(texts), TURN):
        for side in sides:
            taken[side.name] += side.do(verb, USER, texts[start : start + TURN]).ms
    return taken


def compared(size: int, verb: str, taken: dict[str, list[float]]) -> Iterator[Row]:
    """A row a side, with how many times faster than Mem0 it was."""
    peer, bare = taken["Mem0"], taken["graphmem, no extractor"]
    for name, times in taken.items():
        parse = percentile(times, 50) - percentile(bare, 50) if (name, verb) == ("graphmem", "add") else None
        yield {
            "memories": size,
            "call": verb,
            "side": name,
            "p50 ms": percentile(times, 50),
            "p95 ms": percentile(times, 95),
            "x faster p50": percentile(peer, 50) / percentile(times, 50),
            "x faster p95": percentile(peer, 95) / percentile(times, 95),
            **({"parse ms": parse} if parse is not None else {}),
        }


def answered(options: Namespace, home: Path) -> list[Row]:
    """What each finds of the evidence: Mem0 in a store of its own, graphmem as `chat` and `chains` measure it."""
    asked = [*chat.corpora("locomo", options.data), *chains.corpora(options.data)]
    scores = Scores()
    with Side("Mem0", "mem0", home / "answers", limit=20) as mem0:
        for corpus in asked:
            print(f"Mem0 reads {corpus.name}, {corpus.user}", file=sys.stderr, flush=True)
            mem0.do("add", corpus.user, [(text, source) for source, text in corpus.texts().items()])
            questions = [question for question in corpus.questions if question.figures([])]
            found = mem0.do("recall", corpus.user, [(question.text, "") for question in questions]).sources
            for question, sources in zip(questions, found, strict=True):
                scores.add(question, "Mem0", question.figures(sources))
    ways = Namespace(embedder="static", save=None, json=options.json)
    with places(None) as place:
        ours = [row for row in measure(asked, place, ways) if row["method"] == "graphmem"]
    columns = ("set", "method", "kind", "n", "R@5", "R@10", "R@20", "all@10")
    rows = [{column: row[column] for column in columns if column in row} for row in (*scores.rows(), *ours)]
    return sorted((row for row in rows if len(row) > 4), key=lambda row: (row["set"], row["kind"]))


@contextmanager
def started(home: Path) -> Iterator[list[Side]]:
    """All sides, alive."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(Side(name, kind, home / f"side{number}"))
            for number, (name, kind) in enumerate(SIDES.items())
        ]


def timed(sizes: Sequence[int], home: Path) -> Iterator[Row]:
    """Fill all sides to each size, then time both verbs there."""
    voice = Speech(0)
    held = 0
    with started(home) as sides:
        for size in sizes:
            said = [(fact["text"], f"memory {held + number}") for number, fact in enumerate(voice.facts(size - held))]
            before, last = said[:-TIMED], said[-TIMED:]
            in_turns(sides, "add", before)
            yield from compared(size, "add", in_turns(sides, "add", last))
            questions = [(voice.question(), "") for _ in range(TIMED)]
            yield from compared(size, "recall", in_turns(sides, "recall", questions))
            held = size
            print(f"{size} memories done", file=sys.stderr, flush=True)


def main() -> None:
    """Time both verbs, then ask."""
    parser = arguments(__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000], metavar="N", help="memories, ascending")
    parser.add_argument("--no-questions", dest="asks", action="store_false", help="time only")
    options = parser.parse_args()
    with folder(None) as home:
        rows = list(timed(options.sizes, home)) if options.sizes else []
        answers = answered(options, home) if options.asks else []
    for table in (rows, answers) if not options.json else ([*rows, *answers],):
        if table:
            show(table, as_json=options.json)


if __name__ == "__main__":
    main()
