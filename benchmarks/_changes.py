"""Changes of mind in plain words, and whether what holds afterwards is what a reader would hold true."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from benchmarks._expected import FOLDER, Expected, says
from graphmem import Memory
from graphmem.embedding.static import StaticEmbedder
from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Change, Fact

BEFORE = datetime(2023, 1, 1, 12, tzinfo=UTC)
SAID = datetime(2023, 6, 14, 12, tzinfo=UTC)
ASKED = datetime(2023, 6, 15, 12, tzinfo=UTC)
CLOSING = frozenset({"superseded", "ended", "retracted"})

Case = Mapping[str, Any]  # a record of `sentences/updates.jsonl`, which says what is in it


class Verdict(NamedTuple):
    """How a case came out: whether all is as expected, what was closed and should stand, and what is believed."""

    is_right: bool
    wrong: tuple[str, ...]
    believed: tuple[str, ...]


def cases(name: str = "updates") -> list[Case]:
    """The sixty, or those of another file of the sentences."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if not line.startswith("#")]


def verdicts(given: Sequence[Case]) -> list[Verdict]:
    """What came of each, told to a memory of its own."""
    extractor, embedder = OfflineExtractor(), StaticEmbedder()
    return [_verdict(case, extractor, embedder) for case in given]


def _verdict(case: Case, extractor: OfflineExtractor, embedder: StaticEmbedder) -> Verdict:
    ends, holds = ([Expected.read(text) for text in case[field]] for field in ("ends", "holds"))
    asked = _day(case, "at", ASKED)
    with Memory(":memory:", extractor=extractor, embedder=embedder) as memory:
        sam = memory.scoped(user_id="sam")
        for text in case["before"]:
            sam.add({"role": "user", "name": "Sam", "content": text}, at=BEFORE)
        known = _held(sam, SAID)
        message = {"role": case.get("role", "user"), "name": case.get("speaker", "Sam"), "content": case["text"]}
        changes = sam.add(message, at=_day(case, "said", SAID))
        believed = _held(sam, asked)
        added = [sam.get(change.fact_id) for change in changes if change.kind == "added" and change.fact_id]
    met = [*known, *(fact for fact in added if isinstance(fact, Fact))]
    is_over = all(_any(met, end) and not _any(believed, end) for end in ends)
    wrong = [change.text or "" for change in changes if _is_wrong(change, known, ends)]
    is_right = is_over and all(_any(believed, fact) for fact in holds) and not wrong
    return Verdict(is_right, tuple(wrong), tuple(_told(fact) for fact in believed))


def _day(case: Case, field: str, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(case[field]).replace(hour=12, tzinfo=UTC) if field in case else otherwise


def _held(sam: Any, at: datetime) -> list[Fact]:
    facts: list[Fact] = sam.facts(at=at)
    return [fact for fact in facts if fact.modality == "asserted" and not fact.is_negated]


def _any(facts: Sequence[Fact], expected: Expected) -> bool:
    return any(says(fact, expected) for fact in facts)


def _is_wrong(change: Change, known: Sequence[Fact], ends: Sequence[Expected]) -> bool:
    closed = [fact for fact in known if change.kind in CLOSING and fact.id == change.fact_id]
    return any(not any(says(fact, end) for end in ends) for fact in closed)


def _told(fact: Fact) -> str:
    return f"({fact.subject} | {fact.predicate} | {fact.object}) {fact.text}"
