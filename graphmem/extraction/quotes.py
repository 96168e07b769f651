"""Who says what stands between quotation marks: in 'Mia said: "I got it"', "I" is Mia."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import FIRST, SECOND
from graphmem.extraction.referents import WE, name_words, owned_phrase
from graphmem.extraction.tree import SUBJECT_ROLES, Node, words_of

_FARTHEST = 6
"""Words between a quotation and the verb that says whose it is."""


def with_quotations(nodes: Sequence[Node], meanings: Mapping[int, str], speaker: str) -> dict[int, str]:
    """Whom the pronouns of a text name, those in quotations read as the words of who said them.

    Where that is not told, the pronouns of a quotation are left as they were read.

    Args:
        nodes: The words of a text.
        meanings: Whom its pronouns name if there were no quotations.
        speaker: Who says the text.
    """
    found = dict(meanings)
    for first, last in _quotations(nodes):
        telling = _telling(nodes, first, last)
        teller = _named(telling.first(*SUBJECT_ROLES), meanings) if telling is not None else None
        if telling is None or teller is None or teller == speaker:
            continue
        hearers = [child.lower for child in telling.children]
        for node in nodes[first : last + 1]:
            if node.lower in FIRST - WE:
                found[node.index] = teller
            elif node.lower in SECOND and "me" in hearers:
                found[node.index] = speaker
            elif node.lower in SECOND | WE:
                found.pop(node.index, None)
    return found


def _quotations(nodes: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """The first and last word of each, by their place among the nodes."""
    marks = [place for place, node in enumerate(nodes) if node.text in {'"', "``", "''"}]
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        if closing - opening > 1:
            yield opening + 1, closing - 1


def _telling(nodes: Sequence[Node], first: int, last: int) -> Node | None:
    """The verb of saying nearest to a quotation, before or behind it."""
    near = [*reversed(nodes[max(0, first - _FARTHEST) : first]), *nodes[last + 1 : last + 1 + _FARTHEST]]
    telling = lexicons.words("reporting") | {"ask"}
    return next((node for node in near if node.lemma in telling and node.first(*SUBJECT_ROLES)), None)


def _named(node: Node | None, meanings: Mapping[int, str]) -> str | None:
    if node is None:
        return None
    if node.index in meanings:
        return meanings[node.index]
    if node.pos == "PROPN":
        return words_of(name_words(node))
    return owned_phrase(node, meanings) if node.owner is not None else None
