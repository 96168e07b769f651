"""What counts as a word, for the index and for questions alike, and how much a shared word proves.

Both stores keep the stems of a text and only look them up; what they are and how they are scored is decided here, so
that a question finds the same episodes on every store, and another owner's text never reorders yours.
"""

import math
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import Stemmer
from numpy.typing import NDArray

STOP_WORDS = frozenset(
    """
    a an the this that these those each other some any all both more most no nor not such so
    i you he she it we they me him her us them my your his its our their
    who whom whose which what when where why how
    of in on at to for from by with and or but as if than then there here
    into over under about after before during between also one two
    is are was were be been being do does did has have had
    can could will would shall should may might must
    s t d m ll re ve
    isn aren wasn weren doesn didn hasn haven hadn wouldn shouldn couldn
    """.split()
)
"""Words that carry no topic; the last two lines are what an apostrophe leaves behind ("Ada's", "didn't")."""

LONGEST_WORD = 64
"""Characters. Nobody asks for a longer word; one that is longer (a key, a blob) is known by its beginning."""

_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(f"[{_IDEOGRAPHS}]|[^\\W_{_IDEOGRAPHS}]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def stems(text: str, *, but: frozenset[str] = STOP_WORDS) -> list[str]:
    """Return the stems of a text's words in order, repeats included, but for those that carry no topic (or other ones).

    A word is a run of letters and digits, or a single ideograph (Chinese and Japanese leave no spaces). Case, accents
    and compatibility forms (NFKC) are folded, so that `ZÜRICH`, `Zurich` and full-width `Ｚurich` are one word. Stems
    are those of Snowball's English stemmer, which leaves other scripts as they are. Any text will do, and time grows
    with its length; the answer holds letters and digits only, each stem at most `LONGEST_WORD` characters.
    """
    folded = text.lower() if text.isascii() else text.translate(_FOLDED)
    return [_stem(word[:LONGEST_WORD]) for word in _WORD.findall(folded) if word not in but]


def idf(documents: int, containing: int) -> float:
    """Return how much finding a word tells, above 0: the rarer, the more.

    Args:
        documents: How many documents there are, N.
        containing: How many of them contain the word, df, at most `documents`.

    Source: the BM25 weight with one added inside the logarithm, as in Lucene, so that common words never count against.

    >>> idf(100, 1) > idf(100, 50) > idf(100, 100) > 0
    True
    """
    return math.log(1 + (documents - containing + 0.5) / (containing + 0.5))


def bm25(
    counts: NDArray[np.integer],
    lengths: NDArray[np.integer],
    average: float,
    weights: NDArray[np.float64],
    *,
    k1: float = 1.2,
    b: float = 0.75,
) -> NDArray[np.float64]:
    """Score documents for a question by the words they share; 0 where they share none.

    Args:
        counts: How often each document contains each stem of the question: documents x stems.
        lengths: Number of stems in each document.
        average: Mean of that number over all documents.
        weights: The `idf` of each stem of the question.
        k1: How slowly repeating a word stops counting.
        b: How much a long document is held against it, from 0 to 1.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009); k1 and b are the defaults of Lucene.
    """
    relative = lengths / average if average > 0 else np.ones(len(lengths))
    saturation = k1 * (1 - b + b * relative)
    return (counts * (k1 + 1) / (counts + saturation[:, None])) @ weights


class _Folded(dict[int, str]):
    """How a character is indexed, found out when it is first met.

    One by one, because normalising a text as a whole takes time quadratic in the longest run of combining marks.
    """

    def __missing__(self, code: int) -> str:
        bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", chr(code)))
        self[code] = folded = unicodedata.normalize("NFKC", bare).casefold()
        return folded


class _English(threading.local):
    """The stemmer of a thread: it keeps the word it works on in itself, so threads cannot share one."""

    def __init__(self) -> None:
        # PyStemmer has no type information. Its own cache is off (0), as `_stem` has one for all threads.
        self.stem: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord  # pyright: ignore[reportUnknownMemberType]


_FOLDED = _Folded()
_english = _English()


@lru_cache(65_536)
def _stem(word: str) -> str:
    # Composed once more: Korean may come in parts, each a letter of its own.
    return _english.stem(unicodedata.normalize("NFC", word))
