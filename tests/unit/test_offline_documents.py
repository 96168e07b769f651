"""Documents to claims: whom each sentence is about, by which names it is found, and what lists and tables say."""

from datetime import UTC, datetime

import pytest

from graphmem.protocols import Claim
from tests.unit.chatting import SHARED, Chat, named


@pytest.fixture
def chat() -> Chat:
    return Chat(SHARED)


def test_sentences_of_a_document_are_about_its_title(chat: Chat) -> None:
    text = "Orsk Mill was built in 1822. It grinds rye. The town bought it from Jane Roe."
    claims = chat.claims(text, role="document", title="Orsk Mill (watermill)")
    assert [claim.subject and claim.subject.key for claim in claims] == ["orsk mill"] * 3
    assert [claim.text for claim in claims] == [
        "Orsk Mill was built in 1822.",
        "Orsk Mill (watermill): It grinds rye.",
        "Orsk Mill (watermill): The town bought it from Jane Roe.",
    ]
    assert [(claim.valid_from and claim.valid_from.year, claim.valid_to) for claim in claims] == [
        (1822, None),
        (None, None),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("Jane Roe moved to Oslo in 2019.", datetime(2019, 1, 1, tzinfo=UTC)),
        ("Ines Vale became the CEO of Lumen in March 2021.", datetime(2021, 3, 1, tzinfo=UTC)),
        ("Mara Lind has lived in Bonn since 2004.", datetime(2004, 1, 1, tzinfo=UTC)),
        ("Mara Lind lives in Bonn.", None),
        ("The Orsk bridge will open in 2190.", None),
    ],
)
def test_what_a_document_dates_holds_from_then_on_unless_it_lies_ahead(
    chat: Chat, text: str, since: datetime | None
) -> None:
    claims = chat.claims(text, role="document")
    assert {(claim.valid_from, claim.valid_to) for claim in claims} == {(since, None)}


def test_without_a_title_a_sentence_is_about_the_name_it_opens_with_or_the_first_one(chat: Chat) -> None:
    claims = chat.claims("Orsk Mill grinds rye. Jane Roe built it. The town owns it now.", role="document")
    assert [claim.subject and claim.subject.key for claim in claims] == ["orsk mill", "jane roe", "orsk mill"]


def test_a_document_that_says_what_it_is_about_is_about_that(chat: Chat) -> None:
    claims = chat.claims("The Orsk Mill (also Blue Mill) is a mill. Jane Roe built it.", role="document")
    assert [claim.subject and claim.subject.key for claim in claims] == ["orsk mill", "orsk mill"]
    assert claims[1].text == "The Orsk Mill: Jane Roe built it."


def test_notes_that_open_with_a_name_may_be_about_others(chat: Chat) -> None:
    text = "Jane Roe lives in Orsk. Maria Berg works at Siemens. She likes rye. The town is old."
    claims = chat.claims(text, role="document")
    assert [claim.subject and claim.subject.key for claim in claims] == [
        "jane roe",
        "maria berg",
        "maria berg",
        "jane roe",
    ]
    assert [claim.text for claim in claims[1:]] == [
        "Maria Berg works at Siemens.",
        "Maria Berg: She likes rye.",
        "Jane Roe: The town is old.",
    ]
    assert claims[1].predicate == "works_at"


def test_a_sentence_of_a_document_that_opens_with_no_name_is_about_whom_its_clause_is_about_or_nobody(
    chat: Chat,
) -> None:
    text = "During 1889, in Orsk, Jane Roe sold the old mill. In Orsk the roof of the town hall leaked for years."
    claims = chat.claims(text, role="document")
    assert [claim.subject and claim.subject.key for claim in claims] == ["jane roe", None]


def test_a_document_names_a_long_name_as_a_whole(chat: Chat) -> None:
    text = "The mill was built by John Gustav Adolfi in 1822."
    [claim] = chat.claims(text, role="document", title="Mill")
    assert [name.key for name in claim.mentions] == ["john gustav adolfi"]


def about(claims: list[Claim]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim in claims:
        found.setdefault(claim.subject.name if claim.subject else "", []).append(claim.text)
    return found


def test_what_a_document_says_of_somebody_is_found_under_their_short_name_too(chat: Chat) -> None:
    claims = chat.claims("John Gustav Adolfi was a miller. He lived in Orsk.", role="document")
    assert about(claims) == {
        "John Gustav Adolfi": ["John Gustav Adolfi was a miller.", "John Gustav Adolfi: He lived in Orsk."],
        "John Adolfi": ["John Adolfi, in full John Gustav Adolfi was a miller."],
    }
    assert {name.key for claim in claims[:2] for name in claim.mentions} >= {"john adolfi"}


def test_two_people_of_one_short_name_stay_two(chat: Chat) -> None:
    one = chat.claims("John Gustav Adolfi was a miller.", role="document")
    other = chat.claims("John Peter Adolfi was a baker.", role="document")
    assert {claim.subject.key for claim in one if claim.subject} == {"john gustav adolfi", "john adolfi"}
    assert about(other)["John Adolfi"] == ["John Adolfi, in full John Peter Adolfi was a baker."]
    assert all("Peter" not in claim.text for claim in one)


def test_a_name_in_short_says_nothing_that_could_end_another(chat: Chat) -> None:
    [is_, home, called] = chat.claims("John Gustav Adolfi is a miller. He lives in Orsk.", role="document")
    assert (is_.predicate, home.predicate, called.predicate, called.object) == ("is", "lives_in", None, None)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Maria Berg, Countess of Orsk (1801-1877) owned it. She was rich.", []),
        ("Maria Berg, Countess of Orsk (1801-1877) was its owner.", ["Maria of Orsk", "Maria Berg"]),
        ("Jana Doe, known as Janka Roe, was a miller.", ["Janka Roe"]),
        ('Robert "Bo" Roe (born Robert Doe) is a miller.', ["Robert Doe", "Bo Roe"]),
        ("The Orsk Mill or Blue Mill is a mill.", ["Blue Mill"]),
        ("Orsk Mill Company, Inc. is a company.", ["Orsk Mill Company"]),
        ("Corvane Ltd. is a company.", ["Corvane"]),
        ("The Water Company is a company.", []),
        ("Emperor Magnus II was a miller. He was old.", ["Magnus II"]),
        ("The University of Southern Orsk is a school.", []),
        ("Jane Roe (born Porto, 1801) was a miller.", []),
    ],
)
def test_a_document_says_by_which_other_names_its_topic_is_known(chat: Chat, text: str, others: list[str]) -> None:
    names = list(about(chat.claims(text, role="document")))
    assert names[1:] == others


def test_a_title_is_the_name_a_document_is_found_by(chat: Chat) -> None:
    claims = chat.claims("Jana Maria Roe, known as Janka, was a miller.", role="document", title="Jana Maria Roe")
    assert list(about(claims)) == ["Jana Maria Roe"]


def test_a_register_writes_the_family_name_first(chat: Chat) -> None:
    claims = chat.claims("He was a miller in Orsk.", role="document", title="Adolfi, John Gustav")
    assert {name.key for name in claims[0].mentions} == {"orsk", "john gustav adolfi", "john adolfi"}


def test_an_entry_of_a_list_carries_what_introduces_it(chat: Chat) -> None:
    text = (
        "# Orsk Mill\n\n## Owners\n\n- Jane Roe (1822-1840)\n- Bo sold it.\n\nIt has three stones:\n1. Spelt\n2. Rye\n"
    )
    claims = chat.claims(text, role="document")
    assert [claim.text for claim in claims if not claim.text.endswith("stones:")] == [
        "Orsk Mill: Owners: Jane Roe (1822-1840)",
        "Orsk Mill: Bo sold it.",
        "Orsk Mill: It has three stones: Spelt",
        "Orsk Mill: It has three stones: Rye",
    ]
    assert {claim.subject.key for claim in claims if claim.subject} == {"orsk mill"}
    assert text[claims[0].start : claims[0].end] == "Jane Roe (1822-1840)"


def test_the_rows_of_a_table_are_sentences_with_the_words_above_them(chat: Chat) -> None:
    text = "Owners:\n\n| Name | From | City |\n|---|---|---|\n| Jane Roe | 1822 | Porto |\n| Bo Berg | 1840 | |\n"
    [jane, at_home, bo] = chat.claims(text, role="document", title="Orsk Mill")
    assert jane.text == "Orsk Mill: Owners: Name: Jane Roe; From: 1822; City: Porto"
    assert jane.subject is not None
    assert (jane.subject.key, {name.key for name in jane.mentions}) == ("jane roe", {"porto", "orsk mill"})
    assert at_home.text == "Jane Roe lives in Porto"
    assert text[bo.start : bo.end] == "| Bo Berg | 1840 | |"


def test_in_a_record_of_a_talk_each_sentence_is_that_of_its_speaker(chat: Chat) -> None:
    text = "Jane Roe: I was at the mill. It was nice.\nBo: I like rye bread. The oats were sold out.\n"
    assert [claim.text for claim in chat.claims(text, role="document")][1:] == [
        "Jane Roe: It was nice.",
        "Bo: I like rye bread.",
        "Bo: The oats were sold out.",
    ]
    assert [claim.subject and claim.subject.key for claim in chat.claims(text, role="document")][2:] == ["bo", "bo"]


def test_names_and_values_in_two_columns_are_about_the_document(chat: Chat) -> None:
    claims = chat.claims("Born\t1801\nTown\tOrsk\n", role="document", title="Jane Roe")
    assert [claim.text for claim in claims] == ["Jane Roe: Born: 1801", "Jane Roe lives in Orsk"]
    assert {claim.subject.key for claim in claims if claim.subject} == {"jane roe"}


def test_no_sentence_of_a_document_ends_without_a_mark(chat: Chat) -> None:
    text = 'In 2016 she was the subject of the film "Surviving Orsk: Jane, Maria and Bo" by Siemens. It was short.'
    quotes = [text[claim.start : claim.end] for claim in chat.claims(text, role="document", title="Jane Roe")]
    assert quotes == [text[:-14], "It was short."]


def test_what_else_a_sentence_of_a_document_says_is_a_claim_of_its_own(chat: Chat) -> None:
    claims = chat.claims("Jane Roe lives in Berlin, works at Siemens and has two sons.", role="document")
    assert [claim.predicate for claim in claims] == ["lives_in", "works_at", "has"]
    assert [claim.text for claim in claims[1:]] == ["Jane Roe works at Siemens", "Jane Roe has two sons"]


def test_no_sentence_of_a_document_ends_at_an_abbreviation(chat: Chat) -> None:
    text = "The mill was built by Dr. J. Roe of St. Orlan near Orsk. It burned down in 1901."
    quotes = list(dict.fromkeys(text[claim.start : claim.end] for claim in chat.claims(text, role="document")))
    assert quotes == ["The mill was built by Dr. J. Roe of St. Orlan near Orsk.", "It burned down in 1901."]


def test_a_date_of_a_document_needs_its_year(chat: Chat) -> None:
    [relative, absolute] = chat.claims("The mill closed last week. It opened in May 1822.", role="document")
    assert relative.when is None
    assert absolute.when is not None
    assert absolute.when.start == datetime(1822, 5, 1, tzinfo=UTC)


def test_documents_name_only_by_proper_names(chat: Chat) -> None:
    [claim] = chat.claims("The mill of Orsk was built by Jane Roe.", role="document")
    assert {name.key for name in named(claim)} == {"orsk", "jane roe"}
    assert not any(name.is_common for name in named(claim))
