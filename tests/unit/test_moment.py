"""The two clocks: aware moments in whole microseconds, half-open rectangles."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.errors import InvalidInput, NaiveMoment
from graphmem.moment import FAR_FUTURE, FAR_PAST, Moment, Version, ended, from_micros, now, to_micros, utc

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS)
def test_microseconds_survive_from_year_1_to_9999(moment):
    assert from_micros(to_micros(moment)) == moment


@given(MOMENTS, MOMENTS)
def test_microseconds_are_ordered_like_moments(one, other):
    assert (to_micros(one) < to_micros(other)) == (one < other)


@pytest.mark.parametrize(
    ("moment", "micros"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (FAR_PAST, -62_135_596_800_000_000),
        (FAR_FUTURE, 253_402_214_400_000_000),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), 253_402_300_799_999_999),
    ],
)
def test_microseconds_count_from_1970_without_rounding(moment, micros):
    assert to_micros(moment) == micros
    assert from_micros(micros) == moment


@given(st.datetimes(timezones=ZONES))
def test_utc_is_the_same_moment_and_never_behind_the_open_end(moment):
    there = utc(moment)
    assert there.tzinfo is UTC
    assert FAR_PAST <= there <= FAR_FUTURE
    assert there == moment or there in (FAR_PAST, FAR_FUTURE)
    assert utc(there) == there


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))), datetime(2024, 5, 1, 10, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), FAR_PAST),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))), FAR_FUTURE),
        (datetime(9999, 12, 31, 12, tzinfo=UTC), FAR_FUTURE),
    ],
)
def test_the_ends_of_the_calendar_are_held(moment, expected):
    assert utc(moment) == expected


class Nowhere(tzinfo):
    def utcoffset(self, dt):
        return None


@pytest.mark.parametrize("zone", [None, Nowhere()])
def test_a_moment_without_a_time_zone_is_refused(zone):
    with pytest.raises(NaiveMoment, match="no time zone"):
        utc(datetime(2024, 5, 1, tzinfo=zone))


@pytest.mark.parametrize("value", ["2024-05-01T00:00:00Z", date(2024, 5, 1), 1_714_521_600, True])
def test_what_is_no_moment_is_refused(value):
    with pytest.raises(InvalidInput, match="aware datetime"):
        utc(value)


def test_the_clock_is_in_utc():
    assert now().tzinfo is UTC


def test_open_ends_are_no_ends():
    assert ended(datetime(2024, 5, 1, tzinfo=UTC))
    assert not ended(FAR_FUTURE)
    assert not ended(None)


def day(number):
    return datetime(2024, 1, number, tzinfo=UTC)


@pytest.mark.parametrize(("at", "holds"), [(1, False), (2, True), (4, True), (5, False)])
@pytest.mark.parametrize(("known_at", "is_known"), [(9, False), (10, True), (19, True), (20, False)])
def test_a_version_holds_inside_its_rectangle_whose_ends_are_outside(at, holds, known_at, is_known):
    version = Version(valid_from=day(2), valid_to=day(5), known_from=day(10), known_to=day(20))
    moment = Moment(at=day(at), known_at=day(known_at))
    assert version.is_known(moment) == is_known
    assert version.holds(moment) == (holds and is_known)


@given(MOMENTS.filter(lambda moment: moment < FAR_FUTURE))
def test_an_open_version_holds_always(at):
    assert Version(known_from=FAR_PAST).holds(Moment(at=at, known_at=at))
