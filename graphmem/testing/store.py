"""The contract of `graphmem.protocols.Store`, as tests that every store inherits."""
# ruff: noqa: D102 - a test's name is its sentence

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from graphmem._colour import drive
from graphmem.errors import BadLine, Conflict, EmbedderMismatch, InvalidInput, NotFound, ScopeMissing
from graphmem.models import Change, Entity, Evidence, Fact
from graphmem.moment import Moment
from graphmem.protocols import (
    Closing,
    Draft,
    Erasure,
    Index,
    Link,
    NewEpisode,
    Question,
    Rewrite,
    Seeds,
    Slot,
    Store,
    Turn,
)
from graphmem.testing.parts import FixedClock, Scribe, WordEmbedder, refused

ADA = "org=acme/user=ada"
BOB = "org=acme/user=bob"
SHARED = "org=acme/shared"
TRIP = "org=acme/user=ada/session=trip"

DAY = timedelta(days=1)


async def _listed(records: AsyncIterator[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return [record async for record in records]


class StoreContract:
    """What every store promises. A subclass gives a fixture `store`, a new empty store that reads `self.clock`.

    `run` drives a coroutine to its end; a store that awaits replaces it by `asyncio.run`.
    """

    clock = FixedClock()
    embedder = WordEmbedder()
    run = staticmethod(drive)

    # helpers

    def opened(self, store: Store) -> Store:
        self.run(store.open(embedder=self.embedder.identity, dimensions=self.embedder.dimensions))
        return store

    def scribe(self, store: Store, space: str = ADA) -> Scribe:
        return Scribe(self.opened(store), space, embedder=self.embedder, run=self.run)

    def moment(self, *, at: datetime | None = None, known_at: datetime | None = None) -> Moment:
        """A moment after everything written so far, unless told otherwise."""
        later = self.clock() + DAY
        return Moment(at=at or later, known_at=known_at or later)

    def seeds(
        self, store: Store, spaces: Sequence[str], question: str, *, moment: Moment | None = None, count: int = 10
    ) -> Seeds:
        index = self.embedder.index(question)
        return self.run(
            store.seeds(
                spaces,
                vector=index.vector,
                stems=index.stems,
                moment=moment or self.moment(),
                episodes=count,
                facts=count,
            )
        )

    def links(
        self,
        store: Store,
        spaces: Sequence[str],
        keys: Sequence[str],
        *,
        question: str = "",
        moment: Moment | None = None,
        about: int = 10,
        mentions: int = 10,
    ) -> list[Link]:
        vector = self.embedder.vector(question)
        expanded = store.expand(
            spaces, keys, vector=vector, moment=moment or self.moment(), about=about, mentions=mentions
        )
        return self.run(expanded)

    def turns(
        self, store: Store, spaces: Sequence[str], ids: Sequence[str], *, around: int = 0, moment: Moment | None = None
    ) -> list[Turn]:
        vector = self.embedder.vector("")
        return self.run(store.turns(spaces, ids, vector=vector, moment=moment or self.moment(), around=around))

    def facts(self, store: Store, ids: Sequence[str], *, moment: Moment | None = None) -> list[Fact]:
        return self.run(store.facts([ADA], ids, moment=moment or self.moment()))

    def dumped(self, store: Store, spaces: Sequence[str] = (ADA,)) -> list[Mapping[str, Any]]:
        return self.run(_listed(store.dump(spaces)))

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
        assert (seed.episode, seed.stems, seed.similarity) == (episode.id, (), 0.0)

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
        before = (self.seeds(store, [ADA], question, count=2), self.run(self._lookup(store, [ADA], stems)))
        stranger = self.scribe(store, BOB)
        for number in range(30):
            stranger.say(f"kite {number} kite")
        assert (self.seeds(store, [ADA], question, count=2), self.run(self._lookup(store, [ADA], stems))) == before

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

    def test_a_fact_about_nobody_known_is_refused(self, store: Store) -> None:
        scribe = self.scribe(store)
        new = scribe.new_episode("Kim left.")
        with refused(InvalidInput):
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
        [found] = self.run(self._lookup(store, [ADA], keys=["ada berg"])).entities
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

    def test_a_draft_whose_assumptions_no_longer_hold_is_a_conflict(self, store: Store) -> None:
        scribe = self.scribe(store)
        slot = Slot(ADA, "lives_in", subject="kim")
        fact = scribe.state("Kim lives in Porto.", about="kim", predicate="lives_in", object="Porto")
        for assumed in (frozenset[str](), frozenset({fact.id, "other"})):
            with refused(Conflict):
                scribe.write(episodes=(scribe.new_episode("New."),), assumes={slot: assumed})
        scribe.write(episodes=(scribe.new_episode("New."),), assumes={slot: frozenset({fact.id})})
        assert self.run(store.stats([ADA])).episodes == 2

    def test_a_statement_is_known_by_its_digest_until_it_is_closed(self, store: Store) -> None:
        scribe = self.scribe(store)
        new = scribe.new_episode("Kim left.")
        stated = scribe.new_fact("Kim left.", new.episode)
        scribe.write(episodes=(new,), facts=(stated,))
        question = Question(statements=((ADA, stated.digest), (BOB, stated.digest)))
        assert list(self.run(store.known(question)).statements) == [(ADA, stated.digest)]
        scribe.close(stated.fact)
        assert not self.run(store.known(question)).statements

    def test_self_is_the_entity_named_last(self, store: Store) -> None:
        scribe = self.scribe(store)
        for name in ("the user", "ada"):
            scribe.write(entities=(Entity(space=ADA, key=name, name=name),), selves={ADA: name})
        known = self.run(store.known(Question(selves=(ADA, BOB))))
        assert {space: entity.key for space, entity in known.selves.items()} == {ADA: "ada"}
        assert self.run(self._lookup(store, [ADA, BOB])).selves == ("ada",)

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
        assert self._degrees(store) == {"choir": 1, "lund": 1}
        [kept] = self.facts(store, [fact.id])
        assert (kept.mentions, kept.mention_keys) == (("Lund",), ("lund",))

    def test_the_degree_of_an_entity_counts_episodes(self, store: Store) -> None:
        scribe = self.scribe(store)
        episode = scribe.say("Kim and Ann went to Oslo. Kim came back.")
        first = scribe.state("Kim went to Oslo.", about="kim", mentions=["oslo"], episode=episode)
        scribe.state("Kim came back.", about="kim", episode=episode)
        second = scribe.say("Kim went to Oslo, I hear.")
        scribe.write(supports=((ADA, first.id, Evidence(episode_id=second.id, start=0, end=9)),))
        assert self._degrees(store) == {"kim": 2, "oslo": 2}

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

    # both clocks

    def test_a_fact_that_ended_holds_before_its_end_and_as_it_was_believed(self, store: Store) -> None:
        scribe = self.scribe(store)
        told = self.clock.advance(days=1)
        fact = scribe.state("Kim works at Acme.", about="kim", valid_from=told - 30 * DAY)
        ended = told - 10 * DAY
        learned = self.clock.advance(days=1)
        scribe.close(fact, valid_to=ended)
        cases = [
            (told - 20 * DAY, learned, True),  # it held then, as we know now
            (told - 5 * DAY, learned, False),  # it had ended then, as we know now
            (told - 5 * DAY, told, True),  # but we did not know yet
            (told - 31 * DAY, told, False),
            (ended, learned, False),  # the end is exclusive
        ]
        for at, known_at, holds in cases:
            moment = Moment(at=at, known_at=known_at)
            reached = self.seeds(store, [ADA], "Where does Kim work?", moment=moment).facts
            assert [found.holds for found in reached] == [holds]
            assert bool(self.links(store, [ADA], ["kim"], moment=moment)) is holds
            assert bool(self.run(store.list_facts([ADA], moment=moment, limit=9))) is holds
            [turn] = self.turns(store, [ADA], [fact.evidence[0].episode_id], moment=moment)
            assert [found.holds for found in turn.facts] == [holds]
            [version] = self.facts(store, [fact.id], moment=moment)
            assert version.valid_to == (ended if known_at == learned else None)

    def test_nothing_is_known_before_it_was_written(self, store: Store) -> None:
        scribe = self.scribe(store)
        before = self.clock.advance(days=1)
        self.clock.advance(days=1)
        fact = scribe.state("Kim works at Acme.", about="kim", said={"speaker": "Ann", "session": "s"})
        moment = self.moment(known_at=before)
        assert self.seeds(store, [ADA], "Kim", moment=moment) == Seeds((), ())
        assert self.links(store, [ADA], ["kim"], moment=moment) == []
        assert self.turns(store, [ADA], [fact.evidence[0].episode_id], moment=moment) == []
        assert self.facts(store, [fact.id], moment=moment) == []
        assert self.run(store.list_facts([ADA], moment=moment, limit=9)) == []
        lookup = self.run(store.lookup([ADA], keys=["kim"], stems=[], known_at=before))
        assert (lookup.entities, lookup.speakers) == ((), frozenset())

    def test_looking_back_finds_as_many_as_there_were_though_newer_ones_are_nearer(self, store: Store) -> None:
        scribe = self.scribe(store)
        for number in range(5):
            scribe.state(f"Something {number} about tea.")
        before = self.clock.advance(days=1)
        self.clock.advance(days=1)
        for _ in range(40):
            scribe.state("tea")
        found = self.seeds(store, [ADA], "tea", moment=self.moment(known_at=before), count=3)
        assert len(found.facts) >= 3
        assert len(found.episodes) >= 3

    def test_what_was_retracted_is_read_and_does_not_hold(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim works at Acme.", about="kim")
        self.clock.advance(days=1)
        scribe.close(fact)
        [found] = self.seeds(store, [ADA], "Where does Kim work?").facts
        assert not found.holds
        assert self.links(store, [ADA], ["kim"]) == []
        assert self.run(store.list_facts([ADA], moment=self.moment(), limit=9)) == []
        [listed] = self.run(store.list_facts([ADA], moment=None, limit=9))
        assert listed.known_to is not None

    def test_closing_what_was_closed_meanwhile_is_a_conflict(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim works at Acme.", about="kim")
        scribe.close(fact)
        with refused(Conflict):
            scribe.close(fact)
        with refused(Conflict):
            scribe.write(closings=(Closing(ADA, "nothing"),))

    def test_a_fact_may_end_twice_each_time_as_it_is_believed(self, store: Store) -> None:
        scribe = self.scribe(store)
        start = self.clock.advance(days=100)
        fact = scribe.state("Kim works at Acme.", about="kim", valid_from=start)
        known: list[datetime] = []
        for end in (start + 20 * DAY, start + 10 * DAY):
            self.clock.advance(days=1)
            scribe.close(fact, valid_to=end)
            known.append(self.clock())
        at = start + 15 * DAY
        assert self.links(store, [ADA], ["kim"], moment=Moment(at=at, known_at=known[0]))
        assert not self.links(store, [ADA], ["kim"], moment=Moment(at=at, known_at=known[1]))

    def test_a_replaced_episode_is_unknown_from_then_on_and_its_identity_is_free(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim works at Acme.", about="kim", said={"identity": "source:1", "session": "s"})
        old = fact.evidence[0].episode_id
        before = self.clock()
        self.clock.advance(days=1)
        known = self.run(store.known(Question(episodes=((ADA, "source:1"),))))
        assert [sole.id for sole in known.sole[ADA, "source:1"]] == [fact.id]
        new = scribe.new_episode("Kim works at Beta.", identity="source:1", session="s")
        scribe.write(episodes=(new,), retires=((ADA, old),), closings=(Closing(ADA, fact.id),))
        assert [seed.episode for seed in self.seeds(store, [ADA], "Where does Kim work?").episodes] == [new.episode.id]
        assert self.turns(store, [ADA], [old]) == []
        earlier = self.seeds(store, [ADA], "Where does Kim work?", moment=self.moment(known_at=before))
        assert [seed.episode for seed in earlier.episodes] == [old]
        assert self._degrees(store) == {"kim": 0}
        with refused(Conflict):
            scribe.write(retires=((ADA, old),))

    def test_facts_that_another_episode_supports_do_not_stand_on_one_alone(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim left.", about="kim", said={"identity": "source:1"})
        again = scribe.say("Kim left.")
        scribe.write(supports=((ADA, fact.id, Evidence(episode_id=again.id, start=0, end=9)),))
        known = self.run(store.known(Question(episodes=((ADA, "source:1"),))))
        assert known.sole[ADA, "source:1"] == ()

    # reading for recall

    def test_lookup_counts_over_all_readable_spaces_together(self, store: Store) -> None:
        self.scribe(store).state("red kite red", about="kite")
        self.scribe(store, SHARED).state("red house", about="house")
        self.scribe(store, BOB).state("red red red red", about="kite")
        stems = self.embedder.index("red kite green").stems
        lookup = self.run(self._lookup(store, [ADA, SHARED, ADA], stems, keys=["kite", "house", "kite"]))
        statistics = lookup.statistics
        assert (statistics.episodes, statistics.facts) == (2, 2)
        assert (statistics.episode_length, statistics.fact_length) == (2.5, 2.5)
        assert statistics.episode_df == statistics.fact_df == {"red": 2, "kite": 1, "green": 0}
        assert [(entity.space, entity.key) for entity in lookup.entities] == [(ADA, "kite"), (SHARED, "house")]

    def test_an_empty_space_has_statistics_of_nothing(self, store: Store) -> None:
        self.opened(store)
        lookup = self.run(self._lookup(store, [ADA], ["red"], keys=["kim"]))
        assert (lookup.entities, lookup.statistics.episodes, lookup.statistics.episode_length) == ((), 0, 0.0)
        assert lookup.statistics.episode_df == {"red": 0}
        assert self.seeds(store, [ADA], "red") == Seeds((), ())

    def test_speakers_are_named_in_lower_case(self, store: Store) -> None:
        self.scribe(store).say("Hello.", speaker="Ann Lee")
        self.scribe(store, SHARED).say("Hello.", speaker="Ötzi")
        self.scribe(store, BOB).say("Hello.", speaker="Bob")
        assert self.run(self._lookup(store, [ADA, SHARED])).speakers == {"ann lee", "ötzi"}

    def test_any_stem_is_one_word_and_matches_only_itself(self, store: Store) -> None:
        scribe = self.scribe(store)
        words = [
            "x",
            "x78",
            "zürich",
            "zurich",
            "東",
            "東京",
            "naïve",
            "o'neil",
            "a b",
            "NOT",
            "не",
            "क्षि",
            '"',
            "*",
            "2nd",
        ]
        for word in words:
            text = scribe.new_episode("…").episode
            scribe.write(episodes=(NewEpisode(text, text.id, Index(self.embedder.vector(""), (word, "и", word))),))
        counted = self.run(self._lookup(store, [ADA], [*words, "x782e", "z", "и"])).statistics.episode_df
        assert counted == {**dict.fromkeys(words, 1), "x782e": 0, "z": 0, "и": len(words)}
        found = self.seeds(store, [ADA], "", count=99).episodes
        assert {seed.stems for seed in found} == {(word, "и", word) for word in words}

    def test_the_nearest_by_vector_and_the_best_by_words_are_seeds(self, store: Store) -> None:
        scribe = self.scribe(store)
        vectors = np.eye(64, dtype=np.float32)
        texts = {0: ("far", "rare"), 1: ("near",), 2: ("common",), 3: ("common",), 4: ("common", "rare")}
        for place, stems in texts.items():
            new = scribe.new_episode(f"episode {place}")
            scribe.write(episodes=(NewEpisode(new.episode, new.identity, Index(vectors[place], stems)),))
        found = self.run(
            store.seeds([ADA], vector=vectors[1], stems=["rare", "common"], moment=self.moment(), episodes=1, facts=1)
        )
        assert {seed.episode: seed.similarity for seed in found.episodes} == {"episode-2": 1.0, "episode-5": 0.0}

    def test_a_small_space_is_read_beside_a_large_one(self, store: Store) -> None:
        scribe = self.scribe(store)
        for number in range(30):
            scribe.state(f"Tea {number} tea.")
        for number in range(3):
            self.scribe(store, TRIP).state(
                f"Some long words about tea and {number} more.", said={"id": f"note-{number}"}
            )
            break
        found = self.seeds(store, [TRIP, ADA], "tea", count=5)
        assert {seed.space for seed in found.episodes} == {seed.space for seed in found.facts} == {ADA, TRIP}

    def test_a_seed_knows_its_place_and_its_links(self, store: Store) -> None:
        scribe = self.scribe(store)
        late = scribe.say(
            "Late.", session="s", said_at=datetime(2026, 1, 3, tzinfo=UTC), role="assistant", speaker="Kim"
        )
        early = scribe.say("Early.", session="s", said_at=datetime(2026, 1, 1, tzinfo=UTC))
        alone = scribe.say("Alone.")
        scribe.state("Kim met Ann in Oslo.", about="kim", mentions=["ann", "oslo"], episode=late)
        scribe.state("Kim likes Ann.", about="kim", mentions=["ann"], episode=late, object="Ann", object_key="ann")
        seeds = {seed.episode: seed for seed in self.seeds(store, [ADA], "late").episodes}
        assert [seeds[id_.id].position for id_ in (early, late, alone)] == [0, 1, 0]
        assert [seeds[id_.id].links for id_ in (early, late, alone)] == [0, 5, 0]
        seed = seeds[late.id]
        assert (seed.role, seed.speaker, seed.session, seed.said_at) == ("assistant", "Kim", "s", late.said_at)
        assert seeds[alone.id].session is None

    def test_an_entity_leads_to_facts_about_it_and_facts_that_mention_it(self, store: Store) -> None:
        scribe = self.scribe(store)
        about = scribe.state("Kim likes tea.", about="kim", mentions=["tea"])
        mentioned = scribe.state("Ann knows Kim.", about="ann", object="Kim", object_key="kim")
        links = self.links(store, [ADA], ["kim", "tea", "nobody", "kim"])
        assert [(link.entity, link.kind, link.fact.fact) for link in links] == [
            ("kim", "about", about.id),
            ("kim", "mentions", mentioned.id),
            ("tea", "mentions", about.id),
        ]
        assert links[1].fact.subject == "ann"
        assert links[1].fact.mentions == ("kim",)

    def test_the_facts_of_an_entity_come_most_similar_first_and_capped_by_kind(self, store: Store) -> None:
        scribe = self.scribe(store)
        for text in ("Kim likes red tea.", "Kim likes tea.", "Kim sleeps.", "Kim runs."):
            scribe.state(text, about="kim")
            scribe.state(f"Ann says {text}", about="ann", mentions=["kim"])
        links = self.links(store, [ADA], ["kim"], question="likes red tea", about=2, mentions=1)
        assert [(link.kind, link.fact.stems) for link in links] == [
            ("about", ("kim", "like", "red", "tea")),
            ("about", ("kim", "like", "tea")),
            ("mentions", ("ann", "say", "kim", "like", "red", "tea")),
        ]
        similarities = [link.fact.similarity for link in links]
        assert np.allclose(
            similarities[0], self.embedder.vector("Kim likes red tea.") @ self.embedder.vector("likes red tea")
        )

    def test_entities_are_joined_across_spaces_by_key_and_the_cap_counts_them_together(self, store: Store) -> None:
        self.scribe(store).state("Kim likes tea.", about="kim")
        self.scribe(store, SHARED).state("Kim leads the tea team.", about="kim", said={"id": "other"}, id="shared")
        both = self.links(store, [ADA, SHARED], ["kim"], question="tea")
        assert {link.fact.space for link in both} == {ADA, SHARED}
        [best] = self.links(store, [ADA, SHARED], ["kim"], question="tea team", about=1)
        assert best.fact.space == SHARED

    def test_many_entities_may_reach_one_fact(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim, Ann and Bo met.", mentions=["kim", "ann", "bo"])
        links = self.links(store, [ADA], ["ann", "kim", "bo"])
        assert [(link.entity, link.fact.fact) for link in links] == [
            ("ann", fact.id),
            ("kim", fact.id),
            ("bo", fact.id),
        ]

    def test_turns_around_an_episode_are_those_of_its_session(self, store: Store) -> None:
        scribe = self.scribe(store)
        turns = [
            scribe.say(f"Turn {minute}.", session="s", said_at=datetime(2026, 1, 1, 12, minute, tzinfo=UTC))
            for minute in (0, 2, 1, 3, 4)
        ]
        scribe.say("Another session.", session="t", said_at=datetime(2026, 1, 1, 12, 1, 30, tzinfo=UTC))
        alone = scribe.say("No session.", said_at=datetime(2026, 1, 1, 12, 1, 30, tzinfo=UTC))
        found = self.turns(store, [ADA], [turns[1].id, alone.id, "unknown", turns[1].id], around=2)
        by_time = [turns[place].id for place in (0, 2, 1, 3, 4)]
        assert [(turn.near, turn.offset, turn.seed.episode) for turn in found] == [
            *((turns[1].id, offset, by_time[2 + offset]) for offset in (-2, -1, 0, 1, 2)),
            (alone.id, 0, alone.id),
        ]
        first = self.turns(store, [ADA], [turns[0].id], around=1)
        assert [turn.offset for turn in first] == [0, 1]

    def test_turns_said_at_the_same_moment_stand_in_the_order_they_came(self, store: Store) -> None:
        scribe = self.scribe(store)
        said = [scribe.say(f"Turn {number}.", session="s") for number in range(3)]
        found = self.turns(store, [ADA], [said[1].id], around=5)
        assert [turn.seed.episode for turn in found] == [episode.id for episode in said]

    def test_a_turn_brings_its_facts_in_the_order_they_stand_there(self, store: Store) -> None:
        scribe = self.scribe(store)
        episode = scribe.say("Kim left. Ann came.")
        second = scribe.state(
            "Ann came.", episode=episode, evidence=[Evidence(episode_id=episode.id, start=10, end=19)]
        )
        first = scribe.state("Kim left.", episode=episode, evidence=[Evidence(episode_id=episode.id, start=0, end=9)])
        [turn] = self.turns(store, [ADA], [episode.id])
        assert [fact.fact for fact in turn.facts] == [first.id, second.id]

    # reading for people

    def test_records_come_in_the_order_asked_for_each_once(self, store: Store) -> None:
        scribe = self.scribe(store)
        facts = [scribe.state(f"Fact {number}.") for number in range(3)]
        ids = [facts[2].id, facts[0].id, "unknown", facts[2].id]
        assert [fact.id for fact in self.facts(store, ids)] == [facts[2].id, facts[0].id]
        episodes = [facts[1].evidence[0].episode_id, "unknown", facts[0].evidence[0].episode_id]
        assert [episode.id for episode in self.run(store.episodes([ADA], episodes))] == [episodes[0], episodes[2]]

    def test_episodes_are_found_by_source_session_and_stems_oldest_first(self, store: Store) -> None:
        scribe = self.scribe(store)
        late = scribe.say("Red tea.", source_id="1", session="s", said_at=datetime(2026, 1, 2, tzinfo=UTC))
        early = scribe.say("Red kite.", source_id="1", session="t", said_at=datetime(2026, 1, 1, tzinfo=UTC))
        other = scribe.say("Blue tea.", source_id="2", session="s", said_at=datetime(2026, 1, 3, tzinfo=UTC))
        assert self.run(store.find_episodes([ADA], source_id="1")) == [early.id, late.id]
        assert self.run(store.find_episodes([ADA], session="s")) == [late.id, other.id]
        assert self.run(store.find_episodes([ADA], stems=["red"])) == [early.id, late.id]
        assert self.run(store.find_episodes([ADA], stems=["tea", "red"])) == [late.id]
        assert self.run(store.find_episodes([ADA], source_id="%")) == []
        assert self.run(store.find_episodes([ADA], stems=[])) == []

    def test_listed_facts_come_newest_first_and_page_by_page(self, store: Store) -> None:
        scribe, shared = self.scribe(store), self.scribe(store, SHARED)
        expected: list[str] = []
        for number in range(7):
            self.clock.advance(days=1)
            writer = (scribe, shared)[number % 2]
            expected.insert(0, writer.state(f"Fact {number}.", id=f"fact number {number}").id)
        listed: list[str] = []
        after: str | None = None
        while page := self.run(store.list_facts([ADA, SHARED], moment=self.moment(), limit=2, after=after)):
            listed += [fact.id for fact in page]
            after = listed[-1]
        assert listed == expected
        with refused(NotFound):
            self.run(store.list_facts([ADA], moment=None, limit=2, after="unknown"))

    def test_facts_written_at_once_are_listed_each_once(self, store: Store) -> None:
        scribe = self.scribe(store)
        new = scribe.new_episode("Many.")
        facts = tuple(scribe.new_fact(f"Fact {number}.", new.episode) for number in range(5))
        scribe.write(episodes=(new,), facts=facts)
        first = self.run(store.list_facts([ADA], moment=None, limit=3))
        rest = self.run(store.list_facts([ADA], moment=None, limit=3, after=first[-1].id))
        assert [fact.id for fact in (*first, *rest)] == [new.fact.id for new in reversed(facts)]

    def test_facts_are_listed_by_entity_alias_and_predicate(self, store: Store) -> None:
        scribe = self.scribe(store)
        likes = scribe.state("Kim likes tea.", about="kim", predicate="likes", object="tea")
        knows = scribe.state("Ann knows Kim.", about="ann", predicate="knows", object="Kim", object_key="kim")
        scribe.write(entities=(Entity(space=ADA, key="kim", name="Kim", aliases=("kimmy",)),))
        by_entity = self.run(store.list_facts([ADA], moment=self.moment(), entity="kim", limit=9))
        by_alias = self.run(store.list_facts([ADA], moment=self.moment(), entity="kimmy", limit=9))
        by_predicate = self.run(store.list_facts([ADA], moment=self.moment(), predicate="likes", limit=9))
        assert [fact.id for fact in by_entity] == [fact.id for fact in by_alias] == [knows.id, likes.id]
        assert [fact.id for fact in by_predicate] == [likes.id]

    def test_entities_are_listed_by_degree_then_key_without_the_common_ones(self, store: Store) -> None:
        scribe = self.scribe(store)
        for about, mentions in (("kim", ["oslo"]), ("kim", ["ann"]), ("bo", ["dog"])):
            scribe.state(f"{about} {mentions}", about=about, mentions=mentions)
        scribe.write(entities=(Entity(space=ADA, key="dog", name="dog", is_common=True),))
        listed = self.run(store.list_entities([ADA], limit=3))
        assert [(entity.key, entity.degree) for entity in listed] == [("kim", 2), ("ann", 1), ("bo", 1)]

    def test_history_names_a_fact_before_and_after(self, store: Store) -> None:
        scribe = self.scribe(store)
        porto = scribe.state("Kim lives in Porto.", about="kim")
        oslo = scribe.state("Kim lives in Oslo.", about="kim")
        change = Change(space=ADA, kind="superseded", fact_id=porto.id, before=porto.id, after=oslo.id, reason="moved")
        scribe.write(closings=(Closing(ADA, porto.id),), changes=(change,))
        history = self.run(store.history([ADA], porto.id))
        assert [(entry.kind, entry.text) for entry in history] == [
            ("added", "Kim lives in Porto."),
            ("superseded", "Kim lives in Porto."),
        ]
        assert history[1].reason == "moved"
        assert [entry.kind for entry in self.run(store.history([ADA], oslo.id))] == ["added", "superseded"]

    def test_stats_count_what_the_spaces_hold(self, store: Store) -> None:
        self.scribe(store).state("Kim likes tea.", about="kim", mentions=["tea"])
        self.scribe(store, BOB).say("Hello.")
        stats = self.run(store.stats([ADA]))
        assert (stats.episodes, stats.facts, stats.entities, stats.changes) == (1, 1, 2, 1)

    # erasing

    def test_an_erased_episode_takes_the_facts_that_only_it_supports(self, store: Store) -> None:
        scribe = self.scribe(store)
        alone = scribe.state("Kim left Oslo.", about="kim", mentions=["oslo"], said={"session": "s", "speaker": "Eve"})
        shared = scribe.state("Ann stayed.", about="ann", episode=self.run(store.episodes([ADA], ["episode-1"]))[0])
        again = scribe.say("Ann stayed, yes.", session="s")
        scribe.write(supports=((ADA, shared.id, Evidence(episode_id=again.id, start=0, end=11)),))
        receipt = self.run(store.erase(Erasure((ADA,), episodes=("episode-1",)), is_dry_run=False))
        assert {kind: receipt.erased[kind] for kind in ("episodes", "facts", "versions", "entities")} == {
            "episodes": 1,
            "facts": 1,
            "versions": 1,
            "entities": 2,
        }
        assert set(receipt.left.values()) == {0}
        assert self.facts(store, [alone.id]) == []
        [kept] = self.facts(store, [shared.id])
        assert [place.episode_id for place in kept.evidence] == [again.id]
        assert self._degrees(store) == {"ann": 1}
        lookup = self.run(self._lookup(store, [ADA], self.embedder.index("oslo left stayed").stems))
        assert lookup.statistics.fact_df == {"oslo": 0, "left": 0, "stay": 1}
        assert (lookup.statistics.episodes, lookup.statistics.facts, lookup.speakers) == (1, 1, frozenset())
        [seed] = self.seeds(store, [ADA], "Kim left Oslo").episodes
        assert (seed.episode, seed.position) == (again.id, 0)

    def test_a_dry_run_counts_the_same_and_erases_nothing(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim left Oslo.", about="kim", mentions=["oslo"])
        scribe.state("Ann stayed.", about="ann")
        before = self.dumped(store)
        erasure = Erasure((ADA,), facts=(fact.id,), entities=("oslo",), digests=((ADA, "digest"),))
        counted = self.run(store.erase(erasure, is_dry_run=True))
        assert self.dumped(store) == before
        assert counted.is_dry_run
        assert self.seeds(store, [ADA], "Kim left Oslo", count=1).facts[0].fact == fact.id
        assert self.run(store.erase(erasure, is_dry_run=False)).erased == counted.erased

    def test_an_erased_fact_leaves_ids_in_the_journal_and_takes_the_reasons(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim left.", about="kim")
        scribe.close(fact)
        self.clock.advance(days=1)
        receipt = self.run(store.erase(Erasure((ADA,), facts=(fact.id,)), is_dry_run=False))
        assert receipt.erased["versions"] == 1
        history = self.run(store.history([ADA], fact.id))
        assert [(entry.kind, entry.reason, entry.text) for entry in history] == [
            ("added", None, None),
            ("retracted", None, None),
        ]
        changes = [record for record in self.dumped(store) if record["record"] == "change"]
        assert [change["kind"] for change in changes] == ["added", "retracted", "erased"]
        assert self.run(store.episodes([ADA], [fact.evidence[0].episode_id])), "the episode stays"

    def test_an_erasure_leaves_the_neighbours_whole(self, store: Store) -> None:
        scribe, stranger = self.scribe(store), self.scribe(store, BOB)
        facts = [scribe.state(f"Kim {number} likes tea {number}.", about="kim") for number in range(150)]
        stranger.state("Kim 3 likes tea 3.", about="kim")
        theirs = self.dumped(store, [BOB])
        gone = {fact.id for number, fact in enumerate(facts) if number % 7 == 3}
        episodes = tuple(fact.evidence[0].episode_id for fact in facts if fact.id in gone)
        receipt = self.run(store.erase(Erasure((ADA,), episodes=episodes), is_dry_run=False))
        assert (receipt.erased["vectors"], set(receipt.left.values())) == (2 * len(gone), {0})
        assert self.dumped(store, [BOB]) == theirs
        found = self.seeds(store, [ADA], "Kim likes tea", count=200)
        assert {fact.fact for fact in found.facts} == {fact.id for fact in facts} - gone
        vector = self.embedder.vector("Kim likes tea")
        for fact in found.facts:
            [kept] = self.facts(store, [fact.fact])
            assert np.isclose(fact.similarity, self.embedder.vector(kept.text) @ vector, atol=1e-5)
        assert self._degrees(store) == {"kim": 150 - len(gone)}

    def test_a_forgotten_entity_is_gone_from_the_facts_that_stay(self, store: Store) -> None:
        scribe = self.scribe(store)
        scribe.write(entities=(Entity(space=ADA, key="oslo", name="Oslo", aliases=("christiania",)),))
        about = scribe.state("Oslo is cold.", about="oslo")
        mentions = scribe.state("Kim went there.", about="kim", mentions=["oslo"], object="Oslo", object_key="oslo")
        receipt = self.run(store.erase(Erasure((ADA,), facts=(about.id,), entities=("oslo",)), is_dry_run=False))
        assert (receipt.erased["facts"], receipt.erased["entities"]) == (1, 1)
        [kept] = self.facts(store, [mentions.id])
        assert (kept.mentions, kept.mention_keys, kept.object, kept.object_key) == ((), (), None, None)
        assert self.links(store, [ADA], ["oslo"]) == []
        assert self.run(self._lookup(store, [ADA], keys=["oslo", "christiania"])).entities == ()

    def test_a_rewritten_episode_keeps_its_place_and_is_found_by_its_new_words(self, store: Store) -> None:
        scribe = self.scribe(store)
        said = scribe.say("Kim left Oslo. Tea is fine.", identity="source:1", session="s")
        for number in range(70):
            scribe.say(f"Other {number}.")
        text = "██████████████ Tea is fine."
        rewrite = Rewrite(said.model_copy(update={"text": text}), self.embedder.index("Tea is fine."))
        receipt = self.run(
            store.erase(Erasure((ADA,), rewrites=(rewrite,), digests=((ADA, "left"),)), is_dry_run=False)
        )
        assert (receipt.erased["rewritten"], set(receipt.left.values())) == (1, {0})
        [kept] = self.run(store.episodes([ADA], [said.id]))
        assert (kept.text, kept.session) == (text, "s")
        known = self.run(
            store.known(Question(episodes=((ADA, "source:1"),), statements=((ADA, "left"), (BOB, "left"))))
        )
        assert (list(known.episodes), known.rejected) == ([(ADA, "source:1")], {(ADA, "left")})
        assert self.run(self._lookup(store, [ADA], ["oslo", "tea"])).statistics.episode_df == {"oslo": 0, "tea": 1}
        near = {seed.episode: seed.similarity for seed in self.seeds(store, [ADA], "Tea is fine.").episodes}
        assert np.isclose(near[said.id], 1.0)

    def test_a_whole_space_is_erased_and_can_be_used_again(self, store: Store) -> None:
        scribe = self.scribe(store)
        for number in range(70):
            scribe.state(f"Kim {number} likes tea.", about="kim", said={"speaker": "Eve", "session": "s"})
        scribe.write(selves={ADA: "kim"})
        self.scribe(store, TRIP).say("Kim packs.")
        self.scribe(store, BOB).say("Kim packs.")
        receipt = self.run(store.erase(Erasure((ADA,), everything=True), is_dry_run=False))
        assert (receipt.erased["episodes"], receipt.erased["facts"], receipt.erased["entities"]) == (70, 70, 1)
        assert set(receipt.left.values()) == {0}
        stats = self.run(store.stats([ADA]))
        assert (stats.episodes, stats.facts, stats.entities) == (0, 0, 0)
        records = {str(record["record"]) for record in self.dumped(store)}
        assert records == {"space", "change"}
        lookup = self.run(self._lookup(store, [ADA], ["kim"], keys=["kim"]))
        assert (lookup.entities, lookup.speakers, lookup.selves) == ((), frozenset(), ())
        assert self.run(store.stats([TRIP])).episodes == self.run(store.stats([BOB])).episodes == 1
        again = self.scribe(store).state("Kim is back.", about="kim")
        assert [fact.fact for fact in self.seeds(store, [ADA], "Kim").facts] == [again.id]

    # whole spaces

    def test_a_dump_restored_elsewhere_dumps_the_same_and_recalls_the_same(self, store: Store) -> None:
        self._fill(store)
        records = [self._moved(record) for record in self.dumped(store, [ADA, TRIP])]
        spaces = [str(self._moved({"space": space})["space"]) for space in (ADA, TRIP)]
        indexes = self._indexes(records)
        assert self.run(store.restore(records, indexes)) == len(records) - len(spaces), "all but the spaces themselves"
        assert self.dumped(store, spaces) == records
        question = "Where does Kim live? What does she pack?"
        for moment in (self.moment(), self.moment(known_at=self.clock() - DAY), self.moment(at=self.clock() - DAY)):
            original = self.seeds(store, [ADA, TRIP], question, moment=moment)
            restored = self.seeds(store, spaces, question, moment=moment)
            assert [seed.episode for seed in restored.episodes] == [seed.episode for seed in original.episodes]
            assert [(fact.fact, fact.holds) for fact in restored.facts] == [
                (fact.fact, fact.holds) for fact in original.facts
            ]
        originals = self.run(store.list_entities([ADA], limit=9))
        copies = self.run(store.list_entities(spaces[:1], limit=9))
        assert copies == [entity.model_copy(update={"space": spaces[0]}) for entity in originals]

    def test_what_is_there_already_is_not_restored_again_and_other_content_is_a_conflict(self, store: Store) -> None:
        self._fill(store)
        records = self.dumped(store)
        assert self.run(store.restore(records, self._indexes(records))) == 0
        assert self.dumped(store) == records
        for kind in ("fact", "episode"):
            changed = [{**record, "text": "Other."} if record["record"] == kind else record for record in records]
            with refused(Conflict):
                self.run(store.restore(changed, self._indexes(records)))

    def test_what_must_not_be_learned_again_is_not_restored(self, store: Store) -> None:
        self._fill(store)
        records = [self._moved(record) for record in self.dumped(store)]
        [space] = {str(record["space"]) for record in records}
        digests = tuple((space, str(record["digest"])) for record in records if record["record"] == "fact")
        self.run(store.erase(Erasure((space,), digests=digests), is_dry_run=False))
        self.run(store.restore(records, self._indexes(records)))
        assert self.run(store.stats([space])).facts == 0

    def test_a_record_that_cannot_be_read_is_named_and_nothing_of_the_call_is_written(self, store: Store) -> None:
        self._fill(store)
        records = [self._moved(record) for record in self.dumped(store)]
        space = str(records[0]["space"])
        for broken in ({"record": "episode", "space": space}, {"record": "joke", "space": space}, {"space": space}):
            with refused(BadLine) as caught:
                self.run(store.restore([*records[:3], broken], self._indexes(records)))
            assert "4" in str(caught[0])
            assert self.dumped(store, [space]) == []

    def test_new_vectors_take_over_when_all_are_there(self, store: Store) -> None:
        facts = [self.scribe(store).state("Kim likes tea.", about="kim")]
        bob = self.scribe(store, BOB)
        facts += [bob.state(f"Bob {number} likes tea.", about="bob") for number in range(70)]
        coarse = WordEmbedder(8)
        after: str | None = None
        texts: dict[str, str] = {}
        while page := self.run(store.texts(after=after, limit=20)):
            texts.update((text.record, text.text) for text in page)
            after = page[-1].record
        assert sorted(texts.values()) == sorted(text for fact in facts for text in (fact.text, fact.text))
        vectors = {record: coarse.vector(text) for record, text in texts.items()}
        half = dict(list(vectors.items())[:50])
        with refused(Conflict):
            self.run(store.reembed(half, embedder=coarse.identity, dimensions=8, is_last=True))
        self.run(store.reembed(half, embedder=coarse.identity, dimensions=8, is_last=False))
        self.opened(store)
        rest = dict(list(vectors.items())[50:])
        self.run(store.reembed(rest, embedder=coarse.identity, dimensions=8, is_last=True))
        with refused(EmbedderMismatch):
            self.opened(store)
        with refused(EmbedderMismatch):
            self.seeds(store, [ADA], "tea")
        self.run(store.open(embedder=coarse.identity, dimensions=8))
        question = coarse.vector("Bob likes tea")
        seeds = store.seeds([BOB], vector=question, stems=[], moment=self.moment(), episodes=9, facts=99)
        found = self.run(seeds).facts
        assert len(found) == 70
        assert all(
            np.isclose(fact.similarity, coarse.vector(" ".join(fact.stems)) @ question, atol=1e-5) for fact in found
        )

    # helpers of single tests

    def _lookup(
        self, store: Store, spaces: Sequence[str], stems: Sequence[str] = (), *, keys: Sequence[str] = ()
    ) -> Any:
        return store.lookup(spaces, keys=keys, stems=stems, known_at=self.moment().known_at)

    def _degrees(self, store: Store) -> dict[str, int]:
        return {entity.key: entity.degree for entity in self.run(store.list_entities([ADA], limit=99))}

    def _fill(self, store: Store) -> None:
        scribe = self.scribe(store)
        porto = scribe.state(
            "Kim lives in Porto.",
            about="kim",
            mentions=["porto"],
            said={"session": "s", "speaker": "Ann", "identity": "source:1", "metadata": {"b": 1, "a": 2}},
        )
        self.clock.advance(days=1)
        scribe.close(porto, valid_to=self.clock())
        oslo = scribe.state(
            "Kim lives in Oslo.", about="kim", mentions=["oslo"], when={"grain": "day", "words": "today"}
        )
        again = scribe.say("Kim lives in Oslo, she says.")
        scribe.write(supports=((ADA, oslo.id, Evidence(episode_id=again.id, start=0, end=17)),))
        scribe.write(
            entities=(Entity(space=ADA, key="kim", name="Kim", aliases=("kimmy", "k")),),
            selves={ADA: "kim"},
            retires=((ADA, again.id),),
        )
        self.run(store.erase(Erasure((ADA,), digests=((ADA, "rejected"),)), is_dry_run=False))
        self.scribe(store, TRIP).state("Kim packs her bags.", about="kim", id="packs")

    @staticmethod
    def _moved(record: Mapping[str, object]) -> Mapping[str, object]:
        """The record in the same space of somebody else."""
        return {**record, "space": str(record["space"]).replace("user=ada", "user=zoe")}

    def _indexes(self, records: Sequence[Mapping[str, object]]) -> dict[str, Index]:
        return {
            str(record["id"]): self.embedder.index(str(record["text"]))
            for record in records
            if record["record"] in ("episode", "fact")
        }
