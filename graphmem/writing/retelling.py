"""When known facts were told again: what was said before that and is learned after it takes nobody's place."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from graphmem import reconcile
from graphmem.comparing import is_same_thing
from graphmem.models import Fact
from graphmem.protocols import Known, Store
from graphmem.reconcile import TRUST
from graphmem.writing.claiming import of_place
from graphmem.writing.drafting import Reading

Retold = Mapping[str, Sequence[datetime]]
"""The moments after the first at which facts were told, by their ids."""


async def retold(store: Store, readings: Sequence[Reading], known: Known) -> Retold:
    """Of the facts that these readings may close those that were told more than once.

    Only of those that hold since they were told: who dates a fact says the same whenever they say it.
    """
    rivals = {fact.id: fact for fact in _rivals(readings, known)}
    told = {id_: dict.fromkeys(place.episode_id for place in fact.evidence) for id_, fact in rivals.items()}
    ids = {episode: None for episodes in told.values() for episode in episodes if len(episodes) > 1}
    spaces = list(dict.fromkeys(fact.space for fact in rivals.values()))
    episodes = {episode.id: episode for episode in await store.episodes(spaces, list(ids))} if ids else {}
    moments: dict[str, list[datetime]] = {}
    for fact in rivals.values():
        tellers = [episodes[id_] for id_ in told[fact.id] if id_ in episodes]
        said = sorted(of.said_at for of in tellers if of.role != "document" and TRUST[of.role] >= TRUST[fact.role])
        if (first := fact.valid_from) is not None and first in said:
            moments[fact.id] = [at for at in said if at > first]
    return moments


def _rivals(readings: Sequence[Reading], known: Known) -> Iterator[Fact]:
    """Known facts that were told more than once, and that a claim may stand against."""
    again = {slot: [fact for fact in facts if len(fact.evidence) > 1] for slot, facts in known.slots.items()}
    if not any(again.values()):
        return
    told = (fact for reading in readings for fact in reading.facts)
    for fact in (form for new in told for form in (new, of_place(new))):
        for slot in reconcile.slots(fact):
            rivals = again.get(slot, ())
            yield from (old for old in rivals if reconcile.has_rivals(slot.predicate) or is_same_thing(fact, old))
