"""The pages of docs/ are one site: their programs run, their links lead somewhere, and the index names them all."""

import re
from pathlib import Path

import pytest

from tests.docs import test_readme

ROOT = test_readme.ROOT
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), *DOCS, ROOT / "cypher" / "README.md"]
WITH_TESTS_OF_THEIR_OWN = {"language-models.md", "browser.md"}  # they ask a server
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)|^\[\w+\]: (?!https?:)(\S+)$", re.MULTILINE)


def is_run_here(page: Path) -> bool:
    return page.name not in WITH_TESTS_OF_THEIR_OWN and "```python" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [page for page in DOCS if is_run_here(page)], ids=lambda page: page.stem)
def test_the_programs_of_a_page_print_what_stands_below_them(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    test_readme.run(test_readme.programs(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for found in LINK.finditer(page.read_text(encoding="utf-8")):
        place, _, anchor = (found[1] or found[2]).partition("#")
        target = page.parent / place if place else page
        assert target.exists(), found[0]
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), found[0]


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links, as code hosts call them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [page for page in DOCS if page.stem != "index"], ids=lambda page: page.stem)
def test_the_index_names_every_page(page: Path) -> None:
    assert f"]({page.name})" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
