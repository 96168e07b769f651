"""What a new statement does to what is known: decisions about facts, without input or output.

    add        it is new; nothing is touched
    skip       the same statement stands already; its evidence is added
    supersede  a relation with one value at a time gets a new value
    end        the statement says that something no longer holds
    retract    the statement says that something was never so
    dispute    it contradicts a more trusted source: both stay, marked
    refuse     it was rejected before

Two people of one name whom the words tell apart ("my sister Anna", "Anna from work") close nothing of each other.
Nothing is closed by a wish, a plan, a possibility or a less trusted source, and none of those stands in the way of
what is asserted. An older value that is learned later never closes a newer one. Where it is not certain that two
statements exclude each other (York and New York, Lisbon and Portugal, tea and green tea), both stay. Each closing
names its rule, so that it can be explained and undone.
"""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from graphmem.comparing import (
    adds_no_words,
    are_told_apart,
    are_told_together,
    denies_altogether,
    is_another_value,
    is_over,
    is_same_thing,
    is_same_triple,
    is_same_value,
    kind_of,
    meant,
    says_it_is_new,
    says_no_more,
    since,
)
from graphmem.endings import ended_at, ended_with, given_up_by, giving_up, takes_back
from graphmem.extraction.lexicons import pairs, words
from graphmem.extraction.names import canonical, unified
from graphmem.models import Fact, Role
from graphmem.moment import FAR_FUTURE
from graphmem.protocols import Slot

Verdict = Literal["add", "skip", "supersede", "end", "retract", "dispute", "refuse"]
Operation = Literal["assert", "end", "past", "retract"]

TRUST: Mapping[Role, int] = {"system": 4, "document": 3, "user": 2, "assistant": 1, "tool": 0}
"""Who may close whose facts: only a source at least as trusted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a statement and by which rule; which facts it closes.

    `disputes` are those that it would close if their sources were not more trusted. Where it closes others beside them,
    the verdict is about those: each fact is judged by itself.
    `known` is the fact that says the same already; where that was known only from later on, it holds from `since`.
    `valid_to` bounds the new fact where something newer was known before it, and `by` is what that was. `at` is when
    what it closes was over, if not when the new fact begins.
    """

    verdict: Verdict
    rule: str = ""
    closes: tuple[Fact, ...] = ()
    disputes: tuple[Fact, ...] = ()
    known: Fact | None = None
    valid_to: datetime | None = None
    by: Fact | None = None
    at: datetime | None = None
    since: datetime | None = None


def digest(text: str) -> str:
    """What identifies a statement within its space, whatever its case and punctuation.

    Signs that change what is said count: C++ is not C, $5 is not €5, and neither is one smile another.
    """
    normal = " ".join(text.casefold().translate(_TELLING).split())
    return hashlib.blake2b(normal.encode(), digest_size=16).hexdigest()


def rejection(text: str) -> str:
    """What identifies a text that was rejected, look-alike letters folded besides."""
    return digest(unified(text))


def rejections(fact: Fact, called: Mapping[str, Collection[str]] = MappingProxyType({})) -> tuple[str, ...]:
    """What identifies a rejected statement when it comes again: its text and, where it has one, its triple.

    The triple of an event includes when it was: who did not visit Porto in May may do so in June. What was rejected of
    somebody under one name stays so under all of them: `called` holds all keys of an entity by each of them.
    """
    if fact.predicate is None or fact.object is None or not (fact.subject_key or fact.subject):
        return (rejection(fact.text),)
    when = fact.when.start if fact.kind == "event" and fact.when else None
    predicate = "_".join(unified(fact.predicate).casefold().replace("_", " ").split())
    subject = fact.subject_key or canonical(fact.subject or "")
    subjects = dict.fromkeys((subject, *called.get(subject, ())))
    if fact.object_key:
        objects = dict.fromkeys((fact.object_key, *called.get(fact.object_key, ())))
    else:
        objects = dict.fromkeys((digest(unified(fact.object)),))
    triples = (
        (one, predicate, other, fact.is_negated, fact.modality, when and when.isoformat())
        for one in subjects
        for other in objects
    )
    told = (hashlib.blake2b(repr(triple).encode(), digest_size=16).hexdigest() for triple in triples)
    return rejection(fact.text), *told


class _Telling(dict[int, int]):
    """Characters as they count, each looked at once: a blank for what carries no meaning."""

    def __missing__(self, code: int) -> int:
        self[code] = code if _carries_meaning(chr(code)) else ord(" ")
        return self[code]


_TELLING = _Telling()


def _carries_meaning(char: str) -> bool:
    return char.isalnum() or char in "#%" or unicodedata.category(char)[0] in "MS"


def slots(fact: Fact) -> tuple[Slot, ...]:
    """The groups of facts that decide about `fact`."""
    if fact.predicate is None or fact.subject_key is None:
        return ()
    begins, predicate = since(fact), fact.predicate
    own = [Slot(fact.space, each, subject=fact.subject_key, since=begins) for each in _related(predicate)]
    if _is_post(predicate) and (place := _place(fact)):
        post = predicate.removesuffix("_of")
        own.append(Slot(fact.space, f"{post}_of", object=place, since=begins))
        own.append(Slot(fact.space, post, subject=place, since=begins))
    return tuple(dict.fromkeys(own))


@lru_cache(1024)
def _related(predicate: str) -> tuple[str, ...]:
    """The relations of a subject that decide about one of them, itself included."""
    opposite = pairs("opposites").get(predicate, predicate)
    return tuple(sorted({opposite} | ended_with(predicate) | given_up_by(predicate) | giving_up(predicate)))


def decide(
    fact: Fact,
    operation: Operation,
    known: Mapping[Slot, Sequence[Fact]],
    *,
    same: Fact | None = None,
    outdated: Collection[str] = (),
    corrected: Collection[str] = (),
    again: Mapping[str, datetime] = MappingProxyType({}),
    is_rejected: bool = False,
    is_particular: bool = True,
    replaces: Collection[str] = (),
) -> Decision:
    """Decide about one statement.

    Args:
        fact: The statement as a fact that is not yet written; its `valid_from` is set.
        operation: What the words do: state, end, tell of the past, or take back.
        known: The facts of each of `slots(fact)`: those that are open, and those that have ended since it began.
        same: A believed fact of the same digest. Where it has ended, what is told of the time before is known, too.
        outdated: Ids of those whose end follows from another statement, so that this one may move it.
        corrected: Ids of those that hold as long as somebody who corrected them said, so that nothing moves it.
        again: When some of them were told again, by their ids, if that was after this statement was said. It stands
            between the two and closes neither.
        is_rejected: Whether the statement was rejected before.
        is_particular: Whether the subject is one and the same whenever it is named. "A book" and "a friend" are
            another each time, so that nothing said of them closes anything.
        replaces: Ids of facts that it takes the place of, says who read it. That is heard where the relation is the
            same, as if it had one value at a time; nothing else about closing is taken on anybody's word.
    """
    if is_rejected:
        return Decision("refuse", "this statement was rejected before")
    if same is not None and (not is_same_triple(fact, same) or is_over(same, fact)):
        same = None
    takes_away = operation in ("end", "retract") or fact.is_negated
    has_begun = same is not None and (fact.valid_from is None or since(same) <= since(fact))
    if has_begun and not takes_away:
        return Decision("skip", "the same statement is known", known=same)
    others = {other.id: other for slot in slots(fact) for other in known.get(slot, ())}
    of_one = tuple(other for other in others.values() if not are_told_apart(fact, other))
    told = _Told(fact, operation, of_one, outdated, corrected, again, replaces)
    decision = told.decision() if is_particular else Decision("add")
    if same is None or decision.verdict != "add":
        return decision
    if has_begun or takes_away:
        return Decision("skip", "the same statement is known", known=same)
    return told.known_earlier(same, decision)


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement beside what is known of the same subject, or of the same role."""

    fact: Fact
    operation: Operation
    known: tuple[Fact, ...]
    outdated: Collection[str]
    corrected: Collection[str]
    again: Mapping[str, datetime]
    replaces: Collection[str]

    def decision(self) -> Decision:
        """By the first rule that fits."""
        fact, operation = self.fact, self.operation
        if fact.modality != "asserted" or fact.predicate is None or (fact.object is None and operation != "end"):
            return Decision("add")
        asserted = [other for other in self.known if other.modality == "asserted"]
        told = [other for other in asserted if not other.is_negated]
        if operation == "retract":
            equal = [other for other in told if self._is_of_subject(other) and other.predicate == fact.predicate]
            return self._close(meant(fact, equal), "retract", f"{fact.predicate} was taken back")
        facts = [other for other in told if other.valid_to is None or other.valid_to > since(fact)]
        if operation == "end" or (fact.is_negated and denies_altogether(fact)):
            own = [other for other in facts if self._is_of_subject(other)]
            partners = [other for other in own if other.predicate in ended_with(fact.predicate)]
            ends = [other for other in meant(fact, partners) if operation == "end" or adds_no_words(fact, other)]
            return self._close(ends, "end", f"{fact.predicate} ended")
        if fact.is_negated:
            return Decision("add")
        if limited := [other for other in facts if self._is_limited(other)]:
            return self._close(limited, "end", f"{fact.predicate} ended by then", at=fact.valid_to)
        if operation == "past":
            return Decision("add")
        if gone := [other for other in facts if other.predicate in given_up_by(fact.predicate)]:
            return self._close(meant(fact, gone), "end", f"whoever does this ({fact.predicate}) is done with it")
        if any(takes_back(other, fact) and TRUST[other.role] >= TRUST[fact.role] for other in asserted):
            return Decision("refuse", "it was taken back by what was said later")
        return self._bounded(self._asserted(facts, asserted), asserted)

    def known_earlier(self, later: Fact, decision: Decision) -> Decision:
        """What is known from a later moment on held before, where nothing else took its place in between."""
        begins = since(later)
        if later.id in self.corrected:
            return Decision("skip", "the same is known, and since when was corrected", known=later)
        if decision.closes or decision.disputes or (decision.valid_to is not None and decision.valid_to < begins):
            return replace(decision, valid_to=min(decision.valid_to or begins, begins), by=decision.by or later)
        return Decision("skip", "the same is known from later on", known=later, since=since(self.fact))

    def _is_of_subject(self, known: Fact) -> bool:
        """Whether it is told of the same one, not of who else has the post."""
        return known.subject_key == self.fact.subject_key

    def _stands_from(self, known: Fact) -> datetime:
        """From when on something known speaks against the statement: if it was told again, from then on."""
        return max(since(known), self.again.get(known.id, since(known)))

    def _is_limited(self, known: Fact) -> bool:
        """Whether the statement says until when something known held, which has no end of its own."""
        until = self.fact.valid_to
        if until is None or ended_at(self.fact, known) != until or self._has_own_end(known):
            return False
        return since(known) < until and (known.valid_to is None or known.valid_to > until)

    def _has_own_end(self, fact: Fact) -> bool:
        return fact.valid_to is not None and fact.id not in self.outdated

    def _bounded(self, decision: Decision, asserted: Sequence[Fact]) -> Decision:
        """The decision with the end that something said of a later time sets to the statement."""
        if decision.verdict == "skip":
            return decision
        trusted = [other for other in asserted if TRUST[other.role] >= TRUST[self.fact.role]]
        ends = [(end, other) for other in trusted if (end := ended_at(other, self.fact)) and end > since(self.fact)]
        first, by = min(ends, key=lambda pair: pair[0], default=(FAR_FUTURE, None))
        if by is None or first >= min(decision.valid_to or FAR_FUTURE, self.fact.valid_to or FAR_FUTURE):
            return decision
        return replace(decision, valid_to=first, by=by, rule=decision.rule or f"{self.fact.predicate} ended")

    def _asserted(self, facts: Sequence[Fact], asserted: Sequence[Fact]) -> Decision:
        fact = self.fact
        own = [other for other in facts if other.predicate == fact.predicate and self._is_of_subject(other)]
        alike = [other for other in own if says_no_more(fact, self._with_own_end(other))]
        said = next((other for other in alike if fact.valid_from is None or since(other) <= since(fact)), None)
        if said is not None:
            return Decision("skip", "the same triple is known", known=said)
        decision = self._changed(facts, own)
        if any(is_same_thing(fact, other) and since(other) <= since(fact) for other in own):
            return replace(decision, verdict="add", closes=(), disputes=(), rule=decision.rule if decision.by else "")
        return self.known_earlier(alike[0], self._bounded(decision, asserted)) if alike else decision

    def _with_own_end(self, fact: Fact) -> Fact:
        return fact.model_copy(update={"valid_to": None}) if fact.id in self.outdated else fact

    def _changed(self, facts: Sequence[Fact], own: Sequence[Fact]) -> Decision:
        """What the statement takes the place of, and what takes its place."""
        fact, predicate = self.fact, self.fact.predicate or ""
        if _has_one_value(predicate):
            return self._succeed(own, f"{predicate} has one value at a time")
        if predicate in words("functional_alike"):
            alike = [other for other in own if kind_of(other) == kind_of(fact) is not None]
            return self._succeed(alike, f"{predicate} has one value of a kind at a time")
        if _is_post(predicate):
            holders = [other for other in facts if _is_another_holder(fact, other)]
            return self._succeed(holders, f"{predicate} has one holder at a time", is_about_holder=True)
        if taken_over := self._taken_over(own):
            return self._succeed(taken_over, f"a new {predicate} takes the place of the one before")
        if named := [other for other in own if other.id in self.replaces]:
            return self._succeed(named, f"the reader says that a newer {predicate} takes the place of this one")
        opposite = pairs("opposites").get(predicate)
        contrary = [other for other in facts if other.predicate == opposite and is_same_thing(other, fact)]
        return self._succeed(contrary, f"{predicate} and {opposite} exclude each other", is_about_holder=True)

    def _taken_over(self, own: Sequence[Fact]) -> list[Fact]:
        """What the words say to be replaced, by a "new dentist" or a move, whichever of the two was learned first."""
        if says_it_is_new(self.fact):
            return list(own)
        return [other for other in own if since(other) > since(self.fact) and says_it_is_new(other)]

    def _succeed(self, others: Sequence[Fact], rule: str, *, is_about_holder: bool = False) -> Decision:
        """A new value takes over from the older ones and gives way to newer ones of a source as trusted.

        One that held for a while only, a summer in Rome, says nothing about what held before and after.
        """
        fact = self.fact
        together = [other for other in others if are_told_together(fact, other)]
        apart = [other for other in others if not any(is_same_value(other, told) for told in together)]
        rivals = [other for other in apart if is_about_holder or is_another_value(fact, other)]
        older = [other for other in rivals if self._stands_from(other) <= since(fact) and fact.valid_to is None]
        later = [o for o in rivals if self._stands_from(o) > since(fact) and TRUST[o.role] >= TRUST[fact.role]]
        newer = [other for other in later if not self._has_own_end(other)]
        by = min(newer, key=self._stands_from, default=None)
        if by is not None and fact.valid_to is not None and fact.valid_to <= self._stands_from(by):
            by = None
        until = self._stands_from(by) if by is not None else None
        if older:
            return replace(_judged(fact, older, "supersede", rule), valid_to=until, by=by)
        return Decision("add", rule if by is not None else "", valid_to=until, by=by)

    def _close(
        self, closes: Iterable[Fact], verdict: Literal["end", "retract"], rule: str, *, at: datetime | None = None
    ) -> Decision:
        older = [other for other in closes if at is not None or self._stands_from(other) <= since(self.fact)]
        return replace(_judged(self.fact, older, verdict, rule), at=at) if older else Decision("add")


def has_rivals(predicate: str) -> bool:
    """Whether two values of a predicate may exclude each other: few stand at once."""
    is_role = predicate.endswith("_of") and predicate.removesuffix("_of") in words("roles")
    return is_role or _has_one_value(predicate) or predicate in words("functional_alike")


def _has_one_value(predicate: str) -> bool:
    listed = words("functional")
    return predicate in listed or any(entry.endswith("*") and predicate.startswith(entry[:-1]) for entry in listed)


def _is_post(predicate: str) -> bool:
    """Whether it is a role that one at a time has, said of its holder ("ceo_of") or of the place ("ceo")."""
    return predicate.removesuffix("_of") in words("roles")


def _is_another_holder(fact: Fact, other: Fact) -> bool:
    """Whether two facts give a post to two people, whichever way round they are put."""
    return _holder(fact) != _holder(other) and _place(fact) == _place(other)


def _holder(fact: Fact) -> str | None:
    return fact.subject_key if (fact.predicate or "").endswith("_of") else fact.object_key or fact.object


def _place(fact: Fact) -> str | None:
    return fact.object_key if (fact.predicate or "").endswith("_of") else fact.subject_key


def _judged(fact: Fact, others: Sequence[Fact], verdict: Verdict, rule: str) -> Decision:
    """The decision to close facts, but for those of more trusted sources."""
    closes = tuple(other for other in others if TRUST[fact.role] >= TRUST[other.role])
    disputes = tuple(other for other in others if TRUST[fact.role] < TRUST[other.role])
    return Decision(verdict if closes else "dispute", rule, closes, disputes)
