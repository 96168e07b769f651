"""Neo4j beside the embedded store: the same answers, and what they cost.

`agree`: a development set goes into a file, the one that `multihop --store` keeps, and is moved to an empty server;
every question is asked of both. Printed are the recall of each, the share of questions whose first ten sources are the
same, the difference with a 95 % interval (paired bootstrap over questions), how many transactions and statements a
recall is, and how many times as long it takes as on the file.

`speed`: facts of many users, and one user with one in a hundred; what an add, a recall and a chain of names take, how
many statements and transactions each is, and whether a small owner finds all of the nearest facts it has.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks._measure import CHECKOUT, Row, Stopwatch, arguments, folder, found, interval, lines, percentile, show
from benchmarks.multihop import SETS, USER, episodes
from benchmarks.store import Speech
from graphmem import Memory, moment
from graphmem._colour import drive
from graphmem.embedding.static import StaticEmbedder
from graphmem.moment import Moment
from graphmem.moving import Mover
from graphmem.protocols import Bounds, Store, Vector
from graphmem.scope import Scope
from graphmem.stores import store_at

BATCH = 500
NEAREST = 20


@contextmanager
def server(url: str | None, version: str) -> Iterator[str]:
    """The address given, or a server of our own, of this version, that goes with the benchmark."""
    if url is not None:
        yield url
        return
    with TemporaryDirectory(prefix="graphmem-bench-neo4j-") as home:
        tool = [sys.executable, str(CHECKOUT / "tools" / "neo4j_server.py")]
        options = ["--version", version, "--home", home, "--port", "0", "--http-port", "0", "--heap", "1g", "--json"]
        started = subprocess.run([*tool, "start", *options], capture_output=True, text=True, check=True)
        try:
            yield json.loads(started.stdout)["uri"]
        finally:
            subprocess.run([*tool, "stop", "--version", version, "--home", home], check=True, capture_output=True)


# --------------------------------------------------------------------------------------------------- the same answers


def agree(name: str, options: argparse.Namespace, url: str, stores: Path) -> list[Row]:
    """Ask both stores the questions of one set."""
    path = stores / f"{name}.db"
    with Memory(path) as memory:
        memory.add_many(
            list(episodes(lines(options.data / name / "corpus.jsonl.gz"), is_titled=True)),
            progress=not options.json,
            user_id=USER,
        )
    _move(str(path), url)
    questions = lines(options.data / name / "questions_dev.jsonl")[: options.questions]
    watches = {"embedded": Stopwatch(), "Neo4j": Stopwatch()}
    figures: dict[str, list[float]] = {store: [] for store in watches}
    identical = 0
    with Memory(path) as embedded, Memory(url) as neo4j:
        neo4j.stats(user_id=USER)  # opens it
        trips = Trips()
        for question in questions:
            sources: dict[str, Sequence[str]] = {}
            for store, memory in (("embedded", embedded), ("Neo4j", neo4j)):
                with watches[store].running():
                    recall = memory.recall(question["question"], limit=10, user_id=USER)
                sources[store] = recall.sources
                figures[store].append(found(recall.sources, [str(id_) for id_ in question["gold"]], 5))
            identical += sources["embedded"][:10] == sources["Neo4j"][:10]
    low, high = interval(np.array(figures["Neo4j"]) - np.array(figures["embedded"]))
    difference = {
        "Neo4j less embedded": 100 * float(np.mean(figures["Neo4j"]) - np.mean(figures["embedded"])),
        "95 % from": 100 * low,
        "to": 100 * high,
        "same first 10, %": 100 * identical / len(questions),
        **trips.columns(len(questions)),
        "times the file's p50": percentile(watches["Neo4j"].wall, 50) / percentile(watches["embedded"].wall, 50),
    }
    return [
        {
            "set": SETS[name],
            "store": store,
            "n": len(questions),
            "R@5": 100 * float(np.mean(values)),
            **watches[store].columns(),
            **(difference if store == "Neo4j" else {}),
        }
        for store, values in figures.items()
    ]


def _move(source: str, target: str) -> None:
    here, there = store_at(source), store_at(target)
    try:
        mover = Mover(here, there, StaticEmbedder(), clock=moment.now)
        drive(mover.move(drive(mover.plan(None, progress=None)), progress=None))
    finally:
        drive(here.close())
        drive(there.close())


# --------------------------------------------------------------------------------------------------------------- speed


class Trips(logging.Handler):
    """Counts the transactions and statements that the store logs."""

    def __init__(self) -> None:
        super().__init__()
        self.statements = self.transactions = 0
        log = logging.getLogger("graphmem.store")
        log.addHandler(self)
        log.setLevel(logging.DEBUG)

    def emit(self, record: logging.LogRecord) -> None:
        """One of either."""
        self.statements += record.msg.startswith("%s: %d rows")
        self.transactions += record.msg.startswith("%s: a transaction")

    def columns(self, verbs: int) -> Row:
        """How many a verb is, of those since the last time."""
        columns = {"transactions": self.transactions / verbs, "statements": self.statements / verbs}
        self.statements = self.transactions = 0
        return columns


def speed(options: argparse.Namespace, url: str) -> list[Row]:
    """Fill a server, and time what people do."""
    facts, users = options.facts, options.users
    small = max(1, facts // 100)
    each = (facts - small) // max(1, users - 1)
    sizes = {f"user{user}": each for user in range(users - 1)} | {"small": small}
    trips, rows = Trips(), []
    with Memory(url, extractor="none") as memory:
        filling = Stopwatch()
        for number, (user, size) in enumerate(sizes.items()):
            said = list(Speech(number).facts(size))
            for start in range(0, size, BATCH):
                with filling.running():
                    memory.add_facts(said[start : start + BATCH], user_id=user)
        rows.append(
            {
                "what": f"{facts:,} facts of {users} users in batches of {BATCH}",
                "facts/s": facts / sum(filling.wall) * 1000,
            }
        )
    with Memory(url) as memory:
        users_asked = [list(sizes)[number % users] for number in range(options.requests)]
        verbs = {
            "add one sentence": lambda user, speech: memory.add(next(speech.facts(1))["text"], user_id=user),
            "recall": lambda user, speech: memory.recall(speech.question(), user_id=user),
            "paths between two names": lambda user, speech: _paths(memory, user, speech),
        }
        for what, verb in verbs.items():
            watch = Stopwatch()
            trips.columns(1)
            for number, user in enumerate(users_asked):
                speech = Speech(list(sizes).index(user), 1 + number)
                with watch.running():
                    verb(user, speech)
            rows.append({"what": what, **watch.columns(), **trips.columns(len(users_asked))})
    return [*rows, *_small_owners(url, sizes, options.requests)]


def _paths(memory: Memory, user: str, speech: Speech) -> object:
    fact = next(speech.facts(1))
    return memory.paths(fact["subject"], fact["object"], user_id=user)


def _small_owners(url: str, sizes: dict[str, int], requests: int) -> list[Row]:
    """How many of the nearest facts of an owner are found, beside a comparison with every one of them."""
    embedder = StaticEmbedder()
    store = store_at(url)
    drive(store.open(embedder=embedder.identity, dimensions=embedder.dimensions))
    rows: list[Row] = []
    for user in ("small", "user0"):
        spaces = Scope.of("default", user_id=user).readable
        shares: list[float] = []
        ways: set[str] = set()
        for number in range(requests):
            question = Speech(list(sizes).index(user), 9_000 + number).question()
            [vector] = drive(embedder.embed([question], purpose="query"))
            everything, _ = _nearest(store, spaces, vector, sizes[user])
            best = np.sort(everything)[::-1][:NEAREST]
            found_near, way = _nearest(store, spaces, vector, NEAREST)
            shares.append(float(np.count_nonzero(found_near >= best[-1] - 1e-6)) / len(best))
            ways.add(way)
        what = f"nearest {NEAREST} of an owner of {sizes[user]:,} found, %"
        rows.append({"what": what, "share": 100 * float(np.mean(shares)), "by": ", ".join(sorted(ways))})
    drive(store.close())
    return rows


def _nearest(store: Store, spaces: Sequence[str], vector: Vector, count: int) -> tuple[NDArray[np.float32], str]:
    """How similar the nearest facts are, and how they were found."""
    now = Moment(at=moment.now(), known_at=moment.now())
    bounds = Bounds(episodes=1, facts=count, about=0, mentions=0, hub=0)
    excerpt = drive(store.excerpt(spaces, vector=vector, stems=(), keys=(), moment=now, bounds=bounds))
    return excerpt.facts.similarity[excerpt.near_facts], excerpt.nearest


def main() -> None:
    """Do what is asked for on one server."""
    parser = arguments(__doc__)
    parser.add_argument("what", choices=("agree", "speed"))
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"for agree: of {', '.join(SETS)}; all if none is named")
    parser.add_argument("--url", default=os.environ.get("NEO4J_URI"), help="a server (default: NEO4J_URI, or our own)")
    parser.add_argument("--version", choices=("5.26", "2026"), default="5.26", help="of a server of our own")
    parser.add_argument("--questions", type=int, metavar="N", help="only the first N of each set")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="keep the files there, and go on where they are")
    parser.add_argument("--facts", type=int, default=50_000)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--requests", type=int, default=100, help="of each kind that are timed")
    options = parser.parse_args()
    sets = options.sets or list(SETS)
    if options.url is not None and options.what == "agree" and len(sets) > 1:
        parser.error("--url is one server, and each set needs an empty one: name one set")
    rows: list[Row] = []
    with folder(options.store) as stores:
        for name in sets if options.what == "agree" else (None,):
            with server(options.url, options.version) as url:
                rows += speed(options, url) if name is None else agree(name, options, url, stores)
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
