"""What "it", "she" and "the company" mean in a document that is about one thing, sentence by sentence.

A text written about something goes on about it: "it" is what the document is about until another thing is spoken of,
"he" and "she" somebody whom no other person near by could be. Read narrowly: a word that could mean two stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graphmem.extraction import lexicons
from graphmem.extraction.definites import Definite, is_definite
from graphmem.extraction.names import canonical
from graphmem.extraction.nodes import SUBJECT_ROLES, Node, coordinated, words_of
from graphmem.extraction.pointing import THIRD, Gender
from graphmem.extraction.referents import gender_of_named, name_words
from graphmem.extraction.sentences import Sentence
from graphmem.protocols import Name

_IT = frozenset(("it", "its", "itself"))
_THEY = frozenset(("they", "their", "them", "theirs", "themselves"))
_CLAUSES = frozenset(("root", "ccomp", "parataxis", "conj"))


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    gender: Gender | None


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom pronouns, and what nouns and names stand for, by the index of the word."""

    pronouns: dict[int, str] = field(default_factory=dict[int, str])
    definites: dict[int, Definite] = field(default_factory=dict[int, Definite])


class Focus:
    """What a document is about, and of what its sentences so far spoke; brought up to date sentence by sentence.

    Args:
        topic: What all of the document is about.
        others: What it is called as well.
    """

    def __init__(self, topic: Name, others: Iterable[str] = ()) -> None:
        self._meant = Meant()
        self._topic = topic
        self._keys = {topic.key, *map(canonical, others)}
        self._is_person = topic.type == "person"
        self._gender: Gender | None = None
        self._is_many = False
        # What the document calls its topic: "the foundation", "the company".
        self._nouns = set[str]() if self._is_person else set(topic.key.split())
        self._is_told_of = True  # whether the sentence before was about it
        self._is_person_told_of = self._is_person
        self._before: list[_Person] = []

    def read(self, sentences: Iterable[Sentence]) -> Meant:
        """What the words of the next stretch stand for."""
        self._meant = Meant()
        for sentence in sentences:
            self._read(sentence.nodes)
        return self._meant

    def _read(self, sentence: Sequence[Node]) -> None:
        near: list[_Person] = []
        subject: Node | None = None
        for node in sentence:
            if self._points_at_topic(node, subject, near):
                self._meant.pronouns[node.index] = self._topic.name
            elif self._names_topic(node):
                self._meant.definites[node.index] = Definite(self._topic, _written(node, self._topic))
            elif (person := _person(node)) is not None:
                near.append(person)
            if node.role in SUBJECT_ROLES and node.head is not None and node.head.role in _CLAUSES:
                subject = node
                self._describe(node, node.head)
        self._before = near or self._before
        if subject is not None and subject.lower != "there":
            self._is_told_of = self._is_topic(subject)
            self._is_person_told_of = _person(subject) is not None

    def _points_at_topic(self, node: Node, subject: Node | None, near: Sequence[_Person]) -> bool:
        if node.lower in THIRD:
            return self._is_person and self._is_the_one(node, subject, near)
        if self._is_person or node.role == "expl" or node.lower not in (_THEY if self._is_many else _IT):
            return False
        if subject is not None:
            return self._is_topic(subject) or _person(subject) is not None
        return self._is_told_of or self._is_person_told_of

    def _is_the_one(self, node: Node, subject: Node | None, near: Sequence[_Person]) -> bool:
        """Whether "he" or "she" can be nobody else near by, or goes on about whom the sentence is about."""
        gender = THIRD[node.lower]
        if self._gender not in {gender, None}:
            return False
        is_about_it = self._is_told_of if subject is None else self._is_topic(subject)
        goes_on = is_about_it and node.role in SUBJECT_ROLES
        rivals = [*near, *(() if self._is_told_of else self._before)]
        if not goes_on and any(person.gender in {gender, None} for person in rivals):
            return False
        self._gender = gender
        return True

    def _names_topic(self, node: Node) -> bool:
        if node.pos == "PROPN" and node.role not in {"compound", "flat"}:
            words = canonical(words_of(name_words(node))).split()
            return " ".join(words) in self._keys or (self._is_person and _is_short_or_long(words, self._topic))
        same = lexicons.pairs("same_class").get(node.lower, node.lower)
        return is_definite(node) and not self._nouns.isdisjoint({node.lower, same})

    def _describe(self, subject: Node, predicate: Node) -> None:
        """What the topic is said to be, and whether it is many: "Alder are a folk group"."""
        if not self._is_topic(subject):
            return
        copula = predicate.first("cop")
        verb = copula or next(iter(predicate.auxiliaries), None)
        self._is_many = self._is_many or (verb is not None and verb.lower in {"are", "were"})
        if copula is not None and not self._is_person:
            self._nouns |= {noun.lower for noun in coordinated(predicate) if noun.pos == "NOUN"}

    def _is_topic(self, node: Node) -> bool:
        return node.index in self._meant.pronouns or node.index in self._meant.definites


def _person(node: Node) -> _Person | None:
    if node.pos != "PROPN" or node.entity != "PERSON" or node.role in {"compound", "flat"}:
        return None
    return _Person(words_of(name_words(node)), gender_of_named(node))


def _is_short_or_long(words: Sequence[str], somebody: Name) -> bool:
    """Whether a name is the first or last word of another, or the same with more between: Roe, Jane Maria Roe."""
    ends = [somebody.key.split()[0], somebody.key.split()[-1]]
    return [*words[:1], *words[-1:]] == ends or (len(words) == 1 and words[0] in ends)


def _written(node: Node, topic: Name) -> str:
    if node.pos != "PROPN":
        return f"{node.text} ({topic.name})"
    return topic.name if topic.type == "person" and len(name_words(node)) == 1 else node.text
