"""What a new statement does to what is known: decisions about facts, without input or output.

    add        it is new; nothing is touched
    skip       the same statement stands already; its evidence is added
    supersede  a relation with one value at a time gets a new value
    end        the statement says that something no longer holds
    retract    the statement says that something was never so
    dispute    it contradicts a more trusted source: both stay, marked
    refuse     it was rejected before

Nothing is closed by a wish, a plan, a possibility or a less trusted source, and an older value that is learned
later never closes a newer one. Each closing names its rule, so that it can be explained and undone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from graphmem.extraction.lexicons import pairs, words
from graphmem.models import Fact, Role
from graphmem.moment import FAR_FUTURE, FAR_PAST
from graphmem.protocols import Slot
from graphmem.words import stems

Verdict = Literal["add", "skip", "supersede", "end", "retract", "dispute", "refuse"]
Operation = Literal["assert", "end", "past", "retract"]

TRUST: Mapping[Role, int] = {"system": 4, "document": 3, "user": 2, "assistant": 1, "tool": 0}
"""Who may close whose facts: only a source at least as trusted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a statement and by which rule; which facts it closes, or contradicts in a dispute.

    `known` is the fact that says the same already. `valid_to` bounds the new fact where a newer value was known
    before it.
    """

    verdict: Verdict
    rule: str = ""
    closes: tuple[Fact, ...] = ()
    known: Fact | None = None
    valid_to: datetime | None = None


def digest(space: str, text: str) -> str:
    """What identifies a statement within its space, whatever its case and punctuation."""
    normal = " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    return hashlib.blake2b(f"{space}\n{normal}".encode(), digest_size=16).hexdigest()


def slots(fact: Fact) -> tuple[Slot, ...]:
    """The groups of open facts that decide about `fact`."""
    if fact.predicate is None or fact.subject_key is None:
        return ()
    own = [Slot(fact.space, predicate, subject=fact.subject_key) for predicate in sorted(_related(fact.predicate))]
    if fact.predicate.endswith("_of") and fact.object_key is not None:
        own.append(Slot(fact.space, fact.predicate, object=fact.object_key))
    return tuple(own)


def decide(
    fact: Fact,
    operation: Operation,
    known: Mapping[Slot, Sequence[Fact]],
    *,
    same: Fact | None = None,
    is_rejected: bool = False,
) -> Decision:
    """Decide about one statement.

    Args:
        fact: The statement as a fact that is not yet written; its `valid_from` is set.
        operation: What the words do: state, end, tell of the past, or take back.
        known: The open facts of each of `slots(fact)`.
        same: An open fact of the same digest.
        is_rejected: Whether the statement was rejected before.
    """
    if is_rejected:
        return Decision("refuse", "this statement was rejected before")
    if same is not None:
        return Decision("skip", "the same statement is known", known=same)
    facts = [other for slot in slots(fact) for other in known.get(slot, ()) if not other.is_negated]
    if fact.modality != "asserted" or fact.predicate is None or operation == "past" or not facts:
        return Decision("add")
    equal = [other for other in facts if other.predicate == fact.predicate and _same_object(other, fact)]
    if operation == "retract":
        return _close(fact, equal, "retract", f"{fact.predicate} was taken back")
    if operation == "end" or fact.is_negated:
        ends = [other for other in facts if other.predicate in _ended_by(fact.predicate) and _same_object(other, fact)]
        return _close(fact, ends, "end", f"{fact.predicate} ended")
    if equal:
        said = next((other for other in equal if _says_no_more(fact, other)), None)
        return Decision("skip", "the same triple is known", known=said) if said else Decision("add")
    own = [other for other in facts if other.predicate == fact.predicate and other.subject_key == fact.subject_key]
    if _has_one_value(fact.predicate):
        return _succeed(fact, own, f"{fact.predicate} has one value at a time")
    if fact.predicate in words("functional_alike"):
        alike = [other for other in own if _last_word(other) == _last_word(fact)]
        return _succeed(fact, alike, f"{fact.predicate} has one value of a kind at a time")
    if fact.predicate.removesuffix("_of") in words("roles") and fact.predicate.endswith("_of"):
        same_role = [other for other in facts if other.object_key == fact.object_key]
        holders = [other for other in same_role if other.subject_key != fact.subject_key]
        return _succeed(fact, holders, f"{fact.predicate} has one holder at a time")
    opposite = pairs("opposites").get(fact.predicate)
    contrary = [other for other in facts if other.predicate == opposite and _same_object(other, fact)]
    return _succeed(fact, contrary, f"{fact.predicate} and {opposite} exclude each other")


def _has_one_value(predicate: str) -> bool:
    listed = words("functional")
    return predicate in listed or any(entry.endswith("*") and predicate.startswith(entry[:-1]) for entry in listed)


def _last_word(fact: Fact) -> str:
    return (stems(fact.object or "") or [""])[-1]


def _related(predicate: str) -> set[str]:
    opposite = pairs("opposites").get(predicate, predicate)
    return {opposite} | _ended_by(predicate)


def _ended_by(predicate: str) -> set[str]:
    partners = words("partner")
    return {predicate, *(partners if predicate in partners else ())}


def _close(fact: Fact, closes: Sequence[Fact], verdict: Literal["end", "retract"], rule: str) -> Decision:
    if any(TRUST[fact.role] < TRUST[other.role] for other in closes):
        return Decision("dispute", f"{rule}, says a less trusted source", tuple(closes))
    closes = [other for other in closes if _since(other) <= _since(fact)]
    return Decision(verdict, rule, tuple(closes)) if closes else Decision("add")


def _succeed(fact: Fact, others: Sequence[Fact], rule: str) -> Decision:
    """A new value takes over from the older ones and gives way to the newer ones."""
    standing = [other for other in others if not other.valid_to or other.valid_to > _since(fact)]
    if any(TRUST[fact.role] < TRUST[other.role] for other in standing):
        return Decision("dispute", f"{rule}, and a more trusted source gives another", tuple(standing))
    older = tuple(other for other in standing if _since(other) <= _since(fact))
    newer = [other for other in standing if _since(other) > _since(fact)]
    until = min((_since(other) for other in newer), default=None)
    if older:
        return Decision("supersede", rule, older, valid_to=until)
    return Decision("add", rule if newer else "", valid_to=until)


def _since(fact: Fact) -> datetime:
    return fact.valid_from or FAR_PAST


def _same_object(one: Fact, other: Fact) -> bool:
    """Whether two facts speak of the same thing: one entity, or phrases of which one is the other with more words."""
    if one.object_key is not None and one.object_key == other.object_key:
        return True
    if one.object is None or other.object is None:
        return False
    first, second = stems(one.object), stems(other.object)
    shorter, longer = sorted((first, second), key=len)
    return bool(shorter) and shorter[-1] == longer[-1] and set(shorter) <= set(longer)


def _says_no_more(fact: Fact, known: Fact) -> bool:
    """Whether a statement of a known triple adds neither words nor a bound in time."""
    is_bounded = (fact.valid_to or FAR_FUTURE) != (known.valid_to or FAR_FUTURE)
    return not is_bounded and set(stems(fact.text)) <= set(stems(known.text))
