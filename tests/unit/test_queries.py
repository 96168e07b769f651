"""The loader of `cypher/`: what a file has to say of itself, and what its parameters accept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphmem import queries
from graphmem.errors import InvalidInput, PartMissing
from graphmem.queries import TYPES, folder_of, parsed

QUERY = """\
// Facts that somebody believed at a moment.
// What the score means is told elsewhere.
// server: 2026
// $space   string     the space of the reader
// $at      datetime?  when it held; null for whenever
// $limit   integer    the most to return
MATCH (fact:Fact {space: $space}) WHERE $at IS NULL OR fact.valid_from <= $at
RETURN fact.id AS id LIMIT $limit
"""


def faults_of(source: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        parsed("read/it", source)
    return str(caught.value)


# what a file says


def test_a_file_says_what_it_does_for_which_servers_and_with_which_parameters() -> None:
    query = parsed("read/it", QUERY)
    assert (query.name, query.summary) == ("read/it", "Facts that somebody believed at a moment.")
    assert query.server == 2026
    assert [(part.name, part.type, part.is_optional) for part in query.parameters.values()] == [
        ("space", "string", False),
        ("at", "datetime", True),
        ("limit", "integer", False),
    ]


def test_the_header_is_not_sent() -> None:
    assert parsed("read/it", QUERY).text.startswith("MATCH (fact:Fact")
    assert parsed("read/it", QUERY).text.endswith("LIMIT $limit")


def test_every_server_knows_a_file_that_names_none() -> None:
    assert parsed("read/it", "// One.\nRETURN 1 AS one").server == 5


@pytest.mark.parametrize("source", ["RETURN 1", "// one\nRETURN 1", "// $space  string  whose.\nRETURN $space", ""])
def test_a_file_begins_with_a_sentence(source: str) -> None:
    assert "cypher/read/it.cypher does not say in a first line" in faults_of(source)


def test_a_file_holds_a_statement() -> None:
    assert "holds no statement" in faults_of("// Nothing at all.\n")


def test_what_is_declared_is_used_and_what_is_used_is_declared() -> None:
    told = faults_of("// One.\n// $space  string  whose\n// $id  string  which\nRETURN $id, $known_at, $far")
    assert "declares $space and does not use it" in told
    assert "uses $known_at and does not declare it" in told
    assert "uses $far and does not declare it" in told
    assert "$id" not in told


def test_a_parameter_is_declared_once() -> None:
    assert "declares $id twice" in faults_of("// One.\n// $id  string  it\n// $id  integer  it\nRETURN $id")


@pytest.mark.parametrize(
    "line",
    [
        "// $space  text  a type that there is not",
        "// $space  string",
        "// $space",
        "//$space  string  whose",
        "// $space: string, whose",
        "// server 2026",
        "// Server: 2026",
        "// server: 2026.08",
        "//server: 2026",
    ],
)
def test_a_line_that_means_to_declare_is_read_or_refused(line: str) -> None:
    assert f"unreadable line {line!r}" in faults_of(f"// One.\n{line}\nRETURN 1 AS one")


@pytest.mark.parametrize(
    "text",
    [
        "RETURN '$other' AS it",
        'RETURN "it costs $other" AS it',
        r"RETURN 'it\'s $other' AS it",
        "RETURN 1 AS `$other`",
        "RETURN 1 AS it  // $other\n, 2 AS two",
        "RETURN 1 AS it /* $other,\n $other */",
        "RETURN 'http://$other' AS it",
        "RETURN '/* $other' AS it, '*/' AS more",
    ],
)
def test_a_dollar_in_a_text_a_quoted_name_or_a_comment_is_no_parameter(text: str) -> None:
    assert parsed("read/it", f"// One.\n{text}").parameters == {}


@pytest.mark.parametrize(
    "text", ["RETURN '//', $id", "RETURN '\\'', $id", "RETURN '/*', $id, '*/'", "RETURN `//`, $id"]
)
def test_a_dollar_behind_a_text_that_looks_like_a_comment_is_one(text: str) -> None:
    assert "uses $id" in faults_of(f"// One.\n{text}")


# what its parameters accept


def test_values_are_bound_by_name() -> None:
    statement = parsed("read/it", QUERY).bind(space="user=ada", at=None, limit=3)
    assert statement.name == "read/it"
    assert statement.parameters == {"space": "user=ada", "at": None, "limit": 3}


def test_everything_that_is_wrong_with_values_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed("read/it", QUERY).bind(at="yesterday", limit=None, moment=1)
    told = str(caught.value)
    assert told.startswith("cypher/read/it.cypher")
    for fault in ("$space is missing", "$moment is unknown", "$at is str, not datetime", "$limit is NoneType, not int"):
        assert fault in told


def test_a_message_names_no_value() -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed("read/it", QUERY).bind(space=["a secret"], at="a secret", limit="a secret")
    assert "secret" not in str(caught.value)


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
GOOD = {
    "string": ["", "ada"],
    "strings": [[], ["ada"], ("ada", "bob")],
    "integer": [0, -1, 2**40],
    "boolean": [True, False],
    "datetime": [NOON],
    "vector": [[], [0.5, -0.5]],
    "rows": [[], [{"space": "user=ada"}]],
}
BAD = {
    "string": [None, 1, b"ada", ["ada"]],
    "strings": [None, "ada", b"", [1], [None], {"ada"}],
    "integer": [None, True, 1.0, "1"],
    "boolean": [None, 1, "true"],
    "datetime": [None, "2026-01-01", NOON.replace(tzinfo=None), NOON.date()],
    "vector": [None, 0.5, [1], ["1"], [None]],
    "rows": [None, {}, ["ada"], [None], "rows"],
}


@pytest.mark.parametrize("kind", TYPES)
def test_a_parameter_takes_values_of_its_type_alone(kind: str) -> None:
    query = parsed("read/it", f"// One.\n// $value  {kind}  it\nRETURN $value AS it")
    for value in GOOD[kind]:
        assert query.bind(value=value).parameters["value"] == value
    for value in BAD[kind]:
        with pytest.raises(InvalidInput):
            query.bind(value=value)


@pytest.mark.parametrize("kind", TYPES)
def test_null_is_for_those_that_say_so(kind: str) -> None:
    query = parsed("read/it", f"// One.\n// $value  {kind}?  it\nRETURN $value AS it")
    assert query.bind(value=None).parameters == {"value": None}


# where the files are


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "graphmem").mkdir()
    return tmp_path / "graphmem"


def test_an_installed_package_reads_its_own_files_and_nobody_elses(package: Path) -> None:
    (package / "_cypher").mkdir()
    (package.parent / "cypher").mkdir()
    (package.parent / "pyproject.toml").touch()
    assert folder_of(package) == package / "_cypher"


def test_a_checkout_reads_the_folder_that_people_edit(package: Path) -> None:
    (package.parent / "cypher").mkdir()
    (package.parent / "pyproject.toml").touch()
    assert folder_of(package) == package.parent / "cypher"


def test_a_folder_called_cypher_beside_a_package_is_no_checkout(package: Path) -> None:
    (package.parent / "cypher").mkdir()
    with pytest.raises(PartMissing, match="pip install"):
        folder_of(package)


def test_a_missing_file_is_named_with_what_to_do() -> None:
    with pytest.raises(PartMissing, match=r"facts_of_nobody\.cypher is missing: pip install"):
        queries.load("read/facts_of_nobody")


def test_files_are_listed_by_folder_in_order() -> None:
    assert queries.names() == sorted(queries.names())
    assert "read/facts" in queries.names("read")
    assert all(name.startswith("schema/") for name in queries.names("schema"))
    assert queries.names("schema")[0] == "schema/001_space"
