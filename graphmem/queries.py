"""The queries of `cypher/`, one to a file: loaded once, their parameters checked before they are sent.

A file starts with comments: a sentence that says what it does, perhaps a line `// server: 2026` where only newer
servers know its syntax, and one line for each parameter, `// $name  type  what it is`. A `?` behind the type lets the
parameter be null. Other lines of the header are for people.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

from graphmem.errors import InvalidInput, PartMissing

_PARAMETER = re.compile(r"// \$(\w+) +([a-z]+)(\??) +\S")
_MEANT_AS_PARAMETER = re.compile(r"// *\$")
_SERVER = re.compile(r"// server: (\d+)")
_MEANT_AS_SERVER = re.compile(r"// *server\b[ :]*\d", re.IGNORECASE)
_USED = re.compile(r"\$(\w+)")
_NOT_CODE = re.compile(
    r"""'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `[^`]*` | //[^\n]* | /\*.*?\*/""", re.VERBOSE | re.DOTALL
)
"""Texts, quoted names and comments: a `$` in one of them is no parameter."""


def _is_list_of(kind: type | tuple[type, ...]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        return isinstance(value, Sequence) and all(isinstance(item, kind) for item in cast("Sequence[object]", value))

    return lambda value: not isinstance(value, str | bytes) and check(value)


TYPES: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "strings": _is_list_of(str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "datetime": lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    "vector": _is_list_of(float),
    "rows": _is_list_of(dict),
}
"""What a parameter may be called, and what its value has to be. Rows are mappings, for `UNWIND`."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as a file declares it."""

    name: str
    type: str
    is_optional: bool

    def takes(self, value: object) -> bool:
        """Whether a value may stand for it."""
        return (value is None and self.is_optional) or TYPES[self.type](value)


@dataclass(frozen=True, slots=True)
class Statement:
    """A query with a value for each of its parameters."""

    name: str
    text: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Query:
    """One file. `server` is the first version, by its year, that knows the syntax; 5 for all."""

    name: str
    summary: str
    text: str
    parameters: Mapping[str, Parameter]
    server: int = 5

    def bind(self, **values: object) -> Statement:
        """The query with these values.

        Raises:
            InvalidInput: Values are missing, unknown or of another type; all of them are named.
        """
        faults = [f"${name} is missing" for name in self.parameters.keys() - values]
        faults += [f"${name} is unknown" for name in values.keys() - self.parameters]
        faults += [
            f"${name} is {type(value).__name__}, not {self.parameters[name].type}"
            for name, value in values.items()
            if name in self.parameters and not self.parameters[name].takes(value)
        ]
        if faults:
            raise InvalidInput(f"cypher/{self.name}.cypher: {', '.join(sorted(faults))}")
        return Statement(self.name, self.text, values)


@cache
def folder() -> Path:
    """Where the files are.

    Raises:
        PartMissing: They are nowhere.
    """
    return folder_of(Path(__file__).resolve().parent)


def folder_of(package: Path) -> Path:
    """Where the files are that belong to a package: within it, or beside it in a checkout.

    Within comes first: what stands beside an installed package is somebody else's. A checkout has nothing within, not
    even where an editable install has left a copy in the environment, as that copy does not hold the package.
    """
    if (package / "_cypher").is_dir():
        return package / "_cypher"
    if (package.parent / "pyproject.toml").is_file() and (package.parent / "cypher").is_dir():
        return package.parent / "cypher"
    raise PartMissing("the folder of queries is missing: pip install --force-reinstall graphmem")


@cache
def load(name: str) -> Query:
    """The query of a file, `read/facts` for `cypher/read/facts.cypher`.

    Raises:
        InvalidInput: The file declares what it does not use, uses what it does not declare, or says neither readably.
        PartMissing: There is no such file.
    """
    file = folder() / f"{name}.cypher"
    if not file.is_file():
        raise PartMissing(f"{file} is missing: pip install --force-reinstall graphmem")
    return parsed(name, file.read_text(encoding="utf-8"))


def names(kind: str = "") -> list[str]:
    """The names of all files, or of those of one folder, sorted."""
    files = (folder() / kind).rglob("*.cypher")
    return sorted(file.relative_to(folder()).with_suffix("").as_posix() for file in files)


def parsed(name: str, source: str) -> Query:
    """The query that a source spells. See `load`."""
    lines = source.splitlines()
    length = next((place for place, line in enumerate(lines) if not line.startswith("//")), len(lines))
    header, text = lines[:length], "\n".join(lines[length:]).strip()
    summary = header[0].removeprefix("//").strip() if header else ""
    faults: list[str] = []
    if not summary.endswith(".") or _MEANT_AS_PARAMETER.match(header[0]):
        faults.append("does not say in a first line, a sentence, what it does")
    if not text:
        faults.append("holds no statement")
    servers: list[int] = []
    declared: dict[str, Parameter] = {}
    for line in header[1:]:
        if found := _SERVER.fullmatch(line):
            servers.append(int(found[1]))
        elif (found := _PARAMETER.match(line)) and found[2] in TYPES:
            if found[1] in declared:
                faults.append(f"declares ${found[1]} twice")
            declared[found[1]] = Parameter(found[1], found[2], bool(found[3]))
        elif _MEANT_AS_SERVER.match(line) or _MEANT_AS_PARAMETER.match(line):
            faults.append(f"has an unreadable line {line!r} (types are {', '.join(TYPES)})")
    used = set(_USED.findall(code_of(text)))
    faults += [f"declares ${unused} and does not use it" for unused in sorted(declared.keys() - used)]
    faults += [f"uses ${missing} and does not declare it" for missing in sorted(used - declared.keys())]
    if faults:
        raise InvalidInput(f"cypher/{name}.cypher {'; '.join(faults)}")
    return Query(name, summary, text, declared, server=max(servers, default=5))


def code_of(text: str) -> str:
    """A statement without its comments, and with empty texts and quoted names."""
    return _NOT_CODE.sub(lambda found: "" if found[0].startswith("/") else found[0][0] * 2, text)
