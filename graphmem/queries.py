"""The queries of `cypher/`, one to a file: loaded once, their parameters checked before they are sent.

A file starts with comments: a sentence that says what it does, perhaps a line `// server: 2026` where only newer
servers know its syntax, and one line for each parameter, `// $name  type  what it is`. A `?` behind the type lets the
parameter be null.
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
_SERVER = re.compile(r"// server: (\d+)")
_USED = re.compile(r"\$(\w+)")
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|//[^\n]*")


def _is_list_of(kind: type | tuple[type, ...]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        return isinstance(value, Sequence) and all(isinstance(item, kind) for item in cast("Sequence[object]", value))

    return lambda value: not isinstance(value, str) and check(value)


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
    """Where the files are: in the installed package, or beside it in a checkout.

    Raises:
        PartMissing: They are nowhere.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "cypher").is_dir():
        return checkout / "cypher"
    if (package / "_cypher").is_dir():
        return package / "_cypher"
    raise PartMissing("the folder of queries is missing: pip install --force-reinstall graphmem")


@cache
def load(name: str) -> Query:
    """The query of a file, `read/facts` for `cypher/read/facts.cypher`.

    Raises:
        InvalidInput: The file declares what it does not use, or uses what it does not declare.
    """
    return parsed(name, (folder() / f"{name}.cypher").read_text(encoding="utf-8"))


def names(kind: str = "") -> list[str]:
    """The names of all files, or of those of one folder, sorted."""
    files = (folder() / kind).rglob("*.cypher")
    return sorted(file.relative_to(folder()).with_suffix("").as_posix() for file in files)


def parsed(name: str, source: str) -> Query:
    """See `load`."""
    lines = source.splitlines()
    length = next((place for place, line in enumerate(lines) if not line.startswith("//")), len(lines))
    header, text = lines[:length], "\n".join(lines[length:]).strip()
    summary = header[0].removeprefix("//").strip() if header else ""
    if not summary.endswith("."):
        raise InvalidInput(f"cypher/{name}.cypher: the first line is no sentence that says what it does")
    server = 5
    declared: dict[str, Parameter] = {}
    for line in header:
        if found := _SERVER.fullmatch(line):
            server = int(found[1])
        elif line.startswith("// $"):
            declaration = _PARAMETER.match(line)
            if declaration is None or declaration[2] not in TYPES:
                raise InvalidInput(f"cypher/{name}.cypher: cannot read {line!r}; types are {', '.join(TYPES)}")
            declared[declaration[1]] = Parameter(declaration[1], declaration[2], bool(declaration[3]))
    used = set(_USED.findall(_LITERAL.sub("", text)))
    faults = [f"declares ${unused} and does not use it" for unused in sorted(declared.keys() - used)]
    faults += [f"uses ${missing} and does not declare it" for missing in sorted(used - declared.keys())]
    if faults:
        raise InvalidInput(f"cypher/{name}.cypher {', '.join(faults)}")
    return Query(name, summary, text, declared, server)
