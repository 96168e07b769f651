"""What a new statement does to what is known: decisions about facts, without input or output.

    add        it is new; nothing is touched
    skip       the same statement stands already; its evidence is added
    supersede  a relation with one value at a time gets a new value
    end        the statement says that something no longer holds
    retract    the statement says that something was never so
    dispute    it contradicts a more trusted source: both stay, marked
    refuse     it was rejected before

Nothing is closed by a wish, a plan, a possibility or a less trusted source, and none of those stands in the way of
what is asserted. An older value that is learned later never closes a newer one. Where it is not certain that two
statements exclude each other (York and New York, Lisbon and Portugal, tea and green tea), both stay. Each closing
names its rule, so that it can be explained and undone.
"""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from graphmem.extraction.lexicons import pairs, words
from graphmem.extraction.names import canonical, unified
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


def digest(text: str) -> str:
    """What identifies a statement within its space, whatever its case and punctuation.

    Signs that change what is said count: C++ is not C, $5 is not €5, and neither is one smile another.
    """
    folded = text.casefold()
    blanks = {ord(char): " " for char in set(folded) if not _carries_meaning(char)}
    normal = " ".join(folded.translate(blanks).split())
    return hashlib.blake2b(normal.encode(), digest_size=16).hexdigest()


def rejection(text: str) -> str:
    """What identifies a text that was rejected, look-alike letters folded besides."""
    return digest(text if text.isascii() else unified(text))


def rejections(fact: Fact) -> tuple[str, ...]:
    """What identifies a rejected statement when it comes again: its text and, where it has one, its triple.

    The triple of an event includes when it was: who did not visit Porto in May may do so in June.
    """
    if fact.predicate is None or fact.object is None or not (fact.subject_key or fact.subject):
        return (rejection(fact.text),)
    when = fact.when.start if fact.kind == "event" and fact.when else None
    triple = (
        fact.subject_key or canonical(fact.subject or ""),
        "_".join(unified(fact.predicate).casefold().replace("_", " ").split()),
        fact.object_key or digest(unified(fact.object)),
        fact.is_negated,
        fact.modality,
        when and when.isoformat(),
    )
    told = hashlib.blake2b(repr(triple).encode(), digest_size=16).hexdigest()
    return rejection(fact.text), told


def _carries_meaning(char: str) -> bool:
    return char.isalnum() or char in "#%" or unicodedata.category(char)[0] in "MS"


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
    is_particular: bool = True,
    replaces: Collection[str] = (),
) -> Decision:
    """Decide about one statement.

    Args:
        fact: The statement as a fact that is not yet written; its `valid_from` is set.
        operation: What the words do: state, end, tell of the past, or take back.
        known: The open facts of each of `slots(fact)`.
        same: A believed fact of the same digest. Where it has ended, what is told of the time before is known, too.
        is_rejected: Whether the statement was rejected before.
        is_particular: Whether the subject is one and the same whenever it is named. "A book" and "a friend" are
            another each time, so that nothing said of them closes anything.
        replaces: Ids of facts that it takes the place of, says who read it. That is heard where the relation is the
            same, as if it had one value at a time; nothing else about closing is taken on anybody's word.
    """
    if is_rejected:
        return Decision("refuse", "this statement was rejected before")
    is_known = same is not None and _same_triple(fact, same) and not _is_over(same, fact)
    takes_away = operation in ("end", "retract") or fact.is_negated
    if is_known and not takes_away:
        return Decision("skip", "the same statement is known", known=same)
    others = [other for slot in slots(fact) for other in known.get(slot, ())]
    decision = _compared(fact, operation, others, replaces) if is_particular else Decision("add")
    if is_known and decision.verdict == "add":
        return Decision("skip", "the same statement is known", known=same)
    return decision


def _compared(fact: Fact, operation: Operation, known: Iterable[Fact], replaces: Collection[str]) -> Decision:
    """Decide by what is known of the same subject, or of the same role."""
    if fact.modality != "asserted" or fact.predicate is None or operation == "past":
        return Decision("add")
    if fact.object is None and operation != "end":
        return Decision("add")
    told = {other.id: other for other in known if other.modality == "asserted" and not other.is_negated}
    if operation == "retract":
        equal = [other for other in told.values() if other.predicate == fact.predicate]
        return _close(fact, _meant(fact, equal), "retract", f"{fact.predicate} was taken back")
    facts = [other for other in told.values() if other.valid_to is None or other.valid_to > _since(fact)]
    if operation == "end" or (fact.is_negated and _denies_altogether(fact)):
        partners = [other for other in facts if other.predicate in _ended_by(fact.predicate)]
        ends = [other for other in _meant(fact, partners) if operation == "end" or _adds_no_words(fact, other)]
        return _close(fact, ends, "end", f"{fact.predicate} ended")
    if fact.is_negated:
        return Decision("add")
    own = [other for other in facts if other.predicate == fact.predicate and other.subject_key == fact.subject_key]
    if said := next((other for other in own if _says_no_more(fact, other)), None):
        return Decision("skip", "the same triple is known", known=said)
    if any(_is_same_thing(fact, other) for other in own):
        return Decision("add")
    if _has_one_value(fact.predicate):
        return _succeed(fact, own, f"{fact.predicate} has one value at a time")
    if fact.predicate in words("functional_alike"):
        alike = [other for other in own if _kind_of(other) == _kind_of(fact) is not None]
        return _succeed(fact, alike, f"{fact.predicate} has one value of a kind at a time")
    if fact.predicate.removesuffix("_of") in words("roles") and fact.predicate.endswith("_of"):
        holders = [other for other in facts if other.subject_key != fact.subject_key]
        return _succeed(fact, holders, f"{fact.predicate} has one holder at a time", is_about_holder=True)
    if named := [other for other in own if other.id in replaces]:
        return _succeed(fact, named, f"the reader says that a newer {fact.predicate} takes the place of this one")
    opposite = pairs("opposites").get(fact.predicate)
    contrary = [other for other in facts if other.predicate == opposite and _is_same_thing(other, fact)]
    return _succeed(fact, contrary, f"{fact.predicate} and {opposite} exclude each other", is_about_holder=True)


def _has_one_value(predicate: str) -> bool:
    listed = words("functional")
    return predicate in listed or any(entry.endswith("*") and predicate.startswith(entry[:-1]) for entry in listed)


def _related(predicate: str) -> set[str]:
    opposite = pairs("opposites").get(predicate, predicate)
    return {opposite} | _ended_by(predicate)


def _ended_by(predicate: str) -> set[str]:
    partners = words("partner")
    return {predicate, *(partners if predicate in partners else ())}


def _close(fact: Fact, closes: Iterable[Fact], verdict: Literal["end", "retract"], rule: str) -> Decision:
    older = tuple(other for other in closes if _since(other) <= _since(fact))
    if not older:
        return Decision("add")
    if any(TRUST[fact.role] < TRUST[other.role] for other in older):
        return Decision("dispute", f"{rule}, says a less trusted source", older)
    return Decision(verdict, rule, older)


def _succeed(fact: Fact, others: Sequence[Fact], rule: str, *, is_about_holder: bool = False) -> Decision:
    """A new value takes over from the older ones and gives way to newer ones of a source as trusted.

    One that held for a while only, a summer in Rome, says nothing about what held before and after.
    """
    if fact.valid_to is not None:
        return Decision("add")
    together = [other for other in others if _told_together(fact, other)]
    apart = [other for other in others if not any(_is_same_value(other, told) for told in together)]
    rivals = [other for other in apart if is_about_holder or _is_another_value(fact, other)]
    older = tuple(other for other in rivals if _since(other) <= _since(fact))
    newer = [_since(o) for o in rivals if _since(o) > _since(fact) and TRUST[o.role] >= TRUST[fact.role]]
    until = min(newer, default=None)
    if any(TRUST[fact.role] < TRUST[other.role] for other in older):
        return Decision("dispute", f"{rule}, and a more trusted source gives another", older, valid_to=until)
    if older:
        return Decision("supersede", rule, older, valid_to=until)
    return Decision("add", rule if newer else "", valid_to=until)


def _since(fact: Fact) -> datetime:
    return fact.valid_from or FAR_PAST


# ------------------------------------------------------------------------------------------- what two facts speak of


def _same_triple(one: Fact, other: Fact) -> bool:
    """Whether two readings of the same words are one: "moved from Oslo to Bergen" says two things."""
    if one.predicate is None or other.predicate is None:
        return one.predicate == other.predicate
    return (
        one.predicate == other.predicate
        and one.is_negated == other.is_negated
        and (one.object == other.object or _is_same_thing(one, other))
    )


def _is_over(known: Fact, fact: Fact) -> bool:
    """Whether a known fact had ended when the same is told again: then it has begun anew."""
    return known.valid_to is not None and known.valid_to <= _since(fact)


def _is_same_thing(one: Fact, other: Fact) -> bool:
    """Whether the objects are one for certain: the same entity, or the same words."""
    if one.object_key is not None and one.object_key == other.object_key:
        return True
    words_of_it = _words(one.object or "")
    return bool(words_of_it) and words_of_it == _words(other.object or "")


@lru_cache(16_384)
def _words(text: str) -> tuple[str, ...]:
    """The stems of an object, which is compared with all others of its slot."""
    return tuple(stems(text))


def _is_same_value(one: Fact, other: Fact) -> bool:
    return one.subject_key == other.subject_key and _is_same_thing(one, other)


def _meant(fact: Fact, others: Sequence[Fact]) -> list[Fact]:
    """Which of the known facts a statement takes away: those of the same object.

    "My car" may also be the one known as "a red car", if there is only one; but York is not New York, and who no
    longer likes green tea may well like tea.
    """
    if fact.object is None:  # "I lost my job": whichever it was, if there is only one
        return list(others) if len(others) == 1 else []
    exact = [other for other in others if _is_same_thing(fact, other)]
    longer = [] if exact or _is_name(fact) else [other for other in others if _is_short_for(fact, other)]
    return exact or (longer if len(longer) == 1 else [])


def _is_short_for(fact: Fact, known: Fact) -> bool:
    short, long = _words(fact.object or ""), _words(known.object or "")
    return bool(short) and short[-1:] == long[-1:] and set(short) <= set(long)


def _is_another_value(fact: Fact, known: Fact) -> bool:
    """Whether a relation with one value cannot have both: neither is part of the other, and they are of one sort."""
    first, second = set(_words(fact.object or "")), set(_words(known.object or ""))
    if not first or not second or first <= second or second <= first:
        return False
    if not (fact.predicate or "").endswith(("_at", "_in")):
        return True
    if _is_name(fact) != _is_name(known):  # Lisbon, and a shared flat
        return False
    return _is_country(fact) == _is_country(known) or (_is_country(fact) and _tells_of_moving(fact))


def _is_name(fact: Fact) -> bool:
    return any(char.isupper() for char in fact.object or "")


def _is_country(fact: Fact) -> bool:
    return canonical(fact.object or "") in words("countries")


def _tells_of_moving(fact: Fact) -> bool:
    return not words("moving").isdisjoint(fact.text.casefold().split())


def _kind_of(fact: Fact) -> str | None:
    """The last word of a plain phrase ("aisle seats"), which says what kind of thing is meant."""
    said = _words(fact.object or "")
    return said[-1] if said and len(said) == len((fact.object or "").split()) else None


def _told_together(one: Fact, other: Fact) -> bool:
    """Whether both were read in the same words: "in Porto and Lisbon" names two values, none newer."""
    return not set(one.evidence).isdisjoint(other.evidence)


def _denies_altogether(fact: Fact) -> bool:
    """Whether a negation speaks of a state as such, not of one occasion or span of time."""
    return fact.kind != "event" and fact.valid_to is None


def _adds_no_words(fact: Fact, known: Fact) -> bool:
    """Whether a negation has no condition of its own: no coffee at night is not no coffee."""
    triple = " ".join((fact.subject or "", fact.predicate or "", fact.object or "")).replace("_", " ")
    return set(stems(fact.text)) <= {*stems(triple), *stems(known.text), *_DENIALS}


_DENIALS = frozenset(stems("no not never longer anymore currently now nowadays presently today cannot don doesn"))


def _says_no_more(fact: Fact, known: Fact) -> bool:
    """Whether a statement of a known triple adds neither words nor a bound in time."""
    is_known = _is_same_thing(fact, known) or (not _is_name(fact) and _is_short_for(fact, known))
    is_bounded = (fact.valid_to or FAR_FUTURE) != (known.valid_to or FAR_FUTURE)
    return is_known and not is_bounded and set(stems(fact.text)) <= set(stems(known.text))
