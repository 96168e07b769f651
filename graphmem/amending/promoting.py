"""Promoting a fact: it is kept in another layer too, with its evidence, as if it had been told there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from graphmem.errors import Conflict, InvalidInput, NotFound
from graphmem.extraction import names
from graphmem.models import Change, Episode, Fact
from graphmem.moment import AT_LAST, Clock, utc
from graphmem.protocols import Claim, Closing, Draft, Embedder, Extraction, Name, Store
from graphmem.scope import Layer, LayerChoice, Scope, layer_of
from graphmem.writing import intake
from graphmem.writing.deciding import written
from graphmem.writing.drafting import SELF
from graphmem.writing.intake import Arrival, new_id
from graphmem.writing.layering import Layering
from graphmem.writing.preparing import as_readings, prepared


@dataclass(frozen=True, slots=True)
class Promoter:
    """Copies facts from layer to layer."""

    store: Store
    embedder: Embedder
    clock: Clock
    session_lasts: timedelta

    async def promote(self, scope: Scope, fact_id: str, layer: LayerChoice, reason: str | None) -> list[Change]:
        """Keep a fact in another layer of the call."""
        intake.optional_text("reason", reason)
        fact = await self._readable(scope, fact_id)
        target = Scope.of(
            scope.org_id, user_id=scope.user_id, agent_id=scope.agent_id, session_id=scope.session_id, layer=layer
        )
        if layer == "auto" or target.home == fact.space:
            raise InvalidInput(f"layer={layer!r}: pass another layer than the one it is in ({fact.layer})")
        told = await self._told(fact, target)

        async def planned() -> Draft:
            readings, _, draft = await prepared(self.store, await as_readings(self.embedder, told), target.user_id)
            for reading in readings:
                draft.take(reading)
            drafted = draft.draft()
            return replace(
                drafted, changes=tuple(_as_promoted(drafted.changes, fact, scope, reason)), expires=self._ends(target)
            )

        return await written(self.store, planned)

    def _ends(self, target: Scope) -> Mapping[str, datetime]:
        is_session = layer_of(target.home) == "session"
        return {target.home: Layering(utc(self.clock()), self.session_lasts).end} if is_session else {}

    async def _readable(self, scope: Scope, fact_id: str) -> Fact:
        intake.checked_text("fact_id", fact_id)
        found = await self.store.facts(scope.readable, [fact_id], moment=AT_LAST)
        if not found:
            raise NotFound.of("fact", fact_id)
        if found[0].known_to is not None:
            raise Conflict(f"the fact {fact_id} is believed no longer: its history says why")
        return found[0]

    async def _told(self, fact: Fact, target: Scope) -> list[tuple[Arrival, Extraction]]:
        """The places where a fact was read as episodes of the other layer, each with the fact as what it says."""
        by_id = {
            episode.id: episode
            for episode in await self.store.episodes([fact.space], [of.episode_id for of in fact.evidence])
        }
        found: list[tuple[Arrival, Extraction]] = []
        for place in fact.evidence:
            if (said := by_id.get(place.episode_id)) is not None:
                quote = said.text[place.start : place.end] or fact.text
                copy = _copied(said, quote, target)
                claim = _claimed(fact, target, end=len(quote))
                found.append((Arrival(copy, f"promoted:{copy.id}"), Extraction(claims=(claim,))))
        return found


def _copied(said: Episode, quote: str, target: Scope) -> Episode:
    kept = {"id": new_id(), "space": target.home, "text": quote, "state": "done", "expires_at": None}
    if layer_of(target.home) in ("org", "agent"):
        kept |= {"speaker": said.speaker or target.user_id}
    return said.model_copy(update=kept)


def _claimed(fact: Fact, target: Scope, *, end: int) -> Claim:
    """A fact as it is stated in another layer; where others read it, "the user" is called by their id."""
    is_shared = layer_of(target.home) in ("org", "agent") and target.user_id is not None
    called = str(target.user_id) if is_shared else None

    def name(shown: str | None, key: str | None) -> Name | None:
        if shown is None or key is None:
            return None
        if called and key == names.canonical(SELF):
            return Name(called, names.canonical(called), "person")
        return Name(shown, key)

    text = re.sub(rf"\b{SELF}\b", called, fact.text, flags=re.IGNORECASE) if called else fact.text
    mentions = (name(*pair) for pair in zip(fact.mentions, fact.mention_keys, strict=True))
    return Claim(
        text=text,
        start=0,
        end=end,
        subject=name(fact.subject, fact.subject_key),
        predicate=fact.predicate,
        object=name(fact.object, fact.object_key) or fact.object,
        mentions=tuple(each for each in mentions if each is not None),
        kind=fact.kind,
        is_negated=fact.is_negated,
        modality=fact.modality,
        when=fact.when,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        confidence=fact.confidence,
    )


def _as_promoted(changes: Iterable[Change], fact: Fact, scope: Scope, reason: str | None) -> Iterable[Change]:
    layer: Layer = fact.layer
    for change in changes:
        if change.kind == "added" and change.fact_id is not None:
            yield change.model_copy(
                update={"kind": "promoted", "actor": scope.actor, "reason": reason or f"from the {layer} layer"}
            )
        else:
            yield change


def demotion(change: Change, fact: Fact, *, actor: str, reason: str | None) -> Draft:
    """Takes back what a promotion kept; where it came from is left as it is."""
    undone = Change(
        space=fact.space,
        kind="retracted",
        actor=actor,
        fact_id=fact.id,
        reason=reason or f"the promotion {change.id} was undone",
        evidence=fact.evidence,
        text=fact.text,
    )
    return Draft(spaces=(fact.space,), closings=(Closing(fact.space, fact.id),), changes=(undone,))
