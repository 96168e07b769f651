"""What the models are taught, and what is seen of the memory they read for."""

from graphmem import Change, Episode, Memory
from tests.model_server import fact

IN_LISBON = fact("the user", "lives_in", "Lisbon", "The user lives in Lisbon.", object_type="place")
AT_ACME = fact("the user", "works_at", "Acme", "The user works at Acme.", object_type="organisation")


def texts(memory: Memory) -> list[str]:
    return sorted(held.text for held in memory.facts(user_id="ada"))


def episode_of(memory: Memory, words: str) -> Episode:
    episodes = {
        hit.episode_id: memory.get(hit.episode_id, user_id="ada") for hit in memory.recall(words, user_id="ada")
    }
    [found] = [of for of in episodes.values() if isinstance(of, Episode) and words in of.text]
    return found


def reasons(changes: list[Change]) -> list[str]:
    return [change.reason or "" for change in changes if change.kind == "skipped"]
