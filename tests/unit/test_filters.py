"""The filter language: what passes, what it refuses, and that it opens nothing."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from graphmem.errors import InvalidInput, NaiveMoment
from graphmem.filters import DEEPEST, FIELDS, MOST, Record, parsed
from graphmem.models import Episode, Fact

SAID = datetime(2024, 5, 1, 9, 30, tzinfo=UTC)
EPISODE = Episode(
    id="e1",
    space="org=acme/user=ada",
    text="I work at Acme, and I love oysters.",
    session="s1",
    agent_id="planner",
    said_at=SAID,
    recorded_at=datetime(2024, 5, 2, tzinfo=UTC),
    metadata={
        "channel": "Phone",
        "score": 0.8,
        "is_read": True,
        "tags": ["work", "lunch"],
        "nothing": None,
        "role": "lead",
    },
)
FACT = Fact(
    id="f1",
    space=EPISODE.space,
    text="Ada works at Acme.",
    predicate="works_at",
    valid_from=SAID,
    metadata={"channel": "Mail"},
)


def passes(filters: dict[str, Any], record: Record | None = None) -> bool:
    tree = parsed(filters)
    assert tree is not None
    return tree.passes(record or Record(FACT, EPISODE))


@pytest.mark.parametrize(
    "filters",
    [
        {"channel": "Phone"},
        {"channel": {"eq": "Phone"}},
        {"channel": {"ne": "Mail"}},
        {"channel": {"in": ["Mail", "Phone"]}},
        {"channel": {"nin": ["Mail"]}},
        {"channel": {"contains": "hon"}},
        {"channel": {"icontains": "PHONE"}},
        {"channel": {"gt": "Mail", "lt": "Queue"}},
        {"channel": "*"},
        {"metadata": {"channel": "Phone", "score": {"gte": 0.8}}},
        {"metadata.role": "lead"},
        {"score": {"gt": 0.5}},
        {"score": {"gte": 0.8, "lte": 0.8}},
        {"score": {"lt": 1}},
        {"is_read": True},
        {"is_read": {"ne": 1}},
        {"tags": "work"},
        {"tags": ["work", "lunch"]},
        {"tags": {"contains": "unc"}},
        {"tags": {"in": ["dinner", "lunch"]}},
        {"nothing": None},
        {"absent": None},
        {"absent": {"ne": "x"}},
        {"absent": {"nin": ["x"]}},
        {"categories": "professional_details"},
        {"categories": {"in": ["food", "professional_details"]}},
        {"categories": {"contains": "professional"}},
        {"kind": "state"},
        {"role": "user"},
        {"predicate": "works_at"},
        {"layer": "user"},
        {"session_id": "s1"},
        {"run_id": "s1"},
        {"agent_id": "planner"},
        {"user_id": "ada"},
        {"org_id": "acme"},
        {"said_at": SAID},
        {"said_at": "2024-05-01T09:30:00Z"},
        {"said_at": "2024-05-01T11:30:00+02:00"},
        {"said_at": "2024-05-01"},
        {"said_at": date(2024, 5, 1)},
        {"said_at": {"lte": "2024-05-01"}},
        {"said_at": {"gt": "2024-04-30", "lt": "2024-05-02"}},
        {"said_at": {"in": ["2023-01-01", "2024-05-01"]}},
        {"created_at": {"gte": "2024-05-02"}},
        {"valid_from": {"lte": SAID}},
        {"valid_to": None},
        {"AND": [{"role": "user"}, {"kind": "state"}]},
        {"OR": [{"role": "tool"}, {"kind": "state"}]},
        {"NOT": [{"role": "tool"}, {"kind": "event"}]},
        {"NOT": {"role": "tool"}},
        {"AND": {"role": "user"}, "kind": "state"},
        {"OR": [{"NOT": {"channel": "Phone"}}, {"AND": [{"score": {"gt": 0}}, {"tags": "*"}]}]},
    ],
    ids=str,
)
def test_it_passes(filters: dict[str, Any]) -> None:
    assert passes(filters)


@pytest.mark.parametrize(
    "filters",
    [
        {"channel": "phone"},
        {"channel": {"contains": "PHONE"}},
        {"channel": {"nin": ["Phone"]}},
        {"channel": {"gt": 5}},
        {"score": {"gt": "0.5"}},
        {"score": "0.8"},
        {"is_read": 1},
        {"is_read": {"gt": 0}},
        {"tags": ["lunch", "work"]},
        {"tags": {"ne": "work"}},
        {"absent": "*"},
        {"nothing": "*"},
        {"absent": {"gt": 0}},
        {"absent": {"contains": "x"}},
        {"categories": "food"},
        {"user_id": "eve"},
        {"org_id": "other"},
        {"agent_id": "eve"},
        {"session_id": "s2"},
        {"said_at": {"gt": "2024-05-01"}},
        {"said_at": {"lt": "2024-05-01"}},
        {"valid_to": {"gt": "2024-05-01"}},
        {"valid_to": "*"},
        {"NOT": [{"role": "tool"}, {"kind": "state"}]},
        {"role": "user", "kind": "event"},
    ],
    ids=str,
)
def test_it_does_not_pass(filters: dict[str, Any]) -> None:
    assert not passes(filters)


def test_an_episode_of_which_no_fact_is_known_is_raw_conversation() -> None:
    alone = Record(None, EPISODE)
    assert passes({"layer": "conversation", "channel": "Phone", "role": "user", "user_id": "ada"}, alone)
    assert not passes({"categories": "*"}, alone)
    assert not passes({"kind": "*"}, alone)


def test_a_fact_whose_episode_is_out_of_sight_is_known_by_itself() -> None:
    alone = Record(FACT.model_copy(update={"known_from": SAID}), None)
    assert passes({"user_id": "ada", "created_at": "2024-05-01"}, alone)
    assert not passes({"session_id": "*"}, alone)
    assert not passes({"said_at": "*"}, alone)


def test_what_stands_in_the_space_of_an_agent_or_a_session_bears_its_id() -> None:
    of_agent = EPISODE.model_copy(update={"space": "org=acme/agent=a%2Fb", "agent_id": None})
    assert passes({"agent_id": "a/b"}, Record(None, of_agent))
    assert not passes({"user_id": "*"}, Record(None, of_agent))
    of_session = EPISODE.model_copy(update={"space": "org=acme/user=ada/session=s%3D9", "session": None})
    assert passes({"session_id": "s=9", "user_id": "ada"}, Record(None, of_session))


def test_no_filter_and_an_empty_one_are_none() -> None:
    assert parsed(None) is None
    assert parsed({}) is None


def test_every_field_can_be_asked_for_by_its_presence() -> None:
    for field in FIELDS:
        assert passes({"OR": [{field: "*"}, {"NOT": {field: "*"}}]})


@pytest.mark.parametrize(
    ("filters", "place"),
    [
        ([], "filters is []"),
        ("role", "filters is 'role'"),
        ({1: "x"}, "filters names a field 1"),
        ({"": "x"}, "filters.: a field has no name"),
        ({"channel": {}}, "filters.channel is empty"),
        ({"channel": {"like": "x"}}, "filters.channel.like: 'like' is no operator"),
        ({"channel": {">=": 3}}, "filters.channel.>=: '>=' is no operator"),
        ({"channel": {"in": "Phone"}}, "filters.channel.in is 'Phone'"),
        ({"channel": {"contains": 5}}, "filters.channel.contains is 5"),
        ({"channel": {"contains": ""}}, "filters.channel.contains is ''"),
        ({"score": {"gt": None}}, "filters.score.gt is None"),
        ({"score": {"gt": True}}, "filters.score.gt is True"),
        ({"score": object}, "filters.score is type"),
        ({"role": "usr"}, "filters.role: 'usr' is none of user, assistant"),
        ({"layer": {"in": ["user", "team"]}}, "filters.layer.in: 'team' is none of"),
        ({"said_at": "May"}, "filters.said_at is 'May'"),
        ({"said_at": 5}, "filters.said_at is 5"),
        ({"said_at": {"contains": "2024"}}, "filters.said_at.contains: said_at is a time"),
        ({"AND": []}, "filters.AND is []"),
        ({"AND": "x"}, "filters.AND is 'x'"),
        ({"AND": [{"role": "user"}, {}]}, "filters.AND[1] is empty"),
        ({"AND": [{"role": "user"}, 7]}, "filters.AND[1] is 7"),
        ({"OR": [{"NOT": [{"said_at": {"gte": "x"}}]}]}, "filters.OR[0].NOT[0].said_at.gte is 'x'"),
        ({"metadata": "x"}, "filters.metadata is 'x'"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_with_its_place(filters: Any, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parsed(filters)
    assert place in str(refused.value)


def test_a_time_without_a_zone_is_refused() -> None:
    for naive in ("2024-05-01T09:30:00", datetime(2024, 5, 1)):  # noqa: DTZ001 - what is refused
        with pytest.raises(NaiveMoment, match=r"filters\.said_at\.gte"):
            parsed({"said_at": {"gte": naive}})


def test_the_ends_of_time_can_be_asked_for() -> None:
    assert not passes({"said_at": {"gt": "9999-12-31"}})
    assert passes({"said_at": {"gte": "0001-01-01"}})
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert passes({"said_at": {"gte": early}})


def test_a_filter_has_a_bounded_depth() -> None:
    def nested(depth: int) -> dict[str, Any]:
        return {"NOT": nested(depth - 1)} if depth else {"role": "user"}

    assert parsed(nested(DEEPEST)) is not None
    with pytest.raises(InvalidInput, match="too deep"):
        parsed(nested(DEEPEST + 1))
    endless: dict[str, Any] = {}
    endless["AND"] = [endless]
    with pytest.raises(InvalidInput, match="too deep"):
        parsed(endless)


def test_a_filter_has_a_bounded_size() -> None:
    assert parsed({"channel": {"in": [str(number) for number in range(MOST - 1)]}}) is not None
    for large in (
        {"channel": {"in": [str(number) for number in range(MOST)]}},
        {"OR": [{"channel": "*"}] * (MOST + 1)},
    ):
        with pytest.raises(InvalidInput, match="at most 1,000"):
            parsed(large)


def test_a_parsed_filter_does_not_change_with_the_mapping_it_was_read_from() -> None:
    wanted = ["Phone"]
    filters: dict[str, Any] = {"channel": {"in": wanted}, "tags": ["work", "lunch"]}
    tree = parsed(filters)
    wanted.clear()
    filters["tags"].clear()
    assert tree is not None
    assert tree.passes(Record(FACT, EPISODE))
