"""The hosted service from its first call to its last."""

import os

from mem0 import MemoryClient

os.environ.setdefault("MEM0_API_KEY", "m0-nobody-looks-at-it")


def main():
    client = MemoryClient()
    messages = [
        {"role": "user", "content": "I'm Noor. I'm a vegetarian and I'm allergic to nuts."},
        {"role": "assistant", "content": "Good to know! I will keep that in mind."},
    ]
    client.add(messages, user_id="noor", metadata={"food": "vegetarian"})
    client.add("I have a sister in Bergen.", user_id="noor")
    filters = {"AND": [{"user_id": "noor"}, {"created_at": {"gte": "2024-01-01"}}]}
    found = client.search("What can Noor not eat?", filters=filters, top_k=3)
    page = client.get_all(filters={"AND": [{"user_id": "noor"}]}, page=1, page_size=2)
    first = page["results"][0]["id"]
    client.update(memory_id=first, text="Noor has a sister in Oslo.")
    answer = {
        "found": [entry["memory"] for entry in found["results"]],
        "page": (page["count"], len(page["results"]), page["next"]),
        "updated": client.get(first)["memory"],
        "events": [change["event"] for change in client.history(first)],
        "users": [(user["type"], user["name"]) for user in client.users()["results"]],
    }
    client.batch_delete([{"memory_id": first}])
    client.delete_users(user_id="noor")
    answer["left"] = client.users()["results"]
    return answer
