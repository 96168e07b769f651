"""A clause whose verbs are one: "used to live", "am going to move", "want to visit"; and who it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import Clause, ends_state
from graphmem.extraction.names import canonical
from graphmem.extraction.nodes import Node
from graphmem.extraction.reading import TYPES, Op, Reading, Triple
from graphmem.models import Modality
from graphmem.protocols import Name


@dataclass(frozen=True, slots=True)
class Saying:
    """A clause whose verbs are one: "used to live", "am going to move", "want to visit"."""

    clause: Clause
    verb: Node
    relation: str
    objects: tuple[Node, ...]
    obliques: tuple[tuple[str, Node], ...]
    complements: tuple[Node, ...]
    modality: Modality
    op: Op
    text: str

    @property
    def lemma(self) -> str:
        """The verb that means something."""
        return self.verb.lemma

    def by(self, *prepositions: str) -> list[Node]:
        """The nouns behind one of these prepositions."""
        return [node for preposition, node in self.obliques if preposition in prepositions]


def saying_of(clause: Clause, reading: Reading, text: str) -> Saying:
    """A clause of the sentence `text` with its verbs read as one."""
    verb = clause.predicate
    saying = Saying(
        clause=clause,
        verb=verb,
        relation=relation_of(verb),
        objects=tuple(node for node in clause.objects if not reading.is_time(node)),
        obliques=placed(clause.obliques, reading),
        complements=clause.complements,
        modality=clause.modality,
        op=_negated_op(clause, text),
        text=text,
    )
    unable = lexicons.pairs("unable").get(saying.relation)
    if unable and clause.is_negated and clause.modality == "ability" and clause.objects:
        liked = replace(clause, is_negated=False, modality="asserted")
        return replace(saying, clause=liked, relation=unable, modality="asserted", op="assert")
    inner = chained_verb(saying)
    if clause.copula is not None or inner is None or inner.pos != "VERB":
        return saying
    return _unfolded(saying, inner, reading)


def _unfolded(saying: Saying, inner: Node, reading: Reading) -> Saying:
    lemma, has_to = saying.verb.lemma, "to" in inner.markers
    below = reading.clauses.get(inner.index)
    objects = saying.objects + (tuple(node for node in below.objects if not reading.is_time(node)) if below else ())
    obliques = saying.obliques + (placed(below.obliques, reading) if below else ())
    whole = replace(saying, objects=objects, obliques=obliques, complements=below.complements if below else ())
    if lemma == "use" and has_to:
        return replace(whole, verb=inner, relation=relation_of(inner), op="past")
    if lemma == "go" and saying.verb.tag == "VBG" and inner.tag == "VB":
        return replace(whole, verb=inner, relation=relation_of(inner), modality="future")
    if lemma in {"stop", "quit"} or saying.relation == "give up":
        return replace(whole, verb=inner, relation=relation_of(inner), op="end")
    is_done = lemma == "have" and has_to and saying.verb.tag == "VBD" and not saying.clause.is_negated  # "had to sell"
    if is_done or lemma in lexicons.words("light") or inner.role == "advcl":
        return replace(whole, verb=inner, relation=relation_of(inner))
    if has_to and wishes_or_plans(lemma):
        relation = f"{lemma} to {relation_of(inner)}"
        return replace(whole, relation=relation, modality=modality_of_wish(lemma, saying.modality))
    return saying


def chained_verb(saying: Saying) -> Node | None:
    """The verb that another one carries as its infinitive or gerund."""
    return next(
        (
            node
            for node in saying.clause.complements
            if node.role == "xcomp" and (node.tag in {"VB", "VBG"} or node.first("cop"))
        ),
        _grown_to(saying.verb),
    )


def _grown_to(verb: Node) -> Node | None:
    """The verb of "have come to *love*", "grew to *like*"; in "came to see Ada" it is a purpose."""
    if verb.lemma not in {"come", "grow"} or verb.tag not in {"VBN", "VBD"}:
        return None
    stative = lexicons.words("stative")
    return next((node for node in verb.all("advcl") if node.lemma in stative and node.markers == ["to"]), None)


def is_cut_short(verb: Node, text: str) -> bool:
    """Whether nothing is left of what an activity is about: "seeing" of "seeing how you have grown"."""
    return " " not in text and bool(verb.all("obj", "ccomp", "xcomp", "advcl"))


def wishes_or_plans(lemma: str) -> bool:
    """Whether a verb leaves open if the one it carries comes true."""
    verbs = lexicons.words("desire", "intention")
    return lemma in verbs or lemma in {"die", "try", "decide", "learn", "have", "need", "look", "help"}


def modality_of_wish(lemma: str, modality: Modality) -> Modality:
    """What such a verb makes of a statement."""
    if lemma in lexicons.words("desire") or lemma == "die":
        return "desire"
    if lemma in lexicons.words("intention"):
        return "intention"
    return "obligation" if lemma == "have" else modality


def measured(node: Node) -> Node:
    """What there is so much of: flour of "two kilos of flour", frames of "40 of the frames"."""
    is_measure = node.lemma in lexicons.words("measures") or (node.pos == "NUM" and node.lower != "one")
    inner = next((other for other in node.all("nmod") if other.preposition == "of" and other.pos != "PRON"), None)
    return measured(inner) if is_measure and inner is not None else node


def post(role: Node, reading: Reading) -> tuple[str, Name | str] | None:
    """The predicate and the place of "(new) CEO of Acme", "captain at Kiln"."""
    place = next((node for node in role.all("nmod") if node.preposition in {"of", "at", "for", "to"}), None)
    if place is None or not (place.pos == "PROPN" or place.entity in TYPES):
        return None
    named = reading.value(place)
    phrase = re.sub(r"\s+(?:of|at|for|to)\s+.*$", "", reading.phrase(role)).lower()
    called = re.sub(r"^(?:new|current|present) ", "", phrase).replace(" ", "_")
    return (f"{called}_{place.preposition}", named) if named is not None and called else None


def attribute_name(phrase: str) -> str:
    """What an attribute is called, however it is said: "new mobile number" is a phone."""
    name = re.sub(r"^(?:new|current|full) ", "", phrase.lower()).replace("favourite", "favorite").replace(" ", "_")
    return lexicons.pairs("attribute_spellings").get(name, name)


def relation_of(verb: Node) -> str:
    """A verb with its particle, as a predicate: "give up"."""
    if verb.lemma == "have" and verb.tag == "VBD":
        return "had"  # "I had a meeting" gives nobody a meeting for good
    if verb.lemma == "have" and verb.tag == "VBG":
        return "be having"  # nor does "I'm having lunch"
    return f"{verb.lemma} {verb.particle}".strip()


def passive_of(saying: Saying) -> str:
    """What was done to a subject, as a predicate: "was translated", "was set up"."""
    return f"was {saying.verb.lower} {saying.verb.particle}".strip()


def placed(obliques: Sequence[tuple[str, Node]], reading: Reading) -> tuple[tuple[str, Node], ...]:
    """The obliques that do not say when."""
    return tuple((preposition, node) for preposition, node in obliques if not reading.is_time(node))


def _negated_op(clause: Clause, text: str) -> Op:
    """What a negation does: "no longer" ends, "actually ... not" and "have never" take back, "I was wrong, ..." too."""
    if ends_state(clause, text):
        return "end"
    if not clause.is_negated or clause.modality != "asserted":
        return "assert"
    words = {child.lower for child in clause.predicate.children}
    is_never_true = "never" in words and clause.tense in {"perfect", "past"}
    return "retract" if is_never_true or "actually" in words or takes_back(text) else "assert"


def takes_back(text: str) -> bool:
    """Whether a sentence says in so many words that something said before was wrong."""
    folded = " ".join(text.casefold().replace(" '", "'").split())
    return any(re.search(rf"\b{re.escape(phrase)}\b", folded) for phrase in lexicons.words("taking_back"))


# ------------------------------------------------------------------------------------------------------- subjects


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a clause is about; `node` is None where the speaker is meant without a word."""

    name: Name
    node: Node | None


def subjects_of(clause: Clause, reading: Reading) -> list[Subject]:
    """Those subjects of a clause that name somebody or something."""
    if clause.has_dropped_subject and reading.speaker is not None:
        return [Subject(reading.speaker, None)]
    found: list[Subject] = []
    for node in (bearer for subject in clause.subjects for bearer in _bearers(subject, clause, reading)):
        name = reading.name(node)
        if name is not None:
            is_person = name.type == "thing" and node.pos == "PROPN" and not node.entity
            found.append(Subject(replace(name, type="person") if is_person else name, node))
    return found


def _bearers(node: Node, clause: Clause, reading: Reading) -> list[Node]:
    """Who a clause about a noun is about: "Tarn is a film *directed by* Bo", "Tarn, a firm *that makes* soap"."""
    if node not in clause.predicate.ancestors():
        return [node]
    above = reading.clauses.get(node.index)
    if above is not None and above.copula is not None and not node.preposition:
        told_of = [subject for subject in above.subjects if reading.name(subject) is not None]  # not "it's Bo who"
        if told_of:
            return [] if above.is_negated else told_of
    is_aside = node.role == "appos" and node.pos == "NOUN" and node.head is not None and node.head.pos == "PROPN"
    return [node.head] if is_aside and node.head is not None else [node]


Rule = Callable[[Saying, Sequence[Subject], Reading], list[Triple] | None]
"""One construction: its triples, or None where the clause is built in another way."""


def with_object(
    saying: Saying, subject: Subject, predicate: str, value: Name | str, node: Node, among: Sequence[Node]
) -> Triple:
    """The triple that a clause makes with one of its objects."""
    others = tuple(other for other in among if other is not node)
    if predicate == "lives_in" and (is_firm(subject.name) or (saying.lemma == "base" and not _is_somebody(subject))):
        predicate = "located_in"  # a firm is where it is based; people live where they are
    return Triple(subject.name, predicate, value, saying.clause.predicate, object_node=node, siblings=others)


def named_as(subject: Name, name: str, about: Node, reading: Reading) -> Triple:
    """What somebody or something is called: a name of its own, unless it is the speaker's."""
    is_other = subject != reading.speaker and name[:1].isupper() and canonical(name)
    return Triple(subject, "name", Name(name, canonical(name), subject.type) if is_other else name, about)


def is_firm(name: Name) -> bool:
    """Whether a name ends as those of firms do, whatever the model takes it for: "Hansen AG", "Orsk Museum"."""
    last = name.name.lower().rstrip(".").rpartition(" ")[2]
    return last in lexicons.words("legal_forms", "workplaces")


def _is_somebody(subject: Subject) -> bool:
    """Whether a subject is a person for certain. The model takes many a firm for one by its name."""
    name, node = subject.name, subject.node
    if name.type != "person" or node is None or node.pos != "PROPN":
        return name.type == "person"
    return name.name.split()[0].lower() in lexicons.words("female_names", "male_names")
