"""`Memory`: what people call. Each verb is one line over the engine; `graphmem.async_memory` has its awaited twin."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, Unpack

from graphmem._colour import drive
from graphmem._progress import reported
from graphmem.engine import Engine, Selection
from graphmem.errors import InvalidInput
from graphmem.files import Files
from graphmem.handle import Who
from graphmem.layers import Layers
from graphmem.listing import Listing
from graphmem.models import (
    Answer,
    Change,
    Doubt,
    Entity,
    Episode,
    Fact,
    Ingested,
    Path,
    Recall,
    Receipt,
    Stats,
    Subgraph,
)
from graphmem.overviews import Overviews
from graphmem.protocols import Embedder, Extractor, LanguageModel, Store
from graphmem.scope import Layer
from graphmem.writing.intake import Message


class Memory(Overviews, Layers, Files):
    """A memory you call: add what was said, recall what is known.

    >>> from graphmem import Memory
    >>> memory = Memory(":memory:")              # or a path; without one, a file in your data folder
    >>> _ = memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
    >>> print(memory.recall("Which city does Ada work in?", user_id="ada").hits[0].path)
    Ada works at Acme. · Acme is in Lisbon.

    Every call names whose memory it is: `user_id`, or `agent_id`, or `layer="org"` for what an organisation shares.
    Nothing is opened or loaded before the first call. Share it between threads; close it, or use it in a `with`
    block. On one store many processes may read and write at once.
    """

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
        for part in (store, extractor, embedder, model):
            if part is not None and not part.blocks:
                raise InvalidInput(
                    f"{type(part).__name__} awaits, and Memory calls: use AsyncMemory, or give it what blocks (a "
                    "`Driver`, not an `AsyncDriver`)"
                )
        return super()._assemble(
            store,
            extractor,
            embedder,
            model,
            is_read_by_model=is_read_by_model,
            redacts=redacts,
            session_lasts=session_lasts,
        )

    def add(
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
        """Remember what was said, word for word and as facts. One transaction: all of it is kept, or nothing.

        Where a language model reads it, what was said is kept first, whatever becomes of the model, and each group of
        up to 20 turns is read and written by itself. What the model could not read is marked as pending, and read by
        rules until `catch_up`.

        Args:
            messages: A text, a mapping with `role`, `content` and perhaps `name`, or a list of either.
            at: When it was said, aware; now if not given.
            title: What the text is called; a titled text is read as a document about that.
            source_id: Where it comes from. The same text under the same id is not added twice.
            metadata: Plain JSON values, kept with the episode and its facts.
            replace: Let another text take the place of the one known under this `source_id`.
            explain: Also list every sentence that gave no fact, as a change of the kind "skipped" whose `reason` says
                why; the text is kept as it was said in any case, and what is listed is not part of the journal.
            expires_at: When it is over, an aware moment: from then on no call finds the text, or what it alone told.
            keep_raw: False keeps none of its words: relations stay, each in words of its own, with its dates and who
                told it when, and a digest of the text (docs/layers.md). What states no relation is not kept.

        Returns:
            What changed, in order: facts added, superseded, ended ... or, where a text says nothing to keep as a
            fact, one change for the episode itself. A repetition returns what was known, and writes nothing.

        Raises:
            InvalidInput: Something cannot be stored; nothing was changed.
            Conflict: The `source_id` is known with another text.
        """
        return Listing(
            drive(
                self._engine.add(
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
        )

    def add_many(
        self,
        episodes: Iterable[Mapping[str, Any]],
        *,
        progress: bool = False,
        dry_run: bool = False,
        **who: Unpack[Who],
    ) -> Ingested:
        """Remember many texts: parsed and embedded in batches, a transaction for every 64.

        Stopped at any point and called again with the same input, it goes on where it was.

        Args:
            episodes: Mappings with `text` and perhaps `title`, `source_id`, `at`, `speaker`, `role`, `session_id`,
                `metadata`, `expires_at` and `keep_raw`. Without a speaker, role or session a text is a document.
                Without a `source_id` its place in the call, its text and its `at` identify it.
            progress: Show on standard error how far it is.
            dry_run: Only estimate what reading them by a language model would cost: nothing is written, nobody asked.
        """
        if dry_run:
            return drive(self._engine.estimate(self._scope(who), episodes))
        with reported(episodes, is_shown=progress) as done:
            return drive(self._engine.add_many(self._scope(who), episodes, progress=done))

    def add_facts(
        self,
        facts: Iterable[Mapping[str, Any]],
        *,
        expires_at: datetime | None = None,
        **who: Unpack[Who],
    ) -> list[Change]:
        """Remember facts as you state them, without an extractor: all of them or none.

        Args:
            facts: Mappings with `subject`, `predicate` and `object`, or a `text`, or both; perhaps `valid_from`,
                `valid_to` (a moment, exclusive), `source_id`, `metadata` and `expires_at`. Until they are written they
                are all in memory: pass very many some thousands at a time.
            expires_at: When those that do not say it themselves are over: from then on no call finds them.
        """
        return Listing(drive(self._engine.add_facts(self._scope(who), facts, expires_at=expires_at)))

    def catch_up(
        self,
        **who: Unpack[Who],
    ) -> Ingested:
        """Ask the language model again about every episode that it could not read, of the owner named.

        What rules had read in them meanwhile is taken back where the model does not say it too. It ends at the first
        failure that the next episode would meet as well: `pending` says how many are left.

        Raises:
            InvalidInput: This memory reads by rules.
        """
        return drive(self._engine.catch_up(self._scope(who)))

    def recall(
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
        """What memory has to say to a question, best first, each hit with the path that proves it.

        Args:
            question: In words, at most 32,000 characters.
            limit: The most hits to return.
            at: Ask what was true then; now if not given. Applies at every hop.
            known_at: Ask what was known then; now if not given. Applies at every hop.
            hops: How many facts a path may go beyond the one it starts from, 0 to 4.
            layers: Only these layers.
            filters: Only what passes this filter, the best of it, however rare (docs/filters.md):
                `{"categories": "health", "said_at": {"gte": "2026-01-01"}}`. A path shows only what passes as well.
            rerank: "llm" lets the language model choose among the best 20, by one call. Where that fails the order
                stays, and `trace.chosen_by` says so.
        """
        return drive(
            self._engine.recall(
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
        )

    def answer(
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
        """What memory says to a question, in words, with what it rests on; `text` is None where it does not say.

        The language model of this memory finds the words, from what `recall` finds and nothing else; without one, or
        where it fails, the best path is given as it stands. A question that memory cannot answer is declined before
        anybody is asked. The arguments are those of `recall`.
        """
        return drive(
            self._engine.answer(
                self._scope(who),
                question,
                limit=limit,
                at=at,
                known_at=known_at,
                hops=hops,
                layers=layers,
                filters=filters,
            )
        )

    def get(
        self,
        id: str,  # noqa: A002 - what it is, as callers say it
        **who: Unpack[Who],
    ) -> Fact | Episode:
        """A fact or an episode by its id.

        Raises:
            NotFound: There is none in the memory of this call.
        """
        return drive(self._engine.get(self._scope(who), id))

    def facts(
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
        """Facts that hold, newest first.

        Args:
            entity: Only facts about or mentioning this name.
            predicate: Only facts with this predicate.
            at: What held then; now if not given.
            known_at: As it was known then; now if not given.
            filters: Only facts that pass this filter (docs/filters.md).
            limit: The most facts to return.
            cursor: The id of the last fact of the page before.
        """
        return Listing(
            drive(
                self._engine.facts(
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
        )

    def paths(
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
        """How two people, places or things are connected: the shortest paths of facts, each with its proof.

        All have the same number of facts. A fact leads from its subject to its object and back; what is denied, and
        what does not hold, leads nowhere.

        Args:
            a: A name, as `facts(entity=)` takes it.
            b: Another.
            max_hops: The most facts of a path, 1 to 4.
            at: Connected by what held then; now if not given. Applies at every hop.
            known_at: As it was known then; now if not given. Applies at every hop.
            limit: The most paths to return.

        Returns:
            An empty list where nothing connects them, and where both names mean the same.

        Raises:
            NotFound: A name is unknown in the memory of this call.
        """
        return Listing(
            drive(self._engine.paths(self._scope(who), a, b, max_hops=max_hops, at=at, known_at=known_at, limit=limit))
        )

    def neighbourhood(
        self,
        entity: str,
        *,
        hops: int = 2,
        at: datetime | None = None,
        known_at: datetime | None = None,
        limit: int = 200,
        **who: Unpack[Who],
    ) -> Subgraph:
        """What stands around a person, place or thing: the facts that connect it, nearest first, and whom they name.

        Args:
            entity: A name, as `facts(entity=)` takes it.
            hops: How many facts away, 1 to 4; with 1, only facts about it or with it as their object.
            at: What held then; now if not given. Applies at every hop.
            known_at: As it was known then; now if not given. Applies at every hop.
            limit: The most facts to return.

        Raises:
            NotFound: The name is unknown in the memory of this call.
        """
        return drive(
            self._engine.neighbourhood(self._scope(who), entity, hops=hops, at=at, known_at=known_at, limit=limit)
        )

    def entities(
        self,
        *,
        limit: int = 100,
        **who: Unpack[Who],
    ) -> list[Entity]:
        """Who and what is known by name, those named in most episodes first."""
        return Listing(drive(self._engine.entities(self._scope(who), limit=limit)))

    def history(
        self,
        fact_id: str,
        **who: Unpack[Who],
    ) -> list[Change]:
        """What happened to a fact, oldest first.

        Raises:
            NotFound: There is no such fact in the memory of this call.
        """
        return Listing(drive(self._engine.history(self._scope(who), fact_id)))

    def review(
        self,
        *,
        limit: int = 20,
        **who: Unpack[Who],
    ) -> list[Doubt]:
        """What is doubtful, most certainly so first: unsure facts, facts that may be one or exclude each other, and
        names that may mean the same ("Nate" and "Nathan"). Nothing is changed. `limit` is the most to return.

        Looks at all facts that hold, of more than 50,000 the newest, each beside the 200 newest with its subject and
        relation or its names; at the 5,000 names in most episodes; and at 20 facts of each name of the 30 likeliest
        pairs that nobody has answered. The same memory gives the same doubts.
        """
        return Listing(drive(self._engine.review(self._scope(who), limit=limit)))

    def stats(
        self,
        **who: Unpack[Who],
    ) -> Stats:
        """How many episodes, facts, entities and changes are kept."""
        return drive(self._engine.stats(self._scope(who)))

    def forget(
        self,
        *,
        fact_id: str | None = None,
        source_id: str | None = None,
        entity: str | None = None,
        dry_run: bool = False,
        **who: Unpack[Who],
    ) -> Receipt:
        """Erase for good: rows, index entries and vectors. Without a selection, everything of the owner named.

        With a `session_id` alone, what was said in that session. Facts that other episodes support keep what those
        support. A single fact goes with the words it was read from.

        Args:
            fact_id: Only this fact.
            source_id: Only what came from this source.
            entity: Only what names this person or thing, was said by them, or has their name for a title.
            dry_run: Count what would go, and leave it.

        Returns:
            What went, what is out of reach, and what a search afterwards still found.

        Raises:
            NotFound: There is no such fact or entity in the memory of this call.
        """
        selection = Selection(fact_id=fact_id, source_id=source_id, entity=entity)
        return drive(self._engine.forget(self._scope(who), selection, is_dry_run=dry_run))

    def reembed(self) -> int:
        """Make every vector of the store anew with this memory's embedder.

        Returns:
            How many texts were embedded.
        """
        return drive(self._engine.reembed())

    def close(self) -> None:
        """Let go of the store. Bound copies share it."""
        drive(self._engine.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
