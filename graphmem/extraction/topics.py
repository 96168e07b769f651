"""What a document without a title is about: the name it opens with.

Pure functions over text, shared by extraction and indexing; no language model.
"""

import re
from dataclasses import dataclass

from graphmem.extraction import lexicons
from graphmem.extraction.names import canonical, spans
from graphmem.words import STOP_WORDS

_FIRST = 400  # characters: the longest first sentence worth looking at
_DEFINED = re.compile(r"[\s,)\]\"”'](?:is|was|are|were|refers to|denotes|describes)\s")
_ASIDE = re.compile(r"\s*[(\[;].*|,\s*(?:also|or|formerly|originally|known|born|better|commonly|officially|often)\b.*")
_QUOTES = " ,\"“”'‘’`"
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Topic:
    """The name a document opens with; `is_defined` where it says what that is, as an article does all of which is
    about it. Notes that open with "Jane Roe called" may go on about anybody.
    """

    name: str
    is_defined: bool


def topic_of(text: str) -> Topic | None:
    """The name that a document opens with, as it is written there; None where it opens otherwise.

    Encyclopedias, letters and records name what they are about before they speak of "he" and "the town".

    >>> topic_of("The Orsk Mill (also Blue Mill) is a mill. It grinds rye.")
    Topic(name='The Orsk Mill', is_defined=True)
    >>> topic_of("Jane Roe built the mill. It grinds rye.")
    Topic(name='Jane Roe', is_defined=False)
    >>> topic_of("It grinds rye. The mill is old.") is None
    True
    """
    first = text[:_FIRST].lstrip(_QUOTES).partition("\n")[0]
    defined = _DEFINED.search(first)
    head = _ASIDE.sub("", first[: defined.start() + 1]).strip(_QUOTES) if defined else ""
    if _is_name(head):
        return Topic(head, is_defined=True)
    named = next(iter(spans(first)), None)
    if named is None or not f"{canonical(first)} ".startswith(f"{canonical(named)} "):
        return None
    return Topic(named, is_defined=False)


def _is_name(head: str) -> bool:
    """Whether all its words are written large but for the small ones within names, and the first opens no clause."""
    words = head.split()
    if not words or len(words) > _MOST_WORDS:
        return False
    opening = words[0].lower()
    if opening in {"the", "a", "an"}:
        words = words[1:]
    elif opening in STOP_WORDS and not all(word[0].isupper() for word in words):
        return False
    small = STOP_WORDS | lexicons.words("name_particles")
    return any(_is_telling(word) for word in words) and all(
        not word[0].islower() or word.lower() in small for word in words
    )


def _is_telling(word: str) -> bool:
    """Whether it can be a name by itself: not "She", not "Many"."""
    return word[0].isupper() and word.lower() not in STOP_WORDS | lexicons.words("not_names")
