"""What an extractor hears of an episode, and what a stated fact is as if it had been heard."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from graphmem.extraction import names
from graphmem.extraction.pointing import refers_back
from graphmem.models import Entity, Episode
from graphmem.moment import LATEST
from graphmem.protocols import Claim, Extraction, Name, Setting, Store
from graphmem.recall import fence
from graphmem.scope import layer_of
from graphmem.writing import drafting
from graphmem.writing.intake import Statement

TURNS = 2
"""Turns of a conversation that a pronoun may refer back over."""

SAME_TALK = timedelta(hours=1)
"""What was said longer ago is not what somebody speaks of by a pronoun."""

LONGEST_NAME = 6
"""Words. A longer object is a description."""


def heard(episode: Episode) -> Episode:
    """What there is to learn in an episode: not the notes that memory itself handed out."""
    text = fence.without_notes(episode.text)
    return episode if text == episode.text else episode.model_copy(update={"text": text})


def settings(episodes: Sequence[Episode], speakers: Mapping[str, Entity]) -> list[Setting]:
    """Who "I" and "you" are in each episode. "You" is only known where two people talk.

    `speakers` are those that "I" is told of, by space: by themselves, so that a merge can be undone later.
    """
    voices: dict[tuple[str, str | None], dict[str, None]] = {}
    spoken = [_speaker(episode, speakers) for episode in episodes]
    for episode, speaker in zip(episodes, spoken, strict=True):
        voices.setdefault((episode.space, episode.session), {})[speaker] = None
    found: list[Setting] = []
    for episode, speaker in zip(episodes, spoken, strict=True):
        others = [voice for voice in voices[episode.space, episode.session] if voice != speaker]
        addressee = others[0] if len(others) == 1 else None
        if episode.role == "assistant":
            known = speakers.get(episode.space)
            addressee = addressee or (known.name if known else drafting.SELF)
        found.append(Setting(speaker, addressee))
    return found


async def in_conversation(store: Store, episodes: Sequence[Episode], speakers: Mapping[str, Entity]) -> list[Setting]:
    """Who "I" and "you" are, and what the first turn of each conversation goes on from, where that may matter.

    Costs two reads for each conversation whose first new turn speaks of somebody by a pronoun.
    """
    found = settings(episodes, speakers)
    met: set[tuple[str, str]] = set()
    for number, episode in enumerate(episodes):
        if episode.session is None or episode.role == "document" or (episode.space, episode.session) in met:
            continue
        met.add((episode.space, episode.session))
        if not refers_back(episode.text):
            continue
        turns = await _turns_before(store, episode)
        found[number] = replace(found[number], before=tuple(zip(turns, settings(turns, speakers), strict=True)))
    return found


async def _turns_before(store: Store, episode: Episode) -> list[Episode]:
    ids = await store.find_episodes([episode.space], session=episode.session, last=TURNS + 1)
    turns = await store.episodes([episode.space], ids, known_at=LATEST)
    earlier = [turn for turn in turns if turn.id != episode.id and turn.said_at <= episode.said_at]
    return [heard(turn) for turn in earlier if episode.said_at - turn.said_at <= SAME_TALK][-TURNS:]


def _speaker(episode: Episode, speakers: Mapping[str, Entity]) -> str:
    if episode.speaker is not None:
        return episode.speaker
    if episode.role != "user":
        return episode.agent_id or f"the {episode.role}"
    if layer_of(episode.space) == "org":
        return drafting.SOMEONE
    known = speakers.get(episode.space)
    return known.name if known else drafting.SELF


def stated(statement: Statement) -> Extraction:
    """A fact as the caller gives it, as if it had been read. An object with letters is an entity, unless it is long."""
    text = statement.arrival.episode.text
    object_ = statement.object and _named(statement.object)
    claim = Claim(
        text=text,
        start=0,
        end=len(text),
        subject=replace(_named(statement.subject), is_common=False) if statement.subject else None,
        predicate=statement.predicate,
        object=object_ if isinstance(object_, Name) and is_name(object_.name) else statement.object,
        mentions=tuple(_named(span) for span in names.spans(text)),
        valid_from=statement.valid_from,
        valid_to=statement.valid_to,
        confidence=1.0,
    )
    return Extraction(claims=(claim,))


def is_name(text: str) -> bool:
    """Whether an object stands for an entity rather than for a number, a date or a description."""
    return any(character.isalpha() for character in text) and len(text.split()) <= LONGEST_NAME


def _named(name: str) -> Name:
    is_common = not any(character.isupper() for character in name)
    return Name(name, names.common_key(name) if is_common else names.canonical(name), is_common=is_common)
