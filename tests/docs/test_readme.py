"""The README is a program: its Python runs, and prints what it says it prints."""

import contextlib
import io
import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def programs() -> list[tuple[str, str | None]]:
    """Return each ```python block with the ```text block that follows it at once, its output."""
    blocks = list(BLOCK.finditer(README.read_text(encoding="utf-8")))
    found: list[tuple[str, str | None]] = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block[1] == "python":
            answers = following is not None and following[1] == "text" and is_next_to(block, following)
            found.append((block[2], following[2] if answers else None))
    return found


def is_next_to(block: re.Match[str], following: re.Match[str]) -> bool:
    return not block.string[block.end() : following.start()].strip()


def test_the_code_of_the_readme_prints_what_the_readme_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    assert programs()
    for code, output in programs():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), names)
        if output is not None:
            assert printed.getvalue().strip() == output.strip()


def test_files_that_the_readme_points_to_are_there() -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", README.read_text(encoding="utf-8")):
        assert (README.parent / target).exists(), target
