"""A chat that looks up what it knows of the user before it answers, and remembers every exchange."""

from mem0 import Memory


class Tutor:
    def __init__(self, memory):
        self.memory = memory
        self.prompts = []

    def answer(self, prompt):
        self.prompts.append(prompt)
        return "Let us go on."  # a language model in real life

    def chat(self, message, user_id):
        found = self.memory.search(query=message, filters={"user_id": user_id}, top_k=5)
        notes = "\n".join(f"- {entry['memory']}" for entry in found["results"])
        system = f"You are a patient tutor. What you know of the pupil:\n{notes}"
        messages = [{"role": "system", "content": system}, {"role": "user", "content": message}]
        reply = self.answer(messages)
        messages.append({"role": "assistant", "content": reply})
        self.memory.add(messages, user_id=user_id)
        return reply


def main():
    with Memory() as memory:
        tutor = Tutor(memory)
        tutor.chat("My name is Ines and I am learning Greek.", "ines")
        tutor.chat("I prefer short exercises in the evening.", "ines")
        tutor.chat("Which exercises should I do in the evening?", "ines")
        return {
            "prompts": [prompt[0]["content"] for prompt in tutor.prompts],
            "known": [entry["memory"] for entry in memory.get_all(filters={"user_id": "ines"})["results"]],
        }
