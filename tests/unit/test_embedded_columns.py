"""Columns that are kept in memory are those that a store opened just now would read, whoever wrote what meanwhile."""

import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from graphmem._colour import drive
from graphmem.models import Entity, Evidence
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Closing, Erasure, Excerpt, Lists, Rewrite
from graphmem.stores.embedded import EmbeddedStore, excerpt, parts
from graphmem.testing import FixedClock, Scribe, WordEmbedder

ADA = "org=acme/user=ada"
SHARED = "org=acme/shared"
TRIP = "org=acme/user=ada/session=trip"
WORDS = ("tea", "kite", "Oslo", "red", "green", "Kim", "runs", "Zürich")
KEYS = ("kim", "ann", "oslo", "tea", "acme")
EMBEDDER = WordEmbedder()
BOUNDS = Bounds(episodes=4, facts=5, about=3, mentions=2, hub=9)
EVERYTHING = Bounds(episodes=999, facts=999, about=999, mentions=999, hub=9)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def store(path: Path, clock: FixedClock) -> Iterator[EmbeddedStore]:
    store = opened(path, clock)
    yield store
    drive(store.close())


def opened(path: Path | str, clock: FixedClock) -> EmbeddedStore:
    store = EmbeddedStore(path, clock=clock)
    drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
    return store


def asked(
    store: EmbeddedStore, known_at: datetime, *, spaces: tuple[str, ...] = (ADA,), bounds: Bounds = EVERYTHING
) -> Excerpt:
    index = EMBEDDER.index("Does Kim drink red tea in Zürich?")
    stems = tuple(dict.fromkeys(index.stems))
    moment = Moment(at=known_at, known_at=known_at)
    return drive(store.excerpt(spaces, vector=index.vector, stems=stems, keys=(), moment=moment, bounds=bounds))


def assert_same(one: Excerpt, other: Excerpt) -> None:
    for columns in ("facts", "episodes", "entities"):
        ours, theirs = getattr(one, columns), getattr(other, columns)
        for field in fields(ours):
            assert_same_column(f"{columns}.{field.name}", getattr(ours, field.name), getattr(theirs, field.name))
    everyone = np.arange(len(one.entities.keys))
    for name in ("near_facts", "near_episodes"):
        assert_same_column(name, getattr(one, name), getattr(other, name))
    for name in ("about", "mentioning"):
        for ours, theirs in zip(getattr(one, name)(everyone), getattr(other, name)(everyone), strict=True):
            assert_same_column(name, ours, theirs)


def assert_same_column(name: str, ours: object, theirs: object) -> None:
    if isinstance(ours, Lists):
        assert isinstance(theirs, Lists)
        assert ours.starts.tolist() == theirs.starts.tolist(), name
        assert ours.places.tolist() == theirs.places.tolist(), name
    elif isinstance(ours, np.ndarray):
        assert isinstance(theirs, np.ndarray)
        assert ours.dtype == theirs.dtype, name
        assert np.array_equal(ours, theirs) or np.allclose(ours, theirs, atol=1e-6, rtol=0), name
    else:
        assert ours == theirs, name


class Hand:
    """Writes something into a store, by chance."""

    def __init__(self, stores: list[EmbeddedStore], clock: FixedClock, chance: random.Random) -> None:
        self.chance = chance
        self.clock = clock
        self.scribes = {
            space: [Scribe(store, space, embedder=EMBEDDER) for store in stores] for space in (ADA, SHARED, TRIP)
        }
        for scribes in self.scribes.values():
            for scribe in scribes:
                scribe.new_id = self.new_id  # pyright: ignore[reportAttributeAccessIssue] - ids that no two give
        self.facts: dict[str, list[str]] = {space: [] for space in self.scribes}
        self.open: dict[str, list[str]] = {space: [] for space in self.scribes}
        self.episodes: dict[str, list[str]] = {space: [] for space in self.scribes}
        self._written = 0

    def new_id(self, kind: str) -> str:
        self._written += 1
        return f"{kind}-{self._written}"

    def write(self) -> None:
        """One write of any kind."""
        self.clock.advance(hours=1)
        self.space = self.chance.choice((ADA, ADA, SHARED, TRIP))
        self.scribe = self.chance.choice(self.scribes[self.space])
        verbs = (self.say, self.state, self.state, self.state, self.close, self.support, self.mention, self.learn)
        self.chance.choice((*verbs, *verbs, self.replace, self.erase, self.rewrite, self.forget))()

    def text(self) -> str:
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(1, 6)))

    def said(self) -> Mapping[str, object]:
        day = datetime(2026, 1, self.chance.randint(1, 3), tzinfo=UTC)
        return {"session": self.chance.choice((None, "s", "t")), "speaker": self.chance.choice((None, "Kim"))} | {
            "said_at": day
        }

    def say(self) -> None:
        self.episodes[self.space].append(self.scribe.say(self.text(), **self.said()).id)

    def state(self) -> None:
        about, *mentions = self.chance.sample(KEYS, self.chance.randint(1, 3))
        fact = self.scribe.state(self.text(), about=about, mentions=mentions, said=self.said())
        self.facts[self.space].append(fact.id)
        self.open[self.space].append(fact.id)
        self.episodes[self.space].append(fact.evidence[0].episode_id)

    def close(self) -> None:
        if known := self.open[self.space]:
            fact = known.pop(self.chance.randrange(len(known)))
            valid_to = self.chance.choice((None, self.clock()))
            self.scribe.write(closings=(Closing(self.space, fact, valid_to),))

    def support(self) -> None:
        if self.facts[self.space]:
            episode, start = self.chance.choice(self.episodes[self.space]), self.chance.randint(0, 5)
            evidence = Evidence(episode_id=episode, start=start, end=9)
            self.scribe.write(supports=((self.space, self.chance.choice(self.facts[self.space]), evidence),))

    def mention(self) -> None:
        if self.facts[self.space]:
            key = self.chance.choice(KEYS)
            entity = Entity(space=self.space, key=key, name=key)
            mention = (self.space, self.chance.choice(self.facts[self.space]), key)
            self.scribe.write(entities=(entity,), mentions=(mention,))

    def learn(self) -> None:
        key = self.chance.choice(KEYS)
        entity = Entity(space=self.space, key=key, name=key, aliases=("k",), is_common=self.chance.random() < 0.5)
        self.scribe.write(entities=(entity,))

    def replace(self) -> None:
        if known := self.episodes[self.space]:
            old = known.pop(self.chance.randrange(len(known)))
            new = self.scribe.new_episode(self.text(), **self.said())
            self.scribe.write(episodes=(new,), retires=((self.space, old),))
            known.append(new.episode.id)

    def rewrite(self) -> None:
        if known := self.episodes[self.space]:
            [episode] = drive(self.scribe.store.episodes([self.space], [self.chance.choice(known)]))
            text = self.text()
            new = Rewrite(episode.model_copy(update={"text": text}), EMBEDDER.index(text))
            drive(self.scribe.store.erase(Erasure((self.space,), rewrites=(new,)), is_dry_run=False))

    def erase(self) -> None:
        if known := self.facts[self.space]:
            fact = self.chance.choice(known)
            is_dry_run = self.chance.random() < 0.3
            drive(self.scribe.store.erase(Erasure((self.space,), facts=(fact,)), is_dry_run=is_dry_run))
            if not is_dry_run:
                known.remove(fact)
                self.open[self.space] = [other for other in self.open[self.space] if other != fact]

    def forget(self) -> None:
        erasure = Erasure((self.space,), entities=(self.chance.choice(KEYS),))
        drive(self.scribe.store.erase(erasure, is_dry_run=False))


@pytest.mark.parametrize("seed", range(4))
def test_columns_that_grew_are_those_that_are_read_anew(
    seed: int, store: EmbeddedStore, path: Path, clock: FixedClock
) -> None:
    other = opened(path, clock)
    chance = random.Random(seed)
    hand = Hand([store, other], clock, chance)
    begin = clock()
    for _ in range(40):
        hand.write()
        if chance.random() < 0.3:
            continue  # so that several writes are caught up with at once
        fresh = opened(path, clock)
        for spaces in ((ADA,), (TRIP, ADA, SHARED)):
            ago = chance.random() * (clock() - begin)
            for known_at in (clock.now.replace(year=2027), clock() - ago):
                for bounds in (BOUNDS, EVERYTHING):
                    ours = asked(store, known_at, spaces=spaces, bounds=bounds)
                    assert_same(ours, asked(fresh, known_at, spaces=spaces, bounds=bounds))
        drive(fresh.close())
    drive(other.close())


def test_of_a_hub_the_most_similar_facts_are_chosen_as_those_of_others_are(
    store: EmbeddedStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand([store], clock, random.Random(5))
    for _ in range(60):
        hand.write()
    known_at = clock.now.replace(year=2027)
    sorted_ = asked(store, known_at, bounds=BOUNDS)
    everyone = np.arange(len(sorted_.entities.keys))
    expected = *sorted_.about(everyone), *sorted_.mentioning(everyone)
    monkeypatch.setattr(excerpt, "HUB", 1)
    chosen = asked(store, known_at, bounds=BOUNDS)
    found = *chosen.about(everyone), *chosen.mentioning(everyone)
    assert [part.tolist() for part in found] == [part.tolist() for part in expected]
    assert np.bincount(expected[0]).max() == BOUNDS.about


def test_columns_follow_what_is_restored(store: EmbeddedStore, path: Path, clock: FixedClock) -> None:
    async def listed(records: AsyncIterator[Mapping[str, object]]) -> list[Mapping[str, object]]:
        return [record async for record in records]

    elsewhere = opened(":memory:", clock)
    hand = Hand([elsewhere], clock, random.Random(7))
    for _ in range(150):
        hand.write()
    records = drive(listed(elsewhere.dump([ADA])))
    texts = {str(record["id"]): str(record["text"]) for record in records if record["record"] in ("episode", "fact")}
    indexes = {id_: EMBEDDER.index(text) for id_, text in texts.items()}
    Scribe(store, ADA).state("Kim was here.", about="kim", id="here", said={"id": "here"})
    known_at = clock.now.replace(year=2027)
    for start in range(0, len(records), 20):
        asked(store, known_at)
        drive(store.restore(records[start : start + 20], indexes))
    fresh = opened(path, clock)
    assert_same(asked(store, known_at), asked(fresh, known_at))
    assert len(asked(store, known_at).facts.ids) > 10
    drive(fresh.close())
    drive(elsewhere.close())


WRITER = """
    import sys
    from graphmem._colour import drive
    from graphmem.stores.embedded import EmbeddedStore
    from graphmem.testing import Scribe, WordEmbedder
    embedder = WordEmbedder()
    store = EmbeddedStore(sys.argv[1])
    drive(store.open(embedder=embedder.identity, dimensions=embedder.dimensions))
    scribe = Scribe(store, "org=acme/user=ada")
    for number in range(70):
        scribe.state(f"Kim drinks tea {number}.", about="kim", mentions=["tea"], id=f"n-{number}")
    drive(store.close())
"""


def test_columns_follow_what_another_process_writes(store: EmbeddedStore, path: Path, clock: FixedClock) -> None:
    Scribe(store, ADA).state("Kim was here.", about="kim", id="here", said={"id": "here"})
    known_at = clock.now.replace(year=2100)
    assert len(asked(store, known_at).facts.ids) == 1
    subprocess.run([sys.executable, "-c", dedent(WRITER), str(path)], check=True)
    fresh = opened(path, clock)
    found = asked(store, known_at)
    assert len(found.facts.ids) == len(found.about(np.array([found.entity("kim")]))[1]) == 71
    assert_same(found, asked(fresh, known_at))
    drive(fresh.close())


def test_threads_ask_while_one_writes(store: EmbeddedStore, clock: FixedClock) -> None:
    scribe = Scribe(store, ADA)
    scribe.state("Kim drinks tea.", about="kim")
    known_at = clock.now.replace(year=2100)
    is_written = False

    def ask(_: int) -> None:
        last = 0
        while not is_written or last < 41:
            found = asked(store, known_at)
            now = len(found.facts.ids)
            assert now >= last, "what was seen once is not unseen"
            last = now
            assert (found.facts.similarity > 0).all()
            assert found.facts.holds.all()
            assert len(found.about(np.array([0]))[1]) == 1 + now // 2
            assert len(found.near_facts) == len(found.near_episodes) == now

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask, number) for number in range(8)]
        for _ in range(20):
            scribe.state("Kim drinks red tea.", about="kim")
            new = scribe.new_episode("Red tea.")
            scribe.write(episodes=(new,), facts=(scribe.new_fact("Red tea.", new.episode),))
        is_written = True
        for each in asking:
            each.result()


def test_memory_for_columns_is_bounded_but_for_what_is_asked(
    store: EmbeddedStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaces = tuple(f"{ADA}{number}" for number in range(6))
    for space in spaces:
        Scribe(store, space).state("Kim drinks tea.", about="kim")
    known_at = clock.now.replace(year=2027)
    asked(store, known_at, spaces=spaces[:1])
    [one] = store._parts._kept.values()
    monkeypatch.setattr(parts, "CACHE_BYTES", int(2.5 * one.columns.bytes))
    for space in spaces:
        asked(store, known_at, spaces=(space,))
    assert len(store._parts._kept) == 2
    assert len(asked(store, known_at, spaces=spaces).facts.ids) == 6
    assert len(store._parts._kept) == 6
    asked(store, known_at, spaces=spaces[:1])
    assert len(store._parts._kept) == 2


def test_a_store_that_is_closed_or_erased_from_keeps_no_columns(store: EmbeddedStore, clock: FixedClock) -> None:
    Scribe(store, ADA).state("Kim drinks tea.", about="kim")
    known_at = clock.now.replace(year=2027)
    for spaces in ((ADA,), (ADA, SHARED)):
        asked(store, known_at, spaces=spaces)
    drive(store.erase(Erasure((ADA,), everything=True), is_dry_run=False))
    assert not store._parts._kept
    assert not store._parts._views
    assert not len(asked(store, known_at).facts.ids)
    drive(store.close())
    assert not store._parts._kept
