"""`graphmem move`: a memory goes into another store, whole or one owner's, and a kill in the middle costs nothing."""

import hashlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from graphmem import Memory
from tests.command_line.conftest import ADA, Command

ROOT = Path(__file__).resolve().parents[2]
BEN = ("--user", "ben")
FACTS = 60
PAGE = 16

KILLED = """
import os, signal, sys
from graphmem import moving
from graphmem.cli import main
from graphmem.stores.embedded import EmbeddedStore

moving.PAGE, pages, is_committed = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "committed"
restore = EmbeddedStore.restore

async def killed(self, records, indexes):
    global pages
    pages -= 1
    if pages or is_committed:
        new = await restore(self, records, indexes)
    if not pages:
        os.kill(os.getpid(), signal.SIGKILL)
    return new

EmbeddedStore.restore = killed
main(sys.argv[4:])
"""


@pytest.fixture
def told(graphmem: Command) -> Command:
    graphmem("add", "Kim works at Acme.", "Acme is in Lisbon.", *ADA)
    graphmem("add", "I packed my bags.", *ADA, "--session", "trip", "--layer", "session")
    graphmem("add", "I keep bees.", *BEN)
    graphmem("add", "The office is closed on Mondays.", "--layer", "org")
    graphmem("add", "I live in Porto.", *ADA, "--org", "acme")
    return graphmem


@pytest.fixture
def many(store: Path) -> Path:
    with Memory(store, extractor="none") as memory:
        memory.add_facts([{"text": f"Ada planted tree {number}."} for number in range(FACTS)], user_id="ada")
    return store


def exported(graphmem: Command, store: object, *who: object) -> list[str]:
    assert graphmem("export", "exported.jsonl", "--store", store, *who).code == 0
    return Path("exported.jsonl").read_text(encoding="utf-8").splitlines()


def test_a_store_is_moved_whole_and_answers_as_before(told: Command, store: Path) -> None:
    bytes_before = hashlib.sha256(store.read_bytes()).hexdigest()
    done = told("move", store, "new.db")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(
        r"\d+ records of 5 spaces are the same in both stores, \d+ of them new, in \d+\.\d s\n", done.out
    )
    assert hashlib.sha256(store.read_bytes()).hexdigest() == bytes_before
    for who in (ADA, BEN, ("--layer", "org"), (*ADA, "--org", "acme")):
        assert exported(told, "new.db", *who) == exported(told, store, *who)
    question = ("recall", "Which city does Kim work in?", *ADA)
    assert told(*question, "--store", "new.db").out == told(*question).out
    assert "Lisbon" in told(*question, "--store", "new.db").out


def test_a_second_time_there_is_nothing_to_do(told: Command, store: Path) -> None:
    told("move", store, "new.db")
    done = told("move", store, "new.db", "--json")
    moved = json.loads(done.out)
    assert (moved["spaces"], moved["new"], done.err) == (5, 0, "")
    assert moved["records"] > moved["spaces"]


def test_it_goes_back_into_a_new_store_as_it_came(told: Command, store: Path) -> None:
    assert told("move", store, "new.db").code == 0
    assert told("move", "new.db", "back.db").code == 0
    assert exported(told, "back.db", *ADA) == exported(told, store, *ADA)


@pytest.mark.parametrize(
    ("options", "spaces"),
    [
        (ADA, 2),
        (BEN, 1),
        (("--layer", "org"), 1),
        (("--org", "default"), 4),
        (("--org", "acme"), 1),
        ((*ADA, "--org", "acme"), 1),
    ],
)
def test_only_what_is_named_goes(told: Command, store: Path, options: tuple[str, ...], spaces: int) -> None:
    done = told("move", store, "new.db", *options, "--json")
    assert json.loads(done.out)["spaces"] == spaces
    with Memory("new.db") as memory:
        bens = memory.stats(user_id="ben").facts - memory.stats(layer="org").facts
    assert (bens > 0) == (options in (BEN, ("--org", "default")))


@pytest.mark.parametrize("options", [("--user", "nobody"), ("--org", "nowhere"), ("--agent", "ada")])
def test_whoever_is_not_there_is_not_found(told: Command, store: Path, options: tuple[str, ...]) -> None:
    done = told("move", store, "new.db", *options)
    assert (done.code, done.out) == (3, "")
    assert "the source holds nothing of org=" in done.err
    assert not Path("new.db").exists()


@pytest.mark.parametrize("spelling", ["memory.db", "./memory.db", "sub/../memory.db", "linked.db", "file:memory.db"])
def test_a_store_is_not_moved_into_itself(told: Command, store: Path, spelling: str) -> None:
    Path("sub").mkdir()
    Path("linked.db").symlink_to(store)
    done = told("move", store, spelling)
    assert done.code == 2
    assert "are the same store" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("missing.db", "new.db"), 1, "missing.db cannot be read"),
        (("memory.db", "missing/new.db"), 1, "check that the folder exists"),
        ((".", "new.db"), 1, "is a folder"),
        (("notes.txt", "new.db"), 1, "notes.txt is not a graphmem store and was left as it is"),
        (("memory.db", "notes.txt"), 1, "notes.txt is not a graphmem store and was left as it is"),
        ((":memory:", "new.db"), 2, "stores that last"),
        (("memory.db", ":memory:"), 2, "stores that last"),
        (("memory.db", ""), 2, "is empty"),
        (("memory.db", "new.db", "--user", ""), 2, "user_id is empty"),
        (("memory.db", "new.db", "--user", "ada", "--agent", "ada"), 2, "name two owners"),
        (("memory.db", "new.db", "--user", "ada", "--layer", "everything"), 2, "is none of"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    told: Command, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    Path("notes.txt").write_text("Buy milk.", encoding="utf-8")
    done = told("move", *arguments)
    assert (done.code, done.out) == (code, "")
    assert reason in done.err
    assert len(done.err.splitlines()) == 1
    assert not Path("new.db").exists()


def test_a_target_with_other_memories_of_the_same_person_is_left_as_it_is(told: Command, store: Path) -> None:
    told("add", "Kim works at Birch Labs.", *ADA, "--store", "new.db")
    before = exported(told, "new.db", *ADA)
    done = told("move", store, "new.db")
    assert (done.code, done.out) == (1, "")
    assert "the target holds something in org=default/user=ada that the source does not" in done.err
    assert exported(told, "new.db", *ADA) == before
    assert told("move", store, "new.db", *BEN).code == 0


@pytest.mark.parametrize("moment", ["committed", "not yet"])
@pytest.mark.parametrize("pages", [1, 2, 9])
def test_a_move_that_is_killed_goes_on_and_nothing_is_lost_or_doubled(
    process: Command, many: Path, pages: int, moment: str
) -> None:
    command = [sys.executable, "-c", KILLED, str(PAGE), str(pages), moment, "move", str(many), "new.db"]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    there = PAGE * (pages - (moment == "not yet"))

    again = process("move", many, "new.db", "--json")
    assert again.code == 0, again.err
    moved = json.loads(again.out)
    assert moved["new"] == moved["records"] - (there or 1), "the space itself is no record that is new"
    old, new = exported(process, many, *ADA), exported(process, "new.db", *ADA)
    assert new == old
    texts = Counter(record["text"] for record in map(json.loads, new) if record.get("record") == "fact")
    assert texts == Counter(f"Ada planted tree {number}." for number in range(FACTS))


def test_a_long_move_shows_on_standard_error_that_it_goes_on(process: Command, many: Path) -> None:
    command = [sys.executable, "-c", "from graphmem import _progress, cli; _progress.EVERY_S = 0; cli.main()"]
    done = subprocess.run(
        [*command, "move", str(many), "new.db"], capture_output=True, check=True, env=dict(os.environ)
    )
    shown = done.stderr.decode().splitlines()
    total = int(done.stdout.split()[0])
    assert shown == [f"compared {total} records", f"moved {total} of {total} records"]


def test_the_commands_of_the_reference_do_what_it_says(graphmem: Command) -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    [(commands, output)] = re.findall(r"^```sh\n(graphmem move [^`]*)```\n\n```text\n(.*?)\n```$", page, re.MULTILINE)
    graphmem("add", "Alice works at Acme.", "--user", "me", "--store", "notes.db")
    for line in commands.splitlines():
        _, *arguments = shlex.split(line, comments=True)
        done = graphmem(*arguments)
        assert done.code == 0, done.err
        assert re.sub(r"[\d.]+", "N", done.out.strip()) == re.sub(r"[\d.]+", "N", output)
