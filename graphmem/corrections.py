"""The verbs of `Memory` that put right what it believes, and tell what changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

from graphmem._colour import drive
from graphmem.difference import Diff
from graphmem.handle import Handle, Who
from graphmem.listing import Listing
from graphmem.models import Change


class Corrections(Handle):
    """What was believed stays known: `facts(known_at=...)` and `history` tell it, and `restore` undoes a correction."""

    def diff(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        **who: Unpack[Who],
    ) -> Diff:
        """What came to be believed, and what is believed no longer, between two moments, oldest first.

        The moments are of the clock of knowing: when memory was told, whatever the time it was told about. Time grows
        with the whole journal of the spaces that the call reads.

        Args:
            since: Changes after this moment, aware.
            until: Changes up to this moment, aware; all that came later if not given.

        Raises:
            InvalidInput: `until` is before `since`.
        """
        return drive(self._engine.diff(self._scope(who), since, until))

    def retract(
        self,
        fact_id: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        """Take back a fact that was never so: it is believed no longer, and does not come again from its source.

        The same text, and the same subject, predicate and object in other words, are refused from now on by whatever
        writes: `add`, `add_many`, `add_facts`, `load` and `catch_up`, in this store and in those that it is exported
        or moved to. `restore` undoes it. What was said stays known, what was believed until now, too, and what the fact
        had closed stays closed; `forget` is for what must go altogether.

        Args:
            fact_id: The fact, of the owner named or of their sessions.
            reason: Why, in your words; kept with the fact.

        Returns:
            The one change that was written.

        Raises:
            NotFound: There is no such fact in the memory of this call, or it was forgotten.
            Conflict: It is believed no longer.
        """
        return Listing(drive(self._engine.retract(self._scope(who), fact_id, reason)))

    def correct(
        self,
        fact_id: str,
        *,
        text: str | None = None,
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
        metadata: Mapping[str, Any] | None = None,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        """Put a fact right: what is so instead, or when it holds.

        With a `text`, a new fact takes the place of the old one, for as long as that was believed to hold unless the
        text says when. It is the word that counts most: what any source says against it later is disputed, and only
        another correction takes its place. The old statement is refused from now on, as after `retract`. With
        `valid_from` or `valid_to` the fact stays and holds at other times. `restore` undoes either.

        Args:
            fact_id: The fact, of the owner named or of their sessions.
            text: What is so, in a sentence that can be understood without the old one.
            valid_from: Since when it holds, aware.
            valid_to: Until when, aware and exclusive.
            metadata: Plain JSON values in the place of those kept with it, with the text or without another one.
            reason: Why, in your words; kept with the fact.

        Returns:
            With a text, `superseded` for the old fact and `added` for the new one (`skipped` where that was known
            already); else `corrected`. A correction that changes nothing is one change without an id.

        Raises:
            InvalidInput: Neither or both kinds of correction were asked for, or it would end before it starts.
            NotFound: There is no such fact in the memory of this call, or it was forgotten.
            Conflict: It is believed no longer; of two who correct one fact at once, the second is told so.
        """
        return Listing(
            drive(
                self._engine.correct(
                    self._scope(who),
                    fact_id,
                    text=text,
                    valid_from=valid_from,
                    valid_to=valid_to,
                    metadata=metadata,
                    reason=reason,
                )
            )
        )

    def restore(
        self,
        change_id: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        """Undo a change that closed a fact: one that was retracted, superseded, ended or corrected. Of a merge it is
        what `unmerge` is, and of what `unmerge` did it is a new merge.

        The fact is believed again, for the time that it was believed to hold before, and may be learned again. A fact
        that a correction put in its place is taken back. What was forgotten stays forgotten.

        Args:
            change_id: A change of the `history` of the fact.
            reason: Why, in your words; kept with the fact.

        Returns:
            `restored`, and `retracted` for what a correction had put in its place; `unmerged` or `merged` for a merge.

        Raises:
            NotFound: There is no such change in the memory of this call, or its fact was forgotten.
            InvalidInput: It closed no fact, and is no merge.
            Conflict: It was undone already, the fact changed since, or nothing that is known says it any more.
        """
        return Listing(drive(self._engine.restore(self._scope(who), change_id, reason)))

    def merge(
        self,
        entity: str,
        into: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> Change:
        """Say that two names are one person, place or thing: `merge("Bob", "Robert Hale")`.

        From now on either name means the second, whose name and type stay, and so it is in every answer: facts, paths,
        mentions, counts. What is told later under the first is found there as well. Nothing is rewritten: each fact
        keeps the name it was told under, and `unmerge` gives it back. Merges know no clock: with `known_at`, too, they
        are one.

        Nothing is closed by a merge. Where both had a home of their own, both stay, and `review` shows them as disputed
        until one is retracted or a newer one is told. What was rejected of one is rejected of the other while they are
        one. `forget(entity=...)` of either name forgets both.

        Args:
            entity: A name, as `facts(entity=)` takes it, of the owner named or of one of their sessions. Whatever was
                merged into it comes along.
            into: Another, in the same space.
            reason: Why, in your words.

        Returns:
            The change; its `id` is what `unmerge` takes, its `before` and `after` are the keys of the two. `history` of
            either key tells their merges.

        Raises:
            NotFound: A name is unknown in the memory of this call.
            InvalidInput: Both names are the same, a name may be several, or one is known only in another space.
            Conflict: They are one already, or the first was merged into another: `unmerge` that first.
        """
        return drive(self._engine.merge(self._scope(who), entity, into, reason))

    def unmerge(
        self,
        merge_id: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> Change:
        """Take apart what `merge` made one: each name has again what was told under it, before the merge and since.

        Merges can be undone in any order. Where A was merged into B and B into C, undoing the first makes A one of its
        own again and leaves B with C; undoing the second gives B back, with A still in it.

        Args:
            merge_id: The id of the change that `merge` returned.
            reason: Why, in your words.

        Raises:
            NotFound: There is no such change in the memory of this call, or what it was about was forgotten.
            InvalidInput: It is no merge.
            Conflict: It was undone already.
        """
        return drive(self._engine.unmerge(self._scope(who), merge_id, reason))
