"""What of an episode is parsed, piece by piece, who says each piece, and what is left unread, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphmem.extraction.sentences import left_out, speakers, spoken_words, units
from graphmem.extraction.unread import why_unread
from graphmem.protocols import PassedOver

_FORWARDED = re.compile(
    r"^\W*(?:forwarded message|fwd?:|from:.*\n(?:(?:to|cc|sent|date):.*\n)*subject:)", re.IGNORECASE | re.MULTILINE
)
"""What stands above the words of another in a message that passes them on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `[start, end)` of an episode. `spoken_by` is set in a record of a talk pasted into one message,
    `is_quoted` where others are quoted without saying whom: behind ">", or in what was forwarded.
    """

    start: int
    end: int
    spoken_by: str | None = None
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is parsed of an episode, and what is not."""

    read: tuple[Piece, ...]
    unread: tuple[PassedOver, ...]


def pieces(text: str, clean: str, *, is_document: bool, without: Sequence[tuple[int, int]] = ()) -> Pieces:
    """Cut an episode.

    Args:
        text: As it was said.
        clean: The same as the parser likes it, character for character.
        is_document: Whether it is read by paragraphs, or by lines.
        without: Lines that are read elsewhere, such as tables.
    """
    stretches = [(start, end) for start, end in units(text, is_document=is_document, without=without)]
    unread = [PassedOver(*of) for of in left_out(text, stretches)]
    read: list[Piece] = []
    voices = [None] * len(stretches) if is_document else speakers([clean[start:end] for start, end in stretches])
    passed_on = None if is_document else _FORWARDED.search(text)
    quoted_from = passed_on.start() if passed_on is not None else len(text)
    for (start, end), voice in zip(stretches, voices, strict=True):
        if not clean[start:end].strip():
            continue
        reason = why_unread(clean[start:end])
        if reason is None:
            begin = spoken_words(clean, start, end) if voice else start
            is_quoted = not is_document and (start >= quoted_from or _is_behind_mark(text, start))
            read.append(Piece(begin, end, voice, is_quoted=is_quoted))
        else:
            unread.append(PassedOver(start, end, reason))
    return Pieces(tuple(read), tuple(sorted(unread, key=lambda of: of.start)))


def _is_behind_mark(text: str, start: int) -> bool:
    """Whether the line begins with ">"."""
    return text[text.rfind("\n", 0, start) + 1 : start + 1].lstrip().startswith(">")
