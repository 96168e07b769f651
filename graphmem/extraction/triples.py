"""From clauses to triples: one small rule per construction, tried in order, the first that fits decides.

"I moved to Porto" is (speaker, lives_in, Porto), "my sister Anna is a doctor" (Anna, is, doctor) and (speaker, sister,
Anna). Nothing comes of questions, orders, suppositions, or of words that point at something unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import (
    FIRST,
    SECOND,
    Clause,
    embedded,
    ends_state,
    is_asserted,
    is_question,
    is_taken_back,
    order,
    with_dropped_subject,
)
from graphmem.extraction.names import canonical, common_key
from graphmem.extraction.referents import THIRD, UNKNOWN, name_words, owned_phrase
from graphmem.extraction.timewords import NUMBERS
from graphmem.extraction.tree import CLAUSE_ROLES, SUBJECT_ROLES, Node, coordinated, words_of
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
_UNSAID = re.compile(r"\b(?:of|like|about) (?:them|it|this|that|these|those|us|me|you|him|her)$")
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
    clause can be worded with that one alone. `text` is set where no clause of its own says it ("my sister Anna").
    """

    subject: Name
    predicate: str
    object: Name | str
    about: Node
    object_node: Node | None = None
    siblings: tuple[Node, ...] = ()
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
    `times` holds the indices of words that belong to a date.
    """

    clauses: Mapping[int, Clause]
    pronouns: Mapping[int, str]
    speaker: Name | None = None
    addressee: Name | None = None
    times: frozenset[int] = frozenset()

    @property
    def is_document(self) -> bool:
        """Whether nobody speaks."""
        return self.speaker is None

    def name(self, node: Node) -> Name | None:
        """The entity that a noun or pronoun names; None where it names none or does not say which."""
        if node.index in self.pronouns:
            return self._person(self.pronouns[node.index])
        if node.lower in _OWN_PRONOUNS or node.pos == "PRON" or not (node.is_nominal or node.pos == "VERB"):
            return None
        if node.tag == "UH" or node.lower in _EXCLAIMED or _UNSAID.search(words_of(node.subtree)):
            return None
        if node.pos == "PROPN" or node.entity in TYPES:
            name = words_of(name_words(node)) if node.pos == "PROPN" else self.phrase(node)
            return Name(name, canonical(name), TYPES.get(node.entity, "thing")) if canonical(name) else None
        if node.lower in lexicons.words("kin"):
            named = next((child for child in node.all("appos") if child.pos == "PROPN"), None)
            if named is not None and node.owner is not None:
                return self._person(words_of(name_words(named)))
            return self._common(owned_phrase(node, self.pronouns), "person")
        owner = node.owner
        if owner is not None and owner.index in self.pronouns:
            return self._common(owned_phrase(node, self.pronouns), "thing")
        return self._common(self.phrase(node), "thing")

    def value(self, node: Node) -> Name | str | None:
        """What stands as an object: an entity where it is a name or somebody's relation, otherwise words."""
        name = self.name(node)
        if name is None:
            return None
        if not name.is_common or (name.type == "person" and node.owner is not None):
            return name
        return self.phrase(node) or None

    def owner(self, node: Node) -> Name | None:
        """Whose it is, where that is said by name or by a pronoun we know."""
        owner = node.owner
        if owner is None or owner.lower in UNKNOWN:
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
        return re.sub(r"\s*-\s*", "-", re.sub(r"\s+", " ", text)).strip(' .,!?;:"')

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
        return node.entity in {"DATE", "TIME"} or node.index in self.times or node.lower in lexicons.words("time_nouns")

    def is_vague(self, node: Node) -> bool:
        """Whether it names nothing: "the thing", "a lot"."""
        return node.lower in lexicons.words("vague") and not node.all("amod", "compound", "nmod", "acl")

    def _belongs(self, child: Node, word: Node, top: Node) -> bool:
        if child.role == "punct":
            return child.text in {"-", "/", "&", "'"}
        if child.role == "det" and child.lower == "no":
            return True
        if child.role in _LEFT_OUT or child.role.startswith(("nsubj", "csubj")) or child.index in self.times:
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
        for known in (self.speaker, self.addressee):
            if known is not None and known.name == name:
                return known
        return Name(name, canonical(name), "person", is_common="'s " in name)

    def _common(self, phrase: str, type_: EntityType) -> Name | None:
        key = common_key(phrase)
        return Name(phrase, key, type_, is_common=True) if key else None


# --------------------------------------------------------------------------------------------- the order of steps


def triples(sentence: Sequence[Node], reading: Reading) -> list[Triple]:
    """What a sentence says, in the order of its words; nothing for a question."""
    if is_question(sentence):
        return []
    ordered = order(sentence) if not reading.is_document else None
    text = words_of(sentence)
    found: list[Triple] = []
    for node in sentence:
        clause = reading.clauses.get(node.index)
        if (clause is None or not clause.subjects) and not reading.is_document:
            clause = with_dropped_subject(node) or clause
        if clause is not None and not _is_ordered(clause.predicate, ordered):
            found += _of_clause(clause, reading, text)
    for node in sentence:
        found += _of_noun(node, reading)
    kept = [triple for triple in found if reading.is_document or _says_something(triple, reading)]
    return _distinct(kept)


def _of_clause(clause: Clause, reading: Reading, text: str) -> Iterator[Triple]:
    if not is_asserted(clause, reading.clauses, is_document=reading.is_document) or _is_folded(clause):
        return
    saying = _saying(embedded(clause), reading, text)
    if is_taken_back(clause, reading.clauses):
        saying = replace(saying, op="retract")
    subjects = _subjects(clause, reading)
    if not subjects:
        return
    rules = _COPULAR if clause.copula is not None else _VERBAL
    for rule in rules:
        found = rule(saying, subjects, reading)
        if found is not None:
            said = (_as_said(triple, saying, reading) for triple in found)
            yield from (
                triple for triple in said if not (triple.is_negated and _is_restricted(saying, triple, reading))
            )
            return


def _is_restricted(saying: Saying, triple: Triple, reading: Reading) -> bool:
    """Whether a negation leaves the rest standing: not on Fridays, not always, not this time, not yet."""
    if triple.predicate not in lexicons.words("lasting") and saying.clause.tense != "present":
        return True
    below = saying.verb.subtree
    is_partial = any(word.lower in lexicons.words("restricting") or word.index in reading.times for word in below)
    others = [node for _, node in saying.clause.obliques if node not in {triple.object_node, *triple.siblings}]
    return is_partial or bool(others)


def _is_ordered(node: Node, ordered: Node | None) -> bool:
    if ordered is None:
        return False
    while node is not ordered:
        if node.head is None or node.role == "parataxis":
            return False
        node = node.head
    return True


def _is_folded(clause: Clause) -> bool:
    """Whether the clause above speaks for it: "want to *visit* Iceland"."""
    node, head = clause.predicate, clause.predicate.head
    return (
        node.role == "xcomp" and head is not None and (head.lemma in lexicons.words("complements") or head.tag == "JJ")
    )


def _distinct(found: Sequence[Triple]) -> list[Triple]:
    seen: dict[tuple[object, ...], Triple] = {}
    for triple in found:
        key = (triple.subject.key, triple.predicate, canonical(triple.object_text), triple.op, triple.is_negated)
        seen.setdefault(key, triple)
    return list(seen.values())


# ------------------------------------------------------------------------------------------------- verbs in chains


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


def _saying(clause: Clause, reading: Reading, text: str) -> Saying:
    verb = clause.predicate
    saying = Saying(
        clause=clause,
        verb=verb,
        relation=_relation(verb),
        objects=tuple(node for node in clause.objects if not reading.is_time(node)),
        obliques=_placed(clause.obliques, reading),
        complements=clause.complements,
        modality=clause.modality,
        op=_negated_op(clause, text),
        text=text,
    )
    inner = _chained(saying)
    if clause.copula is not None or inner is None or inner.pos != "VERB":
        return saying
    return _unfolded(saying, inner, reading)


def _unfolded(saying: Saying, inner: Node, reading: Reading) -> Saying:
    lemma, has_to = saying.verb.lemma, "to" in inner.markers
    below = reading.clauses.get(inner.index)
    objects = saying.objects + (tuple(node for node in below.objects if not reading.is_time(node)) if below else ())
    obliques = saying.obliques + (_placed(below.obliques, reading) if below else ())
    whole = replace(saying, objects=objects, obliques=obliques, complements=below.complements if below else ())
    if lemma == "use" and has_to:
        return replace(whole, verb=inner, relation=_relation(inner), op="past")
    if lemma == "go" and saying.verb.tag == "VBG" and inner.tag == "VB":
        return replace(whole, verb=inner, relation=_relation(inner), modality="future")
    if lemma in {"stop", "quit"}:
        return replace(whole, verb=inner, relation=_relation(inner), op="end")
    if lemma in lexicons.words("light"):
        return replace(whole, verb=inner, relation=_relation(inner))
    if has_to and _wishes_or_plans(lemma):
        relation = f"{lemma} to {_relation(inner)}"
        return replace(whole, relation=relation, modality=_wish(lemma, saying.modality))
    return saying


def _chained(saying: Saying) -> Node | None:
    """The verb that another one carries as its infinitive or gerund."""
    return next(
        (
            node
            for node in saying.clause.complements
            if node.role == "xcomp" and (node.tag in {"VB", "VBG"} or node.first("cop"))
        ),
        None,
    )


def _wishes_or_plans(lemma: str) -> bool:
    verbs = lexicons.words("desire") | lexicons.words("intention")
    return lemma in verbs or lemma in {"die", "try", "decide", "learn", "have", "need", "look", "help"}


def _wish(lemma: str, modality: Modality) -> Modality:
    if lemma in lexicons.words("desire") or lemma == "die":
        return "desire"
    if lemma in lexicons.words("intention"):
        return "intention"
    return "obligation" if lemma == "have" else modality


def _relation(verb: Node) -> str:
    if verb.lemma == "have" and verb.tag == "VBD":
        return "had"  # "I had a meeting" gives nobody a meeting for good
    return f"{verb.lemma} {verb.particle}".strip()


def _placed(obliques: Sequence[tuple[str, Node]], reading: Reading) -> tuple[tuple[str, Node], ...]:
    return tuple((preposition, node) for preposition, node in obliques if not reading.is_time(node))


def _negated_op(clause: Clause, text: str) -> Op:
    """What a negation does: "no longer" ends, "actually ... not" and "have never" take back."""
    if ends_state(clause, text):
        return "end"
    if not clause.is_negated or clause.modality != "asserted":
        return "assert"
    words = {child.lower for child in clause.predicate.children}
    is_never_true = "never" in words and clause.tense in {"perfect", "past"}
    return "retract" if is_never_true or "actually" in words else "assert"


# ------------------------------------------------------------------------------------------------------- subjects


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a clause is about; `node` is None where the speaker is meant without a word."""

    name: Name
    node: Node | None


def _subjects(clause: Clause, reading: Reading) -> list[Subject]:
    if clause.has_dropped_subject and reading.speaker is not None:
        return [Subject(reading.speaker, None)]
    found: list[Subject] = []
    for node in clause.subjects:
        name = reading.name(node)
        if name is not None:
            is_person = name.type == "thing" and node.pos == "PROPN" and not node.entity
            found.append(Subject(replace(name, type="person") if is_person else name, node))
    return found


# ------------------------------------------------------------------------------------------ "is", "was", "has been"

Rule = Callable[[Saying, Sequence[Subject], Reading], list[Triple] | None]


def _attribute(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """My name is Ada. My favourite colour is green. My birthday is on March 3rd."""
    value = saying.verb
    subject = subjects[0]
    node = subject.node
    owner = reading.owner(node) if node is not None else None
    if node is None or owner is None or node.pos != "NOUN" or node.lower in lexicons.words("kin"):
        return None
    predicate = _attribute_name(reading.phrase(node))
    is_known = predicate.startswith("favorite") or predicate in lexicons.words("attributes")
    if not (is_known or value.pos in {"PROPN", "NUM"} or value.entity) or not _can_be_value(predicate, value):
        return None
    if value.pos == "VERB":
        text = reading.verb_phrase(value)
    elif predicate == "email":
        text = value.text
    elif predicate in {"birthday", "phone", "address"}:  # as it was typed
        inner = set(node.subtree) | set(value.all("cop", "case"))
        text = words_of(word for word in value.subtree if word not in inner).strip(" .,;!")
    else:
        text = reading.phrase(value)
    return [Triple(owner, predicate, text, saying.verb)] if text else None


def _can_be_value(predicate: str, value: Node) -> bool:
    """Not so in "My age is just a number", "My name is on the list", "My job is hard"."""
    if predicate == "age":
        return _years(value) is not None
    if predicate == "name":
        return value.pos == "PROPN" and not value.preposition
    if predicate == "birthday":
        return True
    return not value.preposition and value.pos not in {"ADV", "PRON", "DET", "ADJ" if predicate == "job" else ""}


def _attribute_name(phrase: str) -> str:
    name = re.sub(r"^(?:new|current|full) ", "", phrase.lower()).replace("favourite", "favorite").replace(" ", "_")
    return lexicons.pairs("attribute_spellings").get(name, name)


def _relative_named(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """My sister is Anna."""
    node = subjects[0].node
    if node is None or node.lower not in lexicons.words("kin") or saying.verb.pos != "PROPN":
        return None
    owner = reading.owner(node)
    name = reading.name(saying.verb)
    if owner is None or name is None:
        return None
    return [Triple(owner, node.lower, replace(name, type="person"), saying.verb)]


def _age(saying: Saying, subjects: Sequence[Subject], _: Reading) -> list[Triple] | None:
    """I'm 34. She is 34 years old. Teo is five."""
    value = saying.verb
    is_years = value.lower in {"old", "years", "year"} and re.search(r"years?[- ]old", words_of(value.subtree).lower())
    is_number = (
        value.pos == "NUM" and not value.preposition and not value.all("nmod", "obl", "acl:relcl", "det", "amod")
    )
    if not (is_years or is_number):
        return None
    numbers = [value] if is_number else [word for word in value.subtree if word.pos == "NUM"]
    years = next((years for word in numbers if (years := _years(word)) is not None), None)
    people = [subject for subject in subjects if subject.name.type == "person" or not subject.name.is_common]
    return [Triple(subject.name, "age", str(years), value) for subject in people] if years and people else None


def _years(word: Node) -> int | None:
    number = int(word.text) if word.text.isdecimal() else NUMBERS.get(word.lower)
    return number if number is not None and 0 < number <= _OLDEST else None


_OLDEST = 130


def _eager(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I'm keen to learn Welsh: a wish; I'm ready to go: nothing."""
    if saying.verb.lower not in lexicons.words("eager"):
        return None
    wished = next((node for node in saying.complements if node.role == "xcomp" and node.pos == "VERB"), None)
    wished = wished or next((node for node in saying.verb.all("advcl") if "to" in node.markers), None)
    if wished is None or wished.pos != "VERB":
        return None
    if saying.verb.lower in {"ready", "able", "willing", "looking"} or wished.lemma in lexicons.words("phatic"):
        return []
    text = reading.verb_phrase(wished)
    return [
        Triple(subject.name, f"{saying.verb.lower} to", text, saying.verb, modality="desire", confidence=0.6)
        for subject in subjects
    ]


def _quality(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I'm allergic to peanuts. Anna is married to Tom. I'm vegan."""
    quality = saying.verb
    if quality.pos != "ADJ" and quality.tag not in {"VBN", "JJ"}:
        return None
    known = lexicons.pairs("adjective_relations")
    is_mood = quality.lower in lexicons.words("feelings")
    found: list[Triple] = []
    for node in saying.complements:
        if (phrase := f"{quality.lower} to") in known and node.markers == ["to"] and len(node.children) == 1:
            found += [Triple(subject.name, known[phrase], node.lower, quality) for subject in subjects]
    related = [pair for pair in saying.obliques if not reading.is_vague(pair[1])]
    for preposition, node in related:
        phrase = f"{quality.lower} {preposition}".strip()
        value = reading.value(node)
        if value is not None and (phrase in known or not is_mood):
            found += [
                _with(saying, subject, known.get(phrase, phrase), value, node, [n for _, n in related])
                for subject in subjects
            ]
    if not (found or related or (is_mood and not reading.is_document)):
        described = [subject for subject in subjects if reading.is_document or _can_be_described(subject, reading)]
        siblings = quality.all("conj")
        found = [_with(saying, s, "is", reading.phrase(quality), quality, siblings) for s in described]
    return found + _joined_qualities(saying, subjects, reading)


def _joined_qualities(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple]:
    """What "I'm vegan *and allergic to nuts*" adds."""
    found: list[Triple] = []
    for other in saying.verb.all("conj"):
        if other.pos == "ADJ" and not other.first("cop", *SUBJECT_ROLES):
            inner = replace(saying, verb=other, obliques=_placed(_obliques_of(other), reading))
            also = _quality(inner, subjects, reading) or []
            found += [replace(triple, object_node=other, siblings=(saying.verb,)) for triple in also]
    return found


def _obliques_of(quality: Node) -> list[tuple[str, Node]]:
    return [(node.preposition, node) for place in quality.all("obl") for node in coordinated(place)]


def _located(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I'm from Braga. The office is in Lisbon. She's at Corvane."""
    preposition = saying.verb.preposition
    if not preposition:
        return None
    predicate = lexicons.pairs("copula_relations").get(preposition, f"is {preposition}")
    named = [node for node in coordinated(saying.verb) if node.pos != "NUM"]
    places = [node for node in named if not reading.is_time(node) and not reading.is_vague(node)]
    found: list[Triple] = []
    for node in places:
        value = reading.value(node)
        if value is not None:
            found += [_with(saying, subject, predicate, value, node, places) for subject in subjects]
    return found


def _role(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Tim Cook is the CEO of Apple: (Tim Cook, ceo_of, Apple). Anna is my boss: (speaker, boss, Anna)."""
    value = saying.verb
    if value.pos != "NOUN":
        return None
    owner = reading.owner(value)
    if owner is not None and value.lower in lexicons.words("kin"):
        return [
            Triple(owner, value.lower, subject.name, value) for subject in subjects if subject.name.key != owner.key
        ]
    place = next((n for n in value.all("nmod") if n.preposition in {"of", "at", "for", "to"}), None)
    if place is None or not (place.pos == "PROPN" or place.entity in TYPES):
        return None
    named = reading.value(place)
    role = re.sub(r"\s+(?:of|at|for|to)\s+.*$", "", reading.phrase(value)).lower().replace(" ", "_")
    if named is None or not role:
        return None
    return [Triple(subject.name, f"{role}_{place.preposition}", named, value) for subject in subjects]


def _identity(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Anna is a doctor and a mother."""
    if saying.verb.pos in {"PRON", "ADV", "DET", "INTJ", "VERB"} or reading.is_vague(saying.verb):
        return []
    things = [node for node in coordinated(saying.verb) if node is saying.verb or node.pos != "ADJ"]
    found = [
        _with(saying, subject, "is", value, node, things)
        for node in things
        if (value := reading.value(node)) is not None and node.lower not in lexicons.words("feelings")
        for subject in subjects
        if reading.is_document or _can_be_described(subject, reading)
    ]
    return found + _joined_qualities(saying, subjects, reading)


def _can_be_described(subject: Subject, reading: Reading) -> bool:
    """Not the addressee ("you're amazing"), nor a thing in passing ("the food was good")."""
    if subject.name == reading.addressee:
        return False
    if subject.name.type == "person" or subject.node is None:
        return True
    return subject.node.pos == "PROPN" or reading.owner(subject.node) is not None


_COPULAR: tuple[Rule, ...] = (
    _attribute,
    _relative_named,
    _age,
    _eager,
    _quality,
    _located,
    _role,
    _identity,
)


# ---------------------------------------------------------------------------------------------------------- verbs


def _preference(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I love to cook. I enjoy hiking and swimming."""
    activity = _chained(saying)
    verb = saying.clause.predicate
    if activity is None or activity.pos != "VERB" or saying.verb is not verb:
        return None
    predicate = lexicons.pairs("relations").get(verb.lemma)
    is_liking = predicate in {"likes", "dislikes", "prefers"}
    if "to" in activity.markers:
        if not is_liking or saying.modality != "asserted":
            return None
    elif not is_liking and verb.lemma not in {"try", "consider", "miss", "practice", "practise", "finish"}:
        return None
    activities = [activity, *(node for node in activity.all("conj") if node.tag == activity.tag)]
    return [
        _with(saying, subject, predicate or verb.lemma, text, node, activities)
        for node in activities
        if (text := reading.verb_phrase(node))
        for subject in subjects
    ]


def _wish_to_be(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I want to be a pilot."""
    wished = _chained(saying)
    lemma = saying.clause.predicate.lemma
    if wished is None or not wished.first("cop") or not _wishes_or_plans(lemma) or wished.pos == "VERB":
        return None
    modality = _wish(lemma, saying.modality)
    phrase = reading.phrase(wished)
    return [Triple(s.name, f"{lemma} to be", phrase, saying.verb, modality=modality) for s in subjects]


def _becoming(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """She became a nurse. We got engaged. It is called Rust."""
    verbs = {"become", "turn", "stay", "remain", "feel", "get", "call", "name", "go"}
    if saying.lemma not in verbs or saying.objects:
        return None
    state = next(
        (n for n in saying.complements if n.role == "xcomp" and n.pos in {"NOUN", "ADJ", "PROPN", "NUM"}), None
    )
    if state is None or (saying.lemma == "feel" and not reading.is_document):
        return None if state is None else []
    if saying.lemma in {"call", "name"}:
        if not saying.clause.is_passive:
            return None
        return [Triple(s.name, "name", reading.phrase(state), saying.verb) for s in subjects]
    if saying.lemma == "turn" and state.pos == "NUM":
        return [Triple(s.name, "age", state.text, saying.verb) for s in subjects]
    if saying.obliques:
        return None
    if saying.lemma == "get" and state.lower not in {"married", "engaged", "divorced", "promoted", "fired", "hired"}:
        return []
    predicate = "become" if saying.lemma == "become" else "is"
    value = reading.value(state)
    return [Triple(s.name, predicate, value or state.lower, saying.verb) for s in subjects]


def _marrying(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I got married to Tom. Tom and Anna got engaged."""
    state = next((node for node in saying.complements if node.lower in {"married", "engaged"}), None)
    if state is None and saying.lemma == "marry" and not saying.objects:
        state = saying.verb
    if state is None or saying.lemma not in {"get", "marry"}:
        return None
    predicate = "engaged_to" if state.lower == "engaged" else "married_to"
    partners = [*saying.by("to"), *(node for node in state.all("obl", "nmod") if node.preposition == "to")]
    names = [name for node in partners if (name := reading.name(node)) is not None]
    people = [subject.name for subject in subjects]
    if not names and len(people) == _COUPLE:
        people.sort(key=lambda name: name != reading.speaker)
        people, names = people[:1], people[1:]
    return [Triple(person, predicate, name, saying.verb) for person in people for name in names] or None


def _birthday(saying: Saying, subjects: Sequence[Subject], _: Reading) -> list[Triple] | None:
    """I turned 35."""
    number = next((node for node in saying.clause.objects if node.pos == "NUM"), None)
    if saying.lemma != "turn" or number is None:
        return None
    return [Triple(subject.name, "age", number.text, saying.verb) for subject in subjects]


def _new_work(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I started a new job at Globex as a cook. She joined Corvane."""
    thing = saying.objects[0] if saying.objects else None
    if thing is None:
        return None
    if saying.lemma == "join" and _is_employer(thing, surely=False) and _is_taken_on(saying):
        value = reading.value(thing)
        return [Triple(s.name, "works_at", value, saying.verb, thing) for s in subjects] if value else None
    if saying.lemma not in {"start", "begin", "get", "land", "accept", "find", "take", "have"}:
        return None
    if thing.lower not in {"job", "position", "role", "gig"}:
        return None
    places = [*saying.by("at", "with"), *(n for n in thing.all("nmod") if n.preposition in {"at", "with"})]
    titles = [*saying.by("as"), *(n for n in thing.all("nmod") if n.preposition == "as")]
    found = [(predicate, node) for predicate, nodes in (("works_at", places), ("job", titles)) for node in nodes]
    found = [(predicate, node) for predicate, node in found if _fits(predicate, node)]
    valued = [(predicate, value) for predicate, node in found if (value := reading.value(node)) is not None]
    return [Triple(s.name, p, v, saying.verb) for s in subjects for p, v in valued] or None


def _is_taken_on(saying: Saying) -> bool:
    """Whether joining is a job: as somebody, or after leaving another; one joins calls and lunches as well."""
    verb = saying.clause.predicate
    before = verb.head.lemma if verb.role == "conj" and verb.head is not None else ""
    return bool(saying.by("as")) or before in {"leave", "quit", "resign"}


def _parting(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I broke up with Tom. Julia and I got divorced."""
    is_parting = (
        saying.relation in {"break up", "split up"}
        or saying.lemma in {"divorce", "separate"}
        or (saying.lemma == "get" and any(child.lower == "divorced" for child in saying.verb.children))
    )
    if not is_parting:
        return None
    named = [reading.name(node) for node in (*saying.by("with", "from"), *saying.objects)]
    others = [name for name in named if name is not None and (name.type == "person" or not name.is_common)]
    people = [subject.name for subject in subjects]
    if not others and len(people) == _COUPLE:
        people.sort(key=lambda name: name != reading.speaker)
        people, others = people[:1], people[1:]
    return [Triple(person, "partner", other, saying.verb, op="end") for person in people for other in others]


_COUPLE = 2


def _dying(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Our dog passed away."""
    is_death = saying.lemma == "die" and saying.verb.tag != "VBG" and saying.relation == "die"
    is_passing = saying.lemma == "pass" and any(child.lower == "away" for child in saying.verb.children)
    if not (is_death or is_passing) or saying.modality != "asserted" or saying.clause.is_negated:
        return None
    found: list[Triple] = []
    for subject in subjects:
        found.append(Triple(subject.name, "died", "yes", saying.verb, kind="event"))
        owner = reading.owner(subject.node) if subject.node is not None else None
        if owner is not None and subject.node is not None and subject.node.lower in lexicons.words("kin"):
            found.append(Triple(owner, "has", subject.node.lower, saying.verb, op="end"))
    return found


def _succession(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """John Doe replaced Jane Roe as CEO of Acme."""
    if saying.lemma != "replace" or not saying.objects:
        return None
    roles = [*saying.by("as"), *(node for node in saying.objects[0].all("nmod") if node.preposition == "as")]
    if not roles:
        return None
    place = next((node for node in roles[0].all("nmod") if node.preposition == "of"), None)
    value = reading.value(place) if place is not None else None
    if value is not None:
        return [Triple(s.name, f"{roles[0].lower}_of", value, saying.verb) for s in subjects]
    return [Triple(s.name, "is", reading.phrase(roles[0]), saying.verb) for s in subjects]


def _anticipation(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I'm looking forward to the concert."""
    if saying.lemma != "look" or not any(child.lower == "forward" for child in saying.verb.children):
        return None
    awaited = next(iter(saying.by("to")), None) or next(iter(saying.verb.all("advcl", "xcomp", "obl")), None)
    if awaited is None or awaited.lower in UNKNOWN:
        return []
    text = reading.phrase(awaited) if awaited.is_nominal else reading.verb_phrase(awaited)
    return [Triple(s.name, "look forward to", text, saying.verb, modality="desire") for s in subjects if text]


def _leaving(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I quit Acme. I resigned from Acme. I moved away from Rome. I sold my car. I graduated from MIT."""
    if saying.clause.is_negated or saying.modality != "asserted" or saying.op != "assert":
        return None
    ending: list[tuple[str, Name | str, Node]] = []
    for node in saying.objects:
        if saying.lemma in {"leave", "quit"} and _is_employer(
            node, surely=saying.lemma == "quit" or len(node.subtree) == 1
        ):
            ending += [("works_at", value, node)] if (value := reading.value(node)) else []
        elif saying.lemma in {"leave", "quit", "lose"} and node.lower in {"job", "company"} and node.owner is not None:
            ending.append(("works_at", _employer(saying, node, reading), node))
        elif saying.lemma in {"sell", "lose"} and saying.relation == saying.lemma and _is_done(saying):
            ending += [("has", phrase, node)] if (phrase := reading.phrase(node)) else []
    for node in saying.by("from"):
        predicate = lexicons.pairs("ending_from").get(saying.lemma)
        if predicate and (value := reading.value(node)):
            ending.append((predicate, value, node))
    if not ending:
        return None
    found = [Triple(s.name, p, v, saying.verb, node, op="end") for s in subjects for p, v, node in ending]
    arriving = [pair for pair in saying.obliques if pair[0] in {"to", "into", "for"}]
    rest = _transitive(replace(saying, objects=(), obliques=tuple(arriving)), subjects, reading) if arriving else []
    graduated = [Triple(s.name, "graduated_from", v, saying.verb) for s in subjects for _, v, _ in ending]
    return found + (rest or []) + (graduated if saying.lemma == "graduate" else [])


def _employer(saying: Saying, job: Node, reading: Reading) -> Name | str:
    places = [*saying.by("at", "with"), *(node for node in job.all("nmod") if node.preposition in {"at", "with"})]
    return next((value for node in places if (value := reading.value(node))), ANY)


def _is_done(saying: Saying) -> bool:
    """Whether it has happened: "I sold my boat", unlike "I sell boats"."""
    return saying.clause.tense in {"past", "perfect"}


def _is_employer(node: Node, *, surely: bool) -> bool:
    """Whether a name can be that of a firm; the model takes many of them for people or products."""
    if node.pos != "PROPN" or node.entity in {"GPE", "LOC", "EVENT", "FAC", "NORP"} or node.all("det"):
        return False
    return surely or node.entity != "PERSON"


def _transitive(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Whatever else somebody does to something, or somewhere."""
    found: list[Triple] = []
    for subject in subjects:
        found += _by_agent(saying, subject, reading)
        found += _of_objects(saying, subject, reading)
        found += _of_obliques(saying, subject, reading, has_object=bool(found))
    return found


def _fits(predicate: str, node: Node, *, by: str = "") -> bool:
    """Whether a word can be where somebody lives, works or studies: "at Acme", "at a bakery"; not "at night"."""
    if predicate not in {"lives_in", "works_at", "studies_at"}:
        return True
    if node.pos == "PROPN" or node.entity in {"GPE", "LOC", "FAC", "ORG"}:
        return not (by == "move" and node.entity in {"ORG", "PRODUCT", "WORK_OF_ART"} and node.preposition == "to")
    if node.lower in lexicons.words("workplaces"):
        return predicate != "lives_in"
    # Typed without a capital, a name still stands alone: "i live in lisbon".
    is_bare = node.pos == "NOUN" and node.tag == "NN" and not node.all("det", "amod", "nmod:poss", "compound", "nmod")
    return is_bare and node.lower not in lexicons.words("no_places")


def _by_agent(saying: Saying, subject: Subject, reading: Reading) -> Iterator[Triple]:
    if not saying.clause.is_passive:
        return
    relations = lexicons.pairs("relations")
    for node in saying.by("by"):
        agent = reading.name(node)
        if agent is None or (agent.is_common and agent.type != "person" and not reading.is_document):
            continue  # spliced by hand, delayed by snow
        known = relations.get(f"{saying.lemma} by")
        if known:
            yield Triple(subject.name, known, agent, saying.verb)
        else:
            yield Triple(agent, relations.get(saying.lemma, saying.lemma), subject.name, saying.verb)


def _of_objects(saying: Saying, subject: Subject, reading: Reading) -> Iterator[Triple]:
    predicate = lexicons.pairs("relations").get(saying.relation, saying.relation)
    things = [node for node in saying.objects if not reading.is_vague(node)]
    for node in things:
        value = reading.value(node)
        if predicate == "has" and node.lower in lexicons.words("kin"):
            value = reading.phrase(node)
        if predicate == "prefers" and isinstance(value, str):
            value = re.split(r" (?:over|to|rather) ", value)[0]
        if value:
            passive = "was " if saying.clause.is_passive else ""
            yield _with(saying, subject, passive + predicate, value, node, saying.objects)


def _of_obliques(saying: Saying, subject: Subject, reading: Reading, *, has_object: bool) -> Iterator[Triple]:
    relations = lexicons.pairs("relations")
    for preposition, node in saying.obliques:
        known = relations.get(f"{saying.relation} {preposition}")
        known = known if known is None or _fits(known, node, by=saying.lemma) else None
        is_agent = preposition == "by" and saying.clause.is_passive
        is_named = node.pos == "PROPN" or node.entity in TYPES
        if is_agent or not preposition or reading.is_vague(node) or (has_object and not known and not is_named):
            continue
        value = reading.value(node)
        if value is not None:
            has_object = True
            passive = "was " if saying.clause.is_passive else ""
            predicate = known or f"{passive}{saying.relation} {preposition}"
            same = [other for pair, other in saying.obliques if pair == preposition]
            yield _with(saying, subject, predicate, value, node, same)


_VERBAL: tuple[Rule, ...] = (
    _preference,
    _wish_to_be,
    _birthday,
    _marrying,
    _becoming,
    _new_work,
    _parting,
    _dying,
    _succession,
    _anticipation,
    _leaving,
    _transitive,
)


# ---------------------------------------------------------------------------------------------------------- nouns


def _of_noun(node: Node, reading: Reading) -> Iterator[Triple]:
    """What a noun phrase says on its own: my sister Anna; Maria, my boss; our dog; a dog named Max."""
    owner = reading.owner(node)
    kin = lexicons.words("kin")
    named = next((child for child in node.all("appos", "flat") if child.pos == "PROPN"), None)
    if owner is not None and node.lower in kin:
        person = named if named is not None else node.head if node.role in {"appos", "compound"} else None
        if person is not None and person.pos == "PROPN":
            yield from _kinship(owner, node, person)
        else:
            yield from _possession(owner, node, reading)
    elif owner is not None and node.pos == "PROPN":
        relation = next((child for child in node.all("compound", "amod") if child.lower in kin), None)
        if relation is not None:
            yield from _kinship(owner, relation, node)
    elif node.lemma in lexicons.words("ownable") and node.role != "compound" and named is None:
        yield from _possession(owner, node, reading)
    for naming in node.all("acl"):
        yield from _naming(node, naming, reading)


def _kinship(owner: Name, relation: Node, person: Node) -> Iterator[Triple]:
    name = words_of(name_words(person))
    if canonical(name) and canonical(name) != owner.key:
        text = f"{name} is {owner.name}'s {relation.lower}"
        yield Triple(owner, relation.lower, Name(name, canonical(name), "person"), relation, text=text)


def _possession(owner: Name | None, node: Node, reading: Reading) -> Iterator[Triple]:
    is_said = owner is not None and node.owner is not None and node.owner.index in reading.pronouns
    if owner is None or not is_said or reading.is_document or node.first("cop") or _is_given_up(node):
        return
    phrase = reading.phrase(node)
    article = "" if node.tag == "NNS" else "an " if phrase[:1].lower() in "aeiou" else "a "
    yield Triple(owner, "has", phrase, node, confidence=0.6, text=f"{owner.name} has {article}{phrase}")


def _naming(node: Node, naming: Node, reading: Reading) -> Iterator[Triple]:
    if naming.lemma not in {"name", "call", "title"} or node.pos != "NOUN":
        return
    given = naming.first("xcomp", "obj", "obl", "ccomp") or next((c for c in naming.children if c.pos == "PROPN"), None)
    subject = reading.name(node)
    if given is not None and subject is not None and (name := reading.phrase(given)):
        named = Name(name, canonical(name), "thing")
        if named.key:
            yield Triple(subject, "name", named, naming, text=f"{subject.name} is called {name}", confidence=0.85)


def _is_given_up(node: Node) -> bool:
    return node.head is not None and node.head.lemma in lexicons.words("giving_up")


# ------------------------------------------------------------------------------------------------- the last look


def _with(
    saying: Saying, subject: Subject, predicate: str, value: Name | str, node: Node, among: Sequence[Node]
) -> Triple:
    others = tuple(other for other in among if other is not node)
    return Triple(subject.name, predicate, value, saying.clause.predicate, object_node=node, siblings=others)


def _as_said(triple: Triple, saying: Saying, reading: Reading) -> Triple:
    """The triple with what the clause adds: negation, modality, an end, how sure it is."""
    op = saying.op if triple.op == "assert" else triple.op
    modality = saying.modality if triple.modality == "asserted" else triple.modality
    if _is_under_way(saying, triple):
        op, modality = "assert", "future"
    is_lasting = triple.predicate in lexicons.words("lasting")
    if op == "assert" and not reading.is_document and (_is_over(saying) or (is_lasting and _is_looking_back(saying))):
        op = "past"
    if op == "retract" and not is_lasting and not is_taken_back(saying.clause, reading.clauses):
        op = "assert"  # "I never tried climbing" takes no word back
    is_negated = saying.clause.is_negated and op not in {"end", "retract"}
    predicate = triple.predicate
    if _is_additional(saying) and predicate in lexicons.words("functional"):
        predicate = saying.relation  # "I also work at Globex" takes nothing away
    return replace(
        triple,
        about=saying.clause.predicate,
        predicate=predicate,
        op=op,
        modality=modality,
        is_negated=is_negated,
        kind=_kind(triple, saying, modality, op),
        confidence=round(min(triple.confidence, saying.clause.confidence), 2),
    )


def _is_under_way(saying: Saying, triple: Triple) -> bool:
    """Whether it has not happened yet: "I'm moving to Porto", "I'm leaving Acme", unlike "I'm living in Porto"."""
    verb = saying.clause.predicate
    if verb.tag != "VBG" or saying.clause.tense == "past" or saying.op == "end":
        return False
    return saying.lemma not in lexicons.words("stative") and (
        triple.op == "end" or triple.predicate in lexicons.words("lasting")
    )


def _is_over(saying: Saying) -> bool:
    """Whether a state is told in the past: "I lived in Rome", unlike "I moved to Rome"."""
    is_state = saying.clause.copula is not None or saying.lemma in lexicons.words("stative")
    return is_state and saying.clause.tense == "past" and not saying.clause.is_passive


def _is_looking_back(saying: Saying) -> bool:
    """Whether it only says when something else was: "When I moved to Rome, I was ten"."""
    return saying.clause.predicate.role == "advcl" and saying.clause.marker not in {
        "because",
        "since",
        "so",
        "although",
    }


def _is_additional(saying: Saying) -> bool:
    adverbs = {child.lower for node in (saying.verb, saying.clause.predicate) for child in node.children}
    return not adverbs.isdisjoint({"also", "too", "partly"})


def _kind(triple: Triple, saying: Saying, modality: Modality, op: Op) -> FactKind:
    if modality in {"desire", "intention", "future", "obligation"}:
        return "plan"
    if saying.clause.copula is not None or triple.predicate in lexicons.words("lasting"):
        is_past_visit = op == "past" and triple.predicate not in lexicons.words("lasting")
        return "event" if is_past_visit else triple.kind
    return "event" if saying.clause.tense in {"past", "perfect"} else "habit"


def _says_something(triple: Triple, reading: Reading) -> bool:
    """Whether a triple from a chat is worth having: not about a thing in general, not a turn of phrase."""
    object_text = triple.object_text.lower()
    partners = lexicons.words("partner") | lexicons.words("kin")
    if canonical(object_text) == triple.subject.key or _is_talk(triple.predicate):
        return False
    if re.match(r"(?:what|how|that|which|who|much|many)\b", object_text):
        return False
    if triple.predicate in {
        "keep",
        "let",
        "make",
        "help",
        "get",
        "give",
        "bring",
        "put",
        "do",
        "take",
    } and _is_talk_partner(triple.object, reading):
        return False
    if triple.object == reading.addressee and triple.subject == reading.speaker and triple.predicate not in partners:
        return False
    if triple.subject == reading.addressee and triple.predicate not in lexicons.words("lasting"):
        return False
    is_lasting = triple.predicate in lexicons.words("lasting")
    is_named = not triple.subject.is_common or triple.subject.type == "person" or "'s " in triple.subject.name
    if not is_named and triple.predicate != "name" and not (isinstance(triple.object, Name) or is_lasting):
        return False
    return triple.modality != "ability" or triple.is_negated or triple.subject == reading.speaker


def _is_talk(predicate: str) -> bool:
    verb, _, preposition = predicate.partition(" ")
    if verb in {"talk", "chat"}:
        return preposition not in {"to", "with", "about"}
    return verb in lexicons.words("phatic") and not (verb in {"look", "ask", "check"} and preposition)


def _is_talk_partner(value: Name | str, reading: Reading) -> bool:
    return isinstance(value, Name) and value in {reading.speaker, reading.addressee}
