"""One recall, from question to hits, in a fixed number of bounded reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphmem.extraction.names import candidate_keys
from graphmem.models import Recall
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Embedder, Lookup, Places, Statistics, Store, Vector, WeighsWords
from graphmem.recall import chat, choose, proof, walk
from graphmem.recall.paths import Front, Reached, Stepper, Trails
from graphmem.recall.places import NOWHERE, Scores, best, distinct
from graphmem.recall.question import (
    Words,
    entities_named,
    speakers_named,
    speaks_of_self,
    tellers_of_self,
    without_names,
    word_weight,
)
from graphmem.recall.ranking import Ranking, Tally
from graphmem.recall.seeds import Nearness, episodes_about
from graphmem.recall.settings import Settings, settings_for
from graphmem.recall.view import View, hub
from graphmem.scope import Layer, layer_of
from graphmem.words import stems

LONGEST_QUESTION = 20_000
"""Characters that are read of a question; names and meaning are taken from the first tenth."""

SPARE = 5
"""Facts that mention an entity beyond those wanted: some stand in the episode that is being left."""

FEW_HUBS = 4
"""The walk crosses entities of up to so many times a hub's degree: it spreads thin there by itself."""


async def answer_from(
    store: Store,
    embedder: Embedder,
    spaces: Sequence[str],
    question: str,
    *,
    moment: Moment,
    limit: int,
    hops: int,
    layers: Sequence[Layer] | None = None,
) -> Recall:
    """Recall what a store knows about a question.

    Args:
        store: Where the memories are.
        embedder: The one whose vectors the store keeps.
        spaces: The spaces that the asker may read.
        question: In words; only its first `LONGEST_QUESTION` characters are read.
        moment: Where the question stands on both clocks.
        limit: Most hits to return. `Recall.sources` goes beyond them.
        hops: How many bridges from fact to fact may be crossed; 0 for none.
        layers: Only hits of these layers; None for all.

    Returns:
        Hits best first. About twelve reads of the store, each bounded, whatever is kept in it.
    """
    readable = _spaces_of(spaces, layers)
    if not readable:
        return Recall(question=question, at=moment.at, known_at=moment.known_at)
    settings = settings_for(embedder.identity)
    ranking = await rank(store, embedder, readable, question, moment=moment, hops=hops, settings=settings)
    if layers is not None:
        kept = [choose.layer_in(ranking.view, episode) in layers for episode in ranking.order.tolist()]
        ranking.order = ranking.order[np.array(kept, dtype=np.bool_)]
    return await proof.recall(store, readable, question, ranking, moment=moment, limit=limit, settings=settings)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the memory that is asked understands it.

    Attributes:
        head: What names, dates and meaning are taken from.
        vector: Its meaning, without the names of speakers.
        named: Keys of the entities that it names, the asker among them where it speaks of "I".
        linked: Keys of those whose facts count by themselves: not the speakers.
        selves: Keys of "I".
        tellers: First names of the speakers that tell best of what is asked.
        words: Its words, with statistics of the memory.
    """

    head: str
    vector: Vector
    named: Sequence[str]
    linked: Sequence[str]
    selves: Sequence[str]
    tellers: frozenset[str]
    words: Words
    statistics: Statistics


async def understood(
    store: Store, embedder: Embedder, spaces: Sequence[str], question: str, *, moment: Moment, settings: Settings
) -> Asked:
    """Look up what the question names, and how rare its words are."""
    words_asked = list(dict.fromkeys(stems(question[:LONGEST_QUESTION])))
    head = question[: LONGEST_QUESTION // 10]
    keys = list(dict.fromkeys(candidate.key for candidate in candidate_keys(head, is_question=True)))
    lookup = await store.lookup(spaces, keys=keys, stems=words_asked, known_at=moment.known_at)
    named = entities_named(head, lookup)
    speakers = speakers_named(head, lookup)
    asker = list(lookup.selves) if speaks_of_self(head) else []
    asked = list(dict.fromkeys([*named, *asker]))
    return Asked(
        head=head,
        vector=await _vector(embedder, without_names(head, speakers), lookup),
        named=asked,
        linked=[key for key in asked if key not in lookup.speakers],
        selves=lookup.selves,
        tellers=speakers | tellers_of_self(head, lookup),
        words=Words.of(words_asked, lookup.statistics, limit=settings.stems),
        statistics=lookup.statistics,
    )


async def rank(
    store: Store,
    embedder: Embedder,
    spaces: Sequence[str],
    question: str,
    *,
    moment: Moment,
    hops: int,
    settings: Settings,
) -> Ranking:
    """Order the episodes of these spaces by how much they say to a question, alone and together."""
    asked = await understood(store, embedder, spaces, question, moment=moment, settings=settings)
    view = await _opened(store, spaces, asked, moment=moment, settings=settings)
    ranking = Ranking(view, Tally(view))
    near = Nearness.among_seeds(view, settings, asked.statistics.episode_length)
    await _tally_nearness(view, ranking.signals, near, settings)
    own = ranking.signals.episodes
    nearness = ranking.signals.totals()
    turns, gains = chat.additions(view, own, nearness, chat.date_asked(asked.head), asked.tellers, settings.chat)
    ranking.signals.add(turns, **gains)
    await _tally_links(view, ranking.signals, view.places_of(asked.linked), settings)

    ranking.nearness = ranking.signals.totals()
    activation = walk.Activation(view.asked, settings.walk)
    await view.excerpt.read_links(view.asked)
    activation.spread(view)
    ranking.trails = await _follow(view, ranking.nearness, ranking.signals.episodes, activation, hops, settings)
    flow = await _flow(view, own, nearness, activation, settings)
    await _tally_late(view, ranking, near, flow, settings)
    _order(view, ranking, settings)
    return ranking


async def _opened(store: Store, spaces: Sequence[str], asked: Asked, *, moment: Moment, settings: Settings) -> View:
    chain = settings.chain
    excerpt = await store.excerpt(
        spaces,
        vector=asked.vector,
        stems=asked.words.stems,
        keys=asked.named,
        moment=moment,
        bounds=Bounds(
            episodes=settings.episodes,
            facts=settings.facts,
            about=chain.about,
            mentions=chain.mentions + SPARE,
            hub=hub(asked.statistics.episodes),
        ),
    )
    view = View(excerpt, asked.words, asked.statistics.episodes)
    view.asked, view.selves = view.places_of(asked.named), view.places_of(asked.selves)
    await excerpt.read_degrees(view.asked)
    return view


async def _tally_nearness(view: View, tally: Tally, near: Nearness, settings: Settings) -> None:
    """Of the best seeds and the turns around them whole, of the others what made them seeds."""
    seeds, dense, words = near.of_seeds()
    best_seeds = best(seeds, dense + words, settings.late)
    await view.excerpt.read_turns(best_seeds, around=len(settings.chat.near))
    await view.tell_records(best_seeds)
    seeds, dense, words = near.of_seeds()
    around = [best_seeds]
    for column in (view.episodes.before, view.episodes.after):
        beside = best_seeds
        for _ in settings.chat.near:
            beside = column[beside[beside >= 0]]
            around.append(beside[beside >= 0])
    whole = distinct(np.concatenate(around))
    rest = ~np.isin(seeds, whole)
    tally.add(seeds[rest], dense=dense[rest], words=words[rest])
    dense, words = near.of(whole)
    tally.add(whole, dense=dense, words=words)


async def _tally_links(view: View, tally: Tally, linked: Places, settings: Settings) -> None:
    """What documents gain for facts about the entities that the question names.

    Not what was said: everyone is spoken of in passing (LiHua-World, 4 points of R@5).
    """
    await view.excerpt.read_links(linked)
    entities, episodes = episodes_about(view, linked)
    await view.excerpt.read_turns(distinct(episodes)[: settings.late], around=0)
    counts = view.episodes.is_read[episodes] & ~view.is_said(episodes)
    entities, episodes = entities[counts], episodes[counts]
    tally.add(episodes, link=settings.base.link * view.rarity(entities))


async def _follow(
    view: View,
    nearness: Scores,
    episodes: Places,
    activation: walk.Activation,
    hops: int,
    settings: Settings,
) -> Trails:
    """The best way to every episode within so many bridges; activation takes its second round on the way."""
    stepper = Stepper(view, settings.chain, settings.chat)
    front = stepper.start(episodes, nearness)
    fronts: list[Front] = []
    steps: list[Reached] = []
    for hop in range(hops):
        ways = stepper.ways_out(front)
        await view.excerpt.read_degrees(distinct(ways.entity))
        ways = stepper.leading(ways)
        await view.excerpt.read_links(
            distinct(np.concatenate((ways.entity, activation.front if hop == 0 else NOWHERE)))
        )
        if hop == 0:
            activation.spread(view)
        reached = stepper.targets(front, ways)
        await view.excerpt.read_turns(best(reached.episode, reached.score, settings.chat.targets), around=1)
        reached = chat.around_targets(view, front, reached, settings.chain, settings.chat)
        fronts.append(front)
        steps.append(reached)
        front = stepper.onward(reached)
    return Trails.of(fronts, steps)


async def _flow(
    view: View, own: Places, nearness: Scores, activation: walk.Activation, settings: Settings
) -> tuple[Places, Scores]:
    """The walk: from the nearest episodes and the activated entities to entities, and back to episodes."""
    start, weights = walk.prior(own, nearness, settings.walk)
    _, named, _ = walk.named_in(view, start)
    await view.excerpt.read_degrees(distinct(named))
    entities, masses = walk.entity_mass(view, start, weights, activation.weights, settings.walk)
    few = view.entities.degree[entities] <= FEW_HUBS * view.hub
    await view.excerpt.read_links(entities[few])
    return walk.episode_mass(view, start, weights, entities[few], masses[few], settings.walk)


async def _tally_late(
    view: View, ranking: Ranking, near: Nearness, flow: tuple[Places, Scores], settings: Settings
) -> None:
    """Count what paths and the walk lead to, and the nearness of what only they found."""
    tally, trails = ranking.signals, ranking.trails
    known = tally.episodes
    reached, scores = flow
    of_path, _ = _weights(view, trails.episodes, settings)
    _, of_walk = _weights(view, reached, settings)
    tally.add(trails.episodes, path=of_path * trails.scores)
    tally.add(reached, walk=of_walk * scores)
    found = tally.episodes
    hopeful = best(found, tally.totals()[found], settings.late)
    late = hopeful[~np.isin(hopeful, known)]
    await view.excerpt.read_turns(late, around=0)
    dense, words = near.of(late)
    tally.add(late, dense=dense, words=words)


def _order(view: View, ranking: Ranking, settings: Settings) -> None:
    considered = ranking.signals.episodes
    considered = considered[view.episodes.is_read[considered]]
    ranking.outdated = np.zeros(len(view.episodes.ids), dtype=np.bool_)
    ranking.outdated[considered] = view.is_outdated(considered)
    ranking.scores = ranking.signals.totals() * np.where(ranking.outdated, settings.choice.outdated, 1.0)
    ranking.order, gains = choose.cover(view, considered, ranking.scores[considered], settings.choice)
    ranking.signals.add(ranking.order, cover=gains)


async def _vector(embedder: Embedder, text: str, lookup: Lookup) -> Vector:
    if isinstance(embedder, WeighsWords):
        return embedder.weighted(text, word_weight(lookup.statistics))
    [vector] = await embedder.embed([text], purpose="query")
    return vector


def _weights(view: View, episodes: Places, settings: Settings) -> tuple[Scores, Scores]:
    """How much a path to each episode counts, and the walk."""
    is_said, may = view.is_said(episodes), np.where(view.is_record(episodes), 0.0, 1.0)
    return (
        may * np.where(is_said, settings.chat.weight, settings.chain.weight),
        may * np.where(is_said, settings.chat.walk, settings.walk.weight),
    )


def _spaces_of(spaces: Sequence[str], layers: Sequence[Layer] | None) -> list[str]:
    if layers is None or "conversation" in layers:
        return list(spaces)
    return [space for space in spaces if layer_of(space) in layers]
