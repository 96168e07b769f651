"""The two clocks.

Every version of a fact is a rectangle: when it held, and when we believed that. Intervals are half open,
`[from, to)`, in UTC and whole microseconds. An open end is a far-future date and an unknown beginning a far-past
one, never null, so that "holds at this moment" is two plain range comparisons in every store.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from graphmem.errors import InvalidInput, NaiveMoment

FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)
FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
LATEST = FAR_FUTURE - timedelta(microseconds=1)
"""As late as anything can be known or asked for: open ends lie just behind it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Clock = Callable[[], datetime]


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        NaiveMoment: `moment` has no time zone.
        InvalidInput: It is something else than a datetime.
    """
    if not isinstance(moment, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInput(f"{moment!r} is {type(moment).__name__}: pass an aware datetime")
    if moment.tzinfo is UTC:
        return min(moment, FAR_FUTURE)
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveMoment(f"{moment.isoformat()} has no time zone: pass an aware datetime, e.g. with tzinfo=UTC")
    try:
        return min(moment.astimezone(UTC), FAR_FUTURE)
    except OverflowError:  # years 1 and 9999, one zone too far
        return FAR_PAST if moment.year == 1 else FAR_FUTURE


def now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970, exact for every year from 1 to 9999."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The inverse of `to_micros`."""
    return _EPOCH + timedelta(microseconds=micros)


def ended(moment: datetime | None) -> bool:
    """Whether an end is a real one; open ends are the far future inside and None outside."""
    return moment is not None and moment < FAR_FUTURE


Utc = Annotated[datetime, AfterValidator(utc)]


class Moment(BaseModel):
    """Where a question stands on both clocks.

    `at` is when things were true, `known_at` what had been recorded by then.
    """

    model_config = ConfigDict(frozen=True)

    at: Utc
    known_at: Utc


AT_LAST = Moment(at=LATEST, known_at=LATEST)
"""By all that is known, and with what has no end."""


class Version(BaseModel):
    """The validity of a fact as believed during a span: `[valid_from, valid_to) x [known_from, known_to)`.

    Immutable, except that `known_to` goes once from open to the moment when the belief changed.
    """

    model_config = ConfigDict(frozen=True)

    valid_from: Utc = FAR_PAST
    valid_to: Utc = FAR_FUTURE
    known_from: Utc
    known_to: Utc = FAR_FUTURE

    def is_known(self, moment: Moment) -> bool:
        """Whether this was believed at `moment.known_at`."""
        return self.known_from <= moment.known_at < self.known_to

    def holds(self, moment: Moment) -> bool:
        """Whether this was believed at `moment.known_at` to be true at `moment.at`."""
        return self.is_known(moment) and self.valid_from <= moment.at < self.valid_to
