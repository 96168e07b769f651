"""What a walk of the embedded store costs, where answers alone would not tell."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from graphmem._colour import drive
from graphmem.models import Entity
from graphmem.moment import Moment
from graphmem.stores.embedded import EmbeddedStore, statements
from graphmem.stores.embedded.area import find_all
from graphmem.stores.embedded.walking import Walker
from graphmem.testing import Scribe, WordEmbedder

SPACE = "org=acme/user=ada"
NOW = Moment(at=datetime(2100, 1, 1, tzinfo=UTC), known_at=datetime(2100, 1, 1, tzinfo=UTC))
EMBEDDER = WordEmbedder(4)


@pytest.fixture
def store() -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(":memory:")
    drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
    yield store
    drive(store.close())


def write(store: EmbeddedStore, triples: list[tuple[str, str]], *, space: str = SPACE) -> None:
    scribe = Scribe(store, space, embedder=EMBEDDER)
    episode = scribe.new_episode("All of it.")
    keys = dict.fromkeys(key for ends in triples for key in ends)
    scribe.write(
        episodes=(episode,),
        entities=tuple(Entity(space=space, key=key, name=key) for key in keys),
        facts=tuple(
            scribe.new_fact(
                f"{number}",
                episode.episode,
                about=one,
                object=other,
                object_key=other,
                predicate="p",
                id=f"{number:04}",
            )
            for number, (one, other) in enumerate(triples)
        ),
    )


class Counted:
    """A connection that remembers which entities were asked about."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.asked: list[str] = []

    def execute(self, statement: str, parameters: dict[str, object]) -> sqlite3.Cursor:
        if statement == statements.TRIPLES:
            self.asked.append(str(parameters["keys"]))
        return self.db.execute(statement, parameters)


def walker(store: EmbeddedStore, db: Counted) -> Walker:
    return Walker(db, find_all(db.db, [SPACE]), NOW)  # type: ignore[arg-type]


def test_of_more_chains_than_could_ever_be_told_only_the_first_are(store: EmbeddedStore) -> None:
    levels = [["start"], *([f"a{level}", f"b{level}"] for level in range(60)), ["end"]]
    write(store, [(one, other) for near, far in pairwise(levels) for one in near for other in far])
    paths = drive(store.paths([SPACE], "start", "end", moment=NOW, most_hops=61, limit=3))
    assert [len(path) for path in paths] == [61, 61, 61], "there are 2 ** 60 of them"
    assert paths == sorted(paths, key=lambda path: [relation.fact for relation in path])


def test_a_walk_goes_on_from_its_narrower_side(store: EmbeddedStore) -> None:
    fan = [("hub", f"leaf {number}") for number in range(50)]
    write(store, [*fan, ("hub", "a"), ("a", "b"), ("b", "end")])
    with store._reading() as db:
        counted = Counted(db)
        [path] = walker(store, counted).paths("hub", "end", most_hops=4, limit=9)
    assert [relation.fact for relation in path] == ["0050", "0051", "0052"]
    assert counted.asked == ['["hub"]', '["end"]', '["b"]'], "no leaf is looked at"


def test_a_neighbourhood_is_read_no_further_than_its_limit(store: EmbeddedStore) -> None:
    write(store, [("hub", f"leaf {number}") for number in range(50)])
    with store._reading() as db:
        counted = Counted(db)
        assert len(walker(store, counted).neighbourhood("hub", hops=4, limit=20)) == 20
    assert counted.asked == ['["hub"]']


def test_a_level_is_read_at_once_and_only_where_something_is_left_to_read(store: EmbeddedStore) -> None:
    write(store, [("hub", "a"), ("hub", "b")])
    with store._reading() as db:
        counted = Counted(db)
        assert walker(store, counted).paths("a", "b", most_hops=1, limit=9) == []
        assert len(walker(store, counted).neighbourhood("a", hops=4, limit=20)) == 2
    assert counted.asked == ['["a"]', '["a"]', '["hub"]', '["b"]']


def test_rows_of_another_owner_under_the_same_keys_are_not_read(store: EmbeddedStore) -> None:
    with store._reading() as db:
        asked = {"keys": '["kim"]', "at": 0, "known_at": 0, "lo": 1, "hi": 2}
        plan = {step for *_, step in db.execute(f"EXPLAIN QUERY PLAN {statements.TRIPLES}", asked)}
    assert {step.partition("(")[2] for step in plan if step.startswith(("SEARCH e ", "SEARCH l "))} == {
        "key=? AND rowid>? AND rowid<?)",
        "entity=? AND fact>? AND fact<?)",
    }
