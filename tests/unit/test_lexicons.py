"""The lists of words that the rules know."""

import subprocess
import sys
from importlib.resources import files

import pytest

from graphmem.extraction import lexicons
from graphmem.extraction.lexicons import pairs, words

LISTS = sorted(path.name.removesuffix(".txt") for path in files(lexicons).iterdir() if path.name.endswith(".txt"))


def lines(name: str) -> list[str]:
    return files(lexicons).joinpath(f"{name}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_what_it_holds_and_holds_each_entry_once(name: str) -> None:
    first, *rest = lines(name)
    entries = [line for line in rest if line and not line.startswith("#")]
    assert first.startswith("# ")
    assert len(entries) == len(set(entries)) == len(words(name))
    assert all(entry == entry.strip() == entry.lower() for entry in entries)


@pytest.mark.parametrize("name", [name for name in LISTS if any("=" in line for line in lines(name))])
def test_every_pair_has_two_sides(name: str) -> None:
    assert len(pairs(name)) == len(words(name))
    assert all(left and right for left, right in pairs(name).items())


def test_opposites_go_both_ways() -> None:
    assert all(pairs("opposites")[right] == left for left, right in pairs("opposites").items())


def test_names_and_lists_are_read_without_a_language_model() -> None:
    code = (
        "import sys; import graphmem.extraction.names, graphmem.extraction.lexicons; sys.exit('spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
