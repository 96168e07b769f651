"""Somebody's people and things under the names they are learned by: once Anna is Ada's sister, "Ada's sister" is she.

A join rests on facts alone, on the only one that says so. Where that fact is taken back, or a second sister is named,
later words are no longer joined. What was told before the name was learned keeps its words and its subject, and
mentions the name from then on, so that either leads to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from graphmem.extraction import lexicons
from graphmem.extraction.names import canonical
from graphmem.models import Fact
from graphmem.protocols import Claim, Known, Name, Question, Slot, Store
from graphmem.writing.drafting import Reading

OLDER = 50
"""Facts of a phrase, the newest, that are given the name it is learned by."""

_OF = "'s "
_NAME = "name"


@dataclass(frozen=True, slots=True)
class Owned:
    """What somebody has, without its name: key of the owner, and the noun."""

    space: str
    owner: str
    noun: str

    @property
    def key(self) -> str:
        """The key of the phrase."""
        return f"{self.owner} {self.noun}"


@dataclass(frozen=True, slots=True)
class Joined:
    """Readings with their phrases joined, and (space, fact id, key): names that older facts mention from now on."""

    readings: list[Reading]
    mentions: tuple[tuple[str, str, str], ...] = ()


async def joined(store: Store, readings: Sequence[Reading]) -> Joined:
    """Join what the readings say of somebody's people and things with the names known, and with those they tell.

    Costs one read where they speak of any, and a read for each name that is learned.
    """
    phrases = dict.fromkeys(place for reading in readings for place in _spoken_of(reading))
    if not phrases:
        return Joined(list(readings))
    asked = Question(
        slots=tuple(slot for place in phrases for slot in _slots(place)),
        keys=tuple(dict.fromkeys((place.space, place.owner) for place in phrases)),
    )
    names = _Names(await store.known(asked), phrases)
    in_order = sorted(range(len(readings)), key=lambda number: readings[number].episode.said_at)
    told = {number: names.read(readings[number]) for number in in_order}
    filled = [names.filled(told[number]) for number in range(len(readings))]
    return Joined(filled, tuple(await names.of_older_facts(store)))


class _Names:
    """The names of somebody's people and things, as far as they are known or were read."""

    def __init__(self, known: Known, phrases: Iterable[Owned]) -> None:
        self._entities = known.entities
        self._names: defaultdict[Owned, dict[str, Name]] = defaultdict(dict)
        self._learned: dict[Owned, None] = {}
        for place in phrases:
            for slot in _slots(place):
                for fact in known.slots.get(slot, ()):
                    if (name := _given(fact)) is not None:
                        self._names[self._resolved(place)][name.key] = name

    def read(self, reading: Reading) -> Reading:
        """The reading with its phrases by name; the names that it tells hold for what comes after."""
        return _with_claims(reading, [self._claim(reading.episode.space, claim) for claim in reading.extraction.claims])

    def filled(self, reading: Reading) -> Reading:
        """The reading with the names beside its phrases that were learned in a later one."""
        space = reading.episode.space
        return _with_claims(
            reading,
            [
                _mentioning(claim, [name for place in _phrases(space, claim) if (name := self._learned_name(place))])
                for claim in reading.extraction.claims
            ],
        )

    async def of_older_facts(self, store: Store) -> list[tuple[str, str, str]]:
        """The names learned, for the facts that the store has of what they name."""
        found: dict[tuple[str, str, str], None] = {}
        for place in self._learned:
            name = self._only(place)
            if name is None:
                continue
            owner = self._entities.get((place.space, place.owner))
            for key in dict.fromkeys((place.owner, *(owner.aliases if owner else ()))):
                phrase = replace(place, owner=key).key
                facts = await store.list_facts([place.space], moment=None, entity=phrase, limit=OLDER)
                nameless = (f for f in facts if name.key not in (f.subject_key, f.object_key, *f.mention_keys))
                found.update(((place.space, fact.id, name.key), None) for fact in nameless)
        return list(found)

    def _claim(self, space: str, claim: Claim) -> Claim:
        if (told := _told(space, claim)) is not None:
            place, name = self._resolved(told[0]), told[1]
            if name.key not in self._names[place]:
                self._names[place][name.key] = name
                self._learned[place] = None
            return claim
        subject = self._known_as(space, claim.subject) if claim.subject else None
        object_ = self._known_as(space, claim.object) if isinstance(claim.object, Name) else claim.object
        if subject == object_:
            return claim
        before = [part for part in (claim.subject, claim.object) if isinstance(part, Name) and part.is_common]
        return _mentioning(replace(claim, subject=subject, object=object_), before)

    def _known_as(self, space: str, name: Name) -> Name:
        place = _owned(space, name)
        return (place and self._only(self._resolved(place))) or name

    def _learned_name(self, place: Owned) -> Name | None:
        place = self._resolved(place)
        return self._only(place) if place in self._learned else None

    def _only(self, place: Owned) -> Name | None:
        names = self._names.get(place, {})
        return next(iter(names.values())) if len(names) == 1 else None

    def _resolved(self, place: Owned) -> Owned:
        """The same of its owner by the key that all names of the owner have."""
        owner = self._entities.get((place.space, place.owner))
        return replace(place, owner=owner.key) if owner else place


# ------------------------------------------------------------------------------------------------ claims and facts


def _spoken_of(reading: Reading) -> Iterator[Owned]:
    for claim in reading.extraction.claims:
        yield from _phrases(reading.episode.space, claim)
        if (told := _told(reading.episode.space, claim)) is not None:
            yield told[0]


def _phrases(space: str, claim: Claim) -> list[Owned]:
    """What a claim names as somebody's."""
    parts = (claim.subject, claim.object, *claim.mentions)
    return [place for part in parts if isinstance(part, Name) and (place := _owned(space, part))]


def _owned(space: str, name: Name) -> Owned | None:
    """Whose what a name says: Ada's sister. None for what one may have many of, and for proper names."""
    owner, of, noun = name.name.rpartition(_OF)
    if not (name.is_common and of) or " " in noun:
        return None
    return _of_owner(space, canonical(owner), noun.lower())


def _of_owner(space: str, owner: str, noun: str) -> Owned | None:
    has_name = noun in lexicons.words("kin", "ownable")
    is_one = noun not in lexicons.words("kin_of_many")
    return Owned(space, owner, noun) if owner and has_name and is_one else None


def _slots(place: Owned) -> tuple[Slot, Slot]:
    """Where it is told what the name is: Ada, sister, Anna; Ada's boat, name, Mira."""
    return Slot(place.space, place.noun, subject=place.owner), Slot(place.space, _NAME, subject=place.key)


def _told(space: str, claim: Claim) -> tuple[Owned, Name] | None:
    """Whose what a claim gives a name."""
    is_so = claim.op == "assert" and not claim.is_negated and claim.modality == "asserted" and not claim.valid_to
    if not is_so or claim.subject is None or claim.object is None:
        return None
    named = claim.object if isinstance(claim.object, Name) else Name(claim.object, canonical(claim.object))
    place = (
        _owned(space, claim.subject)
        if claim.predicate == _NAME
        else _of_owner(space, claim.subject.key, claim.predicate or "")
    )
    return (place, named) if place and named.key and _is_proper(named) else None


def _given(fact: Fact) -> Name | None:
    """The name that a known fact gives what is somebody's."""
    if fact.object is None or fact.is_negated or fact.modality != "asserted" or fact.valid_to is not None:
        return None
    key = fact.object_key or canonical(fact.object)
    is_entity = fact.object_key is not None or key in fact.mention_keys
    name = Name(fact.object, key, "thing" if fact.predicate == _NAME else "person")
    return name if is_entity and _is_proper(name) else None


def _is_proper(name: Name) -> bool:
    return not name.is_common and name.name[:1].isupper() and _OF not in name.name


def _mentioning(claim: Claim, names: Iterable[Name]) -> Claim:
    ends = {part.key for part in (claim.subject, claim.object) if isinstance(part, Name)}
    known = {name.key for name in claim.mentions} | ends
    new = {name.key: name for name in names if name.key not in known}
    return replace(claim, mentions=(*claim.mentions, *new.values())) if new else claim


def _with_claims(reading: Reading, claims: Sequence[Claim]) -> Reading:
    return replace(reading, extraction=replace(reading.extraction, claims=tuple(claims)))
