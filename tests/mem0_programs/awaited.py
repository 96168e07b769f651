"""A web service: many users at once, on one event loop."""

import asyncio

from mem0 import AsyncMemory


async def serve():
    memory = AsyncMemory()
    guests = [f"guest{number}" for number in range(4)]
    await asyncio.gather(
        *(memory.add(f"Room {number} for {guest}.", user_id=guest, infer=False) for number, guest in enumerate(guests))
    )
    found = await asyncio.gather(
        *(memory.search("Which room?", filters={"user_id": guest}, threshold=0) for guest in guests)
    )
    [entry] = found[0]["results"]
    await memory.update(entry["id"], "Room 12 for guest0.")
    history = await memory.history(entry["id"])
    await memory.delete_all(user_id="guest3")
    left = await memory.get_all(filters={"user_id": "guest3"})
    answer = {
        "rooms": [[entry["memory"] for entry in answer["results"]] for answer in found],
        "moved": (await memory.get(entry["id"]))["memory"],
        "events": [change["event"] for change in history],
        "left": left["results"],
    }
    memory.close()
    return answer


def main():
    return asyncio.run(serve())
