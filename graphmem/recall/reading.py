"""The reads of one recall: bounded, batched, nothing twice."""

from collections import ChainMap
from collections.abc import Iterable, Sequence

from graphmem.moment import Moment
from graphmem.protocols import Ahead, Link, Reached, Store, Vector
from graphmem.recall.settings import Settings
from graphmem.recall.view import View

SPARE = 5
"""Facts that mention an entity beyond those wanted: some stand in the episode that is being left."""


class Reader:
    """Asks the store for what the view lacks."""

    def __init__(
        self, store: Store, spaces: Sequence[str], vector: Vector, moment: Moment, view: View, settings: Settings
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._vector = vector
        self._moment = moment
        self._view = view
        self._settings = settings
        self._around: dict[str, int] = {}
        self._ahead: dict[str, list[Link]] = {}
        self._at_hand: dict[str, Reached] = {}

    async def seeds(self, asked: Iterable[str]) -> None:
        """What is nearest to the question, and what the store reads ahead from there and from the entities it names."""
        chain = self._settings.chain
        ahead = Ahead(tuple(asked), self._view.hub, chain.about, chain.mentions + SPARE)
        seeds = await self._store.seeds(
            self._spaces,
            vector=self._vector,
            stems=list(self._view.words.weights),
            moment=self._moment,
            episodes=self._settings.episodes,
            facts=self._settings.facts,
            ahead=ahead,
        )
        self._view.add_seeds(seeds)
        for link in seeds.links:
            self._ahead.setdefault(link.entity, []).append(link)
            self._at_hand.setdefault(link.fact.fact, link.fact)

    async def turns(self, episodes: Iterable[str], *, around: int = 0) -> None:
        """Episodes with all their facts, and the turns around them; and whether they are documents."""
        missing = [episode for episode in dict.fromkeys(episodes) if self._around.get(episode, -1) < around]
        if missing:
            self._around.update(dict.fromkeys(missing, around))
            turns = await self._store.turns(
                self._spaces,
                missing,
                vector=self._vector,
                moment=self._moment,
                around=around,
                known=ChainMap(self._view.facts, self._at_hand),
            )
            self._view.add_turns(turns)
            documents = [turn.seed.episode for turn in turns if turn.seed.role == "document"]
            await self.degrees(self._view.subjects(documents))
            self._view.settle(documents)

    async def degrees(self, entities: Iterable[str]) -> None:
        """How many episodes touch each entity."""
        missing = [entity for entity in dict.fromkeys(entities) if entity not in self._view.degrees]
        if missing:
            degrees = await self._store.degrees(self._spaces, missing, known_at=self._moment.known_at)
            self._view.add_degrees(degrees, missing)

    async def expand(self, entities: Iterable[str]) -> None:
        """The facts about and mentioning each entity. What was read ahead is taken in when it is asked for and no
        earlier, so that every store leads to the same view.
        """
        wanted = [entity for entity in dict.fromkeys(entities) if entity not in self._view.linked]
        self._view.add_links(
            (link for entity in wanted for link in self._ahead.get(entity, ())),
            [entity for entity in wanted if entity in self._ahead],
        )
        missing = [entity for entity in wanted if entity not in self._ahead]
        if missing:
            chain = self._settings.chain
            links = await self._store.expand(
                self._spaces,
                missing,
                vector=self._vector,
                moment=self._moment,
                about=chain.about,
                mentions=chain.mentions + SPARE,
                known=ChainMap(self._view.facts, self._at_hand),
            )
            self._view.add_links(links, missing)
