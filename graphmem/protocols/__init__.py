"""What a part must do: `Store`, `Extractor`, `Embedder`, and the values they exchange with the engine.

Every part is written with `async def` and says by `blocks` whether it does its work in the calling thread. The
engine never learns which database, model or table it talks to.
"""

from graphmem.protocols.embedding import Embedder, Vector, WeighsWords
from graphmem.protocols.excerpts import (
    ROLE,
    Bounds,
    Degree,
    EntityColumns,
    EpisodeColumns,
    Excerpt,
    FactColumns,
    Lists,
    Lookup,
    Nearest,
    Places,
    Statistics,
)
from graphmem.protocols.extraction import Claim, Extraction, Extractor, Name, PassedOver, Setting
from graphmem.protocols.language_models import LanguageModel, Prompt, Reply
from graphmem.protocols.store import Reader, Relation, Store
from graphmem.protocols.writes import (
    Belief,
    Closing,
    Draft,
    Erasure,
    Index,
    Known,
    NewEpisode,
    NewFact,
    Question,
    Rewrite,
    Slot,
    Text,
)

__all__ = [
    "ROLE",
    "Belief",
    "Bounds",
    "Claim",
    "Closing",
    "Degree",
    "Draft",
    "Embedder",
    "EntityColumns",
    "EpisodeColumns",
    "Erasure",
    "Excerpt",
    "Extraction",
    "Extractor",
    "FactColumns",
    "Index",
    "Known",
    "LanguageModel",
    "Lists",
    "Lookup",
    "Name",
    "Nearest",
    "NewEpisode",
    "NewFact",
    "PassedOver",
    "Places",
    "Prompt",
    "Question",
    "Reader",
    "Relation",
    "Reply",
    "Rewrite",
    "Setting",
    "Slot",
    "Statistics",
    "Store",
    "Text",
    "Vector",
    "WeighsWords",
]
