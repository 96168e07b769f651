"""Memories with metadata, looked up by it."""

from mem0 import Memory

NOTES = [
    ("Likes hiking in the Alps.", {"category": "hobbies", "priority": 3}),
    ("Plays the cello in a quartet.", {"category": "hobbies", "priority": 9}),
    ("Works as a carpenter.", {"category": "work", "priority": 5}),
]


def main():
    memory = Memory()
    for text, metadata in NOTES:
        memory.add(text, user_id="lev", metadata=metadata, infer=False)

    def found(**filters):
        answer = memory.search("What does Lev do?", filters={"user_id": "lev", **filters}, threshold=0)
        return sorted(entry["memory"] for entry in answer["results"])

    answer = {
        "hobbies": found(category="hobbies"),
        "urgent": found(priority={"gte": 5}),
        "both": found(AND=[{"category": "hobbies"}, {"priority": {"gt": 5}}]),
        "either": found(OR=[{"category": {"eq": "work"}}, {"priority": {"in": [3, 4]}}]),
        "metadata": [
            entry["metadata"] for entry in memory.get_all(filters={"user_id": "lev", "category": "work"})["results"]
        ],
    }
    memory.close()
    return answer
