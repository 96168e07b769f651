"""What is reported of it: doubts, costs, counts, answers and receipts."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from graphmem.counted import counted
from graphmem.models.found import Recall
from graphmem.models.kept import Entity, Fact, Model
from graphmem.moment import Utc


class Doubt(Model):
    """Something in memory that somebody should look at: why, and what to call then.

    `unsure`: a fact that was read from words that leave it open. `duplicate`: two facts that may say the same.
    `disputed`: facts that exclude each other, and both stand. `merge`: two names that may mean the same one.
    `namesakes`: one name that may mean two people. `due`: what is shared, and was to be looked at again by now.

    `score`, in [0, 1], is the chance that the doubt is right: the fact wrong, the two one. `reason` says it in words.
    `confirm` and `reject` are calls as one writes them, on a memory bound to its owner: for an unsure fact to keep or
    to erase it, for others to follow the doubt or to go against it; None where leaving it as it is does that.
    """

    kind: Literal["unsure", "duplicate", "disputed", "merge", "namesakes", "due"]
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
        episodes, facts = counted(self.episodes, "episodes"), counted(self.facts, "facts")
        if self.is_dry_run:
            return f"would remember {episodes}{again}, about {facts}{cost}"
        return f"{episodes}{again}, {facts} in {self.seconds:.1f} s{cost}{left}"


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
    """Proof of an erasure: what went, what was out of reach, and what a search afterwards still found.

    `left` counts what must not be there: erased records, their words and vectors in the indexes, and `texts`: records
    of the owner that still say the fact or name the entity that was forgotten, in any case. `resembling` counts
    records that hold a part of an erased name or a form of it ("Berg" of "Anna Berg"), which may mean somebody else.
    """

    is_dry_run: bool
    erased: Mapping[str, int]
    unreached: tuple[str, ...] = ()
    left: Mapping[str, int] = Field(default_factory=dict)
    resembling: int = 0

    def __str__(self) -> str:
        counts = ", ".join(counted(count, kind) for kind, count in self.erased.items() if count) or "nothing"
        verb = "would erase" if self.is_dry_run else "erased"
        lines = [f"{verb} {counts}", *(f"not reached: {place}" for place in self.unreached)]
        lines += [f"still there: {counted(count, kind)}" for kind, count in self.left.items() if count]
        if self.resembling:
            lines.append(f"alike: {counted(self.resembling, 'records')} with a part of the name, left alone")
        return "\n".join(lines)


class Stats(Model):
    """How much is kept in the spaces of a call."""

    episodes: int = 0
    facts: int = 0
    entities: int = 0
    changes: int = 0
    bytes: int | None = None
