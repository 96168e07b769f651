"""The same memory on an event loop."""

import asyncio
from pathlib import Path

from graphmem import AsyncMemory, Memory


def test_many_people_are_served_at_once_and_apart(tmp_path: Path) -> None:
    async def serve(memory: AsyncMemory, number: int) -> str:
        user = f"user-{number}"
        await memory.add(f"My locker has the number {1000 + number}.", user_id=user)
        return str(await memory.recall("Which number has my locker?", user_id=user))

    async def main() -> list[str]:
        async with AsyncMemory(tmp_path / "memory.db") as memory:
            return await asyncio.gather(*(serve(memory, number) for number in range(12)))

    answers = asyncio.run(main())
    assert all(str(1000 + number) in answer for number, answer in enumerate(answers))
    assert all(answer.count("locker") == 1 for answer in answers)


def test_the_loop_goes_on_while_memory_works(tmp_path: Path) -> None:
    async def main() -> int:
        ticks = 0
        async with AsyncMemory(tmp_path / "memory.db") as memory:
            work = asyncio.create_task(
                memory.add_many([{"text": f"Ada met Bob {n} times."} for n in range(50)], user_id="ada")
            )
            while not work.done():
                await asyncio.sleep(0.001)
                ticks += 1
            assert (await work).episodes == 50
        return ticks

    assert asyncio.run(main()) > 1


def test_an_export_is_the_same_awaited_or_not(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncMemory(tmp_path / "memory.db") as memory:
            ada = memory.scoped(user_id="ada")
            await ada.add("I live in Porto.")
            await ada.export(tmp_path / "one.jsonl")
            await ada.load(tmp_path / "one.jsonl")

    asyncio.run(main())
    assert "Porto" in (tmp_path / "one.jsonl").read_text(encoding="utf-8")


def test_a_recall_finds_the_same_in_the_same_order_and_as_surely_awaited_or_not(tmp_path: Path) -> None:
    told = ["Ada works at Orsk Mill.", "Orsk Mill is in Lisbon.", "Ada rows on the river.", "The river is cold in May."]
    question = "Which city does Ada work in?"

    async def awaited() -> list[tuple[str, float]]:
        async with AsyncMemory(tmp_path / "memory.db") as memory:
            found = await memory.recall(question, user_id="ada")
        return [(hit.text, hit.score) for hit in found.hits]

    with Memory(tmp_path / "memory.db") as memory:
        memory.add_many([{"text": text} for text in told], user_id="ada")
        found = memory.recall(question, user_id="ada")
    assert asyncio.run(awaited()) == [(hit.text, hit.score) for hit in found.hits]
