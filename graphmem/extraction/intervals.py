"""Days, weeks, months and years as intervals of days, and how to get from one to another.

Everything here raises ValueError or OverflowError where it would leave the years 1 to 9999.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple

Grain = Literal["day", "weekend", "week", "month", "season", "quarter", "year", "decade", "century", "span", "about"]
"""How exact an interval is; `span` was said as from and to, `about` is a reading of a vague expression."""

DAYS_IN = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
HOURS_IN = {"hour": 1, "minute": 0}


class Interval(NamedTuple):
    """From the first day to the last, both included; an open side is None."""

    start: date | None
    end: date | None
    grain: Grain


def one_day(day: date) -> Interval:
    """Return the day itself."""
    return Interval(day, day, "day")


def months_from(day: date, number: int, grain: Grain) -> Interval:
    """Return so many whole months, the month of the day being the first."""
    last = later(day.replace(day=1), "month", number - 1)
    return Interval(day.replace(day=1), last.replace(day=days_in(last.year, last.month)), grain)


def year_of(number: int) -> Interval:
    """Return a calendar year."""
    return Interval(date(number, 1, 1), date(number, 12, 31), "year")


def around(day: date, unit: str) -> Interval:
    """Return the whole week, weekend, month, quarter, year or decade in which a day lies; for smaller units the day."""
    monday = day - timedelta(day.weekday())
    match unit:
        case "week" | "fortnight":
            return Interval(monday, monday + timedelta(6), "week")
        case "weekend":
            return Interval(monday + timedelta(5), monday + timedelta(6), "weekend")
        case "month":
            return months_from(day, 1, "month")
        case "quarter":
            return months_from(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), 3, "quarter")
        case "year":
            return year_of(day.year)
        case "decade":
            return Interval(date(day.year // 10 * 10, 1, 1), date(day.year // 10 * 10 + 9, 12, 31), "decade")
        case _:
            return one_day(day)


def later(day: date, unit: str, number: int) -> date:
    """Return the day so many units later (earlier, if negative), or the last of that month where it is shorter."""
    if unit in HOURS_IN:  # only whole days count: 30 hours ago is yesterday, five minutes ago today
        return day + timedelta(int(HOURS_IN[unit] * number / 24))
    if unit in DAYS_IN:
        return day + timedelta(DAYS_IN[unit] * number)
    year, month = divmod(day.year * 12 + day.month - 1 + MONTHS_IN[unit] * number, 12)
    return date(year, month + 1, min(day.day, days_in(year, month + 1)))


def days_in(year: int, month: int) -> int:
    """Return how many days a month has."""
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"the calendar has no year {year}")
    return monthrange(year, month)[1]


def weekday_before(day: date, weekday: int) -> date:
    """Return the last such weekday before a day, never the day itself."""
    return day - timedelta((day.weekday() - weekday) % 7 or 7)


def weekday_after(day: date, weekday: int) -> date:
    """Return the next such weekday after a day, never the day itself."""
    return day + timedelta((weekday - day.weekday()) % 7 or 7)
