"""One recall, from question to hits, in a fixed number of bounded reads."""

from collections.abc import Sequence

import numpy as np

from graphmem.filters import Filter
from graphmem.models import Recall
from graphmem.moment import Moment
from graphmem.protocols import Bounds, Embedder, Places, Reader, Store
from graphmem.recall import chat, choose, pairs, proof, walk
from graphmem.recall.asking import Asked, VectorOf, understood, vector_of
from graphmem.recall.paths import Front, Reached, Stepper, Trails
from graphmem.recall.places import NOWHERE, Scores, among, best, distinct
from graphmem.recall.ranking import Ranking, Tally
from graphmem.recall.seeds import Nearness, episodes_about
from graphmem.recall.settings import Settings, settings_for
from graphmem.recall.sieve import Sieve
from graphmem.recall.view import View, hub
from graphmem.scope import Layer, layer_of

SPARE = 5
"""Facts that mention an entity beyond those wanted: some stand in the episode that is being left."""

TURNS_AROUND = 2
"""Turns before and after one that count for it."""

TIMES_A_HUB = 4
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
    wanted: Filter | None = None,
    focus: Sequence[str] = (),
) -> Recall:
    """Recall what a store knows about a question.

    Args:
        store: Where the memories are.
        embedder: The one whose vectors the store keeps.
        spaces: The spaces that the asker may read.
        question: In words; only its first `asking.WORDS_UNTIL` characters are read.
        moment: Where the question stands on both clocks.
        limit: Most hits to return. `Recall.sources` goes beyond them.
        hops: How many bridges from fact to fact may be crossed; 0 for none.
        layers: Only hits of these layers; None for all.
        wanted: Only hits that this filter wants; None for all.
        focus: Keys of what the asker speaks of just now; of what is equally near, facts about that come first.

    Returns:
        Hits best first. One reading of the store, of about twenty bounded reads, whatever is kept in it. Layers or a
        filter that leave fewer than `limit` have it begun again with more, up to everything: the best that pass are
        found, however rare.
    """
    readable = _spaces_of(spaces, layers)
    if not readable:
        return Recall(question=question, at=moment.at, known_at=moment.known_at)
    vector = await vector_of(embedder, question)

    async def answer(reader: Reader) -> Recall:
        is_sifted = wanted is not None or layers is not None
        sieve = Sieve(reader, readable, moment, wanted=wanted, layers=layers) if is_sifted else None
        settings = settings_for(embedder.identity)
        while True:
            ranking = await rank(
                reader, vector, readable, question, moment=moment, hops=hops, settings=settings, focus=focus
            )
            is_all = settings.episodes >= ranking.view.episode_count
            if sieve is None or await sieve.sift(ranking, enough=limit) or is_all:
                break
            settings = settings.wider()
        return await proof.recall(
            reader, readable, question, ranking, moment=moment, limit=limit, settings=settings, sieve=sieve
        )

    return await store.reading(answer)


async def rank(
    reader: Reader,
    vector: VectorOf,
    spaces: Sequence[str],
    question: str,
    *,
    moment: Moment,
    hops: int,
    settings: Settings,
    focus: Sequence[str] = (),
) -> Ranking:
    """Order the episodes of these spaces by how much they say to a question, alone and together."""
    asked = await understood(reader, vector, spaces, question, moment=moment, settings=settings)
    view = await _opened(reader, spaces, asked, moment=moment, settings=settings, focus=focus)
    near = Nearness.among_seeds(view, settings, asked.statistics.episode_length)
    tally = Tally(view)
    ranking = Ranking(view, asked, tally, await _tally_nearness(view, tally, near, settings))
    found, nearness = tally.episodes, tally.totals()
    turns, topics = _tally_around(ranking, found, nearness, settings)
    await _tally_links(view, tally, view.places_of(asked.linked), settings)
    start = tally.totals()
    tally.add(turns, session=topics)

    ranking.nearness = tally.totals()
    activation = walk.Activation(view.asked, settings.walk)
    await view.excerpt.read_links(view.asked)
    activation.spread(view)
    ranking.trails = await _follow(view, start, tally.episodes, activation, hops, settings)
    flow = await _flow(view, found, nearness, activation, settings)
    await _tally_late(view, ranking, near, flow, settings)
    if focus:
        await _tally_focus(view, ranking, focus, settings)
    await _order(view, ranking, settings)
    return ranking


async def _opened(
    reader: Reader,
    spaces: Sequence[str],
    asked: Asked,
    *,
    moment: Moment,
    settings: Settings,
    focus: Sequence[str],
) -> View:
    chain = settings.chain
    excerpt = await reader.excerpt(
        spaces,
        vector=asked.vector,
        stems=asked.words.stems,
        keys=list(dict.fromkeys((*asked.named, *focus))),
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
    view.speakers = view.places_of(asked.speakers)
    await excerpt.read_degrees(view.asked)
    return view


async def _tally_nearness(view: View, tally: Tally, near: Nearness, settings: Settings) -> chat.Around:
    """Of the best seeds and the turns around them whole, of the others what made them seeds."""
    seeds, dense, words = near.of_seeds()
    best_seeds = best(seeds, dense + words, settings.whole)
    await view.excerpt.read_turns(best_seeds, around=TURNS_AROUND)
    await view.tell_records(best_seeds)
    around = chat.Around.of(view, best_seeds, TURNS_AROUND)
    if view.has_records:
        seeds, dense, words = near.of_seeds()  # again: what is a record is known only now
    rest = ~among(seeds, around.whole)
    tally.add(seeds[rest], dense=dense[rest], words=words[rest])
    dense, words = near.of(around.whole)
    tally.add(around.whole, dense=dense, words=words)
    return around


def _tally_around(ranking: Ranking, found: Places, nearness: Scores, settings: Settings) -> tuple[Places, Scores]:
    """What turns gain by what stands around them, who speaks and when; records by their words and dates.

    Returns:
        The turns, and what each gains by its session: it makes none of them a better place to start a way from.
    """
    view, asked = ranking.view, ranking.asked
    turns, records = found[~view.is_document(found)], found[view.is_record(found)]
    gains = chat.additions(
        view,
        turns,
        ranking.around,
        nearness,
        talk=asked.talk,
        episode_length=asked.statistics.episode_length,
        settings=settings.chat,
    )
    topics = gains.pop("session")
    ranking.signals.add(turns, **gains)
    ranking.signals.add(
        records,
        date=settings.record.date * asked.talk.date.fits(view.episodes.said_at[records]),
        covered=settings.record.covered * view.words.share(view.covered(records)),
    )
    return turns, topics


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
    stepper = Stepper(view, settings.chain, settings.hop)
    front = stepper.start(episodes, nearness)
    highest = float(view.episodes.similarity[view.excerpt.near_episodes].max(initial=0.0))
    fronts: list[Front] = []
    steps: list[Reached] = []
    if not len(view.facts.ids):
        hops = 0  # only facts lead on
    for hop in range(hops):
        if hop and not len(front.episode):
            break  # nothing was reached, and so nothing is from there
        ways = stepper.ways_out(front)
        await view.excerpt.read_degrees(distinct(ways.entity))
        ways = stepper.leading(ways)
        await view.excerpt.read_links(
            distinct(np.concatenate((ways.entity, activation.front if hop == 0 else NOWHERE)))
        )
        if hop == 0:
            activation.spread(view)
        reached = stepper.targets(front, ways).rows(slice(settings.hop.targets))
        await view.excerpt.read_turns(reached.episode, around=0)
        reached = chat.rescored(view, front, reached, settings.hop, highest)
        fronts.append(front)
        steps.append(reached)
        front = stepper.onward(reached)
    return Trails.of(fronts, steps, view.words)


async def _flow(
    view: View, found: Places, nearness: Scores, activation: walk.Activation, settings: Settings
) -> tuple[Places, Scores]:
    """The walk: from the nearest episodes and the activated entities to entities, and back to episodes."""
    start, weights = walk.prior(found, nearness, settings.walk)
    _, named, _ = walk.named_in(view, start)
    await view.excerpt.read_degrees(distinct(named))
    entities, masses = walk.entity_mass(view, start, weights, activation.weights, settings.walk)
    crossed = view.entities.degree[entities] <= TIMES_A_HUB * view.hub
    await view.excerpt.read_links(entities[crossed])
    return walk.episode_mass(view, start, weights, entities[crossed], masses[crossed], settings.walk)


async def _tally_late(
    view: View, ranking: Ranking, near: Nearness, flow: tuple[Places, Scores], settings: Settings
) -> None:
    """Count what paths and the walk lead to, and the nearness of what only they found.

    Of a document's nearness less counts from here on: much of what is near says nothing that leads to an answer. Not
    where it does not say whom or what it is about: no name leads there, so that its nearness is all that speaks for it
    (1.7 points of R@5 on MuSiQue without titles).
    """
    tally, trails = ranking.signals, ranking.trails
    known = tally.episodes
    reached, scores = flow
    is_document = view.is_document(reached) & ~view.is_record(reached)
    tally.add(reached[is_document], walk=settings.walk.weight * scores[is_document])
    hopeful = tally.totals()
    hopeful[trails.episodes] += _of_paths(view, trails, hopeful, settings)
    found = np.union1d(tally.episodes, trails.episodes)
    late = best(found, hopeful[found], settings.late)
    await view.excerpt.read_turns(late, around=0)
    new = late[~among(late, known)]
    dense, words = near.of(new)
    tally.add(new, dense=dense, words=words)
    tally.add(trails.episodes, path=_of_paths(view, trails, tally.totals(), settings))
    documents = tally.episodes
    documents = documents[~view.is_said(documents)]
    is_open = np.where(among(documents, late), view.about_nobody(documents), 0.0)
    lost = (settings.base.kept - 1) * (1 - is_open)
    for name in ("dense", "words"):
        tally.add(documents, **{name: lost * tally.totals(name)[documents]})


def _of_paths(view: View, trails: Trails, totals: Scores, settings: Settings) -> Scores:
    """What the best way to each episode adds: to a document its score, to a turn what it is better than the turn by
    itself, for the few best that are reached so; to a record, which is about many things, nothing.
    """
    if not len(trails.episodes):
        return np.zeros(0)
    is_document, is_record = view.is_document(trails.episodes), view.is_record(trails.episodes)
    own = totals[trails.episodes]
    counted = np.flatnonzero(totals)
    highest = totals[counted[~view.is_document(counted)]].max(initial=0.0)
    turns = np.maximum(0.0, settings.hop.weight * highest * trails.scores - own)
    lifted = np.flatnonzero((turns > 0) & ~is_document)
    turns[lifted[np.argsort(-trails.scores[lifted], kind="stable")[settings.hop.lifted :]]] = 0.0
    return np.where(is_record, 0.0, np.where(is_document, settings.chain.weight * trails.scores, turns))


async def _tally_focus(view: View, ranking: Ranking, focus: Sequence[str], settings: Settings) -> None:
    """Prefer a little what the asker's session is about: not whom the question names anyway, nor what is everywhere."""
    entities = np.setdiff1d(view.places_of(focus), np.concatenate((view.asked, view.selves, view.speakers)))
    await view.excerpt.read_degrees(entities)
    entities = entities[view.entities.degree[entities] <= view.hub]
    turns = ranking.around.whole
    ranking.signals.add(turns, focus=chat.in_focus(view, turns, entities, settings.chat))


async def _order(view: View, ranking: Ranking, settings: Settings) -> None:
    """Put the best first, and of those what says together what is asked."""
    considered = ranking.signals.episodes
    considered = considered[view.episodes.is_read[considered]]
    ranking.outdated = np.zeros(len(view.episodes.ids), dtype=np.bool_)
    ranking.outdated[considered] = view.is_outdated(considered)
    ranking.scores = ranking.signals.totals() * np.where(ranking.outdated, settings.choice.outdated, 1.0)
    ranking.nearness = np.append(ranking.nearness, np.zeros(len(ranking.scores) - len(ranking.nearness)))
    considered = choose.ranked(view, considered, ranking.scores[considered])
    follows = await pairs.following(view, considered[: settings.choice.top], settings.chain)
    ranking.order, gains = choose.together(view, considered, ranking.scores[considered], follows, settings.choice)
    ranking.signals.add(ranking.order, **gains)


def _spaces_of(spaces: Sequence[str], layers: Sequence[Layer] | None) -> list[str]:
    if layers is None or "conversation" in layers:
        return list(spaces)
    return [space for space in spaces if layer_of(space) in layers]
