"""The page on layers is a program too."""

from pathlib import Path

from tests.docs import test_readme

PAGE = Path(__file__).resolve().parents[2] / "docs" / "layers.md"


def test_the_code_of_the_page_prints_what_the_page_shows() -> None:
    test_readme.run(test_readme.programs(PAGE))
