"""What a write has to know first."""

from collections.abc import Iterable, Mapping, Sequence

from graphmem.models import Entity, Episode, Fact
from graphmem.moment import FAR_FUTURE
from graphmem.protocols import Known, Question, Slot
from graphmem.stores.neo4j.area import rows_of, search
from graphmem.stores.neo4j.connection import Row, Transaction
from graphmem.stores.neo4j.merging import merged_in, stands_for, told_under
from graphmem.stores.neo4j.records import entity_of, episode_of, fact_of
from graphmem.stores.tokens import MOST_UNLINKED, phrase
from graphmem.stores.tombstones import after, salt_of, sealed_by_all
from graphmem.stores.values import ABOUT_VALIDITY, BY_ANOTHER, by_space, standing, to_look_up

Place = tuple[str, str]
"""A space, and an id, identity, key or digest in it."""

Version = tuple[str, str, int]
"""A space, a fact's id, and which of its versions."""


async def known(tx: Transaction, question: Question) -> Known:
    """See `Store.known`."""
    episodes, sole = await _episodes(tx, question)
    keys = [*question.keys, *((space, key) for space, key, _ in question.unlinked)]
    named = await entities_named(tx, keys)
    slots, ended = await _facts_of(tx, question.slots)
    statements = await _statements(tx, question.statements)
    unlinked = await _unlinked(tx, [name for name in question.unlinked if name[:2] not in named])
    orphans = await _orphans(tx, question.retires)
    of_slots = [version for found in (*slots.values(), *ended.values()) for version in found]
    groups = [*sole.values(), of_slots, tuple(statements.values()), *unlinked.values(), orphans]
    facts = await read_facts(tx, [version for group in groups for version in group])
    entities = {place: named[place] for place in question.keys if place in named}
    beside = [(slot, [facts[version] for version in of]) for found in (slots, ended) for slot, of in found.items()]
    told = await _standing(tx, to_look_up(beside, [facts[version] for version in statements.values()]))
    selves, speakers = await _selves(tx, question.selves)
    return Known(
        episodes=episodes,
        sole={place: tuple(facts[version] for version in versions) for place, versions in sole.items()},
        entities=entities,
        slots={slot: tuple(facts[version] for version in versions) for slot, versions in slots.items()},
        ended={slot: tuple(facts[version] for version in versions) for slot, versions in ended.items()},
        outdated=frozenset(id_ for id_, kinds in told.items() if kinds[-1] in BY_ANOTHER),
        corrected=frozenset(id_ for id_, kinds in told.items() if "corrected" in kinds),
        statements={place: facts[version] for place, version in statements.items()},
        rejected=frozenset(await rejected(tx, question.rejections)),
        selves=selves,
        speakers=speakers,
        unlinked={place: tuple(facts[version] for version in versions) for place, versions in unlinked.items()},
        orphans=tuple(facts[version] for version in orphans),
        merged=await _merged(tx, entities),
        told=await _told(tx, question.told),
    )


async def read_facts(
    tx: Transaction, versions: Iterable[Version], *, known_at: object = FAR_FUTURE
) -> dict[Version, Fact]:
    """Facts by space, id and version, with the evidence known by a moment."""
    rows = [{"space": space, "id": id_, "version": version} for space, id_, version in dict.fromkeys(versions)]
    if not rows:
        return {}
    found = await tx.run("read/facts", rows=rows, known_at=known_at)
    return {(row["fact"]["space"], row["fact"]["id"], row["fact"]["version"]): fact_of(row) for row in found}


async def open_facts(tx: Transaction, slots: Iterable[Slot]) -> dict[Slot, tuple[Version, ...]]:
    """The facts of slots that nothing has closed, oldest first."""
    return (await _facts_of(tx, slots))[0]


async def _facts_of(
    tx: Transaction, slots: Iterable[Slot]
) -> tuple[dict[Slot, tuple[Version, ...]], dict[Slot, tuple[Version, ...]]]:
    """The facts of slots that nothing has closed, and those that held until a moment after its `since`."""
    slots = list(slots)
    named = await entities_named(tx, [(slot.space, slot.subject or slot.object or "") for slot in slots])
    found: dict[Slot, tuple[Version, ...]] = dict.fromkeys(slots, ())
    ended: dict[Slot, tuple[Version, ...]] = dict.fromkeys(slots, ())
    for name, chosen in (
        ("read/slots_by_subject", [slot for slot in slots if slot.subject]),
        ("read/slots_by_object", [slot for slot in slots if not slot.subject and slot.object]),
    ):
        asked: dict[tuple[str, str, str], list[Slot]] = {}
        for slot in chosen:
            if entity := named.get((slot.space, slot.subject or slot.object or "")):
                asked.setdefault((slot.space, entity.key, slot.predicate), []).append(slot)
        rows = [
            {"space": space, "key": key, "predicate": predicate, "since": min(slot.since for slot in of)}
            for (space, key, predicate), of in asked.items()
        ]
        for row in await tx.run(name, rows=rows, far=FAR_FUTURE) if rows else ():
            for slot in asked[row["space"], row["key"], row["predicate"]]:
                chosen_of = found if row["is_open"] else ended
                chosen_of[slot] = (*chosen_of[slot], _version(row))
    return found, ended


async def _standing(tx: Transaction, facts: Iterable[Fact]) -> dict[str, list[str]]:
    """By the ids of facts the changes that say when they hold, where there are any."""
    rows = rows_of((fact.space, fact.id) for fact in facts)
    found = await tx.run("read/changes_of_validity", rows=rows, kinds=ABOUT_VALIDITY) if rows else ()
    return {row["id"]: stands for row in found if (stands := standing(row["kinds"]))}


async def entities_named(tx: Transaction, places: Iterable[Place]) -> dict[Place, Entity]:
    """The entities that keys or aliases stand for: for each key its entity or the one that this was merged into, else
    the one that bears it as an alias, the most spoken of where several do.
    """
    by_space: dict[str, list[str]] = {}
    for space, key in dict.fromkeys(places):
        by_space.setdefault(space, []).append(key)
    found: dict[Place, tuple[tuple[bool, bool, int, int], Entity]] = {}
    for space, keys in by_space.items():
        for row in await tx.run("read/entities_named", spaces=[space], keys=keys, known_at=FAR_FUTURE):
            rank = (not row["is_alias"], row["is_key"], row["entity"]["degree"], -row["number"])
            place = (space, row["key"])
            if place not in found or found[place][0] < rank:
                found[place] = (rank, entity_of(row))
    return {place: entity for place, (_, entity) in found.items()}


async def read_episodes(tx: Transaction, places: Iterable[Place]) -> dict[Place, Row]:
    """Rows of `read/episodes` by space and id."""
    rows = rows_of(places)
    found = await tx.run("read/episodes", rows=rows) if rows else ()
    return {(row["episode"]["space"], row["episode"]["id"]): row for row in found}


async def _episodes(
    tx: Transaction, question: Question
) -> tuple[Mapping[Place, Episode], Mapping[Place, tuple[Version, ...]]]:
    named: list[Row] = []
    if question.episodes:
        named += await tx.run("read/episodes_by_identity", rows=rows_of(question.episodes, "space", "identity"))
    if question.sources:
        named += await tx.run("read/episodes_by_source", rows=rows_of(question.sources, "space", "source"))
    places = {(row["space"], row["id"]): (row["space"], row["identity"]) for row in named}
    episodes = {places[place]: episode_of(row) for place, row in (await read_episodes(tx, places)).items()}
    sole = {places[space, id_]: await _sole(tx, space, [id_]) for space, id_ in places}
    return episodes, sole


async def _sole(tx: Transaction, space: str, ids: Sequence[str]) -> tuple[Version, ...]:
    """The believed facts that stand on these episodes alone."""
    rows = await tx.run("read/sole_facts", space=space, ids=list(ids), far=FAR_FUTURE)
    return tuple(map(_version, rows))


async def _orphans(tx: Transaction, retires: Sequence[Place]) -> tuple[Version, ...]:
    orphans: list[Version] = []
    for space in dict.fromkeys(space for space, _ in retires):
        orphans += await _sole(tx, space, [id_ for of, id_ in retires if of == space])
    return tuple(orphans)


async def _statements(tx: Transaction, asked: Sequence[Place]) -> dict[Place, Version]:
    if not asked:
        return {}
    found = await tx.run("read/believed_by_digest", rows=rows_of(asked, "space", "digest"), far=FAR_FUTURE)
    return {(row["space"], row["digest"]): _version(row) for row in found}


async def rejected(tx: Transaction, asked: Sequence[Place]) -> set[Place]:
    """Those of some digests that were rejected."""
    tombstones = await sealed(tx, asked)
    found = await tx.run("read/rejected", rows=rows_of(tombstones, "space", "digest")) if tombstones else ()
    return {tombstones[row["space"], row["digest"]] for row in found}


async def sealed(tx: Transaction, asked: Sequence[Place]) -> dict[Place, Place]:
    """The tombstones that some digests may have, by space, and which digest each is of."""
    digests = by_space(asked)
    salts = await salts_of(tx, digests)
    return {
        (space, tombstone): (space, digest)
        for space, of_space in digests.items()
        for tombstone, digest in sealed_by_all(of_space, salts[space]).items()
    }


async def salts_of(tx: Transaction, spaces: Iterable[str]) -> dict[str, list[str]]:
    """The salts of spaces: one step of the index each, and one statement for all spaces together."""
    found: dict[str, list[str]] = {space: [] for space in spaces}
    rows = [{"space": space, "after": ""} for space in found]
    while rows:
        told = await tx.run("read/salts", rows=rows)
        rows = [{"space": row["space"], "after": after(salt_of(row["digest"]))} for row in told]
        for row in told:
            found[row["space"]].append(salt_of(row["digest"]))
    return found


async def _selves(tx: Transaction, spaces: Sequence[str]) -> tuple[dict[str, Entity], dict[str, Entity]]:
    """Whom "I" means in some spaces by now, and of whom it is told there: the same by itself."""
    if not spaces:
        return {}, {}
    areas = await tx.run("read/areas", spaces=list(dict.fromkeys(spaces)))
    keys = [(row["area"]["space"], row["area"]["self"]) for row in areas if row["area"]["self"]]
    selves = {space: entity for (space, _), entity in (await entities_named(tx, keys)).items()}
    merged = await merged_in(tx, [space for space, entity in selves.items() if entity.aliases])
    own = {space: one.entity for space, ones in merged.items() for one in ones.values() if one.is_self}
    return selves, {**selves, **own}


async def _unlinked(tx: Transaction, asked: Sequence[tuple[str, str, str]]) -> dict[Place, tuple[Version, ...]]:
    rows = [
        {"space": space, "key": key, "words": search(space, "fact", phrase(words.split(" ")))}
        for space, key, words in asked
        if words
    ]
    found: dict[Place, list[Version]] = {}
    for row in await tx.run("read/facts_with_phrases", rows=rows, limit=MOST_UNLINKED) if rows else ():
        found.setdefault((row["space"], row["key"]), []).append(_version(row))
    return {place: tuple(versions) for place, versions in found.items()}


async def _merged(tx: Transaction, entities: Mapping[Place, Entity]) -> dict[Place, tuple[Entity, ...]]:
    """What was merged into the entities asked for, by itself."""
    asked = {(entity.space, entity.key) for entity in entities.values()}
    found: dict[Place, tuple[Entity, ...]] = {}
    for space, merged in (await merged_in(tx, dict.fromkeys(space for space, _ in asked))).items():
        for key, one in merged.items():
            place = (space, stands_for(merged, key))
            if place in asked:
                found[place] = (*found.get(place, ()), one.entity)
    return found


async def _told(tx: Transaction, asked: Sequence[Place]) -> dict[Place, Fact]:
    """Facts with the keys that they were told under."""
    if not asked:
        return {}
    rows = await tx.run("read/facts_known", rows=rows_of(asked), known_at=FAR_FUTURE)
    facts = {(fact.space, fact.id): fact for fact in map(fact_of, rows)}
    told = await tx.run("read/told_under", rows=rows_of(asked)) if facts else ()
    keys = {(row["space"], row["id"]): told_under(row) for row in told}
    return {place: fact.model_copy(update=keys[place].values()) for place, fact in facts.items()}


def _version(row: Row) -> Version:
    return row["space"], row["id"], row["version"]
