"""The calls of Mem0's hosted client, over the memories of this machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graphmem.compat.mem0.calls import Calls, Given, taken_ids
from graphmem.compat.mem0.memories import UnknownMemory
from graphmem.compat.mem0.notices import passed_over
from graphmem.compat.mem0.records import Record
from graphmem.compat.mem0.settings import COLLECTION, Settings
from graphmem.engine import MANY
from graphmem.errors import InvalidInput, ScopeMissing

PAGE_SIZE = 100


def settings_of(host: str | None, client: object, org_id: str | None, project_id: str | None) -> Settings:
    """Where an account is kept. The address of a server of Mem0's is passed over: nothing leaves the machine."""
    is_server = host is not None and host.partition("://")[0] in ("http", "https")
    passed_over("MemoryClient", [*(["host"] if is_server else []), *(["client"] if client is not None else [])])
    org = "/".join(filter(None, (org_id, project_id)))
    return Settings(url=None if is_server else host, org_id=org or COLLECTION)


@dataclass(frozen=True, slots=True)
class Account:
    """What the hosted client may ask, answered in its shapes."""

    calls: Calls

    async def add(self, messages: object, options: object, given: Given) -> Record:
        """Remember messages."""
        told = await self.calls.add(messages, **_given(options, given))
        return {"results": [{**event, "data": {"memory": event["memory"]}} for event in told["results"]]}

    async def search(self, query: object, options: object, given: Given) -> Record:
        """Memories that answer, best first."""
        asked = _given(options, given)
        fields = asked.pop("fields", None)
        found = await self.calls.search(query, **asked)
        return {"results": [_only(fields, shown) for shown in found["results"]]}

    async def get(self, memory_id: object) -> Record:
        """A memory by its id.

        Raises:
            UnknownMemory: There is none.
        """
        found = await self.calls.memories.get(memory_id)
        if found is None:
            raise UnknownMemory.of("memory", str(memory_id))
        return found

    async def get_all(self, options: object, given: Given) -> Record:
        """A page of memories, newest first."""
        asked = _given(options, given)
        fields = asked.pop("fields", None)
        page, size = (_counted(asked, name, other) for name, other in (("page", 1), ("page_size", PAGE_SIZE)))
        found = (await self.calls.get_all(**{**asked, "top_k": MANY}))["results"]
        shown = [_only(fields, each) for each in found[(page - 1) * size : page * size]]
        return {
            "count": len(found),
            "next": f"?page={page + 1}&page_size={size}" if page * size < len(found) else None,
            "previous": f"?page={page - 1}&page_size={size}" if page > 1 else None,
            "results": shown,
        }

    async def delete_all(self, options: object, given: Given) -> Record:
        """Forget what somebody has."""
        return await self.calls.delete_all(**_given(options, given))

    async def update(self, memory_id: object, options: object, given: Given) -> Record:
        """Another text or other metadata for a memory; the memory as it is then."""
        text = {"text": options} if isinstance(options, str) else {}
        await self.calls.update(memory_id, **{**_given(None if text else options, given), **text})
        return await self.get(memory_id)

    async def batch_update(self, memories: Sequence[Mapping[str, Any]]) -> Record:
        """Update several; none, where one is unknown."""
        for memory in await self._known(memories):
            memory_id = memory.pop("memory_id")
            await self.calls.update(memory_id, **memory)
        return {"message": f"Successfully updated {len(memories)} memories"}

    async def batch_delete(self, memories: Sequence[Mapping[str, Any]]) -> Record:
        """Forget several; none, where one is unknown."""
        for memory_id in dict.fromkeys([memory["memory_id"] for memory in await self._known(memories)]):
            await self.calls.delete(memory_id)
        return {"message": f"Successfully deleted {len(memories)} memories"}

    async def _known(self, memories: Sequence[Mapping[str, Any]]) -> list[Given]:
        listed = [dict(memory) for memory in memories]
        for memory in listed:
            if "memory_id" not in memory:
                raise InvalidInput(f"{memory!r:.80} names no memory_id")
            await self.get(memory["memory_id"])
        return listed

    async def users(self) -> Record:
        """Everybody who has memories."""
        found = [
            {
                "id": owner["id"],
                "name": owner["id"],
                "type": owner["field"].removesuffix("_id"),
                "total_memories": len(owner["memories"]),
                "created_at": min(memory["created_at"] for memory in owner["memories"]),
                "updated_at": max(memory["updated_at"] for memory in owner["memories"]),
                "owner": self.calls.memories.org,
                "organization": self.calls.memories.org,
                "metadata": None,
            }
            for owner in await self.calls.memories.owners()
        ]
        return {"count": len(found), "next": None, "previous": None, "results": found}

    async def delete_users(self, **given: Any) -> Record:
        """Forget one user, agent, app or run, with all that it has.

        Raises:
            ScopeMissing: Nobody is named. `reset` forgets everybody.
        """
        named = [(name, value) for name, value in given.items() if value is not None]
        if len(named) != 1:
            raise ScopeMissing("delete_users forgets one at a time: name one; reset() forgets everybody")
        await self.calls.memories.delete_all(taken_ids(dict(named)))
        return {"message": "Entity deleted successfully."}

    async def reset(self) -> Record:
        """Forget everybody."""
        await self.calls.memories.reset()
        return {"message": "Client reset successful. All users and memories deleted."}


def _given(options: object, given: Given) -> Given:
    """Options, a mapping or a model of Mem0's, with the keyword arguments over them."""
    if dump := getattr(options, "model_dump", None):
        options = dump(exclude_unset=True)
    if options is not None and not isinstance(options, Mapping):
        raise InvalidInput(f"options is {type(options).__name__}: pass a mapping, or keyword arguments")
    return {**cast("Mapping[str, Any]", options or {}), **given}


def _counted(given: Given, name: str, other: int) -> int:
    value = given.pop(name, None)
    if value is None:
        return other
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidInput(f"{name}={value!r}: pass a whole number, 1 or more")
    return value


def _only(fields: Sequence[str] | None, shown: Record) -> Record:
    return {name: value for name, value in shown.items() if name in fields} if fields else shown
