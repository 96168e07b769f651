"""How English writes and says time: the words, and patterns made of them.

In a pattern a space stands for any white space (`graphmem.extraction.date_rules.rule` sees to that), and letters are in
lower case. Groups are named after the table they look up.
"""

import re
from collections.abc import Iterable

from graphmem.extraction.intervals import DAYS_IN, HOURS_IN, MONTHS_IN


def _numbered(words: str, first: int) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), first)}


def _with_short_forms(names: dict[str, int]) -> dict[str, int]:
    return names | {name[:3]: number for name, number in names.items()}


MONTH_NAMES = _numbered("january february march april may june july august september october november december", 1)
MONTHS = _with_short_forms(MONTH_NAMES) | {"sept": 9}
WEEKDAYS = _with_short_forms(_numbered("monday tuesday wednesday thursday friday saturday sunday", 0)) | {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
ALSO_WORDS = {"may", "march", "mar", "mon", "wed", "sat", "sun"}
"""Ordinary words in lower case, which need their capital where the words around them do not settle it."""
ALSO_PEOPLE = {"april", "may", "june", "august", "jan"}
"""Names as well: "made by June" is no date."""
NAMED_WEEKDAYS = "black good ash easter palm cyber every each".split()
"""Before a weekday: a feast or a habit, not the day nearest by."""

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month each begins in, on the northern half."""
HOLIDAYS = {
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "new year": (1, 1),
    "valentine's day": (2, 14),
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
}
"""Month and day."""
NEAR_DAYS = {
    "the day before yesterday": -2,
    "yesterday": -1,
    "today": 0,
    "tonight": 0,
    "right now": 0,
    "just now": 0,
    "tomorrow": 1,
    "the day after tomorrow": 2,
}
TIMES_OF_DAY = {"morning", "afternoon", "evening", "night"}

_ONES = _numbered("one two three four five six seven eight nine", 1)
_TEENS = _numbered("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
_COUPLES = {"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "couple of": 2, "couple": 2}
TENS = {
    word: 10 * number for word, number in _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 2).items()
}
NUMBERS = _ONES | _TEENS | TENS | _COUPLES
VAGUE_NUMBERS = {"a few": (2, 5), "few": (2, 5), "some": (2, 5), "several": (3, 7), "many": (5, 20)}
"""The least and the most that people mean by them."""
ORDINALS = _numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first",
    1,
)

LAST = {"last", "past", "previous", "this past"}
THIS = {"this"}
NEXT = {"next", "coming", "upcoming", "this coming"}
SINCE = {"since", "ever since"}
STARTING = {"starting", "as of"}
UNTIL = {"until", "till", "up to"}
IN = {"in", "back in", "during", "by", "from", "around", "through"}
ON = {"on", "by", "from", "for"}
ELSEWHERE = {"at", "of", "over"}

COUNTED = "people men women dollars euros pounds percent miles km metres meters feet words pages times days".split()
"""After a number like 1500 they show that it is no year."""
PLAIN_WORDS_IN_S = "his was is as this its has does".split()
"""No plurals, though they end like one."""
NOT_DAYS = "floor street avenue century day anniversary birthday hole page attempt time place".split()
"""After "the 20th" they show that it is no day of a month."""


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of these words, longer ones first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word))).replace("'", "['’]")


def again(pattern: str) -> str:
    """Return the pattern with its groups renamed, for use beside itself: `month` becomes `month2`."""
    return re.sub(r"\?P<(\w+)>", r"?P<\g<1>2>", pattern)


def _edge(words: Iterable[str]) -> str:
    return rf"(?:(?P<edge>{any_of(words)}) )"


EDGE = _edge(SINCE | STARTING | UNTIL | IN | ON | ELSEWHERE)
EDGE_OF_PERIOD = _edge(SINCE | STARTING | UNTIL | IN)
EDGE_OF_DAY = _edge(SINCE | STARTING | UNTIL | ON)
SOME = r"(?:(?:early|mid|late)(?:-| ))"
_PIECE = r"(?:(?:first|second|third|last) )?(?:beginning|start|middle|end|half|week|month) of (?:the )?"
PART = rf"(?P<part>(?:the )?(?:{SOME}|{_PIECE}))"
RELATIVE = rf"(?P<relative>{any_of(LAST | THIS | NEXT)})"
TIME_OF_DAY = rf"(?: (?:{any_of(TIMES_OF_DAY)}))"
WEEKDAY = rf"(?P<weekday>{any_of(WEEKDAYS)})\.??"
NAMED = rf"(?P<named>(?:{any_of(NAMED_WEEKDAYS)}|(?:{any_of(WEEKDAYS)}) (?:to|through)) )"
MONTH = rf"(?P<month>{any_of(MONTHS)})\.??"
SEASON = rf"(?P<season>{any_of(SEASONS)})"
HOLIDAY = rf"(?P<holiday>{any_of(HOLIDAYS)})"
YEAR = r"(?P<year>[12][0-9]{3})"
DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
ISO = r"(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:(?:t| )[0-9]{2}:[0-9:.]{2,13}z?)?"
DATE = rf"(?:{ISO}|{DAY}(?: of)? {MONTH}(?:,? {YEAR})?|{again(f'{MONTH} {DAY}(?:,? {YEAR})?')})"
_SPELLED = rf"(?:{any_of(TENS)})(?:-| )(?:{any_of(_ONES)})|{any_of(NUMBERS | VAGUE_NUMBERS)}"
NUMBER = rf"(?P<number>[0-9]{{1,4}}|{_SPELLED})"
UNIT = rf"(?P<unit>{any_of(DAYS_IN | MONTHS_IN | HOURS_IN)})s?"
HEDGE = r"(?:(?:about|around|almost|over|nearly|just|roughly|more than|like) )"

_FROM = r"(?:(?P<from>from|between) )"
_TO = r"(?: (?P<to>to|until|till|through|and) |(?: )?[-–—](?: )?)"
_FIRST_DAY = r"(?P<first_day>[0-9]{1,2})(?:st|nd|rd|th)?"
_FIRST_MONTH = rf"(?P<first_month>{any_of(MONTHS)})\.?"
_FIRST_YEAR = r"(?P<first_year>[12][0-9]{3})"
DAYS_THEN_MONTH = (
    rf"{_FROM}?(?:the )?{_FIRST_DAY}(?:(?: of)? {_FIRST_MONTH}(?:,? {_FIRST_YEAR})?)?"
    rf"{_TO}(?:the )?{DAY}(?: of)? {MONTH}(?:,? {YEAR})?"
)
MONTH_THEN_DAYS = rf"{_FROM}?{_FIRST_MONTH} {_FIRST_DAY}(?:,? {_FIRST_YEAR})?{_TO}(?:{MONTH} )?{DAY}(?:,? {YEAR})?"
MONTH_TO_MONTH = rf"{_FROM}{_FIRST_MONTH}(?:,? {_FIRST_YEAR})?{_TO}{MONTH}(?:,? {YEAR})?"
YEAR_TO_YEAR = rf"{_FROM}?{_FIRST_YEAR}{_TO}{YEAR}"
