"""What counts as a word, and how much a shared one proves."""

import math
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem import words
from graphmem.words import LONGEST_WORD, STOP_WORDS, bm25, idf, stems

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Which city does Ada's sister work in?", ["citi", "ada", "sister", "work"]),
        ("She didn't move; she’s staying", ["move", "stay"]),
        ("moved, moving, MOVES", ["move", "move", "move"]),
        ("user_name@example.com, v2 and 3rd", ["user", "name", "exampl", "com", "v2", "3rd"]),
        ("the of and", []),
        ("", []),
        (" \t\n…!?", []),
    ],
)
def test_a_text_is_its_stems_in_order_without_stop_words(text, expected):
    assert stems(text) == expected


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ZÜRICH", "zurich"),
        ("Zu\u0308rich", "zurich"),
        ("Ｚｕｒｉｃｈ", "zurich"),
        ("ﬁnance", "finance"),
        ("İstanbul", "istanbul"),
        ("STRASSE", "straße"),
        ("ΟΔΟΣ", "οδός"),
        (unicodedata.normalize("NFD", "한국어"), "한국어"),
    ],
)
def test_two_ways_to_write_a_word_are_one_word(text, same):
    assert stems(text) == stems(same)
    assert len(stems(text)) == 1


def test_ideographs_are_words_of_their_own_and_other_scripts_are_kept():
    assert stems("東京タワーへ") == ["東", "京", "タワーへ"]
    assert stems("Живёт в Москве") == ["живет", "в", "москве"]
    assert stems("سلام") == ["سلام"]


def test_characters_that_are_no_text_only_separate_words():
    assert stems("oslo\x00porto\ud800rome\u200bbern") == ["oslo", "porto", "rome", "bern"]


def test_a_very_long_word_is_known_by_its_beginning():
    assert stems("9" * 1_000_000) == ["9" * LONGEST_WORD]
    assert stems("9" * LONGEST_WORD + "1") == stems("9" * LONGEST_WORD + "2")


def test_a_long_run_of_combining_marks_is_read_in_one_pass():
    assert stems("Zu" + "\u0315\u0308" * 200_000 + "rich") == [
        "zurich"
    ]  # as a whole it would take minutes to normalise


def test_stop_words_are_written_as_texts_are_folded():
    assert all(stems(word) == [] for word in STOP_WORDS)
    assert all(word == word.lower() for word in STOP_WORDS)


@given(ANY_TEXT)
def test_any_text_gives_short_stems_of_letters_and_digits(text):
    for stem in stems(text):
        assert stem.isalnum()
        assert 0 < len(stem) <= LONGEST_WORD


@given(ANY_TEXT)
def test_case_makes_no_difference_to_plain_text(text):
    plain = "".join(c for c in text if c.isascii())
    assert stems(plain.upper()) == stems(plain.lower())


def test_threads_stem_alike():
    texts = [f"moving houses{n} happily generations{n}" for n in range(200)]
    expected = [stems(text) for text in texts]
    words._stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(stems, texts)) == expected


def test_a_rare_word_tells_more_than_a_common_one():
    assert idf(100, 1) == pytest.approx(math.log(1 + 99.5 / 1.5))
    assert idf(100, 1) > idf(100, 50) > idf(100, 100) > 0


def scores(counts, lengths, average, weights, **shape):
    return bm25(np.array(counts), np.array(lengths), average, np.array(weights), **shape).tolist()


def test_bm25_is_the_published_formula():
    [score] = scores([[2, 0]], [10], 8.0, [3.0, 1.0], k1=1.2, b=0.75)
    assert score == pytest.approx(3.0 * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 10 / 8)))


def test_bm25_prefers_the_shorter_of_two_documents_that_say_the_same():
    short, long = scores([[1], [1]], [5, 50], 8.0, [3.0])
    assert short > long > 0
    short, long = scores([[1], [1]], [5, 50], 8.0, [3.0], b=0)
    assert short == long


def test_bm25_of_nothing_in_common_is_zero():
    assert scores([[0]], [1], 1.0, [3.0]) == [0]
    assert scores([[0]], [0], 0.0, [3.0]) == [0]
