"""Erasing for good: nodes, words, vectors, and the names that nothing is left to say about.

What fits goes in one transaction. More than that would not fit into the server's memory, so it goes in parts, each
an erasure of its own that leaves the spaces whole: facts, then episodes, then rewritten texts, then names, digests
and the journal's entry. Whoever is stopped in between has erased less, and the same call again erases the rest.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from graphmem.errors import NotFound, ScopeMissing
from graphmem.models import Change, ChangeKind
from graphmem.moment import FAR_FUTURE, FAR_PAST, Clock
from graphmem.protocols import Erasure, Rewrite
from graphmem.stores.neo4j.area import Area, areas_of, in_spaces, rows_of
from graphmem.stores.neo4j.connection import Connection, Row, Transaction
from graphmem.stores.neo4j.probing import SAMPLE, Traces
from graphmem.stores.neo4j.records import episode_values, native
from graphmem.stores.neo4j.schema import Kind
from graphmem.stores.neo4j.writing import Writer, stamped
from graphmem.stores.tokens import packed, unpacked

MOST = 1_000
"""Episodes and facts that go in one transaction: about 3 s. 20,000 facts in one took longer than a transaction may."""

KINDS_COUNTED = ("episodes", "facts", "versions", "entities", "vectors", "rewritten")

UNREACHED = (
    "transaction logs of the server, until a checkpoint (every 15 minutes, and when it stops) prunes them: "
    "db.tx_log.rotation.retention_policy says how many stay, and the newest always does until it is full",
    "freed blocks in the files of its database, until they are used again: `graphmem move` into a new database "
    "leaves them behind",
    "backups and dumps of the database",
)
"""What a client of the server cannot erase, and what helps. Source: the files of 2026.08.1, searched for erased words
after an erasure, after a stop, and after a start with `keep_none`.
"""

Writing = Callable[[Transaction, Iterable[str]], Writer]


@dataclass(slots=True)
class Erased:
    """What went, by space and kind, and where to look for it."""

    counts: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    traces: list[Traces] = field(default_factory=list[Traces])

    def add(self, other: "Erased") -> None:
        """Count what another part erased, too."""
        for space, counts in other.counts.items():
            self.counts[space] = self.counts.get(space, Counter()) + counts
        self.traces += other.traces

    def total(self) -> Mapping[str, int]:
        """What went from all spaces together."""
        return {kind: sum(counts[kind] for counts in self.counts.values()) for kind in KINDS_COUNTED}


async def counted(connection: Connection, erasure: Erasure, *, writing: Writing) -> Erased:
    """What an erasure would erase: read, and nothing else. What was merged is taken apart for that and made one again,
    in one transaction that leaves everything as it was.
    """
    _check(erasure)
    erased = Erased()
    areas = await connection.read("erase", lambda tx: areas_of(tx, erasure.spaces))
    for area in areas:
        count = _counted_apart if area.merges else _counted
        run = connection.write if area.merges else connection.read
        chosen = await run("erase", lambda tx, count=count, area=area: count(tx, erasure, area, writing))
        erased.counts[area.space] = chosen.counts()
    return erased


async def _counted(tx: Transaction, erasure: Erasure, area: Area, _: Writing) -> "_Chosen":
    return await _chosen(tx, erasure, area)


async def _counted_apart(tx: Transaction, erasure: Erasure, area: Area, writing: Writing) -> "_Chosen":
    writer = writing(tx, [area.space])
    await writer.enter()
    merges = await writer.part_all(area.space)
    chosen = await _chosen(tx, erasure, writer.area(area.space))
    for key, into in merges:
        await writer.merge(area.space, key, into)
    await writer.leave(FAR_PAST)
    return chosen


async def erase(
    connection: Connection, erasure: Erasure, *, writing: Writing, clock: Clock, over_at: datetime | None = None
) -> Erased:
    """See `Store.erase`: each part in a transaction. With `over_at` it is a sweep of what is over then."""
    _check(erasure)
    erased = Erased()
    last = erasure
    if await _weight(connection, erasure) > MOST:
        async for part in _parts(connection, erasure):
            erased.add(await _erase_part(connection, part, writing, clock, None, over_at))
        last = replace(erasure, facts=(), episodes=(), rewrites=())
    erased.add(await _erase_part(connection, last, writing, clock, erased, over_at))
    return erased


async def _erase_part(
    connection: Connection,
    part: Erasure,
    writing: Writing,
    clock: Clock,
    before: Erased | None,
    over_at: datetime | None,
) -> Erased:
    return await connection.write("erase", lambda tx: Eraser(tx, part, writing, over_at).erase(clock, before))


def _check(erasure: Erasure) -> None:
    for space, _ in erasure.digests:
        if space not in erasure.spaces:
            raise ScopeMissing(f"{space} is not among the spaces of this call")


# --------------------------------------------------------------------------------------------------------- parts


async def _parts(connection: Connection, erasure: Erasure) -> AsyncGenerator[Erasure]:
    """What has to go before the last part, in pieces that fit."""
    bare = Erasure(erasure.spaces)
    if erasure.digests:  # first: who is stopped in between must not learn again what is gone by then
        yield replace(bare, digests=erasure.digests)
    if erasure.everything:
        areas = await connection.read("erase", lambda tx: areas_of(tx, erasure.spaces))
        for area in areas:
            async for ids in _pages(connection, "read/ids_of_facts", area.space):
                yield Erasure((area.space,), facts=ids)
            async for ids in _pages(connection, "read/ids_of_episodes", area.space):
                yield Erasure((area.space,), episodes=ids)
        return
    for start in range(0, len(erasure.facts), MOST):
        yield replace(bare, facts=erasure.facts[start : start + MOST])
    group: list[str] = []
    weight = 0
    for id_, told in (await _told(connection, erasure)).items():
        if group and weight + told > MOST:
            yield replace(bare, episodes=tuple(group))
            group, weight = [], 0
        group.append(id_)
        weight += told
    if group:
        yield replace(bare, episodes=tuple(group))
    for start in range(0, len(erasure.rewrites), MOST):
        yield replace(bare, rewrites=erasure.rewrites[start : start + MOST])


async def _weight(connection: Connection, erasure: Erasure) -> int:
    if erasure.everything:
        areas = await connection.read("erase", lambda tx: areas_of(tx, erasure.spaces))
        return sum(area.facts + area.episodes for area in areas)
    told = await _told(connection, erasure)
    return len(erasure.facts) + len(erasure.rewrites) + sum(told.values())


async def _told(connection: Connection, erasure: Erasure) -> dict[str, int]:
    """Episodes with the number of nodes that may go with each."""
    rows = in_spaces(erasure.spaces, erasure.episodes)
    weights: Counter[str] = Counter()
    for row in await connection.read("erase", lambda tx: tx.run("read/told_in", rows=rows)) if rows else ():
        weights[row["id"]] += 1 + row["facts"]
    return weights


async def _pages(connection: Connection, query: str, space: str) -> AsyncGenerator[tuple[str, ...]]:
    after = 0
    while rows := await connection.read(
        "erase", lambda tx, after=after: tx.run(query, space=space, after=after, limit=MOST)
    ):
        yield tuple(row["id"] for row in rows)
        after = rows[-1]["number"]


# ------------------------------------------------------------------------------------------------------ choosing


@dataclass(slots=True)
class _Chosen:
    """What is to go from one space, found by reading."""

    space: str
    facts: Mapping[str, Row]
    episodes: Mapping[str, Row]
    rewritten: Mapping[str, Row]
    touched: set[str]
    """Entities that lose a fact or an episode."""
    erased: set[str]
    """Entities that go: those named, and those that nothing is said about any more."""
    entities: int

    def counts(self) -> Counter[str]:
        """How much of each kind."""
        return Counter(
            episodes=len(self.episodes),
            facts=len(self.facts),
            versions=sum(row["versions"] for row in self.facts.values()),
            entities=self.entities,
            vectors=len(self.episodes) + len(self.facts),
            rewritten=len(self.rewritten),
        )


async def _chosen(tx: Transaction, erasure: Erasure, area: Area) -> _Chosen:
    space = area.space
    if erasure.everything:
        every = {"space": space, "after": 0, "limit": 1 + area.next}
        episodes = [row["id"] for row in await tx.run("read/ids_of_episodes", **every)]
        facts = [row["id"] for row in await tx.run("read/ids_of_facts", **every)]
    else:
        episodes = list(dict.fromkeys(erasure.episodes))
        left = await tx.run("read/facts_left_without", space=space, ids=episodes, far=FAR_FUTURE) if episodes else ()
        facts = list(dict.fromkeys([*erasure.facts, *(row["id"] for row in left)]))
    rewrites = [new.episode.id for new in erasure.rewrites if new.episode.space == space]
    chosen = _Chosen(
        space,
        facts=await _rows(tx, "read/erased_facts", space, facts),
        episodes=await _rows(tx, "read/erased_episodes", space, episodes),
        rewritten=await _rows(tx, "read/erased_episodes", space, rewrites),
        touched=set(),
        erased=set(),
        entities=0,
    )
    if missing := [id_ for id_ in rewrites if id_ not in chosen.rewritten]:
        raise NotFound(f"the episode {missing[0]} is to be rewritten and is not there")
    if erasure.everything:
        [row] = await tx.run("read/counts", spaces=[space])
        chosen.entities = row["entities"]
        return chosen
    named = await _rows(tx, "read/entities_there", space, erasure.entities, "key")
    chosen.touched = await _touched(tx, chosen, area) - named.keys()
    orphans = ()
    if chosen.touched:
        orphans = await tx.run(
            "read/entities_left_without", space=space, keys=sorted(chosen.touched), facts=list(chosen.facts)
        )
    chosen.erased = {*named, *(row["key"] for row in orphans)}
    chosen.entities = len(chosen.erased)
    return chosen


async def _rows(tx: Transaction, query: str, space: str, ids: Iterable[str], name: str = "id") -> dict[str, Row]:
    rows = rows_of(((space, id_) for id_ in ids), "space", name)
    return {row[name]: row for row in await tx.run(query, rows=rows)} if rows else {}


async def _touched(tx: Transaction, chosen: _Chosen, area: Area) -> set[str]:
    touched: set[str] = set()
    for query, ids in (("read/entities_of_facts", chosen.facts), ("read/entities_of_episodes", chosen.episodes)):
        if ids:
            rows = rows_of((chosen.space, id_) for id_ in ids)
            touched.update(row["key"] for row in await tx.run(query, rows=rows))
    if chosen.episodes and area.self is not None:  # who spoke may have no facts at all
        touched.add(area.self)
    return touched


# ------------------------------------------------------------------------------------------------------- erasing


class Eraser:
    """One erasure within one transaction."""

    def __init__(self, tx: Transaction, erasure: Erasure, writing: Writing, over_at: datetime | None = None) -> None:
        self._tx = tx
        self._erasure = erasure
        self._writing = writing
        self._over_at = over_at

    async def erase(self, clock: Clock, before: Erased | None) -> Erased:
        """Erase, and with the last part, which is told what went `before`, write that down in the journal."""
        erased = Erased()
        spaces = {area.space for area in await areas_of(self._tx, self._erasure.spaces)}
        spaces |= {space for space, _ in self._erasure.digests}
        if not spaces:
            return erased
        writer = self._writing(self._tx, spaces)
        await writer.enter()
        at = writer.time(clock)
        spaces = {space for space in spaces if self._may_erase(writer.area(space))}
        changes: list[Change] = []
        for number, space in enumerate(dict.fromkeys(self._erasure.spaces)):
            if space not in spaces:
                continue
            traces = Traces(space)
            merges = await writer.part_all(space)
            chosen = await self._erase_from(writer, writer.area(space), traces)
            counts = chosen.counts()
            if not self._erasure.everything:
                await self._merge_again(writer, space, merges, chosen.erased)
            erased.counts[space] = counts
            erased.traces.append(traces)
            if before is not None and (counts + before.counts.get(space, Counter())).total():
                kind: ChangeKind = "erased" if self._over_at is None else "expired"
                changes.append(stamped(Change(space=space, kind=kind), at, number))
        await writer.reject(self._erasure.digests)
        await writer.add_changes(changes)
        if self._over_at is not None and before is not None:
            for space in spaces:
                await self._settle(writer.area(space))
        await writer.leave(at)
        return erased

    @staticmethod
    async def _merge_again(writer: Writer, space: str, merges: Sequence[tuple[str, str]], gone: set[str]) -> None:
        """Make one again what is still there; who was merged into an entity that went is now merged into its own.

        The server is not asked what is there: to look up a key fails where it was set, and its node deleted, earlier in
        the same transaction.
        """
        into = dict(merges)
        for key, other in merges:
            while other in into and other in gone:
                other = into[other]
            if gone.isdisjoint((key, other)):
                await writer.merge(space, key, other)

    def _may_erase(self, area: Area) -> bool:
        """Whether a space that seemed to be over still is: somebody may have swept it meanwhile, and begun anew."""
        if self._over_at is None or not self._erasure.everything:
            return True
        return area.expires_at is not None and area.expires_at <= self._over_at

    async def _settle(self, area: Area) -> None:
        """Say when the next of a space is over; begin it anew where all of it was."""
        if self._erasure.everything:
            await self._tx.run("write/erase_changes", space=area.space)
            area.expires_at = None
        [row] = await self._tx.run("read/next_due", space=area.space, far=FAR_FUTURE)
        area.due_at = None if row["due_at"] is None else native(row["due_at"])

    async def _erase_from(self, writer: Writer, area: Area, traces: Traces) -> _Chosen:
        chosen = await _chosen(self._tx, self._erasure, area)
        traces.ids = {"fact": set(chosen.facts), "episode": set(chosen.episodes)}
        traces.entities = chosen.erased
        await self._erase_facts(area, chosen, traces)
        await self._erase_episodes(area, chosen, traces)
        if chosen.facts or chosen.episodes:
            await self._tx.run(
                "write/erase_reasons", space=area.space, facts=list(chosen.facts), episodes=list(chosen.episodes)
            )
        await self._forget_names(area, chosen)
        await self._rewrite(writer, area, chosen, traces)
        if self._erasure.everything:
            for query in ("write/erase_names", "write/erase_tombstones", "write/erase_every_reason"):
                await self._tx.run(query, space=area.space)
            area.self, area.speakers = None, {}
        return chosen

    async def _erase_facts(self, area: Area, chosen: _Chosen, traces: Traces) -> None:
        if chosen.facts:
            rows = rows_of((area.space, id_) for id_ in chosen.facts)
            await self._note(area, "fact", chosen.facts, traces)
            await self._tx.run("write/erase_triples", rows=rows)
            await self._tx.run("write/erase_facts", rows=rows)
            area.facts -= len(chosen.facts)

    async def _erase_episodes(self, area: Area, chosen: _Chosen, traces: Traces) -> None:
        if not chosen.episodes:
            return
        await self._note(area, "episode", chosen.episodes, traces)
        await self._tx.run("write/erase_episodes", rows=rows_of((area.space, id_) for id_ in chosen.episodes))
        area.episodes -= len(chosen.episodes)
        area.episode_stems -= _stems(chosen.episodes.values())
        speakers = {row["speaker"] for row in chosen.episodes.values()} - {None}
        if speakers:
            heard = await self._tx.run("read/speakers_heard", space=area.space, speakers=sorted(speakers))
            for name in speakers - {row["speaker"] for row in heard}:
                area.speakers.pop(name, None)

    async def _note(self, area: Area, kind: Kind, rows: Mapping[str, Row], traces: Traces) -> None:
        for row in rows.values():
            traces.words[kind].update(row["stems"].split())
        some = rows_of((area.space, id_) for id_ in list(rows)[:SAMPLE])
        traces.vectors[kind] = [row["vector"] for row in await self._tx.run(f"read/vectors_of_{kind}s", rows=some)]

    async def _forget_names(self, area: Area, chosen: _Chosen) -> None:
        """Erase entities, and their names where facts that stay speak of them; count the episodes of the others."""
        if chosen.erased:
            rows = rows_of(((area.space, key) for key in chosen.erased), "space", "key")
            await self._tx.run("write/forget_names", rows=rows)
            await self._tx.run("write/forget_merges", rows=rows)
            await self._tx.run("write/erase_entities", rows=rows)
            if area.self in chosen.erased:
                area.self = None
        if kept := chosen.touched - chosen.erased:
            rows = rows_of(((area.space, key) for key in sorted(kept)), "space", "key")
            await self._tx.run("write/count_degrees", rows=rows, far=FAR_FUTURE)

    async def _rewrite(self, writer: Writer, area: Area, chosen: _Chosen, traces: Traces) -> None:
        """Put other texts in the place of episodes'; what they were known by and where they stand stay."""
        rewrites = [new for new in self._erasure.rewrites if new.episode.space == area.space]
        rows: list[Mapping[str, object]] = []
        for new in rewrites:
            before = chosen.rewritten[new.episode.id]
            gone = set(unpacked(before["stems"])) - set(new.index.stems)
            traces.rewritten[new.episode.id] = set(packed(gone).split())
            area.episode_stems += len(new.index.stems) - _stems([before])
            rows.append(
                {
                    "space": area.space,
                    "id": new.episode.id,
                    "values": _rewritten_values(new),
                    "metadata": before["metadata"],
                    "vector": writer.vector(new.index),
                }
            )
        if rows:
            await self._tx.run("write/rewrite_episodes", rows=rows)


def _rewritten_values(new: Rewrite) -> Mapping[str, object]:
    stems: Sequence[str] = new.index.stems
    values = episode_values(new.episode, identity=None, number=0, token="", stems=stems, recorded_at=FAR_PAST)
    return {name: values[name] for name in ("name", "text", "speaker", "title", "metadata", "stems")}


def _stems(rows: Iterable[Row]) -> int:
    return sum(len(row["stems"].split()) for row in rows)
