"""Where stories take place: each that goes through a plain memory is told on both stores.

Of the servers' versions it meets one, by its name: the contract of stores runs on every version, half of the stories on
each. A story that looks at files (it takes `tmp_path`) is told on the embedded store alone.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from zlib import crc32

import pytest

from graphmem import Memory
from graphmem.moment import now
from graphmem.stores.neo4j import Neo4jStore
from tests.neo4j_fixtures import SERVERS, given

NewMemory = Callable[..., Memory]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "new_memory" in metafunc.fixturenames:
        versions = metafunc.config.stash[SERVERS].versions
        met = versions[crc32(metafunc.function.__name__.encode()) % len(versions)]
        is_told_there = "tmp_path" not in metafunc.fixturenames
        places = ["embedded", *([pytest.param(met, marks=pytest.mark.neo4j)] if is_told_there else ())]
        metafunc.parametrize("new_memory", places, indirect=True)


@pytest.fixture
def new_memory(request: pytest.FixtureRequest) -> Iterator[NewMemory]:
    """`new_memory(clock=…)`: the memory of this test, with these settings."""
    if request.param == "embedded":
        path = request.getfixturevalue("tmp_path") / "memory.db"
        with ExitStack() as opened:
            yield lambda **settings: opened.enter_context(Memory(path, **settings))
        return
    servers = request.getfixturevalue("neo4j_servers")
    server = given(lambda: servers.shared(request.param))
    server.empty()
    with server.driver() as driver, ExitStack() as opened:

        def new(**settings: object) -> Memory:
            store = Neo4jStore(driver, database=server.database, clock=settings.get("clock", now))
            return opened.enter_context(Memory(store, **settings))

        yield new


@pytest.fixture
def memory(new_memory: NewMemory) -> Memory:
    return new_memory()
