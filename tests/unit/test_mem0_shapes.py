"""What Mem0's calls take is taken, and what they give is given: names and types as `./run bench mem0_shapes` found them
in the package itself.
"""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks._mem0_calls import differences, shapes
from graphmem.compat import mem0

KNOWN: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "mem0.json").read_text(encoding="utf-8"))
NOT_THERE = {
    *("chat", "feedback", "get_summary", "get_project", "update_project"),
    *("create_memory_export", "get_memory_export"),
    *("create_webhook", "delete_webhook", "get_webhooks", "update_webhook"),
    *("generate_profile", "get_profile", "get_profile_job", "get_profile_settings"),
    *("sample_profiles", "update_profile_settings"),
}
"""Of the hosted clients; docs/coming_from_mem0.md says so."""
CALLS = [
    pytest.param(of, name, id=f"{of}.{name}")
    for of, calls in KNOWN["signatures"].items()
    for name in calls
    if not (of.endswith("Client") and name in NOT_THERE)
]


@pytest.mark.parametrize(("of", "name"), CALLS)
def test_a_call_takes_what_mem0_takes(of: str, name: str) -> None:
    ours = inspect.signature(getattr(getattr(mem0, of), name)).parameters
    takes_all = any(parameter.kind == parameter.VAR_KEYWORD for parameter in ours.values())
    assert takes_all or set(KNOWN["signatures"][of][name]) <= set(ours)


@pytest.mark.parametrize("of", ["Memory", "MemoryClient"])
def test_what_awaits_takes_what_calls_takes_and_is_told_the_same(of: str) -> None:
    calls, awaits = getattr(mem0, of), getattr(mem0, f"Async{of}")
    for name, call in inspect.getmembers(calls, inspect.isfunction):
        if name.startswith("_"):
            continue
        twin = getattr(awaits, name)
        assert inspect.signature(twin).parameters == inspect.signature(call).parameters, name
        assert inspect.getdoc(twin), name
        if name != "close":
            assert inspect.iscoroutinefunction(twin), name
            assert inspect.getdoc(twin) == inspect.getdoc(call), name


@pytest.mark.filterwarnings("ignore::graphmem.compat.mem0.Mem0Difference")
def test_a_call_gives_what_mem0_gives() -> None:
    with mem0.Memory({"vector_store": {"config": {"path": ":memory:"}}}) as memory:
        ours = shapes(memory)
    assert set(ours) == set(KNOWN["shapes"])
    found = {call: differences(given, ours[call]) for call, given in KNOWN["shapes"].items()}
    assert {call: differing for call, differing in found.items() if differing} == {}
