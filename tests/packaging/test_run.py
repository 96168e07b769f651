"""`./run` before there is an environment; what it does after that is the rest of the suite."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser import NAMES
from tests.packaging.conftest import ROOT

NODE_TOOLS = ("tools/cypher-lint", "tools/explorer")
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


def has_command(machine: Path, name: str, script: str) -> None:
    (machine / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
    (machine / "bin" / name).chmod(0o755)


def has_python(machine: Path, script: str) -> None:
    has_command(machine, "python3", script)


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
    for command in ("demo", "test", "check", "bench", "notebooks", "python", "java", "lock"):
        assert f"./run {command} " in listed


def test_the_benchmark_that_is_named_runs_on_a_machine_where_all_has_to_be_set_up_first(machine: Path) -> None:
    has_command(
        machine,
        "uv",
        'for last in "$@"; do :; done; case "$1" in venv) /bin/mkdir -p "$last/bin";'
        ' printf \'#!/bin/sh\\necho "$@"\\n\' > "$last/bin/python"; /bin/chmod +x "$last/bin/python" ;; esac',
    )
    has_python(machine, "exit 0")
    done = run(machine, "bench", "multihop", "musique")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "-m benchmarks.multihop musique\n"


@pytest.fixture
def ready(machine: Path) -> Path:
    """The machine with a project that is set up already: its Python is content with everything."""
    checkout = machine / "checkout"
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").write_text('#!/bin/sh\necho "$@"\n')
    (checkout / ".venv" / "bin" / "python").chmod(0o755)
    stamp = 'printf "%s\\n" "$PWD $(cat pyproject.toml requirements/dev.txt | cksum)" > .venv/set-up-from'
    subprocess.run(["sh", "-c", stamp], cwd=checkout, check=True)
    for tool in NODE_TOOLS:
        shutil.copytree(ROOT / tool, checkout / tool, ignore=shutil.ignore_patterns("node_modules"))
    return machine


def has_node(machine: Path, lint: str) -> None:
    """Node, and an npm that says that it was asked and makes the folder that npm makes."""
    has_command(machine, "node", f'case "$1" in -e) exit 0 ;; *) {lint} ;; esac')
    has_command(machine, "npm", 'case "$1" in ci) echo "npm $*"; /bin/mkdir -p "$3/node_modules" ;; esac')


def test_a_machine_without_node_and_browser_checks_the_rest_and_says_so_in_a_line_each(ready: Path) -> None:
    done = run(ready, "check")
    assert done.returncode == 0, done.stderr
    unlinted, unbuilt, undrawn = done.stderr.splitlines()
    assert unlinted == "graphmem: cypher/ is not linted: that needs node, 20 or newer, and npm"
    assert unbuilt == "graphmem: the interactive graph is not built again: that needs node, 20 or newer, and npm"
    assert "not drawn" in undrawn
    assert "apt-get install chromium" in undrawn
    assert done.stdout.splitlines()[-1] == "-m pytest --no-browser"


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_with_a_browser_draws_in_it(ready: Path, name: str) -> None:
    has_command(ready, name, "exit 0")
    done = run(ready, "check")
    assert "not drawn" not in done.stderr
    assert done.stdout.splitlines()[-1] == "-m pytest"


def test_a_node_that_is_too_old_does_not_count(ready: Path) -> None:
    has_command(ready, "node", "exit 1")
    has_command(ready, "npm", "exit 0")
    assert "is not linted" in run(ready, "check").stderr


def test_the_tools_of_node_are_fetched_once(ready: Path) -> None:
    has_node(ready, 'echo "node runs $*"')
    first, second = run(ready, "check"), run(ready, "check")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    for tool in NODE_TOOLS:
        assert f"npm ci --prefix {tool}" in first.stdout
    assert "npm ci" not in second.stdout
    for done in (first, second):
        assert "node runs tools/cypher-lint/lint.cjs" in done.stdout
        assert "node runs tools/explorer/build.mjs --check" in done.stdout


def test_a_faulty_query_ends_the_check(ready: Path) -> None:
    has_node(ready, "exit 1")
    done = run(ready, "check")
    assert done.returncode == 1
    assert "pytest" not in done.stdout


def test_a_graph_that_is_not_what_its_source_builds_ends_the_check(ready: Path) -> None:
    has_node(ready, 'case "$1" in *build.mjs) exit 1 ;; *) exit 0 ;; esac')
    done = run(ready, "check")
    assert done.returncode == 1
    assert "pytest" not in done.stdout


@pytest.mark.parametrize("tool", NODE_TOOLS)
def test_a_tool_of_node_is_pinned_and_its_lock_names_no_address(tool: str) -> None:
    named = json.loads((ROOT / tool / "package.json").read_text())
    lock = (ROOT / tool / "package-lock.json").read_text()
    for name, version in {**named["dependencies"], **named.get("devDependencies", {})}.items():
        assert json.loads(lock)["packages"][f"node_modules/{name}"]["version"] == version
    assert "://" not in lock
    assert "resolved" not in lock


def test_continuous_integration_runs_what_a_developer_types() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec ./run check")
