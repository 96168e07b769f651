"""How a long ingestion shows that it goes on."""

from collections.abc import Iterator
from itertools import count

import pytest

from graphmem import _progress
from graphmem._progress import reported


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A clock that moves on by two seconds whenever somebody looks."""
    ticks = count(step=2)
    monkeypatch.setattr(_progress.time, "monotonic", lambda: next(ticks))
    return ticks


def test_nobody_is_told_who_did_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    with reported([1, 2], is_shown=False) as done:
        assert done is None
    assert capsys.readouterr() == ("", "")


def test_a_log_gets_a_line_every_five_seconds(seconds: Iterator[int], capsys: pytest.CaptureFixture[str]) -> None:
    with reported(range(640), is_shown=True) as done:
        assert done is not None
        for _ in range(10):
            done(64)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [f"remembered {number} of 640 episodes" for number in (192, 384, 576)]


def test_where_the_number_is_not_known_none_is_claimed(
    seconds: Iterator[int], capsys: pytest.CaptureFixture[str]
) -> None:
    with reported(iter(range(640)), is_shown=True) as done:
        assert done is not None
        for _ in range(3):
            done(64)
    assert capsys.readouterr().err == "remembered 192 episodes\n"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with reported(range(128), is_shown=True) as done:
        assert done is not None
        done(64)
        done(64)
    out, err = capsys.readouterr()
    assert out == ""
    assert "128/128" in err
