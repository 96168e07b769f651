"""What "the company", "the town" and "the trip" mean in a chat."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Episode
from graphmem.protocols import Claim, Setting

START = datetime(2024, 6, 3, 9, tzinfo=UTC)
OFFLINE = OfflineExtractor()


def last_claims(*turns: str) -> tuple[Claim, ...]:
    episodes = [
        Episode(id=text, space="org=acme/user=ada", text=text, session="s", said_at=START + timedelta(minutes=number))
        for number, text in enumerate(turns)
    ]
    return asyncio.run(OFFLINE.extract(episodes, [Setting("Ada")] * len(turns)))[-1].claims


@pytest.mark.parametrize(
    ("before", "said", "written"),
    [
        ("I work at Corvane.", "The company makes valves.", "The company (Corvane) makes valves."),
        ("My brother runs a firm called Tarn.", "The firm employs six people.", "The firm (Tarn) employs six people."),
        ("My aunt lives in Figueira.", "The town has a harbour.", "The town (Figueira) has a harbour."),
        ("We plan a trip to Japan.", "I booked the trip.", "Ada booked the trip to Japan."),
        ("We plan a trip to Japan.", "The trip costs 3000 euros.", "The trip to Japan costs 3000 euros."),
    ],
)
def test_a_definite_noun_is_what_was_named_just_before(before: str, said: str, written: str) -> None:
    assert written in [claim.text for claim in last_claims(before, said)]


def test_what_is_told_of_the_company_is_told_of_its_name() -> None:
    [claim] = last_claims("I work at Corvane.", "The company makes valves.")
    assert claim.subject is not None
    assert claim.subject.key == "corvane"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("I left Acme for Corvane.", "The company makes valves."),
        ("We moved from Graz to Linz.", "The city has a river."),
        ("I grew up in Norway.", "The city has a river."),
        ("I lived in Texas.", "The city has a river."),
        ("I plan a trip to Japan and a trip to Peru.", "The trip costs 3000 euros."),
        ("I work at Corvane.", "The small company makes valves."),
        ("Anna called me.", "The company makes valves."),
        ("My aunt lives in Figueira.", "Tom works in the town."),
    ],
)
def test_where_two_may_be_meant_or_none_the_words_stay(before: str, said: str) -> None:
    assert all(claim.text == said for claim in last_claims(before, said))


def test_what_was_named_long_ago_is_not_meant() -> None:
    assert all("Corvane" not in claim.text for claim in last_claims(
        "I work at Corvane.", "Lunch was good.", "I like tea.", "The company makes valves."
    ))  # fmt: skip
