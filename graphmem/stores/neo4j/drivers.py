"""A driver for each process that a store is used in."""

import os
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from neo4j import AsyncDriver, Driver

from graphmem.errors import StoreUnavailable
from graphmem.forking import held_by_forks

D = TypeVar("D", Driver, AsyncDriver)


class Drivers(Generic[D]):
    """The driver of whoever asks, by process: two that read from one connection would read each other's memories.

    Args:
        driver: That of the process which asks first. What it connected to belongs to that one: a child that was forked
            afterwards neither asks nor closes it.
        again: Makes another one like it, for a child. None: a driver is not ours to make, or to close.
        place: How messages name the server.
    """

    def __init__(self, driver: D, again: Callable[[], D] | None, *, place: str) -> None:
        self._first = driver
        self._again = again
        self._place = place
        self._by_process: dict[int, D] = {}
        self._making = held_by_forks(Lock())

    @property
    def here(self) -> D:
        """The driver of this process.

        Raises:
            StoreUnavailable: It was given to us, and used before this process was forked.
        """
        process = os.getpid()
        with self._making:
            if process not in self._by_process:
                self._by_process[process] = self._made() if self._by_process else self._first
            return self._by_process[process]

    def to_close(self) -> D | None:
        """What is ours of this process."""
        if self._again is None or (self._by_process and os.getpid() not in self._by_process):
            return None
        return self.here

    def _made(self) -> D:
        if self._again is None:
            raise StoreUnavailable(
                f"{self._place}: this driver was in use when the process forked, and its connections are the parent's: "
                "make a driver and a Neo4jStore in the child, or name the address, Memory('neo4j://...')"
            )
        return self._again()
