"""Writers side by side on one Neo4j, in threads and processes, and a server killed among them."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import neo4j
import pytest

from graphmem import Memory
from graphmem.errors import StoreUnavailable
from graphmem.stores.neo4j import Neo4jStore
from tests.servers import Server

pytestmark = pytest.mark.neo4j

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("Ann", "Ben", "Kim", "Acme", "Birch")
WRITERS = 3
EPISODES = 24
SLICE = 4


@pytest.fixture(scope="module", params=["5.26", "2026"])
def server(request: pytest.FixtureRequest, own_neo4j_server: Callable[..., Server]) -> Server:
    return own_neo4j_server(request.param)


@pytest.fixture
def memory(server: Server) -> Iterator[Memory]:
    """A memory whose driver gives up soon: these tests wait for servers themselves."""
    server.empty()
    with (
        neo4j.GraphDatabase.driver(server.uri, auth=server.auth, max_transaction_retry_time=5) as driver,
        Memory(Neo4jStore(driver, database=server.database)) as memory,
    ):
        yield memory


def share(writer: int) -> list[Mapping[str, object]]:
    """What one writer has to say: names that all of them use."""
    return [
        {"text": f"{NAMES[number % 3]} visited {NAMES[3 + number % 2]}.", "source_id": f"{writer}-{number}", "at": AT}
        for number in range(EPISODES)
    ]


def known(memory: Memory) -> tuple[object, ...]:
    facts = sorted((fact.text, len(fact.evidence)) for fact in memory.facts(user_id="ada", limit=1000))
    entities = sorted((entity.key, entity.degree) for entity in memory.entities(user_id="ada"))
    return memory.stats(user_id="ada").episodes, facts, entities


def undisturbed() -> tuple[object, ...]:
    with Memory(":memory:") as memory:
        for writer in range(WRITERS):
            memory.add_many(share(writer), user_id="ada")
        return known(memory)


def together(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_server_killed_among_three_writers_loses_nothing_acknowledged_and_doubles_nothing(
    server: Server, memory: Memory
) -> None:
    acknowledged: list[object] = []
    broken: list[StoreUnavailable] = []
    memory.stats(user_id="ada")

    def write(writer: int) -> None:
        episodes = share(writer)
        try:
            for start in range(0, EPISODES, SLICE):
                memory.add_many(episodes[start : start + SLICE], user_id="ada")
                acknowledged.extend(episode["source_id"] for episode in episodes[start : start + SLICE])
        except StoreUnavailable as error:
            broken.append(error)

    def kill(_: int) -> None:
        while len(acknowledged) < EPISODES and not broken:
            time.sleep(0.001)
        server.kill()

    together(lambda number: (write if number < WRITERS else kill)(number), WRITERS + 1)
    assert broken
    assert all(error.retryable for error in broken)
    server.restart()
    assert memory.stats(user_id="ada").episodes >= len(acknowledged)
    rest = sum(memory.add_many(share(writer), user_id="ada").episodes for writer in range(WRITERS))
    assert rest <= WRITERS * EPISODES - len(acknowledged)
    assert known(memory) == undisturbed()


def test_eight_threads_adding_the_same_names_make_each_once(
    memory: Memory, caplog: pytest.LogCaptureFixture, record_property: Callable[[str, object], None]
) -> None:
    told = [share(writer)[:3] for writer in range(8)]
    together(lambda number: [memory.add_many([episode], user_id="ada") for episode in told[number]] and None, 8)
    record_property("retried by the driver", caplog.text.count("will be retried"))
    with Memory(":memory:") as embedded:
        for episodes in told:
            embedded.add_many(episodes, user_id="ada")
        assert known(memory) == known(embedded)


PROCESS = """
import sys
from graphmem import Memory
url, password, name = sys.argv[1:]
with Memory(url, auth=("neo4j", password), extractor="none") as memory:
    for number in range(10):
        memory.add(f"{name} counts {number} birds.", user_id="ada")
"""


def test_threads_and_processes_in_one_space_each_have_a_number_and_a_time_of_their_own(
    server: Server, memory: Memory, tmp_path: Path
) -> None:
    assert server.auth is not None
    command: Sequence[str] = (sys.executable, "-c", PROCESS, server.uri, server.auth[1])
    processes = [subprocess.Popen([*command, name], cwd=tmp_path) for name in ("Xaver", "Yves")]
    together(lambda number: [memory.add(f"Ann saw {number}.{turn}.", user_id="ada") for turn in range(5)] and None, 8)
    assert [process.wait() for process in processes] == [0, 0]
    rows = server.run("numbers")
    assert memory.stats(user_id="ada").episodes == 8 * 5 + 2 * 10
    numbers = [row["number"] for row in rows]
    assert len(numbers) == len(set(numbers))
    times = sorted({row["at"].to_native() for row in rows if row["label"] == "Change"})
    by_number = [row["at"].to_native() for row in rows if row["label"] == "Change"]
    assert all(before <= after for before, after in pairwise(by_number))
    assert len(times) == 8 * 5 + 2 * 10


FORK = """
import os, signal, stat, sys
from contextlib import suppress
from graphmem import Memory

url, password = sys.argv[1:]
memory = Memory(url, auth=("neo4j", password), extractor="none")

def serve(who):
    for turn in range(10):
        memory.add(f"{who} keeps {turn} birds.", user_id=who)
        found = [hit.text for hit in memory.recall("How many birds?", user_id=who).hits]
        assert len(found) == turn + 1 and all(who in text for text in found), found

def sockets():
    found = 0
    for number in range(256):
        with suppress(OSError):
            found += stat.S_ISSOCK(os.fstat(number).st_mode)
    return found

serve("Ann")
children = []
for who in ("Ben", "Kim"):
    if (child := os.fork()) == 0:
        signal.alarm(600)  # a child that waits for what nobody holds ends here
        of_parent = sockets()
        serve(who)
        assert sockets() > of_parent, "it talks by a connection of its parent"
        memory.close()
        os._exit(0)
    children.append(child)
serve("Eve")
statuses = [os.waitpid(child, 0)[1] for child in children]
serve("Zoe")
memory.close()
sys.exit(any(statuses))
"""


def test_a_memory_that_was_open_when_the_process_forked_shows_nobody_what_is_anothers(
    server: Server, memory: Memory, tmp_path: Path
) -> None:
    assert server.auth is not None
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK, server.uri, server.auth[1]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    people = ("Ann", "Ben", "Kim", "Eve", "Zoe")
    assert [memory.stats(user_id=who).episodes for who in people] == [10] * len(people)


FORK_OF_A_DRIVER = """
import os, sys
import neo4j
from graphmem import Memory, StoreUnavailable
from graphmem.stores.neo4j import Neo4jStore

url, password, is_in_use = sys.argv[1:]
with neo4j.GraphDatabase.driver(url, auth=("neo4j", password)) as driver:
    memory = Memory(Neo4jStore(driver), extractor="none")
    if is_in_use == "in use":
        memory.stats(user_id="ann")
    if (child := os.fork()) == 0:
        try:
            memory.add("Ann keeps cats.", user_id="ann")
            told = "served"
        except StoreUnavailable as error:
            told = str(error)
        print(told, flush=True)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    memory.stats(user_id="ann")
    memory.close()
sys.exit(status)
"""


@pytest.mark.parametrize(
    ("is_used", "told"), [("in use", "make a driver and a Neo4jStore in the child"), ("not yet in use", "served")]
)
def test_a_child_takes_over_no_driver_that_its_parent_talks_by(
    server: Server, memory: Memory, tmp_path: Path, is_used: str, told: str
) -> None:
    assert server.auth is not None
    assert memory.stats(user_id="ann").episodes == 0
    command = [sys.executable, "-c", FORK_OF_A_DRIVER, server.uri, server.auth[1], is_used]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert told in done.stdout
