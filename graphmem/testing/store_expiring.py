"""What stores promise about what is kept for a while: from its end on it is in no answer."""
# ruff: noqa: D102 - a test's name is its sentence

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from graphmem.models import Evidence, Fact
from graphmem.moment import AT_LAST, FAR_PAST, LATEST, Moment
from graphmem.protocols import Question, Slot, Store
from graphmem.reconcile import digest
from graphmem.testing.asking import ADA, BOB, DAY, TRIP, Asking

BOTH = (ADA, TRIP)


class Expiring(Asking):
    """Whoever asks, about whatever moment: what is over is not there."""

    def _works(self, store: Store, space: str, **said: object) -> Fact:
        return self.scribe(store, space).state(
            "Zora works at Acme.",
            id="works",
            about="zora",
            predicate="works_at",
            object="Acme",
            object_key="acme",
            said={"id": "told", "session": "trip", "speaker": "Eve", **said},
        )

    def _ending(self, store: Store, space: str = TRIP) -> None:
        """Let a space be over in a day."""
        self.scribe(store, space).write(expires={space: self.clock() + DAY})

    def _told(self, store: Store) -> Mapping[str, Any]:
        """What every read of both spaces tells of the one fact, by the name of the read."""
        run, moment = self.run, AT_LAST
        before = Moment(at=self.clock(), known_at=self.clock() - timedelta(hours=2))
        slot = Slot(TRIP, "works_at", subject="zora")
        known = run(
            store.known(
                Question(
                    episodes=((TRIP, "told"),),
                    keys=((TRIP, "zora"),),
                    slots=(slot,),
                    statements=((TRIP, digest("Zora works at Acme.")),),
                    selves=(TRIP,),
                )
            )
        )
        lookup = run(self.lookup(store, BOTH, self.embedder.index("Zora works").stems, keys=["zora"]))
        seeds = self.seeds(store, BOTH, "Where does Zora work?")
        stats = run(store.stats(BOTH))
        return {
            "known episode": known.episodes,
            "known entity": known.entities,
            "known slot": [fact for facts in known.slots.values() for fact in facts],
            "known statement": known.statements,
            "self": known.selves,
            "lookup": lookup.entities,
            "df": sum(lookup.statistics.episode_df.values()),
            "count": lookup.statistics.episodes,
            "speakers": lookup.speakers,
            "seeds": [seed.episode for seed in seeds.episodes],
            "facts near": [fact.fact for fact in seeds.facts],
            "links": self.links(store, BOTH, ["zora"]),
            "turns": self.turns(store, BOTH, ["told"]),
            "paths": run(store.paths(BOTH, "zora", "acme", moment=moment, most_hops=2, limit=9)),
            "neighbourhood": run(store.neighbourhood(BOTH, "zora", moment=moment, hops=1, limit=9)),
            "episodes": run(store.episodes(BOTH, ["told"])),
            "episodes then": run(store.episodes(BOTH, ["told"], known_at=before.known_at)),
            "found episodes": run(store.find_episodes(BOTH, session="trip")),
            "pending": run(store.pending(BOTH, limit=9)),
            "facts": run(store.facts(BOTH, ["works"], moment=moment)),
            "facts then": run(store.facts(BOTH, ["works"], moment=before)),
            "listed": run(store.list_facts(BOTH, moment=moment, limit=9)),
            "listed then": run(store.list_facts(BOTH, moment=before, limit=9)),
            "listed at any time": run(store.list_facts(BOTH, moment=None, limit=9)),
            "entities": run(store.list_entities(BOTH, limit=9)),
            "counts": [stats.episodes, stats.facts, stats.entities] if stats.facts else [],
            "records": [of for of in self.dumped(store, BOTH) if of["record"] in ("episode", "fact", "entity")],
        }

    def test_a_space_that_is_over_is_in_no_answer_from_that_moment_on(self, store: Store) -> None:
        self._works(store, TRIP, state="pending")
        self.scribe(store, TRIP).write(selves={TRIP: "zora"}, expires={TRIP: self.clock() + DAY})
        self.clock.advance(days=1, microseconds=-1)
        told = self._told(store)
        assert {name: bool(found) for name, found in told.items()} == dict.fromkeys(told, True)
        self.clock.advance(microseconds=1)
        told = self._told(store)
        assert {name: found for name, found in told.items() if found} == {}

    def test_each_single_read_finds_it_gone_without_another_before(self, store: Store) -> None:
        reads = {
            "history": lambda: self.run(store.history([TRIP], "works")),
            "journal": lambda: self.run(store.journal([TRIP], since=FAR_PAST, until=LATEST)),
            "episodes": lambda: self.run(store.episodes([TRIP], ["told"])),
            "reading": lambda: self.run(store.reading(lambda reader: reader.episodes([TRIP], ["told"]))),
            "dump": lambda: [of for of in self.dumped(store, [TRIP]) if of["record"] != "space"],
            "paths": lambda: self.run(store.paths([TRIP], "zora", "acme", moment=self.moment(), most_hops=1, limit=9)),
            "seeds": lambda: self.seeds(store, [TRIP], "Zora").episodes,
            "known": lambda: self.run(store.known(Question(episodes=((TRIP, "told"),)))).episodes,
        }
        for name, read in reads.items():
            self._works(store, TRIP)
            self._ending(store)
            assert read(), name
            self.clock.advance(days=1)
            assert not read(), name

    def test_neither_the_owner_nor_another_session_loses_anything_by_it(self, store: Store) -> None:
        self._works(store, TRIP)
        self._ending(store)
        self._works(store, ADA)
        other = TRIP.replace("trip", "work")
        self._works(store, other)
        self.scribe(store, other).write(expires={other: self.clock() + 2 * DAY})
        self._works(store, BOB)
        before = [self.dumped(store, [space]) for space in (ADA, other, BOB)]
        self.clock.advance(days=1)
        assert self.run(store.facts([TRIP], ["works"], moment=self.moment())) == []
        assert [self.dumped(store, [space]) for space in (ADA, other, BOB)] == before

    def test_what_is_used_again_is_kept_longer(self, store: Store) -> None:
        self._works(store, TRIP)
        self._ending(store)
        self.clock.advance(hours=20)
        self.scribe(store, ADA).write(expires={TRIP: self.clock() + DAY})
        self.clock.advance(hours=20)
        assert self.run(store.facts([TRIP], ["works"], moment=self.moment()))
        self.clock.advance(hours=4)
        assert self.run(store.facts([TRIP], ["works"], moment=self.moment())) == []

    def test_a_space_that_was_over_begins_anew(self, store: Store) -> None:
        self._works(store, TRIP)
        self._ending(store)
        self.clock.advance(days=2)
        again = self.scribe(store, TRIP).state("Zora packs.", about="zora", id="packs", said={"id": "again"})
        assert self.run(store.list_facts([TRIP], moment=None, limit=9))[0].id == again.id
        assert self.run(store.stats([TRIP])).facts == 1
        self.clock.advance(days=900)
        assert self.run(store.facts([TRIP], ["packs"], moment=self.moment())), "nobody said that it ends"

    def test_what_nobody_wrote_to_is_not_made_by_saying_when_it_ends(self, store: Store) -> None:
        self.scribe(store).write(expires={TRIP: self.clock() + DAY})
        assert TRIP not in self.run(store.spaces())

    def test_an_episode_that_is_over_takes_what_only_it_supports(self, store: Store) -> None:
        end = self.clock() + DAY
        scribe = self.scribe(store)
        scribe.state("Zora is in Oslo.", about="zora", mentions=["oslo"], id="brief", said={"expires_at": end})
        shared = scribe.state("Ann stays.", about="ann", id="shared", said={"expires_at": end})
        again = scribe.say("Ann stays, yes.")
        scribe.write(supports=((ADA, shared.id, Evidence(episode_id=again.id, start=0, end=9)),))
        self.clock.advance(days=1, microseconds=-1)
        assert [fact.id for fact in self.facts(store, ["brief", "shared"])] == ["brief", "shared"]
        self.clock.advance(microseconds=1)
        [kept] = self.facts(store, ["brief", "shared"])
        assert (kept.id, [place.episode_id for place in kept.evidence]) == ("shared", [again.id])
        assert self.degrees(store) == {"ann": 1}
        assert [seed.episode for seed in self.seeds(store, [ADA], "Zora is in Oslo").episodes] == [again.id]
        assert not any(change.text for change in self.run(store.history([ADA], "brief")))

    def test_each_episode_is_over_when_it_said(self, store: Store) -> None:
        scribe, start = self.scribe(store), self.clock()
        days = {scribe.say(f"Note {day}.", expires_at=start + day * DAY).id: day for day in (3, 1, 2)}
        for passed in range(4):
            self.clock.now = start + passed * DAY
            left = self.run(store.episodes([ADA], list(days)))
            assert {episode.id for episode in left} == {id_ for id_, day in days.items() if day > passed}
            assert [episode.expires_at for episode in left] == [start + days[episode.id] * DAY for episode in left]

    def test_what_is_over_is_gone_when_anything_is_written(self, store: Store) -> None:
        self._works(store, TRIP)
        self._ending(store)
        self.clock.advance(days=1)
        self.scribe(store, BOB).say("Hello.")
        now = self.clock.now
        self.clock.now = now - DAY
        assert self.run(store.facts([TRIP], ["works"], moment=self.moment())) == [], "deleted, not hidden"
        self.clock.now = now

    def test_what_is_over_is_gone_when_the_store_is_opened(self, store: Store) -> None:
        self._works(store, TRIP)
        self._ending(store)
        self.clock.advance(days=1)
        self.run(store.close())
        self.opened(store)
        now = self.clock.now
        self.clock.now = now - DAY
        assert self.run(store.facts([TRIP], ["works"], moment=self.moment())) == []
        self.clock.now = now

    def test_an_end_travels_with_the_records(self, store: Store) -> None:
        self._works(store, TRIP, expires_at=self.clock() + DAY / 2)
        self.scribe(store, TRIP).state("Zora packs.", about="zora", id="packs", said={"id": "more"})
        self._ending(store)
        records = [self.moved(record) for record in self.dumped(store, [TRIP])]
        space = str(records[0]["space"])
        self.run(store.restore(records, self.indexes(records)))
        assert self.dumped(store, [space]) == records
        self.clock.advance(hours=12)
        assert [fact.id for fact in self.run(store.list_facts([space], moment=None, limit=9))] == ["packs"]
        self.clock.advance(hours=12)
        assert self.run(store.list_facts([space], moment=None, limit=9)) == []
