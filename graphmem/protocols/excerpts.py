"""What a store lays open of a memory for one question: columns to compute over, and more of them on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from graphmem.models import Entity, Role


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics over the spaces of a call: how many texts, how long episodes are on average (in stems), and in how
    many of them each stem of the question stands.
    """

    episodes: int = 0
    episode_length: float = 0.0
    episode_df: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Lookup:
    """Entities that bear one of the keys asked for (by key or alias), and the statistics.

    `speakers` are the names of everyone who speaks in the readable spaces, in lower case; `selves` the keys of "I".
    """

    entities: tuple[Entity, ...]
    statistics: Statistics
    speakers: frozenset[str] = frozenset()
    selves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Degree:
    """How many episodes touch an entity, over all the spaces asked for, and whether it is a noun rather than a name."""

    entity: str
    episodes: int
    is_common: bool


Places = NDArray[np.int64]
"""Where records stand in the columns of an `Excerpt`; -1 stands for none."""

_NOWHERE: Places = np.empty(0, np.int64)

ROLE = np.dtype(f"U{max(map(len, get_args(Role)))}")
"""A column of roles."""


Nearest = Literal["exact", "filtered", "index"]
"""How the nearest vectors were found: by comparing every one of the spaces, or by an index, filtered to them or not."""


@dataclass(frozen=True, slots=True)
class Lists:
    """A list of places for each row, end to end: that of row i is `places[starts[i] : starts[i + 1]]`."""

    starts: Places
    places: Places

    def of(self, row: int) -> Places:
        """The list of one row."""
        return self.places[self.starts[row] : self.starts[row + 1]]

    def of_all(self, rows: Places) -> tuple[Places, Places]:
        """The lists of some rows end to end: for each of their places the index into `rows`, and the place itself."""
        if not len(rows) or not len(self.places):
            return _NOWHERE, self.places[:0]
        first = self.starts[rows]
        lengths = self.starts[rows + 1] - first
        ends = lengths.cumsum()
        which = np.arange(len(rows)).repeat(lengths)
        return which, self.places[np.arange(len(which)) + (first - ends + lengths).repeat(lengths)]


@dataclass(slots=True)
class FactColumns:
    """Facts as recall sees them, one to a place.

    Attributes:
        ids: Fact ids.
        similarity: Cosine to the question's vector, in [-1, 1]; 0 where one of the two has no words.
        words: The question's stems that stand in it: bit i for the i-th stem asked.
        length: How many distinct stems it has.
        holds: Whether it holds at the moment asked about. Facts that do not (ended, superseded, retracted, not yet)
            are read too, so that what they say can be marked as outdated.
        subject: The entity it is ABOUT.
        mentions: Every other entity named.
        episodes: Every episode it was read from that was known at the moment, oldest first. A fact without any was not
            known; nothing leads to it.
    """

    ids: Sequence[str]
    similarity: NDArray[np.float32]
    words: NDArray[np.int64]
    length: NDArray[np.int32]
    holds: NDArray[np.bool_]
    subject: Places
    mentions: Lists
    episodes: Lists


@dataclass(slots=True)
class EpisodeColumns:
    """Episodes as recall sees them, one to a place.

    Attributes:
        ids: Episode ids.
        is_read: Whether the other columns are known. Of an episode that some fact was read from, and that nobody has
            asked for yet, only the id may be.
        spaces: Space of each.
        roles: Role of each.
        speakers: Who spoke; None where nobody is named.
        sources: Its source id; None without one.
        session: Number of the session, equal for turns of one session of one space; -1 without one.
        said_at: Microseconds since 1970.
        asks: Whether it ends with a question mark.
        similarity: As that of a fact.
        counts: How often each of the question's stems stands in it, a column a stem.
        length: How many stems it has, repeats counted.
        links: How many ABOUT and MENTIONS edges all its facts have together; -1 where these have not been read.
        facts: Its facts that were known at the moment, in the order in which they stand there: all of them once
            `Excerpt.read_turns` was asked for it, before that perhaps some.
        before, after: The turn before and after it in its session. Where they have not been read: -1, as if none.
    """

    ids: Sequence[str]
    is_read: NDArray[np.bool_]
    spaces: Sequence[str]
    roles: NDArray[np.str_]
    speakers: Sequence[str | None]
    sources: Sequence[str | None]
    session: NDArray[np.int64]
    said_at: NDArray[np.int64]
    asks: NDArray[np.bool_]
    similarity: NDArray[np.float32]
    counts: NDArray[np.uint16]
    length: NDArray[np.int32]
    links: NDArray[np.int32]
    facts: Lists
    before: Places
    after: Places


@dataclass(slots=True)
class EntityColumns:
    """Entities as recall sees them, one to a place, joined across the spaces by key.

    Attributes:
        keys: Entity keys.
        degree: How many known episodes touch each, over all the spaces; -1 where that has not been read.
        is_common: Whether it is a noun, a kin or a possession phrase rather than a name; false where not read.
    """

    keys: Sequence[str]
    degree: NDArray[np.int64]
    is_common: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much an excerpt holds at most.

    Attributes:
        episodes, facts: The nearest so many by vector, together with the best as many by words.
        about, mentions: Facts that lead on from an entity, by kind, most similar first.
        hub: Entities that more episodes touch are not read ahead of.
    """

    episodes: int
    facts: int
    about: int
    mentions: int
    hub: int


class Excerpt(Protocol):
    """What a store lays open of some spaces for one question, at one moment: columns of facts, episodes and entities.

    A store that holds its spaces in memory has everything there from the start. One that has to travel begins with
    the seeds and what it reads ahead, and each `read_...` adds what is asked for: the columns are replaced by longer
    ones, and what had a place keeps it. Nothing that was not known at the moment can be reached, and nothing of other
    spaces has a place.
    """

    @property
    def blocks(self) -> bool:
        """Whether reading more is done in the calling thread, and takes time."""
        ...

    @property
    def facts(self) -> FactColumns:
        """The facts read so far."""
        ...

    @property
    def episodes(self) -> EpisodeColumns:
        """The episodes read so far."""
        ...

    @property
    def entities(self) -> EntityColumns:
        """The entities read so far: all that a fact read so far names, and those asked for."""
        ...

    @property
    def near_facts(self) -> Places:
        """The seeds among facts: of each space the nearest by vector, then the best by words, each once."""
        ...

    @property
    def near_episodes(self) -> Places:
        """The seeds among episodes, in the same way."""
        ...

    @property
    def nearest(self) -> Nearest:
        """How the nearest facts were found."""
        ...

    def entity(self, key: str) -> int:
        """The place of an entity; -1 where none that was read has this key."""
        ...

    def about(self, entities: Places) -> tuple[Places, Places]:
        """Facts that are about each of these entities and hold, most similar first, at most `Bounds.about` of each.

        Returns:
            For each fact the index into `entities`, ascending, and the fact's place. Only entities whose links were
            read have any.
        """
        ...

    def mentioning(self, entities: Places) -> tuple[Places, Places]:
        """Facts that mention each of these entities and hold, at most `Bounds.mentions` of each; else as `about`."""
        ...

    async def read_degrees(self, entities: Places) -> None:
        """Count the episodes that touch each of these entities."""
        ...

    async def read_links(self, entities: Places) -> None:
        """Read what `about` and `mentioning` tell of these entities."""
        ...

    async def read_turns(self, episodes: Places, *, around: int) -> None:
        """Read all facts of these episodes, and so many turns before and after each in its session, with theirs."""
        ...
