"""The examples of docs/coming_from_mem0.md run, one after the other, and print what stands below them."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coming_from_mem0.md"
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_every_example_says_what_it_prints() -> None:
    assert len(EXAMPLES) == PAGE.read_text(encoding="utf-8").count("```python")


def test_the_examples_print_what_stands_below_them() -> None:
    names: dict[str, Any] = {}
    for code, printed in EXAMPLES:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(code, str(PAGE), "exec"), names)
        assert said.getvalue() == printed
    names["memory"].close()
    names["client"].close()
