"""The same calls on Mem0 and on graphmem's face of it, and what they take and give: names and types, no values.

It runs in Mem0's environment too, and imports nothing but what Python has.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Shape = dict[str, Any]
"""By call: of each mapping in what it gives, the types of its fields."""

CLASSES = ("Memory", "AsyncMemory", "MemoryClient", "AsyncMemoryClient")
SAID = [
    {"role": "user", "content": "My sister Bea works at Acme.", "name": "ada"},
    {"role": "assistant", "content": "Good to know."},
]


def signatures(module: object) -> dict[str, dict[str, list[str]]]:
    """By class and call, what a call may be given by name."""
    return {
        of: {
            name: [each for each in inspect.signature(call).parameters if each not in ("self", "kwargs", "others")]
            for name, call in inspect.getmembers(getattr(module, of), callable)
            if not name.startswith("_") or name == "__init__"
        }
        for of in CLASSES
    }


def shapes(memory: Any) -> Shape:  # a Memory of either
    """Make every call, and tell the shape of what it gives."""
    told: Shape = {}

    def give(name: str, value: Any) -> Any:
        told[name] = shape(value)
        return value

    give("add", memory.add(SAID, user_id="ada", metadata={"from": "mail"}))
    raw = give("add infer=False", memory.add(SAID, user_id="ada", agent_id="tutor", run_id="one", infer=False))
    memory_id = raw["results"][0]["id"]
    give("get", memory.get(memory_id))
    give("get unknown", memory.get("00000000-0000-0000-0000-000000000000"))
    give("get_all", memory.get_all(filters={"user_id": "ada"}))
    give("search", memory.search("Where does Bea work?", filters={"user_id": "ada"}))
    give("search nobody", memory.search("Where does Bea work?", filters={"user_id": "nobody"}))
    give("update", memory.update(memory_id, "My sister Bea works at Globex."))
    give("history", memory.history(memory_id))
    give("delete", memory.delete(memory_id))
    give("history of what is deleted", memory.history(memory_id))
    give("delete_all", memory.delete_all(user_id="ada"))
    give("reset", memory.reset())
    for name, call in REFUSED.items():
        told[name] = refusal(lambda call=call: call(memory))
    return told


REFUSED: Mapping[str, Callable[[Any], object]] = {
    "add for nobody": lambda memory: memory.add("x"),
    "search for nobody": lambda memory: memory.search("x"),
    "get_all for nobody": lambda memory: memory.get_all(),
    "delete_all of nobody": lambda memory: memory.delete_all(),
    "search for nothing": lambda memory: memory.search(" ", filters={"user_id": "ada"}),
    "search for fewer than none": lambda memory: memory.search("x", filters={"user_id": "ada"}, top_k=-1),
    "add no text": lambda memory: memory.add(None, user_id="ada"),
    "update unknown": lambda memory: memory.update("00000000-0000-0000-0000-000000000000", "x"),
    "delete unknown": lambda memory: memory.delete("00000000-0000-0000-0000-000000000000"),
}


def refusal(call: Callable[[], object]) -> str:
    """What a program may catch."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return "ValueError" if isinstance(error, ValueError) else "Exception"
    return "nothing"


def shape(value: Any) -> Any:
    """Types instead of values; of a list, those of all its items together."""
    if isinstance(value, Mapping):
        return {str(name): shape(of) if name != "metadata" else _type(of) for name, of in value.items()}
    if isinstance(value, list):
        return [_together(map(shape, value))] if value else []
    return _type(value)


def _together(shapes: Iterable[Any]) -> Any:
    joined: Any = None
    for each in shapes:
        if isinstance(each, dict) and isinstance(joined, dict):
            for name, of in each.items():
                joined[name] = of if joined.get(name, "NoneType") == "NoneType" else joined[name]
        else:
            joined = each
    return joined


def _type(value: object) -> str:
    return type(value).__name__


def differences(theirs: Any, ours: Any, place: str = "") -> list[str]:
    """Fields of theirs that ours lacks, or has of another type. A field that may be None is of any type."""
    if isinstance(theirs, Mapping):
        if not isinstance(ours, Mapping):
            return [f"{place or 'it'} is {ours}, not a mapping"]
        missing = [f"{place}{name} is missing" for name in theirs if name not in ours]
        return missing + [
            each for name in theirs if name in ours for each in differences(theirs[name], ours[name], f"{place}{name}.")
        ]
    if isinstance(theirs, list):
        if not isinstance(ours, list):
            return [f"{place} is {ours}, not a list"]
        return differences(theirs[0], ours[0], place) if theirs and ours else []
    if theirs == "Exception" and ours == "ValueError":
        return []  # every program that catches the one catches the other
    return [] if "NoneType" in (theirs, ours) or theirs == ours else [f"{place.rstrip('.')} is {ours}, not {theirs}"]
