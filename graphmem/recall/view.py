"""The part of memory that one recall has read so far."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graphmem.protocols import Degree, Link, Nearest, Reached, Seed, Seeds, Turn
from graphmem.recall.question import Words

FEW, MANY = 10, 40
"""Bounds of a hub's degree. Source: 40 on encyclopedic sets of 5,000 episodes, 10 on chats of some hundred."""

NEARLY = 0.8
"""What holds has to match this well, against what does not, for an episode not to be outdated."""


@dataclass(slots=True)
class Linked:
    """The facts of an entity that hold, most similar to the question first."""

    about: list[Reached] = field(default_factory=list[Reached])
    mentions: list[Reached] = field(default_factory=list[Reached])


@dataclass(slots=True)
class View:
    """What was read, each record once, and the question's words in it.

    `selves` are the entities that "I" stands for, `common` those that are nouns rather than names.
    `near` holds, for each turn, its neighbours by offset. `degrees` holds how many episodes touch an entity; one
    that nobody has looked up yet is missing.
    """

    words: Words
    episode_count: int
    episodes: dict[str, Seed] = field(default_factory=dict[str, Seed])
    facts: dict[str, Reached] = field(default_factory=dict[str, Reached])
    near: dict[str, dict[int, str]] = field(default_factory=dict[str, dict[int, str]])
    linked: dict[str, Linked] = field(default_factory=dict[str, Linked])
    degrees: dict[str, int] = field(default_factory=dict[str, int])
    selves: frozenset[str] = frozenset()
    common: set[str] = field(default_factory=set[str])
    nearest: Nearest = "exact"
    _facts_of: dict[str, list[Reached]] = field(default_factory=dict[str, list[Reached]])
    _masks: dict[str, int] = field(default_factory=dict[str, int])
    _settled: set[str] = field(default_factory=set[str])
    _records: set[str] = field(default_factory=set[str])
    _overlaps: dict[str, float] = field(default_factory=dict[str, float])

    def add_seeds(self, seeds: Seeds) -> None:
        """Take in the nearest episodes and facts."""
        for seed in seeds.episodes:
            self.episodes.setdefault(seed.episode, seed)
        for fact in seeds.facts:
            self._add(fact)
        self.nearest = seeds.nearest

    def add_turns(self, turns: Iterable[Turn]) -> None:
        """Take in episodes with all their facts, and who stands beside whom."""
        for turn in turns:
            self.episodes.setdefault(turn.seed.episode, turn.seed)
            if turn.offset:
                self.near.setdefault(turn.near, {})[turn.offset] = turn.seed.episode
                self.near.setdefault(turn.seed.episode, {})[-turn.offset] = turn.near
            for fact in turn.facts:
                self._add(fact)

    def add_links(self, links: Iterable[Link], asked: Sequence[str]) -> None:
        """Take in the facts of the entities asked for; one without any is known to have none."""
        for key in asked:
            self.linked.setdefault(key, Linked())
        for link in links:
            fact = self._add(link.fact)
            linked = self.linked[link.entity]
            (linked.about if link.kind == "about" else linked.mentions).append(fact)

    def add_degrees(self, degrees: Iterable[Degree], asked: Iterable[str]) -> None:
        """Take in the degrees of the entities asked for; one not found touches nothing."""
        self.degrees.update(dict.fromkeys(asked, 0))
        for degree in degrees:
            self.degrees[degree.entity] = degree.episodes
            if degree.is_common:
                self.common.add(degree.entity)

    def _add(self, fact: Reached) -> Reached:
        if fact.fact not in self.facts:
            self.facts[fact.fact] = fact
            for episode in fact.episodes:
                self._facts_of.setdefault(episode, []).append(fact)
        return self.facts[fact.fact]

    def facts_of(self, episode: str) -> Sequence[Reached]:
        """The facts of an episode that were read, whether they hold or not."""
        return self._facts_of.get(episode, ())

    @property
    def hub(self) -> int:
        """Degree above which an entity leads everywhere: 1 % of the episodes, within bounds."""
        return max(FEW, min(MANY, self.episode_count // 100))

    def is_said(self, episode: str) -> bool:
        """Whether an episode is read as something said or noted, not as a document about one thing."""
        seed = self.episodes.get(episode)
        return seed is not None and (seed.role != "document" or self._are_records)

    def is_record(self, episode: str) -> bool:
        """Whether an episode is a document without a topic of its own, say the record of a chat.

        Such a document is about many things, so that no bridge into it proves anything.
        """
        seed = self.episodes.get(episode)
        return seed is not None and seed.role == "document" and self._are_records

    @property
    def _are_records(self) -> bool:
        """Most documents read so far are mostly about hubs: one topic each they have not."""
        return 2 * len(self._records) > len(self._settled)

    def subjects(self, episodes: Iterable[str]) -> set[str]:
        """What the facts of these episodes are about."""
        return {fact.subject for episode in episodes for fact in self.facts_of(episode) if fact.subject is not None}

    def settle(self, documents: Iterable[str]) -> None:
        """Tell documents from records, once all their facts and the degrees of what these are about are known."""
        for episode in documents:
            subjects = Counter(fact.subject for fact in self.facts_of(episode) if fact.subject is not None)
            if subjects:
                self._settled.add(episode)
                main = min(subjects, key=lambda subject: (-subjects[subject], subject))
                if self.degrees.get(main, 0) > self.hub:
                    self._records.add(episode)

    def is_outdated(self, episode: str) -> bool:
        """Whether what matches in an episode does not hold, and nothing in it that holds matches nearly as well."""
        matches = {True: 0.0, False: 0.0}
        for fact in self.facts_of(episode):
            matches[fact.holds] = max(matches[fact.holds], self.match(fact))
        return matches[True] < NEARLY * matches[False]

    def match(self, fact: Reached) -> float:
        """How well a fact by itself fits the question, in [0, 1]."""
        return (max(0.0, fact.similarity) + self.words.share(self.mask(fact))) / 2

    def overlap(self, fact: Reached) -> float:
        """`Words.overlap` of a fact."""
        overlap = self._overlaps.get(fact.fact)
        if overlap is None:
            overlap = self._overlaps[fact.fact] = self.words.overlap(fact.stems)
        return overlap

    def mask(self, fact: Reached) -> int:
        """The question's words in a fact."""
        mask = self._masks.get(fact.fact)
        if mask is None:
            mask = self._masks[fact.fact] = self.words.mask(fact.stems)
        return mask

    def episode_mask(self, episode: str) -> int:
        """The question's words in an episode, or in the facts read of it."""
        mask = self._masks.get(episode)
        if mask is None:
            seed = self.episodes.get(episode)
            if seed is None:
                mask = 0
                for fact in self.facts_of(episode):
                    mask |= self.mask(fact)
                return mask  # not kept: more may be read
            mask = self._masks[episode] = self.words.mask(seed.stems)
        return mask

    def rarity(self, entity: str) -> float:
        """Idf of an entity over episodes: about 1 for one that stands alone, 0 for one that stands everywhere."""
        count = self.episode_count + 1
        return math.log(count / (self.degrees.get(entity, 0) + 0.5)) / math.log(count) if count > 1 else 0.0


def entities_of(fact: Reached) -> tuple[str, ...]:
    """Subject and mentions."""
    return (fact.subject, *fact.mentions) if fact.subject is not None else fact.mentions
