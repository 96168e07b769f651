"""The command line as a process: stopped half way, killed, piped, and on a terminal that shows little."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from graphmem import Memory, Recall, __main__, cli
from graphmem.engine import BATCH
from tests.command_line.conftest import ADA, Command

MESSAGES = 6 * BATCH

COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it starts in the background
from graphmem.cli import main
main()
"""


@pytest.fixture
def chat(store: Path) -> Path:
    """Lines of JSON that take several transactions, each line a fact of its own."""
    path = store.with_name("chat.jsonl")
    lines = [{"text": f"Ada planted tree {number} in Lisbon.", "source_id": f"m{number}"} for number in range(MESSAGES)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def started(*arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def is_half_way(store: Path) -> bool:
    if not store.exists():
        return False
    with Memory(store, extractor="none") as memory:
        return memory.stats(user_id="ada").episodes >= BATCH


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_what_was_stopped_goes_on_where_it_was(process: Command, store: Path, chat: Path, stop: signal.Signals) -> None:
    with started("add", chat, *ADA) as adding:
        while not is_half_way(store):
            assert adding.poll() is None, adding.communicate()
            time.sleep(0.02)  # leaves the processor to what is waited for
        adding.send_signal(stop)
        out, err = adding.communicate()
    assert out == b""
    if stop == signal.SIGINT:
        # Python ends by the signal itself where it came while a text was executed, as named tuples are made; a shell
        # shows 130 for both.
        assert adding.returncode in (130, -stop)
        assert b"the same command goes on from there" in err
        assert b"Traceback" not in err
    with Memory(store) as memory:
        before = memory.stats(user_id="ada").episodes
    assert BATCH <= before < MESSAGES

    again = process("add", chat, *ADA)
    assert again.code == 0, again.err
    assert f"{MESSAGES - before} episodes, {before} known already" in again.out
    with Memory(store) as memory:
        memory.export(chat.with_name("ada.jsonl"), user_id="ada")
    records = [json.loads(line) for line in chat.with_name("ada.jsonl").read_text(encoding="utf-8").splitlines()]
    sources = Counter(record["source_id"] for record in records if record.get("record") == "episode")
    assert sources == Counter(f"m{number}" for number in range(MESSAGES))
    facts = Counter(record["text"] for record in records if record.get("record") == "fact")
    assert set(facts.values()) == {1}
    assert len(facts) == MESSAGES


@pytest.fixture
def long_notes(store: Path) -> Path:
    """More than a pipe holds."""
    with Memory(store, extractor="none") as memory:
        memory.add_facts(
            [{"text": f"Note {number}: " + "Ada likes tea. " * 60} for number in range(150)], user_id="ada"
        )
    return store


@pytest.mark.parametrize(
    "arguments",
    [("recall", "Does Ada like tea?", "--limit", 100), ("export", "/dev/stdout")],
    ids=["recall", "export"],
)
def test_a_reader_that_leaves_early_gets_no_traceback(long_notes: Path, arguments: tuple[object, ...]) -> None:
    with started(*arguments, *ADA) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        assert command.stdout.readline()
        command.stdout.close()
        err = command.stderr.read()
    assert command.returncode == 1
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err
    assert Path("/dev/stdout").is_symlink()


def test_an_export_goes_through_a_pipe_whole(process: Command, long_notes: Path) -> None:
    piped = process("export", "/dev/stdout", *ADA)
    assert piped.code == 0, piped.err
    process("export", "ada.jsonl", *ADA)
    assert piped.out == long_notes.with_name("ada.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_cannot_show_a_character_shows_another(process: Command, store: Path, encoding: str) -> None:
    with Memory(store, extractor="none") as memory:
        memory.add_facts([{"text": "Ада живёт в Évora."}], user_id="ada")
    shown = process("recall", "Évora", *ADA, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert shown.code == 0, shown.err
    assert "vora" in shown.out
    told = process("recall", "Évora", "--json", *ADA, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert Recall.model_validate_json(told.out).hits[0].text == "Ада живёт в Évora."


def test_the_script_and_the_module_are_one_command(process: Command) -> None:
    help_ = process("--help")
    script = Path(sys.executable).with_name("graphmem.exe" if os.name == "nt" else "graphmem")
    assert subprocess.run([script, "--help"], capture_output=True, check=True).stdout.decode() == help_.out


def broken(*arguments: object, **settings: object) -> object:
    raise ZeroDivisionError("by chance")


def test_what_nobody_foresaw_is_one_line(graphmem: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.Memory, "recall", broken)
    done = graphmem("recall", "Where?", *ADA)
    assert done.code == 1
    assert done.out == ""
    assert done.err == "graphmem: ZeroDivisionError: by chance (run `graphmem --debug` to see where)\n"


@pytest.mark.parametrize("command", [("recall", "Where?"), ("forget",)])
def test_ctrl_c_ends_any_command_with_its_own_code(
    graphmem: Command, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def stopped(*arguments: object, **settings: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.Memory, command[0], stopped)
    done = graphmem(*command, *ADA)
    assert done.code == 130
    assert done.out == ""
    assert done.err.startswith("stopped;")


def test_ctrl_c_before_anything_is_loaded_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopping:
        def find_spec(self, name: str, *place: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "graphmem.cli")
    monkeypatch.delattr("graphmem.cli")
    monkeypatch.setattr(sys, "meta_path", [Stopping()])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 130


def test_debugging_shows_where(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.setattr("logging.basicConfig", lambda **settings: None)  # the test session keeps its own
    monkeypatch.setattr(cli.Memory, "recall", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["--debug", "recall", "Where?", *ADA])
