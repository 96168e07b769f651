"""The embedding table: the vectors its makers published, and what a question with weighted words looks like."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.embedding import static
from graphmem.embedding.static import StaticEmbedder
from graphmem.protocols import Vector

EXPECTED = json.loads((Path(__file__).parent / "data" / "static_expected.json").read_text(encoding="utf-8"))
TOLERANCE = EXPECTED["tolerance"]
TEXTS = [text["text"] for text in EXPECTED["texts"]]


def embed(*texts: str) -> list[Vector]:
    return asyncio.run(StaticEmbedder().embed(texts, purpose="document"))


@pytest.mark.parametrize("expected", EXPECTED["texts"], ids=lambda expected: expected["text"])
def test_a_text_gives_the_published_vector(expected):
    [vector] = embed(expected["text"])
    assert vector.dtype == np.float32
    assert vector.shape == (StaticEmbedder.dimensions,)
    assert vector[:8] == pytest.approx(expected["first8"], abs=TOLERANCE)


def test_texts_are_as_near_to_each_other_as_published():
    vectors = embed(*TEXTS)
    for pair in EXPECTED["cosines"]:
        assert float(vectors[pair["a"]] @ vectors[pair["b"]]) == pytest.approx(pair["cosine"], abs=TOLERANCE)


@pytest.mark.parametrize("text", [*EXPECTED["zero_vectors"], "\x00", "\u200b"])
def test_a_text_without_any_word_gives_the_zero_vector(text):
    [vector] = embed(text)
    assert not vector.any()
    assert not StaticEmbedder().weighted(text, lambda word: 1.0).any()


def test_documents_and_questions_are_encoded_alike():
    embedder = StaticEmbedder()
    [document] = asyncio.run(embedder.embed(["Where does Ada work?"], purpose="document"))
    [question] = asyncio.run(embedder.embed(["Where does Ada work?"], purpose="query"))
    assert np.array_equal(document, question)


@pytest.mark.parametrize("text", TEXTS)
def test_equal_weights_change_nothing(text):
    [plain] = embed(text)
    assert StaticEmbedder().weighted(text, lambda word: 2.5) == pytest.approx(plain, abs=TOLERANCE)


def test_every_piece_of_a_word_gets_the_weight_of_the_word():
    only_one_word = {"biscuit": 0.0, "zyxomma": 3.0}
    [alone] = embed("zyxomma")
    weighted = StaticEmbedder().weighted("Zyxomma biscuit", only_one_word.__getitem__)
    assert weighted == pytest.approx(alone, abs=TOLERANCE)


def test_a_heavier_word_pulls_the_question_towards_itself():
    embedder = StaticEmbedder()
    [acme] = embed("Acme")
    plain = embedder.weighted("Which city is Acme in?", lambda word: 1.0)
    pulled = embedder.weighted("Which city is Acme in?", lambda word: 9.0 if word == "acme" else 1.0)
    assert pulled @ acme > plain @ acme


def test_words_are_asked_for_as_the_table_knows_them():
    asked: list[str] = []

    def weight(word: str) -> float:
        asked.append(word)
        return 1.0

    StaticEmbedder().weighted("Ada's CAFÉ, Ada?", weight)
    assert asked == ["ada", "'", "s", "cafe", ",", "ada", "?"]


def test_weights_of_nothing_give_the_zero_vector():
    assert not StaticEmbedder().weighted("Where does Ada work?", lambda word: 0.0).any()


def test_control_characters_inside_a_word_do_not_split_it():
    [clean, dirty, dirty_beyond_ascii] = embed("lisbon café", "lis\x00bon café", "lis\u00adbon cafe\u0301")
    assert np.array_equal(clean, dirty)
    assert np.array_equal(clean, dirty_beyond_ascii)
    [clean, dirty] = embed("lisbon", "lis\x00bon")
    assert np.array_equal(clean, dirty)


def test_a_word_longer_than_any_word_is_one_unknown_piece():
    longest, too_long, far_too_long = embed("a" * 100, "a" * 101, "b" * 100_000)
    assert np.array_equal(too_long, far_too_long)
    assert not np.array_equal(longest, too_long)


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_gives_a_vector_of_length_one_or_zero(text):
    [vector] = embed(text)
    assert np.isfinite(vector).all()
    assert not vector.any() or np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_threads_share_one_table():
    static._read_table.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda _: embed("Ada works at Acme in Lisbon.")[0], range(32)))
    assert static._read_table.cache_info().misses == 1
    assert all(np.array_equal(vector, vectors[0]) for vector in vectors)
