"""A sentence in words that stand on their own: pronouns by name, verbs agreeing with them, dates spelt out.

"I'm moving to Porto next Friday", said by Ada, becomes "Ada is moving to Porto next Friday (2025-03-14)".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from types import MappingProxyType

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import FIRST
from graphmem.extraction.dates import DateSpan
from graphmem.extraction.nodes import SUBJECT_ROLES, Node
from graphmem.extraction.referents import THIRD, WE, possessive

_THIRD_PERSON = {"am": "is", "are": "is", "have": "has", "do": "does", "were": "was"}
_CONTRACTED = {
    "'m": "am",
    "m": "am",
    "'re": "are",
    "re": "are",
    "'ve": "have",
    "ve": "have",
    "'ll": "will",
    "ll": "will",
}
_REFLEXIVE = frozenset("myself yourself himself herself".split())
_EDGES = " \t\n,;:–—-•*·"


class Wording:
    """How the words of one parsed text are written when they stand on their own.

    Args:
        nodes: All words of the text.
        meanings: Whom its pronouns name.
        speaker: Who says it.
        dates: Its dates, by their characters.
        original: The text as it was typed, of the same length.
        definites: What else is written for a word that stands for something named.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        meanings: Mapping[int, str],
        speaker: str,
        *,
        dates: Sequence[DateSpan] = (),
        original: str = "",
        definites: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self._speaker = speaker
        self._original = original
        self._plain = _agreeing(nodes, meanings) | _named(nodes, meanings) | dict(definites)
        # Where a sentence says "we", its first person stays: only the speaker of it is known for certain.
        first = {node.index for node in nodes if node.lower in FIRST}
        spoken = {index: name for index, name in meanings.items() if index not in first}
        self._quoted = _agreeing(nodes, spoken) | _named(nodes, spoken) | dict(definites)
        self._dated = _dated(nodes, dates)

    def of(self, words: Iterable[Node], *, subject: str | None = None) -> str:
        """These words as one text.

        Args:
            words: Any of the nodes, in any order.
            subject: Who does it, where the words do not say so.
        """
        ordered = sorted(words, key=lambda node: node.index)
        is_quote = any(node.lower in WE - {"our", "ours"} for node in ordered)
        written = self._quoted if is_quote else self._plain
        pieces: list[str] = []
        for node, following in zip_longest(ordered, ordered[1:]):
            pieces.append(written.get(node.index) or self._as_typed(node))
            pieces.append(self._dated.get(node.index, ""))
            if following is None:
                break
            is_gap = node.space or following.index != node.index + 1
            if (is_gap and following.pos != "PUNCT") or node.space or _stands_apart(following, written):
                pieces.append(" ")
        text = " ".join("".join(pieces).split()).strip(_EDGES)
        if is_quote:
            return f"{capital(self._speaker)}: {text}"
        return capital(f"{subject} {text}" if subject else text)

    def _as_typed(self, node: Node) -> str:
        """The word before the text was cleaned for the parser, a dash where it was a dash."""
        typed = self._original[node.start : node.end]
        return typed if node.text == ";" and typed else node.text


def _named(nodes: Sequence[Node], meanings: Mapping[int, str]) -> dict[int, str]:
    written: dict[int, str] = {}
    for node in nodes:
        name = meanings.get(node.index)
        if name is None or node.lower in WE - {"our", "ours"}:
            continue
        if node.lower in _REFLEXIVE:
            written[node.index] = "themselves"
        elif node.tag == "PRP$" or node.role == "nmod:poss" or node.lower in {"mine", "yours", "hers", "ours"}:
            written[node.index] = possessive(name)
        else:
            written[node.index] = name
    return written


def _agreeing(nodes: Sequence[Node], meanings: Mapping[int, str]) -> dict[int, str]:
    """The verbs whose subject turns from "I" or "you" into a name, in the third person."""
    written: dict[int, str] = {}
    for node in nodes:
        if node.index not in meanings or node.lower in WE or node.lower in THIRD or node.head is None:
            continue
        if not node.role.startswith("nsubj") or node.first("conj"):
            continue
        for verb in _with_same_subject(node.head):
            finite = next((helper for helper in verb.children if helper.role in {"aux", "aux:pass", "cop"}), verb)
            if finite is not verb or finite.tag == "VBP" or (finite.tag == "VB" and finite.role in {"root", "conj"}):
                written[finite.index] = _third_person(finite)
    return written


def _with_same_subject(verb: Node) -> list[Node]:
    """The verb and those joined to it that name no subject of their own: "live in Porto, *work* at home"."""
    joined = [other for other in verb.all("conj") if not other.first(*SUBJECT_ROLES)]
    return [verb, *(below for other in joined for below in _with_same_subject(other))]


def _third_person(verb: Node) -> str:
    full = _CONTRACTED.get(verb.lower, verb.lower)
    if verb.lower == "'d":
        return "had" if verb.tag == "VBD" else "would"
    if full in _THIRD_PERSON:
        return _THIRD_PERSON[full]
    if verb.tag not in {"VBP", "VB"} or verb.tag == "MD":
        return full if verb.lower in _CONTRACTED else verb.text
    return third_person(full)


def third_person(verb: str) -> str:
    """What he or she does: "visits", "tries", "has"."""
    if verb in _THIRD_PERSON:
        return _THIRD_PERSON[verb]
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def _stands_apart(node: Node, written: Mapping[int, str]) -> bool:
    """Whether a contraction was written out, so that a blank belongs before it."""
    return (
        node.index in written
        and node.text[0] in "'’mrvl"
        and written[node.index][0].isalpha()
        and (node.lower in _CONTRACTED or node.lower == "'d")
    )


def _dated(nodes: Sequence[Node], dates: Sequence[DateSpan]) -> dict[int, str]:
    last = {node.end: node.index for node in nodes}
    written: dict[int, str] = {}
    for span in dates:
        label = day_label(span)
        if label and span.end_char in last:
            written[last[span.end_char]] = f" ({label})"
    return written


def day_label(span: DateSpan) -> str | None:
    """A relative date in figures: a day "2025-03-14", a month "2025-03", a year "2025", otherwise first to last day.

    None where the words say the year themselves, or say too little.
    """
    if span.grain == "about" or span.start is None or str(span.start.year) in span.text:
        return None
    if span.end is None:
        is_said = span.text.lower().startswith(("since", "from"))
        return f"{span.start:%Y-%m-%d}" if is_said else f"since {span.start:%Y-%m-%d}"
    if str(span.end.year) in span.text:
        return None
    return _interval(span.start, span.end, span.grain)


def _interval(start: date, end: date, grain: str) -> str:
    if start == end:
        return f"{start:%Y-%m-%d}"
    if grain == "month":
        return f"{start:%Y-%m}"
    if grain == "year":
        return f"{start.year}"
    return f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"


def capital(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


# ------------------------------------------------------------------------------------------- one clause by itself

_NOT_ITS_OWN = frozenset("conj cc parataxis discourse vocative mark acl:relcl".split())
_OF_THE_CLAUSE = frozenset(("conj", "cop", "aux", "aux:pass", "mark", "advmod", "obl:unmarked", *SUBJECT_ROLES))


def clause_words(predicate: Node, chosen: Node | None = None, siblings: Sequence[Node] = ()) -> list[Node]:
    """The words of one clause without the clauses joined to it, and of several objects only the chosen one.

    "I enjoy hiking and photography": "I enjoy photography".
    """
    kept: list[Node] = [predicate]
    for child in predicate.children:
        if child.role == "punct" or (child.role in _NOT_ITS_OWN and (chosen is None or chosen not in child.below())):
            continue
        if _is_spliced(child, predicate):
            continue
        if (child.role == "advcl" and child.markers != ["to"]) or child.tag in {"WDT", "WP", "WRB"}:
            continue
        kept += child.below()
    words = {node.index for node in kept} - _words_of_siblings(chosen, siblings)
    return [node for node in kept if node.index in words]


def _is_spliced(clause: Node, predicate: Node) -> bool:
    """Whether a clause only stands before this one with a comma: "My dentist is Ana, she works in Bonn"."""
    is_before = clause.role == "ccomp" and clause.index < predicate.index and not clause.markers
    is_told = predicate.lemma in lexicons.words("reporting", "believing")
    own = [subject for subject in predicate.all(*SUBJECT_ROLES) if subject.index > clause.index]
    return is_before and not is_told and bool(own) and bool(clause.all(*SUBJECT_ROLES))


def has_subject(words: Iterable[Node], predicate: Node) -> bool:
    """Whether the words say who does it."""
    return any(node.role in SUBJECT_ROLES and node.head is predicate for node in words)


def _words_of_siblings(chosen: Node | None, siblings: Sequence[Node]) -> set[int]:
    if chosen is None:
        return set()
    spared = {node.index for node in chosen.below()}
    shared = _OF_THE_CLAUSE if chosen.prepositions else _OF_THE_CLAUSE | {"case"}
    dropped = {sibling.index for sibling in siblings}
    for child in (child for sibling in siblings for child in sibling.children if child.role not in shared):
        if child.children:
            dropped.update(node.index for node in child.below())
        else:
            dropped.add(child.index)
    dropped |= {child.index for child in chosen.children if child.role == "cc"}
    joined = {node.index for child in chosen.all("cc", "conj") for node in child.below()}
    return (dropped | joined) - (spared - joined)
