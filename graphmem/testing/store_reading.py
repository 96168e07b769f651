"""What stores promise about reading, for recall and for people."""
# ruff: noqa: D102 - a test's name is its sentence

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from graphmem.errors import Conflict, NotFound
from graphmem.models import Change, Entity, Evidence
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Closing, Index, NewEpisode, NewFact, Question, Store
from graphmem.testing.asking import ADA, BOB, DAY, MANY, SHARED, TRIP, Asking
from graphmem.testing.parts import refused
from graphmem.testing.seeing import Link, Seeds, Seeing


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
        counted = self.run(self.lookup(store, [ADA], [*words, "x782e", "z", "и"])).statistics.episode_df
        assert counted == {**dict.fromkeys(words, 1), "x782e": 0, "z": 0, "и": len(words)}
        asked = [*words, "x782e", "и"]
        found = self.run(self._seen(self.excerpt(store, [ADA], stems=asked))).episodes
        assert {seed.counts for seed in found} == {frozenset({(word, 2), ("и", 1)}) for word in words}
        assert {seed.length for seed in found} == {3}

    def test_the_nearest_by_vector_and_the_best_by_words_are_seeds(self, store: Store) -> None:
        scribe = self.scribe(store)
        vectors = np.eye(64, dtype=np.float32)
        texts = {0: ("far", "rare"), 1: ("near",), 2: ("common",), 3: ("common",), 4: ("common", "rare")}
        for place, stems in texts.items():
            new = scribe.new_episode(f"episode {place}")
            scribe.write(episodes=(NewEpisode(new.episode, new.identity, Index(vectors[place], stems)),))
        one = replace(MANY, episodes=1, facts=1)
        found = self.run(
            self._seen(self.excerpt(store, [ADA], vector=vectors[1], stems=["rare", "common"], bounds=one))
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
        alone = scribe.say("Alone? ")
        scribe.state("Kim met Ann in Oslo.", about="kim", mentions=["ann", "oslo"], episode=late)
        scribe.state("Kim likes Ann.", about="kim", mentions=["ann"], episode=late, object="Ann", object_key="ann")
        seeds = {seed.episode: seed for seed in self.seeds(store, [ADA], "late").episodes}
        assert [seeds[id_.id].links for id_ in (early, late, alone)] == [0, 5, 0]
        seed = seeds[late.id]
        assert (seed.role, seed.speaker, seed.said_at) == ("assistant", "Kim", late.said_at)
        assert [seeds[id_.id].asks for id_ in (early, late, alone)] == [False, False, True]
        assert [seeds[id_.id].is_in_session for id_ in (early, late, alone)] == [True, True, False]

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
        facts: dict[str, str] = {}
        for text in ("Kim likes red tea.", "Kim likes tea.", "Kim sleeps.", "Kim runs."):
            for said, about, mentions in ((text, "kim", []), (f"Ann says {text}", "ann", ["kim"])):
                facts[scribe.state(said, about=about, mentions=mentions).id] = said
        links = self.links(store, [ADA], ["kim"], question="likes red tea", about=2, mentions=1)
        assert [(link.kind, facts[link.fact.fact]) for link in links] == [
            ("about", "Kim likes red tea."),
            ("about", "Kim likes tea."),
            ("mentions", "Ann says Kim likes red tea."),
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

    def test_degrees_are_summed_over_spaces_and_unknown_entities_left_out(self, store: Store) -> None:
        for number in range(2):
            said = {"id": f"mine-{number}"}
            self.scribe(store).state(f"Kim likes tea {number}.", about="kim", said=said, id=f"f{number}")
        self.scribe(store, SHARED).state("Kim leads.", about="kim", said={"id": "shared"})
        self.scribe(store, BOB).state("Kim left.", about="kim", mentions=["bob"])
        self.scribe(store).write(entities=(Entity(space=ADA, key="tea", name="tea", is_common=True),))

        async def degrees(spaces: Sequence[str], moment: Moment) -> dict[str, tuple[int, bool]]:
            keys = ["kim", "tea", "bob", "kim"]
            return await (await self.excerpt(store, spaces, keys=keys, moment=moment)).degrees(keys)

        found = self.run(degrees([ADA, SHARED, ADA], self.moment()))
        assert found == {"kim": (3, False), "tea": (0, True)}
        assert self.run(degrees([ADA], self.moment(known_at=datetime(2025, 1, 1, tzinfo=UTC)))) == {}

    def test_stems_are_counted_in_texts_and_marked_in_facts(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Red tea, green tea and more red tea.", about="tea")
        scribe.state("Kim sleeps.", about="kim")
        stems = self.embedder.index("tea green purple").stems
        seeds = self.run(self._seen(self.excerpt(store, [ADA], stems=stems)))
        episodes = {seed.episode: seed for seed in seeds.episodes}
        facts = {seen.fact: seen for seen in seeds.facts}
        said = self.embedder.index(fact.text).stems
        [source] = facts[fact.id].episodes
        assert episodes[source].counts == {("tea", 3), ("green", 1)}
        assert episodes[source].length == len(said)
        assert facts[fact.id].words == {"tea", "green"}
        assert facts[fact.id].length == len(set(said)) < len(said)
        [other] = facts.keys() - {fact.id}
        assert facts[other].words == frozenset()
        assert episodes[facts[other].episodes[0]].counts == frozenset()

    def test_as_many_stems_as_may_be_asked_have_a_bit_and_a_column_each(self, store: Store) -> None:
        stems = [f"word{number}" for number in range(60)]
        episode = self.scribe(store).new_episode(" ".join(stems)).episode
        index = Index(self.embedder.vector("tea"), tuple(stems))
        fact = self.scribe(store).new_fact("All of them.", episode)
        self.scribe(store).write(
            episodes=(NewEpisode(episode, "all", index),), facts=(NewFact(fact.fact, fact.digest, index),)
        )
        asked = [*reversed(stems[1:]), "unknown"]
        seeds = self.run(self._seen(self.excerpt(store, [ADA], stems=asked)))
        assert [seed.counts for seed in seeds.episodes] == [{(stem, 1) for stem in stems[1:]}]
        assert [seen.words for seen in seeds.facts] == [frozenset(stems[1:])]

    def test_a_stem_asked_twice_or_unknown_changes_nothing(self, store: Store) -> None:
        scribe = self.scribe(store)
        for text in ("Red tea.", "Green tea.", "A red house."):
            scribe.state(text)
        once, more = ["red", "tea"], ["red", "unknown", "tea", "red", "tea"]
        one = replace(MANY, episodes=1, facts=1)
        plain = self.run(self._seen(self.excerpt(store, [ADA], stems=once, bounds=one)))
        assert self.run(self._seen(self.excerpt(store, [ADA], stems=more, bounds=one))) == plain

    def test_what_has_a_place_keeps_it_when_more_is_read(self, store: Store) -> None:
        self._tell_of_oslo(store)

        async def story() -> None:
            seeing = await self._at_kim(store, keys=[])
            excerpt = seeing.excerpt
            placed = (list(excerpt.facts.ids), list(excerpt.episodes.ids), list(excerpt.entities.keys))
            near = (excerpt.near_facts.tolist(), excerpt.near_episodes.tolist())
            read = [replace(seeing.episode(int(place)), links=-1) for place in excerpt.near_episodes]
            await seeing.links(["kim", "acme", "oslo"])
            await seeing.degrees(["kim", "oslo"])
            every = range(len(excerpt.episodes.ids))
            await seeing.read_turns(every, around=2)
            await seeing.read_turns(every, around=2)
            for before, after in zip(
                placed, (excerpt.facts.ids, excerpt.episodes.ids, excerpt.entities.keys), strict=True
            ):
                assert before == list(after[: len(before)])
            assert near == (excerpt.near_facts.tolist(), excerpt.near_episodes.tolist())
            again = [seeing.episode(int(place)) for place in excerpt.near_episodes]
            assert read == [replace(episode, links=-1) for episode in again], "only links may become known"
            assert all(episode.links >= 0 for episode in again)
            assert len(set(excerpt.facts.ids)) == len(excerpt.facts.ids)

        self.run(story())

    def test_what_was_read_ahead_is_what_reading_gives(self, store: Store) -> None:
        self._tell_of_oslo(store)
        keys = ["kim", "acme", "oslo"]

        async def links(asked: Sequence[str], hub: int) -> tuple[list[Link], list[Link]]:
            seeing = await self._at_kim(store, keys=asked, hub=hub)
            first = [link for key in keys for link in await seeing.links([key])]  # what is not there yet is left out
            return first, await seeing.links(keys)

        ahead, again = self.run(links(["kim"], 9))
        assert ahead == again
        assert {link.entity for link in ahead} == set(keys)
        assert self.run(links([], 0))[1] == ahead

    def test_nothing_that_is_unknown_or_of_others_has_a_place(self, store: Store) -> None:
        self.scribe(store).state("Kim likes tea.", about="kim")
        self.scribe(store, BOB).state("Ann likes Kim.", about="ann", mentions=["kim"])

        async def story() -> None:
            seeing = await self.excerpt(store, [ADA], keys=["kim", "ann", "nobody"])
            excerpt = seeing.excerpt
            assert (excerpt.entity("ann"), excerpt.entity("nobody")) == (-1, -1)
            await seeing.links(["kim"])
            await seeing.read_turns(range(len(excerpt.episodes.ids)), around=3)
            assert [len(excerpt.facts.ids), len(excerpt.episodes.ids), len(excerpt.entities.keys)] == [1, 1, 1]

        self.run(story())

    def test_reading_nothing_changes_nothing(self, store: Store) -> None:
        self.scribe(store).state("Kim likes tea.", about="kim")

        async def story() -> None:
            seeing = await self.excerpt(store, [ADA], keys=["kim"])
            none = np.array([], np.int64)
            await seeing.excerpt.read_links(none)
            await seeing.excerpt.read_degrees(none)
            await seeing.read_turns([], around=5)
            assert [len(part) for part in seeing.excerpt.about(none)] == [0, 0]
            assert [len(part) for part in seeing.excerpt.mentioning(none)] == [0, 0]

        self.run(story())

    async def _seen(self, excerpt: Awaitable[Seeing]) -> Seeds:
        return await (await excerpt).seeds()

    async def _at_kim(self, store: Store, *, keys: Sequence[str], hub: int = 0) -> Seeing:
        """Where does Kim work? Little is near, so that the rest has to be read."""
        index = self.embedder.index("Where does Kim work?")
        bounds = Bounds(episodes=1, facts=1, about=4, mentions=3, hub=hub)
        return await self.excerpt(store, [ADA], vector=index.vector, stems=index.stems, keys=keys, bounds=bounds)

    def _tell_of_oslo(self, store: Store) -> None:
        """Kim leads to Acme, Acme to Oslo, and of Oslo there is more to say than is read."""
        scribe = self.scribe(store)
        scribe.state("Kim works at Acme.", about="kim", mentions=["acme"], said={"session": "s"})
        scribe.state("Acme is in Oslo.", about="acme", mentions=["oslo"], said={"session": "s"})
        for number in range(6):
            scribe.state(f"Oslo has park {number}.", about="oslo")
            scribe.state(f"Park {number} lies in Oslo.", about="park", mentions=["oslo"])
        scribe.close(scribe.state("Acme is in Rome.", about="acme", mentions=["rome"]))

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
