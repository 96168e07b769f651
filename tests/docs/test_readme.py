"""The README is a program: its Python runs, and prints what it says it prints."""

import contextlib
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from graphmem import queries
from tests.servers import Server

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
TOUR = ROOT / "docs" / "browser.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ON_NEO4J = 'Memory("neo4j://localhost:7687", auth=("neo4j", "graphmem-local"))'

Program = tuple[str, str | None]


def programs(page: Path = README) -> list[Program]:
    """Return each ```python block with the ```text block that follows it at once, its output."""
    blocks = list(BLOCK.finditer(page.read_text(encoding="utf-8")))
    found: list[Program] = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block[1] == "python":
            answers = following is not None and following[1] == "text" and is_next_to(block, following)
            found.append((block[2], following[2] if answers else None))
    return found


def is_next_to(block: re.Match[str], following: re.Match[str]) -> bool:
    return not block.string[block.end() : following.start()].strip()


def run(programs: Sequence[Program]) -> None:
    """Run some programs one after the other, in the same names, and compare what they print."""
    names: dict[str, object] = {}
    assert programs
    for code, output in programs:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), names)
        if output is not None:
            assert printed.getvalue().strip() == output.strip()


def test_the_code_of_the_readme_prints_what_the_readme_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run([program for program in programs() if ON_NEO4J not in program[0]])


def test_the_code_on_neo4j_prints_what_the_readme_shows(empty_neo4j: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_DATABASE", empty_neo4j.database)
    here = f"Memory({empty_neo4j.uri!r}, auth={empty_neo4j.auth!r})"
    [(code, output)] = [program for program in programs() if ON_NEO4J in program[0]]
    run([(code.replace(ON_NEO4J, here), output), ("office.close()", None)])


def test_neo4j_answers_the_first_question_as_the_file_does() -> None:
    [on_neo4j] = [output for code, output in programs() if ON_NEO4J in code]
    assert programs()[0][1] == on_neo4j


def test_the_password_in_the_readme_is_that_of_the_containers() -> None:
    containers = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert containers["services"]["neo4j"]["environment"]["NEO4J_AUTH"] == "neo4j/${NEO4J_PASSWORD:-graphmem-local}"


def test_the_cypher_in_the_readme_is_what_recall_runs() -> None:
    [shown] = [block[2] for block in BLOCK.finditer(README.read_text(encoding="utf-8")) if block[1] == "cypher"]
    parts = [plain(part) for part in shown.split("…")]
    for file in (ROOT / "cypher" / "read").glob("recall_two_hops_*.cypher"):
        source = plain(file.read_text(encoding="utf-8"))
        assert all(part in source for part in parts), file


def plain(cypher: str) -> str:
    return " ".join(cypher.split())


def test_the_tour_names_every_saved_query_and_sets_its_parameters_as_they_do() -> None:
    tour = TOUR.read_text(encoding="utf-8")
    shared, recalled = (block[2] for block in BLOCK.finditer(tour) if block[1] == "text")
    for file in (ROOT / "cypher" / "browser").glob("*.cypher"):
        assert f"`{file.stem}`" in tour
        source = file.read_text(encoding="utf-8")
        for name, value in re.findall(r"^// :param (\w+) => (.+)$", source, re.MULTILINE):
            assert f"{value} AS {name}" in shared or f":param {name} => {value}`" in tour
        for values in re.findall(r"^// :param \[.+\] => \{RETURN (.+)\}$", source, re.MULTILINE):
            assert values in shared
    given = set(re.findall(r"AS (\w+)", shared + recalled))
    assert queries.load("read/recall_two_hops_exact").parameters.keys() <= given


@pytest.mark.parametrize("page", [README, TOUR], ids=lambda page: page.name)
def test_files_that_a_page_points_to_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text) + re.findall(r"^\[\w+\]: (?!https?:)(\S+)$", text, re.M)
    for target in targets:
        assert (page.parent / target).exists(), target
