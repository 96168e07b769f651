"""From a ranking to what people read: hits with their best fact, the path to it, and the words that prove it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphmem.models import Episode, Fact, Hit, Path, Recall, Step, Trace
from graphmem.moment import Moment
from graphmem.protocols import Reached, Store
from graphmem.recall import choose
from graphmem.recall.paths import Trail
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
    """A step before it is written out: a fact in an episode, and the entity that leads on."""

    fact: str
    episode: str
    via: str | None = None


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
    best = ranking.order[:limit]
    chains = {episode: chain_to(ranking, episode) for episode in best}
    links = [link for chain in chains.values() for link in chain]
    named = ranking.order[: max(limit, settings.choice.sources)]
    wanted = list(dict.fromkeys([*named, *(link.episode for link in links)]))
    episodes = {episode.id: episode for episode in await store.episodes(spaces, wanted)}
    fact_ids = list(dict.fromkeys(link.fact for link in links))
    facts = {fact.id: fact for fact in await store.facts(spaces, fact_ids, moment=moment)}

    hits = choose.below_replacement(
        [_hit(ranking, episodes[episode], chains[episode], episodes, facts) for episode in best if episode in episodes]
    )
    confidence = _confidence(view, [hit.episode_id for hit in hits], settings)
    scores = choose.calibrated([ranking.scores[hit.episode_id] for hit in hits], confidence)
    sources = dict.fromkeys(
        [hit.source_id or hit.episode_id for hit in hits]
        + [episodes[episode].source_id or episode for episode in named if episode in episodes]
    )
    return Recall(
        question=question,
        at=moment.at,
        known_at=moment.known_at,
        hits=tuple(hit.model_copy(update={"score": score}) for hit, score in zip(hits, scores, strict=True)),
        sources=tuple(sources),
        enough=bool(hits) and confidence >= settings.choice.enough,
        confidence=round(confidence, 6) if hits else 0.0,
        trace=Trace(
            ranks={episode: place for place, episode in enumerate(ranking.order, 1)},
            scores={episode: round(score, 6) for episode, score in ranking.scores.items()},
            episode_of={fact.fact: fact.episodes[0] for fact in view.facts.values() if fact.episodes},
        ),
    )


def chain_to(ranking: Ranking, episode: str) -> list[Link]:
    """The facts that lead to an episode, its own last; empty where only the episode's text is known.

    A chain runs from what is nearer to the question to what is further, and has to explain more of it than the
    episode's own facts do; otherwise the best fact stands alone.
    """
    view = ranking.view
    trail = ranking.trails.get(episode)
    own = _best_fact(view, episode)
    if trail is None or not _explains(ranking, trail):
        return _within(view, episode, own) if own else []
    links = _written(trail)
    last = trail.fact
    if own and (last is None or episode not in last.episodes):
        links.append(Link(own.fact, episode))
    return _without_repeats(links)


def _within(view: View, episode: str, best: Reached) -> list[Link]:
    """An episode's best fact and, where that leaves words of the question open, what the same text says of a thing
    that it names and the question does not: "Ada works at Acme. Acme is in Lisbon."
    """
    if not best.holds or _share_of_all(view, view.mask(best)) >= ALL_WORDS:
        return [Link(best.fact, episode)]
    onward = [
        (fact.similarity, fact.fact, fact.subject)
        for fact in view.facts_of(episode)
        if fact.holds and fact.subject in best.mentions and _leads_on(view, fact.subject)
    ]
    if not onward:
        return [Link(best.fact, episode)]
    _, following, via = max(onward)
    return [Link(best.fact, episode, via), Link(following, episode)]


def _leads_on(view: View, entity: str) -> bool:
    """Whether an entity is a link worth showing: by name, not one the question names, and not the asker."""
    return entity not in view.selves | view.common and not view.words.mask(stems(entity))


def _explains(ranking: Ranking, trail: Trail) -> bool:
    view = ranking.view
    first = trail
    while first.before is not None:
        first = first.before
    nearer = ranking.nearness.get(first.episode, 0.0) >= ranking.nearness.get(trail.episode, 0.0)
    own = view.episode_mask(trail.episode)
    added = view.words.share(trail.covered | own) - view.words.share(own)
    return first.episode != trail.episode and nearer and added >= WORTH_A_CHAIN


def _written(trail: Trail) -> list[Link]:
    before, source, fact = trail.before, trail.source, trail.fact
    if before is None or source is None or fact is None:
        return []
    return [
        *_written(before),
        Link(source.fact, _episode_of(source, before.episode), trail.via),
        Link(fact.fact, _episode_of(fact, trail.episode)),
    ]


def _episode_of(fact: Reached, preferred: str) -> str:
    return preferred if preferred in fact.episodes else fact.episodes[0]


def _without_repeats(links: Iterable[Link]) -> list[Link]:
    """Each fact once: the later mention of one in a row knows what it leads to."""
    chain: list[Link] = []
    for link in links:
        if any(link.fact == earlier.fact for earlier in chain[:-1]):
            continue
        if chain and chain[-1].fact == link.fact:
            chain[-1] = Link(link.fact, link.episode, link.via or chain[-1].via)
        else:
            chain.append(link)
    return chain


def _best_fact(view: View, episode: str) -> Reached | None:
    """The fact of an episode that fits best; where another says all that and more, as the sentence of a clause does,
    that one.
    """
    facts = view.facts_of(episode)
    best = max(facts, key=lambda fact: (view.match(fact), fact.holds, fact.fact), default=None)
    if best is None:
        return None
    said = set(best.stems)
    fuller = [fact for fact in facts if fact.holds == best.holds and said < set(fact.stems)]
    return max(fuller, key=lambda fact: (len(fact.stems), fact.fact), default=best)


def _hit(
    ranking: Ranking,
    episode: Episode,
    chain: Sequence[Link],
    episodes: Mapping[str, Episode],
    facts: Mapping[str, Fact],
) -> Hit:
    known = [link for link in chain if link.fact in facts and link.episode in episodes]
    steps = tuple(step(facts[link.fact], episodes[link.episode], via=link.via) for link in known)
    fact = facts[known[-1].fact] if known and known[-1].episode == episode.id else None
    signals = ranking.signals.get(episode.id, {})
    return Hit(
        text=fact.text if fact else episode.text,
        score=0.0,
        layer=choose.layer_in(ranking.view, episode.id) if fact else "conversation",
        fact=fact,
        episode_id=episode.id,
        source_id=episode.source_id,
        path=Path(steps=steps) if steps else None,
        signals={
            **{name: round(value, 6) for name, value in signals.items() if value},
            f"nearest_{ranking.view.nearest}": 1.0,
        },
        quote=_quote(fact, episode),
        said_at=episode.said_at,
        speaker=episode.speaker,
        valid_from=fact.valid_from if fact else None,
        valid_to=fact.valid_to if fact else None,
        is_outdated=ranking.view.is_outdated(episode.id),
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
    for evidence in fact.evidence if fact else ():
        if evidence.episode_id == episode.id and episode.text[evidence.start : evidence.end].strip():
            return episode.text[evidence.start : evidence.end]
    text = episode.text
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(maxsplit=1)[0] + " …"


def _confidence(view: View, best: Sequence[str], settings: Settings) -> float:
    covered = 0.0
    cosine = 0.0
    for episode in best[: settings.choice.evidence]:
        covered = max(covered, _share_of_all(view, view.episode_mask(episode)))
        facts = [fact.similarity for fact in view.facts_of(episode)]
        cosine = max(cosine, view.episodes[episode].similarity, *facts)
    return choose.confidence(cosine, covered, settings.choice)


def _share_of_all(view: View, covered: int) -> float:
    """Share of the question's idf that some of its words make up, words that stand nowhere in memory counted too."""
    words = view.words
    everything = words.total + words.unknown
    return words.share(covered) * words.total / everything if everything > 0 else 0.0
