"""What an entity is, by what is told of it: who works or is married is a person, where one lives is a place.

A label that a model gives a name by its looks ("Braga" as a company) is one vote, a relation several.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from graphmem.extraction import lexicons
from graphmem.models import EntityType

_LABEL, _RELATION = 1, 3
_TYPES: Mapping[str, EntityType] = {"person": "person", "organisation": "organisation", "place": "place"}


def of_subject(predicate: str | None) -> EntityType | None:
    """What a relation says of its subject.

    >>> of_subject("works_at"), of_subject("sister"), of_subject("is")
    ('person', 'person', None)
    """
    if predicate in lexicons.words("kin"):
        return "person"
    return _TYPES.get(lexicons.pairs("subject_types").get(predicate or "", ""))


def of_object(predicate: str | None) -> EntityType | None:
    """What a relation says of its object.

    >>> of_object("works_at"), of_object("sister"), of_object("dog")
    ('organisation', 'person', None)
    """
    if predicate in lexicons.words("kin"):
        return None if predicate in lexicons.words("pets") else "person"
    return _TYPES.get(lexicons.pairs("object_types").get(predicate or "", ""))


def of_name(key: str) -> EntityType | None:
    """What a name is known to be, whatever is told of it: countries are places."""
    return "place" if key in lexicons.words("countries") else None


def settled(
    labels: Iterable[EntityType], relations: Iterable[EntityType], *, known: EntityType | None = None
) -> EntityType:
    """The type that most votes are for; among equals the one known, then the one said first.

    >>> settled(["organisation"], ["place"])
    'place'

    Args:
        labels: What the name was called by its looks. However often, that is one vote.
        relations: What its relations say, a vote each.
        known: What it was taken for.
    """
    votes: defaultdict[EntityType, int] = defaultdict(int)
    if known is not None and known != "thing":
        votes[known] += _LABEL
    called = Counter[EntityType](label for label in labels if label != "thing")
    for type_, _ in called.most_common(1):
        votes[type_] += _LABEL
    for type_ in relations:
        votes[type_] += _RELATION
    return max(votes, key=lambda type_: votes[type_]) if votes else "thing"
