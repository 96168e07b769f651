"""Names that memory knows in the texts of facts: known names in what is new, and new names in what came before.

Pure functions over facts, so that the order of arrival matters little.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping

from graphmem.extraction.names import canonical, mentions_of
from graphmem.models import Fact


def known_in(fact: Fact, known: Container[str]) -> list[str]:
    """The known keys that the text of a fact names, in order."""
    return [key for key in mentions_of(fact.text, known) if _is_looked_for(key, fact)]


def named_anew(fact: Fact, new: Iterable[str]) -> list[str]:
    """The new keys that the text of a fact names: not inside a longer name that it is known to name ("Berg" in "Anna
    Berg").
    """
    keys = {key for key in new if _is_looked_for(key, fact)}
    if not keys:
        return []
    of_fact = {fact.subject_key, fact.object_key, *fact.mention_keys} - {None}
    return [key for key in mentions_of(fact.text, keys | of_fact) if key in keys - of_fact]


def learned_later(facts: Iterable[Fact], met: Mapping[tuple[str, str], int]) -> Iterator[tuple[Fact, set[str]]]:
    """The facts, in the order they were told, whose words are those of names that were met after them.

    Args:
        facts: Those of one draft.
        met: By (space, key) how many of them were told before a name was first met.
    """
    by_first_word: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for (space, key), place in met.items():
        by_first_word[space, key.partition(" ")[0]].append((key, place))
    for place, fact in enumerate(facts):
        words = set(canonical(fact.text).split())
        named = (name for word in words for name in by_first_word.get((fact.space, word), ()))
        if keys := {key for key, first in named if first > place and words.issuperset(key.split())}:
            yield fact, keys


def _is_looked_for(key: str, fact: Fact) -> bool:
    """Names of one word are not looked for in documents: those that count stand in capitals and were read there, the
    others lead everywhere (1 point of R@5 on MuSiQue).
    """
    return fact.role != "document" or " " in key
