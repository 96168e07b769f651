"""Where memory is kept when nobody says, and which addresses this version knows."""

from pathlib import Path

import pytest

from graphmem.config import URL, default_url, store_path
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


@pytest.mark.parametrize("url", ["bolt://localhost:7687", "neo4j+s://db", "postgres://localhost/x", "http://x/y.db"])
def test_an_address_of_another_kind_is_refused_by_name(url):
    with pytest.raises(InvalidInput, match="this version keeps memory in a file"):
        store_path(url)


@pytest.mark.parametrize("url", ["", "  ", "file:", "file://"])
def test_an_empty_address_is_refused(url):
    with pytest.raises(InvalidInput, match="empty"):
        store_path(url)
