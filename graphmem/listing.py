"""`Listing`: the list that verbs return where they return several models."""

from typing import SupportsIndex, TypeVar, overload

from graphmem.models import Model

T = TypeVar("T", bound=Model)


class Listing(list[T]):
    """A list in every respect, which a notebook shows as a table."""

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> T: ...
    @overload
    def __getitem__(self, index: slice, /) -> "Listing[T]": ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> "T | Listing[T]":
        """An item; or, of a slice, a listing of its own, so that `facts[:5]` is shown as `facts` is."""
        return Listing(super().__getitem__(index)) if isinstance(index, slice) else super().__getitem__(index)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """What a notebook shows of it."""
        from graphmem.display import mimebundle

        return mimebundle(self)
