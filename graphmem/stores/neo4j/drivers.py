"""A driver for each process that a store is used in."""

from collections.abc import Callable
from typing import Generic, TypeVar

from neo4j import AsyncDriver, Driver

from graphmem.errors import StoreUnavailable
from graphmem.forking import OnePerProcess

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
        self._first: D | None = driver  # until a process takes it
        self._again = again
        self._place = place
        self._drivers = OnePerProcess[D]()

    @property
    def here(self) -> D:
        """The driver of this process.

        Raises:
            StoreUnavailable: It was given to us, and used before this process was forked.
        """
        return self._drivers.here(self._taken)

    def to_close(self) -> D | None:
        """What is ours of this process."""
        return (self._drivers.made or self._first) if self._again is not None else None

    def _taken(self) -> D:
        if (first := self._first) is not None:
            self._first = None
            return first
        if self._again is None:
            raise StoreUnavailable(
                f"{self._place}: this driver was in use when the process forked, and its connections are the parent's: "
                "make a driver and a Neo4jStore in the child, or name the address, Memory('neo4j://...')"
            )
        return self._again()
