"""A page where people see, correct and delete what is known of them."""

from mem0 import Memory


def main():
    memory = Memory()
    [added] = memory.add("Likes tea.", user_id="ana", infer=False)["results"]
    memory_id = added["id"]
    first = memory.get(memory_id)
    memory.update(memory_id, "Likes coffee.")
    second = memory.get(memory_id)
    memory.update(memory_id=memory_id, metadata={"checked": True})
    listed = [entry["id"] for entry in memory.get_all(filters={"user_id": "ana"})["results"]]
    events = [(entry["event"], entry["old_memory"], entry["new_memory"]) for entry in memory.history(memory_id)]
    memory.delete(memory_id)
    try:
        memory.delete(memory_id)
        twice = "deleted twice"
    except ValueError:
        twice = "there is none"
    answer = {
        "texts": [first["memory"], second["memory"]],
        "is the same": first["id"] == second["id"] == memory_id and listed == [memory_id],
        "has changed": first["hash"] != second["hash"] and first["created_at"] == second["created_at"],
        "was updated": second["updated_at"] > second["created_at"],
        "events": events,
        "gone": memory.get(memory_id),
        "last": memory.history(memory_id)[-1]["event"],
        "twice": twice,
    }
    memory.close()
    return answer
