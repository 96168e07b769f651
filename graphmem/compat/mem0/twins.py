"""What calls and what awaits is told once."""

from collections.abc import Callable
from typing import TypeVar

Class = TypeVar("Class", bound=type)


def told_as(twin: type) -> Callable[[Class], Class]:
    """Gives the verbs of a class the docstrings of its twin."""

    def told(of: Class) -> Class:
        for name, verb in vars(of).items():
            if callable(verb) and not name.startswith("_") and not verb.__doc__:
                verb.__doc__ = getattr(twin, name).__doc__
        return of

    return told
