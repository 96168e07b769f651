"""`graphmem demo`: what a newcomer sees first."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from graphmem import Memory, demo
from graphmem.demo import Told
from tests.command_line.conftest import Command

FEW = 40
"""Messages of the demo that are enough to see what becomes of its store."""


def test_every_chained_answer_is_proven_and_nothing_is_left_behind(
    process: Command, store: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    done = process("demo", "--json", TMPDIR=str(folder), TEMP=str(folder), TMP=str(folder))
    assert done.code == 0, done.err
    told = Told.model_validate_json(done.out)
    assert told.messages >= 300
    assert [answer.question for answer in told.answers if not answer.is_proven] == []
    chained = [answer for answer in told.answers if answer.at is None]
    assert len(chained) >= 4
    for answer in chained:
        dates = {hit.said_at for hit in answer.hits}
        assert max(dates) - min(dates) > timedelta(days=1)
    assert [change.kind for change in told.history][:1] == ["added"]
    assert len(told.history) >= 2
    assert told.store is None
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo with its first messages only."""
    whole = demo._read

    def read(name: str) -> str:
        return "\n".join(whole(name).splitlines()[:FEW]) if name.endswith(".jsonl") else whole(name)

    monkeypatch.setattr(demo, "_read", read)


@pytest.mark.usefixtures("short")
def test_a_kept_demo_can_be_asked_and_kept_again(graphmem: Command, tmp_path: Path) -> None:
    done = graphmem("demo", "--keep")
    assert done.code == 0
    assert f"{FEW} messages go in" in done.out
    script = json.loads(demo._read("questions.json"))
    assert all(f"? {asked['question']}" in done.out for asked in script["questions"])
    [next_] = [line for line in done.out.splitlines() if line.startswith("Next: ")]
    assert f'recall "{script["questions"][0]["question"]}" --store graphmem-demo.db --user {script["user_id"]}' in next_
    with Memory(tmp_path / "graphmem-demo.db") as memory:
        assert memory.stats(user_id=script["user_id"]).episodes == FEW
    assert graphmem("demo", "--keep").code == 0
    with Memory(tmp_path / "graphmem-demo.db") as memory:
        assert memory.stats(user_id=script["user_id"]).episodes == FEW


@pytest.mark.usefixtures("short")
def test_a_demo_goes_where_it_is_told(graphmem: Command, tmp_path: Path) -> None:
    assert graphmem("demo", "--store", tmp_path / "play.db").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["play.db"]
