"""A light tree over spaCy's: content words linked to content words, function words folded into them.

spaCy's English models hang a noun below its preposition and a predicate below "be". Rules read more easily the other
way round ("Porto" with the case "in", "nurse" with the copula "is"), which is also the scheme of Universal
Dependencies, whose role names are used here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphmem.extraction import lexicons, mending
from graphmem.extraction.nodes import RELATIVE, Node, attach
from graphmem.extraction.parser import NEW_NAMES, VERBS

if TYPE_CHECKING:
    from spacy.tokens import Doc

_ROLES = {
    "dobj": "obj",
    "dative": "iobj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "poss": "nmod:poss",
    "prt": "compound:prt",
    "relcl": RELATIVE,
    "npadvmod": "obl:unmarked",
    "neg": "advmod",
    "intj": "discourse",
    "predet": "det:predet",
    "preconj": "cc:preconj",
    "quantmod": "advmod",
    "nmod": "compound",
    "meta": "dep",
    "ROOT": "root",
}
_COMPLEMENTS = {"attr": "xcomp", "acomp": "xcomp", "oprd": "xcomp", "dative": "iobj"}  # named so once "be" is folded

_LEMMAS = {
    "wan": "want",
    "gon": "go",
    "wanna": "want",
    "gonna": "go",
    "'m": "be",
    "'re": "be",
    "'ve": "have",
    "'ll": "will",
    "im": "be",
    "hoping": "hope",
    "hoped": "hope",
    "prepping": "prep",
    "hates": "hate",  # the small model's lemma is "hat"
}


def tree(doc: Doc) -> list[Node]:
    """The words of a parsed text as nodes, in order. Time grows with the number of words."""
    nodes = [
        Node(
            index=token.i,
            text=token.text,
            lower=token.lower_,
            lemma=_LEMMAS.get(token.lower_) or (token.lemma_ if token.pos_ == "PROPN" else token.lemma_.lower()),
            pos=token.pos_,
            tag=token.tag_,
            entity=token.ent_type_,
            start=token.idx,
            space=bool(token.whitespace_),
            continues_name=token.ent_iob_ == "I",
            role=_role(token.dep_, token.tag_),
        )
        for token in doc
    ]
    for token, node in zip(doc, nodes, strict=True):
        if token.head.i != token.i:
            attach(node, nodes[token.head.i])
    mending.mend_names(nodes, doc.user_data.get(NEW_NAMES, ()))
    mending.mend_verbs(nodes, doc.user_data.get(NEW_NAMES, ()), doc.user_data.get(VERBS, ()))
    mending.mend_missed_verbs(nodes)
    mending.mend_numbers(nodes)
    _fold_prepositions(nodes)
    _fold_copulas(nodes)
    mending.mend_appositions(nodes)
    mending.mend_subjects(nodes)
    _join_firms(nodes)
    for node in nodes:
        node.role = _COMPLEMENTS.get(node.role, node.role)
        node.children.sort(key=lambda child: child.index)
    return nodes


def _role(label: str, tag: str) -> str:
    if label == "aux" and tag == "TO":
        return "mark"
    return label if label in _COMPLEMENTS else _ROLES.get(label, label)


def _fold_prepositions(nodes: Sequence[Node]) -> None:
    for node in nodes:
        if node.role not in {"prep", "agent", "dative"} or node.pos not in {"ADP", "SCONJ"}:
            continue
        object_ = node.first("pobj", "pcomp")
        if object_ is None:
            continue
        head = node.head
        if object_.role == "pcomp":
            object_.role, node.role = "advcl", "mark"
        else:
            is_clausal = head is None or head.pos in {"VERB", "AUX", "ADJ", "ADV"}
            object_.role = "obl:agent" if node.role == "agent" else "obl" if is_clausal else "nmod"
            node.role = "case"
        _lift(object_, node)


def _fold_copulas(nodes: Sequence[Node]) -> None:
    for node in nodes:
        if node.lemma != "be" or node.role in {"aux", "aux:pass"}:
            continue
        predicate = node.first("attr", "acomp", "oprd") or _place_of(node)
        if predicate is None:
            continue
        predicate.role, node.role = node.role, "cop"
        _lift(predicate, node)


def _place_of(copula: Node) -> Node | None:
    """Where somebody is: behind the verb, if anything is said there ("since May she's *at Corvane*")."""
    places = copula.all("obl")
    return next((place for place in places if place.index > copula.index), next(iter(places), None))


def _join_firms(nodes: Sequence[Node]) -> None:
    """Make one name of "Tallow and Sons", which names one firm."""
    for node in nodes:
        name, joint = node.head, node.head.first("cc") if node.head is not None else None
        is_ending = node.role == "conj" and node.lower in lexicons.words("firm_endings") and node.text[:1].isupper()
        if is_ending and name is not None and name.pos == "PROPN" and joint is not None:
            name.children.remove(joint)
            joint.pos, joint.head, node.role, node.pos = "PROPN", node, "flat", "PROPN"
            node.children.append(joint)


def _lift(node: Node, above: Node) -> None:
    """Let `node` take the place of the function word it hung below; that word and its other children go below it."""
    attach(node, above.head)
    for child in list(above.children):
        attach(child, node)
    attach(above, node)
