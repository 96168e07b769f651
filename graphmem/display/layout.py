"""Where things stand in a still picture: networkx lays out each part of the graph, then boxes make room for each other.

Links pull, boxes that overlap push, and what still overlaps at the end moves down. Of several layouts the clearest is
taken. All of it is deterministic.
"""

import math
from collections.abc import Mapping, Sequence

import networkx
import numpy as np
from numpy.typing import NDArray

GAP = 18.0  # pixels between two boxes, at least
ROOM = 940.0  # the width of a picture
ROW = 110.0  # between the rows of a long chain
ROUNDS = 240  # at most; ten for each box
TRIES = 8  # layouts from which the clearest is taken

Point = tuple[float, float]
Points = NDArray[np.float64]


def arrange(
    sizes: Mapping[str, Point], links: Sequence[tuple[str, str]], chain: Sequence[str]
) -> tuple[dict[str, Point], Point]:
    """Places for boxes of these sizes: the chain from left to right in a row on top, what is joined near each other.

    Args:
        sizes: Width and height of each box.
        links: Which boxes are joined.
        chain: Boxes that stand in a row, in this order.

    Returns:
        The middle of each box, and the size of the whole.
    """
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(sizes)
    graph.add_edges_from(links)
    rank = {key: number for number, key in enumerate(sizes)}
    parts = [sorted(part, key=rank.__getitem__) for part in networkx.connected_components(graph)]
    parts.sort(key=lambda part: (not set(chain) & set(part), rank[part[0]]))
    placed = [_part(graph.subgraph(part), part, sizes, [key for key in chain if key in part]) for part in parts]
    return _packed(placed, sizes)


def _part(
    graph: "networkx.Graph[str]", part: Sequence[str], sizes: Mapping[str, Point], chain: Sequence[str]
) -> dict[str, Point]:
    """Places within one part, in which everything is joined with everything in some way: the clearest of some."""
    if len(part) == 1:
        return {part[0]: (0.0, 0.0)}
    row = _in_rows(sizes, chain)
    number_of = {key: number for number, key in enumerate(part)}
    ends = np.array([(number_of[a], number_of[b]) for a, b in graph.edges], dtype=np.intp).reshape(-1, 2)
    boxes = np.array([sizes[key] for key in part])
    is_fixed = np.array([key in row for key in part])
    tries: list[Points] = []
    for seed in range(TRIES):
        places = _spread(graph, part, row, seed)
        _settle(places, boxes, ends, is_fixed)
        _down(places, boxes, is_fixed)
        tries.append(places)
        if is_fixed.all():
            break
    best = min(tries, key=lambda places: _unclear(places, boxes, ends))
    return {key: (float(x), float(y)) for key, (x, y) in zip(part, best, strict=True)}


def _spread(graph: "networkx.Graph[str]", part: Sequence[str], row: Mapping[str, Point], seed: int) -> Points:
    """First places: those of the row, and around them what is joined near each other."""
    start = {key: (x / ROOM, y / ROOM) for key, (x, y) in row.items()}
    near = 1 / math.sqrt(len(part) + 1)
    laid = networkx.spring_layout(graph, pos=start or None, fixed=list(start) or None, k=near, seed=seed)
    places = np.array([laid[key] for key in part], dtype=np.float64).reshape(-1, 2)
    if not row:  # lying rather than standing, and no larger than it has boxes
        places = (places + 1) / 2 * min(1.0, len(part) / 12)
        if np.ptp(places[:, 1]) > np.ptp(places[:, 0]):
            places = places[:, ::-1].copy()
    places *= (ROOM, ROOM * 0.6)
    for number, key in enumerate(part):
        places[number] = row.get(key, places[number])
    return places


def _unclear(places: Points, boxes: Points, ends: NDArray[np.intp]) -> tuple[int, float]:
    """How many boxes lie on links of others, which look as if they were joined, and how high it all is."""
    if not len(ends):
        return 0, 0.0
    one, other = places[ends[:, 0], np.newaxis], places[ends[:, 1], np.newaxis]
    away = other - one
    away = np.where(away == 0, 1e-9, away)
    sides = ((places - boxes / 2 - one) / away, (places + boxes / 2 - one) / away)  # as parts of the way along a link
    enter = np.minimum(*sides).max(axis=2)
    leave = np.maximum(*sides).min(axis=2)
    covered = np.minimum(leave, 1) > np.maximum(enter, 0)
    links = np.arange(len(ends))
    covered[links, ends[:, 0]] = covered[links, ends[:, 1]] = False
    return int(covered.sum()), float(np.ptp(places[:, 1]))


def _in_rows(sizes: Mapping[str, Point], chain: Sequence[str]) -> dict[str, Point]:
    """Put the chain in a row; where it is too long it turns, and goes back in the row below."""
    places: dict[str, Point] = {}
    x, y, direction = 0.0, 0.0, 1.0
    for number, key in enumerate(chain):
        wide = sizes[key][0]
        if number == 0:
            x = wide / 2
        else:
            following = x + direction * ((sizes[chain[number - 1]][0] + wide) / 2 + 2 * GAP)
            if wide / 2 <= following <= ROOM - wide / 2:
                x = following
            else:
                y, direction = y + ROW, -direction
                x = min(max(x, wide / 2), ROOM - wide / 2)
        places[key] = (x, y)
    return places


def _settle(places: Points, boxes: Points, ends: NDArray[np.intp], is_fixed: NDArray[np.bool_]) -> None:
    """Let links pull and overlapping boxes push; towards the end the links let go."""
    held = places[is_fixed].copy()
    half = boxes / 2
    rounds = min(ROUNDS, 10 * len(places))
    for number in range(rounds):
        _pull(places, boxes, ends, 0.3 * max(0.0, 1 - 1.4 * number / rounds))
        _push(places, half + GAP / 2)
        places[is_fixed] = held
        places[:, 0] = np.clip(places[:, 0], half[:, 0], np.maximum(half[:, 0], ROOM - half[:, 0]))


def _pull(places: Points, boxes: Points, ends: NDArray[np.intp], strength: float) -> None:
    if not len(ends) or strength == 0:
        return
    one, other = ends[:, 0], ends[:, 1]
    apart = places[other] - places[one]
    between = (np.abs(apart) - (boxes[one] + boxes[other]) / 2).max(axis=1)  # from border to border
    far = np.maximum(np.hypot(apart[:, 0], apart[:, 1]), 1.0)
    step = apart * (strength * np.maximum(0.0, between - 1.5 * GAP) / far)[:, np.newaxis]
    np.add.at(places, one, step)
    np.add.at(places, other, -step)


def _push(places: Points, reach: Points) -> None:
    """Move boxes that overlap apart, along the way that is shorter."""
    apart = places[:, np.newaxis] - places[np.newaxis]
    over = reach[:, np.newaxis] + reach[np.newaxis] - np.abs(apart)
    meets = (over[..., 0] > 0) & (over[..., 1] > 0) & ~np.eye(len(places), dtype=np.bool_)
    order = np.sign(np.arange(len(places))[:, np.newaxis] - np.arange(len(places))[np.newaxis])
    way = np.where(apart == 0, order[..., np.newaxis], np.sign(apart)) * over / 2
    along_x = over[..., 0] < over[..., 1]
    places[:, 0] += np.where(meets & along_x, way[..., 0], 0.0).sum(axis=1)
    places[:, 1] += np.where(meets & ~along_x, way[..., 1], 0.0).sum(axis=1)


def _down(places: Points, boxes: Points, is_fixed: NDArray[np.bool_]) -> None:
    """From top to bottom, move what still overlaps something before it below that."""
    done: list[int] = []
    for number in sorted(range(len(places)), key=lambda number: (not is_fixed[number], places[number, 1])):
        while not is_fixed[number] and (below := _lowest(places, boxes, number, done)) is not None:
            places[number, 1] = below + GAP / 2 + boxes[number, 1] / 2
        done.append(number)


def _lowest(places: Points, boxes: Points, number: int, done: Sequence[int]) -> float | None:
    """The lower edge of the lowest box that this one covers, None where it covers none."""
    low: float | None = None
    for other in done:
        over = (boxes[number] + boxes[other]) / 2 + GAP / 2 - 0.01 - np.abs(places[number] - places[other])
        if (over > 0).all():
            low = max(low or -math.inf, float(places[other, 1] + boxes[other, 1] / 2))
    return low


def _packed(parts: Sequence[Mapping[str, Point]], sizes: Mapping[str, Point]) -> tuple[dict[str, Point], Point]:
    """Set the parts side by side in rows, like words on a page."""
    places: dict[str, Point] = {}
    x, y, row_high, widest = GAP, GAP, 0.0, 0.0
    for part in parts:
        left = min(place[0] - sizes[key][0] / 2 for key, place in part.items())
        top = min(place[1] - sizes[key][1] / 2 for key, place in part.items())
        wide = max(place[0] + sizes[key][0] / 2 for key, place in part.items()) - left
        high = max(place[1] + sizes[key][1] / 2 for key, place in part.items()) - top
        if x > GAP and x + wide > GAP + ROOM:
            x, y, row_high = GAP, y + row_high + 1.5 * GAP, 0.0
        places |= {key: (across - left + x, down - top + y) for key, (across, down) in part.items()}
        x, row_high, widest = x + wide + 2 * GAP, max(row_high, high), max(widest, x + wide)
    return places, (widest + GAP, y + row_high + GAP)
