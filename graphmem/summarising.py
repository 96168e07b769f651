"""What a conversation was about, in a few of its own sentences, or in a language model's words where there is one."""

import logging
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from graphmem.errors import ModelError
from graphmem.llm import asking
from graphmem.models import Episode, Usage
from graphmem.protocols import LanguageModel, Prompt
from graphmem.words import stems

log = logging.getLogger("graphmem.llm")

SENTENCES = 3
"""Of a summary that nobody words anew."""

SHORTEST = 3
"""Stems. A shorter sentence says nothing by itself."""

LONGEST = 12_000
"""Characters of a conversation, its last, that a model is shown."""

ROOM = 800
"""Tokens for the summary, and for what a model thinks before."""

_END = re.compile(r"(?<=[.!?])\s+|\n+")


class Summary(BaseModel):
    """What a model answers."""

    summary: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    stems: frozenset[str]


async def summarised(model: LanguageModel | None, turns: Sequence[Episode]) -> tuple[str, Usage]:
    """A summary, and what it cost. Where the model fails, the conversation's own sentences are taken."""
    if model is None:
        return extracted(turns), Usage()
    said = "\n".join(f"{turn.speaker or turn.role}: {turn.text}" for turn in turns)[-LONGEST:]
    prompt = Prompt("summarise", asking.instructions("summarise"), said, asking.strict_schema(Summary), ROOM)
    try:
        told, usage = await asking.ask(model, prompt, Summary)
    except ModelError as error:
        log.warning("a session is not summarised by %s: %s", model.identity, error.reason)
        return extracted(turns), error.usage or Usage()
    return told.summary.strip() or extracted(turns), usage


def extracted(turns: Sequence[Episode]) -> str:
    """The few sentences with most of the conversation's weight, in the order they were said.

    A word weighs by the turns it stands in. One sentence after the other is taken whose words, those of the ones
    before it aside, weigh most for its length; the same turns give the same sentences.
    """
    sentences = [sentence for turn in turns if turn.role != "tool" for sentence in _sentences(turn)]
    weights = Counter(stem for turn in turns for stem in set(stems(turn.text)))
    taken: list[int] = []
    told: set[str] = set()
    for _ in range(min(SENTENCES, len(sentences))):
        worth = {
            place: sum(math.log1p(weights[stem]) for stem in sentence.stems - told) / math.sqrt(len(sentence.stems))
            for place, sentence in enumerate(sentences)
            if place not in taken
        }
        best = max(worth, key=lambda place: (worth[place], -place))
        if worth[best] <= 0:
            break
        taken.append(best)
        told |= sentences[best].stems
    return " ".join(sentences[place].text for place in sorted(taken))


def _sentences(turn: Episode) -> list[_Sentence]:
    """What a turn states: no questions, and nothing too short to be understood alone."""
    who = f"{turn.speaker or turn.role}: "
    found = (part.strip() for part in _END.split(turn.text))
    stated = [(part, frozenset(stems(part))) for part in found if part and not part.endswith("?")]
    return [_Sentence(who + part, words) for part, words in stated if len(words) >= SHORTEST]
