"""10,000 random operations, and what was answered between them asked again later: the past has to be as it was.

Lives of 150 operations each: every verb that writes, but for those of a language model, sessions that end and memories
that expire. The test suite does a few hundred operations; this is the same test.
"""

import os
import subprocess
import sys

from benchmarks._measure import CHECKOUT, arguments

TEST = "tests/stories/test_replay.py"


def main() -> None:
    """Run the test; the exit code is that of pytest."""
    parser = arguments(__doc__, reads_data=False, prints_table=False)
    parser.add_argument("--steps", type=int, default=10_000, metavar="N", help="how many operations")
    parser.add_argument("--neo4j", action="store_true", help="also on servers that the tests start, a fifth as many")
    options = parser.parse_args()
    surroundings = {**os.environ, "GRAPHMEM_STEPS": str(options.steps)}
    command = [sys.executable, "-m", "pytest", "-s", TEST, *([] if options.neo4j else ["--no-neo4j"])]
    raise SystemExit(subprocess.run(command, cwd=CHECKOUT, env=surroundings, check=False).returncode)


if __name__ == "__main__":
    main()
