"""What a question means to the memory that is asked: what it names there, and how rare its words are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from graphmem.extraction.names import candidate_keys
from graphmem.moment import Moment
from graphmem.protocols import Embedder, Reader, Statistics, Vector, WeighsWords
from graphmem.recall.chat import Talk
from graphmem.recall.question import (
    Words,
    date_asked,
    entities_named,
    foreign_share,
    is_past,
    speakers_named,
    speaks_of_self,
    talks_of_oneself,
    tellers_of_self,
    word_weight,
)
from graphmem.recall.settings import Settings
from graphmem.words import stems

WORDS_UNTIL = 20_000
"""Characters of a question whose words are looked for."""

HEAD = 2_000
"""Characters of it that names, dates and meaning are taken from."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the memory that is asked understands it.

    Attributes:
        vector: Its meaning.
        named: Keys of the entities that it names, the asker among them where it speaks of "I".
        linked: Keys of those whose facts count by themselves: not the speakers.
        selves: Keys of "I".
        speakers: Names of all who speak, in lower case.
        talk: What it says about a conversation.
        is_past: Whether it asks for what was, so that what came later is no better an answer.
        foreign: Which part of the names in it stands nowhere in memory.
        words: Its words.
        statistics: How common they are in the memory that is asked, and how long its episodes.
    """

    vector: Vector
    named: Sequence[str]
    linked: Sequence[str]
    selves: Sequence[str]
    speakers: Sequence[str]
    talk: Talk
    is_past: bool
    foreign: float
    words: Words
    statistics: Statistics


VectorOf = Callable[[Statistics], Vector]
"""Gives a question's vector, once it is known how common words are in the memory that is asked."""


async def vector_of(embedder: Embedder, question: str) -> VectorOf:
    """What an embedder is waited for is done when this returns: a reading of the store waits for nothing else."""
    head = question[:HEAD]
    if _weighs_words(embedder):
        return lambda statistics: embedder.weighted(head, word_weight(statistics))
    [vector] = await embedder.embed([head], purpose="query")
    return lambda _: vector


async def understood(
    reader: Reader, vector: VectorOf, spaces: Sequence[str], question: str, *, moment: Moment, settings: Settings
) -> Asked:
    """Look up what the question names, and how rare its words are."""
    words_asked = list(dict.fromkeys(stems(question[:WORDS_UNTIL])))
    head = question[:HEAD]
    keys = list(dict.fromkeys(candidate.key for candidate in candidate_keys(head, is_question=True)))
    lookup = await reader.lookup(spaces, keys=keys, stems=words_asked, known_at=moment.known_at)
    named = entities_named(head, lookup)
    asker = list(lookup.selves) if speaks_of_self(head) else []
    asked = list(dict.fromkeys([*named, *asker]))
    return Asked(
        vector=vector(lookup.statistics),
        named=asked,
        linked=[key for key in asked if key not in lookup.speakers],
        selves=lookup.selves,
        speakers=sorted(lookup.speakers),
        is_past=is_past(head),
        foreign=foreign_share(head, lookup.statistics),
        talk=Talk(
            date_asked(head), speakers_named(head, lookup), tellers_of_self(head, lookup), talks_of_oneself(head)
        ),
        words=Words.of(words_asked, lookup.statistics, limit=settings.stems),
        statistics=lookup.statistics,
    )


def _weighs_words(embedder: Embedder) -> TypeGuard[WeighsWords]:
    """Not `isinstance`: it does not see what a pooled embedder has from the one inside it (from Python 3.12 on)."""
    return hasattr(embedder, "weighted")
