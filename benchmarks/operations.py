"""10,000 random operations against the oracle of plain dictionaries, and on one file by several processes.

The test suite does a few hundred of each; these are the same tests.
"""

import os
import subprocess
import sys

from benchmarks._measure import CHECKOUT, arguments

TESTS = ["tests/contracts/test_store_oracle.py", "tests/contracts/test_embedded_processes.py"]


def main() -> None:
    """Run the tests; the exit code is that of pytest."""
    parser = arguments(__doc__, reads_data=False, prints_table=False)
    parser.add_argument("--steps", type=int, default=10_000, metavar="N", help="how many operations")
    options = parser.parse_args()
    surroundings = {**os.environ, "GRAPHMEM_STEPS": str(options.steps)}
    command = [sys.executable, "-m", "pytest", *TESTS, "--durations=0"]
    raise SystemExit(subprocess.run(command, cwd=CHECKOUT, env=surroundings, check=False).returncode)


if __name__ == "__main__":
    main()
