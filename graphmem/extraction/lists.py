"""Lists and tables of a document, entry by entry and row by row, with the words that introduce them.

An entry says little alone: "- Jane Roe (1822-1840)" stands under "Owners", and "1901" in a column "Closed". Pure
functions over text; no language model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MARK = re.compile(r"\s*(?:[-*•·–]\s+|#{1,6}\s+|>\s*|\d{1,3}[.)]\s+)")
"""What stands before an entry of a list, a heading or a quotation."""

_HEADING = re.compile(r"\s*#{1,6}\s+(.*?)[\s#:]*$")
_ENTRY = re.compile(r"\s*(?:[-*•·–]|\d{1,3}[.)])\s+")
_RULE = re.compile(r"[\s|:=+-]*-[\s|:=+-]*$")
_CELL = re.compile(r"\s*(?:\||\t)\s*")
_MOST_WORDS = 20
_FEWEST_COLUMNS_WITHOUT_RULE = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, the characters `[start, end)`: its cells with the words above them ("" where there are none).

    `about` introduces the table, if anything does.
    """

    start: int
    end: int
    cells: tuple[tuple[str, str], ...]
    about: str | None

    @property
    def text(self) -> str:
        """The row as a sentence: "Owners: Name: Jane Roe; From: 1822"."""
        if not any(head for head, _ in self.cells):
            said = ": ".join(cell for _, cell in self.cells if cell)
        else:
            said = "; ".join(f"{head}: {cell}" if head else cell for head, cell in self.cells if cell)
        return f"{self.about}: {said}" if self.about else said


@dataclass(frozen=True, slots=True)
class Layout:
    """What a document has beside paragraphs: the rows of its tables, all lines of these, and who introduces an entry.

    `leads` are by the first character of the entry after its mark; "" where nothing introduces it.
    """

    rows: tuple[Row, ...]
    tables: tuple[tuple[int, int], ...]
    leads: dict[int, str]


NO_LAYOUT = Layout((), (), {})
"""That of what people say."""


def layout(text: str) -> Layout:
    r"""Find lists and tables. Time grows with the text.

    >>> found = layout("## Owners\n- Jane Roe (1822-1840)\n\nName | Born | City\nJane Roe | 1801 | Orsk\n")
    >>> found.leads
    {12: 'Owners'}
    >>> [row.text for row in found.rows]
    ['Owners: Name: Jane Roe; Born: 1801; City: Orsk']
    """
    rows: list[Row] = []
    tables: list[tuple[int, int]] = []
    leads: dict[int, str] = {}
    heading = intro = None
    table: list[tuple[int, int]] = []
    for start, end in [*_lines(text), (len(text), len(text))]:
        line = text[start:end]
        if len(_cells(line)) > 1:
            table.append((start, end))
            continue
        if len(table) > 1:
            rows += _rows(text, table, intro or heading)
            tables += table
        elif table:
            intro = None
        table = []
        if (titled := _HEADING.match(line)) is not None:
            heading, intro = _introduces(titled[1]), None
        elif (entry := _ENTRY.match(line)) is not None:
            leads[start + entry.end()] = intro or heading or ""
        elif line.strip():
            intro = _introduces(line.strip()[:-1]) if line.rstrip().endswith(":") else None
    return Layout(tuple(rows), tuple(tables), leads)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip("\r\n"))
        start += len(line)


def _cells(line: str) -> list[str]:
    """The cells of a line, if it has any: those of "| Jane | 1801 |" are two, and so are those of "Jane<tab>1801"."""
    if "|" not in line and "\t" not in line.strip():
        return []
    return _CELL.split(line.strip().strip("|").strip())


def _introduces(words: str) -> str | None:
    return words if words and len(words.split()) <= _MOST_WORDS else None


def _rows(text: str, table: Sequence[tuple[int, int]], about: str | None) -> Iterator[Row]:
    said = [(start, end, _cells(text[start:end])) for start, end in table if not _RULE.match(text[start:end])]
    if not said:
        return
    heads: Sequence[str] = ()
    if len(said) > 1 and _is_head(said[0][2], is_ruled=len(said) < len(table)):
        heads = said[0][2]
        said = said[1:]
    for start, end, cells in said:
        named = [*heads, *([""] * len(cells))]
        yield Row(start, end, tuple(zip(named, cells, strict=False)), about)


def _is_head(cells: Sequence[str], *, is_ruled: bool) -> bool:
    """Whether a first row says what stands below it. Two columns without a rule are names and values: "Born | 1801"."""
    if is_ruled:
        return True
    is_plain = not any(char.isdigit() for cell in cells for char in cell)
    return len(cells) >= _FEWEST_COLUMNS_WITHOUT_RULE and is_plain
