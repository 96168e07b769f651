"""A property that is worked out when it is first asked for."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class on_first_use(Generic[T]):  # noqa: N801 - used as a decorator, like `property`
    """`functools.cached_property` without the lock that Python 3.11 has in it, one for all objects of a class: threads
    would wait there for each other, and a child for a thread that was at work when its parent forked.

    Two threads that ask at once may both work it out.
    """

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, of: None, owner: type) -> Self: ...
    @overload
    def __get__(self, of: object, owner: type) -> T: ...
    def __get__(self, of: object | None, owner: type) -> T | Self:
        if of is None:
            return self
        return of.__dict__.setdefault(self._name, self._work_out(of))  # found there from now on, not here
