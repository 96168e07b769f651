"""A time expression as it was said: what a rule matched, and the day and the tense to read it against."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from graphmem.extraction.intervals import Interval, around, days_in, later, months_from
from graphmem.extraction.timewords import (
    ALSO_PEOPLE,
    ALSO_WORDS,
    LAST,
    MONTHS,
    NEXT,
    NUMBERS,
    SEASONS,
    VAGUE_NUMBERS,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One match of a rule's pattern, and the day and the tense to read it against."""

    match: re.Match[str]
    """In lower case."""
    text: str
    """The whole text as written."""
    on: date
    past: bool | None

    def __getitem__(self, name: str) -> str:
        """Return what a group matched, or the empty string; alternatives of one group are named `month`, `month2`."""
        groups = self.match.groupdict()
        return groups.get(name) or groups.get(f"{name}2") or ""

    @property
    def direction(self) -> int:
        """-1 for last, 0 for this, 1 for next."""
        return -1 if self["relative"] in LAST else 1 if self["relative"] in NEXT else 0

    @property
    def number(self) -> tuple[int, int]:
        """The least and the most that the number means, twice the same where it is exact; 1 where there is none."""
        words = re.sub(r"[\s-]+", " ", self["number"]) or "one"
        if words in VAGUE_NUMBERS:
            return VAGUE_NUMBERS[words]
        exact = int(words) if words.isdigit() else NUMBERS.get(words) or sum(NUMBERS[word] for word in words.split())
        return exact, exact

    def is_sure(self, group: str) -> bool:
        """Whether a month or weekday cannot be an ordinary word or a person."""
        word = self[group]
        if word in ALSO_PEOPLE and self.past and self["edge"] in {"by", "around", "for"}:
            return False
        at = self.match.start(group if self.match.groupdict()[group] else f"{group}2")
        is_settled = self["year"] or self["from"] or (group == "month" and self["edge"])
        return word not in ALSO_WORDS or bool(is_settled) or self.text[at].isupper()


def date_of(said: Said) -> date | None:
    """Return the day that `DATE` names; without a year the nearest that fits the tense, or that of this year."""
    if said["iso"]:
        return date.fromisoformat(said["iso"])
    if not said.is_sure("month"):
        return None
    month, day = MONTHS[said["month"]], int(said["day"])
    return date(int(said["year"]), month, day) if said["year"] else nearest(month, day, said)


def nearest(month: int, day: int, said: Said) -> date | None:
    """Return a day of the year as the tense has it: not after, not before, or in the year of the day of saying."""
    here = said.on.year
    # A 29 February may be eight years off.
    years = range(here, here - 9, -1) if said.past else range(here, here + 9) if said.past is False else [here]
    for year in years:
        if day <= days_in(year, month):
            found = date(year, month, day)
            if said.past is None or found == said.on or (found < said.on) == said.past:
                return found
    return None


def away(day: date, unit: str, number: tuple[int, int], sign: int) -> Interval:
    """Return what lies so many units from a day: as exact as the unit, or the whole reach of a vague number."""
    near, far = (later(day, unit, sign * n) for n in number)
    return around(near, unit) if near == far else Interval(min(near, far), max(near, far), "about")


def is_span(said: Said) -> bool:
    """Whether two dates are joined as they must be: from … to, between … and, or by a dash alone."""
    return (said["to"] == "and") == (said["from"] == "between") and bool(said["from"] or not said["to"])


def weekend_meant(said: Said) -> Interval:
    """Return the weekend meant by "this" or "the weekend": this week's, or the last one if it lies in the past."""
    return around(said.on - timedelta(7 if said.past and said.on.weekday() < 5 else 0), "weekend")


def month_meant(said: Said, month: int) -> date:
    """Return the first of a month without a year, as the tense has it."""
    shift = -1 if said.past and month > said.on.month else 1 if said.past is False and month < said.on.month else 0
    return date(said.on.year + shift, month, 1)


def season_of(said: Said, year: int) -> Interval:
    """Return the season named, by the year in which it begins: the winter of 2022 ends in February 2023."""
    return months_from(date(year, SEASONS[said["season"]], 1), 3, "season")


def season_meant(said: Said) -> int:
    """Return the year of a season without one: the last that was over, the next to begin, or as the tense has it."""
    starts = {year: date(year, SEASONS[said["season"]], 1) for year in range(said.on.year - 2, said.on.year + 2)}
    if said["relative"] in LAST:
        return max(year for year, start in starts.items() if later(start, "month", 3) <= said.on)
    if said["relative"] in NEXT:
        return min(year for year, start in starts.items() if start > said.on)
    begun = max(year for year, start in starts.items() if start <= said.on)
    is_on = said.on < later(starts[begun], "month", 3)
    if is_on or (said.past and not said["relative"]):
        return begun
    return begun + 1 if said.past is False else said.on.year
