"""What has to go when somebody asks to forget: found by reading, erased by the store in one piece."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphmem import forgetting, indexing, portable
from graphmem.errors import InvalidInput, NotFound
from graphmem.extraction import names
from graphmem.models import Episode, Fact
from graphmem.moment import LATEST, Moment
from graphmem.protocols import Embedder, Erasure, Index, Question, Rewrite, Store
from graphmem.reconcile import rejection
from graphmem.scope import Scope
from graphmem.writing import intake

PAGE = 500
"""Facts read at a time."""

NOW = Moment(at=LATEST, known_at=LATEST)


@dataclass(frozen=True, slots=True)
class Selection:
    """What to forget: one of the fields, or everything in the scope."""

    fact_id: str | None = None
    source_id: str | None = None
    entity: str | None = None

    def __post_init__(self) -> None:
        given = [
            name
            for name in ("fact_id", "source_id", "entity")
            if intake.checked_text(name, getattr(self, name), is_optional=True) is not None
        ]
        if len(given) > 1:
            raise InvalidInput(f"{' and '.join(given)} were both given: forget one thing at a time")


async def planned(store: Store, embedder: Embedder, scope: Scope, selection: Selection) -> Erasure:
    """What goes, found by reading only.

    Raises:
        NotFound: There is no such fact or entity in the memory of this call.
        InvalidInput: The scope names two owners.
    """
    home = scope.owned
    spaces = (home, *await store.sessions(home))
    if selection.source_id is not None:
        return Erasure(spaces, episodes=tuple(await store.find_episodes(spaces, source_id=selection.source_id)))
    if selection.fact_id is not None:
        found = await store.facts(spaces, [selection.fact_id], moment=NOW)
        if not found:
            raise NotFound.of("fact", selection.fact_id)
        return await _of_facts(store, embedder, spaces, found)
    if selection.entity is not None:
        return await _of_entity(store, embedder, spaces, names.canonical(selection.entity))
    if scope.session_id is not None:
        return Erasure(spaces, episodes=tuple(await store.find_episodes(spaces, session=scope.session_id)))
    return Erasure(spaces, everything=True)


async def _of_entity(store: Store, embedder: Embedder, spaces: tuple[str, ...], key: str) -> Erasure:
    """Every fact that is about it or mentions it, texts that it said or that are about it, and its name wherever
    else it stands. Everything in the spaces is looked at.
    """
    known = await store.known(Question(keys=tuple((space, key) for space in spaces)))
    if not known.entities:
        raise NotFound.of("entity", key)
    facts: list[Fact] = []
    while page := await store.list_facts(
        spaces, moment=None, entity=key, limit=PAGE, after=facts[-1].id if facts else None
    ):
        facts += page
    called = {key, *(name for entity in known.entities.values() for name in (entity.name, *entity.aliases))}
    known_facts = {fact.id for fact in facts}
    whole: list[str] = []
    rewritten: dict[str, Episode] = {}
    saying: list[str] = []
    async for record in store.dump(spaces):
        if record["record"] == "fact" and record["id"] not in known_facts:
            if forgetting.places(str(record["text"]), called):
                saying.append(str(record["id"]))
        elif record["record"] == "episode":
            episode = portable.episode(record, 0)
            if any(forgetting.places(name, called) for name in (episode.title, episode.speaker) if name):
                whole.append(episode.id)
            elif (bare := forgetting.nameless(episode, called)) != episode:
                rewritten[episode.id] = bare
    facts += await store.facts(spaces, saying, moment=NOW)
    erasure = await _of_facts(store, embedder, spaces, facts, rewritten, whole=whole)
    return replace(erasure, entities=tuple({entity.key: None for entity in known.entities.values()}))


async def _of_facts(
    store: Store,
    embedder: Embedder,
    spaces: tuple[str, ...],
    facts: Sequence[Fact],
    bare: Mapping[str, Episode] = MappingProxyType({}),
    *,
    whole: Collection[str] = (),
) -> Erasure:
    """Facts go with the words they were read from, or the same text would teach them again.

    `bare` are episodes that lose something else, too, and `whole` those that go altogether.
    """
    spans = forgetting.evidence(facts)
    touched = [id_ for id_ in {**dict.fromkeys(spans), **bare} if id_ not in whole]
    episodes = await store.episodes(spaces, touched)
    rewritten = [
        of.model_copy(update={"text": forgetting.blanked(of.text, spans.get(of.id, ()))})
        for of in (bare.get(episode.id, episode) for episode in episodes)
    ]
    kept = [episode for episode in rewritten if not forgetting.is_blank(episode.text)]
    kept_ids = {episode.id for episode in kept}
    gone = [episode for episode in episodes if episode.id not in kept_ids]
    vectors = await embedder.embed([indexing.episode_text(episode) for episode in kept], purpose="document")
    return Erasure(
        spaces,
        episodes=(*whole, *(episode.id for episode in gone)),
        facts=tuple(fact.id for fact in facts),
        rewrites=tuple(
            Rewrite(episode, Index(vector, indexing.episode_stems(episode)))
            for episode, vector in zip(kept, vectors, strict=True)
        ),
        digests=(
            *((fact.space, rejection(fact.text)) for fact in facts),
            *((episode.space, rejection(forgetting.origin(episode))) for episode in gone if episode.source_id),
        ),
    )
