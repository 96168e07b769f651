"""A question as recall sees it: its informative words, the entities it names, its dates."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graphmem.extraction.names import canonical, mentions_of
from graphmem.models import Entity
from graphmem.protocols import Lookup, Statistics
from graphmem.words import idf, stems

_WORD = re.compile(r"[^\W_]+")
FIRST_PERSON = frozenset("i me my mine myself we us our ours ourselves".split())
TALK_OF_ONESELF = frozenset("i me myself we us ourselves".split())
FEWEST_EPISODES = 100
"""Idf is counted over at least so many: among three messages every word is rare, and an unknown one decides all."""

STOP_WORD_WEIGHT = 0.7
"""Weight of a word without topic in the question's vector, where topic words weigh the root of their idf (1 to 3).

The root, because the rows of the table are weighed by frequency already. Source: development halves of MuSiQue, 2Wiki
and HotpotQA; the idf itself costs 0.4 to 1.2 points of R@5."""


@dataclass(slots=True)
class Words:
    """The question's stems with their idf, most informative first, each a bit: sets of them are integers.

    `unknown` is the weight of the stems that no episode contains.
    """

    weights: Mapping[str, float]
    unknown: float = 0.0
    total: float = field(init=False)
    _bits: dict[str, int] = field(init=False)
    _shares: dict[int, float] = field(init=False)

    def __post_init__(self) -> None:
        self.total = sum(self.weights.values())
        self._bits = {stem: 1 << place for place, stem in enumerate(self.weights)}
        self._shares = {0: 0.0}

    @classmethod
    def of(cls, question_stems: Sequence[str], statistics: Statistics, *, limit: int) -> "Words":
        """The `limit` rarest stems that stand in some episode."""
        count = max(statistics.episodes, FEWEST_EPISODES)
        weights = {stem: idf(count, statistics.episode_df.get(stem, 0)) for stem in dict.fromkeys(question_stems)}
        known = sorted(
            (stem for stem in weights if statistics.episode_df.get(stem, 0)), key=lambda stem: (-weights[stem], stem)
        )[:limit]
        unknown = [weight for stem, weight in weights.items() if not statistics.episode_df.get(stem, 0)]
        return cls({stem: weights[stem] for stem in known}, sum(unknown[:limit]))

    def mask(self, of: Iterable[str]) -> int:
        """Which of the question's stems are among these, as bits."""
        found = 0
        bits = self._bits
        for stem in bits.keys() & of:
            found |= bits[stem]
        return found

    def share(self, mask: int) -> float:
        """Which part of the question, by idf, a set of its stems makes up, in [0, 1]."""
        share = self._shares.get(mask)
        if share is None:
            weight = sum(self.weights[stem] for stem, bit in self._bits.items() if bit & mask)
            share = self._shares[mask] = weight / self.total
        return share

    def overlap(self, of: Sequence[str]) -> float:
        """Squared idf of the stems shared, for the length of a text in distinct stems.

        Stands for the tf-idf cosine: the idf of words the question lacks is not needed (0.1 points of R@5 apart).
        """
        distinct = set(of)
        shared = self._bits.keys() & distinct
        return sum(self.weights[stem] ** 2 for stem in shared) / math.sqrt(len(distinct)) if shared else 0.0


def word_weight(statistics: Statistics) -> Callable[[str], float]:
    """How much each word of the question counts in its vector: the root of its idf; words without topic little."""

    def weight(word: str) -> float:
        of_word = stems(word)
        if not of_word:
            return STOP_WORD_WEIGHT
        return math.sqrt(idf(statistics.episodes, statistics.episode_df.get(of_word[0], 0)))

    return weight


def entities_named(question: str, lookup: Lookup) -> dict[str, int]:
    """The entities that the question names; a longer name hides the shorter ones inside it.

    A name needs its capital where the question has any: those that bear a common word as their name (a film "Director",
    a band "Country") else answer to half of all questions (2 points of R@5 on 2WikiMultiHopQA).

    Returns:
        Degree of each entity by key, summed over the spaces.
    """
    bearing: dict[str, list[Entity]] = {}
    for entity in lookup.entities:
        for name in {entity.key, entity.key.partition("#")[0], *map(canonical, entity.aliases)}:
            bearing.setdefault(name, []).append(entity)
    found: dict[tuple[str, str], int] = {}
    common = {name for name, entities in bearing.items() if any(entity.is_common for entity in entities)}
    for name in mentions_of(question, bearing, common=common, is_question=True):
        for entity in bearing[name]:
            found[entity.space, entity.key] = entity.degree
    asked: dict[str, int] = {}
    for (_, key), degree in found.items():
        asked[key] = asked.get(key, 0) + degree
    return asked


def speaks_of_self(question: str) -> bool:
    """Whether the question says "I" or "my"."""
    return not FIRST_PERSON.isdisjoint(_WORD.findall(question.lower()))


def tellers_of_self(question: str, lookup: Lookup) -> frozenset[str]:
    """First name of who tells best of the asker: the asker, where the question is about "I", not about "my sister"."""
    if TALK_OF_ONESELF.isdisjoint(_WORD.findall(question.lower())):
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


def without_names(question: str, names: Iterable[str]) -> str:
    """The question with speakers' names left out: who speaks is matched by name, not by meaning."""
    for name in sorted(names):
        question = re.sub(rf"\b{re.escape(name)}\b(?:['’]s)?", "", question, flags=re.IGNORECASE)
    return question
