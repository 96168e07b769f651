"""Locks of the whole process that a fork waits for."""

import os
import threading


def held_by_forks(lock: threading.Lock) -> threading.Lock:
    """The same lock, free in a child: it has only the thread that forked, and could not free what another held."""
    if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock
