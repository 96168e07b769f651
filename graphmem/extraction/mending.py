"""Putting right what the small models often get wrong, as far as the tree itself shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from graphmem.extraction import lexicons
from graphmem.extraction.nodes import SUBJECT_ROLES, Node, attach

_OF_NOUNS = ("det", "amod", "nmod:poss", "compound", "nummod", "cop")


def mend_names(nodes: Sequence[Node], new: Collection[int]) -> None:
    """Put right what the small models make of names that they have never seen, and of names before a full stop.

    "*Silverbeck* want a report", "*C2s* come from Voltane"; "*Wubbo* two plots along gave me a jar", as if it were an
    adverb; "a crate for *Cavour*. Larch", as if both were one name; "from now on *Ansei* drives", as if it were on
    Ansei.
    """
    for node in nodes:
        head = node.head
        is_code = node.text[:1].isupper() and any(map(str.isdigit, node.text)) and node.pos in {"PRON", "ADJ", "X"}
        if is_code or (node.index in new and node.tag == "NN" and node.pos == "NOUN"):
            node.pos = "PROPN"
        elif node.index in new and _is_mistaken(node, nodes):
            node.pos, node.tag, node.role = "PROPN", "NNP", "nsubj"
        if node.pos == "PROPN" and node.role == "nsubj" and head is not None:
            beside = (other for other in head.all("nsubj") if other.index > node.index and other.all("nummod"))
            for aside in beside:
                aside.role = "appos"
                attach(aside, node)
        if head is None or node.pos != "PROPN" or node.index + 1 == len(nodes):
            continue
        if node.role == "compound" and node.index + 1 < head.index and nodes[node.index + 1].text == ".":
            node.role, head.role = head.role, "dep"
            attach(node, head.head)
        elif node.role == "pobj" and head.lower == "on" and head.index and nodes[head.index - 1].lower == "now":
            verb = nodes[node.index + 1]
            if verb.tag in _FINITE and not verb.all(*SUBJECT_ROLES):
                node.role = "nsubj"
                attach(node, verb)


def _is_mistaken(node: Node, nodes: Sequence[Node]) -> bool:
    """Whether a name that begins a clause is taken for an adverb of its verb."""
    is_before_verb = node.head is not None and node.head.pos == "VERB" and node.index + 1 < node.head.index
    return node.tag == "RB" and node.role == "advmod" and is_before_verb and nodes[node.index + 1].pos != "PUNCT"


def mend_verbs(nodes: Sequence[Node], new: Collection[int], possible: Collection[int]) -> None:
    """Make verbs of nouns that stand where a verb does, and nouns of a verb that stands where a noun does.

    "Tobias *drums* in a band", "The *catalogue* lists Vera Lund", "moved his saws and *bench* to a barn"; and what has
    no verb of its own is no part of the next: "*Guess what*, Benno has left".
    """
    for node in nodes:
        head = node.head
        if node.role == "compound" and head is not None and head.index == node.index + 1:
            is_verb = head.pos == "VERB" and head.tag in _FINITE and not head.all(*SUBJECT_ROLES, "expl", "aux")
            is_somebody = (node.index in new or node.entity == "PERSON" or _is_first_name(node)) and not head.all(
                "det", "amod", "nmod:poss", "nummod", "case"
            )
            if head.index in possible and is_somebody and head.all("prep") and head.role in _STANDS_ALONE:
                head.pos, head.tag, head.lemma, is_verb = "VERB", "VBZ", head.lower.removesuffix("s"), True
                head.role = "parataxis" if head.role == "appos" else head.role
            if is_verb and node.is_nominal:
                node.role = "nsubj"
                for word in head.all("det", "amod", "nmod:poss"):
                    attach(word, node)
                for name in head.all("appos"):
                    name.role = "obj"
        elif _is_thing_as_verb(node) and head is not None:
            node.pos, node.tag, thing = "NOUN", "NN", head.all("obj")[-1]
            for child in node.all("prep"):
                attach(child, head)
            attach(node, thing)
        elif node.lower == "what" and [word.lower for word in nodes[max(node.index - 1, 0) : node.index + 2]] == _GUESS:
            node.role = "obj"
            attach(node, nodes[node.index - 1])


def _is_first_name(node: Node) -> bool:
    return node.lower in lexicons.words("female_names", "male_names")


_GUESS = ["guess", "what", ","]
_STANDS_ALONE = frozenset(("root", "appos", "dep", "ccomp", "conj", "parataxis"))


def _is_thing_as_verb(node: Node) -> bool:
    """Whether a bare verb goes on with the object right before it: a verb would stand in the form of the one above."""
    head = node.head
    if node.role != "conj" or node.tag != "VB" or head is None or head.tag not in _FINITE | {"VBN"}:
        return False
    things = head.all("obj")
    is_next = bool(things) and [
        child.role for child in head.children if things[-1].index < child.index < node.index
    ] == ["cc"]
    return is_next and things[-1].index == node.index - 2 and not node.all("aux", "mark", "obj", *SUBJECT_ROLES)


def mend_missed_verbs(nodes: Sequence[Node]) -> None:
    """Put right what the small models often get wrong: verbs taken for nouns where the tree itself shows a verb.

    "I live in Lisbon and *work* at Acme", "I no longer *like* coffee", "I love pizza and *hate* olives".
    """
    for node in nodes:
        head = node.head
        if node.role == "aux:pass" and head is not None:
            for child in node.all("nsubj", "nsubj:pass"):  # "My friend *got* engaged"
                attach(child, head)
        if node.text in _BE_TYPED and node.tag == "VBP":
            node.lemma = "be"
        if node.tag == "NN" and node.entity in _NAMED and node.text[0].isupper() and node.role not in _BESIDE_NOUNS:
            node.pos = "PROPN"  # "a certain *Hadewych*", which the model takes for a noun, but for somebody as well
        if node.role == "conj" and node.tag == "VB" and head is not None and head.tag != "VB":
            _mend_bare_verb(node, head)
        if node.role == "nsubj" and node.entity in {"DATE", "ORDINAL"} and head is not None:
            _mend_date(node, head)
        if head is None:
            _mend_root(node)
        elif _is_missed_object(node, head):
            node.role, node.pos = "obj", "NOUN"
        elif node.role == "conj" and node.tag == "NN" and head.pos == "VERB" and not node.all(*_OF_NOUNS):
            node.pos, node.tag = "VERB", head.tag
        elif node.role in {"dep", "conj"} and _goes_on(node, head):
            node.role, node.tag = "conj", head.tag  # "He rang, carefully *measured* it and left"
        elif node.role == "conj" and node.tag == "VBP" and head.role == "obj" and (verb := head.head) is not None:
            attach(node, verb)
            for child in [child for child in verb.all("obj") if child.index > node.index]:
                attach(child, node)


def _mend_date(node: Node, head: Node) -> None:
    """Nobody is a date: "My boss *since the 10th* is Oluf" tells of the boss."""
    mark = next((child for child in head.all("mark") if child.lower == "since" and child.index < node.index), None)
    if mark is not None and any(subject.index < mark.index for subject in head.all("nsubj")):
        node.role, mark.role = "obl", "case"
        attach(mark, node)


def _mend_bare_verb(node: Node, head: Node) -> None:
    """A bare verb goes on with the bare verb before it: "planning to ski, *try* the food"."""
    carried = next((child for child in head.all("xcomp") if child.tag == "VB" and child.index < node.index), None)
    if carried is not None and not node.all("aux", *SUBJECT_ROLES):
        attach(node, carried)


_NAMED = frozenset(("PERSON", "ORG", "GPE"))
_BESIDE_NOUNS = frozenset(("compound", "amod"))
_BE_TYPED = frozenset(("m", "re"))  # "im vegan"


def _is_missed_object(node: Node, head: Node) -> bool:
    """Whether a word the model does not know, right behind a verb, is what the verb is about: "I hate *cilantro*"."""
    if head.pos != "VERB" or node.index != head.index + 1 or head.lemma in lexicons.words("linking"):
        return False
    if (
        head.tag in {"VBN", "VBG"}
        or not head.first("nsubj")
        or head.first("obj", "acomp" if node.role != "acomp" else "")
    ):
        return False
    if node.role == "acomp" or (node.role == "advmod" and node.pos == "ADJ"):
        return node.tag in {"JJ", "NN", "NNP"} and node.entity != "ORDINAL"
    return (
        node.role == "xcomp"
        and node.tag == "VB"
        and not node.children
        and head.lemma not in {"help", "let", "go", "come"}
    )


def _goes_on(node: Node, head: Node) -> bool:
    """Whether a participle with nothing that would make it passive is the next thing that somebody did."""
    is_bare = not node.all("aux", "aux:pass", "mark", "agent", *SUBJECT_ROLES)
    return node.tag == "VBN" and head.tag == "VBD" and head.index < node.index and is_bare and bool(node.all("obj"))


def _mend_root(node: Node) -> None:
    stated = next((child for child in node.all("ccomp") if child.tag == "VBP" and child.index < node.index), None)
    if node.tag == "JJ" and node.first("nsubj:pass") and node.first("aux:pass"):
        node.pos, node.tag = "VERB", "VBN"  # "Staff were *informed* of it"
    elif node.pos == "ADP" and node.first("nsubj"):
        node.pos, node.tag = "VERB", "VBP"
        for child in node.all("pobj"):
            child.role = "obj"
    elif node.tag == "NN" and stated is not None and not node.all("nsubj", *_OF_NOUNS):
        # "I live in Lisbon, *work* at Acme": the noun is no root that the rest would hang on
        node.pos, node.tag, node.role, stated.role = "VERB", "VBP", "conj", "root"
        attach(stated, None)
        attach(node, stated)


def mend_numbers(nodes: Sequence[Node]) -> None:
    """A number right behind a thing is that thing's: nobody "planted *tree 264*" and 264 besides."""
    for thing, number in pairwise(nodes):
        if number.tag == "CD" and number.role == thing.role == "obj" and number.head is thing.head:
            number.role = "nummod"
            attach(number, thing)


def mend_appositions(nodes: Sequence[Node]) -> None:
    """Nobody stands beside a date: "a new conductor since May, *a Mr Halloran*" tells of the conductor."""
    for node in nodes:
        date = node.head
        if node.role != "appos" or node.pos != "PROPN" or date is None or date.entity != "DATE" or date.head is None:
            continue
        before = next((other for other in date.head.all("obj") if other.index < date.index), None)
        if before is not None and node.entity != "DATE":
            attach(node, before)


def mend_subjects(nodes: Sequence[Node]) -> None:
    """Whoever stands before a verb without a subject does it, whatever the model hangs the name on.

    "*Quaresma* fixes gauges" as if both were one name, "from Monday *Desta* drives" as if Monday were a first name.
    """
    for node in nodes:
        verb = node.head
        is_before = verb is not None and verb.pos == "VERB" and verb.tag in _FINITE and node.index < verb.index
        if verb is None or not is_before or node.pos != "PROPN" or verb.first(*SUBJECT_ROLES, "aux", "expl"):
            continue
        if node.role == "compound" and node.index == verb.index - 1:
            node.role = "nsubj"
            continue
        day = next((child for child in node.all("compound") if child.entity == "DATE"), None)
        if day is not None and node.role == "obl" and node.entity != "DATE":
            node.role, day.role = "nsubj", "obl"
            attach(day, verb)
            for preposition in node.all("case"):
                attach(preposition, day)


_FINITE = frozenset(("VBZ", "VBD", "VBP"))
