"""Everything graphmem raises on purpose.

    GraphmemError
    ├── InvalidInput (ValueError)          what was passed cannot be meant; nothing was changed
    │   ├── ScopeMissing                   nobody was named, so nobody's memory may be touched
    │   ├── NaiveMoment                    a datetime without a time zone
    │   ├── TooLarge                       a text beyond the documented limit
    │   └── BadLine                        a line of an import that cannot be read, named by number
    ├── NotFound (LookupError)             no such fact, episode or entity in the spaces of this call
    ├── Conflict                           somebody else's write, or another text under the same source_id
    ├── StoreError                         the place where memories are kept
    │   ├── StoreUnavailable (OSError)     it cannot be opened, read or written; `retryable` says whether to wait
    │   ├── NotAStore                      the file is something else
    │   ├── FormatTooNew                   written by a newer graphmem
    │   └── EmbedderMismatch               its vectors were made by another embedder
    ├── ModelError (RuntimeError)          a language model or embeddings that did not come; `reason` says why
    └── PartMissing (ImportError)          a language model, an extra or a feature that is not installed

Catch `GraphmemError` for all of them. Every message names the thing and the way out.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from graphmem.models import Usage

Failure = Literal[
    "away",
    "busy",
    "failed",
    "filtered",
    "garbled",
    "key",
    "model",
    "quota",
    "refused",
    "timeout",
    "too long",
    "truncated",
    "unsupported",
]


class GraphmemError(Exception):
    """Root of the tree. `retryable` is true where the same call may succeed a moment later."""

    retryable = False


class InvalidInput(GraphmemError, ValueError):
    """A value that cannot be meant."""


class ScopeMissing(InvalidInput):
    """No `user_id`, no `agent_id` and no `layer="org"`: never read as "everybody"."""


class NaiveMoment(InvalidInput):
    """A datetime without a time zone: the same words would mean different moments on different machines."""


class TooLarge(InvalidInput):
    """A text beyond the limit named in the message."""


class BadLine(InvalidInput):
    """A line of an import file that cannot be read; `line` counts from 1."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


class NotFound(GraphmemError, LookupError):
    """Nothing with this id in the spaces that the call may read."""

    @classmethod
    def of(cls, what: str, name: str) -> "NotFound":
        """The error for one thing that was asked for by name."""
        return cls(f"there is no {what} {name!r} in the memory of this call: ids are found only in their own scope")


class Conflict(GraphmemError):
    """Two writes that exclude each other."""


class StoreError(GraphmemError):
    """The place where memories are kept refused."""


class StoreUnavailable(StoreError, OSError):
    """The store cannot be opened, read or written right now."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class NotAStore(StoreError):
    """The file exists and is not a graphmem store; it was left as it is."""


class FormatTooNew(StoreError):
    """The store or export was written by a newer graphmem."""


class EmbedderMismatch(StoreError):
    """The vectors in the store were made by another embedder and cannot be compared with this one's."""


class ModelError(GraphmemError, RuntimeError):
    """A language model, or a service of embeddings, did not do what it was asked.

    `reason`: the server is `away`, `busy` (too many calls), it `failed`, it took too long (`timeout`), it does not
    accept the `key`, its `quota` is used up, it has no such `model`, or does not take the request (`unsupported`); the
    model `refused`, a filter held text back (`filtered`), the text is `too long`, the answer does not fit
    (`truncated`) or cannot be read (`garbled`). `usage` is what was spent all the same, None for nothing.
    """

    def __init__(self, message: str, reason: Failure, *, retryable: bool = False, usage: "Usage | None" = None) -> None:
        super().__init__(message)
        self.reason: Failure = reason
        self.retryable = retryable
        self.usage = usage


class PartMissing(GraphmemError, ImportError):
    """Something that has to be installed first; the message names the one command."""
