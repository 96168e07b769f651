"""graphmem beside Mem0's local default, in one run: adding and recalling at 1,000 and at 10,000 memories of one user.

Mem0, as `pip install mem0ai` leaves it and with `infer=False` (no language model, each text is one memory), keeps its
vectors in its default store, a Qdrant folder. It gets them from graphmem's static table: both compare the same vectors.
graphmem runs twice: as it comes, reading facts out of every text, and with `extractor="none"`, which like Mem0 keeps
the text alone. Each side is a process of its own, Mem0's in an environment of its own (`./run bench vs_mem0` makes it);
they take turns, one works while the others wait. Times are those of the call itself, taken in its process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks._measure import CHECKOUT, Row, arguments, folder, percentile, show
from benchmarks.store import Speech

SIDES = {"Mem0": "mem0", "graphmem": "offline", "graphmem, no extractor": "none"}
TURN = 50
"""Calls that a side makes before the next side has its turn."""
TIMED = 200
"""Calls of each kind that are timed at each size."""


class Side:
    """A process that adds and recalls when told to."""

    def __init__(self, name: str, kind: str, home: Path) -> None:
        python = CHECKOUT / (".venv-bench" if kind == "mem0" else ".venv") / "bin" / "python"
        if not python.exists():
            raise SystemExit(f"{python} is not there: start this by ./run bench vs_mem0, which makes it")
        self.name = name
        home.mkdir()
        self._process = subprocess.Popen(
            [str(python), "-m", "benchmarks._vs_mem0_side", kind, str(home)],
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

    def do(self, verb: str, texts: Sequence[str]) -> list[float]:
        """Milliseconds of each call."""
        print(json.dumps({"verb": verb, "texts": texts}), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.name} ended with exit code {self._process.wait()}")
        return json.loads(answer)


def in_turns(sides: Sequence[Side], verb: str, texts: Sequence[str]) -> dict[str, list[float]]:
    """Let each side make the same calls, a few at a time."""
    taken: dict[str, list[float]] = {side.name: [] for side in sides}
    for start in range(0, len(texts), TURN):
        for side in sides:
            taken[side.name] += side.do(verb, texts[start : start + TURN])
    return taken


def compared(size: int, verb: str, taken: dict[str, list[float]]) -> Iterator[Row]:
    """A row a side, with how many times faster than Mem0 it was."""
    peer = taken["Mem0"]
    for name, times in taken.items():
        yield {
            "memories": size,
            "call": verb,
            "side": name,
            "p50 ms": percentile(times, 50),
            "p95 ms": percentile(times, 95),
            "x faster p50": percentile(peer, 50) / percentile(times, 50),
            "x faster p95": percentile(peer, 95) / percentile(times, 95),
        }


@contextmanager
def started(home: Path) -> Iterator[list[Side]]:
    """All sides, alive."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(Side(name, kind, home / f"side{number}"))
            for number, (name, kind) in enumerate(SIDES.items())
        ]


def main() -> None:
    """Fill all sides to each size, then time both verbs there."""
    parser = arguments(__doc__, reads_data=False)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000], metavar="N", help="memories, ascending")
    options = parser.parse_args()
    voice = Speech(0)
    rows: list[Row] = []
    with folder(None) as home, started(home) as sides:
        held = 0
        for size in options.sizes:
            texts = [fact["text"] for fact in voice.facts(size - held)]
            before, timed = texts[:-TIMED], texts[-TIMED:]
            in_turns(sides, "add", before)
            rows += compared(size, "add", in_turns(sides, "add", timed))
            rows += compared(size, "recall", in_turns(sides, "recall", [voice.question() for _ in range(TIMED)]))
            held = size
            print(f"{size} memories done", file=sys.stderr, flush=True)
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
