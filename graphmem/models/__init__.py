"""What memory is made of, as frozen models: episodes, entities, facts, changes, and what a recall returns.

Times are aware, in UTC. Open ends are None here; stores keep them as far-future dates (see `graphmem.moment`).
"""

from graphmem.models.found import Dropped, Hit, Path, Profile, Recall, Step, Subgraph, Topic, Trace
from graphmem.models.kept import (
    Change,
    ChangeKind,
    Entity,
    EntityType,
    Episode,
    Evidence,
    Fact,
    FactKind,
    Metadata,
    Modality,
    Model,
    OpenUtc,
    Role,
    State,
    When,
)
from graphmem.models.reported import Answer, Citation, Doubt, Ingested, Receipt, Stats, Usage

__all__ = [
    "Answer",
    "Change",
    "ChangeKind",
    "Citation",
    "Doubt",
    "Dropped",
    "Entity",
    "EntityType",
    "Episode",
    "Evidence",
    "Fact",
    "FactKind",
    "Hit",
    "Ingested",
    "Metadata",
    "Modality",
    "Model",
    "OpenUtc",
    "Path",
    "Profile",
    "Recall",
    "Receipt",
    "Role",
    "State",
    "Stats",
    "Step",
    "Subgraph",
    "Topic",
    "Trace",
    "Usage",
    "When",
]
