"""What "is", "was" and "has been" say: one small rule per construction, tried in order, the first that fits decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphmem.extraction import lexicons
from graphmem.extraction.nodes import SUBJECT_ROLES, Node, coordinated, words_of
from graphmem.extraction.reading import TYPES, Reading, Triple
from graphmem.extraction.sayings import (
    Rule,
    Saying,
    Subject,
    attribute_name,
    is_cut_short,
    named_as,
    placed,
    post,
    with_object,
)
from graphmem.extraction.timewords import NUMBERS
from graphmem.protocols import Name


def _attribute(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """My name is Ada. My favourite colour is green. My birthday is on March 3rd."""
    value = saying.verb
    subject = subjects[0]
    node = subject.node
    owner = reading.owner(node) if node is not None else None
    if node is None or owner is None or node.pos != "NOUN" or node.lower in lexicons.words("kin"):
        return None
    predicate = attribute_name(re.sub(r"^.*'s? ", "", reading.phrase(node)))  # of "Clara's birthday" the birthday
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
    if predicate == "name":
        return [named_as(owner, text, saying.verb, reading)] if text else None
    named = reading.name(value) if value.pos == "PROPN" and predicate not in lexicons.words("attributes") else None
    return [Triple(owner, predicate, named or text, saying.verb)] if text else None


def _can_be_value(predicate: str, value: Node) -> bool:
    """Not so in "My age is just a number", "My name is on the list", "My job is hard"."""
    if predicate == "age":
        return _years(value) is not None
    if predicate == "name":
        return value.pos == "PROPN" and not value.preposition
    if predicate == "birthday":
        return True
    return not value.preposition and value.pos not in {"ADV", "PRON", "DET", "ADJ" if predicate == "job" else ""}


def _relative_named(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """My sister is Anna."""
    node = subjects[0].node
    if node is None or saying.verb.pos != "PROPN":
        return None
    is_related = node.lower in lexicons.words("kin")
    is_holder = reading.is_document and node.lower in lexicons.words("people", "roles")
    if not (is_related or is_holder):
        return None
    if saying.verb.preposition:  # "My mother is from Croatia"
        return None
    owner = reading.owner(node)
    name = reading.name(saying.verb)
    if owner is None or name is None:
        return None
    return [Triple(owner, node.lower, replace(name, type="person"), saying.verb)]


def _of_topic(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """She's at Corvane now. Boss is a certain Hadewych."""
    node, speaker = subjects[0].node, reading.speaker
    if node is None or speaker is None or saying.verb.pos != "PROPN" or saying.verb.preposition:
        return None
    if node.all("det", "nmod:poss", "nmod", "compound") or node.pos != "NOUN":
        return None
    name, topic = reading.name(saying.verb), reading.topic
    is_kin, is_somebodys = node.lower in lexicons.words("kin"), topic is None or topic.type == "person"
    if name is None or not (is_kin or node.lower in lexicons.words("people", "roles")):
        return None
    owner = topic if topic is not None and (is_somebodys or not is_kin) else speaker
    return [Triple(owner, node.lower, replace(name, type="person"), saying.verb)] if is_kin or topic else None


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
    if is_cut_short(wished, text):
        return []
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
    is_mood = quality.lower in lexicons.words("feelings", "opinions")
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
                with_object(saying, subject, known.get(phrase, phrase), value, node, [n for _, n in related])
                for subject in subjects
            ]
    if not (found or related or (is_mood and not reading.is_document)):
        described = [subject for subject in subjects if reading.is_document or _can_be_described(subject, reading)]
        siblings = quality.all("conj")
        found = [with_object(saying, s, "is", reading.phrase(quality), quality, siblings) for s in described]
    return found + _joined_qualities(saying, subjects, reading)


def _joined_qualities(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple]:
    """What "I'm vegan *and allergic to nuts*" adds."""
    found: list[Triple] = []
    for other in saying.verb.all("conj"):
        if other.pos == "ADJ" and not other.first("cop", *SUBJECT_ROLES):
            inner = replace(saying, verb=other, obliques=placed(_obliques_of(other), reading))
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
    idle = predicate == f"is {preposition}" and preposition in _IDIOMATIC and not reading.is_document
    for node in () if idle else places:
        value = reading.value(node)
        is_place = node.pos == "PROPN" or node.entity in TYPES
        if value is not None:
            relation = predicate if is_place or predicate != "located_in" else f"is {preposition}"
            found += [with_object(saying, subject, relation, value, node, places) for subject in subjects]
    if not found and reading.is_time(saying.verb):  # "The meeting is on Monday"
        when = words_of(_of_value(saying.verb)).strip(" .,!")
        things = [subject.name for subject in subjects if subject.name.type != "person"]
        found = [Triple(name, f"is {preposition}", when, saying.verb, saying.verb) for name in things]
    return found


_IDIOMATIC = frozenset(("for", "over", "about", "of"))  # up for a walk, over the moon


def _of_value(value: Node) -> list[Node]:
    """The words of what follows "is": not those of the subject, nor the preposition."""
    out = {*value.all("cop", "case", "punct"), *(word for child in value.all(*SUBJECT_ROLES) for word in child.subtree)}
    return [word for word in value.subtree if word not in out]


def _role(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Tim Cook is the CEO of Apple: (Tim Cook, ceo_of, Apple). Anna is my boss: (speaker, boss, Anna)."""
    value = saying.verb
    if value.pos != "NOUN" and value.lower not in lexicons.words("roles"):
        return None
    owner = reading.owner(value)
    if owner is not None and value.lower in lexicons.words("kin"):
        return [
            Triple(owner, value.lower, subject.name, value) for subject in subjects if subject.name.key != owner.key
        ]
    held = post(value, reading)
    if held is None:
        return None
    return [Triple(subject.name, held[0], held[1], value) for subject in subjects]


def _holder(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """The head of the choir is Ruth Adler: (Ruth Adler, head_of, choir)."""
    node = subjects[0].node
    if node is None or node.pos != "NOUN" or saying.verb.pos != "PROPN" or saying.verb.preposition:
        return None
    holder = reading.name(saying.verb)
    place = next((other for other in node.all("nmod") if other.preposition in {"of", "at"}), None)
    among = reading.value(place) if place is not None and not reading.is_vague(place) else None
    if holder is None or place is None or among is None:
        return None
    if node.lower in lexicons.words("kin") and isinstance(among, Name) and not among.is_common:
        return [Triple(among, node.lower, replace(holder, type="person"), saying.verb)]
    if node.lower not in lexicons.words("roles", "people", "kin"):
        return None
    role = re.sub(r"\s+(?:of|at)\s+.*$", "", reading.phrase(node)).lower().replace(" ", "_")
    return [Triple(replace(holder, type="person"), f"{role}_{place.preposition}", among, saying.verb, place)]


def _identity(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Anna is a doctor and a mother."""
    if saying.verb.pos in {"PRON", "ADV", "DET", "INTJ", "VERB"} or reading.is_vague(saying.verb):
        return []
    things = [node for node in coordinated(saying.verb) if node is saying.verb or node.pos != "ADJ"]
    found = [
        with_object(saying, subject, "is", value, node, things)
        for node in things
        if (value := reading.value(node)) is not None and node.lower not in lexicons.words("feelings")
        for subject in subjects
        if reading.is_document or _can_be_described(subject, reading) or _is_exact(subject, node)
    ]
    places = list(_places(saying, subjects, reading)) if reading.is_document else []
    return found + places + _joined_qualities(saying, subjects, reading)


def _places(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> Iterator[Triple]:
    """Orsk is a village in Varland: where it is, as long as that is no person."""
    for node in saying.verb.all("nmod"):
        place = reading.name(node) if node.pos == "PROPN" and node.preposition in {"in", "on", "near"} else None
        if place is None or reading.is_time(node):
            continue
        noun = saying.verb.lower
        for subject in subjects:
            is_person = subject.name.type == "person" or noun in lexicons.words("people")
            relation = f"is {noun} {node.preposition}" if is_person or node.preposition != "in" else "located_in"
            yield Triple(subject.name, relation, place, saying.verb, node, confidence=0.6)


def _is_exact(subject: Subject, value: Node) -> bool:
    """The rent is 950 euros. The deadline for Lighthouse is May 3."""
    is_known = subject.node is not None and any(child.lower == "the" for child in subject.node.all("det"))
    return is_known and any(word.text[:1].isdigit() for word in value.subtree)


def _can_be_described(subject: Subject, reading: Reading) -> bool:
    """Not the addressee ("you're amazing"), nor a thing in passing ("the food was good")."""
    if subject.name == reading.addressee:
        return False
    if subject.name.type == "person" or subject.node is None:
        return True
    return subject.node.pos == "PROPN" or reading.owner(subject.node) is not None


BEING: tuple[Rule, ...] = (
    _attribute,
    _relative_named,
    _of_topic,
    _age,
    _eager,
    _quality,
    _located,
    _role,
    _holder,
    _identity,
)
