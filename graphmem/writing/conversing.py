"""One session's conversation as it is kept: its turns in order, and what they are about."""

from collections.abc import Iterator, Sequence

from graphmem.extraction import names
from graphmem.models import Episode
from graphmem.moment import LATEST
from graphmem.protocols import Store
from graphmem.scope import Scope

NOTE = "session-note:"
"""What the source ids of working notes begin with."""

SUMMARY = "session-summary:"
"""What the source ids of summaries begin with."""

LATELY = 4
"""Turns that say what a conversation is about."""

FOCUS = 40
"""Names and nouns that are looked for in them, the latest first."""


async def turns(store: Store, scope: Scope, *, last: int | None = None) -> list[Episode]:
    """What was said in the session of a call, tools included, in order; only the last so many where that is said."""
    session = scope.model_copy(update={"layer": "session"}).home
    spaces = (scope.model_copy(update={"layer": "auto"}).home, session)
    ids = await store.find_episodes(spaces, session=scope.session_id)
    said = await store.episodes(spaces, ids, known_at=LATEST)
    found = list(_spoken(said, session))
    return found if last is None else found[-last:]


def _spoken(said: Sequence[Episode], session: str) -> Iterator[Episode]:
    """Without working notes, summaries, and what the session's layer repeats of a turn."""
    owners = [episode for episode in said if episode.space != session]
    told = {(episode.said_at, episode.role, episode.speaker): episode.text for episode in owners}
    for episode in said:
        source = episode.source_id or ""
        if source.startswith((NOTE, SUMMARY)):
            continue
        heard = told.get((episode.said_at, episode.role, episode.speaker))
        if episode.space != session or heard is None or episode.text not in heard:
            yield episode


async def focus(store: Store, scope: Scope) -> tuple[str, ...]:
    """Keys of what the current turns may be about; nothing without a session."""
    if scope.session_id is None or scope.layer == "org":
        return ()
    lately = await turns(store, scope, last=LATELY)
    keys = (candidate.key for turn in reversed(lately) for candidate in names.candidate_keys(turn.text))
    return tuple(dict.fromkeys(keys))[:FOCUS]
