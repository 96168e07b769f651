"""From a ranking to what people read: hits with their best fact, the path to it, and the words that prove it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from graphmem.models import Episode, Fact, Hit, Path, Recall, Step, Trace
from graphmem.moment import Moment
from graphmem.protocols import Store
from graphmem.recall import choose, evidence
from graphmem.recall.paths import Crossing
from graphmem.recall.ranking import Ranking
from graphmem.recall.settings import Settings
from graphmem.recall.view import View
from graphmem.words import stems

LONGEST_QUOTE = 300
"""Characters of an episode that are quoted where no fact says which ones matter."""

ALL_WORDS = 0.999
"""Share of the question from which on a fact alone covers it, but for rounding."""

WORTH_A_CHAIN = 0.05
"""Share of the question that a chain has to explain beyond its last fact, to be shown instead of it alone."""


@dataclass(frozen=True, slots=True)
class Link:
    """A step before it is written out: places of a fact, of an episode that says it, of the entity that leads on."""

    fact: int
    episode: int
    via: int | None = None


async def recall(
    store: Store,
    spaces: Sequence[str],
    question: str,
    ranking: Ranking,
    *,
    moment: Moment,
    limit: int,
    settings: Settings,
) -> Recall:
    """Read what the best episodes say word for word, and put the answer together."""
    view = ranking.view
    ids = view.episodes.ids
    ranking.order = choose.newer_first(ranking, moment, settings.choice)
    best: list[int] = ranking.order[:limit].tolist()
    own, facts = await _best_facts(store, spaces, view, best, moment)
    chains = {episode: chain_to(ranking, episode, own.get(episode)) for episode in best}
    links = [link for chain in chains.values() for link in chain]
    named: list[int] = ranking.order[: max(limit, settings.choice.sources)].tolist()
    wanted = dict.fromkeys(ids[episode] for episode in [*named, *(link.episode for link in links)])
    episodes = {episode.id: episode for episode in await store.episodes(spaces, list(wanted))}
    missing = dict.fromkeys(id_ for link in links if (id_ := view.facts.ids[link.fact]) not in facts)
    facts |= {fact.id: fact for fact in await store.facts(spaces, list(missing), moment=moment)}

    proven = {ids[episode]: episode for episode in best if ids[episode] in episodes}
    hits = choose.below_replacement([_hit(ranking, place, chains[place], episodes, facts) for place in proven.values()])
    places = [proven[hit.episode_id] for hit in hits]
    confidence = evidence.confidence(
        evidence.signs(ranking, np.array(places, dtype=np.int64), settings.evidence), settings.evidence
    )
    scores = choose.calibrated(ranking.scores[places].tolist(), confidence)
    sources = dict.fromkeys(
        [hit.source_id or hit.episode_id for hit in hits]
        + [episodes[ids[place]].source_id or ids[place] for place in named if ids[place] in episodes]
    )
    return Recall(
        question=question,
        at=moment.at,
        known_at=moment.known_at,
        hits=tuple(hit.model_copy(update={"score": score}) for hit, score in zip(hits, scores, strict=True)),
        sources=tuple(sources),
        enough=bool(hits) and confidence >= settings.evidence.enough,
        confidence=round(confidence, 6) if hits else 0.0,
        trace=_trace(ranking),
    )


def _trace(ranking: Ranking) -> Trace:
    view = ranking.view
    ids, fact_ids = view.episodes.ids, view.facts.ids
    places: list[int] = ranking.order.tolist()
    order = [ids[episode] for episode in places]
    scores: list[float] = ranking.scores[ranking.order].round(6).tolist()
    which, facts = view.episodes.facts.of_all(ranking.order[::-1])  # so that the best episode of a fact comes last
    told, best_last = cast("list[int]", which.tolist()), order[::-1]
    # Thousands of entries, made here: checking them would take as long as a tenth of the recall.
    return Trace.model_construct(
        ranks=dict(zip(order, range(1, len(order) + 1), strict=True)),
        scores=dict(zip(order, scores, strict=True)),
        episode_of=dict(zip(map(fact_ids.__getitem__, facts.tolist()), map(best_last.__getitem__, told), strict=True)),
    )


def chain_to(ranking: Ranking, episode: int, own: int | None) -> list[Link]:
    """The facts that lead to an episode, `own` last, the best of it; empty where only the episode's text is known.

    A chain runs from what is nearer to the question to what is further, and has to explain more of it than the
    episode's own facts do; otherwise the best fact stands alone.
    """
    view = ranking.view
    crossings = ranking.trails.to(episode)
    if not crossings or not _explains(ranking, episode, crossings[0]):
        return _within(view, episode, own) if own is not None else []
    links: list[Link] = []
    for crossing in crossings:
        links.append(Link(crossing.source, _episode_of(view, crossing.source, crossing.start), crossing.via))
        links.append(Link(crossing.fact, _episode_of(view, crossing.fact, crossing.episode)))
    last = crossings[-1].fact
    if own is not None and episode not in view.facts.episodes.of(last):
        links.append(Link(own, episode))
    return _without_repeats(links)


def _within(view: View, episode: int, best: int) -> list[Link]:
    """An episode's best fact and, where that leaves words of the question open, what the same text says of a thing
    that it names and the question does not: "Ada works at Acme. Acme is in Lisbon."
    """
    columns = view.facts
    alone = [Link(best, episode)]
    if not columns.holds[best] or evidence.share_of_all(view, columns.words[[best]])[0] >= ALL_WORDS:
        return alone
    facts = view.episodes.facts.of(episode)
    onward = facts[columns.holds[facts] & np.isin(columns.subject[facts], columns.mentions.of(best))]
    onward = onward[[_leads_on(view, subject) for subject in columns.subject[onward].tolist()]]
    if not len(onward):
        return alone
    following = int(onward[np.argmax(columns.similarity[onward])])
    return [Link(best, episode, int(columns.subject[following])), Link(following, episode)]


def _leads_on(view: View, entity: int) -> bool:
    """Whether an entity is a link worth showing: by name, not one the question names, and not the asker."""
    is_hidden = entity in view.selves or bool(view.entities.is_common[entity])
    return not is_hidden and not view.words.mask(stems(view.entities.keys[entity]))


def _explains(ranking: Ranking, episode: int, first: Crossing) -> bool:
    view = ranking.view
    nearer = ranking.nearness[first.start] >= ranking.nearness[episode]
    own = view.covered(np.array([episode]))
    added = view.words.share(own | ranking.trails.covered(episode)) - view.words.share(own)
    return first.start != episode and bool(nearer) and float(added[0]) >= WORTH_A_CHAIN


def _episode_of(view: View, fact: int, preferred: int) -> int:
    told = view.facts.episodes.of(fact)
    return preferred if preferred in told else int(told[0])


def _without_repeats(links: Iterable[Link]) -> list[Link]:
    """Each fact once: the later mention of one in a row knows what it leads to."""
    chain: list[Link] = []
    for link in links:
        if any(link.fact == earlier.fact for earlier in chain[:-1]):
            continue
        if chain and chain[-1].fact == link.fact:
            chain[-1] = Link(link.fact, link.episode, link.via if link.via is not None else chain[-1].via)
        else:
            chain.append(link)
    return chain


async def _best_facts(
    store: Store, spaces: Sequence[str], view: View, episodes: Sequence[int], moment: Moment
) -> tuple[dict[int, int], dict[str, Fact]]:
    """The fact of each episode that fits best; where another says all that and more, as the sentence of a clause does,
    that one. And the facts that were read to see it.
    """
    columns = view.facts
    best: dict[int, int] = {}
    fuller: dict[int, list[int]] = {}
    for episode in episodes:
        facts = view.episodes.facts.of(episode)
        if not len(facts):
            continue
        found = int(facts[np.lexsort((-columns.holds[facts].astype(np.int8), -view.match(facts)))[0]])
        says_all = columns.words[facts] & columns.words[found] == columns.words[found]
        longer = facts[
            says_all & (columns.length[facts] > columns.length[found]) & (columns.holds[facts] == columns.holds[found])
        ]
        best[episode], fuller[episode] = found, longer[np.argsort(-columns.length[longer], kind="stable")].tolist()
    candidates = [fact for episode, longer in fuller.items() for fact in (best[episode], *longer) if longer]
    read = await store.facts(spaces, [columns.ids[fact] for fact in dict.fromkeys(candidates)], moment=moment)
    said = {fact.id: frozenset(stems(fact.text)) for fact in read}
    for episode, longer in fuller.items():
        least = said.get(columns.ids[best[episode]], frozenset())
        best[episode] = next(
            (fact for fact in longer if least < said.get(columns.ids[fact], frozenset())), best[episode]
        )
    return best, {fact.id: fact for fact in read}


def _hit(
    ranking: Ranking,
    place: int,
    chain: Sequence[Link],
    episodes: Mapping[str, Episode],
    facts: Mapping[str, Fact],
) -> Hit:
    view = ranking.view
    fact_ids, episode_ids = view.facts.ids, view.episodes.ids
    episode = episodes[episode_ids[place]]
    known = [link for link in chain if fact_ids[link.fact] in facts and episode_ids[link.episode] in episodes]
    keys = view.entities.keys
    steps = tuple(
        step(
            facts[fact_ids[link.fact]],
            episodes[episode_ids[link.episode]],
            via=keys[link.via] if link.via is not None else None,
        )
        for link in known
    )
    fact = facts[fact_ids[known[-1].fact]] if known and known[-1].episode == place else None
    return Hit(
        text=fact.text if fact else episode.text,
        score=0.0,
        layer=choose.layer_in(view, place) if fact else "conversation",
        fact=fact,
        episode_id=episode.id,
        source_id=episode.source_id,
        path=Path(steps=steps) if steps else None,
        signals={
            **{name: round(value, 6) for name, value in ranking.signals.of(place).items()},
            f"nearest_{view.excerpt.nearest}": 1.0,
        },
        quote=_quote(fact, episode),
        said_at=episode.said_at,
        speaker=episode.speaker,
        valid_from=fact.valid_from if fact else None,
        valid_to=fact.valid_to if fact else None,
        is_outdated=bool(ranking.outdated[place]),
    )


def step(fact: Fact, episode: Episode, *, via: str | None = None) -> Step:
    """A fact with the words of an episode that prove it; `via` is the key of the entity that leads on."""
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
    """The words of an episode that a fact was read from."""
    for told in fact.evidence if fact else ():
        if told.episode_id == episode.id and episode.text[told.start : told.end].strip():
            return episode.text[told.start : told.end]
    text = episode.text
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(maxsplit=1)[0] + " …"
