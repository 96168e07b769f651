"""What an organisation shares and somebody should look at again: each entry has an owner and a day for that. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from graphmem.models import Doubt, Fact
from graphmem.moment import Moment
from graphmem.writing.intake import OWNER, REVIEW_AT, next_review

SCORE = 0.5
"""Of an entry that is due: nothing says that it is wrong."""


def due(facts: Iterable[Fact], moment: Moment) -> list[Doubt]:
    """The shared facts whose day has come."""
    today = moment.at.astimezone(UTC).date()
    return [_doubt(fact, moment.at) for fact in facts if fact.layer == "org" and _is_late(fact, today)]


def _is_late(fact: Fact, today: date) -> bool:
    """Whether its day has come. What was carried in from elsewhere may name a day that is none: then it is today."""
    day = fact.metadata.get(REVIEW_AT)
    try:
        return isinstance(day, str) and datetime.fromisoformat(day).date() <= today
    except ValueError:
        return True


def _doubt(fact: Fact, now: datetime) -> Doubt:
    again = {**fact.metadata, REVIEW_AT: next_review(now)}
    return Doubt(
        kind="due",
        reason=f"{fact.metadata.get(OWNER, 'its owner')} was to look at {fact.text!r} by {fact.metadata[REVIEW_AT]}",
        score=SCORE,
        facts=(fact,),
        confirm=f'memory.retract({fact.id!r}, layer="org")',
        reject=f'memory.correct({fact.id!r}, metadata={again!r}, layer="org")',
    )
