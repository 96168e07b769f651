"""What stores promise about reading, for recall and for people."""
# ruff: noqa: D102 - a test's name is its sentence

from collections.abc import Sequence
from datetime import UTC, datetime

from graphmem.errors import Conflict, NotFound, ScopeMissing
from graphmem.models import Change, Entity, Evidence
from graphmem.moment import Moment
from graphmem.protocols import Closing, Question, Reader, Store
from graphmem.testing.asking import ADA, BOB, DAY, SHARED, Asking
from graphmem.testing.parts import refused
from graphmem.testing.seeing import Seeds


class Reading(Asking):
    """Every read keeps to its spaces and to both clocks."""

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
        assert self.degrees(store) == {"kim": 0}
        with refused(Conflict):
            scribe.write(retires=((ADA, old),))

    def test_facts_that_another_episode_supports_do_not_stand_on_one_alone(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim left.", about="kim", said={"identity": "source:1"})
        again = scribe.say("Kim left.")
        scribe.write(supports=((ADA, fact.id, Evidence(episode_id=again.id, start=0, end=9)),))
        known = self.run(store.known(Question(episodes=((ADA, "source:1"),))))
        assert known.sole[ADA, "source:1"] == ()
        [old] = fact.evidence
        assert self.run(store.known(Question(retires=((ADA, old.episode_id),)))).orphans == ()
        together = ((ADA, old.episode_id), (ADA, again.id))
        assert [orphan.id for orphan in self.run(store.known(Question(retires=together))).orphans] == [fact.id]

    def test_the_current_episodes_of_a_source_are_known_together(self, store: Store) -> None:
        scribe = self.scribe(store)
        for number in range(3):
            scribe.say("Kim left.", identity=f"source:s#{number}", source_id="s")
        known = self.run(store.known(Question(sources=((ADA, "s"), (BOB, "s")))))
        assert list(known.episodes) == [(ADA, f"source:s#{number}") for number in range(3)]
        scribe.write(retires=((ADA, known.episodes[ADA, "source:s#1"].id),))
        left = self.run(store.known(Question(sources=((ADA, "s"),)))).episodes
        assert list(left) == [(ADA, "source:s#0"), (ADA, "source:s#2")]

    # reading for recall

    def test_lookup_counts_over_all_readable_spaces_together(self, store: Store) -> None:
        self.scribe(store).state("red kite red", about="kite")
        self.scribe(store, SHARED).state("red house", about="house")
        self.scribe(store, BOB).state("red red red red", about="kite")
        stems = self.embedder.index("red kite green").stems
        lookup = self.run(self.lookup(store, [ADA, SHARED, ADA], stems, keys=["kite", "house", "kite"]))
        statistics = lookup.statistics
        assert statistics.episodes == 2
        assert statistics.episode_length == 2.5
        assert statistics.episode_df == {"red": 2, "kite": 1, "green": 0}
        assert [(entity.space, entity.key) for entity in lookup.entities] == [(ADA, "kite"), (SHARED, "house")]

    def test_a_reading_tells_what_its_reads_tell_by_themselves(self, store: Store) -> None:
        scribe = self.scribe(store)
        kim = scribe.state("Kim works at Acme.", about="kim", mentions=["acme"], said={"session": "s"})
        scribe.state("Acme is in Oslo.", about="acme", mentions=["oslo"], said={"session": "s"})
        index = self.embedder.index("Where does Kim work?")

        async def told(reader: Reader) -> Sequence[object]:
            lookup = await self.lookup(reader, [ADA], index.stems, keys=["kim"])
            seeing = await self.excerpt(reader, [ADA], vector=index.vector, stems=index.stems, keys=["kim"])
            said = [place.episode_id for place in kim.evidence]
            return (
                lookup,
                await seeing.seeds(),
                await seeing.links(["kim", "acme", "oslo"]),
                await seeing.turns(said, around=1),
                await reader.known(Question(keys=((ADA, "kim"),))),
                await reader.facts([ADA], [kim.id], moment=self.moment()),
                await reader.episodes([ADA], said),
            )

        assert self.run(store.reading(told)) == self.run(told(store))

    def test_a_reading_is_refused_what_its_reads_are_refused(self, store: Store) -> None:
        self.fill(store)
        with refused(ScopeMissing):
            self.run(store.reading(lambda reader: reader.episodes([], ["e1"])))
        with refused(ScopeMissing):
            self.run(store.reading(lambda reader: self.lookup(reader, [])))
        with refused(ScopeMissing):
            self.run(store.reading(lambda reader: self.excerpt(reader, [])))

    def test_an_empty_space_has_statistics_of_nothing(self, store: Store) -> None:
        self.opened(store)
        lookup = self.run(self.lookup(store, [ADA], ["red"], keys=["kim"]))
        assert (lookup.entities, lookup.statistics.episodes, lookup.statistics.episode_length) == ((), 0, 0.0)
        assert lookup.statistics.episode_df == {"red": 0}
        assert self.seeds(store, [ADA], "red") == Seeds((), ())

    def test_speakers_are_named_in_lower_case(self, store: Store) -> None:
        self.scribe(store).say("Hello.", speaker="Ann Lee")
        self.scribe(store, SHARED).say("Hello.", speaker="Ötzi")
        self.scribe(store, BOB).say("Hello.", speaker="Bob")
        assert self.run(self.lookup(store, [ADA, SHARED])).speakers == {"ann lee", "ötzi"}

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
        assert self.run(store.find_episodes([ADA], session="s", last=1)) == [other.id]
        assert self.run(store.find_episodes([ADA], session="s", last=9)) == [late.id, other.id]
        assert self.run(store.find_episodes([ADA], source_id="1", last=1)) == [late.id]
        assert self.run(store.find_episodes([ADA], session="s", stems=["red"], last=1)) == [late.id]
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
