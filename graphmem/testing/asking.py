"""What the tests of the store's contract ask with: short forms of the store's verbs."""
# ruff: noqa: D102 - their names say it

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from graphmem._colour import drive
from graphmem.models import Entity, Evidence, Fact
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Erasure, Index, Reader, Store, Vector
from graphmem.testing.parts import FixedClock, Scribe, WordEmbedder
from graphmem.testing.seeing import Link, Seeds, Seeing, Turn

ADA = "org=acme/user=ada"
BOB = "org=acme/user=bob"
SHARED = "org=acme/shared"
TRIP = "org=acme/user=ada/session=trip"

DAY = timedelta(days=1)

MANY = Bounds(episodes=999, facts=999, about=99, mentions=99, hub=99)
"""More than the spaces of a test hold."""


async def _listed(records: AsyncIterator[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return [record async for record in records]


class Asking:
    """The short forms. See `StoreContract` for what `clock`, `embedder` and `run` are."""

    clock = FixedClock()
    embedder = WordEmbedder()
    run = staticmethod(drive)

    # helpers

    def opened(self, store: Store) -> Store:
        self.run(store.open(embedder=self.embedder.identity, dimensions=self.embedder.dimensions))
        return store

    def scribe(self, store: Store, space: str = ADA) -> Scribe:
        return Scribe(self.opened(store), space, embedder=self.embedder, run=self.run)

    def moment(self, *, at: datetime | None = None, known_at: datetime | None = None) -> Moment:
        """A moment after everything written so far, unless told otherwise."""
        later = self.clock() + DAY
        return Moment(at=at or later, known_at=known_at or later)

    async def excerpt(
        self,
        store: Reader,
        spaces: Sequence[str],
        *,
        vector: Vector | None = None,
        stems: Sequence[str] = (),
        keys: Sequence[str] = (),
        moment: Moment | None = None,
        bounds: Bounds = MANY,
    ) -> Seeing:
        """An excerpt for one question; without a vector, for one without words."""
        asked = {"vector": self.embedder.vector("") if vector is None else vector, "stems": stems, "keys": keys}
        excerpt = await store.excerpt(spaces, moment=moment or self.moment(), bounds=bounds, **asked)  # pyright: ignore[reportArgumentType] - mixed values
        return Seeing(excerpt, stems)

    def seeds(
        self,
        store: Store,
        spaces: Sequence[str],
        question: str,
        *,
        moment: Moment | None = None,
        count: int = 10,
        embedder: WordEmbedder | None = None,
    ) -> Seeds:
        index = (embedder or self.embedder).index(question)

        async def asked() -> Seeds:
            stems = list(dict.fromkeys(index.stems))
            bounds = replace(MANY, episodes=count, facts=count)
            seeing = await self.excerpt(store, spaces, vector=index.vector, stems=stems, moment=moment, bounds=bounds)
            return await seeing.seeds()

        return self.run(asked())

    def links(
        self,
        store: Store,
        spaces: Sequence[str],
        keys: Sequence[str],
        *,
        question: str = "",
        moment: Moment | None = None,
        about: int = 10,
        mentions: int = 10,
    ) -> list[Link]:
        index = self.embedder.index(question)

        async def asked() -> list[Link]:
            stems = list(dict.fromkeys(index.stems))
            bounds = replace(MANY, about=about, mentions=mentions)
            seeing = await self.excerpt(
                store, spaces, vector=index.vector, stems=stems, keys=keys, moment=moment, bounds=bounds
            )
            return await seeing.links(keys)

        return self.run(asked())

    def turns(
        self, store: Store, spaces: Sequence[str], ids: Sequence[str], *, around: int = 0, moment: Moment | None = None
    ) -> list[Turn]:
        async def asked() -> list[Turn]:
            return await (await self.excerpt(store, spaces, moment=moment)).turns(ids, around=around)

        return self.run(asked())

    def facts(self, store: Store, ids: Sequence[str], *, moment: Moment | None = None) -> list[Fact]:
        return self.run(store.facts([ADA], ids, moment=moment or self.moment()))

    def dumped(self, store: Store, spaces: Sequence[str] = (ADA,)) -> list[Mapping[str, Any]]:
        return self.run(_listed(store.dump(spaces)))

    def lookup(
        self, store: Reader, spaces: Sequence[str], stems: Sequence[str] = (), *, keys: Sequence[str] = ()
    ) -> Any:
        return store.lookup(spaces, keys=keys, stems=stems, known_at=self.moment().known_at)

    def degrees(self, store: Store) -> dict[str, int]:
        return {entity.key: entity.degree for entity in self.run(store.list_entities([ADA], limit=99))}

    def fill(self, store: Store) -> None:
        scribe = self.scribe(store)
        porto = scribe.state(
            "Kim lives in Porto.",
            about="kim",
            mentions=["porto"],
            said={"session": "s", "speaker": "Ann", "identity": "source:1", "metadata": {"b": 1, "a": 2}},
        )
        self.clock.advance(days=1)
        scribe.close(porto, valid_to=self.clock())
        oslo = scribe.state(
            "Kim lives in Oslo.", about="kim", mentions=["oslo"], when={"grain": "day", "words": "today"}
        )
        again = scribe.say("Kim lives in Oslo, she says.")
        scribe.write(supports=((ADA, oslo.id, Evidence(episode_id=again.id, start=0, end=17)),))
        scribe.write(
            entities=(Entity(space=ADA, key="kim", name="Kim", aliases=("kimmy", "k")),),
            selves={ADA: "kim"},
            retires=((ADA, again.id),),
        )
        self.run(store.erase(Erasure((ADA,), digests=((ADA, "rejected"),)), is_dry_run=False))
        self.scribe(store, TRIP).state("Kim packs her bags.", about="kim", id="packs")

    @staticmethod
    def moved(record: Mapping[str, object]) -> Mapping[str, object]:
        """The record in the same space of somebody else."""
        return {**record, "space": str(record["space"]).replace("user=ada", "user=zoe")}

    def indexes(self, records: Sequence[Mapping[str, object]]) -> dict[str, Index]:
        return {
            str(record["id"]): self.embedder.index(str(record["text"]))
            for record in records
            if record["record"] in ("episode", "fact")
        }
