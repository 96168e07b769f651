"""`graphmem recall`, `history` and `reembed`: what they print, for people and for programs."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from graphmem import Change, Diff, Memory, Recall
from tests.command_line.conftest import ADA, Command


@pytest.fixture
def told(graphmem: Command) -> Command:
    """Somebody who changed employers."""
    graphmem("add", "I work at Acme.", "--at", "2024-01-10T12:00:00+00:00", *ADA)
    graphmem("add", "I work at Birch now.", "--at", "2025-03-01T12:00:00+00:00", *ADA)
    return graphmem


def test_an_answer_comes_with_its_date_and_quote(told: Command) -> None:
    done = told("recall", "Where do I work?", *ADA)
    assert done.code == 0
    assert done.out.startswith("1. ")
    assert "2025-03-01: “I work at Birch now.”" in done.out


def test_json_is_the_recall_itself(told: Command) -> None:
    done = told("recall", "Where do I work?", "--limit", 1, "--json", *ADA)
    recall = Recall.model_validate_json(done.out)
    assert len(recall.hits) == 1
    assert recall.hits[0].fact is not None
    assert recall.hits[0].fact.layer == "user"
    assert json.loads(recall.model_dump_json()) == json.loads(done.out)


def test_json_tells_what_is_outside_ascii_as_it_is(graphmem: Command) -> None:
    graphmem("add", "Ада живёт в Évora.", *ADA)
    assert "Évora" in graphmem("recall", "Évora", "--json", *ADA).out


def test_one_may_ask_what_was_true_then(told: Command) -> None:
    then = told("recall", "Where do I work?", "--at", "2024-06-01T00:00:00+00:00", "--limit", 1, *ADA)
    assert "Acme" in then.out
    assert "Birch" not in then.out


def test_one_may_ask_what_was_known_then(told: Command) -> None:
    done = told("recall", "Where do I work?", "--known-at", "2020-01-01T00:00:00+00:00", *ADA)
    assert done.code == 3
    assert done.out == ""


def test_a_moment_without_a_zone_is_of_this_machine(told: Command) -> None:
    done = told("recall", "Where do I work?", "--at", "2024-06-01T00:00:00", "--json", *ADA)
    assert Recall.model_validate_json(done.out).at == datetime(2024, 6, 1).astimezone()


@pytest.mark.parametrize("option", ["--at", "--known-at"])
@pytest.mark.parametrize("moment", ["last May", "2025-02-30", "0001-01-01"])
def test_a_moment_that_is_none_is_refused(told: Command, option: str, moment: str) -> None:
    done = told("recall", "Where do I work?", option, moment, *ADA)
    assert done.code == 2
    assert f"{moment!r} is not a moment: write 2025-03-01T12:00:00+00:00" in done.err


def test_notes_for_a_prompt_are_fenced(told: Command) -> None:
    done = told("recall", "Where do I work?", "--context", *ADA)
    assert done.code == 0
    assert "data" in done.out
    assert "Birch" in done.out


def test_where_nothing_is_known_the_answer_is_empty_and_the_code_says_so(told: Command) -> None:
    done = told("recall", "Where do I work?", "--user", "somebody-else")
    assert done.code == 3
    assert done.out == ""
    assert "may not hold the answer" in done.err


def test_nothing_known_is_a_recall_without_hits_in_json(told: Command) -> None:
    done = told("recall", "Where do I work?", "--json", "--user", "somebody-else")
    assert done.code == 3
    assert Recall.model_validate_json(done.out).hits == ()


def test_history_tells_what_happened_to_a_fact(told: Command, store: Path) -> None:
    with Memory(store) as memory:
        [fact] = memory.facts(user_id="ada", at=datetime.fromisoformat("2024-06-01T00:00:00+00:00"))
    done = told("history", fact.id, *ADA)
    assert done.code == 0
    assert [line.split()[1] for line in done.out.splitlines()] == ["added", "superseded"]
    changes = TypeAdapter(list[Change]).validate_json(told("history", fact.id, "--json", *ADA).out)
    assert [change.kind for change in changes] == ["added", "superseded"]


def test_the_history_of_nothing_is_not_found(told: Command) -> None:
    done = told("history", "no-such-fact", *ADA)
    assert done.code == 3
    assert "no-such-fact" in done.err
    assert done.out == ""


def test_embedding_anew_counts_the_texts(told: Command, store: Path) -> None:
    with Memory(store) as memory:
        kept = memory.stats(user_id="ada")
    texts = kept.episodes + kept.facts
    assert told("reembed").out == f"{texts} texts embedded anew\n"
    assert json.loads(told("reembed", "--json").out) == {"texts": texts}
    assert "Birch" in told("recall", "Where do I work?", *ADA).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["recall"], "Missing argument"),
        (["recall", "Where?", "--limit", "many", *ADA], "valid integer"),
        (["recall", "Where?", "--limit", "0", *ADA], "limit=0"),
        (["recall", "Where?", "--limit", "-3", *ADA], "limit=-3"),
        (["recall", " ", *ADA], "question is empty"),
        (["recall", "why " * 10_000, *ADA], "32,000"),
        (["recall", "Where?", "--layer", "everybody", *ADA], "everybody"),
        (["recall", "Where?", "--user", ""], "user_id is empty"),
        (["recall", "Where?", "--org", "", *ADA], "org_id is empty"),
        (["recall", "Where?", "--store", "", *ADA], "address of the store is empty"),
        (["recall", "Where?", "--store", "postgres://localhost", *ADA], "postgres://localhost"),
        (["remember", "Where?"], "No such command"),
        (["recall", "Where?", "--colour", "red"], "No such option"),
        ([], "Usage"),
    ],
)
def test_input_that_cannot_be_meant_is_refused_on_the_side(graphmem: Command, arguments: list[str], said: str) -> None:
    done = graphmem(*arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_help_is_an_answer(graphmem: Command) -> None:
    done = graphmem("--help")
    assert done.code == 0
    for command in ("demo", "add", "recall", "history", "forget", "export", "import", "reembed", "doctor"):
        assert command in done.out
        assert graphmem(command, "--help").code == 0


def test_a_diff_tells_what_changed_in_what_is_believed(told: Command) -> None:
    done = told("diff", "--since", "2026-01-01T00:00:00+00:00", *ADA)
    assert done.code == 0
    assert [line[0] for line in done.out.splitlines()] == ["+", "+", "-"]
    assert "superseded" in done.out
    as_json = told("diff", "--since", "2026-01-01T00:00:00+00:00", "--json", *ADA)
    assert Diff.model_validate_json(as_json.out).dropped[0].text in done.out
    nothing = told("diff", "--since", "2000-01-01T00:00:00+00:00", "--until", "2001-01-01T00:00:00+00:00", *ADA)
    assert nothing.out.startswith("Nothing changed")
    assert told("diff", "--since", "yesterday", *ADA).code == 2
