"""What a document without a title is about: the name it opens with, and what else it says that is called.

Pure functions over text, shared by extraction and indexing; no language model.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graphmem.extraction import lexicons
from graphmem.extraction.names import canonical, spans
from graphmem.words import STOP_WORDS

_FIRST = 400  # characters: the longest first sentence worth looking at
_DEFINED = re.compile(
    r"[\s,)\]\"”'](?:is|was|are|were|(?:has|have) been|(?:will|would) be|takes? place|took place|refers to|denotes"
    r"|describes)\s"
)
_DESCRIBED = re.compile(r".(?:is|was|are|were)\s+(?:an?|the|one|any|two|three|several)\s")
_ASIDE = re.compile(
    r"\s*[(\[{;].*"
    r"|,\s*(?:\w+ly\s+)?(?:also|or|formerly|originally|known|called|born|née|nee|né|better|best|commonly|officially"
    r"|often)\b.*"
    r"|\s+(?:also|better|best|formerly|originally|previously|commonly)\s+(?:known|called)\b.*"
    r"|,\s*(?:in|near|at|on|of|(?:\w+ly\s+)?\w+ed)\s.*"
)
_EITHER = re.compile(r"\s+or\s+")
_NICKNAME = re.compile(r"\s*[\"“]\s*([^\W\d_][\w' -]{1,30}?)\s*[\"”]\s*(?=\w)")
_CALLED = re.compile(
    r"\b(?:known|called|nicknamed|credited|billed|styled|stylized|abbreviated|spelled|spelt|romani[sz]ed|a\.?k\.?a\.?)"
    r"\s+(?:\w+ly\s+)?(?:(?:as|by|to|the|his|her|its|their|simply|just|professional|full|stage|pen|ring"
    r"|names?|nickname|pseudonym|mononym|alias|title)\s+)*(?=[\"“]?[^\W\d_])"
    r"|\b(?:or|formerly)\s+(?:the\s+)?(?=[\"“]?[^\W\d_])"
    r"|\b(?P<birth>born|née|né)\s+(?=[^\W\d_])"
)
_GOES_NO_FURTHER = re.compile(r"[\"”]?\s*(?:[,;()\[]|\Z|(?:or|and|is|was|are|were)\s)")
_HEADING = re.compile(r"\s*#\s+(?=\S)(.{1,120}?)[ \t#]*(?:\n|\Z)")
_BEHIND = re.compile(r"\s*\(([^()]*)\)")
_LABELLED = re.compile(r"(?:[^\W\d_]+\s){0,2}[^\W\d_]+:\s*[\"“]?\s*([A-Z][^:\"“”]*?)\s*[\"”]?")
_TRANSLATED = re.compile(r"(?:[^\W\d_]+\s){0,3}[\"“]\s*([A-Z][^\"“”]*?)\s*[\"”]")
_INITIALS = re.compile(r"[A-Z][A-Z&]+")
_BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_QUOTED = re.compile(
    r"[\"“](?P<name>[^\"“”\n]{2,80}?),?[\"”](?:\s*\([^()]{0,200}\)|,?\s[^,.]{1,80},)?\s+(?:is|was|are|were)\s"
)
_LEADS_IN = re.compile(
    r"(?:In|On|At|By|During|Since|From|After|Before|Within|For|Among)\s[^,.;:()]{2,60},\s+(?=[A-Z\"“]|the\s|an?\s)"
)
_END = re.compile(r"(\w+)[.!?]\s+(?=[A-Z]|[^\w\s])")
_QUOTES = " ,\"“”'‘’`"
_ARTICLES = frozenset(("the", "a", "an"))
_OF_TITLES = frozenset("i you he she we they it my your his her our their no all".split())
"""Small words that open a title where the next word is large: "I Cover the Mill", not "I own the mill"."""
_ADVERBS = frozenset("again always ever first later never now once soon still".split())
_MOST_WORDS = 12
_MOST_PLAIN_WORDS = 5
_MOST_SMALL_WORDS = 3
_LONGEST_OTHER = 80  # characters


@dataclass(frozen=True, slots=True)
class Topic:
    """The name a document opens with; `is_defined` where it says what that is, as an article does all of which is
    about it. Notes that open with "Jane Roe called" may go on about anybody. `others` are what it says it is called
    as well.
    """

    name: str
    is_defined: bool
    others: tuple[str, ...] = ()


def topic_of(text: str) -> Topic | None:
    """The name that a document opens with, as it is written there; None where it opens otherwise.

    Encyclopedias, letters and records name what they are about before they speak of "he" and "the town".

    >>> topic_of("The Orsk Mill (also known as Blue Mill) is a mill. It grinds rye.")
    Topic(name='The Orsk Mill', is_defined=True, others=('Blue Mill',))
    >>> topic_of("Jane Roe built the mill. It grinds rye.")
    Topic(name='Jane Roe', is_defined=False, others=())
    >>> topic_of("It grinds rye. The mill is old.") is None
    True
    """
    if (heading := _HEADING.match(text)) is not None:
        return Topic(heading[1], is_defined=True)
    if (quoted := _QUOTED.match(text)) is not None:
        return Topic(quoted["name"].strip(_QUOTES), is_defined=True)
    topic = _opened_with(text)
    if topic is None and (leads_in := _LEADS_IN.match(text)) is not None and _is_described(text[leads_in.end() :]):
        return _opened_with(text[leads_in.end() :])
    return topic


def _is_described(text: str) -> bool:
    """Whether its first verb says what something is: not "In May, Jane Roe was elected"."""
    defined = _DEFINED.search(text, 0, _FIRST)
    return defined is not None and _DESCRIBED.match(text, defined.start()) is not None


def _opened_with(text: str) -> Topic | None:
    first = text[:_FIRST].lstrip(_QUOTES).partition("\n")[0]
    defined = _DEFINED.search(first)
    opening = first[: defined.start() + 1] if defined else ""
    if _ends_a_sentence(opening):
        opening = ""
    head, *alternative = _EITHER.split(_ASIDE.sub("", opening).strip(_QUOTES), maxsplit=1)
    if _is_name(head):
        name = _without_nickname(head)
        return Topic(name, is_defined=True, others=_each_once(name, _others(opening, head, alternative)))
    if defined and opening and _is_plain(head) and _DESCRIBED.match(first, defined.start()):
        article, _, noun = head.partition(" ")
        is_thing = article.lower() in _ARTICLES
        return Topic(noun if is_thing else head, is_defined=not is_thing)
    if defined and opening and _is_described_name(head):
        return Topic(head, is_defined=True)
    before = head.partition(",")[0]
    if defined and opening.rstrip().endswith(",") and _is_name(before):  # Sutek, the last of the millers, was rich
        return Topic(before, is_defined=True)
    named = next(iter(spans(first)), None)
    if named is None or not f"{canonical(first)} ".startswith(f"{canonical(named)} "):
        return None
    if " " not in named:  # "Direct action", "Females": one in six is what the text is about
        return None
    return Topic(named, is_defined=False)


def _ends_a_sentence(opening: str) -> bool:
    """Whether a sentence ends before the verb that seemed to define: "Jane Roe (1801-77) owned it. She was rich"."""
    ends = _END.findall(_BRACKETS.sub("", opening))
    return any(len(word) > 1 and f"{word.lower()}." not in lexicons.words("abbreviations") for word in ends)


def _others(opening: str, head: str, alternative: list[str]) -> Iterator[str]:
    """The other names that the opening gives: "or Blue Mill", "known as Janka", Janka in quotes, "born Jane Doe"."""
    yield from (name for name in alternative if _is_name(name) or _is_plain(name))
    for cue in _CALLED.finditer(opening):
        rest = opening[cue.end() :].lstrip(_QUOTES)
        named = next(iter(spans(rest[:_LONGEST_OTHER])), "")
        is_whole = rest.startswith(named) and _GOES_NO_FURTHER.match(rest, len(named))
        if named and is_whole and (not cue["birth"] or _share_a_word(named, head)):
            yield named
    yield from _in_brackets(opening, head)
    nickname = _NICKNAME.search(head)
    if nickname is not None and not any(word[0].islower() for word in head.split()):
        yield f"{nickname[1]} {_without_honours(head.split())}"


def _in_brackets(opening: str, head: str) -> Iterator[str]:
    """Its initials and its name in another language, where they stand behind the name: "Orsk Mill Works (OMW)"."""
    behind = _BEHIND.match(opening, opening.find(head) + len(head))
    for part in behind[1].split(";") if behind is not None else ():
        part = part.strip(" ,")
        told = _LABELLED.fullmatch(part) or _TRANSLATED.fullmatch(part)
        if told is not None and _is_name(told[1]) and not any(char.isdigit() for char in told[1]):
            yield told[1]
        elif _INITIALS.fullmatch(part) and set(part) <= {*"".join(word[0] for word in head.split()).upper(), "&"}:
            yield part


def _without_honours(words: list[str]) -> str:
    """The last word of a name, before "OD" and "Jr."."""
    kept = [word for word in words if not word.isupper() and word.lower().rstrip(".") not in lexicons.words("honours")]
    return kept[-1] if kept else words[-1]


def _share_a_word(one: str, other: str) -> bool:
    return not set(canonical(one).split()).isdisjoint(set(canonical(other).split()) - STOP_WORDS)


def _each_once(name: str, others: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Other names, each key once; not one that is a single word of the name itself."""
    words = {"", canonical(name), *canonical(name).split()}
    by_key = {canonical(other): other.strip(_QUOTES) for other in others}
    return tuple(other for key, other in by_key.items() if key not in words)


def _without_nickname(head: str) -> str:
    plain = _NICKNAME.sub(" ", head).strip()
    return plain if _is_name(plain) else head


def _is_name(head: str) -> bool:
    """Whether all its words are written large but for the small ones within names, and the first opens no clause."""
    words = head.split()
    if not words or len(words) > _MOST_WORDS:
        return False
    opening = words[0].lower()
    if words[-1].lower() in STOP_WORDS and words[-1][0].islower():  # Born in Orsk, she
        return False
    is_title = opening in _OF_TITLES and len(words) > 1 and words[1][0].isupper()
    if opening in _ARTICLES:
        words = words[1:]
    elif opening in STOP_WORDS and not is_title and not all(word[0].isupper() for word in words):
        return False
    small = STOP_WORDS | lexicons.words("name_particles")
    return any(_is_telling(word) for word in words) and all(
        not word[0].islower() or word.lower() in small for word in words
    )


def _is_plain(head: str) -> bool:
    """Whether it is a few words that name one thing: "Une partie de plaisir", "A tide mill"."""
    words = head.split()
    if words and words[0].lower() in _ARTICLES:
        words = words[1:] if len(words) > 2 else []
    return (
        0 < len(words) <= _MOST_PLAIN_WORDS
        and all(word[0].isalnum() and word[-1].isalnum() and "'" not in word[-2:] for word in words)
        and words[0].lower() not in lexicons.words("not_names")
        and STOP_WORDS.isdisjoint(word.lower() for word in words if word not in {"of", "de", "the", "and"})
    )


def _is_described_name(head: str) -> bool:
    """Whether it is a name and the noun for what bears it: "The Orsk Knights football team", "The 1901 mill strike"."""
    words = head.split()
    if words and words[0].lower() in _ARTICLES:
        words = words[1:]
    small = [word for word in words if word[0].islower() and word not in {"of", "de"}]
    return (
        1 < len(words) <= _MOST_WORDS
        and (words[0][0].isdigit() or _is_telling(words[0]))
        and any(word[0].isupper() for word in words)
        and len(small) <= _MOST_SMALL_WORDS
        and words[-1][0].isalnum()
        and "," not in head
        and not _CALLED.search(head)
        and not any(word in STOP_WORDS | _ADVERBS or word.endswith(("ly", "ed")) for word in small)
    )


def _is_telling(word: str) -> bool:
    """Whether it can be a name by itself: not "She", not "Many"."""
    return word[0].isupper() and word.lower() not in STOP_WORDS | lexicons.words("not_names")
