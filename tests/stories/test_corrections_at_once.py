"""Corrections by many hands at once, of whom one corrects and the others are told so; and on an event loop."""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from graphmem import AsyncMemory, Conflict, Memory
from tests.stories.conftest import NewMemory
from tests.stories.test_corrections import WORKS, kinds, stated, texts


def test_of_many_who_correct_one_fact_at_once_one_does(new_memory: NewMemory) -> None:
    memory = new_memory()
    ada = memory.scoped(user_id="ada")
    fact = stated(ada)

    def correct(number: int) -> str:
        try:
            ada.correct(fact.id, text=f"Ada works at Firm {number}.")
        except Conflict:
            return "told so"
        return f"Ada works at Firm {number}."

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(correct, range(4)))
    [winner] = [outcome for outcome in outcomes if outcome != "told so"]
    assert texts(ada) == [winner]


def test_of_two_processes_that_correct_one_fact_one_does(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with Memory(path, extractor="none") as memory:
        ada = memory.scoped(user_id="ada")
        fact = stated(ada)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            outcomes = list(pool.map(corrects, [path] * 2, [fact.id] * 2, ["Ada rests.", "Ada travels."]))
        [winner] = [outcome for outcome in outcomes if outcome != "told so"]
        assert texts(ada) == [winner]
        assert sorted(kinds(ada.history(fact.id))) == ["added", "superseded"]


def corrects(path: Path, fact_id: str, text: str) -> str:
    with Memory(path, extractor="none") as memory:
        try:
            memory.correct(fact_id, text=text, user_id="ada")
        except Conflict:
            return "told so"
    return text


def test_on_an_event_loop_the_same_can_be_put_right(tmp_path: Path) -> None:
    async def main() -> str:
        async with AsyncMemory(tmp_path / "memory.db") as memory:
            ada = memory.scoped(user_id="ada")
            [added] = await ada.add_facts([WORKS])
            superseded, _ = await ada.correct(added.fact_id or "", text="Ada works at Beta.")
            await ada.restore(superseded.id)
            await ada.retract(added.fact_id or "")
            return str(await ada.diff(since=datetime(1, 1, 1, tzinfo=UTC)))

    assert [line[0] for line in asyncio.run(main()).splitlines()] == list("+-++--")
