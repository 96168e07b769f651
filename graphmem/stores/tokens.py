"""Stems as tokens that any word index keeps as they are.

What a stem is, and what a shared one proves, is decided elsewhere (`graphmem.words`); here a stem is any text that
must come back as it was and match only itself.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

POOL = 2000
"""Texts that share a rare stem with the question, from which on commoner stems bring no new ones."""

MOST_UNLINKED = 50
"""Older facts that a new name is looked for in."""

REMEMBERED_TEXTS = 8_192
"""One recall meets the same text several times."""

_PLAIN = re.compile(r"[0-9a-wyz][0-9a-z]*")


def token(stem: str) -> str:
    """The one token that stands for a stem: ASCII letters and digits, whatever the stem is.

    Tokenizers split and fold by rules of their own, so that a stem of anything else (and one that starts with x, to
    keep the two apart) is written as x and its bytes.
    """
    return stem if _PLAIN.fullmatch(stem) else f"x{stem.encode().hex()}"


def packed(stems: Iterable[str]) -> str:
    """Stems as they are stored and indexed."""
    return " ".join(map(token, stems))


@lru_cache(REMEMBERED_TEXTS)
def unpacked(stored: str) -> tuple[str, ...]:
    """The inverse of `packed`."""
    tokens = stored.split()
    return tuple(tokens) if "x" not in stored else tuple(map(_stem, tokens))


def forget_texts() -> None:
    """Let go of the texts remembered."""
    unpacked.cache_clear()


def phrase(stems: Sequence[str]) -> str:
    """The search for stems in a row."""
    return f'"{packed(stems)}"'


def _stem(token: str) -> str:
    return bytes.fromhex(token[1:]).decode() if token.startswith("x") else token
