"""When what a sentence says was so: each date belongs to the clause it stands in.

States end, events do not: "in May 2024" tells when a move happened, and from when on living there is true; "this week"
bounds being somewhere. Without a date nothing is said here, and the moment of saying counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from graphmem.extraction import dates, lexicons
from graphmem.extraction.clauses import Clause
from graphmem.extraction.dates import DateSpan
from graphmem.extraction.nodes import Node
from graphmem.extraction.reading import Triple
from graphmem.extraction.sentences import Sentence
from graphmem.models import When
from graphmem.moment import FAR_PAST

_YEAR = re.compile(r"\d{4}")
_DIGIT = re.compile(r"\d")
_WEEKDAYS = frozenset(day for day in lexicons.words("calendar") if day.endswith("day"))
_PAST = {"past": True, "perfect": True, "future": False}
_BOUNDED = frozenset({"located_in", "located_at", "is"})  # states that a stretch of time in the present limits


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when a claim holds, either side None where the words do not say, and the date as it was said."""

    when: When | None = None
    start: datetime | None = None
    end: datetime | None = None


def dates_of(sentence: Sentence, known: Mapping[int, Clause], said_on: date, *, is_document: bool) -> list[DateSpan]:
    """The dates in a sentence, placed in the parsed text, read in the tense of its first clause.

    Of a document only those that name their year: nobody knows what "last week" was when it was written.
    """
    if is_document and not _YEAR.search(sentence.text):
        return []
    tense = next((known[node.index].tense for node in sentence.nodes if node.index in known), "present")
    found = dates.find(sentence.text, said_on, past=_PAST.get(tense))
    if any(span.grain == "day" and _DIGIT.search(span.text) for span in found):  # "on the 7th of May, a Wednesday"
        found = [span for span in found if span.text.lower().removeprefix("a ").removeprefix("on ") not in _WEEKDAYS]
    return [
        replace(span, start_char=span.start_char + sentence.start, end_char=span.end_char + sentence.start)
        for span in found
        if not is_document or _YEAR.search(span.text)
    ]


def words_in(spans: Sequence[DateSpan], nodes: Sequence[Node]) -> frozenset[int]:
    """Indices of the words that belong to a date."""
    return frozenset(node.index for span in spans for node in nodes if span.start_char <= node.start < span.end_char)


def date_of(
    clause: Node | None, spans: Sequence[DateSpan], nodes: Sequence[Node], known: Mapping[int, Clause]
) -> DateSpan | None:
    """The date that belongs to a clause: the first exact one whose nearest predicate it is; any, if none is named."""
    mine = [span for span in spans if clause is None or _predicate_of(span, nodes, known) in {clause, None}]
    return next((span for span in mine if span.grain != "about"), mine[0] if mine else None)


def validity(span: DateSpan | None, triple: Triple | None, clause: Clause | None, said_at: datetime) -> Validity:
    """What a date says about how long a claim holds. A state that is over ended, at the latest, before it was told."""
    if triple is not None and triple.op == "past" and triple.kind == "state":
        return over(when_of(span) if span is not None else None, said_at)
    if span is None:
        return Validity()
    when = when_of(span)
    start, end = when.start, when.end
    if span.grain == "about" or (triple is not None and triple.modality != "asserted"):
        return Validity(when)
    if triple is not None and triple.op == "retract":
        return Validity(when)
    is_present = triple is not None and clause is not None and clause.tense == "present" and triple.kind != "event"
    is_limited = triple is not None and (triple.predicate in _BOUNDED or is_stay(when))
    return Validity(when, start, end if is_present and is_limited else None)


def written(held: Validity, triple: Triple | None, said_at: datetime) -> Validity:
    """The same of a document: from its date on, if that has come.

    Documents tell in the past what still is so, and nobody knows when they were written: "was a physicist" ends
    nothing, and what lies ahead is true all along.
    """
    is_past = triple is not None and triple.op == "past"
    has_come = held.start is not None and FAR_PAST < held.start <= said_at
    return Validity(held.when, held.start if has_come and not is_past else None)


def is_stay(when: When) -> bool:
    """Whether the words themselves say how long: "until June", "from June to August", "for two weeks"."""
    return when.end is not None and (when.start is None or when.grain == "span")


def _predicate_of(span: DateSpan, nodes: Sequence[Node], known: Mapping[int, Clause]) -> Node | None:
    inside = [node for node in nodes if span.start_char <= node.start < span.end_char]
    if not inside:
        return None
    top = next((node for node in inside if node.head not in inside), inside[-1])
    for node in (top, *top.ancestors()):
        if node.index in known and node not in inside:
            return _carrier(node)
    return None


def _carrier(node: Node) -> Node:
    """The verb that carries this one: a date in "want to visit Iceland next year" belongs to the wanting."""
    while node.role == "xcomp" and node.head is not None:
        node = node.head
    return node


def over(when: When | None, said_at: datetime) -> Validity:
    """How long a state held that was over when it was told."""
    if when is None or when.grain == "about" or (when.start is not None and when.start >= said_at):
        return Validity(when, FAR_PAST, said_at)
    return Validity(when, when.start or FAR_PAST, min(when.end or said_at, said_at))


def when_of(span: DateSpan) -> When:
    """A time expression as moments: from its first midnight to the one after its last day."""
    start = _midnight(span.start) if span.start else None
    end = _midnight(span.end + timedelta(days=1)) if span.end and span.end < date.max else None
    return When(start=start, end=end, grain=span.grain, words=span.text)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
