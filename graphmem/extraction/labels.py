"""What lines like "Employer: Acme" and rows of tables say: a label and its value, of whoever the page is about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphmem.extraction import lexicons
from graphmem.extraction.entity_types import of_object
from graphmem.extraction.names import canonical, spans
from graphmem.extraction.pieces import Piece
from graphmem.extraction.sayings import is_firm
from graphmem.protocols import Claim, Name

_LABELLED = re.compile(r"\W*(?P<label>[^\W\d_][\w '/-]{1,30}?)[\s*_]*:[\s*_]+(?P<value>\S.*?)[\s*_.;]*\Z")
_SAID = re.compile(r"[.!?;]\s")
_MANY = frozenset(("likes", "dislikes", "allergic_to", "speak", "has"))
_MOST_WORDS, _MOST_WORDS_OF_LABEL = 10, 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """One value under a label. `is_known` says that the label means the same on every page."""

    label: str
    predicate: str
    value: str
    is_known: bool

    def object(self) -> Name | str:
        """The value as a name, if it is one."""
        is_name = spans(self.value) == [self.value] and self.predicate not in _WORDS
        type_ = of_object(self.predicate)
        return Name(self.value, canonical(self.value), type_ or "thing") if is_name else self.value

    def text(self, subject: str) -> str:
        """It as a sentence: "Ada Berg works at Acme", or "Ada Berg: Height: 3 m" where the label is a page's own."""
        phrase = lexicons.pairs("phrases").get(self.predicate) if self.is_known else None
        return f"{subject} {phrase} {self.value}" if phrase else f"{subject}: {self.label}: {self.value}"


_PLACES = frozenset(("from", "lives_in", "born_in", "located_in"))
_WORDS = frozenset(("job", "birthday", "age", "email", "phone", "address", "diet", "name", "nickname"))


def of_line(line: str) -> list[Labelled]:
    """What a line says that is a label and its value, and no sentence.

    >>> [(found.predicate, found.value) for found in of_line("- **Allergies:** nuts, kiwi")]
    [('allergic_to', 'nuts'), ('allergic_to', 'kiwi')]
    """
    found = _LABELLED.fullmatch(line.strip())
    return list(of_cell(found["label"], found["value"])) if found is not None else []


def of_cell(label: str, value: str) -> Iterator[Labelled]:
    """The values under a label, each by itself where it is a list of likes, languages and the like."""
    label = label.strip(" *_:")
    key = canonical(label.replace("-", " ")) if label.lower() not in lexicons.pairs("labels") else label.lower()
    known = lexicons.pairs("labels").get(key)
    is_short = len(value.split()) <= _MOST_WORDS and len(key.split()) <= _MOST_WORDS_OF_LABEL
    if not key or not value.strip() or not is_short or _SAID.search(value):
        return
    if known in _PLACES and any(char.isdigit() for char in value):
        return  # "From: 1822"
    predicate = known or key.replace(" ", "_")
    values = re.split(r"\s*(?:,|;| and )\s*", value) if predicate in _MANY else [value]
    yield from (Labelled(label, predicate, one.strip(), known is not None) for one in values if one.strip())


def known_labels(line: str) -> list[Labelled]:
    """The same where the label means the same on every page: of a chat, "City: Ghent", not "Milk: two litres"."""
    return [found for found in of_line(line) if found.is_known]


def newcomer(sentence: str) -> Labelled | None:
    """Who a sentence without a verb says is new: "New dentist since May: Karl Ott"."""
    found = _NEWCOMER.fullmatch(sentence.strip())
    if found is None or found["label"].lower() not in lexicons.words("new_for_old"):
        return None
    is_name = spans(found["value"]) == [found["value"]]
    label = found["label"].lower()
    return Labelled(label, label.replace(" ", "_"), found["value"], is_known=False) if is_name else None


_NEWCOMER = re.compile(
    r"(?:(?:my|our) )?new (?P<label>[a-z]+(?: [a-z]+)?)(?: (?:since|from|as of|starting) [^:]{1,30})?: "
    r"(?P<value>[^.!?]+)[.!]*",
    re.IGNORECASE,
)


def of_entry(entry: str) -> list[Labelled]:
    """What an entry of a list says whose verb is one that the rules know: "works at Acme" under "Ada Berg"."""
    for predicate, phrase in lexicons.pairs("phrases").items():
        value = entry.strip(" .;")[len(phrase) :].strip()
        opening = entry.strip().lower()
        if predicate != "is" and opening.startswith(f"{phrase} ") and 0 < len(value.split()) <= _MOST_WORDS:
            return [Labelled(phrase, predicate, value, is_known=True)]
    return []


def claim_of_label(of: Labelled, subject: Name, at: Piece) -> Claim:
    """A label and its value as a claim about somebody, read from these characters."""
    value = of.object()
    predicate = "located_in" if of.predicate == "lives_in" and is_firm(subject) else of.predicate
    return Claim(
        text=replace(of, predicate=predicate).text(subject.name),
        start=at.start,
        end=at.end,
        subject=subject,
        predicate=predicate,
        object=value,
        mentions=tuple(name for name in (value,) if isinstance(name, Name) and name.key),
        confidence=_CONFIDENCE,
    )


_CONFIDENCE = 0.8


def is_holder(line: str, entities: Sequence[str]) -> bool:
    """Whether a line is a name alone, so that the labels below it are about that: not "Contact Details"."""
    words = line.strip(" #*_:").split()
    is_name = spans(" ".join(words)) == [" ".join(words)] and len(words) <= _LONGEST_NAME
    given = lexicons.words("female_names", "male_names")
    is_seen = bool(entities) and all(entity in {"PERSON", "ORG", "GPE", "FAC"} for entity in entities)
    return is_name and (words[0].lower() in given or (is_seen and len(words) > 1))


_LONGEST_NAME = 4
