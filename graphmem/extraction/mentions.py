"""Whom and what a parsed sentence names: proper names, people by what they are to somebody, and plain nouns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from graphmem.extraction import lexicons, names
from graphmem.extraction.clauses import FIRST
from graphmem.extraction.names import canonical, common_key
from graphmem.extraction.nodes import Node, words_of
from graphmem.extraction.reading import TYPES, Triple
from graphmem.extraction.referents import UNKNOWN, owned_phrase
from graphmem.models import EntityType
from graphmem.protocols import Name
from graphmem.words import STOP_WORDS

_NOT_NAMES = frozenset("DATE TIME CARDINAL ORDINAL PERCENT MONEY QUANTITY LANGUAGE".split())
_NO_NAME = frozenset("VERB AUX ADV PRON DET ADP SCONJ CCONJ INTJ PART".split())
_LONGEST_NAME = 6
_GIVEN = re.compile(r"\b[Mm]y (?:\w+ )?name(?:'s| is) (?P<name>[A-Z][\w'-]*[a-z](?: [A-Z][\w'-]+){0,3})")
_SHORTEST_NOUN = 3


def person(name: str) -> Name:
    """Somebody known by name, as a speaker is."""
    return Name(name, canonical(name), "person")


def each_once(found: Iterable[Name]) -> list[Name]:
    """The names in order, each key once; a proper name stands before a common one, a typed one before a thing."""
    best: dict[str, Name] = {}
    for name in found:
        known = best.get(name.key)
        if known is None or (known.is_common, known.type == "thing") > (name.is_common, name.type == "thing"):
            best[name.key] = name
    return list(best.values())


def proper_names(words: Sequence[Node], text: str) -> list[Name]:
    """The names in a sentence: what the model recognises, and what stands in capitals or quotes."""
    recognised = {name.key: name for name in _recognised(words)}
    openings = {word.text: word for word in reversed(words)}
    found = list(recognised.values())
    for span in names.spans(text):
        key = canonical(span)
        opening = openings.get(span)
        if not key or key in recognised or (opening is not None and opening.pos in _NO_NAME | {"NUM"}):
            continue
        found.append(Name(span, key, _type_of(span, words)))
    return each_once(found)


def written_names(words: Sequence[Node], text: str) -> list[Name]:
    """The names in a sentence of a document as it writes them.

    A single word that the model recognises within a longer name is left out, for other documents write the whole:
    "Karun" in "Shaji N. Karun", "Duchess" in "Duchess of Savoy". Several words stay, as what surrounds them is often no
    part of the name: "Alexander II" in "Emperor Alexander II" (3 points of all@5 on HotpotQA).
    """
    written = {canonical(span) for span in names.spans(text)}
    parts = {part for key in written for part in key.split()}
    return [
        name
        for name in proper_names(words, text)
        if name.key in written or " " in name.key or parts.isdisjoint(name.key.split())
    ]


def shortened(name: Name) -> list[Name]:
    """The short forms of a long name as names of their own.

    Somebody's first and last name, which "John G. Adolfi" and "John Gustav Adolfi" share; Maria Berg of "Maria Berg,
    Countess of Orsk"; an emperor without that word; and a company without its legal form.
    """
    before, comma, after = name.name.partition(",")
    found: list[str | None] = [_without_legal_form(name.name)]
    if name.type == "person" and comma and len(before.split()) == 1:
        straight = f"{after.strip()} {before}"  # as a register writes it: Adolfi, John Gustav
        found += [straight, names.short_name(straight)] if _is_given(after) else []
    elif name.type == "person":
        found += [names.short_name(name.name), names.short_name(before), before if comma else None]
        found.append(names.unranked(before))
    return each_once(Name(short, canonical(short), name.type) for short in found if short is not None)


def _is_given(words: str) -> bool:
    """Whether these can be first names: large, without ranks and honours."""
    return bool(words.strip()) and all(
        word[0].isupper() and word.lower().rstrip(".") not in lexicons.words("honours") for word in words.split()
    )


def _without_legal_form(name: str) -> str | None:
    words = name.removeprefix("The ").split()
    form = words[-1].lower()
    is_whole = len(words) < _WORDS_OF_FIRM and len(form.rstrip(".")) > _LONGEST_FORM  # "Water Company", not "Acme Inc."
    if len(words) == 1 or is_whole or form not in lexicons.words("legal_forms"):
        return None
    return " ".join(words[:-1]).rstrip(",")


_WORDS_OF_FIRM = 3
_LONGEST_FORM = 4  # letters


def common_names(words: Sequence[Node], pronouns: Mapping[int, str]) -> list[Name]:
    """What a chat speaks of without a name: nouns, people by their relation to somebody, parts of longer names.

    In a conversation these are the bridges: "the choir", "my landlord's wife", the surname alone a week later.
    """
    return each_once([*_relations(words, pronouns), *_nouns(words), *_parts_of_names(words)])


def spoken_of(words: Sequence[Node], pronouns: Mapping[int, str]) -> list[Name]:
    """The people whom the pronouns of a sentence name."""
    return each_once(person(pronouns[word.index]) for word in words if word.index in pronouns)


def learned_name(words: Sequence[Node], told: Sequence[Triple], speaker: Name) -> str | None:
    """The name a speaker gives themselves: "My name is Ada", "I'm Ada", "Call me Ada"."""
    if (given := _GIVEN.search(words_of(words))) is not None:
        return given.group("name")
    for triple in told:
        is_named = triple.subject == speaker and triple.predicate == "name"
        if is_named and triple.op == "assert" and not triple.is_negated and triple.modality == "asserted":
            return triple.object_text if triple.object_text[:1].isupper() else None
    for word in words:
        if word.pos == "PROPN" and (_is_me(word) or _is_called(word)):
            name = words_of([word, *(child for child in word.all("compound") if child.pos == "PROPN")])
            if _is_first_name(name, word):
                return name
    return None


def _is_me(word: Node) -> bool:
    subject, copula = word.first("nsubj"), word.first("cop")
    if subject is None or copula is None or subject.lower != "i" or copula.lower not in {"am", "'m", "m"}:
        return False
    alone = {"nsubj", "cop", "punct", "compound", "appos", "parataxis", "discourse", "cc", "ccomp"}
    return word.role == "root" and {child.role for child in word.children} <= alone


def _is_called(word: Node) -> bool:
    verb = word.head
    if verb is None or verb.lower != "call" or verb.role != "root" or verb.first("nsubj", "aux"):
        return False
    return word.role in {"xcomp", "obj"} and any(child.lower == "me" for child in [*verb.children, *word.children])


def _is_first_name(name: str, word: Node) -> bool:
    parts = name.split()
    if not all(part[0].isupper() and not part.isupper() for part in parts):
        return False
    is_likely = word.entity == "PERSON" or (not word.entity and len(parts) == 1)
    return is_likely and not any(part.lower() in lexicons.words("not_names") for part in parts)


# ------------------------------------------------------------------------------------------------------ one by one


def _recognised(words: Sequence[Node]) -> Iterator[Name]:
    run: list[Node] = []
    for word in [*words, None]:
        if run and (word is None or not word.continues_name):
            name = _as_name(run)
            if name is not None:
                yield name
            run = []
        if word is not None and word.entity and word.entity not in _NOT_NAMES:
            run.append(word)


def _as_name(run: Sequence[Node]) -> Name | None:
    text = words_of(run).removesuffix("'s").removeprefix("the ").strip()
    key = canonical(text)
    if not key or len(run) > _LONGEST_NAME or any(char in text for char in ',;:!?()"') or key in STOP_WORDS:
        return None
    if len(run) == 1 and run[0].pos in _NO_NAME:
        return None
    return Name(text, key, TYPES.get(run[0].entity, "thing"))


def _type_of(span: str, words: Sequence[Node]) -> EntityType:
    last = span.split()[-1]
    for word in words:
        if word.text == last and word.entity in TYPES:
            return TYPES[word.entity]
    return "thing"


def _relations(words: Sequence[Node], pronouns: Mapping[int, str]) -> Iterator[Name]:
    kin, ownable = lexicons.words("kin"), lexicons.words("ownable")
    for word in words:
        owner = word.owner
        if owner is None or word.pos not in {"NOUN", "PROPN"} or not (word.lower in kin or word.lower in ownable):
            continue
        if owner.lower in UNKNOWN or (owner.pos == "PRON" and owner.index not in pronouns):
            continue
        phrase = owned_phrase(word, pronouns)
        yield Name(phrase, common_key(phrase), "person" if word.lower in kin else "thing", is_common=True)


def _nouns(words: Sequence[Node]) -> Iterator[Name]:
    idle = lexicons.words("vague", "time_nouns")
    for word in words:
        is_noun = word.pos == "NOUN" or (word.pos == "PROPN" and not word.text[0].isupper())
        key = common_key(word.text)
        if is_noun and len(key) >= _SHORTEST_NOUN and not {key, word.lower} & idle and word.lower not in FIRST:
            yield Name(key, key, "person" if word.lower in lexicons.words("kin") else "thing", is_common=True)


def _parts_of_names(words: Sequence[Node]) -> Iterator[Name]:
    for word in words:
        neighbours = [word.head, *word.children]
        is_part = any(
            other is not None and other.pos == "PROPN" and "compound" in {word.role, other.role} for other in neighbours
        )
        if word.pos == "PROPN" and is_part and word.text[0].isupper() and len(word.text) >= _SHORTEST_NOUN:
            key = canonical(word.text)
            if key and f"{word.lower}." not in lexicons.words("abbreviations"):
                yield Name(word.text, key, TYPES.get(word.entity, "thing"), is_common=True)
