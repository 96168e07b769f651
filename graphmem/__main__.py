"""`graphmem`, and `python -m graphmem`: the command line, which may be stopped while it is still being loaded."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command that this process was started with."""
    try:
        from graphmem import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
