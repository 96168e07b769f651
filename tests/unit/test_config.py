"""Where memory is kept when nobody says, and which addresses this version knows."""

from pathlib import Path

import pytest

from graphmem.config import URL, Neo4jSettings, default_url, is_neo4j, neo4j_settings, store_path
from graphmem.errors import InvalidInput


def test_the_setting_says_where_memory_is_kept(monkeypatch):
    monkeypatch.setenv(URL, "/data/notes.db")
    assert default_url() == "/data/notes.db"


@pytest.mark.parametrize("setting", [None, ""])
def test_without_a_setting_it_is_a_file_of_the_user(monkeypatch, setting):
    monkeypatch.delenv(URL, raising=False) if setting is None else monkeypatch.setenv(URL, setting)
    path = Path(default_url())
    assert path.name == "memory.db"
    assert path.is_absolute()
    assert "graphmem" in path.parts


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (":memory:", ":memory:"),
        ("notes.db", "notes.db"),
        ("/data/notes.db", "/data/notes.db"),
        ("file:notes.db", "notes.db"),
        ("file:/data/notes.db", "/data/notes.db"),
        ("file:///data/notes.db", "/data/notes.db"),
        ("a folder/notes 1.db", "a folder/notes 1.db"),
    ],
)
def test_an_address_is_a_path(url, path):
    assert store_path(url) == str(Path(path))


def test_a_path_may_start_at_home():
    assert store_path("~/notes.db") == str(Path.home() / "notes.db")


@pytest.mark.parametrize("url", ["postgres://localhost/x", "http://x/y.db"])
def test_an_address_of_another_kind_is_refused_by_name(url):
    with pytest.raises(InvalidInput, match=r"pass a path, ':memory:', or the address of a Neo4j server"):
        store_path(url)


@pytest.mark.parametrize(
    "url", ["bolt://localhost:7687", "neo4j+s://db", "NEO4J://db", "neo4j+ssc://db", "bolt+s://db"]
)
def test_an_address_of_a_server_is_told_from_a_path(url):
    assert is_neo4j(url)
    assert not is_neo4j("neo4j.db")


def test_what_an_address_does_not_say_comes_from_the_variables_of_neo4j(monkeypatch):
    assert neo4j_settings("bolt://a:7687") == Neo4jSettings("bolt://a:7687", None, "neo4j")
    for name, value in {"URI": "neo4j://b:7687", "USERNAME": "kim", "PASSWORD": "secret", "DATABASE": "notes"}.items():
        monkeypatch.setenv(f"NEO4J_{name}", value)
    assert neo4j_settings("neo4j://") == Neo4jSettings("neo4j://b:7687", ("kim", "secret"), "notes")
    assert neo4j_settings("bolt://a:7687", ("ann", "other")).auth == ("ann", "other")
    assert "secret" not in repr(neo4j_settings("neo4j://"))


def test_an_address_without_a_server_says_how_to_name_one(monkeypatch):
    monkeypatch.delenv("NEO4J_URI", raising=False)
    with pytest.raises(InvalidInput, match="write neo4j://host:7687, or set NEO4J_URI"):
        neo4j_settings("neo4j://")


def test_a_password_within_an_address_is_refused_and_not_repeated():
    with pytest.raises(InvalidInput, match="pass auth=") as caught:
        neo4j_settings("bolt://kim:hunter2@db:7687")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "  ", "file:", "file://"])
def test_an_empty_address_is_refused(url):
    with pytest.raises(InvalidInput, match="empty"):
        store_path(url)
