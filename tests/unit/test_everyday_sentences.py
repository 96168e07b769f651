"""Everyday sentences to triples, who says what between quotation marks, and the set of sentences people type first."""

import asyncio
from datetime import UTC, datetime

import pytest

from benchmarks._expected import first_minutes, is_right, phrasings
from benchmarks.extraction import of_case, read
from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Episode
from graphmem.protocols import Claim, Name, Setting

EXTRACTOR = OfflineExtractor()
SAID = datetime(2025, 3, 20, 9, 30, tzinfo=UTC)


def claims(text: str) -> list[Claim]:
    episode = Episode(id="1", space="s", session="one", text=text, speaker="Ada", said_at=SAID)
    [found] = asyncio.run(EXTRACTOR.extract([episode], [Setting("Ada", "Bo")]))
    return list(found.claims)


def told(text: str) -> set[tuple[str, str, str, str]]:
    """Subject, predicate, object, and what is special: an end, a past, a denial."""
    found: set[tuple[str, str, str, str]] = set()
    for claim in claims(text):
        if claim.subject is not None and claim.predicate is not None:
            object_ = claim.object.name if isinstance(claim.object, Name) else claim.object or ""
            special = "not" if claim.is_negated else "" if claim.op == "assert" else claim.op
            found.add((claim.subject.name, claim.predicate, object_, special))
    return found


@pytest.mark.parametrize(
    ("text", "triple"),
    [
        ("I hate fennel.", ("Ada", "dislikes", "fennel", "")),
        ("My permit expires in May 2027.", ("Ada's permit", "expire in", "May 2027", "")),
        ("I go swimming on Mondays.", ("Ada", "go", "swimming", "")),
        ("I no longer smoke.", ("Ada", "smoke", "", "end")),
        ("I have no cousins.", ("Ada", "has", "cousins", "not")),
        ("I want to learn how to knit.", ("Ada", "want to learn", "how to knit", "")),
        ("The rent is 800 euros.", ("rent", "is", "800 euros", "")),
        ("Tom's birthday is in June.", ("Tom", "birthday", "June", "")),
        ("Tom and I bought a canoe.", ("Ada", "buy", "canoe", "")),
        ("My parents got divorced.", ("Ada's parents", "is", "divorced", "")),
        ("Remember that my code is 4711.", ("Ada", "code", "4711", "")),
        ("I can't believe Ruth is leaving Acme.", ("Ruth", "works_at", "Acme", "")),
        ('Mia said: "I won a prize from the Kepler Society."', ("Mia", "win", "prize", "")),
        ("Tom: I'm allergic to nuts.\nMona: I bought a kayak.", ("Tom", "allergic_to", "nuts", "")),
        ("Tom: I'm allergic to nuts.\nMona: I bought a kayak.", ("Mona", "buy", "kayak", "")),
    ],
)
def test_a_sentence_says(text, triple):
    assert triple in told(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I speak Polish but not Czech.", "Czech"),
        ("We are thinking about adopting a dog.", "dog"),
        ("I haven't found any games I like.", "games"),
        ("I had a blast on the trip.", "trip"),
        ("My mother is from Croatia.", "mother"),
        ("You would never guess.", "guess"),
    ],
)
def test_a_sentence_does_not_say(text, words):
    assert not [of for of in told(text) if words in of[2] and of[1] not in {"has", "from"} and not of[3]]


def test_neither_of_two_does():
    assert {special for _, predicate, _, special in told("Neither Tom nor I eat fish.") if predicate == "eat"} == {
        "not"
    }


def test_of_a_hundred_first_sentences_at_least_ninety_give_the_facts_a_reader_expects():
    cases = first_minutes()
    found = read(EXTRACTOR, [turn for number, case in enumerate(cases) for turn in of_case(number, case)])
    assert len(cases) == 100
    assert sum(is_right(case, of) for case, of in zip(cases, found, strict=True)) >= 90


def test_of_other_phrasings_at_least_four_in_five_come_out_right():
    cases = phrasings()
    given = [of_case(number, case) for number, case in enumerate(cases)]
    found = iter(read(EXTRACTOR, [turn for turns in given for turn in turns]))
    last = [[next(found) for _ in turns][-1] for turns in given]
    assert sum(is_right(case, of) for case, of in zip(cases, last, strict=True)) >= 0.8 * len(cases)
