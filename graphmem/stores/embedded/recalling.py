"""What a question looks up before it is asked: entities by name, and word statistics."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from graphmem.models import Entity
from graphmem.moment import to_micros
from graphmem.protocols import Lookup, Statistics
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.parts import Part
from graphmem.stores.embedded.rows import entity_of, parameter


def lookup(
    db: sqlite3.Connection,
    areas: Sequence[Area],
    parts: Sequence[Part],
    *,
    keys: Sequence[str],
    stems: Mapping[str, np.uint64],
    known_at: datetime,
) -> Lookup:
    """See `Store.lookup`. The stems come with the numbers that the columns know them by."""
    known = {"known_at": to_micros(known_at)}
    entities: list[Entity] = []
    speakers: set[str] = set()
    for area in areas:
        asked = {"keys": parameter(keys), **known, **area.range}
        rows = {row[0]: row for row in db.execute(sql.ENTITIES_NAMED, asked)}
        entities += (entity_of(row, area.space) for row in rows.values())
        speakers.update(name.lower() for [name] in db.execute(sql.SPEAKERS, {"part": area.part, **known}))
    episodes = sum(area.episodes for area in areas)
    return Lookup(
        entities=tuple(entities),
        statistics=Statistics(
            episodes=episodes,
            episode_length=sum(area.episode_stems for area in areas) / episodes if episodes else 0.0,
            episode_df={
                stem: sum(len(part.columns.episodes.words.of(number)[0]) for part in parts)
                for stem, number in stems.items()
            },
        ),
        speakers=frozenset(name for name in speakers if name.strip()),
        selves=tuple(dict.fromkeys(area.self for area in areas if area.self)),
    )
