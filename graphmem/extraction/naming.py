"""What somebody or something is called beside the clause that speaks of it.

"We got a puppy. Biscuit." "name: Marigold" "everyone calls him the Owl"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphmem.extraction import lexicons
from graphmem.extraction.names import canonical
from graphmem.extraction.nodes import Node, coordinated, words_of
from graphmem.extraction.reading import Reading, Triple
from graphmem.extraction.referents import THIRD, name_words
from graphmem.protocols import Name

_CALLING = frozenset(("call", "nickname", "dub"))
_CONFIDENCE = 0.7


def named_beside(sentence: Sequence[Node], reading: Reading) -> Iterator[Triple]:
    """What a sentence of a chat names, other than by a clause about it."""
    for node in sentence:
        if node.pos == "VERB" and node.lemma in _CALLING:
            yield from _nicknamed(node, sentence, reading)
        elif node.role == "root" and node.lower in {"name", "names"} and reading.nameable is not None:
            given = next((child for child in node.all("appos") if child.pos == "PROPN"), None)
            for name in coordinated(given) if given is not None else ():
                yield from _called(reading.nameable, name)
    last = sentence[-1] if sentence[-1].pos != "PUNCT" or len(sentence) == 1 else sentence[-2]
    is_name = last.pos in {"PROPN", "NOUN", "ADJ"} and all(
        word.pos == "PUNCT" or (word.text[0].isupper() and word.text[1:].islower()) for word in sentence
    )
    if is_name and reading.nameable is not None and reading.is_nameable_last and len(sentence) <= _LONGEST:
        yield from _called(reading.nameable, last)


_LONGEST = 3


def topic(sentence: Sequence[Node], told: Sequence[Triple], reading: Reading) -> Name | None:
    """Who or what a sentence is about."""
    subjects = (node for word in sentence if (clause := reading.clauses.get(word.index)) for node in clause.subjects)
    named = (name for node in subjects if (name := reading.name(node)) is not None)
    return next((triple.subject for triple in told if triple.text is None), None) or next(named, None)


def nameable(sentence: Sequence[Node], reading: Reading) -> Name | None:
    """The last thing or animal of a sentence that may be given a name in the next."""
    found = [node for node in sentence if node.pos == "NOUN" and node.lemma in lexicons.words("nameable")]
    return reading.name(found[-1]) if found else None


def _called(whom: Name, node: Node) -> Iterator[Triple]:
    called = words_of(name_words(node))
    name = Name(called, canonical(called), whom.type)
    if name.key:
        text = f"{whom.name} is called {name.name}"
        yield Triple(whom, "name", name, node, text=text, confidence=_CONFIDENCE)


def _nicknamed(verb: Node, sentence: Sequence[Node], reading: Reading) -> Iterator[Triple]:
    """We call Mr Petersen the Admiral; the caretaker (everyone calls him the Owl)."""
    clause = reading.clauses.get(verb.index)
    if clause is None or clause.is_passive or clause.is_negated or clause.modality != "asserted":
        return
    named = [child for child in verb.children if child.role in {"obj", "xcomp"} and child.is_nominal]
    named += [child for node in named[:1] for child in node.all("appos")]
    if len(named) != _PAIR or named[1].pos != "PROPN":
        return
    before = _before_bracket(verb, sentence) if named[0].lower in THIRD else None
    whom = reading.name(before if before is not None else named[0])
    nickname = reading.name(named[1])
    if whom is not None and nickname is not None and whom not in (reading.speaker, reading.addressee):
        written = words_of([*named[1].all("det"), *name_words(named[1])])
        text = f"{whom.name} is called {written}"
        yield Triple(whom, "nickname", replace(nickname, type=whom.type), verb, text=text, confidence=_CONFIDENCE)


_PAIR = 2


def _before_bracket(verb: Node, sentence: Sequence[Node]) -> Node | None:
    """The noun that stands right before the bracket which a verb stands in."""
    opening = next((word for word in reversed(sentence) if word.text == "(" and word.index < verb.index), None)
    before = next((word for word in sentence if opening is not None and word.index == opening.index - 1), None)
    return before if before is not None and before.is_nominal else None
