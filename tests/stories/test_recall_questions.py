"""Whatever is asked, in whatever language and however much of it: it is answered by its words, or refused."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem import InvalidInput, Memory
from graphmem.models import Recall
from graphmem.testing import WordEmbedder
from tests.stories.conftest import NewMemory
from tests.stories.plain_sentences import PlainSentences

TOLD = (
    "Corvin works at Brem.",
    "Brem supplies Elsby.",
    "Elsby trusts Dunmar.",
    "Dunmar lives in Fenwar.",
    "Alda trusts Corvin.",
    "Fenwar supplies Alda.",
)
IN_OTHER_SCRIPTS = {
    "Марина живёт в Софии.": "Где живёт Марина?",
    "Η Ελένη δουλεύει στον φάρο.": "Ποια δουλεύει στον φάρο;",
    "ليلى تسكن في دمشق.": "أين تسكن ليلى؟",
    "小林在京都教书。": "小林在哪里教书？",
    "मीरा पुणे में रहती है।": "मीरा कहाँ रहती है?",
    "יעל גרה בחיפה.": "איפה גרה יעל?",
}
ASKED = "Who supplies Elsby"
ASKED_WITH_SYNTAX = (
    '"Who" "supplies" "Elsby"',
    '"supplies Elsby',
    "Who AND supplies OR NOT Elsby",
    "Who supplies* Elsby*",
    "^Who supplies ^Elsby",
    "supplies:Elsby",
    "(supplies OR (Elsby)",
    "+supplies -Elsby~2",
    "[supplies TO Elsby}",
    "supplies && Elsby || !who",
    r"\supplies\ \Elsby\\",
    "/supplies/ /Elsby/",
    "supplies? Elsby??",
    "{supplies Elsby}",
    "'; supplies -- Elsby",
    "$supplies %Elsby% `",
    "supplies\tElsby\r\n\x1b",
)
WORDS_OF_SEARCHES = (
    "NEAR(supplies Elsby, 2)",
    "supplies NEAR/3 Elsby",
    ".*supplies.* (?i)Elsby$",
    "supplies^4 Elsby^0.5",
)


def plain(new_memory: NewMemory) -> Memory:
    """A memory of plain sentences, in which only words count."""
    memory = new_memory(extractor=PlainSentences(), embedder=WordEmbedder())
    memory.add_many([{"text": text, "source_id": text} for text in TOLD], user_id="ada")
    return memory


def said(recall: Recall) -> list[str | None]:
    return [hit.source_id for hit in recall.hits]


def check_sound(recall: Recall, *, limit: int) -> None:
    scores = [hit.score for hit in recall.hits]
    assert len(scores) <= limit
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in (*scores, recall.confidence))
    assert len({hit.episode_id for hit in recall.hits}) == len(scores)


def test_query_syntax_in_a_question_is_read_as_words(new_memory: NewMemory) -> None:
    memory = plain(new_memory)
    expected = said(memory.recall(ASKED, user_id="ada"))
    assert expected[0] == "Brem supplies Elsby."
    for question in ASKED_WITH_SYNTAX:
        assert said(memory.recall(question, user_id="ada")) == expected, question
    for question in WORDS_OF_SEARCHES:
        assert said(memory.recall(question, user_id="ada"))[0] == expected[0], question


def test_a_question_in_any_script_finds_what_was_told_in_it(memory: Memory) -> None:
    texts = [*IN_OTHER_SCRIPTS, *TOLD]
    memory.add_many([{"text": text, "source_id": text} for text in texts], user_id="ada")
    for text, question in IN_OTHER_SCRIPTS.items():
        assert said(memory.recall(question, user_id="ada"))[0] == text, question


def test_a_question_in_another_language_finds_by_the_names_in_it(memory: Memory) -> None:
    memory.add_many([{"text": text, "source_id": text} for text in TOLD], user_id="ada")
    for question in (
        "Wo arbeitet Corvin bei Brem?",
        "¿Dónde trabaja Corvin, en Brem?",
        "Корвин Corvin работает в Brem?",
    ):
        assert said(memory.recall(question, user_id="ada"))[0] == "Corvin works at Brem.", question


def test_a_question_of_stop_words_or_of_signs_alone_is_answered_by_nothing(memory: Memory) -> None:
    memory.add_many([{"text": text, "source_id": text} for text in TOLD], user_id="ada")
    for question in ("What is it that they would have been?", "the of and", "?", "...", '* " ^ :', "🙂🙂", "–—"):
        recall = memory.recall(question, user_id="ada")
        check_sound(recall, limit=10)
        assert not recall.enough, question


def test_ten_thousand_words_are_a_question(new_memory: NewMemory) -> None:
    memory = plain(new_memory)
    question = " ".join(["Who supplies Elsby", *["so"] * 4_000, *(f"q{number % 9}" for number in range(5_997))])
    assert len(question.split()) == 10_000
    recall = memory.recall(question, user_id="ada")
    check_sound(recall, limit=10)
    assert said(recall)[0] == "Brem supplies Elsby."


def test_fewer_hits_are_the_first_of_more(new_memory: NewMemory) -> None:
    memory = plain(new_memory)
    every = said(memory.recall(ASKED, user_id="ada", limit=10**6))
    assert sorted(every) == sorted(TOLD)
    for limit in range(1, len(TOLD) + 1):
        assert said(memory.recall(ASKED, user_id="ada", limit=limit)) == every[:limit]
    with pytest.raises(InvalidInput, match="limit=0: pass a whole number from 1 to 1,000,000"):
        memory.recall(ASKED, user_id="ada", limit=0)


def test_without_hops_nothing_is_found_over_a_path_and_more_of_them_reach_further(new_memory: NewMemory) -> None:
    memory = plain(new_memory)
    question = "Whom does the one that Corvin works at supply?"
    for hops in range(5):
        recall = memory.recall(question, user_id="ada", hops=hops)
        check_sound(recall, limit=10)
        assert any("path" in hit.signals for hit in recall.hits) == (hops > 0)
    chains = [str(hit.path) for hit in memory.recall(question, user_id="ada", hops=1).hits]
    assert "Corvin works at Brem. · Brem supplies Elsby." in chains


@pytest.fixture(scope="module")
def asked() -> Iterator[Memory]:
    with Memory(":memory:", extractor=PlainSentences(), embedder=WordEmbedder()) as memory:
        memory.add_many([{"text": text} for text in TOLD], user_id="ada")
        yield memory


SYNTAX = st.sampled_from([*"\"'*^:~?!&|+-()[]{}<>/\\$%#@;,.\x00\n\t\x1b", "AND", "OR", "NOT", "NEAR", "TO", "%s", "{}"])
WORDS = st.sampled_from([*" ".join(TOLD).split(), "what", "the"])


@given(
    question=st.lists(SYNTAX | WORDS | st.text(max_size=5), min_size=1, max_size=12).map(" ".join) | st.text(),
    limit=st.sampled_from([1, 3, 10**6]),
    hops=st.integers(0, 4),
)
@settings(max_examples=150)
def test_any_text_is_answered_or_refused_as_text(asked: Memory, question: str, limit: int, hops: int) -> None:
    if can_be_asked(question):
        recall = asked.recall(question, user_id="ada", limit=limit, hops=hops)
        check_sound(recall, limit=limit)
        assert recall.question == question
    else:
        with pytest.raises(InvalidInput, match=r"^question "):
            asked.recall(question, user_id="ada", limit=limit, hops=hops)


def can_be_asked(text: str) -> bool:
    is_unicode = not any(0xD800 <= ord(character) < 0xE000 for character in text)
    return bool(text.strip()) and "\x00" not in text and is_unicode
