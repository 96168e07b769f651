"""Views for networkx and pandas: what a recall, a path and a neighbourhood hold."""

import sys

import pytest

from graphmem.errors import PartMissing
from graphmem.models import Path, Recall, Subgraph
from tests.pictured import BASED, BELONGS, PATH, WORKS, answer, around


def test_a_path_is_a_graph_from_one_end_to_the_other_over_what_its_facts_share() -> None:
    graph = PATH.graph()
    assert {label for _, label in graph.nodes(data="label")} == {
        *("Ada works at Acme.", "Acme belongs to Norvane.", "Norvane is based in Lisbon."),
        *("Ada", "Acme", "Norvane", "Lisbon"),
    }
    assert set(graph.predecessors("entity:Ada")) == {WORKS.id}
    assert set(graph.predecessors("entity:Lisbon")) == {BASED.id}
    assert set(graph.predecessors("entity:Acme")) == {WORKS.id, BELONGS.id}
    assert set(graph.predecessors("entity:Norvane")) == {BELONGS.id, BASED.id}
    assert set(graph.successors(BASED.id)) == {"entity:Norvane", "entity:Lisbon", f"e-{BASED.id}"}


def test_a_path_is_a_table_of_its_facts_in_order() -> None:
    table = PATH.to_df()
    assert list(table["text"]) == [WORKS.text, BELONGS.text, BASED.text]
    assert list(table["via"][:2]) == ["Acme", "Norvane"]
    assert list(table["source_id"]) == [f"note/{fact.id}" for fact in (WORKS, BELONGS, BASED)]


def test_a_neighbourhood_is_a_table_of_its_facts_nearest_first() -> None:
    shown = around(5)
    table = shown.to_df()
    assert list(table["id"]) == [fact.id for fact in shown.facts]
    assert list(table["subject"]) == [fact.subject for fact in shown.facts]


def test_a_recall_is_a_table_of_its_hits_with_their_paths() -> None:
    table = answer().to_df()
    assert list(table["score"]) == [0.8, 0.7, 0.1]
    assert list(table["path"]) == ["", str(PATH), ""]


@pytest.mark.parametrize("nothing", [around(1), Path(steps=()), answer().model_copy(update={"hits": ()})])
def test_where_there_is_nothing_the_table_has_its_columns_and_no_row(nothing: Recall | Path | Subgraph) -> None:
    table = nothing.to_df()
    assert len(table) == 0
    assert "text" in table.columns


@pytest.mark.parametrize("shown", [answer(), PATH, around(3)])
def test_without_pandas_a_table_says_what_to_install(
    shown: Recall | Path | Subgraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(PartMissing, match=r"graphmem\[pandas\]"):
        shown.to_df()
