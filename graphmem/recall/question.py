"""A question as recall sees it: its informative words, the entities it names, its dates."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from graphmem.extraction.lexicons import pairs, words
from graphmem.extraction.names import canonical, mentions_of
from graphmem.extraction.timewords import MONTH_NAMES
from graphmem.models import Entity
from graphmem.protocols import Lookup, Statistics
from graphmem.recall.places import Scores
from graphmem.words import idf, stems

_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)(-?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_LETTERS = re.compile(r"[A-Za-z]+")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?=,?\s+[A-Z])|(?<=[a-z]\s)(\d{1,2})(?:st|nd|rd|th)?\b")
FIRST_PERSON = frozenset("i me my mine myself we us our ours ourselves".split())
TALK_OF_ONESELF = frozenset("i me myself we us ourselves".split())
_OF_THE_PAST = frozenset("did was were had used before first originally ever".split())
FEWEST_EPISODES = 100
"""Idf is counted over at least so many: among three messages every word is rare, and an unknown one decides all."""

STOP_WORD_WEIGHT = 0.7
"""Weight of a word without topic in the question's vector, where topic words weigh the root of their idf (1 to 3).

The root, because the rows of the table are weighed by frequency already. Source: development halves of MuSiQue, 2Wiki
and HotpotQA; the idf itself costs 0.4 to 1.2 points of R@5."""


class Words:
    """The question's stems with their idf, most informative first, each a bit: sets of them are integers.

    `unknown` is the weight of the stems that no episode contains.
    """

    def __init__(self, weights: Mapping[str, float], unknown: float = 0.0) -> None:
        self.stems = list(weights)
        self.weights = np.fromiter(weights.values(), dtype=np.float64, count=len(weights))
        self.unknown = unknown
        self.total = float(self.weights.sum())
        self._shares = _by_byte(self.weights / self.total if self.total > 0 else self.weights)
        self._squares = _by_byte(self.weights**2)

    @classmethod
    def of(cls, question_stems: Sequence[str], statistics: Statistics, *, limit: int) -> "Words":
        """The `limit` rarest stems that stand in some episode, or ask for a relation that a fact may tell otherwise."""
        count = max(statistics.episodes, FEWEST_EPISODES)
        weights = {stem: idf(count, statistics.episode_df.get(stem, 0)) for stem in dict.fromkeys(question_stems)}
        known = sorted(
            (stem for stem in weights if statistics.episode_df.get(stem, 0) or stem in asking()),
            key=lambda stem: (-weights[stem], stem),
        )[:limit]
        unknown = [
            weight for stem, weight in weights.items() if not (stem in asking() or statistics.episode_df.get(stem, 0))
        ]
        return cls({stem: weights[stem] for stem in known}, sum(unknown[:limit]))

    def share(self, sets: NDArray[np.int64]) -> Scores:
        """Which part of the question, by idf, each set of its stems makes up, in [0, 1]."""
        return _looked_up(self._shares, sets)

    def overlap(self, sets: NDArray[np.int64], lengths: NDArray[np.int32]) -> Scores:
        """Squared idf of the stems that texts share with the question, for their lengths in distinct stems.

        Stands for the tf-idf cosine: the idf of words the question lacks is not needed (0.1 points of R@5 apart).
        """
        return _looked_up(self._squares, sets) / np.sqrt(np.maximum(lengths, 1))

    def mask(self, of: Iterable[str]) -> int:
        """Which of the question's stems are among these, as bits."""
        found = frozenset(of)
        return sum(1 << place for place, stem in enumerate(self.stems) if stem in found)


@cache
def asking() -> frozenset[str]:
    """Every stem that asks for a relation which may be told in other words: "lives", where somebody moved."""
    return frozenset(stems(" ".join(pairs("asked_as").values())))


_BITS = ((np.arange(256)[:, None] >> np.arange(8)) & 1).astype(np.float64)


def _by_byte(weights: Scores) -> list[Scores]:
    """For each eight weights the sums of all their sets: what a set weighs is one look-up for each of its bytes."""
    padded = np.append(weights, np.zeros(-len(weights) % 8))
    return [_BITS @ padded[first : first + 8] for first in range(0, len(padded), 8)]


def _looked_up(tables: Sequence[Scores], sets: NDArray[np.int64]) -> Scores:
    if not tables:
        return np.zeros(len(sets))
    found = tables[0][sets & 255]
    for place, table in enumerate(tables[1:], 1):
        found += table[(sets >> (8 * place)) & 255]
    return found


def word_weight(statistics: Statistics) -> Callable[[str], float]:
    """How much each word of the question counts in its vector: the root of its idf; words without topic little."""

    def weight(word: str) -> float:
        of_word = stems(word)
        if not of_word:
            return STOP_WORD_WEIGHT
        return math.sqrt(idf(statistics.episodes, statistics.episode_df.get(of_word[0], 0)))

    return weight


def entities_named(question: str, lookup: Lookup) -> list[str]:
    """Keys of the entities that the question names; a longer name hides the shorter ones inside it.

    A name needs its capital where the question has any: those that bear a common word as their name (a film "Director",
    a band "Country") else answer to half of all questions (2 points of R@5 on 2WikiMultiHopQA).
    """
    if not lookup.entities:
        return []
    bearing: dict[str, list[Entity]] = {}
    for entity in lookup.entities:
        for name in {entity.key, entity.key.partition("#")[0], *map(canonical, entity.aliases)}:
            bearing.setdefault(name, []).append(entity)
    common = {name for name, entities in bearing.items() if any(entity.is_common for entity in entities)}
    named = mentions_of(question, bearing, common=common, is_question=True)
    return list(dict.fromkeys(entity.key for name in named for entity in bearing[name]))


def speaks_of_self(question: str) -> bool:
    """Whether the question says "I" or "my"."""
    return not FIRST_PERSON.isdisjoint(_WORD.findall(question.lower()))


def is_past(question: str) -> bool:
    """Whether the question asks for what was: then what came later is no better an answer."""
    return not _OF_THE_PAST.isdisjoint(_WORD.findall(question.lower()))


def foreign_share(question: str, statistics: Statistics) -> float:
    """Which part of the names in a question have no word that stands in memory, in [0, 1]; 0 where it has none.

    Nobody is called a month, or a PhD.
    """
    written = [word for word in _WORD.findall(question)[1:] if word[0].isupper()]
    no_names = words("calendar", "honours")
    names = [of_name for word in written if word.lower() not in no_names and (of_name := stems(word))]
    unknown = [of_name for of_name in names if not any(statistics.episode_df.get(stem, 0) for stem in of_name)]
    return len(unknown) / len(names) if names else 0.0


def talks_of_oneself(question: str) -> bool:
    """Whether the question is about "I", not only about "my sister"."""
    return not TALK_OF_ONESELF.isdisjoint(_WORD.findall(question.lower()))


def tellers_of_self(question: str, lookup: Lookup) -> frozenset[str]:
    """First name of who tells best of the asker: the asker, where the question is about them."""
    if not talks_of_oneself(question):
        return frozenset()
    return frozenset(key.split()[0] for key in lookup.selves if key)


def speakers_named(question: str, lookup: Lookup) -> frozenset[str]:
    """First names, lower case, of those speakers whom the question names."""
    first = {key.split()[0] for key in lookup.speakers if key.split()}
    return frozenset(
        word.lower()
        for word in _WORD.findall(question)
        if word.lower() in first and (word[0].isupper() or question.islower())
    )


@dataclass(frozen=True, slots=True)
class DateAsked:
    """The date a question names, as far as it does."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def is_named(self) -> bool:
        """Whether there is one."""
        return self.year is not None or self.month is not None

    def fits(self, moments: NDArray[np.int64]) -> Scores:
        """For moments in microseconds: 1 where year and month agree as far as they were named, 2 on the very day, else
        0.
        """
        if not self.is_named:
            return np.zeros(len(moments))
        days = moments.astype("datetime64[us]").astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        fits = np.ones(len(moments), dtype=np.bool_)
        if self.year is not None:
            fits &= months.astype("datetime64[Y]").astype(np.int64) + 1970 == self.year
        if self.month is not None:
            fits &= months.astype(np.int64) % 12 + 1 == self.month
        is_day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1 == (self.day or 0)
        return np.where(fits, 1.0 + is_day, 0.0)


def date_asked(question: str) -> DateAsked:
    """The year, month and day that a question names: "in May", "on 7 May, 2024", "2024-05-07", "20240507"."""
    if iso := _ISO.search(question):
        return DateAsked(int(iso[1]), int(iso[3]), int(iso[4]))
    year = _YEAR.search(question)
    months = [
        MONTH_NAMES[word.lower()]
        for word in _LETTERS.findall(question)[1:]  # "May I ask?"
        if word[0].isupper() and word.lower() in MONTH_NAMES
    ]
    day = _DAY.search(question) if months else None
    return DateAsked(
        int(year[1]) if year else None, months[0] if months else None, int(day[1] or day[2]) if day else None
    )
