"""One recall, from question to hits, in a fixed number of bounded reads."""

from collections.abc import Collection, Mapping, Sequence

from graphmem.extraction.names import candidate_keys
from graphmem.models import Recall
from graphmem.moment import Moment
from graphmem.protocols import Embedder, Lookup, Store, Vector, WeighsWords
from graphmem.recall import chat, choose, paths, proof, walk
from graphmem.recall.question import (
    Words,
    entities_named,
    speakers_named,
    speaks_of_self,
    tellers_of_self,
    without_names,
    word_weight,
)
from graphmem.recall.ranking import Ranking
from graphmem.recall.reading import Reader
from graphmem.recall.seeds import Nearness, episodes_about, named_links
from graphmem.recall.settings import Settings, settings_for
from graphmem.recall.view import View, entities_of
from graphmem.scope import Layer, layer_of
from graphmem.words import stems

LONGEST_QUESTION = 20_000
"""Characters that are read of a question; names and meaning are taken from the first tenth."""


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
        ranking.order = [episode for episode in ranking.order if choose.layer_in(ranking.view, episode) in layers]
    return await proof.recall(store, readable, question, ranking, moment=moment, limit=limit, settings=settings)


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
    words_asked = list(dict.fromkeys(stems(question[:LONGEST_QUESTION])))
    head = question[: LONGEST_QUESTION // 10]
    keys = list(dict.fromkeys(candidate.key for candidate in candidate_keys(head, is_question=True)))
    lookup = await store.lookup(spaces, keys=keys, stems=words_asked, known_at=moment.known_at)
    asked = entities_named(head, lookup)
    speakers = speakers_named(head, lookup)
    tellers = speakers | tellers_of_self(head, lookup)
    vector = await _vector(embedder, without_names(head, speakers), lookup)
    view = View(Words.of(words_asked, lookup.statistics, limit=settings.stems), lookup.statistics.episodes)
    view.degrees.update(asked)
    view.selves = frozenset(lookup.selves)
    reader = Reader(store, spaces, vector, moment, view, settings)
    if speaks_of_self(head):
        await reader.degrees(lookup.selves)
        asked |= {key: view.degrees[key] for key in lookup.selves}
    await reader.seeds(asked)
    ranking = Ranking(view)

    near = Nearness(settings, lookup.statistics, view.words.weights)
    near.fit(view)
    await reader.turns(_best(near.all(view), settings.late), around=len(settings.chat.near))
    own = near.all(view)
    for episode in own:
        dense, words = near.parts(view.episodes[episode], view)
        ranking.add(episode, dense=dense, words=words)
    for episode, gains in chat.additions(view, own, chat.date_asked(head), tellers, settings.chat).items():
        ranking.add(episode, **gains)
    await reader.expand(asked)
    await reader.turns(episodes_about(view, asked)[: settings.late])
    for episode, gain in named_links(view, asked.keys() - lookup.speakers, settings.base.link).items():
        ranking.add(episode, link=gain)

    ranking.nearness = {episode: score for episode, score in ranking.totals().items() if episode in view.episodes}
    activation = walk.Activation(asked, settings.walk)
    activation.spread(view)
    ranking.trails = await _follow(reader, view, ranking.nearness, asked, activation, hops, settings)
    start = walk.prior(own, settings.walk)
    await reader.degrees(entity for episode in start for fact in view.facts_of(episode) for entity in entities_of(fact))
    mass = walk.entity_mass(view, start, activation.weights, settings.walk, degree=view.hub)
    await reader.expand(entity for entity in mass if view.degrees.get(entity, 0) <= 4 * view.hub)
    flow = walk.episode_mass(view, start, mass, settings.walk)
    hopeful = ranking.totals()
    for episode in {**flow, **ranking.trails}:
        path = ranking.trails[episode].score if episode in ranking.trails else 0.0
        of_path, of_walk = _weights(view, episode, settings)
        hopeful[episode] = hopeful.get(episode, 0.0) + of_path * path + of_walk * flow.get(episode, 0.0)
    await reader.turns(episode for episode in _best(hopeful, settings.late) if episode not in own)

    for episode, seed in view.episodes.items():
        if episode not in own:
            dense, words = near.parts(seed, view)
            ranking.add(episode, dense=dense, words=words)
        of_path, of_walk = _weights(view, episode, settings)
        if episode in ranking.trails:
            ranking.add(episode, path=of_path * ranking.trails[episode].score)
        ranking.add(episode, walk=of_walk * flow.get(episode, 0.0))
    outdated = {episode: view.is_outdated(episode) for episode in ranking.signals}
    ranking.scores = {
        episode: score * (settings.choice.outdated if outdated[episode] else 1.0)
        for episode, score in ranking.totals().items()
        if episode in view.episodes
    }
    for episode, gain in choose.cover(view, ranking.scores, settings.choice):
        ranking.order.append(episode)
        ranking.add(episode, cover=gain)
    return ranking


async def _follow(
    reader: Reader,
    view: View,
    nearness: Mapping[str, float],
    asked: Collection[str],
    activation: walk.Activation,
    hops: int,
    settings: Settings,
) -> dict[str, paths.Trail]:
    """The best trail to every episode within so many bridges; activation takes its second round on the way."""
    best: dict[str, paths.Trail] = {}
    stepper = paths.Stepper(view, asked, settings.chain, settings.chat)
    front = paths.start(nearness, view, settings.chain)
    for hop in range(hops):
        await reader.degrees(stepper.entities(front))
        bridges = stepper.bridges(front)
        is_first = hop == 0
        await reader.expand([*(bridge.entity for bridge in bridges), *(activation.front if is_first else ())])
        if is_first:
            activation.spread(view)
        reached = stepper.targets(bridges)
        nearest = _best({episode: trail.score for episode, trail in reached.items()}, settings.chat.targets)
        await reader.turns(nearest, around=1)
        reached = chat.around_targets(view, reached, settings.chain, settings.chat)
        for episode, trail in reached.items():
            if episode not in best or trail.score > best[episode].score:
                best[episode] = trail
        front = stepper.onward(reached)
    return best


async def _vector(embedder: Embedder, text: str, lookup: Lookup) -> Vector:
    if isinstance(embedder, WeighsWords):
        return embedder.weighted(text, word_weight(lookup.statistics))
    [vector] = await embedder.embed([text], purpose="query")
    return vector


def _weights(view: View, episode: str, settings: Settings) -> tuple[float, float]:
    """How much a path to an episode counts, and the walk."""
    if view.is_record(episode):
        return 0.0, 0.0
    if view.is_said(episode):
        return settings.chat.weight, settings.chat.walk
    return settings.chain.weight, settings.walk.weight


def _best(scores: Mapping[str, float], count: int) -> list[str]:
    return sorted(scores, key=lambda episode: (-scores[episode], episode))[:count]


def _spaces_of(spaces: Sequence[str], layers: Sequence[Layer] | None) -> list[str]:
    if layers is None or "conversation" in layers:
        return list(spaces)
    return [space for space in spaces if layer_of(space) in layers]
