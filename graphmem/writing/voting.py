"""What each entity is, decided by all that is told of it: before a draft is made, and the same on every store."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphmem.extraction import entity_types, lexicons
from graphmem.extraction.likeness import all_long_forms, long_forms
from graphmem.models import Entity, EntityType, Fact
from graphmem.protocols import Claim, Known, Name, Store
from graphmem.writing.claiming import named_in
from graphmem.writing.drafting import Reading

OLDER = 50
"""Facts of an entity, the newest, that vote where new ones say that it is something else."""

Place = tuple[str, str]
"""Space and key of an entity."""


@dataclass(frozen=True, slots=True)
class Votes:
    """What entities are from now on, and which of those taken for nouns are names."""

    types: Mapping[Place, EntityType] = field(default_factory=dict[Place, EntityType])
    proper: frozenset[Place] = frozenset()


async def voted(store: Store, readings: Sequence[Reading], known: Known) -> Votes:
    """Count what the readings say of each entity. Costs a read for each that is known as something else."""
    labels: defaultdict[Place, list[EntityType]] = defaultdict(list)
    relations: defaultdict[Place, list[EntityType]] = defaultdict(list)
    proper: set[Place] = set()
    for reading in readings:
        space = reading.episode.space
        for claim in reading.extraction.claims:
            for name in named_in(claim):
                place = _place(space, name, known)
                labels[place].append(name.type)
                if (type_ := entity_types.of_name(name.key)) is not None:
                    relations[place].append(type_)
            for name, type_ in _told(claim):
                place = _place(space, name, known)
                relations[place].append(type_)
                if type_ == "person" and _is_first_name(name, claim):
                    proper.add(place)
    types: dict[Place, EntityType] = {}
    for place, said in labels.items():
        entity = known.entities.get(place)
        if entity is None or entity.type == "thing":
            types[place] = entity_types.settled(said, relations[place])
        elif set(relations[place]) - {entity.type}:
            types[place] = await _counted(store, entity, relations[place])
    return Votes(types, frozenset(proper))


async def _counted(store: Store, entity: Entity, relations: Sequence[EntityType]) -> EntityType:
    """What new relations and older facts say together."""
    facts = await store.list_facts([entity.space], moment=None, entity=entity.key, limit=OLDER)
    older: list[EntityType] = [type_ for fact in facts for type_ in _told_of(entity.key, fact)]
    return entity_types.settled([], [*older, *relations], known=entity.type)


def _place(space: str, name: Name, known: Known) -> Place:
    entity = known.entities.get((space, name.key))
    return space, entity.key if entity else name.key


def _told(claim: Claim) -> Iterator[tuple[Name, EntityType]]:
    """What a claim says of those it is about."""
    ends = (claim.subject, entity_types.of_subject), (claim.object, entity_types.of_object)
    for name, of in ends:
        if isinstance(name, Name) and (type_ := of(claim.predicate)) is not None:
            yield name, type_


def _told_of(key: str, fact: Fact) -> Iterator[EntityType]:
    for end, of in (fact.subject_key, entity_types.of_subject), (fact.object_key, entity_types.of_object):
        if end == key and (type_ := of(fact.predicate)) is not None:
            yield type_


def _is_first_name(name: Name, claim: Claim) -> bool:
    """Whether what was taken for a noun is somebody's name: a word written large where nouns are not, or one that is
    known to be a first name.
    """
    word = name.name
    if not name.is_common or not word[:1].isupper() or not word.isalpha():
        return False
    nouns = lexicons.words("kin", "people", "titles")
    return name.key not in nouns and (word in claim.text[1:] or _has_two_forms(name.key))


def _has_two_forms(word: str) -> bool:
    """Whether it is a first name that is short for another or has a short form: "Nate", "Nathan"."""
    return bool(long_forms(word)) or word in all_long_forms()
