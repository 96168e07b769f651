import inspect

import pytest

from graphmem import AsyncMemory, Memory
from graphmem.protocols import Known, Question, Slot
from graphmem.stores.embedded import EmbeddedStore

VERBS = [name for name, _ in inspect.getmembers(Memory, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("verb", VERBS)
def test_both_memories_have_the_same_verbs_told_the_same_way(verb: str) -> None:
    plain, awaited = getattr(Memory, verb), getattr(AsyncMemory, verb)
    assert inspect.signature(plain).parameters == inspect.signature(awaited).parameters
    assert inspect.getdoc(plain) == inspect.getdoc(awaited)
    assert inspect.iscoroutinefunction(awaited) == (verb not in ("scoped", "session"))


def test_there_is_no_verb_on_one_side_only() -> None:
    awaited = [name for name, _ in inspect.getmembers(AsyncMemory, inspect.isfunction) if not name.startswith("_")]
    assert awaited == VERBS


class Counting(EmbeddedStore):
    """Counts what it is asked before something is written."""

    asked = 0

    async def known(self, question: Question) -> Known:
        self.asked += 1
        return await super().known(question)


def test_of_a_text_that_says_no_fact_the_store_is_asked_once() -> None:
    store = Counting(":memory:")
    with Memory(store, extractor="none") as memory:
        for text in ("Kim likes tea.", "Kim moved."):
            memory.add(text, user_id="ada", source_id=text)
    assert store.asked == 2


def test_an_answer_serves_what_asks_for_no_more_of_it() -> None:
    ada, bob = ("org=a/user=ada", "ada"), ("org=a/user=ada", "bob")
    asked = Question(keys=(ada, bob), selves=("org=a/user=ada",), rejections=(ada,))
    assert asked.covers(Question(keys=(bob,)))
    assert asked.covers(Question())
    assert not asked.covers(Question(keys=(bob,), statements=(bob,)))
    assert not Question(keys=(bob,)).covers(asked)


def test_slots_are_asked_for_again_as_they_may_be_meant_as_of_another_moment() -> None:
    asked = Question(slots=(Slot("org=a/user=ada", "lives_in", subject="ada"),))
    assert not asked.covers(asked)
