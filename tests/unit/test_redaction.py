"""Secrets go before anything is stored, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.writing.redaction import redact

CARD = "4111 1111 1111 1111"
IBAN = "DE89 3704 0044 0532 0130 00"
KEY = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    "number",
    [
        CARD,
        "4111111111111111",
        "4111-1111-1111-1111",
        "5500 0055 5555 5559",
        "2223 0031 2200 3222",
        "3782 822463 10005",
        "371449635398431",
        "3056 930902 5904",
        "6011 0009 9013 9424",
        "3530 1113 3330 0000",
        "6304 0000 0000 0000 000",
    ],
)
def test_card_numbers_go(number):
    assert redact(f"Pay with {number}, please.") == ("Pay with [redacted:card], please.", ("card",))


@pytest.mark.parametrize(
    "around",
    ["{} 12/27", "{} 123", "12 {}", "4000 {}", "2024-05-01 {}", "no.{}", "card={};", "({})", "{}.", "-{}-"],
)
def test_a_card_number_goes_whatever_stands_around_it(around):
    assert redact(around.format(CARD)) == (around.format("[redacted:card]"), ("card",))


@pytest.mark.parametrize("iban", [IBAN, IBAN.replace(" ", ""), "GB82 WEST 1234 5698 7654 32", "NO93 8601 1117 947"])
def test_bank_accounts_go(iban):
    assert redact(f"My account is {iban}.") == ("My account is [redacted:iban].", ("iban",))


def test_capitals_behind_a_bank_account_are_none_of_it():
    assert redact("BE68 5390 0754 7034 EUR 500 BIC KRED").text == "[redacted:iban] EUR 500 BIC KRED"


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "AKIA" + "ABCD" * 4,
        "github_pat_" + "a1_B" * 10,
        "glpat-" + "a1-B" * 5,
        "sk-proj-" + "a1-B" * 10,
        "sk-" + "a1B2" * 12,
        "xoxb-1234567890-abc",
        "AIza" + "a1-_b" * 7,
        "sk_live_" + "a1B2" * 4,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_access_keys_go(key):
    assert redact(f'key="{key}" and more') == ('key="[redacted:key]" and more', ("key",))


def test_a_private_key_that_is_cut_off_goes_to_its_end():
    assert redact("-----BEGIN PRIVATE KEY-----\nMIIE\nabc").text == "[redacted:key]"


def test_secrets_are_reported_in_the_order_of_their_place():
    assert redact(f"{KEY} then {CARD} then {IBAN} then {KEY}").kinds == ("key", "card", "iban", "key")


@pytest.mark.parametrize(
    "text",
    [
        "Call me at +49 176 1234 5678 or 0176 12345678, or +4111111111111111.",
        "Call 4930 123456 789 or (020) 7946 0958 or 1-800-555-0199.",
        "2024-01-15 2024-01-16 2024-01-17 2024-01-18, 2024-05-12T10:30:00.123456Z",
        "In 2020 2021 2022 2023 2024 2025 2026 2027 it rained.",
        "20240115103000 1700000000005 1700000000000013 1700000000000000009",
        "550e8400-e29b-41d4-a716-446655440000 018c2f6e-7b3a-7d4e-8f00-0123456789ab",
        "12345678-4111-4111-4111-411141114111 41114111-4111-4111-4111-411141114111",
        "a score of 0.5555555555555556 and 1.4142135623730951, 3.4111111111111111",
        "192.168.100.100 10.0.0.1 ISBN 978-3-16-148410-0",
        "4111 1111 1111 1112",
        "4444 4444 4444 4444",
        "DE88 3704 0044 0532 0130 00",
        "a task-force-of-many-talented-people, sk-fading-circle-container, ask-someone-else-about-it",
        "Ada Lovelace, 12 Rua das Flores, 4050-262 Porto",
    ],
)
def test_what_a_memory_is_for_stays(text):
    assert redact(text) == (text, ())


def test_a_replaced_secret_is_not_reported_again():
    assert redact(redact(f"{CARD} {IBAN} {KEY}").text) == ("[redacted:card] [redacted:iban] [redacted:key]", ())


PIECES = st.sampled_from([CARD, CARD.replace(" ", ""), IBAN, IBAN.replace(" ", ""), KEY, "1", ".", "-", " ", "+", "A"])


@given(st.lists(PIECES, max_size=6).map("".join))
def test_redacting_twice_is_redacting_once(text):
    once = redact(text)
    assert redact(once.text) == (once.text, ())
    assert len(once.kinds) == once.text.count("[redacted:")


@given(st.uuids())
def test_ids_stay(uuid):
    assert redact(f"fact {uuid} and {uuid.int}") == (f"fact {uuid} and {uuid.int}", ())


@given(st.datetimes(), st.datetimes())
def test_moments_stay(one, other):
    text = f"{one.isoformat()} {other.isoformat(' ')} {one:%Y%m%d%H%M%S} {other.date()} {one.date()}"
    assert redact(text) == (text, ())


@pytest.mark.parametrize("piece", ["1", "A", "eyJ-", "-eyJaaaaaaaaaa.", "-sk-", "-----BEGIN "])
def test_a_long_text_is_read_once(piece):
    text = piece * (400_000 // len(piece))  # in quadratic time this takes minutes
    assert redact(text).kinds == ()


@pytest.mark.parametrize("piece", ["1 ", "4111 ", "4111-1111-1111-1112 ", "AA11 ", "AA11AAAA "])
def test_a_long_text_of_beginnings_hides_no_secret_behind_them(piece):
    assert redact(piece * 5_000 + "x " + CARD).kinds == ("card",)


@pytest.mark.parametrize(
    ("secret", "gap", "kind"), [(CARD, " ", "card"), (CARD, ".", "card"), (KEY, " ", "key"), (IBAN, ", ", "iban")]
)
def test_however_many_secrets_there_are_they_all_go(secret, gap, kind):
    assert redact((secret + gap) * 5_000).text == (f"[redacted:{kind}]" + gap) * 5_000


def test_keys_without_a_gap_are_one_run():
    assert redact(("AKIA" + "ABCD" * 4) * 5_000).text == "[redacted:key]"
