"""Facts and episodes as lines of text: a driver reads one text many times faster than the values that it is made of.

Ids and keys hold no tab and no line end, see `graphmem.stores.neo4j.records.in_a_line`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast  # values of the driver

from graphmem.models import Role
from graphmem.stores.gathering import Place, Reached, Told


class Line(NamedTuple):
    """A line of a fact. `links` are the keys of entities that lead to it, each behind `+` where it is about that one,
    else behind `-`; there is no `fact`, and its `number` is 0, where the reader had it.
    """

    place: Place
    links: Sequence[str]
    number: int
    fact: Reached | None

    @classmethod
    def of(cls, space: str, line: str) -> "Line":
        """A line of `read/leading`, `read/whole` or `read/recall_two_hops_…`, as the server wrote it.

        A fact leads to entities as `graphmem.stores.values.links_of` tells.
        """
        fields = line.split("\t")
        id_, links = fields[0], _listed(fields[1])
        if len(fields) == 2:
            return cls((space, id_), links, 0, None)
        _, _, number, score, holds, subject, object_, stems, episodes, mentions = fields
        keys = mentions.split("\n")
        keys[-1] = object_  # behind the last line end stands nothing
        fact = Reached(
            id_,
            space,
            episodes=_listed(episodes),
            subject=subject or None,
            mentions=[key for key in dict.fromkeys(keys) if key and key != subject],
            stems=stems,
            similarity=_cosine(score),
            holds=bool(holds),
        )
        return cls((space, id_), links, int(number), fact)


def told(space: str, values: Sequence[Any]) -> Told:
    """What a line of `read/told` or `read/episodes_near_…` says of an episode."""
    line, speaker, session, source = values
    id_, role, said_at, asks, score, stems = line.split("\t")
    return Told(
        id=id_,
        space=space,
        role=cast("Role", role),
        speaker=speaker,
        session=session,
        source=source,
        said_at=int(said_at),
        asks=bool(asks),
        stems=stems,
        similarity=_cosine(score),
        facts=None,
    )


def whole(space: str, values: Sequence[Any], known: Mapping[Place, Told]) -> tuple[Told, list[Line]]:
    """What `read/whole` says of an episode, which may be `known` to the reader, and its facts."""
    line, speaker, session, source, facts = values
    id_, *rest = line.split("\t", 1)
    lines = [Line.of(space, fact) for fact in facts]
    episode = told(space, (line, speaker, session, source)) if rest else known[space, id_]
    return episode._replace(facts=[fact.place[1] for fact in lines]), lines


def degrees(lines: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """What `read/degrees` says of entities, by key: how many episodes touch each, and whether it is a noun."""
    split = (line.split("\t") for line in lines)
    return {key: (int(episodes), bool(is_common)) for key, episodes, is_common in split}


def _listed(items: str) -> Sequence[str]:
    return items[:-1].split("\n") if items else ()


def _cosine(score: str) -> float:
    """A cosine of the server, which maps it to [0, 1]; what has no vector stands in the middle."""
    return 2.0 * float(score) - 1.0
