"""Asking only some of what is remembered: the best that passes is found, and nobody else's is."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphmem import AsyncMemory, InvalidInput, Memory
from graphmem.models import Episode, Fact, Recall
from graphmem.testing import WordEmbedder
from tests.stories.conftest import NewMemory
from tests.stories.plain_sentences import PlainSentences

START = datetime(2025, 1, 1, tzinfo=UTC)
NAMES = ("Alda", "Brem", "Corvin", "Dunmar", "Elsby", "Fenwar", "Gorlan", "Hesk")
VERBS = ("trusts", "supplies")  # a new one closes no older one
ALL = 10_000
QUESTIONS = ("Whom does the one that Alda supplies trust?", "Where does Elsby live, and who supplies Hesk?")


def world(seed: int, *, size: int = 40) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    said: list[dict[str, Any]] = []
    for number in range(size):
        subject, object_ = draw.sample(NAMES, 2)
        text = f"{subject} {draw.choice(VERBS)} {object_}." if draw.random() < 0.9 else f"about {subject} nothing"
        said.append(
            {
                "text": text,
                "source_id": f"s{number}",
                "role": draw.choice(("document", "document", "user", "assistant")),
                "session_id": draw.choice((None, "monday", "tuesday")),
                "at": START + timedelta(days=number),
                "metadata": {
                    "score": draw.choice((1, 2, 3.5)),
                    "channel": draw.choice(("Phone", "mail")),
                    **({"tags": draw.sample(["red", "green", "blue"], 2)} if draw.random() < 0.5 else {}),
                },
            }
        )
    return said


def some_filter(draw: random.Random, depth: int = 2) -> dict[str, Any]:
    if depth and draw.random() < 0.5:
        parts = [some_filter(draw, depth - 1) for _ in range(draw.choice((1, 2, 3)))]
        return {draw.choice(("AND", "OR", "NOT")): parts}
    day = f"{START + timedelta(days=draw.randrange(40)):%Y-%m-%d}"
    conditions: list[dict[str, Any]] = [
        {"score": {draw.choice(("eq", "ne", "gt", "gte", "lt", "lte")): draw.choice((1, 2, 3))}},
        {"channel": {draw.choice(("contains", "icontains")): draw.choice(("ph", "Ph", "ail"))}},
        {"channel": draw.choice(("Phone", "mail"))},
        {"tags": draw.choice(("*", "red", {"in": ["red", "blue"]}, {"nin": ["green"]}))},
        {"said_at": {draw.choice(("gt", "gte", "lt", "lte", "eq", "ne")): day}},
        {"session_id": draw.choice(("monday", "tuesday", "*", None))},
        {"role": draw.choice(("user", "document", {"in": ["user", "assistant"]}))},
        {"predicate": draw.choice(("trusts", "*", {"contains": "s"}))},
        {"layer": draw.choice(("user", "conversation"))},
        {"kind": draw.choice(("state", "*"))},
        {"user_id": draw.choice(("ada", "eve", "*"))},
    ]
    return draw.choice(conditions)


class Naive:
    """What a filter means, said a second time: over plain dictionaries, without a parser."""

    def __init__(self, filters: Mapping[str, Any]) -> None:
        self.filters = filters

    def passes(self, fact: Fact | None, episode: Episode) -> bool:
        fields: dict[str, Any] = {**episode.metadata}
        fields |= {"said_at": f"{episode.said_at:%Y-%m-%d}", "session_id": episode.session, "user_id": "ada"}
        fields |= {"role": episode.role, "layer": "conversation", "kind": None, "predicate": None}
        if fact is not None:
            fields |= {"layer": "user", "kind": fact.kind, "predicate": fact.predicate}
        return self._all(self.filters, fields)

    def _all(self, filters: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
        for name, value in filters.items():
            if name in ("AND", "OR", "NOT"):
                results = [self._all(part, fields) for part in value]
                if not {"AND": all(results), "OR": any(results), "NOT": not any(results)}[name]:
                    return False
            else:
                compared = value if isinstance(value, dict) else {"*" if value == "*" else "eq": value}
                if not all(self._compares(fields.get(name), operator, to) for operator, to in compared.items()):
                    return False
        return True

    @staticmethod
    def _compares(found: Any, operator: str, to: Any) -> bool:
        among = found if isinstance(found, list) else [found]
        if operator == "*":
            return found is not None
        if operator in ("eq", "ne"):
            return (to in among) is (operator == "eq")
        if operator in ("in", "nin"):
            return any(item in among for item in to) is (operator == "in")
        if found is None:
            return False
        if operator == "contains":
            return any(to in item for item in among)
        if operator == "icontains":
            return any(to.lower() in item.lower() for item in among)
        return {"gt": found > to, "gte": found >= to, "lt": found < to, "lte": found <= to}[operator]


def plain(new_memory: NewMemory, said: Sequence[Mapping[str, Any]]) -> Memory:
    memory = new_memory(extractor=PlainSentences(), embedder=WordEmbedder())
    memory.add_many(said, user_id="ada")
    return memory


def ids(recall: Recall) -> list[str]:
    return [hit.episode_id for hit in recall]


def test_a_filtered_recall_is_what_passes_of_the_whole_one(new_memory: NewMemory) -> None:
    memory = plain(new_memory, world(3))
    everything = memory.facts(user_id="ada", limit=ALL)
    draw = random.Random(4)
    for question in QUESTIONS:
        whole = memory.recall(question, user_id="ada", limit=ALL)
        episodes = {id_: memory.get(id_, user_id="ada") for id_ in ids(whole)}
        said_in: dict[str, list[Fact]] = {id_: [] for id_ in episodes}
        for fact in everything:
            for told in fact.evidence:
                said_in[told.episode_id].append(fact)
        assert not any(hit.is_outdated for hit in whole), "so that what holds is all that a hit can show"
        for _ in range(12):
            filters = some_filter(draw)
            naive = Naive(filters)
            expected = {
                id_
                for id_, episode in episodes.items()
                if isinstance(episode, Episode) and any(naive.passes(fact, episode) for fact in said_in[id_] or [None])
            }
            found = memory.recall(question, user_id="ada", filters=filters, limit=ALL)
            assert set(ids(found)) == expected, filters
            for hit in found:
                episode = episodes[hit.episode_id]
                assert isinstance(episode, Episode)
                assert naive.passes(hit.fact, episode), filters
            assert ids(memory.recall(question, user_id="ada", filters=filters, limit=3)) == ids(found)[:3], filters


def test_a_filter_of_documents_leaves_their_order_as_it_is(new_memory: NewMemory) -> None:
    said = [{**episode, "role": "document", "text": f"{episode['text']} {n}"} for n, episode in enumerate(world(5))]
    memory = plain(new_memory, said)
    draw = random.Random(6)
    for question in QUESTIONS:
        whole = memory.recall(question, user_id="ada", limit=ALL)
        for _ in range(6):
            filters = some_filter(draw)
            kept = set(ids(memory.recall(question, user_id="ada", filters=filters, limit=ALL)))
            assert (
                ids(memory.recall(question, user_id="ada", filters=filters, limit=6))
                == [id_ for id_ in ids(whole) if id_ in kept][:6]
            ), filters


def test_filtered_facts_are_what_passes_of_all(new_memory: NewMemory) -> None:
    memory = plain(new_memory, world(7))
    everything = memory.facts(user_id="ada", limit=ALL)
    episodes = {
        told.episode_id: memory.get(told.episode_id, user_id="ada") for fact in everything for told in fact.evidence
    }
    draw = random.Random(8)
    for _ in range(15):
        filters = some_filter(draw)
        naive = Naive(filters)
        expected = [
            fact.id
            for fact in everything
            if any(
                isinstance(episode := episodes[told.episode_id], Episode) and naive.passes(fact, episode)
                for told in fact.evidence
            )
        ]
        found = memory.facts(user_id="ada", filters=filters, limit=ALL)
        assert [fact.id for fact in found] == expected, filters
        paged: list[str] = []
        while page := memory.facts(user_id="ada", filters=filters, limit=3, cursor=paged[-1] if paged else None):
            paged += [fact.id for fact in page]
        assert paged == expected, filters


def test_what_one_in_a_hundred_passes_is_found_however_far_it_stands_from_the_question(new_memory: NewMemory) -> None:
    near = [{"text": f"Alda supplies Brem with oysters, part {n}.", "source_id": f"near{n}"} for n in range(495)]
    rare = [
        {"text": f"Gorlan trusts Sheep{n}.", "source_id": f"rare{n}", "metadata": {"shelf": "rare"}} for n in range(4)
    ]
    answer = {"text": "Alda once sold oysters.", "source_id": "answer", "metadata": {"shelf": "rare"}}
    memory = plain(new_memory, [*near, *rare, answer])
    question = "Whom does Alda supply with oysters?"
    assert "answer" not in {hit.source_id for hit in memory.recall(question, user_id="ada")}
    found = memory.recall(question, user_id="ada", filters={"shelf": "rare"})
    assert found.hits[0].source_id == "answer"
    assert {hit.source_id for hit in found} == {"answer", *(f"rare{n}" for n in range(4))}
    listed = memory.facts(user_id="ada", filters={"shelf": "rare"})
    assert {hit.fact.id for hit in found if hit.fact} == {fact.id for fact in listed}


def test_what_one_in_a_hundred_keeps_in_a_layer_is_found_however_far_it_stands(new_memory: NewMemory) -> None:
    near = [{"text": f"Alda supplies Brem{n}.", "source_id": f"near{n}"} for n in range(495)]
    raw = [{"text": f"Sheep{n} look on.", "source_id": f"raw{n}"} for n in range(5)]
    memory = plain(new_memory, [*near, *raw])
    found = memory.recall("Whom does Alda supply?", user_id="ada", layers=["conversation"])
    assert {hit.source_id for hit in found} == {f"raw{n}" for n in range(5)}
    assert {hit.layer for hit in found} == {"conversation"}


def test_no_filter_opens_what_a_call_may_not_read(memory: Memory) -> None:
    memory.add("The code of the safe is 4711.", user_id="eve")
    memory.add("The code of the safe is 1234.", user_id="ada", session_id="s1", layer="session")
    memory.add("The code of my bicycle is 99.", user_id="ada")
    for filters in (
        {"user_id": "eve"},
        {"OR": [{"user_id": "ada"}, {"user_id": "eve"}]},
        {"OR": [{"user_id": "eve"}, {"NOT": {"user_id": "ada"}}]},
        {"NOT": {"user_id": "ada"}},
        {"user_id": "*"},
        {"org_id": "*"},
        {"session_id": "s1"},
        {"layer": "session"},
        {"AND": [{"user_id": "eve"}, {"org_id": "other"}]},
    ):
        recall = memory.recall("What is the code of the safe?", user_id="ada", filters=filters)
        texts = f"{recall}{recall.context()}{memory.facts(user_id='ada', filters=filters)}{recall.sources}"
        assert "4711" not in texts, filters
        assert "1234" not in texts, filters
    assert not memory.recall("What is the code of the safe?", user_id="ada", filters={"user_id": "eve"}).hits
    in_session = memory.recall("the safe?", user_id="ada", session_id="s1", filters={"session_id": "s1"})
    assert [hit.layer for hit in in_session] == ["session"]


def test_a_path_shows_only_what_passes(memory: Memory) -> None:
    memory.add("Ada works at Acme.", user_id="ada", metadata={"shelf": "old"})
    memory.add("Acme is in Lisbon.", user_id="ada", metadata={"shelf": "new"})
    question = "Which city does Ada work in?"
    whole = memory.recall(question, user_id="ada")
    assert "Ada works at Acme. · Acme is in Lisbon." in {str(hit.path) for hit in whole}
    found = memory.recall(question, user_id="ada", filters={"shelf": "new"})
    assert [str(hit.path) for hit in found] == ["Acme is in Lisbon."]
    assert "works" not in found.context()


def test_of_several_facts_of_a_text_the_one_that_passes_is_shown(memory: Memory) -> None:
    memory.add("Ada works at Acme. Ada loves Bach.", user_id="ada")
    question = "Where does Ada work?"
    assert memory.recall(question, user_id="ada").hits[0].text == "Ada works at Acme."
    [hit] = memory.recall(question, user_id="ada", filters={"predicate": "likes"})
    assert hit.text == "Ada loves Bach."


def test_answers_keep_to_a_filter_too(memory: Memory) -> None:
    memory.add("Ada works at Acme.", user_id="ada", metadata={"shelf": "old"})
    memory.add("Ada works at Bluebird.", user_id="ada", metadata={"shelf": "new"})
    answer = memory.answer("Where does Ada work?", user_id="ada", filters={"shelf": "old"})
    assert "Bluebird" not in answer.model_dump_json()


def test_a_filter_that_cannot_be_meant_is_refused_before_anything_is_read(memory: Memory) -> None:
    for verb in (
        lambda: memory.recall("What?", user_id="ada", filters={"score": {"like": 1}}),
        lambda: memory.facts(user_id="ada", filters={"score": {"like": 1}}),
        lambda: memory.answer("What?", user_id="ada", filters={"score": {"like": 1}}),
    ):
        with pytest.raises(InvalidInput, match=r"filters\.score\.like"):
            verb()


def test_an_awaited_memory_takes_filters_as_well() -> None:
    async def told() -> list[str]:
        async with AsyncMemory(":memory:") as memory:
            await memory.add("Ada works at Acme.", user_id="ada", metadata={"shelf": "new"})
            await memory.add("Ada works with Bo.", user_id="ada", metadata={"shelf": "old"})
            ada = memory.scoped(user_id="ada")
            facts = await ada.facts(filters={"shelf": "old"})
            recall = await ada.recall("Where does Ada work?", filters={"shelf": "old"})
            return [fact.text for fact in facts] + [hit.text for hit in recall]

    assert asyncio.run(told()) == ["Ada works with Bo."] * 2


def test_why_not_says_that_a_filter_left_a_fact_out(memory: Memory) -> None:
    memory.add("Ada works at Acme.", user_id="ada", metadata={"shelf": "old"})
    memory.add("Ada likes Acme.", user_id="ada", metadata={"shelf": "new"})
    [left_out] = memory.facts(user_id="ada", filters={"shelf": "old"})
    recall = memory.recall("Where does Ada work?", user_id="ada", filters={"shelf": "new"})
    assert recall.why_not(left_out).stage == "not wanted"
