"""Names as texts write them, and the keys under which memory knows them.

Pure functions over text, shared by writing and reading; no language model.
"""

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from graphmem.extraction import lexicons
from graphmem.extraction.likeness import all_long_forms, long_forms
from graphmem.words import STOP_WORDS

_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_NAME_WORD = re.compile(rf"{_WORD.pattern}\.?|&")
_SEGMENT = re.compile(r"[,;:()\[\]{}\"“”!?\n]|\s--?\s|\s[–—]\s")
_QUOTED = re.compile(r"[\"“”]([^\"“”]{3,60})[\"“”]")
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")
_POSSESSIVE = re.compile(r"(?:['’]s\b|(?<=s)['’](?!\w))")
_LETTERS = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_FEWEST_LETTERS = 3

LONGEST_SHORTENED = 7
"""Words of a name that is known by its first and last as well. What is longer is a list or a sentence."""

# Letters that look like a Latin one. By their shape as written, and, for the small form of a letter that only looks
# Latin as a capital, by its capital, so that a word has one key however it is written.
_LOOK_ALIKES = str.maketrans(
    "АВЕЗКМНОРСТУХІЈЅԀԚԜҺаеорсухіјѕԁԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορυχω",
    "ABE3KMHOPCTYXIJSDQWHaeopcyxijsdqwhABEZHIKMNOPTYXayikvopuxw",
)
_SMALL_LOOK_ALIKES = str.maketrans("авекмнорстухіјѕԁԛԝһαβεζηικμνορτυχγω", "abekmhopctyxijsdqwhabezhikmnoptyxyw")


@lru_cache(65_536)
def canonical(name: str) -> str:
    """The key of a name: two spellings of it share one key.

    Compatibility forms and look-alike letters are folded (a look-alike only in a word that mixes scripts, or that
    could be Latin as a whole), case, possessives, a leading "the", a bracketed suffix, punctuation and invisible
    characters are dropped. Empty for a text without a letter or digit.

    >>> canonical("The Gare du Nord (Paris)'s")
    'gare du nord paris'
    >>> canonical("Ada’s  sister")
    'ada sister'
    """
    key = unified(name)
    key = _BRACKETED.sub("", key) or key
    key = _POSSESSIVE.sub("", key.lower().replace("\u0307", ""))  # the dot that "İ" leaves behind
    if key.isascii():
        key = " ".join(_ASCII_WORD.findall(key))
    else:
        key = " ".join("".join(char if _is_inside_word(char) else " " for char in key).split())
    return key.removeprefix("the ")


def unified(name: str) -> str:
    """A name or a text as the eye reads it: compatibility forms and look-alike letters folded, as in a key."""
    if name.isascii():
        return name
    name = unicodedata.normalize("NFKC", name)
    return without_look_alikes("".join(char for char in name if unicodedata.category(char) != "Cf"))


def without_look_alikes(text: str) -> str:
    """A text with its look-alike letters folded, each in its place: as long as it was."""
    return text if text.isascii() else _LETTERS.sub(lambda word: _without_look_alikes(word.group()), text)


def _without_look_alikes(word: str) -> str:
    if word.isascii():
        return word
    if any(char.isascii() for char in word):  # mixed: what the eye reads
        return word.translate(_LOOK_ALIKES).translate(_SMALL_LOOK_ALIKES)
    small = word.lower().translate(_SMALL_LOOK_ALIKES)
    return small if small.isascii() else word


def _is_inside_word(char: str) -> bool:
    return char.isalnum() or (not char.isascii() and unicodedata.category(char).startswith("M"))


@lru_cache(65_536)
def singular(noun: str) -> str:
    """One of what an English noun names many of, by its ending; words that are not plural stay.

    >>> singular("cousins"), singular("bakeries"), singular("glass")
    ('cousin', 'bakery', 'glass')
    """
    irregular = lexicons.pairs("irregular_plurals").get(noun)
    if irregular:
        return irregular
    if len(noun) < 4 or not noun.endswith("s") or noun.endswith(("ss", "us", "is")):
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return noun[:-2]
    return noun[:-1]


def common_key(phrase: str) -> str:
    """The key of a noun phrase that is no proper name: canonical, its last word in the singular.

    >>> common_key("Mateus's cousins")
    'mateus cousin'
    """
    *before, last = canonical(phrase).split() or [""]
    return " ".join([*before, singular(last)])


def short_name(name: str) -> str | None:
    """A longer name by its first and last word: one text has the middle names, initials and honours, the next has not.

    None where that is the name itself, where it has one word, more than `LONGEST_SHORTENED`, or a number.

    >>> short_name("Sir John Gustav Adolfi Jr."), short_name("Joseph Ferdinand of Bavaria"), short_name("Ada Berg")
    ('John Adolfi', 'Joseph of Bavaria', None)
    """
    words = _without_honours(name)
    if not 1 < len(words) <= LONGEST_SHORTENED or not all(word[0].isalpha() for word in words):
        return None
    first, last = words[0], words[-1]
    if len(first) < _FEWEST_LETTERS or first.lower() in STOP_WORDS or not (first[0].isupper() and last[0].isupper()):
        return None
    particles = [words[-2]] if len(words) > 2 and words[-2][0].islower() else []
    short = " ".join([first, *particles, last])
    return short if canonical(short) != canonical(name) else None


def unranked(name: str) -> str | None:
    """A name of several words without the ranks before it; None where none stand there.

    >>> unranked("Emperor Alexander II"), unranked("Ada Berg")
    ('Alexander II', None)
    """
    words = name.split()
    first = next((place for place, word in enumerate(words) if not _is_honour(word)), len(words))
    return " ".join(words[first:]) if 0 < first < len(words) - 1 else None


def with_full_first_name(name: str) -> list[str]:
    """A name of two words and more by what its first word may be short for, and its last.

    >>> with_full_first_name("Jenny O. Berg"), with_full_first_name("Jenny")
    (['jennifer Berg'], [])
    """
    first, *others = _without_honours(name) or [""]
    return [f"{long} {others[-1]}" for long in long_forms(first.lower())] if others else []


def part_names(name: str) -> list[str]:
    """What somebody with several first or last names may be called: Ada Cruz, Maria Berg and Cruz Berg are all in "Ada
    Maria Cruz Berg". Only where the first word is a first name: part of another name is something else (New York City).
    Not the first two words: whoever Anna Berg is, Anna Berg Roe bears one name more.
    """
    words = _without_honours(name)
    if not _FEWEST_PARTS <= len(words) <= _MOST_PARTS or words[0].lower() not in _first_names():
        return []
    by_first = [f"{words[0]} {word}" for word in words[2:-1]]
    by_last = [f"{word} {words[-1]}" for word in words[1:-1]]
    return list(dict.fromkeys((*by_first, *by_last, " ".join(words[1:]))))


_FEWEST_PARTS, _MOST_PARTS = 3, 5


@cache
def _first_names() -> frozenset[str]:
    return lexicons.words("female_names", "male_names") | all_long_forms()


def _without_honours(name: str) -> list[str]:
    """The words of a name without ranks before it, and without degrees and orders behind it."""
    words = [word for part in name.split() if (word := part.strip(',.;()"“”'))]
    while len(words) > 1 and _is_honour(words[0]):
        del words[0]
    while len(words) > 1 and (words[-1].isupper() or _is_honour(words[-1])):
        del words[-1]
    return words


def _is_honour(word: str) -> bool:
    return word.lower().rstrip(".") in lexicons.words("honours")


# ------------------------------------------------------------------------------------------------ names in a text


def spans(text: str) -> list[str]:
    """Names found by their looks, in order: runs of capitalised words, then quoted titles; repeats kept.

    >>> spans('Ludwig van Beethoven moved from Bonn to Vienna, where he wrote "An die Freude".')
    ['Ludwig van Beethoven', 'Bonn', 'Vienna', 'Freude', 'An die Freude']
    """
    found = [span for segment in _SEGMENT.split(text) for span in _capitalised(_NAME_WORD.findall(segment))]
    return found + [quoted.strip() for quoted in _QUOTED.findall(text)]


def _capitalised(words: list[str]) -> Iterator[str]:
    position = 0
    while position < len(words):
        if not _opens_name(words[position], is_first=position == 0):
            position += 1
            continue
        end = _end_of_name(words, position)
        span = _POSSESSIVE.sub("", " ".join(words[position:end]).rstrip("."))
        is_shouted = end - position > 2 and span.isupper()
        if len(span) > 1 and not is_shouted and span.lower() not in _calendar():
            yield span
        position = end


def _opens_name(word: str, *, is_first: bool) -> bool:
    if not word[0].isupper():
        return False
    low = word.lower().rstrip(".")
    if low in STOP_WORDS or re.split("['’]", low)[0] in STOP_WORDS:  # "I'm", "We're"
        return False
    return not (low in lexicons.words("not_names") and (is_first or len(word) > 3))


def _end_of_name(words: list[str], start: int) -> int:
    """One past the last word of the name that opens at `start`: capitals, a number, small words between capitals."""
    end = position = start + 1
    while position < len(words) and not _ends_sentence(words[position - 1]):
        word = words[position]
        if word[0].isupper() or (word[0].isdigit() and position == end):
            position += 1
            end = position
        elif word.lower() in lexicons.words("name_particles") and _goes_on(words, position + 1):
            position += 1
        else:
            break
    return end


def _ends_sentence(word: str) -> bool:
    return word.endswith(".") and len(word) > 2 and word.lower() not in lexicons.words("abbreviations")


def _goes_on(words: list[str], position: int) -> bool:
    if position >= len(words):
        return False
    following = words[position]
    return following[0].isupper() or following.lower() in lexicons.words("name_particles")


def _calendar() -> frozenset[str]:
    return lexicons.words("calendar")


# ------------------------------------------------------------------------------------------ known names in a text


class Candidate(NamedTuple):
    """A key that a text may name, the characters `[start, end)` where it would stand, and whether it has a capital.

    `is_short` marks the short form of a longer name: it stands beside that name and is not hidden by it.
    """

    key: str
    start: int
    end: int
    is_capital: bool = True
    is_short: bool = False


def candidate_keys(text: str, longest: int = 6, *, is_question: bool = False) -> list[Candidate]:
    """Every run of at most `longest` words as the key it would be known by, longest first, then by place.

    A run starts or ends with a stop word only where that has a capital ("How I Met Your Mother"). A single word counts
    only with a capital, unless the text is a question: people type those as they like, and ask about nouns too. Plurals
    are offered in the singular as well, and long names by first and last word too. Time and memory grow with words x
    longest.

    >>> [candidate.key for candidate in candidate_keys("is it the Blue Door?")]
    ['blue door', 'blue', 'door']
    """
    found = list(_candidates(text, longest, is_question=is_question))
    return sorted(found, key=lambda candidate: (candidate.start - candidate.end, candidate.start))


def _candidates(
    text: str, longest: int, *, is_question: bool, known: Container[str] | None = None
) -> Iterator[Candidate]:
    """Those of `candidate_keys` that are known, in no order. Most runs of words are not: what they are comes last."""
    words = [(match.start(), match.end(), _word(match.group())) for match in _WORD.finditer(text)]
    yield from (short for short in _shortened(text) if known is None or short.key in known)
    for first, (start, _, opening) in enumerate(words):
        if not opening.can_end:
            continue
        before = ""
        is_capital = False
        for _, end, word in words[first : first + longest]:
            is_capital = is_capital or word.is_capital
            if word.can_end and (before or (not opening.is_stop and (is_question or is_capital))):
                for last in (word.key, word.one):
                    key = f"{before}{last}".removeprefix("the ")
                    if last and (known is None or key in known):
                        yield Candidate(key, start, end, is_capital)
            before = f"{before}{word.key} "


def _shortened(text: str) -> Iterator[Candidate]:
    """The other forms of the names in a text, where they stand: others may know somebody by first and last name, by
    the first name in full, and an emperor without that word.
    """
    for span in dict.fromkeys(spans(text)):
        start = text.find(span)
        for key in _other_keys(span) if " " in span and start >= 0 else ():
            yield Candidate(key, start, start + len(span), is_short=True)


@lru_cache(65_536)
def _other_keys(name: str) -> tuple[str, ...]:
    shorter = (form for form in (short_name(name), unranked(name)) if form is not None)
    return tuple(map(canonical, (*shorter, *with_full_first_name(name), *part_names(name))))


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as part of a name: its key, and that of one of them where it may be a plural ("" where it is none).

    `can_end` is whether a name may begin or end with it.
    """

    key: str
    one: str
    is_capital: bool
    is_stop: bool
    can_end: bool


@lru_cache(65_536)
def _word(word: str) -> _Word:
    key = canonical(word)
    is_capital, is_stop = any(map(str.isupper, word)), key in STOP_WORDS
    one = "" if is_capital else _with_singular_end(key)
    return _Word(key, one if one != key else "", is_capital, is_stop, can_end=bool(key) and (is_capital or not is_stop))


def _with_singular_end(key: str) -> str:
    *before, last = key.split() or [""]
    return " ".join([*before, singular(last)])


def mentions_of(
    text: str,
    known: Container[str],
    *,
    common: Container[str] | None = None,
    longest: int = 6,
    is_question: bool = False,
) -> list[str]:
    """The known keys that stand in a text, in order, each once. A longer name hides the shorter ones inside it.

    Args:
        text: What may name them.
        known: Every key there is.
        common: Those of them that are nouns rather than names; None if that does not matter. The others are named by
            capitals only, in a text that has any but its first: "the director of Titanic" does not name a band that
            calls itself Director.
        longest: Words of the longest name.
        is_question: See `candidate_keys`.

    >>> mentions_of("Ask Anna Berg about Oslo.", {"anna", "anna berg", "oslo", "ask"})
    ['ask', 'anna berg', 'oslo']
    """
    taken: list[Candidate] = []
    covered: set[int] = set()
    is_particular = common is not None and any(map(str.isupper, text.lstrip()[1:]))
    found = _candidates(text, longest, is_question=is_question, known=known)
    for candidate in sorted(found, key=lambda candidate: (candidate.start - candidate.end, candidate.start)):
        place = range(candidate.start, candidate.end)
        is_named = candidate.is_capital or not is_particular or (common is not None and candidate.key in common)
        if is_named and (candidate.is_short or covered.isdisjoint(place)):
            covered.update(() if candidate.is_short else place)
            taken.append(candidate)
    return list(dict.fromkeys(candidate.key for candidate in sorted(taken, key=lambda candidate: candidate.start)))
