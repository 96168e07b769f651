"""10,000 random operations against the oracle of plain dictionaries, instead of the few hundred of the test suite."""

import os
import subprocess
import sys

from _measure import CHECKOUT, arguments

SUITE = "tests/contracts"


def main() -> None:
    """Run the contract suite's random operations; the exit code is that of pytest."""
    parser = arguments(__doc__, reads_data=False)
    parser.add_argument("--steps", type=int, default=10_000, metavar="N", help="how many operations")
    options = parser.parse_args()
    command = [sys.executable, "-m", "pytest", SUITE, "-k", "oracle", "-q"]
    raise SystemExit(
        subprocess.run(
            command, cwd=CHECKOUT, env={**os.environ, "GRAPHMEM_STEPS": str(options.steps)}, check=False
        ).returncode
    )


if __name__ == "__main__":
    main()
