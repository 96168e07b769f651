"""Reads the node and relationship patterns of a statement, as far as tests need: no parser, and no server."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

STORE_WIDE = {
    "browser/schema": "which kinds of nodes there are",
    "read/clock": "the server's own clock",
    "read/indexes": "the indexes of the whole store",
    "read/server": "the server, not what it holds",
    "read/due": "of which spaces something is over: their keys alone",
    "read/sessions": "which spaces there are below one: their keys alone",
    "read/spaces": "which spaces there are: their keys and sizes alone",
    "read/texts_of_episodes": "every text of the store, for whoever runs it and embeds all anew",
    "read/texts_of_facts": "every text of the store, for whoever runs it and embeds all anew",
    "read/without_new_vector": "whether anything anywhere is not embedded anew yet",
    "write/drop_kept_vectors": "every vector that was put aside",
    "write/exchange_vectors_of_episodes": "every vector that was put aside",
    "write/exchange_vectors_of_facts": "every vector that was put aside",
}
"""Files that are about the store itself, and why that shows nobody what is another's."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node pattern with a label. `is_start` unless a relationship or a group leads to it."""

    name: str
    text: str
    place: int
    is_start: bool


def labelled_nodes(code: str) -> Iterator[Node]:
    for found in re.finditer(r"\(\s*(\w*)\s*:\s*[A-Z]\w*", code):
        before = code[: found.start()].rstrip()[-1:]
        yield Node(found[1], enclosed(code, found.start()), found.start(), is_start=before not in set("->()}+*"))


def enclosed(code: str, start: int) -> str:
    """The text from a bracket to the one that closes it."""
    depth = 0
    for place in range(start, len(code)):
        depth += (code[place] in "([{") - (code[place] in ")]}")
        if depth == 0:
            return code[start : place + 1]
    raise AssertionError(f"a bracket is never closed: {code[start:]}")


def unguarded(code: str) -> Iterator[str]:
    """The patterns of a statement that nothing restricts to a space, as they are written."""
    for node in labelled_nodes(code):
        is_new = re.search(r"\bCREATE\s*$", code[: node.place])
        if not is_new and not is_guarded(node.text, code[: node.place]) and not is_searched(node, code):
            yield node.text
    yield from unguarded_starts(code)
    for found in re.finditer(r"\[\s*\w*\s*:\s*REL\b", code):
        pattern = enclosed(code, found.start())
        is_new = "CREATE" in re.split(r"\b(?=MATCH|CREATE|MERGE|WITH)", code[: found.start()])[-1]
        if not is_new and not is_guarded(pattern, code[: found.start()]):
            yield pattern
    for found in re.finditer(r"CALL db\.index\.\S+\.query\w+\([^)]*\)\s*(YIELD node(?: AS (\w+))?)", code):
        name = found[2] or "node"
        if not re.search(rf"WHERE {name}\.space (= |IN \$spaces\b)", code[found.end() :]):
            yield found[1]


def unguarded_starts(code: str) -> Iterator[str]:
    """Patterns that start anywhere: at a node without a label that nothing has named before."""
    for found in re.finditer(r"\b(?:MATCH|MERGE)\s+(?:\w+ = )?(\(\s*(\w*)\s*[){W])", code):
        before, name = code[: found.start(1)], found[2]
        if name and re.search(rf"\b{name}\b", before):
            continue
        pattern = re.split(r"\b(?:WHERE|RETURN|WITH|SET|MATCH|CALL)\b", code[found.start(1) :])[0]
        if not is_guarded(pattern, before):
            yield enclosed(code, found.start(1))


def is_guarded(pattern: str, before: str) -> bool:
    """Whether a pattern says its space, and that comes from a parameter or from what was named before."""
    values = re.findall(r"(?:\{|,)\s*space: ([$\w.']+)|\b\w+\.space = ([$\w.']+)", pattern)
    return any(is_given(one or other, before, pattern) for one, other in values)


def is_given(value: str, before: str, pattern: str) -> bool:
    if value == "''":  # the store's own node, which is nobody's
        return ":Meta " in pattern
    if value == "space":
        return re.search(r"\$spaces AS space\b", before) is not None
    if value == "$space":
        return True
    name = value.removesuffix(".space")
    return name != value and re.search(rf"\b{name}\b", before) is not None


def is_searched(node: Node, code: str) -> bool:
    """Whether a vector search finds the node, and is itself restricted to a space."""
    found = re.match(rf"\s*SEARCH {node.name} IN \(", code[node.place + len(node.text) :])
    if not found:
        return False
    search = enclosed(code, node.place + len(node.text) + found.end() - 1)
    return re.search(rf"\bWHERE {node.name}\.space = [$\w.]+", search) is not None
