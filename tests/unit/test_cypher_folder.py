"""What the folder `cypher/` promises, as far as its text tells: all of it used, no Cypher elsewhere, spaces guarded."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from graphmem import queries
from graphmem.queries import code_of
from graphmem.stores.neo4j import schema
from graphmem.stores.neo4j.schema import Server
from tests.unit.cypher_patterns import STORE_WIDE, Node, labelled_nodes, unguarded

PACKAGE = Path(__file__).resolve().parents[2] / "graphmem"
FILES = queries.names()
BROWSER = queries.names("browser")
READS = [*queries.names("read"), *BROWSER]
WRITES = queries.names("write")

VARIABLE_LENGTH = re.compile(r"[\])]-?>?(\{\d*,?\d*\}|[+*])\s*\(|\[[^\]]*\*[^\]]*\]|\bSHORTEST\b")


def source(name: str) -> str:
    return (queries.folder() / f"{name}.cypher").read_text(encoding="utf-8")


def code(name: str) -> str:
    return code_of(queries.load(name).text)


# the folder and the package fit each other


@cache
def strings() -> list[tuple[str, str]]:
    """Each string of the package that is no docstring, with its file; a part that is filled in reads `*`."""
    found: list[tuple[str, str]] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        left_out: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr):
                left_out.add(id(node.value))  # a docstring, or that of an attribute
            elif isinstance(node, ast.JoinedStr):
                left_out.update(map(id, node.values))
                parts = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
                found.append((path.name, "".join(map(str, parts))))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
                found.append((path.name, node.value))
    return found


def asked_for() -> set[str]:
    """The names, or patterns of names, that the package asks for."""
    return {text for _, text in strings() if re.fullmatch(r"(read|write|schema|browser)/[\w/*]+", text)}


def made_by_schema() -> set[str]:
    servers = (Server("5.26.0", "community", False), Server("2026.8.0", "community", True))
    return {query.name for server in servers for query in schema.wanted(server)}


def is_like(name: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", r"\w+"), name) is not None


@pytest.mark.parametrize("name", [name for name in FILES if name not in BROWSER])
def test_every_file_but_those_for_people_is_used(name: str) -> None:
    assert name in made_by_schema() or any(is_like(name, pattern) for pattern in asked_for())


def test_every_name_that_the_package_asks_for_is_a_file() -> None:
    assert [pattern for pattern in asked_for() if not any(is_like(name, pattern) for name in FILES)] == []


def test_no_code_reads_what_is_for_people() -> None:
    assert [pattern for pattern in asked_for() if pattern.startswith("browser/")] == []


CYPHER = re.compile(
    r"\b(MATCH|MERGE|CREATE|DELETE)\s*\(|\bMATCH\s+\w+\s*=|\b(UNWIND|RETURN|DETACH|YIELD)\b|(^|\n)\s*SHOW [A-Z]"
    r"|\b(CREATE|DROP) (CONSTRAINT|VECTOR|FULLTEXT)\b|(^|\n)\s*CALL (\(|\{|db)|\)\s*<?-\s*\[|\]\s*->?\s*\("
    r"|(?i:\b(match|merge|create)\s*\(\s*\w*\s*[:{)])"
)


def test_no_python_file_of_the_package_holds_cypher() -> None:
    assert [(file, text) for file, text in strings() if CYPHER.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n) ",
        "match (n:Fact)",
        "MATCH path = (a)",
        "UNWIND $rows AS row",
        ")-[:ABOUT]->(",
        "CALL db.awaitIndexes()",
        "CALL (fact) {",
        "RETURN 1",
        "DROP CONSTRAINT x",
        "SHOW INDEXES",
    ],
)
def test_the_search_for_cypher_knows_it_when_it_sees_it(text: str) -> None:
    assert CYPHER.search(text)


# every file


def test_the_readme_shows_a_query_that_keeps_the_rules_and_names_every_type() -> None:
    readme = (queries.folder() / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```cypher\n(.*?)```", readme, re.DOTALL)
    assert list(unguarded(code_of(queries.parsed("read/example", example).text))) == []
    assert [kind for kind in queries.TYPES if f"`{kind}`" not in readme] == []


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_it_does_and_declares_its_parameters(name: str) -> None:
    query = queries.load(name)
    assert query.summary[0].isupper()
    for line in source(name).splitlines():
        assert len(line) <= 120, line
        assert line == line.rstrip(), f"{line!r} ends in blanks"


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_one_statement(name: str) -> None:
    assert ";" not in code(name)


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_the_newer_language_says_so_in_its_header(name: str) -> None:
    query = queries.load(name)
    assert query.text.startswith("CYPHER 25\n") == (query.server >= 2025)
    assert "CYPHER" not in code_of(query.text).removeprefix("CYPHER 25")


@pytest.mark.parametrize("name", FILES)
def test_an_explanation_in_the_header_is_a_sentence(name: str) -> None:
    for line in source(name).splitlines():
        if line.startswith("// Cartesian"):
            assert re.fullmatch(r"// Cartesian: .{20,}\.", line)


@pytest.mark.parametrize("name", READS)
def test_what_reads_changes_nothing(name: str) -> None:
    assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|FOREACH|DROP)\b", code(name))


@pytest.mark.parametrize("name", FILES)
def test_only_erasing_deletes_what_hangs_together(name: str) -> None:
    if not name.startswith("write/erase"):
        assert not re.search(r"\bDETACH\b", code(name))


# whose it is


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_every_pattern_carries_its_space(name: str) -> None:
    if name not in STORE_WIDE:
        assert list(unguarded(code(name))) == []


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_the_space_comes_from_who_asks(name: str) -> None:
    own_node_alone = "{space: ''" in code(name)
    assert name in STORE_WIDE or own_node_alone or re.search(r"\$spaces?\b|\brow\.space\b|\$rows\b", code(name))


@pytest.mark.parametrize("name", STORE_WIDE)
def test_a_file_about_the_store_itself_is_there_and_needs_to_be_named(name: str) -> None:
    assert list(unguarded(code(name))) or not re.search(r"\$space|\.space\b", code(name))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("MATCH (fact:Fact {space: $space, id: $id}) RETURN fact", None),
        ("MATCH (fact:Fact WHERE fact.space = $space) RETURN fact", None),
        ("UNWIND $spaces AS space MATCH (fact:Fact {space: space})-[:ABOUT]->(entity) RETURN entity", None),
        ("UNWIND $rows AS row MERGE (entity:Entity {space: row.space, key: row.key})", None),
        ("MATCH (store:Meta {space: ''}) RETURN store", None),
        ("MATCH (f:Fact) SEARCH f IN (VECTOR INDEX i FOR $v WHERE f.space = $space LIMIT 1) RETURN f", None),
        ("CALL db.index.fulltext.queryNodes('i', $w) YIELD node AS f WITH f WHERE f.space = $space RETURN f", None),
        ("MATCH (fact:Fact {id: $id}) RETURN fact", "(fact:Fact {id: $id})"),
        ("MATCH (fact:Fact) WHERE fact.space = $space RETURN fact", "(fact:Fact)"),
        ("MATCH (fact:Fact {space: 'ada'}) RETURN fact", "(fact:Fact {space: ''})"),
        ("MATCH (fact:Fact {space: space}) RETURN fact", "(fact:Fact {space: space})"),
        ("MATCH (fact:Fact {space: other.space}) RETURN fact", "(fact:Fact {space: other.space})"),
        ("MATCH (fact:Fact {spaces: $space}) RETURN fact", "(fact:Fact {spaces: $space})"),
        ("MATCH (fact) WHERE fact.id = $id RETURN fact", "(fact)"),
        ("MATCH ()-[r:FROM {start: $id}]->() RETURN r", "()"),
        ("MATCH (e:Entity {space: $space})-[r:REL]->(b) RETURN r", "[r:REL]"),
        ("MATCH (f:Fact) SEARCH f IN (VECTOR INDEX i FOR $v LIMIT 1) WHERE f.space = $space RETURN f", "(f:Fact)"),
        ("CALL db.index.fulltext.queryNodes('i', $w) YIELD node AS fact RETURN fact", "YIELD node AS fact"),
    ],
)
def test_the_search_for_unguarded_patterns_knows_them_when_it_sees_them(text: str, fault: str | None) -> None:
    assert list(unguarded(code_of(text))) == ([fault] if fault else [])


# what servers do slowly, or wrong


def reached(name: str) -> Iterator[Node]:
    return (node for node in labelled_nodes(code(name)) if not node.is_start)


@pytest.mark.parametrize("name", READS)
def test_what_is_reached_has_no_label(name: str) -> None:
    """A label lets the planner seek the index of the space for each row, thirty times the work."""
    assert [node.text for node in reached(name)] == []


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_steps_of_any_length_start_from_unwound_seeds(name: str) -> None:
    """Where a unique key is sought by IN or OR, the planner takes the seek for one row and drops DISTINCT."""
    if VARIABLE_LENGTH.search(code(name)):
        assert not re.search(r"\.\w+ IN \$", code(name))
        assert not re.search(r"\bOR\b", code(name).partition("]")[0])


@pytest.mark.parametrize(
    "text",
    ["(a)-[:REL]->{1,3}(b)", "(a)-[r:REL*1..3]-(b)", "(a)-[:REL]->+(b)", "SHORTEST 1 (a)", "((a)-[:X]->(b)){1,2} (c)"],
)
def test_the_search_for_steps_of_any_length_knows_them_when_it_sees_them(text: str) -> None:
    assert VARIABLE_LENGTH.search(text)
    assert not VARIABLE_LENGTH.search(
        "MATCH (a {id: 1})-[r:REL {name: 2}]->(b) WHERE a.x * 2 > 1 RETURN [x IN y | x] + more"
    )
