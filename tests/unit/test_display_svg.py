"""The still picture: what stands in it, where, and that text stays text."""

from collections.abc import Mapping
from itertools import combinations, pairwise
from random import Random
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.display import labels, scene, svg
from graphmem.display.layout import GAP, Point, arrange
from tests.pictured import BASED, HOSTILE, LONG, MARKUP, PATH, answer, around, crowd, fact, hit, hostile, recall

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(shown: scene.Scene) -> ElementTree.Element:
    return ElementTree.fromstring(svg.draw(shown))


def titles(picture: ElementTree.Element) -> list[str]:
    return [title.text or "" for title in picture.iter(f"{NAMESPACE}title")]


def boxes(picture: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    found = []
    for box in picture.iter(f"{NAMESPACE}rect"):
        x, y, wide, high = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + wide, y + high))
    return found


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_path_reads_from_left_to_right() -> None:
    picture = drawn(scene.of_recall(answer()))
    places = dict(zip(titles(picture), boxes(picture), strict=True))
    row = ["Ada", "Ada works at Acme.", "Acme", "Acme belongs to Norvane.", "Norvane", "Norvane is based in Lisbon."]
    lefts = [next(place for title, place in places.items() if title.split("\n")[0] == name)[0] for name in row[:5]]
    assert lefts == sorted(lefts)


def test_the_proof_is_highlighted_and_nothing_else_is() -> None:
    picture = drawn(scene.of_recall(answer()))
    proven = [title for title, box in zip(titles(picture), picture.iter(f"{NAMESPACE}rect"), strict=True)
              if "proof" in box.get("class", "")]  # fmt: skip
    assert {title.split("\n")[0] for title in proven} == {
        *("Ada", "Acme", "Norvane", "Lisbon"),
        *(step.text for step in PATH.steps),
    }
    beside = drawn(scene.of_subgraph(around(8)))
    assert not [box for box in beside.iter() if "proof" in box.get("class", "")]


def test_what_nothing_joins_with_the_proof_is_counted_and_left_to_the_table() -> None:
    picture = svg.draw(scene.of_recall(answer()))
    assert "canteen" not in picture
    assert "and 1 more" in picture


def test_the_same_memory_gives_the_same_picture() -> None:
    assert svg.draw(scene.of_subgraph(around(25))) == svg.draw(scene.of_subgraph(around(25)))


@pytest.mark.parametrize("count", [2, 5, 15, 200])
def test_no_box_covers_another(count: int) -> None:
    places = boxes(drawn(crowd(count)))
    assert len(places) > 2
    assert not [pair for pair in combinations(places, 2) if overlap(*pair)]


@pytest.mark.parametrize("count", [5, 10, 15])
def test_no_box_lies_on_a_line_between_others_as_if_it_were_joined_to_them(count: int) -> None:
    picture = drawn(crowd(count))
    for line in picture.iter(f"{NAMESPACE}line"):
        x1, y1, x2, y2 = (float(line.attrib[name]) for name in ("x1", "y1", "x2", "y2"))
        for box in boxes(picture):
            is_end = is_in(box, x1, y1) or is_in(box, x2, y2)
            assert is_end or not any(is_in(box, x1 + (x2 - x1) * n / 99, y1 + (y2 - y1) * n / 99) for n in range(100))


def is_in(box: tuple[float, ...], x: float, y: float) -> bool:
    return box[0] < x < box[2] and box[1] < y < box[3]


@given(
    sizes=st.lists(st.tuples(st.floats(20, 190), st.floats(28, 70)), min_size=1, max_size=24),
    joined=st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=40),
    row=st.integers(0, 9),
)
def test_boxes_of_any_size_have_a_gap_between_them(
    sizes: list[tuple[float, float]], joined: list[tuple[int, int]], row: int
) -> None:
    names = [str(number) for number in range(len(sizes))]
    links = [(names[a], names[b]) for a, b in joined if a < len(names) and b < len(names)]
    links += list(pairwise(names[:row]))  # what stands in a row is joined
    of = dict(zip(names, sizes, strict=True))
    places, (wide, high) = arrange(of, links, names[:row])
    for key, (x, y) in places.items():
        assert x - of[key][0] / 2 >= 0
        assert x + of[key][0] / 2 <= wide
        assert y - of[key][1] / 2 >= 0
        assert y + of[key][1] / 2 <= high
    assert least_gap(of, places) >= GAP / 2 - 0.1


@pytest.mark.parametrize("seed", range(20))
def test_a_crowd_around_a_long_row_finds_room_too(seed: int) -> None:
    chance = Random(seed)
    row = [f"row {number}" for number in range(9)]
    crowd = [f"other {number}" for number in range(chance.randint(5, 21))]
    sizes = {key: (190.0, 65.0) if number % 2 else (90.0, 28.0) for number, key in enumerate(row)}
    sizes |= {key: (chance.choice([190.0, 100.0]), chance.choice([28.0, 65.0])) for key in crowd}
    links = [*pairwise(row), *((key, chance.choice(list(sizes))) for key in crowd)]
    places, _ = arrange(sizes, links, row)
    assert least_gap(sizes, places) >= GAP / 2 - 0.1


def least_gap(sizes: Mapping[str, Point], places: Mapping[str, Point]) -> float:
    """Return how far the two boxes are apart that are nearest to each other; below 0 where they overlap."""
    return min(
        (
            max(abs(places[a][axis] - places[b][axis]) - (sizes[a][axis] + sizes[b][axis]) / 2 for axis in (0, 1))
            for a, b in combinations(sizes, 2)
        ),
        default=GAP,
    )


def test_a_picture_shows_what_can_be_read_and_says_how_much_more_there_is() -> None:
    picture = drawn(scene.of_subgraph(around(300)))
    assert len(boxes(picture)) <= svg.MOST
    last = list(picture.iter(f"{NAMESPACE}text"))[-1].text or ""
    assert last.startswith("and ")
    assert int(last.split()[1]) + sum("knows" in title for title in titles(picture)) == 299


def test_every_text_brings_the_background_it_is_read_on() -> None:
    for group in drawn(scene.of_recall(answer())).iter(f"{NAMESPACE}g"):
        [box], [text] = group.findall(f"{NAMESPACE}rect"), group.findall(f"{NAMESPACE}text")
        assert contrast(box.attrib["fill"], text.attrib["fill"]) >= 4.5  # as WCAG asks of text


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_long_text_is_cut_and_stands_whole_in_its_title() -> None:
    picture = drawn(scene.of_recall(recall(hit(fact("long", LONG, "Ada")))))
    assert any(title.startswith(LONG) for title in titles(picture))
    assert all(len(span.text or "") < 40 for span in picture.iter(f"{NAMESPACE}tspan"))


def test_markup_in_a_memory_is_text_in_a_picture() -> None:
    picture = drawn(scene.of_recall(hostile()))
    tags = {element.tag.removeprefix(NAMESPACE) for element in picture.iter()}
    assert tags == {"svg", "style", "line", "g", "title", "rect", "text", "tspan"}
    assert any(title.startswith(labels.plain(MARKUP)) for title in titles(picture))
    assert not [name for element in picture.iter() for name in element.attrib if name.startswith("on")]


@given(st.text())
def test_any_text_makes_a_picture_that_can_be_opened(text: str) -> None:
    drawn(scene.of_recall(recall(hit(fact("any", text, text or "Ada", "Acme")), hit(BASED))))


@given(st.text() | st.sampled_from(HOSTILE), st.integers(1, 6))
def test_lines_are_no_wider_than_their_room(text: str, most: int) -> None:
    shown = labels.plain(text)
    written = labels.lines(shown, size=13, room=170, most=most)
    assert len(written) <= most
    assert all(labels.width(line, 13) <= 170 for line in written)
    if "…" not in "".join(written):
        assert "".join("".join(written).split()) == "".join(shown.split())
