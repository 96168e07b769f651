"""Truth over time: what is believed after people changed their minds, on the embedded store and on Neo4j.

`matrix`: five ways in which something ceases to hold, at least four wordings each; of each is looked at what holds now,
what held then, the history, the context of a prompt, and all of it after a restart in which everything is told again.
`stale`: 2,000 facts of which 200 change; `stale` is the share of recalls of changed facts in which an old value stands
as if it held, `wrong closings` how many facts were closed that did not change, `closed` the share of old values closed.
`cases`: sixty changes of mind (benchmarks/sentences/updates.jsonl), fifteen more (more_updates.jsonl) and, with --cases
FILE, those of a file; `first run` is what came of each set before any of it was looked at. `order`: thirty dated
statements in random orders, and how many of these end in other facts at some moment.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from benchmarks import _changes, _orders
from benchmarks._cases import verdicts
from benchmarks._expected import FOLDER, Expected, says
from benchmarks._measure import Row, arguments, lines, show
from benchmarks.neo4j import server
from graphmem import Memory
from graphmem.config import is_neo4j
from graphmem.embedding.static import StaticEmbedder
from graphmem.extraction.lexicons import words
from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Fact

PARTS = ("matrix", "stale", "cases", "order")
COLUMNS = ("now", "then", "history", "context", "again")
BEFORE, CHANGED, ASKED = (datetime(2025, month, 10, 12, tzinfo=UTC) for month in (1, 5, 8))
FIRST_RUNS = {"updates": 61.7, "more_updates": 53.3}
"""Percent that came out right by the rules of the day they were written, with two wrong closings of the sixty."""

FACTS, CHANGES = 2000, 200
CITIES: Sequence[str] = "Porto Ghent Bergen Turin Leeds Graz Lyon Malmo Cork Krakow".split()
FIRMS: Sequence[str] = "Nordbank Tallow Brightwater Helvetia Lumen Kiln Vireo Corvane Globex Acme".split()


class Parts:
    """The extractor and the embedder that all memories of a run share, and where their stores are."""

    def __init__(self, place: Callable[[], str]) -> None:
        self.extractor, self.embedder = OfflineExtractor(), StaticEmbedder()
        self.place = place

    def memory(self, url: str) -> Memory:
        """A memory on a store."""
        return Memory(url, extractor=self.extractor, embedder=self.embedder)


@contextmanager
def places(store: str) -> Iterator[Callable[[], str]]:
    """Where each memory stands: a file of its own, or the server named, or one of ours for `neo4j`."""
    if store == "embedded":
        with TemporaryDirectory(prefix="graphmem-updates-") as home:
            yield lambda: str(Path(home) / f"{uuid4()}.db")
        return
    with server(store if is_neo4j(store) else None, "5.26") as url:
        yield lambda: url


# -------------------------------------------------------------------------------------------------------- the matrix


def matrix(parts: Parts, store: str) -> list[Row]:
    """Of each way the share of wordings that come out right in each column."""
    texts = (FOLDER / "matrix.jsonl").read_text(encoding="utf-8").splitlines()
    right: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for case in (json.loads(text) for text in texts if not text.startswith("#")):
        right[case["kind"]].append(_cells(parts, case))
    return [
        {
            "set": f"matrix: {kind}",
            "store": store,
            "n": len(cells),
            **{
                column: 100 * sum(values) / len(cells)
                for column, values in zip(COLUMNS, zip(*cells, strict=True), strict=True)
            },
        }
        for kind, cells in right.items()
    ]


def _cells(parts: Parts, case: _changes.Case) -> tuple[bool, ...]:
    old = Expected.read(case["old"])
    new = Expected.read(case["new"]) if "new" in case else None
    url, user, stays = parts.place(), f"sam-{uuid4()}", case.get("stays", False)
    with parts.memory(url) as memory:
        first, known_at = _tell(memory, user, case, "before"), datetime.now(UTC)
        _tell(memory, user, case, "text")
        now = _held(memory, user)
        then = memory.facts(user_id=user, at=datetime(2025, 2, 1, tzinfo=UTC), known_at=known_at)
        ids = [fact.id for fact in then if says(fact, old)]
        changes = [change for id_ in ids for change in memory.history(id_, user_id=user) if change.kind != "skipped"]
        context = memory.recall(case["question"], user_id=user, at=ASKED).context()
    is_over = [change for change in changes if change.kind in _changes.CLOSING]
    told = [fact.text for fact in then if says(fact, old)]
    with parts.memory(url) as memory:
        for field in ("before", "text"):
            _tell(memory, user, case, field)
        again = _held(memory, user)
    return (
        _any(now, old) == stays and (new is None or _any(now, new)),
        bool(first) and _any(then, old),
        bool(ids) and bool(is_over) != stays and all(change.reason and change.evidence for change in is_over),
        any(_stands(text, context) for text in told) == stays and (new is None or _tells(new, now, context)),
        sorted(fact.id for fact in again) == sorted(fact.id for fact in now),
    )


def _tell(memory: Memory, user: str, case: _changes.Case, field: str) -> bool:
    at = BEFORE if field == "before" else CHANGED
    return bool(memory.add({"role": "user", "name": "Sam", "content": case[field]}, at=at, user_id=user))


def _held(memory: Memory, user: str) -> list[Fact]:
    facts = memory.facts(user_id=user, at=ASKED, limit=1000)
    return [fact for fact in facts if fact.modality == "asserted" and not fact.is_negated]


def _any(facts: list[Fact], expected: Expected) -> bool:
    return any(says(fact, expected) for fact in facts)


def _stands(text: str, context: str) -> bool:
    """Whether a line of a context says something as if it held."""
    return any(line.startswith(f"- {text.rstrip('.')}") and _OVER not in line for line in context.splitlines())


def _tells(expected: Expected, held: list[Fact], context: str) -> bool:
    """Whether a line that holds names what is known now."""
    named = [fact.object or "" for fact in held if says(fact, expected)]
    return any(name in line and _OVER not in line for name in named for line in context.splitlines())


_OVER = "no longer holds"
"""How a context marks what is outdated."""


# ---------------------------------------------------------------------------------------------------- a large store


def stale(parts: Parts, store: str) -> list[Row]:
    """How a store of many facts stands after some have changed."""
    drawn = random.Random(0)
    people = _people(FACTS // 2)
    facts = [(name, *_value(kind, number)) for number, name in enumerate(people) for kind in ("lives", "works")]
    changing = drawn.sample(facts, CHANGES)
    user = f"sam-{uuid4()}"
    started = time.perf_counter()
    with parts.memory(parts.place()) as memory:
        memory.add_many([_episode(f"{name} {said}.", BEFORE) for name, said, _ in facts], user_id=user)
        known = {fact.id: fact for fact in memory.facts(user_id=user, at=CHANGED, limit=10 * FACTS)}
        told = [_episode(_other(said, old).format(name), CHANGED) for name, said, old in changing]
        memory.add_many(told, user_id=user)
        held = {fact.id for fact in memory.facts(user_id=user, at=ASKED, limit=10 * FACTS)}
        closed = [fact for id_, fact in known.items() if id_ not in held]
        outdated = 0
        for name, said, _ in changing:
            verb = "live" if said.startswith("lives") else "work"
            recall = memory.recall(f"Where does {name} {verb}?", user_id=user)
            stands = [hit.fact for hit in recall.hits if hit.fact is not None and not hit.is_outdated]
            outdated += any(fact.text == f"{name} {said}." for fact in stands)
    said_of = {f"{name} {said}." for name, said, _ in changing}
    wrong = [fact for fact in closed if fact.text not in said_of]
    return [
        {
            "set": "stale",
            "store": store,
            "n": len(known),
            "changed": len(changing),
            "closed": 100 * (len(closed) - len(wrong)) / len(changing),
            "stale": 100 * outdated / len(changing),
            "wrong closings": len(wrong),
            "s": time.perf_counter() - started,
        }
    ]


def _people(count: int) -> list[str]:
    given = sorted(words("female_names", "male_names"))
    return [
        f"{given[n % len(given)].title()} {given[(7 * n + 13 + n // len(given)) % len(given)].title()}son"
        for n in range(count)
    ]


def _value(kind: str, number: int) -> tuple[str, str]:
    place = CITIES[number % len(CITIES)] if kind == "lives" else FIRMS[number % len(FIRMS)]
    return f"{kind} {'in' if kind == 'lives' else 'at'} {place}", place


def _other(said: str, old: str) -> str:
    """What is told of somebody whose fact changes."""
    if said.startswith("lives"):
        return f"{{}} moved to {CITIES[(CITIES.index(old) + 3) % len(CITIES)]}."
    return f"{{}} no longer works at {old}."


def _episode(text: str, at: datetime) -> dict[str, object]:
    return {"text": text, "at": at, "role": "user", "source_id": f"{at:%m}: {text}"}


# ---------------------------------------------------------------------------------------------- cases, and any order


def cases(file: Path | None) -> list[Row]:
    """The sixty, fifteen more, and those of a file."""
    fresh: list[Row] = []
    for name, first_run in FIRST_RUNS.items():
        given = _changes.cases(name)
        found = _changes.verdicts(given)
        fresh.append(
            {
                "set": f"cases: {name.replace('_', ' ')}",
                "n": len(given),
                "first run": first_run,
                "right": 100 * sum(verdict.is_right for verdict in found) / len(given),
                "wrong closings": sum(len(verdict.wrong) for verdict in found),
            }
        )
    if file is None:
        return fresh
    shared = verdicts(lines(file))
    right, unharmed = shared["updates"], shared["no wrong closing"]
    row: Row = {
        "set": "cases: of the file",
        "n": len(right),
        "right": 100 * sum(right) / len(right),
        "wrong closings": len(unharmed) - sum(unharmed),
    }
    return [*fresh, row]


def order(parts: Parts, store: str, count: int) -> list[Row]:
    """How many orders end in other facts than telling the oldest first."""
    told = _orders.statements()

    def held(these: list[_orders.Told]) -> _orders.Held:
        return _orders.held(parts.place(), these, f"sam-{uuid4()}", parts.extractor, parts.embedder)

    expected = held(told)
    different = sum(held(these) != expected for these in _orders.orders(told, count))
    return [{"set": "order", "store": store, "n": count, "statements": len(told), "different": different}]


def main() -> None:
    """Measure what is asked for on one store."""
    parser = arguments(__doc__, reads_data=False)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument(
        "--store", default="embedded", help="embedded (default), neo4j for a server of our own, or neo4j://..."
    )
    parser.add_argument("--cases", type=Path, metavar="FILE", help="what takes the place of what, as JSON Lines")
    parser.add_argument("--orders", type=int, default=50, metavar="N", help="how many orders (default: 50)")
    options: argparse.Namespace = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    wanted = options.parts or PARTS
    rows: list[Row] = []
    with places(options.store) as place:
        parts = Parts(place)
        name = "embedded" if options.store == "embedded" else "Neo4j"
        for part in wanted:
            match part:
                case "matrix":
                    rows += matrix(parts, name)
                case "stale":
                    rows += stale(parts, name)
                case "cases":
                    rows += cases(options.cases)
                case _:
                    rows += order(parts, name, options.orders)
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
