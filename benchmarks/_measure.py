"""What the benchmarks share: their arguments, the data sets, the baselines to stand beside, and tables."""

import argparse
import asyncio
import gzip
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from graphmem.embedding.static import StaticEmbedder
from graphmem.words import bm25, idf, stems

CHECKOUT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("GRAPHMEM_DATA", CHECKOUT.parent / "shared" / "data"))

Row = Mapping[str, object]
"""One line of a table: column to value."""


def arguments(about: str | None, *, reads_data: bool = True, prints_table: bool = True) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes; `about` is the docstring of the script."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    if prints_table:
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    if reads_data:
        parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER", help=f"data sets (default: {DATA})")
    return parser


def lines(path: Path) -> list[dict[str, Any]]:  # records of other people's data sets
    """The records of a file of JSON Lines, compressed or not."""
    if not path.exists():
        raise SystemExit(f"{path} is not there: pass --data FOLDER or set GRAPHMEM_DATA")
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def show(rows: Sequence[Row], *, as_json: bool) -> None:
    """Print a table, its columns those of all rows in the order met, or the rows as JSON."""
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    columns = list(dict.fromkeys(column for row in rows for column in row))
    table = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    for line in table:
        print("  ".join(f"{cell:{'>' if i else '<'}{widths[i]}}" for i, cell in enumerate(line)).rstrip(), flush=True)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
    return "" if value is None else str(value)


@contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    """The folder to keep stores in: the one named, or one that goes when the benchmark ends."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with TemporaryDirectory(prefix="graphmem-bench-") as name:
        yield Path(name)


class Stopwatch:
    """Milliseconds of many runs of one thing: on the wall, and of CPU in this process."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time what happens in the block."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.cpu.append(1000 * (time.process_time() - cpu))
        self.wall.append(1000 * (time.perf_counter() - wall))

    def columns(self, prefix: str = "") -> Row:
        """The median and the 95th percentile on the wall, the mean of CPU."""
        return {
            f"{prefix}p50 ms": percentile(self.wall, 50),
            f"{prefix}p95 ms": percentile(self.wall, 95),
            f"{prefix}CPU ms": float(np.mean(self.cpu)),
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent of the values lie; at least one value."""
    return float(np.percentile(values, share))


def found(order: Sequence[str], wanted: Collection[str], k: int) -> float:
    """Which part of what was wanted stands among the first `k`, in [0, 1]."""
    return len(set(order[:k]) & set(wanted)) / len(set(wanted))


class Scores:
    """Means over questions, a row for each method and, where asked for, each kind of question."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, method: str, values: Mapping[str, float], *kinds: str) -> None:
        """Note the figures of one question, each in [0, 1], under `all` and under each kind."""
        for kind in ("all", *kinds):
            for column, value in values.items():
                self._values[method, kind][column].append(value)

    def rows(self, **first: object) -> list[Row]:
        """In percent, with the number of questions; the columns `first` stand before."""
        return [
            {
                **first,
                "method": method,
                "kind": kind,
                "n": max(map(len, columns.values())),
                **{column: 100 * float(np.mean(values)) for column, values in columns.items()},
            }
            for (method, kind), columns in self._values.items()
        ]


class Baselines:
    """What there would be without a graph: BM25, and nearness of vectors, over the same texts.

    The words are those of `graphmem.words`, the vectors those of the static table; both see each text whole.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._ids = list(texts)
        self._counts = [Counter(stems(text)) for text in texts.values()]
        self._lengths = [counts.total() for counts in self._counts]
        self._average = sum(self._lengths) / len(self._lengths)
        self._having: dict[str, list[int]] = defaultdict(list)
        for number, counts in enumerate(self._counts):
            for stem in counts:
                self._having[stem].append(number)
        self._vectors = np.stack(_embedded(texts.values()))

    def orders(self, question: str) -> dict[str, list[str]]:
        """The ids of all texts, best first, by each method."""
        return {"BM25": self.by_words(question), "dense": self.by_vector(question)}

    def by_words(self, question: str) -> list[str]:
        """Best first by BM25."""
        having = {stem: self._having[stem] for stem in stems(question) if stem in self._having}
        weights = {stem: idf(len(self._ids), len(texts)) for stem, texts in having.items()}
        scores = np.zeros(len(self._ids))
        for number in {number for texts in having.values() for number in texts}:
            scores[number] = bm25(self._counts[number], self._lengths[number], self._average, weights)
        return self._ordered(scores)

    def by_vector(self, question: str) -> list[str]:
        """Best first by cosine."""
        return self._ordered(self._vectors @ _embedded([question])[0])

    def _ordered(self, scores: np.ndarray) -> list[str]:
        return [self._ids[number] for number in np.argsort(-scores, kind="stable")]


def _embedded(texts: Iterable[str]) -> list[np.ndarray]:
    return asyncio.run(StaticEmbedder().embed(list(texts), purpose="document"))
