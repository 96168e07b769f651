"""What stores promise about opening, scopes and writing."""
# ruff: noqa: D102 - a test's name is its sentence

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from graphmem.errors import Conflict, EmbedderMismatch, InvalidInput, ScopeMissing
from graphmem.models import Change, ChangeKind, Entity, Evidence
from graphmem.protocols import (
    Closing,
    Draft,
    Erasure,
    Index,
    Known,
    NewEpisode,
    Question,
    Slot,
    Store,
)
from graphmem.reconcile import digest
from graphmem.testing.asking import ADA, BOB, TRIP, Asking
from graphmem.testing.parts import refused


class Writing(Asking):
    """Nothing is written half, twice, or into somebody else's space."""

    # opening

    def test_opening_twice_changes_nothing(self, store: Store) -> None:
        scribe = self.scribe(store)
        episode = scribe.say("Ada works at Acme.")
        self.opened(store)
        assert self.run(store.episodes([ADA], [episode.id]))

    def test_another_embedder_is_refused_and_the_way_out_named(self, store: Store) -> None:
        self.opened(store)
        with refused(EmbedderMismatch) as caught:
            self.run(store.open(embedder="another/64", dimensions=64))
        assert "graphmem reembed" in str(caught[0])

    def test_a_vector_of_another_length_is_refused_before_anything_is_written(self, store: Store) -> None:
        scribe = self.scribe(store)
        good = scribe.new_episode("Ada works at Acme.")
        for vector in (np.ones(3, np.float32), np.full(64, np.nan, np.float32), np.ones(64, np.float32)):
            bad = NewEpisode(scribe.new_episode("Acme is in Lisbon.").episode, "bad", Index(vector, ("acm",)))
            with refused(InvalidInput):
                scribe.write(episodes=(good, bad))
        assert self.run(store.stats([ADA])).episodes == 0

    def test_a_text_without_words_has_the_zero_vector_and_is_kept(self, store: Store) -> None:
        episode = self.scribe(store).say("👍")
        [seed] = self.seeds(store, [ADA], "What does Ada think?").episodes
        assert (seed.episode, seed.length, seed.similarity) == (episode.id, 0, 0.0)

    # scopes

    def test_a_call_that_names_no_space_is_refused(self, store: Store) -> None:
        self.scribe(store).say("Ada works at Acme.")
        with refused(ScopeMissing):
            self.seeds(store, [], "Where does Ada work?")
        with refused(ScopeMissing):
            self.links(store, [], ["ada"])
        with refused(ScopeMissing):
            self.turns(store, [], ["episode-1"])
        with refused(ScopeMissing):
            self.run(store.episodes([], ["episode-1"]))
        with refused(ScopeMissing):
            self.run(store.write(Draft(spaces=())))
        with refused(ScopeMissing):
            self.run(store.erase(Erasure((), everything=True), is_dry_run=False))
        with refused(ScopeMissing):
            self.run(store.stats([""]))

    def test_a_draft_cannot_write_outside_the_spaces_it_names(self, store: Store) -> None:
        scribe = self.scribe(store)
        with refused(ScopeMissing):
            self.run(store.write(Draft(spaces=(BOB,), episodes=(scribe.new_episode("Ada works at Acme."),))))
        assert self.run(store.stats([ADA, BOB])).episodes == 0

    def test_two_users_with_the_same_names_words_and_ids_never_see_each_other(self, store: Store) -> None:
        ada = self.scribe(store).state("Kim lives in Porto.", about="kim", mentions=["porto"], said={"session": "s"})
        bob = self.scribe(store, BOB).state(
            "Kim lives in Riga.", about="kim", mentions=["riga"], said={"session": "s", "source_id": "x"}
        )
        assert ada.id == bob.id, "they share even their ids"
        for space, said in ((ADA, "Kim lives in Porto."), (BOB, "Kim lives in Riga.")):
            reached = self.seeds(store, [space], "Where does Kim live? Porto or Riga?")
            [fact] = reached.facts
            [seed] = reached.episodes
            [link] = self.links(store, [space], ["kim"])
            [turn] = self.turns(store, [space], [seed.episode, "episode-2"], around=3)
            [known] = self.run(store.facts([space], [fact.fact], moment=self.moment()))
            [listed] = self.run(store.list_facts([space], moment=self.moment(), entity="kim", limit=9))
            [episode] = self.run(store.episodes([space], [seed.episode]))
            assert {fact.space, seed.space, link.fact.space, turn.seed.space} == {space}
            assert known.text == listed.text == episode.text == said
            [change] = self.run(store.history([space], fact.fact))
            assert change.text == said
        assert self.run(store.find_episodes([ADA], source_id="x")) == []
        assert self.run(store.stats([ADA])).episodes == 1
        keys = [entity.key for entity in self.run(store.list_entities([ADA], limit=9))]
        assert sorted(keys) == ["kim", "porto"]

    def test_ids_and_keys_of_others_are_as_good_as_unknown(self, store: Store) -> None:
        fact = self.scribe(store, BOB).state("Kim lives in Riga.", about="kim", object_key="riga", object="Riga")
        self.scribe(store).say("Nothing of the sort.")
        assert self.run(store.facts([ADA], [fact.id], moment=self.moment())) == []
        assert self.run(store.episodes([ADA], [fact.evidence[0].episode_id, "%", "*", "' OR 1=1 --"])) != []
        assert self.links(store, [ADA], ["kim", "riga", "%", "*"]) == []
        assert self.run(store.history([ADA], fact.id)) == []
        assert self.run(store.list_facts([ADA], moment=None, entity="kim", limit=9)) == []
        receipt = self.run(store.erase(Erasure((ADA,), facts=(fact.id,), entities=("kim",)), is_dry_run=False))
        assert sum(receipt.erased.values()) == 0
        assert self.run(store.facts([BOB], [fact.id], moment=self.moment()))

    def test_words_of_other_owners_never_reorder_mine(self, store: Store) -> None:
        scribe = self.scribe(store)
        for text in ("A red kite rose.", "A red house.", "A blue kite.", "The garden."):
            scribe.say(text)
        question = "red kite"
        stems = self.embedder.index(question).stems
        before = (self.seeds(store, [ADA], question, count=2), self.run(self.lookup(store, [ADA], stems)))
        stranger = self.scribe(store, BOB)
        for number in range(30):
            stranger.say(f"kite {number} kite")
        assert (self.seeds(store, [ADA], question, count=2), self.run(self.lookup(store, [ADA], stems))) == before

    def test_sessions_below_an_owner_are_his_alone(self, store: Store) -> None:
        for space in (TRIP, "org=acme/user=ada/session=work", "org=acme/user=adam/session=trip", BOB, ADA):
            self.scribe(store, space).say("Something.")
        assert self.run(store.sessions(ADA)) == [TRIP, "org=acme/user=ada/session=work"]

    # writing

    def test_a_write_is_stamped_once_by_the_stores_clock(self, store: Store) -> None:
        now = self.clock.advance(days=1)
        scribe = self.scribe(store)
        fact = scribe.state("Ada works at Acme.", about="ada")
        [known] = self.facts(store, [fact.id])
        [episode] = self.run(store.episodes([ADA], [fact.evidence[0].episode_id]))
        [change] = self.run(store.history([ADA], fact.id))
        assert known.known_from == episode.recorded_at == change.at == now

    def test_an_episode_whose_words_are_not_kept_keeps_their_digest(self, store: Store) -> None:
        self.scribe(store).say("Zora lives in Oslo.", text_digest="9f86d081884c7d65", id="bare", state="pending")
        self.scribe(store, BOB).say("", text_digest="6a2f41a3c54c98ed", id="bare")
        asked = self.run(store.known(Question(episodes=((ADA, "bare"),))))
        read = [
            *self.run(store.episodes([ADA], ["bare"])),
            *asked.episodes.values(),
            *self.run(store.pending([ADA], limit=9)),
        ]
        assert [(episode.text, episode.text_digest) for episode in read] == [
            ("Zora lives in Oslo.", "9f86d081884c7d65")
        ] * 3
        dumped = [record for record in self.dumped(store, [BOB]) if record["record"] == "episode"]
        assert [(record["text"], record["text_digest"]) for record in dumped] == [("", "6a2f41a3c54c98ed")]

    def test_a_later_write_is_later_even_where_the_clock_stands_still_or_goes_back(self, store: Store) -> None:
        scribe = self.scribe(store)
        first = scribe.write(changes=(Change(space=ADA, kind="added"),))
        self.clock.advance(hours=-1)
        second = scribe.write(changes=(Change(space=ADA, kind="added"),))
        self.clock.advance(hours=1)
        assert first[0].at is not None
        assert second[0].at == first[0].at + timedelta(microseconds=1)

    def test_changes_come_back_in_order_with_ids_of_their_own(self, store: Store) -> None:
        kinds = ("added", "skipped", "refused")
        changes = self.scribe(store).write(changes=tuple(Change(space=ADA, kind=kind, reason=kind) for kind in kinds))
        assert [change.kind for change in changes] == list(kinds)
        assert len({change.id for change in changes} - {""}) == 3

    def test_an_episode_that_comes_again_is_a_conflict_and_nothing_of_the_draft_is_written(self, store: Store) -> None:
        scribe = self.scribe(store)
        scribe.say("Ada works at Acme.", identity="source:1")
        with refused(Conflict):
            scribe.write(
                episodes=(scribe.new_episode("New."), scribe.new_episode("Ada works at Acme.", identity="source:1"))
            )
        assert self.run(store.stats([ADA])).episodes == 1

    def test_what_is_there_already_is_known_by_its_identity(self, store: Store) -> None:
        said = self.scribe(store).say(
            "Ada works at Acme.", identity="source:1", source_id="1", metadata={"a": [1, None]}
        )
        question = Question(episodes=((ADA, "source:1"), (ADA, "source:2"), (BOB, "source:1")))
        known = self.run(store.known(question))
        assert list(known.episodes) == [(ADA, "source:1")]
        kept = known.episodes[ADA, "source:1"]
        assert kept == said.model_copy(update={"recorded_at": kept.recorded_at})

    def test_an_episode_keeps_every_field(self, store: Store) -> None:
        scribe = self.scribe(store)
        said = scribe.say(
            "Grüße, “Ada”\u0000\n👋",
            role="assistant",
            speaker="Kim",
            session="s/1",
            agent_id="a",
            title="T",
            source_id="1",
            said_at=datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
            metadata={"z": 1, "a": {"deep": ["ß", 1.5, True]}},
            state="pending",
        )
        [kept] = self.run(store.episodes([ADA], [said.id]))
        assert kept.model_copy(update={"recorded_at": None}) == said

    def test_a_fact_keeps_every_field(self, store: Store) -> None:
        fact = self.scribe(store).state(
            "Kim did not move to Oslo in May.",
            about="kim",
            mentions=["oslo"],
            predicate="moved_to",
            object="Oslo",
            object_key="oslo",
            kind="event",
            is_negated=True,
            modality="possible",
            confidence=0.3,
            role="assistant",
            when={"start": datetime(2026, 5, 1, tzinfo=UTC), "grain": "month", "words": "in May"},
            valid_from=datetime(2026, 5, 1, tzinfo=UTC),
            valid_to=datetime(2026, 6, 1, tzinfo=UTC),
            metadata={"tag": "x"},
        )
        [kept] = self.facts(store, [fact.id])
        assert kept.known_from is not None
        assert kept.model_copy(update={"known_from": None}) == fact

    def test_a_fact_about_nobody_known_or_somebody_forgotten_meanwhile_is_refused(self, store: Store) -> None:
        scribe = self.scribe(store)
        new = scribe.new_episode("Kim left.")
        with refused(Conflict):
            scribe.write(episodes=(new,), facts=(scribe.new_fact("Kim left.", new.episode, about="kim"),))
        assert self.run(store.stats([ADA])).episodes == 0

    def test_half_a_character_is_refused_and_nothing_is_written(self, store: Store) -> None:
        scribe = self.scribe(store)
        with refused(InvalidInput):
            scribe.write(episodes=(scribe.new_episode("Fine."), scribe.new_episode("Broken", title="\ud800")))
        assert self.run(store.stats([ADA])).episodes == 0

    # what a write has to know

    def test_aliases_are_joined_and_stand_for_their_entity(self, store: Store) -> None:
        scribe = self.scribe(store)
        scribe.state("The user likes tea.", about="the user")
        scribe.write(entities=(Entity(space=ADA, key="the user", name="Ada", aliases=("ada",)),))
        scribe.write(entities=(Entity(space=ADA, key="the user", name="Ada", aliases=("ada berg",)),))
        known = self.run(store.known(Question(keys=((ADA, "ada"), (ADA, "the user"), (ADA, "bob")))))
        assert set(known.entities) == {(ADA, "ada"), (ADA, "the user")}
        entity = known.entities[ADA, "ada"]
        assert (entity.key, entity.name, sorted(entity.aliases)) == ("the user", "Ada", ["ada", "ada berg"])
        [found] = self.run(self.lookup(store, [ADA], keys=["ada berg"])).entities
        assert found == entity

    def test_the_open_facts_of_a_slot_are_those_that_nothing_has_closed(self, store: Store) -> None:
        scribe = self.scribe(store)
        fields: Mapping[str, Any] = {"about": "kim", "predicate": "lives_in"}
        porto = scribe.state("Kim lives in Porto.", object="Porto", object_key="porto", **fields)
        oslo = scribe.state("Kim lives in Oslo.", object="Oslo", object_key="oslo", **fields)
        bounded = scribe.state("Kim lives in Rome.", object="Rome", valid_to=datetime(2027, 1, 1, tzinfo=UTC), **fields)
        scribe.close(porto, valid_to=datetime(2026, 1, 2, tzinfo=UTC))
        by_subject = Slot(ADA, "lives_in", subject="kim")
        by_object = Slot(ADA, "lives_in", object="oslo")
        unknown = Slot(ADA, "lives_in", subject="bob")
        known = self.run(store.known(Question(slots=(by_subject, by_object, unknown))))
        assert [fact.id for fact in known.slots[by_subject]] == [oslo.id, bounded.id]
        assert [fact.id for fact in known.slots[by_object]] == [oslo.id]
        assert known.slots[unknown] == ()
        assert [fact.id for fact in known.ended[by_subject]] == [porto.id]
        assert known.outdated == {porto.id}

    def test_of_what_has_ended_a_slot_holds_what_lasted_beyond_its_moment_and_whether_a_statement_ended_it(
        self, store: Store
    ) -> None:
        scribe = self.scribe(store)
        fields: Mapping[str, Any] = {"about": "kim", "predicate": "lives_in"}
        porto, oslo, rome = (
            scribe.state(f"Kim lives in {city}.", object=city, **fields) for city in ("Porto", "Oslo", "Rome")
        )
        until = datetime(2026, 1, 2, tzinfo=UTC)
        for change in (
            Change(space=ADA, kind="superseded", fact_id=porto.id),
            Change(space=ADA, kind="corrected", fact_id=oslo.id),
        ):
            scribe.write(closings=(Closing(ADA, change.fact_id or "", until),), changes=(change,))
        scribe.write(closings=(Closing(ADA, rome.id),))

        def known(since: datetime) -> Known:
            return self.run(store.known(Question(slots=(Slot(ADA, "lives_in", subject="kim", since=since),))))

        slot = Slot(ADA, "lives_in", subject="kim")
        before = known(until - timedelta(microseconds=1))
        assert [fact.id for fact in before.ended[slot]] == [porto.id, oslo.id]
        assert [fact.valid_to for fact in before.ended[slot]] == [until, until]
        assert before.outdated == {porto.id}
        assert (before.slots[slot], known(until).ended[slot]) == ((), ())

    def test_of_slots_and_statements_it_is_known_whose_validity_was_corrected_unless_that_was_undone(
        self, store: Store
    ) -> None:
        scribe = self.scribe(store)
        began = datetime(2026, 1, 1, tzinfo=UTC)
        fields: Mapping[str, Any] = {"about": "kim", "predicate": "lives_in", "valid_from": began}
        porto, oslo, rome = (
            scribe.state(f"Kim lives in {city}.", object=city, **fields) for city in ("Porto", "Oslo", "Rome")
        )
        told: Mapping[str, Sequence[ChangeKind]] = {
            porto.id: ("corrected", "superseded", "restored"),
            oslo.id: ("corrected", "restored"),
        }
        for id_, kinds in told.items():
            for kind in kinds:
                scribe.write(changes=(Change(space=ADA, kind=kind, fact_id=id_),))
        slot = Slot(ADA, "lives_in", subject="kim")
        assert self.run(store.known(Question(slots=(slot,)))).corrected == {porto.id}
        texts = tuple((ADA, digest(fact.text)) for fact in (porto, oslo, rome))
        assert self.run(store.known(Question(statements=texts))).corrected == {porto.id}
        later = replace(slot, since=began)
        assert self.run(store.known(Question(slots=(later,)))).corrected == frozenset()

    def test_a_draft_whose_assumptions_no_longer_hold_is_a_conflict(self, store: Store) -> None:
        scribe = self.scribe(store)
        slot = Slot(ADA, "lives_in", subject="kim")
        fact = scribe.state("Kim lives in Porto.", about="kim", predicate="lives_in", object="Porto")
        for assumed in (frozenset[str](), frozenset({fact.id, "other"})):
            with refused(Conflict):
                scribe.write(episodes=(scribe.new_episode("New."),), assumes={slot: assumed})
        scribe.write(episodes=(scribe.new_episode("New."),), assumes={slot: frozenset({fact.id})})
        assert self.run(store.stats([ADA])).episodes == 2

    def test_pending_episodes_come_in_the_order_they_were_said_until_they_are_read(self, store: Store) -> None:
        scribe = self.scribe(store)
        later = scribe.say("Kim left.", state="pending", said_at=datetime(2026, 2, 1, tzinfo=UTC))
        sooner = scribe.say("Kim came.", state="pending", said_at=datetime(2026, 1, 1, tzinfo=UTC))
        scribe.say("Kim waves.")
        self.scribe(store, BOB).say("Bob waits.", state="pending")
        assert [episode.id for episode in self.run(store.pending([ADA], limit=10))] == [sooner.id, later.id]
        assert [episode.id for episode in self.run(store.pending([ADA], limit=1))] == [sooner.id]
        scribe.write(read=((ADA, sooner.id, "done"), (ADA, later.id, "pending")))
        assert [episode.id for episode in self.run(store.pending([ADA], limit=10))] == [later.id]
        scribe.write(retires=((ADA, later.id),))
        assert not self.run(store.pending([ADA], limit=10))

    def test_what_is_read_twice_at_once_is_read_once(self, store: Store) -> None:
        scribe = self.scribe(store)
        episode = scribe.say("Kim left for Oslo.", state="pending")
        kim = Entity(space=ADA, key="kim", name="Kim")
        for text in ("Kim left for Oslo.", "Kim went to Oslo."):
            told = scribe.new_fact(text, episode, about="kim")
            draft = {"entities": (kim,), "facts": (told,), "read": ((ADA, episode.id, "done"),)}
            if text == "Kim left for Oslo.":
                scribe.write(**draft)
            else:
                with refused(Conflict):
                    scribe.write(**draft)
        [kept] = self.run(store.list_facts([ADA], moment=None, limit=10))
        assert (kept.text, kept.evidence[0].episode_id) == ("Kim left for Oslo.", episode.id)
        assert self.degrees(store) == {"kim": 1}

    def test_a_statement_is_known_by_its_digest_until_it_is_taken_back(self, store: Store) -> None:
        scribe = self.scribe(store)
        new = scribe.new_episode("Kim left.")
        stated = scribe.new_fact("Kim left.", new.episode)
        scribe.write(episodes=(new,), facts=(stated,))
        question = Question(statements=((ADA, stated.digest), (BOB, stated.digest)))
        assert list(self.run(store.known(question)).statements) == [(ADA, stated.digest)]
        scribe.close(stated.fact, valid_to=datetime(2026, 5, 1, tzinfo=UTC))
        [known] = self.run(store.known(question)).statements.values()
        assert known.valid_to == datetime(2026, 5, 1, tzinfo=UTC), "what has ended is believed to have been"
        scribe.close(stated.fact)
        assert not self.run(store.known(question)).statements

    def test_self_is_the_entity_named_last(self, store: Store) -> None:
        scribe = self.scribe(store)
        for name in ("the user", "ada"):
            scribe.write(entities=(Entity(space=ADA, key=name, name=name),), selves={ADA: name})
        known = self.run(store.known(Question(selves=(ADA, BOB))))
        assert {space: entity.key for space, entity in known.selves.items()} == {ADA: "ada"}
        assert self.run(self.lookup(store, [ADA, BOB])).selves == ("ada",)

    def test_older_facts_that_name_a_new_entity_are_found_by_its_words_in_a_row(self, store: Store) -> None:
        scribe = self.scribe(store)
        york = scribe.state("A new house in New York stands empty.")
        scribe.state("York has a new bridge.")
        later = scribe.state("New York again.")
        asked = (ADA, "new york", "new york")
        known = self.run(store.known(Question(unlinked=(asked, (BOB, "new york", "new york")))))
        assert [fact.id for fact in known.unlinked[ADA, "new york"]] == [later.id, york.id]
        scribe.write(entities=(Entity(space=ADA, key="new york", name="New York"),))
        assert not self.run(store.known(Question(unlinked=(asked,)))).unlinked

    def test_mentions_filled_in_later_lead_to_the_older_fact_and_raise_the_degree(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("The choir meets at Lund.", about="choir")
        scribe.write(entities=(Entity(space=ADA, key="lund", name="Lund"),), mentions=((ADA, fact.id, "lund"),))
        scribe.write(mentions=((ADA, fact.id, "lund"),))
        [link] = self.links(store, [ADA], ["lund"])
        assert (link.kind, link.fact.fact, link.fact.mentions) == ("mentions", fact.id, ("lund",))
        assert self.degrees(store) == {"choir": 1, "lund": 1}
        [kept] = self.facts(store, [fact.id])
        assert (kept.mentions, kept.mention_keys) == (("Lund",), ("lund",))

    def test_the_degree_of_an_entity_counts_episodes(self, store: Store) -> None:
        scribe = self.scribe(store)
        episode = scribe.say("Kim and Ann went to Oslo. Kim came back.")
        first = scribe.state("Kim went to Oslo.", about="kim", mentions=["oslo"], episode=episode)
        scribe.state("Kim came back.", about="kim", episode=episode)
        second = scribe.say("Kim went to Oslo, I hear.")
        scribe.write(supports=((ADA, first.id, Evidence(episode_id=second.id, start=0, end=9)),))
        assert self.degrees(store) == {"kim": 2, "oslo": 2}

    def test_support_by_another_episode_is_evidence(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim left.", about="kim")
        told_at = self.clock()
        self.clock.advance(days=1)
        again = scribe.say("Yes, Kim left.", said_at=datetime(2025, 1, 1, tzinfo=UTC))
        scribe.write(supports=((ADA, fact.id, Evidence(episode_id=again.id, start=5, end=14)),))
        [kept] = self.facts(store, [fact.id])
        assert [place.episode_id for place in kept.evidence] == [fact.evidence[0].episode_id, again.id]
        [link] = self.links(store, [ADA], ["kim"])
        assert link.fact.episodes == (again.id, fact.evidence[0].episode_id), "oldest first"
        before = self.moment(known_at=told_at)
        [link] = self.links(store, [ADA], ["kim"], moment=before)
        [kept] = self.facts(store, [fact.id], moment=before)
        assert link.fact.episodes == (kept.evidence[0].episode_id,) == (fact.evidence[0].episode_id,)
