"""What a store should answer, computed the slow way: plain dictionaries and a networkx graph, everything looked at.

Nodes are (kind, space, id or key): episodes, entities and facts. A fact has an edge `about` or `mentions` to each
entity it names, and an edge `from` to each episode it was read from. Entities by themselves, and the names that facts
were told under, are kept beside the graph: what is merged is drawn anew from them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Any

import networkx as nx

from graphmem.models import Change
from graphmem.moment import FAR_FUTURE, FAR_PAST, Moment, Version
from graphmem.protocols import Draft, Erasure, Relation

Node = tuple[str, str, str]


class Oracle:
    def __init__(self) -> None:
        self.graph: nx.MultiDiGraph[Node] = nx.MultiDiGraph()
        self.last: dict[str, datetime] = {}
        self.changes: list[Change] = []
        self.rejected: set[tuple[str, str]] = set()
        self.entities: dict[Node, dict[str, Any]] = {}
        self.told: dict[Node, tuple[str | None, str | None, tuple[str, ...]]] = {}
        self.merged: dict[Node, str] = {}

    # writing

    def time(self, spaces: Sequence[str], now: datetime) -> datetime:
        return max([now, *(self.last[space] + timedelta(microseconds=1) for space in spaces if space in self.last)])

    def write(self, draft: Draft, at: datetime) -> None:
        for closing in draft.closings:
            versions = self.graph.nodes["fact", closing.space, closing.fact_id]["versions"]
            old = versions[-1]
            versions[-1] = old.model_copy(update={"known_to": at})
            if closing.valid_to is not None and closing.valid_to > old.valid_from:
                versions.append(old.model_copy(update={"known_from": at, "valid_to": closing.valid_to}))
        for belief in draft.beliefs:
            versions = self.graph.nodes["fact", belief.before.space, belief.before.id]["versions"]
            versions[-1] = versions[-1].model_copy(update={"known_to": min(at, versions[-1].known_to)})
            sides = {"valid_from": belief.valid_from or FAR_PAST, "valid_to": belief.valid_to or FAR_FUTURE}
            versions.append(Version(known_from=at, **sides))
        self.rejected = (self.rejected - {*draft.readmits}) | {*draft.rejects}
        for space, uid in draft.retires:
            self.graph.nodes["episode", space, uid]["retired_at"] = at
        for new in draft.episodes:
            node = ("episode", new.episode.space, new.episode.id)
            self.graph.add_node(node, model=new.episode, index=new.index, at=at, retired_at=FAR_FUTURE)
        for entity in draft.entities:
            node = ("entity", entity.space, entity.key)
            known = self.entities.get(node, {"aliases": set(), "at": at})
            lent = self.graph.nodes[node]["aliases"] - known["aliases"] if node in self.graph else set()
            aliases = known["aliases"] | (set(entity.aliases) - lent)
            self.entities[node] = {"model": entity, "aliases": aliases, "at": known["at"]}
        for space, key, _ in draft.unmerges:
            del self.merged["entity", space, key]
        for space, key, into in draft.merges:
            self.merged["entity", space, key] = into
        for new in draft.facts:
            fact, node = new.fact, ("fact", new.fact.space, new.fact.id)
            self.graph.add_node(node, model=fact, index=new.index, at=at, versions=[fact.version(at)])
            self.told[node] = (fact.subject_key, fact.object_key, fact.mention_keys)
            for place in fact.evidence:
                self._read_from(node, place.episode_id, place.start, at)
        for space, uid, place in draft.supports:
            self._read_from(("fact", space, uid), place.episode_id, place.start, at)
        for space, uid, key in draft.mentions:
            subject, object_, mentions = self.told["fact", space, uid]
            if key not in (subject, object_, *mentions):
                self.told["fact", space, uid] = (subject, object_, (*mentions, key))
        self._draw()
        self.changes += [change.model_copy(update={"at": at}) for change in draft.changes]
        self.last.update(dict.fromkeys(draft.spaces, at))

    def _read_from(self, fact: Node, episode: str, start: int, at: datetime) -> None:
        node = ("episode", fact[1], episode)
        if not self.graph.has_edge(fact, node, "from"):
            self.graph.add_edge(fact, node, "from", at=at, start=start)

    def one(self, space: str, key: str) -> str:
        """The key of the entity that one with this key is."""
        while ("entity", space, key) in self.merged:
            key = self.merged["entity", space, key]
        return key

    def _draw(self) -> None:
        """The entities, and what facts lead to, as merged."""
        self.graph.remove_nodes_from([node for node in self.graph if node[0] == "entity"])
        for node, data in self.entities.items():
            if node not in self.merged:
                self.graph.add_node(node, **data)
        for node, data in self.entities.items():
            if node in self.merged:
                one = self.graph.nodes["entity", node[1], self.one(*node[1:])]
                one.update(aliases=one["aliases"] | data["aliases"] | {node[2]}, at=min(one["at"], data["at"]))
        for fact, (subject, object_, mentions) in self.told.items():
            about, of, *others = (key and self.one(fact[1], key) for key in (subject, object_, *mentions))
            model = self.graph.nodes[fact]["model"]
            self.graph.nodes[fact]["model"] = model.model_copy(update={"subject_key": about, "object_key": of})
            for key in dict.fromkeys((*others, *filter(None, [of]))):
                if key != about:
                    self.graph.add_edge(fact, ("entity", fact[1], key), "mentions")
            if about:
                self.graph.add_edge(fact, ("entity", fact[1], about), "about")

    def erase(self, erasure: Erasure) -> None:
        """Taken apart, and what is left of it made one again."""
        merged, self.merged = self.merged, {}
        self._draw()
        self._erase(erasure)
        self.entities = {node: data for node, data in self.entities.items() if node in self.graph}
        self.told = {fact: told for fact, told in self.told.items() if fact in self.graph}
        for (kind, space, key), first in merged.items():
            into = first
            while (kind, space, into) in merged and (kind, space, into) not in self.entities:
                into = merged[kind, space, into]
            if (kind, space, key) in self.entities and (kind, space, into) in self.entities:
                self.merged[kind, space, key] = into
        self._draw()

    def _erase(self, erasure: Erasure) -> None:
        gone = {node for node in self.graph if node[1] in erasure.spaces and self._is_listed(node, erasure)}
        for fact, _ in list(self.nodes("fact", erasure.spaces)):
            sources = set(self.sources(fact))
            current = self.current(sources)
            if sources & gone and (sources <= gone or (current and current <= gone)):
                gone.add(fact)
        touched = {
            entity for node in gone for fact in ({node} | set(self.graph.pred[node])) for entity in self.graph[fact]
        }
        ids = {node[2] for node in gone if node[0] != "entity"}
        self.graph.remove_nodes_from(gone)
        orphans = [node for node in touched if node[0] == "entity" and node in self.graph and not self.graph.pred[node]]
        self.graph.remove_nodes_from(orphans)
        for place, change in enumerate(self.changes):
            named = {change.fact_id, change.before, change.after, change.episode_id}
            if change.space in erasure.spaces and (named & ids or erasure.everything):
                self.changes[place] = change.model_copy(update={"reason": None, "actor": "erased"})
        if erasure.everything:
            self.rejected = {(space, digest) for space, digest in self.rejected if space not in erasure.spaces}
        self.rejected |= set(erasure.digests)

    @staticmethod
    def _is_listed(node: Node, erasure: Erasure) -> bool:
        listed = {"episode": erasure.episodes, "fact": erasure.facts, "entity": erasure.entities}
        return erasure.everything or node[2] in listed[node[0]]

    # reading

    def nodes(self, kind: str, spaces: Sequence[str]) -> Iterator[tuple[Node, dict[str, Any]]]:
        return ((node, data) for node, data in self.graph.nodes(data=True) if node[0] == kind and node[1] in spaces)

    def sources(self, fact: Node) -> list[Node]:
        return [node for node in self.graph[fact] if node[0] == "episode"]

    def episodes_known(self, spaces: Sequence[str], known_at: datetime) -> dict[Node, dict[str, Any]]:
        found = self.nodes("episode", spaces)
        return {node: data for node, data in found if data["at"] <= known_at < data["retired_at"]}

    def reached(self, spaces: Sequence[str], moment: Moment) -> dict[Node, dict[str, Any]]:
        """Facts known from an episode by then, each with those episodes (oldest first) and whether it holds."""
        episodes = self.episodes_known(spaces, moment.known_at)
        order = sorted(episodes, key=lambda node: episodes[node]["model"].said_at)
        found: dict[Node, dict[str, Any]] = {}
        for fact, data in self.nodes("fact", spaces):
            told = [
                node[2]
                for node in order
                if self.graph.has_edge(fact, node, "from") and self.graph[fact][node]["from"]["at"] <= moment.known_at
            ]
            if told and data["at"] <= moment.known_at:
                holds = any(version.holds(moment) for version in data["versions"])
                found[fact] = {**data, "episodes": tuple(told), "holds": holds}
        return found

    def version(self, fact: Node, known_at: datetime) -> Version | None:
        known = [version for version in self.graph.nodes[fact]["versions"] if version.known_from <= known_at]
        return known[-1] if known else None

    def links(self, fact: Node, kind: str) -> set[str]:
        return {node[2] for _, node, of in self.graph.out_edges(fact, keys=True) if of == kind}

    def current(self, episodes: Iterable[Node]) -> set[Node]:
        return {node for node in episodes if self.graph.nodes[node]["retired_at"] == FAR_FUTURE}

    def sole(self, episode: Node) -> list[str]:
        """Facts that are believed and that no other current episode supports."""
        facts = sorted(self.graph.pred[episode], key=list(self.graph).index)
        believed = [fact for fact in facts if self.graph.nodes[fact]["versions"][-1].known_to == FAR_FUTURE]
        return [fact[2] for fact in believed if self.current(self.sources(fact)) <= {episode}]

    def degree(self, entity: Node) -> int:
        told = {node for fact in self.graph.pred[entity] for node in self.sources(fact)}
        return len(self.current(told))

    def frequency(self, kind: str, spaces: Sequence[str], stem: str) -> int:
        return sum(stem in data["index"].stems for _, data in self.nodes(kind, spaces))

    def session(self, node: Node, known_at: datetime) -> list[Node]:
        """The known turns of an episode's session, in the order they were said."""
        session = self.graph.nodes[node]["model"].session
        known = self.episodes_known([node[1]], known_at)
        turns = [other for other, data in known.items() if data["model"].session == session]
        return sorted(turns, key=lambda turn: known[turn]["model"].said_at) if session is not None else [node]

    # walking

    def named(self, spaces: Sequence[str], key: str) -> set[str]:
        """The keys that a key or an alias stands for: in each space its entity, else the most spoken of, else the first
        of those that bear it.
        """
        found: set[str] = set()
        for space in spaces:
            bearers = [node for node, data in self.nodes("entity", [space]) if key in data["aliases"]]
            if ("entity", space, key) in self.entities:
                found.add(self.one(space, key))
            elif bearers:
                found.add(max(bearers, key=self.degree)[2])
        return found

    def triples(self, spaces: Sequence[str], moment: Moment) -> "nx.MultiGraph[str]":
        """The triples that hold, between keys of entities."""
        graph: nx.MultiGraph[str] = nx.MultiGraph()
        graph.add_nodes_from(node[2] for node, _ in self.nodes("entity", spaces))
        for node, data in self.nodes("fact", spaces):
            fact = data["model"]
            if fact.subject_key and fact.object_key and any(version.holds(moment) for version in data["versions"]):
                relation = Relation(node[2], node[1], fact.subject_key, fact.predicate, fact.object_key)
                graph.add_edge(fact.subject_key, fact.object_key, relation)
        return graph

    def chains(
        self, spaces: Sequence[str], start: str, end: str, moment: Moment, most_hops: int
    ) -> list[tuple[Relation, ...]]:
        starts, ends = self.named(spaces, start), self.named(spaces, end)
        graph = self.triples(spaces, moment)
        if starts & ends:
            return []
        ways = [
            nodes
            for one, other in product(starts, ends)
            if nx.has_path(graph, one, other)
            for nodes in nx.all_shortest_paths(graph, one, other)
            if len(nodes) <= most_hops + 1
        ]
        shortest = min(map(len, ways), default=0)
        found = [
            chain
            for nodes in ways
            if len(nodes) == shortest
            for chain in product(*(graph[one][other] for one, other in pairwise(nodes)))
        ]
        return sorted(found, key=lambda chain: [(relation.fact, relation.space) for relation in chain])

    def around(self, spaces: Sequence[str], key: str, moment: Moment, hops: int) -> list[Relation]:
        graph = self.triples(spaces, moment)
        centres = self.named(spaces, key)
        far = nx.multi_source_dijkstra_path_length(graph, centres) if centres else {}
        near = {
            relation: min(far[one], far[other])
            for one, other, relation in graph.edges(keys=True)
            if one in far and min(far[one], far[other]) < hops
        }
        return sorted(near, key=lambda relation: (near[relation], relation.fact, relation.space))
