"""What a write asks of a store, and what it is told to keep, to close and to erase."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal

from graphmem.models import Change, Entity, Episode, Evidence, Fact, Role, State
from graphmem.moment import FAR_PAST
from graphmem.protocols.embedding import Vector


@dataclass(frozen=True, slots=True)
class Slot:
    """The facts that share a subject and predicate (`subject`) or a predicate and object (`object`).

    Subject and object are keys or aliases. What had ended by `since` is not asked for; that makes no other slot of it.
    """

    space: str
    predicate: str
    subject: str | None = None
    object: str | None = None
    since: datetime = field(default=FAR_PAST, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """What a write has to know first. Every field names its space.

    Attributes:
        episodes: (space, identity) of episodes that may be there already, see `Draft`.
        keys: (space, key) of entities that may exist.
        slots: Groups of facts that a claim may touch.
        statements: (space, digest) of statements that may be believed already, ended or not.
        rejections: (space, digest) of what may have been rejected (`graphmem.reconcile.rejections`).
        selves: Spaces whose self entity is asked for, as it is by now and by itself.
        unlinked: (space, key, stems joined by a blank) of names. Where the space has no such entity yet: up to 50
            facts whose stems contain these in a row, the newest first.
        sources: (space, source id) whose current episodes are asked for, as many as there are.
        retires: (space, episode id) of episodes that are to be retired together.
        told: (space, fact id) of facts that are asked for under the names they were told under.
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
    told: tuple[tuple[str, str], ...] = ()

    def covers(self, other: "Question") -> bool:
        """Whether the answer to this one answers another too. No two that ask for slots are told to be one, which may
        be asked for as of other moments.
        """
        wanted = ((name, less) for name in _ASKED if (less := getattr(other, name)))
        return not other.slots and all(set(getattr(self, name)).issuperset(less) for name, less in wanted)


_ASKED = tuple(of.name for of in fields(Question))


@dataclass(frozen=True, slots=True)
class Known:
    """The answer to a `Question`, from one read transaction.

    `slots` holds the facts of each slot that are open: nothing has closed them; `ended` those that are believed to have
    held until a moment after its `since`. `outdated` are the ids of those of both whose end follows from a statement
    that came in another text, says the journal, rather than from their own words or a correction; `corrected` those of
    slots and statements whose validity a correction set.
    `episodes` are those asked for and those of the `sources`, by (space, identity); `sole` holds, for each of them, the
    open facts that no other episode supports, and `orphans` those that none would support but the `retires`. `rejected`
    are those of the `rejections` that must not be learned again. `selves` are the entities that "I" means by now,
    `speakers` those that it is told of: the same, but for what they were merged into.

    A key or alias of an entity that was merged stands for the one it was merged into. `merged` holds, by (space, key
    of an entity asked for), those merged into it, the first named first, as each was by itself; `told` the facts asked
    for, with the keys that they were told under.
    """

    episodes: Mapping[tuple[str, str], Episode] = field(default_factory=dict[tuple[str, str], Episode])
    sole: Mapping[tuple[str, str], tuple[Fact, ...]] = field(default_factory=dict[tuple[str, str], tuple[Fact, ...]])
    entities: Mapping[tuple[str, str], Entity] = field(default_factory=dict[tuple[str, str], Entity])
    slots: Mapping[Slot, tuple[Fact, ...]] = field(default_factory=dict[Slot, tuple[Fact, ...]])
    ended: Mapping[Slot, tuple[Fact, ...]] = field(default_factory=dict[Slot, tuple[Fact, ...]])
    outdated: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()
    statements: Mapping[tuple[str, str], Fact] = field(default_factory=dict[tuple[str, str], Fact])
    rejected: frozenset[tuple[str, str]] = frozenset()
    selves: Mapping[str, Entity] = field(default_factory=dict[str, Entity])
    speakers: Mapping[str, Entity] = field(default_factory=dict[str, Entity])
    unlinked: Mapping[tuple[str, str], tuple[Fact, ...]] = field(
        default_factory=dict[tuple[str, str], tuple[Fact, ...]]
    )
    orphans: tuple[Fact, ...] = ()
    merged: Mapping[tuple[str, str], tuple[Entity, ...]] = field(
        default_factory=dict[tuple[str, str], tuple[Entity, ...]]
    )
    told: Mapping[tuple[str, str], Fact] = field(default_factory=dict[tuple[str, str], Fact])

    def by_itself(self, space: str, key: str) -> Entity | None:
        """The entity that a key or an alias stands for when whatever was merged is taken apart again."""
        entity = self.entities.get((space, key))
        if entity is None or entity.key == key:
            return entity
        merged = self.merged.get((space, entity.key), ())
        named = [one for one in merged if one.key == key] or [one for one in merged if key in one.aliases]
        return named[0] if named else entity

    def called(self, space: str) -> dict[str, tuple[str, ...]]:
        """All keys of an entity by each of them, where something was merged into it."""
        classes = ((key, *(one.key for one in ones)) for (of, key), ones in self.merged.items() if of == space)
        return {key: keys for keys in classes for key in keys}


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
    """`digest` identifies the statement within its space (`graphmem.reconcile.digest`).

    The keys of `fact` are those it is told under: where one was merged, the store links the fact to what that is now.
    """

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
        merges: (space, key, key of the entity it is merged into). From now on the first is another name of the
            second: its facts lead to that, and so does what is told of it later. Where one of them is not there, or
            both are one already, the store raises `Conflict` and writes nothing.
        unmerges: (space, key, key of the entity it was merged into, None for whichever). It is by itself again, with
            what was told of it before and since. Where it is not merged into that one, the store raises `Conflict` and
            writes nothing.
        rejects: (space, digest) of what must not be learned again from now on.
        readmits: (space, digest) of what may be learned again.
        expires: When all that a space holds is over, counted anew from this write on. A space that nothing was ever
            written to is left alone.
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
    merges: tuple[tuple[str, str, str], ...] = ()
    unmerges: tuple[tuple[str, str, str | None], ...] = ()
    rejects: tuple[tuple[str, str], ...] = ()
    readmits: tuple[tuple[str, str], ...] = ()
    unrejected: tuple[tuple[str, str], ...] = ()
    expires: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
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
