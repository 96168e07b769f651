"""What is found in it: paths, hits, recalls and neighbourhoods."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from graphmem.models.kept import Entity, Fact, Model, OpenUtc
from graphmem.moment import Utc
from graphmem.scope import Layer

if TYPE_CHECKING:
    import networkx
    import pandas


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

    `start` and `end` are the names it leads from and to, None where a fact at its end has no other name than that which
    joins it. Every fact of a chain holds at the moment asked about, and an episode that was known then says it.
    """

    steps: tuple[Step, ...]
    start: str | None = None
    end: str | None = None

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
    `follow`, in chats `near`, `covered`, `session`, `date`, `speaker`, `user`, `fact`, `asks`, `length`, and
    `outdated`, which takes away. One that is 1 and no share says how the store found the nearest vectors:
    `nearest_exact`, `nearest_filtered` or `nearest_index`.

    `is_outdated` marks an episode whose matching facts do not hold at the moment asked about: `fact` is one of these,
    and stands on its path alone. Without the mark, `fact` holds. `is_disputed` marks a fact that another contradicts
    which holds as well: neither closed the other, as the later one comes from a less trusted source.
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
    is_disputed: bool = False

    def __str__(self) -> str:
        who = f"{self.speaker}, " if self.speaker else ""
        note = ", no longer holds" if self.is_outdated else ", disputed" if self.is_disputed else ""
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
    question. `not wanted`: the filter left it out. `not holding`: not true at the moment asked about. `outranked`:
    read, but others came first.
    """

    fact_id: str
    stage: Literal["not known", "not read", "not wanted", "not holding", "outranked", "returned"]
    reason: str


class Trace(Model):
    """What recall looked at, kept for `Recall.why_not`: the spaces, each episode's rank and what it was ranked by, the
    best episode of each fact, which facts do not hold, and which a filter left out. Where a language model was asked to
    choose, by whom.
    """

    spaces: tuple[str, ...] = ()
    ranks: Mapping[str, int] = Field(default_factory=dict)
    scores: Mapping[str, float] = Field(default_factory=dict)
    episode_of: Mapping[str, str] = Field(default_factory=dict)
    former: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
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


class Topic(Model):
    """The facts of a profile that are about one thing. `name` is a category."""

    name: str
    facts: tuple[Fact, ...] = ()


class Profile(Model):
    """What holds of somebody at a moment, by topic. Facts that did not fit are counted by `left_out`."""

    at: Utc
    topics: tuple[Topic, ...] = ()
    left_out: int = 0

    def __len__(self) -> int:
        return sum(len(topic.facts) for topic in self.topics)

    def __str__(self) -> str:
        from graphmem.recall.profile import lines_of

        return "\n".join(lines_of(self)) or "Nothing known."

    def context(self) -> str:
        """The profile as notes for a prompt, inside a fence that says they are data."""
        from graphmem.recall.profile import render

        return render(self)
