"""Runs the notebooks of notebooks/ and writes them as pages that need nothing else: no server, no network, no Jupyter.

    ./run notebooks                         all of them, into build/notebooks
    ./run notebooks 03_look_inside          only this one
    ./run notebooks --strip                 takes outputs and counters out of the notebooks themselves, and runs nothing

The notebook on Neo4j asks the server that NEO4J_URI names; without one, a server is started for it and stopped.
"""

import argparse
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any  # a notebook is plain JSON values

import nbformat
from jupyter_client.manager import AsyncKernelManager
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
TARGET = ROOT / "build" / "notebooks"
TIMEOUT_S = 600
ON_A_SERVER = "04_on_neo4j"
PLAIN_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# Nothing may be loaded; scripts are those of the interactive graph, which stands in a sandboxed frame.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --quiet: #6e7781; --box: #f6f8fa; --link: #0969da; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d1117; --ink: #e6edf3; --quiet: #8b949e; --box: #161b22; --link: #58a6ff; }
}
body { background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
a { color: var(--link); } code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: var(--box); border-radius: 6px; padding: .7rem 1rem; overflow-x: auto; white-space: pre-wrap; }
.out { margin: 0 0 1.2rem 1rem; overflow-x: auto; } .out pre { background: none; color: var(--ink); padding: 0; }
table { border-collapse: collapse; } th, td { padding: 2px 10px 2px 2px; } nav { color: var(--quiet); }
"""
PROSE = MarkdownIt("commonmark", {"html": False}).enable("table")

Notebook = Mapping[str, Any]


def names() -> list[str]:
    """The notebooks, in the order in which they are read."""
    return sorted(path.stem for path in FOLDER.glob("*.ipynb"))


def executed(name: str, *, environment: Mapping[str, str], before: str = "") -> Notebook:
    """A notebook with its outputs, run from the top in a kernel of its own.

    Args:
        name: Its file without the ending.
        environment: The variables of the kernel.
        before: Code that runs first and is not part of it.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell fails.
    """
    notebook: Any = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(before))
    with tempfile.TemporaryDirectory(prefix="graphmem-kernel-") as folder:  # its sockets: it listens on no port
        kernels = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{folder}/socket")
        place = {"metadata": {"path": str(FOLDER)}}
        client = NotebookClient(notebook, km=kernels, timeout=TIMEOUT_S, resources=place, coalesce_streams=True)
        client.execute(env=dict(environment), cleanup_kc=True)
    del notebook.cells[0]
    return notebook


def page(name: str, notebook: Notebook, *, target: Path = TARGET) -> str:
    """A notebook as a page that stands alone."""
    formatter = HtmlFormatter(nowrap=True)
    links = " · ".join(f'<a href="{other}.html">{other.replace("_", " ")}</a>' for other in names() if other != name)
    parts = [f"<nav>{links}</nav>"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            parts.append(_linked(PROSE.render(cell["source"]), target))
            continue
        parts.append(f"<pre>{highlight(cell['source'], PythonLexer(), formatter).rstrip()}</pre>")
        parts += [f'<div class="out">{_shown(output)}</div>' for output in cell["outputs"]]
    dark = HtmlFormatter(style="github-dark").get_style_defs("pre")
    colours = f"{formatter.get_style_defs('pre')} @media (prefers-color-scheme: dark) {{ {dark} }}"
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    head += f"<title>{escape(name.replace('_', ' '))}</title><style>{colours}{STYLE}</style>"
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>\n'


def _shown(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"<pre>{escape(output['text'])}</pre>"
    data = output["data"]
    return data.get("text/html") or f"<pre>{escape(data['text/plain'])}</pre>"


def _linked(html: str, target: Path) -> str:
    """Links to other notebooks lead to their pages, others to the files of the checkout."""

    def moved(link: re.Match[str]) -> str:
        place = link[1]
        if place.endswith(".ipynb"):
            return f'href="{place.removesuffix(".ipynb")}.html"'
        return f'href="{os.path.relpath((FOLDER / place).resolve(), target)}"'

    return re.sub(r'href="(?!https?:|#)([^"]+)"', moved, html)


def strip(path: Path) -> None:
    """Take out what running a notebook leaves in it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
    notebook["metadata"] = PLAIN_METADATA
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def surroundings(name: str) -> Iterator[Mapping[str, str]]:
    """The variables that a notebook needs; for one on a server, with a server for as long as it runs."""
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    if name != ON_A_SERVER or "NEO4J_URI" in os.environ:
        yield here
        return
    from tools.browser_pictures import server

    with tempfile.TemporaryDirectory(prefix="graphmem-notebooks-") as folder, server(Path(folder) / "neo4j") as running:
        yield {**here, "NEO4J_URI": running["uri"]}


def main() -> None:
    """Render what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as 01_first_memory; all, if none is given")
    parser.add_argument("--strip", action="store_true", help="only take the outputs out of the notebooks")
    options = parser.parse_args()
    asked = options.names or names()
    if unknown := sorted(set(asked) - set(names())):
        parser.error(f"there is no notebook {unknown[0]}: {', '.join(names())}")
    if options.strip:
        for name in asked:
            strip(FOLDER / f"{name}.ipynb")
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in asked:
        with surroundings(name) as environment:
            notebook = executed(name, environment=environment)
        file = TARGET / f"{name}.html"
        file.write_text(page(name, notebook), encoding="utf-8")
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
