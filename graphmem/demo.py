"""`graphmem demo`: a year of chats of a small firm goes in, chained questions are asked, one changed fact is followed."""

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from graphmem.memory import Memory
from graphmem.models import Hit, Model, Recall

KEPT = Path("graphmem-demo.db")

Show = Callable[[str], None]


class Answer(Model):
    """A question of the demo, what memory found, and whether all that proves the answer is there."""

    question: str
    answer: str
    hits: tuple[Hit, ...]
    is_proven: bool


class Told(Model):
    """Everything the demo showed."""

    messages: int
    facts: int
    answers: tuple[Answer, ...]
    store: str | None


def run(url: str | None, *, is_kept: bool, show: Show) -> Told:
    """Run the demo and tell what it showed.

    Args:
        url: Where to keep the memory; None: in a folder that goes afterwards, unless `is_kept`.
        is_kept: Leave the store as `graphmem-demo.db` in the current folder.
        show: Receives each line.
    """
    with tempfile.TemporaryDirectory(prefix="graphmem-demo-") as folder:
        kept = url or (str(KEPT) if is_kept else None)
        with Memory(kept or Path(folder) / KEPT) as memory:
            return _tell(memory, kept, show)


def _tell(memory: Memory, kept: str | None, show: Show) -> Told:
    script = json.loads(_read("questions.json"))
    messages = [json.loads(line) for line in _read("messages.jsonl").splitlines()]
    user = script["user_id"]
    ada = memory.scoped(user_id=user)
    show(f"{script['about']}\n{len(messages)} messages go in: no server, no key, no model from elsewhere.\n")
    ingested = ada.add_many([_episode(message) for message in messages], progress=True)
    stats = ada.stats()
    show(f"{stats.episodes} episodes, {stats.facts} facts, {stats.entities} entities in {ingested.seconds:.1f} s\n")
    answers = [_ask(ada, asked, show) for asked in script["questions"]]
    _follow(ada, script["change"], show)
    show(_what_next(kept, user, script["questions"][0]["question"]))
    return Told(messages=len(messages), facts=stats.facts, answers=tuple(answers), store=kept)


def _ask(memory: Memory, asked: Mapping[str, Any], show: Show) -> Answer:
    recall = memory.recall(asked["question"])
    evidence = asked["evidence"]
    found = {hit.source_id for hit in recall.hits}
    show(f"? {asked['question']}\n  → {asked['answer']}")
    for hit in _proof(recall, evidence):
        show(f"    {hit.said_at:%d %b}, {hit.speaker}: “{' '.join(hit.quote.split())}”")
    show("")
    return Answer(
        question=asked["question"], answer=asked["answer"], hits=recall.hits, is_proven=set(evidence) <= found
    )
