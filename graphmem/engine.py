"""The steps of every verb, written once: add, recall, history, forget and the rest, over any parts.

Nothing here knows which store, extractor or embedder it talks to, nor whether it is driven or awaited
(`graphmem._colour`).
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path as FilePath
from typing import Any, Literal

from graphmem import carrying, connecting, sifting
from graphmem.amending import erasing
from graphmem.amending.correcting import Corrector
from graphmem.amending.erasing import Selection
from graphmem.amending.reviewing import Review
from graphmem.answering import answered
from graphmem.difference import Diff
from graphmem.errors import InvalidInput, NotFound
from graphmem.extraction import names
from graphmem.filters import parsed
from graphmem.llm.spending import Purse
from graphmem.models import (
    Answer,
    Change,
    Doubt,
    Entity,
    Episode,
    Fact,
    Ingested,
    Path,
    Profile,
    Recall,
    Receipt,
    Stats,
    Subgraph,
)
from graphmem.moment import LATEST, Clock, Moment, utc
from graphmem.protocols import Embedder, Extraction, Extractor, LanguageModel, Store
from graphmem.recall import answer_from
from graphmem.recall.profile import profile_of
from graphmem.recall.rerank import AMONG, reranked
from graphmem.scope import LAYERS, Layer, Scope
from graphmem.writing import conversing, hearing, intake
from graphmem.writing.ingesting import Counts, estimated
from graphmem.writing.intake import Arrival, Door, Message
from graphmem.writing.layering import SESSION_LASTS
from graphmem.writing.remembering import Writer
from graphmem.writing.rereading import Rereader, Tally

log = logging.getLogger("graphmem")

BATCH = 64
"""Episodes of `add_many` that are parsed, embedded and committed together."""

MANY_HOPS = 4
"""A question of more hops than this is not a question people ask; each hop costs a read."""

MANY = 1_000_000
"""Records of one answer: who wants more of them reads page by page, or exports."""

Progress = Callable[[int], None]


class Engine:
    """All verbs over one store. Holds no state of its own but its parts: safe to share."""

    def __init__(
        self,
        store: Store,
        extractor: Extractor,
        embedder: Embedder,
        *,
        model: LanguageModel | None = None,
        is_read_by_model: bool = False,
        redacts: bool,
        clock: Clock,
        session_lasts: timedelta = SESSION_LASTS,
    ) -> None:
        self.store = store
        self.extractor = extractor
        self.embedder = embedder
        self.model = model
        self.clock = clock
        self.redacts = redacts
        self.purse = Purse()
        self.corrector = Corrector(store, extractor, embedder, clock, redacts)
        self.rereader = (
            Rereader(store, extractor, model, embedder, clock, session_lasts) if model and is_read_by_model else None
        )
        self.writer = Writer(store, extractor, embedder, clock, self.rereader, session_lasts)

    async def open(self) -> Store:
        """The store, ready for use."""
        await self.store.open(embedder=self.embedder.identity, dimensions=self.embedder.dimensions)
        return self.store

    # writing

    async def add(
        self,
        scope: Scope,
        messages: Message | Sequence[Message],
        *,
        at: datetime | None,
        title: str | None,
        source_id: str | None,
        metadata: Mapping[str, Any] | None,
        is_replacing: bool,
        is_explaining: bool = False,
        expires_at: datetime | None = None,
        keeps_raw: bool = True,
    ) -> list[Change]:
        """Remember what was said."""
        door = Door(scope, utc(self.clock()), self.redacts, expires_at, keeps_raw)
        arrivals = door.messages(messages, at=at, title=title, source_id=source_id, metadata=metadata)
        tally = Tally()
        changes = await self._read_by_model(
            scope,
            await self.remember(scope, arrivals, is_replacing=is_replacing, is_explaining=is_explaining, tally=tally),
            tally,
        )
        self.purse.pay(tally.usage)
        return changes

    async def add_many(
        self, scope: Scope, episodes: Iterable[Mapping[str, Any]], *, progress: Progress | None
    ) -> Ingested:
        """Remember many episodes, a transaction for each `BATCH`; what is known already is passed over."""
        counts = Counts(self.clock())
        for batch in self._batches(scope, episodes, counts.started):
            changes = await self.remember(scope, batch, tally=counts.tally)
            changes = await self._read_by_model(scope, changes, counts.tally)
            counts.count(changes, arrived=len(batch))
            if progress is not None:
                progress(len(batch))
        self.purse.pay(counts.tally.usage)
        return counts.ingested(self.clock())

    async def estimate(self, scope: Scope, episodes: Iterable[Mapping[str, Any]]) -> Ingested:
        """What `add_many` would do, and about what it would cost; nothing is written, and no model asked."""
        await self.open()
        started = self.clock()
        batches = self._batches(scope, episodes, started)
        return await estimated(batches, self.store, self.extractor, self.rereader, started=started, clock=self.clock)

    def _batches(
        self, scope: Scope, episodes: Iterable[Mapping[str, Any]], started: datetime
    ) -> Iterator[list[Arrival]]:
        door = Door(scope, utc(started), self.redacts)
        arrivals = (door.episode(fields, position=position) for position, fields in enumerate(episodes))
        while batch := list(islice(arrivals, BATCH)):
            yield batch

    async def catch_up(self, scope: Scope) -> Ingested:
        """Ask the language model again about every episode of an owner that it could not read."""
        if self.rereader is None:
            raise InvalidInput('nothing waits for a language model here: Memory(extractor="openai") reads by one')
        store = await self.open()
        home = scope.owned
        counts = Counts(self.clock())
        changes = await self.rereader.catch_up((home, *await store.sessions(home)), scope.user_id, counts.tally)
        counts.count(changes)
        self.purse.pay(counts.tally.usage)
        return counts.ingested(self.clock()).model_copy(update={"episodes": counts.tally.read})

    async def _read_by_model(self, scope: Scope, changes: list[Change], tally: Tally) -> list[Change]:
        return changes if self.rereader is None else await self.rereader.after(changes, scope.user_id, tally)

    async def add_facts(
        self,
        scope: Scope,
        facts: Iterable[Mapping[str, Any]],
        *,
        expires_at: datetime | None = None,
        is_replacing: bool = False,
    ) -> list[Change]:
        """Remember statements as they are given: no extractor."""
        door = Door(scope, utc(self.clock()), self.redacts, expires_at)
        statements = [door.statement(fields, position=position) for position, fields in enumerate(facts)]
        stated = {statement.arrival.episode.id: hearing.stated(statement) for statement in statements}
        arrivals = [statement.arrival for statement in statements]
        return await self.remember(scope, arrivals, stated=stated, is_replacing=is_replacing)

    async def remember(
        self,
        scope: Scope,
        arrivals: Sequence[Arrival],
        *,
        is_replacing: bool = False,
        is_explaining: bool = False,
        stated: Mapping[str, Extraction] | None = None,
        tally: Tally | None = None,
    ) -> list[Change]:
        """Extract, embed, reconcile and write; decided anew when another writer came in between."""
        await self.open()
        return await self.writer.remember(
            scope,
            arrivals,
            is_replacing=is_replacing,
            is_explaining=is_explaining,
            stated=stated,
            tally=tally or Tally(),
        )

    # reading

    async def recall(
        self,
        scope: Scope,
        question: str,
        *,
        limit: int,
        at: datetime | None,
        known_at: datetime | None,
        hops: int,
        layers: Sequence[Layer] | None,
        filters: Mapping[str, Any] | None = None,
        rerank: Literal["llm"] | None = None,
    ) -> Recall:
        """What memory has to say to a question."""
        asked = intake.checked_question(question)
        intake.checked_number("limit", limit, 1, MANY)
        intake.checked_number("hops", hops, 0, MANY_HOPS)
        if layers is not None and (isinstance(layers, str) or not layers or not set(layers) <= set(LAYERS)):
            raise InvalidInput(f"layers={layers!r}: pass a list of some of {', '.join(LAYERS)}")
        if rerank is not None and (rerank != "llm" or self.model is None):
            raise InvalidInput(f'rerank={rerank!r}: pass "llm", to a memory with a language model (model="openai")')
        store = await self.open()
        recall = await answer_from(
            store,
            self.embedder,
            scope.readable,
            asked,
            moment=self.moment(at, known_at),
            limit=limit if rerank is None else max(limit, AMONG),
            hops=hops,
            layers=layers,
            wanted=parsed(filters),
            focus=await conversing.focus(store, scope),
        )
        if rerank is not None and self.model is not None:
            recall, usage = await reranked(self.model, recall, limit=limit)
            self.purse.pay(usage)
        return recall if known_at else recall.model_copy(update={"known_at": utc(self.clock())})

    async def answer(
        self,
        scope: Scope,
        question: str,
        *,
        limit: int,
        at: datetime | None,
        known_at: datetime | None,
        hops: int,
        layers: Sequence[Layer] | None,
        filters: Mapping[str, Any] | None = None,
    ) -> Answer:
        """What memory says to a question, in words."""
        recall = await self.recall(
            scope, question, limit=limit, at=at, known_at=known_at, hops=hops, layers=layers, filters=filters
        )
        answer = await answered(self.model, recall)
        self.purse.pay(answer.usage)
        return answer

    async def get(self, scope: Scope, id: str) -> Fact | Episode:  # noqa: A002 - the public name of what it is
        """A fact or an episode by its id."""
        intake.checked_text("id", id)
        store = await self.open()
        if facts := await store.facts(scope.readable, [id], moment=self.moment(None, None)):
            return facts[0]
        if episodes := await store.episodes(scope.readable, [id]):
            return episodes[0]
        raise NotFound.of("fact or episode", id)

    async def facts(
        self,
        scope: Scope,
        *,
        entity: str | None,
        predicate: str | None,
        at: datetime | None,
        known_at: datetime | None,
        filters: Mapping[str, Any] | None = None,
        limit: int,
        cursor: str | None,
    ) -> list[Fact]:
        """Facts that hold, newest first."""
        intake.checked_number("limit", limit, 1, MANY)
        for name, text in (("entity", entity), ("predicate", predicate), ("cursor", cursor)):
            intake.optional_text(name, text)
        wanted = parsed(filters)
        return await sifting.listed(
            await self.open(),
            scope.readable,
            wanted,
            moment=self.moment(at, known_at),
            entity=names.canonical(entity) if entity is not None else None,
            predicate=predicate,
            limit=limit,
            after=cursor,
        )

    async def paths(
        self,
        scope: Scope,
        a: str,
        b: str,
        *,
        max_hops: int,
        at: datetime | None,
        known_at: datetime | None,
        limit: int,
    ) -> list[Path]:
        """How two entities are connected."""
        intake.checked_number("max_hops", max_hops, 1, MANY_HOPS)
        intake.checked_number("limit", limit, 1, MANY)
        keys = names.canonical(intake.checked_text("a", a)), names.canonical(intake.checked_text("b", b))
        walk = await self._walk(scope, self.moment(at, known_at))
        return await walk.paths(*keys, most_hops=max_hops, limit=limit)

    async def neighbourhood(
        self,
        scope: Scope,
        entity: str,
        *,
        hops: int,
        at: datetime | None,
        known_at: datetime | None,
        limit: int,
    ) -> Subgraph:
        """What stands around an entity."""
        intake.checked_number("hops", hops, 1, MANY_HOPS)
        intake.checked_number("limit", limit, 1, MANY)
        key = names.canonical(intake.checked_text("entity", entity))
        walk = await self._walk(scope, self.moment(at, known_at))
        return await walk.neighbourhood(key, hops=hops, limit=limit)

    async def timeline(self, scope: Scope, entity: str, *, known_at: datetime | None, limit: int) -> list[Fact]:
        """What is known of an entity, in the order in which it came true."""
        intake.checked_number("limit", limit, 1, MANY)
        key = names.canonical(intake.checked_text("entity", entity))
        walk = await self._walk(scope, self.moment(None, known_at))
        return await walk.timeline(key, limit=limit)

    async def profile(self, scope: Scope, *, max_tokens: int) -> Profile:
        """What holds now of an owner and their session, by topic."""
        intake.checked_number("max_tokens", max_tokens, 1, MANY)
        return await profile_of(await self.open(), scope, self.moment(None, None), max_tokens=max_tokens)

    async def _walk(self, scope: Scope, moment: Moment) -> connecting.Walk:
        return connecting.Walk(await self.open(), scope.readable, moment)

    async def entities(self, scope: Scope, *, limit: int) -> list[Entity]:
        """Who and what is known, those most spoken of first."""
        intake.checked_number("limit", limit, 1, MANY)
        return await (await self.open()).list_entities(scope.readable, limit=limit)

    async def history(self, scope: Scope, fact_id: str) -> list[Change]:
        """What happened to a fact."""
        intake.checked_text("fact_id", fact_id)
        changes = await (await self.open()).history(scope.readable, fact_id)
        if not changes:
            raise NotFound.of("fact", fact_id)
        return changes

    # correcting

    async def retract(self, scope: Scope, fact_id: str, reason: str | None) -> list[Change]:
        """What was never so is believed no longer."""
        await self.open()
        return await self.corrector.retract(scope, fact_id, reason)

    async def correct(
        self,
        scope: Scope,
        fact_id: str,
        *,
        text: str | None,
        valid_from: datetime | None,
        valid_to: datetime | None,
        metadata: Mapping[str, Any] | None,
        reason: str | None,
    ) -> list[Change]:
        """Another text, other metadata, or another validity."""
        await self.open()
        return await self.corrector.correct(
            scope, fact_id, text=text, valid_from=valid_from, valid_to=valid_to, metadata=metadata, reason=reason
        )

    async def restore(self, scope: Scope, change_id: str, reason: str | None) -> list[Change]:
        """Undo what closed a fact."""
        await self.open()
        return await self.corrector.restore(scope, change_id, reason)

    async def merge(self, scope: Scope, entity: str, into: str, reason: str | None) -> Change:
        """Two names of one."""
        await self.open()
        return await self.corrector.merger.merge(scope, entity, into, reason)

    async def unmerge(self, scope: Scope, merge_id: str, reason: str | None) -> Change:
        """They were two after all."""
        await self.open()
        return await self.corrector.merger.unmerge(scope, merge_id, reason)

    async def diff(self, scope: Scope, since: datetime, until: datetime | None) -> Diff:
        """What changed in what is believed."""
        await self.open()
        return await self.corrector.diff(scope, since, until)

    async def review(self, scope: Scope, *, limit: int) -> list[Doubt]:
        """What somebody should look at."""
        intake.checked_number("limit", limit, 1, MANY)
        return await Review(await self.open(), scope.readable, self.moment(None, None)).doubts(limit=limit)

    async def stats(self, scope: Scope) -> Stats:
        """How much is kept."""
        return await (await self.open()).stats(scope.readable)

    def moment(self, at: datetime | None, known_at: datetime | None) -> Moment:
        """Where a call stands on both clocks; where it does not say, now, and with all that is known.

        That is not "known by my clock": another writer's may be ahead of it, and what it wrote is known all the same.
        """
        return Moment(
            at=min(utc(at or self.clock()), LATEST), known_at=min(utc(known_at), LATEST) if known_at else LATEST
        )

    # forgetting

    async def forget(self, scope: Scope, selection: Selection, *, is_dry_run: bool) -> Receipt:
        """Erase for good what is selected."""
        store = await self.open()
        plan = await erasing.planned(store, self.embedder, scope, selection)
        receipt = await erasing.forgotten(store, plan, is_dry_run=is_dry_run)
        log.info("forget: %s", {**receipt.erased, "dry_run": is_dry_run})
        return receipt

    # whole memories

    async def export(self, scope: Scope, path: FilePath, *, entity: str | None = None) -> int:
        """Write an owner's memory to a file, or what concerns an entity; return how many records."""
        intake.optional_text("entity", entity)
        key = names.canonical(entity) if entity is not None else None
        return await carrying.exported(await self.open(), scope.owned, path, entity=key)

    async def load(self, scope: Scope, path: FilePath) -> int:
        """Read an exported file into an owner's memory; return how many records were new."""
        return await carrying.loaded(await self.open(), self.embedder, scope.owned, path)

    async def reembed(self) -> int:
        """Make every vector of the store anew; return how many texts."""
        return await carrying.reembedded(self.store, self.embedder)

    async def close(self) -> None:
        """Let go of the store."""
        await self.store.close()
