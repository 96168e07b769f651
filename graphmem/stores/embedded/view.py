"""The spaces of a call as known at one moment: what its questions have in common, laid out once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Lists, Places
from graphmem.stores.embedded.columns import NOTHING, Columns, Table
from graphmem.stores.embedded.known import known
from graphmem.stores.embedded.lists import Mask, distinct, in_order, with_more


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where one part stands among all: what was known of it, the whole of it, and where its rows begin."""

    columns: Columns
    whole: Columns
    first_fact: int
    first_episode: int

    @property
    def facts(self) -> slice:
        """The places of its facts."""
        return slice(self.first_fact, self.first_fact + len(self.columns.facts.rows))

    @property
    def episodes(self) -> slice:
        """The places of its episodes."""
        return slice(self.first_episode, self.first_episode + len(self.columns.episodes.rows))


@dataclass(frozen=True, slots=True)
class View:
    """Columns of all parts end to end. Names are those of `graphmem.protocols`; what was not known is in no list."""

    stretches: tuple[Stretch, ...]
    # facts
    fact_ids: Sequence[str]
    fact_lengths: NDArray[np.int32]
    versions: Table
    subject: Places
    mentions: Lists
    told_in: Lists
    # episodes
    episode_ids: Sequence[str]
    spaces: Sequence[str]
    roles: NDArray[np.str_]
    speakers: Sequence[str | None]
    sources: Sequence[str | None]
    session: Places
    said_at: Places
    asks: Mask
    episode_lengths: NDArray[np.int32]
    links: NDArray[np.int32]
    told: Lists
    before: Places
    after: Places
    # entities
    keys: Sequence[str]
    places: dict[str, int]
    degree: Places
    is_common: Mask
    about: Lists
    mentioning: Lists


def view_of(whole: Columns, known_at: int) -> View:
    """One part as known at a moment."""
    columns = known(whole, known_at)
    episodes, facts, entities = columns.episodes, columns.facts, columns.entities
    fact, entity, is_about = facts.links
    abouts = is_about > 0
    subject = np.full(len(facts.rows), -1)
    subject[fact[abouts]] = entity[abouts]
    told_in, told = _evidence(columns)
    links_of_fact = np.bincount(fact, minlength=len(facts.rows))
    telling = np.repeat(np.arange(len(episodes.rows)), np.diff(told.starts))
    said_at, recorded_at, _ = episodes.times
    before, after = _neighbours(episodes.sessions, said_at, recorded_at)
    return View(
        stretches=(Stretch(columns, whole, 0, 0),),
        fact_ids=facts.ids,
        fact_lengths=facts.words.distinct,
        versions=facts.versions,
        subject=subject,
        mentions=in_order(fact[~abouts], entity[~abouts], len(facts.rows)),
        told_in=told_in,
        episode_ids=episodes.ids,
        spaces=[columns.space] * len(episodes.rows),
        roles=episodes.roles,
        speakers=episodes.speakers,
        sources=episodes.sources,
        session=episodes.sessions,
        said_at=said_at,
        asks=episodes.asks,
        episode_lengths=episodes.words.lengths,
        links=np.bincount(telling, links_of_fact[told.places], len(episodes.rows)).astype(np.int32),
        told=told,
        before=before,
        after=after,
        keys=entities.keys,
        places=entities.places,
        degree=entities.degrees,
        is_common=entities.is_common,
        about=facts.about,
        mentioning=facts.mentioning,
    )


def _evidence(columns: Columns) -> tuple[Lists, Lists]:
    """The episodes of each fact, oldest first, and the facts of each episode, in the order they stand there."""
    facts, episodes = columns.facts, columns.episodes
    fact, episode, start, _ = facts.evidence
    by_age = np.argsort(episodes.times[0], kind="stable")
    age = np.empty_like(by_age)
    age[by_age] = np.arange(len(by_age))
    many = max(1, len(by_age))
    pairs = distinct(fact * many + age[episode])
    told_in = in_order(pairs // many, by_age[pairs % many], len(facts.rows))
    # One number for episode and start: rows come by fact, so that a stable sort settles the rest.
    order = np.argsort(episode * (int(start.max(initial=0)) + 1) + start, kind="stable")
    fact, episode = fact[order], episode[order]
    if len(pairs) < len(fact):  # some fact was read twice from one episode
        _, first = np.unique(fact * many + episode, return_index=True)
        first.sort()
        fact, episode = fact[first], episode[first]
    return told_in, in_order(episode, fact, len(episodes.rows))


def _neighbours(session: Places, said_at: Places, recorded_at: Places) -> tuple[Places, Places]:
    """The turn before and after each in its session."""
    before, after = np.full(len(session), -1), np.full(len(session), -1)
    turns = np.flatnonzero(session >= 0)
    turns = turns[np.lexsort((recorded_at[turns], said_at[turns], session[turns]))]
    is_same = session[turns[1:]] == session[turns[:-1]]
    before[turns[1:][is_same]] = turns[:-1][is_same]
    after[turns[:-1][is_same]] = turns[1:][is_same]
    return before, after


def joined(views: Sequence[View]) -> View:
    """The views of parts as one, in their order; entities are joined by key."""
    return reduce(_join, views) if views else replace(view_of(NOTHING, 0), stretches=())


def _join(one: View, other: View) -> View:
    facts, episodes = len(one.fact_ids), len(one.episode_ids)
    names = _Names.of(one, other)
    return View(
        stretches=(
            *one.stretches,
            *(
                Stretch(each.columns, each.whole, each.first_fact + facts, each.first_episode + episodes)
                for each in other.stretches
            ),
        ),
        fact_ids=[*one.fact_ids, *other.fact_ids],
        fact_lengths=np.concatenate((one.fact_lengths, other.fact_lengths)),
        versions=np.concatenate((one.versions, _shifted(other.versions, facts)), axis=1),
        subject=np.concatenate((names.first[one.subject], names.second[other.subject])),
        mentions=_end_to_end(
            Lists(one.mentions.starts, names.first[one.mentions.places]),
            Lists(other.mentions.starts, names.second[other.mentions.places]),
            0,
        ),
        told_in=_end_to_end(one.told_in, other.told_in, episodes),
        episode_ids=[*one.episode_ids, *other.episode_ids],
        spaces=[*one.spaces, *other.spaces],
        roles=np.concatenate((one.roles, other.roles)),
        speakers=[*one.speakers, *other.speakers],
        sources=[*one.sources, *other.sources],
        session=np.concatenate((one.session, other.session)),
        said_at=np.concatenate((one.said_at, other.said_at)),
        asks=np.concatenate((one.asks, other.asks)),
        episode_lengths=np.concatenate((one.episode_lengths, other.episode_lengths)),
        links=np.concatenate((one.links, other.links)),
        told=_end_to_end(one.told, other.told, facts),
        before=_after(one.before, other.before, episodes),
        after=_after(one.after, other.after, episodes),
        keys=names.keys,
        places=names.places,
        degree=names.merged(one.degree, other.degree),
        is_common=names.merged(one.is_common, other.is_common).astype(np.bool_),
        about=names.fans(one.about, other.about, facts),
        mentioning=names.fans(one.mentioning, other.mentioning, facts),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """The entities of two views as one: where those of each stand, and at the end -1 for none."""

    keys: Sequence[str]
    places: dict[str, int]
    first: Places
    second: Places

    @classmethod
    def of(cls, one: View, other: View) -> "_Names":
        large, small = (one, other) if len(one.keys) >= len(other.keys) else (other, one)
        places = dict(large.places)
        mapped = np.fromiter((places.setdefault(key, len(places)) for key in small.keys), np.int64, len(small.keys))
        same, moved = np.append(np.arange(len(large.keys)), -1), np.append(mapped, -1)
        return cls(list(places), places, *((same, moved) if large is one else (moved, same)))

    def merged(self, one: Places | Mask, other: Places | Mask) -> Places:
        """Numbers of entities, summed."""
        total = np.zeros(len(self.keys), np.int64)
        total[self.first[:-1]] += one
        total[self.second[:-1]] += other
        return total

    def fans(self, one: Lists, other: Lists, facts: int) -> Lists:
        """The facts of each entity, those of the first view first."""
        count, other = len(self.keys), Lists(other.starts, other.places + facts)
        if len(one.starts) >= len(other.starts):  # its entities have kept their places
            return with_more(one, np.repeat(self.second[:-1], np.diff(other.starts)), other.places, count)
        return with_more(other, np.repeat(self.first[:-1], np.diff(one.starts)), one.places, count, in_front=True)


def _shifted(table: Table, facts: int) -> Table:
    shifted = table.copy()
    shifted[0] += facts
    return shifted


def _end_to_end(one: Lists, other: Lists, shift: int) -> Lists:
    starts = np.concatenate((one.starts, other.starts[1:] + one.starts[-1]))
    return Lists(starts, np.concatenate((one.places, other.places + shift)))


def _after(one: Places, other: Places, shift: int) -> Places:
    return np.concatenate((one, np.where(other < 0, -1, other + shift)))
