"""Which stretches of a text are no English prose, and why: code, other languages."""

from __future__ import annotations

import re

from graphmem.extraction import lexicons

CODE = "code is kept as it stands, and not read for facts"
LINKS = "nothing but a link"
FOREIGN = "not English: kept word for word, and not read for facts"

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_FEWEST_FOREIGN = 2
_CODE_LINE = re.compile(
    r"""\s*(?:
        (?:SELECT|INSERT\ INTO|UPDATE|DELETE\ FROM|CREATE\ TABLE|ALTER\ TABLE)\b .* (?:;|\bFROM\b|\bSET\b|\()
      | (?:def|class)\ \w+\s*[(:]
      | (?:import\ [\w.]+(?:\ as\ \w+)?|from\ [\w.]+\ import\ .+)\s*\Z
      | (?:const|let|var|public|private|static|function|func|fn)\ \w.*[={(;]
      | (?:if|for|while|switch|return)\b .* [({;].* [:;{}]\s*\Z
      | Traceback\ \(most\ recent
      | File\ ".+",\ line\ \d
      | \w+(?:Error|Exception):
      | [\w.]+\(.*\)\s*;?\s*\Z
      | [}\])]+;?\s*\Z
      | [$#>]\s\S.*(?:--\w|\||/)
      | .*[=({].*[{;]\s*\Z
    )""",
    re.VERBOSE,
)
_BOLD = re.compile(r"\*\*(?=\w)([^*]+)\*\*")
_SIGNS = frozenset("{}[]()<>=;|&$\\_*+^~")
_MOST_SIGNS = 0.15
_FEWEST_CHARACTERS = 8


def why_unread(stretch: str) -> str | None:
    """Why a line or paragraph is not read: the reason in words, or None where it is English prose.

    >>> why_unread("Ich wohne in Hamburg und arbeite bei Siemens.")
    'not English: kept word for word, and not read for facts'
    """
    if is_code(stretch):
        return CODE
    return FOREIGN if is_foreign(stretch) else None


def is_code(stretch: str) -> bool:
    """Whether a stretch is a line of a program, a query or its error message, by how it begins and its signs."""
    stretch = _BOLD.sub(r"\1", stretch)
    solid = [char for char in stretch if not char.isspace()]
    if len(solid) < _FEWEST_CHARACTERS:
        return False
    signs = sum(char in _SIGNS for char in solid)
    if signs > _MOST_SIGNS * len(solid):
        return True
    return bool(_CODE_LINE.match(stretch)) and (signs > 0 or stretch.lstrip()[:1].isupper() or "import" in stretch)


def is_foreign(stretch: str) -> bool:
    """Whether a stretch is in another language: by its letters, or by more of its frequent words than of ours."""
    letters = [char for char in stretch if char.isalpha()]
    if sum(ord(char) > _LAST_OF_LATIN for char in letters) * 2 > len(letters):
        return True
    said = _WORD.findall(stretch)
    plain = [*(word.lower() for word in said[:1]), *(word for word in said[1:] if word.islower())]  # no names
    foreign = sum(word in lexicons.words("other_languages") for word in plain)
    if foreign < _FEWEST_FOREIGN:
        return False
    return foreign > sum(word.lower() in lexicons.words("english") for word in said)


_LAST_OF_LATIN = 0x024F
