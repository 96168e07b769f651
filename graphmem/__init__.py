"""graphmem: a memory for AI agents that answers chained questions and shows the path that proves each answer.

>>> from graphmem import Memory
>>> memory = Memory(":memory:")
>>> changes = memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
>>> recall = memory.recall("Which city does Ada work in?", user_id="ada")

The public names below are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphmem.async_memory import AsyncMemory
    from graphmem.difference import Diff
    from graphmem.embedding.openai import OpenAIEmbedder
    from graphmem.errors import (
        BadLine,
        Conflict,
        EmbedderMismatch,
        FormatTooNew,
        GraphmemError,
        InvalidInput,
        ModelError,
        NaiveMoment,
        NotAStore,
        NotFound,
        PartMissing,
        ScopeMissing,
        StoreError,
        StoreUnavailable,
        TooLarge,
    )
    from graphmem.llm.cache import CachedModel
    from graphmem.llm.openai import OpenAIModel
    from graphmem.memory import Memory
    from graphmem.models import (
        Answer,
        Change,
        Citation,
        Doubt,
        Dropped,
        Entity,
        Episode,
        Evidence,
        Fact,
        Hit,
        Ingested,
        Path,
        Profile,
        Recall,
        Receipt,
        Stats,
        Step,
        Subgraph,
        Topic,
        Usage,
        When,
    )
    from graphmem.session import AsyncSession, Session

_HOMES = {
    "graphmem.async_memory": ("AsyncMemory",),
    "graphmem.difference": ("Diff",),
    "graphmem.embedding.openai": ("OpenAIEmbedder",),
    "graphmem.llm.cache": ("CachedModel",),
    "graphmem.llm.openai": ("OpenAIModel",),
    "graphmem.memory": ("Memory",),
    "graphmem.session": ("AsyncSession", "Session"),
    "graphmem.models": (
        "Answer",
        "Change",
        "Citation",
        "Doubt",
        "Dropped",
        "Entity",
        "Episode",
        "Evidence",
        "Fact",
        "Hit",
        "Ingested",
        "Path",
        "Profile",
        "Recall",
        "Receipt",
        "Stats",
        "Step",
        "Subgraph",
        "Topic",
        "Usage",
        "When",
    ),
    "graphmem.errors": (
        "BadLine",
        "Conflict",
        "EmbedderMismatch",
        "FormatTooNew",
        "GraphmemError",
        "InvalidInput",
        "ModelError",
        "NaiveMoment",
        "NotAStore",
        "NotFound",
        "PartMissing",
        "ScopeMissing",
        "StoreError",
        "StoreUnavailable",
        "TooLarge",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "AsyncMemory",
    "AsyncSession",
    "BadLine",
    "CachedModel",
    "Change",
    "Citation",
    "Conflict",
    "Diff",
    "Doubt",
    "Dropped",
    "EmbedderMismatch",
    "Entity",
    "Episode",
    "Evidence",
    "Fact",
    "FormatTooNew",
    "GraphmemError",
    "Hit",
    "Ingested",
    "InvalidInput",
    "Memory",
    "ModelError",
    "NaiveMoment",
    "NotAStore",
    "NotFound",
    "OpenAIEmbedder",
    "OpenAIModel",
    "PartMissing",
    "Path",
    "Profile",
    "Recall",
    "Receipt",
    "ScopeMissing",
    "Session",
    "Stats",
    "Step",
    "StoreError",
    "StoreUnavailable",
    "Subgraph",
    "TooLarge",
    "Topic",
    "Usage",
    "When",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
