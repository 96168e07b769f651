"""The reads for people: episodes, facts and entities by id or in order, histories."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from graphmem.errors import NotFound
from graphmem.models import Change, Entity, Episode, Fact
from graphmem.moment import FAR_FUTURE, FAR_PAST, Moment
from graphmem.stores.neo4j.area import in_spaces, search
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.knowing import Version, entities_named, read_episodes, read_facts
from graphmem.stores.neo4j.records import change_of, entity_of, episode_of, fact_of, native
from graphmem.stores.tokens import phrase

BEYOND = (1 << 62) - 1
"""Above every number of a record."""

ALL = 2**31 - 1
"""As a limit: no limit."""


async def episodes(
    tx: Transaction, spaces: Sequence[str], ids: Sequence[str], known_at: datetime | None
) -> list[Episode]:
    """See `Store.episodes`."""
    places = [(space, id_) for id_ in dict.fromkeys(ids) for space in dict.fromkeys(spaces)]
    found = await read_episodes(tx, places)
    return [
        episode_of(row)
        for place in places
        if (row := found.get(place))
        and (known_at is None or native(row["episode"]["recorded_at"]) <= known_at < native(row["retired_at"]))
    ]


async def find_episodes(
    tx: Transaction,
    spaces: Sequence[str],
    *,
    source_id: str | None,
    session: str | None,
    stems: Sequence[str] | None,
    last: int | None,
) -> list[str]:
    """See `Store.find_episodes`."""
    most = last if last is not None and stems is None else ALL
    chosen: list[list[Row]] = []
    if source_id is not None or session is not None:
        asked = {"spaces": list(dict.fromkeys(spaces)), "source_id": source_id, "session": session, "most": most}
        chosen.append(await tx.run("read/find_episodes", **asked))
    if stems is not None:
        words = " ".join(f"+{phrase([stem])}" for stem in stems)
        found: list[Row] = []
        for space in dict.fromkeys(spaces) if stems else ():
            query = search(space, "episode", f"({words})")
            found += await tx.run("read/episodes_with_all_words", space=space, words=query)
        chosen.append(found)
    first, *others = chosen
    kept = [row for row in first if all(row in other for other in others)]
    in_order = [row["id"] for row in sorted(kept, key=lambda row: (native(row["said_at"]), row["number"]))]
    return in_order if last is None else in_order[-last:]


async def pending(tx: Transaction, spaces: Sequence[str], *, limit: int) -> list[Episode]:
    """See `Store.pending`."""
    found = [
        episode_of(row)
        for space in dict.fromkeys(spaces)
        for row in await tx.run("read/pending_episodes", space=space, far=FAR_FUTURE, limit=limit)
    ]
    return sorted(found, key=lambda episode: episode.said_at)[:limit]


async def facts(tx: Transaction, spaces: Sequence[str], ids: Sequence[str], *, moment: Moment) -> list[Fact]:
    """See `Store.facts`."""
    rows = in_spaces(spaces, ids)
    found = await tx.run("read/facts_known", rows=rows, known_at=moment.known_at) if rows else ()
    by_place = {(row["fact"]["space"], row["fact"]["id"]): fact_of(row) for row in found}
    return [by_place[row["space"], row["id"]] for row in rows if (row["space"], row["id"]) in by_place]


async def list_facts(
    tx: Transaction,
    spaces: Sequence[str],
    *,
    moment: Moment | None,
    entity: str | None,
    predicate: str | None,
    limit: int,
    after: str | None,
) -> list[Fact]:
    """See `Store.list_facts`. Facts of one moment come by the order of the spaces, later ones first within each."""
    named = list(dict.fromkeys(spaces))
    last_order, last_number, last_at = await _place(tx, named, after) if after is not None else (0, 0, FAR_FUTURE)
    known_at = moment.known_at if moment else FAR_FUTURE
    found: list[tuple[tuple[timedelta, int, int], Version]] = []
    for order, space in enumerate(named):
        asked = {
            "before": last_at,
            "before_number": last_number if order == last_order else BEYOND if order > last_order else 0,
            "predicate": predicate,
            "is_any": moment is None,
            "at": moment.at if moment else FAR_PAST,
            "known_at": known_at,
            "limit": limit,
        }
        if entity is None:
            rows = await tx.run("read/listed_facts", space=space, **asked)
        elif who := (await entities_named(tx, [(space, entity)])).get((space, entity)):
            rows = await tx.run("read/listed_facts_of_entity", space=space, key=who.key, **asked)
        else:
            rows = []
        found += [
            ((FAR_FUTURE - native(row["first_known"]), order, -row["number"]), (space, row["id"], row["version"]))
            for row in rows
        ]
    found.sort(key=lambda place: place[0])
    versions = [version for _, version in found[:limit]]
    read = await read_facts(tx, versions, known_at=known_at)
    return [read[version] for version in versions]


async def _place(tx: Transaction, spaces: Sequence[str], id_: str) -> tuple[int, int, object]:
    rows = {row["space"]: row for row in await tx.run("read/place_of_fact", spaces=list(spaces), id=id_)}
    for order, space in enumerate(spaces):
        if space in rows:
            return order, rows[space]["number"], native(rows[space]["first_known"])
    raise NotFound(f"the listing cannot go on after {id_!r}: there is no such fact in the spaces of this call")


async def list_entities(tx: Transaction, spaces: Sequence[str], *, limit: int) -> list[Entity]:
    """See `Store.list_entities`."""
    found = [
        entity_of(row)
        for space in dict.fromkeys(spaces)
        for row in await tx.run("read/entities_by_degree", space=space, limit=limit)
    ]
    return sorted(found, key=lambda entity: (-entity.degree, entity.key))[:limit]


async def history(tx: Transaction, spaces: Sequence[str], fact_id: str) -> list[Change]:
    """See `Store.history`."""
    rows = await tx.run("read/changes_of_fact", spaces=list(dict.fromkeys(spaces)), id=fact_id)
    return [change_of(row["change"], row["text"]) for row in rows]


async def changes(tx: Transaction, spaces: Sequence[str], ids: Sequence[str]) -> list[Change]:
    """See `Store.changes`."""
    rows = in_spaces(spaces, ids)
    found = await tx.run("read/changes_by_id", rows=rows) if rows else ()
    by_place = {(row["change"]["space"], row["change"]["id"]): change_of(row["change"], row["text"]) for row in found}
    return [by_place[row["space"], row["id"]] for row in rows if (row["space"], row["id"]) in by_place]


async def journal(tx: Transaction, spaces: Sequence[str], *, since: datetime, until: datetime) -> list[Change]:
    """See `Store.journal`."""
    found = [
        (native(row["change"]["at"]), change_of(row["change"], row["text"]))
        for space in dict.fromkeys(spaces)
        for row in await tx.run("read/changes_between", space=space, since=since, until=until)
    ]
    return [change for _, change in sorted(found, key=lambda each: each[0])]
