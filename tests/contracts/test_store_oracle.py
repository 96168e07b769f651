"""Random writes, closings, supports, aliases, replacements and erasures: the store answers as the oracle does."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from graphmem._colour import drive
from graphmem.models import Change, ChangeKind, Entity, Evidence
from graphmem.moment import FAR_FUTURE, LATEST, Clock, Moment
from graphmem.protocols import Belief, Bounds, Closing, Draft, Erasure, NewEpisode, NewFact, Question, Store, Vector
from graphmem.reconcile import digest
from graphmem.stores.embedded import EmbeddedStore
from graphmem.stores.neo4j import Neo4jStore
from graphmem.testing import FixedClock, Scribe, WordEmbedder
from graphmem.testing.seeing import Seeing, SeenFact
from graphmem.words import idf
from tests.contracts.oracle import Node, Oracle
from tests.servers import Server

STEPS = int(os.environ.get("GRAPHMEM_STEPS", "300"))
"""Steps altogether; a benchmark asks for 10,000."""

NEO4J_SHARE = 100
"""A step takes a server many times as long as a file: one run for so many steps, and shorter ones."""

SPACES = ["org=o/user=a", "org=o/user=a/session=s", "org=o/user=b", "org=o/shared"]
KEYS = ["kim", "ann", "oslo", "tea", "the choir"]
WORDS = ["kim", "ann", "oslo", "tea", "red", "green", "likes", "left", "x", "naïve", "東"]
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = Moment(at=LATEST, known_at=LATEST)
EMBEDDER = WordEmbedder(16)
MANY = 10_000

spaces = st.sampled_from(SPACES)
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
moments = st.integers(-5, 60).map(lambda hours: START + timedelta(hours=hours))
names = st.lists(st.sampled_from(KEYS), max_size=3, unique=True)
shares = st.sampled_from([0.0, 0.3, 0.6, 0.9, 1.1])
"""Of the time that has passed: when a question is asked, on either clock."""
told = st.tuples(
    texts,
    moments,
    st.sampled_from([None, "s", "t"]),
    st.lists(
        st.tuples(texts, st.sampled_from([None, *KEYS]), names, moments, st.sampled_from([None, *KEYS])), max_size=3
    ),
)
readers = st.lists(spaces, min_size=1, max_size=3, unique=True)


asked_for = st.sampled_from([*KEYS, *(f"{key}'s" for key in KEYS), "nobody"])

Telling = tuple[str, datetime, str | None, list[tuple[str, str | None, list[str], datetime, str | None]]]


class StoreAndOracle(RuleBasedStateMachine):
    def __init__(self, new_store: Callable[[Clock], Store]) -> None:
        super().__init__()
        self.clock = FixedClock(START)
        self.store = new_store(self.clock)
        drive(self.store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
        self.oracle = Oracle()
        self.scribes = {space: Scribe(self.store, space, embedder=EMBEDDER) for space in SPACES}

    def teardown(self) -> None:
        drive(self.store.close())

    # helpers

    def write(self, space: str, *, kind: ChangeKind = "added", fact: str | None = None, **parts: object) -> None:
        change = Change(space=space, kind=kind, fact_id=fact, reason="why")
        draft = Draft(spaces=(space,), changes=(change,), **parts)
        expected = self.oracle.time([space], self.clock())
        [written] = drive(self.store.write(draft))
        self.clock.advance(minutes=20)
        assert written.at == expected
        self.oracle.write(draft, expected)

    def moment(self, at: float, known_at: float) -> Moment:
        passed = self.clock() - START
        return Moment(at=START + passed * at, known_at=START + passed * known_at)

    def pick(self, data: st.DataObject, kind: str, space: str | None = None) -> Node | None:
        found = [node for node, _ in self.oracle.nodes(kind, [space] if space else SPACES)]
        return data.draw(st.sampled_from(sorted(found))) if found else None

    def current(self, data: st.DataObject, space: str) -> Node | None:
        known = list(self.oracle.episodes_known([space], FAR_FUTURE - timedelta(days=1)))
        return data.draw(st.sampled_from(sorted(known))) if known else None

    def new_fact(self, space: str, text: str, episode: NewEpisode, about: str | None, mentions: list[str]) -> NewFact:
        return self.scribes[space].new_fact(text, episode.episode, about=about, mentions=mentions, predicate="p")

    # what happens

    @rule(hours=st.integers(0, 5))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @initialize(said=st.lists(st.tuples(spaces, told), min_size=5, max_size=8))
    def there_is_something_to_begin_with(self, said: list[tuple[str, Telling]]) -> None:
        for space, telling in said:
            self.something_is_said(space, telling)

    @rule(space=spaces, telling=told)
    def something_is_said(self, space: str, telling: Telling) -> None:
        text, said_at, session, facts = telling
        episode = self.scribes[space].new_episode(text, said_at=said_at, session=session, speaker="Ann")
        new = [
            self.scribes[space].new_fact(
                fact,
                episode.episode,
                about=about,
                mentions=mentions,
                predicate="p",
                object=object_,
                object_key=object_,
                valid_from=since,
            )
            for fact, about, mentions, since, object_ in facts
        ]
        keys = {key for _, about, mentions, _, object_ in facts for key in (about, object_, *mentions) if key}
        new_keys = [key for key in sorted(keys) if ("entity", space, key) not in self.oracle.merged]
        entities = tuple(Entity(space=space, key=key, name=key) for key in new_keys)
        self.write(space, episodes=(episode,), entities=entities, facts=tuple(new))

    @rule(data=st.data(), valid_to=st.none() | moments)
    def a_fact_is_closed(self, data: st.DataObject, valid_to: datetime | None) -> None:
        fact = self.pick(data, "fact")
        if fact and self.oracle.graph.nodes[fact]["versions"][-1].known_to == FAR_FUTURE:
            closing = Closing(fact[1], fact[2], valid_to)
            self.write(fact[1], kind="ended", fact=fact[2], closings=(closing,))

    @rule(data=st.data(), since=st.none() | moments, hours=st.none() | st.integers(1, 30))
    def a_fact_is_put_right(self, data: st.DataObject, since: datetime | None, hours: int | None) -> None:
        if fact := self.pick(data, "fact"):
            [before] = drive(self.store.facts([fact[1]], [fact[2]], moment=NOW))
            until = (since or START) + timedelta(hours=hours) if hours else None
            self.write(fact[1], kind="corrected", fact=fact[2], beliefs=(Belief(before, since, until),))

    @rule(space=spaces, rejected=names, readmitted=names)
    def statements_are_rejected_and_readmitted(self, space: str, rejected: list[str], readmitted: list[str]) -> None:
        """Those that are both are rejected."""
        rejects, readmits = (tuple((space, key) for key in keys) for keys in (rejected, readmitted))
        self.write(space, kind="refused", rejects=rejects, readmits=readmits)
        asked = tuple((space, key) for space in SPACES for key in (*KEYS, *map(digest, SPACES)))
        assert drive(self.store.known(Question(rejections=asked))).rejected == self.oracle.rejected

    @rule(data=st.data())
    def an_episode_says_the_same(self, data: st.DataObject) -> None:
        fact = self.pick(data, "fact")
        episode = self.current(data, fact[1]) if fact else None
        if fact and episode:
            support = (fact[1], fact[2], Evidence(episode_id=episode[2], start=0, end=1))
            self.write(fact[1], kind="skipped", fact=fact[2], supports=(support,))

    @rule(data=st.data())
    def a_name_is_found_in_older_text(self, data: st.DataObject) -> None:
        fact = self.pick(data, "fact")
        names = sorted(node for node in self.oracle.entities if fact and node[1] == fact[1])
        if fact and names:
            entity = data.draw(st.sampled_from(names))
            self.write(fact[1], mentions=((fact[1], fact[2], entity[2]),))

    @rule(space=spaces, key=st.sampled_from(KEYS), aliases=names)
    def aliases_are_learned(self, space: str, key: str, aliases: list[str]) -> None:
        key = self.oracle.one(space, key)
        entity = Entity(space=space, key=key, name=key.title(), aliases=tuple(f"{alias}'s" for alias in aliases))
        self.write(space, entities=(entity,))

    @rule(data=st.data())
    def two_names_are_one(self, data: st.DataObject) -> None:
        one = self.pick(data, "entity")
        into = self.pick(data, "entity", one[1]) if one else None
        if one and into and one != into:
            self.write(one[1], kind="merged", merges=((one[1], one[2], into[2]),))

    @precondition(lambda self: self.oracle.merged)
    @rule(data=st.data())
    def a_name_is_by_itself_again(self, data: st.DataObject) -> None:
        _, space, key = node = data.draw(st.sampled_from(sorted(self.oracle.merged)))
        self.write(space, kind="unmerged", unmerges=((space, key, self.oracle.merged[node]),))

    @rule(data=st.data(), text=texts)
    def an_episode_is_replaced(self, data: st.DataObject, text: str) -> None:
        space = data.draw(spaces)
        if old := self.current(data, space):
            identity = (space, old[2])
            known = drive(self.store.known(Question(episodes=(identity,))))
            sole = self.oracle.sole(old)
            assert [fact.id for fact in known.sole[identity]] == sole
            new = self.scribes[space].new_episode(text, said_at=self.clock(), session="s")
            closings = tuple(Closing(space, fact) for fact in sole)
            self.write(space, episodes=(new,), retires=(identity,), closings=closings)

    @precondition(lambda self: len(self.oracle.graph) > 14)
    @rule(data=st.data(), is_dry_run=st.booleans())
    def some_records_are_erased(self, data: st.DataObject, is_dry_run: bool) -> None:
        space = data.draw(spaces)
        episode, fact = self.pick(data, "episode", space), self.pick(data, "fact", space)
        erasure = Erasure(
            (space,),
            episodes=(episode[2],) if episode and data.draw(st.booleans()) else (),
            facts=(fact[2],) if fact and data.draw(st.booleans()) else (),
            digests=((space, digest(space)),),
        )
        self.erase(erasure, is_dry_run=is_dry_run)

    @precondition(lambda self: len(self.oracle.graph) > 40)
    @rule(space=spaces)
    def a_space_is_erased(self, space: str) -> None:
        self.erase(Erasure((space,), everything=True), is_dry_run=False)

    def erase(self, erasure: Erasure, *, is_dry_run: bool) -> None:
        receipt = drive(self.store.erase(erasure, is_dry_run=is_dry_run))
        before = self.kept()
        if is_dry_run:
            return
        self.oracle.erase(erasure)
        left = self.kept()
        erased = {"episode": "episodes", "fact": "facts", "entity": "entities"}
        assert {kind: receipt.erased[erased[kind]] for kind in before} == {
            kind: before[kind] - left[kind] for kind in before
        }
        assert set(receipt.left.values()) == {0}
        at = self.oracle.time(erasure.spaces, self.clock())
        self.oracle.last.update({space: at for space in erasure.spaces if space in self.oracle.last or erasure.digests})

    def kept(self) -> dict[str, int]:
        counts = {kind: len(list(self.oracle.nodes(kind, SPACES))) for kind in ("episode", "fact")}
        return {**counts, "entity": len(self.oracle.entities)}

    # what is asked

    @rule(reader=readers, keys=names, stems=st.lists(st.sampled_from(WORDS), unique=True), ago=shares)
    def look_up(self, reader: list[str], keys: list[str], stems: list[str], ago: float) -> None:
        known_at = self.moment(ago, ago).known_at
        asked = [*keys, *(f"{key}'s" for key in keys)]
        found = drive(self.store.lookup(reader, keys=asked, stems=stems, known_at=known_at))
        expected = {
            (node[1], node[2], frozenset(data["aliases"]), self.oracle.degree(node))
            for node, data in self.oracle.nodes("entity", reader)
            if data["at"] <= known_at and {node[2], *data["aliases"]} & set(asked)
        }
        assert {(e.space, e.key, frozenset(e.aliases), e.degree) for e in found.entities} == expected
        assert len(found.entities) == len(expected)
        statistics = found.statistics
        texts = [data["index"].stems for _, data in self.oracle.nodes("episode", reader)]
        assert statistics.episodes == len(texts)
        assert np.isclose(statistics.episode_length * len(texts), sum(map(len, texts)))
        assert statistics.episode_df == {stem: self.oracle.frequency("episode", reader, stem) for stem in stems}

    @rule(reader=readers, question=texts, at=shares, known=shares, count=st.sampled_from([1, 3, MANY]))
    def find_seeds(self, reader: list[str], question: str, at: float, known: float, count: int) -> None:
        moment = self.moment(at, known)
        known_at = moment.known_at
        index = EMBEDDER.index(question)
        stems = list(dict.fromkeys(index.stems))
        seeing = self.excerpt(reader, index.vector, moment, stems=stems, episodes=count, facts=count)
        found = drive(seeing.seeds())
        episodes = self.oracle.episodes_known(reader, known_at)
        reached = self.oracle.reached(reader, moment)
        for seed in found.episodes:
            node = ("episode", seed.space, seed.episode)
            episode = episodes[node]["model"]
            facts = [
                fact for fact in self.oracle.graph.pred[node] if self.oracle.graph[fact][node]["from"]["at"] <= known_at
            ]
            assert (seed.is_in_session, seed.said_at) == (episode.session is not None, episode.said_at)
            said = episodes[node]["index"].stems
            assert seed.length == len(said)
            assert seed.counts == {(stem, said.count(stem)) for stem in stems if stem in said}
            assert seed.links == sum(
                len(self.oracle.links(fact, kind)) for fact in facts for kind in ("about", "mentions")
            )
        for fact in found.facts:
            self.assert_reached(fact, reached["fact", fact.space, fact.fact], index.vector, stems)
        for kind, known, returned in (
            ("episode", episodes, {("episode", seed.space, seed.episode) for seed in found.episodes}),
            ("fact", reached, {("fact", fact.space, fact.fact) for fact in found.facts}),
        ):
            total = len(list(self.oracle.nodes(kind, reader)))
            weights = {stem: idf(total, self.oracle.frequency(kind, reader, stem)) for stem in stems}
            for space in reader:
                mine = {node: data for node, data in known.items() if node[1] == space}
                near = {node: float(data["index"].vector @ index.vector) for node, data in mine.items()}
                shared = {
                    node: sum(weights[s] for s in set(stems) & set(data["index"].stems)) for node, data in mine.items()
                }
                self.assert_best(returned & mine.keys(), near, {n: w for n, w in shared.items() if w}, count)
            assert returned <= known.keys()

    @staticmethod
    def assert_best(returned: set[Node], near: dict[Node, float], shared: dict[Node, float], count: int) -> None:
        """What is returned is the best by either score, as far as scores tell."""
        allowed: set[Node] = set()
        for scores in (near, shared):
            bound = sorted(scores.values(), reverse=True)[:count][-1] if scores else 0.0
            assert {node for node, score in scores.items() if score > bound + 1e-5} <= returned
            allowed |= {node for node, score in scores.items() if score >= bound - 1e-5}
        assert returned <= allowed
        assert len(returned) >= min(count, len(near))

    def excerpt(
        self,
        reader: list[str],
        vector: Vector,
        moment: Moment,
        *,
        stems: Sequence[str] = (),
        keys: Sequence[str] = (),
        **bounds: int,
    ) -> Seeing:
        most = replace(Bounds(episodes=MANY, facts=MANY, about=MANY, mentions=MANY, hub=MANY), **bounds)
        asked = self.store.excerpt(reader, vector=vector, stems=stems, keys=keys, moment=moment, bounds=most)
        return Seeing(drive(asked), stems)

    def assert_reached(
        self, fact: SeenFact, expected: dict[str, object], vector: Vector, stems: Sequence[str] = ()
    ) -> None:
        node = ("fact", fact.space, fact.fact)
        assert fact.holds is expected["holds"]
        assert sorted(fact.episodes) == sorted(expected["episodes"])
        assert {fact.subject} - {None} == self.oracle.links(node, "about")
        assert set(fact.mentions) == self.oracle.links(node, "mentions")
        assert fact.words == {*stems} & {*expected["index"].stems}
        assert fact.length == len({*expected["index"].stems})
        assert np.isclose(fact.similarity, expected["index"].vector @ vector, atol=1e-5)

    @rule(
        reader=readers,
        keys=names,
        question=texts,
        at=shares,
        known=shares,
        cap=st.sampled_from([1, 2, MANY]),
        is_ahead=st.booleans(),
    )
    def follow_links(
        self, reader: list[str], keys: list[str], question: str, at: float, known: float, cap: int, is_ahead: bool
    ) -> None:
        """What the question names is read ahead; else an entity has its place from the facts that name it."""
        moment = self.moment(at, known)
        known_at = moment.known_at
        vector = EMBEDDER.vector(question)
        ahead = {"keys": keys, "facts": 1} if is_ahead else {"hub": 0}
        seeing = self.excerpt(reader, vector, moment, about=cap, mentions=cap, **ahead)
        links = drive(seeing.links(keys))
        reached = {node: data for node, data in self.oracle.reached(reader, moment).items() if data["holds"]}
        entities = {node for node, data in self.oracle.nodes("entity", reader) if data["at"] <= known_at}
        for key in keys:
            for kind in ("about", "mentions"):
                fan = {
                    node: float(data["index"].vector @ vector)
                    for node, data in reached.items()
                    if key in self.oracle.links(node, kind) and ("entity", node[1], key) in entities
                }
                found = [link.fact for link in links if (link.entity, link.kind) == (key, kind)]
                assert len(found) == min(cap, len(fan))
                assert {("fact", fact.space, fact.fact) for fact in found} <= fan.keys()
                best = sorted(fan.values(), reverse=True)[: len(found)]
                assert np.allclose([fact.similarity for fact in found], best, atol=1e-5)
        for link in links:
            self.assert_reached(link.fact, reached["fact", link.fact.space, link.fact.fact], vector)

    @rule(data=st.data(), reader=readers, known=shares, around=st.integers(0, 3), count=st.sampled_from([2, MANY]))
    def read_turns(self, data: st.DataObject, reader: list[str], known: float, around: int, count: int) -> None:
        moment = self.moment(known, known)
        known_at = moment.known_at
        picked = [self.pick(data, "episode") for _ in range(3)]
        ids = [node[2] for node in picked if node]
        seeing = self.excerpt(reader, EMBEDDER.vector("tea"), moment, episodes=count, facts=count)
        placed = len(seeing.excerpt.episodes.ids)
        found = drive(seeing.turns(ids, around=around))
        columns = seeing.excerpt.episodes
        has_place = {*zip(columns.spaces[:placed], columns.ids[:placed], strict=True)}
        episodes = self.oracle.episodes_known(reader, known_at)
        reached = self.oracle.reached(reader, moment)
        expected: set[tuple[str, str, str, int]] = set()
        for node in episodes:
            if node[2] in ids and node[1:] in has_place:
                turns = self.oracle.session(node, known_at)
                here = turns.index(node)
                near = enumerate(turns[max(0, here - around) : here + around + 1], max(0, here - around) - here)
                expected |= {(node[1], node[2], turn[2], offset) for offset, turn in near}
        assert {(turn.seed.space, turn.near, turn.seed.episode, turn.offset) for turn in found} == expected
        assert len(found) == len(expected)
        for turn in found:
            told = {
                fact[2]
                for fact, data in reached.items()
                if fact[1] == turn.seed.space and turn.seed.episode in data["episodes"]
            }
            assert {fact.fact for fact in turn.facts} == told

    @rule(data=st.data(), at=shares, known=shares)
    def read_a_fact(self, data: st.DataObject, at: float, known: float) -> None:
        known_at = self.moment(at, known).known_at
        if (node := self.pick(data, "fact")) is None:
            return
        found = drive(self.store.facts([node[1]], [node[2]], moment=self.moment(at, known)))
        version = self.oracle.version(node, known_at)
        assert [fact.version(fact.known_from).valid_to for fact in found] == ([version.valid_to] if version else [])
        assert [fact.known_to or FAR_FUTURE for fact in found] == ([version.known_to] if version else [])
        history = drive(self.store.history([node[1]], node[2]))
        expected = [change for change in self.oracle.changes if (change.space, change.fact_id) == (node[1], node[2])]
        assert [(change.kind, change.at, change.reason) for change in history] == [
            (change.kind, change.at, change.reason) for change in expected
        ]

    @rule(reader=readers, since=shares, until=shares)
    def read_the_journal(self, reader: list[str], since: float, until: float) -> None:
        start, end = self.moment(since, since).at, self.moment(until, until).at
        told = drive(self.store.journal(reader, since=start, until=end))
        expected = [of for of in self.oracle.changes if of.space in reader and of.at and start < of.at <= end]
        assert [(of.space, of.kind, of.fact_id, of.reason) for of in told if of.kind != "erased"] == [
            (of.space, of.kind, of.fact_id, of.reason) for of in expected
        ]

    @rule(reader=readers, at=shares, known=shares, entity=st.none() | st.sampled_from(KEYS))
    def list_facts(self, reader: list[str], at: float, known: float, entity: str | None) -> None:
        moment = self.moment(at, known)
        listed: list[tuple[str, str]] = []
        for space in reader:
            after = None
            while page := drive(self.store.list_facts([space], moment=moment, entity=entity, limit=2, after=after)):
                listed += [(fact.space, fact.id) for fact in page]
                after = page[-1].id
        expected = {
            (node[1], node[2])
            for node, data in self.oracle.nodes("fact", reader)
            if any(version.holds(moment) for version in data["versions"])
            and (entity is None or ("entity", node[1], self.oracle.one(node[1], entity)) in self.oracle.graph[node])
        }
        assert sorted(listed) == sorted(expected)

    @rule(reader=readers, start=asked_for, end=asked_for, at=shares, known=shares, hops=st.integers(1, 4))
    def walk(self, reader: list[str], start: str, end: str, at: float, known: float, hops: int) -> None:
        moment = self.moment(at, known)
        chains = self.oracle.chains(reader, start, end, moment, hops)
        around = self.oracle.around(reader, start, moment, hops)
        for limit in (2, MANY):
            asked = {"moment": moment, "limit": limit}
            assert drive(self.store.paths(reader, start, end, most_hops=hops, **asked)) == chains[:limit]
            assert drive(self.store.neighbourhood(reader, start, hops=hops, **asked)) == around[:limit]

    # what is always so

    @invariant()
    def every_question_is_answered_alike(self) -> None:
        """A different one after each step."""
        step = len(self.oracle.changes)
        at, known = (1.1, 0.5, 0.9)[step % 3], (1.1, 1.1, 0.7, 0.4)[step % 4]
        self.find_seeds(SPACES, "kim likes tea", at, known, MANY)
        self.follow_links(SPACES[:3], KEYS, "oslo", at, known, (1, 2, MANY)[step % 3], step % 2 == 0)
        self.look_up(SPACES, KEYS, WORDS, known)

    @invariant()
    def the_counts_agree(self) -> None:
        for space in SPACES:
            stats = drive(self.store.stats([space]))
            counted = [len(list(self.oracle.nodes(kind, [space]))) for kind in ("episode", "fact", "entity")]
            assert [stats.episodes, stats.facts, stats.entities] == counted


def run_beside_the_oracle(new_store: Callable[[Clock], Store], *, runs: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: StoreAndOracle(new_store),
        settings=settings(max_examples=max(1, runs), stateful_step_count=steps, deadline=None, phases=[Phase.generate]),
    )


def test_the_embedded_store_answers_as_the_oracle_does() -> None:
    run_beside_the_oracle(lambda clock: EmbeddedStore(":memory:", clock=clock), runs=STEPS // 50, steps=50)


def test_the_neo4j_store_answers_as_the_oracle_does(empty_neo4j: Server) -> None:
    with empty_neo4j.driver() as driver:

        def new_store(clock: Clock) -> Store:
            empty_neo4j.empty()
            return Neo4jStore(driver, database=empty_neo4j.database, clock=clock)

        run_beside_the_oracle(new_store, runs=STEPS // NEO4J_SHARE, steps=30)
