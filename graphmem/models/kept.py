"""What memory keeps: what was said, who and what it is about, what is stated of them, and what was done to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, computed_field, model_validator

from graphmem.moment import FAR_FUTURE, FAR_PAST, Utc, Version
from graphmem.scope import Layer, layer_of

Role = Literal["user", "assistant", "tool", "system", "document"]
State = Literal["done", "pending", "raw"]
EntityType = Literal["person", "organisation", "place", "thing", "event"]
FactKind = Literal["state", "event", "habit", "plan", "note"]
Modality = Literal[
    "asserted", "desire", "intention", "future", "possible", "hypothetical", "ability", "advice", "obligation"
]
ChangeKind = Literal[
    "added",
    "corrected",
    "disputed",
    "redacted",
    "skipped",
    "superseded",
    "ended",
    "retracted",
    "refused",
    "restored",
    "merged",
    "unmerged",
    "promoted",
    "expired",
    "erased",
]
Metadata = Mapping[str, JsonValue]


def _open_end(value: object) -> object:
    return None if value in (FAR_FUTURE, FAR_PAST) else value


OpenUtc = Annotated[Utc | None, BeforeValidator(_open_end)]


class Model(BaseModel):
    """A value: it never changes, and two that say the same are equal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """What a notebook shows of it."""
        from graphmem.display import mimebundle

        return mimebundle(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 - as IPython calls it
        """What a terminal of IPython shows of it, also where it stands in a list."""
        from graphmem.display import in_a_line

        printer.text(in_a_line(self))


class Episode(Model):
    """One thing said, or one document, word for word unless `text_digest` says otherwise."""

    id: str
    space: str
    text: str
    role: Role = "user"
    speaker: str | None = None
    session: str | None = None
    agent_id: str | None = None
    title: str | None = None
    said_at: Utc
    recorded_at: Utc | None = None  # the store's clock; None until it is written
    source_id: str | None = None
    metadata: Metadata = Field(default_factory=dict)
    state: State = "done"
    expires_at: OpenUtc = None  # it and the facts that it alone supports are gone then; None stays
    text_digest: str | None = None  # of what was said, where `text` only tells what of it is kept (`keep_raw=False`)


class Entity(Model):
    """Who or what. Unique by (space, key)."""

    space: str
    key: str
    name: str
    aliases: tuple[str, ...] = ()
    type: EntityType = "thing"
    degree: int = 0  # episodes that touch it
    is_common: bool = False  # a noun, kin or possession phrase: a bridge for recall, hidden from listings


class When(Model):
    """A time as it was said: always an interval and its grain. `end` is exclusive; an open side is None."""

    start: OpenUtc = None
    end: OpenUtc = None
    grain: str
    words: str


class Evidence(Model):
    """Where a fact was read: characters `[start, end)` of an episode's text."""

    episode_id: str
    start: int
    end: int


_FOLLOWS = frozenset(("layer", "categories"))
"""What a fact tells that follows from the rest of it."""


class Fact(Model):
    """One statement with a validity, and a triple where it has one.

    `subject`, `object` and `mentions` are names as people write them; the fields ending in `key` say which entity
    each of them is. An object without a key is a literal.
    """

    id: str
    space: str
    text: str
    subject: str | None = None
    subject_key: str | None = None
    predicate: str | None = None
    object: str | None = None
    object_key: str | None = None
    mentions: tuple[str, ...] = ()
    mention_keys: tuple[str, ...] = ()
    kind: FactKind = "state"
    is_negated: bool = False
    modality: Modality = "asserted"
    confidence: float = 1.0
    role: Role = "user"
    when: When | None = None
    valid_from: OpenUtc = None
    valid_to: OpenUtc = None
    known_from: Utc | None = None  # the store's clock; None until it is written
    known_to: OpenUtc = None
    metadata: Metadata = Field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _without_what_follows(cls, given: Any) -> Any:  # whatever pydantic is given; `object` is a field here
        """A fact is read from its own JSON, which tells the layer and the categories beside what they follow from."""
        if not isinstance(given, Mapping):
            return given
        fields = cast("Mapping[str, Any]", given)
        if _FOLLOWS.isdisjoint(fields):
            return fields
        return {name: value for name, value in fields.items() if name not in _FOLLOWS}

    @computed_field
    @property
    def layer(self) -> Layer:
        """Whose memory it is part of."""
        return layer_of(self.space)

    @computed_field
    @property
    def categories(self) -> tuple[str, ...]:
        """What it is about, of fifteen categories, at least one: see docs/filters.md."""
        from graphmem.extraction.categories import categories_of

        return categories_of(self.text, self.predicate)

    def version(self, known_from: datetime) -> Version:
        """The validity of this fact as a version believed from `known_from` on."""
        return Version(
            valid_from=self.valid_from or FAR_PAST, valid_to=self.valid_to or FAR_FUTURE, known_from=known_from
        )

    def __str__(self) -> str:
        return self.text


class Change(Model):
    """One entry of the journal: what happened to a fact, an episode or two entities, when, by whom and why.

    `before` and `after` are ids of facts, or of a merge the keys of its entities. The journal stores ids; `text` is
    filled in when it is read.
    """

    id: str = ""
    space: str
    at: Utc | None = None  # the store's clock; None until it is written
    kind: ChangeKind
    actor: str = "graphmem"
    fact_id: str | None = None
    episode_id: str | None = None
    before: str | None = None
    after: str | None = None
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    text: str | None = None

    def __str__(self) -> str:
        day = f"{self.at:%Y-%m-%d}  " if self.at else ""
        pair = f"{self.before} and {self.after}" if self.before and self.after else ""
        return f"{day}{self.kind:<10} {self.text or self.fact_id or self.episode_id or pair}".rstrip()
