"""What stores promise of an excerpt: what they lay open of a memory for one question."""
# ruff: noqa: D102 - a test's name is its sentence

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from graphmem.models import Entity, Evidence
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Index, NewEpisode, NewFact, Store
from graphmem.testing.asking import ADA, BOB, MANY, SHARED, TRIP, Asking
from graphmem.testing.seeing import Link, Seeds, Seeing


class Excerpts(Asking):
    """Seeds, links and turns are those of the spaces asked, and reading more changes nothing that was read."""

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
            "Late.",
            session="s",
            said_at=datetime(2026, 1, 3, tzinfo=UTC),
            role="assistant",
            speaker="Kim",
            source_id="notes\tof Kim",
        )
        early = scribe.say("Early.", session="s", said_at=datetime(2026, 1, 1, tzinfo=UTC))
        alone = scribe.say("Alone? ")
        scribe.state("Kim met Ann in Oslo.", about="kim", mentions=["ann", "oslo"], episode=late)
        scribe.state("Kim likes Ann.", about="kim", mentions=["ann"], episode=late, object="Ann", object_key="ann")
        seeds = {seed.episode: seed for seed in self.seeds(store, [ADA], "late").episodes}
        assert [seeds[id_.id].links for id_ in (early, late, alone)] == [0, 5, 0]
        seed = seeds[late.id]
        assert (seed.role, seed.speaker, seed.said_at) == ("assistant", "Kim", late.said_at)
        assert (seed.source, seeds[alone.id].source) == ("notes\tof Kim", None)
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
