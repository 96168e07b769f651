"""English time expressions as intervals of days, read against the day on which they were said.

Always an interval and a grain, never a bare point: "two weeks ago" is a week, "in March" a month, "since 2016" is open.
"""

from bisect import bisect
from dataclasses import dataclass, replace
from datetime import date

from graphmem.extraction.date_rules import RULES
from graphmem.extraction.intervals import Grain, Interval
from graphmem.extraction.time_said import Said
from graphmem.extraction.timewords import SINCE, STARTING, UNTIL


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A time expression: characters `[start_char, end_char)` of a text, and the days from `start` to `end`, included.

    An open side is None.
    """

    start_char: int
    end_char: int
    text: str
    start: date | None
    end: date | None
    grain: Grain


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def find(text: str, said_on: date, *, past: bool | None = None) -> list[DateSpan]:
    """Return the time expressions of a text in order of appearance, never overlapping.

    Args:
        text: Any text; a sentence or a clause, as it is read in one tense. Time grows with its length.
        said_on: The day it was said or written, where the speaker was.
        past: Whether its verb is in the past ("We met on Friday"), if known: False looks ahead, None takes the year or
            the week as it stands.

    Returns:
        Days, both ends included, an open end None. What would lie outside the years 1 to 9999 is left out.
    """
    on = date(said_on.year, said_on.month, said_on.day)  # a datetime is a date too, but does not compare with one
    lower = text.translate(_LOWER)  # unlike lower(), this keeps every character in its place
    found: list[DateSpan] = []
    for pattern, read in RULES:
        for match in pattern.finditer(lower):
            begin, end = match.span()
            at = bisect(found, begin, key=lambda span: span.start_char)
            if (at and found[at - 1].end_char > begin) or (at < len(found) and found[at].start_char < end):
                continue
            said = Said(match, text, on, past)
            if said["edge"] in SINCE:
                said = replace(said, past=True)
            try:
                interval = read(said)
            except (ValueError, OverflowError):  # 31 June; a year before the first
                continue
            if interval is not None:
                found.insert(at, DateSpan(begin, end, text[begin:end], *_opened(interval, said["edge"])))
    return found


def _opened(interval: Interval, edge: str) -> Interval:
    if edge in SINCE | STARTING or (edge == "from" and interval.grain == "day"):
        return interval._replace(end=None)
    return interval._replace(start=None) if edge in UNTIL else interval
