"""Words that point back at somebody or something named before; pure, without a language model."""

import re
from collections.abc import Mapping
from typing import Literal

Gender = Literal["female", "male"]

_SHE: Mapping[str, Gender] = dict.fromkeys(("she", "her", "hers", "herself"), "female")
_HE: Mapping[str, Gender] = dict.fromkeys(("he", "him", "his", "himself"), "male")
THIRD: Mapping[str, Gender] = {**_SHE, **_HE}
"""Pronouns for one person spoken of, with what they say about the person."""

_WORD = re.compile(r"[^\W\d_]+")


def refers_back(text: str) -> bool:
    """Whether a text speaks of somebody by a pronoun, who may have been named before it.

    >>> refers_back("She lives in Oslo."), refers_back("Anna lives in Oslo.")
    (True, False)
    """
    return any(word in THIRD for word in _WORD.findall(text.lower()))
