"""Writing a draft: everything of it within one transaction, statement by statement."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from graphmem.errors import Conflict, InvalidInput
from graphmem.models import Change, Entity, Evidence, Fact, State
from graphmem.moment import FAR_FUTURE, FAR_PAST, Clock, Version, to_micros, utc
from graphmem.protocols import Belief, Closing, Draft, Index, NewEpisode, NewFact, Slot
from graphmem.stores.measures import unit
from graphmem.stores.neo4j.area import rows_of, token_of
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.held import Held
from graphmem.stores.neo4j.knowing import Place, entities_named, open_facts, rejected, salts_of, sealed
from graphmem.stores.neo4j.merging import kept, keys_of, told_under
from graphmem.stores.neo4j.records import (
    change_values,
    entity_values,
    episode_values,
    fact_values,
    in_a_line,
    native,
    version_values,
)
from graphmem.stores.tombstones import new_salt
from graphmem.stores.tombstones import sealed as sealed_by
from graphmem.stores.values import links_of

ReadIn = tuple[Evidence, datetime]
"""Where a fact was read, and since when that is known."""

Touch = tuple[str, str, str]
"""A space, an entity's key, and an episode that touches it."""


class Writer(Held):
    """What one transaction adds to the spaces it may touch."""

    def __init__(self, tx: Transaction, spaces: Iterable[str], *, embedder: str, dimensions: int) -> None:
        super().__init__(tx, spaces, embedder=embedder)
        self._dimensions = dimensions
        self._new_episodes: set[Place] = set()
        self._touched: set[Touch] = set()

    async def write(self, draft: Draft, clock: Clock) -> list[Change]:
        """See `Store.write`."""
        await self.enter()
        at = self.time(clock)
        await self._check(draft.assumes)
        if await rejected(self._tx, draft.unrejected):
            raise Conflict("a statement was rejected meanwhile: read again and decide anew")
        await self._close(draft.closings, at)
        await self._believe(draft.beliefs, at)
        await self._retire(draft.retires, at)
        await self._read(draft.read)
        await self._check_unknown(draft.episodes)
        await self.add_episodes([(new, at, FAR_FUTURE) for new in draft.episodes])
        await self.join_entities([(entity, at) for entity in draft.entities])
        for space, key, into in draft.unmerges:
            await self.unmerge(space, key, into)
        for space, key, into in draft.merges:
            await self.merge(space, key, into)
        await self.add_facts(
            [(new, new.fact.version(at), [(place, at) for place in new.fact.evidence]) for new in draft.facts]
        )
        await self.add_evidence([((space, id_), place, at) for space, id_, place in draft.supports])
        await self._mention(draft.mentions)
        await self._name_selves(draft.selves)
        await self._readmit(draft.readmits)
        await self.reject(draft.rejects)
        await self._prolong(draft.expires)
        changes = [stamped(change, at, number) for number, change in enumerate(draft.changes)]
        await self.add_changes(changes)
        await self.leave(at)
        return changes

    async def _prolong(self, expires: Mapping[str, datetime]) -> None:
        """Say when spaces are over: of those entered with `leave`, of others at once."""
        for space in expires.keys() & self._areas.keys():
            self._areas[space].expires_at = utc(expires[space])
        rows = [
            {"space": space, "expires_at": utc(moment)}
            for space, moment in sorted(expires.items())
            if space not in self._areas
        ]
        if rows:
            await self._tx.run("write/prolong", rows=rows)

    # checks

    async def _check(self, assumes: Mapping[Slot, frozenset[str]]) -> None:
        for slot in assumes:
            self.area(slot.space)
        for slot, versions in (await open_facts(self._tx, assumes)).items():
            if assumes[slot] != frozenset(id_ for _, id_, _ in versions):
                named = f"{slot.subject or '?'} {slot.predicate} {slot.object or '?'}"
                raise Conflict(f"what is known about {named} changed meanwhile: read again and decide anew")

    def vector(self, index: Index) -> list[float] | None:
        """A vector as the server takes it; None for the zero vector, which has no direction to compare.

        Raises:
            InvalidInput: It is not of unit length, or of another dimension.
        """
        vector = unit(index.vector, self._dimensions)
        return vector.tolist() if vector.any() else None

    # episodes

    async def add_episodes(self, new: Sequence[tuple[NewEpisode, datetime, datetime]]) -> None:
        """Add episodes with when each was recorded and retired."""
        if not new:
            return
        rows: list[Mapping[str, object]] = []
        for each, recorded_at, retired_at in new:
            episode = each.episode
            area = self.area(episode.space)
            values = episode_values(
                episode,
                identity=each.identity if retired_at == FAR_FUTURE else None,
                number=area.new_number(),
                token=token_of(episode.space, "episode"),
                stems=each.index.stems,
                recorded_at=recorded_at,
                retired_at=retired_at,
            )
            rows.append({"values": values, "vector": self.vector(each.index)})
            area.episodes += 1
            area.episode_stems += len(each.index.stems)
            if episode.expires_at is not None:
                area.due_at = min(episode.expires_at, area.due_at or FAR_FUTURE)
            if episode.speaker is not None:
                area.speakers[episode.speaker] = min(recorded_at, area.speakers.get(episode.speaker, recorded_at))
            if retired_at == FAR_FUTURE:
                self._new_episodes.add((episode.space, episode.id))
        await self._tx.run("write/put_episodes", rows=rows)

    async def _check_unknown(self, new: Sequence[NewEpisode]) -> None:
        if not new:
            return
        known = await self._tx.run(
            "read/episodes_by_identity",
            rows=rows_of(((each.episode.space, each.identity) for each in new), "space", "identity"),
        )
        if known:
            raise Conflict(f"the episode {known[0]['identity']} is there already: read again")

    async def _retire(self, retires: Sequence[Place], at: datetime) -> None:
        if not retires:
            return
        rows = rows_of(retires)
        retired = await self._tx.run("write/retire_episodes", rows=rows, at=at, far=FAR_FUTURE)
        self._check_all(retires, retired, "the episode {} was replaced or erased meanwhile: read again")
        touched = await self._tx.run("read/entities_of_episodes", rows=rows)
        if touched:
            await self._tx.run("write/count_degrees", rows=touched, far=FAR_FUTURE)

    async def _read(self, read: Sequence[tuple[str, str, State]]) -> None:
        if read:
            rows = [{"space": self.area(space).space, "id": id_, "state": state} for space, id_, state in read]
            told = await self._tx.run("write/read_episodes", rows=rows, far=FAR_FUTURE)
            asked = [(space, id_) for space, id_, _ in read]
            self._check_all(asked, told, "the episode {} was read, replaced or erased meanwhile: read again")

    def _check_all(self, asked: Iterable[Place], found: Iterable[Row], message: str) -> None:
        missing = set(asked) - {(row["space"], row["id"]) for row in found}
        if missing:
            raise Conflict(message.format(min(missing)[1]))

    # entities

    async def join_entities(self, entities: Sequence[tuple[Entity, datetime]]) -> None:
        """Add entities with when each was known, or join their aliases with those known; their names and types are
        those said last.

        Raises:
            Conflict: One was merged into another meanwhile.
        """
        for entity, _ in entities:
            if entity.key in (await self.names(entity.space)).merged:
                raise Conflict(f"the entity {entity.key!r} was merged into another meanwhile: read again")
        if entities:
            rows = [
                {
                    "space": entity.space,
                    "key": in_a_line(entity.key),
                    "number": self.area(entity.space).new_number(),
                    "known_from": known_from,
                    "values": entity_values(entity),
                    "aliases": sorted(entity.aliases),
                }
                for entity, known_from in entities
            ]
            await self._tx.run("write/put_entities", rows=rows)

    async def _name_selves(self, selves: Mapping[str, str]) -> None:
        if selves:
            named = await entities_named(self._tx, selves.items())
            for space, key in selves.items():
                entity, names = named.get((space, key)), await self.names(space)
                if entity is None or entity.key != names.stands_for(key):
                    raise _nobody(key)
                await names.mean_self(key)

    async def _touch(self, touches: Iterable[Touch]) -> None:
        """Raise the degrees of entities by episodes that did not touch them yet. Comes before the links."""
        fresh = sorted(set(touches) - self._touched)
        self._touched.update(fresh)
        new = Counter((space, key) for space, key, episode in fresh if (space, episode) in self._new_episodes)
        if new:
            rows = [{"space": space, "key": key, "more": more} for (space, key), more in new.items()]
            await self._tx.run("write/raise_degrees", rows=rows)
        old = [touch for touch in fresh if (touch[0], touch[2]) not in self._new_episodes]
        if old:
            rows = [{"space": space, "key": key, "episode": episode} for space, key, episode in old]
            await self._tx.run("write/touch", rows=rows, far=FAR_FUTURE)

    # facts

    async def add_facts(self, new: Sequence[tuple[NewFact, Version, Sequence[ReadIn]]]) -> None:
        """Add facts with the first version of each and where it was read."""
        if not new:
            return
        rows: list[Mapping[str, object]] = []
        touches: set[Touch] = set()
        led = {each.fact.id: (await self.names(each.fact.space)).as_merged(each.fact) for each, _, _ in new}
        for each, version, evidence in new:
            fact = led[each.fact.id]
            links = links_of(fact.subject_key, fact.object_key, fact.mention_keys)
            rows.append(self._fact_row(each, fact, links, version, evidence))
            touches.update((fact.space, key, place.episode_id) for key in links for place, _ in evidence)
        await self._touch(touches)
        linked = {(row["space"], row["id"]): row for row in await self._tx.run("write/put_facts", rows=rows)}
        for each, _, evidence in new:
            _check_linked(led[each.fact.id], evidence, linked[each.fact.space, each.fact.id])

    def _fact_row(
        self, new: NewFact, fact: Fact, links: Mapping[str, bool], version: Version, evidence: Sequence[ReadIn]
    ) -> Mapping[str, object]:
        """A row of `write/put_facts`: a new fact, with the keys that its names stand for."""
        area = self.area(fact.space)
        area.facts += 1
        has_triple = fact.subject_key and fact.predicate and fact.object_key and not fact.is_negated
        return {
            "values": {
                **kept(keys_of(new.fact), keys_of(fact)),
                **fact_values(
                    fact,
                    digest=new.digest,
                    number=area.new_number(),
                    token=token_of(fact.space, "fact"),
                    stems=new.index.stems,
                    version=version,
                ),
            },
            "vector": self.vector(new.index),
            "about": fact.subject_key,
            "mentions": [key for key, is_about in links.items() if not is_about],
            "object": fact.object_key if has_triple else None,
            "places": _places(evidence),
        }

    async def add_evidence(self, told: Sequence[tuple[Place, Evidence, datetime]]) -> None:
        """Say where facts were read too, and since when that is known."""
        if not told:
            return
        rows = [
            {"space": space, "id": id_, **_places([(place, known_from)])[0]} for (space, id_), place, known_from in told
        ]
        links = {(row["space"], row["id"]): row for row in await self._links([fact for fact, _, _ in told])}
        await self._touch(
            (space, key, place.episode_id) for (space, id_), place, _ in told for key in links[space, id_]["keys"]
        )
        found = {
            (row["space"], row["id"], row["episode"]) for row in await self._tx.run("write/support_facts", rows=rows)
        }
        for fact, place, _ in told:
            if (*fact, place.episode_id) not in found:
                raise InvalidInput(f"a fact names the episode {place.episode_id}, which is not in its space")

    async def _links(self, facts: Sequence[Place]) -> list[Row]:
        """What facts lead to, and which known episodes tell them."""
        for space, _ in facts:
            self.area(space)
        rows = await self._tx.run("read/links", rows=rows_of(facts), far=FAR_FUTURE)
        self._check_all(facts, rows, "the fact {} is not there (any more): read again")
        return rows

    async def _close(self, closings: Sequence[Closing], at: datetime) -> None:
        if not closings:
            return
        asked = [(self.area(closing.space).space, closing.fact_id) for closing in closings]
        closed = await self._tx.run("write/close_facts", rows=rows_of(asked), at=at, far=FAR_FUTURE)
        self._check_all(asked, closed, "the fact {} was closed or erased meanwhile: read again and decide anew")
        before = {(row["space"], row["id"]): row for row in closed}
        rows: list[Mapping[str, object]] = []
        for closing in closings:
            old = before[closing.space, closing.fact_id]
            valid_from = native(old["valid_from"])
            if closing.valid_to is not None and utc(closing.valid_to) > valid_from:
                rows.append(
                    {
                        "space": closing.space,
                        "id": closing.fact_id,
                        "before": old["version"],
                        "version": old["version"] + 1,
                        "valid_from": valid_from,
                        "valid_to": utc(closing.valid_to),
                        "known_from": at,
                        "known_to": FAR_FUTURE,
                    }
                )
        await self.add_versions(rows)

    async def _believe(self, beliefs: Sequence[Belief], at: datetime) -> None:
        if not beliefs:
            return
        asked = [(self.area(belief.before.space).space, belief.before.id) for belief in beliefs]
        told = await self._tx.run("read/last_versions", rows=rows_of(asked))
        last = {(row["space"], row["id"]): row for row in told}
        self._check_all(asked, told, "the fact {} is not there (any more): read again")
        for belief in beliefs:
            before, row = belief.before, last[belief.before.space, belief.before.id]
            if (native(row["known_from"]), native(row["known_to"])) != (before.known_from, _end(before.known_to)):
                raise Conflict(f"the fact {before.id} changed meanwhile: read again and decide anew")
        open_ = [place for place, belief in zip(asked, beliefs, strict=True) if belief.before.known_to is None]
        if open_:
            await self._tx.run("write/close_facts", rows=rows_of(open_), at=at, far=FAR_FUTURE)
        await self.add_versions(
            [
                {
                    "space": belief.before.space,
                    "id": belief.before.id,
                    "before": (number := last[belief.before.space, belief.before.id]["version"]),
                    "version": number + 1,
                    "valid_from": belief.valid_from or FAR_PAST,
                    "valid_to": _end(belief.valid_to),
                    "known_from": at,
                    "known_to": FAR_FUTURE,
                }
                for belief in beliefs
            ]
        )

    async def go_on(self, place: Place, number: int, versions: Sequence[Version]) -> None:
        """Close the last version of a fact, the `number`th, as the first of these has it, and let the others follow."""
        last, *following = versions
        await self._tx.run("write/close_facts", rows=rows_of([place]), at=last.known_to, far=FAR_FUTURE)
        for before, version in enumerate(following, number):
            row = {"space": place[0], "id": place[1], "before": before, "version": before + 1}
            await self.add_versions([row | version_values(version)])

    async def add_versions(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Add versions that follow others, by rows of `write/put_versions`."""
        if rows:
            await self._tx.run("write/put_versions", rows=rows)

    async def _mention(self, mentions: Sequence[tuple[str, str, str]]) -> None:
        if not mentions:
            return
        facts = [name[:2] for name in mentions]
        links = {(row["space"], row["id"]): row for row in await self._links(facts)}
        told = await self._tx.run("read/told_under", rows=rows_of(facts))
        named_by = {(row["space"], row["id"]): told_under(row) for row in told}
        fresh = [each for each in dict.fromkeys(mentions) if each[2] not in named_by[each[:2]].every]
        if not fresh:
            return
        named = await entities_named(self._tx, ((space, key) for space, _, key in fresh))
        rows: list[Mapping[str, object]] = []
        touches: list[Touch] = []
        for space, id_, key in fresh:
            names = await self.names(space)
            one = names.stands_for(key)
            if (space, key) not in named or named[space, key].key != one:
                raise _nobody(key)
            touches += [(space, one, episode) for episode in links[space, id_]["episodes"]]
            name = names.merged[key].entity.name if key in names.merged else None
            rows.append({"space": space, "id": id_, "key": one, "told": key, "name": name})
        await self._touch(touches)
        await self._tx.run("write/mention", rows=rows)

    # journal

    async def reject(self, digests: Sequence[Place]) -> None:
        """Keep tombstones of statements that must not be learned again."""
        if not digests:
            return
        salts = await salts_of(self._tx, {self.area(space).space: None for space, _ in digests})
        own = {space: next(iter(found), None) or new_salt() for space, found in salts.items()}
        await self.add_tombstones([(space, sealed_by(digest, own[space])) for space, digest in digests])

    async def add_tombstones(self, tombstones: Sequence[Place]) -> None:
        """Keep tombstones as a dump holds them."""
        if tombstones:
            await self._tx.run("write/put_tombstones", rows=rows_of(tombstones, "space", "digest"))

    async def _readmit(self, digests: Sequence[Place]) -> None:
        tombstones = await sealed(self._tx, [(self.area(space).space, digest) for space, digest in digests])
        if tombstones:
            await self._tx.run("write/drop_tombstones", rows=rows_of(tombstones, "space", "digest"))

    async def add_changes(self, changes: Sequence[Change]) -> None:
        """Append changes that have their id and time to the journal, and link what replaced what."""
        rows = [
            change_values(change, id_=change.id, number=self.area(change.space).new_number(), at=change.at)
            for change in changes
            if change.at is not None
        ]
        if rows:
            await self._tx.run("write/put_changes", rows=rows)
        replaced = [
            {"space": change.space, "before": change.before, "after": change.after}
            for change in changes
            if change.fact_id and change.before and change.after and change.before != change.after
        ]
        if replaced:
            await self._tx.run("write/supersede", rows=replaced)


def stamped(change: Change, at: datetime, number: int) -> Change:
    """A change with its time, and an id that follows from space, time and place in the write."""
    place = f"{change.space}\n{to_micros(at)}\n{number}"
    id_ = hashlib.blake2b(place.encode(), digest_size=8).hexdigest()
    return change.model_copy(update={"id": id_, "at": at})


def _end(moment: datetime | None) -> datetime:
    return FAR_FUTURE if moment is None else utc(moment)


def _places(evidence: Sequence[ReadIn]) -> list[Mapping[str, object]]:
    first: dict[Evidence, datetime] = {}
    for place, known_from in evidence:
        first.setdefault(place, known_from)
    return [
        {"episode": place.episode_id, "start": place.start, "stop": place.end, "known_from": known_from}
        for place, known_from in first.items()
    ]


def _check_linked(fact: Fact, evidence: Sequence[ReadIn], row: Row) -> None:
    """Raise where a fact names an entity or an episode that is not there."""
    links = links_of(fact.subject_key, fact.object_key, fact.mention_keys)
    found = {*row["mentioned"], *([fact.subject_key] if row["about"] else [])}
    if missing := [key for key in links if key not in found]:
        raise _nobody(missing[0])
    if missing := [place.episode_id for place, _ in evidence if place.episode_id not in row["told"]]:
        raise InvalidInput(f"a fact names the episode {missing[0]}, which is not in its space")


def _nobody(key: str) -> Conflict:
    return Conflict(f"a fact names the entity {key!r}, which is not there (any more): read again")
