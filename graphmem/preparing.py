"""What has to be read before readings can be written: names joined, what is known, what each entity is."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from graphmem import drafting
from graphmem.drafting import Drafting, Reading
from graphmem.joining import joined
from graphmem.models import Episode
from graphmem.protocols import Known, Question, Store
from graphmem.voting import voted


async def prepared(
    store: Store, readings: Sequence[Reading], user: str | None, *, retired: Iterable[Episode] = ()
) -> tuple[list[Reading], Known, Drafting]:
    """The readings as they are to be written, what is known of what they name, and an empty draft that knows it."""
    told = await joined(store, readings)
    known = await store.known(drafting.question(told.readings, user, retired=retired))
    asked = {*drafting.rejections(told.readings)}
    if by_name := [pair for pair in drafting.rejections(told.readings, known) if pair not in asked]:
        again = await store.known(Question(rejections=tuple(by_name)))
        known = replace(known, rejected=known.rejected | again.rejected)
    votes = await voted(store, told.readings, known)
    draft = Drafting(known, user=user, types=votes.types, proper=votes.proper)
    draft.mention(told.mentions)
    return told.readings, known, draft
