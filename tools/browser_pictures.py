"""Takes the pictures of docs/pictures from the real Neo4j Browser, over the store of `graphmem demo`, and draws the
path of its first answer as a notebook does.

    .venv/bin/python tools/browser_pictures.py                    all of them
    .venv/bin/python tools/browser_pictures.py --chromium PATH    with this browser

It starts a Neo4j server of its own and stops it, and needs a Chromium (Debian: `apt-get install chromium`) and Node.
Look at the pictures before you commit them: a drawing that changed is laid out anew in PICTURES.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graphmem import Memory, demo
from graphmem.display import mimebundle

ROOT = Path(__file__).resolve().parents[1]
DRIVER = ROOT / "tools" / "browser_pictures"
QUERIES = ROOT / "cypher" / "browser"
TARGET = ROOT / "docs" / "pictures"
LARGEST = 150_000  # bytes

Place = tuple[int, int]


@dataclass(frozen=True)
class Picture:
    """A saved query with the values of its comments, drawn. `size` and `places`, of nodes by caption, are in pixels."""

    query: str
    scale: float
    size: tuple[int, int]
    places: Mapping[str, Place]


PICTURES = (
    Picture(
        "path_between_two",
        1.4,
        (940, 240),
        {"Marion Petrie": (90, 120), "Drumfarrow": (320, 120), "Lindqvar": (550, 120), "Tampere": (850, 120)},
    ),
    Picture(
        "the_whole_neighbourhood",
        1.0,
        (1180, 640),
        {
            "Joost is allergic": (270, 310),
            "hay": (80, 310),
            "Joost is Teun's": (450, 100),
            "brother": (650, 100),
            "Corriefell has": (770, 250),
            "Teun": (670, 540),
            "Joost rang": (450, 540),
            "hysteric": (230, 560),
            "animal": (890, 420),
            "Corriefell": (890, 90),
            "Joost": (450, 310),
        },
    ),
    Picture(
        "why_this_fact",
        1.5,
        (1180, 480),
        {"Binta": (470, 390), "Binta moved": (470, 140), "meee": (150, 140), "Binta lives": (800, 140)},
    ),
)


@contextmanager
def server(home: Path) -> Iterator[Mapping[str, str]]:
    """A Neo4j server without a password, as tools/neo4j_server.py starts it; it is stopped afterwards."""
    tool = [sys.executable, str(ROOT / "tools" / "neo4j_server.py")]
    place = ["--home", str(home)]
    try:
        started = subprocess.run(
            [*tool, "start", *place, "--port", "0", "--http-port", "0", "--json"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        yield json.loads(started.stdout)
    finally:
        subprocess.run([*tool, "stop", *place], check=True)


def asked(picture: Picture, folder: Path) -> Mapping[str, object]:
    """What the driver is told about a picture: its parameters are those that the comments of the file set."""
    source = (QUERIES / f"{picture.query}.cypher").read_text(encoding="utf-8")
    return {
        "file": str(folder / f"{picture.query}.png"),
        "params": re.findall(r"^// (:param .+)$", source, re.MULTILINE),
        "query": source,
        "places": picture.places,
        "scale": picture.scale,
        "size": picture.size,
    }


def take(browser: str, bolt: str, chromium: str, scratch: Path) -> None:
    """Let the driver take every picture into the scratch folder."""
    style = QUERIES / "graphmem.grass"
    job = {
        "browser": browser,
        "bolt": bolt,
        "chromium": chromium,
        "profile": str(scratch / "profile"),
        "style": {"name": style.name, "text": style.read_text(encoding="utf-8")},
        "pictures": [asked(picture, scratch) for picture in PICTURES],
    }
    surroundings = {**os.environ, "NO_PROXY": "127.0.0.1,localhost"}
    subprocess.run(["npm", "ci", "--silent"], cwd=DRIVER, check=True)
    subprocess.run(["node", "take.mjs"], cwd=DRIVER, input=json.dumps(job), text=True, check=True, env=surroundings)


def draw_path(url: str, file: Path) -> None:
    """The facts that lead from one end of the demo's first question to the other."""
    with Memory(url) as memory:
        paths = memory.paths("Marion Petrie", "Tampere", user_id="runa")
    file.write_text(mimebundle(paths)["image/svg+xml"], encoding="utf-8")


def main() -> None:
    """Start a server, fill it, take the pictures, and put them in place once all of them are there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options = parser.parse_args()
    if not options.chromium:
        parser.error("there is no Chromium on the PATH: install one, or name it by --chromium")
    with tempfile.TemporaryDirectory(prefix="graphmem-pictures-") as folder:
        scratch = Path(folder)
        with server(scratch / "neo4j") as running:
            print(f"filling {running['uri']} with the demo")
            demo.run(running["uri"], is_kept=True, show=lambda _: None)
            draw_path(running["uri"], scratch / "path.svg")
            take(running["browser"], running["uri"], options.chromium, scratch)
        TARGET.mkdir(parents=True, exist_ok=True)
        for taken in sorted((*scratch.glob("*.png"), *scratch.glob("*.svg"))):
            size = taken.stat().st_size
            if size > LARGEST:
                raise SystemExit(f"{taken.name} has {size:,} bytes: give it fewer nodes or pixels")
            shutil.copy(taken, TARGET)
            print(f"docs/pictures/{taken.name}: {size:,} bytes")


if __name__ == "__main__":
    main()
