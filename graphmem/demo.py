"""`graphmem demo`: a year of chats in a small firm goes in, chained questions are asked, one change is followed."""

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from graphmem.memory import Memory
from graphmem.models import Change, Fact, Hit, Model

KEPT = Path("graphmem-demo.db")
Show = Callable[[str], None]


class Answer(Model):
    """A question of the demo, the answer to look for, what memory found, and whether all that proves it is there."""

    question: str
    answer: str
    at: datetime | None = None
    hits: tuple[Hit, ...]
    is_proven: bool


class Told(Model):
    """Everything the demo showed."""

    messages: int
    facts: int
    answers: tuple[Answer, ...]
    history: tuple[Change, ...]
    store: str | None


def run(url: str | None, *, is_kept: bool, show: Show) -> Told:
    """Run the demo and tell what it showed.

    Args:
        url: Where to keep the memory; None: in a folder that goes afterwards, unless `is_kept`.
        is_kept: Leave the store as `graphmem-demo.db` in the current folder.
        show: Receives each line.
    """
    kept = url or (str(KEPT) if is_kept else None)
    with tempfile.TemporaryDirectory(prefix="graphmem-demo-") as folder, Memory(kept or Path(folder) / KEPT) as memory:
        return _tell(memory, kept, show)


def _tell(memory: Memory, kept: str | None, show: Show) -> Told:
    script = json.loads(_read("questions.json"))
    messages = [json.loads(line) for line in _read("messages.jsonl").splitlines()]
    phone = memory.scoped(user_id=script["user_id"])
    show(f"{script['about']}\n{len(messages)} messages go in; no server, no key, nothing is downloaded.\n")
    ingested = phone.add_many([_episode(message) for message in messages], progress=True)
    stats = phone.stats()
    show(f"{stats.episodes} episodes, {stats.facts} facts, {stats.entities} entities in {ingested.seconds:.1f} s\n")
    answers = [_ask(phone, asked["question"], asked, show) for asked in script["questions"]]
    changed, history = _follow(phone, script["change"], show)
    show(_what_next(kept, script["user_id"], script["questions"][0]["question"]))
    return Told(
        messages=len(messages),
        facts=stats.facts,
        answers=(*answers, *changed),
        history=tuple(history),
        store=kept,
    )


def _ask(memory: Memory, question: str, expected: Mapping[str, Any], show: Show) -> Answer:
    at = datetime.fromisoformat(expected["at"]) if "at" in expected else None
    recall = memory.recall(question, at=at)
    is_proven = set(expected["evidence"]) <= {hit.source_id for hit in recall.hits}
    show(f"? {question}" + (f"   at={at:%Y-%m-%d}" if at else ""))
    for number, hit in enumerate(recall.hits, 1):
        if number == 1 or hit.source_id in expected["evidence"]:
            show(f"{number:>4}. {shown(hit)}")
    proof = "proven by these" if is_proven else "NOT proven: a message that belongs to the proof was not found"
    show(f"   = {expected['answer']} ({proof})\n")
    return Answer(question=question, answer=expected["answer"], at=at, hits=recall.hits, is_proven=is_proven)


def _follow(memory: Memory, change: Mapping[str, Any], show: Show) -> tuple[list[Answer], list[Change]]:
    """The same question before and after something changed, and the history of the fact that was replaced."""
    show(f"What changes: {change['what']}\n")
    answers = [_ask(memory, change["question"], change[when], show) for when in ("before", "after")]
    old = next(
        (hit.fact for hit in answers[0].hits if hit.fact and hit.source_id in change["before"]["evidence"]), None
    )
    if old is None:
        return answers, []
    held = memory.get(old.id)
    if isinstance(held, Fact) and held.valid_from and held.valid_to:
        show(f"“{held.text}” held from {held.valid_from:%Y-%m-%d} to {held.valid_to:%Y-%m-%d}. Its history:")
    history = memory.history(old.id)
    for entry in history:
        show(f"  {entry}" + (f"  ({entry.reason})" if entry.reason else ""))
    show("")
    return answers, history


def shown(hit: Hit) -> str:
    """A hit as people read it: its text, then each step of its path with date, speaker and quote."""
    lines = [f"{hit.text}  [{hit.score:.2f}]" + ("  (no longer holds)" if hit.is_outdated else "")]
    for step in hit.path.steps if hit.path else ():
        who = f", {step.speaker}" if step.speaker else ""
        lines.append(f"     {step.said_at:%Y-%m-%d}{who}: “{' '.join(step.quote.split())}”")
        if step.via:
            lines.append(f"       ↓ {step.via}")
    return "\n".join(lines)


def _what_next(kept: str | None, user: str, question: str) -> str:
    if kept is None:
        return "Next: `graphmem demo --keep` leaves the store for you to ask; or your own: `graphmem add --help`."
    return f'Next: graphmem recall "{question}" --store {kept} --user {user}'


def _episode(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "text": message["text"],
        "source_id": message["id"],
        "at": message["at"],
        "speaker": message["speaker"],
        "session_id": message["session"],
        "role": message["role"],
    }


def _read(name: str) -> str:
    return (files("graphmem") / "data" / "demo" / name).read_text(encoding="utf-8")
