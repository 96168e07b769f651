"""Sentences of chats whose fact leads on to something that others tell of."""

import pytest

from benchmarks._expected import is_right, links, turns
from benchmarks.extraction import of_case, of_turns, read
from tests.unit.test_everyday_sentences import EXTRACTOR, claims, told


@pytest.mark.parametrize(
    ("text", "triple"),
    [
        ("Silverholt want a new sluice every year", ("Silverholt", "want", "new sluice", "")),
        ("Ysbrand two doors up lent me a ladder.", ("Ysbrand", "lend", "ladder", "")),
        ("we built a shed for Tarquin. oak, two windows", ("Ada", "build shed for", "Tarquin", "")),
        ("from now on Hendrikje drives the van", ("Hendrikje", "drive", "van", "")),
        ("Jorik drums in a jazz trio", ("Jorik", "drum in", "jazz trio", "")),
        ("The leaflet lists Greta Holm as a speaker", ("leaflet", "list", "Greta Holm", "")),
        ("Guess what, Ruth has taken over the bakery", ("Ruth", "take over", "bakery", "")),
        ("did you know Ruth spent ten years working on ferries?", ("Ruth", "work on", "ferries", "")),
        ("one of the nurses says Lindholm was bought by Karsk", ("Karsk", "buy", "Lindholm", "")),
        ("That's the hall where Agnes teaches fencing", ("Agnes", "teach", "fencing", "")),
        ("bumped into Ruth at the market, her shop is in Ghent now", ("Ada", "bump into", "Ruth", "")),
        ("my boss since the 3rd is Ruth Berg", ("Ada", "boss", "Ruth Berg", "")),
        ("Ruth gave me three jars of her plum chutney", ("Ruth", "give", "plum chutney", "")),
        ("Ruth needs 30 of the steel rods", ("Ruth", "need", "steel rods", "")),
        ("Ruth sings in a choir called Halcyon", ("Ruth", "sing in", "Halcyon", "")),
        ("Ruth runs a theatre called the Lanterns", ("Ruth", "run", "Lanterns", "")),
        ("Ruth came with her oldest, Jorrit", ("Ruth", "oldest", "Jorrit", "")),
        ("We found a nurse to help him, Greta Holm", ("Ada", "find", "Greta Holm", "")),
        ("the agency sent Ivo to Trieste", ("Ivo", "was send to", "Trieste", "")),
        ("My new shop is in the old mill on Canal Street", ("Ada's new shop", "is on", "Canal Street", "")),
        ("Greta is a nurse from Ghent", ("Greta", "is nurse from", "Ghent", "")),
        ("bought a new scooter, a Velora", ("new scooter", "is", "Velora", "")),
        ("we call Mr Berg the Bishop", ("Berg", "nickname", "Bishop", "")),
        ("the janitor (everybody calls him the Duke) fixed the door", ("janitor", "nickname", "Duke", "")),
        ("We got a kitten. Pepper. she sleeps all day", ("kitten", "name", "Pepper", "")),
        ("my boat is ready. name: Marigold", ("Ada's boat", "name", "Marigold", "")),
        ("new dentist since May: Greta Holm", ("Ada", "dentist", "Greta Holm", "")),
        ("Ruth started at the mill. boss is Greta Holm", ("Ruth", "boss", "Greta Holm", "")),
        ("The choir needs a tenor. conductor is still Vesna Horvat", ("choir", "conductor", "Vesna Horvat", "")),
        ("since May she's at Corvane, my sister", ("Ada", "has", "sister", "")),
        ("our tickets, Greta printed them at work", ("Greta", "print", "tickets", "")),
        ("term starts monday \U0001f392 Alida teaches the Elves", ("Alida", "teach", "Elves", "")),
        ("the K7s come from Voltane", ("K7", "from", "Voltane", "")),
    ],
)
def test_a_sentence_leads_on(text, triple):
    assert triple in told(text)


def test_what_somebody_is_and_where_are_two_facts_each_in_a_sentence():
    assert {claim.text for claim in claims("Greta is a nurse in Ghent.")} == {
        "Greta is a nurse in Ghent.",
        "Greta is a nurse",
    }


@pytest.mark.parametrize(
    "text", ["Connecting with good people boosts my mood.", "Nope, never been on a team.", "Ouch, that hurts a lot."]
)
def test_a_word_in_capitals_that_is_english_is_no_name(text):
    assert not [of for of in told(text) if of[0] in {"Connecting", "Nope", "Ouch"}]


def test_a_question_whether_something_is_news_is_kept_as_what_it_tells():
    assert [claim.text for claim in claims("did you know that Ruth moved to Ghent?")] == ["Ruth moved to Ghent"]


@pytest.mark.parametrize("text", ["did you know where Ruth moved to?", "do you know Ruth Berg?", "did you know that?"])
def test_a_question_stays_one(text):
    assert not claims(text)


def test_of_sentences_that_lead_on_most_come_out_right():
    cases = links()
    given = [of_case(number, case) for number, case in enumerate(cases)]
    found = iter(read(EXTRACTOR, [turn for turns in given for turn in turns]))
    last = [[next(found) for _ in turns][-1] for turns in given]
    assert sum(is_right(case, of) for case, of in zip(cases, last, strict=True)) >= 0.4 * len(cases)


def test_of_the_triples_of_chats_a_reader_accepts_three_in_four():
    assert float(str(of_turns(EXTRACTOR, turns(), [])["facts"])) >= 75
