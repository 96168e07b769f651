"""What recall knows of the part of memory that a store has laid open: an excerpt beside the question's words."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import EntityColumns, EpisodeColumns, Excerpt, FactColumns, Places
from graphmem.recall.places import Scores, among, counted, distinct, scattered
from graphmem.recall.question import Words

FEW, MANY = 10, 40
"""Bounds of a hub's degree. Source: 40 on encyclopedic sets of 5,000 episodes, 10 on chats of some hundred."""

NEARLY = 0.8
"""What holds has to match this well, against what does not, for an episode not to be outdated."""


def hub(episode_count: int) -> int:
    """Degree above which an entity leads everywhere: 1 % of the episodes, within bounds."""
    return max(FEW, min(MANY, episode_count // 100))


class View:
    """An excerpt, and what the question makes of it.

    `asked` are the entities that the question names, `selves` those that "I" stands for, `speakers` all who speak.
    """

    def __init__(self, excerpt: Excerpt, words: Words, episode_count: int) -> None:
        self.excerpt = excerpt
        self.words = words
        self.episode_count = episode_count
        self.hub = hub(episode_count)
        self.asked: Places = np.empty(0, dtype=np.int64)
        self.selves: Places = np.empty(0, dtype=np.int64)
        self.speakers: Places = np.empty(0, dtype=np.int64)
        self.has_records = False
        """Whether most documents have no topic of their own, say records of chats: they are about many things, so that
        no bridge into one proves anything, and they are read like what was said."""

    @property
    def facts(self) -> FactColumns:
        """The facts read so far."""
        return self.excerpt.facts

    @property
    def episodes(self) -> EpisodeColumns:
        """The episodes read so far."""
        return self.excerpt.episodes

    @property
    def entities(self) -> EntityColumns:
        """The entities read so far."""
        return self.excerpt.entities

    def places_of(self, keys: Sequence[str]) -> Places:
        """The entities with these keys, as far as there are any."""
        places = (self.excerpt.entity(key) for key in keys)
        return np.array([place for place in places if place >= 0], dtype=np.int64)

    # episodes

    def is_document(self, episodes: Places) -> NDArray[np.bool_]:
        """Whether each was stored as a document."""
        return self.episodes.roles[episodes] == "document"

    def is_said(self, episodes: Places) -> NDArray[np.bool_]:
        """Whether each is read as something said or noted, not as a document about one thing."""
        return np.ones(len(episodes), dtype=np.bool_) if self.has_records else ~self.is_document(episodes)

    def is_record(self, episodes: Places) -> NDArray[np.bool_]:
        """Whether each is a document without a topic of its own."""
        return self.is_document(episodes) if self.has_records else np.zeros(len(episodes), dtype=np.bool_)

    async def tell_records(self, episodes: Places) -> None:
        """See whether most of these, as far as they are documents, are mostly about hubs."""
        documents = episodes[self.is_document(episodes)]
        which, facts = self.episodes.facts.of_all(documents)
        subjects = self.facts.subject[facts]
        which, subjects = which[subjects >= 0], subjects[subjects >= 0]
        if not len(subjects):
            return
        await self.excerpt.read_degrees(distinct(subjects))
        width = len(self.entities.keys)
        pairs, counts = np.unique(which * width + subjects, return_counts=True)
        document, subject = np.divmod(pairs, width)
        order = np.lexsort((subject, -counts, document))
        main = subject[order[counted(document[order]) == 0]]
        self.has_records = 2 * int(np.count_nonzero(self.entities.degree[main] > self.hub)) > len(main)

    def current(self, episodes: Places) -> tuple[Places, Places]:
        """The facts of these that hold: for each the row of its episode, and the fact."""
        which, facts = self.episodes.facts.of_all(episodes)
        holds = self.facts.holds[facts]
        return which[holds], facts[holds]

    def about_nobody(self, episodes: Places) -> Scores:
        """Which part of the facts of each that hold are about nobody and nothing in particular, in [0, 1]."""
        which, facts = self.current(episodes)
        is_open = self.facts.subject[facts] < 0
        counts = np.bincount(which, minlength=len(episodes))
        return np.bincount(which, is_open, minlength=len(episodes)) / np.maximum(counts, 1)

    def tells_of(self, episodes: Places, entities: Places) -> NDArray[np.bool_]:
        """Whether a fact of each that holds is about one of some entities."""
        which, facts = self.current(episodes)
        told = among(self.facts.subject[facts], entities)
        return np.bincount(which[told], minlength=len(episodes)) > 0

    def covered(self, episodes: Places) -> NDArray[np.int64]:
        """The question's stems in each, as bits; in its facts where only these were read."""
        columns = self.episodes
        counts = columns.counts[episodes]
        sets = (counts > 0) @ (np.int64(1) << np.arange(counts.shape[1], dtype=np.int64))
        unread = np.flatnonzero(~columns.is_read[episodes])
        if len(unread):
            which, facts = columns.facts.of_all(episodes[unread])
            np.bitwise_or.at(sets, unread[which], self.facts.words[facts])
        return sets

    def with_beside(self, sets: NDArray[np.int64], *columns: Places) -> NDArray[np.int64]:
        """Some sets of stems with those of what stands beside each, -1 for nothing."""
        sets = sets.copy()
        for beside in columns:
            there = beside >= 0
            sets[there] |= self.covered(beside[there])
        return sets

    def told(self, episodes: Places) -> NDArray[np.int64]:
        """The question's stems in each or in a fact of each that holds, as bits."""
        sets = self.covered(episodes)
        which, facts = self.current(episodes)
        np.bitwise_or.at(sets, which, self.facts.words[facts])
        return sets

    def is_outdated(self, episodes: Places) -> NDArray[np.bool_]:
        """Whether what matches in each does not hold, and nothing in it that holds matches nearly as well. An episode
        of whose facts none holds is, whatever matches.
        """
        which, facts = self.episodes.facts.of_all(episodes)
        match, holds = self.match(facts), self.facts.holds[facts]
        current = scattered(len(episodes), which[holds], match[holds])
        former = scattered(len(episodes), which[~holds], match[~holds])
        has_facts = np.bincount(which, minlength=len(episodes)) > 0
        has_current = np.bincount(which[holds], minlength=len(episodes)) > 0
        return (current < NEARLY * former) | (has_facts & ~has_current)

    # facts and entities

    def match(self, facts: Places) -> Scores:
        """How well each fact by itself fits the question, in [0, 1]."""
        columns = self.facts
        return (np.maximum(columns.similarity[facts], 0.0) + self.words.share(columns.words[facts])) / 2

    def overlap(self, facts: Places) -> Scores:
        """`Words.overlap` of each fact."""
        return self.words.overlap(self.facts.words[facts], self.facts.length[facts])

    def rarity(self, entities: Places) -> Scores:
        """Idf of each entity over episodes: about 1 for one that stands alone, 0 for one that stands everywhere."""
        count = self.episode_count + 1
        degrees = np.maximum(self.entities.degree[entities], 0)
        return np.log(count / (degrees + 0.5)) / math.log(count) if count > 1 else np.zeros(len(entities))
