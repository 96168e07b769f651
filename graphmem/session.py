"""`Session` and `AsyncSession`: one conversation of somebody, to add to, to ask, and to keep notes beside."""

from collections.abc import Sequence
from datetime import datetime

from graphmem import sessions
from graphmem._colour import drive
from graphmem.engine import Engine
from graphmem.listing import Listing
from graphmem.models import Change, Episode, Recall
from graphmem.scope import Scope
from graphmem.writing.intake import Message


class Session:
    """One conversation: what is said in it, and working notes that go when it does. Made by `Memory.session`.

    >>> session = memory.session("monday", user_id="ada")
    >>> changes = session.add("I need to fix the login bug.")
    >>> session.set("branch", "fix-login")
    >>> session.get("branch")
    'fix-login'
    """

    def __init__(self, engine: Engine, scope: Scope) -> None:
        self._engine = engine
        self._scope = scope

    @property
    def id(self) -> str:
        """What it is called."""
        return str(self._scope.session_id)

    def add(self, messages: Message | Sequence[Message], *, at: datetime | None = None) -> list[Change]:
        """Remember what was said; see `Memory.add`."""
        return Listing(drive(sessions.said(self._engine, self._scope, messages, at)))

    def recall(self, question: str, *, limit: int = 10) -> Recall:
        """What memory has to say, this session's notes first; see `Memory.recall`. Of what is equally near, what the
        last turns are about comes first.
        """
        return drive(sessions.recalled(self._engine, self._scope, question, limit))

    def turns(self, *, last: int | None = None) -> list[Episode]:
        """What was said, tools included, in order; only the last so many where that is said."""
        return Listing(drive(sessions.turns(self._engine, self._scope, last)))

    def set(self, key: str, value: str) -> None:
        """Keep a working note, in the place of another under its key. Recall finds it in this session."""
        drive(sessions.note(self._engine, self._scope, key, value))

    def get(self, key: str) -> str | None:
        """The note under a key; None where there is none."""
        return self.notes().get(key)

    def delete(self, key: str) -> None:
        """Take a note back; nothing happens where there is none."""
        drive(sessions.drop_note(self._engine, self._scope, key))

    def notes(self) -> dict[str, str]:
        """All notes by their keys, those written last first."""
        return dict(drive(sessions.notes(self._engine, self._scope)))

    def end(self) -> list[Change]:
        """See `Memory.end_session`."""
        return Listing(drive(sessions.ended(self._engine, self._scope)))


class AsyncSession:
    """`Session` for an event loop. Made by `AsyncMemory.session`."""

    def __init__(self, engine: Engine, scope: Scope) -> None:
        self._engine = engine
        self._scope = scope

    @property
    def id(self) -> str:
        """What it is called."""
        return str(self._scope.session_id)

    async def add(self, messages: Message | Sequence[Message], *, at: datetime | None = None) -> list[Change]:
        """See `Session.add`."""
        return Listing(await sessions.said(self._engine, self._scope, messages, at))

    async def recall(self, question: str, *, limit: int = 10) -> Recall:
        """See `Session.recall`."""
        return await sessions.recalled(self._engine, self._scope, question, limit)

    async def turns(self, *, last: int | None = None) -> list[Episode]:
        """See `Session.turns`."""
        return Listing(await sessions.turns(self._engine, self._scope, last))

    async def set(self, key: str, value: str) -> None:
        """See `Session.set`."""
        await sessions.note(self._engine, self._scope, key, value)

    async def get(self, key: str) -> str | None:
        """See `Session.get`."""
        return (await self.notes()).get(key)

    async def delete(self, key: str) -> None:
        """See `Session.delete`."""
        await sessions.drop_note(self._engine, self._scope, key)

    async def notes(self) -> dict[str, str]:
        """See `Session.notes`."""
        return dict(await sessions.notes(self._engine, self._scope))

    async def end(self) -> list[Change]:
        """See `AsyncMemory.end_session`."""
        return Listing(await sessions.ended(self._engine, self._scope))
