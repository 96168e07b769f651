"""An extractor for sentences so plain that nothing can be misread, and what they say, for stories about recall."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graphmem.extraction.names import canonical
from graphmem.models import Episode
from graphmem.protocols import Claim, Extraction, Name, Setting

VERBS = {
    "lives in": "lives_in",  # one value at a time: a newer one closes the older
    "works at": "works_at",
    "trusts": "trusts",
    "supplies": "supplies",
}
_DAY = r"\d{4}-\d\d-\d\d"
_SENTENCE = re.compile(
    rf"(?P<subject>[A-Z]\w+) (?P<verb>{'|'.join(VERBS)}) (?P<object>[A-Z]\w+)"
    rf"(?: from (?P<since>{_DAY}))?(?: until (?P<until>{_DAY}))?\."
)


@dataclass(frozen=True, slots=True)
class Plain:
    """What one sentence says, and where it stands in its text."""

    text: str
    start: int
    subject: str
    predicate: str
    object: str
    since: datetime | None
    until: datetime | None

    def may_hold(self, at: datetime) -> bool:
        """Whether the words themselves allow that it held then."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


def sentences(text: str) -> Iterator[Plain]:
    """Each plain sentence of a text, in order; other words are passed over."""
    for found in _SENTENCE.finditer(text):
        yield Plain(
            found[0],
            found.start(),
            found["subject"],
            VERBS[found["verb"]],
            found["object"],
            _day(found["since"]),
            _day(found["until"]),
        )


class PlainSentences:
    """Reads "Corvin lives in Elsby from 2025-01-01." and nothing that is less plain."""

    blocks = True
    identity = "plain-sentences/1"

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """One extraction per episode, in order."""
        return [Extraction(tuple(map(_claim, sentences(episode.text)))) for episode in episodes]


def _claim(said: Plain) -> Claim:
    return Claim(
        text=said.text,
        start=said.start,
        end=said.start + len(said.text),
        subject=Name(said.subject, canonical(said.subject)),
        predicate=said.predicate,
        object=Name(said.object, canonical(said.object)),
        valid_from=said.since,
        valid_to=said.until,
    )


def _day(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None
