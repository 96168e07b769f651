"""What is doubtful about known facts and names, by rule and without input or output.

Two facts are compared where they are about the same entity, two names where they share a word, a nickname or initials.
What the facts say of two names decides whether they can be one: who is named beside another is somebody else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from graphmem import reconcile
from graphmem.extraction import lexicons
from graphmem.extraction.likeness import Likeness, handles, likeness
from graphmem.extraction.names import canonical
from graphmem.models import Doubt, Entity, Fact
from graphmem.protocols import Slot
from graphmem.recall.disputes import is_particular
from graphmem.words import stems

UNSURE = 0.6
"""A fact is unsure that stands on less, all its sources together."""

NOT_ONE = "is_not"
"""Says of two names that they are two: who states it is not asked again whether they are one."""

_ALIKE = 0.75
_SAME_TRIPLE = 0.6
_MOST_OF_ONE = 200
"""Facts of one subject and relation, or of the same names, that are compared with each other: the newest."""

Likely = tuple[object, ...]
"""What facts share that may say the same: their subject, and their triple or all the names in them."""

_MOST_OF_A_WORD = 50

_AGREES, _SHARES, _DIFFERS, _TOLD_APART = 0.6, 0.9, 0.6, 0.8
_MOST_SHARED = 3
_NAMING = frozenset(("name", "nickname"))


# ---------------------------------------------------------------------------------------------------------- facts


def unsure(facts: Iterable[Fact]) -> Iterator[Doubt]:
    """Facts with a triple that their words leave open, unless several sources say the same."""
    for fact in facts:
        chance_wrong = (1 - fact.confidence) ** max(1, len({place.episode_id for place in fact.evidence}))
        if fact.predicate is None or fact.modality != "asserted" or 1 - chance_wrong >= UNSURE:
            continue
        yield Doubt(
            kind="unsure",
            reason=f"read from words that leave it open: {fact.text}",
            score=round(chance_wrong, 3),
            facts=(fact,),
            confirm=f"memory.add_facts([{_stated(fact)}])",
            reject=_retracted(fact),
        )


def _stated(fact: Fact) -> dict[str, str | None]:
    return {"subject": fact.subject, "predicate": fact.predicate, "object": fact.object, "text": fact.text}


def _retracted(fact: Fact) -> str:
    return f"memory.retract({fact.id!r})"


def disputed(facts: Sequence[Fact]) -> Iterator[Doubt]:
    """Facts that exclude each other by the rules of `reconcile`, and hold at the same time."""
    of_slot: defaultdict[Slot, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.predicate is not None:
            of_slot[Slot(fact.space, fact.predicate, subject=fact.subject_key)].append(fact)
            of_slot[Slot(fact.space, fact.predicate, object=fact.object_key)].append(fact)
    seen: set[frozenset[str]] = set()
    for fact in facts:
        others = {
            slot: [other for other in of_slot[slot][:_MOST_OF_ONE] if other.id != fact.id]
            for slot in reconcile.slots(fact)
        }
        decision = reconcile.decide(fact, "assert", others, is_particular=is_particular(fact))
        if decision.verdict not in ("supersede", "dispute"):
            continue
        for other in (*decision.disputes, *decision.closes):
            pair = frozenset((fact.id, other.id))
            if pair not in seen:
                seen.add(pair)
                yield Doubt(
                    kind="disputed",
                    reason=f"{decision.rule}, and both stand: {other.text} / {fact.text}",
                    score=0.8 if other in decision.disputes else 0.7,
                    facts=(other, fact),
                    confirm=_retracted(other),
                    reject=_retracted(fact),
                )


def duplicates(facts: Sequence[Fact]) -> Iterator[Doubt]:
    """Facts of different episodes that say the same of the same entity, in nearly the same words or as one triple."""
    alike: defaultdict[Likely, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.subject_key is not None:
            about = (fact.space, fact.subject_key)
            alike[about, "names", fact.object_key, frozenset(fact.mention_keys)].append(fact)
            if fact.predicate is not None:
                alike[about, "triple", *_triple(fact)].append(fact)
    words: dict[str, frozenset[str]] = {}
    for group in alike.values():
        if len(group) > 1:
            words.update((fact.id, frozenset(stems(fact.text))) for fact in group[:_MOST_OF_ONE])
    seen: set[tuple[str, str]] = set()
    for group in alike.values():
        for newer, older in combinations(group[:_MOST_OF_ONE], 2):
            pair = (newer.id, older.id)
            score = 0 if pair in seen else _sameness(newer, older, words[newer.id], words[older.id])
            if score:
                seen.add(pair)
                yield Doubt(
                    kind="duplicate",
                    reason=f"both may say the same: {older.text} / {newer.text}",
                    score=round(score, 3),
                    facts=(older, newer),
                    confirm=_retracted(newer),
                )


def _sameness(one: Fact, other: Fact, words: frozenset[str], others: frozenset[str]) -> float:
    if (one.is_negated, one.modality, _day(one)) != (other.is_negated, other.modality, _day(other)):
        return 0
    if not {place.episode_id for place in one.evidence}.isdisjoint(place.episode_id for place in other.evidence):
        return 0
    if {word for word in words if word.isdigit()} != {word for word in others if word.isdigit()}:
        return 0
    near = len(words & others) / max(1, len(words | others))
    if one.predicate is not None and _triple(one) == _triple(other):
        return max(_SAME_TRIPLE, near)
    is_same_names = one.object_key == other.object_key and set(one.mention_keys) == set(other.mention_keys)
    return near * 0.9 if near >= _ALIKE and is_same_names else 0


def _day(fact: Fact) -> object:
    """When it happened; states that began at different times may still be one."""
    if fact.kind != "event":
        return None
    return fact.when.start if fact.when else fact.valid_from and fact.valid_from.date()


def _triple(fact: Fact) -> tuple[str | None, str]:
    return fact.predicate, fact.object_key or canonical(fact.object or "")


# ---------------------------------------------------------------------------------------------------------- names


def namesakes(facts: Sequence[Fact]) -> Iterator[Doubt]:
    """One name for two: somebody's sister and their aunt, or a sister and a brother, are not one person."""
    of_name: defaultdict[tuple[str, str, str], dict[str, Fact]] = defaultdict(dict)
    for fact in facts:
        kin = lexicons.pairs("same_kin").get(fact.predicate or "", fact.predicate)
        if kin in lexicons.words("family") and fact.subject_key and fact.object_key and not fact.is_negated:
            of_name[fact.space, fact.subject_key, fact.object_key].setdefault(kin, fact)
    for told in of_name.values():
        for (kin, one), (other_kin, other) in combinations(sorted(told.items()), 2):
            yield Doubt(
                kind="namesakes",
                reason=f"{one.object} is told to be both {kin} and {other_kin} of {one.subject}: there may be two",
                score=0.7,
                facts=(one, other),
            )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities of one space whose names are alike."""

    one: Entity
    other: Entity
    likeness: Likeness


def alike(entities: Sequence[Entity]) -> list[Pair]:
    """Entities whose names are alike, most alike first. Part of a name counts less the more names have that part."""
    by_handle: defaultdict[tuple[str, str], list[Entity]] = defaultdict(list)
    for entity in entities:
        for handle in dict.fromkeys(handles(entity.name)):
            by_handle[entity.space, handle].append(entity)
    found: dict[tuple[str, str, str], Pair] = {}
    for group in by_handle.values():
        for pair in combinations(group[:_MOST_OF_A_WORD], 2):
            one, other = sorted(pair, key=lambda entity: entity.key)
            if one.key != other.key and (seen := _likeness(one, other)) is not None:
                found[one.space, one.key, other.key] = Pair(one, other, seen)
    shared = _shared_parts(found.values())
    pairs = [
        Pair(pair.one, pair.other, _among(pair.likeness, shared[pair.one.space, _part(pair)]))
        for pair in found.values()
    ]
    return sorted(pairs, key=lambda pair: (-pair.likeness.score, pair.one.key, pair.other.key))


def _likeness(one: Entity, other: Entity) -> Likeness | None:
    types = {one.type, other.type}
    seen = likeness(one.name, other.name, are_people=types <= {"person", "thing"})
    if seen is None or (seen.is_partial and "person" not in types):
        return None
    return seen


def _part(pair: Pair) -> str:
    return min((pair.one.name, pair.other.name), key=lambda name: (len(name.split()), name))


def _shared_parts(pairs: Iterable[Pair]) -> Mapping[tuple[str, str], int]:
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for pair in pairs:
        if pair.likeness.is_partial:
            counts[pair.one.space, _part(pair)] += 1
    return counts


def _among(seen: Likeness, bearers: int) -> Likeness:
    if not seen.is_partial or bearers < 2:
        return seen
    return Likeness(seen.score / bearers, f"{seen.reason}, as may {bearers - 1} more", is_partial=True)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an entity: its facts, and by whom."""

    facts: Sequence[Fact]
    speakers: frozenset[str]


def merge(pair: Pair, one: Told, other: Told, *, speakers: frozenset[str]) -> Doubt | None:
    """Whether two names may mean one, by what is told of both; None where they are two.

    Args:
        pair: The names.
        one: What is told of the first.
        other: What is told of the second.
        speakers: Everyone who speaks in the space, in lower case: two speakers are two people.
    """
    both = {pair.one.name.lower(), pair.other.name.lower()}
    names = (canonical(pair.one.name), canonical(pair.other.name))
    if both <= speakers or any(_names_both(fact, *names) for fact in (*one.facts, *other.facts)):
        return None
    relations = _kinships(one.facts, pair.one.key), _kinships(other.facts, pair.other.key)
    if any(relations[1].get(owner, kin) != kin for owner, kin in relations[0].items()):
        return None
    doubt, reasons = 1 - pair.likeness.score, [pair.likeness.reason]
    for owner in relations[0].keys() & relations[1].keys():
        doubt *= _AGREES
        reasons.append(f"both are the {relations[0][owner]} of {owner}")
    values = _values(one.facts, pair.one.key), _values(other.facts, pair.other.key)
    chance = 1.0
    for predicate in sorted(values[0].keys() & values[1].keys()):
        first, second = values[0][predicate], values[1][predicate]
        said = lexicons.pairs("phrases").get(predicate, predicate)
        if first == second:
            doubt *= _AGREES
            reasons.append(f"either one {said} {first}")
        else:
            chance *= _DIFFERS
            reasons.append(f"but one {said} {first}, the other{_preposition(said)} {second}")
    common = _neighbours(one.facts, pair) & _neighbours(other.facts, pair)
    doubt *= _SHARES ** min(_MOST_SHARED, len(common))
    if common:
        reasons.append(f"both are named with {', '.join(sorted(common)[:_MOST_SHARED])}")
    if one.speakers and other.speakers and one.speakers.isdisjoint(other.speakers):
        chance *= _TOLD_APART
        reasons.append("told by different people")
    score = round((1 - doubt) * chance, 3)
    short, long = sorted((pair.one, pair.other), key=lambda entity: (len(entity.name), entity.degree))
    apart = {
        "subject": short.name,
        "predicate": NOT_ONE,
        "object": long.name,
        "text": f"{short.name} is not {long.name}.",
    }
    return Doubt(
        kind="merge",
        reason="; ".join(reasons),
        score=score,
        entities=(pair.one, pair.other),
        confirm=f"memory.merge({short.key!r}, {long.key!r})",
        reject=f"memory.add_facts([{apart}])",
    )


def _preposition(said: str) -> str:
    verb, _, last = said.rpartition(" ")
    return f" {last}" if verb else ""


def _names_both(fact: Fact, one: str, other: str) -> bool:
    """Whether a fact speaks of both, each by its own name: not where the shorter stands inside the longer only."""
    if fact.predicate in _NAMING:
        return False
    short, long = sorted((one, other), key=len)
    text = f" {canonical(fact.text)} ".replace(" ", "  ")
    short, long = (f" {name.replace(' ', '  ')} " for name in (short, long))
    return long in text and short in text.replace(long, " ")


def _kinships(facts: Iterable[Fact], key: str) -> dict[str, str]:
    """Whose what somebody is: {"ada": "sister"}."""
    kin = lexicons.words("kin")
    return {
        fact.subject_key: fact.predicate
        for fact in facts
        if fact.object_key == key and fact.predicate in kin and fact.subject_key and not fact.is_negated
    }


def _values(facts: Iterable[Fact], key: str) -> dict[str, str]:
    """The values of relations that have one at a time."""
    functional = lexicons.words("functional")
    return {
        fact.predicate: fact.object
        for fact in facts
        if fact.subject_key == key
        and fact.predicate in functional
        and fact.object
        and not fact.is_negated
        and fact.modality == "asserted"
    }


def _neighbours(facts: Iterable[Fact], pair: Pair) -> set[str]:
    """Whom and what else the facts name, capitalised."""
    return {name for fact in facts for name in (*fact.mentions, fact.subject or "") if name[:1].isupper()} - {
        pair.one.name,
        pair.other.name,
    }
