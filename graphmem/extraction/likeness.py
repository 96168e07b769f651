"""How likely two different names mean the same one: Nate and Nathan, Dr. Berg and Anna Berg, J. Smith and John Smith.

Pure functions over names, for what is proposed to people. Nothing is ever joined because of them.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from graphmem.extraction import lexicons
from graphmem.words import STOP_WORDS

_SHORTEST = 2
_FEWEST_INITIALS = 3


@dataclass(frozen=True, slots=True)
class Likeness:
    """A chance in [0, 1] that two names are one, judged by the names alone, and the reason in words.

    `is_partial` marks a name that is only part of the other: how much that says depends on who else has the part.
    """

    score: float
    reason: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart: titles off, letters plain."""

    words: tuple[str, ...]
    has_title: bool

    @property
    def given(self) -> str:
        """The first word."""
        return self.words[0]

    @property
    def family(self) -> str:
        """The last word."""
        return self.words[-1]


@lru_cache(16_384)
def parts(name: str) -> Parts:
    """The words of a name without titles, honours and accents, in lower case.

    >>> parts("Dr. José Berg")
    Parts(words=('jose', 'berg'), has_title=True)
    """
    words = [word.strip(".,;()\"“”'’") for word in plain(name).split()]
    titles = lexicons.words("titles", "honours")
    kept = [word for word in words if word and word not in titles]
    return Parts(tuple(kept), has_title=len(kept) < len([word for word in words if word]))


def plain(text: str) -> str:
    """A text in lower case, without accents."""
    unfolded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in unfolded if not unicodedata.combining(char))


def handles(name: str) -> Iterator[str]:
    """Words by which a name can be found that may be the same: any two names with a likeness share one."""
    said = parts(name)
    for word in said.words:
        if len(word) >= _SHORTEST and word not in STOP_WORDS:
            yield word
            yield from long_forms(word)
    if initials := _initials(name):
        yield initials


def likeness(one: str, other: str, *, are_people: bool) -> Likeness | None:
    """How alike two names are; None where nothing says that they could be one.

    >>> likeness("Nate", "Nathan", are_people=True)
    Likeness(score=0.6, reason='Nate is short for Nathan', is_partial=False)
    >>> likeness("Anna Berg", "Anna Lund", are_people=True) is None
    True

    Args:
        one: A name as people write it.
        other: Another, with another key.
        are_people: Whether both may be people; names of anything else are compared by spelling alone.
    """
    short, long = sorted((one, other), key=lambda name: (len(parts(name).words), len(name), name))
    if (found := _company(short, long)) is not None:
        return found
    if parts(short).words == parts(long).words:
        return _alike_spelt(short, long)
    if not are_people or not parts(short).words:
        return None
    return _single(short, long) if len(parts(short).words) == 1 else _full(short, long)


def _alike_spelt(short: str, long: str) -> Likeness | None:
    if not parts(short).words:
        return None
    if parts(short).has_title != parts(long).has_title:
        return Likeness(0.9, f"{short} and {long} differ by a title only")
    return Likeness(0.85, f"{short} and {long} differ in spelling only")


def _company(short: str, long: str) -> Likeness | None:
    """Acme and Acme Inc.; NHS and National Health Service."""
    less, more = plain(short).split(), plain(long).replace(",", "").split()
    if less == more[:-1] and more[-1] in lexicons.words("legal_forms"):
        return Likeness(0.9, f"{long} is {short} with its legal form")
    if len(less) == 1 and short.isupper() and less[0] == _initials(long):
        return Likeness(0.6, f"{short} are the initials of {long}")
    return None


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isupper()]
    return plain("".join(word[0] for word in words)) if len(words) >= _FEWEST_INITIALS else ""


def _single(short: str, long: str) -> Likeness | None:
    """One word against a name: Nate and Nathan, Anna and Anna Berg, Dr. Berg and Anna Berg."""
    word, name = parts(short), parts(long)
    if len(name.words) == 1:
        return Likeness(0.6, f"{_shorter(short, long)}") if _is_short_form(word.given, name.given) else None
    if word.given == name.family:
        score = 0.65 if word.has_title else 0.5
        return Likeness(score, f"{short} may be {long} by the family name", is_partial=True)
    if word.has_title:
        return None
    if word.given == name.given:
        return Likeness(0.55, f"{short} may be {long} by the first name", is_partial=True)
    if _is_short_form(word.given, name.given):
        return Likeness(0.5, f"{short} may be short for the first name of {long}", is_partial=True)
    return None


def _full(short: str, long: str) -> Likeness | None:
    """Two names of several words: the family name must be one, the first name may be short."""
    one, other = parts(short), parts(long)
    if one.family != other.family:
        return None
    if one.given == other.given:
        between = other.words[1:-1], one.words[1:-1]
        is_longer = not between[1] or _stands_for(between[1], between[0])
        return Likeness(0.85, f"{short} and {long} have first and last name in common") if is_longer else None
    if _is_initial(one.given, other.given):
        return Likeness(0.7, f"{one.given.upper()}. may stand for the first name of {_longer_given(short, long)}")
    if _is_short_form(one.given, other.given):
        return Likeness(0.85, f"{_shorter(short, long)}, and the family name is the same")
    return None


def _stands_for(middle: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    return len(middle) == len(longer) and all(full.startswith(word) for word, full in zip(middle, longer, strict=True))


def _is_initial(one: str, other: str) -> bool:
    return 1 in (len(one), len(other)) and one[:1] == other[:1]


def _longer_given(one: str, other: str) -> str:
    return max((one, other), key=lambda name: len(parts(name).given))


def _is_short_form(one: str, other: str) -> bool:
    return one in long_forms(other) or other in long_forms(one)


def _shorter(one: str, other: str) -> str:
    is_one = parts(other).given in long_forms(parts(one).given)
    return f"{one} is short for {other}" if is_one else f"{other} is short for {one}"


@cache
def all_long_forms() -> frozenset[str]:
    """Every first name, in lower case, that has a short form."""
    return frozenset(name for names in lexicons.pairs("nicknames").values() for name in names.split())


def long_forms(word: str) -> list[str]:
    """What a first name, in lower case, may be short for."""
    return lexicons.pairs("nicknames").get(word, "").split()
