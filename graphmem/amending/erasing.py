"""What has to go when somebody asks to forget: found by reading, erased by the store in one piece."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphmem import forgetting, indexing
from graphmem.amending.concerning import concerning
from graphmem.amending.probing import Sought, searched
from graphmem.errors import InvalidInput, NotFound
from graphmem.extraction import names
from graphmem.models import Episode, Fact, Receipt
from graphmem.moment import AT_LAST
from graphmem.protocols import Embedder, Erasure, Index, Rewrite, Store
from graphmem.reconcile import rejection
from graphmem.scope import Scope
from graphmem.writing import intake


@dataclass(frozen=True, slots=True)
class Selection:
    """What to forget: one of the fields, or everything in the scope."""

    fact_id: str | None = None
    source_id: str | None = None
    entity: str | None = None
    episodes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        given = [
            name
            for name in ("fact_id", "source_id", "entity")
            if intake.optional_text(name, getattr(self, name)) is not None
        ]
        if len(given) > 1:
            raise InvalidInput(f"{' and '.join(given)} were both given: forget one thing at a time")


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes, and what must not be found when it is gone."""

    erasure: Erasure
    sought: Sought


async def planned(store: Store, embedder: Embedder, scope: Scope, selection: Selection) -> Plan:
    """What goes, found by reading only.

    Raises:
        NotFound: There is no such fact or entity in the memory of this call.
        InvalidInput: The scope names two owners.
    """
    home = scope.owned
    spaces = (home, *await store.sessions(home))
    if selection.episodes is not None:
        return await _of_episodes(store, spaces, selection.episodes)
    if selection.source_id is not None:
        return await _of_episodes(store, spaces, await store.find_episodes(spaces, source_id=selection.source_id))
    if selection.fact_id is not None:
        found = await store.facts(spaces, [selection.fact_id], moment=AT_LAST)
        if not found:
            raise NotFound.of("fact", selection.fact_id)
        return await _of_facts(store, embedder, spaces, found)
    if selection.entity is not None:
        return await _of_entity(store, embedder, spaces, names.canonical(selection.entity))
    if scope.session_id is not None:
        return await _of_episodes(store, spaces, await store.find_episodes(spaces, session=scope.session_id))
    return Plan(Erasure(spaces, everything=True), Sought(spaces, is_all=True))


async def _of_episodes(store: Store, spaces: tuple[str, ...], ids: Sequence[str]) -> Plan:
    """Whole texts. What they said may be told anew; the records of now are not brought back by an older export."""
    digests = _left_by(await store.episodes(spaces, ids))
    return Plan(Erasure(spaces, episodes=tuple(ids), digests=digests), Sought(spaces))


async def _of_entity(store: Store, embedder: Embedder, spaces: tuple[str, ...], key: str) -> Plan:
    """Every fact that is about it or mentions it, texts that it said or that are about it, and its name wherever
    else it stands.
    """
    found = await concerning(store, spaces, key)
    bare = {id_: forgetting.nameless(episode, found.called) for id_, episode in found.named.items()}
    plan = await _of_facts(store, embedder, spaces, found.facts, bare, whole=found.whole)
    return Plan(replace(plan.erasure, entities=found.keys), Sought(spaces, called=found.called))


async def _of_facts(
    store: Store,
    embedder: Embedder,
    spaces: tuple[str, ...],
    facts: Sequence[Fact],
    bare: Mapping[str, Episode] = MappingProxyType({}),
    *,
    whole: Collection[str] = (),
) -> Plan:
    """Facts go with the words they were read from, or the same text would teach them again.

    `bare` are episodes that lose something else, too, and `whole` those that go altogether.
    """
    spans = forgetting.evidence(facts)
    touched = await store.episodes(spaces, list({**dict.fromkeys(spans), **bare, **dict.fromkeys(whole)}))
    episodes = [episode for episode in touched if episode.id not in whole]
    rewritten = [
        of.model_copy(update={"text": forgetting.blanked(of.text, spans.get(of.id, ()))})
        for of in (bare.get(episode.id, episode) for episode in episodes)
    ]
    kept = [episode for episode in rewritten if not forgetting.is_blank(episode.text)]
    kept_ids = {episode.id for episode in kept}
    gone = [episode for episode in touched if episode.id not in kept_ids]
    found_by = [indexing.of_episode(episode) for episode in kept]
    vectors = await embedder.embed([text for text, _ in found_by], purpose="document")
    erasure = Erasure(
        spaces,
        episodes=tuple(episode.id for episode in gone),
        facts=tuple(fact.id for fact in facts),
        rewrites=tuple(
            Rewrite(episode, Index(vector, words))
            for episode, (_, words), vector in zip(kept, found_by, vectors, strict=True)
        ),
        digests=(
            *((fact.space, rejection(fact.text)) for fact in facts),
            *((of.space, rejection(forgetting.origin(of))) for of in gone if of.source_id and of.id not in whole),
            *_left_by(gone),
        ),
    )
    quotes = (of.text[start:end] for of in episodes for start, end in spans.get(of.id, ()))
    return Plan(erasure, Sought(spaces, texts=frozenset((*(fact.text for fact in facts), *quotes))))


def _left_by(episodes: Sequence[Episode]) -> tuple[tuple[str, str], ...]:
    return tuple((episode.space, rejection(forgetting.record(episode.id))) for episode in episodes)


async def forgotten(store: Store, plan: Plan, *, is_dry_run: bool) -> Receipt:
    """Erase what was planned, and look for it everywhere."""
    receipt = await store.erase(plan.erasure, is_dry_run=is_dry_run)
    if is_dry_run:
        return receipt
    seen = await searched(store, plan.sought)
    left = {**receipt.left, "texts": seen.texts}
    return receipt.model_copy(update={"left": left, "resembling": seen.resembling})
