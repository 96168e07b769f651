"""What Mem0's calls do, written once over the engine: driven by `Memory`, awaited by `AsyncMemory`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from graphmem.amending.erasing import Selection
from graphmem.compat.mem0.chains import Chains
from graphmem.compat.mem0.messages import Said
from graphmem.compat.mem0.notices import passed_over
from graphmem.compat.mem0.owners import Ids, Wanted, named_by
from graphmem.compat.mem0.reading import Noting, Verbatim, Worded
from graphmem.compat.mem0.records import Record, happened, is_expired, record
from graphmem.engine import Engine
from graphmem.errors import Conflict, InvalidInput, NotFound
from graphmem.filters import Filter, parsed
from graphmem.filters import Record as Sight
from graphmem.models import Change, Episode, Fact, Recall
from graphmem.moment import AT_LAST, utc
from graphmem.paging import pages
from graphmem.portable import episode as episode_in
from graphmem.protocols import Draft, Erasure, Extractor, Question
from graphmem.reconcile import rejection
from graphmem.scope import Scope, ids_in, layer_of, owner_of
from graphmem.writing.intake import checked_text

BESIDE = 4
"""Facts of the text that answers best: what is asked about and what goes with it are often said in one breath."""


class UnknownMemory(NotFound, ValueError):
    """No memory has this id; a ValueError, as Mem0's programs expect."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a memory is: its space, and the ids of its facts, oldest first."""

    space: str
    facts: Sequence[str]


class Memories:
    """The memories of one organisation of a store."""

    def __init__(self, engine: Engine, org: str) -> None:
        self.org = org
        self._engine = engine
        self._verbatim = self._reading(Verbatim())
        self._worded = self._reading(Worded(engine.extractor))
        self._noting = engine if engine.rereader else self._reading(Noting(engine.extractor))

    def _reading(self, extractor: Extractor) -> Engine:
        """The engine, with another reader."""
        engine = self._engine
        return Engine(engine.store, extractor, engine.embedder, redacts=engine.redacts, clock=engine.clock)

    # writing

    async def add(
        self,
        said: Sequence[Said],
        ids: Ids,
        *,
        metadata: Mapping[str, Any] | None,
        at: datetime | None,
        is_stated: bool,
        is_verbatim: bool,
    ) -> list[Record]:
        """Remember what was said, and tell what became of it. What is stated is kept though nothing is read in it."""
        scope = ids.scope(self.org)
        if not said:
            return []
        engine = self._verbatim if is_verbatim else self._noting if is_stated else self._engine
        if is_verbatim:
            await self._readmit(scope.home, [message["content"] for message in said])
        changes = await engine.add(
            scope, said, at=at, title=None, source_id=None, metadata=metadata, is_replacing=False
        )
        if any(change.kind == "refused" for change in changes):
            passed_over("add", ["what was deleted or corrected before"], "is refused unless infer=False says it again")
        events = await self._events(scope.home, changes)
        return await self._with_speakers(scope.home, events, changes) if is_verbatim else events

    async def _readmit(self, space: str, texts: Sequence[str]) -> None:
        """Let in what was rejected: whoever states a memory word for word means it, whatever became of it before."""
        store = await self._engine.open()
        known = await store.known(Question(rejections=tuple((space, rejection(text)) for text in texts)))
        if known.rejected:
            await store.write(Draft(spaces=(space,), readmits=tuple(sorted(known.rejected))))

    async def _events(self, space: str, changes: Sequence[Change]) -> list[Record]:
        chains = Chains(self._engine.store, space)
        replaced: dict[str, list[Change]] = {}
        for change in changes:
            if change.kind == "superseded" and change.after:
                replaced.setdefault(change.after, []).append(change)
        events: dict[str, Record] = {}
        for change in changes:
            if change.fact_id is None or change.fact_id in events:
                continue
            event: Record = {"id": change.fact_id, "memory": change.text}
            if change.kind in ("added", "skipped"):
                old = replaced.get(change.fact_id)
                event["event"] = "UPDATE" if old else "ADD" if change.kind == "added" else "NONE"
                if old:
                    event |= {"id": (await chains.of(change.fact_id))[0], "previous_memory": old[0].text}
            elif change.kind in ("ended", "retracted") or (
                change.kind == "superseded" and change not in [first for first, *_ in replaced.values()]
            ):
                event |= {"id": (await chains.of(change.fact_id))[0], "event": "DELETE"}
            else:
                continue
            events[change.fact_id] = event
        return list(events.values())

    async def _with_speakers(self, space: str, events: list[Record], changes: Sequence[Change]) -> list[Record]:
        told_by = {change.fact_id: change.episode_id for change in changes if change.fact_id and change.episode_id}
        episodes = await self._episodes(space, [told_by[event["id"]] for event in events if event["id"] in told_by])
        for event in events:
            episode = episodes.get(told_by.get(event["id"]) or "")
            event["actor_id"] = episode.speaker if episode else None
            event["role"] = episode.role if episode else "user"
        return events

    async def update(
        self, memory_id: object, *, text: str | None, metadata: Mapping[str, Any], clears: Sequence[str] = ()
    ) -> None:
        """Put another text or other metadata in the place of a memory's.

        Raises:
            UnknownMemory: There is none with this id.
        """
        place = await self._place(memory_id)
        fact, episode = await self._newest(place) if place else (None, None)
        if place is None or fact is None:
            raise _unknown(memory_id)
        kept = {name: value for name, value in {**fact.metadata, **metadata}.items() if name not in clears}
        has_other = kept != dict(fact.metadata)
        await self._worded.correct(
            _scope_of(place.space, episode),
            fact.id,
            text=text if text is not None else None if has_other else fact.text,
            valid_from=None,
            valid_to=None,
            metadata=kept if has_other else None,
            reason=None,
        )

    async def delete(self, memory_id: object) -> None:
        """Forget a memory: every text it had, with the words they were read from.

        Raises:
            UnknownMemory: There is none with this id.
        """
        place = await self._place(memory_id)
        known = await self._engine.store.facts([place.space], place.facts, moment=AT_LAST) if place else []
        if place is None or not known:
            raise _unknown(memory_id)
        for fact in reversed(known):
            await self._engine.forget(_scope_of(place.space, None), Selection(fact_id=fact.id), is_dry_run=False)

    async def delete_all(self, ids: Ids) -> None:
        """Forget everything of an owner, or what of it was said in a run or came with an agent or app."""
        owner, narrowing = ids.owner(self.org), ids.narrowing()
        if not narrowing:
            await self._engine.forget(owner, Selection(), is_dry_run=False)
            return
        store, wanted = await self._engine.open(), parsed(narrowing)
        found: list[str] = []
        async for kept in store.dump((owner.home, *await store.sessions(owner.home))):
            if kept["record"] == "episode":
                said = episode_in(kept, 0)
                if wanted is not None and wanted.passes(Sight(None, said)):
                    found.append(said.id)
        await self._engine.forget(owner, Selection(episodes=tuple(found)), is_dry_run=False)

    async def reset(self) -> None:
        """Forget everything of this organisation."""
        store = await self._engine.open()
        for space in await self._spaces():
            await store.erase(Erasure((space,), everything=True), is_dry_run=False)

    # reading

    async def get(self, memory_id: object) -> Record | None:
        """A memory by its id; None where there is none."""
        place = await self._place(memory_id)
        fact, _ = await self._newest(place) if place else (None, None)
        if place is None or fact is None:
            return None
        async for _, shown in self._shown(place.space, [fact]):
            return {**shown, "id": str(memory_id)}
        return None

    async def history(self, memory_id: object) -> list[Record]:
        """What happened to a memory, oldest first; nothing where there is none."""
        place = await self._place(memory_id)
        if place is None:
            return []
        chains = Chains(self._engine.store, place.space)
        changes = {id_: await chains.changes(id_) for id_ in place.facts}
        told_by = [change.episode_id for each in changes.values() for change in each if change.episode_id]
        episodes = await self._episodes(place.space, told_by)
        is_forgotten = not await self._engine.store.facts([place.space], place.facts[-1:], moment=AT_LAST)
        return happened(str(memory_id), place.facts, changes, episodes, is_forgotten=is_forgotten)

    async def get_all(self, wanted: Sequence[Wanted], *, limit: int, with_expired: bool) -> list[Record]:
        """Memories, newest first."""
        await self._engine.open()
        found: dict[str, Record] = {}
        for branch in wanted:
            taken = 0
            async for shown in self._listed(branch.owner.home, parsed(branch.filters), with_expired=with_expired):
                if taken == limit:
                    break
                taken += shown["id"] not in found
                found.setdefault(shown["id"], shown)
        return sorted(found.values(), key=lambda shown: shown["created_at"] or "", reverse=True)[:limit]

    async def _listed(self, space: str, wanted: Filter | None, *, with_expired: bool) -> AsyncIterator[Record]:
        async for page in pages(self._engine.store, [space], moment=None):
            async for _, shown in self._shown(space, page, wanted, with_expired=with_expired):
                yield shown

    async def search(
        self,
        query: str,
        wanted: Sequence[Wanted],
        *,
        limit: int,
        at: datetime | None,
        with_expired: bool,
    ) -> list[Record]:
        """Memories that answer, best first: the facts of each hit with what its path went over, then what else was said
        in these texts.
        """
        found: dict[str, Record] = {}
        for branch in wanted if limit else ():
            home = branch.owner.home
            recall = await self._engine.recall(
                branch.owner,
                query,
                limit=limit,
                at=at,
                known_at=None,
                hops=2,
                layers=[layer_of(home)],
                filters=branch.filters,
            )
            scores = _scores(recall)
            facts = await self._engine.store.facts([home], list(scores), moment=self._engine.moment(at, None))
            async for fact, shown in self._shown(
                home, facts, parsed(branch.filters), with_expired=with_expired, is_past=at is not None
            ):
                found.setdefault(shown["id"], {**shown, "score": scores[fact.id]})
        return sorted(found.values(), key=lambda shown: -shown["score"])[:limit]

    async def owners(self) -> list[Record]:
        """Everybody who has memories here: the name of their id, the id, and their memories, newest first."""
        spaces = [space for space in await self._spaces() if owner_of(space) == space and named_by(space)]
        found: list[Record] = []
        for space in spaces:
            shown = [each async for each in self._listed(space, None, with_expired=True)]
            [(name, id_)] = named_by(space).items()
            found.append({"field": name, "id": id_, "memories": shown})
        return [owner for owner in found if owner["memories"]]

    async def _shown(
        self,
        space: str,
        facts: Sequence[Fact],
        wanted: Filter | None = None,
        *,
        with_expired: bool = True,
        is_past: bool = False,
    ) -> AsyncIterator[tuple[Fact, Record]]:
        """Facts as memories, those that stand; of the past, also those whose place was taken since."""
        chains = Chains(self._engine.store, space)
        today = utc(self._engine.clock()).date()
        episodes = await self._episodes(space, [place.episode_id for fact in facts for place in fact.evidence])
        for fact in facts:
            said = [episodes[place.episode_id] for place in fact.evidence if place.episode_id in episodes]
            if not with_expired and is_expired(fact, today):
                continue
            seen = [episode for episode in said or [None] if wanted is None or wanted.passes(Sight(fact, episode))]
            memory_id = await chains.id_of(fact) if seen else None
            if memory_id is None and not (seen and is_past):
                continue
            ids = await chains.of(fact.id)
            changes = [change for id_ in ids for change in await chains.changes(id_) if change.fact_id == id_]
            said_first = changes[0].episode_id if ids[0] != fact.id else None
            first = (await self._episodes(space, [said_first])).get(said_first) if said_first else None
            yield fact, record(memory_id or fact.id, fact, first or seen[0], changes)

    # finding

    async def _place(self, memory_id: object) -> Place | None:
        """Where the memory with an id is. Ids are looked for in all spaces, as Mem0's calls name nobody.

        Raises:
            Conflict: Several owners have a fact with this id, as after an import.
        """
        try:
            fact_id = checked_text("memory_id", memory_id)
        except InvalidInput:
            return None
        spaces = await self._spaces()
        changes = await self._engine.store.history(spaces, fact_id) if spaces else []
        found = {change.space for change in changes}
        if len(found) > 1:
            raise Conflict(f"{len(found)} owners have a memory {fact_id}: name one, by graphmem.Memory")
        for space in found:
            return Place(space, await Chains(self._engine.store, space).of(fact_id))
        return None

    async def _newest(self, place: Place) -> tuple[Fact | None, Episode | None]:
        """What a memory says now, and the text it was read from; nothing where it is gone."""
        found = await self._engine.store.facts([place.space], place.facts[-1:], moment=AT_LAST)
        if not found or not await Chains(self._engine.store, place.space).is_current(found[0].id):
            return None, None
        episodes = await self._episodes(place.space, [of.episode_id for of in found[0].evidence])
        return found[0], next(iter(episodes.values()), None)

    async def _episodes(self, space: str, ids: Sequence[str]) -> dict[str, Episode]:
        found = await self._engine.store.episodes([space], list(dict.fromkeys(ids))) if ids else []
        return {episode.id: episode for episode in found}

    async def _spaces(self) -> list[str]:
        """Every space of this organisation."""
        store = await self._engine.open()
        return [space for space in await store.spaces() if ids_in(space).get("org") == self.org]


def _scores(recall: Recall) -> dict[str, float]:
    """What facts are worth to a question, by id, in the order they are to be shown in.

    Of each hit its fact with those of its path; behind the best hit, and for the others behind all of them, what else
    was said in the same text.
    """
    scores: dict[str, float] = {}
    beside: dict[str, list[str]] = {}
    for fact_id, episode_id in sorted(recall.trace.episode_of.items()):
        if fact_id not in recall.trace.former:
            beside.setdefault(episode_id, []).append(fact_id)
    for number, hit in enumerate(recall.hits):
        if hit.fact is not None and not hit.is_outdated:
            steps = hit.path.steps if hit.path else ()
            told = [hit.fact.id, *(step.fact_id for step in steps)]
            for fact_id in told if number else (*told, *beside.get(hit.episode_id, [])[:BESIDE]):
                scores.setdefault(fact_id, hit.score)
    least = min(scores.values(), default=1.0)
    for hit in recall.hits:
        for fact_id in beside.get(hit.episode_id, ()):
            scores.setdefault(fact_id, min(least, hit.score))
    return scores


def _scope_of(space: str, episode: Episode | None) -> Scope:
    """The scope that writes into a space what goes on from an episode."""
    ids = ids_in(space)
    return Scope.of(
        ids["org"],
        user_id=ids.get("user"),
        agent_id=ids.get("agent") or (episode.agent_id if episode else None),
        session_id=episode.session if episode else None,
        layer=cast("Literal['user', 'agent']", layer_of(owner_of(space))),
    )


def _unknown(memory_id: object) -> UnknownMemory:
    return UnknownMemory(f"there is no memory with the id {memory_id!r:.80}")
