"""Merged entities: which one each name stands for, and what each was by itself.

Whatever is read is as merged. The node of a merged entity has no key any more, and leads to the one it was merged into
by `SAME_AS`; its facts, triples and other names are led there, and what they were told under is kept with the facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graphmem.errors import Conflict
from graphmem.models import Entity, Fact
from graphmem.moment import FAR_FUTURE
from graphmem.stores.neo4j.area import Area
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.records import entity_of, native
from graphmem.stores.values import Keys, links_of, one_class

AT_ONCE = 500
"""Facts led elsewhere by one statement."""


@dataclass(frozen=True, slots=True)
class Merged:
    """An entity by itself, and the key of the one it was merged into."""

    entity: Entity
    into: str
    known_from: datetime
    is_self: bool


async def merged_in(tx: Transaction, spaces: Iterable[str]) -> dict[str, dict[str, Merged]]:
    """The merged entities of spaces by key, the first named first."""
    found: dict[str, dict[str, Merged]] = {space: {} for space in spaces}
    for row in await tx.run("read/merged", spaces=list(found)) if found else ():
        entity = entity_of(row)
        found[entity.space][entity.key] = Merged(entity, row["into"], native(row["known_from"]), bool(row["is_self"]))
    return found


def stands_for(merged: Mapping[str, Merged], key: str) -> str:
    """The key of the entity that one with this key is, by all merges together."""
    while key in merged:
        key = merged[key].into
    return key


def own_self(area: Area, merged: Mapping[str, Merged]) -> str | None:
    """The key that "I" was told under."""
    return next((key for key, one in merged.items() if one.is_self), area.self)


def told_under(row: Row) -> Keys:
    """The keys that a fact was told under, from a row of `read/told_under` or `read/told_of`."""
    return Keys(row["subject"], row["object"], tuple(row["mentions"]))


def keys_of(fact: Fact) -> Keys:
    """The entities that a fact names."""
    return Keys(fact.subject_key, fact.object_key, fact.mention_keys)


def kept(told: Keys, now: Keys) -> dict[str, object]:
    """What is kept with a fact of what it was told under: nothing where its names stand for that still."""
    is_kept = told != now
    return {
        "told_subject_key": told.subject if is_kept else None,
        "told_object_key": told.object_ if is_kept else None,
        "told_mention_keys": list(told.mentions) if is_kept else None,
    }


class Names:
    """What the names of one space stand for, within one write."""

    def __init__(self, tx: Transaction, area: Area, merged: Mapping[str, Merged]) -> None:
        self._tx = tx
        self._area = area
        self.merged = merged

    def stands_for(self, key: str) -> str:
        """The key of the entity that one with this key is."""
        return stands_for(self.merged, key)

    def classes(self) -> Mapping[str, tuple[str, ...]]:
        """All keys that are one with a key, where there are several."""
        return one_class({key: self.stands_for(key) for key in self.merged})

    def as_merged(self, fact: Fact) -> Fact:
        """A fact with the keys that its names stand for."""
        if not self.merged:
            return fact
        return fact.model_copy(update=keys_of(fact).under(self.stands_for).values())

    async def mean_self(self, key: str) -> None:
        """From now on "I" means this one."""
        if self.merged:
            await self._tx.run("write/mark_self", space=self._area.space, key=key)
            await self._read()
        self._area.self = self.stands_for(key)

    async def merge(self, key: str, into: str) -> list[str]:
        """Put an entity aside, and everything about it to another; the keys of those whose episodes changed.

        Raises:
            Conflict: One is not there, or both are one.
        """
        other = self.stands_for(into)
        if key == other or key in self.merged or len(await self._there(key, other)) < 2:
            raise Conflict(f"{key!r} and {into!r} are one already, or not there (any more): read again")
        self_ = own_self(self._area, self.merged)
        facts = await self._facts(key)
        values = {"space": self._area.space, "key": key, "into": into, "is_self": self_ == key}
        await self._tx.run("write/set_aside", **values)
        self._area.merges += 1
        await self._changed(facts, [other], self_)
        return [other]

    async def unmerge(self, key: str, into: str | None) -> list[str]:
        """Take an entity and what was told of it out of another; the keys of those whose episodes changed.

        Raises:
            Conflict: It is not merged into that one.
        """
        one = self.merged.get(key)
        if one is None or into not in (None, one.into):
            raise Conflict(f"{key!r} is not merged into {into or 'another'!r} (any more): read again")
        self_, other = own_self(self._area, self.merged), self.stands_for(key)
        facts = await self._facts(other)
        await self._tx.run("write/take_out", space=self._area.space, key=key)
        self._area.merges -= 1
        await self._changed(facts, [other, key], self_)
        return [other, key]

    async def part_all(self) -> tuple[list[tuple[str, str]], list[str]]:
        """Take everything apart; what was merged into what, and the keys of those whose episodes changed."""
        merges = [(key, one.into) for key, one in self.merged.items()]
        changed = [key for pair in merges for key in await self.unmerge(*pair)]
        return merges, list(dict.fromkeys(changed))

    async def _changed(self, facts: Sequence[Row], entities: Sequence[str], self_: str | None) -> None:
        """Lead everything to what it stands for now."""
        await self._read()
        self._area.self = self_ and self.stands_for(self_)
        rows = list(map(self._led, facts))
        for start in range(0, len(rows), AT_ONCE):
            await self._tx.run("write/lead_facts", rows=rows[start : start + AT_ONCE])
        await self._tx.run("write/lend_names", rows=list(map(self._lent, entities)))

    def _led(self, fact: Row) -> Mapping[str, object]:
        told = told_under(fact)
        now = told.under(self.stands_for)
        links = links_of(now.subject, now.object_, now.mentions)
        return {
            "space": fact["space"],
            "id": fact["id"],
            "keys": {**now.values(), "mention_keys": list(now.mentions)},
            "told": kept(told, now),
            "about": now.subject,
            "mentions": [key for key, is_about in links.items() if not is_about],
            "object": now.object_,
        }

    def _lent(self, key: str) -> Mapping[str, object]:
        lenders = [(own, one) for own, one in self.merged.items() if self.stands_for(own) == key]
        return {
            "space": self._area.space,
            "key": key,
            "names": sorted({name for own, one in lenders for name in (own, *one.entity.aliases)}),
            "keys": [own for own, _ in lenders],
            "since": min((one.known_from for _, one in lenders), default=FAR_FUTURE),
        }

    async def _read(self) -> None:
        self.merged = (await merged_in(self._tx, [self._area.space]))[self._area.space]

    async def _there(self, *keys: str) -> set[str]:
        rows = [{"space": self._area.space, "key": key} for key in keys]
        return {row["key"] for row in await self._tx.run("read/entities_there", rows=rows)}

    async def _facts(self, key: str) -> list[Row]:
        return list(await self._tx.run("read/told_of", rows=[{"space": self._area.space, "key": key}]))
