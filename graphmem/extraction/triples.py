"""From clauses to triples: the order of the rules, and a last look at what they found.

"I moved to Porto" is (speaker, lives_in, Porto), "my sister Anna is a doctor" (Anna, is, doctor) and (speaker, sister,
Anna). Nothing comes of questions, orders, suppositions, or of words that point at something unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphmem.extraction import lexicons
from graphmem.extraction.being import BEING
from graphmem.extraction.belonging import of_noun
from graphmem.extraction.clauses import (
    Clause,
    embedded,
    is_asserted,
    is_question,
    is_taken_back,
    order,
    with_dropped_subject,
)
from graphmem.extraction.doing import DOING
from graphmem.extraction.names import canonical
from graphmem.extraction.naming import named_beside
from graphmem.extraction.nodes import SUBJECT_ROLES, Node, words_of
from graphmem.extraction.reaching import reached
from graphmem.extraction.reading import Op, Reading, Triple
from graphmem.extraction.sayings import Saying, passive_of, saying_of, subjects_of, takes_back
from graphmem.models import FactKind, Modality
from graphmem.protocols import Name


def triples(sentence: Sequence[Node], reading: Reading) -> list[Triple]:
    """What a sentence says, in the order of its words; nothing for a question."""
    if is_question(sentence):
        return []
    ordered = order(sentence) if not reading.is_document else None
    text = words_of(sentence)
    found: list[Triple] = []
    for node in sentence:
        clause = reading.clauses.get(node.index)
        if (clause is None or not clause.subjects) and not reading.is_document:
            clause = with_dropped_subject(node) or clause
        if clause is not None and not _is_ordered(clause.predicate, ordered):
            found += _of_clause(clause, reading, text)
    for node in sentence:
        found += of_noun(node, reading)
    if not reading.is_document:
        found += named_beside(sentence, reading)
    kept = [triple for triple in found if reading.is_document or _says_something(triple, reading)]
    return _distinct(kept)


def _of_clause(clause: Clause, reading: Reading, text: str) -> Iterator[Triple]:
    if not is_asserted(clause, reading.clauses, is_document=reading.is_document) or _is_folded(clause):
        return
    saying = saying_of(embedded(clause), reading, text)
    if is_taken_back(clause, reading.clauses):
        saying = replace(saying, op="retract")
    subjects = subjects_of(clause, reading)
    if not subjects:
        yield from (_as_said(triple, saying, reading) for triple in _done_to(saying, reading))
        return
    rules = BEING if clause.copula is not None else DOING
    found = next((found for rule in rules if (found := rule(saying, subjects, reading)) is not None), None)
    said = [_as_said(triple, saying, reading) for triple in found or ()]
    yield from (triple for triple in said if not (triple.is_negated and _is_restricted(saying, triple, reading)))
    if not reading.is_document:
        yield from _brought(saying, reading)
        yield from (_as_said(triple, saying, reading) for triple in reached(saying, subjects, said, reading))


def _done_to(saying: Saying, reading: Reading) -> Iterator[Triple]:
    """What was done to somebody by we know not whom: "They've taken Bo to Dr Yildirim" takes him there all the same."""
    if reading.is_document or saying.clause.is_passive or saying.clause.is_negated or not saying.clause.subjects:
        return
    done_to = next((node for node in saying.objects if node.pos == "PROPN"), None)
    what = reading.name(done_to) if done_to is not None else None
    for preposition, node in saying.obliques if what is not None else ():
        where = reading.name(node) if node.pos == "PROPN" else None
        if what is not None and where is not None and preposition:
            yield Triple(what, f"{passive_of(saying)} {preposition}", where, saying.verb, node, confidence=0.6)


def _brought(saying: Saying, reading: Reading) -> Iterator[Triple]:
    """Where somebody is whom another brought there: "The agency sent Ruben to Trieste"."""
    participle = lexicons.pairs("placing").get(saying.lemma)
    if participle is None or saying.clause.is_passive or saying.clause.is_negated or saying.modality != "asserted":
        return
    whom = next((node for node in saying.objects if node.pos == "PROPN"), None)
    what = reading.name(whom) if whom is not None else None
    places = [*saying.obliques, *((node.preposition, node) for node in (whom.all("nmod") if whom is not None else ()))]
    for preposition, node in places if what is not None else ():
        where = reading.name(node) if node.pos == "PROPN" and preposition in {"to", "into", "in", "at"} else None
        if what is not None and where is not None and not reading.is_time(node):
            text = f"{what.name} was {participle} {preposition} {where.name}"
            predicate = f"was {saying.relation} {preposition}"
            yield Triple(what, predicate, where, saying.verb, node, text=text, kind="event", confidence=0.6)


def _is_restricted(saying: Saying, triple: Triple, reading: Reading) -> bool:
    """Whether a negation leaves the rest standing: not on Fridays, not always, not this time, not yet."""
    is_never = saying.clause.tense == "perfect" and any(child.lower == "never" for child in saying.verb.children)
    if triple.predicate not in lexicons.words("lasting") and saying.clause.tense != "present" and not is_never:
        return True
    below = [word for word in saying.verb.subtree if not _is_of_nowadays(word)]
    is_partial = any(word.lower in lexicons.words("restricting") or word.index in reading.times for word in below)
    others = [node for _, node in saying.clause.obliques if node not in {triple.object_node, *triple.siblings}]
    return is_partial or bool(others)


def _is_of_nowadays(word: Node) -> bool:
    """Whether it stands in "these days", "nowadays" or "after all", which restrict nothing."""
    phrase = {other.lower for other in (word, word.head, *word.children) if other is not None}
    return word.lower in {"nowadays", "now"} or phrase >= {"these", "days"} or phrase >= {"after", "all"}


def _is_ordered(node: Node, ordered: Node | None) -> bool:
    if ordered is None:
        return False
    while node is not ordered:
        if node.head is None or node.role == "parataxis" or _is_to_note(node):
            return False
        node = node.head
    return True


def _is_to_note(node: Node) -> bool:
    """Whether one is told that it is so: "Remember that my code is 7741", "Guess what, Clara is pregnant"."""
    head = node.head
    return (
        head is not None
        and node.role == "ccomp"
        and head.lemma in lexicons.words("noting")
        and "to" not in node.markers
        and node.first(*SUBJECT_ROLES) is not None
    )


def _is_folded(clause: Clause) -> bool:
    """Whether the clause above speaks for it: "want to *visit* Iceland"."""
    node, head = clause.predicate, clause.predicate.head
    return (
        node.role == "xcomp" and head is not None and (head.lemma in lexicons.words("complements") or head.tag == "JJ")
    )


def _distinct(found: Sequence[Triple]) -> list[Triple]:
    seen: dict[tuple[object, ...], Triple] = {}
    for triple in found:
        key = (triple.subject.key, triple.predicate, canonical(triple.object_text), triple.op, triple.is_negated)
        seen.setdefault(key, triple)
    return list(seen.values())


# ------------------------------------------------------------------------------------------------- the last look


def _as_said(triple: Triple, saying: Saying, reading: Reading) -> Triple:
    """The triple with what the clause adds: negation, modality, an end, how sure it is."""
    op = saying.op if triple.op == "assert" else triple.op
    modality = saying.modality if triple.modality == "asserted" else triple.modality
    if _is_under_way(saying, triple):
        op, modality = "assert", "future"
    is_lasting = triple.predicate in lexicons.words("lasting")
    if op == "assert" and not reading.is_document and (_is_over(saying) or (is_lasting and _is_looking_back(saying))):
        op = "past"
    is_taken = is_taken_back(saying.clause, reading.clauses) or takes_back(saying.text)
    if op == "retract" and not is_lasting and not is_taken:
        op = "assert"  # "I never tried climbing" takes no word back
    is_negated = (saying.clause.is_negated or triple.is_negated) and op not in {"end", "retract"}
    predicate = triple.predicate
    if op != "end" and _is_additional(saying) and predicate in lexicons.words("functional"):
        predicate = saying.relation  # "I also work at Globex" takes nothing away
    return replace(
        triple,
        about=saying.clause.predicate,
        predicate=predicate,
        op=op,
        modality=modality,
        is_negated=is_negated,
        kind=_kind(triple, saying, modality, op),
        confidence=round(min(triple.confidence, saying.clause.confidence), 2),
    )


def _is_under_way(saying: Saying, triple: Triple) -> bool:
    """Whether it has not happened yet: "I'm moving to Porto", "I'm leaving Acme", unlike "I'm living in Porto"."""
    verb = saying.clause.predicate
    if verb.tag != "VBG" or saying.clause.tense == "past" or saying.op == "end":
        return False
    return saying.lemma not in lexicons.words("stative") and (
        triple.op == "end" or triple.predicate in lexicons.words("lasting")
    )


def _is_over(saying: Saying) -> bool:
    """Whether a state is told in the past: "I lived in Rome", unlike "I moved to Rome"."""
    is_state = saying.clause.copula is not None or saying.lemma in lexicons.words("stative")
    return is_state and saying.clause.tense == "past" and not saying.clause.is_passive


def _is_looking_back(saying: Saying) -> bool:
    """Whether it only says when something else was: "When I moved to Rome, I was ten"."""
    is_reason = saying.clause.marker in {"because", "since", "so", "although"}
    return saying.clause.predicate.role == "advcl" and not is_reason


def _is_additional(saying: Saying) -> bool:
    adverbs = {child.lower for node in (saying.verb, saying.clause.predicate) for child in node.children}
    return not adverbs.isdisjoint({"also", "too", "partly"})


def _kind(triple: Triple, saying: Saying, modality: Modality, op: Op) -> FactKind:
    if modality in {"desire", "intention", "future", "obligation"}:
        return "plan"
    if saying.clause.copula is not None or triple.predicate in lexicons.words("lasting"):
        is_post = triple.predicate.endswith("_of")  # "was the director of Kiln"
        is_past_visit = op == "past" and not is_post and triple.predicate not in lexicons.words("lasting")
        return "event" if is_past_visit else triple.kind
    return "event" if saying.clause.tense in {"past", "perfect"} else "habit"


def _says_something(triple: Triple, reading: Reading) -> bool:
    """Whether a triple from a chat is worth having: not about a thing in general, not a turn of phrase."""
    object_text = triple.object_text.lower()
    partners = lexicons.words("partner", "kin")
    if canonical(object_text) == triple.subject.key or _is_talk(triple.predicate):
        return False
    if re.match(r"(?:what|how(?! to)|that|which|who|much|many)\b", object_text):
        return False
    if triple.predicate in _DONE_TO_ANYBODY and _is_talk_partner(triple.object, reading):
        return False
    if triple.object == reading.addressee and triple.subject == reading.speaker and triple.predicate not in partners:
        return False
    if triple.subject == reading.addressee and (
        triple.predicate not in lexicons.words("lasting") or (triple.op == "past" and triple.kind != "event")
    ):
        return False  # nor what they liked: "Glad you liked the idea"
    if _is_felt(triple, reading):
        return False
    is_lasting = triple.predicate in lexicons.words("lasting")
    is_named = not triple.subject.is_common or triple.subject.type == "person" or "'s " in triple.subject.name
    if not is_named and triple.predicate != "name" and not (isinstance(triple.object, Name) or is_lasting):
        return _is_definite(triple, reading)
    return triple.modality != "ability" or triple.is_negated or triple.subject == reading.speaker


_DONE_TO_ANYBODY = frozenset("keep let make help get give bring put do take".split())


def _is_felt(triple: Triple, reading: Reading) -> bool:
    """Whether something without a name does something to those who talk: "your words motivate me"."""
    is_thing = triple.subject.is_common and triple.subject.type != "person"
    return is_thing and _is_talk_partner(triple.object, reading) and triple.predicate not in lexicons.words("lasting")


def _is_definite(triple: Triple, reading: Reading) -> bool:
    """Whether a thing both sides know is told something exact of: "The rent is 950 euros", "the key is in there"."""
    clause = reading.clauses.get(triple.about.index)
    subject = clause.subjects[0] if clause is not None and clause.subjects else None
    if (
        subject is None
        or subject.tag in {"NNS", "NNPS"}
        or not any(child.lower == "the" for child in subject.all("det"))
    ):
        return False
    where = triple.about.preposition in {"in", "on", "at", "under", "behind", "next to", "near"}
    when = triple.object_node is not None and reading.is_time(triple.object_node)
    return where or when or any(char.isdigit() for char in triple.object_text)


def _is_talk(predicate: str) -> bool:
    verb, _, preposition = predicate.partition(" ")
    if verb in {"talk", "chat"}:
        return preposition not in {"to", "with", "about"}
    return verb in lexicons.words("phatic") and not (verb in {"look", "ask", "check"} and preposition)


def _is_talk_partner(value: Name | str, reading: Reading) -> bool:
    return isinstance(value, Name) and value in {reading.speaker, reading.addressee}
