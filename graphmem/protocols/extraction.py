"""What reads claims out of what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from graphmem.models import EntityType, Episode, FactKind, Modality, State, When


@dataclass(frozen=True, slots=True)
class Name:
    """An entity as a text names it. `key` is its canonical form (`graphmem.extraction.names.canonical`)."""

    name: str
    key: str
    type: EntityType = "thing"
    is_common: bool = False  # a noun, kin or possession phrase rather than a proper name


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement found in a text, not yet compared with what is known.

    `text` stands on its own: pronouns resolved, dated where the words allow it. `start` and `end` are the characters
    of the episode it was read from. `op` says what the statement does: `assert` a state or event, `end` one that no
    longer holds, `past` one that held only earlier, `retract` one that was wrong.
    """

    text: str
    start: int
    end: int
    subject: Name | None = None
    predicate: str | None = None
    object: Name | str | None = None
    mentions: tuple[Name, ...] = ()
    op: Literal["assert", "end", "past", "retract"] = "assert"
    kind: FactKind = "state"
    is_negated: bool = False
    modality: Modality = "asserted"
    when: When | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    confidence: float = 0.8
    is_lasting: bool = True  # belongs to the user layer even when a session is named
    replaces: tuple[str, ...] = ()  # ids of known facts that it takes the place of, says who read it: rules judge
    kept_as: str | None = None  # what a fact says instead of `text`, where the words of the episode are not kept

    @property
    def kept_text(self) -> str:
        """What a fact made of it says."""
        return self.text if self.kept_as is None else self.kept_as


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A sentence that gave no fact: characters `[start, end)` of the episode, and why, in words."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one episode says: claims in order, and a name the speaker gave themselves.

    `read_by` says who read it, where that is not the same for all; `notes` what was left out and why, never its words.
    `passed_over` lists the sentences that gave no fact, for whoever asks why; memory keeps nothing of it.
    """

    claims: tuple[Claim, ...] = ()
    learned_name: str | None = None
    state: State = "done"
    read_by: str | None = None
    notes: tuple[str, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What an extractor may know beside the text: who "I" and "you" are, and what was said just before.

    `before` holds the turns of the same conversation that memory has, the last one last, each with its own speaker;
    pronouns may refer back to them. Nothing is to be read in them again.
    """

    speaker: str
    addressee: str | None = None
    before: "tuple[tuple[Episode, Setting], ...]" = ()


class Extractor(Protocol):
    """Texts to claims."""

    @property
    def blocks(self) -> bool:
        """Whether the work is done in the calling thread."""
        ...

    @property
    def identity(self) -> str:
        """Name and version of the rules or the model."""
        ...

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """One extraction per episode, in order. Episodes of one session come in the order they were said, and
        pronouns may refer back within the batch.
        """
        ...
