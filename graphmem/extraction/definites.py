"""What "the company", "the town" and "the trip" mean: what was named just before, where only that can be meant.

Read narrowly: a wrong name tells a lie. Two companies, another trip, a doubt about what a name stands for, and the
words stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphmem.extraction import lexicons
from graphmem.extraction.names import canonical, common_key
from graphmem.extraction.nodes import SUBJECT_ROLES, Node, words_of
from graphmem.extraction.reading import given_name
from graphmem.extraction.referents import People, name_words
from graphmem.extraction.things import NO_SORT, Things
from graphmem.models import EntityType
from graphmem.protocols import Name, Setting

_TOLD_OF = frozenset((*SUBJECT_ROLES, "nmod:poss", "obj"))
_PLACES = frozenset(("GPE", "LOC"))
_WHERE_ONE_WORKS = frozenset(("at", "for", "by"))
_WORK = frozenset("work start intern consult".split())
_MODIFIERS = ("amod", "nmod", "compound", "acl", "acl:relcl", "nmod:poss", "nummod", "appos")
_TYPES: dict[str, EntityType] = {"organisation": "organisation", "place": "place", "country": "place"}


@dataclass(frozen=True, slots=True)
class Definite:
    """What a noun stands for, and how it is written then: "trip to Japan", "company (Acme)"."""

    name: Name
    text: str


def definites(nodes: Sequence[Node], people: People, setting: Setting) -> dict[int, Definite]:
    """What the definite nouns of a text stand for, by the index of the word.

    Comes after `meanings`, which says who is a person and no thing; `people.things` is brought up to date on the way.
    """
    found: dict[int, Definite] = {}
    things = people.things
    known = people.seen.keys() - people.nameless
    persons = frozenset(canonical(name) for name in (*known, setting.speaker, setting.addressee or ""))
    for node in nodes:
        if is_definite(node):
            if (meant := _meant(node, things)) is not None:
                found[node.index] = meant
                things.again(meant.name.name)
            continue
        for noun, sort, name in _spoken_of(node, nodes, persons):
            things.see(noun, sort, name)
    return found


def is_definite(node: Node) -> bool:
    """Whether it is "the company" alone, in a place where it can be told which."""
    determiner = node.first("det")
    return (
        node.tag == "NN"
        and node.role in _TOLD_OF | {"obl", "nmod"}
        and determiner is not None
        and determiner.lower == "the"
        and not node.all(*_MODIFIERS)
    )


def _meant(node: Node, things: Things) -> Definite | None:
    phrase = things.like(node.lower)
    if phrase.startswith(node.lower):
        return Definite(Name(phrase, common_key(phrase), "thing", is_common=True), phrase)
    sort = lexicons.pairs("class_nouns").get(node.lower)
    is_generic = node.role not in _TOLD_OF and node.preposition != "of"  # in the city, unlike the mayor of the city
    if sort is None or is_generic or not (name := phrase or things.of_sort(sort)):
        return None
    return Definite(Name(name, canonical(name), _TYPES[sort]), f"{node.text} ({name})")


def _spoken_of(node: Node, nodes: Sequence[Node], people: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """The noun, sort and name of a thing that a word speaks of for the first time."""
    if node.tag == "NN" and (node.first("det") is None or node.all("det")[0].lower in {"a", "an", "another", "some"}):
        is_employer = node.lower in lexicons.words("workplaces")
        sort = lexicons.pairs("class_nouns").get(node.lower, "organisation" if is_employer else NO_SORT)
        yield node.lower, sort, _called(node) or _placed(node, nodes)
    elif node.pos == "PROPN" and node.role not in {"compound", "flat"} and node.text[0].isupper():
        name = words_of(name_words(node))
        is_somebody = node.entity == "PERSON" or canonical(name) in people or _is_first_name(name.split()[0].lower())
        if not (is_somebody or node.entity in {"DATE", "TIME"} or _is_part(node)):
            yield "", _sort(node, name), name


def _called(node: Node) -> str:
    given = given_name(node)
    return words_of(name_words(given)) if given is not None else ""


def _placed(node: Node, nodes: Sequence[Node]) -> str:
    """Trip to Japan: a noun with the name right behind it."""
    place = {word.index: word for word in nodes}
    preposition, name = place.get(node.index + 1), place.get(node.index + 2)
    if preposition is None or name is None or preposition.role != "case" or name.pos != "PROPN":
        return ""
    head = name
    while head.role in {"compound", "flat"} and head.head is not None and head.head.pos == "PROPN":
        head = head.head
    if head.entity in {"DATE", "TIME"}:
        return ""
    return f"{node.lower} {preposition.text} {words_of(name_words(head))}"


def _sort(node: Node, name: str) -> str:
    """What kind of noun can stand for a name: by the relation it stands in, and by what the model takes it for."""
    verb = node.head.lemma if node.head is not None else ""
    if (verb in _WORK and node.preposition in _WHERE_ONE_WORKS) or (verb in {"join", "leave"} and node.role == "obj"):
        return "organisation"
    key = canonical(name)
    if key in lexicons.words("countries"):
        return "country"
    if node.entity in _PLACES:
        return NO_SORT if key in lexicons.words("regions") else "place"
    return "organisation" if node.entity == "ORG" and len(name.split()) > 1 else ""


def _is_part(node: Node) -> bool:
    """Whether the name says of what another thing is, or how it is called: Japan in "a trip to Japan"."""
    head = node.head
    return head is not None and ((node.role == "nmod" and head.pos == "NOUN") or head.lemma in {"call", "name"})


def _is_first_name(word: str) -> bool:
    return word in lexicons.words("female_names", "male_names")
