"""The path step: from the best episodes over the entities in their facts to facts that say more of the question."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphmem.protocols import Reached
from graphmem.recall.settings import Chain, Chat
from graphmem.recall.view import View


@dataclass(frozen=True, slots=True)
class Trail:
    """How an episode was reached.

    Attributes:
        episode: Where it ends.
        score: Of the whole way so far; a start has its share of the highest nearness.
        covered: The question's words that the way has met, as bits.
        fact: The fact it ended at; None at a start.
        source: The fact of the episode before that names the bridge.
        via: The entity that is the bridge.
        before: The trail it continues.
        carried: The score without what the target's words add, and
        factor: what all of it is multiplied with: by them the target can be scored again when more of it is known.
    """

    episode: str
    score: float
    covered: int
    fact: Reached | None = None
    source: Reached | None = None
    via: str | None = None
    before: "Trail | None" = None
    carried: float = 0.0
    factor: float = 1.0


def start(nearness: Mapping[str, float], view: View, settings: Chain) -> list[Trail]:
    """The nearest episodes as trails of no length."""
    best = sorted(nearness.items(), key=lambda item: (-item[1], item[0]))[: settings.front]
    if not best or best[0][1] <= 0:
        return []
    return [Trail(episode, score / best[0][1], view.episode_mask(episode)) for episode, score in best]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A way out of an episode: an entity in one of its facts."""

    entity: str
    source: Reached
    trail: Trail
    covered: int
    to_about: bool
    factor: float = 1.0


class Stepper:
    """One step for all trails of a front; which entities may be bridges depends on whether it starts in a chat."""

    def __init__(self, view: View, asked: Collection[str], chain: Chain, chat: Chat) -> None:
        self._view = view
        self._asked = frozenset(asked)
        self._chain = chain
        self._chat = chat

    def entities(self, front: Iterable[Trail]) -> list[str]:
        """Every entity that could be a bridge, in order of first appearance; their degrees are needed next."""
        return list(dict.fromkeys(bridge.entity for trail in front for bridge in self._ways_out(trail)))

    def bridges(self, front: Iterable[Trail]) -> list[Bridge]:
        """The ways out that lead somewhere in particular; their entities are to be expanded next."""
        return [bridge for trail in front for bridge in self._ways_out(trail) if self._leads(bridge)]

    def targets(self, bridges: Sequence[Bridge]) -> dict[str, Trail]:
        """The best trail to each episode reached."""
        best: dict[str, Trail] = {}
        chain = self._chain
        for bridge in bridges:
            linked = self._view.linked.get(bridge.entity)
            if linked is None:
                continue
            carried = chain.strength * bridge.trail.score + chain.rarity * self._view.rarity(bridge.entity)
            here = bridge.trail.episode
            from_turn = self._view.is_said(here)
            for fact, episode in _elsewhere(linked.mentions, here, chain.mentions):
                factor = bridge.factor * (1.0 if from_turn else chain.mentioned)
                self._reach(best, bridge, fact, episode, carried, factor)
            if bridge.to_about:
                for fact, episode in _elsewhere(linked.about, here, chain.about):
                    self._reach(best, bridge, fact, episode, carried, bridge.factor)
        return best

    def _reach(
        self, best: dict[str, Trail], bridge: Bridge, fact: Reached, episode: str, carried: float, factor: float
    ) -> None:
        gained = self._view.mask(fact) & ~bridge.covered
        score = factor * (carried + self._chain.words * self._view.words.share(gained))
        known = best.get(episode)
        if known is None or score > known.score:
            best[episode] = Trail(
                episode,
                score,
                bridge.covered | gained,
                fact,
                bridge.source,
                bridge.entity,
                bridge.trail,
                carried,
                factor,
            )

    def onward(self, targets: Mapping[str, Trail]) -> list[Trail]:
        """The best trails, to go on from."""
        highest = self._chain.strength + self._chain.words
        best = sorted(targets.values(), key=lambda trail: (-trail.score, trail.episode))[: self._chain.beam]
        return [replace(trail, score=trail.score / highest) for trail in best]

    def _leads(self, bridge: Bridge) -> bool:
        if bridge.entity in self._view.selves:  # "I" leads everywhere
            return False
        degree = self._view.degrees.get(bridge.entity, 0)
        if not self._view.is_said(bridge.trail.episode):
            return bridge.entity not in self._asked and 0 < degree <= self._view.hub
        return 1 < degree <= (self._chat.asked_degree if bridge.entity in self._asked else self._chat.degree)

    def _ways_out(self, trail: Trail) -> Iterator[Bridge]:
        if self._view.is_said(trail.episode):
            yield from self._ways_out_of_turn(trail)
            return
        facts = sorted(
            (fact for fact in self._view.facts_of(trail.episode) if fact.holds),
            key=lambda fact: (-fact.similarity, fact.fact),
        )[: self._chain.facts]
        subjects: set[str] = set()
        for fact in facts:
            covered = trail.covered | self._view.mask(fact)
            for entity in fact.mentions:
                yield Bridge(entity, fact, trail, covered, to_about=True)
            if fact.subject is not None and fact.subject not in subjects:
                subjects.add(fact.subject)
                yield Bridge(fact.subject, fact, trail, covered, to_about=False)

    def _ways_out_of_turn(self, trail: Trail) -> Iterator[Bridge]:
        around = self._view.near.get(trail.episode, {})
        episodes = [(trail.episode, 1.0)] + [
            (around[offset], self._chat.from_near) for offset in (-1, 1) if offset in around
        ]
        for episode, factor in episodes:
            for fact in self._view.facts_of(episode):
                if fact.holds:
                    for entity in fact.mentions if fact.subject is None else (*fact.mentions, fact.subject):
                        yield Bridge(entity, fact, trail, trail.covered, to_about=True, factor=factor)


def _elsewhere(facts: Sequence[Reached], here: str, limit: int) -> Iterator[tuple[Reached, str]]:
    """The first `limit` facts that stand in another episode, with it."""
    count = 0
    for fact in facts:
        for episode in fact.episodes:
            if episode != here:
                count += 1
                if count > limit:
                    return
                yield fact, episode
