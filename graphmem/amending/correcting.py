"""Corrections that stick: what is taken back or put right is closed, and does not come again from its source.

Nothing is overwritten. A closed version says until when it was believed, a rejected statement leaves a tombstone that
every way in asks for, and each correction can be undone as long as nothing was built on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from graphmem import indexing
from graphmem.amending.merging import MERGES, Merger
from graphmem.amending.promoting import demotion
from graphmem.difference import Diff, of_beliefs
from graphmem.errors import Conflict, InvalidInput, NotFound
from graphmem.models import Change, ChangeKind, Fact, Role
from graphmem.moment import AT_LAST, FAR_FUTURE, FAR_PAST, LATEST, Clock, Moment, utc
from graphmem.protocols import (
    Belief,
    Claim,
    Closing,
    Draft,
    Embedder,
    Extraction,
    Extractor,
    Index,
    NewEpisode,
    NewFact,
    Question,
    Store,
)
from graphmem.reconcile import TRUST, digest, rejections
from graphmem.scope import Scope
from graphmem.writing import hearing, intake, retaining
from graphmem.writing.deciding import written
from graphmem.writing.drafting import Drafting, Reading
from graphmem.writing.intake import Arrival, Door, Statement
from graphmem.writing.preparing import prepared

TICK = timedelta(microseconds=1)

UNDOABLE: frozenset[ChangeKind] = frozenset({"retracted", "superseded", "ended", "corrected"})

Spaces = Sequence[str]


@dataclass(frozen=True, slots=True)
class Corrector:
    """Takes back, puts right and restores what a store believes."""

    store: Store
    extractor: Extractor
    embedder: Embedder
    clock: Clock
    redacts: bool

    @property
    def merger(self) -> Merger:
        """What makes entities one and takes them apart."""
        return Merger(self.store)

    async def retract(self, scope: Scope, fact_id: str, reason: str | None) -> list[Change]:
        """What was never so is believed no longer, and does not come again."""
        intake.optional_text("reason", reason)
        spaces = await self._spaces(scope)

        async def planned() -> Draft:
            fact = await self._believed(spaces, fact_id)
            return Draft(
                spaces=(fact.space,),
                closings=(Closing(fact.space, fact.id),),
                rejects=_in(fact.space, rejections(await self._told(fact))),
                changes=(_change("retracted", fact, scope, reason),),
            )

        return await written(self.store, planned)

    async def correct(
        self,
        scope: Scope,
        fact_id: str,
        *,
        text: str | None,
        valid_from: datetime | None,
        valid_to: datetime | None,
        metadata: Mapping[str, Any] | None,
        reason: str | None,
    ) -> list[Change]:
        """Another text or other metadata in the place of a fact's, or another validity."""
        intake.optional_text("reason", reason)
        if (text is None and metadata is None) == (valid_from is None and valid_to is None):
            raise InvalidInput(
                "pass text= or metadata= for what is so instead, or valid_from= and valid_to= for when it holds"
            )
        spaces = await self._spaces(scope)
        if text is not None or metadata is not None:
            said = intake.optional_text("text", text)
            return await written(self.store, lambda: self._reworded(scope, spaces, fact_id, said, metadata, reason))
        since, until = valid_from and utc(valid_from), valid_to and utc(valid_to)
        return await written(self.store, lambda: self._dated(scope, spaces, fact_id, since, until, reason))

    async def restore(self, scope: Scope, change_id: str, reason: str | None) -> list[Change]:
        """Undo a change that closed a fact."""
        intake.checked_text("change_id", change_id)
        intake.optional_text("reason", reason)
        spaces = await self._spaces(scope)
        found = await self.store.changes(spaces, [change_id])
        if not found:
            raise NotFound.of("change", change_id)
        [change] = found
        if change.kind in MERGES:
            return [await self.merger.undo(scope, change, reason)]
        if change.kind == "erased":
            raise InvalidInput("what was erased is gone: nothing can restore it")
        if change.kind == "promoted" and change.fact_id is not None:
            promoted = change
            return await written(self.store, lambda: self._demoted(scope, promoted, reason))
        if change.kind not in UNDOABLE or change.fact_id is None:
            raise InvalidInput(
                f"the change {change_id} ({change.kind}) closed no fact: those that can be undone are "
                f"{', '.join(sorted(UNDOABLE | MERGES))}"
            )
        return await written(self.store, lambda: self._undone(scope, change, change.fact_id or "", reason))

    async def diff(self, scope: Scope, since: datetime, until: datetime | None) -> Diff:
        """What came to be believed, and what is believed no longer, between two moments."""
        start, end = utc(since), utc(until) if until is not None else None
        if end is not None and end < start:
            raise InvalidInput(f"until={end.isoformat()} is before since={start.isoformat()}: swap them")
        changes = await self.store.journal(scope.readable, since=start, until=end or LATEST)
        return Diff(
            since=start,
            until=end or max(utc(self.clock()), start),
            changes=tuple(change for change in changes if of_beliefs(change)),
        )

    # reading

    async def _spaces(self, scope: Scope) -> tuple[str, ...]:
        home = scope.owned
        return (home, *await self.store.sessions(home))

    async def _believed(self, spaces: Spaces, fact_id: str) -> Fact:
        """A fact that is believed now."""
        intake.checked_text("fact_id", fact_id)
        found = await self.store.facts(spaces, [fact_id], moment=AT_LAST)
        if not found:
            if await self.store.history(spaces, fact_id):
                raise NotFound(f"the fact {fact_id} was forgotten: what is erased cannot be corrected")
            raise NotFound.of("fact", fact_id)
        if found[0].known_to is not None:
            raise Conflict(
                f"the fact {fact_id} is believed no longer, since {found[0].known_to.isoformat()}: its history says "
                "why, and restore() undoes that change"
            )
        return found[0]

    async def _told(self, fact: Fact) -> Fact:
        """A fact under the names that it was told under: what is rejected stays so when they are no longer one."""
        place = (fact.space, fact.id)
        return (await self.store.known(Question(told=(place,)))).told.get(place, fact)

    async def _rejected(self, fact: Fact) -> bool:
        known = await self.store.known(Question(rejections=_in(fact.space, rejections(fact))))
        return bool(known.rejected)

    # another text

    async def _reworded(
        self,
        scope: Scope,
        spaces: Spaces,
        fact_id: str,
        text: str | None,
        metadata: Mapping[str, Any] | None,
        reason: str | None,
    ) -> Draft | list[Change]:
        old = await self._believed(spaces, fact_id)
        kept = dict(old.metadata) if metadata is None else metadata
        [arrival] = Door(scope, utc(self.clock()), self.redacts).messages(
            {"role": "user", "content": text or old.text}, at=None, title=None, source_id=None, metadata=kept
        )
        heard = hearing.heard(arrival.episode.model_copy(update={"space": old.space}))
        if heard.text.split() == old.text.split() and heard.metadata == old.metadata:
            return [_change("skipped", old, scope, "it says that already")]
        arrival = Arrival(heard, arrival.identity, arrival.secrets, await self._keeps_raw(old))
        reading = await self._read(arrival, old)
        [told], known, _ = await prepared(self.store, [reading], scope.user_id)
        old = await self._told(old)
        return _Correction(known, user=scope.user_id).correct(old, told, actor=scope.actor, reason=reason)

    async def _keeps_raw(self, old: Fact) -> bool:
        """Whether the words of a correction are kept: as those of what it corrects are."""
        told = await self.store.episodes([old.space], [place.episode_id for place in old.evidence])
        return not told or any(episode.text_digest is None for episode in told)

    async def _read(self, arrival: Arrival, old: Fact) -> Reading:
        """A correction as one claim: read by rules, or about the same as the fact it corrects where they find none."""
        episode = arrival.episode
        speakers = (await self.store.known(Question(selves=(episode.space,)))).speakers
        [extraction] = await self.extractor.extract([episode], hearing.settings([episode], speakers))
        triples = [claim for claim in extraction.claims if claim.predicate is not None]
        alike = [claim for claim in triples if claim.predicate == old.predicate]
        stated = Statement(arrival, old.subject, None, None, None, None)
        [claim, *_] = (*alike, *triples, *hearing.stated(stated).claims)
        text = claim.text if [claim] == list(extraction.claims) else episode.text
        episode = episode if arrival.keeps_raw else retaining.told_as(episode, [text])
        claim = replace(claim, text=text, start=0, end=len(episode.text), confidence=1.0)
        said, words = indexing.of_episode(episode)
        texts = [said, indexing.fact_text(claim.text, None)]
        of_episode, of_fact = await self.embedder.embed(texts, purpose="document")
        return Reading(
            replace(arrival, episode=episode),
            Extraction(claims=(claim,)),
            Index(of_episode, words),
            (Index(of_fact, indexing.fact_stems(claim.text, None, indexing.stated(claim))),),
        )

    # another validity

    async def _dated(
        self,
        scope: Scope,
        spaces: Spaces,
        fact_id: str,
        since: datetime | None,
        until: datetime | None,
        reason: str | None,
    ) -> Draft | list[Change]:
        fact = await self._believed(spaces, fact_id)
        start, end = since or fact.valid_from, until or fact.valid_to
        if (start or FAR_PAST) >= (end or FAR_FUTURE):
            raise InvalidInput(
                f"it would end at {_told(end)}, before it starts at {_told(start)}: pass both valid_from= and valid_to="
            )
        belief = Belief(fact, start, end)
        if (start or FAR_PAST, end or FAR_FUTURE) == (fact.valid_from or FAR_PAST, fact.valid_to or FAR_FUTURE):
            return [_change("skipped", fact, scope, "that is believed already")]
        changes = (_change("corrected", fact, scope, reason),)
        return Draft(spaces=(fact.space,), beliefs=(belief,), changes=changes)

    # undoing

    async def _undone(self, scope: Scope, change: Change, fact_id: str, reason: str | None) -> Draft:
        space, at = change.space, change.at or FAR_PAST
        found = await self.store.facts([space], [fact_id], moment=AT_LAST)
        if not found:
            raise NotFound(f"the fact {fact_id} was forgotten: what is erased cannot be restored")
        [fact] = found
        if at not in (fact.known_from, fact.known_to):
            raise Conflict(await self._why_not_last(fact, change))
        told_by = [place.episode_id for place in fact.evidence]
        if not await self.store.episodes([space], told_by, known_at=LATEST):
            raise Conflict(f"nothing that is known says the fact {fact_id} any more: add its source again instead")
        before = await self.store.facts([space], [fact_id], moment=Moment(at=LATEST, known_at=at - TICK))
        believed = before[0] if before else fact.model_copy(update={"valid_to": None})  # closed as it was added
        told = await self._told(fact)
        was_rejected = await self._rejected(told)
        draft = Draft(
            spaces=(space,),
            beliefs=(Belief(fact, believed.valid_from, believed.valid_to),),
            readmits=_in(space, rejections(told)) if was_rejected else (),
            changes=(_change("restored", fact, scope, reason),),
        )
        was_corrected = was_rejected or await self._says_the_same(fact, change.after)  # other metadata reject no words
        new = await self._put_in_its_place(change) if was_corrected and change.after else None
        if new is None:
            return draft
        undone = _change("retracted", new, scope, "the correction that it came with was undone")
        return replace(draft, closings=(Closing(space, new.id),), changes=(*draft.changes, undone))

    async def _demoted(self, scope: Scope, change: Change, reason: str | None) -> Draft:
        fact = await self._believed([change.space], change.fact_id or "")
        return demotion(change, fact, actor=scope.actor, reason=reason)

    async def _why_not_last(self, fact: Fact, change: Change) -> str:
        history = await self.store.history([change.space], fact.id)
        later = [of for of in history if of.at and change.at and of.at > change.at]
        if later and later[0].kind == "restored":
            return f"the change {change.id} was undone already, at {_told(later[0].at)}"
        named = f"by the change {later[-1].id} ({later[-1].kind})" if later else "meanwhile"
        return f"the fact {fact.id} changed since, {named}: undo that first"

    async def _says_the_same(self, fact: Fact, other: str | None) -> bool:
        found = await self.store.facts([fact.space], [other], moment=AT_LAST) if other else []
        return any(digest(same.text) == digest(fact.text) for same in found)

    async def _put_in_its_place(self, change: Change) -> Fact | None:
        """The fact that a correction added, where it is still believed."""
        found = await self.store.facts([change.space], [change.after or ""], moment=AT_LAST)
        if not found:
            return None
        [new] = found
        history = await self.store.history([change.space], new.id)
        if not any(of.kind == "added" and of.fact_id == new.id and of.at == change.at for of in history):
            return None  # it was known before, and says so by itself
        if new.known_to is None:
            return new
        if (last := history[-1]).kind == "superseded":
            raise Conflict(
                f"the fact {new.id}, which took its place, was corrected too, by the change {last.id}: undo that first"
            )
        return None


class _Correction(Drafting):
    """A draft that puts one statement in the place of a fact, whoever said that."""

    def correct(self, old: Fact, reading: Reading, *, actor: str, reason: str | None) -> Draft:
        """The draft. What is corrected held as long as the new text says, or as long as the old was believed to."""
        episode = reading.episode
        assert reading.index is not None, "a correction is a new episode"
        [claim], [said], [index] = reading.extraction.claims, reading.facts, reading.claim_indexes
        self._episodes.append(NewEpisode(episode, reading.arrival.identity, reading.index))
        for kind in reading.arrival.secrets:
            self._change("redacted", episode, reason=f"a {kind} was replaced before anything was stored")
        new = _in_the_place(self._resolved_fact(said, claim), old, claim)
        same = self._believed.said((old.space, digest(new.text)))
        known = same if same is not None and same.id != old.id else None
        took_over = known or new
        if known is None:
            self._believed.add(new, NewFact(new, digest(new.text), index))
        else:
            self._believed.support(known, new.evidence[0])
        self._believed.end(old)
        superseded = Change(space=old.space, kind="superseded", fact_id=old.id, before=old.id, after=took_over.id)
        taken = Change(space=old.space, kind="skipped" if known else "added", fact_id=took_over.id)
        texts = ((superseded, old), (taken, took_over))
        self._changes += [
            change.model_copy(
                update={
                    "actor": actor,
                    "reason": reason,
                    "episode_id": episode.id,
                    "evidence": new.evidence,
                    "text": fact.text,
                }
            )
            for change, fact in texts
        ]
        gone, said = rejections(old), rejections(new, self._known.called(old.space))
        return replace(
            self.draft(),
            rejects=_in(old.space, [each for each in gone if each not in said]),
            readmits=_in(old.space, said),
        )


def _in_the_place(new: Fact, old: Fact, claim: Claim) -> Fact:
    since, until = claim.valid_from or old.valid_from, claim.valid_to or old.valid_to
    if (since or FAR_PAST) >= (until or FAR_FUTURE):
        until = None
    return new.model_copy(update={"role": _trusted_like(old), "valid_from": since, "valid_to": until})


def _trusted_like(old: Fact) -> Role:
    """The role of a correction: that of what it corrects, so that the same source may say something newer, but at least
    a user's. What documents say without a date cannot be newer, so a correction of that stands above them.
    """
    if TRUST[old.role] <= TRUST["user"]:
        return "user"
    return old.role if old.valid_from is not None else "system"


def _change(kind: ChangeKind, fact: Fact, scope: Scope, reason: str | None) -> Change:
    return Change(
        space=fact.space,
        kind=kind,
        actor=scope.actor,
        fact_id=fact.id,
        reason=reason,
        evidence=fact.evidence,
        text=fact.text,
    )


def _in(space: str, digests: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((space, each) for each in digests)


def _told(moment: datetime | None) -> str:
    return "an open end" if moment is None else moment.isoformat()
