"""Writing a draft: everything of it within one transaction."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from graphmem.errors import Conflict, InvalidInput, ScopeMissing
from graphmem.models import Change, Entity, Evidence, State
from graphmem.moment import FAR_PAST, Clock, Version, from_micros, to_micros, utc
from graphmem.protocols import Belief, Closing, Draft, NewEpisode, NewFact, Slot, Vector
from graphmem.scope import checked
from graphmem.stores.embedded import searching_statements
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area, find, find_or_make
from graphmem.stores.embedded.areas import Areas
from graphmem.stores.embedded.knowing import open_ids
from graphmem.stores.embedded.merging import Names, told_under
from graphmem.stores.embedded.rejecting import readmit, reject, rejected
from graphmem.stores.embedded.rows import (
    change_values,
    episode_values,
    fact_values,
    version_values,
)
from graphmem.stores.embedded.statements import Kind
from graphmem.stores.embedded.vectors import Vectors
from graphmem.stores.tokens import packed
from graphmem.stores.values import Keys, by_space, links_of, to_json


class Writer:
    """What one transaction adds to the areas it may touch. `finish` writes what is collected meanwhile."""

    def __init__(self, db: sqlite3.Connection, spaces: Iterable[str], vectors: Vectors) -> None:
        self._db = db
        self._vectors = vectors
        self._spaces = frozenset(checked(spaces))
        self._areas: dict[str, Area] = {}
        self._new_vectors: dict[tuple[str, Kind], list[tuple[int, Vector]]] = {}
        self._new_episodes: dict[tuple[str, str], int] = {}
        self._touched: set[tuple[str, int, int]] = set()
        self._edits: dict[str, int] = {}
        self._names: dict[str, Names] = {}

    def write(self, draft: Draft, clock: Clock) -> list[Change]:
        """See `Store.write`."""
        self._check(draft)
        at = self.time(clock)
        for closing in draft.closings:
            self._close(closing, at)
        for belief in draft.beliefs:
            self._believe(belief, at)
        for space, uid in draft.retires:
            self._retire(space, uid, at)
        for space, uid, state in draft.read:
            self._read(space, uid, state)
        for new in draft.episodes:
            self._add_episode(new, at)
        for entity in draft.entities:
            self.join_entity(entity, at)
        for space, key, into in draft.unmerges:
            self.unmerge(self.area(space), key, into)
        for space, key, into in draft.merges:
            self.merge(self.area(space), key, into)
        for new in draft.facts:
            self._add_new_fact(new, at)
        for space, uid, evidence in draft.supports:
            area, fact = self._fact(space, uid)
            self.add_evidence(area, fact, [evidence], at)
            self._edit_fact(area, fact)
        for space, uid, key in draft.mentions:
            self._mention(space, uid, key)
        for space, key in draft.selves.items():
            area = self.area(space)
            self.entity(area, key)
            self.names(area).mean_self(key)
        for space, digests in by_space(draft.readmits).items():
            readmit(self._db, self.area(space), digests)
        for space, digests in by_space(draft.rejects).items():
            reject(self._db, self.area(space), digests)
        for space, moment in draft.expires.items():
            if (area := self.known_area(space)) is not None:
                area.expires_at = _micros(moment)
        changes = [self.add_change(change, at, number) for number, change in enumerate(draft.changes)]
        self.finish(at)
        return changes

    def time(self, clock: Clock) -> int:
        """When this write is: now, but later than anything in its areas."""
        areas = [area for space in self._spaces if (area := self.known_area(space)) is not None]
        return max([to_micros(utc(clock())), *(area.last_at + 1 for area in areas)])

    # areas

    def names(self, area: Area) -> Names:
        """What the names of an area stand for."""
        if area.space not in self._names:
            self._names[area.space] = Names(self._db, area, lambda: self._edited(area))
        return self._names[area.space]

    def known_area(self, space: str) -> Area | None:
        """The area of a space of this transaction, if it has one."""
        if space not in self._spaces:
            raise ScopeMissing(f"{space} is not among the spaces of this call")
        if space not in self._areas and (area := find(self._db, space)) is not None:
            self._areas[space] = area
        return self._areas.get(space)

    def area(self, space: str) -> Area:
        """The area of a space of this transaction, made where it is missing."""
        if self.known_area(space) is None:
            self._areas[space] = find_or_make(self._db, space)
        return self._areas[space]

    def _edited(self, area: Area) -> int:
        """The number that says of older rows that this transaction edits them."""
        if area.space not in self._edits:
            self._edits[area.space] = area.new_id()
        return self._edits[area.space]

    def finish(self, at: int) -> None:
        """Write vectors, degrees and counters."""
        for (space, kind), new in self._new_vectors.items():
            self._vectors.append(self._db, self._areas[space], kind, new)
        for area in self._areas.values():
            area.last_at = max(area.last_at, at)
            area.save(self._db)

    # checks

    def _check(self, draft: Draft) -> None:
        areas = Areas(self._db)
        for slot, assumed in draft.assumes.items():
            self.known_area(slot.space)  # which refuses what this call may not touch
            if assumed != open_ids(self._db, areas, slot):
                raise Conflict(f"what is known about {_named(slot)} changed meanwhile: read again and decide anew")
        for space, digests in by_space(draft.unrejected).items():
            if rejected(self._db, self.known_area(space), digests):
                raise Conflict("a statement was rejected meanwhile: read again and decide anew")

    # episodes

    def _add_episode(self, new: NewEpisode, at: int) -> None:
        area = self.area(new.episode.space)
        place = {"identity": new.identity, "uid": new.episode.id, **area.range}
        if self._db.execute(sql.EPISODES_IN_PLACE, place).fetchone():
            raise Conflict(f"the episode {new.episode.source_id or new.identity} is there already: read again")
        self.add_episode(new, recorded_at=at)

    def add_episode(self, new: NewEpisode, *, recorded_at: int, retired_at: int = FAR) -> int:
        """Add an episode with its vector."""
        episode = new.episode
        area = self.area(episode.space)
        stems = packed(new.index.stems)
        vector = self._vectors.checked(new.index.vector)
        session = self._session(area, episode.session) if episode.session is not None else None
        id_ = area.new_id()
        values = episode_values(episode, session=session, recorded_at=recorded_at, retired_at=retired_at)
        identity = new.identity if retired_at == FAR else None
        self._db.execute(sql.ADD_EPISODE, {"id": id_, "identity": identity, "stems": stems, **values})
        if episode.speaker is not None:
            self._db.execute(sql.ADD_SPEAKER, {"part": area.part, "name": episode.speaker, "at": recorded_at})
        self._new_vectors.setdefault((area.space, "episode"), []).append((id_, vector))
        area.episodes += 1
        area.episode_stems += len(new.index.stems)
        area.due_at = min(area.due_at, _micros(episode.expires_at))
        if retired_at == FAR:
            self._new_episodes[area.space, episode.id] = id_
        return id_

    def _session(self, area: Area, name: str) -> int:
        row = self._db.execute(sql.SESSION, {"name": name, **area.range}).fetchone()
        if row is not None:
            return row[0]
        id_ = area.new_id()
        self._db.execute(sql.ADD_SESSION, {"id": id_, "name": name})
        return id_

    def _read(self, space: str, uid: str, state: State) -> None:
        area = self.area(space)
        read = self._db.execute(sql.READ_EPISODE, {"uid": uid, "state": state, "far": FAR, **area.range})
        if read.rowcount == 0:
            raise Conflict(f"the episode {uid} was read, replaced or erased meanwhile: read again")

    def _retire(self, space: str, uid: str, at: int) -> None:
        area = self.area(space)
        row = self._db.execute(sql.EPISODE_BY_UID, {"uid": uid, **area.range}).fetchone()
        if row is None or row[_RETIRED_AT] != FAR:
            raise Conflict(f"the episode {uid} was replaced or erased meanwhile: read again")
        self._db.execute(sql.RETIRE_EPISODE, {"id": row[0], "at": at, "edited": self._edited(area), **area.range})
        for [entity] in self._db.execute(sql.ENTITIES_OF_EPISODE, {"episode": row[0], **area.range}).fetchall():
            self.count_degree(area, entity)

    # entities

    def join_entity(self, entity: Entity, at: int) -> int:
        """Add an entity, or join its aliases with those known; its name and type are those said last.

        Raises:
            Conflict: It was merged into another meanwhile.
        """
        area = self.area(entity.space)
        if entity.key in self.names(area).merged:
            raise Conflict(f"the entity {entity.key!r} was merged into another meanwhile: read again")
        row = self._db.execute(sql.ENTITY_ID, {"key": entity.key, **area.range}).fetchone()
        values = {"name": entity.name, "type": entity.type, "is_common": entity.is_common}
        if row is None:
            id_ = area.new_id()
            self._db.execute(sql.ADD_ENTITY, {"id": id_, "key": entity.key, "at": at, **values})
        else:
            id_ = row[0]
            self._db.execute(sql.CHANGE_ENTITY, {"id": id_, "edited": self._edited(area), **values, **area.range})
        self._db.executemany(sql.ADD_ALIAS, [{"key": key, "entity": id_} for key in entity.aliases])
        return id_

    def entity(self, area: Area, key: str) -> int:
        """The row of an entity, or of the one it was merged into.

        Raises:
            Conflict: There is none (any more).
        """
        named = self.names(area).stands_for(key)
        row = self._db.execute(sql.ENTITY_ID, {"key": named, **area.range}).fetchone()
        if row is None:
            raise Conflict(f"a fact names the entity {key!r}, which is not there (any more): read again")
        return row[0]

    def count_degree(self, area: Area, entity: int) -> None:
        """Count the episodes of an entity anew."""
        self._db.execute(sql.COUNT_DEGREE, {"id": entity, "far": FAR, "edited": self._edited(area), **area.range})

    def _touch(self, area: Area, entity: int, episode: int, *, is_new: bool = False) -> None:
        """Raise the degree of an entity by an episode that did not touch it yet. Comes before the link."""
        is_known = (area.space, entity, episode) in self._touched or (
            not is_new
            and self._db.execute(sql.TOUCHES, {"entity": entity, "episode": episode, **area.range}).fetchone()
        )
        self._touched.add((area.space, entity, episode))
        if not is_known:
            self._db.execute(sql.RAISE_DEGREE, {"id": entity, "edited": self._edited(area), **area.range})

    def merge(self, area: Area, key: str, into: str) -> None:
        """Make an entity one with another."""
        for entity in self.names(area).merge(key, into):
            self.count_degree(area, entity)

    def unmerge(self, area: Area, key: str, into: str | None) -> None:
        """Take an entity out of another again."""
        for entity in self.names(area).unmerge(key, into):
            self.count_degree(area, entity)

    def part_all(self, area: Area) -> list[tuple[str, str]]:
        """Take all merged entities of an area apart; what was merged into what."""
        merges, entities = self.names(area).part_all()
        for entity in entities:
            self.count_degree(area, entity)
        return merges

    # facts

    def _add_new_fact(self, new: NewFact, at: int) -> None:
        area = self.area(new.fact.space)
        if self._db.execute(sql.FACT_ID, {"uid": new.fact.id, **area.range}).fetchone():
            raise Conflict(f"a fact with the id {new.fact.id} is there already")
        id_ = self.add_fact(new, at)
        version = new.fact.version(from_micros(at))
        self._db.execute(sql.ADD_VERSION, {"fact": id_, **version_values(version)})
        self.add_evidence(area, id_, new.fact.evidence, at)

    def add_fact(self, new: NewFact, at: int) -> int:
        """Add a fact with its links, words and vector, but without versions and evidence."""
        area = self.area(new.fact.space)
        names = self.names(area)
        fact = names.as_merged(new.fact)
        stems = packed(new.index.stems)
        vector = self._vectors.checked(new.index.vector)
        id_ = area.new_id()
        if fact is not new.fact:
            names.keep(id_, Keys(new.fact.subject_key, new.fact.object_key, new.fact.mention_keys))
        self._db.execute(sql.ADD_FACT, {"id": id_, "stems": stems, "at": at, **fact_values(fact, digest=new.digest)})
        for key, is_about in links_of(fact.subject_key, fact.object_key, fact.mention_keys).items():
            self._db.execute(sql.ADD_LINK, {"entity": self.entity(area, key), "fact": id_, "is_about": is_about})
        self._db.execute(searching_statements.INDEX_WORDS, {"id": id_, "stems": stems})
        self._new_vectors.setdefault((area.space, "fact"), []).append((id_, vector))
        area.facts += 1
        return id_

    def add_evidence(self, area: Area, fact: int, evidence: Iterable[Evidence], at: int) -> None:
        """Say where a fact was read."""
        entities = [entity for [entity] in self._db.execute(sql.ENTITIES_OF_FACT, {"fact": fact, **area.range})]
        for place in evidence:
            new = self._new_episodes.get((area.space, place.episode_id))
            episode, retired_at = (new, FAR) if new is not None else self._episode(area, place.episode_id)
            if retired_at == FAR:
                for entity in entities:
                    self._touch(area, entity, episode, is_new=new is not None)
            self._db.execute(
                sql.ADD_EVIDENCE,
                {"fact": fact, "episode": episode, "start": place.start, "stop": place.end, "at": at},
            )

    def _episode(self, area: Area, uid: str) -> tuple[int, int]:
        """The row of an episode, and when it was retired."""
        row = self._db.execute(sql.EPISODE_BY_UID, {"uid": uid, **area.range}).fetchone()
        if row is None:
            raise InvalidInput(f"a fact names the episode {uid}, which is not in its space")
        return row[0], row[_RETIRED_AT]

    def _fact(self, space: str, uid: str) -> tuple[Area, int]:
        area = self.area(space)
        row = self._db.execute(sql.FACT_ID, {"uid": uid, **area.range}).fetchone()
        if row is None:
            raise Conflict(f"the fact {uid} is not there (any more): read again")
        return area, row[0]

    def _edit_fact(self, area: Area, fact: int) -> None:
        self._db.execute(sql.EDIT_FACT, {"id": fact, "edited": self._edited(area), **area.range})

    def go_on(self, area: Area, fact: int, versions: Sequence[Version]) -> None:
        """Close the last version of a fact as the first of these has it, and let the others follow."""
        last, *following = map(version_values, versions)
        ended = {"fact": fact, "known_from": last["known_from"], "at": last["known_to"], **area.range}
        self._db.execute(sql.END_VERSION, ended)
        for values in following:
            self._db.execute(sql.ADD_VERSION, {"fact": fact, **values})
        self._edit_fact(area, fact)

    def _close(self, closing: Closing, at: int) -> None:
        area, fact = self._fact(closing.space, closing.fact_id)
        versions = self._db.execute(sql.VERSIONS, {"fact": fact, **area.range}).fetchall()
        known_from, known_to, valid_from, _ = versions[-1]
        if known_to != FAR:
            raise Conflict(f"the fact {closing.fact_id} was closed meanwhile: read again and decide anew")
        self._db.execute(sql.END_VERSION, {"fact": fact, "known_from": known_from, "at": at, **area.range})
        if closing.valid_to is not None and (valid_to := to_micros(utc(closing.valid_to))) > valid_from:
            values = {"known_from": at, "known_to": FAR, "valid_from": valid_from, "valid_to": valid_to}
            self._db.execute(sql.ADD_VERSION, {"fact": fact, **values})
        self._edit_fact(area, fact)

    def _believe(self, belief: Belief, at: int) -> None:
        before = belief.before
        area, fact = self._fact(before.space, before.id)
        known_from, known_to, *_ = self._db.execute(sql.VERSIONS, {"fact": fact, **area.range}).fetchall()[-1]
        if (known_from, known_to) != (_micros(before.known_from), _micros(before.known_to)):
            raise Conflict(f"the fact {before.id} changed meanwhile: read again and decide anew")
        if known_to == FAR:
            self._db.execute(sql.END_VERSION, {"fact": fact, "known_from": known_from, "at": at, **area.range})
        valid = {"valid_from": _micros(belief.valid_from or FAR_PAST), "valid_to": _micros(belief.valid_to)}
        self._db.execute(sql.ADD_VERSION, {"fact": fact, "known_from": at, "known_to": FAR, **valid})
        self._edit_fact(area, fact)

    def _mention(self, space: str, uid: str, key: str) -> None:
        area, fact = self._fact(space, uid)
        entity, names = self.entity(area, key), self.names(area)
        row = self._db.execute(sql.FACT, {"id": fact, **area.range}).fetchone()
        told = told_under(self._db, area, row)
        if key in links_of(told.subject, told.object_, told.mentions):
            return
        for [episode] in self._db.execute(sql.EPISODES_OF_FACT, {"fact": fact, "far": FAR, **area.range}).fetchall():
            self._touch(area, entity, episode)
        now = names.keep(fact, Keys(told.subject, told.object_, (*told.mentions, key)))
        shown = names.merged[key].name if key in names.merged else self._name(area, entity)
        more = {"mentions": to_json([*json.loads(row[9]), shown]), "mention_keys": to_json(now.mentions)}
        self._db.execute(sql.MENTION_MORE, {"id": fact, **more, "edited": self._edited(area), **area.range})
        self._db.execute(sql.ADD_LINK, {"entity": entity, "fact": fact, "is_about": False})

    def _name(self, area: Area, entity: int) -> str:
        [name] = self._db.execute(sql.NAME_OF_ENTITY, {"id": entity, **area.range}).fetchone()
        return name

    # journal

    def add_change(self, change: Change, at: int, number: int) -> Change:
        """Append to the journal. The id follows from space, time and place in the write."""
        uid = hashlib.blake2b(f"{change.space}\n{at}\n{number}".encode(), digest_size=8).hexdigest()
        self.add_entry(change, uid=uid, at=at)
        return change.model_copy(update={"id": uid, "at": from_micros(at)})

    def add_entry(self, change: Change, *, uid: str, at: int) -> None:
        """Append a change that has its id and time."""
        area = self.area(change.space)
        id_ = area.new_id()
        self._db.execute(sql.ADD_CHANGE, {"id": id_, **change_values(change, uid=uid, at=at)})
        named = {fact for fact in (change.fact_id, change.before, change.after) if fact is not None}
        self._db.executemany(sql.ADD_CHANGED, [{"fact": fact, "change": id_} for fact in sorted(named)])


def _micros(moment: datetime | None) -> int:
    return FAR if moment is None else to_micros(utc(moment))


def _named(slot: Slot) -> str:
    return f"{slot.subject or '?'} {slot.predicate} {slot.object or '?'}"


_RETIRED_AT = 11
