"""The steps of a session: its notes, and its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from graphmem.amending.promoting import Promoter
from graphmem.engine import MANY, Engine
from graphmem.errors import InvalidInput
from graphmem.models import Change, Episode, Recall
from graphmem.moment import LATEST, utc
from graphmem.protocols import Draft, Extraction, Question
from graphmem.scope import LayerChoice, Scope
from graphmem.summarising import summarised
from graphmem.writing import conversing, hearing, intake
from graphmem.writing.conversing import NOTE, SUMMARY
from graphmem.writing.deciding import written
from graphmem.writing.intake import Door, Message
from graphmem.writing.preparing import prepared

HOPS = 2
"""Of a question asked in a session, as of any other."""


async def turns(engine: Engine, scope: Scope, last: int | None) -> list[Episode]:
    """What was said, in order."""
    if last is not None:
        intake.checked_number("last", last, 1, MANY)
    return await conversing.turns(await engine.open(), scope, last=last)


async def said(
    engine: Engine, scope: Scope, messages: Message | Sequence[Message], at: datetime | None
) -> list[Change]:
    """Remember what was said."""
    return await engine.add(scope, messages, at=at, title=None, source_id=None, metadata=None, is_replacing=False)


async def recalled(engine: Engine, scope: Scope, question: str, limit: int) -> Recall:
    """What memory has to say in this session."""
    return await engine.recall(scope, question, limit=limit, at=None, known_at=None, hops=HOPS, layers=None)


# ---------------------------------------------------------------------------------------------------------- notes


async def note(engine: Engine, scope: Scope, key: str, value: str) -> list[Change]:
    """Keep a note in the session's layer, in the place of another under its key."""
    intake.checked_text("value", value)
    return await engine.add_facts(
        _layer(scope), [{"text": f"{key}: {value}", "source_id": _source(key)}], is_replacing=True
    )


async def notes(engine: Engine, scope: Scope) -> Mapping[str, str]:
    """The notes of a session by their keys, those written last first."""
    store = await engine.open()
    space = _layer(scope).home
    ids = await store.find_episodes([space], session=scope.session_id)
    kept = await store.episodes([space], ids, known_at=LATEST)
    own = [episode for episode in reversed(kept) if (episode.source_id or "").startswith(NOTE)]
    keys = ((str(episode.source_id).removeprefix(NOTE), episode.text) for episode in own)
    return {key: text.removeprefix(f"{key}: ") for key, text in keys}


async def drop_note(engine: Engine, scope: Scope, key: str) -> list[Change]:
    """Take a note back. Nothing happens where there is none."""
    store = await engine.open()
    space, source = _layer(scope).home, _source(key)

    async def planned() -> Draft | list[Change]:
        kept = list((await store.known(Question(sources=((space, source),)))).episodes.values())
        if not kept:
            return []
        _, _, draft = await prepared(store, [], scope.user_id, retired=kept)
        draft.retire(kept)
        return draft.draft()

    return await written(store, planned)


def _layer(scope: Scope) -> Scope:
    return scope.model_copy(update={"layer": "session"})


def _source(key: str) -> str:
    return f"{NOTE}{intake.checked_text('key', key)}"


# ------------------------------------------------------------------------------------------------------------ end


async def ended(engine: Engine, scope: Scope) -> list[Change]:
    """Write down what a session was about, and let its layer be over."""
    if scope.session_id is None:
        raise InvalidInput("session_id is missing: say which session ends")
    store = await engine.open()
    home = scope.model_copy(update={"layer": "auto"})
    space = _layer(scope).home
    said = [hearing.heard(turn) for turn in await conversing.turns(store, scope)]
    changes: list[Change] = []
    if said:
        text, usage = await summarised(engine.model, said)
        engine.purse.pay(usage)
        if text:
            changes = await _summary(engine, home, text, said[-1])
    kept = await store.stats([space])
    if not kept.episodes:
        return changes
    over = Change(
        space=home.home,
        kind="expired",
        actor=scope.actor,
        reason=f"the session {scope.session_id} ended",
    )
    draft = Draft(spaces=(home.home,), changes=(over,), expires={space: utc(engine.clock())})
    return [*changes, *await store.write(draft)]


async def _summary(engine: Engine, home: Scope, text: str, last: Episode) -> list[Change]:
    """Keep a summary as an episode of the owner: what it says is known from what was said, and taught nothing anew."""
    door = Door(home, last.said_at, engine.redacts)
    arrivals = door.messages(
        {"role": "system", "content": text},
        at=last.said_at,
        title=None,
        source_id=f"{SUMMARY}{home.session_id}",
        metadata=None,
    )
    return await engine.remember(
        home, arrivals, is_replacing=True, stated={arrival.episode.id: Extraction() for arrival in arrivals}
    )


async def promoted(engine: Engine, scope: Scope, fact_id: str, layer: LayerChoice, reason: str | None) -> list[Change]:
    """Keep a fact in another layer too."""
    promoter = Promoter(await engine.open(), engine.embedder, engine.clock, engine.writer.session_lasts)
    return await promoter.promote(scope, fact_id, layer, reason)
