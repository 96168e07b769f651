"""Whose memory a call is about, and which spaces it may therefore touch.

A space is one isolated owner area. Its key names every id on the way down, each percent-encoded, so that keys are
injective: no id of one person can imitate the key of another. Reading is fail-closed: a call sees its session, its
user, its agent and its organisation's shared space, and nothing else.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict

from graphmem.errors import InvalidInput, ScopeMissing

Layer = Literal["user", "session", "agent", "org", "conversation"]
LayerChoice = Literal["auto", "session", "user", "agent", "org"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
"""Best first: at equal evidence recall ranks them in this order."""

LONGEST_ID = 512
"""Characters of a user, agent, session or organisation id. Far above what identity systems hand out."""


class Scope(BaseModel):
    """Organisation, user, agent and session of one call, and the layer it asked for."""

    model_config = ConfigDict(frozen=True)

    org_id: str
    user_id: str | None = None
    agent_id: str | None = None
    session_id: str | None = None
    layer: LayerChoice = "auto"

    @classmethod
    def of(
        cls,
        org_id: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        session_id: str | None = None,
        layer: LayerChoice = "auto",
    ) -> "Scope":
        """The scope of a call.

        Raises:
            ScopeMissing: nobody is named.
            InvalidInput: an id is not text, empty, too long, or the layer does not fit the ids given.
        """
        ids = {"org_id": org_id, "user_id": user_id, "agent_id": agent_id, "session_id": session_id}
        for name, value in ids.items():
            if value is not None:
                _check_id(name, value)
        if layer not in get_args(LayerChoice):
            raise InvalidInput(f"layer={layer!r} is none of {', '.join(get_args(LayerChoice))}")
        if user_id is None and agent_id is None and layer != "org":
            raise ScopeMissing(
                "user_id is missing: facts belong to someone; pass user_id= or agent_id=, use "
                'memory.scoped(user_id=...), or say layer="org" for what the whole organisation shares'
            )
        for needed, value in (("session", session_id), ("user", user_id), ("agent", agent_id)):
            if layer == needed and value is None:
                raise ScopeMissing(f'layer="{layer}" needs {needed}_id=')
        if session_id is not None and user_id is None and agent_id is None:
            raise ScopeMissing("session_id alone names nobody: pass the user_id= or agent_id= whose session it is")
        return cls(org_id=org_id, user_id=user_id, agent_id=agent_id, session_id=session_id, layer=layer)

    def in_session(self, session_id: str | None) -> "Scope":
        """The same scope in this session.

        Raises:
            InvalidInput: as `of`.
        """
        if session_id == self.session_id:
            return self
        return Scope.of(
            self.org_id, user_id=self.user_id, agent_id=self.agent_id, session_id=session_id, layer=self.layer
        )

    @property
    def readable(self) -> tuple[str, ...]:
        """Keys of every space this call may read, best layer first."""
        return tuple(self._space(layer) for layer in ("user", "session", "agent", "org") if self._has(layer))

    @property
    def home(self) -> str:
        """Key of the space where lasting facts and episodes of this call are written."""
        if self.layer != "auto":
            return self._space(self.layer)
        return self._space("user" if self.user_id is not None else "agent")

    @property
    def owned(self) -> str:
        """Key of the one space that a verb which removes or carries away is about.

        Raises:
            InvalidInput: A user and an agent are both named, and no layer says which is meant.
        """
        if self.layer == "auto" and self.user_id is not None and self.agent_id is not None:
            raise InvalidInput(
                'user_id and agent_id name two owners: pass one of them, or layer="user" or layer="agent"'
            )
        return self.home

    @property
    def actor(self) -> str:
        """Who does what this call does, for the journal."""
        return self.user_id or self.agent_id or self.org_id

    def _has(self, layer: str) -> bool:
        owner = self.user_id if self.user_id is not None else self.agent_id
        if layer == "session":
            return self.session_id is not None and owner is not None
        if layer == "user":
            return self.user_id is not None
        if layer == "agent":
            return self.agent_id is not None
        return True

    def _space(self, layer: str) -> str:
        org = f"org={_encode(self.org_id)}"
        if layer == "org":
            return f"{org}/shared"
        user = self.user_id is not None and layer != "agent"
        owner = f"{org}/user={_encode(self.user_id)}" if user else f"{org}/agent={_encode(self.agent_id)}"
        return f"{owner}/session={_encode(self.session_id)}" if layer == "session" else owner


def layer_of(space: str) -> Layer:
    """The layer that a space key belongs to."""
    last = space.rsplit("/", 1)[-1]
    if last == "shared":
        return "org"
    return "session" if last.startswith("session=") else "user" if last.startswith("user=") else "agent"


def ids_in(space: str) -> Mapping[str, str]:
    """The ids that the key of a space names, by `org`, `user`, `agent` and `session`."""
    steps = (step.partition("=") for step in space.split("/"))
    return {name: unquote(id_) for name, is_named, id_ in steps if is_named}


def sessions_of(space: str) -> str:
    """The prefix that the keys of all session spaces below an owner's space share."""
    return f"{space}/session="


def session_below(space: str, session_id: str) -> str:
    """The key of a session's space below its owner's, from that or from the space of any session of theirs."""
    return f"{sessions_of(owner_of(space))}{_encode(session_id)}"


def owner_of(space: str) -> str:
    """The space that a session's space lies below; any other one itself."""
    return space.partition("/session=")[0]


def checked(spaces: Iterable[str]) -> tuple[str, ...]:
    """The spaces a store call may touch, as a tuple.

    Raises:
        ScopeMissing: there are none. A store never reads that as "all".
    """
    named = (spaces,) if isinstance(spaces, str) else tuple(spaces)
    if not named or not all(named):
        raise ScopeMissing("no space was named: a store call touches only the spaces it is given")
    return named


def _encode(identifier: str | None) -> str:
    """Percent-encoded, `~` too: it sorts behind every character of a key, and so ends the range of a prefix."""
    plain = identifier or ""
    return plain if plain.isascii() and plain.isalnum() else quote(plain, safe="").replace("~", "%7E")


def _check_id(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is {type(value).__name__}, not text: pass a string")
    if not value.strip():
        raise ScopeMissing(f"{name} is empty: an id names one person, agent, session or organisation")
    if len(value) > LONGEST_ID:
        raise InvalidInput(f"{name} has {len(value)} characters; at most {LONGEST_ID} are kept apart")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{name} holds half a character (a lone surrogate) and cannot be stored") from error
