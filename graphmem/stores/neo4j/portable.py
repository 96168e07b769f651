"""Whole spaces as records, and back: read page by page, written page by page with statements for many records each."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graphmem.errors import Conflict, InvalidInput
from graphmem.models import Change, Entity, Episode, Evidence, Fact
from graphmem.moment import FAR_FUTURE, FAR_PAST, Clock, Version
from graphmem.protocols import Index, NewEpisode, NewFact
from graphmem.reconcile import rejections
from graphmem.stores import portable_records
from graphmem.stores.neo4j.area import Area, areas_of, rows_of
from graphmem.stores.neo4j.connection import Connection, Row, Transaction
from graphmem.stores.neo4j.held import TICK
from graphmem.stores.neo4j.knowing import Place, read_episodes, read_facts, rejected
from graphmem.stores.neo4j.merging import Names, merged_in, own_self, told_under
from graphmem.stores.neo4j.records import change_of, entity_of, episode_of, fact_of, native, version_values
from graphmem.stores.neo4j.writing import Writer, stamped
from graphmem.stores.portable_records import (
    AnyRecord,
    ChangeRecord,
    EntityRecord,
    EpisodeRecord,
    FactRecord,
    MergeRecord,
    Record,
    SpaceRecord,
    TombstoneRecord,
    check_same_episode,
    check_same_fact,
    elsewhere,
    erased,
    later_versions,
    without,
)
from graphmem.stores.values import Keys, links_of

PAGE = 500
"""Records read in a transaction."""


# ------------------------------------------------------------------------------------------------------- dumping


async def dump(connection: Connection, spaces: Sequence[str]) -> AsyncGenerator[Record]:
    """See `Store.dump`.

    Each page is a transaction of its own, and all of them see the spaces as of the moment when the first was read:
    what is written later is left out, and what it ends is still open. Names given to entities later are not.
    """
    for area in await connection.read("dump", lambda tx: areas_of(tx, spaces)):
        merged = (await connection.read("dump", lambda tx, space=area.space: merged_in(tx, [space])))[area.space]
        yield SpaceRecord(area.space, own_self(area, merged), area.expires_at or FAR_FUTURE).plain()
        for name, record in (
            ("read/episodes_in_order", _episode_record),
            ("read/entities_in_order", _entity_record),
            ("read/facts_in_order", _fact_record),
            ("read/changes_in_order", _change_record),
        ):
            async for row in _pages(connection, name, area):
                yield record(row, area.last_at).plain()
            if name == "read/entities_in_order":
                for key, one in merged.items():
                    yield MergeRecord(area.space, key, one.into).plain()
        rows = await connection.read("dump", lambda tx, space=area.space: tx.run("read/tombstones", space=space))
        for digest in sorted(row["digest"] for row in rows):
            yield TombstoneRecord(area.space, digest).plain()


async def _pages(connection: Connection, name: str, area: Area) -> AsyncGenerator[Row]:
    values: dict[str, object] = {"space": area.space, "before": area.next, "limit": PAGE}
    if name == "read/facts_in_order":
        values["known_at"] = area.last_at
    after, is_last = 0, False
    while not is_last:
        rows = await connection.read("dump", lambda tx, after=after: tx.run(name, after=after, **values))
        for row in rows:
            yield row
            after = row["number"]
        is_last = len(rows) < PAGE


def _episode_record(row: Row, now: datetime) -> EpisodeRecord:
    retired_at = _open_after(native(row["retired_at"]), now)
    return EpisodeRecord(episode_of(row), row["identity"] if retired_at == FAR_FUTURE else None, retired_at)


def _entity_record(row: Row, _: datetime) -> EntityRecord:
    return EntityRecord(entity_of(row), native(row["known_from"]))


def _fact_record(row: Row, now: datetime) -> FactRecord:
    stored = row["fact"]
    fact = fact_of(row)
    if stored["told_mention_keys"] is not None:
        told = Keys(stored["told_subject_key"], stored["told_object_key"], tuple(stored["told_mention_keys"]))
        fact = fact.model_copy(update=told.values())
    return FactRecord(
        fact=fact,
        digest=row["fact"]["digest"],
        versions=tuple(_version(each, now) for each in row["versions"]),
        evidence=tuple(
            (Evidence(episode_id=id_, start=start, end=stop), native(known_from))
            for id_, start, stop, known_from in row["places"]
        ),
    )


def _version(stored: Row, now: datetime) -> Version:
    sides = {name: native(moment) for name, moment in stored.items()}
    return Version(**{**sides, "known_to": _open_after(sides["known_to"], now)})


def _change_record(row: Row, _: datetime) -> ChangeRecord:
    return ChangeRecord(change_of(row["change"]))


def _open_after(end: datetime, now: datetime) -> datetime:
    return end if end <= now else FAR_FUTURE


# ----------------------------------------------------------------------------------------------------- restoring


async def restore(
    writer: Writer, tx: Transaction, records: Sequence[AnyRecord], indexes: Mapping[str, Index], clock: Clock
) -> int:
    """See `Store.restore`. About ten statements, however many records there are."""
    await writer.enter()
    names = {space: await writer.names(space) for space in dict.fromkeys(record.space for record in records)}
    restorer = _Restorer(writer, await _there(tx, records, names), indexes, names)
    for number, record in enumerate(records, 1):
        with portable_records.numbered(number):
            restorer.take(record)
    return await restorer.put(clock)


@dataclass(frozen=True, slots=True)
class _There:
    """What the spaces hold already of that which some records name; grows with the records taken."""

    episodes: dict[Place, Episode]
    told: set[Place]
    identities: set[Place]
    entities: set[Place]
    facts: dict[Place, Fact]
    last: dict[Place, tuple[int, Version]]
    rejected: set[Place]
    tombstones: set[Place]
    changes: set[Place]


async def _there(tx: Transaction, records: Sequence[AnyRecord], names: Mapping[str, Names]) -> _There:
    episodes = [record for record in records if isinstance(record, EpisodeRecord)]
    facts = [record for record in records if isinstance(record, FactRecord)]
    told = [(record.space, place.episode_id) for record in facts for place, _ in record.evidence]
    identities = [(record.space, record.identity) for record in episodes if record.identity is not None]
    entities = [(record.space, record.entity.key) for record in records if isinstance(record, EntityRecord)]
    entities += [(record.space, key) for record in facts for key in _links(record.fact)]
    called = {space: of.classes() for space, of in names.items()}
    digests = [(record.space, each) for record in facts for each in rejections(record.fact, called[record.space])]
    digests += [(space, erased(id_)) for space, id_ in (*told, *((of.space, of.episode.id) for of in episodes))]
    tombstones = [(record.space, record.digest) for record in records if isinstance(record, TombstoneRecord)]
    changes = [(record.space, record.change.id) for record in records if isinstance(record, ChangeRecord)]
    known = await read_episodes(tx, [(record.space, record.episode.id) for record in episodes])
    versions = await read_facts(tx, [(record.space, record.fact.id, 1) for record in facts])
    under = (
        await tx.run("read/told_under", rows=rows_of((space, id_) for space, id_, _ in versions)) if versions else ()
    )
    keys = {(row["space"], row["id"]): told_under(row).values() for row in under}
    last = await _last_versions(tx, [(space, id_) for space, id_, _ in versions])
    return _There(
        episodes={place: episode_of(row) for place, row in known.items()},
        told=await _found(tx, "read/episodes_there", told, "id"),
        identities=await _found(tx, "read/episodes_by_identity", identities, "identity"),
        entities=await _found(tx, "read/entities_there", entities, "key")
        | {(space, key) for space, of in names.items() for key in of.merged},
        facts={(space, id_): fact.model_copy(update=keys[space, id_]) for (space, id_, _), fact in versions.items()},
        last=last,
        rejected=await rejected(tx, digests),
        tombstones=await _found(tx, "read/rejected", tombstones, "digest"),
        changes=await _found(tx, "read/changes_there", changes, "id"),
    )


async def _last_versions(tx: Transaction, facts: Sequence[Place]) -> dict[Place, tuple[int, Version]]:
    """The last version of facts that are there, with its number."""
    if not facts:
        return {}
    rows = await tx.run("read/last_versions", rows=rows_of(facts))
    known = await read_facts(tx, [(row["space"], row["id"], row["version"]) for row in rows])
    return {
        (space, id_): (
            number,
            fact.version(fact.known_from or FAR_PAST).model_copy(update={"known_to": fact.known_to or FAR_FUTURE}),
        )
        for (space, id_, number), fact in known.items()
    }


async def _found(tx: Transaction, query: str, places: Iterable[Place], name: str) -> set[Place]:
    rows = rows_of(places, "space", name)
    return {(row["space"], row[name]) for row in await tx.run(query, rows=rows)} if rows else set()


def _links(fact: Fact) -> Iterable[str]:
    return links_of(fact.subject_key, fact.object_key, fact.mention_keys)


class _Restorer:
    """Takes records in order, against what is there and those before them, and then writes the new ones at once."""

    def __init__(self, writer: Writer, there: _There, indexes: Mapping[str, Index], names: Mapping[str, Names]) -> None:
        self._writer = writer
        self._names = names
        self._merges: list[MergeRecord] = []
        self._selves: dict[str, str] = {}
        self._there = there
        self._indexes = indexes
        self._last_at = FAR_PAST
        self._episodes: list[tuple[NewEpisode, datetime, datetime]] = []
        self._entities: list[tuple[Entity, datetime]] = []
        self._facts: list[tuple[NewFact, FactRecord]] = []
        self._later: list[tuple[Place, int, Sequence[Version]]] = []
        self._told: list[tuple[Place, Evidence, datetime]] = []
        self._changes: list[Change] = []
        self._tombstones: list[Place] = []
        self._refused: list[Change] = []
        self._new = 0

    def take(self, record: AnyRecord) -> None:
        match record:
            case SpaceRecord():
                if self._writer.area(record.space).self is None and record.self is not None:
                    self._selves[record.space] = record.self
                area = self._writer.area(record.space)
                end = max(area.expires_at or FAR_FUTURE, record.expires_at) if area.episodes else record.expires_at
                area.expires_at = end if end < FAR_FUTURE else None
            case EpisodeRecord():
                self._episode(record)
            case EntityRecord():
                place = (record.space, record.entity.key)
                if place not in self._there.entities:
                    self._there.entities.add(place)
                    self._entities.append((record.entity, record.known_from))
                    self._added(record)
            case MergeRecord():
                for key in (record.entity, record.into):
                    if (record.space, key) not in self._there.entities:
                        raise InvalidInput(f"a merge names the entity {key!r}, which is not there")
                self._merges.append(record)
            case FactRecord():
                self._fact(record)
            case ChangeRecord():
                place = (record.space, record.change.id)
                if place not in self._there.changes:
                    self._there.changes.add(place)
                    self._changes.append(record.change)
                    self._added(record)
            case TombstoneRecord():
                place = (record.space, record.digest)
                if place not in self._there.tombstones:
                    self._there.tombstones.add(place)
                    self._tombstones.append(place)

    async def put(self, clock: Clock) -> int:
        """Write what was taken and is new; return how many records that were."""
        writer = self._writer
        await writer.add_episodes(self._episodes)
        await writer.join_entities(self._entities)
        for space, key in self._selves.items():
            await self._names[space].mean_self(key)
        merged = [await self._merge(record) for record in self._merges]
        await writer.add_facts([(new, record.versions[0], record.evidence) for new, record in self._facts])
        for number in range(2, 1 + max((len(record.versions) for _, record in self._facts), default=1)):
            await writer.add_versions(
                [
                    {"space": record.space, "id": record.fact.id, "before": number - 1, "version": number}
                    | version_values(record.versions[number - 1])
                    for _, record in self._facts
                    if len(record.versions) >= number
                ]
            )
        for place, number, versions in self._later:
            await writer.go_on(place, number, versions)
        await writer.add_evidence(self._told)
        await writer.add_changes(self._changes)
        await writer.add_tombstones(self._tombstones)
        last_at = self._last_at
        if self._refused:
            last_at = max(writer.time(clock), last_at + TICK)
            await writer.add_changes([stamped(of, last_at, number) for number, of in enumerate(self._refused)])
        await writer.leave(last_at)
        return self._new + len(self._tombstones) + sum(merged)

    async def _merge(self, record: MergeRecord) -> bool:
        """What is one already, or merged into something else here, stays so."""
        names = self._names[record.space]
        is_new = record.entity not in names.merged and names.stands_for(record.into) != record.entity
        if is_new:
            await self._writer.merge(record.space, record.entity, record.into)
        return is_new

    def _episode(self, record: EpisodeRecord) -> None:
        episode = record.episode
        place = (record.space, episode.id)
        if place in self._there.episodes:
            check_same_episode(self._there.episodes[place], episode)
            return
        if (record.space, erased(episode.id)) in self._there.rejected:
            self._refused.append(portable_records.refused(record))
            return
        if record.identity is not None:
            identity = (record.space, record.identity)
            if identity in self._there.identities:
                raise Conflict(f"the episode {episode.id} is there already under another id")
            self._there.identities.add(identity)
        self._there.episodes[place] = episode
        self._there.told.add(place)
        new = NewEpisode(episode, record.identity or "", self._index(episode.id))
        self._episodes.append((new, record.recorded_at, record.retired_at))
        self._added(record)

    def _fact(self, record: FactRecord) -> None:
        fact = record.fact
        place = (record.space, fact.id)
        if place in self._there.facts:
            check_same_fact(self._there.facts[place], fact)
            self._go_on(record)
            return
        called = self._names[record.space].classes()
        said = self._without_erased(record)
        if said is None or not self._there.rejected.isdisjoint((record.space, of) for of in rejections(fact, called)):
            self._refused.append(portable_records.refused(record))
            return
        for key in _links(fact):
            if (record.space, key) not in self._there.entities:
                raise InvalidInput(f"a fact names the entity {key!r}, which is not there")
        for told, _ in said.evidence:
            if (record.space, told.episode_id) not in self._there.told:
                raise InvalidInput(f"a fact names the episode {told.episode_id}, which is not in its space")
        self._there.facts[place] = fact.model_copy(update={"evidence": [told for told, _ in said.evidence]})
        self._facts.append((NewFact(fact, record.digest, self._index(fact.id)), said))
        self._added(record)

    def _go_on(self, record: FactRecord) -> None:
        """Bring what is new of a known fact: where else it was read, and ends that go on from what is known here."""
        place = (record.space, record.fact.id)
        digests = rejections(record.fact, self._names[record.space].classes())
        if not self._there.rejected.isdisjoint((record.space, digest) for digest in digests):
            return
        number, last = self._there.last.get(place, (len(record.versions) + 1, record.versions[-1]))
        later = later_versions(record, last, number)
        said = self._without_erased(record)
        told = [] if said is None else elsewhere(said, self._there.facts[place])
        if later:
            self._later.append((place, number, later))
        self._told += [(place, each, known_from) for each, known_from in told]
        if later or told:
            self._added(record)

    def _without_erased(self, record: FactRecord) -> FactRecord | None:
        told = {place.episode_id for place, _ in record.evidence}
        return without(record, {id_ for id_ in told if (record.space, erased(id_)) in self._there.rejected})

    def _index(self, id_: str) -> Index:
        index = self._indexes[id_]
        self._writer.vector(index)  # refuses what cannot be stored, while it is known whose it is
        return index

    def _added(self, record: AnyRecord) -> None:
        self._new += 1
        self._last_at = max(self._last_at, portable_records.latest(record))
