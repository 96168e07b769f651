"""The examples of docs/extending.md run, and print what stands below them."""

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
MEMORY = "from graphmem import Memory\n"


def test_every_example_says_what_it_prints() -> None:
    assert len(EXAMPLES) == PAGE.read_text(encoding="utf-8").count("```python")


@pytest.mark.parametrize(("code", "printed"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_prints_what_stands_below_it(code: str, printed: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(MEMORY + code, str(PAGE), "exec"), {})
    assert said.getvalue() == printed
