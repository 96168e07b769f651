"""Who is meant: the speaker by "I", the addressee by "you", and by "he" or "she" somebody spoken of just before.

A pronoun is read only where one person fits. With two sisters around, "she" stays "she": a missing name costs a hit, a
wrong one tells a lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import FIRST, SECOND
from graphmem.extraction.nodes import SUBJECT_ROLES, Node, words_of
from graphmem.extraction.pointing import THIRD, Gender
from graphmem.extraction.things import Things
from graphmem.protocols import Setting

WE = frozenset("we us our ours ourselves".split())
UNKNOWN = frozenset(
    """it its this that these those they them their theirs itself themselves one someone something anything everything
    nothing everyone anyone everybody anybody nobody somebody who what which whatever there here how some other others
    all both none another most each lot bit kind way thing things stuff so more""".split()
)
"""Words that point at something without saying what."""

_PLACES = frozenset(("GPE", "LOC", "FAC"))
_TURNS_BACK = 1
_DEEPEST_NAME = 6


@dataclass(slots=True)
class People:
    """Who was spoken of in the last turns of one conversation, each with the turn of the last mention, and what.

    Somebody without a name we can use ("the landlord", a name that may be a place) is noted as well: then "he" is not
    certain any more. `likely` are names that may be no person's, but stand where people do: "he" means them if there is
    nobody else.
    """

    turn: int = 0
    seen: dict[str, tuple[Gender | None, int]] = field(default_factory=dict[str, tuple[Gender | None, int]])
    nameless: set[str] = field(default_factory=set[str])
    likely: set[str] = field(default_factory=set[str])
    things: Things = field(default_factory=Things)

    def next_turn(self) -> None:
        """Move on, forgetting who was last spoken of too long ago."""
        self.turn += 1
        self.things.next_turn()
        self.seen = {name: (gender, at) for name, (gender, at) in self.seen.items() if self.turn - at <= _TURNS_BACK}

    def see(self, name: str, gender: Gender | None, *, is_named: bool = True) -> None:
        """Note that somebody was spoken of."""
        known = self.seen.get(name, (None, 0))[0]
        self.seen[name] = (gender or known, self.turn)
        if is_named:
            self.nameless.discard(name)
        else:
            self.nameless.add(name)

    def the_one(self, gender: Gender) -> str | None:
        """The only person who can be meant, if there is just one."""
        fitting = {name: at for name, (known, at) in self.seen.items() if known in {gender, None}}
        now = [name for name, at in fitting.items() if at == self.turn]
        meant = now or list(fitting)  # who this message speaks of, before those of the message before
        if len(meant) != 1:
            return None
        is_likely = meant[0] in self.likely and meant == list(fitting)
        return meant[0] if is_likely or meant[0] not in self.nameless else None


def meanings(nodes: Sequence[Node], setting: Setting, people: People) -> dict[int, str]:
    """Whom each pronoun of a text names, by the index of its word; pronouns that could be several people are left out.

    `people` is brought up to date on the way.
    """
    found: dict[int, str] = {}
    for node in nodes:
        if node.lower in FIRST:
            found[node.index] = setting.speaker
        elif node.lower in SECOND:
            if setting.addressee:
                found[node.index] = setting.addressee
        elif node.lower in THIRD:
            person = _who_says(node, found, THIRD[node.lower]) or people.the_one(THIRD[node.lower])
            if person is not None:
                found[node.index] = person
                people.see(person, THIRD[node.lower])
        elif (person := _person(node, found)) is not None:
            if person[0] not in {setting.speaker, setting.addressee}:
                people.see(*person, is_named=not _is_another(node))
        elif (described := _described(node, people)) is not None:
            people.see(described, gender_of(node.lower))
        elif _may_be_somebody(node):
            is_likely = _is_personal(node)
            people.see(words_of(name_words(node)) if is_likely else node.lower, gender_of(node.lower), is_named=False)
            if is_likely:
                people.likely.add(words_of(name_words(node)))
    return found


def _described(node: Node, people: People) -> str | None:
    """Whom a noun says more of, rather than of one more person: "Ada is a nurse", "met Ada today, nice woman"."""
    if node.pos != "NOUN" or not _may_be_somebody(node) or node.owner is not None:
        return None
    subject = node.first(*SUBJECT_ROLES) if node.first("cop") else None
    if subject is not None:
        return next((name for name in people.seen if name.split()[-1] == subject.text), None)
    is_other = node.first("cop") is not None or any(child.lower not in {"a", "an"} for child in node.all("det"))
    is_aside = node.role in {"appos", "obl:unmarked", "parataxis", "root"} and not is_other
    last = next(reversed(people.seen), None)
    return last if is_aside and last is not None and people.seen[last][1] == people.turn else None


def _is_another(node: Node) -> bool:
    """Whether it is told apart from one who may be meant as well: my other dog."""
    return any(word.lower in {"other", "another", "new", "old", "former"} for word in node.all("amod", "det"))


def gender_of(noun: str) -> Gender | None:
    """What a noun says about the person it names."""
    if noun in lexicons.words("female"):
        return "female"
    if noun in lexicons.words("male"):
        return "male"
    return None


def _person(node: Node, known: Mapping[int, str]) -> tuple[str, Gender | None] | None:
    is_kin = node.lower in lexicons.words("kin")
    if is_kin and node.owner is not None:
        named = next((word for word in [*_beside(node), *_said_to_be(node)] if word.pos == "PROPN"), None)
        if named is not None:
            return words_of(name_words(named)), gender_of(node.lower) or gender_of_named(named)
        return owned_phrase(node, known), gender_of(node.lower)
    if node.pos != "PROPN" or node.role in {"compound", "flat"}:
        return None
    gender = gender_of_named(node)
    is_person = node.entity == "PERSON" or (not node.entity and node.role in SUBJECT_ROLES)
    if node.text[0].isupper() and (is_person or (gender is not None and not _may_be_a_place(node))):
        return words_of(name_words(node)), gender
    return None


def _beside(node: Node) -> list[Node]:
    """Karin in "my boss Karin", also where the parser takes both for subjects."""
    siblings = node.head.children if node.head is not None else []
    return [*node.all("appos"), *(word for word in siblings if word.index == node.index + 1 and word.role == node.role)]


def _said_to_be(node: Node) -> list[Node]:
    """Tom in "my landlord is Tom"."""
    value = node.head
    is_name = value is not None and node.role == "nsubj" and value.first("cop") is not None and not value.preposition
    return [value] if is_name and value is not None else []


def _may_be_a_place(node: Node) -> bool:
    """Whether a first name is taken for a place, and can be one where it stands: Georgia, in Florence."""
    is_region = node.lower in lexicons.words("regions", "countries")
    return node.entity in _PLACES and (is_region or node.role not in SUBJECT_ROLES)


def _who_says(node: Node, known: Mapping[int, str], gender: Gender) -> str | None:
    """Anna in "Anna said that she left": who reports speaks of themselves, unless somebody else was named between."""
    clause = node.head
    if clause is None or clause.role != "ccomp" or clause.head is None or node.role not in SUBJECT_ROLES:
        return None
    subject = clause.head.first(*SUBJECT_ROLES)
    somebody = _person(subject, known) if subject is not None and not subject.first("conj") else None
    return somebody[0] if somebody is not None and somebody[1] in {gender, None} else None


def gender_of_named(node: Node) -> Gender | None:
    """What a name says about the person, given its last word: by a title (Mrs. Berg), or by the first name."""
    for child in node.all("compound", "appos"):
        if (gender := gender_of(child.lower.rstrip("."))) is not None:
            return gender
    first = min(name_words(node), key=lambda word: word.index).lower
    if first in lexicons.words("female_names"):
        return "female"
    return "male" if first in lexicons.words("male_names") else None


def _is_personal(node: Node) -> bool:
    """Whether a name stands where somebody does: "bumped into Wubbo", "lunch with Femke"."""
    if node.pos != "PROPN" or node.head is None or node.lower in lexicons.words("countries"):
        return False
    verb, personal = node.head.lemma, lexicons.words("personal")
    if node.role == "obj":
        return verb in personal
    is_open = node.preposition in personal and verb not in lexicons.words("impersonal")
    return node.role in {"obl", "nmod", "iobj"} and (is_open or f"{verb} {node.preposition}" in personal)


def _may_be_somebody(node: Node) -> bool:
    if node.pos == "PROPN":
        is_place = node.preposition in {"in", "at", "from"} or (node.preposition == "into" and not _is_personal(node))
        return node.text[0].isupper() and node.role != "compound" and not is_place
    is_person = node.lower in lexicons.words("kin") or gender_of(node.lower) is not None
    return node.pos == "NOUN" and (is_person or node.lower in lexicons.words("people"))


def name_words(node: Node) -> list[Node]:
    """The words of a proper name, given its last."""
    found = [node]
    for child in node.all("compound", "flat", "nummod"):
        if child.lower in lexicons.words("kin") or child.lower.rstrip(".") in lexicons.words("titles"):
            continue
        if child.lower == "one" and child.index < node.index:  # "one Oluf Berg": somebody of that name
            continue
        is_part = child.pos in {"PROPN", "NUM"} or child.text[:1].isupper()
        if is_part and abs(child.index - node.index) <= _DEEPEST_NAME:
            found += [child, *(below for below in child.children if below.pos == "PROPN" or below.text == "-")]
    for child in node.all("nmod"):
        if child.pos == "PROPN" and child.preposition in lexicons.words("name_particles"):
            found += [*child.prepositions, *name_words(child)]
    return found


def owned_phrase(node: Node, known: Mapping[int, str]) -> str:
    """A noun with its owner, each by name: "my landlord's wife" said by Mateus is "Mateus's landlord's wife"."""
    noun = words_of([node, *(child for child in node.all("compound", "amod") if child.index < node.index)])
    owner = node.owner
    if owner is None:
        return noun
    if owner.index in known:
        return f"{possessive(known[owner.index])} {noun}"
    if owner.lower in UNKNOWN | THIRD.keys() | FIRST | SECOND:
        return noun
    if owner.owner is not None:
        return f"{possessive(owned_phrase(owner, known))} {noun}"
    return f"{possessive(words_of(name_words(owner)))} {noun}"


def possessive(name: str) -> str:
    """The name as an owner."""
    return f"{name}'s"
