"""`graphmem forget`: counted first, asked before, and told afterwards."""

from pathlib import Path

import pytest

from graphmem import Memory, Receipt
from tests.command_line.conftest import ADA, Command


@pytest.fixture
def told(graphmem: Command) -> Command:
    Path("notes.md").write_text("Acme is in Lisbon.", encoding="utf-8")
    graphmem("add", "Kim works at Acme.", "notes.md", *ADA)
    graphmem("add", "Bob works at Acme.", "--user", "bob")
    return graphmem


def kept(store: Path, user: str = "ada") -> int:
    with Memory(store) as memory:
        return memory.stats(user_id=user).episodes


def test_a_dry_run_counts_and_leaves_everything(told: Command, store: Path) -> None:
    done = told("forget", "--dry-run", *ADA)
    assert done.code == 0
    assert done.out.startswith("would erase 2 episodes")
    assert done.err == ""
    assert kept(store) == 2


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b"", b"what?\n"], ids=["no", "nothing", "the end", "a question"])
def test_whoever_does_not_say_yes_keeps_everything(told: Command, store: Path, answer: bytes) -> None:
    done = told("forget", *ADA, stdin=answer)
    assert done.code == 1
    assert "would erase 2 episodes" in done.err
    assert "nothing was erased" in done.err
    assert done.out == ""
    assert kept(store) == 2


@pytest.mark.parametrize("answer", [b"y\n", b"Yes\n"])
def test_whoever_says_yes_gets_a_receipt(told: Command, store: Path, answer: bytes) -> None:
    done = told("forget", "--json", *ADA, stdin=answer)
    assert done.code == 0
    receipt = Receipt.model_validate_json(done.out)
    assert not receipt.is_dry_run
    assert receipt.erased["episodes"] == 2
    assert "Erase this for good?" in done.err
    assert kept(store) == 0
    assert kept(store, "bob") == 1


def test_yes_may_be_said_beforehand(told: Command, store: Path) -> None:
    done = told("forget", "--yes", *ADA)
    assert done.code == 0
    assert done.out.startswith("erased 2 episodes")
    assert done.err == ""
    assert kept(store) == 0


def test_a_source_is_forgotten_by_the_path_of_its_file(told: Command, store: Path) -> None:
    assert told("forget", "--source", "notes.md", "--yes", *ADA).code == 0
    assert kept(store) == 1


def test_a_name_is_forgotten_wherever_it_was_said(told: Command, store: Path) -> None:
    assert told("forget", "--entity", "Kim", "--yes", *ADA).code == 0
    assert "Kim" not in told("recall", "Who works at Acme?", *ADA).out


def test_a_fact_is_forgotten_by_its_id(told: Command, store: Path) -> None:
    with Memory(store) as memory:
        fact = next(fact for fact in memory.facts(user_id="ada") if "Kim" in fact.text)
    assert told("forget", "--fact", fact.id, "--yes", *ADA).code == 0
    assert kept(store) == 1


@pytest.mark.parametrize("selection", [("--fact", "no-such-fact"), ("--entity", "Nobody")])
def test_what_is_not_there_is_not_found_and_nobody_is_asked(
    told: Command, store: Path, selection: tuple[str, str]
) -> None:
    done = told("forget", *selection, *ADA)
    assert done.code == 3
    assert "Erase this" not in done.err
    assert kept(store) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--yes",), "--user"),
        (("--yes", "--fact", "a", "--source", "b", *ADA), "one thing at a time"),
        (("--yes", "--agent", "helper", *ADA), "two owners"),
        (("--yes", "--source", "", *ADA), "source_id is empty"),
    ],
)
def test_an_erasure_that_is_not_clear_erases_nothing(
    told: Command, store: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = told("forget", *arguments)
    assert done.code == 2
    assert said in done.err
    assert kept(store) == 2
