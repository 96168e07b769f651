"""One file, many processes: started side by side, or forked from one that has the memory open."""

import subprocess
import sys
from pathlib import Path

from graphmem import Memory

FORK = """
import os, signal, sys, threading
from graphmem import Memory

memory = Memory(sys.argv[1], extractor="none")
memory.add("Said before the fork.", user_id="ada")

def say():
    for step in range(60):
        memory.add(f"Said by a thread in step {step}.", user_id="ada")

thread = threading.Thread(target=say)
thread.start()
children = []
for number in range(8):
    if (child := os.fork()) == 0:
        signal.alarm(600)  # a child that waits for a lock nobody holds ends here
        for step in range(5):
            memory.add(f"Said by child {number} in step {step}.", user_id="ada")
        os._exit(0)
    children.append(child)
thread.join()
statuses = [os.waitpid(child, 0)[1] for child in children]
memory.close()
sys.exit(any(statuses))
"""

FORK_AMONG_READERS = """
import os, signal, sys, threading
from graphmem import Memory

memory = Memory(sys.argv[1])
memory.add("Ada works at Acme.", user_id="ada")
is_over = threading.Event()

def read():
    while not is_over.is_set():
        memory.facts(user_id="ada")

def parse():
    while not is_over.is_set():
        memory.add("Ada works at Acme. Kim lives in Oslo.", user_id="kim")

threads = [threading.Thread(target=work) for work in (read, read, read, parse)]
for thread in threads:
    thread.start()
children = []
for number in range(8):
    if (child := os.fork()) == 0:
        signal.alarm(600)  # a child that waits for a lock nobody holds ends here
        memory.add(f"Child {number} lives in Rome.", user_id="ada")
        os._exit(0 if memory.recall("Where does Ada work?", user_id="ada").hits else 1)
    children.append(child)
statuses = [os.waitpid(child, 0)[1] for child in children]
is_over.set()
for thread in threads:
    thread.join()
memory.close()
sys.exit(any(statuses))
"""


def test_a_memory_that_was_open_when_the_process_forked_serves_parent_and_children(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    run = subprocess.run([sys.executable, "-c", FORK, str(path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    with Memory(path) as memory:
        assert memory.stats(user_id="ada").episodes == 1 + 60 + 8 * 5


def test_a_child_waits_for_nothing_that_threads_held_when_it_was_forked(tmp_path: Path) -> None:
    script = [sys.executable, "-c", FORK_AMONG_READERS, str(tmp_path / "memory.db")]
    run = subprocess.run(script, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    with Memory(tmp_path / "memory.db") as memory:
        assert memory.stats(user_id="ada").episodes == 1 + 8
