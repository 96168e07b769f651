"""`MemoryClient` and `AsyncMemoryClient`: Mem0's hosted service, on this machine."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from graphmem._colour import drive
from graphmem.compat.mem0.account import Account, settings_of
from graphmem.compat.mem0.calls import Calls
from graphmem.compat.mem0.memories import Memories
from graphmem.compat.mem0.memory import opened, opened_to_await
from graphmem.compat.mem0.records import Record
from graphmem.compat.mem0.twins import told_as

Options = Mapping[str, Any] | object | None
Batch = Sequence[Mapping[str, Any]]


class MemoryClient:
    """Mem0's client, without its service: the same calls, on a file of this machine or your Neo4j server.

    >>> client = MemoryClient(api_key="any", host=":memory:")
    >>> added = client.add("Ada works at Acme.", user_id="ada")
    >>> client.search("Where does Ada work?", filters={"user_id": "ada"})["results"][0]["memory"]
    'Ada works at Acme.'

    Args:
        api_key: Not needed and not looked at: whoever may open the file or the server may read it.
        host: Where memories are kept: a path or the address of a Neo4j server; GRAPHMEM_URL, or a file in your data
            folder, if not given. The address of a service over http is passed over, with a warning.
        client: Means nothing here.
        org_id: Keeps memories apart, and so does
        project_id: this.
    """

    def __init__(
        self,
        api_key: str | None = None,  # noqa: ARG002 - taken, and not looked at
        host: str | None = None,
        client: object = None,
        *,
        org_id: str | None = None,
        project_id: str | None = None,
    ) -> None:
        settings = settings_of(host, client, org_id, project_id)
        self.native = opened(settings)
        self._account = Account(Calls(Memories(self.native.engine, settings.org_id)))

    def add(self, messages: object, options: Options = None, **given: Any) -> Record:
        """Remember a text, a message or a list of either: `user_id`, `agent_id`, `app_id` or `run_id` says whose.

        `metadata`, `timestamp`, `expiration_date` and `infer` mean what they mean to `Memory.add`. It is done when
        this returns.
        """
        return drive(self._account.add(messages, options, given))

    def search(self, query: str, options: Options = None, **given: Any) -> Record:
        """Memories that answer a question, best first, under "results": `filters` says whose, and which."""
        return drive(self._account.search(query, options, given))

    def get(self, memory_id: str) -> Record:
        """A memory by its id.

        Raises:
            UnknownMemory: A ValueError: there is none.
        """
        return drive(self._account.get(memory_id))

    def get_all(self, options: Options = None, **given: Any) -> Record:
        """A page of memories, newest first: "results", with "count", "next" and "previous". `page` counts from 1."""
        return drive(self._account.get_all(options, given))

    def update(self, memory_id: str, options: Options = None, **given: Any) -> Record:
        """Correct a memory, by `text`, `metadata` or `expiration_date`; returns it as it is then.

        Raises:
            UnknownMemory: A ValueError: there is none.
        """
        return drive(self._account.update(memory_id, options, given))

    def delete(self, memory_id: str, delete_linked: bool = False) -> Record:  # noqa: ARG002 - both are one here
        """Forget a memory for good, with every text it had, linked ones too.

        Raises:
            UnknownMemory: A ValueError: there is none.
        """
        return drive(self._account.calls.delete(memory_id))

    def delete_all(self, options: Options = None, **given: Any) -> Record:
        """Forget everything of a user, an agent, an app or a run, or what of a user came with the others.

        Raises:
            ScopeMissing: A ValueError: nobody is named, or "*".
        """
        return drive(self._account.delete_all(options, given))

    def history(self, memory_id: str) -> list[Record]:
        """What happened to a memory, oldest first; nothing where there is none."""
        return drive(self._account.calls.memories.history(memory_id))

    def users(self) -> Record:
        """Everybody who has memories, with how many, under "results"."""
        return drive(self._account.users())

    def delete_users(
        self,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        run_id: str | None = None,
    ) -> Record:
        """Forget one user, agent, app or run, with all that it has.

        Raises:
            ScopeMissing: A ValueError: nobody is named; `reset` forgets everybody.
        """
        return drive(self._account.delete_users(user_id=user_id, agent_id=agent_id, app_id=app_id, run_id=run_id))

    def batch_update(self, memories: Batch) -> Record:
        """Correct several memories, mappings with `memory_id` and what `update` takes; none, where one is unknown."""
        return drive(self._account.batch_update(memories))

    def batch_delete(self, memories: Batch) -> Record:
        """Forget several memories, mappings with `memory_id`; none, where one is unknown."""
        return drive(self._account.batch_delete(memories))

    def reset(self) -> Record:
        """Forget everything of everybody in this account and no other."""
        return drive(self._account.reset())

    def close(self) -> None:
        """Let go of the store."""
        self.native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@told_as(MemoryClient)
class AsyncMemoryClient:
    """The calls of `MemoryClient`, awaited."""

    def __init__(
        self,
        api_key: str | None = None,  # noqa: ARG002 - taken, and not looked at
        host: str | None = None,
        client: object = None,
        *,
        org_id: str | None = None,
        project_id: str | None = None,
    ) -> None:
        settings = settings_of(host, client, org_id, project_id)
        self.native = opened_to_await(settings)
        self._account = Account(Calls(Memories(self.native.engine, settings.org_id)))

    async def add(self, messages: object, options: Options = None, **given: Any) -> Record:
        return await self._account.add(messages, options, given)

    async def search(self, query: str, options: Options = None, **given: Any) -> Record:
        return await self._account.search(query, options, given)

    async def get(self, memory_id: str) -> Record:
        return await self._account.get(memory_id)

    async def get_all(self, options: Options = None, **given: Any) -> Record:
        return await self._account.get_all(options, given)

    async def update(self, memory_id: str, options: Options = None, **given: Any) -> Record:
        return await self._account.update(memory_id, options, given)

    async def delete(self, memory_id: str, delete_linked: bool = False) -> Record:  # noqa: ARG002 - both are one here
        return await self._account.calls.delete(memory_id)

    async def delete_all(self, options: Options = None, **given: Any) -> Record:
        return await self._account.delete_all(options, given)

    async def history(self, memory_id: str) -> list[Record]:
        return await self._account.calls.memories.history(memory_id)

    async def users(self) -> Record:
        return await self._account.users()

    async def delete_users(
        self,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        run_id: str | None = None,
    ) -> Record:
        return await self._account.delete_users(user_id=user_id, agent_id=agent_id, app_id=app_id, run_id=run_id)

    async def batch_update(self, memories: Batch) -> Record:
        return await self._account.batch_update(memories)

    async def batch_delete(self, memories: Batch) -> Record:
        return await self._account.batch_delete(memories)

    async def reset(self) -> Record:
        return await self._account.reset()

    async def close(self) -> None:
        await self.native.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
