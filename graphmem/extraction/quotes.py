"""Who says what stands between quotation marks: in 'Mia said: "I got it"', "I" is Mia."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import FIRST, SECOND
from graphmem.extraction.nodes import SUBJECT_ROLES, Node, words_of
from graphmem.extraction.referents import WE, name_words, owned_phrase

_FARTHEST = 6
"""Words between a quotation and the verb that says whose it is."""

_MARKS = frozenset({'"', "``", "''", "'", "‘", "’"})


def with_quotations(
    nodes: Sequence[Node], meanings: Mapping[int, str], speaker: str, *, is_all: bool = False
) -> dict[int, str]:
    """Whom the pronouns of a text name, those in quotations read as the words of who said them.

    Where that is not told, "I" in a quotation is nobody: whoever quotes does not say it of themselves.

    Args:
        nodes: The words of a text.
        meanings: Whom its pronouns name if there were no quotations.
        speaker: Who says the text.
        is_all: Whether all of it is quoted.
    """
    found = dict(meanings)
    for first, last in [(0, len(nodes) - 1)] if is_all else _quotations(nodes):
        telling = _telling(nodes, first, last)
        teller = _named(telling.first(*SUBJECT_ROLES), meanings) if telling is not None else None
        if teller == speaker:
            continue
        hearers = [child.lower for child in telling.children] if telling is not None else []
        for node in nodes[first : last + 1]:
            if node.lower in FIRST - WE and teller is not None:
                found[node.index] = teller
            elif node.lower in SECOND and "me" in hearers:
                found[node.index] = speaker
            elif node.lower in FIRST | SECOND:
                found.pop(node.index, None)
    return found


def _quotations(nodes: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """The first and last word of each, by their place among the nodes: between marks, or behind "Mia wrote to me:"."""
    marks = [place for place, node in enumerate(nodes) if node.text in _MARKS and node.pos == "PUNCT"]
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        if closing - opening > 1:
            yield opening + 1, closing - 1
    for place, node in enumerate(nodes[:-1]):
        if (
            node.text == ":"
            and nodes[place + 1].text not in _MARKS
            and _tells(nodes[max(0, place - _FARTHEST) : place])
        ):
            yield place + 1, len(nodes) - 1


def _telling(nodes: Sequence[Node], first: int, last: int) -> Node | None:
    """The verb of saying nearest to a quotation, before or behind it."""
    return _tells([*reversed(nodes[max(0, first - _FARTHEST) : first]), *nodes[last + 1 : last + 1 + _FARTHEST]])


def _tells(near: Iterable[Node]) -> Node | None:
    """The first verb of saying or writing that has a subject."""
    telling = lexicons.words("reporting", "writing")
    return next((n for n in near if not telling.isdisjoint((n.lemma, n.lower)) and n.first(*SUBJECT_ROLES)), None)


def _named(node: Node | None, meanings: Mapping[int, str]) -> str | None:
    if node is None:
        return None
    if node.index in meanings:
        return meanings[node.index]
    if node.pos == "PROPN":
        return words_of(name_words(node))
    return owned_phrase(node, meanings) if node.owner is not None else None


# --------------------------------------------------------------------------------------------------- titles of works


def titles(nodes: Sequence[Node]) -> dict[int, str]:
    """What stands in quotes and is written like a title, whole, by its main word: her novel "The Long Road"."""
    found: dict[int, str] = {}
    marks = [place for place, node in enumerate(nodes) if node.text in _QUOTES]
    for opening, closing in pairwise(marks):
        inner = nodes[opening + 1 : closing]
        if _is_title(inner):
            indices = {word.index for word in inner}
            main = next(word for word in inner if word.head is None or word.head.index not in indices)
            found[main.index] = words_of(inner)
    return found


_QUOTES = frozenset('"“”')
_MOST_WORDS_OF_TITLE = 8


def _is_title(words: Sequence[Node]) -> bool:
    telling = [word for word in words if word.pos in {"NOUN", "PROPN", "ADJ", "VERB", "ADV"}]
    return (
        0 < len(words) <= _MOST_WORDS_OF_TITLE
        and words[0].text[0].isupper()
        and words[-1].text[-1].isalnum()
        and any(word.pos == "PROPN" for word in telling)
        and all(word.text[0].isupper() for word in telling)
    )
