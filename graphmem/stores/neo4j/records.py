"""Models as properties of nodes, and back. The one place that converts times."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast  # what a driver returns

from graphmem.errors import InvalidInput
from graphmem.models import Change, Entity, Episode, Evidence, Fact, When
from graphmem.moment import FAR_FUTURE, Version, from_micros
from graphmem.stores.neo4j.connection import Row
from graphmem.stores.tokens import packed
from graphmem.stores.values import to_json

Values = dict[str, object]

LONGEST_LABEL = 60
"""Characters of a node's `name`, which is what pictures of the graph show."""


def native(moment: Any) -> datetime:
    """A moment of the driver as ours, or one that a query returns as microseconds since 1970."""
    return from_micros(moment) if isinstance(moment, int) else cast("datetime", moment.to_native()).astimezone(UTC)


def _label(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LABEL else f"{line[: LONGEST_LABEL - 1]}…"


def in_a_line(name: str | None) -> str | None:
    """An id or a key, which `graphmem.stores.neo4j.lines` reads from between tabs and line ends.

    Raises:
        InvalidInput: It holds one of them.
    """
    if name is not None and ("\t" in name or "\n" in name):
        raise InvalidInput(f"{name!r} is no id or key here: it holds a tab or a line end")
    return name


# ------------------------------------------------------------------------------------------------------ episodes


def episode_of(row: Row) -> Episode:
    """An episode from a row of `read/episodes`."""
    stored = row["episode"]
    return Episode.model_validate(
        {
            **stored,
            "said_at": native(stored["said_at"]),
            "recorded_at": native(stored["recorded_at"]),
            "expires_at": None if stored["expires_at"] is None else native(stored["expires_at"]),
            "metadata": json.loads(stored["metadata"]),
        }
    )


def episode_values(
    episode: Episode,
    *,
    identity: str | None,
    number: int,
    token: str,
    stems: Iterable[str],
    recorded_at: datetime,
    retired_at: datetime = FAR_FUTURE,
) -> Values:
    """The properties of an episode's node."""
    return {
        "space": episode.space,
        "id": in_a_line(episode.id),
        "name": _label(episode.title or episode.text or f"said by {episode.speaker or episode.role}"),
        "number": number,
        "identity": identity,
        "text": episode.text,
        "role": episode.role,
        "speaker": episode.speaker,
        "session": episode.session,
        "agent_id": episode.agent_id,
        "title": episode.title,
        "said_at": episode.said_at,
        "recorded_at": recorded_at,
        "retired_at": retired_at,
        "source_id": episode.source_id,
        "metadata": to_json(dict(episode.metadata)),
        "state": episode.state,
        "expires_at": episode.expires_at,
        "text_digest": episode.text_digest,
        "token": token,
        "stems": packed(stems),
    }


# ------------------------------------------------------------------------------------------------------ entities


def entity_of(row: Row) -> Entity:
    """An entity from a row of `read/entities_named` or the like: `entity` and `aliases`."""
    return Entity(**row["entity"], aliases=tuple(sorted(row["aliases"])))


def entity_values(entity: Entity) -> Values:
    """What is said last of an entity counts."""
    return {"name": entity.name, "type": entity.type, "is_common": entity.is_common}


# --------------------------------------------------------------------------------------------------------- facts

_PLAIN = (
    "id",
    "space",
    "text",
    "subject",
    "subject_key",
    "predicate",
    "object",
    "object_key",
    "kind",
    "is_negated",
    "modality",
    "confidence",
    "role",
)


def fact_of(row: Row) -> Fact:
    """A fact from a row of `read/facts` or the like."""
    stored = row["fact"]
    return Fact(
        **{name: stored[name] for name in _PLAIN},
        mentions=tuple(stored["mentions"]),
        mention_keys=tuple(stored["mention_keys"]),
        when=When.model_validate_json(stored["happened"]) if stored["happened"] else None,
        valid_from=native(stored["valid_from"]),
        valid_to=native(stored["valid_to"]),
        known_from=native(stored["known_from"]),
        known_to=native(stored["known_to"]),
        metadata=json.loads(stored["metadata"]),
        evidence=tuple(Evidence(episode_id=id_, start=start, end=stop) for id_, start, stop, *_ in row["places"]),
    )


def fact_values(fact: Fact, *, digest: str, number: int, token: str, stems: Iterable[str], version: Version) -> Values:
    """The properties of the node of a fact's first version."""
    for name in (fact.id, fact.subject_key, fact.object_key, *fact.mention_keys):
        in_a_line(name)
    return {
        **{name: getattr(fact, name) for name in _PLAIN},
        "version": 1,
        "name": _label(fact.text),
        "number": number,
        "digest": digest,
        "mentions": list(fact.mentions),
        "mention_keys": list(fact.mention_keys),
        "happened": fact.when.model_dump_json() if fact.when else None,
        "metadata": to_json(dict(fact.metadata)),
        "token": token,
        "stems": packed(stems),
        "first_known": version.known_from,
        **version_values(version),
    }


def version_values(version: Version) -> Values:
    """The four sides of a version's rectangle."""
    return {
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "known_from": version.known_from,
        "known_to": version.known_to,
    }


# ------------------------------------------------------------------------------------------------------- journal


def change_of(stored: Mapping[str, Any], text: str | None = None) -> Change:
    """A change from the properties of its node."""
    evidence = cast("Sequence[tuple[str, int, int]]", json.loads(stored["evidence"]))
    return Change.model_validate(
        {
            **{name: stored.get(name) for name in _JOURNAL},
            "at": native(stored["at"]),
            "evidence": tuple(Evidence(episode_id=id_, start=start, end=end) for id_, start, end in evidence),
            "text": text,
        }
    )


def change_values(change: Change, *, id_: str, number: int, at: datetime) -> Values:
    """The properties of a change's node."""
    return {
        **{name: getattr(change, name) for name in _JOURNAL},
        "id": id_,
        "name": change.kind,
        "number": number,
        "at": at,
        "evidence": to_json([[place.episode_id, place.start, place.end] for place in change.evidence]),
    }


_JOURNAL = ("id", "space", "kind", "actor", "fact_id", "episode_id", "before", "after", "reason")
