"""People can see what is kept about them, and have it gone."""

from pathlib import Path

import pytest

from graphmem import InvalidInput, Memory, NotFound

WORD = "zeppelin"


def bytes_with(folder: Path, word: str) -> int:
    return sum(path.read_bytes().lower().count(word.encode()) for path in folder.iterdir() if path.is_file())


@pytest.fixture
def told(memory: Memory) -> Memory:
    memory.add(f"I fly a {WORD}.", user_id="ada", session_id="s1", source_id="chat/1")
    memory.add("Acme is in Lisbon.", user_id="ada", source_id="wiki/1")
    memory.add("I keep bees.", user_id="bob")
    return memory


def test_everything_kept_about_a_person_can_be_read(told: Memory, tmp_path: Path) -> None:
    told.export(tmp_path / "ada.jsonl", user_id="ada")
    text = (tmp_path / "ada.jsonl").read_text(encoding="utf-8")
    assert WORD in text
    assert "Lisbon" in text
    assert "bees" not in text
    assert {fact.text for fact in told.facts(user_id="ada")} >= {"Acme is in Lisbon."}


def test_a_person_is_forgotten_to_the_last_byte_and_the_others_stay(told: Memory, tmp_path: Path) -> None:
    receipt = told.forget(user_id="ada")
    assert receipt.erased["episodes"] == 2
    assert not any(receipt.left.values())
    assert told.recall("What do I fly?", user_id="ada").hits == ()
    assert told.stats(user_id="ada").facts == 0
    assert bytes_with(tmp_path, WORD) == 0
    assert "bees" in str(told.recall("What do I keep?", user_id="bob"))


def test_a_dry_run_counts_and_leaves_everything(told: Memory) -> None:
    would = told.forget(user_id="ada", dry_run=True)
    assert would.is_dry_run
    assert told.stats(user_id="ada").episodes == 2
    did = told.forget(user_id="ada")
    assert did.erased == would.erased


def test_one_fact_goes_with_the_words_it_was_read_from(told: Memory, tmp_path: Path) -> None:
    [fact] = [fact for fact in told.facts(user_id="ada") if WORD in fact.text]
    told.forget(user_id="ada", fact_id=fact.id)
    assert WORD not in str(told.recall(f"What {WORD} do I fly?", user_id="ada"))
    assert bytes_with(tmp_path, WORD) == 0
    assert "Lisbon" in str(told.recall("Where is Acme?", user_id="ada"))


def test_a_forgotten_fact_is_not_learned_again_from_the_same_source(told: Memory) -> None:
    [fact] = [fact for fact in told.facts(user_id="ada") if WORD in fact.text]
    told.forget(user_id="ada", fact_id=fact.id)
    told.add(f"I fly a {WORD}.", user_id="ada", session_id="s1", source_id="chat/1")
    told.add(f"I fly a {WORD}.", user_id="ada", source_id="chat/2")
    assert not [fact for fact in told.facts(user_id="ada") if WORD in fact.text]


def test_a_source_goes_with_all_it_taught(told: Memory, tmp_path: Path) -> None:
    told.forget(user_id="ada", source_id="chat/1")
    assert bytes_with(tmp_path, WORD) == 0
    assert told.stats(user_id="ada").episodes == 1


def test_a_session_goes_and_the_rest_of_the_person_stays(told: Memory, tmp_path: Path) -> None:
    told.forget(user_id="ada", session_id="s1")
    assert bytes_with(tmp_path, WORD) == 0
    assert "Lisbon" in str(told.recall("Where is Acme?", user_id="ada"))


def test_a_thing_goes_from_every_text_that_names_it(memory: Memory, tmp_path: Path) -> None:
    memory.add("Ada met Quillfeather at the fair. The fair was loud.", user_id="ada")
    memory.add("haha, quillfeather again", user_id="ada")
    memory.forget(user_id="ada", entity="Quillfeather")
    assert bytes_with(tmp_path, "quillfeather") == 0
    assert "loud" in str(memory.recall("Was the fair loud?", user_id="ada"))


def test_what_another_source_supports_stays(memory: Memory) -> None:
    memory.add("Acme is in Lisbon.", user_id="ada", source_id="one")
    memory.add("Acme is in Lisbon.", user_id="ada", source_id="two")
    memory.forget(user_id="ada", source_id="one")
    assert [fact.text for fact in memory.facts(user_id="ada")] == ["Acme is in Lisbon."]


@pytest.mark.parametrize("wildcard", ["*", "%", "_", ".*", "**"])
def test_a_wildcard_erases_nothing(told: Memory, wildcard: str) -> None:
    assert not any(told.forget(user_id=wildcard).erased.values())
    assert not any(told.forget(user_id="ada", source_id=wildcard).erased.values())
    with pytest.raises(NotFound):
        told.forget(user_id="ada", entity=wildcard)
    with pytest.raises(NotFound):
        told.forget(user_id="ada", fact_id=wildcard)
    assert told.stats(user_id="ada").episodes == 2


def test_two_owners_in_one_call_are_not_guessed_at(told: Memory) -> None:
    with pytest.raises(InvalidInput, match="two owners"):
        told.forget(user_id="ada", agent_id="ops")


def test_an_export_comes_back_byte_for_byte(told: Memory, tmp_path: Path) -> None:
    told.add("I no longer fly, I sail.", user_id="ada")
    told.export(tmp_path / "one.jsonl", user_id="ada")
    with Memory(tmp_path / "other.db") as other:
        assert other.load(tmp_path / "one.jsonl", user_id="ada") > 0
        assert other.load(tmp_path / "one.jsonl", user_id="ada") == 0
        other.export(tmp_path / "two.jsonl", user_id="ada")
        assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
        question = "What do I fly?"
        assert [hit.text for hit in other.recall(question, user_id="ada")] == [
            hit.text for hit in told.recall(question, user_id="ada")
        ]


def test_an_export_can_be_loaded_into_another_persons_memory_only(told: Memory, tmp_path: Path) -> None:
    told.export(tmp_path / "ada.jsonl", user_id="ada")
    told.load(tmp_path / "ada.jsonl", user_id="carla")
    assert WORD in str(told.recall("What do I fly?", user_id="carla"))
    assert WORD not in str(told.recall("What do I fly?", user_id="bob"))
    told.forget(user_id="carla")
    assert WORD in str(told.recall("What do I fly?", user_id="ada"))


def test_all_that_is_known_about_somebody_can_be_read_and_nothing_else_and_loaded_elsewhere(
    told: Memory, tmp_path: Path
) -> None:
    told.add("Nora sails with Ada. Nora moved to Porto.", user_id="ada", source_id="chat/2")
    [moved] = [fact for fact in told.facts(user_id="ada", entity="Nora") if "Porto" in fact.text]
    told.correct(moved.id, text="Nora moved to Lisbon.", reason="misheard", user_id="ada")
    told.export(tmp_path / "nora.jsonl", entity="nora", user_id="ada")
    text = (tmp_path / "nora.jsonl").read_text(encoding="utf-8")
    assert WORD not in text
    assert "Acme" not in text
    with Memory(tmp_path / "other.db") as other:
        assert other.load(tmp_path / "nora.jsonl", user_id="zoe") > 0
        assert [fact.text for fact in other.facts(entity="Nora", user_id="zoe")] == [
            fact.text for fact in told.facts(entity="Nora", user_id="ada")
        ]
        known = [change.kind for change in other.history(moved.id, user_id="zoe")]
        assert known == [change.kind for change in told.history(moved.id, user_id="ada")]
        there = other.forget(entity="Nora", user_id="zoe", dry_run=True).erased
        here = told.forget(entity="Nora", user_id="ada", dry_run=True).erased
        assert [there[kind] for kind in ("episodes", "facts", "rewritten")] == [
            here[kind] for kind in ("episodes", "facts", "rewritten")
        ]


def test_there_is_no_export_of_somebody_unknown(told: Memory, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no entity 'nobody'"):
        told.export(tmp_path / "nobody.jsonl", entity="nobody", user_id="ada")
    assert not (tmp_path / "nobody.jsonl").exists()


@pytest.mark.parametrize("selection", [{"entity": "Quillfeather"}, {"source_id": "one"}, {"session_id": "s"}, {}])
def test_an_export_from_before_does_not_bring_back_what_was_forgotten(
    memory: Memory, tmp_path: Path, selection: dict[str, str]
) -> None:
    memory.add("Ann met Quillfeather. The fair was loud.", user_id="ada", session_id="s", source_id="one")
    memory.add("Ann keeps bees.", user_id="ada", source_id="two")
    memory.export(tmp_path / "before.jsonl", user_id="ada")
    memory.forget(user_id="ada", **selection)  # pyright: ignore[reportArgumentType]
    memory.load(tmp_path / "before.jsonl", user_id="ada")
    is_back = any("Quillfeather" in fact.text for fact in memory.facts(user_id="ada"))
    assert is_back is (selection == {}), "with everything, what was rejected is forgotten, too"
    assert "bees" in str(memory.facts(user_id="ada"))


def test_a_forgotten_fact_and_its_words_do_not_come_back_with_an_export_from_before(
    told: Memory, tmp_path: Path
) -> None:
    told.add(f"Ann sails. Ann met a {WORD} pilot.", user_id="ada", source_id="chat/3")
    told.export(tmp_path / "before.jsonl", user_id="ada")
    for fact in told.facts(user_id="ada"):
        if WORD in fact.text:
            told.forget(user_id="ada", fact_id=fact.id)
    told.load(tmp_path / "before.jsonl", user_id="ada")
    assert not [fact for fact in told.facts(user_id="ada", limit=99) if WORD in fact.text]
    assert WORD not in str(told.recall(f"What {WORD} do I fly?", user_id="ada"))
    told.export(tmp_path / "after.jsonl", user_id="ada")
    assert WORD not in (tmp_path / "after.jsonl").read_text(encoding="utf-8")
    (tmp_path / "before.jsonl").unlink()
    assert bytes_with(tmp_path, WORD) == 0
    assert "Ann sails" in str(told.recall("Does Ann sail?", user_id="ada"))


# ------------------------------------------------------------------------------------------------------- looking after


def test_a_receipt_tells_of_words_that_another_text_says_too(memory: Memory) -> None:
    [change] = memory.add("Ann flies a zeppelin.", user_id="ada")
    memory.add({"role": "tool", "content": "log: ANN FLIES a zeppelin"}, user_id="ada")
    receipt = memory.forget(user_id="ada", fact_id=change.fact_id)
    assert (receipt.left["texts"] > 0, receipt.left["records"]) == (True, 0)
    assert "still there: " in str(receipt)


def test_a_receipt_tells_of_parts_of_the_name_that_may_mean_somebody_else(memory: Memory) -> None:
    memory.add("Anna Quillfeather likes tea.", user_id="ada")
    memory.add("The Quillfeathers came for tea.", user_id="ada")
    receipt = memory.forget(user_id="ada", entity="Anna Quillfeather")
    assert not any(receipt.left.values())
    assert receipt.resembling > 0
    assert "a part of the name" in str(receipt)


def test_letters_that_look_alike_hide_no_name(memory: Memory) -> None:
    memory.add("Zorblax likes tea.", user_id="ada")
    memory.add("haha, z\u043erbl\u0430x again", user_id="ada", source_id="chat/1")  # two letters are Cyrillic
    receipt = memory.forget(user_id="ada", entity="Zorblax")
    assert not any(receipt.left.values())
    assert "rbl" not in str(memory.recall("haha again", user_id="ada"))
