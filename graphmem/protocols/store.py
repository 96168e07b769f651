"""Where memories are kept."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from graphmem.models import Change, Entity, Episode, Fact, Receipt, Stats
from graphmem.moment import Moment
from graphmem.protocols.embedding import Vector
from graphmem.protocols.excerpts import Bounds, Excerpt, Lookup
from graphmem.protocols.writes import Draft, Erasure, Index, Known, Question, Text

T = TypeVar("T")


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


class Reader(Protocol):
    """What a recall reads of a store: see `Store.reading`."""

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

    async def known(self, question: Question) -> Known:
        """What a write has to know first."""
        ...

    async def episodes(
        self, spaces: Sequence[str], ids: Sequence[str], *, known_at: datetime | None = None
    ) -> list[Episode]:
        """Episodes by id, in the order asked for; unknown ids are left out. With `known_at` only those that were known
        then: recorded by it, and not replaced yet.
        """
        ...

    async def facts(self, spaces: Sequence[str], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
        """Facts by id as known at the moment (the version valid then, else the last one known), in the order asked
        for; unknown ids are left out.
        """
        ...


class Store(Reader, Protocol):
    """Where memories are kept. Speaks of facts, entities, episodes and spaces; holds no scoring and no wording.

    One call is one transaction; `reading` makes one of many reads. Every call names the spaces it may touch and never
    reaches beyond them; an empty list of spaces is `ScopeMissing`. Lists of ids and keys are de-duplicated by the
    store. The reads for recall take the question's vector, so that it can order and cut what it returns by similarity.

    What is over (`Draft.expires`, `Episode.expires_at`) by the store's clock is in no answer, whatever moment is asked
    about: whoever comes first, to read or to write, deletes it. Of a space that is over nothing stays; of an episode
    that is, facts that others support, and its entries in the journal.
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

    # reading

    async def reading(self, work: Callable[[Reader], Awaitable[T]]) -> T:
        """Do some work that only reads, in as few turns as the store can: where it travels, in one transaction.

        Args:
            work: Is given what to read with, until it ends. It awaits nothing else, and may be run again.
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

    async def find_episodes(
        self,
        spaces: Sequence[str],
        *,
        source_id: str | None = None,
        session: str | None = None,
        stems: Sequence[str] | None = None,
        last: int | None = None,
    ) -> list[str]:
        """Ids of the episodes with this source id, of this session, or that contain all these stems, oldest first; only
        the `last` so many where that is said.
        """
        ...

    async def pending(self, spaces: Sequence[str], *, limit: int) -> list[Episode]:
        """Current episodes whose state is `pending`, in the order they were said, at most `limit`."""
        ...

    async def sessions(self, space: str) -> list[str]:
        """Keys of the session spaces below an owner's space."""
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
        space, each with its own record first, then its episodes, entities, merges, facts with versions, changes,
        tombstones. Entities and facts come as they were told, not as merged.
        Vectors are left out.
        """
        ...

    async def restore(self, records: Sequence[Mapping[str, object]], indexes: Mapping[str, Index]) -> int:
        """Write records of `dump` into the spaces they name, in one transaction, ids and times kept; records that are
        there already are left. Of a fact that is there later versions are added, where they go on from the one that is
        known last and it was not rejected. `indexes` holds one entry for each episode and fact id. A fact that was
        rejected in its space is left out, and so is an episode that was forgotten there (`graphmem.forgetting.record`)
        with what only it says; a `refused` change tells of each. Returns how many were new or told of a change.

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
