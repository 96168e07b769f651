"""What stores promise about entities that are merged, and taken apart again."""
# ruff: noqa: D102 - a test's name is its sentence

from collections.abc import Mapping
from typing import Any

from graphmem.errors import Conflict
from graphmem.models import Change, Entity, Fact
from graphmem.moment import AT_LAST
from graphmem.protocols import Draft, Erasure, Question, Slot, Store
from graphmem.reconcile import rejections
from graphmem.testing.asking import ADA, BOB, Asking
from graphmem.testing.parts import Scribe, refused

ZOE = "org=acme/user=zoe"


class Merging(Asking):
    """Whatever is read is as merged, and taken apart it is as it was."""

    def merge(self, store: Store, key: str, into: str, *, space: str = ADA) -> Change:
        change = Change(space=space, kind="merged", before=key, after=into, reason="a nickname")
        [told] = self.run(store.write(Draft(spaces=(space,), merges=((space, key, into),), changes=(change,))))
        return told

    def part(self, store: Store, key: str, into: str | None, *, space: str = ADA) -> None:
        change = Change(space=space, kind="unmerged", before=key, after=into)
        self.run(store.write(Draft(spaces=(space,), unmerges=((space, key, into),), changes=(change,))))

    def two(self, store: Store) -> tuple[Scribe, Fact, Fact]:
        """What is told of Kim, and later of Kimberly."""
        scribe = self.scribe(store)
        home = scribe.state("Kim lives in Riga.", about="kim", predicate="lives_in", object="Riga", object_key="riga")
        self.clock.advance(days=1)
        work = scribe.state(
            "Kimberly works at Acme.", about="kimberly", predicate="works_at", object="Acme", object_key="acme"
        )
        return scribe, home, work

    def without_journal(self, store: Store, space: str = ADA) -> list[Mapping[str, Any]]:
        return [record for record in self.dumped(store, [space]) if record["record"] != "change"]

    def named(self, store: Store, *keys: str) -> list[Entity]:
        known = self.run(store.known(Question(keys=tuple((ADA, key) for key in keys))))
        return [known.entities[ADA, key] for key in keys]

    def test_facts_of_a_merged_entity_lead_to_the_other(self, store: Store) -> None:
        _, home, work = self.two(store)
        self.merge(store, "kim", "kimberly")
        for name in ("kim", "kimberly"):
            listed = self.run(store.list_facts([ADA], moment=AT_LAST, entity=name, limit=9))
            assert [(fact.id, fact.subject_key) for fact in listed] == [(work.id, "kimberly"), (home.id, "kimberly")]
            assert len(self.run(store.neighbourhood([ADA], name, moment=self.moment(), hops=1, limit=9))) == 2
        [chain] = self.run(store.paths([ADA], "riga", "acme", moment=self.moment(), most_hops=4, limit=9))
        assert [(step.subject, step.object) for step in chain] == [("kimberly", "riga"), ("kimberly", "acme")]
        [kim, kimberly] = self.named(store, "kim", "kimberly")
        assert kim == kimberly
        assert (kim.key, kim.name, kim.aliases, kim.degree) == ("kimberly", "Kimberly", ("kim",), 2)
        assert self.run(store.stats([ADA])).entities == 3
        assert [entity.key for entity in self.run(store.list_entities([ADA], limit=9))] == ["kimberly", "acme", "riga"]

    def test_recall_sees_one_entity(self, store: Store) -> None:
        _, home, work = self.two(store)
        apart = {("kim", home.id), ("kimberly", work.id)}
        assert self.seen(store) == apart, "whatever a store keeps of it is out of date from now on"
        self.merge(store, "kim", "kimberly")
        assert self.seen(store) == {("kimberly", home.id), ("kimberly", work.id)}
        [found] = self.run(self.lookup(store, [ADA], keys=["kim"])).entities
        assert found.key == "kimberly"
        self.part(store, "kim", "kimberly")
        assert self.seen(store) == apart

    def seen(self, store: Store) -> set[tuple[str, str]]:
        return {(link.entity, link.fact.fact) for link in self.links(store, [ADA], ["kimberly", "kim"])}

    def test_taken_apart_everything_is_as_it_was(self, store: Store) -> None:
        scribe, _, _ = self.two(store)
        scribe.write(entities=(Entity(space=ADA, key="kim", name="Kim", aliases=("kimmy",)),), selves={ADA: "kim"})
        scribe.state("Kim met Kimberly.", about="kim", mentions=["kimberly"])
        before = self.without_journal(store)
        entities = self.named(store, "kim", "kimberly", "kimmy")
        self.merge(store, "kim", "kimberly")
        assert [entity.key for entity in self.named(store, "kimmy")] == ["kimberly"]
        assert self.run(self.lookup(store, [ADA])).selves == ("kimberly",)
        known = self.run(store.known(Question(selves=(ADA, BOB))))
        assert [known.selves[ADA].key, known.speakers[ADA].key, *known.speakers[ADA].aliases] == [
            "kimberly",
            "kim",
            "kimmy",
        ]
        self.part(store, "kim", "kimberly")
        assert self.without_journal(store) == before
        assert self.named(store, "kim", "kimberly", "kimmy") == entities
        assert self.run(self.lookup(store, [ADA])).selves == ("kim",)

    def test_what_is_told_meanwhile_keeps_its_name(self, store: Store) -> None:
        scribe, home, work = self.two(store)
        self.merge(store, "kim", "kimberly")
        new = scribe.new_episode("Kim likes tea. Kimberly sings.")
        tea = scribe.new_fact("Kim likes tea.", new.episode, about="kim", predicate="likes", object="tea")
        song = scribe.new_fact("Kimberly sings.", new.episode, about="kimberly")
        older = scribe.new_fact("They met Kim.", new.episode)
        scribe.write(episodes=(new,), facts=(tea, song, older))
        scribe.write(mentions=((ADA, older.fact.id, "kim"),))
        assert {fact.subject_key for fact in self.facts(store, [tea.fact.id, song.fact.id])} == {"kimberly"}
        [found] = self.facts(store, [older.fact.id])
        assert (found.mentions, found.mention_keys) == (("Kim",), ("kimberly",))
        assert self.named(store, "kim")[0].degree == 3
        slot = Slot(ADA, "likes", subject="kim")
        assert [fact.id for fact in self.run(store.known(Question(slots=(slot,)))).slots[slot]] == [tea.fact.id]
        self.part(store, "kim", "kimberly")
        ids = [home.id, work.id, tea.fact.id, song.fact.id]
        assert [fact.subject_key for fact in self.facts(store, ids)] == ["kim", "kimberly", "kim", "kimberly"]
        [found] = self.facts(store, [older.fact.id])
        assert (found.mentions, found.mention_keys) == (("Kim",), ("kim",))
        assert [entity.degree for entity in self.named(store, "kim", "kimberly")] == [2, 2]

    def test_merges_are_undone_in_any_order(self, store: Store) -> None:
        scribe, home, _ = self.two(store)
        scribe.state("K. sings.", about="k")
        before = self.without_journal(store)
        for one in ("kim", "kimberly"):
            self.merge(store, "kim", "kimberly")
            self.merge(store, "kimberly", "k")
            assert {entity.key for entity in self.named(store, "kim", "kimberly", "k")} == {"k"}
            [fact] = self.facts(store, [home.id])
            assert fact.subject_key == "k"
            if one == "kim":
                self.part(store, "kim", "kimberly")
                assert [entity.key for entity in self.named(store, "kim", "kimberly")] == ["kim", "k"]
                self.part(store, "kimberly", "k")
            else:
                self.part(store, "kimberly", "k")
                assert [entity.key for entity in self.named(store, "kim", "kimberly")] == ["kimberly", "kimberly"]
                self.part(store, "kim", "kimberly")
            assert self.without_journal(store) == before

    def test_a_merge_that_cannot_be_is_a_conflict_and_nothing_is_written(self, store: Store) -> None:
        scribe, _, _ = self.two(store)
        self.merge(store, "kim", "kimberly")
        before = self.dumped(store)
        merges = [("kim", "kimberly"), ("kim", "acme"), ("kimberly", "kim"), ("acme", "acme"), ("nobody", "acme")]
        for key, into in (*merges, ("acme", "nobody")):
            with refused(Conflict):
                self.merge(store, key, into)
        for key, into in (("kim", "acme"), ("kimberly", "kim"), ("nobody", None)):
            with refused(Conflict):
                self.part(store, key, into)
        assert self.dumped(store) == before
        with refused(Conflict):
            scribe.write(entities=(Entity(space=ADA, key="kim", name="Kim"),))

    def test_a_merge_is_of_one_space(self, store: Store) -> None:
        self.two(store)
        theirs = self.scribe(store, BOB)
        theirs.state("Kim sings.", about="kim")
        theirs.state("Kimberly sings.", about="kimberly")
        before = self.dumped(store, [BOB])
        self.merge(store, "kim", "kimberly")
        assert self.dumped(store, [BOB]) == before
        with refused(Conflict):
            self.part(store, "kim", "kimberly", space=BOB)

    def test_who_was_merged_is_told_by_what_is_known(self, store: Store) -> None:
        scribe, home, _ = self.two(store)
        scribe.write(entities=(Entity(space=ADA, key="kim", name="Kim", aliases=("kimmy",)),))
        self.merge(store, "kim", "kimberly")
        asked = Question(keys=((ADA, "kimmy"), (ADA, "acme")), told=((ADA, home.id), (ADA, "nothing")))
        known = self.run(store.known(asked))
        assert known.entities[ADA, "kimmy"].aliases == ("kim", "kimmy")
        [merged] = known.merged[ADA, "kimberly"]
        assert (merged.key, merged.name, merged.aliases) == ("kim", "Kim", ("kimmy",))
        assert known.by_itself(ADA, "kimmy") == merged
        assert known.called(ADA) == {"kim": ("kimberly", "kim"), "kimberly": ("kimberly", "kim")}
        assert [fact.subject_key for fact in known.told.values()] == ["kim"]

    def test_the_name_of_a_merged_entity_is_its_own_before_anybodys_alias(self, store: Store) -> None:
        scribe, _, _ = self.two(store)
        for number in range(3):
            scribe.state(f"Kimi sings {number}.", about="kimi")
        scribe.write(entities=(Entity(space=ADA, key="kimi", name="Kimi", aliases=("kim",)),))
        self.merge(store, "kim", "kimberly")
        assert [entity.key for entity in self.named(store, "kim")] == ["kimberly"]

    def test_the_one_is_known_since_the_first_of_both(self, store: Store) -> None:
        scribe = self.scribe(store)
        scribe.state("Kimberly sings.", about="kimberly")
        early = self.clock()
        self.clock.advance(days=1)
        scribe.state("Kim sings.", about="kim")
        self.merge(store, "kimberly", "kim")
        found = self.run(store.lookup([ADA], keys=["kimberly", "kim"], stems=(), known_at=early)).entities
        assert [entity.key for entity in found] == ["kim"]
        assert len(self.links(store, [ADA], ["kim"], moment=self.moment(known_at=early))) == 1
        self.part(store, "kimberly", "kim")
        assert not self.run(store.lookup([ADA], keys=["kim"], stems=(), known_at=early)).entities

    def test_the_journal_names_both_and_their_history_tells_it(self, store: Store) -> None:
        self.two(store)
        told = self.merge(store, "kim", "kimberly")
        for key in ("kim", "kimberly"):
            assert [(of.id, of.kind, of.before, of.after) for of in self.run(store.history([ADA], key))] == [
                (told.id, "merged", "kim", "kimberly")
            ]

    def test_a_copy_is_merged_too_and_can_be_taken_apart(self, store: Store) -> None:
        scribe, home, work = self.two(store)
        scribe.state("K. sings.", about="k")
        apart = self.without_journal(store)
        self.merge(store, "kim", "kimberly")
        self.merge(store, "kimberly", "k")
        records = self.dumped(store)
        copy = [self.moved(record) for record in records]
        assert self.run(store.restore(copy, self.indexes(records))) == len(copy) - 1
        assert self.run(store.restore(copy, self.indexes(records))) == 0
        assert self.dumped(store, [ZOE]) == copy
        facts = self.run(store.facts([ZOE], [home.id, work.id], moment=self.moment()))
        assert [fact.subject_key for fact in facts] == ["k", "k"]
        self.part(store, "kim", "kimberly", space=ZOE)
        self.part(store, "kimberly", "k", space=ZOE)
        assert self.without_journal(store, ZOE) == [self.moved(record) for record in apart]

    def test_what_was_rejected_of_one_is_refused_of_the_other_when_a_copy_is_restored(self, store: Store) -> None:
        _, home, _ = self.two(store)
        records = self.dumped(store)
        theirs = self.scribe(store, ZOE)
        for name in ("kim", "kimberly", "riga"):
            theirs.state(f"{name.title()} is there.", about=name, id=f"their-{name}", said={"id": f"told-{name}"})
        as_kimberly = home.model_copy(update={"subject_key": "kimberly", "text": "Kimberly lives in Riga."})
        theirs.write(rejects=tuple((ZOE, digest) for digest in rejections(as_kimberly)))
        self.merge(store, "kim", "kimberly", space=ZOE)
        self.run(store.restore([self.moved(record) for record in records], self.indexes(records)))
        assert not self.run(store.facts([ZOE], [home.id], moment=self.moment()))

    def test_erased_together_nothing_is_left(self, store: Store) -> None:
        _, home, work = self.two(store)
        told = self.merge(store, "kim", "kimberly")
        erasure = Erasure((ADA,), facts=(home.id, work.id), entities=("kim", "kimberly"))
        dry = self.run(store.erase(erasure, is_dry_run=True))
        assert (dry.erased["facts"], dry.erased["entities"]) == (2, 4)
        receipt = self.run(store.erase(erasure, is_dry_run=False))
        assert receipt.erased == dry.erased
        assert set(receipt.left.values()) == {0}
        assert not self.named_anywhere(store, "kim")
        [left] = self.run(store.changes([ADA], [told.id]))
        assert (left.before, left.after, left.reason, left.actor) == (None, None, None, "erased")
        assert not self.run(store.history([ADA], "kim"))

    def named_anywhere(self, store: Store, word: str) -> list[Mapping[str, Any]]:
        records = [record for record in self.dumped(store) if record["record"] != "episode"]
        return [record for record in records if word in str(record).casefold()]

    def test_a_name_that_nothing_is_told_under_any_more_goes_though_it_was_merged(self, store: Store) -> None:
        _, home, work = self.two(store)
        told = self.merge(store, "kim", "kimberly")
        erasure = Erasure((ADA,), episodes=(home.evidence[0].episode_id,))
        dry = self.run(store.erase(erasure, is_dry_run=True))
        receipt = self.run(store.erase(erasure, is_dry_run=False))
        assert receipt.erased == dry.erased
        assert (receipt.erased["facts"], receipt.erased["entities"]) == (1, 2)
        assert self.named(store, "kimberly")[0].aliases == ()
        [left] = self.run(store.changes([ADA], [told.id]))
        assert (left.before, left.after) == (None, "kimberly")
        assert [fact.id for fact in self.facts(store, [home.id, work.id])] == [work.id]

    def test_what_is_merged_stays_so_when_something_else_is_erased(self, store: Store) -> None:
        scribe, home, _ = self.two(store)
        other = scribe.state("Lund is old.", about="lund")
        self.merge(store, "kim", "kimberly")
        self.run(store.erase(Erasure((ADA,), facts=(other.id,)), is_dry_run=False))
        assert [entity.key for entity in self.named(store, "kim")] == ["kimberly"]
        assert [fact.subject_key for fact in self.facts(store, [home.id])] == ["kimberly"]

    def test_of_three_names_the_others_stay_one_when_the_middle_one_goes(self, store: Store) -> None:
        scribe, _, work = self.two(store)
        scribe.state("K. sings.", about="k")
        self.merge(store, "kim", "kimberly")
        self.merge(store, "kimberly", "k")
        erasure = Erasure((ADA,), episodes=(work.evidence[0].episode_id,))
        self.run(store.erase(erasure, is_dry_run=False))
        assert [entity.key for entity in self.named(store, "kim")] == ["k"]
        self.part(store, "kim", None)
        assert [entity.key for entity in self.named(store, "kim")] == ["kim"]

    def test_an_erased_space_keeps_no_name_of_what_was_merged(self, store: Store) -> None:
        scribe, _, _ = self.two(store)
        self.merge(store, "kim", "kimberly")
        self.run(store.erase(Erasure((ADA,), everything=True), is_dry_run=False))
        assert "kim" not in str(self.dumped(store)).casefold()
        scribe.state("Kim sings.", about="kim")
        assert [entity.key for entity in self.named(store, "kim")] == ["kim"]
