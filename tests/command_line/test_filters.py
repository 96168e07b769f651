"""`graphmem recall --filters`: the filter language, as JSON."""

import json
from pathlib import Path

from graphmem import Memory
from tests.command_line.conftest import ADA, Command


def test_a_recall_may_be_narrowed(graphmem: Command, store: Path) -> None:
    with Memory(store) as memory:
        memory.add("Ada works at Acme.", user_id="ada", metadata={"shelf": "old"})
        memory.add("Ada works with Bo.", user_id="ada", metadata={"shelf": "new"})
    for command in ("recall", "answer"):
        told = graphmem(command, "Where does Ada work?", "--filters", json.dumps({"shelf": "old"}), *ADA).out
        assert "Acme" in told
        assert "Bo" not in told


def test_what_is_no_filter_is_refused(graphmem: Command, store: Path) -> None:
    with Memory(store) as memory:
        memory.add("Ada works at Acme.", user_id="ada")
    for filters, message in (
        ("{shelf", "is not JSON"),
        ("[1]", "filters is [1]"),
        ('{"a": {"like": 1}}', "filters.a.like"),
    ):
        done = graphmem("recall", "Where does Ada work?", "--filters", filters, *ADA)
        assert done.code == 2
        assert message in done.err
