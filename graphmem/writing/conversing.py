"""One session's conversation as it is kept: its turns in order, and what they are about."""

from collections import defaultdict
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

BESIDE = 4
"""How many times as many episodes as turns are read: each may have notes of its session beside it."""

FOCUS = 40
"""Names and nouns that are looked for in them, the latest first."""


async def turns(store: Store, scope: Scope, *, last: int | None = None) -> list[Episode]:
    """What was said in the session of a call, tools included, in order; only the last so many where that is said."""
    session = scope.model_copy(update={"layer": "session"}).home
    spaces = (scope.model_copy(update={"layer": "auto"}).home, session)

    async def read(most: int | None) -> tuple[list[str], list[Episode]]:
        ids = await store.find_episodes(spaces, session=scope.session_id, last=most)
        return ids, list(_spoken(await store.episodes(spaces, ids, known_at=LATEST), session))

    if last is None:
        return (await read(None))[1]
    most = last * BESIDE
    while True:
        ids, found = await read(most)
        if len(ids) < most:
            return found[-last:]
        whole = [turn for turn in found if turn.said_at > found[0].said_at]  # what is told beside the first may be cut
        if len(whole) >= last:
            return whole[-last:]
        most *= BESIDE


def _spoken(said: Sequence[Episode], session: str) -> Iterator[Episode]:
    """Without working notes, summaries, and what the session's layer repeats of a turn."""
    owners = [episode for episode in said if episode.space != session]
    told: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for episode in owners:
        told[episode.said_at, episode.role, episode.speaker].append(episode.text)
    for episode in said:
        source = episode.source_id or ""
        if source.startswith((NOTE, SUMMARY)):
            continue
        heard = told[episode.said_at, episode.role, episode.speaker]
        if episode.space != session or not any(episode.text in text for text in heard):
            yield episode


async def focus(store: Store, scope: Scope) -> tuple[str, ...]:
    """Keys of what the current turns may be about; nothing without a session."""
    if scope.session_id is None or scope.layer == "org":
        return ()
    lately = await turns(store, scope, last=LATELY)
    keys = (candidate.key for turn in reversed(lately) for candidate in names.candidate_keys(turn.text))
    return tuple(dict.fromkeys(keys))[:FOCUS]
