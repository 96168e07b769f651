"""`graphmem doctor`: what is there, what is not, and what to do about it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from graphmem.doctor import Finding
from tests.command_line.conftest import ADA, Command, Done


def findings(done: Done) -> dict[str, Finding]:
    return {finding.what: finding for finding in TypeAdapter(list[Finding]).validate_json(done.out)}


def test_all_is_well_before_the_first_memory(graphmem: Command, store: Path) -> None:
    done = graphmem("doctor")
    assert done.code == 0
    assert len(done.out.splitlines()) == 5
    assert all(line.startswith("ok") for line in done.out.splitlines())
    assert "none yet" in done.out
    assert not store.exists()


def test_all_is_well_with_a_store(graphmem: Command, store: Path) -> None:
    graphmem("add", "Kim works at Acme.", *ADA)
    done = graphmem("doctor", "--json")
    assert done.code == 0
    assert all(finding.is_well for finding in findings(done).values())
    assert str(store) in findings(done)["store"].seen


def make_text(store: Path) -> None:
    store.write_text("Dear diary, today I met Kim.\n" * 99, encoding="utf-8")


def make_other_database(store: Path) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("CREATE TABLE notes(text)")
    connection.close()


@pytest.mark.parametrize("make", [make_text, make_other_database, Path.mkdir])
def test_a_store_that_is_not_ours_is_told(graphmem: Command, store: Path, make: Callable[[Path], None]) -> None:
    make(store)
    done = graphmem("doctor", "--json")
    assert done.code == 1
    assert [finding.what for finding in findings(done).values() if not finding.is_well] == ["store"]
    assert "memory.db" in findings(done)["store"].seen


def test_a_newer_store_says_to_upgrade(graphmem: Command, store: Path) -> None:
    graphmem("add", "Kim works at Acme.", *ADA)
    with sqlite3.connect(store) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    done = graphmem("doctor")
    assert done.code == 1
    [bad] = [line for line in done.out.splitlines() if line.startswith("BAD")]
    assert "upgrade graphmem" in bad


def test_a_missing_language_model_is_told_with_the_command_that_installs_it(
    graphmem: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHMEM_SPACY_MODEL", "en_core_web_nowhere")
    done = graphmem("doctor", "--json")
    assert done.code == 1
    assert not findings(done)["language"].is_well
    assert "en_core_web_nowhere" in findings(done)["language"].seen
    refused = graphmem("add", "Kim works at Acme.", *ADA)
    assert refused.code == 1
    assert "en_core_web_nowhere" in refused.err


def test_a_folder_that_is_not_there_is_told(graphmem: Command, tmp_path: Path) -> None:
    done = graphmem("doctor", "--store", tmp_path / "typo" / "memory.db")
    assert done.code == 1
    assert "its folder is not there" in done.out
    assert not (tmp_path / "typo").exists()


def test_a_memory_in_memory_is_well(graphmem: Command) -> None:
    assert "it goes when the command ends" in graphmem("doctor", "--store", ":memory:").out
