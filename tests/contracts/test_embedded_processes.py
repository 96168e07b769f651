"""Several processes on one file: killed at any moment, writing at once, reading while one writes.

The suite does a bounded number of operations. GRAPHMEM_STEPS asks for more, as the benchmark does.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

from graphmem._colour import drive
from graphmem.stores.embedded import EmbeddedStore
from graphmem.testing import WordEmbedder

STEPS = int(os.environ.get("GRAPHMEM_STEPS", "300"))
KILLS = 20
ADA = "org=acme/user=ada"

# Each write is one episode, two facts about an entity of its own, and the closing of the first fact of the one before.
SETTING = """
    import os, sys
    from datetime import datetime, timedelta
    from graphmem._colour import drive
    from graphmem.models import Change, Entity, Fact
    from graphmem.moment import Moment, now
    from graphmem.protocols import Bounds, Closing
    from graphmem.stores.embedded import EmbeddedStore
    from graphmem.testing import Scribe, WordEmbedder
    from graphmem.testing.seeing import Seeing
    path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    embedder = WordEmbedder()
    store = EmbeddedStore(path)
    drive(store.open(embedder=embedder.identity, dimensions=embedder.dimensions))
    scribe = Scribe(store, "org=acme/user=ada")
    def write(number, closes):
        key = f"{name}-{number}"
        new = scribe.new_episode(f"episode {key} " + "of tea " * 20, id=f"e-{key}", session=name)
        facts = [
            scribe.new_fact(f"fact {half} of {key} " + "and tea " * 9, new.episode, about=key, id=f"{half}-{key}")
            for half in "ab"
        ]
        scribe.write(
            episodes=(new,),
            entities=(Entity(space=scribe.space, key=key, name=key),),
            facts=tuple(facts),
            closings=(Closing(scribe.space, f"a-{name}-{closes}"),) if closes else (),
            changes=(Change(space=scribe.space, kind="added", fact_id=facts[0].fact.id),),
        )
"""
WRITER = """
    first = int(sys.argv[4])
    for number in range(first, first + count):
        write(number, number - 1)
        os.write(1, f"{number}\\n".encode())
    drive(store.close())
"""
READER = """
    from collections import Counter
    found = Counter()
    last = 0
    vector = embedder.vector("tea")
    for _ in range(count):
        moment = Moment(at=now() + timedelta(days=1), known_at=now() + timedelta(days=1))
        bounds = Bounds(episodes=20, facts=9999, about=9, mentions=9, hub=9)
        asked = dict(vector=vector, stems=["tea"], moment=moment, bounds=bounds)
        near = Seeing(drive(store.excerpt([scribe.space], keys=[], **asked)), ["tea"])
        facts = {fact.fact: fact for fact in drive(near.seeds()).facts}
        writes = Counter(int(id.rpartition("-")[2]) for id in facts)
        found["half"] += sum(both != 2 for both in writes.values())
        held = [number for number in writes if facts[f"a-{name}-{number}"].holds]
        found["closed wrongly"] += held != [max(writes)]
        keys = [f"{name}-{number}" for number in writes][:20]
        links = drive(Seeing(drive(store.excerpt([scribe.space], keys=keys, **asked)), ["tea"]).links(keys))
        found["unlinked"] += {link.entity for link in links} != set(keys)
        found["backwards"] += len(writes) < last
        last = len(writes)
    drive(store.close())
    print(dict(found))
"""


def started(path: Path, *parts: str, name: str, count: int, more: Sequence[str] = ()) -> "subprocess.Popen[str]":
    program = "\n".join(map(dedent, (SETTING, *parts)))
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path), name, str(count), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: "subprocess.Popen[str]") -> str:
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return output


def opened(path: Path) -> EmbeddedStore:
    store = EmbeddedStore(path)
    drive(store.open(embedder=WordEmbedder().identity, dimensions=64))
    return store


def numbers_in(store: EmbeddedStore) -> set[int]:
    """The writes in a store, each whole: all its rows, words and vectors, and the closing of the one before."""
    facts = drive(store.list_facts([ADA], moment=None, limit=10**6))
    halves = Counter(int(fact.id.rpartition("-")[2]) for fact in facts)
    episodes = {int(uid.rpartition("-")[2]) for uid in drive(store.find_episodes([ADA], stems=["tea"]))}
    assert set(halves.values()) <= {2}
    assert episodes == set(halves)
    open_ones = {
        int(fact.id.rpartition("-")[2]) for fact in facts if fact.id.startswith("a-") and fact.known_to is None
    }
    assert open_ones == {max(halves)} if halves else not open_ones
    stats = drive(store.stats([ADA]))
    assert (stats.episodes, stats.facts, stats.entities) == (len(halves), 2 * len(halves), len(halves))
    return set(halves)


def test_a_writer_killed_at_any_moment_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    chance = random.Random(0)
    first = 1
    for _ in range(KILLS):
        writer = started(path, WRITER, name="w", count=10**6, more=[str(first)])
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(chance.randint(1, 12))]
        for _ in range(chance.randrange(20_000)):  # somewhere within the writes that follow
            pass
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        acknowledged += [int(line) for line in rest.splitlines()]
        store = opened(path)
        there = numbers_in(store)
        assert there >= set(acknowledged)
        assert there == set(range(1, max(there) + 1))
        drive(store.close())
        first = max(there) + 1
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.execute("INSERT INTO fact_words(fact_words) VALUES('integrity-check')")
    connection.close()


def test_four_processes_write_at_once_without_an_error(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    count = max(10, STEPS // 10)
    writers = [started(path, WRITER, name=f"w{number}", count=count, more=["1"]) for number in range(4)]
    for writer in writers:
        assert len(finished(writer).split()) == count
    store = opened(path)
    stats = drive(store.stats([ADA]))
    assert (stats.episodes, stats.facts, stats.entities) == (4 * count, 8 * count, 4 * count)
    ids = [fact.id for fact in drive(store.list_facts([ADA], moment=None, limit=10**6))]
    assert len(set(ids)) == 8 * count
    drive(store.close())


def test_four_readers_see_whole_writes_while_one_writes_and_the_log_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    keeper = opened(path)  # so that the log is not emptied by whoever closes last
    finished(started(path, WRITER, name="w", count=20, more=["1"]))
    writer = started(path, WRITER, name="w", count=STEPS, more=["21"])
    readers = [started(path, READER, name="w", count=max(10, STEPS // 10)) for _ in range(4)]
    largest = 0
    assert writer.stdout is not None
    for _ in writer.stdout:
        largest = max(largest, Path(f"{path}-wal").stat().st_size)
    finished(writer)
    for reader in readers:
        assert finished(reader) == "{'half': 0, 'closed wrongly': 0, 'unlinked': 0, 'backwards': 0}\n"
    assert 0 < largest <= 64 << 20
    assert numbers_in(keeper) == set(range(1, STEPS + 21))
    drive(keeper.close())
