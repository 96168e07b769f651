"""A light tree over spaCy's: content words linked to content words, function words folded into them.

spaCy's English models hang a noun below its preposition and a predicate below "be". Rules read more easily the other
way round ("Porto" with the case "in", "nurse" with the copula "is"), which is also the scheme of Universal
Dependencies, whose role names are used here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmem.extraction import lexicons
from graphmem.extraction.parser import NEW_NAMES, VERBS

if TYPE_CHECKING:
    from spacy.tokens import Doc

SUBJECT_ROLES = ("nsubj", "nsubj:pass", "csubj", "csubj:pass")
RELATIVE = "acl:relcl"
CLAUSE_ROLES = frozenset({RELATIVE, "acl", "advcl", "parataxis", "ccomp", "csubj", "discourse", "vocative"})

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

_OF_NOUNS = ("det", "amod", "nmod:poss", "compound", "nummod", "cop")

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


@dataclass(slots=True, eq=False)
class Node:
    """A word in the tree. `start` is its first character in the text that was parsed, `entity` what kind of name it
    belongs to ("" for none), `continues_name` whether that name began before it, `space` whether a blank follows.
    """

    index: int
    text: str
    lower: str
    lemma: str
    pos: str
    tag: str
    entity: str
    start: int
    space: bool
    continues_name: bool
    role: str
    head: Node | None = None
    children: list[Node] = field(default_factory=list["Node"])

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + len(self.text)

    def all(self, *roles: str) -> list[Node]:
        """The children in these roles, in order."""
        return [child for child in self.children if child.role in roles]

    def first(self, *roles: str) -> Node | None:
        """The first child in one of these roles."""
        return next((child for child in self.children if child.role in roles), None)

    @property
    def subtree(self) -> list[Node]:
        """The node and everything below it, in the order of the text."""
        return sorted(self.below(), key=lambda node: node.index)

    def below(self) -> Iterator[Node]:
        """The node and everything below it, in no order."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)

    @property
    def prepositions(self) -> list[Node]:
        """The words that mark its place in the clause: "in" of "in Porto", "because", "of" of "because of rain"."""
        return [child for child in self.children if child.role == "case" and child.index < self.index]

    @property
    def preposition(self) -> str:
        """Those words as text, empty where there are none."""
        return " ".join(word.lower for word in self.prepositions)

    @property
    def markers(self) -> list[str]:
        """The words that open it as a clause: "to", "that", "if"."""
        return [child.lower for child in self.children if child.role == "mark"]

    @property
    def owner(self) -> Node | None:
        """Whose it is: "my" of "my sister"."""
        return self.first("nmod:poss")

    @property
    def particle(self) -> str:
        """The particle of a phrasal verb: "up" of "gave up"."""
        return " ".join(child.lower for child in self.all("compound:prt"))

    @property
    def auxiliaries(self) -> list[Node]:
        """Its auxiliary verbs, in order."""
        return self.all("aux", "aux:pass")

    @property
    def is_nominal(self) -> bool:
        """Whether it can stand for a thing."""
        return self.pos in {"NOUN", "PROPN", "PRON", "NUM", "ADJ", "X", "SYM"}

    def ancestors(self) -> Iterator[Node]:
        """Its head, the head's head, and so on."""
        node = self.head
        while node is not None:
            yield node
            node = node.head

    def __repr__(self) -> str:
        return f"{self.text}/{self.role}"


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
            _attach(node, nodes[token.head.i])
    _mend_names(nodes, doc.user_data.get(NEW_NAMES, ()))
    _mend_verbs(nodes, doc.user_data.get(NEW_NAMES, ()), doc.user_data.get(VERBS, ()))
    _mend(nodes)
    _fold_prepositions(nodes)
    _fold_copulas(nodes)
    _mend_appositions(nodes)
    _mend_subjects(nodes)
    _join_firms(nodes)
    for node in nodes:
        node.role = _COMPLEMENTS.get(node.role, node.role)
        node.children.sort(key=lambda child: child.index)
    return nodes


def coordinated(node: Node) -> list[Node]:
    """The node and what is joined to it by "and": things, not clauses; nothing denied ("Polish but not Russian")."""
    found = [node]
    for other in node.all("conj"):
        is_denied = any(child.role == "advmod" and child.lower == "not" for child in other.children)
        if other.is_nominal and not is_denied and not other.first("cop", *SUBJECT_ROLES):
            found += coordinated(other)
    return found


def words_of(nodes: Iterable[Node]) -> str:
    """The nodes as text, in their order in the sentence, one blank where one or more stood."""
    ordered = sorted(nodes, key=lambda node: node.index)
    pieces: list[str] = []
    for node, following in zip(ordered, [*ordered[1:], None], strict=True):
        pieces.append(node.text)
        if following is not None and (node.space or following.index != node.index + 1):
            pieces.append(" ")
    return "".join(pieces).strip()


def _role(label: str, tag: str) -> str:
    if label == "aux" and tag == "TO":
        return "mark"
    return label if label in _COMPLEMENTS else _ROLES.get(label, label)


def _attach(node: Node, head: Node | None) -> None:
    if node.head is not None:
        node.head.children.remove(node)
    node.head = head
    if head is not None:
        head.children.append(node)


def _mend_names(nodes: Sequence[Node], new: Collection[int]) -> None:
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
                _attach(aside, node)
        if head is None or node.pos != "PROPN" or node.index + 1 == len(nodes):
            continue
        if node.role == "compound" and node.index + 1 < head.index and nodes[node.index + 1].text == ".":
            node.role, head.role = head.role, "dep"
            _attach(node, head.head)
        elif node.role == "pobj" and head.lower == "on" and head.index and nodes[head.index - 1].lower == "now":
            verb = nodes[node.index + 1]
            if verb.tag in _FINITE and not verb.all(*SUBJECT_ROLES):
                node.role = "nsubj"
                _attach(node, verb)


def _is_mistaken(node: Node, nodes: Sequence[Node]) -> bool:
    """Whether a name that begins a clause is taken for an adverb of its verb."""
    is_before_verb = node.head is not None and node.head.pos == "VERB" and node.index + 1 < node.head.index
    return node.tag == "RB" and node.role == "advmod" and is_before_verb and nodes[node.index + 1].pos != "PUNCT"


def _mend_verbs(nodes: Sequence[Node], new: Collection[int], possible: Collection[int]) -> None:
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
                    _attach(word, node)
                for name in head.all("appos"):
                    name.role = "obj"
        elif _is_thing_as_verb(node) and head is not None:
            node.pos, node.tag, thing = "NOUN", "NN", head.all("obj")[-1]
            for child in node.all("prep"):
                _attach(child, head)
            _attach(node, thing)
        elif node.lower == "what" and [word.lower for word in nodes[max(node.index - 1, 0) : node.index + 2]] == _GUESS:
            node.role = "obj"
            _attach(node, nodes[node.index - 1])


def _is_first_name(node: Node) -> bool:
    return node.lower in lexicons.words("female_names") | lexicons.words("male_names")


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


def _mend(nodes: Sequence[Node]) -> None:
    """Put right what the small models often get wrong: verbs taken for nouns where the tree itself shows a verb.

    "I live in Lisbon and *work* at Acme", "I no longer *like* coffee", "I love pizza and *hate* olives".
    """
    for node in nodes:
        head = node.head
        if node.role == "aux:pass" and head is not None:
            for child in node.all("nsubj", "nsubj:pass"):  # "My friend *got* engaged"
                _attach(child, head)
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
            _attach(node, verb)
            for child in [child for child in verb.all("obj") if child.index > node.index]:
                _attach(child, node)


def _mend_date(node: Node, head: Node) -> None:
    """Nobody is a date: "My boss *since the 10th* is Oluf" tells of the boss."""
    mark = next((child for child in head.all("mark") if child.lower == "since" and child.index < node.index), None)
    if mark is not None and any(subject.index < mark.index for subject in head.all("nsubj")):
        node.role, mark.role = "obl", "case"
        _attach(mark, node)


def _mend_bare_verb(node: Node, head: Node) -> None:
    """A bare verb goes on with the bare verb before it: "planning to ski, *try* the food"."""
    carried = next((child for child in head.all("xcomp") if child.tag == "VB" and child.index < node.index), None)
    if carried is not None and not node.all("aux", *SUBJECT_ROLES):
        _attach(node, carried)


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
        _attach(stated, None)
        _attach(node, stated)


def _mend_appositions(nodes: Sequence[Node]) -> None:
    """Nobody stands beside a date: "a new conductor since May, *a Mr Halloran*" tells of the conductor."""
    for node in nodes:
        date = node.head
        if node.role != "appos" or node.pos != "PROPN" or date is None or date.entity != "DATE" or date.head is None:
            continue
        before = next((other for other in date.head.all("obj") if other.index < date.index), None)
        if before is not None and node.entity != "DATE":
            _attach(node, before)


def _mend_subjects(nodes: Sequence[Node]) -> None:
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
            _attach(day, verb)
            for preposition in node.all("case"):
                _attach(preposition, day)


_FINITE = frozenset(("VBZ", "VBD", "VBP"))


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
    _attach(node, above.head)
    for child in list(above.children):
        _attach(child, node)
    _attach(above, node)
