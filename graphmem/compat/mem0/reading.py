"""How texts become memories where no statement is found in them, or none is looked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphmem.extraction import names
from graphmem.extraction.sentences import PASSING, QUESTION
from graphmem.models import Episode
from graphmem.protocols import Claim, Extraction, Extractor, Name, Setting


class Verbatim:
    """Each text is one memory, word for word: what `infer=False` asks for."""

    blocks = True
    identity = "verbatim"

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:  # noqa: ARG002 - nobody is spoken of
        """One claim a text."""
        return [Extraction((_whole(episode),)) for episode in episodes]


@dataclass(frozen=True, slots=True)
class _Over:
    """Another extractor is asked first."""

    extractor: Extractor

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        return self.extractor.blocks

    @property
    def identity(self) -> str:
        """That of the extractor."""
        return self.extractor.identity


class Noting(_Over):
    """A text in which no statement is found is one memory, word for word: a program that passes a plain text means it
    to be kept. Questions and greetings are not.
    """

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """What the extractor finds, or the text."""
        found = await self.extractor.extract(episodes, settings)
        return [
            replace(extraction, claims=(_whole(episode),)) if _is_note(episode, extraction) else extraction
            for episode, extraction in zip(episodes, found, strict=True)
        ]


def _is_note(episode: Episode, extraction: Extraction) -> bool:
    if extraction.claims or not episode.text.strip():
        return False
    reasons = {of.reason for of in extraction.passed_over}
    return not reasons or not reasons <= {QUESTION, PASSING}


def _whole(episode: Episode) -> Claim:
    text = episode.text
    mentions = tuple(Name(span, names.canonical(span)) for span in names.spans(text))
    return Claim(text=text, start=0, end=len(text), mentions=mentions, kind="note", confidence=1.0)


class Worded(_Over):
    """What an extractor finds, in the words that the program chose: a memory that is updated says what it was told."""

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """Every claim with the whole text."""
        found = await self.extractor.extract(episodes, settings)
        return [
            replace(extraction, claims=tuple(replace(claim, text=episode.text) for claim in extraction.claims))
            for episode, extraction in zip(episodes, found, strict=True)
        ]
