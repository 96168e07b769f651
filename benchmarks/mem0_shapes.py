"""Whether graphmem's face of Mem0 takes and gives what Mem0 does: the same calls on both, offline, compared by the
names and types of what they take and give; and the programs of tests/mem0_programs, run by both.

Mem0 runs in an environment of its own, which `./run bench mem0_shapes` makes. With --write the names and types of Mem0
are written where the tests look for them.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks._measure import CHECKOUT, Row, arguments, folder, show
from benchmarks._mem0_calls import differences

KNOWN = CHECKOUT / "tests" / "unit" / "data" / "mem0.json"


def side(kind: str, home: Path) -> dict[str, Any]:
    """What came of it in one environment."""
    python = CHECKOUT / (".venv-bench" if kind == "mem0" else ".venv") / "bin" / "python"
    if not python.exists():
        raise SystemExit(f"{python} is not there: start this by ./run bench mem0_shapes, which makes it")
    home.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "MEM0_DIR": str(home), "MEM0_TELEMETRY": "False"}
    command = [str(python), "-W", "ignore", "-m", "benchmarks._mem0_shapes_side", kind, str(home)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return json.loads(done.stdout)


def compared(theirs: dict[str, Any], ours: dict[str, Any]) -> list[Row]:
    """A row a call, a class and a program."""
    rows: list[Row] = []
    for call, given in theirs["shapes"].items():
        found = differences(given, ours["shapes"][call])
        rows.append({"what": call, "as in Mem0": not found, "differs": "; ".join(found)})
    for of, calls in theirs["signatures"].items():
        missing = sorted(set(calls) - set(ours["signatures"][of]))
        rows.append({"what": f"calls of {of}", "as in Mem0": not missing, "differs": ", ".join(missing)})
    for name, there in ours["programs"].items():
        peer = theirs["programs"].get(name, "needs its service")
        is_same = peer in (there, "needs its service")
        rows.append({"what": f"program {name}", "as in Mem0": is_same, "differs": "" if peer == there else peer})
    return rows


def main() -> None:
    """Run both, and compare."""
    parser = arguments(__doc__, reads_data=False)
    parser.add_argument("--write", action="store_true", help=f"write {KNOWN.relative_to(CHECKOUT)} anew")
    options = parser.parse_args()
    with folder(None) as home:
        theirs, ours = side("mem0", home / "mem0"), side("graphmem", home / "graphmem")
    known = {name: theirs[name] for name in ("signatures", "shapes")}
    if options.write:
        KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    current = {"what": "what the tests know", "as in Mem0": json.loads(KNOWN.read_text(encoding="utf-8")) == known}
    show([*compared(theirs, ours), current], as_json=options.json)


if __name__ == "__main__":
    main()
