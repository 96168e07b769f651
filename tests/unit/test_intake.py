"""What callers pass, checked at the door: what cannot be stored is refused by name."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.errors import GraphmemError, InvalidInput, NaiveMoment, ScopeMissing, TooLarge
from graphmem.scope import LONGEST_ID, Scope
from graphmem.writing.intake import (
    LONGEST_QUESTION,
    LONGEST_TEXT,
    Door,
    checked_metadata,
    checked_question,
    checked_text,
)

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
EARLIER = datetime(2024, 5, 1, tzinfo=timezone(timedelta(hours=2)))
CARD = "4111 1111 1111 1111"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=3) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture
def door():
    return Door(Scope.of("acme", user_id="ada"), NOW, redacts=True)


def said(door, messages, *, at=None, title=None, source_id=None, metadata=None):
    return door.messages(messages, at=at, title=title, source_id=source_id, metadata=metadata)


# ------------------------------------------------------------------------------------------------------------- messages


def test_a_text_is_one_thing_that_the_user_says_now(door):
    [arrival] = said(door, "I live in Porto.")
    episode = arrival.episode
    assert (episode.text, episode.role, episode.said_at) == ("I live in Porto.", "user", NOW)
    assert (episode.space, episode.session, episode.speaker) == ("org=acme/user=ada", None, None)


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hi, Ada.", "name": "Guide"}, "Bye."],
        ({"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hi, Ada.", "name": "Guide"}, "Bye."),
    ],
)
def test_a_conversation_comes_in_its_order(door, messages):
    episodes = [arrival.episode for arrival in said(door, messages)]
    assert [episode.text for episode in episodes] == ["Hello.", "Hi, Ada.", "Bye."]
    assert [episode.role for episode in episodes] == ["user", "assistant", "user"]
    assert [episode.speaker for episode in episodes] == [None, "Guide", None]
    assert [episode.id for episode in episodes] == sorted(episode.id for episode in episodes)


def test_a_message_whose_name_is_none_has_no_speaker(door):
    [arrival] = said(door, {"role": "user", "content": "Hello.", "name": None})
    assert arrival.episode.speaker is None


def test_a_titled_text_is_a_document_and_a_titled_message_is_not(door):
    assert said(door, "It opened in 2008.", title="The Blue Door")[0].episode.role == "document"
    assert said(door, {"content": "It opened in 2008."}, title="The Blue Door")[0].episode.role == "user"


def test_what_was_said_elsewhere_is_kept_in_utc(door):
    assert said(door, "Hello.", at=EARLIER)[0].episode.said_at == datetime(2024, 4, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        (None, "messages is NoneType"),
        (b"Hello.", "messages is bytes"),
        (7, "messages is int"),
        (True, "messages is bool"),
        ({"Hello."}, "messages is set"),
        ((text for text in ["Hello."]), "messages is generator"),
        ([], "messages is empty"),
        ("", "content is empty"),
        (" \n\t", "content is empty"),
        ([None], "a message is NoneType"),
        ([["Hello."]], "a message is list"),
        ([b"Hello."], "a message is bytes"),
        ({}, "content is NoneType"),
        ({"content": True}, "content is bool"),
        ({"content": 7}, "content is int"),
        ({"content": b"Hello."}, "content is bytes"),
        ({"content": [{"type": "text", "text": "Hello."}]}, "content is list"),
        ({"content": "Hello.", "name": ""}, "name is empty"),
        ({"content": "Hello.", "name": 7}, "name is int"),
        ({"content": "Hello.", "role": "boss"}, "role='boss' is none of"),
        ({"content": "Hello.", "role": None}, "role=None is none of"),
        ({"content": "Hello.", "role": ["user"]}, "is none of"),
        ({"content": "Hello.", "text": "Hi", 7: "x"}, "unknown fields 'text', 7"),
        ("Hello\x00", "NUL character at 5"),
        ("Hello\ud800", r"lone surrogate\) at 5"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(door, messages, complaint):
    with pytest.raises(InvalidInput, match=complaint):
        said(door, messages)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"title": ""}, "title is empty"),
        ({"title": 7}, "title is int"),
        ({"source_id": ""}, "source_id is empty"),
        ({"source_id": 7}, "source_id is int"),
        ({"at": "yesterday"}, "aware datetime"),
        ({"at": EARLIER.date()}, "aware datetime"),
        ({"at": EARLIER.replace(tzinfo=None)}, "no time zone"),
        ({"metadata": "mood"}, "metadata must be"),
    ],
)
def test_what_comes_with_a_text_is_checked_too(door, given, complaint):
    with pytest.raises(InvalidInput, match=complaint):
        said(door, "Hello.", **given)


def test_a_text_too_long_is_told_by_how_much():
    assert checked_text("text", "a" * LONGEST_TEXT)
    with pytest.raises(TooLarge, match="text has 1,000,001 characters; at most 1,000,000 fit"):
        checked_text("text", "a" * (LONGEST_TEXT + 1))


def test_a_question_is_shorter_than_a_text():
    assert checked_question("a" * LONGEST_QUESTION)
    with pytest.raises(TooLarge, match="the question has 32,001 characters"):
        checked_question("a" * (LONGEST_QUESTION + 1))
    for question in ("", "  ", None, 7, True, b"Where?", ["Where?"]):
        with pytest.raises(InvalidInput, match="question is"):
            checked_question(question)


@given(ANYTHING)
def test_any_input_is_taken_or_refused_and_nothing_else(value):
    door = Door(Scope.of("acme", user_id="ada"), NOW, redacts=True)
    for verb in (
        lambda: said(door, value),
        lambda: said(door, {"content": "Hello.", "name": value}),
        lambda: said(door, "Hello.", metadata=value),
        lambda: said(door, "Hello.", at=value),
        lambda: door.episode(value, position=0),
        lambda: door.episode({"text": "Hello.", "at": value, "session_id": value}, position=0),
        lambda: door.statement(value, position=0),
        lambda: door.statement({"text": "Ada sings.", "valid_from": value}, position=0),
    ):
        with suppress(GraphmemError):  # any other error is a failure
            verb()


# ------------------------------------------------------------------------------------------------------------- identity


def test_the_same_text_under_the_same_source_is_the_same(door):
    first, again, other = (said(door, "Hello.", source_id=source)[0].identity for source in ("s/1", "s/1", "s/2"))
    assert first == again != other


def test_the_messages_of_one_source_are_told_apart_by_their_place(door):
    identities = [arrival.identity for arrival in said(door, ["Yes.", "Yes."], source_id="s/1")]
    assert identities == ["source:s/1#0", "source:s/1#1"]


def test_a_source_called_like_the_place_in_another_is_another(door):
    [first] = said(door, "Yes.", source_id="s#1")
    assert first.identity not in {arrival.identity for arrival in said(door, ["Yes."] * 3, source_id="s")}


def test_a_dated_message_is_the_same_when_it_comes_again(door):
    twice = [said(door, ["Yes.", "No.", "Yes."], at=EARLIER) for _ in range(2)]
    first, again = ([arrival.identity for arrival in arrivals] for arrivals in twice)
    assert first == again
    assert len(set(first)) == 3


@pytest.mark.parametrize(
    ("message", "given"),
    [
        ("No.", {}),
        ({"content": "Yes.", "name": "Ben"}, {}),
        ({"content": "Yes.", "role": "assistant"}, {}),
        ("Yes.", {"at": EARLIER + timedelta(microseconds=1)}),
    ],
)
def test_a_dated_message_with_another_text_speaker_or_moment_is_another(door, message, given):
    [yes] = said(door, "Yes.", at=EARLIER)
    [other] = said(door, message, **{"at": EARLIER, **given})
    assert yes.identity != other.identity


def test_the_same_moment_in_another_zone_is_the_same(door):
    [here], [there] = (said(door, "Yes.", at=moment) for moment in (EARLIER, EARLIER.astimezone(UTC)))
    assert here.identity == there.identity


def test_an_undated_message_without_a_source_is_always_new(door):
    assert said(door, "Yes.")[0].identity != said(door, "Yes.")[0].identity


def test_an_episode_of_a_batch_is_known_by_its_source_or_by_its_place_and_text(door):
    assert door.episode({"text": "Yes.", "source_id": "s"}, position=3).identity == "source:s#0"
    here, again, there = (door.episode({"text": "Yes."}, position=position).identity for position in (3, 3, 4))
    assert here == again != there
    assert here != door.episode({"text": "No."}, position=3).identity


# ------------------------------------------------------------------------------------------------------------- episodes


def test_an_episode_without_a_voice_is_a_document_and_with_one_it_is_chat(door):
    assert door.episode({"text": "It rained."}, position=0).episode.role == "document"
    assert door.episode({"text": "It rained.", "speaker": "Ben"}, position=0).episode.role == "user"
    assert door.episode({"text": "It rained.", "session_id": "s"}, position=0).episode.role == "user"
    assert door.episode({"text": "It rained.", "speaker": "Ben", "role": "tool"}, position=0).episode.role == "tool"


def test_an_episode_may_give_its_moment_as_text(door):
    for at in ("2024-05-01T00:00:00+02:00", "2024-04-30T22:00:00Z", EARLIER):
        assert door.episode({"text": "It rained.", "at": at}, position=0).episode.said_at == EARLIER
    with pytest.raises(NaiveMoment):
        door.episode({"text": "It rained.", "at": "2024-05-01"}, position=0)
    with pytest.raises(InvalidInput, match="at='May' is not a moment"):
        door.episode({"text": "It rained.", "at": "May"}, position=0)


def test_an_episode_that_cannot_be_meant_is_named_by_its_place(door):
    with pytest.raises(InvalidInput, match="episode 7 has unknown fields 'txt'"):
        door.episode({"txt": "It rained."}, position=7)
    with pytest.raises(InvalidInput, match="episode 7 is str"):
        door.episode("It rained.", position=7)


def test_the_session_of_an_episode_is_an_id_like_any_other(door):
    with pytest.raises(InvalidInput, match="session_id has 513 characters"):
        door.episode({"text": "It rained.", "session_id": "s" * (LONGEST_ID + 1)}, position=0)
    with pytest.raises(ScopeMissing):
        Door(Scope.of("acme", layer="org"), NOW, redacts=True).episode({"text": "Hi.", "session_id": "s"}, position=0)


def test_what_a_tool_says_in_a_session_stays_in_the_session():
    door = Door(Scope.of("acme", user_id="ada", session_id="s"), NOW, redacts=True)
    spaces = [arrival.episode.space for arrival in said(door, [{"content": "12°", "role": "tool"}, "Cold!"])]
    assert spaces == ["org=acme/user=ada/session=s", "org=acme/user=ada"]


def test_no_input_reaches_beyond_the_space_of_the_call(door):
    for session in ("../user=ben", "s/../../user=ben", "s~"):
        arrival = door.episode({"text": "12°", "role": "tool", "session_id": session}, position=0)
        assert arrival.episode.space.startswith("org=acme/user=ada/session=")
        assert arrival.episode.space.count("/") == 2


# ----------------------------------------------------------------------------------------------------------- statements


def test_a_triple_makes_its_sentence(door):
    statement = door.statement({"subject": "Ada", "predicate": "works_at", "object": "Acme"}, position=0)
    assert (statement.subject, statement.predicate, statement.object) == ("Ada", "works_at", "Acme")
    assert statement.arrival.episode.text == "Ada works at Acme"


def test_a_sentence_may_come_alone_or_with_its_triple(door):
    alone = door.statement({"text": "Ada sings."}, position=0)
    assert (alone.arrival.episode.text, alone.subject) == ("Ada sings.", None)
    both = door.statement({"text": "Ada sings.", "subject": "Ada", "predicate": "sings", "object": "songs"}, position=0)
    assert (both.arrival.episode.text, both.object) == ("Ada sings.", "songs")


def test_a_statement_holds_between_moments(door):
    given = {"text": "Ada sings.", "valid_from": "2024-05-01T00:00:00Z", "valid_to": datetime(2024, 6, 1, tzinfo=UTC)}
    statement = door.statement(given, position=0)
    assert (statement.valid_from, statement.valid_to) == (datetime(2024, 5, 1, tzinfo=UTC), given["valid_to"])


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "fact 3: it has no text"),
        ({"subject": "Ada", "predicate": "sings"}, "fact 3: it has no text"),
        ({"text": "Ada sings.", "predicate": "sings"}, "fact 3: it has half a triple"),
        ({"subject": "Ada", "predicate": "age", "object": 34}, "object is int"),
        ({"text": True}, "text is bool"),
        ({"text": "Ada sings.", "confidence": 1}, "fact 3 has unknown fields 'confidence'"),
        ({"text": "Ada sings.", "valid_from": EARLIER, "valid_to": EARLIER}, "fact 3: it ends at"),
        ({"text": "Ada sings.", "valid_to": datetime(2024, 5, 1)}, "no time zone"),  # noqa: DTZ001
    ],
)
def test_a_statement_that_cannot_be_meant_is_refused_by_name(door, fields, complaint):
    with pytest.raises(InvalidInput, match=complaint):
        door.statement(fields, position=3)


def test_a_statement_is_the_same_when_it_says_the_same(door):
    triple = {"subject": "Ada", "predicate": "works_at", "object": "Acme"}
    identities = [
        door.statement({**triple, **more}, position=position).arrival.identity
        for position, more in enumerate(
            [{}, {}, {"object": "Globex"}, {"valid_from": EARLIER}, {"valid_to": EARLIER}, {"source_id": "s"}]
        )
    ]
    assert identities[0] == identities[1]
    assert len(set(identities)) == 5


# -------------------------------------------------------------------------------------------------------------- secrets


def test_no_secret_comes_through_the_door_in_any_field(door):
    metadata = {"note": CARD, "more": [{"deep": f"pay with {CARD}"}]}
    [message] = said(door, f"My card is {CARD}.", title=f"Card {CARD}", metadata=metadata)
    batch = door.episode({"text": f"My card is {CARD}.", "title": CARD, "metadata": metadata}, position=0)
    triple = door.statement({"subject": f"Card {CARD}", "predicate": "card", "object": CARD}, position=0)
    kept = [message, batch, triple]
    assert not [arrival for arrival in kept if "4111" in repr(arrival)]
    assert message.episode.text == "My card is [redacted:card]."
    assert message.episode.metadata == {"note": "[redacted:card]", "more": [{"deep": "pay with [redacted:card]"}]}
    assert message.secrets == ("card",) * 4
    assert triple.object == "[redacted:card]"
    assert triple.arrival.secrets == ("card", "card")


def test_secrets_stay_where_the_caller_wants_them():
    door = Door(Scope.of("acme", user_id="ada"), NOW, redacts=False)
    [arrival] = said(door, f"My card is {CARD}.", metadata={"card": CARD})
    assert (arrival.episode.text, arrival.secrets) == (f"My card is {CARD}.", ())
    assert arrival.episode.metadata == {"card": CARD}


# ------------------------------------------------------------------------------------------------------------- metadata


def test_metadata_is_a_copy_of_plain_values():
    given = {"tags": ["a", 1, 2.5, None, True], "": {"deep": {}}}
    kept = checked_metadata(given)
    given["tags"].append("b")
    assert kept == {"tags": ["a", 1, 2.5, None, True], "": {"deep": {}}}
    assert checked_metadata(MappingProxyType({"a": 1})) == {"a": 1}
    assert checked_metadata(None) == checked_metadata({}) == {}


def nested(levels):
    value = {}
    for _ in range(levels):
        value = {"deeper": value}
    return value


def endless():
    value = {}
    value["self"] = value
    return value


@pytest.mark.parametrize(
    "metadata",
    [
        "mood",
        7,
        [("a", 1)],
        {1: "one"},
        {"a": {1: "one"}},
        {"a": b"bytes"},
        {"a": {1, 2}},
        {"a": (1, 2)},
        {"a": NOW},
        {"a": float("nan")},
        {"a": [float("-inf")]},
        {"a": 10**5_000},
        {"a": "half \ud800"},
        {"half \ud800": 1},
        {"a": ["nul \x00"]},
        {"nul \x00": 1},
        nested(100_000),
        endless(),
    ],
)
def test_metadata_that_has_no_plain_form_is_refused(metadata):
    with pytest.raises(InvalidInput, match="metadata"):
        checked_metadata(metadata)


def test_metadata_may_speak_of_nul_in_words():
    assert checked_metadata({"a": r"\u0000 and \\u0000"}) == {"a": r"\u0000 and \\u0000"}


def test_metadata_has_a_size():
    with pytest.raises(TooLarge, match="metadata has"):
        checked_metadata({"a": "a" * LONGEST_TEXT})
