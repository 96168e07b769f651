"""What a language model is asked about messages: which go together, what it is shown, and how the prompt reads."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from graphmem.extraction import lexicons
from graphmem.extraction.told import Answered, ShownMessage
from graphmem.llm import asking
from graphmem.models import Episode, Fact
from graphmem.protocols import Prompt, Setting
from graphmem.recall import fence

TURNS = 20
"""Messages of one conversation that are asked about together."""

CHARACTERS = 12_000
"""Of one call: some 3,000 tokens, of which a model still reads every sentence. Longer texts go in parts."""

KNOWN = 20
"""Known facts that are shown beside them."""

ROOM = 4_000
"""Tokens for the answer: some forty facts."""

_CHAT = frozenset({"user", "assistant"})


def together(episodes: Sequence[Episode]) -> list[list[Episode]]:
    """Episodes in groups that are read together: up to 20 turns of one conversation in a row, a document alone."""
    groups: list[list[Episode]] = []
    for (_, _, is_chat), run in groupby(episodes, key=lambda of: (of.space, of.session, of.role in _CHAT)):
        group: list[Episode] = []
        size = 0
        for episode in run:
            is_full = len(group) == TURNS or size + len(episode.text) > CHARACTERS or not is_chat
            if group and is_full:
                groups.append(group)
                group, size = [], 0
            group.append(episode)
            size += len(episode.text)
        groups.append(group)
    return groups


def calls(episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[list[ShownMessage]]:
    """The messages of each call about a group: one, but for texts that are too long for it."""
    messages = [
        ShownMessage(episode, start, episode.text[start:end], setting.speaker)
        for episode, setting in zip(episodes, settings, strict=True)
        for start, end in _parts(episode.text)
    ]
    found: list[list[ShownMessage]] = []
    for message in messages:
        if found and sum(len(other.text) for other in found[-1]) + len(message.text) <= CHARACTERS:
            found[-1].append(message)
        else:
            found.append([message])
    return found


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """A text in parts of at most `CHARACTERS`, cut where a paragraph, a sentence or at least a word ends."""
    start = 0
    while len(text) - start > CHARACTERS:
        stretch = text[start : start + CHARACTERS]
        cut = next(
            (at + len(sign) for sign in ("\n\n", "\n", ". ", " ") if (at := stretch.rfind(sign)) > 0), CHARACTERS
        )
        yield start, start + cut
        start += cut
    if text[start:].strip() or start == 0:
        yield start, len(text)


def prompt(messages: Sequence[ShownMessage], known: Sequence[Fact], setting: Setting) -> Prompt:
    """What is asked about some messages, with what is known and what was said before beside them.

    Args:
        messages: Those of one call.
        known: Facts that it may name by number.
        setting: That of the first message.
    """
    lines: list[str] = []
    if known:
        lines += _fenced("KNOWN", [f"{number}. {_known(fact)}" for number, fact in enumerate(known, 1)])
    if messages[0].episode.title:
        lines.append(f"TITLE {_line(messages[0].episode.title)}")
    if setting.addressee and len({message.speaker for message in messages}) == 1:
        lines.append(f"The speaker talks to {_line(setting.addressee)}.")
    if setting.before:
        lines += _fenced("BEFORE", [_told(turn, of.speaker, turn.text) for turn, of in setting.before])
    numbered = [f"[{number}] {_told(of.episode, of.speaker, of.text)}" for number, of in enumerate(messages)]
    lines += _fenced("MESSAGES", numbered)
    return Prompt("extract", _instructions(), "\n".join(lines), _schema(), ROOM)


def version() -> str:
    """Which version of the prompt it is: kept in the history of what was read with it."""
    return asking.digest("extract", _relations())


@cache
def _instructions() -> str:
    return asking.instructions("extract").replace("{relations}", _relations())


@cache
def _relations() -> str:
    """The relations that rules know something about: those with one value at a time, opposites, and what lasts."""
    known = lexicons.words("functional", "lasting") | set(lexicons.pairs("phrases"))
    return ", ".join(sorted(relation for relation in known if " " not in relation and relation != "is"))


@cache
def _schema() -> dict[str, object]:
    return dict(asking.strict_schema(Answered))


def _fenced(heading: str, lines: Sequence[str]) -> list[str]:
    opening, closing = fence.marks()
    return [heading, opening, *lines, closing]


def _known(fact: Fact) -> str:
    since = f" (since {fact.valid_from:%Y-%m-%d})" if fact.valid_from else ""
    return f"{_line(fact.text)}{since}"


def _told(episode: Episode, speaker: str, text: str) -> str:
    who = "" if episode.role == "document" else f"{_line(speaker)}, "
    return f"{who}{episode.said_at:%A %Y-%m-%d}: {fence.defused(text)}"


def _line(text: str) -> str:
    return fence.defused(" ".join(text.split()))
