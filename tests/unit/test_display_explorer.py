"""The page of the interactive graph, as it is handed over: what it holds, and what its frame and policy forbid."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from graphmem.display import explorer, labels, scene
from tests.packaging.conftest import ROOT
from tests.pictured import HOSTILE, answer, around, crowd, hostile

ASSETS = ROOT / "graphmem" / "display" / "assets"
DATA = re.compile(r'<script type="application/json" id="scene">(.*?)</script>', re.DOTALL)


def content(shown: scene.Scene) -> dict[str, list[list[object]]]:
    [data] = DATA.findall(explorer.page(shown))
    return json.loads(data)


def test_the_page_holds_the_names_and_what_joins_them() -> None:
    held = content(scene.of_recall(answer()))
    names = [name for name, _ in held["names"]]
    assert {"Ada", "Acme", "Norvane", "Lisbon", "canteen"} <= set(names)
    [works] = [told for told in held["facts"] if told[0] == "Ada works at Acme."]
    assert works[1:] == ["2024-05-01 · Ada · note/f-works", [names.index("Ada"), names.index("Acme")], True]


def test_every_fact_of_a_large_neighbourhood_is_in_the_page() -> None:
    held = content(scene.of_subgraph(around(2000)))
    assert (len(held["names"]), len(held["facts"])) == (2000, 1999)


def test_a_text_cannot_end_the_data_it_stands_in() -> None:
    held = content(scene.of_recall(hostile()))
    assert {labels.plain(text) for text in HOSTILE} == {told[0] for told in held["facts"]}
    [data] = DATA.findall(explorer.page(scene.of_recall(hostile())))
    assert not {"<", ">", "&"} & set(data)


class Frame(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.found.append(dict(attrs))


def test_the_frame_holds_the_page_and_lets_it_run_scripts_and_nothing_else() -> None:
    [frame] = Frame(explorer.frame(crowd(4))).found
    assert frame["srcdoc"] == explorer.page(crowd(4))
    assert frame["sandbox"] == "allow-scripts"
    assert "src" not in frame


def test_the_policy_allows_no_request_and_no_script_or_style_but_those_of_the_page() -> None:
    html = explorer.page(crowd(3))
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    allowed = dict(part.split(" ", 1) for part in policy.split("; "))
    assert allowed["default-src"] == "'none'"
    for name, pattern in (("script-src", r"<script>(.*?)</script>"), ("style-src", r"<style>(.*?)</style>")):
        [inline] = re.findall(pattern, html, re.DOTALL)
        assert allowed.pop(name) == f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"
    assert set(allowed.values()) == {"'none'"}


def test_the_page_names_no_address() -> None:
    assert "://" not in explorer.page(crowd(3))


def test_the_licence_of_everything_in_the_page_lies_beside_it_and_the_notice_names_it() -> None:
    licences = (ASSETS / "LICENSE").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for name in json.loads((ROOT / "tools" / "explorer" / "package.json").read_text())["dependencies"]:
        assert re.search(rf"^{name} [\d.]+ \(MIT\)$", licences, re.MULTILINE)
        assert name in notice


@pytest.mark.parametrize("name", ["explorer.html", "LICENSE"])
def test_what_is_built_ends_its_lines_as_every_platform_reads_them(name: str) -> None:
    assert b"\r" not in (ASSETS / name).read_bytes()
