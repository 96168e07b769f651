"""Thirty dated statements told in many orders: what held at each moment is the same whichever came first."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from benchmarks._expected import FOLDER
from graphmem import Memory
from graphmem.extraction.offline import OfflineExtractor
from graphmem.protocols import Embedder

Told = tuple[datetime, str]
Held = Mapping[datetime, frozenset[tuple[str | None, ...]]]


def statements() -> list[Told]:
    """The thirty, oldest first."""
    lines = (FOLDER / "order.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if not line.startswith("#")]
    return sorted(
        (datetime.fromisoformat(record["at"]).replace(hour=12, tzinfo=UTC), record["text"]) for record in records
    )


def held(url: str, told: Sequence[Told], user: str, extractor: OfflineExtractor, embedder: Embedder) -> Held:
    """What holds just after each of the dates, and a year after the last, when all is told in this order."""
    days = sorted(at for at, _ in told)
    moments = [day + timedelta(hours=1) for day in days] + [days[-1] + timedelta(days=365)]
    with Memory(url, extractor=extractor, embedder=embedder) as memory:
        for at, text in told:
            memory.add(text, at=at, user_id=user)
        return {
            at: frozenset((fact.text, fact.subject, fact.predicate, fact.object) for fact in facts)
            for at in moments
            for facts in [memory.facts(at=at, user_id=user, limit=1000)]
        }


def orders(told: Sequence[Told], count: int, *, seed: int = 0) -> list[list[Told]]:
    """So many random orders."""
    drawn = random.Random(seed)
    return [drawn.sample(list(told), len(told)) for _ in range(count)]
