"""Lists and tables of documents, and the words that introduce them."""

import pytest

from graphmem.extraction.lists import layout
from graphmem.extraction.sentences import speakers, units


def entries(text: str) -> dict[str, str]:
    return {text[start:].partition("\n")[0]: lead for start, lead in layout(text).leads.items()}


def test_an_entry_is_introduced_by_the_line_above_or_else_by_the_heading() -> None:
    text = "## Owners\n- Jane Roe\nThey sold:\n* flour\n2) bran\nThe rest is lost.\n\n- rye"
    assert entries(text) == {"Jane Roe": "Owners", "flour": "They sold", "bran": "They sold", "rye": "Owners"}


def test_an_entry_without_introduction_has_none() -> None:
    assert entries("- flour\n- bran") == {"flour": "", "bran": ""}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("| Name | Town |\n|:--|--:|\n| Jane | Orsk |\n", ["Name: Jane; Town: Orsk"]),
        ("Name | Born | Town\nJane | 1801 | Orsk\n", ["Name: Jane; Born: 1801; Town: Orsk"]),
        ("Name | Born | Town\nJane | 1801 |\n", ["Name: Jane; Born: 1801"]),
        ("Name\tBorn\tTown\r\nJane\t1801\tOrsk\r\n", ["Name: Jane; Born: 1801; Town: Orsk"]),
        ("Born | 1801\nTown | Orsk", ["Born: 1801", "Town: Orsk"]),
        ("1822 | Orsk | rye\n1823 | Graz | oats", ["1822: Orsk: rye", "1823: Graz: oats"]),
        ("Prices:\nrye | 3\noats | 4", ["Prices: rye: 3", "Prices: oats: 4"]),
        ("a | b\nThe sign between them is a pipe.", []),
        ("|||||\n|||||", []),
        ("|---|---|\n|---|---|", []),
        ("", []),
    ],
)  # fmt: skip
def test_rows_of_a_table_are_said_with_their_head(text: str, rows: list[str]) -> None:
    assert [row.text for row in layout(text).rows] == rows


def test_a_row_keeps_its_place() -> None:
    text = "Before.\n\nName | Born | Town\nJane | 1801 | Orsk\n"
    [row] = layout(text).rows
    assert text[row.start : row.end] == "Jane | 1801 | Orsk"


def test_the_lines_of_tables_are_not_parsed() -> None:
    text = "Before.\nName | Born | Town\nJane | 1801 | Orsk\nAfter."
    found = units(text, is_document=True, without=layout(text).tables)
    assert [text[start:end] for start, end in found] == ["Before.", "After."]


def test_a_record_of_a_talk_says_who_speaks() -> None:
    assert speakers(["Ada: Rye is dear. It rose.", "Bo K.: Yes.", "They laugh."]) == ["Ada", "Bo K.", None]


@pytest.mark.parametrize("lines", [["Owner: Jane", "It is old.", "It is blue."], ["Note: one", "Note: two"], []])
def test_a_word_before_a_colon_alone_makes_no_talk(lines: list[str]) -> None:
    assert set(speakers(lines)) <= {None}
