"""What stores promise about erasing, and about moving whole spaces."""
# ruff: noqa: D102 - a test's name is its sentence

import numpy as np

from graphmem import forgetting
from graphmem.errors import BadLine, Conflict, EmbedderMismatch
from graphmem.models import Entity, Evidence
from graphmem.protocols import (
    Erasure,
    Question,
    Rewrite,
    Store,
)
from graphmem.reconcile import rejection
from graphmem.testing.asking import ADA, BOB, DAY, TRIP, Asking
from graphmem.testing.parts import WordEmbedder, refused


class Erasing(Asking):
    """What is erased is gone, and what is moved is the same."""

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
        assert self.degrees(store) == {"ann": 1}
        lookup = self.run(self.lookup(store, [ADA], self.embedder.index("oslo left stayed").stems))
        assert lookup.statistics.episode_df == {"oslo": 0, "left": 0, "stay": 1}
        assert (lookup.statistics.episodes, lookup.speakers) == (1, frozenset())
        [seed] = self.seeds(store, [ADA], "Kim left Oslo").episodes
        assert seed.episode == again.id

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
        assert self.degrees(store) == {"kim": 150 - len(gone)}

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
        assert self.run(self.lookup(store, [ADA], keys=["oslo", "christiania"])).entities == ()

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
            store.known(Question(episodes=((ADA, "source:1"),), rejections=((ADA, "left"), (BOB, "left"))))
        )
        assert (list(known.episodes), known.rejected) == ([(ADA, "source:1")], {(ADA, "left")})
        assert self.run(self.lookup(store, [ADA], ["oslo", "tea"])).statistics.episode_df == {"oslo": 0, "tea": 1}
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
        lookup = self.run(self.lookup(store, [ADA], ["kim"], keys=["kim"]))
        assert (lookup.entities, lookup.speakers, lookup.selves) == ((), frozenset(), ())
        assert self.run(store.stats([TRIP])).episodes == self.run(store.stats([BOB])).episodes == 1
        again = self.scribe(store).state("Kim is back.", about="kim")
        assert [fact.fact for fact in self.seeds(store, [ADA], "Kim").facts] == [again.id]

    # whole spaces

    def test_whoever_runs_a_store_is_told_of_every_space_in_it(self, store: Store) -> None:
        assert self.run(self.opened(store).spaces()) == []
        for space in (TRIP, BOB, ADA):
            self.scribe(store, space).say("Hello.")
        assert self.run(store.spaces()) == sorted([ADA, BOB, TRIP])

    def test_a_dump_restored_elsewhere_dumps_the_same_and_recalls_the_same(self, store: Store) -> None:
        self.fill(store)
        records = [self.moved(record) for record in self.dumped(store, [ADA, TRIP])]
        spaces = [str(self.moved({"space": space})["space"]) for space in (ADA, TRIP)]
        indexes = self.indexes(records)
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
        self.fill(store)
        records = self.dumped(store)
        assert self.run(store.restore(records, self.indexes(records))) == 0
        assert self.dumped(store) == records
        for kind in ("fact", "episode"):
            changed = [{**record, "text": "Other."} if record["record"] == kind else record for record in records]
            with refused(Conflict):
                self.run(store.restore(changed, self.indexes(records)))

    def test_what_changed_in_a_known_fact_is_restored_where_it_goes_on_from_what_is_known(self, store: Store) -> None:
        scribe = self.scribe(store)
        facts = [scribe.state(f"Kim likes {what}.", about="kim", object=what) for what in ("tea", "rain", "Oslo")]
        before = [self.moved(record) for record in self.dumped(store)]
        self.run(store.restore(before, self.indexes(before)))
        for fact in facts[:2]:
            scribe.close(fact, valid_to=self.clock.advance(days=1))
        there = self.scribe(store, str(before[0]["space"]))
        self.clock.advance(hours=1)
        there.close(facts[1])
        after = [self.moved(record) for record in self.dumped(store)]
        assert self.run(store.restore(after, self.indexes(after))) > 0
        now = {record["id"]: record["versions"] for record in self.dumped(store, [there.space]) if "versions" in record}
        wanted = {record["id"]: record["versions"] for record in after if "versions" in record}
        assert now[facts[0].id] == wanted[facts[0].id], "it ended meanwhile"
        assert now[facts[1].id] != wanted[facts[1].id], "what was decided here stands"
        assert now[facts[2].id] == wanted[facts[2].id]
        assert self.run(store.restore(after, self.indexes(after))) == 0
        assert self.run(store.restore(before, self.indexes(before))) == 0, "what is older changes nothing"

    def test_where_a_known_fact_was_read_since_is_restored_with_it(self, store: Store) -> None:
        scribe = self.scribe(store)
        fact = scribe.state("Kim likes tea.", about="kim", object="tea")
        before = [self.moved(record) for record in self.dumped(store)]
        self.run(store.restore(before, self.indexes(before)))
        again = scribe.new_episode("Kim still likes tea.")
        place = Evidence(episode_id=again.episode.id, start=0, end=len(again.episode.text))
        scribe.write(episodes=(again,), supports=((scribe.space, fact.id, place),))
        after = [self.moved(record) for record in self.dumped(store)]
        space = str(before[0]["space"])
        assert self.run(store.restore(after, self.indexes(after))) == 2, "the episode, and the fact that it supports"
        assert self.dumped(store, [space]) == after
        assert self.run(store.restore(after, self.indexes(after))) == 0
        assert self.run(store.restore(before, self.indexes(before))) == 0, "what is older changes nothing"

    def test_what_must_not_be_learned_again_is_not_restored(self, store: Store) -> None:
        self.fill(store)
        records = [self.moved(record) for record in self.dumped(store)]
        [space] = {str(record["space"]) for record in records}
        digests = tuple((space, rejection(str(record["text"]))) for record in records if record["record"] == "fact")
        self.run(store.erase(Erasure((space,), digests=digests), is_dry_run=False))
        self.run(store.restore(records, self.indexes(records)))
        assert self.run(store.stats([space])).facts == 0
        kinds = [record["kind"] for record in self.dumped(store, [space]) if record["record"] == "change"]
        assert kinds.count("refused") == len(digests)

    def test_an_episode_that_was_forgotten_is_not_restored_nor_what_only_it_says(self, store: Store) -> None:
        scribe = self.scribe(store)
        alone = scribe.state("Kim left Oslo.", about="kim")
        shared = scribe.state("Ann stayed.", about="ann", episode=self.run(store.episodes([ADA], ["episode-1"]))[0])
        again = scribe.say("Ann stayed, yes. Kim sang.")
        scribe.write(supports=((ADA, shared.id, Evidence(episode_id=again.id, start=0, end=11)),))
        before = self.dumped(store)
        bare = again.model_copy(update={"text": "Ann stayed, yes. ███ ████."})
        digests = ((ADA, rejection(forgetting.record("episode-1"))),)
        rewrites = (Rewrite(bare, self.embedder.index(bare.text)),)
        self.run(
            store.erase(Erasure((ADA,), episodes=("episode-1",), rewrites=rewrites, digests=digests), is_dry_run=False)
        )
        self.run(store.restore(before, self.indexes(before)))
        assert self.facts(store, [alone.id]) == []
        assert [episode.text for episode in self.run(store.episodes([ADA], ["episode-1", again.id]))] == [bare.text]
        self.run(store.erase(Erasure((ADA,), facts=(shared.id,)), is_dry_run=False))
        self.run(store.restore(before, self.indexes(before)))
        [back] = self.facts(store, [shared.id])
        assert [place.episode_id for place in back.evidence] == [again.id]
        refusals = [record["reason"] for record in self.dumped(store) if record.get("kind") == "refused"]
        assert len(refusals) == 4, "the episode and the fact, twice"

    def test_a_record_that_cannot_be_read_is_named_and_nothing_of_the_call_is_written(self, store: Store) -> None:
        self.fill(store)
        records = [self.moved(record) for record in self.dumped(store)]
        space = str(records[0]["space"])
        for broken in ({"record": "episode", "space": space}, {"record": "joke", "space": space}, {"space": space}):
            with refused(BadLine) as caught:
                self.run(store.restore([*records[:3], broken], self.indexes(records)))
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
        found = self.seeds(store, [BOB], "Bob likes tea", count=99, embedder=coarse).facts
        assert len(found) == 70
        question, said = coarse.vector("Bob likes tea"), {fact.id: fact.text for fact in facts}
        assert all(np.isclose(fact.similarity, coarse.vector(said[fact.fact]) @ question, atol=1e-5) for fact in found)
