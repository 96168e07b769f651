"""What a document says beside the sentences of its paragraphs: rows of tables, and its topic by other names."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphmem.extraction.lists import Row
from graphmem.extraction.mentions import each_once
from graphmem.extraction.names import canonical, spans
from graphmem.protocols import Claim, Name

_CONFIDENCE = 0.5
_LONGEST_NAME = 6


def of_row(row: Row, topic: Name | None) -> Claim:
    """A row of a table, about the name in its first cell, or else about what the document is about."""
    first = row.cells[0][1]
    is_name = spans(first) == [first] and len(first.split()) <= _LONGEST_NAME
    subject = Name(first, canonical(first)) if is_name and any(head for head, _ in row.cells) else topic
    named = each_once(Name(span, canonical(span)) for _, cell in row.cells for span in spans(cell))
    others = [name for name in named if subject is None or name.key != subject.key]
    text = row.text if topic is None or topic.name in row.text else f"{topic.name}: {row.text}"
    return Claim(
        text=text,
        start=row.start,
        end=row.end,
        subject=subject,
        mentions=(*others, *((topic,) if topic is not None and topic is not subject else ())),
        kind="note",
        confidence=_CONFIDENCE,
        is_lasting=bool(named),
    )


def by_other_names(
    claims: Sequence[Claim], topic: Name, others: Sequence[str], shorts: Sequence[Name]
) -> Iterator[Claim]:
    """The sentence that says what a document is about once more, about each other name of that.

    Other texts may know it by that name only, whichever comes first. Nothing is merged: two people of one short name
    share it, each with the full name beside it, and no such claim can end another.
    """
    about = [claim for claim in claims if claim.subject is topic]
    opening = next((claim for claim in about if _opens_with(claim.text, topic.name)), None)
    told: dict[str, Claim] = {}
    for other in others if about else ():
        name = Name(other, canonical(other), topic.type)
        told[name.key] = _once_more(about[0], name, topic, f"{other}: ")
    if opening is not None:
        for short in shorts:
            told.setdefault(short.key, _once_more(opening, short, topic, f"{short.name}, in full "))
    yield from told.values()


def _opens_with(text: str, name: str) -> bool:
    return f"{canonical(text)} ".startswith(f"{canonical(name)} ")


def _once_more(claim: Claim, subject: Name, topic: Name, opening: str) -> Claim:
    named = each_once([topic, *(name for name in claim.mentions if name.key != subject.key)])
    return replace(
        claim,
        text=opening + claim.text,
        subject=subject,
        predicate=None,
        object=None,
        mentions=tuple(named),
        op="assert",
        confidence=_CONFIDENCE,
    )
