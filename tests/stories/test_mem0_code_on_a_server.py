"""A program written for Mem0 with a graph store keeps its memories in that server."""

import pytest

from graphmem.compat.mem0 import Memory
from tests.servers import Server


def test_a_program_with_a_graph_store_runs_on_that_server(empty_neo4j: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_DATABASE", empty_neo4j.database)
    user, password = empty_neo4j.auth or ("neo4j", None)
    graph = {"provider": "neo4j", "config": {"url": empty_neo4j.uri, "username": user, "password": password}}
    with Memory.from_config({"graph_store": graph}) as memory:
        memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada", metadata={"from": "mail"})
        memory.add("Bo works at Borealis.", user_id="bo", run_id="monday")
        found = memory.search("Which city does Ada work in?", user_id="ada")["results"]
        assert {"Ada works at Acme.", "Acme is in Lisbon."} <= {entry["memory"] for entry in found}
        assert {entry["user_id"] for entry in found} == {"ada"}
        [work] = [entry for entry in found if entry["memory"] == "Ada works at Acme."]
        memory.update(work["id"], "Ada works at Globex.", metadata={"checked": True})
        corrected = memory.get(work["id"])
        assert corrected is not None
        assert (corrected["memory"], corrected["created_at"]) == ("Ada works at Globex.", work["created_at"])
        assert corrected["metadata"] == {"from": "mail", "checked": True}
        assert [change["event"] for change in memory.history(work["id"])] == ["ADD", "UPDATE"]
        assert [entry["user_id"] for entry in memory.get_all(user_id="bo", run_id="monday")["results"]] == ["bo"]
        memory.delete(work["id"])
        assert memory.get(work["id"]) is None
        assert memory.history(work["id"])[-1]["event"] == "DELETE"
        [again] = memory.add("Ada works at Globex.", user_id="ada", infer=False)["results"]
        assert again["event"] == "ADD"
        memory.delete_all(user_id="bo")
        assert memory.get_all(user_id="bo")["results"] == []
        assert memory.get_all(filters={"user_id": "ada", "from": "mail"})["results"]
        memory.reset()
        assert memory.get_all(user_id="ada")["results"] == []
