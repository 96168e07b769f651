"""The graph to click in: a page of its own in a sandboxed frame, from which nothing reaches the notebook or a network.

`assets/explorer.html` is that page, built by tools/explorer from sigma and graphology; its policy lets no script run
but its own, and nothing be loaded. Memory goes into it as JSON, and from there to the screen as text.
"""

import json
from functools import cache
from html import escape
from importlib.resources import files

from graphmem.display.scene import Scene

HEIGHT = 460  # pixels
MARK = ">SCENE<"


@cache
def _page() -> tuple[str, str]:
    """The page before and after its scene."""
    before, mark, after = (files("graphmem") / "display/assets/explorer.html").read_text("utf-8").partition(MARK)
    return before + mark[0], mark[-1] + after


def page(scene: Scene) -> str:
    """The whole page, as a document of its own."""
    before, after = _page()
    return f"{before}{_embedded(scene)}{after}"


def frame(scene: Scene) -> str:
    """The page in a frame that is folded until it is asked for, and starts then."""
    return (
        "<details><summary>Explore</summary>"
        f'<iframe sandbox="allow-scripts" loading="lazy" title="The graph, to click in" referrerpolicy="no-referrer" '
        f'style="box-sizing:border-box;width:100%;height:{HEIGHT}px;border:1px solid #8b949e;border-radius:6px" '
        f'srcdoc="{escape(page(scene))}"></iframe></details>'
    )


def _embedded(scene: Scene) -> str:
    """The scene as JSON that no text of it can end."""
    number = {key: index for index, key in enumerate(scene.names)}
    proven = scene.proof_names()
    content = {
        "names": [[name, key in proven] for key, name in scene.names.items()],
        "facts": [
            [told.text, told.note, [number[key] for key in told.ends], told.is_proof] for told in scene.told.values()
        ],
    }
    written = json.dumps(content, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
