"""Two agents of one user, an agent's own notes, and a run that is looked at by itself."""

from mem0 import Memory


def texts(answer):
    return sorted(entry["memory"] for entry in answer["results"])


def main():
    memory = Memory()
    memory.add("Window seats only.", user_id="kim", agent_id="travel", infer=False)
    memory.add("Allergic to peanuts.", user_id="kim", agent_id="cook", infer=False)
    memory.add([{"role": "assistant", "content": "I answer in two sentences."}], agent_id="cook", infer=False)
    memory.add("Draft four is the good one.", user_id="kim", run_id="monday", infer=False)
    answer = {
        "travel": texts(memory.get_all(filters={"user_id": "kim", "agent_id": "travel"})),
        "cook": texts(memory.get_all(filters={"user_id": "kim", "agent_id": "cook"})),
        "of the cook itself": texts(memory.search("How does it answer?", filters={"agent_id": "cook"}, threshold=0)),
        "monday": texts(memory.search("Which draft?", filters={"user_id": "kim", "run_id": "monday"})),
        "kim": texts(memory.get_all(filters={"user_id": "kim"})),
    }
    memory.delete_all(user_id="kim", run_id="monday")
    answer["after monday"] = texts(memory.get_all(filters={"user_id": "kim"}))
    memory.close()
    return answer
