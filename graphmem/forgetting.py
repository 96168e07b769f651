"""Which words of an episode go when what was read from them is forgotten. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from graphmem.models import Fact

BLANK = "█"
"""Stands for each character that was erased: neither a word nor a space, so that nothing is found by it."""

Span = tuple[int, int]

_MARKS = "\u0300-\u036f"
_WORD = re.compile(rf"[\w{_MARKS}]+")


def blanked(text: str, spans: Iterable[Span]) -> str:
    """`text` with the characters of all spans erased; its length, its spaces and the other characters stay."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = [char if char.isspace() else BLANK for char in characters[start:end]]
    return "".join(characters)


def is_blank(text: str) -> bool:
    """Whether nothing is left but blanks and what stands between words."""
    return not any(character.isalnum() for character in text)


def is_same_text(kept: str, arrived: str) -> bool:
    """Whether a text that comes again is the one that is kept, erased characters aside."""
    return kept == arrived or (
        BLANK in kept
        and len(kept) == len(arrived)
        and all(mine in (yours, BLANK) for mine, yours in zip(kept, arrived, strict=True))
    )


def places(text: str, called: Iterable[str]) -> list[Span]:
    """Where a text says one of these names, in any case, with any spacing between their words, accents in any form."""
    found: list[Span] = []
    for name in dict.fromkeys(unicodedata.normalize(form, name) for name in called for form in ("NFC", "NFD")):
        pattern = r"\W+".join(map(re.escape, _WORD.findall(name)))
        if pattern:
            found += [match.span() for match in re.finditer(rf"(?<!\w){pattern}(?![\w{_MARKS}])", text, re.IGNORECASE)]
    return found


def evidence(facts: Sequence[Fact], more: Mapping[str, Sequence[Span]]) -> dict[str, list[Span]]:
    """The spans to erase by episode: what the facts were read from, and more."""
    spans = {episode: list(places) for episode, places in more.items()}
    for fact in facts:
        for place in fact.evidence:
            spans.setdefault(place.episode_id, []).append((place.start, place.end))
    return spans
