"""The queries that people paste into Neo4j Browser: each returns what its first lines say, of one space alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import neo4j
import pytest

from graphmem import Memory, queries
from graphmem._colour import drive
from graphmem.models import Change, Entity, Fact
from graphmem.protocols import Closing
from graphmem.stores.neo4j import Neo4jStore
from graphmem.testing import FixedClock, Scribe, WordEmbedder
from tests.servers import Server

pytestmark = pytest.mark.neo4j

SPACE, ELSEWHERE = "org=default/user=runa", "org=default/user=teun"
START = datetime(2026, 1, 1, tzinfo=UTC)
SPRING, AUGUST, LATER = (datetime(2025, month, 1, tzinfo=UTC) for month in (4, 8, 12))
STYLE = (queries.folder() / "browser" / "graphmem.grass").read_text(encoding="utf-8")
FILES = queries.names("browser")


@dataclass(frozen=True)
class Asked:
    """What a query returned, as Browser would show it: rows for the table, nodes and arrows for the drawing."""

    rows: list[dict[str, Any]]
    nodes: set[str]
    arrows: set[tuple[str, str, str]]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]


class Desk:
    """Somebody who has the Browser open on a store."""

    def __init__(self, driver: neo4j.Driver, database: str, clock: FixedClock) -> None:
        self.driver = driver
        self.database = database
        self.clock = clock

    def ask(self, file: str, /, **values: object) -> Asked:
        query = queries.load(f"browser/{file}")
        usual = {"space": SPACE, "at": LATER, "known_at": self.clock()}
        given = {key: value for key, value in {**usual, **values}.items() if key in query.parameters}
        statement = query.bind(**given)
        with self.driver.session(database=self.database) as session:
            result = session.run(statement.text, dict(statement.parameters))  # type: ignore[arg-type]
            rows, drawn = [dict(record) for record in result], result.graph()
        named = {node.element_id: str(node["name"]) for node in drawn.nodes}
        arrows = {
            (named[arrow.start_node.element_id], arrow.get("name") or arrow.type, named[arrow.end_node.element_id])
            for arrow in drawn.relationships
            if arrow.start_node and arrow.end_node
        }
        return Asked(rows, set(named.values()), arrows)

    def comments(self, name: str) -> Mapping[str, object]:
        """The parameters that the comments of a file set, set as Browser sets them: the server works them out."""
        source = (queries.folder() / f"{name}.cypher").read_text(encoding="utf-8")
        found: dict[str, object] = {}
        with self.driver.session(database=self.database) as session:
            for key, value in re.findall(r"^// :param (\w+) => (.+)$", source, re.MULTILINE):
                found |= session.run(f"RETURN {value} AS {key}").single(strict=True)  # type: ignore[arg-type]
            for names, statement in re.findall(r"^// :param \[\{(.+)\}\] => \{(.+)\}$", source, re.MULTILINE):
                record = session.run(statement).single(strict=True)
                assert record.keys() == names.split(", ")
                found |= record
        return found


@pytest.fixture(scope="module")
def desk(neo4j_server: Server) -> Iterator[Desk]:
    neo4j_server.empty()
    clock = FixedClock(START)
    with neo4j_server.driver() as driver:
        store = Neo4jStore(driver, database=neo4j_server.database, clock=clock)
        embedder = WordEmbedder()
        drive(store.open(embedder=embedder.identity, dimensions=embedder.dimensions))
        for space in (ELSEWHERE, SPACE):
            remember(Scribe(store, space, embedder=embedder), clock)
        yield Desk(driver, neo4j_server.database, clock)
    neo4j_server.empty()


def remember(scribe: Scribe, clock: FixedClock) -> None:
    """What the queries are asked about below; the same in both spaces, but for a word."""
    whose = "" if scribe.space == SPACE else " elsewhere"

    def told(text: str, subject: str, predicate: str, object_: str, *, source: str = "m1", **fields: object) -> Fact:
        triple = {"predicate": predicate, "object": object_.title(), "object_key": object_}
        said = {"source_id": source, "speaker": "Runa", "said_at": SPRING}
        fields = {"valid_from": SPRING, **triple, **fields}
        return scribe.state(f"{text}{whose}", about=subject, mentions=[object_], said=said, **fields)

    told("Marion Petrie runs Drumfarrow", "marion petrie", "run", "drumfarrow")
    told("Drumfarrow wants Lindqvar", "drumfarrow", "want", "lindqvar", source="m2")
    told("Lindqvar is in Tampere", "lindqvar", "located_in", "tampere", source="m3", valid_from=AUGUST)
    perth = told("Binta lives in Perth", "binta", "lives_in", "perth", source="m4")
    clock.advance(days=1)
    montrose = told("Binta moved to Montrose", "binta", "lives_in", "montrose", source="m5", valid_from=AUGUST)
    superseded = Change(space=scribe.space, kind="superseded", fact_id=perth.id, before=perth.id, after=montrose.id)
    scribe.write(closings=(Closing(scribe.space, perth.id, AUGUST),), changes=(superseded,))
    likes = told("Joost likes hay", "joost", "like", "hay", source="m6")
    told("Joost does not like hay", "joost", "like", "hay", source="m7", is_negated=True)
    oslo = told("Joost was born in Oslo", "joost", "born_in", "oslo", source="m8")
    bergen = told("Joost was born in Bergen", "joost", "born_in", "bergen", source="m9")
    disputed = Change(
        space=scribe.space, kind="disputed", fact_id=oslo.id, before=oslo.id, after=bergen.id, reason="less trusted"
    )
    scribe.write(changes=(disputed,))
    scribe.close(told("Joost is a bison", "joost", "is", "bison", source="m10"))
    again = scribe.say(f"He does like hay{whose}", source_id="m11")
    scribe.write(supports=((scribe.space, likes.id, likes.evidence[0].model_copy(update={"episode_id": again.id})),))
    joost = Entity(space=scribe.space, key="joost", name="Joost", type="person", aliases=("jo",))
    scribe.write(entities=(joost,))
    clock.advance(days=1)


# what every one of them keeps to


@pytest.mark.parametrize("name", FILES)
def test_the_comments_of_a_file_set_all_its_parameters(desk: Desk, name: str) -> None:
    shown = desk.comments(name)
    assert queries.load(name).parameters.keys() <= shown.keys()
    whole_file = (queries.folder() / f"{name}.cypher").read_text(encoding="utf-8")
    with desk.driver.session(database=desk.database) as session:
        session.run(whole_file, dict(shown)).consume()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name in FILES if name != "browser/schema"])
def test_a_query_for_people_keeps_to_its_space(desk: Desk, name: str) -> None:
    values = {**desk.comments(name), "source": "m4", "at": LATER, "known_at": desk.clock(), "since": START}
    asked = desk.ask(name.removeprefix("browser/"), **values)
    assert asked.rows
    assert "elsewhere" not in repr(asked)


@pytest.mark.parametrize("name", [name for name in FILES if name != "browser/schema"])
def test_nothing_was_known_before_anything_was_said(desk: Desk, name: str) -> None:
    query = queries.load(name)
    if "known_at" in query.parameters:
        before = {"known_at": START - timedelta(days=1), "since": START - timedelta(days=9)}
        values = {**desk.comments(name), "at": LATER, **before}
        assert desk.ask(name.removeprefix("browser/"), **values).rows == []


def test_what_is_drawn_has_a_colour_and_its_name_in_it(desk: Desk) -> None:
    with desk.driver.session(database=desk.database) as session:
        labels = session.run("CALL db.labels()").value()
        kinds = session.run("CALL db.relationshipTypes()").value()
    for label in labels:
        assert re.search(rf"node\.{label} {{[^}}]*color: #[^}}]*caption: \"{{name}}\"", STYLE), label
    for kind in kinds:
        assert re.search(rf"relationship\.{kind} {{[^}}]*color: #", STYLE), kind


# one after the other


@pytest.mark.parametrize("name", ["Joost", "jo", "JO"])
def test_who_is_this_finds_an_entity_by_any_name_with_the_facts_about_it(desk: Desk, name: str) -> None:
    asked = desk.ask("who_is_this", name=name)
    assert set(asked.column("type")) == {"person"}
    assert {"Joost", "jo", "Joost likes hay"} <= asked.nodes
    assert "Joost is a bison" not in asked.nodes


def test_who_is_this_shows_an_entity_of_which_nothing_is_told(desk: Desk) -> None:
    assert desk.ask("who_is_this", name="hay").nodes == {"Hay"}


@pytest.fixture(scope="module")
def merged(desk: Desk) -> str:
    """The space of a memory in which two names became one."""
    store = Neo4jStore(desk.driver, database=desk.database, clock=desk.clock)
    memory = Memory(store, embedder=WordEmbedder(), extractor="none")
    told = [("T. Varga", "collects", "Films"), ("Tomas Varga", "works_at", "Bellwether")]
    memory.add_facts(
        [dict(zip(("subject", "predicate", "object"), fact, strict=True)) for fact in told], user_id="ines"
    )
    memory.merge("T. Varga", "Tomas Varga", user_id="ines")
    return "org=default/user=ines"


ASKED_BY_NAME = [
    (file, parameter)
    for file in FILES
    for parameter in ("name", "start", "end")
    if parameter in queries.load(file).parameters
]


@pytest.mark.parametrize(("file", "parameter"), ASKED_BY_NAME)
def test_every_query_that_takes_a_name_knows_a_merged_one_too(
    desk: Desk, merged: str, file: str, parameter: str
) -> None:
    values = {"space": merged, "start": "Films", "end": "Films", "at": desk.clock()}
    one, other = (
        desk.ask(file.removeprefix("browser/"), **values | {parameter: name}) for name in ("T. Varga", "Tomas Varga")
    )
    assert one.rows
    assert [row.get("says") for row in one.rows] == [row.get("says") for row in other.rows]
    assert (one.nodes, one.arrows) == (other.nodes, other.arrows)


def test_timeline_tells_in_order_what_held_and_what_holds(desk: Desk) -> None:
    asked = desk.ask("timeline", name="binta")
    told = [(row["says"], str(row["since"]), row["until"] and str(row["until"]), row["holds"]) for row in asked.rows]
    assert told == [
        ("Binta lives in Perth", "2025-04-01", "2025-08-01", False),
        ("Binta moved to Montrose", "2025-08-01", None, True),
    ]
    assert desk.ask("timeline", name="binta", at=SPRING).column("says") == ["Binta lives in Perth"]


def test_why_this_fact_leads_to_its_messages_and_to_what_it_replaced(desk: Desk) -> None:
    [row] = desk.ask("why_this_fact", text="joost likes").rows[:1]
    assert row["by"] == "Runa"
    assert set(desk.ask("why_this_fact", text="Joost likes").column("message")) == {
        "Joost likes hay",
        "He does like hay",
    }
    assert ("Joost likes hay", "FROM", "He does like hay") in desk.ask("why_this_fact", text="Joost likes").arrows


def test_what_changed_since_tells_what_gave_way_before_what_is_new_each_newest_first(desk: Desk) -> None:
    asked = desk.ask("what_changed_since", since=START)
    order = [(row["kind"] != "added", row["at"]) for row in asked.rows]
    assert order == sorted(order, reverse=True)
    assert all(row["says"] for row in asked.rows if row["kind"] == "added")
    [superseded] = [row for row in asked.rows if row["kind"] == "superseded"]
    assert (superseded["says"], superseded["instead_of"]) == ("Binta moved to Montrose", "Binta lives in Perth")
    assert desk.ask("what_changed_since", since=desk.clock()).rows == []


def test_path_between_two_draws_the_chain_and_says_its_facts(desk: Desk) -> None:
    asked = desk.ask("path_between_two", start="Marion Petrie", end="Tampere")
    assert asked.column("facts") == [
        ["Marion Petrie runs Drumfarrow", "Drumfarrow wants Lindqvar", "Lindqvar is in Tampere"]
    ]
    assert asked.arrows == {
        ("Marion Petrie", "run", "Drumfarrow"),
        ("Drumfarrow", "want", "Lindqvar"),
        ("Lindqvar", "located_in", "Tampere"),
    }


def test_path_between_two_crosses_only_what_held(desk: Desk) -> None:
    assert desk.ask("path_between_two", start="marion petrie", end="tampere", at=SPRING).rows == []


def test_contradictions_are_denials_and_disputes(desk: Desk) -> None:
    asked = desk.ask("contradictions")
    pairs = {(row["one"], row["other"], row["why"]) for row in asked.rows}
    assert pairs == {
        ("Joost likes hay", "Joost does not like hay", "one says what the other denies"),
        ("Joost was born in Oslo", "Joost was born in Bergen", "less trusted"),
    }
    assert ("Joost likes hay", "ABOUT", "Joost") in asked.arrows


def test_what_would_forget_delete_leaves_what_others_say_too(desk: Desk) -> None:
    asked = desk.ask("what_would_forget_delete", source="m2")
    assert asked.column("says") == ["Drumfarrow wants Lindqvar"]
    assert asked.column("names") == [[]]  # other facts name both
    alone = desk.ask("what_would_forget_delete", source="m10")
    assert alone.column("names") == [["Bison"]]
    supported = desk.ask("what_would_forget_delete", source="m11")
    assert (supported.column("message"), supported.column("says")) == (["He does like hay"], [None])


def test_what_would_forget_delete_names_every_version(desk: Desk) -> None:
    asked = desk.ask("what_would_forget_delete", source="m4")
    assert asked.column("says") == ["Binta lives in Perth"] * 2
    assert asked.column("names") == [["Perth"]] * 2


def test_stale_facts_are_those_that_ended_or_were_taken_back(desk: Desk) -> None:
    asked = desk.ask("stale_facts")
    stale = {(row["says"], row["ended"] and str(row["ended"]), row["is_taken_back"]) for row in asked.rows}
    assert stale == {("Binta lives in Perth", "2025-08-01", False), ("Joost is a bison", None, True)}
    assert [row["says"] for row in desk.ask("stale_facts", at=SPRING).rows] == ["Joost is a bison"]


def test_the_whole_neighbourhood_is_an_entity_its_facts_and_what_they_name(desk: Desk) -> None:
    asked = desk.ask("the_whole_neighbourhood", name="Drumfarrow")
    assert asked.nodes == {
        "Drumfarrow",
        "Marion Petrie runs Drumfarrow",
        "Marion Petrie",
        "Drumfarrow wants Lindqvar",
        "Lindqvar",
    }


def test_schema_draws_the_labels_and_how_they_hang_together(desk: Desk) -> None:
    asked = desk.ask("schema")
    assert {"Episode", "Entity", "Fact", "Change", "Meta"} <= asked.nodes
    assert {("Fact", "FROM", "Episode"), ("Fact", "ABOUT", "Entity"), ("Entity", "REL", "Entity")} <= asked.arrows
