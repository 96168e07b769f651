"""What a picture shows: names, the facts that join them, and which of these are the proof.

Still pictures and the explorer draw the same scene: a name is a node, a fact joins the names it speaks of.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import networkx

from graphmem.display.labels import plain
from graphmem.models import Fact, Hit, Path, Recall, Step, Subgraph
from graphmem.recall.views import between_names


@dataclass(frozen=True)
class Told:
    """A fact or a text in a scene. `ends` are the keys of the names it joins, whom it is about first."""

    id: str
    text: str
    ends: tuple[str, ...] = ()
    note: str = ""
    is_proof: bool = False


@dataclass
class Scene:
    """Names by their keys, and what is told of them, most relevant first.

    `chain` are the ids of the facts of the proof, in order; `joints` the keys of the names between two of them.
    """

    names: dict[str, str] = field(default_factory=dict[str, str])
    told: dict[str, Told] = field(default_factory=dict[str, Told])
    chain: tuple[str, ...] = ()
    joints: tuple[str, ...] = ()
    centre: str | None = None

    def add(self, told: Told) -> None:
        """Show a fact; one that is shown already keeps its place and gets what it lacked."""
        known = self.told.get(told.id)
        if known is None:
            self.told[told.id] = told
            return
        ends = tuple(dict.fromkeys((*known.ends, *told.ends)))
        self.told[told.id] = replace(
            known, ends=ends, note=known.note or told.note, is_proof=known.is_proof or told.is_proof
        )

    def proof_names(self) -> set[str]:
        """The keys of the names that the facts of the proof join."""
        return {key for told in self.told.values() if told.is_proof for key in told.ends}


def of_recall(recall: Recall) -> Scene:
    """The hits with their paths, one of which is the proof."""
    scene = Scene()
    proof = proof_of(recall)
    for hit in recall.hits:
        _show_hit(scene, hit)
    for hit in recall.hits:
        if hit.path is not None:
            _show_path(scene, hit.path, is_proof=hit.path is proof)
    return scene


def proof_of(recall: Recall) -> Path | None:
    """The path that proves the answer: the longest among the first three hits, of equal ones the first."""
    return max((hit.path for hit in recall.hits[:3] if hit.path is not None), key=len, default=None)


def of_path(path: Path) -> Scene:
    """One path, all of it proof."""
    scene = Scene()
    _show_path(scene, path, is_proof=True)
    return scene


def of_paths(paths: Iterable[Path]) -> Scene:
    """Several paths between the same ends; the first is the proof."""
    scene = Scene()
    for number, path in enumerate(paths):
        _show_path(scene, path, is_proof=number == 0)
    return scene


def of_subgraph(around: Subgraph) -> Scene:
    """The facts of a neighbourhood and the names they join."""
    scene = Scene(centre=around.centre)
    names = {entity.key: plain(entity.name) for entity in around.entities}
    centre = names.get(around.centre)
    if centre is not None:
        scene.names[around.centre] = centre
    for fact in around.facts:
        keys = dict.fromkeys((fact.subject_key, fact.object_key, *fact.mention_keys))
        ends = tuple(key for key in keys if key in names)
        scene.names |= {key: names[key] for key in ends}
        scene.add(Told(fact.id, plain(fact.text), ends, span(fact.valid_from, fact.valid_to)))
    return scene


def _show_hit(scene: Scene, hit: Hit) -> None:
    note = _note(hit.said_at, hit.speaker, hit.source_id)
    if hit.fact is None:
        scene.add(Told(hit.episode_id, plain(hit.text), (), note))
        return
    ends = names_of(hit.fact)
    scene.names |= {name: plain(name) for name in ends}
    scene.add(Told(hit.fact.id, plain(hit.fact.text), ends, note))


def names_of(fact: Fact) -> tuple[str, ...]:
    """The names that a fact speaks of, its subject first, without parts of others of them.

    An object without a key is a value and no name.
    """
    ends = [name for name in (fact.subject, fact.object if fact.object_key is not None else None) if name]
    whole = (name for name in fact.mentions if name and not is_part(name, (*ends, *fact.mentions)))
    return tuple(dict.fromkeys((*ends, *whole)))


def is_part(name: str, of: Iterable[str]) -> bool:
    """Whether a name has some of the words of a longer one: Ada of Ada Byron."""
    words = set(name.split())
    return any(words < set(longer.split()) for longer in of)


def _show_path(scene: Scene, path: Path, *, is_proof: bool) -> None:
    for step, ends in between_names(path):
        scene.names |= {name: plain(name) for name in ends}
        scene.add(Told(step.fact_id, plain(step.text), ends, _of_step(step), is_proof))
    if is_proof:
        scene.chain = tuple(dict.fromkeys(step.fact_id for step in path.steps))
        scene.joints = tuple(step.via or "" for step in path.steps[:-1])


def _of_step(step: Step) -> str:
    return _note(step.said_at, step.speaker, step.source_id)


def _note(said_at: datetime, speaker: str | None, source: str | None) -> str:
    return " · ".join(plain(part) for part in (f"{said_at:%Y-%m-%d}", speaker, source) if part)


def span(start: datetime | None, end: datetime | None) -> str:
    """From when until when, in words; nothing where both sides are open."""
    since = f"since {start:%Y-%m-%d}" if start else ""
    until = f"until {end:%Y-%m-%d}" if end else ""
    return " ".join(part for part in (since, until) if part)


def nearest(scene: Scene, *, most: int) -> tuple[Scene, int]:
    """A scene of at most `most` names and facts: the proof, then what comes first. Also how many facts are left out.

    Where there is a proof, only what is joined with it in some way is shown. Of the names that a fact merely mentions,
    those that join it to another fact are; of a fact of the proof, proper names too.
    """
    joined = Counter(key for told in scene.told.values() for key in told.ends)
    told = [
        replace(told, ends=tuple(key for key in told.ends if _matters(scene, told, key, joined[key])))
        for told in sorted(scene.told.values(), key=lambda told: not told.is_proof)
    ]
    reached = _reached(scene.chain, told)
    kept = Scene(chain=scene.chain, joints=scene.joints, centre=scene.centre)
    for each in told:
        names = {key: scene.names[key] for key in each.ends if key not in kept.names}
        has_room = len(kept.names) + len(kept.told) + len(names) < most
        if each.is_proof or (has_room and (each.id in reached or not reached)):
            kept.names |= names
            kept.told[each.id] = each
    return kept, len(scene.told) - len(kept.told)


def _reached(chain: Iterable[str], told: Sequence[Told]) -> set[str]:
    """The facts that shared names join with those of the chain, over any number of others."""
    graph: networkx.Graph[tuple[str, str]] = networkx.Graph()
    graph.add_edges_from((("fact", each.id), ("name", key)) for each in told for key in each.ends)
    starts = [("fact", id_) for id_ in chain]
    parts = [networkx.node_connected_component(graph, start) for start in starts if start in graph]
    return {*chain, *(id_ for part in parts for kind, id_ in part if kind == "fact")}


def _matters(scene: Scene, told: Told, key: str, facts: int) -> bool:
    """Whether the picture loses something without this name: no part of a longer name of the same fact does."""
    if key in scene.joints or key == told.ends[0]:
        return True
    name = scene.names[key]
    if is_part(name, (scene.names[other] for other in told.ends)):
        return False
    return facts > 1 or key in told.ends[:2] or (told.is_proof and name != name.lower())
