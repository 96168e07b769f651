"""A child has only the thread that forked: what the others held is free in it, and what is the parent's stays so."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.model_server import ModelServer


@pytest.fixture
def server() -> Iterator[ModelServer]:
    server = ModelServer()
    yield server
    server.close()


STEPS = """
import os, signal, sys, threading, time
from graphmem import Memory, OpenAIModel, Usage
from graphmem._colour import drive
from graphmem.first_use import on_first_use
from graphmem.forking import held_by_forks, paused_by_forks
from graphmem.llm import client
from graphmem.llm.spending import Purse
from graphmem.protocols import Prompt

PROMPT = Prompt("extract", "Say something.", "Hello.", {"type": "object"}, 100)
model = OpenAIModel("stub-1", base_url=sys.argv[1], api_key="x")
is_inside = threading.Event()

def slowly(call):
    def called(*given):
        is_inside.set()
        time.sleep(0.5)  # the fork comes meanwhile
        return call(*given)
    return called

def child_does(call):
    if (child := os.fork()) == 0:
        signal.alarm(600)  # one that waits for a lock nobody holds ends here
        call()
        os._exit(0)
    return child

def is_well(child):
    return os.waitpid(child, 0)[1] == 0
"""

AMONG_THREADS = """
thread = threading.Thread(target=work)
thread.start()
is_inside.wait()
child = child_does(work)
thread.join()
sys.exit(not is_well(child))
"""


def run(server: ModelServer, *steps: str) -> None:
    script = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", "".join((STEPS, *steps)), server.url]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "work",
    [
        "client.connected = slowly(client.connected)\ndef work(): drive(model.answer(PROMPT))",
        "Usage.__add__ = slowly(Usage.__add__)\npurse = Purse()\ndef work(): purse.pay(Usage(calls=1))",
        "class Slow: number = on_first_use(slowly(lambda _: 1))\ndef work(): Slow().number",
    ],
    ids=["connecting", "spending", "working out a property"],
)
def test_a_child_waits_for_no_thread_that_was_in_the_middle_of_something(server: ModelServer, work: str) -> None:
    run(server, work, AMONG_THREADS)


def test_a_child_asks_its_model_by_a_connection_of_its_own(server: ModelServer) -> None:
    run(
        server,
        """
def ask(): drive(model.answer(PROMPT))
ask()
child = child_does(ask)
ask()
sys.exit(not is_well(child))
""",
    )
    assert len(server.asked) == 3
    assert len(server.callers) == 2, "what two processes read from one connection would be mixed up"


def test_of_two_threads_that_fork_at_once_one_waits_for_the_other(server: ModelServer) -> None:
    run(
        server,
        """
class Part:
    def __init__(self): self.told = []
    def pause(self): self.told.append("pause")
    def go_on(self): time.sleep(0.5); self.told.append("go on")  # the other one forks meanwhile
    def leave_to_parent(self): pass

part = Part()
paused_by_forks(part)
threads = [threading.Thread(target=lambda: child_does(lambda: None)) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(part.told != ["pause", "go on"] * 2)
""",
    )


def test_what_a_fork_waits_for_can_be_made_while_others_fork(server: ModelServer) -> None:
    run(
        server,
        """
is_over = threading.Event()
found = []

def make():
    while not is_over.is_set():
        Memory(":memory:", extractor="none")

def fork():
    while not is_over.is_set():
        found.append(is_well(child_does(lambda: None)))

threads = [threading.Thread(target=work) for work in (make, make, fork)]
for thread in threads:
    thread.start()
time.sleep(1)
is_over.set()
for thread in threads:
    thread.join()
sys.exit(not all(found))
""",
    )
