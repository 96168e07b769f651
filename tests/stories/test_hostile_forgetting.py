"""What was forgotten is looked for where it could hide."""

from pathlib import Path

import pytest

from graphmem import Episode, Memory

NAME = "zorblax"


def bytes_with(folder: Path, word: str) -> int:
    return sum(path.read_bytes().lower().count(word.encode()) for path in folder.iterdir() if path.is_file())


def texts(memory: Memory) -> list[str]:
    found = (memory.get(source, user_id="ada") for source in memory.recall("tea", user_id="ada", limit=99).sources)
    return [episode.text for episode in found if isinstance(episode, Episode)]


def test_a_name_goes_from_titles_speakers_and_metadata_of_texts_that_stay(memory: Memory, tmp_path: Path) -> None:
    memory.add("Zorblax likes tea.", user_id="ada")
    memory.add("The tea was cold.", user_id="ada", metadata={"with": ["Ann", "zorblax"]})
    memory.add("It is a town of tea.", user_id="ada", title="Zorblax")
    memory.add({"role": "user", "content": "haha, tea again", "name": "Zorblax"}, user_id="ada", session_id="s1")
    memory.forget(user_id="ada", entity="Zorblax")
    assert bytes_with(tmp_path, NAME) == 0
    assert "cold" in str(memory.recall("Was the tea cold?", user_id="ada"))


def test_a_name_goes_from_facts_that_do_not_know_it_for_one(memory: Memory, tmp_path: Path) -> None:
    memory.add("Zorblax likes tea.", user_id="ada")
    memory.add_facts([{"text": "Ann met zorblax's dog."}], user_id="ada")
    memory.forget(user_id="ada", entity="Zorblax")
    assert bytes_with(tmp_path, NAME) == 0


@pytest.mark.parametrize("words", ["haha", "I drink tea."])
def test_who_spoke_goes_with_the_source(memory: Memory, tmp_path: Path, words: str) -> None:
    memory.add({"role": "user", "name": "Zorblax", "content": words}, user_id="ada", source_id="chat/1")
    memory.add("Ann drinks tea.", user_id="ada", source_id="wiki/1")
    memory.forget(user_id="ada", source_id="chat/1")
    assert bytes_with(tmp_path, NAME) == 0
    assert "Ann" in str(memory.recall("Who drinks tea?", user_id="ada"))


def test_a_name_that_is_a_word_too_goes_only_where_it_is_written_as_a_name(memory: Memory) -> None:
    memory.add("I like tea. I will call Will. Ann will drink tea in may, she says. I met WILL, too.", user_id="ada")
    memory.forget(user_id="ada", entity="Will")
    [text] = texts(memory)
    assert "Will" not in text
    assert "WILL" not in text
    assert "Ann will drink tea" in text


def test_a_text_that_was_forgotten_does_not_come_back_with_its_source(memory: Memory, tmp_path: Path) -> None:
    text, source = "I fly a zorblax.", "chat/1"
    [change] = memory.add(text, user_id="ada", source_id=source)
    memory.forget(user_id="ada", fact_id=change.fact_id)
    again = memory.add_many([{"text": text, "source_id": source, "speaker": "ada"}], user_id="ada")
    assert (again.episodes, again.known) == (0, 1)
    assert [change.kind for change in memory.add(text, user_id="ada", source_id=source)] == ["refused"]
    assert bytes_with(tmp_path, NAME) == 0
    memory.add("I fly a kite.", user_id="ada", source_id=source)
    assert "kite" in str(memory.recall("What do I fly?", user_id="ada"))


def test_a_source_that_was_forgotten_can_be_told_anew(memory: Memory) -> None:
    memory.add("Ann drinks tea.", user_id="ada", source_id="wiki/1")
    memory.forget(user_id="ada", source_id="wiki/1")
    memory.add("Ann drinks tea.", user_id="ada", source_id="wiki/1")
    assert "Ann" in str(memory.recall("Who drinks tea?", user_id="ada"))
