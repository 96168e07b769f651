"""Which of the facts that are shown something else contradicts that holds as well, by a source that is trusted less or
more: both stand then, and whoever reads one should know of the other.
"""

from collections.abc import Sequence

from graphmem.models import Fact
from graphmem.moment import FAR_FUTURE, FAR_PAST, Moment
from graphmem.protocols import Question, Reader
from graphmem.reconcile import decide, has_rivals, slots


async def disputed(reader: Reader, facts: Sequence[Fact], moment: Moment) -> frozenset[str]:
    """The ids of those that are in dispute at a moment. One read, of what may exclude them: of somebody's thousand
    likes none excludes another.
    """
    asked = {
        fact.id: [slot for slot in slots(fact) if slot.predicate != fact.predicate or has_rivals(slot.predicate)]
        for fact in facts
        if is_particular(fact)
    }
    wanted = tuple(dict.fromkeys(slot for some in asked.values() for slot in some))
    if not wanted:
        return frozenset()
    known = (await reader.known(Question(slots=wanted))).slots
    return frozenset(
        fact.id
        for fact in facts
        for slot in asked.get(fact.id, ())
        for other in known.get(slot, ())
        if other.id != fact.id and _holds(other, moment) and (_contradicts(fact, other) or _contradicts(other, fact))
    )


def is_particular(fact: Fact) -> bool:
    """Whether its subject is one and the same whenever it is named: a name or somebody's, not "book"."""
    return any(map(str.isupper, fact.subject or "")) or fact.subject is None or fact.subject.startswith("the user")


def _contradicts(one: Fact, other: Fact) -> bool:
    return decide(one, "assert", dict.fromkeys(slots(one), (other,))).verdict == "dispute"


def _holds(fact: Fact, moment: Moment) -> bool:
    is_known = (fact.known_from or FAR_PAST) <= moment.known_at
    return is_known and (fact.valid_from or FAR_PAST) <= moment.at < (fact.valid_to or FAR_FUTURE)
