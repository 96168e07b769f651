"""Which of the ranked episodes a filter wants, and stand in the layers asked for: looked at best first, until there
are enough.
"""

from collections.abc import Sequence

import numpy as np

from graphmem.filters import Filter, Record
from graphmem.models import Episode, Fact
from graphmem.moment import Moment
from graphmem.protocols import Places, Reader
from graphmem.recall import choose
from graphmem.recall.ranking import Ranking
from graphmem.scope import Layer

AT_ONCE = 200
"""Episodes that are read and looked at together."""


class Sieve:
    """A filter and layers at work on one question: a wider ranking is looked at without reading anything again."""

    def __init__(
        self,
        reader: Reader,
        spaces: Sequence[str],
        moment: Moment,
        *,
        wanted: Filter | None,
        layers: Sequence[Layer] | None,
    ) -> None:
        """None for all, of what is wanted and of layers."""
        self._wanted = wanted
        self._layers = layers
        self._reader = reader
        self._spaces = spaces
        self._moment = moment
        self.unwanted: set[str] = set()
        self._episodes: dict[str, Episode] = {}
        self._facts: dict[str, Fact] = {}

    async def sift(self, ranking: Ranking, *, enough: int) -> bool:
        """Leave in a ranking what the filter wants, in the order it has; whether that is enough.

        An episode passes by a fact that a hit of it could show: one that holds, or where it is outdated one that does
        not. One without facts passes by itself.
        """
        passing: dict[int, Places] = {}
        for start in range(0, len(ranking.order), AT_ONCE):
            some = ranking.order[start : start + AT_ONCE]
            await ranking.view.excerpt.read_turns(some, around=0)
            ranking.outdated[some] = ranking.view.is_outdated(some)
            passing |= await self._passing(ranking, self._in_layers(ranking, some.tolist()))
            if len(passing) >= enough:
                break
        ranking.order = np.array(list(passing), dtype=np.int64)
        ranking.wanted = passing
        return len(passing) >= enough

    def _in_layers(self, ranking: Ranking, places: list[int]) -> list[int]:
        """Those that stand in the layers asked for; their facts, which decide about that, must have been read."""
        if self._layers is None:
            return places
        return [place for place in places if choose.layer_in(ranking.view, place) in self._layers]

    async def _passing(self, ranking: Ranking, places: Sequence[int]) -> dict[int, Places]:
        view = ranking.view
        if self._wanted is None:
            return {place: view.episodes.facts.of(place) for place in places}
        ids, fact_ids = view.episodes.ids, view.facts.ids
        shown: dict[int, list[int]] = {place: ranking.shown(place).tolist() for place in places}
        await self._read([ids[place] for place in places], [fact_ids[fact] for some in shown.values() for fact in some])
        passing: dict[int, Places] = {}
        for place, facts in shown.items():
            episode = self._episodes.get(ids[place])
            there = [fact for fact in facts if fact_ids[fact] in self._facts]
            kept = [fact for fact in there if self.wants(self._facts[fact_ids[fact]], episode)]
            self.unwanted.update(fact_ids[fact] for fact in there if fact not in kept)
            is_raw = not len(view.episodes.facts.of(place)) and self.wants(None, episode)
            if kept or is_raw:
                passing[place] = np.array(kept, dtype=np.int64)
        return passing

    def wants(self, fact: Fact | None, episode: Episode | None) -> bool:
        """Whether the filter wants a fact of an episode."""
        return self._wanted is None or self._wanted.passes(Record(fact, episode))

    async def _read(self, episodes: Sequence[str], facts: Sequence[str]) -> None:
        missing = [id_ for id_ in episodes if id_ not in self._episodes]
        self._episodes |= {episode.id: episode for episode in await self._reader.episodes(self._spaces, missing)}
        missing = [id_ for id_ in dict.fromkeys(facts) if id_ not in self._facts]
        self._facts |= {fact.id: fact for fact in await self._reader.facts(self._spaces, missing, moment=self._moment)}
