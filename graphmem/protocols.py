"""What a part must do: `Store`, `Extractor`, `Embedder`, and the values they exchange with the engine.

Every part is written with `async def` and says by `blocks` whether it does its work in the calling thread. The
engine never learns which database, model or table it talks to.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from graphmem.models import (
    Change,
    Entity,
    EntityType,
    Episode,
    Evidence,
    Fact,
    FactKind,
    Modality,
    Receipt,
    Role,
    State,
    Stats,
    Usage,
    When,
)
from graphmem.moment import Moment

Vector = NDArray[np.float32]
"""One dimension, unit length; the zero vector stands for a text without any word."""


# ---------------------------------------------------------------------------------------------------- embedding


class Embedder(Protocol):
    """Texts to vectors."""

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        ...

    @property
    def identity(self) -> str:
        """Model and dimensions, stored beside the vectors and compared when a store is opened."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        ...

    async def embed(self, texts: Sequence[str], *, purpose: Literal["document", "query"]) -> list[Vector]:
        """One vector per text, in order."""
        ...


class WeighsWords(Protocol):
    """An embedder that can let rare words of a question count more."""

    def weighted(self, text: str, weight: Callable[[str], float]) -> Vector:
        """The vector of `text` with each word counted `weight(word)` times."""
        ...


# --------------------------------------------------------------------------------------------------- extraction


@dataclass(frozen=True, slots=True)
class Name:
    """An entity as a text names it. `key` is its canonical form (`graphmem.extraction.names.canonical`)."""

    name: str
    key: str
    type: EntityType = "thing"
    is_common: bool = False  # a noun, kin or possession phrase rather than a proper name


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement found in a text, not yet compared with what is known.

    `text` stands on its own: pronouns resolved, dated where the words allow it. `start` and `end` are the characters
    of the episode it was read from. `op` says what the statement does: `assert` a state or event, `end` one that no
    longer holds, `past` one that held only earlier, `retract` one that was wrong.
    """

    text: str
    start: int
    end: int
    subject: Name | None = None
    predicate: str | None = None
    object: Name | str | None = None
    mentions: tuple[Name, ...] = ()
    op: Literal["assert", "end", "past", "retract"] = "assert"
    kind: FactKind = "state"
    is_negated: bool = False
    modality: Modality = "asserted"
    when: When | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    confidence: float = 0.8
    is_lasting: bool = True  # belongs to the user layer even when a session is named
    replaces: tuple[str, ...] = ()  # ids of known facts that it takes the place of, says who read it: rules judge


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A sentence that gave no fact: characters `[start, end)` of the episode, and why, in words."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one episode says: claims in order, and a name the speaker gave themselves.

    `read_by` says who read it, where that is not the same for all; `notes` what was left out and why, never its words.
    `passed_over` lists the sentences that gave no fact, for whoever asks why; memory keeps nothing of it.
    """

    claims: tuple[Claim, ...] = ()
    learned_name: str | None = None
    state: State = "done"
    read_by: str | None = None
    notes: tuple[str, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What an extractor may know beside the text: who "I" and "you" are, and what was said just before.

    `before` holds the turns of the same conversation that memory has, the last one last, each with its own speaker;
    pronouns may refer back to them. Nothing is to be read in them again.
    """

    speaker: str
    addressee: str | None = None
    before: "tuple[tuple[Episode, Setting], ...]" = ()


class Extractor(Protocol):
    """Texts to claims."""

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        ...

    @property
    def identity(self) -> str:
        """Name and version of the rules or the model."""
        ...

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """One extraction per episode, in order. Episodes of one session come in the order they were said, and
        pronouns may refer back within the batch.
        """
        ...


# ----------------------------------------------------------------------------------------------- language models


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is asked.

    Attributes:
        name: What for, in a word: `extract`, `answer`, `choose`.
        instructions: What to do, the same each time.
        text: What to do it with.
        schema: The shape of the answer, as strict JSON Schema.
        limit: Room for the answer, in tokens.
    """

    name: str
    instructions: str
    text: str
    schema: Mapping[str, object]
    limit: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a language model answered: JSON if all went well, and what it cost."""

    text: str
    usage: Usage = field(default_factory=Usage)


class LanguageModel(Protocol):
    """A question to an answer in JSON."""

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        ...

    @property
    def identity(self) -> str:
        """Name of the model; kept in the history of what it read."""
        ...

    async def answer(self, prompt: Prompt) -> Reply:
        """Answer once. Whether the answer has the shape asked for is looked at afterwards.

        Raises:
            ModelError: There is no answer; `reason` says why.
        """
        ...


# -------------------------------------------------------------------------------------------- reading for recall


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


# ------------------------------------------------------------------------------------------------------- walking


@dataclass(frozen=True, slots=True)
class Relation:
    """A triple between two entities, as a walk crosses it: id and space of the fact, keys of the entities.

    `subject` and `object` stand as the fact states them, whichever way the walk goes.
    """

    fact: str
    space: str
    subject: str
    predicate: str
    object: str


# ------------------------------------------------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class Slot:
    """The open facts that share a subject and predicate (`subject`) or a predicate and object (`object`).

    Subject and object are keys or aliases.
    """

    space: str
    predicate: str
    subject: str | None = None
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a write has to know first. Every field names its space.

    Attributes:
        episodes: (space, identity) of episodes that may be there already, see `Draft`.
        keys: (space, key) of entities that may exist.
        slots: Groups of open facts that a claim may touch.
        statements: (space, digest) of statements that may be believed already, ended or not.
        rejections: (space, digest) of what may have been rejected (`graphmem.reconcile.rejections`).
        selves: Spaces whose self entity is asked for.
        unlinked: (space, key, stems joined by a blank) of names. Where the space has no such entity yet: up to 50
            facts whose stems contain these in a row, the newest first.
        sources: (space, source id) whose current episodes are asked for, as many as there are.
        retires: (space, episode id) of episodes that are to be retired together.
    """

    episodes: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    slots: tuple[Slot, ...] = ()
    statements: tuple[tuple[str, str], ...] = ()
    rejections: tuple[tuple[str, str], ...] = ()
    selves: tuple[str, ...] = ()
    unlinked: tuple[tuple[str, str, str], ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    retires: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The answer to a `Question`, from one read transaction.

    `episodes` are those asked for and those of the `sources`, by (space, identity); `sole` holds, for each of them, the
    open facts that no other episode supports, and `orphans` those that none would support but the `retires`. `rejected`
    are those of the `rejections` that must not be learned again.
    """

    episodes: Mapping[tuple[str, str], Episode] = field(default_factory=dict[tuple[str, str], Episode])
    sole: Mapping[tuple[str, str], tuple[Fact, ...]] = field(default_factory=dict[tuple[str, str], tuple[Fact, ...]])
    entities: Mapping[tuple[str, str], Entity] = field(default_factory=dict[tuple[str, str], Entity])
    slots: Mapping[Slot, tuple[Fact, ...]] = field(default_factory=dict[Slot, tuple[Fact, ...]])
    statements: Mapping[tuple[str, str], Fact] = field(default_factory=dict[tuple[str, str], Fact])
    rejected: frozenset[tuple[str, str]] = frozenset()
    selves: Mapping[str, Entity] = field(default_factory=dict[str, Entity])
    unlinked: Mapping[tuple[str, str], tuple[Fact, ...]] = field(
        default_factory=dict[tuple[str, str], tuple[Fact, ...]]
    )
    orphans: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """How a text is found again: its vector, and its stems in order, repeats kept."""

    vector: Vector
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """`identity` is what makes it the same episode when it comes again: unique within its space."""

    episode: Episode
    identity: str
    index: Index


@dataclass(frozen=True, slots=True)
class NewFact:
    """`digest` identifies the statement within its space (`graphmem.reconcile.digest`)."""

    fact: Fact
    digest: str
    index: Index


@dataclass(frozen=True, slots=True)
class Closing:
    """The open version of a fact stops being believed; where the fact held for a while, a bounded version follows.

    With `valid_to` the new version is `[valid_from of the old, valid_to)`; without it nothing follows (retracted).
    """

    space: str
    fact_id: str
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of a fact from now on: a version of this validity follows the one that was known last.

    Attributes:
        before: The fact as it was known last, believed or not. Where it changed meanwhile the store raises `Conflict`
            and writes nothing.
        valid_from, valid_to: When it holds; None for an open end.
    """

    before: Fact
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One write transaction: everything or nothing, stamped with one reading of the store's clock.

    Attributes:
        assumes: For each slot the ids of the open facts that decisions rest on. Where they changed meanwhile the
            store raises `Conflict` and writes nothing.
        entities: To be created, or whose aliases are to be joined with those known.
        supports: (space, fact id, evidence): another episode says the same.
        mentions: (space, fact id, entity key): a name found in older text.
        beliefs: Facts that hold at other times than was believed, or are believed again.
        retires: (space, episode id) of episodes replaced by a newer text: from now on unknown, like a closed
            version; their identity is free again. The facts that only they support come in `closings`.
        read: (space, episode id, state): pending episodes that were read after all, and their state from now on. Where
            one is not pending any more, somebody else read it: the store raises `Conflict` and writes nothing.
        selves: The entity that "I" means, by space.
        rejects: (space, digest) of what must not be learned again from now on.
        readmits: (space, digest) of what may be learned again.
        unrejected: (space, digest) of what decisions took for not rejected. Where one is, somebody rejected it
            meanwhile: the store raises `Conflict` and writes nothing.
    """

    spaces: tuple[str, ...]
    episodes: tuple[NewEpisode, ...] = ()
    entities: tuple[Entity, ...] = ()
    facts: tuple[NewFact, ...] = ()
    supports: tuple[tuple[str, str, Evidence], ...] = ()
    mentions: tuple[tuple[str, str, str], ...] = ()
    closings: tuple[Closing, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    retires: tuple[tuple[str, str], ...] = ()
    read: tuple[tuple[str, str, State], ...] = ()
    selves: Mapping[str, str] = field(default_factory=dict[str, str])
    rejects: tuple[tuple[str, str], ...] = ()
    readmits: tuple[tuple[str, str], ...] = ()
    unrejected: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    assumes: Mapping[Slot, frozenset[str]] = field(default_factory=dict[Slot, frozenset[str]])


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An episode that stays, with other words and therefore another index."""

    episode: Episode
    index: Index


@dataclass(frozen=True, slots=True)
class Erasure:
    """What to erase within `spaces`: `everything` in them, or what is listed.

    Attributes:
        episodes: Episode ids. Facts that no other episode supports go with them.
        facts: Fact ids, with all their versions.
        entities: Entity keys, with their aliases; the facts about them are listed in `facts`.
        rewrites: Episodes that stay, with the erased words blanked out.
        digests: (space, digest) of what must not be learned again (`graphmem.reconcile.rejection`).
    """

    spaces: tuple[str, ...]
    everything: bool = False
    episodes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text that has a vector: what its record is called, and what goes into the vector (`graphmem.indexing`)."""

    record: str
    kind: Literal["episode", "fact"]
    text: str
    role: Role
    title: str | None
    speaker: str | None


class Store(Protocol):
    """Where memories are kept. Speaks of facts, entities, episodes and spaces; holds no scoring and no wording.

    One call is one transaction. Every call names the spaces it may touch and never reaches beyond them; an empty
    list of spaces is `ScopeMissing`. Lists of ids and keys are de-duplicated by the store. The reads for recall
    take the question's vector, so that a store can order and cut what it returns by similarity.
    """

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        ...

    async def open(self, *, embedder: str, dimensions: int) -> None:
        """Make ready for use: create or check the layout. Called before anything else, more than once is fine.

        Raises:
            EmbedderMismatch: The vectors inside were made by another embedder.
            NotAStore, FormatTooNew, StoreUnavailable: As their names say.
        """
        ...

    async def describe(self) -> str:
        """Where it is, what it runs on and how much it holds, in a line for `graphmem doctor`."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...

    # writing

    async def known(self, question: Question) -> Known:
        """What a write has to know first, in one read transaction."""
        ...

    async def write(self, draft: Draft) -> list[Change]:
        """Write a draft and return its changes with ids and times, in order.

        The time is max(clock, last of the space + 1 µs), taken inside the transaction; it stamps `known_from`,
        `recorded_at` and `Change.at` alike.

        Raises:
            Conflict: An assumption of the draft no longer holds, an episode identity is there already, or an entity
                that a fact names is not there.
        """
        ...

    async def erase(self, erasure: Erasure, *, is_dry_run: bool) -> Receipt:
        """Physically remove rows, index entries, vectors and orphan entities; then search the store for the erased
        text and report. Facts supported by other episodes keep what those support. Journal entries keep their ids
        and lose their reasons; one `erased` change is added per erasure and space.
        """
        ...

    # reading for recall

    async def lookup(
        self, spaces: Sequence[str], *, keys: Sequence[str], stems: Sequence[str], known_at: datetime
    ) -> Lookup:
        """Entities by key or alias, and word statistics of the spaces taken together."""
        ...

    async def excerpt(
        self,
        spaces: Sequence[str],
        *,
        vector: Vector,
        stems: Sequence[str],
        keys: Sequence[str],
        moment: Moment,
        bounds: Bounds,
    ) -> Excerpt:
        """Open what these spaces know for one question.

        Its seeds are of each space the nearest episodes and facts by vector, and those that share the most idf of the
        question's stems, by the statistics of all the spaces: never fewer for one space because another holds more.
        They are there from the start, and so are the entities named by `keys`.

        Args:
            spaces: The spaces that may be read.
            vector: The question's; the zero vector is near to nothing.
            stems: The question's, at most 60, each once: the bits and columns that texts are compared by.
            keys: Entities that the question names.
            moment: Where the question stands on both clocks.
            bounds: How much to hold.
        """
        ...

    async def paths(
        self, spaces: Sequence[str], start: str, end: str, *, moment: Moment, most_hops: int, limit: int
    ) -> list[tuple[Relation, ...]]:
        """The shortest chains of triples that lead from one entity to another, whichever way each triple points.

        All have the same number of triples. They come in the order of the fact ids along the chain, compared place by
        place (equal ids by their spaces), at most `limit`; parallel triples between two entities make a chain each.

        `start` and `end` are keys or aliases, resolved in each space as those of a `Slot` are; where spaces resolve
        one differently, it stands for each of these entities. Entities are joined across the spaces by key. Only
        facts that hold at the moment (both clocks, at every hop), are not negated and name an entity at either end
        (`subject_key`, `predicate` and `object_key` are all set) are crossed.

        Returns:
            An empty list where no chain has `most_hops` triples or fewer, where both are the same entity, and where
            one of them is unknown.
        """
        ...

    async def neighbourhood(
        self, spaces: Sequence[str], key: str, *, moment: Moment, hops: int, limit: int
    ) -> list[Relation]:
        """The triples within so many hops of an entity, each once, nearest first, then by fact id (equal ids by space),
        at most `limit`.

        A triple is as far away as the nearer of its two ends, and within `hops` when that is fewer than `hops` away:
        one hop gives the triples that name the entity itself. Which triples count, how `key` is resolved and how
        spaces are joined is as for `paths`; a triple from an entity to itself counts here.

        Returns:
            An empty list where the entity is unknown.
        """
        ...

    # reading for people

    async def episodes(
        self, spaces: Sequence[str], ids: Sequence[str], *, known_at: datetime | None = None
    ) -> list[Episode]:
        """Episodes by id, in the order asked for; unknown ids are left out. With `known_at` only those that were known
        then: recorded by it, and not replaced yet.
        """
        ...

    async def find_episodes(
        self,
        spaces: Sequence[str],
        *,
        source_id: str | None = None,
        session: str | None = None,
        stems: Sequence[str] | None = None,
    ) -> list[str]:
        """Ids of the episodes with this source id, of this session, or that contain all these stems, oldest first."""
        ...

    async def pending(self, spaces: Sequence[str], *, limit: int) -> list[Episode]:
        """Current episodes whose state is `pending`, in the order they were said, at most `limit`."""
        ...

    async def sessions(self, space: str) -> list[str]:
        """Keys of the session spaces below an owner's space."""
        ...

    async def facts(self, spaces: Sequence[str], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
        """Facts by id as known at the moment (the version valid then, else the last one known), in the order asked
        for; unknown ids are left out.
        """
        ...

    async def list_facts(
        self,
        spaces: Sequence[str],
        *,
        moment: Moment | None,
        entity: str | None = None,
        predicate: str | None = None,
        limit: int,
        after: str | None = None,
    ) -> list[Fact]:
        """Facts that hold at the moment (None: all, whether they hold or not), newest first. `entity` is a key or
        alias and matches ABOUT and MENTIONS. `after` is the id of the last fact of the page before.
        """
        ...

    async def list_entities(self, spaces: Sequence[str], *, limit: int) -> list[Entity]:
        """Entities that are not common nouns or phrases (`Entity.is_common`), by degree, highest first, then key."""
        ...

    async def history(self, spaces: Sequence[str], fact_id: str) -> list[Change]:
        """Changes that name the fact as `fact_id`, `before` or `after`, oldest first, with texts."""
        ...

    async def changes(self, spaces: Sequence[str], ids: Sequence[str]) -> list[Change]:
        """Changes by id, with texts, in the order asked for; unknown ids are left out."""
        ...

    async def journal(self, spaces: Sequence[str], *, since: datetime, until: datetime) -> list[Change]:
        """Every change after `since`, up to `until`, oldest first, with texts."""
        ...

    async def stats(self, spaces: Sequence[str]) -> Stats:
        """How much is kept."""
        ...

    # whole spaces

    async def spaces(self) -> list[str]:
        """Keys of every space that was ever written to, sorted: for whoever runs the store, never on behalf of one of
        its users.
        """
        ...

    def dump(self, spaces: Sequence[str]) -> AsyncIterator[Mapping[str, object]]:
        """Every record of the spaces as plain values, in an order that is the same for the same content: space by
        space, each with its own record first, then its episodes, entities, facts with versions, changes, tombstones.
        Vectors are left out.
        """
        ...

    async def restore(self, records: Sequence[Mapping[str, object]], indexes: Mapping[str, Index]) -> int:
        """Write records of `dump` into the spaces they name, in one transaction, ids and times kept; records that
        are there already are left. `indexes` holds one entry for each episode and fact id. A fact that was rejected in
        its space is left out, and a `refused` change says so. Returns how many records were new.

        Raises:
            Conflict: A record has an id that stands in the space with other content.
        """
        ...

    async def texts(self, *, after: str | None, limit: int) -> list[Text]:
        """Everything that has a vector, in a stable order after the record `after`. Needs no `open`."""
        ...

    async def reembed(self, vectors: Mapping[str, Vector], *, embedder: str, dimensions: int, is_last: bool) -> None:
        """Replace vectors by record id; with the last batch the store takes the new embedder's identity."""
        ...
