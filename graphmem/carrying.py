"""Whole memories written to files and read from them, and every vector of a store made anew."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any  # a record is plain JSON values

from graphmem import indexing, portable
from graphmem.amending.concerning import concerning
from graphmem.errors import BadLine
from graphmem.models import Fact
from graphmem.moment import AT_LAST
from graphmem.protocols import Embedder, Erasure, Question, Store

Record = Mapping[str, Any]

PAGE = 500
"""Records loaded, or texts embedded anew, at a time."""


async def exported(store: Store, home: str, path: Path, *, entity: str | None = None) -> int:
    """Write the space of an owner with its sessions to a file, or what concerns an entity; return how many records.

    Raises:
        NotFound: There is no such entity.
    """
    count = 0
    spaces = (home, *await store.sessions(home))
    records = store.dump(spaces) if entity is None else _concerning(store, spaces, entity)
    with portable.written(path, home) as put:
        async for record in records:
            put(record)
            count += 1
    return count


async def _concerning(store: Store, spaces: Sequence[str], entity: str) -> AsyncGenerator[Record]:
    """The records that name an entity, and those that these rest on: what their facts were read from and link to.

    Who "I" means is told where that is among them. What was rejected is not: tombstones name nobody.
    """
    found = await concerning(store, spaces, entity)
    facts = {fact.id for fact in found.facts}
    told = {*found.whole, *found.named, *(place.episode_id for fact in found.facts for place in fact.evidence)}
    linked = {(fact.space, key) for fact in found.facts for key in _keys(fact)}
    linked |= {(space, key) for space in spaces for key in found.keys}
    merged = (await store.known(Question(keys=tuple(linked)))).merged
    linked |= {(space, one.key) for (space, _), ones in merged.items() for one in ones}
    named = facts | {key for _, key in linked}
    async for record in store.dump(spaces):
        space = str(record["space"])
        match record["record"]:
            case "space":
                yield {**record, "self": record["self"] if (space, record["self"]) in linked else None}
            case "episode" if record["id"] in told:
                yield record
            case "entity" if (space, record["key"]) in linked:
                yield record
            case "merge" if (space, record["entity"]) in linked:
                yield record
            case "fact" if record["id"] in facts:
                yield record
            case "change" if _is_about(record, named, told):
                yield record
            case _:
                pass


def _keys(fact: Fact) -> set[str]:
    return {key for key in (fact.subject_key, fact.object_key, *fact.mention_keys) if key is not None}


def _is_about(change: Record, known: Collection[str], told: Collection[str]) -> bool:
    """Whether an entry of the journal names nothing but what is told; what has no fact is about its episode."""
    named = {change[name] for name in ("fact_id", "before", "after")} - {None}
    return named <= set(known) if named else change["episode_id"] in told


async def loaded(store: Store, embedder: Embedder, home: str, path: Path) -> int:
    """Read an exported file into the space of an owner; return how many records were new."""
    titles: dict[str, str | None] = {}
    new = 0
    refused: set[tuple[str, str]] = set()
    lines = portable.read(path, home)
    while batch := list(islice(lines, PAGE)):
        records = [record for _, record in batch]
        try:
            new += await store.restore(records, await portable.indexes(records, titles, embedder))
        except BadLine as error:
            number, _ = batch[error.line - 1]
            raise BadLine(f"line {number} of {path.name}: {error}", line=number) from error
        refused |= await _names_in_refused(store, records)
    await _drop_unused(store, refused)
    return new


async def _names_in_refused(store: Store, records: Sequence[Record]) -> set[tuple[str, str]]:
    """The entities that those facts of a file name which were not let in."""
    facts = {str(record["id"]): record for record in records if record["record"] == "fact"}
    spaces = list({str(record["space"]) for record in facts.values()})
    known = {fact.id for fact in await store.facts(spaces, list(facts), moment=AT_LAST)} if facts else set[str]()
    return {
        (str(record["space"]), key)
        for id_, record in facts.items()
        if id_ not in known
        for key in (record.get("subject_key"), record.get("object_key"), *record.get("mention_keys", ()))
        if key is not None
    }


async def _drop_unused(store: Store, names: Collection[tuple[str, str]]) -> None:
    """Of what came with facts that were not let in, erase the names that no other fact uses."""
    known = await store.known(Question(keys=tuple(names), selves=tuple({space for space, _ in names})))
    mine = {(space, entity.key) for space, entity in known.selves.items()}
    bare: dict[str, list[str]] = {}
    for space, key in known.entities.keys() - mine:
        if not await store.list_facts([space], moment=None, entity=key, limit=1):
            bare.setdefault(space, []).append(key)
    for space, keys in bare.items():
        await store.erase(Erasure((space,), entities=tuple(keys)), is_dry_run=False)


async def reembedded(store: Store, embedder: Embedder) -> int:
    """Make every vector of a store anew; return how many texts."""
    last: str | None = None
    count = 0
    is_last = False
    while not is_last:
        page = await store.texts(after=last, limit=PAGE)
        vectors = await embedder.embed(list(map(indexing.vector_text, page)), purpose="document")
        is_last = len(page) < PAGE
        await store.reembed(
            {text.record: vector for text, vector in zip(page, vectors, strict=True)},
            embedder=embedder.identity,
            dimensions=embedder.dimensions,
            is_last=is_last,
        )
        count += len(page)
        last = page[-1].record if page else last
    return count
