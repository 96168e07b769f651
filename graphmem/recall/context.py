"""What an agent is handed: hits as notes, grouped by layer, dated, in a fence; and why something is a hit, or not."""

import re
from datetime import datetime

from graphmem.models import Dropped, Fact, Hit, Recall
from graphmem.moment import Moment
from graphmem.recall import fence
from graphmem.scope import LAYERS, Layer

CHARACTERS_A_TOKEN = 4
HEADINGS: dict[Layer, str] = {
    "session": "This session",
    "user": "About the user",
    "agent": "From the agent",
    "org": "Shared in the organisation",
    "conversation": "Said before",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
"""What nobody sees and a model reads: blanks without width, and letters that are tags. Joiners belong to scripts."""


def by_layer(recall: Recall) -> dict[Layer, list[Hit]]:
    """The hits grouped by layer, in the fixed order of layers; within one, best first. Empty layers are left out."""
    groups: dict[Layer, list[Hit]] = {layer: [hit for hit in recall.hits if hit.layer == layer] for layer in LAYERS}
    return {layer: hits for layer, hits in groups.items() if hits}


def render(recall: Recall, *, max_tokens: int) -> str:
    """The hits as notes for a prompt, or an empty text where nothing is known or nothing fits.

    The fence carries a nonce that is new for each call, so that a remembered text cannot close it; text that looks
    like a fence is defused all the same. What changes least between calls comes first, for prompt caches. The best
    hits of all layers are taken as long as they fit; only then are they grouped.
    """
    opening, closing = fence.marks()
    room = max_tokens * CHARACTERS_A_TOKEN - len(opening) - len(closing) - 1
    taken: list[Hit] = []
    headed: set[Layer] = set()
    for hit in recall.hits:
        cost = len(_note(hit)) + 1 + (0 if hit.layer in headed else len(_heading(hit.layer)) + 1)
        if cost <= room:
            room -= cost
            taken.append(hit)
            headed.add(hit.layer)
    if not taken:
        return ""
    lines = [opening]
    for layer, hits in by_layer(recall.model_copy(update={"hits": tuple(taken)})).items():
        lines += [_heading(layer), *map(_note, hits)]
    return "\n".join([*lines, closing])


def _heading(layer: Layer) -> str:
    return f"## {HEADINGS[layer]}"


def _note(hit: Hit) -> str:
    """One line: the statement with what led to it, who said it and when, and whether it still holds."""
    chain = hit.path.steps if hit.path and len(hit.path) > 1 else ()
    text = " → ".join(safe(step.text) for step in chain) if chain else safe(hit.text)
    said = [safe(hit.speaker)] if hit.speaker else []
    said.append(f"{hit.said_at:%Y-%m-%d}")
    if hit.is_outdated:
        said.append("no longer holds")
    elif hit.valid_to is not None:
        said.append(f"until {hit.valid_to:%Y-%m-%d}")
    if hit.is_disputed:
        said.append("disputed")
    return f"- {text} ({', '.join(said)})"


def safe(text: str) -> str:
    """Text on one line that can neither end the fence nor imitate one, a heading or another note."""
    return fence.defused(" ".join(_CONTROL.sub(" ", _UNSEEN.sub("", text)).split()))


def explain(hit: Hit) -> str:
    """Why it is a hit: its path with dates and sources, a line a step, and what it was ranked by."""
    steps = hit.path.steps if hit.path else ()
    note = ", no longer holds" if hit.is_outdated else ", disputed" if hit.is_disputed else ""
    lines = [f"{hit.text}  [{hit.score:.2f}{note}]"]
    for step in steps:
        lines.append(_told(step.quote, step.said_at, step.speaker, step.source_id))
        lines += [f"    ↓ {step.via}"] if step.via else []
    if not steps:
        lines.append(_told(hit.quote, hit.said_at, hit.speaker, hit.source_id))
    shares = {name: share for name, share in hit.signals.items() if not name.startswith("nearest_")}
    parts = [f"{name} {share:.2f}" for name, share in sorted(shares.items(), key=lambda part: -part[1])]
    return "\n".join([*lines, f"  ranked by {sum(shares.values()):.2f}: {', '.join(parts) or 'nothing'}"])


def _told(quote: str, said_at: datetime, speaker: str | None, source: str | None) -> str:
    who = f", {speaker}" if speaker else ""
    return f"  {said_at:%Y-%m-%d}{who}: “{' '.join(quote.split())}”" + (f"  ({source})" if source else "")


def why_not(recall: Recall, fact: Fact | str) -> Dropped:
    """The last stage that a fact reached, and what it lacked there."""
    identity = fact if isinstance(fact, str) else fact.id
    if any(identity == step.fact_id for hit in recall.hits if hit.path for step in hit.path.steps):
        return Dropped(fact_id=identity, stage="returned", reason="it is among the hits or on the path to one")
    if identity in recall.trace.unwanted:
        return Dropped(fact_id=identity, stage="not wanted", reason="the filter of this recall leaves it out")
    if episode := recall.trace.episode_of.get(identity):
        return _read(recall, identity, episode)
    return _unread(recall, identity, fact if isinstance(fact, Fact) else None)


def _read(recall: Recall, identity: str, episode: str) -> Dropped:
    """Why a fact of one of the episodes that were ranked is not shown."""
    trace, hits = recall.trace, recall.hits
    if any(hit.episode_id == episode for hit in hits):
        reason = "its episode is a hit, by another fact of the same episode"
    else:
        last = min((trace.scores.get(hit.episode_id, 0.0) for hit in hits), default=0.0)
        reason = (
            f"its episode came {trace.ranks[episode]} with {trace.scores[episode]:.2f}; the last of {len(hits)} hits "
            f"has {last:.2f}"
        )
    if identity in trace.former:
        return Dropped(fact_id=identity, stage="not holding", reason=f"{_not_at(recall)}, and {reason}")
    return Dropped(fact_id=identity, stage="outranked", reason=reason)


def _unread(recall: Recall, identity: str, fact: Fact | None) -> Dropped:
    """Why a fact was never read, as far as what is known of it tells."""
    far = "neither its meaning nor its words are among the nearest, and no path leads to it"
    if fact is None:
        reason = f"{far}; or it is not known, or this call may not read it: pass the fact, not its id, to be told which"
        return Dropped(fact_id=identity, stage="not read", reason=reason)
    if fact.space not in recall.trace.spaces:
        reason = f"it is part of the {fact.layer} memory {fact.space}: this call may not read it, or was not asked to"
        return Dropped(fact_id=identity, stage="not known", reason=reason)
    if fact.known_to is not None and fact.known_to <= recall.known_at:
        reason = f"since {fact.known_to:%Y-%m-%d} it is not believed any more: its text was replaced, or it was wrong"
        return Dropped(fact_id=identity, stage="not known", reason=reason)
    if fact.known_from is not None and fact.known_from > recall.known_at:
        reason = f"on {recall.known_at:%Y-%m-%d} it was not known as it is now; if it was at all, {far}"
        return Dropped(fact_id=identity, stage="not read", reason=reason)
    if not fact.version(recall.known_at).holds(Moment(at=recall.at, known_at=recall.known_at)):
        return Dropped(fact_id=identity, stage="not holding", reason=f"{_not_at(recall)}, and {far}")
    return Dropped(fact_id=identity, stage="not read", reason=far)


def _not_at(recall: Recall) -> str:
    return f"it does not hold on {recall.at:%Y-%m-%d}"
