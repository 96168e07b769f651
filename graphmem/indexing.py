"""What of an episode and of its facts is looked for: the text behind the vector, and the stems behind the words.

A document is found by its title too, which counts twice among the words (the title is what others call it by); a
message is found by its speaker. A fact of a document carries the title, or "It opened in 2008" would be about nothing.
Without a title the name that the document opens with takes its place.
"""

from graphmem.extraction import lexicons
from graphmem.extraction.topics import topic_of
from graphmem.models import Episode, Role
from graphmem.protocols import Claim, Text
from graphmem.words import stems


def vector_text(text: Text) -> str:
    """What the vector of a text in the store is made of."""
    if text.kind == "fact":
        return fact_text(text.text, text.title)
    return _said(text.text, text.role, _topic(text.text, text.role, text.title), text.speaker)


def of_episode(episode: Episode) -> tuple[str, tuple[str, ...]]:
    """What the vector of an episode is made of, and the words under which it is found."""
    topic = _topic(episode.text, episode.role, episode.title)
    twice = f"{topic} {topic} " if topic else ""
    words = stems(twice + (f"{episode.speaker}: " if episode.speaker else "") + episode.text)
    return _said(episode.text, episode.role, topic, episode.speaker), tuple(words)


def _said(text: str, role: Role, topic: str | None, speaker: str | None) -> str:
    if not text:  # nothing of it is kept
        return topic or ""
    if role == "document":
        return f"{topic}\n{text}" if topic else text
    return f"{speaker}: {text}" if speaker else text


def _topic(text: str, role: Role, title: str | None) -> str | None:
    topic = topic_of(text) if role == "document" and not title else None
    return topic.name if topic is not None else title


def fact_text(text: str, title: str | None) -> str:
    """What the vector of a fact is made of, and its words: the title is said once."""
    return text if title is None or text.startswith(title) else f"{title}: {text}"


def fact_stems(text: str, title: str | None, relation: str | None = None) -> tuple[str, ...]:
    """The words under which a fact is found: its own, and those that ask for a relation told in other words.

    Args:
        text: What the fact says.
        title: Of the document it stands in.
        relation: Its predicate, where it states that; None where it denies or ends it.
    """
    own = stems(fact_text(text, title))
    asked = stems(lexicons.pairs("asked_as").get(relation or "", ""))
    return (*own, *(word for word in asked if word not in own))


def stated(claim: Claim) -> str | None:
    """The relation that a claim states, for `fact_stems`."""
    return claim.predicate if claim.op in ("assert", "past") and not claim.is_negated else None
