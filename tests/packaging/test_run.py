"""`./run` before there is an environment; what it does after that is the rest of the suite."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "rm", "ls", "sed")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with a shell and a few POSIX tools, a fresh checkout, and no Python."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"this machine has no {tool}"
        (tmp_path / "bin" / tool).symlink_to(found)
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    shutil.copy(ROOT / "run", checkout)
    shutil.copy(ROOT / "pyproject.toml", checkout)
    shutil.copytree(ROOT / "requirements", checkout / "requirements")
    return tmp_path


def has_python(machine: Path, script: str) -> None:
    python = machine / "bin" / "python3"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def run(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(machine / "bin"), "HOME": str(machine)}
    command = [str(machine / "checkout" / "run"), *arguments]
    return subprocess.run(command, env=environment, cwd=machine, capture_output=True, text=True)


def test_a_machine_without_python_is_told_so_in_one_line(machine: Path) -> None:
    done = run(machine, "test")
    assert done.returncode == 1
    assert done.stderr == "graphmem: needs python3, 3.11 or newer, on the PATH\n"


def test_a_python_that_is_too_old_does_not_count(machine: Path) -> None:
    has_python(machine, "exit 1")
    assert run(machine, "test").stderr == "graphmem: needs python3, 3.11 or newer, on the PATH\n"


def test_a_python_without_pip_and_venv_is_told_what_to_install(machine: Path) -> None:
    has_python(machine, 'case "$1" in -c) exit 0 ;; *) exit 1 ;; esac')
    done = run(machine, "demo")
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr.splitlines()[-1]
    assert not (machine / "checkout" / ".tools").exists()


def test_an_unknown_command_is_refused_before_anything_is_set_up(machine: Path) -> None:
    done = run(machine, "tset")
    assert done.returncode == 1
    assert "tset" in done.stderr


def test_help_names_every_command(machine: Path) -> None:
    listed = run(machine, "help").stdout
    for command in ("demo", "test", "check", "bench", "python", "java", "lock"):
        assert f"./run {command} " in listed


def test_continuous_integration_runs_what_a_developer_types() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec ./run check")
