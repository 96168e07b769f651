"""The adapter of sentence-transformers, with a stand-in for the library: its model counts letters."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from graphmem import Memory
from graphmem.embedding.sentence_transformers import SentenceTransformerEmbedder
from graphmem.errors import EmbedderMismatch, InvalidInput, PartMissing

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Library:
    """What the adapter uses of the library; every model answers alike, but for its prompt."""

    def __init__(self) -> None:
        self.made: list[tuple[str, dict[str, object]]] = []
        self.encoded: list[tuple[str, list[str], dict[str, object]]] = []
        self.is_reading = False

    def SentenceTransformer(self, name: str, **how: object):  # noqa: N802 - the library's name
        if name == "nowhere/model":
            raise OSError("not in the cache")
        self.made.append((name, how))
        return SimpleNamespace(
            encode_query=lambda texts, **how: self.encode("query", texts, how),
            encode_document=lambda texts, **how: self.encode("document", texts, how),
        )

    def encode(self, purpose: str, texts: list[str], how: dict[str, object]):
        assert not self.is_reading, "two threads in one tokenizer"
        self.is_reading = True
        self.encoded.append((purpose, texts, how))
        counts = np.array([[1 + text.lower().count(letter) for letter in LETTERS] for text in texts], np.float32)
        self.is_reading = False
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


@pytest.fixture
def library(monkeypatch) -> Library:
    library = Library()
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    return library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_model(tmp_path / "small-model", b"weights")


def a_model(folder: Path, weights: bytes) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_a_memory_uses_the_model_it_is_told_to_and_finds_with_it(library, folder):
    with Memory(":memory:", embedder=f"sentence-transformers:{folder}", extractor="none") as memory:
        memory.add_many([{"text": "zzz", "source_id": "z"}, {"text": "eee", "source_id": "e"}], user_id="ada")
        assert memory.recall("ze zzz", user_id="ada").sources[0] == "z"
    assert [name for name, _ in library.made] == [str(folder)]
    assert {purpose for purpose, _, _ in library.encoded} == {"query", "document"}


def test_nothing_is_downloaded_and_no_code_of_a_model_is_run(library):
    asyncio.run(SentenceTransformerEmbedder("some/model").embed(["Ada"], purpose="query"))
    assert library.made == [("some/model", {"local_files_only": True, "trust_remote_code": False})]


def test_texts_go_to_the_model_together_and_come_back_in_order(library, folder):
    embedder = SentenceTransformerEmbedder(str(folder))
    assert embedder.dimensions == 26
    library.encoded.clear()
    vectors = asyncio.run(embedder.embed(["aaa", "bbb", "aaa"], purpose="document"))
    [(_, texts, how)] = library.encoded
    assert texts == ["aaa", "bbb", "aaa"]
    assert how["normalize_embeddings"] is True
    assert np.array_equal(vectors[0], vectors[2])
    assert all(np.linalg.norm(vector) == pytest.approx(1, abs=1e-6) for vector in vectors)


@pytest.mark.parametrize("text", ["", " \n", "?!", "\u200b"])
def test_a_text_without_a_word_gives_the_zero_vector(library, folder, text):
    wordless, worded = asyncio.run(SentenceTransformerEmbedder(str(folder)).embed([text, "a"], purpose="document"))
    assert not wordless.any()
    assert worded.any()


def test_no_texts_give_no_vectors(library, folder):
    assert asyncio.run(SentenceTransformerEmbedder(str(folder)).embed([], purpose="document")) == []


def test_a_model_is_itself_in_another_place_and_another_one_with_other_weights(library, folder, tmp_path):
    identity = SentenceTransformerEmbedder(str(folder)).identity
    moved = a_model(tmp_path / "elsewhere" / "small-model", b"weights")
    trained = a_model(tmp_path / "trained" / "small-model", b"better weights")
    assert identity.startswith("small-model-")
    assert identity.endswith("/26")
    assert SentenceTransformerEmbedder(f"{moved}/").identity == identity
    assert SentenceTransformerEmbedder(str(trained)).identity != identity


def test_a_model_known_by_name_goes_by_its_name(library):
    assert SentenceTransformerEmbedder("sentence-transformers/all-MiniLM-L6-v2").identity == "all-MiniLM-L6-v2/26"


def test_a_store_refuses_another_model(library, folder, tmp_path):
    store = tmp_path / "notes.db"
    with Memory(store, embedder=f"sentence-transformers:{folder}", extractor="none") as memory:
        memory.add("Ada works at Acme.", user_id="ada")
    with Memory(store) as memory, pytest.raises(EmbedderMismatch, match="small-model"):
        memory.recall("Where does Ada work?", user_id="ada")


def test_threads_load_one_model_and_take_turns(library, folder):
    embedder = SentenceTransformerEmbedder(str(folder))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: asyncio.run(embedder.embed(["Ada"] * 50, purpose="query")), range(32)))
    assert len(library.made) == 1


def test_a_missing_library_is_an_error_that_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    memory = Memory(":memory:", embedder="sentence-transformers:some/model")  # nothing is loaded before the first call
    with pytest.raises(PartMissing, match=r'pip install "graphmem\[sentence-transformers\]"'):
        memory.add("Ada works at Acme.", user_id="ada")


def test_a_model_that_is_not_there_is_an_error_that_says_how_to_fetch_it(library):
    with pytest.raises(PartMissing, match=r"nowhere/model.*hf download NAME"):
        asyncio.run(SentenceTransformerEmbedder("nowhere/model").embed(["Ada"], purpose="query"))


@pytest.mark.parametrize("choice", ["minilm", "sentence-transformers:", "sentence-transformers"])
def test_a_choice_that_names_no_embedder_is_refused(choice):
    with pytest.raises(InvalidInput, match=r"pass a folder|neither"):
        Memory(":memory:", embedder=choice)
