"""What answers a prompt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from graphmem.models import Usage


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is asked.

    Attributes:
        name: What for, in a word: `extract`, `answer`, `choose`.
        instructions: What to do, the same each time.
        text: What to do it with.
        schema: The shape of the answer, as strict JSON Schema.
        limit: Room for the answer, in tokens.
    """

    name: str
    instructions: str
    text: str
    schema: Mapping[str, object]
    limit: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a language model answered: JSON if all went well, and what it cost."""

    text: str
    usage: Usage = field(default_factory=Usage)


class LanguageModel(Protocol):
    """A question to an answer in JSON."""

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        ...

    @property
    def identity(self) -> str:
        """Name of the model; kept in the history of what it read."""
        ...

    async def answer(self, prompt: Prompt) -> Reply:
        """Answer once. Whether the answer has the shape asked for is looked at afterwards.

        Raises:
            ModelError: There is no answer; `reason` says why.
        """
        ...
