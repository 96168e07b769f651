"""What each verb (or "is ...") of a sentence says: who, whom, where, and whether it is asserted at all.

Source: the reading of clauses from dependencies follows Del Corro and Gemulla, ClausIE (2013), on the light tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graphmem.extraction import lexicons
from graphmem.extraction.nodes import RELATIVE, SUBJECT_ROLES, Node, coordinated
from graphmem.models import Modality

Tense = Literal["past", "perfect", "present", "future"]

FIRST = frozenset("i me my mine myself im we us our ours ourselves".split())
SECOND = frozenset("you your yours yourself u ya".split())
_NEGATIONS = frozenset("not n't nt never no nor nobody none neither nothing hardly barely cannot without".split())
_QUESTION_WORDS = frozenset("how why what where which whether who when".split())
_TEMPORAL = frozenset("when whenever once until before if while as".split())
_SUBORDINATORS = frozenset(
    "if unless whether though because so when while as until before after since although once".split()
)
_KEEPS_SUBJECT = frozenset("promise use take spend have need".split())  # "she needs Tom to ..." aside, X does it
_PREDICATE_BE = frozenset(("root", "conj", "ccomp", "advcl", "parataxis", RELATIVE))
_FUNCTION_ROLES = frozenset(
    ("aux", "aux:pass", "cop", "case", "mark", "amod", "compound", "det", "advmod", "discourse")
)
_CARRIES_DOWN = frozenset(("conj", "ccomp", "xcomp", "advcl", "acl", RELATIVE, "parataxis"))
_OPEN_QUESTIONS = frozenset("how why what where who which whose".split())
_YES_NO_QUESTIONS = frozenset(
    "is are was were am do does did has have had can could will would should may might shall".split()
)
_ANYBODY = frozenset("they people everyone everybody someone somebody folks one".split())
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Clause:
    """One predicate with its parts.

    `subjects` is empty where nobody is named ("Just got back"): `has_dropped_subject` then says that the speaker is
    meant. `obliques` are pairs of preposition and noun; `complements` clauses and predicate nouns. `confidence` is in
    [0, 1].
    """

    predicate: Node
    subjects: tuple[Node, ...]
    objects: tuple[Node, ...]
    obliques: tuple[tuple[str, Node], ...]
    complements: tuple[Node, ...]
    is_passive: bool
    is_negated: bool
    modality: Modality
    tense: Tense
    confidence: float
    has_dropped_subject: bool = False

    @property
    def copula(self) -> Node | None:
        """The form of "be" that makes a noun or adjective the predicate."""
        return self.predicate.first("cop")

    @property
    def marker(self) -> str | None:
        """The first word that opens it as a subordinate clause."""
        return next(iter(self.predicate.markers), None)


def clauses(nodes: Sequence[Node]) -> dict[int, Clause]:
    """Every clause of a text, by the index of its predicate."""
    found = (_clause(node) for node in nodes if _is_predicate(node))
    return {clause.predicate.index: clause for clause in found if clause is not None}


def with_dropped_subject(node: Node) -> Clause | None:
    """The clause of a sentence that leaves out "I": "Just got back from Norway"."""
    opens = node.index == min(below.index for below in node.subtree)
    if node.pos != "VERB" or node.first(*SUBJECT_ROLES, "expl") or not (node.role == "root" or _opens_sentence(node)):
        return None
    adverbs = {child.lower for child in node.children}
    helpers = {helper.lower for helper in node.auxiliaries}
    speaks_of_self = (
        node.tag == "VBD"
        or (node.tag == "VBN" and not helpers and opens and node.first("obj", "obl"))
        or (node.tag in {"VBN", "VBG"} and adverbs & {"just", "never", "already", "recently", "also", "still", "been"})
        or helpers & {"ca", "could", "would", "might", "will"}
    )
    clause = _clause(node) if speaks_of_self else None
    return clause and replace(clause, has_dropped_subject=True, confidence=0.6)


def _opens_sentence(node: Node) -> bool:
    """Whether it is a statement of its own before another: "*Bumped* into Wubbo, he showed me photos"."""
    head = node.head
    is_own = head is not None and node.role in {"advcl", "ccomp"} and node.tag == "VBD" and not node.markers
    if head is None or not is_own or head.role != "root" or not head.first(*SUBJECT_ROLES):
        return False
    return node.index == min(word.index for word in head.below() if word.pos not in {"CCONJ", "INTJ", "PUNCT"})


def order(sentence: Sequence[Node]) -> Node | None:
    """The verb of an order or request ("remind me ...", "please ..."), if the sentence is one."""
    root = next((node for node in sentence if node.role == "root"), None)
    if root is None or root.pos != "VERB" or root.first(*SUBJECT_ROLES, "expl"):
        return None
    opening = next((node for node in sentence if node.pos not in {"PUNCT", "INTJ", "CCONJ", "SYM", "SPACE"}), None)
    if opening is not None and opening.lower in {"please", "let", "lets", "remember", "remind"}:
        return root
    helpers = {helper.lower for helper in root.all("aux")}
    return root if root.tag in {"VB", "VBP"} and helpers <= {"do"} else None


def is_question(sentence: Sequence[Node]) -> bool:
    """Whether it ends in a question mark or, as people type, only starts like a question: "is she back"."""
    words = [
        node for node in sentence if node.pos not in {"PUNCT", "INTJ", "CCONJ", "SYM", "SPACE"} and node.lower != "so"
    ]
    if any("?" in node.text for node in sentence[-3:]):
        return not _is_telling(words)
    if len(words) < 2:
        return False
    if _is_telling(words):
        return False
    first, second = words[:2]
    if first.lower in _OPEN_QUESTIONS and first.tag in {"WP", "WRB", "WDT", "WP$"}:
        return True
    return first.lower in _YES_NO_QUESTIONS and second.pos in {"PRON", "PROPN", "DET"} and second.tag != "VB"


def told_words(sentence: Sequence[Node]) -> Sequence[Node]:
    """A sentence without the question whether it is news: "Anna has moved" of "did you know that Anna has moved?"."""
    words = [node for node in sentence if node.pos not in {"PUNCT", "INTJ", "CCONJ", "SYM", "SPACE"}]
    if not _is_telling(words):
        return sentence
    opening = words[3] if words[3].lower == "that" else words[2]
    return [node for node in sentence if node.index > opening.index and node.text != "?"]


def _is_telling(words: Sequence[Node]) -> bool:
    """Whether a question only asks if what it tells is new: "did you know Anna has moved?"."""
    if len(words) < _SHORTEST_TELLING or [node.lower for node in words[:3]] not in _TELLING:
        return False
    asked, rest = words[2], words[3:]
    told = next((node for node in rest if node.first("nsubj", "nsubj:pass") and node.tag != "VB"), None)
    is_below = told is not None and (told.head is asked or asked.head is told)
    return is_below and rest[0].lower not in _QUESTION_WORDS | {"if"}


_TELLING = (["did", "you", "know"], ["do", "you", "know"], ["did", "i", "tell"], ["did", "i", "mention"])
_SHORTEST_TELLING = 5


# ---------------------------------------------------------------------------------------------- what is asserted


def is_asserted(clause: Clause, known: Mapping[int, Clause], *, is_document: bool) -> bool:
    """Whether something is stated of its subject: as true, or as wished or planned (its modality then says so).

    Not so for what is supposed, advised, asked, ordered, only possible, denied further up, or said in passing in a
    clause of time or purpose.
    """
    if clause.modality in {"hypothetical", "possible", "advice"} or _is_hearsay(clause.predicate):
        return False
    if clause.marker == "like" or (clause.modality == "ability" and _has_condition(clause.predicate)):
        return False  # "as if it were so", "we can do it if ..."
    if any(child.lower in {"almost", "nearly"} and child.role == "advmod" for child in clause.predicate.children):
        return False
    if is_taken_back(clause, known):
        return True
    node, head = clause.predicate, clause.predicate.head
    if _asks(clause):
        return False
    if node.role == "ccomp" and head is not None and not _is_factive(head, known):
        return False
    if node.role == "xcomp" and head is not None and head.lemma in lexicons.words("causative"):
        return False
    if node.role == "advcl" and node.tag == "VBG" and _is_only_named(node):
        return False
    return is_document or not ("to" in node.markers or _is_in_passing(clause))


def _has_condition(node: Node) -> bool:
    return any("if" in other.markers for other in node.all("advcl"))


def _is_only_named(gerund: Node) -> bool:
    """Whether a preposition names a deed without saying that it was done: "think about *moving*", "instead of ..."."""
    opening = [child for child in gerund.all("mark") if child.pos in {"ADP", "SCONJ"}]
    return any(
        child.lower not in {"after", "by", "since", "besides", "upon", "on", "while", "when"} for child in opening
    )


def is_taken_back(clause: Clause, known: Mapping[int, Clause]) -> bool:
    """Whether it is said to be untrue: "It's not true that Anna moved", "It was wrong that ..."."""
    head = clause.predicate.head
    if head is None or clause.predicate.role not in {"ccomp", "csubj", "advcl", "xcomp"}:
        return False
    above = known.get(head.index)
    if above is None or above.copula is None:
        return False
    return (
        above.is_negated if head.lower in {"true", "right", "correct"} else head.lower in {"wrong", "false", "untrue"}
    )


def embedded(clause: Clause) -> Clause:
    """The same clause with what its embedding takes away: "I think", "she said", "I hope"."""
    head = clause.predicate.head
    confidence, modality = clause.confidence, clause.modality
    if clause.predicate.role == "ccomp" and head is not None:
        if head.lemma == "hope":
            modality = "desire"
        elif head.lemma in lexicons.words("believing"):
            confidence -= 0.2
        elif head.lemma in lexicons.words("reporting"):
            confidence -= 0.1
    if clause.predicate.role == "advcl" and clause.marker in _SUBORDINATORS:
        confidence -= 0.25 if clause.marker in _TEMPORAL else 0.15
    return replace(clause, confidence=max(confidence, 0.1), modality=modality)


def _asks(clause: Clause) -> bool:
    node = clause.predicate
    if node.role not in {"ccomp", "xcomp", "csubj", "obl", "obj"} or clause.marker == "when":
        return False
    asking = {"advmod", "obj", "mark", "nsubj", "obl", "det"}
    return any(child.lower in _QUESTION_WORDS and child.role in asking for child in node.children)


def _is_hearsay(node: Node) -> bool:
    """Whether nobody we could name says it: "They say that ...", "apparently ...", "a rumour"."""
    rumour = lexicons.words("hearsay")
    for above in (node, *node.ancestors()):
        if any(child.lower in rumour for child in above.children) or above.lower in rumour:
            return True
        if above is node or above.lemma not in lexicons.words("reporting") | {"hear"}:
            continue
        if above.lemma == "hear" or any(map(_is_anybody, above.all(*SUBJECT_ROLES))):
            return True
    return False


def _is_anybody(subject: Node) -> bool:
    """Whether nobody in particular is meant: "people", unlike "one of the drivers"."""
    return subject.lower in _ANYBODY and not subject.all("nmod")


def _is_factive(head: Node, known: Mapping[int, Clause]) -> bool:
    if head.lemma in lexicons.words("nonfactive"):
        return False
    above = known.get(head.index)
    if above is not None and above.is_negated and above.modality == "ability" and head.lemma == "believe":
        return True  # "I can't believe Ruth is leaving"
    return above is None or not (above.is_negated or above.modality in {"hypothetical", "possible"})


def _is_in_passing(clause: Clause) -> bool:
    node = clause.predicate
    if node.role == "advcl":
        if clause.marker == "so" and clause.modality != "asserted":
            return True
        if clause.marker == "since" and clause.tense == "past" and clause.copula is not None:
            return True
        is_when = clause.marker in _TEMPORAL or any(child.lower in {"when", "whenever"} for child in node.children)
        return is_when and (clause.tense != "past" or clause.copula is not None)
    if node.role in {"acl", RELATIVE}:
        head = node.head
        if head is not None and any(child.lower in {"any", "no"} for child in head.all("det")):
            return True  # "I haven't found any exercises I like"
        is_common = head is not None and head.pos == "NOUN" and head.lower not in lexicons.words("kin")
        return is_common and not any(subject.lower in FIRST or subject.pos == "PROPN" for subject in clause.subjects)
    return _continues_complement(node)


def _continues_complement(node: Node) -> bool:
    """Whether it hangs on a verb that is itself no statement: "dance" of "to sing and dance"."""
    head = node.head
    if node.role != "conj" or head is None or node.tag not in {"VB", "VBG"} or head.tag != node.tag:
        return False
    is_bare = not node.first(*SUBJECT_ROLES) and not node.all("aux")
    return is_bare and (head.role in {"advcl", "xcomp", "obl", "obj", "acl"} or _continues_complement(head))


# ------------------------------------------------------------------------------------------------ parts of a clause


def _is_predicate(node: Node) -> bool:
    if node.role in _FUNCTION_ROLES:
        return False
    if node.pos == "VERB" or node.first("cop"):
        return True
    is_be = node.pos == "AUX" and node.lemma == "be" and node.role in _PREDICATE_BE
    return is_be and node.first(*SUBJECT_ROLES, "expl") is not None


def _clause(node: Node) -> Clause | None:
    subjects, is_inherited, is_passive = _subjects(node)
    if node.role == "acl" and not subjects:
        return None
    objects = [thing for child in node.all("obj") for thing in coordinated(child)]
    fronted = node.all("nsubj")[:-1]
    if fronted and [thing.lower for thing in objects] in (["it"], ["them"]):
        objects = fronted  # "the casings, Delmare moulds them"
    obliques = list(_obliques(node))
    if node.role == RELATIVE and node.head is not None:
        _add_antecedent(node, node.head, subjects, objects, obliques)
    negated, modality = _polarity(node)
    if _is_supposed(node):
        modality = "hypothetical"
    elif modality == "hypothetical" and node.lemma in {"like", "love", "prefer", "hate"} and node.first("xcomp"):
        modality = "desire"  # "I would love to"
    return Clause(
        predicate=node,
        subjects=tuple(subjects),
        objects=tuple(objects),
        obliques=tuple(obliques),
        complements=tuple(node.all("xcomp", "ccomp")),
        is_passive=is_passive or node.first("aux:pass") is not None,
        is_negated=negated,
        modality=modality,
        tense=_tense(node),
        confidence=0.8 if is_inherited else 0.9,
    )


def _subjects(node: Node, depth: int = 0) -> tuple[list[Node], bool, bool]:
    """Who does it, whether that is said elsewhere ("quit and *joined*"), and whether it is done to them."""
    own = node.all(*SUBJECT_ROLES)
    if own:
        subject = own[-1]
        is_passive = subject.role.endswith(":pass")
        if node.role == RELATIVE and subject.lower in {"who", "which", "that"} and node.head is not None:
            return [node.head], False, is_passive
        return coordinated(subject), False, is_passive
    head = node.head
    if head is None or depth > _DEEPEST or node.first("expl") or _opens_sentence(node):
        return [], False, False
    is_passive = node.first("aux:pass") is not None
    if node.role == RELATIVE:
        return [head], True, is_passive
    if node.role == "xcomp" and (object_ := head.first("obj", "iobj")) and head.lemma not in _KEEPS_SUBJECT:
        return coordinated(object_), True, False
    if node.role in {"xcomp", "advcl"} or (node.role == "conj" and (head.pos == "VERB" or _is_predicate(head))):
        return _subjects(head, depth + 1)[0], True, is_passive
    if node.role == "acl" and head.is_nominal and node.tag in {"VBN", "VBG"}:
        return [head], True, node.tag == "VBN"
    return [], False, False


def _obliques(node: Node) -> Iterator[tuple[str, Node]]:
    for child in node.children:
        if child.role == "iobj":
            yield "to", child
        elif child.role.startswith("obl") or (
            child.role == "nmod" and node.pos == "VERB" and node.first("cop") is None
        ):
            preposition = "by" if child.role == "obl:agent" else child.preposition
            for thing in coordinated(child):
                yield thing.preposition or preposition, thing
        elif child.role == "advmod" and child.lower in {"back", "away", "over", "up", "down", "out", "home"}:
            for place in child.all("obl"):
                yield f"{child.lower} {place.preposition}", place


def _add_antecedent(
    node: Node, antecedent: Node, subjects: list[Node], objects: list[Node], obliques: list[tuple[str, Node]]
) -> None:
    """Put the noun of a relative clause where its pronoun stands: "the car that she bought", "the town where ..."."""
    if any(word.tag == "WP$" for subject in subjects for word in subject.children):  # "whose father played"
        return
    pronoun = next((child for child in node.children if child.tag in {"WDT", "WP", "WRB"}), None)
    if pronoun is not None:
        if pronoun in objects:
            objects[objects.index(pronoun)] = antecedent
        elif pronoun.role.startswith("obl") or pronoun.lower == "where":
            obliques[:] = [pair for pair in obliques if pair[1] is not pronoun]
            obliques.append((pronoun.preposition or "in", antecedent))
    elif subjects and antecedent not in subjects and not objects and node.first("cop") is None:
        stranded = next((child for child in node.children if child.pos == "ADP" and child.role != "case"), None)
        if stranded is None:
            objects.append(antecedent)
        else:
            obliques.append((stranded.lower, antecedent))


def _polarity(node: Node) -> tuple[bool, Modality]:
    roles = {"advmod", "det", "discourse"}
    negated = any(child.lower in _NEGATIONS and child.role in roles for child in node.children)
    negated = negated or any(
        below.lower in {"n't", "nt", "not"}
        for helper in node.all("aux", "aux:pass", "cop")
        for below in helper.children
    )
    negated = negated or any(_denies(subject) for subject in node.all(*SUBJECT_ROLES))
    modality: Modality = "asserted"
    modals = lexicons.pairs("modals")
    for helper in node.all("aux"):
        known = modals.get(helper.lower) or modals.get(helper.lemma)
        if known and not (helper.lower == "'d" and node.tag == "VBN"):
            modality = known  # type: ignore[assignment]  # the list holds nothing but modalities
    return negated, modality


def _denies(subject: Node) -> bool:
    """Whether a subject says that nobody does: "neither Tom nor I", "none of them", "nobody"."""
    opening = {child.lower for child in subject.all("det", "cc:preconj", "advmod", "cc")}
    return subject.lower in {"none", "nobody", "neither"} or not opening.isdisjoint({"neither", "nor", "no"})


def _tense(node: Node) -> Tense:
    copula = node.first("cop")
    helpers = [*node.auxiliaries, *([copula] if copula else [])]
    if any(helper.lemma == "will" or helper.lower in {"'ll", "wo"} for helper in helpers):
        return "future"
    if any(verb.tag == "VBD" for verb in [*helpers, node]):
        return "past"
    if any(helper.lemma == "have" for helper in helpers):
        return "perfect"
    return "past" if node.tag == "VBN" and not helpers else "present"


def _is_supposed(node: Node) -> bool:
    """Whether an "if" or "maybe" stands above it, as far as that reaches."""
    supposing = lexicons.words("hypothetical")
    current: Node | None = node
    for _ in range(_DEEPEST):
        if current is None:
            return False
        if any(child.lower in supposing and child.role in {"mark", "advmod"} for child in current.children):
            return True
        current = current.head if current.role in _CARRIES_DOWN else None
    return False


def ends_state(clause: Clause, sentence_text: str) -> bool:
    """Whether a negation says that something stopped: "no longer", "not ... any more", "not ... these days"."""
    stopped = r"\b(?:any\s?more|any longer|these days|nowadays)\b"
    if clause.is_negated and re.search(stopped, sentence_text, re.IGNORECASE):
        return True
    return any(
        child.lower == "longer" and any(below.lower == "no" for below in child.children)
        for child in clause.predicate.children
    )
