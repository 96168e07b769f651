"""The figures a reader may rely on, measured on development data where it is found. Far below what is usual, so that
only a true fault fails; the exact figures are those of `./run bench`."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def measured(benchmark: str, *arguments: str, data: Path) -> list[Mapping[str, Any]]:
    command = [sys.executable, "-m", f"benchmarks.{benchmark}", *arguments, "--data", str(data), "--json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


@pytest.mark.development_data("chains")
def test_most_chained_questions_about_chats_find_all_that_proves_the_answer(development_data: Path) -> None:
    rows = {(row["method"], row["kind"]): row for row in measured("chains", data=development_data)}
    assert rows["graphmem", "chain"]["all@10"] >= 60
    assert rows["graphmem", "chain"]["all@10"] > 2 * rows["BM25", "chain"]["all@10"]
    assert rows["graphmem", "chain"]["all@10"] > 2 * rows["dense", "chain"]["all@10"]


@pytest.mark.development_data("lihua")
def test_the_chat_record_that_answers_is_among_the_first_five(development_data: Path) -> None:
    [row] = [
        row
        for row in measured("chat", "lihua", data=development_data)
        if row["method"] == "graphmem" and row["kind"] == "all"
    ]
    assert row["R@5"] >= 90


@pytest.mark.development_data("lihua", "musique")
def test_an_ingestion_killed_half_way_and_started_again_loses_and_doubles_nothing(development_data: Path) -> None:
    for row in measured("resume", data=development_data):
        assert row["lost"] == 0
        assert row["doubled"] == 0
