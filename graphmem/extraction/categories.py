"""What a statement is about: the fifteen categories that Mem0's users know, by its words and its predicate.

Nothing is asked of a model, and nothing is stored: a category follows from a fact's text and predicate, so that facts
of every age, reader and store have those of the rules in use.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from graphmem.extraction.lexicons import pairs
from graphmem.words import stems

CATEGORIES = (
    "personal_details",
    "family",
    "professional_details",
    "sports",
    "travel",
    "food",
    "music",
    "health",
    "technology",
    "hobbies",
    "fashion",
    "entertainment",
    "milestones",
    "user_preferences",
    "misc",
)
"""In the order in which a fact lists its own; `misc` is what no other fits."""


@lru_cache(8_192)
def categories_of(text: str, predicate: str | None) -> tuple[str, ...]:
    """The categories of a statement, at least one."""
    found = {category for phrase in _phrases(stems(text)) for category in _by_phrase().get(phrase, ())}
    found.update(pairs("categories_of_predicates").get(predicate or "", "").split())
    return tuple(category for category in CATEGORIES if category in found) or ("misc",)


def _phrases(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for length in range(1, 1 + max(map(len, _by_phrase()))):
        for start in range(len(words) - length + 1):
            yield tuple(words[start : start + length])


@cache
def _by_phrase() -> Mapping[tuple[str, ...], Sequence[str]]:
    """Categories by the stems of a phrase."""
    found: dict[tuple[str, ...], list[str]] = {}
    for phrase, named in pairs("categories").items():
        found.setdefault(tuple(stems(phrase)), []).extend(named.split())
    return found
