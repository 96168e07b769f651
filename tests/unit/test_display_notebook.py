"""What a notebook is handed: by media type, for every model and list, with every remembered text as text."""

import base64
import subprocess
import sys
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from graphmem.difference import Diff
from graphmem.display import mimebundle, tables
from graphmem.listing import Listing
from graphmem.models import (
    Answer,
    Change,
    Citation,
    Doubt,
    Entity,
    Evidence,
    Ingested,
    Model,
    Receipt,
    Stats,
    When,
)
from tests.pictured import ARABIC, DAY, LONG, MARKUP, PATH, SPACE, WORKS, answer, around, fact, hostile, recall

CHANGE = Change(space=SPACE, at=DAY, kind="superseded", fact_id="f-works", text="Ada works at Acme.", reason="she left")
RECEIPT = Receipt(is_dry_run=False, erased={"facts": 2, "episodes": 0}, unreached=("backups",))
CITED = Citation(
    fact_id="f-works", episode_id="e", source_id="note/1", text=WORKS.text, quote="in her words", said_at=DAY
)
ANSWER = Answer(question="Where?", text="At Acme [1].", citations=(CITED,), recall=answer())
SHOWN: dict[str, Model | Sequence[Model]] = {
    "recall": answer(),
    "nothing found": recall(),
    "path": PATH,
    "paths": Listing([PATH, PATH]),
    "subgraph": around(5),
    "lonely": around(1),
    "facts": Listing([WORKS]),
    "fact": WORKS,
    "history": Listing([CHANGE, CHANGE]),
    "change": CHANGE,
    "entities": Listing([Entity(space=SPACE, key="ada", name="Ada")]),
    "doubts": Listing([Doubt(kind="unsure", reason="perhaps", score=0.4, confirm="memory.confirm('f')")]),
    "receipt": RECEIPT,
    "stats": Stats(episodes=3),
    "answer": ANSWER,
    "declined": Answer(question="Who?", note="nothing is known"),
    "diff": Diff(since=DAY, until=DAY, changes=(CHANGE,)),
    "evidence": Listing([Evidence(episode_id="e", start=0, end=3)]),
    "nothing": Listing([]),
    "hostile": hostile(),
}


class Read(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page(shown: Model | Sequence[Model]) -> Read:
    return Read(mimebundle(shown)["text/html"])


@pytest.mark.parametrize("name", SHOWN)
def test_everything_has_a_line_of_text_and_a_page(name: str) -> None:
    bundle = mimebundle(SHOWN[name])
    assert set(bundle) <= {"text/plain", "text/html", "image/svg+xml"}
    assert 0 < len(bundle["text/plain"]) <= 200
    assert bundle["text/plain"].isprintable()
    assert bundle["text/html"].startswith("<div")


@pytest.mark.parametrize("name", ["recall", "path", "paths", "subgraph", "hostile"])
def test_what_can_be_drawn_stands_in_the_page_as_the_image_that_is_handed_over_too(name: str) -> None:
    bundle = mimebundle(SHOWN[name])
    [image] = [attributes for tag, attributes in Read(bundle["text/html"]).tags if tag == "img"]
    kind, _, data = (image["src"] or "").partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == bundle["image/svg+xml"]
    assert image["alt"]


@pytest.mark.parametrize(
    "name", ["facts", "history", "receipt", "stats", "nothing", "nothing found", "lonely", "declined", "diff"]
)
def test_what_cannot_be_drawn_has_no_picture(name: str) -> None:
    assert "image/svg+xml" not in mimebundle(SHOWN[name])


def test_a_recall_is_told_with_scores_sources_dates_and_paths() -> None:
    shown = page(answer())
    for told in ("0.80", "note/f-works", "2024-05-01", "Acme belongs to Norvane.", "Ada"):
        assert told in shown.text
    assert "width:80%" in mimebundle(answer())["text/html"]


def test_a_history_is_told_with_reasons_and_a_receipt_with_what_was_out_of_reach() -> None:
    history = page(Listing([CHANGE])).text
    assert "superseded" in history
    assert "she left" in history
    receipt = page(RECEIPT).text
    assert "2 facts" in receipt
    assert "episodes" not in receipt
    assert "backups" in receipt


def test_an_answer_is_shown_with_the_words_it_rests_on_and_the_path_that_proves_it() -> None:
    bundle = mimebundle(ANSWER)
    assert "in her words" in bundle["text/html"]
    assert "note/1" in bundle["text/html"]
    assert "Acme belongs to Norvane." in bundle["image/svg+xml"]


def test_a_receipt_says_what_a_search_still_found() -> None:
    assert "nothing is left" in page(RECEIPT).text
    left = page(RECEIPT.model_copy(update={"left": {"episodes": 1}})).text
    assert "still found" in left
    assert "1 episode" in left
    assert "nothing is left" not in left


def test_markup_in_a_memory_is_text_on_the_page() -> None:
    bundle = mimebundle(hostile())
    shown = Read(bundle["text/html"])
    assert {tag for tag, _ in shown.tags} <= {
        *("div", "p", "bdi", "img", "table", "thead", "tbody", "tr", "th", "td", "br", "span", "em", "code"),
        *("details", "summary", "iframe"),
    }
    assert len([tag for tag, _ in shown.tags if tag in ("img", "iframe")]) == 2
    assert not [name for _, attributes in shown.tags for name in attributes if name.startswith("on")]
    assert MARKUP in shown.text


@pytest.mark.parametrize("name", ["fact", "change", "entities", "doubts", "receipt", "stats"])
def test_markup_in_any_other_model_is_text_on_the_page(name: str) -> None:
    texts = {
        "fact": fact("x", MARKUP, MARKUP, MARKUP),
        "change": CHANGE.model_copy(update={"text": MARKUP, "reason": MARKUP, "actor": MARKUP}),
        "entities": Listing([Entity(space=SPACE, key="x", name=MARKUP, aliases=(MARKUP,))]),
        "doubts": Listing([Doubt(kind="unsure", reason=MARKUP, score=0.4, confirm=MARKUP, reject=MARKUP)]),
        "receipt": RECEIPT.model_copy(update={"unreached": (MARKUP,), "erased": {MARKUP: 1}, "left": {MARKUP: 1}}),
        "stats": When(grain=MARKUP, words=MARKUP),
    }
    shown = page(texts[name])
    assert not {"img", "script", "iframe"} & {tag for tag, _ in shown.tags}
    assert "<img src=x" in shown.text


def test_a_long_text_is_cut_in_the_table_and_stands_whole_in_the_title_of_its_cell() -> None:
    shown = page(Listing([fact("long", LONG, "Ada")]))
    assert len(shown.text) < 1000
    assert LONG in [attributes.get("title") for _, attributes in shown.tags]


def test_other_models_are_told_without_what_is_empty_or_not_so_and_with_numbers_to_be_read() -> None:
    told = Ingested(episodes=3, facts=2, changes={"added": 2, "skipped": 1}, seconds=0.123456)
    shown = page(told).text
    assert "added: 2, skipped: 1" in shown
    assert "0.12" in shown
    assert "0.123" not in shown
    assert "is_dry_run" not in shown


def test_each_text_has_a_direction_of_its_own() -> None:
    shown = page(Listing([fact("arabic", ARABIC, "Ada")]))
    assert ARABIC in shown.text
    assert ("bdi", {"dir": "auto"}) in shown.tags


def test_a_table_of_many_ends_and_says_how_many_more_there_are() -> None:
    shown = page(Listing([WORKS] * (tables.ROWS + 5)))
    assert len([tag for tag, _ in shown.tags if tag == "tr"]) == tables.ROWS + 1
    assert "and 5 more" in shown.text


def test_models_and_lists_hand_it_over_by_themselves_as_notebooks_ask() -> None:
    assert answer()._repr_mimebundle_(include=None, exclude=None) == mimebundle(answer())
    assert Listing([WORKS])._repr_mimebundle_() == mimebundle([WORKS])


def test_a_listing_is_the_list_that_it_is() -> None:
    listing = Listing([WORKS, WORKS])
    assert listing == [WORKS, WORKS]
    assert repr(Listing([1])) == "[1]"
    assert listing[0] is WORKS
    assert isinstance(listing[:1], Listing)
    assert listing[:1] == [WORKS]


def test_display_loads_neither_pandas_nor_a_notebook_and_graphmem_does_not_load_it() -> None:
    script = (
        "import sys, graphmem, graphmem.models; assert 'graphmem.display' not in sys.modules; "
        "graphmem.models.Stats()._repr_mimebundle_(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "graphmem" in loaded
    assert not loaded & {"pandas", "IPython", "ipywidgets", "matplotlib", "scipy", "spacy"}
