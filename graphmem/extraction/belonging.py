"""What a noun phrase says on its own: my sister Anna; Maria, my boss; our dog; a dog named Max."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphmem.extraction import lexicons
from graphmem.extraction.names import canonical
from graphmem.extraction.nodes import Node
from graphmem.extraction.reading import Reading, Triple
from graphmem.extraction.referents import UNKNOWN
from graphmem.protocols import Name


def of_noun(node: Node, reading: Reading) -> Iterator[Triple]:
    """What a noun phrase says on its own: my sister Anna; Maria, my boss; our dog; a dog named Max."""
    owner = reading.owner(node)
    kin = lexicons.words("kin")
    named = next((child for child in node.all("appos", "flat") if child.pos == "PROPN"), None)
    if owner is not None and node.lower in kin:
        person = named if named is not None else node.head if node.role in {"appos", "compound", "amod"} else None
        if person is not None and person.pos == "PROPN":
            yield from _kinship(owner, node, person, reading)
        elif node.pos != "ADJ":
            yield from _possession(owner, node, reading)
    elif owner is not None and node.pos == "PROPN":
        somebody = kin | lexicons.words("people")
        relation = next((child for child in reversed(node.all("compound", "amod")) if child.lower in somebody), None)
        if relation is not None:
            yield from _kinship(owner, relation, node, reading)
    elif owner is not None and reading.is_document and node.pos == "NOUN" and named is not None:
        yield from _kinship(owner, node, named, reading)
    elif owner is not None and node.lower in lexicons.words("people"):
        person = named if named is not None else node.head if node.role == "appos" else None
        if person is not None and person.pos == "PROPN":
            yield from _kinship(owner, node, person, reading)
    elif node.lemma in lexicons.words("ownable") and node.role != "compound" and named is None:
        yield from _possession(owner, node, reading)
    if owner is not None and not reading.is_document:
        yield from _placed(owner, node, reading)
    if node.pos == "PROPN":
        yield from _apposed(node, reading)
    elif not reading.is_document and node.pos == "NOUN":
        yield from _of_make(node, reading)
    for naming in node.all("acl"):
        yield from _naming(node, naming, reading)


def _kinship(owner: Name, relation: Node, person: Node, reading: Reading) -> Iterator[Triple]:
    name = reading.written(person)
    if canonical(name) and canonical(name) != owner.key:
        text = f"{name} is {owner.name}'s {relation.lower}"
        is_somebody = relation.lower in lexicons.words("kin", "people") or person.entity == "PERSON"
        named = Name(name, canonical(name), "person" if is_somebody else "thing")
        yield Triple(owner, relation.lower, named, relation, text=text)


def _possession(owner: Name | None, node: Node, reading: Reading) -> Iterator[Triple]:
    is_said = owner is not None and node.owner is not None and node.owner.index in reading.pronouns
    if owner is None or not is_said or reading.is_document or node.first("cop") or _is_given_up(node):
        return
    phrase = reading.phrase(node)
    article = "" if node.tag == "NNS" else "an " if phrase[:1].lower() in "aeiou" else "a "
    yield Triple(owner, "has", phrase, node, confidence=0.6, text=f"{owner.name} has {article}{phrase}")


def _placed(owner: Name, node: Node, reading: Reading) -> Iterator[Triple]:
    """Femke's place in Pellworth, my brother in Porto."""
    place = next((child for child in node.all("nmod") if child.preposition in {"in", "at", "near"}), None)
    if place is None or node.pos != "NOUN" or node.head is None or reading.is_vague(place) or _is_given_up(node):
        return
    name = reading.name(place) if place.pos == "PROPN" and not reading.is_time(place) else None
    subject = reading.name(node) if node.lower in lexicons.words("kin") else owner
    if name is None or subject is None:
        return
    phrase = reading.phrase(node).removeprefix(f"{owner.name}'s ").partition(f" {place.preposition} ")[0]
    predicate = f"is {place.preposition}" if subject is not owner else f"{phrase} {place.preposition}"
    whose = subject.name if subject is not owner else f"{owner.name}'s {phrase}"
    text = f"{whose}, {place.preposition} {name.name}"
    yield Triple(subject, predicate, name, node, place, confidence=0.6, text=text)


def _apposed(node: Node, reading: Reading) -> Iterator[Triple]:
    """What is said of a name beside it: "Corvane, the lens people in Eindhoven", "Ben, a plumber from Ghent"."""
    name = reading.name(node)
    for aside in node.all("appos"):
        opening = aside.first("det")
        if name is None or aside.pos != "NOUN" or opening is None or opening.lower not in {"a", "an", "the"}:
            continue
        if reading.is_vague(aside) or reading.is_time(aside) or aside.lower in UNKNOWN:
            continue
        phrase = reading.phrase(aside)
        yield Triple(name, "is", phrase, aside, aside, text=f"{name.name} is {opening.lower} {phrase}", confidence=0.6)
        place = next((child for child in aside.all("nmod") if child.pos == "PROPN" and child.preposition), None)
        far = reading.name(place) if place is not None else None
        if place is not None and far is not None and far.key != name.key:
            of = f"{phrase.partition(f' {place.preposition} ')[0]} {place.preposition}"
            text = f"{name.name} is {opening.lower} {of} {far.name}"
            yield Triple(name, f"is {of}", far, aside, place, text=text, confidence=0.6)


def _of_make(node: Node, reading: Reading) -> Iterator[Triple]:
    """Which of its kind a thing is: "the new bike, a Velora"."""
    thing = reading.name(node)
    if thing is None or node.lower in lexicons.words("people", "kin", "roles"):
        return
    for aside in node.all("appos"):
        opening, name = aside.first("det"), reading.name(aside) if aside.pos == "PROPN" else None
        has_title = any(child.lower.rstrip(".") in lexicons.words("titles") for child in aside.all("compound"))
        if name is not None and opening is not None and opening.lower in {"a", "an"} and not has_title:
            text = f"{thing.name} is {opening.lower} {name.name}"
            yield Triple(thing, "is", replace(name, type="thing"), aside, text=text, confidence=0.6)


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
    if node.head is None:
        return False
    done = f"{node.head.lemma} {node.head.particle}".strip()
    return node.head.lemma in lexicons.words("giving_up") or done in lexicons.pairs("giving_up_of")
