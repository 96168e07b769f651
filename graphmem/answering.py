"""A question answered in words from what recall found, with citations, or declined."""

import logging
from collections.abc import Sequence

from pydantic import BaseModel

from graphmem.counted import counted
from graphmem.errors import ModelError
from graphmem.llm import asking
from graphmem.models import Answer, Citation, Recall, Usage
from graphmem.protocols import LanguageModel, Prompt
from graphmem.recall import showing

log = logging.getLogger("graphmem.llm")

MAX_TOKENS = 3_000
"""Of the notes that a model is shown."""

ROOM = 1_500
"""Tokens for the answer, and for what a model thinks before."""

PLAINLY = "the best path as it stands"
"""What is said of an answer that no model worded."""


class Worded(BaseModel):
    """What a model answers: a text or none, and the numbers of the notes it rests on."""

    answer: str | None
    notes: list[int]


async def answered(model: LanguageModel | None, recall: Recall) -> Answer:
    """Answer from a recall: by a model where there is one, else by the best path as it stands.

    Memory declines where the recall is not enough, without asking anybody, and where the model finds no answer in the
    notes. Where the model fails, or names none of the notes it was shown, the best path is given.
    """
    if not recall.enough or not recall.hits:
        return _declined(recall, "memory holds nothing close enough to be sure")
    if model is None:
        return _plain(recall, PLAINLY)
    notes = showing.notes_of(recall)
    text, many = showing.shown(recall.question, notes, showing.marks_of(recall), max_tokens=MAX_TOKENS)
    prompt = Prompt("answer", asking.instructions("answer"), text, asking.strict_schema(Worded), ROOM)
    try:
        worded, usage = await asking.ask(model, prompt, Worded)
    except ModelError as error:
        log.warning("a question is not answered by %s: %s", model.identity, error.reason)
        return _plain(recall, f"{PLAINLY}: {model.identity} did not answer ({error.reason})", error.usage or Usage())
    if worded.answer is None or not worded.answer.strip():
        return _declined(recall, f"{model.identity} finds no answer in what memory holds", usage)
    cited = [notes[number - 1] for number in dict.fromkeys(worded.notes) if 1 <= number <= many]
    if not cited:
        return _plain(recall, f"{PLAINLY}: {model.identity} named no note it was shown", usage)
    invented = len(set(worded.notes)) - len(cited)
    note = f"{counted(invented, 'citations')} of what was not shown: left out" if invented else None
    return _answer(recall, worded.answer.strip(), cited, model.identity, note, usage)


def _plain(recall: Recall, note: str, usage: Usage | None = None) -> Answer:
    path = showing.best_path(recall)
    return _answer(recall, " ".join(map(_sentence, path)), path, "memory", note, usage or Usage())


def _sentence(cited: Citation) -> str:
    text = " ".join(cited.text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _declined(recall: Recall, note: str, usage: Usage | None = None) -> Answer:
    return _answer(recall, None, (), "memory", note, usage or Usage())


def _answer(
    recall: Recall, text: str | None, citations: Sequence[Citation], worded_by: str, note: str | None, usage: Usage
) -> Answer:
    return Answer(
        question=recall.question,
        text=text,
        citations=tuple(citations),
        worded_by=worded_by,
        note=note,
        confidence=recall.confidence,
        usage=usage,
        recall=recall,
    )
