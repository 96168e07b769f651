"""What a reader expects of a sentence, and whether the facts read from it say that."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graphmem.models import Fact
from graphmem.protocols import Claim, Name
from graphmem.words import stems

FOLDER = Path(__file__).resolve().parent / "sentences"

_SAME = {"be": {"is", "am", "are", "was", "were", "been"}, "have": {"has", "had"}}
_SHORTEST_BEGINNING = 3  # letters: "favo" is the beginning of "favourite" and of "favorite"


@dataclass(frozen=True, slots=True)
class Expected:
    """One fact: alternatives for subject, predicate and object. An empty object may be anything."""

    subject: tuple[str, ...]
    predicate: tuple[str, ...]
    object: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "Expected":
        """From "Sam/wife | wife/name | Clara"."""
        subject, predicate, object_ = (tuple(part.strip().split("/")) for part in text.split("|"))
        return cls(subject, predicate, object_)


@dataclass(frozen=True, slots=True)
class Case:
    """A text with what it is to give. `nothing` says that no triple may be plainly kept, `raw` that only the
    episode itself is; of a `link` the object must be an entity; `also` are facts that are true without anybody
    expecting them.
    """

    text: str
    kind: str
    expect: tuple[Expected, ...] = ()
    forbid: tuple[Expected, ...] = ()
    nothing: bool = False
    raw: bool = False
    link: bool = False
    also: tuple[Expected, ...] = ()
    said: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of a chat with all facts that a reader would accept of it."""

    conversation: str
    speaker: str
    text: str
    facts: tuple[Expected, ...]


def first_minutes() -> list[Case]:
    """The hundred sentences a person would type first."""
    rows = [line.split("\t") for line in _lines("first_minutes.txt")]
    return [Case(row[0], "first minutes", tuple(map(Expected.read, row[1:]))) for row in rows]


def phrasings() -> list[Case]:
    """Other ways of putting things, by kind."""
    return [_case(json.loads(line)) for line in _lines("phrasings.jsonl")]


def links() -> list[Case]:
    """Sentences whose fact leads on to something that others tell of, by what makes that hard to read."""
    return [_case(json.loads(line), link=True) for line in _lines("links.jsonl")]


def turns() -> list[Turn]:
    """Turns of chats, in order."""
    rows = [line.split("\t") for line in _lines("turns.txt")]
    return [
        Turn(*row[:3], facts=tuple(Expected.read(fact.removeprefix("+")) for fact in row[3:] if fact)) for row in rows
    ]


def _lines(file: str) -> list[str]:
    return [line for line in (FOLDER / file).read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]


def documents() -> list[Case]:
    """Little documents of four sentences."""
    return [_case(json.loads(line)) for line in _lines("documents.jsonl")]


def _case(record: dict[str, Any], *, link: bool = False) -> Case:
    return Case(
        link=link,
        text=record.pop("text"),
        kind=record.pop("kind"),
        expect=tuple(map(Expected.read, record.pop("expect", ()))),
        forbid=tuple(map(Expected.read, record.pop("forbid", ()))),
        nothing=record.pop("none", False),
        raw=record.pop("raw", False),
        also=tuple(map(Expected.read, record.pop("also", ()))),
        said=record,
    )


def is_right(case: Case, claims: Sequence[Claim], *, as_sentences: bool = False) -> bool:
    """Whether all that is expected stands, and nothing that must not.

    Args:
        case: The text with what is expected of it.
        claims: What was read from it.
        as_sentences: Let a sentence that was kept, with the words of subject and object, count as the fact.
    """
    if case.raw:
        return not claims
    if case.nothing:
        return not any(claim.predicate and _is_plain(claim) for claim in claims)
    if any(_says(claim, wrong) and _is_plain(claim) for wrong in case.forbid for claim in claims):
        return False
    links = [claim for claim in claims if not case.link or isinstance(claim.object, Name)]
    return all(
        any(_says(claim, fact) for claim in links) or (as_sentences and any(_tells(claim, fact) for claim in claims))
        for fact in case.expect
    )


def is_accepted(turn: Turn, claim: Claim) -> bool:
    """Whether a reader would accept the triple of a claim from this turn."""
    return any(_says(claim, fact) for fact in turn.facts)


def found(case: Case, claims: Sequence[Claim]) -> list[bool]:
    """Of each fact expected of a document, whether it was read there, in a triple or in what that is dated to."""
    return [any(_is_said(claim, fact) for claim in claims) for fact in case.expect]


def true(case: Case, claims: Sequence[Claim]) -> list[bool]:
    """Of each triple read from a document, whether it says what is expected, or what is true as well."""
    told = [claim for claim in claims if claim.predicate is not None]
    return [any(_is_said(claim, fact) for fact in (*case.expect, *case.also)) for claim in told]


def _is_said(claim: Claim, fact: Expected) -> bool:
    start = claim.when.start if claim.when is not None else claim.valid_from
    if start is None or str(start.year) not in fact.object:
        return _says(claim, fact)
    return _says(claim, replace(fact, object=("",)))


def _is_plain(claim: Claim) -> bool:
    return claim.op == "assert" and not claim.is_negated and claim.modality == "asserted"


def _says(claim: Claim, fact: Expected) -> bool:
    if claim.predicate is None or claim.subject is None:
        return False
    object_ = claim.object.name if isinstance(claim.object, Name) else claim.object or ""
    return (
        _holds(fact.subject, claim.subject.name)
        and _holds(fact.object, object_)
        and any(_means(claim, meaning) for meaning in fact.predicate)
    )


def says(fact: Fact, expected: Expected) -> bool:
    """Whether a fact is the one expected, asserted or denied."""
    return (
        fact.predicate is not None
        and _holds(expected.subject, fact.subject or "")
        and _holds(expected.object, fact.object or "")
        and any(_is_word(fact, word) for word in expected.predicate)
    )


def _tells(claim: Claim, fact: Expected) -> bool:
    """Whether a kept sentence, resolved, has the words of subject and object."""
    return _holds(fact.subject, claim.text) and _holds(fact.object, claim.text)


def _holds(alternatives: Iterable[str], text: str) -> bool:
    return any(alternative.casefold() in text.casefold() for alternative in alternatives)


def _means(claim: Claim, meaning: str) -> bool:
    if meaning.startswith("not "):
        return (claim.is_negated or claim.op == "retract") and _is_word(claim, meaning[4:])
    if meaning == "was" or meaning.startswith("was "):
        is_over = claim.op in {"past", "end"} or claim.valid_to is not None
        return is_over and (meaning == "was" or _is_word(claim, meaning[4:]))
    return not claim.is_negated and claim.op != "retract" and _is_word(claim, meaning)


def _is_word(claim: Claim | Fact, word: str) -> bool:
    assert claim.predicate is not None
    words = re.split(r"[ _]", claim.predicate.casefold())
    alike = {word, *stems(word)}.union(*(others for one, others in _SAME.items() if word in {one, *others}))
    return any(
        other in alike
        or not alike.isdisjoint(stems(other))
        or (len(word) >= _SHORTEST_BEGINNING and other.startswith(word))
        for other in words
    )
