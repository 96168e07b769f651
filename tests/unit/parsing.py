"""The language model, loaded once for all tests that read English."""

from functools import cache
from typing import TYPE_CHECKING

from graphmem.extraction.clauses import Clause, clauses
from graphmem.extraction.nodes import Node
from graphmem.extraction.parser import INSTALLED
from graphmem.extraction.tree import tree

if TYPE_CHECKING:
    from spacy.language import Language


@cache
def language() -> "Language":
    import spacy

    return spacy.load(next(name for name in INSTALLED if spacy.util.is_package(name)))


def parsed(text: str) -> list[Node]:
    return tree(language()(text))


def node(text: str, word: str) -> Node:
    return next(node for node in parsed(text) if node.text == word)


def clause(text: str, predicate: str) -> Clause:
    nodes = parsed(text)
    index = next(node.index for node in nodes if node.text == predicate)
    return clauses(nodes)[index]
