"""Whether two facts speak of the same: pure comparisons, certain or not made at all.

York is not New York, Lisbon lies in Portugal, and "my car" is the red one only where there is no other.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from graphmem.extraction.lexicons import pairs, words
from graphmem.extraction.names import canonical
from graphmem.models import Fact
from graphmem.moment import FAR_FUTURE, FAR_PAST
from graphmem.words import STOP_WORDS, stems

ANOTHER = "another"


def since(fact: Fact) -> datetime:
    """From when on a fact holds, as a moment."""
    return fact.valid_from or FAR_PAST


def is_same_triple(one: Fact, other: Fact) -> bool:
    """Whether two readings of the same words are one: "moved from Oslo to Bergen" says two things."""
    if one.predicate is None or other.predicate is None:
        return one.predicate == other.predicate
    return (
        one.predicate == other.predicate
        and one.is_negated == other.is_negated
        and (one.object == other.object or is_same_thing(one, other))
    )


def is_over(known: Fact, fact: Fact) -> bool:
    """Whether a known fact had ended when the same is told again: then it has begun anew."""
    return known.valid_to is not None and known.valid_to <= since(fact)


def is_same_thing(one: Fact, other: Fact) -> bool:
    """Whether the objects are one for certain: the same entity, or the same words."""
    if one.object_key is not None and one.object_key == other.object_key:
        return True
    words_of_it = _words_of_object(one)
    return bool(words_of_it) and words_of_it == _words_of_object(other)


def _words_of_object(fact: Fact) -> tuple[str, ...]:
    """Those that say what it is, not whose: of what Sam sells, "Sam's car" is a car."""
    return _words((fact.object or "").removeprefix(f"{fact.subject}'s "))


@lru_cache(16_384)
def _words(text: str) -> tuple[str, ...]:
    """The stems of an object, which is compared with all others of its slot. Beside others small words tell things
    apart, too: Gate One and Gate Two, trains to and from Oslo, tea with sugar and with no sugar.
    """
    return tuple(stems(text, but=_WHICHEVER)) if stems(text) else ()


_WHICHEVER = frozenset("a an the my your his her its our their s".split())
"""Words that do not say which thing it is."""


def is_same_value(one: Fact, other: Fact) -> bool:
    """Whether two facts give one subject the same object."""
    return one.subject_key == other.subject_key and is_same_thing(one, other)


def meant(fact: Fact, others: Sequence[Fact]) -> list[Fact]:
    """Which of the known facts a statement takes away: those of the same object.

    "My car" may also be the one known as "a red car", if there is only one; but York is not New York, and who no
    longer likes green tea may well like tea.
    """
    if fact.object is None:  # "I lost my job": whichever it was, if there is only one
        return list(others) if len(others) == 1 else []
    exact = [other for other in others if is_same_thing(fact, other)]
    longer = [] if exact or _is_name(fact) else [other for other in others if _is_short_for(fact, other)]
    return exact or (longer if len(longer) == 1 else [])


def _is_short_for(fact: Fact, known: Fact) -> bool:
    short, long = _words_of_object(fact), _words_of_object(known)
    is_part = bool(short) and short[-1:] == long[-1:] and set(short) <= set(long)
    return is_part and words("denying").isdisjoint(set(long) - set(short))


def is_another_value(fact: Fact, known: Fact) -> bool:
    """Whether a relation with one value cannot have both: neither is part of the other, and they are of one sort."""
    first, second = _value(fact.object or ""), _value(known.object or "")
    if not first or not second or first <= second or second <= first:
        return False
    if not (fact.predicate or "").endswith(("_at", "_in")):
        return True
    if _is_name(fact) != _is_name(known):  # Lisbon, and a shared flat
        return False
    return _is_country(fact) == _is_country(known) or (_is_country(fact) and _tells_of_moving(fact))


@lru_cache(16_384)
def _value(text: str) -> frozenset[str]:
    """The words of an object that tell two values of a relation apart; it, too, is compared with many."""
    return frozenset(stems(text, but=_SMALL))


_SMALL = STOP_WORDS - {"one", "two"}
"""Words that two values of a relation may differ by and be the same one: a flat in Porto, a flat at Porto."""


def _is_name(fact: Fact) -> bool:
    return any(char.isupper() for char in fact.object or "")


def _is_country(fact: Fact) -> bool:
    return canonical(fact.object or "") in words("countries")


def _tells_of_moving(fact: Fact) -> bool:
    return not words("moving").isdisjoint(fact.text.casefold().split())


def says_it_is_new(fact: Fact) -> bool:
    """Whether a statement tells that another one's time is over: of a new dentist, of an office that has moved."""
    called = (fact.predicate or "").replace("_", " ")
    if called in words("new_for_old"):
        return f" new {called} " in f" {fact.text.casefold()} "
    return fact.predicate == "located_in" and _tells_of_moving(fact)


def are_told_apart(one: Fact, other: Fact) -> bool:
    """Whether the words say that two of one name are two people: my sister Anna, Anna from work, another Anna."""
    if one.subject is None or other.subject is None or one.subject_key != other.subject_key:
        return False
    which, of_other = _which_one(one.text, one.subject), _which_one(other.text, other.subject)
    return ANOTHER in (which, of_other) or (None not in (which, of_other) and which != of_other)


@lru_cache(16_384)
def _which_one(text: str, name: str) -> str | None:
    """The word that a text tells somebody of this name from others by."""
    if f" {name}" not in text and f"{name} from " not in text:  # most texts only begin with it
        return None
    found = re.search(rf"(?:\b(\w+) )?\b{re.escape(name)}\b(?: from (?:the )?(\w+))?", text)
    before, behind = ((found[1] or "").lower(), found[2]) if found else ("", None)
    if before in ("another", "other", "different", "second"):
        return ANOTHER
    if before in words("partner"):
        return "partner"
    return pairs("same_kin").get(before, before) if before in words("kin") else behind and behind.lower()


def kind_of(fact: Fact) -> str | None:
    """The last word of a plain phrase ("aisle seats"), which says what kind of thing is meant."""
    said = stems(fact.object or "")
    return said[-1] if said and len(said) == len((fact.object or "").split()) else None


def are_told_together(one: Fact, other: Fact) -> bool:
    """Whether both were read in the same words: "in Porto and Lisbon" names two values, none newer."""
    return not set(one.evidence).isdisjoint(other.evidence)


def denies_altogether(fact: Fact) -> bool:
    """Whether a negation speaks of a state as such, not of one occasion or span of time."""
    return fact.kind != "event" and fact.valid_to is None


def adds_no_words(fact: Fact, known: Fact) -> bool:
    """Whether a negation has no condition of its own: no coffee at night is not no coffee."""
    triple = " ".join((fact.subject or "", fact.predicate or "", fact.object or "")).replace("_", " ")
    return set(stems(fact.text)) <= {*stems(triple), *stems(known.text), *_DENIALS}


_DENIALS = frozenset(stems("no not never longer anymore currently now nowadays presently today cannot don doesn"))


def says_no_more(fact: Fact, known: Fact) -> bool:
    """Whether a statement of a known triple adds neither words nor a bound in time."""
    is_known = is_same_thing(fact, known) or (_is_short_for(fact, known) and not _is_name(fact))
    is_bounded = (fact.valid_to or FAR_FUTURE) != (known.valid_to or FAR_FUTURE)
    return is_known and not is_bounded and set(stems(fact.text)) <= set(stems(known.text))
