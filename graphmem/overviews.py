"""The verbs of `Memory` that give an overview: what is known of somebody by topic, and of a name by time."""

from datetime import datetime
from typing import Unpack

from graphmem._colour import drive
from graphmem.corrections import Corrections
from graphmem.handle import Who
from graphmem.listing import Listing
from graphmem.models import Fact, Profile


class Overviews(Corrections):
    """Views over what is believed: nothing of them is stored, and nobody's prose stands between."""

    def profile(
        self,
        *,
        max_tokens: int = 1000,
        **who: Unpack[Who],
    ) -> Profile:
        """What holds now of the owner named, and of their session: by topic, then by predicate, newest first.

        The same memory gives the same profile. `Profile.context()` fences it for a prompt. Looks at the 1,000 newest
        facts that hold; where not all fit, no topic is crowded out by another, and `left_out` counts the others.

        Args:
            max_tokens: Upper bound of its `context()`, counted at four characters a token.
        """
        return drive(self._engine.profile(self._scope(who), max_tokens=max_tokens))

    def timeline(
        self,
        entity: str,
        *,
        known_at: datetime | None = None,
        limit: int = 100,
        **who: Unpack[Who],
    ) -> list[Fact]:
        """What is known of a person, place or thing, in the order in which it came true: also what holds no longer.

        What was retracted is not in it; facts that nobody dated come first.

        Args:
            entity: A name, as `facts(entity=)` takes it.
            known_at: As it was known then; now if not given.
            limit: The most facts to return; where there are more, those learned last.

        Raises:
            NotFound: The name is unknown in the memory of this call.
        """
        return Listing(drive(self._engine.timeline(self._scope(who), entity, known_at=known_at, limit=limit)))
