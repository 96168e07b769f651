"""The command that starts Neo4j, with a pretended Java: what it does before, beside and after the server."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.neo4j_server import RELEASES, ROOT, is_alive

PRETENDED = """#!{python}
import http.server, pathlib, re, socket, sys, threading

[home] = [word.partition("=")[2] for word in sys.argv if word.startswith("--home-dir=")]
conf = pathlib.Path(home, "conf", "neo4j.conf").read_text()
bolt, web = (int(re.search(name + r".listen_address=127.0.0.1:(\\d+)", conf)[1]) for name in ("bolt", "http"))
if pathlib.Path(home, "broken").exists():
    sys.exit("java.lang.Error: broken")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{{"neo4j_version": "pretended"}}')


web = http.server.HTTPServer(("127.0.0.1", web), Page)
threading.Thread(target=web.serve_forever, daemon=True).start()
with socket.create_server(("127.0.0.1", bolt)) as listening:
    while True:
        with listening.accept()[0] as connection:
            connection.recv(20)
            connection.sendall(bytes(4))
"""


class Tool:
    """The command, on a machine whose Java is pretended and whose jars are there."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        java = folder / "java"
        (java / "bin").mkdir(parents=True)
        (java / "release").write_text('JAVA_VERSION="25.0.1"\n')
        (java / "bin" / "java").write_text(PRETENDED.format(python=sys.executable))
        (java / "bin" / "java").chmod(0o755)
        for release in RELEASES.values():
            (folder / "cache" / release.version / "lib").mkdir(parents=True)
        self.environment = {"PATH": "", "NEO4J_JAVA_HOME": str(java), "GRAPHMEM_NEO4J_CACHE": str(folder / "cache")}

    def begin(self, verb: str, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, ROOT / "tools" / "neo4j_server.py", verb, "--home", self.home, *options]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def __call__(self, verb: str, *options: str) -> str:
        process = self.begin(verb, *options)
        said, complaints = process.communicate()
        assert process.returncode == 0, complaints
        return said

    def start(self) -> dict[str, str | int]:
        return json.loads(self("start", "--port", "0", "--http-port", "0", "--json"))


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Tool]:
    tool = Tool(tmp_path)
    yield tool
    tool("stop")


def test_a_server_that_runs_is_not_started_twice(tool: Tool) -> None:
    first = tool.start()
    assert tool.start() == first
    assert tool("start") == f"{first['uri']}\n"


def test_two_processes_that_start_in_one_home_get_one_server(tool: Tool) -> None:
    both = [tool.begin("start", "--port", "0", "--http-port", "0") for _ in range(2)]
    first, second = (process.communicate()[0] for process in both)
    assert first == second != ""


def test_a_stopped_server_is_gone_and_one_that_never_ran_needs_no_stopping(tool: Tool) -> None:
    tool("stop")
    process_id = int(tool.start()["pid"])
    tool("stop")
    assert not is_alive(process_id, tool.home)


def test_a_killed_server_is_started_again(tool: Tool) -> None:
    killed = int(tool.start()["pid"])
    os.kill(killed, signal.SIGKILL)
    while is_alive(killed, tool.home):
        time.sleep(0.01)
    assert tool.start()["pid"] != killed


def test_a_process_that_got_the_number_of_a_dead_server_is_left_alone(tool: Tool) -> None:
    first = tool.start()
    tool("stop")
    (tool.home / "run" / "server.json").write_text(json.dumps({**first, "pid": os.getpid()}))
    tool("stop")  # ends the tests if it takes them for the server
    assert tool.start()["pid"] != os.getpid()


def test_a_server_that_ends_at_once_is_told_with_the_end_of_its_log(tool: Tool) -> None:
    tool.home.mkdir()
    (tool.home / "broken").touch()
    process = tool.begin("start", "--port", "0", "--http-port", "0")
    said, complaints = process.communicate()
    assert (process.returncode, said) == (1, "")
    assert "the server ended with 1:\njava.lang.Error: broken" in complaints


def test_a_port_that_is_taken_is_said_before_anything_is_started(tool: Tool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = tool.begin("start", "--port", str(port), "--http-port", "0")
        assert f"port {port} is taken" in process.communicate()[1]
    assert not (tool.home / "logs" / "console.log").exists()


def test_an_interrupted_start_leaves_no_server_behind(tool: Tool) -> None:
    (Path(tool.environment["NEO4J_JAVA_HOME"]) / "bin" / "java").write_text("#!/bin/sh\nexec sleep 1000 $@\n")
    tool.environment["PATH"] = os.defpath
    process = tool.begin("start", "--port", "0", "--http-port", "0")
    noted = tool.home / "run" / "server.json"
    while not (noted.exists() and noted.read_text()):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate()
    with pytest.raises(ProcessLookupError):
        os.kill(json.loads(noted.read_text())["pid"], 0)


@pytest.mark.parametrize("version", RELEASES)
def test_a_server_is_for_this_machine_only_and_sends_nothing(tool: Tool, version: str) -> None:
    tool("start", "--version", version, "--port", "0", "--http-port", "0")
    settings = (tool.home / "conf" / "neo4j.conf").read_text().splitlines()
    assert "dbms.usage_report.enabled=false" in settings
    assert "server.default_listen_address=127.0.0.1" in settings
    assert ("server.fleet_discovery.enabled=false" in settings) == (version == "2026")
