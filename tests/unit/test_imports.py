"""Imports point inwards: a module knows those of its own ring and of the rings inside it, never one further out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "graphmem"

RINGS = [
    {
        "errors",
        "models",
        "scope",
        "moment",
        "listing",
        "difference",
        "_colour",
        "_progress",
        "counted",
        "first_use",
        "forking",
    },
    {"protocols", "config", "words", "queries", "filters"},
    {
        *("stores", "extraction", "llm", "embedding", "recall", "indexing", "forgetting"),
        *("reconcile", "comparing", "endings", "paging"),
    },
    {"writing", "portable"},
    {"carrying", "amending", "moving"},
    {"answering", "summarising", "connecting", "sifting"},
    {"engine"},
    {"sessions", "session"},
    {"handle"},
    {"corrections", "files", "layers"},
    {"overviews"},
    {"memory"},
    {"async_memory"},
    {"sources"},
    {"server", "cli", "doctor", "demo", "compat", "integrations", "display", "testing", "mcp", "__init__", "__main__"},
]
RING = {name: number for number, ring in enumerate(RINGS) for name in ring}

# Methods of a Recall may draw or write themselves, and a fact tells what it is about: what does it is imported there.
WITHIN_METHODS = {("models", "recall"), ("models", "display"), ("listing", "display"), ("models", "extraction")}

MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """Return the name under `graphmem` that a file belongs to: `recall` for graphmem/recall/walk.py."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each part of graphmem that a file imports, and whether it does so within a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    within = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        for name in imported_names(node):
            package, _, rest = name.partition(".")
            if package == "graphmem":
                yield rest.partition(".")[0] or "__init__", id(node) in within


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are written out in full"
        if node.module == "graphmem":  # `from graphmem import errors` names a module, or a public name of __init__
            return [f"graphmem.{alias.name}" if alias.name in RING else "graphmem" for alias in node.names]
        return [node.module or ""]
    return []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_nothing_further_out(path: Path) -> None:
    here = part_of(path)
    assert here in RING, f"{here} has no ring yet: say above where it stands"
    for there, is_within in imports(path):
        if not (is_within and (here, there) in WITHIN_METHODS):
            assert RING[there] <= RING[here], f"{here} imports {there}"
