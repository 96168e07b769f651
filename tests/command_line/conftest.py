"""The command line as `graphmem` runs it: in this process for its words, in one of its own for what processes do."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphmem import cli

ADA = ("--user", "ada")


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, its answer, and what it said beside."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where memory is kept when a command does not say."""
    path = tmp_path / "memory.db"
    monkeypatch.setenv("GRAPHMEM_URL", str(path))
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
def graphmem(store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process."""

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, out, err)

    return run


@pytest.fixture
def process(store: Path) -> Command:
    """Runs a command in a process of its own."""

    def run(*arguments: object, stdin: bytes = b"", **environment: str) -> Done:
        command = [sys.executable, "-m", "graphmem", *map(str, arguments)]
        env = {**os.environ, **environment}
        done = subprocess.run(command, input=stdin, capture_output=True, env=env, check=False)
        out, err = (stream.decode("utf-8", errors="replace") for stream in (done.stdout, done.stderr))
        return Done(done.returncode, out, err)

    return run
