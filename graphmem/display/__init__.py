"""What a notebook shows of memory: a line of text, a still picture, tables, and a graph to click in.

Nothing has to be called: the last value of a cell shows itself. `mimebundle` is what notebooks ask for. A page made of
it, exported or on a code host, needs no network and no server; where styles and frames are taken away, as code hosts
do, the picture and the table stay.
"""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from typing import cast

from graphmem.counted import counted
from graphmem.difference import Diff
from graphmem.display import explorer, scene, svg, tables
from graphmem.display.labels import cut, plain
from graphmem.display.scene import Scene
from graphmem.models import Answer, Entity, Model, Path, Profile, Recall, Receipt, Subgraph

LINE = 200  # characters of the line of text


def mimebundle(shown: Model | Sequence[Model]) -> dict[str, str]:
    """What a notebook may show of a model, or of several of one kind: text, HTML, and SVG of what can be drawn."""
    line = in_a_line(shown)
    drawn = _scene(shown)
    parts = [f"<p><bdi>{escape(line)}</bdi></p>"]
    bundle = {"text/plain": line}
    if drawn is not None and drawn.told:
        picture = svg.draw(drawn)
        bundle["image/svg+xml"] = picture
        parts.append(_still(picture, line))
    parts.append(_table(shown))
    if drawn is not None and _is_worth_exploring(shown, drawn):
        parts.append(explorer.frame(drawn))
    return bundle | {"text/html": f'<div class="graphmem">{"".join(parts)}</div>'}


def in_a_line(shown: Model | Sequence[Model]) -> str:
    """What a terminal shows: a line of text, cut where it is long."""
    return cut(plain(_line(shown)), LINE)


def _line(shown: Model | Sequence[Model]) -> str:
    match shown:
        case Recall():
            best = f": {shown.hits[0]}" if shown.hits else ""
            enough = "" if shown.enough else ", not enough to answer"
            return (
                f"{counted(len(shown), 'hits')} for “{shown.question}”, confidence {shown.confidence:.2f}{enough}{best}"
            )
        case Path():
            return f"{counted(len(shown), 'facts')}: {shown}"
        case Subgraph():
            facts, names = counted(len(shown), "facts"), counted(len(shown.entities), "names")
            return f"{facts} and {names} around {_centre(shown)}"
        case Diff():
            signs = f"{len(shown.learned)} learned, {len(shown.dropped)} believed no longer"
            return f"{counted(len(shown), 'changes')} from {shown.since:%Y-%m-%d} to {shown.until:%Y-%m-%d}: {signs}"
        case [first, *_]:
            return f"{len(shown)} × {type(first).__name__}: {_line(first)}"
        case []:
            return "Nothing here."
        case Entity():
            return f"{shown.name} ({shown.type}, in {counted(shown.degree, 'episodes')})"
        case _:
            return " · ".join(str(shown).splitlines())


def _centre(around: Subgraph) -> str:
    return next((entity.name for entity in around.entities if entity.key == around.centre), around.centre)


def _scene(shown: Model | Sequence[Model]) -> Scene | None:
    match shown:
        case Recall():
            return scene.of_recall(shown)
        case Answer():
            return scene.of_recall(shown.recall) if shown.recall is not None and shown.text else None
        case Path():
            return scene.of_path(shown)
        case Subgraph():
            return scene.of_subgraph(shown)
        case [Path(), *_]:
            return scene.of_paths(cast("Sequence[Path]", shown))
        case _:
            return None


def _is_worth_exploring(shown: object, drawn: Scene) -> bool:
    """A recall, an answer or a neighbourhood with names to click on; of a path, the picture shows all there is."""
    return isinstance(shown, (Recall, Answer, Subgraph)) and len(drawn.names) > 1


def _still(picture: str, line: str) -> str:
    """The picture as an image: it keeps its styles to itself, and code hosts let it pass."""
    data = b64encode(picture.encode()).decode()
    return f'<img alt="{escape(line)}" style="max-width:100%" src="data:image/svg+xml;base64,{data}">'


def _table(shown: Model | Sequence[Model]) -> str:
    match shown:
        case Recall():
            return tables.of_recall(shown)
        case Path():
            return tables.of_path(shown)
        case Subgraph():
            return tables.of_facts(shown.facts)
        case Profile():
            return tables.of_facts([fact for topic in shown.topics for fact in topic.facts])
        case Receipt():
            return tables.of_receipt(shown)
        case Answer():
            return tables.of_citations(shown.citations)
        case Diff():
            return tables.of_diff(shown)
        case [first, *_] if (of := tables.OF_LISTS.get(type(first))) is not None:
            return of(shown)
        case Model() if (of := tables.OF_LISTS.get(type(shown))) is not None:
            return of([shown])
        case Model():
            return tables.of_fields(dict(shown))
        case _:
            return ""
