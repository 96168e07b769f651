"""The page on language models is a program too: it runs against a server on this machine, and prints what it says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import test_readme
from tests.model_server import Asked, ModelServer, fact

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language-models.md"
THERE = "http://localhost:11434/v1"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    server = ModelServer()
    lisbon = fact(
        "the user", "lives_in", "Lisbon", "The user lives in Lisbon.", object_type="place", when="in May 2024"
    )
    server.tells("moved to Lisbon in May 2024", lisbon)
    extracts = server.says

    def says(asked: Asked) -> str:
        if "facts" in asked.body["text"]["format"]["schema"]["properties"]:
            return extracts(asked)
        return json.dumps({"answer": "Yes, since May 2024.", "notes": [1]})

    server.says = says
    yield server
    server.close()


def test_the_code_of_the_page_prints_what_the_page_shows(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = [(code.replace(THERE, server.url), output) for code, output in test_readme.programs(PAGE)]
    assert any(server.url in code for code, _ in shown)
    test_readme.run(shown)


def test_files_that_the_page_points_to_are_there() -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / target).exists(), target
