"""What reading a conversation by a language model costs: calls and tokens a turn, counted on 100 turns.

The turns are the first of the demonstration's chats; the model is a server on this machine that gives as many facts as
rules find. Beside it stands what two others ask by their own source: Graphiti 3 calls and one for each fact of an
episode, Mem0 2.x a prompt of 33,661 characters for each message, before the message itself.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from benchmarks._measure import Row, arguments, show
from graphmem import Ingested, Memory, OpenAIModel
from graphmem.llm.asking import tokens_of
from tests.model_server import Asked, ModelServer, fact

TURNS = 100
TOGETHER = 20
MEM0_CHARACTERS = 33_661
GRAPHITI_CALLS = 3


def turns() -> list[dict[str, Any]]:
    """The first turns of the chats that the demonstration reads."""
    text = (files("graphmem") / "data" / "demo" / "messages.jsonl").read_text(encoding="utf-8")
    said = [json.loads(line) for line in text.splitlines()[:TURNS]]
    return [{"text": turn["text"], "speaker": turn["speaker"], "session_id": turn["session"]} for turn in said]


def read(said: Sequence[Mapping[str, Any]], *, together: int) -> list[Ingested]:
    """Add turns, so many at a time, to a memory that a model reads."""
    with Memory(":memory:") as rules:
        found = {turn["text"]: _facts(rules, turn["text"]) for turn in said}
    server = ModelServer()
    server.says = lambda asked: _reply(asked, found)
    try:
        with Memory(":memory:", extractor="openai", model=OpenAIModel("stub", base_url=server.url)) as memory:
            starts = range(0, len(said), together)
            return [memory.add_many(said[start : start + together], user_id="office") for start in starts]
    finally:
        server.close()


def _facts(rules: Memory, text: str) -> int:
    return rules.add_many([{"text": text, "role": "user"}], user_id="office", dry_run=True).facts


def _reply(asked: Asked, found: Mapping[str, int]) -> str:
    """As many facts of each message as rules find, at the length that a model's have."""
    facts = [
        {"message": number, "quote": text, **fact(said.partition(",")[0], "tells", f"story {story}", text)}
        for number, said in asked.messages
        for text, count in found.items()
        if said.endswith(text)
        for story in range(count)
    ]
    return json.dumps({"facts": facts})


def main() -> None:
    """Count, and print a table."""
    options = arguments(__doc__, reads_data=False).parse_args()
    said = turns()
    rows: list[Row] = []
    facts = 0
    for way, together in (("graphmem, a turn at a time", 1), (f"graphmem, {TOGETHER} turns at a time", TOGETHER)):
        told = read(said, together=together)
        facts = facts or sum(one.facts for one in told)
        rows.append(
            {
                "way": way,
                "calls a turn": sum(one.usage.calls for one in told) / TURNS,
                "tokens in": sum(one.usage.tokens_in for one in told) / TURNS,
                "tokens out": sum(one.usage.tokens_out for one in told) / TURNS,
            }
        )
    rows.append({"way": "Graphiti: 3 calls, and 1 a fact", "calls a turn": GRAPHITI_CALLS + facts / TURNS})
    prompt = MEM0_CHARACTERS + sum(len(turn["text"]) for turn in said) / TURNS
    rows.append(
        {"way": "Mem0: its prompt alone", "calls a turn": 1.0, "tokens in": float(tokens_of("x" * int(prompt)))}
    )
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
