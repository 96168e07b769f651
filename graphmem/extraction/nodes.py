"""Words as nodes of a tree: what hangs below what, and in which role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SUBJECT_ROLES = ("nsubj", "nsubj:pass", "csubj", "csubj:pass")
RELATIVE = "acl:relcl"
CLAUSE_ROLES = frozenset({RELATIVE, "acl", "advcl", "parataxis", "ccomp", "csubj", "discourse", "vocative"})


@dataclass(slots=True, eq=False)
class Node:
    """A word in the tree. `start` is its first character in the text that was parsed, `entity` what kind of name it
    belongs to ("" for none), `continues_name` whether that name began before it, `space` whether a blank follows.
    """

    index: int
    text: str
    lower: str
    lemma: str
    pos: str
    tag: str
    entity: str
    start: int
    space: bool
    continues_name: bool
    role: str
    head: Node | None = None
    children: list[Node] = field(default_factory=list["Node"])

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + len(self.text)

    def all(self, *roles: str) -> list[Node]:
        """The children in these roles, in order."""
        return [child for child in self.children if child.role in roles]

    def first(self, *roles: str) -> Node | None:
        """The first child in one of these roles."""
        return next((child for child in self.children if child.role in roles), None)

    @property
    def subtree(self) -> list[Node]:
        """The node and everything below it, in the order of the text."""
        return sorted(self.below(), key=lambda node: node.index)

    def below(self) -> Iterator[Node]:
        """The node and everything below it, in no order."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)

    @property
    def prepositions(self) -> list[Node]:
        """The words that mark its place in the clause: "in" of "in Porto", "because", "of" of "because of rain"."""
        return [child for child in self.children if child.role == "case" and child.index < self.index]

    @property
    def preposition(self) -> str:
        """Those words as text, empty where there are none."""
        return " ".join(word.lower for word in self.prepositions)

    @property
    def markers(self) -> list[str]:
        """The words that open it as a clause: "to", "that", "if"."""
        return [child.lower for child in self.children if child.role == "mark"]

    @property
    def owner(self) -> Node | None:
        """Whose it is: "my" of "my sister"."""
        return self.first("nmod:poss")

    @property
    def particle(self) -> str:
        """The particle of a phrasal verb: "up" of "gave up"."""
        return " ".join(child.lower for child in self.all("compound:prt"))

    @property
    def auxiliaries(self) -> list[Node]:
        """Its auxiliary verbs, in order."""
        return self.all("aux", "aux:pass")

    @property
    def is_nominal(self) -> bool:
        """Whether it can stand for a thing."""
        return self.pos in {"NOUN", "PROPN", "PRON", "NUM", "ADJ", "X", "SYM"}

    def ancestors(self) -> Iterator[Node]:
        """Its head, the head's head, and so on."""
        node = self.head
        while node is not None:
            yield node
            node = node.head

    def __repr__(self) -> str:
        return f"{self.text}/{self.role}"


def coordinated(node: Node) -> list[Node]:
    """The node and what is joined to it by "and": things, not clauses; nothing denied ("Polish but not Russian")."""
    found = [node]
    for other in node.all("conj"):
        is_denied = any(child.role == "advmod" and child.lower == "not" for child in other.children)
        if other.is_nominal and not is_denied and not other.first("cop", *SUBJECT_ROLES):
            found += coordinated(other)
    return found


def words_of(nodes: Iterable[Node]) -> str:
    """The nodes as text, in their order in the sentence, one blank where one or more stood."""
    ordered = sorted(nodes, key=lambda node: node.index)
    pieces: list[str] = []
    for node, following in zip(ordered, [*ordered[1:], None], strict=True):
        pieces.append(node.text)
        if following is not None and (node.space or following.index != node.index + 1):
            pieces.append(" ")
    return "".join(pieces).strip()


def attach(node: Node, head: Node | None) -> None:
    """Let a node hang below another one, or below none."""
    if node.head is not None:
        node.head.children.remove(node)
    node.head = head
    if head is not None:
        head.children.append(node)
