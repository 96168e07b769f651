"""Fetch jars and all that they need into a folder, without Maven: `fetch_jars.py FOLDER GROUP:ARTIFACT:VERSION...`.

Run by tools/neo4j_server.py with the Python of `.venv-java`, where jgo is.
"""

import sys
from pathlib import Path

from jgo.env import EnvironmentBuilder, LinkStrategy
from jgo.maven import MavenContext


def fetch(folder: Path, coordinates: list[str]) -> None:
    """Leave the jars in `lib`; the rest of the folder is of no further use."""
    repository = MavenContext(repo_cache=folder / "repository")
    builder = EnvironmentBuilder(context=repository, cache_dir=folder / "built", link_strategy=LinkStrategy.HARD)
    built = builder.from_endpoint("+".join(coordinates))
    (folder / "lib").mkdir()
    for jar in built.all_jars:  # those that are modules too: a class path takes both
        jar.rename(folder / "lib" / jar.name)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]), sys.argv[2:])
