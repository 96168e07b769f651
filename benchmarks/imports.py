"""What it costs to import graphmem, and to ask the command line for help: CPU seconds of a fresh process, best of 7.

The bars are 0.4 s for `import graphmem` and 0.5 s for `graphmem --help`, Python's own start included.
"""

import os
import subprocess
import sys
from statistics import median

from benchmarks._measure import Row, arguments, show

RUNS = 7
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python": (["-c", ""], None),
    "import graphmem": (["-c", "import graphmem"], 0.4),
    "from graphmem import Memory": (["-c", "from graphmem import Memory"], None),
    "graphmem --help": (["-m", "graphmem", "--help"], 0.5),
}


def cpu_seconds(arguments: list[str]) -> float:
    """User and system time of one run of this Python, which must succeed."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Run each command a few times."""
    options = arguments(__doc__, reads_data=False).parse_args()
    rows: list[Row] = []
    for name, (command, bar) in COMMANDS.items():
        taken = [cpu_seconds(command) for _ in range(RUNS)]
        verdict = {"bar": bar, "met": "yes" if min(taken) <= bar else "no"} if bar is not None else {}
        rows.append({"command": name, "min CPU s": min(taken), "median CPU s": median(taken), **verdict})
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
