"""Views for those who analyse: what recalls, paths and neighbourhoods hold, for networkx and pandas."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from graphmem.errors import PartMissing
from graphmem.models import Fact, Path, Recall, Step, Subgraph

if TYPE_CHECKING:
    import networkx
    import pandas

HIT = ("text", "score", "layer", "said_at", "speaker", "source_id", "episode_id", "quote", "is_outdated")
FACT = ("id", "text", "subject", "predicate", "object", "kind", "is_negated", "confidence", "valid_from", "valid_to")
STEP = ("fact_id", "text", "via", "said_at", "speaker", "quote", "source_id", "episode_id")


def recall_to_networkx(recall: Recall) -> "networkx.MultiDiGraph[str]":
    """Entities, facts and episodes of the hits and their paths.

    Nodes have `kind` and `label`; edges run from fact to entity ("about", "mentions") and to episode ("from").
    """
    graph = _empty()
    for hit in recall.hits:
        graph.add_node(hit.episode_id, kind="episode", label=hit.quote, said_at=hit.said_at.isoformat())
        if hit.fact is not None:
            _draw_fact(graph, hit.fact)
            graph.add_edge(hit.fact.id, hit.episode_id, key="from")
        if hit.path is not None:
            _draw_path(graph, hit.path)
    return graph


def path_to_networkx(path: Path) -> "networkx.MultiDiGraph[str]":
    """The facts of a chain, the entities that join them and the episodes that say them, drawn as in a recall."""
    graph = _empty()
    _draw_path(graph, path)
    return graph


def neighbours_to_networkx(around: Subgraph) -> "networkx.MultiDiGraph[str]":
    """The entities and facts of a neighbourhood, drawn as those of a recall, without episodes.

    Entities are told apart by their keys. Those that a fact merely mentions are drawn where they are among them.
    """
    graph = _empty()
    keys = {entity.key for entity in around.entities}
    for entity in around.entities:
        graph.add_node(f"entity:{entity.key}", kind="entity", label=entity.name)
    for fact in around.facts:
        graph.add_node(fact.id, kind="fact", label=fact.text)
        for key in dict.fromkeys((fact.subject_key, fact.object_key, *fact.mention_keys)):
            if key in keys:
                graph.add_edge(fact.id, f"entity:{key}", key="about" if key == fact.subject_key else "mentions")
    return graph


def _empty() -> "networkx.MultiDiGraph[str]":
    import networkx

    return networkx.MultiDiGraph()


def _draw_fact(graph: "networkx.MultiDiGraph[str]", fact: Fact) -> None:
    graph.add_node(fact.id, kind="fact", label=fact.text)
    if fact.subject is not None:
        graph.add_node(f"entity:{fact.subject}", kind="entity", label=fact.subject)
        graph.add_edge(fact.id, f"entity:{fact.subject}", key="about")
    for name in fact.mentions:
        graph.add_node(f"entity:{name}", kind="entity", label=name)
        graph.add_edge(fact.id, f"entity:{name}", key="mentions")


def between_names(path: Path) -> Iterator[tuple[Step, tuple[str, ...]]]:
    """The steps of a path, each with the names that it leads from and to, where it has them."""
    joints = [step.via for step in path.steps[:-1]]
    for step, *names in zip(path.steps, (path.start, *joints), (*joints, path.end), strict=False):
        yield step, tuple(name for name in names if name)


def _draw_path(graph: "networkx.MultiDiGraph[str]", path: Path) -> None:
    for step, names in between_names(path):
        graph.add_node(step.episode_id, kind="episode", label=step.quote, said_at=step.said_at.isoformat())
        graph.add_node(step.fact_id, kind="fact", label=step.text)
        graph.add_edge(step.fact_id, step.episode_id, key="from")
        for name in names:
            graph.add_node(f"entity:{name}", kind="entity", label=name)
            graph.add_edge(step.fact_id, f"entity:{name}", key="mentions")


def recall_to_df(recall: Recall) -> "pandas.DataFrame":
    """One row a hit, best first.

    Raises:
        PartMissing: pandas is not installed.
    """
    rows = [_row(hit, HIT) | {"path": str(hit.path or "")} for hit in recall.hits]
    return _frame(rows, [*HIT, "path"])


def path_to_df(path: Path) -> "pandas.DataFrame":
    """One row a fact of the chain, in its order.

    Raises:
        PartMissing: pandas is not installed.
    """
    return _frame([_row(step, STEP) for step in path.steps], STEP)


def neighbours_to_df(around: Subgraph) -> "pandas.DataFrame":
    """One row a fact, nearest first.

    Raises:
        PartMissing: pandas is not installed.
    """
    return _frame([_row(fact, FACT) for fact in around.facts], FACT)


def _row(told: object, columns: Sequence[str]) -> dict[str, object]:
    return {column: getattr(told, column) for column in columns}


def _frame(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> "pandas.DataFrame":
    try:
        import pandas
    except ImportError as error:
        raise PartMissing('to_df() needs pandas: pip install "graphmem[pandas]"') from error
    return pandas.DataFrame(rows, columns=list(columns))
