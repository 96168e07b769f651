"""What memory is made of, as frozen models: episodes, entities, facts, changes, and what a recall returns.

Times are aware, in UTC. Open ends are None here; stores keep them as far-future dates (see `graphmem.moment`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, computed_field, model_validator

from graphmem.moment import FAR_FUTURE, FAR_PAST, Utc, Version
from graphmem.scope import Layer, layer_of

if TYPE_CHECKING:
    import networkx
    import pandas

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


class Episode(Model):
    """One thing said, or one document, word for word."""

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
    def _without_layer(cls, given: Any) -> Any:  # whatever pydantic is given; `object` is a field here
        """A fact is read from its own JSON, which tells the layer beside the space that it follows from."""
        if not isinstance(given, Mapping):
            return given
        fields = cast("Mapping[str, Any]", given)
        return {name: value for name, value in fields.items() if name != "layer"}

    @computed_field
    @property
    def layer(self) -> Layer:
        """Whose memory it is part of."""
        return layer_of(self.space)

    def version(self, known_from: datetime) -> Version:
        """The validity of this fact as a version believed from `known_from` on."""
        return Version(
            valid_from=self.valid_from or FAR_PAST, valid_to=self.valid_to or FAR_FUTURE, known_from=known_from
        )

    def __str__(self) -> str:
        return self.text


class Change(Model):
    """One entry of the journal: what happened to a fact or an episode, when, by whom and why.

    `before` and `after` are ids of facts. The journal stores ids; `text` is filled in when it is read.
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
        return f"{day}{self.kind:<10} {self.text or self.fact_id or self.episode_id or ''}".rstrip()


class Step(Model):
    """One fact of a path, with its proof. `via` is the entity that leads to the next step."""

    fact_id: str
    text: str
    episode_id: str
    source_id: str | None
    said_at: Utc
    speaker: str | None
    quote: str
    via: str | None = None


class Path(Model):
    """Facts in a chain: each shares an entity with the next, the `via` of its step.

    Every fact of a chain holds at the moment asked about, and an episode that was known then says it.
    """

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return " · ".join(step.text for step in self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def graph(self) -> "networkx.MultiDiGraph[str]":
        """Its facts, the entities that join them and the episodes that say them, as a networkx graph."""
        from graphmem.recall.views import path_to_networkx

        return path_to_networkx(self)

    def to_df(self) -> "pandas.DataFrame":
        """One row a fact, in the order of the chain. Needs pandas.

        Raises:
            PartMissing: pandas is not installed.
        """
        from graphmem.recall.views import path_to_df

        return path_to_df(self)


class Hit(Model):
    """An episode that answers, with its best fact; None where only the raw text matched.

    `score`, in [0, 1], means the same for every question and every store, and never rises along the hits. That of the
    first is the recall's `confidence`, the chance that memory answers the question; each of the others has the part of
    it that what it was ranked by is of the most that any was ranked by.

    `signals` are the shares that add up to what it was ranked by: `dense`, `words`, `link`, `walk`, `path`, `cover`,
    `follow`, in chats `near`, `session`, `date`, `speaker`, `user`, `fact`, `asks`, `length`, and `outdated`, which
    takes away. One that is 1 and no share says how the store found the nearest vectors: `nearest_exact`,
    `nearest_filtered` or `nearest_index`.

    `is_outdated` marks an episode whose matching facts do not hold at the moment asked about: `fact` is one of these,
    and stands on its path alone. Without the mark, `fact` holds.
    """

    text: str
    score: float
    layer: Layer
    fact: Fact | None
    episode_id: str
    source_id: str | None
    path: Path | None
    signals: Mapping[str, float]
    quote: str
    said_at: Utc
    speaker: str | None = None
    valid_from: OpenUtc = None
    valid_to: OpenUtc = None
    is_outdated: bool = False

    def __str__(self) -> str:
        who = f"{self.speaker}, " if self.speaker else ""
        note = ", no longer holds" if self.is_outdated else ""
        return f"{self.path if self.path and len(self.path) > 1 else self.text}   ({who}{self.said_at:%Y-%m-%d}{note})"

    def explain(self) -> str:
        """Why it is a hit, in words: each step of its path with date, speaker, quote and source, then the shares of
        what it was ranked by.
        """
        from graphmem.recall.context import explain

        return explain(self)


class Dropped(Model):
    """Why a fact is not among the hits: the last stage it reached and what it lacked there.

    `not known`: not part of the memory asked, or not believed at the moment of the recall. `not read`: too far from the
    question. `not holding`: not true at the moment asked about. `outranked`: read, but others came first.
    """

    fact_id: str
    stage: Literal["not known", "not read", "not holding", "outranked", "returned"]
    reason: str


class Trace(Model):
    """What recall looked at, kept for `Recall.why_not`: the spaces, each episode's rank and what it was ranked by, the
    best episode of each fact, and which facts do not hold. Where a language model was asked to choose, by whom.
    """

    spaces: tuple[str, ...] = ()
    ranks: Mapping[str, int] = Field(default_factory=dict)
    scores: Mapping[str, float] = Field(default_factory=dict)
    episode_of: Mapping[str, str] = Field(default_factory=dict)
    former: frozenset[str] = frozenset()
    chosen_by: str | None = None  # who chose the order last, where a language model was asked to


class Recall(Model):
    """What memory has to say to a question: hits, best first, each with its proof.

    `enough` is an abstention signal: False where memory holds nothing that would answer. `sources` are the distinct
    source ids (or episode ids, where a text came without one), best first, beyond the hits.
    """

    question: str
    at: Utc
    known_at: Utc
    hits: tuple[Hit, ...] = ()
    sources: tuple[str, ...] = ()
    enough: bool = False
    confidence: float = 0.0
    trace: Trace = Field(default_factory=Trace, exclude=True, repr=False)

    def __iter__(self) -> Iterator[Hit]:  # type: ignore[override]
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def __str__(self) -> str:
        return "\n".join(map(str, self.hits)) or "Nothing known."

    def by_layer(self) -> dict[Layer, list[Hit]]:
        """The hits grouped by layer, in the fixed order of layers; within one, best first."""
        from graphmem.recall.context import by_layer

        return by_layer(self)

    def context(self, *, max_tokens: int = 1000) -> str:
        """The hits as notes for a prompt: grouped by layer, dated, inside a fence that says they are data.

        Args:
            max_tokens: Upper bound, counted at four characters a token.
        """
        from graphmem.recall.context import render

        return render(self, max_tokens=max_tokens)

    def why_not(self, fact: Fact | str) -> Dropped:
        """Which stage dropped a fact, in words.

        Args:
            fact: As `Memory.get` and `Memory.facts` give it, or its id. Of a fact that was never read, its id alone
                cannot tell why.
        """
        from graphmem.recall.context import why_not

        return why_not(self, fact)

    def graph(self) -> "networkx.MultiDiGraph[str]":
        """Entities, facts and episodes of the hits and their paths, as a networkx graph."""
        from graphmem.recall.views import recall_to_networkx

        return recall_to_networkx(self)

    def to_df(self) -> "pandas.DataFrame":
        """One row a hit. Needs pandas.

        Raises:
            PartMissing: pandas is not installed.
        """
        from graphmem.recall.views import recall_to_df

        return recall_to_df(self)


class Subgraph(Model):
    """What stands around an entity: facts that connect two entities, nearest first, and these entities.

    `centre` is the key of the entity asked about. It is the first of `entities`, the others follow by distance; each
    key stands there once, though several spaces may know it.
    """

    centre: str
    entities: tuple[Entity, ...] = ()
    facts: tuple[Fact, ...] = ()

    def __len__(self) -> int:
        return len(self.facts)

    def __str__(self) -> str:
        return "\n".join(map(str, self.facts)) or "Nothing known."

    def graph(self) -> "networkx.MultiDiGraph[str]":
        """Its entities and facts as a networkx graph."""
        from graphmem.recall.views import neighbours_to_networkx

        return neighbours_to_networkx(self)

    def to_df(self) -> "pandas.DataFrame":
        """One row a fact. Needs pandas.

        Raises:
            PartMissing: pandas is not installed.
        """
        from graphmem.recall.views import neighbours_to_df

        return neighbours_to_df(self)


class Doubt(Model):
    """Something in memory that somebody should look at: why, and what to call then.

    `unsure`: a fact that was read from words that leave it open. `duplicate`: two facts that may say the same.
    `disputed`: facts that exclude each other, and both stand. `merge`: two names that may mean the same one.
    `namesakes`: one name that may mean two people.

    `score`, in [0, 1], is the chance that the doubt is right: the fact wrong, the two one. `reason` says it in words.
    `confirm` and `reject` are calls as one writes them, on a memory bound to its owner: for an unsure fact to keep or
    to erase it, for others to follow the doubt or to go against it; None where leaving it as it is does that.
    """

    kind: Literal["unsure", "duplicate", "disputed", "merge", "namesakes"]
    reason: str
    score: float
    facts: tuple[Fact, ...] = ()
    entities: tuple[Entity, ...] = ()
    confirm: str | None = None
    reject: str | None = None

    def __str__(self) -> str:
        return f"{self.score:.2f}  {self.kind:<9}  {self.reason}"


class Usage(Model):
    """What language models and embeddings cost: calls, and tokens in and out as their server counts them."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
        )

    def __str__(self) -> str:
        return f"{self.calls} calls, {self.tokens_in} tokens in, {self.tokens_out} out"


class Ingested(Model):
    """What `add_many` or `catch_up` did. `episodes` counts those newly read, `known` those that were there already.

    `usage` is what language models cost, and `pending` how many episodes they could not read: rules did for now, and
    `catch_up` asks again. In a dry run nothing was written and nobody asked: `usage` is an estimate, and so is `facts`.
    """

    episodes: int = 0
    known: int = 0
    facts: int = 0
    changes: Mapping[str, int] = Field(default_factory=dict)
    seconds: float = 0.0
    usage: Usage = Usage()
    pending: int = 0
    is_dry_run: bool = False

    def __str__(self) -> str:
        again = f", {self.known} known already" if self.known else ""
        cost = f", {self.usage}" if self.usage.calls else ""
        left = f", {self.pending} not read by the model yet" if self.pending else ""
        if self.is_dry_run:
            return f"would remember {self.episodes} episodes{again}, about {self.facts} facts{cost}"
        return f"{self.episodes} episodes{again}, {self.facts} facts in {self.seconds:.1f} s{cost}{left}"


class Citation(Model):
    """What an answer rests on: a fact where there is one, and the episode that says it, in its own words."""

    fact_id: str | None
    episode_id: str
    source_id: str | None
    text: str
    quote: str
    said_at: Utc
    speaker: str | None = None

    def __str__(self) -> str:
        who = f"{self.speaker}, " if self.speaker else ""
        return f"{self.text}   ({who}{self.said_at:%Y-%m-%d})"


class Answer(Model):
    """What memory says to a question, in words, with what it rests on.

    `text` is None where memory declines: it holds nothing that would answer. `worded_by` is the language model that
    found the words, or `"memory"` where the best path is given as it stands; `note` says why, or what was left out.
    Every citation was among what the model was shown. `recall` is what it was answered from, and no part of its JSON.
    """

    question: str
    text: str | None = None
    citations: tuple[Citation, ...] = ()
    worded_by: str = "memory"
    note: str | None = None
    confidence: float = 0.0
    usage: Usage = Usage()
    recall: Recall | None = Field(default=None, exclude=True, repr=False)

    def __str__(self) -> str:
        said = self.text or "Memory does not hold the answer."
        return "\n".join([said, *(f"  [{number}] {cited}" for number, cited in enumerate(self.citations, 1))])


class Receipt(Model):
    """Proof of an erasure: what went, what was out of reach, and what a search afterwards still found."""

    is_dry_run: bool
    erased: Mapping[str, int]
    unreached: tuple[str, ...] = ()
    left: Mapping[str, int] = Field(default_factory=dict)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in self.erased.items() if count) or "nothing"
        verb = "would erase" if self.is_dry_run else "erased"
        return "\n".join([f"{verb} {counts}", *(f"not reached: {place}" for place in self.unreached)])


class Stats(Model):
    """How much is kept in the spaces of a call."""

    episodes: int = 0
    facts: int = 0
    entities: int = 0
    changes: int = 0
    bytes: int | None = None
