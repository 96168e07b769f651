"""Rows of the store as models, and back."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast  # a row of sqlite3 is a tuple of Any

from graphmem.models import Change, Entity, Episode, Evidence, Fact, When
from graphmem.moment import FAR_PAST, Moment, Version, from_micros, to_micros
from graphmem.stores.embedded import statements as sql
from graphmem.stores.embedded.area import FAR, Area
from graphmem.stores.values import to_json

Row = Sequence[Any]
Values = dict[str, object]

PAST = to_micros(FAR_PAST)


def parameter(values: Iterable[int | str]) -> str:
    """A list as one parameter of a statement, for `json_each`: each value once."""
    return json.dumps(list(dict.fromkeys(values)))


# ------------------------------------------------------------------------------------------------------ episodes


def episode_of(row: Row, space: str) -> Episode:
    """An episode from the columns of `statements._EPISODE`."""
    (
        _,
        uid,
        _,
        text,
        role,
        speaker,
        session,
        agent,
        title,
        said_at,
        recorded_at,
        _,
        source,
        metadata,
        state,
        expires,
        text_digest,
        _,
    ) = row
    return Episode(
        id=uid,
        space=space,
        text=text,
        role=role,
        speaker=speaker,
        session=session,
        agent_id=agent,
        title=title,
        said_at=from_micros(said_at),
        recorded_at=from_micros(recorded_at),
        source_id=source,
        metadata=json.loads(metadata),
        state=state,
        expires_at=from_micros(expires),
        text_digest=text_digest,
    )


def episode_values(episode: Episode, *, session: int | None, recorded_at: int, retired_at: int = FAR) -> Values:
    """The parameters of `statements.ADD_EPISODE`, but for id, identity and stems."""
    return {
        "uid": episode.id,
        "text": episode.text,
        "role": episode.role,
        "speaker": episode.speaker,
        "session": session,
        "agent": episode.agent_id,
        "title": episode.title,
        "said_at": to_micros(episode.said_at),
        "recorded_at": recorded_at,
        "retired_at": retired_at,
        "source": episode.source_id,
        "metadata": to_json(dict(episode.metadata)),
        "state": episode.state,
        "expires_at": FAR if episode.expires_at is None else to_micros(episode.expires_at),
        "text_digest": episode.text_digest,
    }


# ------------------------------------------------------------------------------------------------------ entities


def entity_of(row: Row, space: str) -> Entity:
    """An entity from the columns of `statements._ENTITY`."""
    _, key, name, type_, is_common, degree, aliases, *_ = row
    return Entity(
        space=space,
        key=key,
        name=name,
        aliases=tuple(sorted(json.loads(aliases))),
        type=type_,
        is_common=bool(is_common),
        degree=degree,
    )


# --------------------------------------------------------------------------------------------------------- facts

FACT_COLUMNS = 20


def facts_of(db: sqlite3.Connection, area: Area, rows: Sequence[Row], *, known_at: int = FAR) -> list[Fact]:
    """Facts from the columns of `statements._FACT` and `_VERSION`, with the evidence known by a moment."""
    if not rows:
        return []
    asked = {"ids": parameter(row[0] for row in rows), "known_at": known_at, **area.range}
    evidence: dict[int, list[Evidence]] = {}
    for fact, uid, start, stop, _ in db.execute(sql.EVIDENCE, asked):
        evidence.setdefault(fact, []).append(Evidence(episode_id=uid, start=start, end=stop))
    return [_fact_of(area, row, evidence.get(row[0], ())) for row in rows]


def _fact_of(area: Area, row: Row, evidence: Iterable[Evidence]) -> Fact:
    known_from, known_to, valid_from, valid_to = row[FACT_COLUMNS : FACT_COLUMNS + 4]
    return Fact(
        id=row[1],
        space=area.space,
        text=row[3],
        subject=row[4],
        subject_key=row[5],
        predicate=row[6],
        object=row[7],
        object_key=row[8],
        mentions=tuple(json.loads(row[9])),
        mention_keys=tuple(json.loads(row[10])),
        kind=row[11],
        is_negated=bool(row[12]),
        modality=row[13],
        confidence=row[14],
        role=row[15],
        when=When.model_validate_json(row[16]) if row[16] else None,
        valid_from=from_micros(valid_from),
        valid_to=from_micros(valid_to),
        known_from=from_micros(known_from),
        known_to=from_micros(known_to),
        metadata=json.loads(row[17]),
        evidence=tuple(evidence),
    )


def fact_values(fact: Fact, *, digest: str) -> Values:
    """The parameters of `statements.ADD_FACT`, but for id, stems and time."""
    return {
        "uid": fact.id,
        "digest": digest,
        "text": fact.text,
        "subject": fact.subject,
        "subject_key": fact.subject_key,
        "predicate": fact.predicate,
        "object": fact.object,
        "object_key": fact.object_key,
        "mentions": to_json(fact.mentions),
        "mention_keys": to_json(fact.mention_keys),
        "kind": fact.kind,
        "is_negated": fact.is_negated,
        "modality": fact.modality,
        "confidence": fact.confidence,
        "role": fact.role,
        "happened": fact.when.model_dump_json() if fact.when else None,
        "metadata": to_json(dict(fact.metadata)),
    }


def version_values(version: Version) -> Values:
    """The parameters of `statements.ADD_VERSION`, but for the fact."""
    return {
        "known_from": to_micros(version.known_from),
        "known_to": to_micros(version.known_to),
        "valid_from": to_micros(version.valid_from),
        "valid_to": to_micros(version.valid_to),
    }


# ------------------------------------------------------------------------------------------------------- journal


def change_of(row: Row, space: str, text: str | None) -> Change:
    """A change from the columns of `statements._CHANGE`."""
    _, uid, at, kind, actor, fact, episode, before, after, reason, evidence = row
    return Change(
        id=uid,
        space=space,
        at=from_micros(at),
        kind=kind,
        actor=actor,
        fact_id=fact,
        episode_id=episode,
        before=before,
        after=after,
        reason=reason,
        evidence=evidence_of(evidence),
        text=text,
    )


def change_values(change: Change, *, uid: str, at: int) -> Values:
    """The parameters of `statements.ADD_CHANGE`, but for the id."""
    return {
        "uid": uid,
        "at": at,
        "kind": change.kind,
        "actor": change.actor,
        "fact": change.fact_id,
        "episode": change.episode_id,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
        "evidence": to_json([[place.episode_id, place.start, place.end] for place in change.evidence]),
    }


def evidence_of(stored: str) -> tuple[Evidence, ...]:
    """Evidence from its JSON."""
    places = cast("list[tuple[str, int, int]]", json.loads(stored))
    return tuple(Evidence(episode_id=episode, start=start, end=end) for episode, start, end in places)


def clocks(moment: Moment) -> Mapping[str, int]:
    """The two clocks as parameters."""
    return {"at": to_micros(moment.at), "known_at": to_micros(moment.known_at)}
