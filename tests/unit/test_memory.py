import inspect

import pytest

from graphmem import AsyncMemory, Memory

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
