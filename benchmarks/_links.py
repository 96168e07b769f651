"""Chains of a chat world: which of their links stand as a triple between the right entities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphmem.protocols import Claim, Name
from graphmem.words import stems

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Link:
    """One message of a chain with the words it shares with either side.

    What stands before it is the question, or the message before it; what comes after, the next message or the answer.
    """

    message: str
    before: Words
    after: Words


def links(world: Mapping[str, Any], read: Mapping[str, Sequence[Claim]]) -> Iterator[Link]:
    """The links of the chains of a world, in which `read` says what each message gave."""
    said = {message["id"]: _words_of(message, read.get(message["id"], ())) for message in world["messages"]}
    for asked in world["questions"]:
        if not asked["kind"].startswith("chain"):
            continue
        sides = [_words(asked["question"]), *(said[id_] for id_ in asked["evidence"]), _words(asked["answer"])]
        for number, id_ in enumerate(asked["evidence"], 1):
            yield Link(id_, sides[number - 1], sides[number + 1])


def stands_as_triple(link: Link, claims: Sequence[Claim]) -> bool:
    """Whether a triple between two entities has one end on either side."""
    return any(
        _joins(_words(claim.subject.name), _words(claim.object.name), link)
        for claim in claims
        if claim.subject is not None and claim.predicate and isinstance(claim.object, Name)
    )


def stands_as_sentence(link: Link, claims: Sequence[Claim]) -> bool:
    """Whether one kept sentence has words of both sides."""
    return any(_words(claim.text) & link.before and _words(claim.text) & link.after for claim in claims)


def _joins(one: Words, other: Words, link: Link) -> bool:
    return bool((one & link.before and other & link.after) or (one & link.after and other & link.before))


def _words_of(message: Mapping[str, Any], claims: Sequence[Claim]) -> Words:
    return _words(" ".join([message["speaker"], message["text"], *(claim.text for claim in claims)]))


def _words(text: str) -> Words:
    return frozenset(stems(text))
