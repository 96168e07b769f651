"""Times at the ends of the calendar and beyond, ids that nobody knows, and two who put the same thing right at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from graphmem import Conflict, InvalidInput, Memory, NotFound
from graphmem.stores.neo4j import Neo4jStore
from tests.servers import Server

FIRST = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-12)))
MAY, JUNE = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6))
BEYOND = ("0000-01-01T00:00:00+00:00", "10000-01-01T00:00:00+00:00", "-0044-03-15T00:00:00+00:00")
WORKS = {"subject": "Ada", "predicate": "works_at", "object": "Acme"}
WILDCARDS = ("*", "%", "_", ".*", "?", "unknown")


@pytest.fixture
def ada(memory: Memory) -> Memory:
    return memory.scoped(user_id="ada")


@pytest.fixture
def fact_id(ada: Memory) -> str:
    [added] = ada.add_facts([WORKS])
    assert added.fact_id is not None
    return added.fact_id


WITH_TIMES: dict[str, Callable[[Memory, Any], object]] = {
    "add": lambda memory, when: memory.add("I rest.", at=when),
    "add_many": lambda memory, when: memory.add_many([{"text": "I rest.", "at": when}]),
    "add_facts from": lambda memory, when: memory.add_facts([{**WORKS, "valid_from": when}]),
    "add_facts to": lambda memory, when: memory.add_facts([{**WORKS, "valid_to": when}]),
    "recall at": lambda memory, when: memory.recall("Where does Ada work?", at=when),
    "recall known at": lambda memory, when: memory.recall("Where does Ada work?", known_at=when),
    "facts at": lambda memory, when: memory.facts(at=when),
    "facts known at": lambda memory, when: memory.facts(known_at=when),
    "paths at": lambda memory, when: memory.paths("Ada", "Acme", at=when),
    "diff since": lambda memory, when: memory.diff(since=when),
    "diff until": lambda memory, when: memory.diff(since=FIRST, until=when),
}


@pytest.mark.parametrize("call", WITH_TIMES.values(), ids=WITH_TIMES)
def test_a_year_that_no_calendar_of_ours_has_is_refused(
    ada: Memory, fact_id: str, call: Callable[[Memory, Any], object]
) -> None:
    before = ada.stats()
    for when in BEYOND:
        with pytest.raises(InvalidInput):
            call(ada, when)
    for when in BEYOND:
        for name in ("valid_from", "valid_to"):
            with pytest.raises(InvalidInput):
                ada.correct(fact_id, **{name: when})  # pyright: ignore[reportArgumentType]
    assert ada.stats().changes == before.changes


@pytest.mark.parametrize("when", [FIRST, LAST], ids=["the first", "the last"])
def test_the_ends_of_the_calendar_are_moments_like_others(ada: Memory, fact_id: str, when: datetime) -> None:
    for name, call in WITH_TIMES.items():
        if not name.startswith("add"):
            call(ada, when)
    ada.add("I rest.", at=when)
    ada.add_facts([{**WORKS, "subject": "Ben", "valid_from": FIRST, "valid_to": LAST}])
    assert [fact.id for fact in ada.facts(at=when, predicate="works_at") if fact.subject == "Ada"] == [fact_id]
    assert [path.steps[0].fact_id for path in ada.paths("Ada", "Acme", at=when)] == [fact_id]


def test_nothing_is_known_before_the_first_and_all_after_the_last_moment(ada: Memory, fact_id: str) -> None:
    assert ada.facts(known_at=FIRST) == []
    assert [fact.id for fact in ada.facts(known_at=LAST)] == [fact_id]
    assert len(ada.diff(since=FIRST, until=LAST)) == 1
    assert len(ada.diff(since=LAST)) == 0


def test_what_would_end_before_it_starts_is_refused(ada: Memory, fact_id: str) -> None:
    before = ada.stats().changes
    for since, until in ((JUNE, MAY), (MAY, MAY), (LAST, FIRST)):
        with pytest.raises(InvalidInput, match=r"before it starts|valid_to"):
            ada.add_facts([{**WORKS, "object": "Birch", "valid_from": since, "valid_to": until}])
        with pytest.raises(InvalidInput, match="before it starts"):
            ada.correct(fact_id, valid_from=since, valid_to=until)
    assert ada.stats().changes == before


@pytest.mark.parametrize("id_", WILDCARDS)
def test_an_id_that_nobody_knows_changes_nothing(ada: Memory, fact_id: str, id_: str) -> None:
    before = ada.stats().changes
    for call in (
        lambda: ada.get(id_),
        lambda: ada.history(id_),
        lambda: ada.retract(id_),
        lambda: ada.correct(id_, text="Ada rests."),
        lambda: ada.correct(id_, valid_to=MAY),
        lambda: ada.restore(id_),
        lambda: ada.forget(fact_id=id_),
        lambda: ada.forget(entity=id_),
    ):
        with pytest.raises((NotFound, InvalidInput)):
            call()
    assert not any(ada.forget(source_id=id_).erased.values())
    assert not any(ada.forget(session_id=id_).erased.values())
    assert ada.stats().changes == before
    assert [fact.id for fact in ada.facts()] == [fact_id]


def test_where_there_is_nothing_to_forget_the_receipt_says_so(memory: Memory) -> None:
    for is_dry_run in (True, False):
        receipt = memory.forget(user_id="nobody", dry_run=is_dry_run)
        assert not any(receipt.erased.values())
        assert not any(receipt.left.values())
        assert "nothing" in str(receipt).splitlines()[0]
    assert memory.stats(user_id="nobody").changes == 0


def test_what_is_done_twice_is_told_so_the_second_time(ada: Memory, fact_id: str) -> None:
    [retracted] = ada.retract(fact_id)
    with pytest.raises(Conflict, match="believed no longer"):
        ada.retract(fact_id)
    ada.restore(retracted.id)
    with pytest.raises(Conflict, match="undone already"):
        ada.restore(retracted.id)
    ada.forget(fact_id=fact_id)
    for call in (
        lambda: ada.forget(fact_id=fact_id),
        lambda: ada.retract(fact_id),
        lambda: ada.correct(fact_id, text="Ada rests."),
        lambda: ada.restore(retracted.id),
    ):
        with pytest.raises(NotFound):
            call()
    assert ada.facts() == []


def test_of_two_drivers_that_correct_one_fact_at_once_one_does(empty_neo4j: Server) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)
    with empty_neo4j.driver() as one, empty_neo4j.driver() as other:
        memories = [
            Memory(Neo4jStore(driver, database=empty_neo4j.database), extractor="none").scoped(user_id="ada")
            for driver in (one, other)
        ]
        for round_ in range(3):
            [added] = memories[0].add_facts([{**WORKS, "subject": f"Ada {round_}"}])
            outcomes.clear()

            def correct(memory: Memory, text: str, fact_id: str = added.fact_id or "") -> None:
                together.wait()
                try:
                    memory.correct(fact_id, text=text)
                except Conflict:
                    return
                outcomes.append(text)

            rest, travel = f"Ada {round_} rests.", f"Ada {round_} travels."
            threads = [
                threading.Thread(target=correct, args=(memory, text))
                for memory, text in zip(memories, (rest, travel), strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            [winner] = outcomes
            about = [fact.text for fact in memories[1].facts(entity=f"Ada {round_}")]
            assert about == [winner]
            assert [change.kind for change in memories[0].history(added.fact_id or "")] == ["added", "superseded"]
