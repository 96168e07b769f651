"""A notebook's reader opens what memory shows, in a real browser: it draws, a click selects, and text stays text."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest

from graphmem.display import explorer, labels, mimebundle
from graphmem.display.scene import of_recall, of_subgraph
from tests.browser import Browser, Page
from tests.pictured import ARABIC, LONG, MARKUP, answer, around, crowd, hostile

Open = Callable[..., Page]
RESTED = "explorer.settled.then(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))))"
PLACES = """explorer.graph.mapNodes((node, known) => {
  const { x, y } = explorer.renderer.graphToViewport(known);
  return { node, x, y, facts: known.facts.length };
})"""
# How much of the drawing has a colour, looked at in the moment in which it is drawn.
INK = """(() => {
  explorer.renderer.refresh();
  const { width, height } = explorer.renderer.getDimensions();
  const copy = new OffscreenCanvas(width, height).getContext("2d");
  copy.drawImage(explorer.renderer.getCanvases().nodes, 0, 0, width, height);
  return copy.getImageData(0, 0, width, height).data.filter((value, at) => at % 4 === 3 && value > 0).length;
})()"""


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """`opened(html)`: a page with that document, which is closed afterwards."""
    pages: list[Page] = []

    def opened(html: str, **how: Any) -> Page:
        pages.append(browser.open(html, **how))
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


def settled(page: Page) -> Page:
    page.wait("!!globalThis.explorer")
    page.run(RESTED)
    return page


def notebook(html: str) -> str:
    return f"<!doctype html><meta charset='utf-8'><title>notebook</title><body>{html}"


def unfolded(page: Page) -> Page:
    page.run("document.querySelector('details').open = true")
    page.run("document.querySelector('iframe').scrollIntoView()")  # a browser draws no frame that is out of view
    return settled(page.frame())


def click(page: Page, node: str) -> None:
    [place] = [place for place in page.run(PLACES) if place["node"] == node]
    click_at(page, place["x"], place["y"])


def click_at(page: Page, x: float, y: float) -> None:
    page.click(x, y)
    page.run("new Promise((next) => setTimeout(next, 400))")  # clicks in quick succession are a double click


@pytest.mark.parametrize("count", [5, 200, 2000])
def test_graphs_of_any_size_are_drawn(opened: Open, count: int) -> None:
    page = settled(opened(explorer.page(of_subgraph(around(count)))))
    places = page.run(PLACES)
    wide, high = page.run("[explorer.renderer.getDimensions()].map(({ width, height }) => [width, height])[0]")
    assert len(places) == count
    assert all(0 <= place["x"] <= wide and 0 <= place["y"] <= high for place in places)
    assert len({(round(place["x"]), round(place["y"])) for place in places}) > count / 2
    assert page.run(INK) > count
    assert page.run("explorer.renderer.drawn.length") > 4
    assert page.complaints() == []
    assert page.requests() == []


@pytest.mark.parametrize("count", [30, 200])
def test_labels_do_not_cover_each_other(opened: Open, count: int) -> None:
    page = settled(opened(explorer.page(of_subgraph(around(count)))))
    boxes = page.run("explorer.renderer.drawn")
    assert len(boxes) >= 30
    for one, other in combinations(boxes, 2):
        is_beside = one["right"] <= other["left"] or other["right"] <= one["left"]
        assert is_beside or one["bottom"] <= other["top"] or other["bottom"] <= one["top"], (one, other)


def test_in_a_graph_of_thirty_every_name_has_its_label(opened: Open) -> None:
    page = settled(opened(explorer.page(of_subgraph(around(30)))))
    assert {box["text"] for box in page.run("explorer.renderer.drawn")} == {f"Person number {n}" for n in range(30)}


@pytest.mark.parametrize("count", [5, 30])
def test_no_label_is_cut_off_by_the_rim(opened: Open, count: int) -> None:
    page = settled(opened(explorer.page(of_subgraph(around(count)))))
    wide, high = page.run("[explorer.renderer.getDimensions()].map(({ width, height }) => [width, height])[0]")
    for box in page.run("explorer.renderer.drawn"):
        assert 0 <= box["left"] <= box["right"] <= wide, box
        assert 0 <= box["top"] <= box["bottom"] <= high, box


def test_a_click_on_a_name_shows_what_is_told_of_it_and_one_beside_it_shows_the_names_again(opened: Open) -> None:
    page = settled(opened(explorer.page(of_recall(answer()))))
    click(page, "n1")  # Acme
    assert page.run("explorer.chosen()") == "n1"
    told = page.run("document.getElementById('panel').innerText")
    assert "Acme belongs to Norvane." in told
    assert "2024-05-01 · Ada · note/f-works" in told
    assert "canteen" not in told
    click_at(page, 3, 3)
    assert page.run("explorer.chosen()") is None
    assert "canteen" in page.run("document.getElementById('panel').innerText")


def test_a_name_can_be_chosen_by_keyboard(opened: Open) -> None:
    page = settled(opened(explorer.page(of_recall(answer()))))
    page.run("[...document.querySelectorAll('button')].find((button) => button.textContent === 'Acme').focus()")
    page.press("Enter")
    assert page.run("explorer.chosen()") == "n1"


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_graph_follows_the_light_and_dark_of_the_page(opened: Open, is_dark: bool) -> None:
    page = settled(opened(explorer.page(crowd(5)), dark=is_dark))
    paper, ink = page.run("[getComputedStyle(document.body)].map((body) => [body.backgroundColor, body.color])[0]")
    assert (brightness(paper) < 60, brightness(ink) < 60) == (is_dark, not is_dark)


def brightness(colour: str) -> float:
    parts = [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(parts) / len(parts)


def test_the_frame_of_a_notebook_starts_when_it_is_unfolded(opened: Open) -> None:
    page = opened(notebook(mimebundle(answer())["text/html"]))
    frame = unfolded(page)
    assert frame.run("explorer.graph.order") > 3
    assert page.complaints() == []
    assert frame.complaints() == []


def test_the_frame_reaches_neither_the_notebook_nor_a_network(opened: Open) -> None:
    frame = unfolded(opened(notebook(mimebundle(answer())["text/html"])))
    reach = "(() => { try { return parent.document.title } catch (error) { return error.name } })()"
    assert frame.run(reach) == "SecurityError"
    assert frame.run("fetch('https://example.invalid/').then(() => 'sent', (error) => error.name)") == "TypeError"
    assert any("Content Security Policy" in complaint for complaint in frame.complaints())


def test_remembered_markup_stays_text_in_a_notebook(opened: Open) -> None:
    frame = unfolded(page := opened(notebook(mimebundle(hostile())["text/html"])))
    assert page.run("document.title") == "notebook"
    assert frame.run("document.title") == "graphmem"
    assert page.run("document.querySelectorAll('img, script').length") == 1  # the picture
    assert page.run("document.querySelector('img').naturalWidth") > 100
    assert frame.run("document.querySelectorAll('img, b').length") == 0
    assert MARKUP in page.run("document.body.innerText")
    assert ARABIC in page.run("document.body.innerText")
    for watched in (page, frame):
        assert watched.complaints() == []
        assert watched.requests() == []


def test_remembered_markup_stays_text_when_it_is_clicked_on(opened: Open) -> None:
    page = settled(opened(explorer.page(of_recall(hostile()))))
    for node, text in ((name, shown) for name, shown in labelled(page).items() if shown in (MARKUP, ARABIC, LONG)):
        page.run("[...document.querySelectorAll('button')].find((known) => known.textContent.startsWith('←'))?.click()")
        click(page, node)
        assert page.run("document.querySelector('h2').textContent") == text
    assert page.run("document.title") == "graphmem"
    assert page.run("document.querySelectorAll('img, b').length") == 0
    assert page.requests() == []
    assert page.complaints() == []


def labelled(page: Page) -> dict[str, str]:
    pairs = page.run("explorer.graph.mapNodes((node, { label }) => [node, label])")
    assert labels.plain(MARKUP) in {label for _, label in pairs}
    return dict(pairs)


def test_the_watch_hears_of_requests_and_of_errors(opened: Open) -> None:
    page = opened(notebook("<img src='https://example.invalid/picture.png'><script>console.error('oh')</script>"))
    assert "https://example.invalid/picture.png" in page.requests()
    assert any("oh" in complaint for complaint in page.complaints())
