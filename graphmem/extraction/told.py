"""What a language model says that messages tell, and what becomes of it: claims, or notes on what was left out.

Nothing is taken on trust. A fact has to quote its message letter by letter, its dates are computed here from the words
it copied, and numbers that the model was not shown are dropped.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, Field, JsonValue, ValidationError

from graphmem.extraction import dates, names
from graphmem.extraction.mentions import each_once, person
from graphmem.extraction.timing import is_stay, over, when_of
from graphmem.models import Episode, Fact, FactKind, Modality, When
from graphmem.protocols import Claim, Name

LONGEST_STATEMENT = 600
"""Characters. What is longer is no statement, but a text."""

LONGEST_NAME = 120

CONFIDENCE = 0.85
"""Of what a model read and quoted, beside 0.8 of what the rules read."""

_SELF = frozenset({"i", "me", "myself"})
_OTHERS = frozenset(
    {"he", "him", "she", "her", "it", "they", "them", "we", "us", "you", "this", "that", "these", "those"}
)
_YEAR = re.compile(r"\d{4}")


class Told(BaseModel):
    """One fact as the model gives it; the schema it is shown follows from this."""

    message: int
    quote: str
    text: str
    subject: str
    subject_type: Literal["person", "organisation", "place", "thing", "event"] = "thing"
    relation: str
    object: str
    object_type: Literal["person", "organisation", "place", "thing", "event", "value"] = "thing"
    status: Literal["holds", "ended", "past", "wrong"] = "holds"
    modality: Literal["fact", "plan", "wish", "possible"] = "fact"
    kind: Literal["state", "event", "habit"] = "state"
    negated: bool = False
    when: str | None = None
    lasting: bool = True
    replaces: list[int] = Field(default_factory=list[int])
    duplicate_of: int | None = None


class Answered(BaseModel):
    """The whole answer as the model is asked for it."""

    facts: list[Told]


class Given(BaseModel):
    """The whole answer as it is read: one fact that cannot be read does not spoil the others."""

    facts: list[JsonValue]


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message as the model sees it: characters of an episode from `start` on, and who says it."""

    episode: Episode
    start: int
    text: str
    speaker: str


def claims_of(
    given: Given, messages: Sequence[ShownMessage], known: Sequence[Fact]
) -> tuple[Mapping[str, list[Claim]], Counter[str]]:
    """The claims by episode id, and how many facts were left out for which reason."""
    claims: dict[str, list[Claim]] = {message.episode.id: [] for message in messages}
    notes = Counter[str]()
    for value in given.facts:
        try:
            told = Told.model_validate(value)
        except ValidationError:
            notes["not of the shape asked for"] += 1
            continue
        if not 0 <= told.message < len(messages):
            notes["of a message that was not shown"] += 1
            continue
        message = messages[told.message]
        place = _found(told.quote, message.text)
        if place is None:
            notes["without a quote that stands in the text"] += 1
            continue
        statement = _Statement(told, message, place, known, notes)
        claim = statement.claim()
        if claim is not None:
            claims[message.episode.id].append(claim)
    return claims, notes


@dataclass(frozen=True, slots=True)
class _Statement:
    """One fact on its way to a claim; what is wrong with it is put down in `notes`."""

    told: Told
    message: ShownMessage
    place: tuple[int, int]
    known: Sequence[Fact]
    notes: Counter[str]

    def claim(self) -> Claim | None:
        told = self.told
        text, subject, object_ = _line(told.text), _line(told.subject), _line(told.object)
        predicate = _snake(told.relation)
        if names.canonical(subject) in _OTHERS:
            self.notes["about a pronoun"] += 1
            return None
        is_sound = text and len(text) <= LONGEST_STATEMENT and names.canonical(subject)
        if not is_sound or max(len(subject), len(object_), len(predicate)) > LONGEST_NAME:
            self.notes["too long, or empty"] += 1
            return None
        who = self._name(subject, told.subject_type)
        whom = object_ if told.object_type == "value" else self._name(object_, told.object_type)
        has_triple = bool(predicate and object_) and (isinstance(whom, str) or bool(whom.key))
        when = self._when()
        base, offset = self.message.start, self.place
        claim = Claim(
            text=text,
            start=base + offset[0],
            end=base + offset[1],
            subject=who,
            predicate=predicate if has_triple else None,
            object=whom if has_triple else None,
            mentions=tuple(name for name in self._mentions(text) if name.key != who.key),
            op=_OPERATIONS[told.status],
            kind=_kind(told),
            is_negated=told.negated,
            modality=_MODALITIES[told.modality],
            when=when,
            confidence=CONFIDENCE,
            is_lasting=told.lasting and self.message.episode.role != "tool",
            replaces=self._replaced(),
        )
        return self._repeated(self._dated(claim))

    def _name(self, called: str, type_: Literal["person", "organisation", "place", "thing", "event", "value"]) -> Name:
        speaker = person(self.message.speaker)
        if names.canonical(called) in (speaker.key, *_SELF):
            return speaker
        is_common = not any(char.isupper() or char.isdigit() for char in called.split()[-1]) if called else True
        key = names.common_key(called) if is_common else names.canonical(called)
        return Name(called, key, "thing" if type_ == "value" else type_, is_common=is_common)

    def _mentions(self, text: str) -> list[Name]:
        return each_once([Name(span, names.canonical(span)) for span in names.spans(text) if names.canonical(span)])

    def _when(self) -> When | None:
        """The date that the copied words name, in the message that they stand in."""
        told, episode = self.told, self.message.episode
        if not told.when or not told.when.strip():
            return None
        words = _found(told.when, self.message.text)
        if words is None:
            self.notes["a date whose words do not stand in the text"] += 1
            return None
        past = None if told.modality != "fact" else True if told.kind == "event" or told.status == "past" else None
        is_ahead = told.modality in ("plan", "wish")
        said = self.message.text[words[0] : words[1]]
        if episode.role == "document" and not _YEAR.search(said):  # nobody knows what its "last week" was
            return None
        [span, *_] = [*dates.find(said, episode.said_at.date(), past=False if is_ahead else past), None]
        return when_of(span) if span is not None else None

    def _dated(self, claim: Claim) -> Claim:
        """With its validity: a state ends where the words say so, what is over before it was told, at the latest."""
        said_at, when = self.message.episode.said_at, claim.when
        is_exact = when is not None and when.grain != "about"
        if claim.op == "past" and claim.kind != "event":
            held = over(when, said_at)
            return replace(claim, valid_from=held.start, valid_to=held.end)
        if when is None or not is_exact or claim.modality != "asserted" or claim.op == "retract":
            return claim
        is_limited = is_stay(when) and claim.op == "assert" and claim.kind != "event"
        return replace(claim, valid_from=when.start, valid_to=when.end if is_limited else None)

    def _replaced(self) -> tuple[str, ...]:
        shown = [number for number in self.told.replaces if 1 <= number <= len(self.known)]
        self.notes["a known fact by a number that was not shown"] += len(self.told.replaces) - len(shown)
        return tuple(dict.fromkeys(self.known[number - 1].id for number in shown))

    def _repeated(self, claim: Claim) -> Claim:
        """A claim that says what is known becomes that statement said again, so that it is told from a new one."""
        number = self.told.duplicate_of
        if number is None:
            return claim
        if not 1 <= number <= len(self.known):
            self.notes["a known fact by a number that was not shown"] += 1
            return claim
        fact = self.known[number - 1]
        is_same = fact.is_negated == claim.is_negated and fact.modality == claim.modality and claim.op == "assert"
        subject = claim.subject.key if claim.subject else None
        if not is_same or fact.subject_key != subject:
            return claim
        object_ = Name(fact.object, fact.object_key) if fact.object and fact.object_key else fact.object
        return replace(claim, text=fact.text, predicate=fact.predicate, object=object_)


_OPERATIONS: Mapping[str, Literal["assert", "end", "past", "retract"]] = {
    "holds": "assert",
    "ended": "end",
    "past": "past",
    "wrong": "retract",
}
_MODALITIES: Mapping[str, Modality] = {
    "fact": "asserted",
    "plan": "intention",
    "wish": "desire",
    "possible": "possible",
}


def _kind(told: Told) -> FactKind:
    return "plan" if told.modality in ("plan", "wish") else told.kind


def _found(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, letter by letter; only blanks and the case of letters may differ."""
    words = quote.split()
    if not words or not any(map(str.isalnum, quote)):
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text) or re.search(
        r"\s+".join(map(re.escape, words)), text, re.IGNORECASE
    )
    return found.span() if found else None


def _line(text: str) -> str:
    """Text on one line without control characters and halves of characters, which no store can hold."""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(kept.split())


def _snake(relation: str) -> str:
    return "_".join(re.findall(r"[^\W_]+", _line(relation).lower()))
