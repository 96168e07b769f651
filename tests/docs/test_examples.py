"""Examples in docstrings run, and print what they say."""

import doctest
from importlib import import_module

import pytest

from graphmem import Memory

MODULES = [
    "memory",
    "compat.mem0",
    "compat.mem0.memory",
    "compat.mem0.client",
    "words",
    "extraction.names",
    "extraction.lexicons",
]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_print_what_they_say(module: str) -> None:
    with Memory(":memory:") as memory:
        result = doctest.testmod(import_module(f"graphmem.{module}"), extraglobs={"memory": memory})
    assert result.attempted
    assert result.failed == 0
