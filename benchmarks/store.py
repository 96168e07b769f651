"""The embedded store at size: 100,000 facts of 100 users, and one user with 25,000.

Sentences are made of common English words, as frequent as words are, and of names, a few of which are in everything;
they are written through `Memory.add_facts`. A second process then opens the file and reads: by `Store.excerpt` (vectors
alone, vectors and words, two hops), by `Memory.recall` as a whole, and by one matrix product of numpy over as many
vectors, which no exact search can be faster than.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks._measure import Row, Stopwatch, arguments, folder, percentile, show
from graphmem import Memory, moment
from graphmem.embedding.static import StaticEmbedder
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Vector
from graphmem.scope import Scope
from graphmem.stores.embedded import EmbeddedStore
from graphmem.words import stems

BATCH = 500
NAMES = 500
"""People and places a user speaks of."""
VERBS = ["works with", "lives near", "visited", "wrote to", "bought from", "asked about", "met", "recommended"]
REQUESTS = 200
"""Of each kind that are timed."""
BOUNDS = Bounds(episodes=100, facts=200, about=45, mentions=15, hub=40)
"""As a recall asks."""


@dataclass(frozen=True)
class Shape:
    """How many users, with how many facts each."""

    users: int
    facts: int

    def __str__(self) -> str:
        return f"{self.users} x {self.facts:,}"


@cache
def common_words() -> list[str]:
    """English words as the embedder's vocabulary lists them: roughly the most frequent first."""
    vocabulary = files("graphmem") / "data" / "static_minilm_256" / "vocab.txt"
    listed = vocabulary.read_text(encoding="utf-8").split("\n")
    return [word for word in listed if word.isascii() and word.isalpha() and len(word) > 3]


class Speech:
    """What a user says; the same for the same numbers. `occasion` tells apart what one user says at several times."""

    def __init__(self, user: int, occasion: int = 0, *, names: int = NAMES) -> None:
        named = np.random.default_rng(user).choice(common_words(), size=(names, 2))
        self._names = [f"{first.title()} {last.title()}" for first, last in named]
        self._random = np.random.default_rng([user, occasion])

    def facts(self, count: int) -> Iterator[dict[str, str]]:
        """Facts as `add_facts` takes them."""
        for _ in range(count):
            subject, other = self._some(self._names, 2)
            verb = VERBS[self._random.integers(len(VERBS))]
            said = " ".join(self._some(common_words(), int(self._random.integers(4, 10))))
            yield {
                "subject": subject,
                "predicate": verb.replace(" ", "_"),
                "object": other,
                "text": f"{subject} {verb} {other} about {said}.",
            }

    def question(self) -> str:
        """Something to ask: a name and a few words."""
        return f"What did {self._some(self._names, 1)[0]} say about {' '.join(self._some(common_words(), 3))}?"

    def _some(self, items: list[str], count: int) -> list[str]:
        """Zipf's law: the first are met often, the last hardly ever."""
        ranks = np.exp(self._random.random(count) * np.log(len(items))).astype(int) - 1
        return [items[rank] for rank in ranks]


def fill(path: Path, shape: Shape) -> Row:
    """Write all facts in batches."""
    print(f"writing {shape} facts", file=sys.stderr, flush=True)
    batches: list[float] = []
    largest_wal = 0
    wal = path.with_name(f"{path.name}-wal")
    with Memory(path, extractor="none") as memory:
        for user in range(shape.users):
            said = list(Speech(user).facts(shape.facts))
            for start in range(0, len(said), BATCH):
                before = time.perf_counter()
                memory.add_facts(said[start : start + BATCH], user_id=f"user{user}")
                batches.append(time.perf_counter() - before)
                largest_wal = max(largest_wal, wal.stat().st_size)
    return {
        "facts/s": shape.users * shape.facts / sum(batches),
        "file MB": path.stat().st_size / 2**20,
        "WAL MB, largest": largest_wal / 2**20,
    }


def read(path: Path, shape: Shape) -> list[Row]:
    """Time the reads, in a process that has not seen the store before."""
    return asyncio.run(_read(path, shape))


async def _read(path: Path, shape: Shape) -> list[Row]:
    voices = [(number % shape.users, 1 + number) for number in range(REQUESTS)]
    asked = [(Speech(user, occasion).question(), f"user{user}") for user, occasion in voices]
    embedder = StaticEmbedder()
    vectors = await embedder.embed([question for question, _ in asked], purpose="query")
    product = _product(2 * shape.facts, vectors)
    memory_before = _resident_mb()
    opening, first, nearest, worded, two_hops = (Stopwatch() for _ in range(5))
    store = EmbeddedStore(str(path))
    with opening.running():
        await store.open(embedder=embedder.identity, dimensions=embedder.dimensions)
    now = Moment(at=moment.now(), known_at=moment.now())
    for (question, user), vector in zip(asked, vectors, strict=True):
        spaces = Scope.of("default", user_id=user).readable
        ask = partial(store.excerpt, spaces, keys=(), moment=now, bounds=BOUNDS)
        with first.running():  # a user not met before, or another one's vectors were wanted last
            await ask(vector=-vector, stems=())
        with nearest.running():
            await ask(vector=vector, stems=())
        with worded.running():
            excerpt = await ask(vector=vector, stems=list(dict.fromkeys(stems(question))))
        with two_hops.running():
            _, facts = excerpt.about(excerpt.facts.subject[excerpt.near_facts[:1]])
            _, mentioned = excerpt.facts.mentions.of_all(facts)
            named = np.unique(mentioned)
            excerpt.about(named)
            excerpt.mentioning(named)
    await store.close()
    words = [with_words - without for with_words, without in zip(worded.wall, nearest.wall, strict=True)]
    recalls, adds, texts = Stopwatch(), Stopwatch(), Stopwatch()
    with Memory(path, extractor="none") as memory:
        for question, user in asked:
            with recalls.running():
                memory.recall(question, user_id=user)
        grown = _resident_mb() - memory_before
        for user, occasion in voices:
            fact, told = Speech(user, REQUESTS + occasion).facts(2)
            with adds.running():
                memory.add_facts([fact], user_id=f"user{user}")
            with texts.running():
                memory.add(told["text"], user_id=f"user{user}")
    return [
        {"what": "open", **opening.columns()},
        {"what": "numpy, one product of as many vectors", **product.columns()},
        {"what": "excerpt by vectors", **nearest.columns(), "x numpy": _times(nearest, product)},
        {"what": "the same, user not met lately", **first.columns()},
        {"what": "by words, beside that", "p50 ms": percentile(words, 50), "p95 ms": percentile(words, 95)},
        {"what": "two hops from one entity", **two_hops.columns()},
        {"what": "recall, as a whole", **recalls.columns()},
        {"what": "add_facts, one fact", **adds.columns()},
        {"what": "add, one text, no extractor", **texts.columns()},
        {"what": "memory grown by reading", "MB": grown},
    ]


def _product(count: int, vectors: list[Vector]) -> Stopwatch:
    watch = Stopwatch()
    matrix = np.random.default_rng(0).standard_normal((count, StaticEmbedder.dimensions)).astype(np.float32)
    for vector in vectors:
        with watch.running():
            _ = matrix @ vector
    return watch


def _times(ours: Stopwatch, product: Stopwatch) -> float:
    return percentile(ours.wall, 50) / percentile(product.wall, 50)


def _resident_mb() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Fill and read a store of each shape."""
    parser = arguments(__doc__, reads_data=False)
    parser.add_argument("--users", type=int, metavar="N", help="only one store, of N users")
    parser.add_argument("--facts", type=int, default=1000, metavar="N", help="of each of these users")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="keep the stores there, and read those there")
    options = parser.parse_args()
    shapes = [Shape(options.users, options.facts)] if options.users else [Shape(100, 1000), Shape(1, 25_000)]
    with folder(options.store) as stores, ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as alone:
        for shape in shapes:
            path = stores / f"store-{shape.users}-{shape.facts}.db"
            rows: list[Row] = []
            if not path.exists():
                rows.append({"what": "written", **alone.submit(fill, path, shape).result()})
            rows += alone.submit(read, path, shape).result()
            show([{"users x facts": str(shape), **row} for row in rows], as_json=options.json)


if __name__ == "__main__":
    main()
