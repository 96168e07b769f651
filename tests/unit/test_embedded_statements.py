"""No statement of the embedded store reads or changes more than one owner's rows."""

import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files

import pytest

from graphmem.stores.embedded import merging_statements, searching_statements, statements

SCHEMA = files("graphmem.stores.embedded").joinpath("schema.sql").read_text(encoding="utf-8")

# Whole tables: what concerns all owners alike, as embedding anew and sweeping do.
OF_THE_WHOLE_STORE = {"STATE", "DUE_PARTS", "TEXTS", "DROP_KEPT", "COUNT_PARTS", "EVERY_PART", "MERGE_WORDS"}

# Rows whose names cannot be guessed across owners: an area's own row and what hangs on its number, settings by key.
BY_KEY = {
    "DROP_META",
    "PART",
    "PARTS_BELOW",
    "SAVE_PART",
    "SPEAKERS",
    "REJECTED",
    "NEXT_REJECTED",
    "DROP_REJECTED",
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
    for module in (statements, searching_statements, merging_statements)
    for constant, found in vars(module).items()
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
    assert len(STATEMENTS) > 80


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_searches_and_never_scans_a_table(name: str, db: sqlite3.Connection) -> None:
    if name.partition(".")[0] in OF_THE_WHOLE_STORE - {"STATE", "DUE_PARTS", "TEXTS"}:
        return
    for step in plan(db, STATEMENTS[name]):
        if step.startswith("SCAN"):
            is_parameter = re.search(r"VIRTUAL TABLE INDEX 1:$", step)  # json_each over a list that was passed
            is_word_range = re.search(r"VIRTUAL TABLE INDEX \d+:M\d+><$", step)  # a word, between two row ids
            is_subquery = re.fullmatch(r"SCAN (told|listed|\(subquery-\d+\)|SUBQUERY \d+( AS told)?)", step)
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
    assert literals <= {"'delete'", "'pending'", "'optimize'", "'erased'", "'~'"}


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name.endswith(".edited")])
def test_what_was_edited_is_one_range_of_an_index_and_what_is_new_of_rows(name: str, db: sqlite3.Connection) -> None:
    steps = plan(db, STATEMENTS[name])
    edited, *_, new = (step for step in steps if step.startswith("SEARCH"))
    assert re.search(r"USING (COVERING )?INDEX \w+_edited \(edited>\? AND edited<\?\)", edited)
    assert re.search(r"\((rowid|fact)>\? AND (rowid|fact)<\?\)", new)
    assert not [step for step in steps if step.startswith("SCAN")]


def test_what_is_new_or_was_edited_is_of_one_owner_and_since_a_number(db: sqlite3.Connection) -> None:
    mine, theirs = 1 << 32, 2 << 32
    db.executemany(
        "INSERT INTO entity(id, key, name, type, is_common, known_from, edited) VALUES(?, ?, 'n', 'thing', 0, 0, ?)",
        [
            (owner | number, f"e{number}", owner | edited)
            for owner in (mine, theirs)
            for number, edited in (*((number, number + 10) for number in range(1, 9)), (14, 14), (16, 16), (17, 19))
        ],
    )
    edited = db.execute(
        searching_statements.READ_ENTITIES["edited"], {"after": (mine | 15) - 1, "hi": theirs - 1}
    ).fetchall()
    assert [row[0] for row in edited] == [mine | number for number in (5, 6, 7, 8, 16, 17)]
