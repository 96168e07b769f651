"""One engine, driven in the calling thread or awaited on an event loop."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from graphmem._colour import Pooled, drive
from graphmem.errors import InvalidInput


class Part:
    """A part that blocks: it says in which thread it works."""

    blocks = True
    identity = "part/1"

    def __init__(self):
        self.threads = []

    async def work(self, number, *, factor=1):
        self.threads.append(threading.get_ident())
        return await self._inner(number) * factor

    async def _inner(self, number):
        if number < 0:
            raise ValueError(f"{number} is below 0")
        return number

    async def stream(self, upto):
        for number in range(upto):
            self.threads.append(threading.get_ident())
            yield await self._inner(number)

    def plain(self, number):
        return number


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as executor:
        yield executor


async def gathered(stream):
    return [item async for item in stream]


def test_a_coroutine_that_never_waits_is_driven_to_its_end():
    part = Part()
    assert drive(part.work(3, factor=2)) == 6
    assert part.threads == [threading.get_ident()]


def test_an_error_comes_through():
    with pytest.raises(ValueError, match="-1 is below 0"):
        drive(Part().work(-1))


def test_what_waits_for_an_event_loop_is_refused_and_let_go():
    left = []

    async def waits():
        try:
            await asyncio.sleep(0)
        finally:
            left.append("cleaned up")

    with pytest.raises(InvalidInput, match="use AsyncMemory"):
        drive(waits())
    assert left == ["cleaned up"]


def test_a_memory_that_blocks_works_where_an_event_loop_runs():
    async def notebook():
        return drive(Part().work(3))

    assert asyncio.run(notebook()) == 3


def test_a_stream_is_driven_too():
    assert drive(gathered(Part().stream(3))) == [0, 1, 2]


def test_a_pooled_part_does_each_job_in_the_pool(pool):
    part = Part()
    pooled = Pooled(part, pool)
    assert asyncio.run(pooled.work(3, factor=2)) == 6
    assert asyncio.run(gathered(pooled.stream(3))) == [0, 1, 2]
    assert threading.get_ident() not in part.threads
    assert len(set(part.threads[1:])) == 1  # a stream stays in one thread


def test_the_jobs_of_a_pool_run_beside_each_other(pool):
    both_are_here = threading.Barrier(2, timeout=60)

    class Meeting:
        async def wait(self):
            return both_are_here.wait()

    async def meet():
        pooled = Pooled(Meeting(), pool)
        return await asyncio.gather(pooled.wait(), pooled.wait())

    assert sorted(asyncio.run(meet())) == [0, 1]


def test_a_pooled_part_no_longer_blocks_and_is_the_part_in_all_else(pool):
    pooled = Pooled(Part(), pool)
    assert pooled.blocks is False
    assert pooled.identity == "part/1"
    assert pooled.plain(7) == 7
    with pytest.raises(AttributeError, match="missing"):
        _ = pooled.missing


def test_errors_of_a_pooled_part_come_through(pool):
    with pytest.raises(ValueError, match="-1 is below 0"):
        asyncio.run(Pooled(Part(), pool).work(-1))


def test_a_part_that_awaits_cannot_be_pooled(pool):
    class Awaiting:
        async def work(self):
            await asyncio.sleep(0)

    with pytest.raises(InvalidInput, match="awaits"):
        asyncio.run(Pooled(Awaiting(), pool).work())
