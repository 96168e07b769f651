"""What is passed over is said once for a call, by a warning that points at the line that made it."""

import inspect
import warnings
from collections.abc import Collection

PAGE = "docs/coming_from_mem0.md"
_OURS = ("graphmem", "asyncio", "concurrent", "threading")


class Mem0Difference(UserWarning):
    """Something that Mem0 takes and that means nothing here; the call did the rest."""


def passed_over(call: str, names: Collection[str], why: str = "means nothing here") -> None:
    """Warn that some of what was given to a call has no effect."""
    if names:
        said = f"{call}: {', '.join(sorted(set(names)))} {why} and is passed over; {PAGE} says what maps"
        warnings.warn(said, Mem0Difference, stacklevel=_caller())


def _caller() -> int:
    """How many frames up from the warning the program's own line is."""
    level, frame = 0, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        level, frame = level + 1, frame.f_back
    return max(level, 1)
