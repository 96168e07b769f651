"""Writers that come in between, threads and interruptions: nothing is lost, nothing is half there."""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from graphmem import Memory
from graphmem.models import Change
from graphmem.protocols import Draft
from graphmem.stores.embedded import EmbeddedStore

CITIES = ("Porto", "Lisbon", "Oslo", "Rome", "Paris", "Madrid", "Berlin", "Vienna")


class Contested(EmbeddedStore):
    """A store where others get in first, again and again."""

    before = 0
    other: Memory

    async def write(self, draft: Draft) -> list[Change]:
        if self.before:
            self.before -= 1
            self.other.add(f"I moved to {CITIES[self.before]}.", user_id="ada")
        return await super().write(draft)


def homes(memory: Memory) -> list[str | None]:
    return [fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")]


def test_a_write_that_others_overtake_many_times_arrives_all_the_same(tmp_path: Path) -> None:
    store = Contested(tmp_path / "memory.db")
    with Memory(store) as memory, Memory(tmp_path / "memory.db") as store.other:
        memory.add("I live in Turin.", user_id="ada")
        store.before = 6
        memory.add("I moved to Vienna.", user_id="ada")
        assert homes(memory) == ["Porto"]  # said last, by one of the others
        assert memory.stats(user_id="ada").episodes == 8


def test_an_entity_forgotten_while_something_is_said_of_it_is_met_anew(tmp_path: Path) -> None:
    class Forgetful(Contested):
        async def write(self, draft: Draft) -> list[Change]:
            if self.before:
                self.before -= 1
                self.other.forget(user_id="ada", entity="Acme")
            return await super().write(draft)

    store = Forgetful(tmp_path / "memory.db")
    with Memory(store) as memory, Memory(tmp_path / "memory.db") as store.other:
        memory.add("Ann saw Acme burn.", user_id="ada")
        store.before = 1
        memory.add("Ben visited Acme in Rome.", user_id="ada")
        assert "Ben" in str(memory.recall("Who visited Acme?", user_id="ada"))


def test_threads_that_change_one_persons_home_leave_one_home_and_every_word(memory: Memory) -> None:
    memory.add("I live in Turin.", user_id="ada")

    def move(start: int) -> None:
        for step in range(6):
            memory.add(f"I moved to {CITIES[(start * 3 + step) % len(CITIES)]}.", user_id="ada")

    threads = [threading.Thread(target=move, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memory.stats(user_id="ada").episodes == 25
    assert len(homes(memory)) == 1


def test_an_interruption_loses_nothing_of_what_was_reported(memory: Memory) -> None:
    def told(stop: int | None = None) -> Iterator[Mapping[str, object]]:
        for number in range(150):
            if number == stop:
                raise KeyboardInterrupt
            yield {"text": f"Ann counts {number} birds.", "source_id": str(number)}

    with pytest.raises(KeyboardInterrupt):
        memory.add_many(told(stop=100), user_id="ada")
    assert memory.stats(user_id="ada").episodes == 64
    again = memory.add_many(told(), user_id="ada")
    assert (again.episodes, again.known) == (86, 64)
