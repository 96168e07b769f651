"""Which facts are shown of what a recall found: the best of each episode, and the chain of facts that leads to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphmem.models import Fact
from graphmem.moment import Moment
from graphmem.protocols import Places, Reader
from graphmem.recall import evidence
from graphmem.recall.paths import Crossing
from graphmem.recall.places import NOWHERE, among
from graphmem.recall.ranking import Ranking
from graphmem.recall.view import View
from graphmem.words import stems

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


async def best_facts(
    reader: Reader, spaces: Sequence[str], ranking: Ranking, episodes: Sequence[int], moment: Moment
) -> tuple[dict[int, int], dict[str, Fact]]:
    """The fact of each episode that fits best; where another says all that and more, as the sentence of a clause does,
    that one. It holds, unless the episode is outdated.

    Returns:
        The fact by its episode, none for an episode without facts; and the facts that had to be read to choose, by id.
    """
    view, columns = ranking.view, ranking.view.facts
    best: dict[int, int] = {}
    fuller: dict[int, list[int]] = {}
    for episode in episodes:
        facts = ranking.shown(episode)
        if not len(facts):
            continue
        found = _best_match(view, facts)
        says_all = columns.words[facts] & columns.words[found] == columns.words[found]
        longer = facts[says_all & (columns.length[facts] > columns.length[found])]
        best[episode], fuller[episode] = found, longer[np.argsort(-columns.length[longer], kind="stable")].tolist()
    candidates = [fact for episode, longer in fuller.items() for fact in (best[episode], *longer) if longer]
    wanted = [columns.ids[fact] for fact in dict.fromkeys(candidates)]
    read = await reader.facts(spaces, wanted, moment=moment) if wanted else []
    said = {fact.id: frozenset(stems(fact.text)) for fact in read}
    for episode, longer in fuller.items():
        least = said.get(columns.ids[best[episode]], frozenset())
        best[episode] = next(
            (fact for fact in longer if least < said.get(columns.ids[fact], frozenset())), best[episode]
        )
    return best, {fact.id: fact for fact in read}


def chain_to(ranking: Ranking, episode: int, own: int) -> list[Link]:
    """The facts that lead to `own`, the best fact of an episode, each over an entity that it shares with the next.

    Only facts that hold lead anywhere, and one that does not is shown by itself. A chain has one fact of each episode
    on its way, so that it goes as many facts beyond its first as bridges were crossed. It runs from what is nearer to
    the question to what is further, and has to explain more of it than the episode does; otherwise `own` stands alone,
    or with what the same text says further.
    """
    alone = [Link(own, episode)]
    if not ranking.view.facts.holds[own]:
        return alone
    chain = _along(ranking.view, ranking.trails.to(episode), alone)
    if _explains(ranking, chain):
        return chain
    return _within(ranking.view, episode, own) if ranking.trails.steps else alone


def _along(view: View, crossings: Sequence[Crossing], own: list[Link]) -> list[Link]:
    """A way told backwards from its end, in each episode by the fact that fits best of those that name both bridges.

    Where two bridges stand in one text without a fact that joins them, the chain begins behind the first of them. Where
    the way comes back to a fact, the round is left out.
    """
    if not crossings:
        return own
    [last] = own
    arrivals = _naming(view, last.episode, crossings[-1].via)
    if not len(arrivals):
        return own
    chain = [last if last.fact in arrivals else Link(_best_match(view, arrivals), last.episode)]
    for crossing, before in zip(crossings[::-1], (*crossings[-2::-1], None), strict=True):
        joining = _naming(view, crossing.start, crossing.via, before.via) if before else NOWHERE
        is_joined = len(joining) > 0
        fact = _best_match(view, joining) if is_joined else crossing.source
        again = next((place for place, link in enumerate(chain) if link.fact == fact), None)
        link = Link(fact, _episode_of(view, fact, crossing.start), crossing.via)
        chain = [link, *chain] if again is None else chain[again:]
        if not is_joined:
            break
    return chain


def _naming(view: View, episode: int, *entities: int) -> Places:
    """The facts of an episode that hold and name all of these entities."""
    columns = view.facts
    facts = view.episodes.facts.of(episode)
    facts = facts[columns.holds[facts]]
    for entity in entities:
        which, mentioned = columns.mentions.of_all(facts)
        names = columns.subject[facts] == entity
        names[which[mentioned == entity]] = True
        facts = facts[names]
    return facts


def _best_match(view: View, facts: Places) -> int:
    return int(facts[np.argmax(view.match(facts))])


def _within(view: View, episode: int, best: int) -> list[Link]:
    """An episode's best fact and, where that leaves words of the question open, what the same text says of a thing
    that it names and the question does not: "Ada works at Acme. Acme is in Lisbon."
    """
    columns = view.facts
    alone = [Link(best, episode)]
    if evidence.share_of_all(view, columns.words[[best]])[0] >= ALL_WORDS:
        return alone
    facts = view.episodes.facts.of(episode)
    onward = facts[columns.holds[facts] & among(columns.subject[facts], columns.mentions.of(best))]
    onward = onward[[_leads_on(view, subject) for subject in columns.subject[onward].tolist()]]
    if not len(onward):
        return alone
    following = int(onward[np.argmax(columns.similarity[onward])])
    return [Link(best, episode, int(columns.subject[following])), Link(following, episode)]


def _leads_on(view: View, entity: int) -> bool:
    """Whether an entity is a link worth showing: by name, not one the question names, and not the asker."""
    is_hidden = entity in view.selves or bool(view.entities.is_common[entity])
    return not is_hidden and not view.words.mask(stems(view.entities.keys[entity]))


def _explains(ranking: Ranking, chain: Sequence[Link]) -> bool:
    """Whether a chain says more of the question than the episode that it ends in, and begins nearer to it."""
    view, first, last = ranking.view, chain[0].episode, chain[-1].episode
    told = view.covered(np.array([link.episode for link in chain]))
    own, all_told = view.words.share(np.array([told[-1], np.bitwise_or.reduce(told)])).tolist()
    is_nearer = ranking.nearness[first] >= ranking.nearness[last]
    return first != last and bool(is_nearer) and all_told - own >= WORTH_A_CHAIN


def _episode_of(view: View, fact: int, preferred: int) -> int:
    told = view.facts.episodes.of(fact)
    return preferred if preferred in told else int(told[0])
