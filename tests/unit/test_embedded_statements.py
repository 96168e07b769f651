"""No statement of the embedded store reads or changes more than one owner's rows."""

import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files

import pytest

from graphmem.stores.embedded import statements

SCHEMA = files("graphmem.stores.embedded").joinpath("schema.sql").read_text(encoding="utf-8")

# Whole tables: what concerns all owners alike, as embedding anew does.
OF_THE_WHOLE_STORE = {"TEXTS", "DROP_KEPT", "COUNT_PARTS", "EVERY_PART", "MERGE_WORDS"}

# Rows whose names cannot be guessed across owners: an area's own row and what hangs on its number, settings by key.
BY_KEY = {
    "PART",
    "PARTS_BELOW",
    "SAVE_PART",
    "SPEAKERS",
    "REJECTED",
    "ALL_REJECTED",
    "META",
    "KEPT_VECTOR",
    "DROP_KEPT_OF",
}


def named(name: str, found: object) -> Iterator[tuple[str, str]]:
    if isinstance(found, str):
        yield name, found
    elif isinstance(found, dict):
        for kind, statement in found.items():
            yield from named(f"{name}.{kind}", statement)
    elif isinstance(found, tuple):
        for place, statement in enumerate(found):
            yield from named(f"{name}.{place}", statement)


STATEMENTS = {
    name: statement
    for constant, found in vars(statements).items()
    if constant.isupper() and not constant.startswith("_") and constant != "KINDS"
    for name, statement in named(constant, found)
}
RANGE = re.compile(r"BETWEEN (:lo|:after \+ 1) AND (:hi|:id)\b")


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


def plan(db: sqlite3.Connection, statement: str) -> list[str]:
    parameters = dict.fromkeys(re.findall(r":(\w+)", statement))
    return [detail for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_there_are_statements_to_look_at() -> None:
    assert len(STATEMENTS) > 90


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_searches_and_never_scans_a_table(name: str, db: sqlite3.Connection) -> None:
    if name.partition(".")[0] in OF_THE_WHOLE_STORE - {"TEXTS"}:
        return
    for step in plan(db, STATEMENTS[name]):
        if step.startswith("SCAN"):
            is_parameter = re.search(r"VIRTUAL TABLE INDEX 1:$", step)  # json_each over a list that was passed
            is_word_range = re.search(r"VIRTUAL TABLE INDEX \d+:M\d+><$", step)  # a word, between two row ids
            is_subquery = re.fullmatch(r"SCAN (told|\(subquery-\d+\)|SUBQUERY \d+( AS told)?)", step)
            assert is_parameter or is_word_range or is_subquery, step
        assert "AUTOMATIC" not in step


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, statement in STATEMENTS.items()
        if not statement.lstrip().startswith("INSERT") and name.partition(".")[0] not in OF_THE_WHOLE_STORE | BY_KEY
    ],
)
def test_a_statement_on_rows_of_owners_carries_the_range_of_one(name: str) -> None:
    assert RANGE.search(STATEMENTS[name]) or ":part" in STATEMENTS[name]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_takes_its_values_as_parameters(name: str) -> None:
    literals = set(re.findall(r"'[^']*'", STATEMENTS[name]))
    assert literals <= {"'delete'", "'optimize'", "'erased'", "'~'"}


def test_another_owners_rows_under_one_hub_are_not_reached(db: sqlite3.Connection) -> None:
    mine, theirs = 1 << 32, 2 << 32
    db.executemany(
        "INSERT INTO link(entity, fact, is_about) VALUES(?, ?, 1)",
        [(mine | 1, owner | fact) for owner in (mine, theirs) for fact in range(2, 9)],
    )
    db.executemany(
        "INSERT INTO version VALUES(?, 0, 9, 0, 9)",
        [(owner | fact,) for owner in (mine, theirs) for fact in range(2, 9)],
    )
    asked = {"ids": f"[{mine | 1}]", "at": 5, "known_at": 5, "lo": mine, "hi": theirs - 1}
    reached = db.execute(statements.LINKS, asked).fetchall()
    assert {fact >> 32 for _, _, fact in reached} == {1}
