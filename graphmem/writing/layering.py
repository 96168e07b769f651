"""Which layer keeps what was said in a session: what lasts goes to its owner, what matters only there to the session.

An episode stays in its owner's conversation whatever was read in it. The words of a claim that does not last are noted
once more in the session's space, as evidence that goes with it. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from graphmem.models import Episode
from graphmem.moment import FAR_FUTURE
from graphmem.protocols import Claim, Extraction
from graphmem.scope import layer_of, session_below
from graphmem.writing.intake import Arrival, new_id

SESSION_LASTS = timedelta(hours=24)
"""How long a session's layer is kept after it was last written to."""


@dataclass(frozen=True, slots=True)
class Layering:
    """Where claims go, as of now. `lasts` is how long a session's layer is kept after its last use."""

    now: datetime
    lasts: timedelta

    def layered(self, arrival: Arrival, extraction: Extraction) -> list[tuple[Arrival, Extraction]]:
        """An episode with the claims that last, and notes of the session with those that do not.

        What was said longer ago than a session lasts is history: nothing of it is the state of a task any more.
        """
        episode = arrival.episode
        space = _session_of(episode)
        is_history = self.now - episode.said_at >= self.lasts
        if space in (None, episode.space) or is_history or extraction.state == "pending":
            return [(arrival, extraction)]
        passing: dict[tuple[int, int], list[Claim]] = {}
        for claim in extraction.claims:
            if _passes(claim):
                passing.setdefault((claim.start, claim.end), []).append(claim)
        lasting = tuple(claim for claim in extraction.claims if not _passes(claim))
        return [
            (arrival, replace(extraction, claims=lasting)),
            *(_noted(arrival, str(space), claims) for claims in passing.values()),
        ]

    @property
    def end(self) -> datetime:
        """When the layer of a session that something was just kept in is over."""
        return self.now + min(self.lasts, FAR_FUTURE - self.now)

    def ends(self, episodes: Iterable[Episode]) -> dict[str, datetime]:
        """When the layer of each session that something was just said in is over."""
        return {space: self.end for episode in episodes if (space := _session_of(episode)) is not None}


def _session_of(episode: Episode) -> str | None:
    if episode.session is None or layer_of(episode.space) == "org":
        return None
    return session_below(episode.space, episode.session)


def _passes(claim: Claim) -> bool:
    """Whether it matters only in its session. What ends or takes back goes where what it is about may be."""
    return not claim.is_lasting and claim.op == "assert"


def _noted(arrival: Arrival, space: str, claims: list[Claim]) -> tuple[Arrival, Extraction]:
    start, end = claims[0].start, claims[0].end
    said = arrival.episode
    note = said.model_copy(update={"id": new_id(), "space": space, "text": said.text[start:end], "state": "done"})
    moved = tuple(replace(claim, start=0, end=end - start) for claim in claims)
    return Arrival(note, f"{arrival.identity or said.id}@{start}-{end}"), Extraction(claims=moved)
