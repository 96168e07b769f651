"""What a draft makes of facts: which are new, which hold for another time, and which are believed no longer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from graphmem import reconcile
from graphmem.models import Evidence, Fact
from graphmem.moment import FAR_PAST
from graphmem.protocols import Belief, Closing, NewFact, Slot

Statement = tuple[str, str]
"""The space and the digest of what a fact says."""


class Believed:
    """The facts that decide about the next one, as they stand after everything that was drafted before it.

    Attributes:
        outdated: Ids of those whose end follows from another statement.
        new: The facts of the draft by their ids, in order.
        supports: (space, fact id, where) for each known fact that is said again.
        closings, beliefs: What is believed of known facts from now on, by their ids.
    """

    def __init__(
        self,
        slots: Iterable[tuple[Slot, Sequence[Fact]]],
        statements: Mapping[Statement, Fact],
        outdated: Iterable[str],
    ) -> None:
        """Start from what is known; a slot may come more than once."""
        self.outdated = set(outdated)
        self.new: dict[str, NewFact] = {}
        self.supports: list[tuple[str, str, Evidence]] = []
        self.closings: dict[str, Closing] = {}
        self.beliefs: dict[str, Belief] = {}
        self._slots: defaultdict[Slot, dict[str, Fact]] = defaultdict(dict)
        self._statements = dict(statements)
        self._statement_of = {fact.id: statement for statement, fact in statements.items()}
        for slot, facts in slots:
            self._slots[slot].update((fact.id, fact) for fact in facts)

    def beside(self, fact: Fact) -> dict[Slot, list[Fact]]:
        """The facts of each group that decides about this one."""
        return {slot: list(self._slots[slot].values()) for slot in reconcile.slots(fact)}

    def said(self, statement: Statement) -> Fact | None:
        """The fact that says this, if one is believed."""
        return self._statements.get(statement)

    def add(self, fact: Fact, new: NewFact) -> None:
        """A fact from now on: as reconciling sees it, and as it is written, which differ where entities were merged."""
        self.new[fact.id] = new
        self._statements[fact.space, new.digest] = fact
        self._statement_of[fact.id] = fact.space, new.digest
        for slot in set(_groups(fact)).intersection(reconcile.slots(fact)):
            self._slots[slot][fact.id] = fact

    def support(self, known: Fact, evidence: Evidence) -> None:
        """One more place that says what a fact says."""
        if known.id not in self.new:
            self.supports.append((known.space, known.id, evidence))
            return
        told = self.new[known.id].fact
        self._rewrite(told.model_copy(update={"evidence": (*told.evidence, evidence)}))

    def mention(self, id_: str, keys: Iterable[str], names: Iterable[str]) -> None:
        """More names that a fact of the draft mentions."""
        told = self.new[id_].fact
        mentions = {"mention_keys": (*told.mention_keys, *keys), "mentions": (*told.mentions, *names)}
        self._rewrite(told.model_copy(update=mentions))

    def close(self, old: Fact, until: datetime) -> None:
        """A fact holds until then because of another; not at all where it has not begun by then."""
        self.outdated.add(old.id)
        if until > (old.valid_from or FAR_PAST):
            self.hold(old, old.valid_from, until)
        else:
            self.end(old, until)

    def end(self, old: Fact, until: datetime | None = None) -> None:
        """Believe a fact no longer: a written one by its version, one of this draft before it is written."""
        for slot in _groups(old):
            self._slots[slot].pop(old.id, None)
        if self._is_said_by(old):
            del self._statements[self._statement_of[old.id]]
        if old.id not in self.new:
            self.beliefs.pop(old.id, None)
            self.closings[old.id] = Closing(old.space, old.id, until)
            return
        told = self.new[old.id].fact
        self._rewrite(told.model_copy(update={"valid_to": until or told.valid_from or FAR_PAST}))

    def hold(self, old: Fact, since: datetime | None, until: datetime | None) -> None:
        """Believe another validity of a fact: of a written one by a version, of one of this draft as it is written."""
        validity = {"valid_from": since, "valid_to": until}
        held = old.model_copy(update=validity)
        for slot in _groups(old):
            if old.id in self._slots[slot]:
                self._slots[slot][old.id] = held
        if self._is_said_by(old):
            self._statements[self._statement_of[old.id]] = held
        if old.id in self.new:
            self._rewrite(self.new[old.id].fact.model_copy(update=validity))
        else:
            before = self.beliefs[old.id].before if old.id in self.beliefs else old
            self.beliefs[old.id] = Belief(before, since, until)

    def _is_said_by(self, fact: Fact) -> bool:
        """Whether it is the fact that stands for what it says."""
        statement = self._statement_of.get(fact.id)
        return statement in self._statements and self._statements[statement].id == fact.id

    def _rewrite(self, fact: Fact) -> None:
        self.new[fact.id] = replace(self.new[fact.id], fact=fact)


def _groups(fact: Fact) -> list[Slot]:
    """The groups that a fact is one of: those of its subject, and those of its object."""
    if fact.predicate is None:
        return []
    by_subject = [Slot(fact.space, fact.predicate, subject=fact.subject_key)] if fact.subject_key else []
    by_object = [Slot(fact.space, fact.predicate, object=fact.object_key)] if fact.object_key else []
    return by_subject + by_object
