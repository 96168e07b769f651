"""What a fork waits for: a child has only the thread that forked, and could not free what another one held."""

import os
from collections.abc import Callable
from threading import Lock, RLock
from typing import Generic, Protocol, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class Pausing(Protocol):
    """What threads are at work in, and a fork must not come in between."""

    def pause(self) -> None:
        """Wait until no other thread is at work in it, and let none begin."""
        ...

    def go_on(self) -> None:
        """Let them, in the process that forked."""
        ...

    def leave_to_parent(self) -> None:
        """Let them, in a child, which must not touch what belongs to its parent."""
        ...


_ONE_AT_A_TIME = RLock()  # two forks at once would give back what the other one took
_PARTS: WeakSet[Pausing] = WeakSet()
_LOCKS: WeakSet[Lock] = WeakSet()
_paused: list[Pausing] = []
_held: list[Lock] = []


def paused_by_forks(part: Pausing) -> None:
    """Let every fork pause this, as long as it lives."""
    with _ONE_AT_A_TIME:
        _PARTS.add(part)


def held_by_forks(lock: Lock) -> Lock:
    """The same lock, which every fork waits for, and which is free in a child. Whoever holds it takes no other."""
    with _ONE_AT_A_TIME:
        _LOCKS.add(lock)
    return lock


class OnePerProcess(Generic[T]):
    """What every process has one of to itself: two that read from one connection would mix up their answers."""

    def __init__(self) -> None:
        self._by_process: dict[int, T] = {}
        self._making = held_by_forks(Lock())

    def here(self, make: Callable[[], T]) -> T:
        """That of this process, made when it is first asked for, once among threads."""
        process = os.getpid()
        with self._making:
            if process not in self._by_process:
                self._by_process[process] = make()
            return self._by_process[process]

    @property
    def made(self) -> T | None:
        """That of this process, where it was made."""
        return self._by_process.get(os.getpid())


def _before() -> None:
    _ONE_AT_A_TIME.acquire()
    for part in list(_PARTS):  # before the locks, which a thread may want that is at work in a part
        part.pause()
        _paused.append(part)
    for lock in list(_LOCKS):
        lock.acquire()
        _held.append(lock)


def _in_parent() -> None:
    _give_back_locks()
    while _paused:
        _paused.pop().go_on()
    _ONE_AT_A_TIME.release()


def _in_child() -> None:
    _give_back_locks()
    while _paused:
        _paused.pop().leave_to_parent()
    _ONE_AT_A_TIME.release()


def _give_back_locks() -> None:
    while _held:
        _held.pop().release()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
