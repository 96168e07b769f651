"""What statements say is over: which relations end with which, and when one fact ends another.

The same is found whether the ending was told before or after what it ends, so that the order of telling matters not.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from graphmem.comparing import adds_no_words, denies_altogether, is_same_thing, since
from graphmem.extraction.lexicons import pairs, words
from graphmem.models import Fact


def ended_with(predicate: str | None) -> set[str]:
    """The relations that end when this one is said to end: all of two partners."""
    partners = words("partner")
    return {predicate or "", *(partners if predicate in partners else ())}


def given_up_by(predicate: str | None) -> set[str]:
    """The relations to a thing that end when this is done to it: who gives up coffee drinks it no longer."""
    return _given_up().get(predicate or "", set())


def giving_up(predicate: str | None) -> set[str]:
    """What may be done to a thing so that this relation to it ends."""
    return {verb for verb, ended in _given_up().items() if predicate in ended}


@cache
def _given_up() -> Mapping[str, set[str]]:
    return {verb: {each.strip() for each in ended.split(",")} for verb, ended in pairs("giving_up_of").items()}


def ended_at(ending: Fact, fact: Fact) -> datetime | None:
    """When a fact was over, by what another one asserts of it; None where that says nothing of the kind."""
    if not (ending.is_negated or ending.valid_to) and fact.predicate not in given_up_by(ending.predicate):
        return None  # as most do, it tells of no end
    if not is_same_thing(ending, fact) and (ending.object is not None or not ending.is_negated):
        return None
    if ending.subject_key != fact.subject_key or (since(fact) > since(ending) and not ending.valid_to):
        return None
    if ending.is_negated:
        is_end = says_it_stopped(ending) or (denies_altogether(ending) and adds_no_words(ending, fact))
        return since(ending) if is_end and fact.predicate in ended_with(ending.predicate) else None
    if fact.predicate in given_up_by(ending.predicate):
        return since(ending)
    is_limit = ending.predicate == fact.predicate and _says(ending, "own_end")
    return ending.valid_to if is_limit else None


def takes_back(denial: Fact, fact: Fact) -> bool:
    """Whether it is said later that a fact was never so."""
    is_about_it = denial.subject_key == fact.subject_key and denial.predicate == fact.predicate
    if not (denial.is_negated and is_about_it and is_same_thing(denial, fact) and since(fact) <= since(denial)):
        return False
    return _says(denial, "taking_back") or bool(_NEVER_WAS.search(denial.text.casefold()))


_NEVER_WAS = re.compile(r"\bnever (?:was|\w+ed|\w*[^s\W])\b")
"""Has never worked, never lived; unlike "never drinks", which is how it is now."""


def says_it_stopped(fact: Fact) -> bool:
    """Whether a negated fact tells of an end ("quit", "no longer"), rather than that something is not so."""
    said = set(re.findall(r"[\w']+", fact.text.casefold().replace("\u2019", "'")))
    return _says(fact, "stopped") or said.isdisjoint(words("denying"))


def _says(fact: Fact, phrases: str) -> bool:
    text = f" {' '.join(fact.text.casefold().replace(',', ' ').split())} "
    return any(f" {phrase} " in text or f" {phrase}." in text for phrase in words(phrases))
