"""The part of the columns that was known at a moment."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from graphmem.protocols import Places
from graphmem.stores.embedded.columns import Columns, Entities, Episodes, Facts, Table
from graphmem.stores.embedded.lists import grouped

T = TypeVar("T")


def known(columns: Columns, known_at: int) -> Columns:
    """The columns without what was not known yet, or no longer; the same where everything was.

    Episodes were known from when they were recorded until they were replaced, facts by their evidence. An entity that a
    known fact names stays, though it may have got its name later; nothing leads on from it then.
    """
    episodes, facts, entities = columns.episodes, columns.facts, columns.entities
    _, recorded_at, retired_at = episodes.times
    is_known = (recorded_at <= known_at) & (retired_at > known_at)
    fact, episode, _, since = facts.evidence
    told = (since <= known_at) & (facts.known_from[fact] <= known_at) & is_known[episode]
    has_source = np.zeros(len(facts.rows), np.bool_)
    has_source[fact[told]] = True
    is_entity = entities.known_from <= known_at
    if is_known.all() and told.all() and is_entity.all() and has_source.all():
        return columns
    is_named = is_entity.copy()
    is_named[facts.links[1, has_source[facts.links[0]]]] = True
    kept_episodes, kept_facts, kept_entities = map(np.flatnonzero, (is_known, has_source, is_named))
    some = _entities(entities, kept_entities, known_at)
    return replace(
        columns,
        episodes=_episodes(episodes, kept_episodes),
        facts=_facts(facts, facts.evidence[:, told], (kept_episodes, kept_facts, kept_entities), some, known_at),
        entities=some,
    )


def _episodes(old: Episodes, kept: Places) -> Episodes:
    return Episodes(
        rows=old.rows[kept],
        ids=_some(old.ids, kept),
        roles=old.roles[kept],
        speakers=_some(old.speakers, kept),
        sources=_some(old.sources, kept),
        sessions=old.sessions[kept],
        times=old.times[:, kept],
        asks=old.asks[kept],
        words=old.words.of_some(kept),
    )


def _entities(old: Entities, kept: Places, known_at: int) -> Entities:
    if (old.known_from <= known_at).all():
        return old
    keys = _some(old.keys, kept)
    known_from = old.known_from[kept]
    return Entities(
        rows=old.rows[kept],
        keys=keys,
        places={key: place for place, key in enumerate(keys)},
        degrees=np.where(known_from <= known_at, old.degrees[kept], 0),
        is_common=old.is_common[kept],
        known_from=known_from,
    )


def _facts(
    old: Facts, evidence: Table, kept: tuple[Places, Places, Places], entities: Entities, known_at: int
) -> Facts:
    episodes, facts, some = kept
    is_kept = np.zeros(len(old.rows), np.bool_)
    is_kept[facts] = True
    links = old.links[:, is_kept[old.links[0]]]
    links[0], links[1] = np.searchsorted(facts, links[0]), np.searchsorted(some, links[1])
    versions = old.versions[:, is_kept[old.versions[0]]]
    versions[0] = np.searchsorted(facts, versions[0])
    evidence[0], evidence[1] = np.searchsorted(facts, evidence[0]), np.searchsorted(episodes, evidence[1])
    leads = entities.known_from[links[1]] <= known_at
    about, mentioning = (
        grouped(links[1, which], links[0, which], len(entities.rows))
        for which in (leads & (links[2] > 0), leads & (links[2] == 0))
    )
    return Facts(
        rows=old.rows[facts],
        ids=_some(old.ids, facts),
        known_from=old.known_from[facts],
        words=old.words.of_some(facts),
        versions=versions,
        evidence=evidence,
        links=links,
        about=about,
        mentioning=mentioning,
    )


def _some(values: Sequence[T], kept: Places) -> list[T]:
    return [values[place] for place in kept.tolist()]
