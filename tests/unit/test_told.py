"""What a language model says, and what becomes of it, fact by fact; and what it is asked about."""

from datetime import UTC, datetime
from typing import Any

import pytest

from graphmem import Episode, Evidence, Fact
from graphmem.extraction import asked
from graphmem.extraction.told import Given, ShownMessage, claims_of
from graphmem.llm.asking import strict_schema, unfenced
from graphmem.models import Role
from graphmem.moment import FAR_PAST
from graphmem.protocols import Claim, Name, Setting
from tests.model_server import fact

SPACE = "org=default/user=ada"
LISBON = fact("the user", "lives_in", "Lisbon", "The user lives in Lisbon.")
WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


def episode(text: str, *, number: int = 0, role: Role = "user", **fields: Any) -> Episode:
    return Episode(id=f"e{number}", space=SPACE, text=text, role=role, said_at=WEDNESDAY, **fields)


def read(text: str, *facts: dict[str, Any], known: tuple[Fact, ...] = (), role: Role = "user") -> list[Claim]:
    """The claims of one message of the user."""
    messages = [ShownMessage(episode(text, role=role), 0, text, "the user")]
    claims, _ = claims_of(Given(facts=[{"message": 0, "quote": text, **each} for each in facts]), messages, known)
    return claims["e0"]


def one(text: str, **fields: Any) -> Claim:
    [claim] = read(text, {**LISBON, **fields})
    return claim


@pytest.mark.parametrize("subject", ["the user", "User", "The User", "I", "me"])
def test_who_speaks_is_one_whatever_the_model_writes(subject: str) -> None:
    assert one("I live in Lisbon.", subject=subject).subject == Name("the user", "user", "person")


@pytest.mark.parametrize("subject", ["she", "They", "it", "..."])
def test_a_fact_about_a_pronoun_is_left_out(subject: str) -> None:
    assert read("She lives in Lisbon.", {**LISBON, "subject": subject}) == []


def test_an_unnamed_person_is_known_by_whose_they_are() -> None:
    [claim] = read(
        "My sister lives here.", dict(fact("Ada's sister", "lives_in", "Lisbon", "Ada's sister lives in Lisbon."))
    )
    assert claim.subject == Name("Ada's sister", "ada sister", "person", is_common=True)


def test_a_number_is_no_entity() -> None:
    claim = one("I am 34.", object="34", object_type="value")
    assert claim.object == "34"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("live in  Lisbon", "live in Lisbon"),
        ("LIVE IN LISBON", "live in Lisbon"),
        ("live\nin Lisbon", "live in Lisbon"),
        ("lives in Lisbon", None),
        ("…", None),
        ("", None),
    ],
)
def test_a_quote_stands_in_the_text_letter_by_letter(quote: str, found: str | None) -> None:
    text = "I live in Lisbon, by the river."
    claims = read(text, {**fact("the user", "lives_in", "Lisbon", "The user lives in Lisbon."), "quote": quote})
    assert [text[claim.start : claim.end] for claim in claims] == ([found] if found else [])


@pytest.mark.parametrize(
    ("words", "fields", "start"),
    [
        ("in May 2024", {}, datetime(2024, 5, 1, tzinfo=UTC)),
        ("last week", {"kind": "event"}, datetime(2026, 2, 23, tzinfo=UTC)),
        ("on Friday", {"kind": "event"}, datetime(2026, 2, 27, tzinfo=UTC)),
        ("on Friday", {"modality": "plan"}, None),
        ("in May 1999", {"quote": "unsaid"}, None),
        ("soonish", {}, None),
    ],
)
def test_dates_are_computed_from_copied_words(words: str, fields: dict[str, Any], start: datetime | None) -> None:
    text = f"I moved to Lisbon {words}."
    told = {**fact("the user", "lives_in", "Lisbon", "The user lives in Lisbon.", when=words), "quote": text, **fields}
    assert [claim.valid_from for claim in read(text, told)] == ([start] if told["quote"] == text else [])


@pytest.mark.parametrize(
    ("words", "fields", "end"),
    [
        ("until June", {}, datetime(2026, 7, 1, tzinfo=UTC)),
        ("from May to June", {}, datetime(2026, 7, 1, tzinfo=UTC)),
        ("in June", {}, None),
        ("until June", {"kind": "event"}, None),
        ("until June", {"modality": "wish"}, None),
    ],
)
def test_a_state_ends_when_the_words_say_until_when(words: str, fields: dict[str, Any], end: datetime | None) -> None:
    assert one(f"I am in Lisbon {words}.", when=words, **fields).valid_to == end


def test_words_of_a_date_that_were_not_said_date_nothing() -> None:
    assert one("I moved to Lisbon.", when="in May 1999").when is None


def test_a_document_dates_nothing_by_words_that_mean_another_day_each_time() -> None:
    told = fact("Acme", "located_in", "Oslo", "Acme is in Oslo.", when="last week")
    [claim] = read("Acme moved to Oslo last week.", dict(told), role="document")
    assert claim.when is None


def test_what_is_over_ended_before_it_was_told() -> None:
    claim = one("I used to live in Lisbon.", status="past")
    assert (claim.op, claim.valid_from, claim.valid_to) == ("past", FAR_PAST, WEDNESDAY)


@pytest.mark.parametrize(
    ("status", "op"), [("holds", "assert"), ("ended", "end"), ("past", "past"), ("wrong", "retract")]
)
def test_what_a_statement_does_is_what_the_rules_call_it(status: str, op: str) -> None:
    assert one("I live in Lisbon.", status=status).op == op


@pytest.mark.parametrize(
    ("modality", "kind", "called"),
    [
        ("fact", "state", "asserted"),
        ("plan", "plan", "intention"),
        ("wish", "plan", "desire"),
        ("possible", "state", "possible"),
    ],
)
def test_plans_and_wishes_are_not_what_is(modality: str, kind: str, called: str) -> None:
    claim = one("I may live in Lisbon.", modality=modality)
    assert (claim.kind, claim.modality) == (kind, called)


def test_a_relation_is_written_in_one_way() -> None:
    [claim] = read("I live in Lisbon.", {**LISBON, "relation": " Lives-In "})
    assert claim.predicate == "lives_in"


def test_what_is_known_is_said_again_in_its_own_words() -> None:
    known = Fact(
        id="f1",
        space=SPACE,
        text="The user has a flat in Lisbon.",
        subject="the user",
        subject_key="user",
        predicate="has",
        object="a flat in Lisbon",
        evidence=(Evidence(episode_id="e9", start=0, end=3),),
    )
    again = fact("the user", "owns", "a flat", "The user owns a flat.", duplicate_of=1)
    [claim] = read("I own a flat.", dict(again), known=(known,))
    assert (claim.text, claim.predicate, claim.object) == (known.text, "has", "a flat in Lisbon")
    [denied] = read("I own no flat.", {**again, "negated": True}, known=(known,))
    assert denied.text == "The user owns a flat."
    [of_another] = read("Kim owns a flat.", {**again, "subject": "Kim"}, known=(known,))
    assert of_another.text == "The user owns a flat."


# ------------------------------------------------------------------------------------------------------- what is asked


def test_turns_of_one_conversation_go_together_and_documents_alone() -> None:
    said = [
        episode("One.", number=1, session="s1"),
        episode("Two.", number=2, session="s1", role="assistant"),
        episode("A page.", number=3, role="document"),
        episode("Another page.", number=4, role="document"),
        episode("Three.", number=5, session="s2"),
    ]
    assert [[of.id for of in group] for group in asked.together(said)] == [["e1", "e2"], ["e3"], ["e4"], ["e5"]]


def test_long_turns_fill_a_call_sooner() -> None:
    said = [episode("word " * 1_000, number=number, session="s") for number in range(5)]
    assert [len(group) for group in asked.together(said)] == [2, 2, 1]


@pytest.mark.parametrize("text", ["word " * 9_000, "w" * 30_000, "A line.\n\n" * 4_000])
def test_a_long_text_is_cut_without_losing_a_character(text: str) -> None:
    [*calls] = asked.calls([episode(text)], [Setting("the user")])
    messages = [piece for call in calls for piece in call]
    assert "".join(piece.text for piece in messages) in (text, text.rstrip())
    assert all(text[piece.start :].startswith(piece.text) for piece in messages)
    assert max(sum(len(piece.text) for piece in call) for call in calls) <= asked.CHARACTERS


def test_the_version_of_the_prompt_follows_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    before = asked.version()
    assert before == asked.version()
    monkeypatch.setattr(asked.asking, "instructions", lambda name: "Do as you like.")
    assert asked.version() != before


def test_the_schema_is_strict() -> None:
    schema = strict_schema(asked.Answered)
    [told] = schema["$defs"].values()  # type: ignore[attr-defined]
    assert set(told["required"]) == set(told["properties"])
    assert told["additionalProperties"] is schema["additionalProperties"] is False
    assert "default" not in str(schema)


@pytest.mark.parametrize(
    "text", ['{"a": 1}', '```json\n{"a": 1}\n```', '```\n{"a": 1}```', ' ```JSON\r\n{"a": 1}\r\n```\n']
)
def test_marks_around_code_are_taken_off(text: str) -> None:
    assert unfenced(text).strip() == '{"a": 1}'
