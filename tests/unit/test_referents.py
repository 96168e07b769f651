"""Whom "he" and "she" mean in a chat: one who fits, or nobody."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Episode
from graphmem.protocols import Setting

START = datetime(2024, 6, 3, 9, tzinfo=UTC)
OFFLINE = OfflineExtractor()


def last_texts(*turns: str) -> list[str]:
    episodes = [
        Episode(id=text, space="org=acme/user=ada", text=text, session="s", said_at=START + timedelta(minutes=number))
        for number, text in enumerate(turns)
    ]
    extractions = asyncio.run(OFFLINE.extract(episodes, [Setting("Ada")] * len(turns)))
    return [claim.text for claim in extractions[-1].claims]


@pytest.mark.parametrize(
    ("before", "said", "resolved"),
    [
        ("Maria met Tom.", "She gave him a book.", "Maria gave Tom a book."),
        ("I had lunch with Priya and Jonas.", "He moved to Malmö.", "Jonas moved to Malmö."),
        ("I had lunch with Priya and Jonas.", "She moved to Malmö.", "Priya moved to Malmö."),
        ("My boss Karin is leaving.", "She found a job in Graz.", "Karin found a job in Graz."),
        ("Ben's wife works at Nokia.", "She is an engineer.", "Ben's wife is an engineer."),
        ("Tom is a teacher.", "He lives in Rome.", "Tom lives in Rome."),
        ("I met Anna today, a calm woman.", "She drives from Zwolle.", "Anna drives from Zwolle."),
        ("My landlord is Tom Weiss.", "He plays the tuba.", "Tom Weiss plays the tuba."),
        ("I bumped into Wubbo.", "He gave me bread.", "Wubbo gave Ada bread."),
        ("My daughter Mia started school.", "Her teacher is Mr. Olsen.", "Mia's teacher is Mr. Olsen."),
    ],
)
def test_a_pronoun_is_the_one_who_fits(before: str, said: str, resolved: str) -> None:
    assert resolved in last_texts(before, said)


def test_a_pronoun_is_the_one_of_the_message_before_one_of_the_message_before_it() -> None:
    assert "Anna moved to Graz." in last_texts("Priya called.", "Anna called. She moved to Graz.")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("I left for Wubbo.", "He gave me bread."),
        ("I bumped into Wubbo and Femke.", "He gave me bread."),
    ],
)
def test_a_name_that_may_be_no_person_s_is_meant_only_where_people_stand_and_alone(before: str, said: str) -> None:
    assert not any(text.startswith(("Wubbo gave", "Femke gave")) for text in last_texts(before, said))


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("Sofia told Emma the news.", "She lives in Graz."),
        ("Peter's brother called.", "He lives in Perth."),
        ("My other dog sleeps.", "Her name is Shadow."),
        ("I visited Georgia.", "She lives in Graz."),
        ("The weather is fine.", "She lives in Graz."),
    ],
)
def test_a_pronoun_stays_where_two_fit_or_nobody(before: str, said: str) -> None:
    assert all(text == said for text in last_texts(before, said))
