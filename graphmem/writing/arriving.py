"""What of what arrives is new, known, or was forgotten; and what is said of it then. Pure."""

from collections.abc import Mapping, Sequence

from graphmem import forgetting
from graphmem.errors import Conflict
from graphmem.models import Change, Episode, Evidence
from graphmem.protocols import Known
from graphmem.reconcile import rejection
from graphmem.scope import Scope
from graphmem.writing import retaining
from graphmem.writing.drafting import Reading
from graphmem.writing.intake import Arrival


def sorted_out(
    arrivals: Sequence[Arrival], known: Mapping[tuple[str, str], Episode], *, is_replacing: bool
) -> tuple[list[Arrival], list[tuple[str, str]]]:
    """Arrivals that are new, and the (space, identity) of those that are known.

    Raises:
        Conflict: The same source id comes with another text, and nobody said to replace it.
    """
    met = dict(known)
    fresh: list[Arrival] = []
    old: list[tuple[str, str]] = []
    for arrival in arrivals:
        identity = (arrival.episode.space, arrival.identity)
        is_met = identity in met
        if is_met and retaining.is_same_text(met[identity], arrival.episode):
            old.append(identity)
            continue
        if is_met and not (is_replacing and identity in known):
            raise Conflict(
                f"source_id={arrival.episode.source_id!r} is known with another text: "
                "pass replace=True to put this one in its place, or choose another id"
            )
        fresh.append(arrival)
        met[identity] = arrival.episode
    return fresh, old


def sources(scope: Scope, arrivals: Sequence[Arrival]) -> tuple[tuple[str, str], ...]:
    """(space, source id) of everything that arrivals may take the place of: the spaces one call writes to."""
    spaces = dict.fromkeys((scope.home, *(arrival.episode.space for arrival in arrivals)))
    if scope.session_id is not None and scope.layer == "auto":
        spaces[scope.model_copy(update={"layer": "session"}).home] = None
    sources = dict.fromkeys(arrival.episode.source_id for arrival in arrivals)
    return tuple((space, source) for space in spaces for source in sources if source is not None)


def origin(arrival: Arrival) -> tuple[str, str]:
    """(space, digest) that says whether this text of this source was forgotten."""
    return arrival.episode.space, rejection(forgetting.origin(arrival.episode))


def forgotten(episode: Episode) -> Change:
    """What is said of a text that somebody had forgotten."""
    reason = "this text of this source was forgotten"
    return Change(space=episode.space, at=episode.said_at, kind="refused", reason=reason)


def known_changes(identity: tuple[str, str], known: Known) -> list[Change]:
    """What is said of an episode that was known: nothing was written, here is what it had taught."""
    episode = known.episodes.get(identity)
    if episode is None:  # it came twice in one call, and is written once
        return []
    base = Change(
        space=episode.space,
        at=episode.recorded_at,
        kind="skipped",
        episode_id=episode.id,
        reason="this episode is known",
    )
    facts = known.sole.get(identity, ())
    return [base.model_copy(update={"fact_id": fact.id, "text": fact.text}) for fact in facts] or [base]


def passed_over(reading: Reading) -> list[Change]:
    """Why sentences of an episode gave no fact, each with its place; for whoever asked, not for the journal."""
    episode = reading.episode
    return [
        Change(
            space=episode.space,
            kind="skipped",
            episode_id=episode.id,
            reason=of.reason,
            evidence=(Evidence(episode_id=episode.id, start=of.start, end=of.end),),
            text=None if episode.text_digest else episode.text[of.start : of.end],
        )
        for of in reading.extraction.passed_over
    ]
