"""`Memory` and `AsyncMemory` as Mem0's open-source package has them, over ours."""

import asyncio
from collections.abc import Generator, Mapping
from types import TracebackType
from typing import Any, NoReturn, Self

from graphmem import async_memory, memory
from graphmem._colour import drive
from graphmem.compat.mem0.calls import UNSET, Calls
from graphmem.compat.mem0.memories import Memories
from graphmem.compat.mem0.records import Record
from graphmem.compat.mem0.settings import Settings, settings_from
from graphmem.compat.mem0.twins import told_as

_NO_CHAT = "there is no chat here: search for what is known, and ask a language model of your own"


def opened(settings: Settings) -> memory.Memory:
    """A memory of ours with these settings, for calls."""
    return memory.Memory(**settings.parts)


def opened_to_await(settings: Settings) -> async_memory.AsyncMemory:
    """A memory of ours with these settings, for an event loop."""
    return async_memory.AsyncMemory(**settings.parts)


class Memory:
    """Mem0's `Memory`, over graphmem: rules instead of a language model, one file instead of a server, no key.

    >>> memory = Memory.from_config({"vector_store": {"config": {"path": ":memory:"}}})
    >>> added = memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
    >>> [found["memory"] for found in memory.search("Which city does Ada work in?", user_id="ada")["results"]]
    ['Acme is in Lisbon.', 'Ada works at Acme.']

    A memory is a fact; `native` is the graphmem memory that holds it, with paths, dates and corrections. Settings and
    arguments that mean nothing here are named in a `Mem0Difference` warning.
    """

    def __init__(self, config: Mapping[str, Any] | object | None = None) -> None:
        settings = settings_from(config)
        self.native = opened(settings)
        self._calls = Calls(Memories(self.native.engine, settings.org_id))

    @classmethod
    def from_config(cls, config_dict: Mapping[str, Any]) -> Self:
        """A memory by Mem0's settings: where it is kept, and the language model and embedder it asks."""
        return cls(config_dict)

    def add(
        self,
        messages: object,
        *,
        user_id: object = None,
        agent_id: object = None,
        run_id: object = None,
        metadata: Mapping[str, Any] | None = None,
        timestamp: object = None,
        expiration_date: object = None,
        infer: bool = True,
        memory_type: str | None = None,
        prompt: str | None = None,
        **others: Any,
    ) -> Record:
        """Remember what was said, as facts, and tell what became of each memory: ADD, UPDATE, DELETE or NONE.

        Args:
            messages: A text, a message, or a list of either. A text is kept though no statement is found in it.
            user_id: Whose memory it is; or
            agent_id: the agent's own, or with a user, what that user told this agent.
            run_id: The session it was said in.
            metadata: Plain JSON values, kept with each memory.
            timestamp: When it was said: seconds since 1970, or ISO 8601.
            expiration_date: The last day it is shown on.
            infer: False keeps each message word for word.
            memory_type: "procedural_memory" keeps each message word for word, too.
            prompt: Means nothing here.
            others: `session_id` is a run, `app_id` an app; whatever else is given means nothing here.
        """
        return drive(
            self._calls.add(
                messages,
                user_id=user_id,
                agent_id=agent_id,
                run_id=run_id,
                metadata=metadata,
                timestamp=timestamp,
                expiration_date=expiration_date,
                infer=infer,
                memory_type=memory_type,
                prompt=prompt,
                **others,
            )
        )

    def search(
        self,
        query: str,
        *,
        top_k: int | None = None,
        filters: Mapping[str, Any] | None = None,
        threshold: float | None = None,
        rerank: bool = False,
        explain: bool = False,
        reference_date: object = None,
        show_expired: bool = False,
        **others: Any,
    ) -> Record:
        """Memories that answer a question, best first, under "results".

        Args:
            query: In words.
            top_k: The most to return, 20 if not given; `limit` is the same.
            filters: Whose memories, and which: `user_id`, `agent_id`, `run_id` (or the same as arguments), metadata,
                `created_at` and more, with AND, OR, NOT and Mem0's operators.
            threshold: The least score. Scores are chances, not similarities; without it nothing is cut.
            rerank: Means nothing here.
            explain: Means nothing here: `native.recall` shows paths and shares.
            reference_date: Ask what was true then.
            show_expired: Also those whose day is over.
            others: `user_id`, `agent_id`, `run_id`, `session_id`, `limit`; the rest means nothing here.
        """
        return drive(
            self._calls.search(
                query,
                top_k=top_k,
                filters=filters,
                threshold=threshold,
                rerank=rerank,
                explain=explain,
                reference_date=reference_date,
                show_expired=show_expired,
                **others,
            )
        )

    def get(self, memory_id: str) -> Record | None:
        """A memory by its id; None where there is none."""
        return drive(self._calls.memories.get(memory_id))

    def get_all(
        self,
        *,
        filters: Mapping[str, Any] | None = None,
        top_k: int | None = None,
        show_expired: bool = False,
        **others: Any,
    ) -> Record:
        """Memories of somebody, newest first, under "results"; the arguments are those of `search`."""
        return drive(self._calls.get_all(filters=filters, top_k=top_k, show_expired=show_expired, **others))

    def update(
        self,
        memory_id: str,
        text: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        expiration_date: Any = UNSET,
        data: str | None = None,
    ) -> Record:
        """Correct a memory: its text (`data` is the same), metadata to be joined with what it has, or its last day.

        What it said before is refused from now on, and `history` keeps it.

        Raises:
            UnknownMemory: A ValueError: there is no memory with this id.
        """
        return drive(
            self._calls.update(memory_id, text=text, metadata=metadata, expiration_date=expiration_date, data=data)
        )

    def delete(self, memory_id: str) -> Record:
        """Forget a memory for good, with the words it was read from and every text it had.

        Raises:
            UnknownMemory: A ValueError: there is no memory with this id.
        """
        return drive(self._calls.delete(memory_id))

    def delete_all(self, user_id: object = None, agent_id: object = None, run_id: object = None) -> Record:
        """Forget everything of a user, an agent or a run, or what of a user was said in that run or to that agent.

        Raises:
            ScopeMissing: A ValueError: nobody is named, or "*".
        """
        return drive(self._calls.delete_all(user_id=user_id, agent_id=agent_id, run_id=run_id))

    def history(self, memory_id: str) -> list[Record]:
        """What happened to a memory, oldest first; nothing where there is none."""
        return drive(self._calls.memories.history(memory_id))

    def reset(self) -> None:
        """Forget everything of everybody, in this collection and no other."""
        drive(self._calls.memories.reset())

    def chat(self, query: str) -> NoReturn:
        """Not there, as in Mem0."""
        raise NotImplementedError(_NO_CHAT)

    def close(self) -> None:
        """Let go of the store."""
        self.native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@told_as(Memory)
class AsyncMemory:
    """Mem0's `AsyncMemory`, over graphmem: the calls of `Memory`, awaited. `await AsyncMemory.from_config(...)`, as
    older programs have it, does as well.
    """

    def __init__(self, config: Mapping[str, Any] | object | None = None) -> None:
        settings = settings_from(config)
        self.native = opened_to_await(settings)
        self._calls = Calls(Memories(self.native.engine, settings.org_id))

    @classmethod
    def from_config(cls, config_dict: Mapping[str, Any]) -> Self:
        """A memory by Mem0's settings: where it is kept, and the language model and embedder it asks."""
        return cls(config_dict)

    def __await__(self) -> Generator[None, None, Self]:
        yield from ()
        return self

    async def add(
        self,
        messages: object,
        *,
        user_id: object = None,
        agent_id: object = None,
        run_id: object = None,
        metadata: Mapping[str, Any] | None = None,
        timestamp: object = None,
        expiration_date: object = None,
        infer: bool = True,
        memory_type: str | None = None,
        prompt: str | None = None,
        **others: Any,
    ) -> Record:
        return await self._calls.add(
            messages,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            metadata=metadata,
            timestamp=timestamp,
            expiration_date=expiration_date,
            infer=infer,
            memory_type=memory_type,
            prompt=prompt,
            **others,
        )

    async def search(
        self,
        query: str,
        *,
        top_k: int | None = None,
        filters: Mapping[str, Any] | None = None,
        threshold: float | None = None,
        rerank: bool = False,
        explain: bool = False,
        reference_date: object = None,
        show_expired: bool = False,
        **others: Any,
    ) -> Record:
        return await self._calls.search(
            query,
            top_k=top_k,
            filters=filters,
            threshold=threshold,
            rerank=rerank,
            explain=explain,
            reference_date=reference_date,
            show_expired=show_expired,
            **others,
        )

    async def get(self, memory_id: str) -> Record | None:
        return await self._calls.memories.get(memory_id)

    async def get_all(
        self,
        *,
        filters: Mapping[str, Any] | None = None,
        top_k: int | None = None,
        show_expired: bool = False,
        **others: Any,
    ) -> Record:
        return await self._calls.get_all(filters=filters, top_k=top_k, show_expired=show_expired, **others)

    async def update(
        self,
        memory_id: str,
        text: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        expiration_date: Any = UNSET,
        data: str | None = None,
    ) -> Record:
        return await self._calls.update(
            memory_id, text=text, metadata=metadata, expiration_date=expiration_date, data=data
        )

    async def delete(self, memory_id: str) -> Record:
        return await self._calls.delete(memory_id)

    async def delete_all(self, user_id: object = None, agent_id: object = None, run_id: object = None) -> Record:
        return await self._calls.delete_all(user_id=user_id, agent_id=agent_id, run_id=run_id)

    async def history(self, memory_id: str) -> list[Record]:
        return await self._calls.memories.history(memory_id)

    async def reset(self) -> None:
        await self._calls.memories.reset()

    async def chat(self, query: str) -> NoReturn:
        raise NotImplementedError(_NO_CHAT)

    def close(self) -> "asyncio.Task[None] | None":
        """Let go of the store. Within an event loop it is begun; await what is returned to know that it is done."""
        try:
            return asyncio.get_running_loop().create_task(self.native.close())
        except RuntimeError:  # no loop runs
            asyncio.run(self.native.close())
            return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.native.close()
