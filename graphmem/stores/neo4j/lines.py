"""Facts and episodes as lines of text: a driver reads one text many times faster than the values that it is made of.

Ids and keys hold no tab and no line end, see `graphmem.stores.neo4j.records.in_a_line`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast  # values of the driver

from graphmem.models import Role
from graphmem.stores.gathering import Place, Reached, Told
from graphmem.stores.values import links_of


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a fact. `links` are the keys of entities that lead to it, each behind `+` where it is about that one,
    else behind `-`; there are no `fields` where the reader had them.
    """

    id: str
    space: str
    links: Sequence[str]
    fields: Sequence[str]

    @classmethod
    def of(cls, space: str, line: str) -> "Line":
        """A line of `read/leading` or `read/whole`, as the server wrote it."""
        id_, links, *fields = line.split("\t")
        return cls(id_, space, _listed(links), fields)

    @property
    def place(self) -> Place:
        """Space and id."""
        return self.space, self.id

    @property
    def number(self) -> int:
        """Its place in the order of writing."""
        return int(self.fields[0])

    def fact(self) -> Reached:
        """What it says."""
        _, score, holds, subject, object_, stems, episodes, mentions = self.fields
        links = links_of(subject, object_, _listed(mentions))
        return Reached(
            id=self.id,
            space=self.space,
            episodes=_listed(episodes),
            subject=subject or None,
            mentions=[key for key, is_about in links.items() if not is_about],
            stems=stems.split(),
            similarity=_cosine(score),
            holds=bool(holds),
        )


def told(space: str, values: Sequence[Any]) -> tuple[Told, list[Line]]:
    """What `read/told` or `read/whole` says of an episode, and its facts; `read/told` says of none."""
    line, speaker, session, *rest = values
    id_, role, said_at, asks, score, links, stems = line.split("\t")
    facts = [Line.of(space, fact) for fact in rest[0]] if rest else None
    episode = Told(
        id=id_,
        space=space,
        role=cast("Role", role),
        speaker=speaker,
        session=session,
        said_at=int(said_at),
        asks=bool(asks),
        stems=stems.split(),
        similarity=_cosine(score),
        links=int(links),
        facts=[fact.id for fact in facts] if facts is not None else None,
    )
    return episode, facts or []


def _listed(items: str) -> list[str]:
    return items.split("\n")[:-1]


def _cosine(score: str) -> float:
    """A cosine of the server, which maps it to [0, 1]; what has no vector stands in the middle."""
    return 2.0 * float(score) - 1.0
