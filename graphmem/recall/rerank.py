"""The last choice among the best hits by a language model: one call, and our own order wherever that fails."""

import logging
from collections.abc import Sequence

from pydantic import BaseModel

from graphmem.errors import ModelError
from graphmem.llm import asking
from graphmem.models import Hit, Recall, Usage
from graphmem.protocols import LanguageModel, Prompt
from graphmem.recall import showing

log = logging.getLogger("graphmem.llm")

AMONG = 20
"""Hits that are shown."""

ROOM = 1_000
"""Tokens for the answer: twenty numbers, and what a model thinks before."""

MAX_TOKENS = 4_000
"""Of the notes."""


class Chosen(BaseModel):
    """The numbers of the notes that help, best first."""

    notes: list[int]


async def reranked(model: LanguageModel, recall: Recall, *, limit: int) -> tuple[Recall, Usage]:
    """The hits of a recall in the order that a model chose, cut to `limit`, and what that cost.

    Those it did not choose follow in their own order, and scores stay with the places, so that they still fall. The
    trace says who chose, or why nobody did.
    """
    if len(recall.hits) < 2:
        return _cut(recall, recall.hits, limit, None), Usage()
    notes = [showing.whole(hit) for hit in recall.hits[:AMONG]]
    text, many = showing.shown(recall.question, notes, showing.marks_of(recall), max_tokens=MAX_TOKENS)
    prompt = Prompt("choose", asking.instructions("choose"), text, asking.strict_schema(Chosen), ROOM)
    try:
        chosen, usage = await asking.ask(model, prompt, Chosen)
    except ModelError as error:
        log.warning("hits are not chosen by %s: %s", model.identity, error.reason)
        return _cut(recall, recall.hits, limit, f"not {model.identity}: {error.reason}"), error.usage or Usage()
    first = [recall.hits[number - 1] for number in dict.fromkeys(chosen.notes) if 1 <= number <= many]
    return _cut(recall, [*first, *(hit for hit in recall.hits if hit not in first)], limit, model.identity), usage


def _cut(recall: Recall, hits: Sequence[Hit], limit: int, chosen_by: str | None) -> Recall:
    scores = sorted((hit.score for hit in hits), reverse=True)
    placed = [hit.model_copy(update={"score": score}) for hit, score in zip(hits, scores, strict=True)]
    first = [hit.source_id or hit.episode_id for hit in placed]
    return recall.model_copy(
        update={
            "hits": tuple(placed[:limit]),
            "sources": tuple(dict.fromkeys((*first, *recall.sources))),
            "trace": recall.trace.model_copy(update={"chosen_by": chosen_by}),
        }
    )
