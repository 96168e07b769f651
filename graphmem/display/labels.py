"""Remembered text as something to show: on one line, without what would steer a page, cut where there is no room."""

import re
import unicodedata

# XML forbids most control characters and halves of surrogate pairs: a title that holds one makes a picture that no
# browser opens. Marks of direction reach beyond the text they stand in; each text has a direction of its own instead.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LETTER = 0.56  # widths in units of the font size, on the generous side: which font it will be is not known
CAPITAL = 0.70
WIDE = 1.05


def plain(text: str) -> str:
    """Text on one line, without marks of direction; a control character is shown as �."""
    return " ".join(_CONTROL.sub("�", _DIRECTION.sub("", text)).split())


def cut(text: str, length: int) -> str:
    """Text of at most `length` characters, cut at a word where one ends near."""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    word_end = kept.rfind(" ")
    return (kept[:word_end] if word_end > length * 0.6 else kept).rstrip(" .,;:·") + "…"


def width(text: str, size: float) -> float:
    """About how wide a line of text is, in the unit of `size`, the size of its font."""
    return size * sum(map(_advance, text))


def _advance(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return WIDE
    return CAPITAL if letter.isupper() or letter in "mwMW@%—" else LETTER


def lines(text: str, *, size: float, room: float, most: int) -> list[str]:
    """Text in at most `most` lines that are no wider than `room`; the last one ends in … where text is left."""
    done: list[str] = []
    rest = text
    while rest and len(done) < most:
        end = _fits(rest, size, room)
        if end < len(rest):
            space = rest.rfind(" ", 0, end + 1)
            end = space if space > 0 else end
        done.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        last = done[-1]
        while width(last + "…", size) > room and last:
            last = last[:-1]
        done[-1] = last.rstrip() + "…"
    return done


def _fits(text: str, size: float, room: float) -> int:
    """How many characters of a text fit into a line, at least one."""
    taken = 0.0
    for number, letter in enumerate(text):
        taken += size * _advance(letter)
        if taken > room and number:
            return number
    return len(text)
