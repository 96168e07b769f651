"""Open tuples from sentences: the clauses that the offline extractor reads, worded as CaRB wants them.

What memory stores is narrower on purpose: short objects, one relation each, and only what is asserted of somebody one
can name. Here every clause with a subject gives all its words, whoever is meant. Where a participle or an apposition
leaves "be" unsaid, and with it the tense, the relation says "be".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import spacy
from spacy.tokens import Doc

from benchmarks._carb import Tuple
from graphmem.extraction.clauses import Clause, clauses
from graphmem.extraction.nodes import RELATIVE, SUBJECT_ROLES, Node
from graphmem.extraction.parser import installed
from graphmem.extraction.tree import tree

_UNSURE = 0.5
_DENYING = frozenset("not n't never".split())
_PARTING = frozenset("also just only however then now still currently".split())  # adverbs of the clause, not the noun
_OF_CLAUSE = frozenset("when where how why however so as that there then".split())  # adverbs that join, not describe
_UNSAID = frozenset("what that which who".split())
_ASIDE = frozenset("parataxis discourse vocative".split())
_OF_PREDICATE = frozenset(("conj", "cc", "appos", "cop", "aux", "aux:pass", "expl", "advcl", *SUBJECT_ROLES))
_INNER_MARKS = frozenset(("-", "/", "``", "''", '"', "'", "%", "&", "$"))
_EDGES = frozenset(".,;:!?")


def tuples_of(sentences: Sequence[str]) -> list[list[Tuple]]:
    """The tuples of each sentence, whose words stand apart already."""
    nlp = spacy.load(installed())
    docs = (Doc(nlp.vocab, words=sentence.split()) for sentence in sentences)
    return [tuples_in(tree(doc)) for doc in nlp.pipe(docs)]


def tuples_in(nodes: Sequence[Node]) -> list[Tuple]:
    """The tuples of a parsed sentence, each once."""
    known = clauses(nodes)
    found = [tuple_ for clause in known.values() for tuple_ in _of_clause(clause, known)]
    found += [tuple_ for node in nodes for tuple_ in _of_noun(node)]
    whole = (tuple_ for tuple_ in found if tuple_.relation and all(tuple_.arguments))
    return list({(tuple_.relation, tuple_.arguments): tuple_ for tuple_ in whole}.values())


# ------------------------------------------------------------------------------------------------------- clauses


@dataclass(frozen=True, slots=True)
class _Verbs:
    """A verb and those it carries as infinitives or gerunds, with what belongs to any of them."""

    chain: tuple[Node, ...]
    beside: tuple[Node, ...]  # "to be" of "continues to be influential"
    objects: tuple[Node, ...]
    obliques: tuple[tuple[str, Node], ...]
    complements: tuple[Node, ...]


def _of_clause(clause: Clause, known: Mapping[int, Clause]) -> Iterator[Tuple]:
    node = clause.predicate
    is_said_above = node.role == "xcomp" or (node.role == "advcl" and "to" in node.markers)
    is_without_subject = node.role == RELATIVE and not node.first(*SUBJECT_ROLES)
    if is_said_above or is_without_subject or {subject.lower for subject in clause.subjects} & _UNSAID:
        return
    for subject in clause.subjects:
        who = _phrase(subject, without=node)
        found = _being(clause) if clause.copula is not None else _doing(clause, known)
        for relation, arguments, confidence in found:
            yield Tuple(relation, (who, *arguments), round(min(confidence, clause.confidence), 2))


def _being(clause: Clause) -> Iterator[tuple[str, list[str], float]]:
    node, copula = clause.predicate, clause.copula
    assert copula is not None, "asked only of clauses with one"
    adverbs = [a for a in node.all("advmod") if a.lower in _DENYING | {"also"} and a.index < node.index]
    verb = [*node.auxiliaries, copula, *adverbs]
    obliques = _placed(clause.obliques)
    places = [_place(preposition, thing) for preposition, thing in obliques]
    if node.pos == "ADJ" or node.tag in {"VBN", "JJ"}:
        before = [a for a in node.all("advmod") if a.index < node.index and a.lower not in _PARTING]
        content = [_clause_words(part) for part in clause.complements if part is not node]
        if not (content or places):
            yield _joined(verb), [_phrase(node)], 1.0
            return
        relation = _joined([*verb, *before, node])
        if not content and obliques[0][0]:
            relation, places = _drawn(relation, obliques, places)
        yield relation, content + places, 0.85
    else:
        yield f"{_joined(verb)} {node.preposition}".strip(), [_phrase(node), *places], 1.0
    for other in node.all("conj"):
        if other.pos in {"NOUN", "PROPN", "ADJ"} and not other.first("cop", *SUBJECT_ROLES):
            yield _joined(verb), [_phrase(other)], 0.85


def _doing(clause: Clause, known: Mapping[int, Clause]) -> Iterator[tuple[str, list[str], float]]:
    verbs = _verbs(clause, known)
    relation = _relation(clause.predicate, verbs)
    content = [
        f"{part.preposition} {_phrase(part)}".strip() if part.pos in {"ADJ", "NOUN", "PROPN"} else _clause_words(part)
        for part in verbs.complements
    ]
    obliques = _placed(verbs.obliques)
    places = [_place(preposition, thing) for preposition, thing in obliques]
    purposes = list(map(_clause_words, _side_clauses(verbs)))
    if verbs.objects:
        for thing in verbs.objects:
            yield relation, [_phrase(thing), *content, *places, *purposes], 1.0
    elif content:
        yield relation, [*content, *places, *purposes], 1.0
    elif places:
        relation, places = _drawn(relation, obliques, places)
        yield relation, [*places, *purposes], 1.0
    elif purposes:
        yield relation, purposes, 1.0
    elif side := [a for a in clause.predicate.all("advmod", "advcl") if a.lower not in _DENYING]:
        yield relation, [_joined(side[0].subtree)], _UNSURE


def _verbs(clause: Clause, known: Mapping[int, Clause]) -> _Verbs:
    chain, beside = [clause.predicate], list[Node]()
    objects, obliques, complements = list(clause.objects), list(clause.obliques), list(clause.complements)
    while not objects:
        inner = next((part for part in complements if part.role == "xcomp" and part.pos == "VERB"), None)
        if inner is None:
            state = next((part for part in complements if part.role == "xcomp" and part.markers == ["to"]), None)
            if state is not None and (copula := state.first("cop")) is not None:
                beside += [copula, *state.all("mark")]
            break
        chain.append(inner)
        complements.remove(inner)
        if (below := known.get(inner.index)) is not None:
            objects += below.objects
            obliques += below.obliques
            complements += below.complements
    return _Verbs(tuple(chain), tuple(beside), tuple(objects), tuple(obliques), tuple(complements))


def _relation(verb: Node, verbs: _Verbs) -> str:
    words = list(verbs.beside)
    for part in verbs.chain:
        words += [part, *part.all("aux", "aux:pass", "compound:prt")]
        words += [child for child in part.all("mark") if child.lower == "to" and part is not verb]
        words += [below for helper in part.all("aux") for below in helper.children if below.lower in _DENYING]
        words += [child for child in part.all("advmod") if not child.children and child.lower not in _OF_CLAUSE]
    is_reduced = (verb.tag == "VBN" and verb.role in {"acl", "advcl", "conj"}) or verb.tag == "VBG"
    return f"be {_joined(words)}" if is_reduced and not verb.auxiliaries else _joined(words)


def _side_clauses(verbs: _Verbs) -> Iterator[Node]:
    """Clauses without a subject that say of what, by what or what for: "accused him *of hiding*"."""
    for verb in verbs.chain:
        for side in verb.all("advcl"):
            is_of_what = side.index > verbs.chain[0].index and any(
                child.role == "mark" and child.pos == "ADP" for child in side.children
            )
            is_purpose = verb is verbs.chain[0] and "to" in side.markers
            if side.first(*SUBJECT_ROLES) is None and (is_of_what or is_purpose):
                yield side


def _placed(obliques: Iterable[tuple[str, Node]]) -> list[tuple[str, Node]]:
    """In the order of the text, each preposition as it is written there."""
    found: list[tuple[str, Node]] = []
    for preposition, thing in sorted(obliques, key=lambda pair: pair[1].index):
        written = " ".join(word.text for word in thing.prepositions)
        unmarked = thing.role in {"obl:unmarked", "iobj"}
        found.append(("" if unmarked else written if written.lower() == preposition else preposition, thing))
    return found


def _place(preposition: str, thing: Node) -> str:
    return f"{preposition} {_phrase(thing)}".strip()


def _drawn(relation: str, obliques: Sequence[tuple[str, Node]], places: Sequence[str]) -> tuple[str, list[str]]:
    """The first preposition with the verb: (lives in, Porto) rather than (lives, in Porto)."""
    preposition, thing = obliques[0]
    return f"{relation} {preposition}".strip(), [_phrase(thing), *places[1:]]


# --------------------------------------------------------------------------------------------------------- nouns


def _of_noun(node: Node) -> Iterator[Tuple]:
    """What stands beside a noun: "Tom, a baker"; "President Bush"."""
    if node.pos in {"PROPN", "NOUN"}:
        for other in node.all("appos"):
            if other.pos in {"NOUN", "PROPN"}:
                yield Tuple("be", (_phrase(node), _phrase(other)), 0.55)
    if node.pos != "PROPN" or node.entity != "PERSON":
        return
    role = next((child for child in node.all("compound", "amod") if child.index < node.index), None)
    if role is not None and not role.entity and role.pos in {"PROPN", "NOUN"} and not role.text.endswith("."):
        name = [word for word in node.subtree if word.entity == "PERSON" and node.index - 4 < word.index <= node.index]
        yield Tuple("be", (_joined(name), _joined(role.subtree)), _UNSURE)


# --------------------------------------------------------------------------------------------------------- words


def _phrase(node: Node, *, without: Node | None = None) -> str:
    """A noun or adjective with all that describes it, but not the clause `without` that is about it."""
    kept: list[Node] = []
    waiting = [node]
    while waiting:
        word = waiting.pop()
        kept.append(word)
        waiting += [child for child in word.children if child is not without and _belongs(child, word, node)]
    return _trimmed(kept)


def _belongs(child: Node, word: Node, top: Node) -> bool:
    if child.role in _ASIDE:
        return False
    if child.role == "punct" and child.text not in _INNER_MARKS and (word is top or child.text != ","):
        return False
    if word is not top:
        return True
    if child.role in _OF_PREDICATE or (child.role == RELATIVE and "to" not in child.markers):
        return False
    if child.role in {"case", "mark"}:
        return child.lower in {"'s", "'"}
    return child.role != "advmod" or child.lower not in _PARTING | {"not", "n't"}


def _clause_words(node: Node) -> str:
    """A clause without the "that" that opens it."""
    return _trimmed(word for word in node.subtree if not (word.head is node and word.lower == "that"))


def _trimmed(words: Iterable[Node]) -> str:
    ordered = sorted(words, key=lambda word: word.index)
    while ordered and ordered[-1].text in _EDGES:
        ordered.pop()
    while ordered and ordered[0].text in _EDGES:
        ordered.pop(0)
    return _joined(ordered)


def _joined(words: Iterable[Node]) -> str:
    distinct = {word.index: word.text for word in words}
    return " ".join(distinct[index] for index in sorted(distinct))
