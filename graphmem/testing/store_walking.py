"""What stores promise about walking over triples: chains between two entities, and what stands around one."""
# ruff: noqa: D102 - a test's name is its sentence

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise, product
from typing import Any, cast

import networkx as nx

from graphmem.errors import ScopeMissing
from graphmem.models import Entity, Fact
from graphmem.protocols import Closing, Draft, NewFact, Relation, Store
from graphmem.testing.asking import ADA, BOB, SHARED, TRIP, Asking
from graphmem.testing.parts import Scribe, refused

JANUARY, MARCH, MAY = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 3, 5))
INTERVALS = [(None, None), (None, MARCH), (JANUARY, None), (JANUARY, MAY), (MARCH, MAY), (MAY, None)]
SEEDS = range(4)
MANY = 10_000

Triple = tuple[str, str, str]
"""Id of the fact, subject and object."""

Fields = dict[str, Any]  # keyword arguments of many types


class Walking(Asking):
    """Walks keep to their spaces and to both clocks, and find what networkx finds."""

    # helpers

    def graph(self, store: Store, *triples: Triple, space: str = ADA, **fields: object) -> None:
        """Write a graph in one draft; `fields` are those of all its facts."""
        scribe = self.scribe(store, space)
        episode = scribe.new_episode("All of it was said at once.", id=f"of {triples[0][0]}")
        new = [
            scribe.new_fact(
                f"{subject} knows {object_} by {id_}.", episode.episode, **_triple(id_, subject, object_, fields)
            )
            for id_, subject, object_ in triples
        ]
        scribe.write(episodes=(episode,), entities=_entities(new), facts=tuple(new))

    def paths(self, store: Store, start: str, end: str, **asked: Any) -> list[tuple[Relation, ...]]:
        """In Ada's own space, now, over any number of hops that a memory allows, unless told otherwise."""
        told: Fields = {"moment": self.moment(), "most_hops": 4, "limit": MANY, **asked}
        return self.run(store.paths(told.pop("spaces", [ADA]), start, end, **told))

    def chains(self, store: Store, start: str, end: str, **asked: Any) -> list[list[str]]:
        """The same as ids of facts."""
        return [[relation.fact for relation in path] for path in self.paths(store, start, end, **asked)]

    def around(self, store: Store, key: str, **asked: Any) -> list[Relation]:
        told: Fields = {"moment": self.moment(), "hops": 2, "limit": MANY, **asked}
        return self.run(store.neighbourhood(told.pop("spaces", [ADA]), key, **told))

    def ids_around(self, store: Store, key: str, **asked: Any) -> list[str]:
        return [relation.fact for relation in self.around(store, key, **asked)]

    # random graphs

    def test_the_shortest_chains_are_those_that_networkx_finds(self, store: Store) -> None:
        for seed in SEEDS:
            facts = self._random_facts(store, seed)
            for spaces in _readers(seed):
                graph = _graph_of(facts, spaces)
                for start, end in random.Random(seed).sample(list(product(sorted(graph), repeat=2)), 12):
                    asked = {"spaces": spaces, "moment": self.moment(at=MARCH)}
                    for most_hops in (2, 4):
                        expected = _chains_in(graph, start, end, most_hops)
                        assert self.paths(store, start, end, most_hops=most_hops, **asked) == expected

    def test_what_stands_around_an_entity_is_what_networkx_finds(self, store: Store) -> None:
        for seed in SEEDS:
            facts = self._random_facts(store, seed)
            for spaces in _readers(seed):
                graph = _graph_of(facts, spaces)
                for key, hops in product(random.Random(seed).sample(sorted(graph), 5), (1, 2, 4)):
                    expected = _relations_around(graph, key, hops)
                    asked = {"spaces": spaces, "moment": self.moment(at=MARCH), "hops": hops}
                    assert self.around(store, key, **asked) == expected
                    assert self.around(store, key, **asked, limit=3) == expected[:3]

    def _random_facts(self, store: Store, seed: int) -> list[Fact]:
        """Write a graph over four spaces, in one draft: some facts hold in March, some do not yet or no longer, some
        are denied, some lack an entity or a predicate.
        """
        chance = random.Random(seed)
        keys = [f"e{number}" for number in range(12)]
        scribes = {space: self.scribe(store, space) for space in _spaces(seed)}
        episodes = {space: scribe.new_episode(f"Told to {space}.") for space, scribe in scribes.items()}
        whole: Fields = {}
        new: list[NewFact] = []
        for number in chance.sample(range(100, 1000), 60):
            space = chance.choice(list(scribes))
            valid_from, valid_to = chance.choice(INTERVALS)
            fields: Fields = {
                "is_negated": chance.random() < 0.1,
                "valid_from": valid_from,
                "valid_to": valid_to,
                **chance.choice([*[whole] * 8, {"predicate": None}, {"object_key": None, "mentions": ("e1",)}]),
            }
            triple = _triple(f"fact-{number}", chance.choice(keys), chance.choice(keys), fields)
            new.append(scribes[space].new_fact(f"This is {number}.", episodes[space].episode, **triple))
        draft = Draft(
            spaces=tuple(scribes), episodes=tuple(episodes.values()), entities=_entities(new), facts=tuple(new)
        )
        self.run(store.write(draft))
        return [of.fact for of in new]

    # which triples count

    def test_a_triple_is_crossed_whichever_way_it_points_and_keeps_its_own(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"), ("2", "ann", "acme"))
        [path] = self.paths(store, "kim", "ann")
        assert path == (Relation("1", ADA, "kim", "knows", "acme"), Relation("2", ADA, "ann", "knows", "acme"))
        assert self.paths(store, "ann", "kim") == [path[::-1]]

    def test_what_is_denied_is_not_crossed(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"))
        self.graph(store, ("2", "acme", "oslo"), is_negated=True)
        assert self.paths(store, "kim", "oslo") == []
        assert self.ids_around(store, "kim") == ["1"]

    def test_what_names_no_entity_at_one_end_is_not_crossed(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"), ("2", "oslo", "ann"))
        scribe = Scribe(store, ADA, embedder=self.embedder, run=self.run)
        told = scribe.new_episode("Oslo.", id="more")
        literal = scribe.new_fact("a", told.episode, **_triple("3", "acme", "oslo", {"object_key": None}))
        mention = scribe.new_fact("b", told.episode, about="acme", mentions=["oslo"], id="4")
        scribe.write(episodes=(told,), facts=(literal, mention))
        assert self.paths(store, "kim", "oslo") == []
        assert self.ids_around(store, "kim") == ["1"]

    def test_a_triple_that_merely_mentions_an_entity_is_not_around_it(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"), ("2", "oslo", "kim"))
        self.graph(store, ("3", "ann", "rome"), mentions=("kim",))
        assert self.ids_around(store, "kim") == ["1", "2"]
        assert self.paths(store, "kim", "rome") == []

    def test_a_triple_from_an_entity_to_itself_is_around_it_and_on_no_path(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "kim"), ("2", "kim", "ann"))
        assert self.ids_around(store, "ann") == ["2", "1"]
        assert self.chains(store, "kim", "ann") == [["2"]]
        assert self.paths(store, "kim", "kim") == []

    # both clocks, at every hop

    def test_a_chain_that_held_in_march_and_not_in_may_is_found_in_march_only(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"), ("2", "ann", "oslo"), valid_from=JANUARY, valid_to=MAY)
        self.graph(store, ("3", "acme", "oslo"), valid_from=JANUARY)
        march, may = self.moment(at=MARCH), self.moment(at=MAY)
        assert self.chains(store, "kim", "oslo", moment=march) == [["1", "3"]], "whose first hop ends"
        assert self.chains(store, "acme", "ann", moment=march) == [["3", "2"]], "whose last hop ends"
        assert self.ids_around(store, "kim", moment=march) == ["1", "3"]
        assert self.paths(store, "kim", "oslo", moment=may) == self.paths(store, "acme", "ann", moment=may) == []
        assert self.ids_around(store, "acme", moment=may) == ["3"]
        assert self.paths(store, "kim", "acme", moment=self.moment(at=datetime(2024, 12, 1, tzinfo=UTC))) == []

    def test_a_chain_that_was_learned_in_june_is_not_found_as_known_in_may(self, store: Store) -> None:
        self.clock.advance(days=1)
        self.graph(store, ("1", "kim", "acme"), ("2", "oslo", "norway"))
        may = self.clock()
        june = self.clock.advance(days=31)
        self.graph(store, ("3", "acme", "oslo"))
        self.clock.advance(days=31)
        for start, end, chain in (("kim", "oslo", ["1", "3"]), ("acme", "norway", ["3", "2"])):
            assert self.paths(store, start, end, moment=self.moment(known_at=may)) == []
            assert self.chains(store, start, end, moment=self.moment(known_at=june)) == [chain]
        assert self.ids_around(store, "kim", moment=self.moment(known_at=may), hops=3) == ["1"]
        assert self.ids_around(store, "kim", moment=self.moment(known_at=june), hops=3) == ["1", "3", "2"]

    def test_a_closed_version_is_crossed_as_it_was_believed(self, store: Store) -> None:
        self.clock.advance(days=1)
        self.graph(store, ("1", "kim", "acme"), ("2", "acme", "oslo"), ("3", "acme", "rome"), valid_from=JANUARY)
        before = self.clock()
        self.clock.advance(days=1)
        closings = (Closing(ADA, "2", MARCH), Closing(ADA, "3"))
        self.run(store.write(Draft(spaces=(ADA,), closings=closings)))
        cases = [
            ("oslo", JANUARY, None, True),  # it had not ended yet
            ("oslo", MAY, None, False),
            ("oslo", MAY, before, True),  # we did not know yet that it had
            ("rome", JANUARY, None, False),  # it never was
            ("rome", JANUARY, before, True),
        ]
        for end, at, known_at, is_found in cases:
            moment = self.moment(at=at, known_at=known_at)
            assert bool(self.paths(store, "kim", end, moment=moment)) is is_found
            assert ({"oslo": "2", "rome": "3"}[end] in self.ids_around(store, "kim", moment=moment)) is is_found

    # scopes

    def test_a_walk_that_names_no_space_is_refused(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"))
        with refused(ScopeMissing):
            self.paths(store, "kim", "acme", spaces=())
        with refused(ScopeMissing):
            self.around(store, "kim", spaces=())

    def test_entities_are_joined_across_the_spaces_of_a_call_and_never_beyond(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"), ("2", "oslo", "ann"))
        self.graph(store, ("3", "acme", "oslo"), space=SHARED)
        self.graph(store, ("0", "acme", "oslo"), ("9", "kim", "ann"), space=BOB)
        assert self.paths(store, "kim", "ann") == self.paths(store, "kim", "ann", spaces=[ADA, TRIP]) == []
        assert self.ids_around(store, "kim", hops=4) == ["1"]
        [path] = self.paths(store, "kim", "ann", spaces=[ADA, SHARED])
        assert [(relation.fact, relation.space) for relation in path] == [("1", ADA), ("3", SHARED), ("2", ADA)]
        assert self.ids_around(store, "kim", spaces=[ADA, SHARED], hops=4) == ["1", "3", "2"]
        assert self.chains(store, "kim", "ann", spaces=[BOB]) == [["9"]]

    def test_equal_ids_of_several_spaces_are_several_triples(self, store: Store) -> None:
        for space in (SHARED, ADA):
            self.graph(store, ("1", "kim", "acme"), ("2", "acme", "oslo"), space=space)
        expected = [("1", SHARED), ("1", ADA), ("2", SHARED), ("2", ADA)]
        around = self.around(store, "kim", spaces=[ADA, SHARED])
        assert [(relation.fact, relation.space) for relation in around] == expected
        paths = self.paths(store, "kim", "oslo", spaces=[ADA, SHARED], limit=3)
        assert [[relation.space for relation in path] for path in paths] == [
            [SHARED, SHARED],
            [SHARED, ADA],
            [ADA, SHARED],
        ]

    # names

    def test_an_alias_stands_for_its_entity_also_in_spaces_that_do_not_know_it(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"))
        self.graph(store, ("2", "acme", "oslo"), ("3", "kim", "rome"), space=SHARED)
        entities = (
            Entity(space=ADA, key="kim", name="Kim", aliases=("kimmy",)),
            Entity(space=ADA, key="acme", name="Acme", aliases=("acme gmbh",)),
        )
        self.run(store.write(Draft(spaces=(ADA,), entities=entities)))
        spaces = [ADA, SHARED]
        assert self.chains(store, "kimmy", "oslo", spaces=spaces) == [["1", "2"]]
        assert self.chains(store, "oslo", "kimmy", spaces=spaces) == [["2", "1"]]
        assert self.ids_around(store, "kimmy", spaces=spaces, hops=1) == ["1", "3"]
        assert self.paths(store, "acme gmbh", "acme", spaces=spaces) == [], "they are the same"
        assert self.paths(store, "kimmy", "oslo", spaces=[SHARED]) == [], "there it is unknown"

    def test_a_name_that_spaces_resolve_differently_stands_for_each_of_the_entities(self, store: Store) -> None:
        self.graph(store, ("1", "anna berg", "acme"))
        self.graph(store, ("2", "anna holm", "acme"), ("3", "anna holm", "rome"), ("4", "bo", "acme"), space=SHARED)
        entities = (
            Entity(space=ADA, key="anna berg", name="Anna Berg", aliases=("anna",)),
            Entity(space=SHARED, key="anna holm", name="Anna Holm", aliases=("anna",)),
        )
        self.run(store.write(Draft(spaces=(ADA, SHARED), entities=entities)))
        assert self.chains(store, "anna", "acme", spaces=[ADA, SHARED]) == [["1"], ["2"]]
        assert self.chains(store, "acme", "anna", spaces=[ADA, SHARED]) == [["1"], ["2"]]
        assert self.chains(store, "anna", "rome", spaces=[ADA, SHARED]) == [["3"]]
        assert self.ids_around(store, "anna", spaces=[ADA, SHARED], hops=1) == ["1", "2", "3"]

    def test_nothing_leads_to_or_surrounds_what_is_unknown(self, store: Store) -> None:
        self.graph(store, ("1", "kim", "acme"))
        assert self.paths(store, "kim", "nobody") == self.paths(store, "nobody", "kim") == []
        assert self.around(store, "nobody") == []
        assert self.paths(store, "kim", "acme", spaces=[TRIP]) == []

    # limits

    def test_longer_chains_are_not_looked_for_and_a_shorter_one_hides_them(self, store: Store) -> None:
        self.graph(store, ("1", "a", "b"), ("2", "b", "c"), ("3", "c", "d"), ("4", "d", "e"), ("5", "e", "f"))
        assert self.paths(store, "a", "f") == []
        assert self.chains(store, "a", "e") == [["1", "2", "3", "4"]]
        assert self.paths(store, "a", "e", most_hops=3) == []
        self.graph(store, ("6", "a", "d"))
        assert self.chains(store, "a", "e") == [["6", "4"]]

    def test_parallel_triples_make_a_chain_each_in_the_order_of_their_ids(self, store: Store) -> None:
        self.graph(store, ("4", "a", "b"), ("1", "b", "a"), ("3", "b", "c"), ("2", "b", "c"), ("0", "a", "x"))
        chains = [["1", "2"], ["1", "3"], ["4", "2"], ["4", "3"]]
        assert self.chains(store, "a", "c") == chains
        assert self.chains(store, "a", "c", limit=3) == chains[:3]
        assert self.chains(store, "c", "a", limit=1) == [["2", "1"]]

    def test_the_first_of_many_equally_short_chains_come_in_order(self, store: Store) -> None:
        chance = random.Random(7)
        levels = [["start"], *([f"{level}{place}" for place in range(9)] for level in "abc"), ["end"]]
        ends = [pair for near, far in pairwise(levels) for pair in product(near, far)]
        ids = chance.sample(range(1000, 2000), len(ends))
        steps = {pair: f"fact-{id_}" for pair, id_ in zip(ends, ids, strict=True)}
        triples = [
            (id_, near, far) if chance.random() < 0.5 else (id_, far, near) for (near, far), id_ in steps.items()
        ]
        self.graph(store, *triples)
        everything = sorted([steps[pair] for pair in pairwise(nodes)] for nodes in product(*levels))
        assert len(everything) == 729
        assert self.chains(store, "start", "end", limit=20) == everything[:20]
        assert self.chains(store, "start", "end") == everything

    def test_a_hub_is_crossed_and_cut_in_the_order_of_ids(self, store: Store) -> None:
        spokes = [(f"fact-{number:03}", f"e{number}", "hub") for number in range(500)]
        random.Random(7).shuffle(spokes)
        self.graph(store, *spokes, ("last", "e499", "end"))
        ids = [f"fact-{number:03}" for number in range(500)]
        assert self.ids_around(store, "hub", hops=1, limit=7) == ids[:7]
        assert self.ids_around(store, "hub", hops=2) == [*ids, "last"]
        assert self.ids_around(store, "e3", hops=2, limit=4) == ["fact-003", "fact-000", "fact-001", "fact-002"]
        assert self.chains(store, "e3", "end") == [["fact-003", "fact-499", "last"]]


def _triple(id_: str, subject: str, object_: str, fields: Fields) -> Fields:
    """What its fact is made of."""
    ends = {"about": subject, "object": object_.title(), "object_key": object_}
    return {"id": id_, "predicate": "knows", **ends, **fields}


def _entities(new: Iterable[NewFact]) -> tuple[Entity, ...]:
    """Those that facts name."""
    named = {(of.fact.space, key): None for of in new for key in _keys(of.fact)}
    return tuple(Entity(space=space, key=key, name=key.title()) for space, key in named)


def _keys(fact: Fact) -> Iterator[str]:
    return filter(None, (fact.subject_key, fact.object_key, *fact.mention_keys))


# ---------------------------------------------------------------------------------------- what networkx makes of it


def _spaces(seed: int) -> list[str]:
    owner = f"org=walks/user={seed}"
    return [owner, f"{owner}/session=s", f"org=walks{seed}/shared", f"org=walks/user={seed}b"]


def _readers(seed: int) -> list[list[str]]:
    """The spaces of those who ask: each leaves some out."""
    own, session, shared, other = _spaces(seed)
    return [[own], [own, session, shared], [other, shared]]


def _graph_of(facts: Iterable[Fact], spaces: Sequence[str]) -> "nx.MultiGraph[str]":
    """The triples that hold in March; every entity of the spaces is a node."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for fact in facts:
        if fact.space in spaces:
            graph.add_nodes_from(_keys(fact))
            holds = (fact.valid_from or MARCH) <= MARCH < (fact.valid_to or MAY)
            if holds and not fact.is_negated and fact.subject_key and fact.predicate and fact.object_key:
                relation = Relation(fact.id, fact.space, fact.subject_key, fact.predicate, fact.object_key)
                graph.add_edge(relation.subject, relation.object, key=relation)
    return graph


def _between(graph: "nx.MultiGraph[str]", one: str, other: str) -> list[Relation]:
    return list(cast("dict[Relation, Any]", graph.get_edge_data(one, other)))


def _chains_in(graph: "nx.MultiGraph[str]", start: str, end: str, most_hops: int) -> list[tuple[Relation, ...]]:
    if start == end or not nx.has_path(graph, start, end):
        return []
    chains: list[tuple[Relation, ...]] = []
    for nodes in nx.all_shortest_paths(graph, start, end):
        if len(nodes) <= most_hops + 1:
            chains += product(*(_between(graph, near, far) for near, far in pairwise(nodes)))
    return sorted(chains, key=lambda chain: [_place(relation) for relation in chain])


def _relations_around(graph: "nx.MultiGraph[str]", key: str, hops: int) -> list[Relation]:
    """The edges of the ego graph but for those between two of its outermost nodes."""
    ego = cast("nx.MultiGraph[str]", nx.ego_graph(graph, key, radius=hops))  # pyright: ignore[reportUnknownMemberType]
    distances = nx.single_source_shortest_path_length(graph, key)
    near = {
        relation: min(distances[one], distances[other])
        for one, other in ego.edges()
        for relation in _between(ego, one, other)
    }
    found = [relation for relation, distance in near.items() if distance < hops]
    return sorted(found, key=lambda relation: (near[relation], *_place(relation)))


def _place(relation: Relation) -> tuple[str, str]:
    return relation.fact, relation.space
