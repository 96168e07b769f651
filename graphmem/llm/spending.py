"""What a memory has spent on models since it was made."""

from threading import Lock

from graphmem.forking import held_by_forks
from graphmem.models import Usage

_NOTHING = Usage()


class Purse:
    """Adds up what calls cost; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = held_by_forks(Lock())
        self._spent = Usage()

    def pay(self, usage: Usage) -> None:
        """Count what a call cost."""
        if usage != _NOTHING:
            with self._lock:
                self._spent += usage

    @property
    def spent(self) -> Usage:
        """Everything so far."""
        return self._spent
