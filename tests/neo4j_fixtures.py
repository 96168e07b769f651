"""The fixtures of tests that need Neo4j, `--no-neo4j`, and what the run says about its servers.

`neo4j_server` is shared, and a test that takes it runs once on each version; `empty_neo4j` is the same without a node.
`own_neo4j_server(version="5.26", purpose="…")` gives one with a password, which a test may kill and start again.
"""

import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.servers import MACHINE, Server, Servers, Unavailable, ways_of

FIXTURES = {"neo4j_server", "own_neo4j_server", "empty_neo4j"}
SERVERS = pytest.StashKey[Servers]()
LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-neo4j", action="store_true", help="leave out the tests that need a Neo4j server")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SERVERS] = Servers(MACHINE, ways_of(MACHINE), new_home)


def new_home() -> Path:
    """Return where a server may live; not every way makes a folder of it."""
    return Path(tempfile.gettempdir()) / f"graphmem-neo4j-{uuid4().hex[:8]}"


def pytest_report_header(config: pytest.Config) -> str:
    if config.getoption("--no-neo4j"):
        return "neo4j: left out by --no-neo4j"
    return f"neo4j: {config.stash[SERVERS].plan()}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "neo4j_server" in metafunc.fixturenames:
        versions = metafunc.config.stash[SERVERS].versions
        metafunc.parametrize("neo4j_server", versions, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what takes one of our fixtures, so that `-m neo4j` and `--no-neo4j` hold for it; leave it out if asked."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("neo4j")
    if config.getoption("--no-neo4j"):
        left_out = [item for item in items if item.get_closest_marker("neo4j")]
        items[:] = [item for item in items if not item.get_closest_marker("neo4j")]
        config.hook.pytest_deselected(items=left_out)
        config.stash[LEFT_OUT] = len(left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for taken in config.stash[SERVERS].taken:
        terminalreporter.write_line(f"neo4j {taken}")
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.section("left out: --no-neo4j", sep="-")
        terminalreporter.write_line(f"{left_out} tests that need a Neo4j server")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whatever ended the session, even before its fixtures: no server outlives it."""
    config.stash[SERVERS].close()


def given(ask: Callable[[], Server]) -> Server:
    """Return the server, or fail the test with the list of what was tried."""
    try:
        return ask()
    except Unavailable as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def neo4j_servers(pytestconfig: pytest.Config) -> Iterator[Servers]:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # a run that is told to end stops its servers
    yield pytestconfig.stash[SERVERS]
    pytestconfig.stash[SERVERS].close()
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def neo4j_server(request: pytest.FixtureRequest, neo4j_servers: Servers) -> Server:
    """A server that the tests share: read it, write to spaces of your own, and leave the process alone."""
    return given(lambda: neo4j_servers.shared(request.param))


@pytest.fixture
def empty_neo4j(neo4j_server: Server) -> Server:
    """`neo4j_server` without a node; its constraints and indexes are as the tests before left them."""
    neo4j_server.empty()
    return neo4j_server


@pytest.fixture(scope="session")
def own_neo4j_server(neo4j_servers: Servers) -> Callable[..., Server]:
    """`own_neo4j_server(version, purpose)`: one with a password, which a test may kill or stop."""
    return lambda version="5.26", purpose="to be killed": given(lambda: neo4j_servers.own(version, purpose))
