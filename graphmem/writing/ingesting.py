"""The counts of `add_many` and `catch_up`, batch by batch, and what they would be."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from graphmem.models import Change, Ingested, Usage
from graphmem.moment import Clock
from graphmem.protocols import Extractor, Question, Store
from graphmem.writing import hearing
from graphmem.writing.intake import Arrival
from graphmem.writing.rereading import Rereader, Tally


@dataclass(slots=True)
class Counts:
    """What was written since `started`, and what a language model cost meanwhile."""

    started: datetime
    episodes: int = 0
    known: int = 0
    facts: int = 0
    kinds: Counter[str] = field(default_factory=Counter[str])
    tally: Tally = field(default_factory=Tally)

    def count(self, changes: Sequence[Change], *, arrived: int = 0) -> None:
        """Count a batch by its changes; those without an id were known, and nothing was written of them."""
        written = [change for change in changes if change.id]
        fresh = len({change.episode_id for change in written})
        self.episodes += fresh
        self.known += max(0, arrived - fresh)
        self.facts += sum(change.kind == "added" and change.fact_id is not None for change in written)
        self.kinds.update(change.kind for change in written)

    def ingested(self, now: datetime) -> Ingested:
        """The counts as they are told."""
        return Ingested(
            episodes=self.episodes,
            known=self.known,
            facts=self.facts,
            changes=dict(self.kinds),
            seconds=(now - self.started).total_seconds(),
            usage=self.tally.usage,
            pending=self.tally.pending,
        )


async def estimated(
    batches: Iterable[Sequence[Arrival]],
    store: Store,
    rules: Extractor,
    rereader: Rereader | None,
    *,
    started: datetime,
    clock: Clock,
) -> Ingested:
    """What remembering some batches would do, by what rules read in them; nothing is written, and no model asked."""
    episodes = known = facts = 0
    usage = Usage()
    for batch in batches:
        asked = tuple((arrival.episode.space, arrival.identity) for arrival in batch)
        there = (await store.known(Question(episodes=asked))).episodes
        fresh = [hearing.heard(of.episode) for of, place in zip(batch, asked, strict=True) if place not in there]
        extractions = await rules.extract(fresh, hearing.settings(fresh, {}))
        episodes += len(fresh)
        known += len(batch) - len(fresh)
        facts += sum(len(extraction.claims) for extraction in extractions)
        if rereader is not None:
            usage += await rereader.estimate(fresh, extractions)
    seconds = (clock() - started).total_seconds()
    return Ingested(episodes=episodes, known=known, facts=facts, usage=usage, seconds=seconds, is_dry_run=True)
