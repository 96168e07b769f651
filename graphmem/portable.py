"""The file that `export` writes and `load` reads: JSON Lines, one record a line, readable without graphmem.

The first line says what it is. Records name their space relative to the owner (`""`, or `/session=...`), so that a
file can be loaded into anybody's memory and never reaches beyond it.
"""

import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from graphmem import indexing
from graphmem.errors import BadLine, FormatTooNew, GraphmemError, InvalidInput, StoreUnavailable
from graphmem.models import Episode
from graphmem.protocols import Embedder, Index

FORMAT = 2
"""Since 2 what was rejected is kept under a salt. A file of format 1 is read, but for digests of before."""

_HEADER = {"graphmem": "memory", "format": FORMAT}

_SESSION = re.compile(r"/session=(?:[\w.-]|%[0-9A-F]{2})+", re.ASCII)

_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")

Record = Mapping[str, Any]  # plain JSON values


@contextmanager
def written(path: Path, home: str) -> Generator[Callable[[Record], None]]:
    """Something that writes records of the owner's `home` space and the spaces below it, one by one.

    The file appears under `path` only when it is whole; a link stays one. What is no file but, say, a pipe is
    written as it comes.

    Raises:
        StoreUnavailable: The folder cannot be written to, or the disk is full.
    """
    is_stream = path.exists() and not (path.is_file() or path.is_dir())
    path = path if is_stream else path.resolve()
    partial = path if is_stream else path.with_name(f"{path.name}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:

            def put(record: Record) -> None:
                file.write(line({**record, "space": str(record["space"]).removeprefix(home)}))

            file.write(line(_HEADER))
            yield put
        if not is_stream:
            partial.replace(path)
    except BaseException as error:  # whatever stopped it, half a file is of no use and full of somebody's memory
        if not is_stream:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, GraphmemError):
            raise StoreUnavailable(f"{path} cannot be written: {error.strerror or error}") from error
        raise


def read(path: Path, home: str) -> Iterator[tuple[int, Record]]:
    """Line numbers and records, their spaces below `home`.

    Raises:
        StoreUnavailable: The file cannot be read.
        BadLine: A line is not a record.
        FormatTooNew: A newer graphmem wrote the file.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            lines = enumerate(file, 1)
            _check_header(_parsed(*next(lines, (1, ""))))
            for number, line in lines:
                record = _parsed(number, line)
                yield number, {**record, "space": _below(home, record.get("space"), number)}
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text: it is no export of graphmem") from error
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be read: {error.strerror or error}") from error


def line(record: Record) -> str:
    """A record as it is written: the same text for the same record, in whatever order its fields came."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def episode(record: Record, number: int) -> Episode:
    """The episode that a record holds.

    Raises:
        BadLine: A field is missing or wrong; `line` is `number`.
    """
    try:
        return Episode.model_validate({name: record[name] for name in Episode.model_fields if name in record})
    except ValidationError as error:
        raise BadLine(f"no episode: {error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}", line=number) from error


def sources(record: Record) -> list[object]:
    """The ids of the episodes that a fact's record names as its evidence."""
    evidence: object = record.get("evidence")
    places = cast("list[object]", evidence) if isinstance(evidence, list) else []
    return [cast("list[object]", place)[0] for place in places if isinstance(place, list) and place]


async def indexes(records: Sequence[Record], titles: dict[str, str | None], embedder: Embedder) -> dict[str, Index]:
    """How the episodes and facts among some records are found; `titles` remembers those of episodes met.

    Raises:
        BadLine: An episode or a fact cannot be read; `line` counts the records from 1.
    """
    texts: dict[str, tuple[str, tuple[str, ...]]] = {}
    for number, record in enumerate(records, 1):
        kind, id_, text = (record.get(field) for field in ("record", "id", "text"))
        if kind not in ("episode", "fact"):
            continue
        if not isinstance(id_, str) or not isinstance(text, str):
            raise BadLine(f"{kind} without an id or a text", line=number)
        if kind == "episode":
            said = episode(record, number)
            titles[id_] = said.title
            texts[id_] = indexing.of_episode(said)
        else:
            title = next((titles[of] for of in map(str, sources(record)) if of in titles), None)
            relation = None if record.get("is_negated") else record.get("predicate")
            told = relation if isinstance(relation, str) else None
            texts[id_] = (indexing.fact_text(text, title), indexing.fact_stems(text, title, told))
    vectors = await embedder.embed([text for text, _ in texts.values()], purpose="document")
    return {id_: Index(vector, words) for (id_, (_, words)), vector in zip(texts.items(), vectors, strict=True)}


def _parsed(number: int, line: str) -> Record:
    try:
        record: object = json.loads(line, parse_constant=_no_number)
        if _ESCAPED.search(line):
            json.dumps(record, ensure_ascii=False).encode()  # fails for half a character
    except json.JSONDecodeError as error:
        raise BadLine(f"line {number} is not JSON: {error.msg}", line=number) from error
    except (ValueError, RecursionError) as error:
        raise BadLine(f"line {number} holds what cannot be stored: {error}", line=number) from error
    if r"\u0000" in line.replace(r"\\", ""):
        raise BadLine(f"line {number} holds a NUL character", line=number)
    if not isinstance(record, dict):
        raise BadLine(f"line {number} is no record", line=number)
    return cast("Record", record)


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def _check_header(header: Record) -> None:
    version = header.get("format")
    if header.get("graphmem") != "memory" or type(version) is not int or version < 1:
        raise BadLine("line 1 is not the header of a graphmem export", line=1)
    if version > FORMAT:
        raise FormatTooNew(f"the file has format {version}, this version reads up to {FORMAT}: upgrade graphmem")


def _below(home: str, space: object, number: int) -> str:
    """The space a record is loaded into. Only the owner's own and its sessions: never somebody else's."""
    if space == "":
        return home
    if isinstance(space, str) and _SESSION.fullmatch(space):
        return home + space
    raise BadLine(f"line {number} names a space outside the owner's: {space!r}", line=number)
