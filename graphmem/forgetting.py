"""Which words of an episode go when what was read from them is forgotten. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from pydantic import JsonValue

from graphmem.extraction import names
from graphmem.extraction.lexicons import words
from graphmem.models import Episode, Fact
from graphmem.words import STOP_WORDS

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


def is_same(kept: JsonValue, arrived: JsonValue) -> bool:
    """The same for plain values, whatever texts are in them."""
    if isinstance(kept, str) and isinstance(arrived, str):
        return is_same_text(kept, arrived)
    if isinstance(kept, list) and isinstance(arrived, list):
        return len(kept) == len(arrived) and all(map(is_same, kept, arrived))
    if isinstance(kept, dict) and isinstance(arrived, dict):
        return kept.keys() == arrived.keys() and all(is_same(value, arrived[name]) for name, value in kept.items())
    return kept == arrived


def places(text: str, called: Iterable[str]) -> list[Span]:
    """Where a text says one of these names, in any case, with any spacing between their words, accents in any form,
    and letters of other scripts that look like theirs.

    A name that is a word as well, such as Will or May, is meant where it has a capital.
    """
    found: list[Span] = []
    read = dict.fromkeys((text, names.without_look_alikes(text)))
    spelled = (spelling for name in called for spelling in (name, names.without_look_alikes(name)))
    for name in dict.fromkeys(unicodedata.normalize(form, name) for name in spelled for form in ("NFC", "NFD")):
        pattern = r"\W+".join(map(re.escape, _WORD.findall(name)))
        if pattern:
            name_in_text = re.compile(rf"(?<!\w){pattern}(?![\w{_MARKS}])", re.IGNORECASE)
            has_capital = _is_word(name)
            spans = dict.fromkeys(match.span() for letters in read for match in name_in_text.finditer(letters))
            found += [(start, end) for start, end in spans if not has_capital or text[start].isupper()]
    return list(dict.fromkeys(found))


def _is_word(name: str) -> bool:
    word = name.lower()
    return word in STOP_WORDS or word in words("calendar") or word in words("words_and_names")


def _without(value: JsonValue, called: Collection[str]) -> JsonValue:
    """A JSON value with these names blanked out of all its texts; keys stay."""
    if isinstance(value, str):
        return blanked(value, places(value, called))
    if isinstance(value, list):
        return [_without(item, called) for item in value]
    if isinstance(value, dict):
        return {name: _without(item, called) for name, item in value.items()}
    return value


def origin(episode: Episode) -> str:
    """What a text and its source are known by when it must not come again."""
    return f"{episode.source_id}\n{episode.text}"


def record(episode_id: str) -> str:
    """What an erased episode is known by when an export from before brings its record."""
    return f"episode\n{episode_id}"


def nameless(episode: Episode, called: Collection[str]) -> Episode:
    """An episode with these names blanked out of its text and its metadata."""
    text = blanked(episode.text, places(episode.text, called))
    metadata = {name: _without(value, called) for name, value in episode.metadata.items()}
    return episode.model_copy(update={"text": text, "metadata": metadata})


def evidence(facts: Sequence[Fact]) -> dict[str, list[Span]]:
    """The spans to erase by episode: what the facts were read from."""
    spans: dict[str, list[Span]] = {}
    for fact in facts:
        for place in fact.evidence:
            spans.setdefault(place.episode_id, []).append((place.start, place.end))
    return spans
