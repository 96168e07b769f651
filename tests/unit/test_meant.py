"""Whom and what the words of a document mean that name nobody."""

import asyncio
from datetime import UTC, datetime

import pytest

from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Episode
from graphmem.protocols import Claim, Name, Setting

EXTRACTOR = OfflineExtractor()


def told(text: str, title: str | None = None) -> set[tuple[str, str, str]]:
    episode = Episode(
        id="e", space="s", text=text, title=title, role="document", said_at=datetime(2025, 3, 20, 12, tzinfo=UTC)
    )
    [extraction] = asyncio.run(EXTRACTOR.extract([episode], [Setting("the user")]))
    return {triple(claim) for claim in extraction.claims if claim.subject and claim.predicate}


def triple(claim: Claim) -> tuple[str, str, str]:
    assert claim.subject is not None
    assert claim.predicate is not None
    object_ = claim.object.name if isinstance(claim.object, Name) else claim.object or ""
    return claim.subject.name, claim.predicate, object_


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Orsk Works is a firm. It makes soap.", ("Orsk Works", "make", "soap")),
        ("Orsk Works is a firm. The firm makes soap.", ("Orsk Works", "make", "soap")),
        ("Orsk Works is a company. Its founder, Bo Berg, died.", ("Orsk Works", "founder", "Bo Berg")),
        ("Orsk Works is a company. It was founded by Bo Berg.", ("Orsk Works", "was founded by", "Bo Berg")),
        ("Jane Roe was a miller. She married Bo Berg.", ("Jane Roe", "married_to", "Bo Berg")),
        ("Jane Roe was a miller. She wrote a novel and won the Ash Prize.", ("Jane Roe", "win", "Ash Prize")),
        ("Jane Roe was a miller. Roe wrote a book.", ("Jane Roe", "write", "book")),
        ("The Alders are a folk group. They released an album.", ("The Alders", "release", "album")),
    ],
)
def test_a_document_goes_on_about_what_it_is_about(text: str, said: tuple[str, str, str]) -> None:
    assert said in told(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Orsk Works is a firm. The mill burned down. It made soap.", ("Orsk Works", "make", "soap")),
        ("Orsk Works is a firm. The other firm makes soap.", ("Orsk Works", "make", "soap")),
        ("Jane Roe was a miller. Maria Berg was ill. She owned a mill.", ("Jane Roe", "has", "mill")),
        ("Orsk Works is a firm. Maria Berg led it. She owned a mill.", ("Orsk Works", "has", "mill")),
    ],
)
def test_a_word_that_may_mean_another_stays_open(text: str, said: tuple[str, str, str]) -> None:
    assert said not in told(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The Orsk Tide is a film directed by Bo Berg.", ("The Orsk Tide", "was directed by", "Bo Berg")),
        ("Orsk Works is a charity that funds mills.", ("Orsk Works", "fund", "mills")),
        ("Orsk Works, a firm that makes soap, is old.", ("Orsk Works", "make", "soap")),
        ("Jane Roe married the painter Bo Berg.", ("Jane Roe", "married_to", "Bo Berg")),
        ("Orsk is a village in Austria.", ("Orsk", "located_in", "Austria")),
        ('Jane Roe was a miller. She wrote "The Long Road".', ("Jane Roe", "write", "The Long Road")),
    ],
)
def test_what_stands_beside_a_name_is_said_of_it(text: str, said: tuple[str, str, str]) -> None:
    assert said in told(text)
