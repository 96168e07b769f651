"""Texts that nobody wrote for a reader: endless ones, code, links, a thousand names, stray control characters."""

import asyncio
from datetime import UTC, datetime

import pytest

from graphmem.extraction.offline import OfflineExtractor
from graphmem.extraction.unread import CODE, FOREIGN, LINKS, why_unread
from graphmem.models import Episode, Role
from graphmem.protocols import Extraction, Setting

SAID = datetime(2026, 3, 2, tzinfo=UTC)
EXTRACTOR = OfflineExtractor()
PAGE = "Halden Bridge is a steel bridge over the Orr. It was opened in 1931 by the mayor of Halden.\n\n" * 5


def read(text: str, *, role: Role = "user") -> Extraction:
    episode = Episode(id="1", space="s", text=text, role=role, speaker="Ada", said_at=SAID)
    [found] = asyncio.run(EXTRACTOR.extract([episode], [Setting("Ada")]))
    return found


def test_every_page_of_a_long_document_is_read_the_same():
    pages = 20
    one, many = read(PAGE, role="document"), read(PAGE * pages, role="document")
    assert len(many.claims) == pages * len(one.claims)
    assert {claim.text for claim in many.claims} == {claim.text for claim in one.claims}
    assert [claim.start for claim in many.claims] == sorted(claim.start for claim in many.claims)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://example.org/a\n" * 50, LINKS),
        ("```\n" + "x = 1;\n" * 50 + "```", CODE),
        ("total = foo(1, 2);\n" * 50, CODE),
        ("SELECT name FROM customers WHERE id = 7;", CODE),
        ("Je travaille à Lyon depuis trois ans.", FOREIGN),
        ("Я живу в Москве и работаю врачом.", FOREIGN),
    ],
)
def test_a_text_that_is_no_english_prose_gives_no_facts_and_says_why(text, reason):
    found = read(text)
    assert not found.claims
    assert {of.reason for of in found.passed_over} == {reason}


@pytest.mark.parametrize(
    "text",
    [
        "I live in Porto; I work at Siemens (since 2019).",
        "Error: I forgot my bag at Mia's place in Los Angeles.",
        "She asked me (twice!) if Tom = Thomas :)",
        "We visited Los Alamos with Du Pont and El Greco.",
        "I paid $30 + 5 % tip @ the Café Móka.",
    ],
)
def test_prose_with_signs_and_foreign_names_is_read(text):
    assert why_unread(text) is None


def test_a_thousand_names_in_one_message_are_all_met():
    names = [f"Na{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{'bdk'[i // 676]}a" for i in range(1000)]
    found = read(" ".join(f"{name} works at Acme." for name in names))
    met = {claim.subject.name for claim in found.claims if claim.subject}
    assert len(met & set(names)) > 0.9 * len(names)


@pytest.mark.parametrize(
    "text",
    [
        "I met A\x01n\x02na\x00 in O\x07slo. \x1b[31mTom\x1b[0m works at Ac\u200bme.",
        'Tom said: "' * 200 + "I live in Oslo.",
        "a" * 20_000,
        "(" * 3000,
        "that " * 1500 + "I live in Oslo.",
        "SELECT " + " " * 50_000 + "x",
        "\ufeff\u202eI live in Oslo.\u202c",
        "",
    ],
    ids=["control", "quotes", "one word", "brackets", "that", "blanks", "directions", "nothing"],
)
def test_a_broken_text_is_read_as_far_as_it_goes(text):
    for role in ("user", "document"):
        for claim in read(text, role=role).claims:
            assert 0 <= claim.start < claim.end <= len(text)
