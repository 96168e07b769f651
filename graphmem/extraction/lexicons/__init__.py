"""Words and phrases the rules know, as data: one entry a line, `#` starts a comment, `=` separates the two of a pair.

Nothing here needs a language model, so that the rules about known facts can read the same lists.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def words(*names: str) -> frozenset[str]:
    """The entries of a list, or of several together, in lower case.

    >>> "sister" in words("kin"), "sister" in words("roles", "kin")
    (True, True)
    """
    return frozenset(entry for name in names for entry in _lines(name))


@cache
def pairs(name: str) -> Mapping[str, str]:
    """The entries of a list of pairs, by their left side.

    >>> pairs("opposites")["likes"]
    'dislikes'
    """
    split = (line.partition("=") for line in _lines(name))
    return MappingProxyType({left.strip(): right.strip() for left, _, right in split})


def _lines(name: str) -> list[str]:
    text = files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    entries = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return [entry for entry in entries if entry]
