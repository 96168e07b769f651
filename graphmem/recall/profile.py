"""What is known of somebody on a page: current facts by topic, within a budget, and as notes for a prompt."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, zip_longest

from graphmem.extraction.categories import CATEGORIES
from graphmem.models import Fact, Profile, Topic
from graphmem.moment import FAR_PAST, Moment
from graphmem.protocols import Store
from graphmem.recall import fence
from graphmem.recall.context import CHARACTERS_A_TOKEN, safe
from graphmem.scope import Scope, owner_of

NEWEST = 1_000
"""Facts that a profile is made of."""


async def profile_of(store: Store, scope: Scope, moment: Moment, *, max_tokens: int) -> Profile:
    """What holds of an owner, and of the session of a call: nothing of an agent beside them, and nothing shared."""
    spaces = [space for space in scope.readable if owner_of(space) == owner_of(scope.home)]
    facts = await store.list_facts(spaces, moment=moment, limit=NEWEST)
    return drawn_up(facts, moment.at, max_tokens=max_tokens)


def drawn_up(facts: Sequence[Fact], at: datetime, *, max_tokens: int) -> Profile:
    """A profile of these facts, newest first: by topic, then by predicate.

    Where not all of them fit, every topic gives its first fact, then its second, and so on, so that none is crowded
    out by another.
    """
    by_topic = {
        topic: sorted(some, key=lambda fact: fact.predicate or "~")
        for topic, some in groupby(sorted(facts, key=_rank), key=lambda fact: fact.categories[0])
    }
    room = max_tokens * CHARACTERS_A_TOKEN - len("\n".join(fence.marks())) - 1
    taken: set[str] = set()
    headed: set[str] = set()
    for round_ in zip_longest(*by_topic.values()):
        for fact in filter(None, round_):
            topic = fact.categories[0]
            cost = len(_line(fact)) + 1 + (0 if topic in headed else len(_heading(topic)) + 1)
            if cost <= room:
                room -= cost
                headed.add(topic)
                taken.add(fact.id)
    topics = (
        Topic(name=name, facts=tuple(fact for fact in some if fact.id in taken)) for name, some in by_topic.items()
    )
    kept = tuple(topic for topic in topics if topic.facts)
    return Profile(at=at, topics=kept, left_out=len(facts) - len(taken))


def render(profile: Profile) -> str:
    """A profile as notes for a prompt, fenced as those of a recall; an empty text where nothing is known."""
    opening, closing = fence.marks()
    lines = list(lines_of(profile))
    return "\n".join([opening, *lines, closing]) if lines else ""


def lines_of(profile: Profile) -> Iterator[str]:
    """Its lines, each harmless by itself: a heading a topic, a line a fact."""
    for topic in profile.topics:
        yield _heading(topic.name)
        yield from map(_line, topic.facts)


def _rank(fact: Fact) -> int:
    return CATEGORIES.index(fact.categories[0])


def _heading(topic: str) -> str:
    return f"## {topic.replace('_', ' ').capitalize()}"


def _line(fact: Fact) -> str:
    since = f" (since {fact.valid_from:%Y-%m-%d})" if fact.valid_from and fact.valid_from > FAR_PAST else ""
    return f"- {safe(fact.text)}{since}"
