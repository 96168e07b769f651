"""The demonstration says on a server what it says on a file, and can be looked at there as the tour promises."""

import re

import pytest

from graphmem import demo, queries
from tests.docs.test_readme import BLOCK, TOUR
from tests.servers import Server


def test_the_demo_gives_the_same_answers_on_a_server_and_three_pasted_queries_tell_who_why_and_what_changed(
    empty_neo4j: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, password = empty_neo4j.auth or ("neo4j", "")
    for name, value in {"USERNAME": user, "PASSWORD": password, "DATABASE": empty_neo4j.database}.items():
        monkeypatch.setenv(f"NEO4J_{name}", value)
    here = demo.run(None, is_kept=False, show=lambda line: None)
    there = demo.run(empty_neo4j.uri, is_kept=True, show=lambda line: None)
    assert (there.messages, there.facts) == (here.messages, here.facts)
    for ours, theirs in zip(here.answers, there.answers, strict=True):
        assert theirs.question == ours.question
        assert theirs.is_proven
        assert [(hit.text, hit.quote) for hit in theirs.hits] == [(hit.text, hit.quote) for hit in ours.hits]
    assert [change.kind for change in there.history] == [change.kind for change in here.history]
    look_around(empty_neo4j)


def look_around(server: Server) -> None:
    """Paste what the tour says, in its order."""
    tour = TOUR.read_text(encoding="utf-8")
    line = next(block[2] for block in BLOCK.finditer(tour) if block[2].startswith(":param"))
    with server.driver() as driver, driver.session(database=server.database) as session:
        values = session.run(re.sub(r"^:param \[.+?\] => \{(.+)\}\n$", r"\1", line)).single(strict=True)  # type: ignore[arg-type]

        def pasted(file: str) -> list[dict[str, object]]:
            return session.run(queries.load(file).text, dict(values)).data()  # type: ignore[arg-type]

        known = {str(row["says"]) for row in pasted("browser/who_is_this")}
        assert any("Montrose" in fact for fact in known)
        assert not any("Perth" in fact for fact in known)
        [why] = pasted("browser/why_this_fact")
        assert "I moved to Montrose in August." in str(why["message"])
        changed = [(row["kind"], row["instead_of"]) for row in pasted("browser/what_changed_since")[:5]]
        assert ("superseded", "Binta lives in Perth, guys.") in changed
