"""What stores promise about corrections: what is believed instead, what must not come again, and the journal."""
# ruff: noqa: D102 - a test's name is its sentence

from datetime import UTC, datetime

from graphmem.errors import Conflict
from graphmem.models import Change, Fact
from graphmem.protocols import Belief, Erasure, Question, Slot, Store
from graphmem.testing.asking import ADA, BOB, Asking
from graphmem.testing.parts import refused

MAY = datetime(2026, 5, 1, tzinfo=UTC)


class Correcting(Asking):
    """A belief changes once at a time, and both clocks remember the one before."""

    def kept(self, store: Store, fact: Fact) -> Fact:
        [kept] = self.facts(store, [fact.id])
        return kept

    def test_another_validity_is_believed_from_now_on(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state(
            "Kim lives in Porto.", about="kim", object="Porto", object_key="porto", predicate="lives_in"
        )
        told_at = self.clock()
        self.clock.advance(days=1)
        scribe.write(beliefs=(Belief(self.kept(store, fact), None, MAY),))
        kept = self.kept(store, fact)
        assert (kept.valid_from, kept.valid_to, kept.known_from, kept.known_to) == (None, MAY, self.clock(), None)
        [before] = self.facts(store, [fact.id], moment=self.moment(known_at=told_at))
        assert (before.valid_to, before.known_to) == (None, self.clock())
        late = self.moment(at=MAY)
        assert not self.run(store.list_facts([ADA], moment=late, limit=9))
        assert not self.run(store.neighbourhood([ADA], "kim", moment=late, hops=1, limit=9))
        assert self.run(store.list_facts([ADA], moment=late.model_copy(update={"known_at": told_at}), limit=9))

    def test_what_is_believed_again_is_open_and_recalled_again(self, store: Store) -> None:
        scribe = self.scribe(store)
        slot = Slot(ADA, "lives_in", subject="kim")
        new = scribe.new_episode("Kim lives in Porto.")
        fact = scribe.state("Kim lives in Porto.", about="kim", predicate="lives_in", object="Porto")
        question = Question(slots=(slot,), statements=((ADA, scribe.new_fact(fact.text, new.episode).digest),))
        scribe.close(fact)
        known = self.run(store.known(question))
        assert (known.slots[slot], list(known.statements)) == ((), [])
        [seed] = self.seeds(store, [ADA], "Kim lives in Porto").facts
        assert not seed.holds
        self.clock.advance(days=1)
        scribe.write(beliefs=(Belief(self.kept(store, fact)),))
        known = self.run(store.known(question))
        assert [other.id for other in (*known.slots[slot], *known.statements.values())] == [fact.id, fact.id]
        [seed] = self.seeds(store, [ADA], "Kim lives in Porto").facts
        assert seed.holds
        scribe.write(assumes={slot: frozenset({fact.id})})
        scribe.write(beliefs=(Belief(self.kept(store, fact), None, MAY),))
        assert self.run(store.known(question)).slots[slot] == (), "what was ended is not open"

    def test_a_belief_that_changed_meanwhile_is_a_conflict_and_nothing_is_written(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim left.", about="kim")
        before = self.kept(store, fact)
        scribe.write(beliefs=(Belief(before, MAY),))
        for stale in (before, self.kept(store, fact).model_copy(update={"known_to": MAY})):
            with refused(Conflict):
                scribe.write(beliefs=(Belief(stale),), rejects=((ADA, "left"),))
        believed = self.kept(store, fact)
        scribe.close(fact)
        with refused(Conflict):
            scribe.write(beliefs=(Belief(believed),), rejects=((ADA, "left"),))
        assert not self.run(store.known(Question(rejections=((ADA, "left"),)))).rejected
        self.run(store.erase(Erasure((ADA,), facts=(fact.id,)), is_dry_run=False))
        with refused(Conflict):
            scribe.write(beliefs=(Belief(believed),))

    def test_what_is_rejected_while_somebody_decides_is_a_conflict(self, store: Store) -> None:
        scribe = self.scribe(store)
        scribe.write(unrejected=((ADA, "left"),), episodes=(scribe.new_episode("Kim left."),))
        scribe.write(rejects=((ADA, "left"),))
        with refused(Conflict):
            scribe.write(unrejected=((ADA, "right"), (ADA, "left")), episodes=(scribe.new_episode("Kim left."),))
        assert self.run(store.stats([ADA])).episodes == 1

    def test_what_is_rejected_is_told_apart_by_space_and_goes_along_with_a_dump(self, store: Store) -> None:
        for space in (ADA, BOB):
            self.scribe(store, space).write(rejects=((space, "left"), (space, "right")))
            self.scribe(store, space).write(readmits=((space, "right"),))
        records = self.dumped(store, [ADA, BOB])
        ours, theirs = (str(record["digest"]) for record in records if record["record"] == "tombstone")
        assert "left" not in ours
        assert ours != theirs, "nobody can tell that two rejected the same"
        moved = [self.moved(record) for record in self.dumped(store)]
        [zoe] = {str(record["space"]) for record in moved}
        self.scribe(store, zoe).write(rejects=((zoe, "right"),))
        assert self.run(store.restore(moved, {})) == len(moved) - 1, "a space of its own stands there"
        asked = tuple((space, digest) for space in (ADA, BOB, zoe) for digest in ("left", "right", "up"))
        known = self.run(store.known(Question(rejections=asked)))
        assert known.rejected == {(ADA, "left"), (BOB, "left"), (zoe, "left"), (zoe, "right")}
        self.run(store.erase(Erasure((zoe,), everything=True), is_dry_run=False))
        assert self.run(store.known(Question(rejections=asked))).rejected == {(ADA, "left"), (BOB, "left")}

    def test_the_journal_tells_what_happened_after_a_moment_up_to_another(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim left.", about="kim")
        self.scribe(store, BOB).say("Bob stayed.")
        first = self.clock()
        second = self.clock.advance(days=1)
        scribe.close(fact)
        third = self.clock.advance(days=1)
        [last] = scribe.write(changes=(Change(space=ADA, kind="skipped"),))
        told = self.run(store.journal([ADA], since=first, until=third))
        assert [(change.kind, change.at, change.text) for change in told] == [
            ("retracted", second, "Kim left."),
            ("skipped", third, None),
        ]
        assert self.run(store.journal([ADA], since=first, until=second)) == told[:1]
        both = self.run(store.journal([BOB, ADA], since=datetime(1, 1, 1, tzinfo=UTC), until=third))
        assert [change.space for change in both] == [BOB, ADA, ADA, ADA]
        assert self.run(store.changes([ADA], [last.id, "unknown", told[0].id])) == [told[1], told[0]]
        assert self.run(store.changes([BOB], [last.id])) == []
