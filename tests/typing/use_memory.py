"""How users call graphmem, as a type checker reads it. Checked by mypy and pyright, never run."""

from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import assert_type

from graphmem import Answer, Change, Diff, Fact, Hit, Ingested, Memory, OpenAIModel, Path, Recall, Subgraph, Usage


def remember(memory: Memory) -> list[Change]:
    memory.add("I live in Porto.", user_id="ada", session_id="s1", at=datetime(2024, 3, 1, tzinfo=UTC))
    memory.add({"role": "user", "content": "I moved to Lisbon."}, user_id="ada", metadata={"channel": "chat"})
    memory.add([{"role": "user", "content": "Hello", "name": "Ada"}, "And good night."], agent_id="helper")
    memory.add_many([{"text": "Acme is in Lisbon.", "source_id": "wiki/1", "title": "Acme"}], layer="org")
    memory.add_facts([{"subject": "Ada", "predicate": "works at", "object": "Acme"}], user_id="ada")
    return assert_type(memory.add("Ada works at Acme.", user_id="ada"), list[Change])


def ask(memory: Memory) -> list[Hit]:
    recall = assert_type(memory.recall("Which city does Ada work in?", user_id="ada", limit=5), Recall)
    assert_type(recall.enough, bool)
    assert_type(recall.sources, tuple[str, ...])
    assert_type(recall.context(max_tokens=500), str)
    for hit in recall.hits:
        assert_type(hit.score, float)
        assert_type(hit.fact, Fact | None)
        assert_type(hit.valid_from, datetime | None)
    return list(recall.hits)


def by_a_model() -> Usage:
    memory = Memory(extractor="openai", model=OpenAIModel("llama3.2", base_url="http://localhost:11434/v1"))
    planned = assert_type(memory.add_many([{"text": "I moved."}], user_id="ada", dry_run=True), Ingested)
    assert_type(planned.usage + memory.catch_up(user_id="ada").usage, Usage)
    memory.recall("Where do I live?", user_id="ada", rerank="llm")
    answer = assert_type(memory.answer("Where do I live?", user_id="ada"), Answer)
    assert_type([cited.fact_id for cited in answer.citations], list[str | None])
    return memory.usage


def look_back(memory: Memory, fact: Fact) -> list[Change]:
    return assert_type(memory.history(fact.id, user_id="ada"), list[Change])


def put_right(memory: Memory, fact: Fact, at: datetime) -> str:
    superseded, _ = assert_type(memory.correct(fact.id, text="Ada works at Beta.", user_id="ada"), list[Change])
    assert_type(memory.restore(superseded.id, user_id="ada", reason="a mistake"), list[Change])
    assert_type(memory.correct(fact.id, valid_to=at, user_id="ada"), list[Change])
    assert_type(memory.retract(fact.id, user_id="ada"), list[Change])
    diff = assert_type(memory.diff(since=at, user_id="ada"), Diff)
    assert_type(diff.learned, tuple[Change, ...])
    return str(diff)


def hand_over(memory: Memory, path: FilePath) -> None:
    memory.export(path, user_id="ada")
    memory.load(path, user_id="ada")
    for_ada = memory.scoped(user_id="ada", session_id="s1")
    assert_type(for_ada.recall("Where do I live?"), Recall)
    memory.close()


def on_a_server(at: datetime) -> Memory:
    memory = Memory("neo4j://localhost:7687", auth=("neo4j", "secret"))
    assert_type(memory.paths("Ada", "Lisbon", user_id="ada", max_hops=3, at=at), list[Path])
    around = assert_type(memory.neighbourhood("Acme", user_id="ada", hops=1), Subgraph)
    assert_type(around.facts, tuple[Fact, ...])
    return memory


def refuse_what_is_wrong(memory: Memory) -> None:
    memory.add(42, user_id="ada")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    memory.recall("Where do I live?", user_id="ada", limit="ten")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
