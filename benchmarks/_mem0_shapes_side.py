"""One side of `mem0_shapes.py`: a process that makes every call and runs every program, and prints what came of it.

Mem0 runs offline: a server of this process plays its language model and its embedder.
"""

import json
import math
import os
import re
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks._mem0_calls import shapes, signatures

PROGRAMS = Path(__file__).resolve().parents[1] / "tests" / "mem0_programs"
DIMENSIONS = 1536  # of the model that Mem0 asks for
HOSTED = "platform"
"""The program that needs Mem0's service: only graphmem runs it."""


class Stub(BaseHTTPRequestHandler):
    """Finds the last thing that the user said worth remembering, and makes a vector of words."""

    def do_POST(self) -> None:
        """Answer as OpenAI's server does."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = json.dumps(embedded(asked) if "input" in asked else remembered(asked)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the one it stands for
        """Say nothing."""


def remembered(asked: dict[str, Any]) -> dict[str, Any]:
    """An extraction: one memory, in the words of the user."""
    said = re.findall(r"user: ([^\"\\\n]+)", json.dumps(asked["messages"]).replace("\\n", "\n"))
    content = json.dumps({"memory": [{"id": "0", "text": said[-1] if said else "Nothing.", "attributed_to": "user"}]})
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "stub", "choices": [choice], "usage": usage}


def embedded(asked: dict[str, Any]) -> dict[str, Any]:
    """Vectors of texts, by their words."""
    texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
    rows = [{"object": "embedding", "index": at, "embedding": vector(text)} for at, text in enumerate(texts)]
    return {"object": "list", "data": rows, "model": "stub", "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def vector(text: str) -> list[float]:
    """A unit vector: one column a word."""
    columns = [0.01] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        columns[zlib.crc32(word.encode()) % DIMENSIONS] += 1
    length = math.hypot(*columns)
    return [column / length for column in columns]


@contextmanager
def stub() -> Iterator[str]:
    """The address of a stub that answers while this lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


def theirs(home: Path, address: str) -> dict[str, Any]:
    """Mem0's names, with places of their own in `home` for each memory that is made."""
    os.environ |= {"OPENAI_API_KEY": "never looked at", "OPENAI_BASE_URL": address}
    import mem0
    from mem0.configs.base import MemoryConfig

    made = iter(range(1000))

    def config() -> MemoryConfig:
        place = home / str(next(made))
        store = {"provider": "qdrant", "config": {"path": str(place / "qdrant")}}
        return MemoryConfig(vector_store=store, history_db_path=str(place / "history.db"))

    return {
        "module": mem0,
        "Memory": lambda: mem0.Memory(config()),
        "AsyncMemory": lambda: mem0.AsyncMemory(config()),
        "MemoryClient": mem0.MemoryClient,
    }


def ours(home: Path) -> dict[str, Any]:
    """Our names; memories are kept in `home`, one file a program."""
    from graphmem.compat import mem0

    made = iter(range(1000))

    def at(of: Any) -> Any:
        def make() -> Any:
            os.environ["GRAPHMEM_URL"] = str(home / f"{next(made)}.db")
            return of()

        return make

    return {"module": mem0, **{name: at(getattr(mem0, name)) for name in ("Memory", "AsyncMemory", "MemoryClient")}}


def ran(name: str, names: dict[str, Any]) -> str:
    """Whether a program ends well."""
    program = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
    imported = re.search(r"^from mem0 import (\w+)$", program, re.MULTILINE)
    assert imported is not None, f"{name} imports nothing of Mem0's"
    scope = {imported[1]: names[imported[1]], "__name__": name}
    exec(compile(program.replace(imported[0], ""), name, "exec"), scope)
    return f"ran, {len(scope['main']())} answers"


def main(kind: str, home: Path) -> None:
    """Print what came of it, as JSON."""
    with stub() as address:
        names = theirs(home, address) if kind == "mem0" else ours(home)
        memory = names["Memory"]()
        programs = sorted(path.stem for path in PROGRAMS.glob("*.py"))
        told = {
            "signatures": signatures(names["module"]),
            "shapes": shapes(memory),
            "programs": {name: ran(name, names) for name in programs if kind != "mem0" or name != HOSTED},
        }
        memory.close()
    print(json.dumps(told, indent=1, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
