"""`Diff`: what memory learned, and what it stopped believing, between two moments."""

from graphmem.models import Change, ChangeKind, Model
from graphmem.moment import Utc

LEARNED: frozenset[ChangeKind] = frozenset({"added", "restored"})
DROPPED: frozenset[ChangeKind] = frozenset({"superseded", "ended", "retracted", "expired"})
ALTERED: frozenset[ChangeKind] = frozenset({"corrected", "disputed", "promoted", "merged", "unmerged", "erased"})


class Diff(Model):
    """What changed in what memory believes, after `since` and up to `until`, oldest first.

    Only changes of beliefs are here: what was said without a fact, repeated or refused is in `history` alone. What was
    erased since has no text any more.
    """

    since: Utc
    until: Utc
    changes: tuple[Change, ...] = ()

    @property
    def learned(self) -> tuple[Change, ...]:
        """What came to be believed."""
        return tuple(change for change in self.changes if change.kind in LEARNED)

    @property
    def dropped(self) -> tuple[Change, ...]:
        """What is believed no longer, or to have ended."""
        return tuple(change for change in self.changes if change.kind in DROPPED)

    def __len__(self) -> int:
        return len(self.changes)

    def __str__(self) -> str:
        nothing = f"Nothing changed from {self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M}."
        return "\n".join(map(_line, self.changes)) or nothing


def _line(change: Change) -> str:
    sign = "+" if change.kind in LEARNED else "-" if change.kind in DROPPED else "~"
    return f"{sign} {change}   ({change.reason})" if change.reason else f"{sign} {change}"


def of_beliefs(change: Change) -> bool:
    """Whether an entry of the journal belongs into a diff."""
    is_known = change.kind in LEARNED | DROPPED and change.fact_id is not None
    return is_known or change.kind in ALTERED
