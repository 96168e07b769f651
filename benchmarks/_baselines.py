"""What there would be without this project, over the same texts, with the same words and vectors.

Without a graph: BM25, nearness of vectors ("dense"), and both joined, by a convex sum of their scores and by reciprocal
ranks (RRF). With one, over the facts and entities that graphmem read from the texts: LinearRAG-style and
HippoRAG-2-style, which are those methods as published but for what they have a language model do. There, statements and
names come from it; HippoRAG 2 also has it filter the facts, which is left out.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from graphmem import Memory
from graphmem.extraction.names import canonical
from graphmem.protocols import Embedder
from graphmem.words import bm25, idf, stems

RRF = 60
CONVEX = 0.5
LONGEST_NAME = 6
"""Words."""

Floats = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True)
class Statement:
    """A fact as graphmem read it: its subject comes first among the entities."""

    text: str
    sources: tuple[str, ...]
    entities: tuple[str, ...]


def statements(memory: Memory, user: str) -> list[Statement]:
    """All facts of a user, by way of an export."""
    sources: dict[str, str] = {}
    found: list[Statement] = []
    with TemporaryDirectory(prefix="graphmem-bench-") as home:
        file = Path(home) / "facts.jsonl"
        memory.export(file, user_id=user)
        with file.open(encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if record.get("record") == "episode":
                    sources[record["id"]] = record["source_id"]
                elif record.get("record") == "fact":
                    keys = (record["subject_key"], record["object_key"], *record["mention_keys"])
                    said_in = (sources[evidence[0]] for evidence in record["evidence"] if evidence[0] in sources)
                    entities = tuple(dict.fromkeys(key for key in keys if key))
                    found.append(Statement(record["text"], tuple(dict.fromkeys(said_in)), entities))
    return found


class Baselines:
    """Orders of the same texts by other methods, best first; the graph methods only where there are statements."""

    def __init__(self, texts: Mapping[str, str], embedder: Embedder, facts: Sequence[Statement] = ()) -> None:
        self._ids = list(texts)
        self._words = _Words(texts.values())
        self._embedder = embedder
        self._vectors = embedded(embedder, texts.values())
        graph = _Graph(self._ids, facts, embedder) if facts else None
        self._by_graph = {"LinearRAG-style": LinearRag(graph), "HippoRAG-2-style": Hippo(graph)} if graph else {}

    def orders(self, question: str) -> dict[str, list[str]]:
        """The ids of all texts, best first, by each method."""
        [vector] = embedded(self._embedder, [question], purpose="query")
        words, dense = self._words.scores(question), self._vectors @ vector
        scores = {
            "BM25": words,
            "dense": dense,
            "convex": CONVEX * _scaled(dense) + (1 - CONVEX) * _scaled(words),
            "RRF": 1 / (RRF + _places(dense)) + 1 / (RRF + _places(words)),
            **{name: method.scores(question, vector, _scaled(dense)) for name, method in self._by_graph.items()},
        }
        return {name: [self._ids[number] for number in np.argsort(-of, kind="stable")] for name, of in scores.items()}


def embedded(embedder: Embedder, texts: Iterable[str], purpose: str = "document") -> Floats:
    """One vector a row."""
    wanted = list(texts)
    vectors = asyncio.run(embedder.embed(wanted, purpose="query" if purpose == "query" else "document"))
    return np.stack(vectors) if wanted else np.zeros((0, embedder.dimensions), np.float32)


class _Words:
    """BM25 over whole texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts = [Counter(stems(text)) for text in texts]
        self._lengths = [counts.total() for counts in self._counts]
        self._average = sum(self._lengths) / len(self._lengths)
        self._having: dict[str, list[int]] = defaultdict(list)
        for number, counts in enumerate(self._counts):
            for stem in counts:
                self._having[stem].append(number)
        self._shares: dict[str, Floats] = {}

    def scores(self, question: str) -> Floats:
        """Of all texts; each stem adds its share."""
        scores = np.zeros(len(self._counts))
        for stem in set(stems(question)) & self._having.keys():
            scores[self._having[stem]] += self._share(stem)
        return scores

    def _share(self, stem: str) -> Floats:
        if stem not in self._shares:
            having = self._having[stem]
            counts = np.array([[self._counts[number][stem]] for number in having])
            lengths = np.array([self._lengths[number] for number in having])
            weight = np.array([idf(len(self._counts), len(having))])
            self._shares[stem] = bm25(counts, lengths, self._average, weight)
        return self._shares[stem]


class _Graph:
    """Texts, statements and entities by number, with the vectors of the latter two."""

    def __init__(self, ids: Sequence[str], facts: Sequence[Statement], embedder: Embedder) -> None:
        number_of = {id_: number for number, id_ in enumerate(ids)}
        entities = dict.fromkeys(key for fact in facts for key in fact.entities)
        self.texts = len(ids)
        self.names = list(entities)
        self.entity = {key: number for number, key in enumerate(self.names)}
        self.facts = [[self.entity[key] for key in fact.entities] for fact in facts]
        self.of_entity: dict[int, list[int]] = defaultdict(list)
        counts: Counter[tuple[int, int]] = Counter()
        for fact, found in enumerate(self.facts):
            for entity in found:
                self.of_entity[entity].append(fact)
                counts.update((number_of[id_], entity) for id_ in facts[fact].sources if id_ in number_of)
        self.pairs = np.array(list(counts), dtype=np.int64).reshape(-1, 2)
        self.counts = np.array(list(counts.values()), dtype=np.float64)
        self.fact_vectors = embedded(embedder, (fact.text for fact in facts))
        self._embedder = embedder

    @cached_property
    def name_vectors(self) -> Floats:
        """Of the names of all entities."""
        return embedded(self._embedder, self.names)

    def named(self, question: str) -> list[int]:
        """The entities that a question names, longest names first, no word used twice."""
        words = question.split()
        found: list[int] = []
        start = 0
        while start < len(words):
            for end in range(min(len(words), start + LONGEST_NAME), start, -1):
                entity = self.entity.get(canonical(" ".join(words[start:end])))
                if entity is not None:
                    found.append(entity)
                    start = end - 1
                    break
            start += 1
        return found


class LinearRag:
    """Activation goes from the question's entities over its nearest statements; then personalised PageRank.

    Source: LinearRAG (Zhuang et al., 2025), with its constants.
    """

    ROUNDS, THRESHOLD, DENSE, TEXTS, DAMPING = 3, 0.4, 0.05, 0.05, 0.5

    def __init__(self, graph: _Graph) -> None:
        self._graph = graph
        texts, entities = graph.pairs.T
        of_text = np.bincount(texts, graph.counts, minlength=graph.texts)
        self._walk = PageRank(
            graph.texts + len(graph.names), texts, graph.texts + entities, graph.counts / of_text[texts]
        )
        self._texts_of: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for (text, entity), count in zip(graph.pairs.tolist(), graph.counts.tolist(), strict=True):
            self._texts_of[entity].append((text, count))

    def scores(self, question: str, vector: Floats, dense: Floats) -> Floats:
        """Of all texts."""
        graph = self._graph
        named = graph.named(question)
        if not named:
            return dense
        active, weights = self._active(named, graph.fact_vectors @ vector)
        bonus = np.zeros(graph.texts)
        for entity, (strength, tier) in active.items():
            for text, count in self._texts_of[entity]:
                bonus[text] += strength * np.log1p(count) / tier
        start = (self.DENSE * dense + np.log1p(bonus)) * self.TEXTS
        return self._walk.from_(np.concatenate([start, weights]), self.DAMPING)[: graph.texts]

    def _active(self, named: Sequence[int], nearness: Floats) -> tuple[dict[int, tuple[float, int]], Floats]:
        """Strength and round of each entity when it was last reached, and all the strength that came to it."""
        graph = self._graph
        active = dict.fromkeys(named, (1.0, 1))
        weights = np.zeros(len(graph.names))
        weights[named] = 1
        front, used = dict(active), set[int]()
        for tier in range(2, self.ROUNDS + 1):
            reached: dict[int, tuple[float, int]] = {}
            for entity, (strength, _) in front.items():
                fact = max(
                    (fact for fact in graph.of_entity[entity] if fact not in used), key=nearness.item, default=None
                )
                if fact is None:
                    continue
                used.add(fact)
                passed = strength * nearness.item(fact)
                if passed >= self.THRESHOLD:
                    weights[graph.facts[fact]] += passed
                    reached |= dict.fromkeys(graph.facts[fact], (passed, tier))
            active |= reached
            front = reached
        return active, weights


class Hippo:
    """The question's nearest statements seed a personalised PageRank over texts and entities that are alike or named
    together.

    Source: HippoRAG 2 (Gutiérrez et al., 2025), with its constants; its filter by a language model is left out.
    """

    FACTS, TEXTS, DAMPING, ALIKE = 5, 0.05, 0.5, 0.8

    def __init__(self, graph: _Graph) -> None:
        self._graph = graph
        texts, entities = graph.pairs.T
        together = Counter((fact[0], other) for fact in graph.facts for other in fact[1:])
        rows = [
            *zip(texts.tolist(), (graph.texts + entities).tolist(), [1.0] * len(texts), strict=True),
            *((graph.texts + a, graph.texts + b, float(count)) for (a, b), count in together.items()),
            *((graph.texts + a, graph.texts + b, likeness) for a, b, likeness in self._alike()),
        ]
        ends = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2)
        weights = np.array([row[2] for row in rows])
        self._walk = PageRank(graph.texts + len(graph.names), ends[:, 0], ends[:, 1], weights)
        self._in_texts = np.maximum(1, np.bincount(entities, minlength=len(graph.names)))

    def scores(self, question: str, vector: Floats, dense: Floats) -> Floats:  # noqa: ARG002 - not by names
        """Of all texts."""
        graph = self._graph
        nearness = _scaled(graph.fact_vectors @ vector)
        weights, times = np.zeros(len(graph.names)), np.zeros(len(graph.names))
        for fact in np.argsort(-nearness, kind="stable")[: self.FACTS]:
            ends = graph.facts[fact]
            weights[ends] += nearness[fact] / self._in_texts[ends]
            times[ends] += 1
        weights /= np.maximum(1, times)
        weights[np.argsort(-weights, kind="stable")[self.FACTS :]] = 0
        start = np.concatenate([self.TEXTS * dense, weights])
        return self._walk.from_(start, self.DAMPING)[: graph.texts]

    def _alike(self) -> Iterator[tuple[int, int, float]]:
        vectors = self._graph.name_vectors
        for start in range(0, len(vectors), 1000):
            likeness = vectors[start : start + 1000] @ vectors[start:].T
            for row, column in np.argwhere(likeness >= self.ALIKE):
                if row < column:
                    yield start + int(row), start + int(column), float(likeness[row, column])


class PageRank:
    """Personalised PageRank over undirected weighted edges, by power iteration."""

    STEPS = 20
    """With a damping of 0.5 what is left is below a millionth."""

    def __init__(self, nodes: int, ends: NDArray[np.int64], others: NDArray[np.int64], weights: Floats) -> None:
        self._nodes = nodes
        self._from, self._to = np.concatenate([ends, others]), np.concatenate([others, ends])
        both = np.concatenate([weights, weights])
        self._shares = both / np.maximum(np.bincount(self._from, both, minlength=nodes), 1e-12)[self._from]

    def from_(self, start: Floats, damping: float) -> Floats:
        """Where a walk is that returns to `start` with each step's remaining chance."""
        start = start / max(float(start.sum()), 1e-12)
        there = start
        for _ in range(self.STEPS):
            moved = np.bincount(self._to, there[self._from] * self._shares, minlength=self._nodes)
            there = (1 - damping) * start + damping * moved
        return there


def _scaled(scores: Floats) -> Floats:
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros(len(scores))


def _places(scores: Floats) -> Floats:
    places = np.empty(len(scores))
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return places
