"""From a ranking to what people read: hits with their best fact, the path to it, and the words that prove it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import cast

import numpy as np

from graphmem.models import Episode, Fact, Hit, Path, Recall, Step, Trace
from graphmem.moment import Moment
from graphmem.protocols import Reader
from graphmem.recall import chains, choose, evidence
from graphmem.recall.chains import Link
from graphmem.recall.disputes import disputed
from graphmem.recall.places import Scores
from graphmem.recall.ranking import Ranking
from graphmem.recall.settings import Settings
from graphmem.recall.sieve import Sieve
from graphmem.recall.view import View

Proven = tuple[Fact, Episode, str | None]
"""A fact of a chain, an episode that says it, and the key of the entity that leads on, None at the end."""

LONGEST_QUOTE = 300
"""Characters of an episode that are quoted where no fact says which ones matter."""


async def recall(
    reader: Reader,
    spaces: Sequence[str],
    question: str,
    ranking: Ranking,
    *,
    moment: Moment,
    limit: int,
    settings: Settings,
    sieve: Sieve | None = None,
) -> Recall:
    """Read what the best episodes say word for word, and put the answer together."""
    view = ranking.view
    ids = view.episodes.ids
    ranking.order = choose.newer_first(ranking, moment, settings.choice)
    best: list[int] = ranking.order[:limit].tolist()
    own, facts = await chains.best_facts(reader, spaces, ranking, best, moment)
    told = {episode: chains.chain_to(ranking, episode, fact) for episode, fact in own.items()}
    links = [link for chain in told.values() for link in chain]
    wanted = dict.fromkeys(ids[episode] for episode in [*best, *(link.episode for link in links)])
    episodes = {episode.id: episode for episode in await reader.episodes(spaces, list(wanted))}
    missing = dict.fromkeys(id_ for link in links if (id_ := view.facts.ids[link.fact]) not in facts)
    if missing:
        facts |= {fact.id: fact for fact in await reader.facts(spaces, list(missing), moment=moment)}

    worths = ranking.worths()
    proven = {ids[episode]: episode for episode in best if ids[episode] in episodes}
    if sieve is not None:
        told = {place: _wanted(view, chain, episodes, facts, sieve) for place, chain in told.items()}
    shares = ranking.signals.of(list(proven.values()))
    reached = [
        _hit(ranking, place, told.get(place, []), episodes, facts, _counted(ranking, place, shares_here))
        for place, shares_here in zip(proven.values(), shares, strict=True)
    ]
    found = [hit for hit in reached if hit.text]  # of what is not kept in words there may be nothing to say
    clashing = await disputed(reader, [hit.fact for hit in found if hit.fact and not hit.is_outdated], moment)
    hits = choose.below_replacement(
        [hit.model_copy(update={"is_disputed": True}) if hit.fact and hit.fact.id in clashing else hit for hit in found]
    )
    places = [proven[hit.episode_id] for hit in hits]
    confidence = evidence.confidence(
        evidence.signs(ranking, np.array(places, dtype=np.int64), settings.evidence), settings.evidence
    )
    scores = choose.calibrated(worths[places], confidence)
    named: list[int] = ranking.order[limit : settings.choice.sources].tolist()
    sources = dict.fromkeys(
        [hit.source_id or hit.episode_id for hit in hits]
        + [view.episodes.sources[place] or ids[place] for place in named]
    )
    return Recall(
        question=question,
        at=moment.at,
        known_at=moment.known_at,
        hits=tuple(hit.model_copy(update={"score": score}) for hit, score in zip(hits, scores, strict=True)),
        sources=tuple(sources),
        enough=bool(hits) and confidence >= settings.evidence.enough,
        confidence=round(confidence, 6) if hits else 0.0,
        trace=_trace(ranking, spaces, worths, sieve),
    )


def _wanted(
    view: View, chain: Sequence[Link], episodes: Mapping[str, Episode], facts: Mapping[str, Fact], sieve: Sieve
) -> list[Link]:
    """The end of a chain, as far back as a filter wants every step of it."""
    steps = (
        (link, facts.get(view.facts.ids[link.fact]), episodes.get(view.episodes.ids[link.episode]))
        for link in chain[::-1]
    )
    return [link for link, *_ in takewhile(lambda step: step[1] is not None and sieve.wants(*step[1:]), steps)][::-1]


def _trace(ranking: Ranking, spaces: Sequence[str], worths: Scores, sieve: Sieve | None) -> Trace:
    view = ranking.view
    ids, fact_ids = view.episodes.ids, view.facts.ids
    places: list[int] = ranking.order.tolist()
    order = [ids[episode] for episode in places]
    scores: list[float] = worths[ranking.order].round(6).tolist()
    which, facts = view.episodes.facts.of_all(ranking.order[::-1])  # so that the best episode of a fact comes last
    told, best_last = cast("list[int]", which.tolist()), order[::-1]
    former: list[int] = facts[~view.facts.holds[facts]].tolist()
    # Thousands of entries, made here: checking them would take as long as a tenth of the recall.
    return Trace.model_construct(
        spaces=tuple(spaces),
        ranks=dict(zip(order, range(1, len(order) + 1), strict=True)),
        scores=dict(zip(order, scores, strict=True)),
        episode_of=dict(zip(map(fact_ids.__getitem__, facts.tolist()), map(best_last.__getitem__, told), strict=True)),
        former=frozenset(map(fact_ids.__getitem__, former)),
        unwanted=frozenset(sieve.unwanted) if sieve else frozenset(),
    )


def _hit(
    ranking: Ranking,
    place: int,
    chain: Sequence[Link],
    episodes: Mapping[str, Episode],
    facts: Mapping[str, Fact],
    shares: Mapping[str, float],
) -> Hit:
    view = ranking.view
    episode = episodes[view.episodes.ids[place]]
    proven = _proven(view, chain, episodes, facts)
    fact = proven[-1][0] if proven else None
    return Hit(
        text=fact.text if fact else episode.text,
        score=0.0,
        layer=choose.layer_in(view, place) if fact else "conversation",
        fact=fact,
        episode_id=episode.id,
        source_id=episode.source_id,
        path=path(proven) if proven else None,
        signals={
            **{name: round(value, 6) for name, value in shares.items()},
            f"nearest_{view.excerpt.nearest}": 1.0,
        },
        quote=_quote(fact, episode),
        said_at=episode.said_at,
        speaker=episode.speaker,
        valid_from=fact.valid_from if fact else None,
        valid_to=fact.valid_to if fact else None,
        is_outdated=bool(ranking.outdated[place]),
    )


def _counted(ranking: Ranking, place: int, shares: Mapping[str, float]) -> Mapping[str, float]:
    """What counts towards an episode, and what being outdated takes away."""
    undiminished = sum(value for name, value in shares.items() if name not in ("cover", "follow"))
    taken = float(ranking.scores[place]) - undiminished
    return {**shares, "outdated": taken} if ranking.outdated[place] and taken else shares


def _proven(
    view: View, chain: Sequence[Link], episodes: Mapping[str, Episode], facts: Mapping[str, Fact]
) -> list[Proven]:
    """A chain written out; of one that lost a fact since it was found, by an erasure, what comes behind it."""
    fact_ids, episode_ids, keys = view.facts.ids, view.episodes.ids, view.entities.keys
    there = takewhile(
        lambda link: fact_ids[link.fact] in facts and episode_ids[link.episode] in episodes, reversed(chain)
    )
    return [
        (
            facts[fact_ids[link.fact]],
            episodes[episode_ids[link.episode]],
            keys[link.via] if link.via is not None else None,
        )
        for link in [*there][::-1]
    ]


def path(chain: Sequence[Proven]) -> Path:
    """Facts in a chain, each with the words of an episode that prove it, and the names at both its ends."""
    first, _, leading = chain[0]
    last = chain[-1][0]
    start_key, start = _end(_names(first), leading)
    arriving = chain[-2][2] if len(chain) > 1 else start_key
    _, end = _end(reversed(_names(last)), arriving)
    return Path(steps=tuple(_step(fact, episode, via) for fact, episode, via in chain), start=start, end=end)


def _names(fact: Fact) -> Sequence[tuple[str | None, str | None]]:
    """The keys and names of what a fact connects, whom it is about first; a value has no key."""
    return (fact.subject_key, fact.subject), (fact.object_key, fact.object)


def _end(names: Iterable[tuple[str | None, str | None]], joint: str | None) -> tuple[str | None, str | None]:
    """The first name that is not the one which joins its fact to the chain."""
    return next(((key, name) for key, name in names if key not in (None, joint)), (None, None))


def _step(fact: Fact, episode: Episode, via: str | None) -> Step:
    return Step(
        fact_id=fact.id,
        text=fact.text,
        episode_id=episode.id,
        source_id=episode.source_id,
        said_at=episode.said_at,
        speaker=episode.speaker,
        quote=_quote(fact, episode),
        via=_display(fact, via),
    )


def _display(fact: Fact, key: str | None) -> str | None:
    """The name that a fact has for an entity."""
    if key is None:
        return None
    names = {fact.subject_key: fact.subject, fact.object_key: fact.object}
    names |= dict(zip(fact.mention_keys, fact.mentions, strict=False))
    return names.get(key) or key


def _quote(fact: Fact | None, episode: Episode) -> str:
    """The words of an episode that a fact was read from, or its first ones where none says which."""
    for told in fact.evidence if fact else ():
        if told.episode_id == episode.id and episode.text[told.start : told.end].strip():
            return episode.text[told.start : told.end]
    text = episode.text
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(maxsplit=1)[0]
