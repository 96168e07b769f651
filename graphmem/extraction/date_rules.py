"""The rules that read English time expressions; their order is their priority.

A rule is a pattern and a function that reads what it matched, its docstring an example. To teach a new expression, add
its words to `graphmem.extraction.timewords` or write a rule, and give it a line in `tests/unit/data/dates.jsonl`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from graphmem.extraction.intervals import (
    HOURS_IN,
    Interval,
    around,
    days_in,
    later,
    one_day,
    weekday_after,
    weekday_before,
    year_of,
)
from graphmem.extraction.time_said import (
    Said,
    away,
    date_of,
    is_span,
    month_meant,
    nearest,
    season_meant,
    season_of,
    weekend_meant,
)
from graphmem.extraction.timewords import (
    COUNTED,
    DATE,
    DAYS_THEN_MONTH,
    EDGE,
    EDGE_OF_DAY,
    EDGE_OF_PERIOD,
    HEDGE,
    HOLIDAY,
    HOLIDAYS,
    LAST,
    MONTH,
    MONTH_THEN_DAYS,
    MONTH_TO_MONTH,
    MONTHS,
    NAMED,
    NEAR_DAYS,
    NEXT,
    NOT_DAYS,
    NUMBER,
    ORDINALS,
    PART,
    PLAIN_WORDS_IN_S,
    RELATIVE,
    SEASON,
    SINCE,
    SOME,
    TIME_OF_DAY,
    TIMES_OF_DAY,
    UNIT,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    YEAR_TO_YEAR,
    any_of,
)

RECENT_DAYS = 14
"""How far back "recently" and "the other day" may reach."""

PERFECT = re.compile(r"\b(?:have|has|been|['’]ve)\b[^.!?;]*$")
"""A verb before "for three years" that makes them reach up to now."""

STAYING = re.compile(r"(?:\b(?:am|is|are)|['’](?:m|s|re))\b[^.!?;]*$")
"""A verb before "for two weeks" that makes them run from now on."""

PLURAL = re.compile(rf"\s(?!(?:{any_of(PLAIN_WORDS_IN_S)})\b)[a-z]+s\b")
"""After a number, what it counts."""

Reader = Callable[[Said], Interval | None]


class Rule(NamedTuple):
    """A pattern and who reads it; None when what it matched is no time expression after all."""

    pattern: re.Pattern[str]
    read: Reader


RULES: list[Rule] = []


def rule(*patterns: str) -> Callable[[Reader], Reader]:
    """Add a rule below those already there, or several with one reader.

    In a pattern a space stands for one to three white-space characters: a bound, so that time stays linear. Patterns
    are in lower case. An `edge` like "since" or "until" is applied to what the reader returns.
    """
    compiled = [re.compile(rf"(?<![\w-])(?:{each})(?![\w-])".replace(" ", r"\s{1,3}")) for each in patterns]

    def add(read: Reader) -> Reader:
        RULES.extend(Rule(pattern, read) for pattern in compiled)
        return read

    return add


# ---------------------------------------------------------------------------------------------------- dates in full


@rule(rf"the (?P<unit>day|night|week|weekend|month|year|{WEEKDAY}) (?P<side>before|after|of) (?:the )?{DATE}")
def beside_a_date(said: Said) -> Interval | None:
    """The week before 9 June 2023."""
    if (day := date_of(said)) is None:
        return None
    side = {"before": -1, "of": 0, "after": 1}[said["side"]]
    if said["weekday"]:
        weekday = WEEKDAYS[said["weekday"]]
        in_its_week = day + timedelta(weekday - day.weekday())
        return one_day([in_its_week, weekday_after(day, weekday), weekday_before(day, weekday)][side])
    if said["unit"] == "weekend":
        return around([day, weekday_after(day, 5), weekday_before(day, 6)][side], "weekend")
    return around(later(day, said["unit"], side), said["unit"])


@rule(rf"{NUMBER} {UNIT} (?P<side>before|after) (?:the )?{DATE}")
def away_from_a_date(said: Said) -> Interval | None:
    """Two weeks before 1 June 2023."""
    day = date_of(said)
    return day and away(day, said["unit"], said.number, -1 if said["side"] == "before" else 1)


@rule(DAYS_THEN_MONTH, MONTH_THEN_DAYS, MONTH_TO_MONTH)
def from_day_to_day(said: Said) -> Interval | None:
    """From 3 to 7 May 2023; May 3–7; between March and June."""
    if not is_span(said) or not said.is_sure("month" if said["month"] else "first_month"):
        return None
    month = MONTHS[said["month"] or said["first_month"]]
    first_month = MONTHS[said["first_month"] or said["month"]]
    latest = month_meant(said, min(first_month, month) if said.past else month)
    year = int(said["year"]) if said["year"] else latest.year
    first_year = int(said["first_year"]) if said["first_year"] else year - (first_month > month)
    start = date(first_year, first_month, int(said["first_day"] or 1))
    end = date(year, month, int(said["day"] or days_in(year, month)))
    return Interval(start, end, "span") if start <= end else None


@rule(YEAR_TO_YEAR)
def from_year_to_year(said: Said) -> Interval | None:
    """From 2010 to 2015; 1950–1987."""
    first, last = int(said["first_year"]), int(said["year"])
    is_plausible = is_span(said) and first < last and (said["from"] or (first > 1500 and last - first < 150))
    return Interval(date(first, 1, 1), date(last, 12, 31), "span") if is_plausible else None


@rule(rf"{EDGE}?(?:{WEEKDAY},? )?(?:the )?{DATE}")
def exact_date(said: Said) -> Interval | None:
    """On 8 May 2019; Wednesday, May 8th; 2019-05-08."""
    day = date_of(said)
    return day and one_day(day)


@rule(
    rf"{EDGE}?(?P<first>[0-9]{{1,2}})/(?P<second>[0-9]{{1,2}})/(?P<year>[0-9]{{4}}|[0-9]{{2}})",
    rf"{EDGE}?(?P<second>[0-9]{{1,2}})\.(?P<first>[0-9]{{1,2}})\.(?P<year>[0-9]{{4}})",
    rf"{EDGE}?(?P<year>[0-9]{{4}})/(?P<first>[0-9]{{1,2}})/(?P<second>[0-9]{{1,2}})",
)
def date_in_numbers(said: Said) -> Interval | None:
    """12/25/2023, month first unless it cannot be one; 25.12.2023; 2023/12/25."""
    year, month, day = int(said["year"]), int(said["first"]), int(said["second"])
    if len(said["year"]) == 2:
        year += 1900 if year >= 70 else 2000
    return one_day(date(year, day, month) if month > 12 else date(year, month, day))


@rule(rf"{EDGE}?{PART}?{MONTH}(?:,| of)? {YEAR}")
def month_of_a_year(said: Said) -> Interval:
    """In early May 2023."""
    return around(date(int(said["year"]), MONTHS[said["month"]], 1), "month")


@rule(rf"{EDGE}?(?:the )?(?:{RELATIVE} )?{HOLIDAY}(?:,? {YEAR})?")
def holiday(said: Said) -> Interval | None:
    """At Christmas; last Halloween. "Christmas songs" and "the spirit of Christmas" are no dates."""
    month, day = HOLIDAYS[re.sub(r"\s+", " ", said["holiday"]).replace("’", "'")]
    if said["year"]:
        return one_day(date(int(said["year"]), month, day))
    if said["relative"] in LAST | NEXT:
        beside = replace(said, on=said.on + timedelta(said.direction), past=said.direction < 0)
        found = nearest(month, day, beside)
    else:
        found = nearest(month, day, said) if said["relative"] or said["edge"] not in {"", "of"} else None
    return found and one_day(found)


# ------------------------------------------------------------------------------------------- last, this, next, ago


@rule(rf"{EDGE}?{WEEKDAY}(?:,| of)? {RELATIVE} week{TIME_OF_DAY}?")
def weekday_of_a_week(said: Said) -> Interval | None:
    """Tuesday of next week."""
    monday = said.on - timedelta(said.on.weekday())
    day = monday + timedelta(7 * said.direction + WEEKDAYS[said["weekday"]])
    return one_day(day) if said.is_sure("weekday") else None


@rule(rf"{EDGE}?(?:the )?{RELATIVE} {WEEKDAY}{TIME_OF_DAY}?")
def relative_weekday(said: Said) -> Interval | None:
    """Last Friday; next Friday, which is that of the next week; this Friday."""
    if not said.is_sure("weekday"):
        return None
    weekday = WEEKDAYS[said["weekday"]]
    this_week = said.on + timedelta(weekday - said.on.weekday())
    if said["relative"] in LAST:
        return one_day(weekday_before(said.on, weekday))
    if said["relative"] == "next":
        following = weekday_after(said.on, weekday)
        return one_day(following + timedelta(7 if following == this_week else 0))
    if said["relative"] in NEXT:
        return one_day(weekday_after(said.on, weekday))
    if said.past:
        return one_day(this_week if this_week <= said.on else weekday_before(said.on, weekday))
    return one_day(this_week if this_week >= said.on else weekday_after(said.on, weekday))


@rule(rf"{NUMBER} {WEEKDAY}s? ago")
def weekdays_ago(said: Said) -> Interval | None:
    """Two Sundays ago."""
    number, most = said.number
    day = weekday_before(said.on, WEEKDAYS[said["weekday"]]) - timedelta(7 * (number - 1))
    return one_day(day) if number == most and said.is_sure("weekday") else None


@rule(rf"{EDGE}?(?:the )?{RELATIVE} {MONTH}")
def relative_month(said: Said) -> Interval | None:
    """Last August."""
    if not said.is_sure("month"):
        return None
    month = MONTHS[said["month"]]
    is_later = month > said.on.month
    shift = {-1: -1 if month >= said.on.month else 0, 0: 0, 1: 0 if is_later else 1}[said.direction]
    return around(date(said.on.year + shift, month, 1), "month")


@rule(
    rf"{EDGE}?(?:the )?{PART}?{SEASON}(?: of|,)? {YEAR}",
    rf"{EDGE}?(?:the )?{RELATIVE} {SEASON}",
    rf"{EDGE_OF_PERIOD}(?:the )?{PART}?{SEASON}",
    rf"(?:{PART}|(?:over|for) the ){SEASON}",
)
def season(said: Said) -> Interval | None:
    """In the summer of 2019; last winter; in spring."""
    return season_of(said, int(said["year"]) if said["year"] else season_meant(said))


@rule(rf"(?P<over>(?:over|during|in|within|for) the )?(?:the )?(?:last|past) (?:{NUMBER} )?{UNIT}(?! of)")
def up_to_now(said: Said) -> Interval | None:
    """Over the past two months; the last few years; during the past year."""
    is_reach = said["number"] or (said["over"] and said["unit"] in {"week", "month", "quarter", "year", "decade"})
    start = later(said.on, said["unit"], -said.number[1])
    return Interval(start, said.on, "span") if is_reach else None


@rule(
    rf"{EDGE}?(?P<the>the )?(?:earlier |later )?{RELATIVE} "
    r"(?P<unit>week|weekend|month|quarter|year|decade|morning|afternoon|evening|night)(?! of)"
)
def relative_unit(said: Said) -> Interval | None:
    """Last week; this month; next year; this morning."""
    unit, direction = said["unit"], said.direction
    if unit in TIMES_OF_DAY:  # "(the) next morning" belongs to a story, not to today
        return None if said["the"] or direction > 0 else one_day(said.on + timedelta(direction))
    if unit == "weekend":
        if direction < 0:
            return around(weekday_before(said.on, 6), "weekend")
        is_after = said["relative"] == "next" or (direction > 0 and said.on.weekday() >= 5)
        return around(said.on + timedelta(7), "weekend") if is_after else weekend_meant(said)
    return around(later(said.on, unit, direction), unit)


@rule(
    rf"{HEDGE}?(?P<half>half )?{NUMBER}(?P<and_half> and a half)? {UNIT} (?:ago|back)",
    rf"{HEDGE}?{NUMBER} {UNIT} (?P<and_half>and a half )(?:ago|back)",
)
def ago(said: Said) -> Interval | None:
    """Two weeks ago; a few years ago; half a year ago."""
    if not (said["half"] or said["and_half"]):
        return away(said.on, said["unit"], said.number, -1)
    if said["unit"] != "year":
        return None
    months = 6 if said["half"] else 12 * said.number[0] + 6
    return away(said.on, "month", (months, months), -1)


@rule(rf"(?P<in>in|within) {HEDGE}?{NUMBER} {UNIT}(?:(?:['’]s?)? time)?", rf"{NUMBER} {UNIT} from now")
def from_now(said: Said) -> Interval | None:
    """In three days; three days from now. With a verb in the past "in three days" is how long it took."""
    if said["in"] and said.past:
        return None
    if said["in"] == "within":
        return Interval(said.on, later(said.on, said["unit"], said.number[1]), "span")
    return away(said.on, said["unit"], said.number, 1)


@rule(rf"for (?:the )?{HEDGE}?{NUMBER} {UNIT}(?P<now> now)?")
def for_so_long(said: Said) -> Interval | None:
    """I have lived here for three years. I'm in Rome for two weeks. "I lived there for a year" does not say when."""
    before = said.match.string[max(0, said.match.start() - 80) : said.match.start()]
    least, most = said.number
    if not (said["now"] or PERFECT.search(before)):
        is_stay = not said.past and STAYING.search(before) and said["unit"] not in HOURS_IN
        return Interval(said.on, later(said.on, said["unit"], most), "span") if is_stay else None
    start = later(said.on, said["unit"], -least)
    if least != most:
        return Interval(start, None, "about")
    whole = around(start, said["unit"])
    return whole._replace(end=None) if whole.grain in {"month", "year"} else Interval(start, None, "day")


# ----------------------------------------------------------------------------------- years, months and days alone


@rule(rf"{EDGE}?(?:the )?(?:q(?P<quarter>[1-4])|(?P<nth>first|second|third|fourth) quarter)(?: of|,)? {YEAR}")
def quarter(said: Said) -> Interval:
    """Q3 2024."""
    number = int(said["quarter"]) if said["quarter"] else ORDINALS[said["nth"]]
    return around(date(int(said["year"]), 3 * number, 1), "quarter")


@rule(rf"{EDGE}?the {SOME}?(?P<decade>[12][0-9]{{2}}0|['’]?[5-9]0)['’]?s")
def decade(said: Said) -> Interval:
    """In the late 1990s; the '80s."""
    century = "" if len(said["decade"]) == 4 else "19"
    return around(date(int(century + said["decade"].strip("'’")), 1, 1), "decade")


@rule(rf"{EDGE}?the {SOME}?(?:(?P<number>[0-9]{{1,2}})(?:st|nd|rd|th)|(?P<nth>{any_of(ORDINALS)})) century")
def century(said: Said) -> Interval:
    """In the 19th century, which ended in 1900."""
    number = int(said["number"]) if said["number"] else ORDINALS[said["nth"]]
    return Interval(date(100 * number - 99, 1, 1), date(100 * number, 12, 31), "century")


@rule(
    rf"{EDGE_OF_PERIOD}(?:the year )?{PART}?{YEAR}(?!(?: )?(?:%|bc|{any_of(COUNTED)})|[.,/][0-9])",
    rf"{PART}{YEAR}",
)
def year(said: Said) -> Interval | None:
    """In 1993; since 2016; mid-2019. "From 1500 suppliers" is no date."""
    number = int(said["year"])
    is_usual = said["edge"] in {"in", "back in", "during"} | SINCE and number >= 1900
    return year_of(number) if is_usual or not PLURAL.match(said.match.string, said.match.end()) else None


@rule(rf"{EDGE_OF_PERIOD}{PART}?{MONTH}", rf"{PART}{MONTH}")
def month(said: Said) -> Interval | None:
    """In March; early June."""
    return around(month_meant(said, MONTHS[said["month"]]), "month") if said.is_sure("month") else None


@rule(
    rf"{EDGE_OF_DAY}{WEEKDAY}{TIME_OF_DAY}?(?! (?:to|through) )",
    rf"{NAMED}?{WEEKDAY}(?:{TIME_OF_DAY}|(?=[.,!?;:)]|$| at ))",
)
def weekday(said: Said) -> Interval | None:
    """On Friday; Monday morning; Tuesday, at the end of a clause. "Monday to Friday" is a habit."""
    if said["named"] or not said.is_sure("weekday"):
        return None
    return one_day((weekday_before if said.past else weekday_after)(said.on, WEEKDAYS[said["weekday"]]))


@rule(rf"{EDGE_OF_DAY}the (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)(?! (?:{any_of(NOT_DAYS)}))")
def day_of_the_month(said: Said) -> Interval | None:
    """On the 20th: the last, or else the next day of that number."""
    number = int(said["day"])
    for distance in range(3):  # a month too short for the day has longer neighbours
        first = later(said.on.replace(day=1), "month", -distance if said.past else distance)
        if number <= days_in(first.year, first.month):
            day = first.replace(day=number)
            if day == said.on or (day < said.on) == bool(said.past):
                return one_day(day)
    return None


# --------------------------------------------------------------------------------------------------- fixed phrases


@rule(rf"{EDGE_OF_DAY}?(?:earlier |later )?(?P<near>{any_of(NEAR_DAYS)}){TIME_OF_DAY}?")
def near_day(said: Said) -> Interval:
    """The day before yesterday; tomorrow evening."""
    return one_day(said.on + timedelta(NEAR_DAYS[re.sub(r"\s+", " ", said["near"])]))


@rule(r"(?:over|at|on|during|for) the weekend")
def the_weekend(said: Said) -> Interval:
    """Over the weekend."""
    return weekend_meant(said)


@rule(r"the other (?:day|night|evening|morning)|recently|lately")
def recently(said: Said) -> Interval:
    """The other day; lately."""
    return Interval(said.on - timedelta(RECENT_DAYS), said.on, "about")


@rule(r"(?:(?:a )?(?:long time|long while|while)|ages|long) (?:ago|back)")
def long_ago(said: Said) -> Interval:
    """A while ago: some time until now."""
    return Interval(None, said.on, "about")


@rule(r"these days|nowadays|currently|at the moment")
def these_days(said: Said) -> Interval:
    """Nowadays: from now on, as far as we know."""
    return Interval(said.on, None, "day")
