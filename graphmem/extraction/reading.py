"""A triple, and what the rules that find them know: whom a noun or pronoun names, and in which words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import FIRST, SECOND, Clause
from graphmem.extraction.names import canonical, common_key
from graphmem.extraction.nodes import CLAUSE_ROLES, SUBJECT_ROLES, Node, words_of
from graphmem.extraction.referents import THIRD, UNKNOWN, name_words, owned_phrase
from graphmem.models import EntityType, FactKind, Modality
from graphmem.protocols import Name

Op = Literal["assert", "end", "past", "retract"]

ANY = "*"
"""Object of an ending that does not say what ends: "I quit my job"."""

TYPES: Mapping[str, EntityType] = {
    "PERSON": "person",
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "EVENT": "event",
}
_PLURAL_CODE = re.compile(r"\b([A-Z]+\d+)s\Z")  # C2s
_POINTING = frozenset("them it this that these those us me you him her".split())
_EXCLAIMED = frozenset("ouch haha wow yay oh nah yep yeah hey congrats thanks ok okay lol".split())
_LEFT_OUT = CLAUSE_ROLES | frozenset(
    "conj cc appos cop aux aux:pass expl mark cc:preconj det:predet det xcomp obl:unmarked".split()
)
_OWN_PRONOUNS = FIRST | SECOND | THIRD.keys() | UNKNOWN
_FILLERS = frozenset("such own same other just really so".split())
_SIDE_PREPOSITIONS = frozenset("for during since with from at on in".split())


@dataclass(frozen=True, slots=True)
class Triple:
    """Subject, predicate and object, with what the clause says about their being so.

    `about` is the predicate word; `object_node` and `siblings` say which of several objects is meant, so that the
    clause can be worded with that one alone. `way` leads from the verb down to a name that stands further below.
    `text` is set where no clause of its own says it ("my sister Anna").
    """

    subject: Name
    predicate: str
    object: Name | str
    about: Node
    object_node: Node | None = None
    siblings: tuple[Node, ...] = ()
    way: tuple[Node, ...] = ()
    op: Op = "assert"
    is_negated: bool = False
    modality: Modality = "asserted"
    kind: FactKind = "state"
    confidence: float = 0.8
    text: str | None = None

    @property
    def object_text(self) -> str:
        """The object as text, whether an entity or not."""
        return self.object if isinstance(self.object, str) else self.object.name


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules know about the text they read.

    `speaker` is None in documents, which nobody says; `pronouns` maps the index of a pronoun to the name it stands for,
    `times` holds the indices of words that belong to a date, `definites` what nouns like "the company" stand for,
    `topic` is who or what the sentence before was about, `nameable` what was spoken of that may be named next,
    `is_nameable_last` whether that was right before. `about` is what a document is about, `titles` are
    works named in quotes, by their main word.
    """

    clauses: Mapping[int, Clause]
    pronouns: Mapping[int, str]
    speaker: Name | None = None
    addressee: Name | None = None
    times: frozenset[int] = frozenset()
    definites: Mapping[int, Name] = field(default_factory=dict[int, Name])
    topic: Name | None = None
    nameable: Name | None = None
    is_nameable_last: bool = False
    about: Name | None = None
    titles: Mapping[int, str] = field(default_factory=dict[int, str])

    @property
    def is_document(self) -> bool:
        """Whether nobody speaks."""
        return self.speaker is None

    def name(self, node: Node) -> Name | None:
        """The entity that a noun or pronoun names; None where it names none or does not say which."""
        if node.index in self.definites:
            return self.definites[node.index]
        if node.index in self.pronouns:
            return self._person(self.pronouns[node.index])
        if node.index in self.titles:
            return Name(self.titles[node.index], canonical(self.titles[node.index]))
        if node.lower in _OWN_PRONOUNS or node.pos == "PRON" or not (node.is_nominal or node.pos == "VERB"):
            return None
        if node.tag == "UH" or node.lower in _EXCLAIMED or _points_at_something(node):
            return None
        if node.pos == "PROPN" or node.entity in TYPES:
            name = words_of(_whole_name(node)) if node.pos == "PROPN" else self.phrase(node)
            name = _PLURAL_CODE.sub(r"\1", name)
            return Name(name, canonical(name), TYPES.get(node.entity, "thing")) if canonical(name) else None
        if node.lower in lexicons.words("kin"):
            named = next((child for child in node.all("appos") if child.pos == "PROPN"), None)
            if named is not None and node.owner is not None:
                return self._person(words_of(name_words(named)))
            return self._common(owned_phrase(node, self.pronouns), "person")
        owner = node.owner
        if self.is_document and (called := _called(node)) is not None:
            name = self.written(called)
            is_somebody = called.entity == "PERSON" or node.lower in lexicons.words("people")
            return Name(name, canonical(name), "person" if is_somebody else TYPES.get(called.entity, "thing"))
        given = next(
            (child for child in node.all("appos") if child.pos == "PROPN" and child.index == _next(node)), None
        )
        if given is not None and owner is not None:  # "our customer Hansen AG"
            name = words_of(name_words(given))
            type_ = "thing" if given.entity == "PERSON" else TYPES.get(given.entity, "thing")  # the noun says otherwise
            is_somebody = node.lower in lexicons.words("people")
            return Name(name, canonical(name), "person" if is_somebody else type_) if canonical(name) else None
        if owner is not None and owner.index in self.pronouns:
            return self._common(owned_phrase(node, self.pronouns), "thing")
        return self._common(self.phrase(node), "thing")

    def written(self, node: Node) -> str:
        """A proper name as it is written, a title with all its words."""
        return self.titles.get(node.index) or words_of(name_words(node))

    def value(self, node: Node) -> Name | str | None:
        """What stands as an object: an entity where it is a name, has one ("a firm called Tarn"), or is somebody's
        relation; otherwise words.
        """
        is_pet = node.lemma in lexicons.words("nameable")  # who adopts a dog called Max has a dog
        given = None if is_pet else given_name(node) or _named_after(node)
        if given is not None and (key := canonical(called := self.phrase(given))):
            return Name(called, key, TYPES.get(given.entity, "thing"))
        name = self.name(node)
        if name is None:
            return None
        if not name.is_common or (name.type == "person" and node.owner is not None):
            return name
        return self.phrase(node) or None

    def owner(self, node: Node) -> Name | None:
        """Whose it is, where that is said by name or by a pronoun we know."""
        owner = node.owner
        if owner is None or (owner.lower in UNKNOWN and owner.index not in self.pronouns):
            return None
        return self.name(owner)

    def phrase(self, node: Node) -> str:
        """A noun phrase without article, owner by pronoun, clauses, and the noun phrases joined to it."""
        kept: list[Node] = []
        waiting = [node]
        while waiting:
            word = waiting.pop()
            kept.append(word)
            waiting += [child for child in word.children if self._belongs(child, word, node)]
        text = words_of(kept).replace(" '", "'")
        return re.sub(r"\s*-\s*", "-", re.sub(r"\s+", " ", text)).strip(' .,!?;:"-')

    def verb_phrase(self, node: Node) -> str:
        """A verb with what belongs to it, as an activity: "playing piano"."""
        out = {"punct", "mark", "det", "aux", "nmod:poss", "cop", "expl", "cc", *SUBJECT_ROLES} | CLAUSE_ROLES
        kept: list[Node] = []
        waiting = [node]
        while waiting:
            word = waiting.pop()
            kept.append(word)
            waiting += [
                child
                for child in word.children
                if child.role not in out
                and child.index not in self.times
                and (word is not node or child.role != "conj")
            ]
        return words_of(kept).strip(" .,!?")

    def is_time(self, node: Node) -> bool:
        """Whether it says when rather than what."""
        if node.index in self.times or node.lower in lexicons.words("time_nouns"):
            return True
        return node.entity in {"DATE", "TIME"} and node.preposition != "as"  # "as a nurse these days"

    def is_vague(self, node: Node) -> bool:
        """Whether it names nothing: "the thing", "a lot"."""
        telling = ("amod", "compound", "nmod", "acl", *(("nummod",) if self.is_document else ()))
        return node.lower in lexicons.words("vague") and not node.all(*telling)

    def _belongs(self, child: Node, word: Node, top: Node) -> bool:
        if child.role == "punct":
            return child.text in {"-", "/", "&", "'"}
        if child.role == "det" and child.lower == "no":
            return True
        if child.role == "obl:unmarked" and any(c.text == "-" and c.index == child.index + 1 for c in word.children):
            return True  # "dairy-free"
        if (
            child.role in _LEFT_OUT
            or (child.role == "dep" and child.index > word.index)
            or child.role.startswith(("nsubj", "csubj"))
            or child.index in self.times
        ):
            return False
        if word is top and (child.role.startswith("obl") or child.role == "iobj") and top.first("cop"):
            return False
        if child.role == "case" and word is top:
            return False
        if child.role == "nmod:poss":
            return child.lower not in _OWN_PRONOUNS
        if child.role == "advmod":
            return child.lower in {"very", "most", "more"}
        if child.lower in _FILLERS and child.role == "amod":
            return False
        return not (word is top and child.role == "nmod" and child.preposition in _SIDE_PREPOSITIONS)

    def _person(self, name: str) -> Name:
        for known in (self.speaker, self.addressee, self.about):
            if known is not None and known.name == name:
                return known
        return Name(name, canonical(name), "person", is_common="'s " in name)

    def _common(self, phrase: str, type_: EntityType) -> Name | None:
        key = common_key(phrase)
        return Name(phrase, key, type_, is_common=True) if key else None


def given_name(node: Node) -> Node | None:
    """Tarn in "a firm called Tarn"."""
    naming = next((child for child in node.all("acl") if child.lemma in {"call", "name"}), None)
    given = naming and next((child for child in naming.children if child.is_nominal and child.text[:1].isupper()), None)
    return given if given is not None and given.index > node.index else None


def _named_after(node: Node) -> Node | None:
    """Ewa Berg in "found a student to help him, Ewa Berg": somebody who is named where the clause is over."""
    if node.role != "obj" or node.head is None or node.lower not in lexicons.words("people", "kin"):
        return None
    beside = [*node.all("appos"), *node.head.all("appos", "obl:unmarked")]
    named = (word for word in beside if word.pos == "PROPN" and word.index > node.index + 1)
    return next((word for word in named if word.entity == "PERSON" and not word.preposition), None)


def _called(node: Node) -> Node | None:
    """The name that a noun is said with: "the poet *Ada Berg*", "its captain, *Bo Berg*"; not "a firm, Tarn"."""
    named = next((child for child in node.all("appos") if child.pos == "PROPN"), None)
    is_one = node.tag == "NN" and not any(child.lower in {"a", "an", "another"} for child in node.all("det"))
    return named if is_one and named is not None and canonical(words_of(name_words(named))) else None


def _points_at_something(node: Node) -> bool:
    """Whether it is a part or a picture of what is not said: "some of them", "a photo of it"."""
    last = next(reversed(node.all("nmod", "prep")), None)
    if last is None:
        return False
    return (last.lower in _POINTING and last.preposition in {"of", "like", "about"}) or _points_at_something(last)


def _next(node: Node) -> int:
    """Where a name stands that follows right behind a noun, by its last word."""
    named = [child for child in node.all("appos") if child.pos == "PROPN"]
    first = min((word.index for child in named for word in name_words(child)), default=0)
    return named[0].index if named and first == node.index + 1 else -1


def _whole_name(node: Node) -> list[Node]:
    """The words of a name, also where another name owns it and both are one: "St. Mary's Hospital"."""
    owner = node.owner
    if owner is None or owner.pos != "PROPN" or not node.continues_name or owner.entity != node.entity:
        return name_words(node)
    return [*_whole_name(owner), *owner.all("case"), *name_words(node)]
