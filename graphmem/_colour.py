"""One engine, two colours: driven in the calling thread, or awaited on an event loop.

Parts and engine are written once, with `async def`. `Memory` takes parts that block and drives each coroutine to its
end in the caller's thread, without an event loop, so that it works in a notebook too. `AsyncMemory` awaits the same
coroutines and hands every call of a blocking part to a pool of threads.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, cast

from graphmem.errors import InvalidInput

T = TypeVar("T")


def drive(coroutine: Coroutine[Any, Any, T]) -> T:  # what a coroutine yields and is sent is the event loop's business
    """Run a coroutine that never waits to its end, here and now.

    Raises:
        InvalidInput: it waits for an event loop, so one of its parts does not block.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise InvalidInput("a part of this memory awaits: use AsyncMemory, or parts whose `blocks` is True")


class Pooled:
    """A blocking part as an awaiting one: each call of it, and of what it opens that blocks, is one job of the pool."""

    blocks = False

    def __init__(self, part: object, pool: Executor) -> None:
        self._part = part
        self._pool = pool

    def __getattr__(self, name: str) -> object:
        attribute: object = getattr(self._part, name)
        if inspect.isasyncgenfunction(attribute):
            return self._gathered(attribute)
        return self._in_pool(attribute) if inspect.iscoroutinefunction(attribute) else attribute

    def _in_pool(self, verb: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., Awaitable[T]]:
        async def job(*args: object, **kwargs: object) -> T:
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(self._pool, lambda: drive(verb(*args, **kwargs)))
            return cast("T", Pooled(result, self._pool)) if getattr(result, "blocks", False) else result

        return job

    def _gathered(self, verb: Callable[..., AsyncIterator[T]]) -> Callable[..., AsyncIterator[T]]:
        """A stream is read to its end within one job: its transaction must not move between threads."""

        async def whole(*args: object, **kwargs: object) -> list[T]:
            return [item async for item in verb(*args, **kwargs)]

        async def stream(*args: object, **kwargs: object) -> AsyncIterator[T]:
            for item in await self._in_pool(whole)(*args, **kwargs):
                yield item

        return stream
