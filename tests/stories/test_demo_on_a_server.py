"""The demonstration says on a server what it says on a file."""

import pytest

from graphmem import demo
from tests.servers import Server


def test_the_demo_gives_the_same_answers_on_a_server(empty_neo4j: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    user, password = empty_neo4j.auth or ("neo4j", "")
    for name, value in {"USERNAME": user, "PASSWORD": password, "DATABASE": empty_neo4j.database}.items():
        monkeypatch.setenv(f"NEO4J_{name}", value)
    here, there = (demo.run(url, is_kept=False, show=lambda line: None) for url in (None, empty_neo4j.uri))
    assert (there.messages, there.facts) == (here.messages, here.facts)
    for ours, theirs in zip(here.answers, there.answers, strict=True):
        assert theirs.question == ours.question
        assert theirs.is_proven
        assert [(hit.text, hit.quote) for hit in theirs.hits] == [(hit.text, hit.quote) for hit in ours.hits]
    assert [change.kind for change in there.history] == [change.kind for change in here.history]
