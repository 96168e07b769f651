"""Chains of a chat world: which of their links stand as a triple between the right entities.

"My" in a question means who asks, so their name is one of its words. Between messages a speaker leads nowhere: whoever
tells of two things does not join them.
"""

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
    speaker: Words


def links(world: Mapping[str, Any], read: Mapping[str, Sequence[Claim]]) -> Iterator[Link]:
    """The links of the chains of a world, in which `read` says what each message gave."""
    messages = {message["id"]: message for message in world["messages"]}
    speakers = {message["speaker"] for message in world["messages"]}
    talking = _words(" ".join(speakers))
    said = {id_: _words_of(message, read.get(id_, ())) - talking for id_, message in messages.items()}
    for asked in world["questions"]:
        if not asked["kind"].startswith("chain"):
            continue
        users = [speaker for speaker in speakers if speaker.casefold() == world["user_id"]]
        asker = next(iter(users), messages[asked["evidence"][0]]["speaker"])  # of a team whoever tells of "our" things
        question = (
            asked["question"] if _FIRST.isdisjoint(asked["question"].split()) else f"{asker}: {asked['question']}"
        )
        sides = [_words(question), *(said[id_] for id_ in asked["evidence"]), _words(asked["answer"])]
        for number, id_ in enumerate(asked["evidence"], 1):
            yield Link(id_, sides[number - 1], sides[number + 1], _words(messages[id_]["speaker"]))


_FIRST = frozenset(("I", "my", "me", "our", "us", "we"))


def stands_as_triple(link: Link, claims: Sequence[Claim]) -> bool:
    """Whether a triple between two entities has one end on either side."""
    return any(_joins(one, other, link) for one, other in _ends(claims))


def stands_as_path(link: Link, claims: Sequence[Claim]) -> bool:
    """Whether the triples of the message lead from one side to the other, though not by way of who tells it: "her boy
    Yonas got into the Kestrels" leads from her to them over Yonas.
    """
    ends = _ends(claims)
    return stands_as_triple(link, claims) or any(
        _joins(one, far, link)
        for one, middle in _both_ways(ends)
        for near, far in _both_ways(ends)
        if middle == near and one != far and middle != link.speaker
    )


def _ends(claims: Sequence[Claim]) -> list[tuple[Words, Words]]:
    return [
        (_words(claim.subject.name), _words(claim.object.name))
        for claim in claims
        if claim.subject is not None and claim.predicate and isinstance(claim.object, Name)
    ]


def _both_ways(ends: Sequence[tuple[Words, Words]]) -> list[tuple[Words, Words]]:
    return [*ends, *((other, one) for one, other in ends)]


def stands_as_sentence(link: Link, claims: Sequence[Claim]) -> bool:
    """Whether one kept sentence has words of both sides."""
    return any(_words(claim.text) & link.before and _words(claim.text) & link.after for claim in claims)


def _joins(one: Words, other: Words, link: Link) -> bool:
    return bool((one & link.before and other & link.after) or (one & link.after and other & link.before))


def _words_of(message: Mapping[str, Any], claims: Sequence[Claim]) -> Words:
    named = [name.name for claim in claims for name in (claim.subject, claim.object) if isinstance(name, Name)]
    return _words(" ".join([message["speaker"], message["text"], *(claim.text for claim in claims), *named]))


def _words(text: str) -> Words:
    return frozenset(stems(text))
