"""`graphmem review`: what is doubtful, for people and for programs."""

from pydantic import TypeAdapter

from graphmem import Doubt
from tests.command_line.conftest import ADA, Command


def test_a_doubt_is_told_with_its_score_its_kind_and_its_reason(graphmem: Command) -> None:
    graphmem("add", "I met Nathan at the mill.", *ADA)
    graphmem("add", "I met Nate in Lisbon.", *ADA)
    done = graphmem("review", *ADA)
    assert done.code == 0
    assert "merge      Nate is short for Nathan" in done.out
    [doubt] = TypeAdapter(list[Doubt]).validate_json(graphmem("review", "--limit", 1, "--json", *ADA).out)
    assert str(doubt) == done.out.strip()


def test_where_nothing_is_doubtful_nothing_is_said(graphmem: Command) -> None:
    graphmem("add", "I work at Acme.", *ADA)
    done = graphmem("review", *ADA)
    assert (done.code, done.out) == (0, "")
