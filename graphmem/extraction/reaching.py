"""Names that a clause reaches through its nouns: Uppsala in "Jelske got the place in Uppsala".

The rules of clauses link a subject with the nouns that stand by the verb. In talk the name that matters often hangs one
noun further down, and a chain of facts would end there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphmem.extraction import lexicons
from graphmem.extraction.nodes import SUBJECT_ROLES, Node
from graphmem.extraction.reading import Reading, Triple
from graphmem.extraction.sayings import Saying, Subject
from graphmem.protocols import Name

_FROM_THE_VERB = frozenset(("obj", "obl", "obl:unmarked", "nmod", "xcomp"))
_FROM_A_NOUN = frozenset(("nmod", "appos"))
_WITH_A_NOUN = frozenset(("case", "det", "amod", "compound", "nummod", "nmod:poss", "flat"))
_WITH_THE_VERB = frozenset(("aux", "aux:pass", "compound:prt", "cop", "mark"))
_WHERE = frozenset(("in", "near", "on", "at"))
_DEEPEST = 3
_CONFIDENCE = 0.7


def reached(saying: Saying, subjects: Sequence[Subject], found: Sequence[Triple], reading: Reading) -> Iterator[Triple]:
    """The subject of a clause with each name below its nouns, as "verb noun preposition": "get place in".

    Nothing is said of what is denied, ended, or only wished: what hangs below need not be meant by that.
    """
    if saying.clause.is_negated or saying.op != "assert" or saying.modality not in {"asserted", "future"}:
        return
    taken = {triple.object_text for triple in found}
    verb = saying.verb
    for way in _ways(verb, [verb]):
        name = reading.name(way[-1])
        if name is None or name.name in taken or reading.is_time(way[-1]) or any(map(reading.is_time, way[1:])):
            continue
        taken.add(name.name)
        if way[-1].role == "appos":
            yield from _in_a_role(subjects, way, name, saying, reading)
            continue
        is_place = way[-1].preposition in _WHERE
        is_in = saying.clause.copula is not None and verb.preposition in _WHERE  # "is in the mill on the Orr"
        is_lasting = any(t.predicate in lexicons.words("lasting") and t.object_node in way for t in found)
        if is_lasting and not is_place:
            continue
        if is_place and (is_lasting or all(noun.preposition in _WHERE for noun in way[1:])):
            way = [verb, way[-1]]  # "works at a bakery in Lyon", "sleeps on a boat in Ghent": in Lyon, in Ghent
        predicate = f"is {way[-1].preposition}" if is_place and is_in else _predicate(saying, way, reading)
        for subject in subjects:
            if subject.name.key != name.key and predicate:
                yield Triple(
                    subject.name,
                    predicate,
                    name,
                    saying.clause.predicate,
                    way[-1],
                    way=tuple(way),
                    confidence=_CONFIDENCE,
                )


def _in_a_role(
    subjects: Sequence[Subject], way: Sequence[Node], name: Name, saying: Saying, reading: Reading
) -> Iterator[Triple]:
    """Halloran in "the choir has a new conductor, a Mr Halloran"."""
    role, named = way[-2], way[-1]
    somebody = lexicons.words("kin", "people", "roles")
    has_title = any(child.lower.rstrip(".") in lexicons.words("titles") for child in named.all("compound"))
    if role.owner is not None or not (role.lower in somebody or has_title or name.type == "person"):
        return
    person = Name(name.name, name.key, "person")
    phrase = reading.phrase(role)
    for subject in subjects if saying.lemma == "have" else ():
        text = f"{person.name} is the {phrase} of {subject.name.name}"
        yield Triple(subject.name, role.lower, person, saying.clause.predicate, text=text, confidence=_CONFIDENCE)


def _ways(node: Node, way: list[Node]) -> Iterator[list[Node]]:
    """The nodes from the verb down to each proper name, over at least one noun."""
    if len(way) > _DEEPEST + 1:
        return
    for child in node.children:
        if child.role not in (_FROM_THE_VERB if len(way) == 1 else _FROM_A_NOUN) or not child.is_nominal:
            continue
        if child.role in {"nmod", "obl"} and not child.preposition:
            continue
        if child.first("cop") or (node.first("cop") and not child.preposition):
            continue
        on = [*way, child]
        if child.pos == "PROPN" and child.text[:1].isupper():
            if len(on) > 2 or (node.first("cop") and node.pos == "NOUN"):
                yield on
        else:
            yield from _ways(child, on)


def _predicate(saying: Saying, way: Sequence[Node], reading: Reading) -> str:
    copula = saying.clause.copula
    words = [saying.relation] if copula is None else ["is", way[0].preposition, reading.phrase(way[0])]
    if len(way) > 2 and way[1].role != "obj":
        words += [reading.phrase(thing) for thing in verb_objects(way[0])]
    for noun in way[1:-1]:
        if reading.is_vague(noun):  # "drives all the way from Zwolle"
            continue
        words += [noun.preposition, reading.phrase(noun) if not noun.all("nmod") else noun.lower]
    return " ".join([*filter(None, words), way[-1].preposition]).strip()


def verb_objects(verb: Node) -> list[Node]:
    """What a verb is done to, as far as a name on another way needs it: keys of "gave the keys to the father of Bo"."""
    return [child for child in verb.all("obj") if child.pos == "NOUN"][:1]


def words_on(triple: Triple) -> list[Node]:
    """The words that say such a triple by itself: the clause without what hangs elsewhere."""
    verb, *nouns = triple.way
    beside = _WITH_THE_VERB | _WITH_A_NOUN if verb.first("cop") else _WITH_THE_VERB
    kept = [verb, *(word for helper in verb.all(*beside) for word in helper.subtree)]
    kept += [word for subject in verb.all(*SUBJECT_ROLES)[:1] for word in subject.subtree]
    besides = verb_objects(verb) if nouns[0].role != "obj" and len(nouns) > 1 else []
    for noun in [*besides, *nouns[:-1]]:
        kept += [noun, *(word for part in noun.all(*_WITH_A_NOUN) for word in part.subtree)]
    last = nouns[-1]
    kept += [last, *(word for part in last.all(*_WITH_A_NOUN) for word in part.subtree)]
    return kept
