"""Recall and writing at size: from 1,000 facts of one owner to 1,000,000 of a thousand.

Every shape is a number of facts and of owners; the first owner has a tenth of the facts, the others share the rest. The
sentences are those of `store`: common words and names, both as Zipf's law has them, a name for every three facts. They
are written by `Memory.add_facts`, and read by `Memory.recall` in a process that has not seen the file.

A recall is timed without encoding its question: as a whole, what of it the reads of the store take, and what ranking
takes; those of several threads and processes as a whole, with it, one owner after the other: where there are many, most
are an owner's first. `first` is an owner's first recall in a process (the file may be in the machine's memory), `alone`
the same owner with the same facts in a file of their own. `MB` is the file where facts are written, and what the
process holds where they are recalled. The shapes that are not named end at 100,000 facts; the largest one, which takes
a good half hour to write, is `--facts 1000000 --owners 1000`.
"""

import inspect
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from benchmarks._measure import Row, arguments, folder, percentile, show
from benchmarks.store import Speech
from graphmem import Memory
from graphmem.embedding.static import StaticEmbedder
from graphmem.stores.embedded import EmbeddedStore

BATCH = 1000
REQUESTS = 100
"""Recalls of each kind that are timed."""
FIRSTS = 20
"""Owners whose first recall is timed."""
THREADS, PROCESSES = 8, 4
WRITTEN = 500
"""Texts that `add_many` is timed with."""


@dataclass(frozen=True)
class Shape:
    """How many facts of how many owners; or of one of them, alone."""

    facts: int
    owners: int
    only: int | None = None

    def size(self, owner: int) -> int:
        """Facts of an owner."""
        if self.owners == 1:
            return self.facts
        largest = self.facts // 10
        return largest if owner == 0 else (self.facts - largest) // (self.owners - 1)

    def speech(self, owner: int, occasion: int = 0) -> Speech:
        """What an owner says."""
        return Speech(owner, occasion, names=max(100, self.size(owner) // 3))

    @property
    def written(self) -> Sequence[int]:
        """Owners who are in the file."""
        return range(self.owners) if self.only is None else [self.only]

    def path(self, home: Path) -> Path:
        """Its file."""
        return home / f"scale-{self.facts}-{self.owners}{'' if self.only is None else f'-only-{self.only}'}.db"


class Part:
    """Times the public methods of a part, each call once however they call each other; `reading` runs a caller's work,
    and of that what it asks of the reader that it is given is timed.
    """

    def __init__(self, part: Any) -> None:  # a store or an embedder, whatever methods it has
        self.seconds = 0.0
        self._is_running = False
        self._time(part)

    def _time(self, part: Any) -> None:
        for name, method in inspect.getmembers(part, callable):
            if name == "reading":
                setattr(part, name, self._read(method))
            elif not name.startswith("_"):
                is_awaited = inspect.iscoroutinefunction(method)
                setattr(part, name, self._awaited(method) if is_awaited else self._called(method))

    def _read(self, reading: Callable[..., Any]) -> Callable[..., Any]:
        async def timed(work: Callable[[Any], Any]) -> object:
            def with_timed_reader(reader: Any) -> Any:
                self._time(reader)
                return work(reader)

            return await reading(with_timed_reader)

        return timed

    def _awaited(self, method: Callable[..., Any]) -> Callable[..., Any]:
        async def timed(*given: object, **named: object) -> object:
            if self._is_running:
                return await method(*given, **named)
            self._is_running, started = True, time.perf_counter()
            try:
                return await method(*given, **named)
            finally:
                self._is_running = False
                self.seconds += time.perf_counter() - started

        return timed

    def _called(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: object, **named: object) -> object:
            started = time.perf_counter()
            try:
                return method(*given, **named)
            finally:
                self.seconds += 0.0 if self._is_running else time.perf_counter() - started

        return timed


class Recalls:
    """A memory whose recalls are timed by stage, in milliseconds."""

    def __init__(self, path: Path) -> None:
        store, embedder = EmbeddedStore(str(path)), StaticEmbedder()
        self._store, self._encoding = Part(store), Part(embedder)
        self.memory = Memory(store, extractor="none", embedder=embedder)

    def ask(self, question: str, owner: int) -> tuple[float, float]:
        """The whole without encoding, and what of it the store took."""
        read, encoded, started = self._store.seconds, self._encoding.seconds, time.perf_counter()
        self.memory.recall(question, user_id=f"owner{owner}")
        whole = time.perf_counter() - started - (self._encoding.seconds - encoded)
        return 1000 * whole, 1000 * (self._store.seconds - read)


def times(asked: Sequence[tuple[float, float]]) -> dict[str, float]:
    """The columns of some recalls."""
    whole = [whole for whole, _ in asked]
    return {
        "p50 ms": percentile(whole, 50),
        "p95 ms": percentile(whole, 95),
        "store p50": percentile([read for _, read in asked], 50),
        "ranking p50": percentile([whole - read for whole, read in asked], 50),
    }


def fill(shape: Shape, home: Path) -> Row:
    """Write all facts in batches."""
    print(f"writing {shape}", file=sys.stderr, flush=True)
    path = shape.path(home)
    unfinished = path.with_suffix(".part.db")
    unfinished.unlink(missing_ok=True)
    seconds = 0.0
    with Memory(unfinished, extractor="none") as memory:
        for owner in shape.written:
            said = list(shape.speech(owner).facts(shape.size(owner)))
            for start in range(0, len(said), BATCH):
                before = time.perf_counter()
                memory.add_facts(said[start : start + BATCH], user_id=f"owner{owner}")
                seconds += time.perf_counter() - before
    unfinished.rename(path)  # closed, it is one file
    written = sum(map(shape.size, shape.written))
    return {"facts/s": written / seconds, "MB": path.stat().st_size / 2**20}


def hot(shape: Shape, home: Path, owner: int) -> Row:
    """Recalls of one owner after the first."""
    recalls = Recalls(shape.path(home))
    voice = shape.speech(owner, 1)
    with recalls.memory:
        recalls.ask(voice.question(), owner)
        row = times([recalls.ask(voice.question(), owner) for _ in range(REQUESTS)])
        return {**row, "MB": _resident_mb()}


def beside(shape: Shape, single: Shape, home: Path, owner: int) -> Row:
    """Recalls of one owner who is alone in a store, in turns with those of the same owner among all the others."""
    stores = (Recalls(shape.path(home)), Recalls(single.path(home)))
    taken: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    voice = shape.speech(owner, 1)
    with stores[0].memory, stores[1].memory:
        for number in range(1 + REQUESTS):
            question = voice.question()
            for which in (0, 1) if number % 2 else (1, 0):  # to the second one its words are known
                taken[which].append(stores[which].ask(question, owner))
    here, there = (times(asked[1:]) for asked in taken)
    return {**there, "x alone": here["p50 ms"] / there["p50 ms"]}


def first(shape: Shape, home: Path, owners: Sequence[int]) -> list[tuple[float, float]]:
    """The first recall of each of these owners in this process; opening the file is not counted."""
    recalls = Recalls(shape.path(home))
    with recalls.memory:
        recalls.memory.stats(user_id="nobody")  # which opens it
        return [recalls.ask(shape.speech(owner, 1).question(), owner) for owner in owners]


def in_threads(shape: Shape, home: Path) -> Row:
    """Several threads that share a memory."""
    with Memory(shape.path(home), extractor="none") as memory, ThreadPoolExecutor(THREADS) as pool:
        ask = partial(_asked, memory)
        list(pool.map(ask, [_asking(shape, number) for number in range(THREADS)]))
        questions = [_asking(shape, number) for number in range(2 * REQUESTS)]
        started = time.perf_counter()
        taken = list(pool.map(ask, questions))
        return _rate(taken, time.perf_counter() - started)


def in_processes(shape: Shape, home: Path) -> Row:
    """Several processes that share a file."""
    context = get_context("spawn")
    together = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, context, initializer=_meet_at, initargs=(together,)) as pool:
        workers = list(pool.map(_process, [(shape, home, worker) for worker in range(PROCESSES)]))
    return _rate([taken for worker in workers for taken in worker], max(map(sum, workers)) / 1000)


def _meet_at(barrier: Barrier) -> None:
    global _together_at
    _together_at = barrier


def _process(job: tuple[Shape, Path, int]) -> list[float]:
    shape, home, worker = job
    questions = [_asking(shape, number) for number in range(worker, 2 * REQUESTS, PROCESSES)]
    with Memory(shape.path(home), extractor="none") as memory:
        _asked(memory, questions[0])
        _together_at.wait()
        return [_asked(memory, question) for question in questions]


def _rate(taken: Sequence[float], seconds: float) -> Row:
    return {"p50 ms": percentile(taken, 50), "p95 ms": percentile(taken, 95), "recalls/s": len(taken) / seconds}


def _asking(shape: Shape, number: int) -> tuple[str, str]:
    """An owner, one after the other, and a question of theirs. Finding one takes as long as answering it."""
    owner = number % shape.owners
    return f"owner{owner}", shape.speech(owner, 2 + number).question()


def _asked(memory: Memory, asking: tuple[str, str]) -> float:
    owner, question = asking
    started = time.perf_counter()
    memory.recall(question, user_id=owner)
    return 1000 * (time.perf_counter() - started)


def adding(shape: Shape, home: Path) -> list[Row]:
    """What is added to a store of this size: one text, and many."""
    owner = max(0, shape.owners - 2)  # not the last, whose facts are compared with a file of their own
    rows: list[Row] = []
    for extractor in ("none", "offline"):
        texts = [fact["text"] for fact in shape.speech(owner, time.time_ns()).facts(WRITTEN + REQUESTS)]
        with Memory(shape.path(home), extractor=extractor) as memory:
            memory.add(f"{texts[0]} Again.", user_id=f"owner{owner}")
            taken: list[float] = []
            for text in texts[:REQUESTS]:
                started = time.perf_counter()
                memory.add(text, user_id=f"owner{owner}")
                taken.append(1000 * (time.perf_counter() - started))
            ingested = memory.add_many([{"text": text} for text in texts[REQUESTS:]], user_id=f"owner{owner}")
        rows.append(
            {
                "what": f"add, extractor {extractor}; add_many",
                "p50 ms": percentile(taken, 50),
                "p95 ms": percentile(taken, 95),
                "texts/s": ingested.episodes / ingested.seconds,
            }
        )
    return rows


def _resident_mb() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def measure(shape: Shape, home: Path) -> list[Row]:
    """Everything there is to say of a shape, each in a process of its own."""

    def alone(work: Callable[..., Any], *given: object) -> Any:  # what the work returns
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            return process.submit(work, *given).result()

    rows: list[Row] = []
    if not shape.path(home).exists():
        rows.append({"what": "add_facts", **alone(fill, shape, home)})
    typical = shape.owners - 1
    for owner in {shape.size(owner): owner for owner in (0, typical)}.values():
        whose = f"recall, owner of {shape.size(owner):,}"
        rows.append({"what": whose, **alone(hot, shape, home, owner)})
        rows.append({"what": f"{whose}, first", **times(_firsts(shape, home, owner, alone))})
        if shape.owners > 1:
            single = Shape(shape.facts, shape.owners, owner)
            if not single.path(home).exists():
                alone(fill, single, home)
            rows.append({"what": f"{whose}, alone", **alone(beside, shape, single, home, owner)})
    rows.append({"what": f"recall, {THREADS} threads", **alone(in_threads, shape, home)})
    rows.append({"what": f"recall, {PROCESSES} processes", **in_processes(shape, home)})
    return [*rows, *alone(adding, shape, home)]


def _firsts(shape: Shape, home: Path, owner: int, alone: Callable[..., Any]) -> list[tuple[float, float]]:
    """Of one large owner in several processes, or of many small ones in one."""
    if owner == 0:
        return [found for _ in range(FIRSTS // 4) for found in alone(first, shape, home, [owner])]
    return alone(first, shape, home, range(1, min(shape.owners, 1 + FIRSTS)))


def main() -> None:
    """Fill and read a store of each shape."""
    parser = arguments(__doc__, reads_data=False)
    parser.add_argument("--facts", type=int, metavar="N", help="only one shape, of so many facts")
    parser.add_argument("--owners", type=int, default=1, metavar="N", help="of so many owners (default: 1)")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="keep the stores there, and read those there")
    options = parser.parse_args()
    shapes = [Shape(1000, 1), Shape(10_000, 10), Shape(100_000, 100), Shape(100_000, 1)]
    if options.facts:
        shapes = [Shape(options.facts, options.owners)]
    rows: list[Row] = []
    with folder(options.store) as home:
        for shape in shapes:
            rows += [{"facts": f"{shape.facts:,}", "owners": shape.owners, **row} for row in measure(shape, home)]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
