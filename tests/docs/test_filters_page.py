"""The page on filters is a program too, and names every field and operator."""

from pathlib import Path

import pytest

from graphmem.filters import DEEPEST, FIELDS, MOST
from tests.docs import test_readme

PAGE = Path(__file__).resolve().parents[2] / "docs" / "filters.md"


def test_the_code_of_the_page_prints_what_the_page_shows() -> None:
    test_readme.run(test_readme.programs(PAGE))


@pytest.mark.parametrize("name", [*FIELDS, "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "icontains"])
def test_the_page_names_every_field_and_operator(name: str) -> None:
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8") or f'"{name}"' in PAGE.read_text(encoding="utf-8")


def test_the_page_tells_the_bounds() -> None:
    assert DEEPEST == 8
    assert MOST == 1_000
