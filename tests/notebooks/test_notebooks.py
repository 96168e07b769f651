"""The notebooks run from the top, offline, and say what their prose says; in the repository they have no outputs."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter

from graphmem import Memory
from graphmem.stores.neo4j import Neo4jStore
from tests.browser import Browser
from tests.servers import Server
from tools import notebooks

OFFLINE = "from tests import network\nnetwork.block()"
READ = {name: json.loads((notebooks.FOLDER / f"{name}.ipynb").read_text("utf-8")) for name in notebooks.names()}


def run(name: str, **variables: str) -> Mapping[str, Any]:
    here = {**os.environ, "PYTHONPATH": str(notebooks.ROOT), **variables}
    return notebooks.executed(name, environment=here, before=OFFLINE)


def told(notebook: Mapping[str, Any]) -> str:
    """Everything that the cells of a notebook show as text."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    return "\n".join(output.get("text") or output["data"]["text/plain"] for output in outputs)


@pytest.fixture(scope="module", params=["01_first_memory", "02_chained_questions", "03_look_inside"])
def ran(request: pytest.FixtureRequest) -> tuple[str, Mapping[str, Any]]:
    return request.param, run(request.param)


SAID = {
    "01_first_memory": ("Clara works at Harrow Studio. · Harrow Studio is based in Velden.", "Nothing known.", "0.2"),
    "02_chained_questions": ("Tomas Varga works at Bellwether Optics. · Bellwether Optics is based in Trieste.",),
    "03_look_inside": (
        *("in April: []", "refused", "Clara, Port Tessel, the user", "without it 5", "would erase 1 episode"),
        "[3 facts: T. Varga collects the films of Agnes Quill. · Agnes Quill directed The Salt Road.",
        "[2 facts: Tomas Varga works at Bellwether Optics. · Bellwether Optics is based in Trieste.",
    ),
}


def test_a_notebook_runs_and_shows_what_it_promises(ran: tuple[str, Mapping[str, Any]]) -> None:
    name, notebook = ran
    shown = told(notebook)
    for said in SAID[name]:
        assert said in shown
    if name == "02_chained_questions":
        counts = {line[:20].strip(): int(line[20:24]) for line in shown.splitlines() if line[20:24].strip().isdigit()}
        assert counts["paths"] > 2 * counts["vectors alone"]


def test_a_notebook_becomes_a_page_that_asks_nobody_for_anything(
    ran: tuple[str, Mapping[str, Any]], browser: Browser
) -> None:
    page = browser.open(notebooks.page(*ran))
    page.run("document.querySelectorAll('details').forEach((graph) => (graph.open = true))")
    page.run("[...document.querySelectorAll('iframe')].at(-1).scrollIntoView()")  # what is out of view is not drawn
    page.frame().wait("!!globalThis.explorer")
    assert not page.requests()
    assert not page.complaints()
    page.close()


def test_the_notebook_on_neo4j_runs_and_leaves_the_server_as_it_was(empty_neo4j: Server) -> None:
    user, password = empty_neo4j.auth or ("neo4j", "none")
    known = {"URI": empty_neo4j.uri, "USERNAME": user, "PASSWORD": password, "DATABASE": empty_neo4j.database}
    shown = told(run("04_on_neo4j", **{f"NEO4J_{key}": value for key, value in known.items()}))
    assert "Clara works at the Lumen. · The Lumen hired Tomas Varga." in shown
    assert "\nTrue\n" in shown
    assert "read/recall_two_hops" in shown
    assert "are the same in both stores" in shown
    with empty_neo4j.driver() as driver:
        memory = Memory(Neo4jStore(driver, database=empty_neo4j.database), org_id="lumen")
        assert memory.stats(user_id="ines").facts == memory.stats(user_id="bruno").facts == 0


@pytest.mark.parametrize("name", READ)
def test_a_notebook_has_no_outputs_in_the_repository(name: str, tmp_path: Path) -> None:
    for cell in READ[name]["cells"]:
        assert not cell.get("outputs"), "strip it: ./run notebooks --strip"
    copy = tmp_path / "copy.ipynb"
    copy.write_text(json.dumps(READ[name]), encoding="utf-8")
    notebooks.strip(copy)
    assert copy.read_text("utf-8") == (notebooks.FOLDER / f"{name}.ipynb").read_text("utf-8")


@pytest.mark.parametrize("name", READ)
def test_what_a_notebook_points_to_is_there(name: str) -> None:
    prose = "".join("".join(cell["source"]) for cell in READ[name]["cells"] if cell["cell_type"] == "markdown")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", prose):
        assert (notebooks.FOLDER / target).exists(), target


def test_lists_and_models_are_a_line_each_in_a_terminal_of_ipython() -> None:
    def shown(value: object) -> str:
        return DisplayFormatter().format(value, include={"text/plain"})[0]["text/plain"]

    with Memory(":memory:") as memory:
        memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
        assert shown(memory.facts(user_id="ada")) == "[Acme is in Lisbon., Ada works at Acme.]"
        assert shown(memory.paths("Ada", "Lisbon", user_id="ada")) == (
            "[2 facts: Ada works at Acme. · Acme is in Lisbon.]"
        )
        assert shown(memory.recall("Where does Ada work?", user_id="ada")).startswith(
            "1 hit for “Where does Ada work?”"
        )
