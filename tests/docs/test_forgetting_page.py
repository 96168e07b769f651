"""The page on forgetting is a program too, and prints what it says."""

import re
from pathlib import Path

from tests.docs import test_readme

PAGE = Path(__file__).resolve().parents[2] / "docs" / "forgetting.md"


def test_the_code_of_the_page_prints_what_the_page_shows() -> None:
    programs = test_readme.programs(PAGE)
    assert programs
    test_readme.run(programs)


def test_files_that_the_page_points_to_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / target).exists(), target
