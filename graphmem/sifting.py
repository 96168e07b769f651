"""Listing the facts that a filter wants: page by page, until there are enough."""

from collections.abc import Sequence

from graphmem.filters import Filter, Record
from graphmem.models import Fact
from graphmem.moment import Moment
from graphmem.paging import pages
from graphmem.protocols import Store


async def listed(
    store: Store,
    spaces: Sequence[str],
    wanted: Filter | None,
    *,
    moment: Moment,
    entity: str | None,
    predicate: str | None,
    limit: int,
    after: str | None,
) -> list[Fact]:
    """See `Store.list_facts`. A fact is wanted where it is with one of the episodes that say it."""
    if wanted is None:
        return await store.list_facts(
            spaces, moment=moment, entity=entity, predicate=predicate, limit=limit, after=after
        )
    found: list[Fact] = []
    async for facts in pages(store, spaces, moment=moment, entity=entity, predicate=predicate, after=after):
        found += await _passing(store, spaces, wanted, facts)
        if len(found) >= limit:
            break
    return found[:limit]


async def _passing(store: Store, spaces: Sequence[str], wanted: Filter, facts: Sequence[Fact]) -> list[Fact]:
    named = dict.fromkeys(told.episode_id for fact in facts for told in fact.evidence)
    episodes = {episode.id: episode for episode in await store.episodes(spaces, list(named))}

    def passes(fact: Fact) -> bool:
        told = [episodes[said.episode_id] for said in fact.evidence if said.episode_id in episodes]
        return any(wanted.passes(Record(fact, episode)) for episode in told or [None])

    return [fact for fact in facts if passes(fact)]
