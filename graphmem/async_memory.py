"""`AsyncMemory`: the verbs of `Memory`, awaited."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path as FilePath
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack, cast

from graphmem import sessions
from graphmem._colour import Pooled
from graphmem._progress import reported
from graphmem.difference import Diff
from graphmem.engine import Engine, Selection
from graphmem.handle import Handle, Who
from graphmem.listing import Listing
from graphmem.memory import Memory
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
from graphmem.protocols import Embedder, Extractor, LanguageModel, Store
from graphmem.scope import Layer, LayerChoice
from graphmem.session import AsyncSession
from graphmem.writing.intake import Message

THREADS = 8
"""Of the pool that blocking parts run in: one writes at a time, the others read."""

Verb = TypeVar("Verb", bound=Callable[..., object])


def _told_as(verb: Callable[..., object]) -> Callable[[Verb], Verb]:
    """Gives an awaited verb the docstring of its twin, so that each is told once."""

    def told(twin: Verb) -> Verb:
        twin.__doc__ = verb.__doc__
        return twin

    return told


class AsyncMemory(Handle):
    """`Memory` for an event loop: the same verbs, awaited.

    >>> async def main() -> None:
    ...     async with AsyncMemory("notes.db") as memory:
    ...         await memory.add("Ada works at Acme.", user_id="ada")
    ...         print(await memory.recall("Where does Ada work?", user_id="ada"))

    Parts that block (spaCy, the embedded store) run in threads of its own, one call a job, so the loop never waits
    for them; parts that await run on the loop.
    """

    _is_awaited = True

    def _assemble(
        self,
        store: Store,
        extractor: Extractor,
        embedder: Embedder,
        model: LanguageModel | None,
        *,
        is_read_by_model: bool,
        redacts: bool,
        session_lasts: timedelta,
    ) -> Engine:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="graphmem")
        return super()._assemble(
            cast("Store", self._pooled(store)),
            cast("Extractor", self._pooled(extractor)),
            cast("Embedder", self._pooled(embedder)),
            cast("LanguageModel", self._pooled(model)) if model is not None else None,
            is_read_by_model=is_read_by_model,
            redacts=redacts,
            session_lasts=session_lasts,
        )

    def _pooled(self, part: Store | Extractor | Embedder | LanguageModel) -> object:
        return Pooled(part, self._pool) if part.blocks else part

    @_told_as(Memory.add)
    async def add(
        self,
        messages: Message | Sequence[Message],
        *,
        at: datetime | None = None,
        title: str | None = None,
        source_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        replace: bool = False,
        explain: bool = False,
        expires_at: datetime | None = None,
        keep_raw: bool = True,
        **who: Unpack[Who],
    ) -> list[Change]:
        return Listing(
            await self._engine.add(
                self._scope(who),
                messages,
                at=at,
                title=title,
                source_id=source_id,
                metadata=metadata,
                is_replacing=replace,
                is_explaining=explain,
                expires_at=expires_at,
                keeps_raw=keep_raw,
            )
        )

    @_told_as(Memory.add_many)
    async def add_many(
        self,
        episodes: Iterable[Mapping[str, Any]],
        *,
        progress: bool = False,
        dry_run: bool = False,
        **who: Unpack[Who],
    ) -> Ingested:
        if dry_run:
            return await self._engine.estimate(self._scope(who), episodes)
        with reported(episodes, is_shown=progress) as done:
            return await self._engine.add_many(self._scope(who), episodes, progress=done)

    @_told_as(Memory.add_facts)
    async def add_facts(
        self,
        facts: Iterable[Mapping[str, Any]],
        *,
        expires_at: datetime | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        return Listing(await self._engine.add_facts(self._scope(who), facts, expires_at=expires_at))

    @_told_as(Memory.catch_up)
    async def catch_up(
        self,
        **who: Unpack[Who],
    ) -> Ingested:
        return await self._engine.catch_up(self._scope(who))

    @_told_as(Memory.recall)
    async def recall(
        self,
        question: str,
        *,
        limit: int = 10,
        at: datetime | None = None,
        known_at: datetime | None = None,
        hops: int = 2,
        layers: Sequence[Layer] | None = None,
        filters: Mapping[str, Any] | None = None,
        rerank: Literal["llm"] | None = None,
        **who: Unpack[Who],
    ) -> Recall:
        return await self._engine.recall(
            self._scope(who),
            question,
            limit=limit,
            at=at,
            known_at=known_at,
            hops=hops,
            layers=layers,
            filters=filters,
            rerank=rerank,
        )

    @_told_as(Memory.answer)
    async def answer(
        self,
        question: str,
        *,
        limit: int = 10,
        at: datetime | None = None,
        known_at: datetime | None = None,
        hops: int = 2,
        layers: Sequence[Layer] | None = None,
        filters: Mapping[str, Any] | None = None,
        **who: Unpack[Who],
    ) -> Answer:
        return await self._engine.answer(
            self._scope(who), question, limit=limit, at=at, known_at=known_at, hops=hops, layers=layers, filters=filters
        )

    @_told_as(Memory.get)
    async def get(
        self,
        id: str,  # noqa: A002 - what it is, as callers say it
        **who: Unpack[Who],
    ) -> Fact | Episode:
        return await self._engine.get(self._scope(who), id)

    @_told_as(Memory.facts)
    async def facts(
        self,
        *,
        entity: str | None = None,
        predicate: str | None = None,
        at: datetime | None = None,
        known_at: datetime | None = None,
        filters: Mapping[str, Any] | None = None,
        limit: int = 100,
        cursor: str | None = None,
        **who: Unpack[Who],
    ) -> list[Fact]:
        return Listing(
            await self._engine.facts(
                self._scope(who),
                entity=entity,
                predicate=predicate,
                at=at,
                known_at=known_at,
                filters=filters,
                limit=limit,
                cursor=cursor,
            )
        )

    @_told_as(Memory.paths)
    async def paths(
        self,
        a: str,
        b: str,
        *,
        max_hops: int = 4,
        at: datetime | None = None,
        known_at: datetime | None = None,
        limit: int = 10,
        **who: Unpack[Who],
    ) -> list[Path]:
        return Listing(
            await self._engine.paths(self._scope(who), a, b, max_hops=max_hops, at=at, known_at=known_at, limit=limit)
        )

    @_told_as(Memory.neighbourhood)
    async def neighbourhood(
        self,
        entity: str,
        *,
        hops: int = 2,
        at: datetime | None = None,
        known_at: datetime | None = None,
        limit: int = 200,
        **who: Unpack[Who],
    ) -> Subgraph:
        return await self._engine.neighbourhood(
            self._scope(who), entity, hops=hops, at=at, known_at=known_at, limit=limit
        )

    @_told_as(Memory.profile)
    async def profile(
        self,
        *,
        max_tokens: int = 1000,
        **who: Unpack[Who],
    ) -> Profile:
        return await self._engine.profile(self._scope(who), max_tokens=max_tokens)

    @_told_as(Memory.timeline)
    async def timeline(
        self,
        entity: str,
        *,
        known_at: datetime | None = None,
        limit: int = 100,
        **who: Unpack[Who],
    ) -> list[Fact]:
        return Listing(await self._engine.timeline(self._scope(who), entity, known_at=known_at, limit=limit))

    @_told_as(Memory.entities)
    async def entities(
        self,
        *,
        limit: int = 100,
        **who: Unpack[Who],
    ) -> list[Entity]:
        return Listing(await self._engine.entities(self._scope(who), limit=limit))

    @_told_as(Memory.history)
    async def history(
        self,
        fact_id: str,
        **who: Unpack[Who],
    ) -> list[Change]:
        return Listing(await self._engine.history(self._scope(who), fact_id))

    @_told_as(Memory.diff)
    async def diff(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        **who: Unpack[Who],
    ) -> Diff:
        return await self._engine.diff(self._scope(who), since, until)

    @_told_as(Memory.retract)
    async def retract(
        self,
        fact_id: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        return Listing(await self._engine.retract(self._scope(who), fact_id, reason))

    @_told_as(Memory.correct)
    async def correct(
        self,
        fact_id: str,
        *,
        text: str | None = None,
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
        metadata: Mapping[str, Any] | None = None,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        return Listing(
            await self._engine.correct(
                self._scope(who),
                fact_id,
                text=text,
                valid_from=valid_from,
                valid_to=valid_to,
                metadata=metadata,
                reason=reason,
            )
        )

    @_told_as(Memory.restore)
    async def restore(
        self,
        change_id: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        return Listing(await self._engine.restore(self._scope(who), change_id, reason))

    @_told_as(Memory.merge)
    async def merge(
        self,
        entity: str,
        into: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> Change:
        return await self._engine.merge(self._scope(who), entity, into, reason)

    @_told_as(Memory.unmerge)
    async def unmerge(
        self,
        merge_id: str,
        *,
        reason: str | None = None,
        **who: Unpack[Who],
    ) -> Change:
        return await self._engine.unmerge(self._scope(who), merge_id, reason)

    @_told_as(Memory.review)
    async def review(
        self,
        *,
        limit: int = 20,
        **who: Unpack[Who],
    ) -> list[Doubt]:
        return Listing(await self._engine.review(self._scope(who), limit=limit))

    @_told_as(Memory.stats)
    async def stats(
        self,
        **who: Unpack[Who],
    ) -> Stats:
        return await self._engine.stats(self._scope(who))

    @_told_as(Memory.forget)
    async def forget(
        self,
        *,
        fact_id: str | None = None,
        source_id: str | None = None,
        entity: str | None = None,
        dry_run: bool = False,
        **who: Unpack[Who],
    ) -> Receipt:
        selection = Selection(fact_id=fact_id, source_id=source_id, entity=entity)
        return await self._engine.forget(self._scope(who), selection, is_dry_run=dry_run)

    @_told_as(Memory.export)
    async def export(
        self,
        path: str | FilePath,
        *,
        entity: str | None = None,
        **who: Unpack[Who],
    ) -> int:
        return await self._engine.export(self._scope(who), FilePath(path), entity=entity)

    @_told_as(Memory.load)
    async def load(
        self,
        path: str | FilePath,
        **who: Unpack[Who],
    ) -> int:
        return await self._engine.load(self._scope(who), FilePath(path))

    @_told_as(Memory.reembed)
    async def reembed(self) -> int:
        return await self._engine.reembed()

    @_told_as(Memory.session)
    def session(
        self,
        session_id: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
    ) -> AsyncSession:
        return AsyncSession(self._engine, self._scope(Who(user_id=user_id, agent_id=agent_id, session_id=session_id)))

    @_told_as(Memory.end_session)
    async def end_session(
        self,
        session_id: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
    ) -> list[Change]:
        return Listing(
            await sessions.ended(
                self._engine, self._scope(Who(user_id=user_id, agent_id=agent_id, session_id=session_id))
            )
        )

    @_told_as(Memory.promote)
    async def promote(
        self,
        fact_id: str,
        *,
        layer: LayerChoice = "user",
        reason: str | None = None,
        user_id: str | None = None,
        agent_id: str | None = None,
        session_id: str | None = None,
    ) -> list[Change]:
        return Listing(
            await sessions.promoted(
                self._engine,
                self._scope(Who(user_id=user_id, agent_id=agent_id, session_id=session_id)),
                fact_id,
                layer,
                reason,
            )
        )

    @_told_as(Memory.close)
    async def close(self) -> None:
        await self._engine.close()
        self._pool.shutdown()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
