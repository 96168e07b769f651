"""What counts as a word, for the index and for questions alike, and how much a shared word proves.

Both stores keep the stems of a text and only look them up; what they are and how they are scored is decided here, so
that a question finds the same episodes on every store, and another owner's text never reorders yours.
"""

import math
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import Stemmer

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


def stems(text: str) -> list[str]:
    """Return the stems of a text's words in order, repeats included, without stop words.

    A word is a run of letters and digits, or a single ideograph (Chinese and Japanese leave no spaces). Case, accents
    and compatibility forms (NFKC) are folded, so that `ZÜRICH`, `Zurich` and full-width `Ｚurich` are one word. Stems
    are those of Snowball's English stemmer, which leaves other scripts as they are. Any text will do, and time grows
    with its length; the answer holds letters and digits only, each stem at most `LONGEST_WORD` characters.
    """
    folded = text.lower() if text.isascii() else text.translate(_FOLDED)
    return [_stem(word[:LONGEST_WORD]) for word in _WORD.findall(folded) if word not in STOP_WORDS]


def idf(documents: int, containing: int) -> float:
    """Return how much finding a word tells, above 0: the rarer, the more.

    Args:
        documents: How many documents there are, N.
        containing: How many of them contain the word, df, at most `documents`.

    Source: the BM25 weight with one added inside the logarithm, as in Lucene, so that common words never count against.
    """
    return math.log(1 + (documents - containing + 0.5) / (containing + 0.5))


def bm25(
    counts: Mapping[str, int],
    length: int,
    average: float,
    weights: Mapping[str, float],
    *,
    k1: float = 1.2,
    b: float = 0.75,
) -> float:
    """Score a document for a question by the words they share; 0 when they share none.

    Args:
        counts: How often the document contains each of its stems (those of the question are enough).
        length: Number of stems in the document.
        average: Mean of that number over all documents.
        weights: The `idf` of each distinct stem of the question.
        k1: How slowly repeating a word stops counting.
        b: How much a long document is held against it, from 0 to 1.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009); k1 and b are the defaults of Lucene.
    """
    relative = length / average if average > 0 else 1.0
    saturation = k1 * (1 - b + b * relative)
    return sum(
        weight * count * (k1 + 1) / (count + saturation)
        for stem, weight in weights.items()
        if (count := counts.get(stem, 0)) > 0
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """The distinct stems of a question, each with its `idf`: what there is to be covered by an answer.

    >>> terms = Terms({"boss": 3.0, "citi": 1.0})
    >>> terms.share({"boss", "berlin"})
    0.75
    """

    weights: Mapping[str, float]
    total: float = field(init=False)
    """Sum of all weights."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.weights.values()))

    def covered(self, stems: Iterable[str]) -> frozenset[str]:
        """Return the question's stems that are among these."""
        return frozenset(self.weights.keys() & stems)

    def share(self, stems: Iterable[str]) -> float:
        """Return the part of the weight that these stems cover, in [0, 1]; 0 for a question without words."""
        if self.total <= 0:
            return 0.0
        return min(1.0, sum(self.weights[stem] for stem in self.weights.keys() & stems) / self.total)


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
