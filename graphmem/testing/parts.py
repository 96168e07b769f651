"""Parts that do the same every time: a clock, an embedder, and a hand that writes memories down."""

import hashlib
from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import numpy as np

from graphmem._colour import drive
from graphmem.models import Change, Entity, Episode, Evidence, Fact
from graphmem.protocols import Closing, Draft, Index, NewEpisode, NewFact, Store, Vector
from graphmem.reconcile import digest
from graphmem.words import stems

T = TypeVar("T")
Runner = Callable[[Coroutine[Any, Any, T]], T]  # what a coroutine yields is the event loop's business


class FixedClock:
    """A clock that stands still until it is moved.

    >>> clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    >>> clock.advance(days=1)
    datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)
    """

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move on by what `timedelta` takes (`days=`, `hours=`, …), and say what time it is now."""
        self.now += timedelta(**by)
        return self.now


class WordEmbedder:
    """Texts that share words are near: each stem counts up one of `dimensions` numbers, chosen by its hash."""

    blocks = True

    def __init__(self, dimensions: int = 64) -> None:
        self.dimensions = dimensions

    @property
    def identity(self) -> str:
        """What is stored beside the vectors."""
        return f"words/{self.dimensions}"

    async def embed(self, texts: Sequence[str], *, purpose: Literal["document", "query"]) -> list[Vector]:  # noqa: ARG002
        """One vector per text, in order; the zero vector for a text without words."""
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> Vector:
        """The vector of one text."""
        counts = np.zeros(self.dimensions, dtype=np.float32)
        for stem in stems(text):
            place = int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=8).digest())
            counts[place % self.dimensions] += 1 if place >> 63 else -1
        length = float(np.linalg.norm(counts))
        return counts / np.float32(length) if length else counts

    def index(self, text: str) -> Index:
        """How the text is found again."""
        return Index(self.vector(text), tuple(stems(text)))


class Scribe:
    """Writes into one space of a store, one draft a call, ids counted up.

    >>> scribe = Scribe(store, "org=default/user=ada")
    >>> fact = scribe.state("Ada works at Acme.", about="ada", mentions=["acme"])
    """

    def __init__(
        self, store: Store, space: str, *, embedder: WordEmbedder | None = None, run: Runner[list[Change]] = drive
    ) -> None:
        self.store = store
        self.space = space
        self.embedder = embedder or WordEmbedder()
        self._run = run
        self._written = 0

    def new_id(self, kind: str) -> str:
        """An id that this scribe has not given before."""
        self._written += 1
        return f"{kind}-{self._written}"

    def write(self, **parts: object) -> list[Change]:
        """Write a draft of these fields."""
        return self._run(self.store.write(Draft(spaces=(self.space,), **parts)))  # pyright: ignore[reportArgumentType]

    def new_episode(self, text: str, *, identity: str | None = None, **fields: object) -> NewEpisode:
        """An episode that is not written yet, said at noon on the first day of 2026."""
        said = {"said_at": datetime(2026, 1, 1, 12, tzinfo=UTC), "id": self.new_id("episode"), **fields}
        episode = Episode.model_validate({"space": self.space, "text": text, **said})
        return NewEpisode(episode, identity or episode.id, self.embedder.index(text))

    def say(self, text: str, *, identity: str | None = None, **fields: object) -> Episode:
        """Write an episode."""
        new = self.new_episode(text, identity=identity, **fields)
        self.write(episodes=(new,), changes=(Change(space=self.space, kind="added", episode_id=new.episode.id),))
        return new.episode

    def new_fact(
        self, text: str, episode: Episode, *, about: str | None = None, mentions: Iterable[str] = (), **fields: object
    ) -> NewFact:
        """A fact that is not written yet, read in the whole of an episode."""
        keys = tuple(mentions)
        fact = Fact.model_validate(
            {
                "id": self.new_id("fact"),
                "space": self.space,
                "text": text,
                "subject": about.title() if about else None,
                "subject_key": about,
                "mentions": tuple(key.title() for key in keys),
                "mention_keys": keys,
                "evidence": (Evidence(episode_id=episode.id, start=0, end=len(episode.text)),),
                **fields,
            }
        )
        return NewFact(fact, digest(text), self.embedder.index(text))

    def state(
        self,
        text: str,
        *,
        about: str | None = None,
        mentions: Iterable[str] = (),
        episode: Episode | None = None,
        said: Mapping[str, object] | None = None,
        **fields: object,
    ) -> Fact:
        """Write a fact, with the entities it names, and with an episode of the same text where none is given."""
        new_episode = None if episode else self.new_episode(text, **(said or {}))  # pyright: ignore[reportArgumentType]
        source = episode or (new_episode.episode if new_episode else None)
        assert source is not None, "an episode is given or made"
        new = self.new_fact(text, source, about=about, mentions=mentions, **fields)
        keys = dict.fromkeys(key for key in (about, *mentions, new.fact.object_key) if key)
        self.write(
            episodes=(new_episode,) if new_episode else (),
            entities=tuple(Entity(space=self.space, key=key, name=key.title()) for key in keys),
            facts=(new,),
            changes=(Change(space=self.space, kind="added", fact_id=new.fact.id, episode_id=source.id),),
        )
        return new.fact

    def close(self, fact: Fact, *, valid_to: datetime | None = None) -> None:
        """Let a fact end, or take it back where no end is given."""
        kind: Literal["ended", "retracted"] = "ended" if valid_to else "retracted"
        change = Change(space=self.space, kind=kind, fact_id=fact.id, reason="a test said so")
        self.write(closings=(Closing(self.space, fact.id, valid_to),), changes=(change,))


@contextmanager
def refused(error: type[Exception]) -> Generator[list[Exception]]:
    """Expect an error, and only this one; it is put into the list.

    >>> with refused(Conflict) as caught:
    ...     scribe.say("The same again.", identity="same")
    >>> print(caught[0])
    the episode same is there already: read again
    """
    caught: list[Exception] = []
    try:
        yield caught
    except error as expected:
        caught.append(expected)
        return
    raise AssertionError(f"{error.__name__} was not raised")
