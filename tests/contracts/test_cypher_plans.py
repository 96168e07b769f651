"""What real servers make of `cypher/`: each file is accepted, means what it names, and is answered without a scan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import neo4j
import pytest

from graphmem import queries
from graphmem._colour import drive
from graphmem.models import Change, Entity, When
from graphmem.protocols import Closing, NewEpisode, NewFact
from graphmem.queries import Query
from graphmem.stores.neo4j import Neo4jStore
from graphmem.testing import FixedClock, Scribe, WordEmbedder
from tests.servers import Server
from tests.unit.cypher_patterns import STORE_WIDE

pytestmark = pytest.mark.neo4j

EMBEDDER = WordEmbedder()
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SAMPLES: Mapping[str, object] = {
    "string": "org=acme/user=ada",
    "strings": ["org=acme/user=ada", "org=acme/shared"],
    "integer": 3,
    "boolean": True,
    "datetime": NOON,
    "vector": [1.0, *[0.0] * (EMBEDDER.dimensions - 1)],
    "rows": [{"space": "org=acme/user=ada", "id": "fact-1"}],
}
SPACES = ("org=acme/user=ada", "org=acme/user=bob", "org=acme/shared")
PEOPLE = ("ada", "bob", "cid", "dora", "emil", "fay", "gus", "hana")
PLACES = ("porto", "riga", "lisbon", "oslo", "turin")
PASSING = {
    *("embedding_next", "is_exchanging", "reembedding", "reembedding_dimensions", "expires_at", "due_at", "text_digest")
}
"""Properties that are there only while an embedder is exchanged, or something is kept for a while or without its words:
a server may not have met their names.
"""
QUIET = {"00000", "00001", "02000", "00NA0"}
"""Done, nothing returned, no data, and `IF NOT EXISTS` for what exists: what a server says when nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a server means to do for a query, and what it finds odd about it."""

    operators: frozenset[str]
    notes: list[str]


class Explaining:
    """A server that holds memories of several people."""

    def __init__(self, driver: neo4j.Driver, server: Server) -> None:
        self._driver = driver
        self._database = server.database
        self.year = int(server.version.split(".")[0])

    def plan(self, query: Query) -> Plan:
        values = {name: SAMPLES[parameter.type] for name, parameter in query.parameters.items()}
        with self._driver.session(database=self._database) as session:
            summary = session.run(f"EXPLAIN {query.text}", values).consume()  # type: ignore[arg-type]
        notes = [
            f"{note.gql_status} {note.status_description}"
            for note in summary.gql_status_objects
            if note.gql_status not in QUIET and not any(f"`{name}`" in note.status_description for name in PASSING)
        ]
        assert summary.plan is not None
        return Plan(frozenset(operators(summary.plan)), notes)


def operators(plan: Mapping[str, object]) -> Iterator[str]:
    yield str(plan["operatorType"]).partition("@")[0]
    for child in plan.get("children", ()):  # type: ignore[attr-defined]
        yield from operators(child)


@pytest.fixture(scope="module")
def explaining(neo4j_server: Server) -> Iterator[Explaining]:
    neo4j_server.empty()
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        store = Neo4jStore(driver, database=neo4j_server.database, clock=FixedClock())
        drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
        for space in SPACES:
            remember(store, space)
        neo4j_server.run("plan_anew")
        yield Explaining(driver, neo4j_server)
    neo4j_server.empty()


def remember(store: Neo4jStore, space: str) -> None:
    """Write facts of a space; let some of them end, be taken back and be replaced, and somebody be merged."""
    scribe = Scribe(store, space, embedder=EMBEDDER)
    people, places = (
        tuple(Entity(space=space, key=name, name=name.title(), type=kind, aliases=(f"old {name}",)) for name in names)
        for kind, names in (("person", PEOPLE), ("place", PLACES))
    )
    told = [told_by(scribe, number) for number in range(80)]
    facts = [new.fact for _, new in told]
    scribe.write(
        episodes=tuple(episode for episode, _ in told),
        entities=(*people, *places),
        facts=tuple(new for _, new in told),
        selves={space: PEOPLE[0]},
        changes=tuple(
            Change(space=space, kind="added", fact_id=new.fact.id, episode_id=episode.episode.id)
            for episode, new in told
        ),
    )
    scribe.close(facts[10], valid_to=NOON)
    scribe.close(facts[20])
    superseded = Change(space=space, kind="superseded", before=facts[30].id, after=facts[70].id)
    scribe.write(closings=(Closing(space, facts[30].id, NOON),), changes=(superseded,))
    scribe.write(retires=((space, told[40][0].episode.id),))
    merged = Change(space=space, kind="merged", before="hana", after="gus", reason="one person")
    scribe.write(merges=((space, "hana", "gus"),), changes=(merged,))


def told_by(scribe: Scribe, number: int) -> tuple[NewEpisode, NewFact]:
    """One episode of a conversation, and the triple it tells."""
    person, place = PEOPLE[number % len(PEOPLE)], PLACES[number % len(PLACES)]
    text = f"{person} went to {place} on day {number}"
    episode = scribe.new_episode(
        text, session=f"s{number % 4}", speaker=person, source_id=f"note {number}", title="Travels", agent_id="guide"
    )
    triple = {
        "predicate": "went_to",
        "object": place.title(),
        "object_key": place,
        "when": When(start=NOON, grain="day", words="today"),
    }
    return episode, scribe.new_fact(text, episode.episode, about=person, mentions=[place], **triple)


# ------------------------------------------------------------------------------------------------------ every file


def asked(name: str, explaining: Explaining) -> Plan | None:
    """The plan of a file, unless it is for newer servers than this."""
    query = queries.load(name)
    return explaining.plan(query) if query.server <= explaining.year else None


def explanation(name: str) -> bool:
    """Whether a file says in its header why it multiplies rows."""
    source = (queries.folder() / f"{name}.cypher").read_text(encoding="utf-8")
    return any(line.startswith("// Cartesian: ") for line in source.splitlines())


@pytest.mark.parametrize("name", queries.names())
def test_a_server_accepts_every_file_and_plans_it_without_a_scan(explaining: Explaining, name: str) -> None:
    plan = asked(name, explaining)
    if plan is None:
        return
    scans = {operator for operator in plan.operators if "Scan" in operator}
    assert not scans & {"AllNodesScan", "DirectedAllRelationshipsScan", "UndirectedAllRelationshipsScan"}
    if name not in STORE_WIDE:
        assert not scans, "it has to be sought by its space"
    assert "CartesianProduct" not in plan.operators or explanation(name)
    assert plan.notes == []


def test_a_scan_a_product_and_a_misspelt_property_are_seen(explaining: Explaining) -> None:
    plan = explaining.plan(queries.parsed("bad", "// It scans.\nMATCH (a), (b:Fact) RETURN a.nmae, b.text"))
    assert {"AllNodesScan", "CartesianProduct"} <= plan.operators
    assert any(note.startswith("01N52") and "nmae" in note for note in plan.notes)
