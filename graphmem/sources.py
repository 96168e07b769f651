"""What is remembered from a command line: texts, files and lines of JSON, checked before the first is stored."""

import json
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from graphmem.errors import BadLine, InvalidInput, ScopeMissing

JSON_LINES = {".jsonl", ".ndjson"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text to remember; one from a file is a document with the file's name."""

    text: str
    path: str | None = None

    @property
    def name(self) -> str | None:
        """Where it stands, to speak of it."""
        return self.path

    @property
    def title(self) -> str | None:
        """What it is called."""
        return Path(self.path).stem if self.path else None


@dataclass(slots=True)
class Lines:
    """The records of JSON Lines, read before the first is stored. Its name tells the line that was taken last."""

    item: str
    records: list[tuple[int, Mapping[str, Any]]]
    taken: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """Where the record taken last stands."""
        return f"{self.item}, line {self.taken}"

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for number, record in self.records:
            self.taken = number
            yield record


@contextmanager
def naming(source: Text | Lines) -> Generator[None]:
    """Says of what cannot be stored where it stands."""
    try:
        yield
    except ScopeMissing:
        raise
    except InvalidInput as error:
        raise type(error)(f"{source.name}: {error}" if source.name else str(error)) from error


def source_of(item: str) -> Text | Lines:
    """What an argument of `add` stands for: a text, a file, or lines of JSON."""
    if item == "-":
        text = _decoded(sys.stdin.buffer.read(), "standard input")
        return _json_lines(item, text) if text.lstrip().startswith("{") else Text(text)
    path = Path(item)
    try:
        is_file, is_folder = path.is_file(), path.is_dir()
    except OSError:  # too long for a path, so a text
        return Text(item)
    is_data = path.suffix.lower() in JSON_LINES
    if is_file:
        text = _read(path)
        return _json_lines(item, text) if is_data else Text(text, path.as_posix())
    if is_folder and item.strip():
        raise InvalidInput(f"{item} is a folder: name the files in it")
    if (is_data or path.suffix.lower() in {".txt", ".md"}) and len(item.split()) == 1:
        raise InvalidInput(f"{item} looks like a file, and there is none: check the path")
    return Text(item)


def _read(path: Path) -> str:
    try:
        return _decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error


def _decoded(given: bytes, name: str) -> str:
    try:
        return given.decode("utf-8-sig")  # some editors mark the beginning
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 text (byte {error.start}): convert it first") from error


def _json_lines(item: str, text: str) -> Lines:
    records: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(text.split("\n"), 1):  # splitlines() would also cut within texts
        if not line.strip():
            continue
        try:
            record: object = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            raise BadLine(f"{item}, line {number} is not JSON: {reason}; nothing was stored", line=number) from error
        if not isinstance(record, dict):
            raise BadLine(f"{item}, line {number} is no object: each line is a mapping with at least text", line=number)
        records.append((number, cast("dict[str, Any]", record)))
    return Lines(item, records)
