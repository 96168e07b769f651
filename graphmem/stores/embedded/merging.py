"""Merged entities: which one each name stands for, and what each was by itself.

Whatever is read is as merged. The row of a merged entity stands aside, and what its facts, links and other names led to
leads to the one it was merged into; what they were told under is kept beside them, so that it can be taken apart again.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphmem.errors import Conflict
from graphmem.models import Entity, EntityType, Fact
from graphmem.stores.embedded import merging_statements as sql
from graphmem.stores.embedded import statements
from graphmem.stores.embedded.area import FAR, Area
from graphmem.stores.embedded.rows import Row, parameter
from graphmem.stores.values import Keys, links_of, one_class, to_json


@dataclass(frozen=True, slots=True)
class Merged:
    """An entity by itself, and the key of the one it was merged into."""

    id: int
    key: str
    name: str
    type: EntityType
    is_common: bool
    known_from: int
    aliases: tuple[str, ...]
    into: str
    is_self: bool

    def entity(self, space: str) -> Entity:
        """As a model."""
        return Entity(
            space=space, key=self.key, name=self.name, aliases=self.aliases, type=self.type, is_common=self.is_common
        )


def merged_in(db: sqlite3.Connection, area: Area) -> dict[str, Merged]:
    """The merged entities of an area by key, the first named first."""
    rows = db.execute(sql.MERGED, area.range)
    return {
        key: Merged(id_, key, name, type_, bool(common), since, tuple(json.loads(aliases)), into, bool(is_self))
        for id_, key, name, type_, common, since, aliases, into, is_self in rows
    }


def stands_for(merged: Mapping[str, Merged], key: str) -> str:
    """The key of the entity that one with this key is, by all merges together."""
    while key in merged:
        key = merged[key].into
    return key


def own_self(area: Area, merged: Mapping[str, Merged]) -> str | None:
    """The key that "I" was told under."""
    return next((one.key for one in merged.values() if one.is_self), area.self)


def told_under(db: sqlite3.Connection, area: Area, row: Row) -> Keys:
    """The keys that a fact was told under, from the columns of `statements.FACT`."""
    told = db.execute(sql.TOLD, {"fact": row[0], **area.range}).fetchone()
    subject, object_, mentions = told or (row[5], row[8], row[10])
    return Keys(subject, object_, tuple(json.loads(mentions)))


def by_themselves(db: sqlite3.Connection, area: Area, rows: Sequence[Row]) -> list[Entity]:
    """Entities as they were before any merge, from rows of `merging_statements.ENTITIES_IN_ORDER`."""
    merged = {one.id: one for one in merged_in(db, area).values()}
    aliases: dict[int, list[str]] = {id_: list(one.aliases) for id_, one in merged.items()}
    for entity, key in db.execute(sql.OWN_ALIASES, {"ids": parameter(row[0] for row in rows), **area.range}):
        aliases.setdefault(entity, []).append(key)
    return [
        Entity(
            space=area.space,
            key=key,
            name=name,
            aliases=tuple(aliases.get(id_, ())),
            type=type_,
            is_common=bool(is_common),
        )
        for id_, key, name, type_, is_common, *_ in rows
    ]


class Names:
    """What the names of one area stand for, within one write."""

    def __init__(self, db: sqlite3.Connection, area: Area, edited: Callable[[], int]) -> None:
        self._db = db
        self._area = area
        self._edited = edited
        self.merged = merged_in(db, area)

    def stands_for(self, key: str) -> str:
        """The key of the entity that one with this key is."""
        return stands_for(self.merged, key)

    def classes(self) -> Mapping[str, tuple[str, ...]]:
        """All keys that are one with a key, where there are several."""
        return one_class({key: self.stands_for(key) for key in self.merged})

    def as_merged(self, fact: Fact) -> Fact:
        """A fact with the keys that its names stand for."""
        keys = Keys(fact.subject_key, fact.object_key, fact.mention_keys)
        return fact.model_copy(update=self._now(keys).values()) if self.merged else fact

    def keep(self, fact: int, told: Keys) -> Keys:
        """Keep what a fact was told under where that is no longer what it leads to, which is returned."""
        now = self._now(told)
        if now == told:
            self._db.execute(sql.DROP_TOLD, {"fact": fact, **self._area.range})
        else:
            self._db.execute(sql.ADD_TOLD, {"fact": fact, **told.columns()})
        return now

    def mean_self(self, key: str) -> None:
        """From now on "I" means this one."""
        self._db.execute(sql.MARK_SELF, {"key": key, **self._area.range})
        self._area.self = self.stands_for(key)
        self.merged = merged_in(self._db, self._area)

    def part_all(self) -> tuple[list[tuple[str, str]], list[int]]:
        """Take everything apart; what was merged into what, and the rows of the entities whose episodes changed."""
        parted = [(one.key, one.into) for one in self.merged.values()]
        return parted, [entity for key, into in parted for entity in self.unmerge(key, into)]

    def merge(self, key: str, into: str) -> list[int]:
        """Put an entity aside, and everything about it to another; the rows of the entities whose episodes changed.

        Raises:
            Conflict: One is not there, or both are one.
        """
        one, other = self._row(key), self._row(self.stands_for(into))
        if one is None or other is None or one == other:
            raise Conflict(f"{key!r} and {into!r} are one already, or not there (any more): read again")
        area, self_ = self._area, own_self(self._area, self.merged)
        facts = self._facts(one)
        own = [alias for _, alias in self._db.execute(sql.OWN_ALIASES, {"ids": parameter([one]), **area.range})]
        values = {"aliases": to_json(own), "into": into, "is_self": self_ == key}
        self._db.execute(sql.ADD_MERGED, {"id": one, **values, **area.range})
        for statement in statements.ERASE_ENTITY:
            self._db.execute(statement, {"id": one, **area.range})
        return self._changed(facts, [other], self_)

    def unmerge(self, key: str, into: str | None) -> list[int]:
        """Take an entity and what was told of it out of another; the rows of those whose episodes changed.

        Raises:
            Conflict: It is not merged into that one.
        """
        one = self.merged.get(key)
        if one is None or into not in (None, one.into):
            raise Conflict(f"{key!r} is not merged into {into or 'another'!r} (any more): read again")
        area, self_ = self._area, own_self(self._area, self.merged)
        other = self._row(self.stands_for(key))
        assert other is not None, "what it was merged into is there"
        facts = self._facts(other)
        self._db.execute(sql.ADD_ENTITY_AGAIN, {"id": one.id, **area.range})
        self._db.execute(sql.DROP_MERGED, {"id": one.id, **area.range})
        self._db.executemany(statements.ADD_ALIAS, [{"key": alias, "entity": one.id} for alias in one.aliases])
        return self._changed(facts, [other, one.id], self_)

    def _changed(self, facts: Iterable[int], entities: list[int], self_: str | None) -> list[int]:
        """Lead everything to what it stands for now."""
        self.merged = merged_in(self._db, self._area)
        self._area.self = self_ and self.stands_for(self_)
        self._area.epoch += 1
        for fact in facts:
            self._lead(fact)
        for entity in entities:
            self._lend(entity)
        return entities

    def _lead(self, fact: int) -> None:
        """The keys and links of a fact as its names stand now."""
        row = self._db.execute(statements.FACT, {"id": fact, **self._area.range}).fetchone()
        now = self.keep(fact, told_under(self._db, self._area, row))
        kept = {"fact": fact, **self._area.range}
        self._db.execute(sql.SET_KEYS, {**kept, **now.columns(), "edited": self._edited()})
        self._db.execute(sql.DROP_LINKS, kept)
        for key, is_about in links_of(now.subject, now.object_, now.mentions).items():
            entity = self._row(key)
            self._db.execute(statements.ADD_LINK, {"entity": entity, "fact": fact, "is_about": is_about})

    def _lend(self, entity: int) -> None:
        """The names of an entity, and since when it is known, together with what is merged into it."""
        [key] = self._db.execute(statements.KEY_OF_ENTITY, {"id": entity, **self._area.range}).fetchone()
        lenders = [one for one in self.merged.values() if self.stands_for(one.key) == key]
        self._db.execute(sql.DROP_LENT, {"entity": entity, **self._area.range})
        lent = [{"key": alias, "entity": entity} for one in lenders for alias in (one.key, *one.aliases)]
        self._db.executemany(sql.LEND_ALIAS, lent)
        since = min((one.known_from for one in lenders), default=FAR)
        self._db.execute(sql.KNOWN_SINCE, {"id": entity, "since": since, "edited": self._edited(), **self._area.range})

    def _now(self, told: Keys) -> Keys:
        return told.under(self.stands_for) if self.merged else told

    def _row(self, key: str) -> int | None:
        row = self._db.execute(statements.ENTITY_ID, {"key": key, **self._area.range}).fetchone()
        return row and row[0]

    def _facts(self, entity: int) -> list[int]:
        rows = self._db.execute(statements.FACTS_OF_ENTITY, {"entity": entity, **self._area.range})
        return [fact for [fact] in rows]
