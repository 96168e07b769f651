"""Memories and what happened to them, in the shapes that Mem0's programs read."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from graphmem.compat.mem0.owners import named_by
from graphmem.errors import InvalidInput
from graphmem.models import Change, Episode, Fact

Record = dict[str, Any]  # as Mem0's programs know it: plain values by name

EXPIRES = "expiration_date"
APP = "app_id"
_PROMOTED = (APP, EXPIRES)
IDENTITY = frozenset({"user_id", "agent_id", "run_id", "actor_id"})
"""Never taken from metadata: who a memory belongs to is said by the call."""

_EVENTS = {
    "added": "ADD",
    "superseded": "UPDATE",
    "corrected": "UPDATE",
    "restored": "UPDATE",
    "ended": "DELETE",
    "retracted": "DELETE",
    "expired": "DELETE",
}


def record(memory_id: str, fact: Fact, episode: Episode | None, changes: Sequence[Change]) -> Record:
    """A memory: its newest text, what it was said in first, and the journal of all its facts."""
    times = [change.at for change in changes if change.at is not None and change.kind in _EVENTS]
    created = min(times, default=fact.known_from)
    updated = max(times, default=fact.known_from)
    shown = {
        "id": memory_id,
        "memory": fact.text,
        "hash": hashlib.md5(fact.text.encode(), usedforsecurity=False).hexdigest(),
        "metadata": {name: value for name, value in fact.metadata.items() if name not in _PROMOTED} or None,
        "score": None,
        "created_at": _told(created),
        "updated_at": _told(updated),
        "categories": list(fact.categories),
        **named_by(fact.space),
    }
    if episode is not None:
        said = {"agent_id": episode.agent_id, "run_id": episode.session, "actor_id": episode.speaker}
        shown |= {name: value for name, value in said.items() if value is not None}
        shown |= {"role": episode.role, "attributed_to": episode.role}
    return shown | {name: fact.metadata[name] for name in _PROMOTED if name in fact.metadata}


def happened(
    memory_id: str,
    ids: Sequence[str],
    changes: Mapping[str, Sequence[Change]],
    episodes: Mapping[str, Episode],
    *,
    is_forgotten: bool,
) -> list[Record]:
    """The history of a memory, oldest first. Of what was forgotten the times stay, and no text."""
    texts = {id_: next((of.text for of in changes[id_] if of.fact_id == id_), None) for id_ in ids}
    happenings = [
        (id_, of, event) for id_ in ids for of in changes[id_] if (event := _event(of, id_, is_first=id_ == ids[0]))
    ]
    created = happenings[0][1].at if happenings else None
    told = [
        {
            "id": change.id,
            "memory_id": memory_id,
            "old_memory": None if event == "ADD" else texts[id_],
            "new_memory": {"ADD": texts[id_], "UPDATE": texts.get(change.after or id_)}.get(event),
            "event": event,
            "created_at": _told(created),
            "updated_at": _told(change.at),
            "is_deleted": event == "DELETE",
            **_speaker(episodes.get(change.episode_id or "")),
        }
        for id_, change, event in happenings
    ]
    if is_forgotten:
        gone = dict.fromkeys(("old_memory", "new_memory", "updated_at", "actor_id", "role"))
        told.append(
            {
                "id": f"{memory_id}-forgotten",
                "memory_id": memory_id,
                **gone,
                "event": "DELETE",
                "is_deleted": True,
                "created_at": _told(created),
            }
        )
    return told


def _speaker(episode: Episode | None) -> Record:
    return {"actor_id": episode.speaker, "role": episode.role} if episode else {"actor_id": None, "role": None}


def _event(change: Change, fact_id: str, *, is_first: bool) -> str | None:
    if change.fact_id != fact_id or (change.kind == "added" and not is_first):
        return None
    return _EVENTS.get(change.kind)


def expiry(value: object) -> str | None:
    """A day after which a memory is hidden, as YYYY-MM-DD.

    Raises:
        InvalidInput: It is no day.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError as error:
        raise InvalidInput(f"{EXPIRES}={value!r:.80} is no day: write it as 2030-12-31") from error


def is_expired(fact: Fact, today: date) -> bool:
    """Whether the day of a memory is over. A day that cannot be read hides nothing."""
    day = fact.metadata.get(EXPIRES)
    try:
        return isinstance(day, str) and date.fromisoformat(day) < today
    except ValueError:
        return False


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
