"""What a part holds, as columns in memory, so that a question is arithmetic on arrays and reads nothing by rows.

Within an epoch rows are only added, except for what `edited` announces: a fact's versions, evidence and links, when an
episode was retired, how many episodes touch an entity and whether it is common. So columns grow by what was edited
since they were read, without a look at the other rows.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any  # a row of sqlite3 is a tuple of Any

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import ROLE, Lists, Places
from graphmem.stores.embedded import searching_statements as sql
from graphmem.stores.embedded.area import Area
from graphmem.stores.embedded.lists import NO_LISTS, with_more
from graphmem.stores.embedded.postings import NO_POSTINGS, Postings

Table = NDArray[np.int64]
"""One array row for each column of the database; the first one sorts it."""

Row = tuple[Any, ...]

Rows = list[list[Any]]
"""Rows column by column; the first one is ascending."""

AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Episodes:
    """Episodes by row. `times` are said_at, recorded_at and retired_at; sessions go by their rows, -1 for none; `asks`
    tells which end with a question mark.
    """

    rows: Places
    ids: Sequence[str]
    roles: NDArray[np.str_]
    speakers: Sequence[str | None]
    sources: Sequence[str | None]
    sessions: Places
    times: Table
    asks: NDArray[np.bool_]
    words: Postings


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by row, and what hangs on them by the places of facts, episodes and entities.

    Attributes:
        versions: Fact, known_from, known_to, valid_from, valid_to.
        evidence: Fact, episode, start, known_from.
        links: Fact, entity, whether it is about it.
        about, mentioning: The facts of each entity.
    """

    rows: Places
    ids: Sequence[str]
    known_from: Places
    words: Postings
    versions: Table
    evidence: Table
    links: Table
    about: Lists
    mentioning: Lists


@dataclass(frozen=True, slots=True)
class Entities:
    """Entities by row, and the place of each by key."""

    rows: Places
    keys: Sequence[str]
    places: dict[str, int]
    degrees: Places
    is_common: NDArray[np.bool_]
    known_from: Places


@dataclass(frozen=True, slots=True)
class Columns:
    """A part as of one state: `next` grows with every write, `epoch` with every one that changes what was there."""

    space: str
    epoch: int
    next: int
    last_at: int
    episodes: Episodes
    facts: Facts
    entities: Entities

    @property
    def bytes(self) -> int:
        """About how much memory this takes."""
        tables = (self.facts.versions, self.facts.evidence, self.facts.links, self.episodes.times)
        texts = len(self.facts.rows) + len(self.episodes.rows) + len(self.entities.rows)
        words = self.facts.words.bytes + self.episodes.words.bytes
        return 2 * sum(table.nbytes for table in tables) + words + 200 * texts


def read(db: sqlite3.Connection, area: Area, known: Columns | None) -> Columns:
    """The columns of a part as of this transaction, from those of an earlier state of its epoch or from nothing."""
    old = known or replace(NOTHING, space=area.space, epoch=area.epoch)
    asked = {"after": (area.lo | old.next) - 1, "hi": area.hi}
    which: sql.Read = "edited" if known else "all"
    episodes = _episodes(old.episodes, _rows(db.execute(sql.READ_EPISODES[which], {**asked, "mark": "?"}), 11))
    entities = _entities(old.entities, _rows(db.execute(sql.READ_ENTITIES[which], asked), 5))
    rows = _rows(db.execute(sql.READ_FACTS[which], asked), 4)
    tables = [
        _table(db.execute(statement[which], asked), width)
        for statement, width in ((sql.READ_VERSIONS, 5), (sql.READ_EVIDENCE, 4), (sql.READ_LINKS, 3))
    ]
    facts = _facts(old.facts, rows, tables, episodes, entities)
    return Columns(area.space, area.epoch, area.next, area.last_at, episodes, facts, entities)


def _episodes(old: Episodes, rows: Rows) -> Episodes:
    changed, new = _split(rows, old.rows)
    times = old.times
    if changed[0]:
        times = times.copy()
        times[2, _places(old.rows, changed[0])] = changed[8]
    if not new[0]:
        return replace(old, times=times)
    ids, uids, roles, speakers, sources, sessions, *said, asks, texts = new
    return Episodes(
        rows=_longer(old.rows, ids),
        ids=[*old.ids, *uids],
        roles=np.concatenate((old.roles, np.array(roles, ROLE))),
        speakers=[*old.speakers, *speakers],
        sources=[*old.sources, *sources],
        sessions=_longer(old.sessions, sessions),
        times=np.concatenate((times, np.array(said, np.int64)), axis=1),
        asks=np.concatenate((old.asks, np.array(asks, np.bool_))),
        words=old.words.with_more(texts),
    )


def _entities(old: Entities, rows: Rows) -> Entities:
    changed, new = _split(rows, old.rows)
    degrees, is_common = old.degrees, old.is_common
    if changed[0]:
        places = _places(old.rows, changed[0])
        degrees, is_common = degrees.copy(), is_common.copy()
        degrees[places], is_common[places] = changed[2:4]
    if not new[0]:
        return replace(old, degrees=degrees, is_common=is_common)
    ids, keys, new_degrees, common, known_from = new
    places = dict(old.places)
    places.update(zip(keys, range(len(old.keys), len(old.keys) + len(keys)), strict=True))
    return Entities(
        rows=_longer(old.rows, ids),
        keys=[*old.keys, *keys],
        places=places,
        degrees=_longer(degrees, new_degrees),
        is_common=np.concatenate((is_common, np.array(common, np.bool_))),
        known_from=_longer(old.known_from, known_from),
    )


def _facts(old: Facts, rows: Rows, tables: Sequence[Table], episodes: Episodes, entities: Entities) -> Facts:
    changed, new = _split(rows, old.rows)
    all_rows = _longer(old.rows, new[0])
    versions, evidence, links = tables
    for table in tables:
        table[0] = np.searchsorted(all_rows, table[0])
    evidence[1] = np.searchsorted(episodes.rows, evidence[1])
    links[1] = np.searchsorted(entities.rows, links[1])
    gone = np.zeros(len(all_rows), np.bool_)
    gone[_places(old.rows, changed[0])] = True
    all_links = _merged(old.links, links, gone)
    about, mentioning = old.about, old.mentioning
    links = links[:, links[0] >= len(old.rows)]
    if len(all_links[0]) > len(old.links[0]) + len(links[0]):  # a name was found in an older text
        links, about, mentioning = all_links, NO_LISTS, NO_LISTS
    is_about = links[2].astype(np.bool_)
    return Facts(
        rows=all_rows,
        ids=[*old.ids, *new[1]],
        known_from=_longer(old.known_from, new[3]),
        words=old.words.with_more(new[2]),
        versions=_merged(old.versions, versions, gone),
        evidence=_merged(old.evidence, evidence, gone),
        links=all_links,
        about=with_more(about, links[1, is_about], links[0, is_about], len(entities.rows)),
        mentioning=with_more(mentioning, links[1, ~is_about], links[0, ~is_about], len(entities.rows)),
    )


def _rows(rows: sqlite3.Cursor, width: int) -> Rows:
    """Rows column by column. A few at a time, as tuples by the thousand keep the garbage collector busy."""
    columns: Rows = [[] for _ in range(width)]
    while some := rows.fetchmany(AT_ONCE):
        for column, values in zip(columns, zip(*some, strict=True), strict=True):
            column += values
    return columns


def _split(rows: Rows, known: Places) -> tuple[Rows, Rows]:
    """Rows that were there already, and new ones."""
    first = bisect_right(rows[0], known[-1]) if len(known) else 0
    return [column[:first] for column in rows], [column[first:] for column in rows]


def _places(known: Places, rows: Sequence[int]) -> Places:
    return np.searchsorted(known, np.array(rows, np.int64))


def _longer(old: Places, new: Sequence[int]) -> Places:
    return np.concatenate((old, np.array(new, np.int64)))


def _table(rows: Iterable[Row], width: int) -> Table:
    """Rows of numbers as a table sorted by its first column."""
    table = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width).T
    return table[:, np.argsort(table[0], kind="stable")]


def _merged(old: Table, new: Table, gone: NDArray[np.bool_]) -> Table:
    """The new rows in the place of all old ones of the facts that are gone."""
    if not len(new[0]):
        return old
    if not gone.any():
        return np.concatenate((old, new), axis=1)
    both = np.concatenate((old[:, ~gone[old[0]]], new), axis=1)
    return both[:, np.argsort(both[0], kind="stable")]


_NONE = np.empty(0, np.int64)
NOTHING = Columns(
    space="",
    epoch=0,
    next=0,
    last_at=0,
    episodes=Episodes(
        _NONE, (), np.empty(0, ROLE), (), (), _NONE, np.empty((3, 0), np.int64), np.empty(0, np.bool_), NO_POSTINGS
    ),
    facts=Facts(
        _NONE,
        (),
        _NONE,
        NO_POSTINGS,
        np.empty((5, 0), np.int64),
        np.empty((4, 0), np.int64),
        np.empty((3, 0), np.int64),
        NO_LISTS,
        NO_LISTS,
    ),
    entities=Entities(_NONE, (), {}, _NONE, np.empty(0, np.bool_), _NONE),
)
