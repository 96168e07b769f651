"""Entities that turn out to be one, and that were taken for one by mistake.

A merge is an entry of the journal and nothing is lost by it: what was told of either keeps the name it was told under,
and so does what is told later. Taking them apart gives each its own again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graphmem.errors import Conflict, InvalidInput, NotFound
from graphmem.extraction import names
from graphmem.models import Change, ChangeKind, Entity
from graphmem.moment import LATEST
from graphmem.protocols import Draft, Known, Question, Store
from graphmem.scope import Scope
from graphmem.writing import intake
from graphmem.writing.deciding import written

MERGES: frozenset[ChangeKind] = frozenset({"merged", "unmerged"})


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for in a space: an entity by itself, and the one that this is by now."""

    space: str
    entity: Entity
    one: Entity

    @property
    def is_merged(self) -> bool:
        """Whether it was merged into another."""
        return self.entity.key != self.one.key


@dataclass(frozen=True, slots=True)
class Merger:
    """Makes two entities one, and takes them apart."""

    store: Store

    async def merge(self, scope: Scope, entity: str, into: str, reason: str | None) -> Change:
        """From now on two entities are one."""
        for name, text in (("entity", entity), ("into", into)):
            intake.checked_text(name, text)
        intake.optional_text("reason", reason)
        spaces = await self._spaces(scope)

        async def planned() -> Draft:
            one, other = await self._pair(spaces, entity, into)
            if one.entity.key == other.entity.key:
                raise InvalidInput(f"{entity!r} and {into!r} are the same already: nothing can be merged with itself")
            if one.one.key == other.one.key:
                raise Conflict(f"{entity!r} and {into!r} are one already, merged into {other.one.name!r}")
            if one.is_merged:
                raise Conflict(
                    f"{entity!r} is {one.one.name!r} already: unmerge it first, or merge {one.one.key!r} instead"
                )
            return self._merged(scope, one.space, one.entity.key, other.one.key, reason)

        [change] = await written(self.store, planned)
        return change

    async def unmerge(self, scope: Scope, merge_id: str, reason: str | None) -> Change:
        """Take apart what a merge made one."""
        intake.checked_text("merge_id", merge_id)
        intake.optional_text("reason", reason)
        found = await self.store.changes(await self._spaces(scope), [merge_id])
        if not found:
            raise NotFound.of("change", merge_id)
        if found[0].kind != "merged":
            raise InvalidInput(
                f"the change {merge_id} ({found[0].kind}) is no merge: pass the id of one of the kind merged"
            )
        return await self.undo(scope, found[0], reason)

    async def undo(self, scope: Scope, change: Change, reason: str | None) -> Change:
        """Take apart what a change made one, or make one what it took apart."""

        async def planned() -> Draft:
            space, key, into = change.space, change.before, change.after
            if key is None or (into is None and change.kind == "unmerged"):
                raise NotFound(f"what the change {change.id} was about was forgotten: nothing is left to undo")
            last = [of for of in await self.store.history([space], key) if of.kind in MERGES and of.before == key][-1]
            if last.id != change.id:
                raise Conflict(f"the change {change.id} was undone already, by the change {last.id} ({last.kind})")
            if change.kind == "unmerged":
                return self._merged(scope, space, key, into or "", reason)
            told = Change(space=space, kind="unmerged", actor=scope.actor, before=key, after=into, reason=reason)
            return Draft(spaces=(space,), unmerges=((space, key, into),), changes=(told,))

        [told] = await written(self.store, planned)
        return told

    @staticmethod
    def _merged(scope: Scope, space: str, key: str, into: str, reason: str | None) -> Draft:
        told = Change(space=space, kind="merged", actor=scope.actor, before=key, after=into, reason=reason)
        return Draft(spaces=(space,), merges=((space, key, into),), changes=(told,))

    async def _spaces(self, scope: Scope) -> tuple[str, ...]:
        home = scope.owned
        return (home, *await self.store.sessions(home))

    async def _pair(self, spaces: Sequence[str], entity: str, into: str) -> tuple[Named, Named]:
        """What two names stand for in the first space that knows both."""
        keys = {name: names.canonical(name) for name in (entity, into)}
        asked = tuple((space, key) for space in spaces for key in keys.values())
        known = await self.store.known(Question(keys=asked))
        for name, key in keys.items():
            if not any((space, key) in known.entities for space in spaces):
                raise NotFound.of("entity", name)
        for space in spaces:
            if all((space, key) in known.entities for key in keys.values()):
                return await self._named(known, space, entity), await self._named(known, space, into)
        raise InvalidInput(
            f"{entity!r} and {into!r} are known in different sessions, or one only in a session: entities of different "
            "spaces cannot be merged"
        )

    async def _named(self, known: Known, space: str, name: str) -> Named:
        key = names.canonical(name)
        one, entity = known.entities[space, key], known.by_itself(space, key)
        assert entity is not None, "it is known"
        if key != entity.key:
            found = await self.store.lookup([space], keys=[key], stems=(), known_at=LATEST)
            if len(found.entities) > 1:
                bearers = ", ".join(f"{each.key!r} ({each.name})" for each in found.entities)
                raise InvalidInput(f"{name!r} may be any of {bearers}: pass the key of the one that is meant")
        return Named(space, entity, one)
