"""What callers pass, checked and turned into episodes. Nothing behind this module sees a text it cannot store."""

import hashlib
import json
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast, get_args

import uuid_utils
from pydantic import JsonValue, TypeAdapter, ValidationError

from graphmem.errors import InvalidInput, TooLarge
from graphmem.models import Episode, Metadata, Role
from graphmem.moment import FAR_FUTURE, utc
from graphmem.scope import Scope, layer_of
from graphmem.writing.redaction import redact

LONGEST_TEXT = 1_000_000
"""Characters of one episode: a book of 180,000 words. Longer texts are better split by their chapters."""

LONGEST_QUESTION = 32_000
"""Characters of a question, about 5,000 words. What is longer is a document, and belongs into `add`."""

Message = str | Mapping[str, Any]  # "content" and "text" may be anything until they are checked here
ROLES: tuple[Role, ...] = get_args(Role)
_METADATA = TypeAdapter[Metadata](Metadata)
_MESSAGE_FIELDS = {"role", "content", "name"}
_EPISODE_FIELDS = {
    *("text", "title", "source_id", "at", "speaker", "role", "session_id", "metadata", "expires_at", "keep_raw")
}
_SAYING_FIELDS = ("subject", "predicate", "object", "text")
_FACT_FIELDS = {*_SAYING_FIELDS, "valid_from", "valid_to", "source_id", "metadata", "expires_at"}
_PASS_MESSAGES = "pass a text, a message with role and content, or a list of them"


OWNER, REVIEW_AT = "owner", "review_at"
"""Metadata of what an organisation shares: who answers for it, and the day on which they look at it again."""

REVIEWED_AFTER = timedelta(days=180)
"""The day where nobody named one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An episode at the door.

    Attributes:
        episode: As it came, or as it is kept (`graphmem.writing.retaining`).
        identity: What makes it the same when it comes again.
        secrets: The kinds redacted.
        keeps_raw: Whether its words are kept.
    """

    episode: Episode
    identity: str
    secrets: tuple[str, ...] = ()
    keeps_raw: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact that the caller states, without an extractor."""

    arrival: Arrival
    subject: str | None
    predicate: str | None
    object: str | None
    valid_from: datetime | None
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Door:
    """Turns input of one call into arrivals; `said_at` stands for "now" where the caller gives no time."""

    scope: Scope
    said_at: datetime
    redacts: bool
    expires_at: datetime | None = None
    keeps_raw: bool = True

    def messages(
        self,
        messages: Message | Sequence[Message],
        *,
        at: datetime | None,
        title: str | None,
        source_id: str | None,
        metadata: Mapping[str, Any] | None,
    ) -> list[Arrival]:
        """A text, a message or a conversation as arrivals, in order.

        Raises:
            InvalidInput: nothing was said, or something cannot be stored; the message says which.
        """
        listed: Sequence[Message] = [messages] if isinstance(messages, str | Mapping) else messages
        if not isinstance(listed, Sequence) or isinstance(listed, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInput(f"messages is {type(listed).__name__}: {_PASS_MESSAGES}")
        if not listed:
            raise InvalidInput(f"messages is empty: {_PASS_MESSAGES}")
        repeats = Counter[tuple[object, ...]]()
        arrivals: list[Arrival] = []
        for number, message in enumerate(listed):
            fields = _as_message(message)
            role = _role(fields.get("role", "document" if title and isinstance(message, str) else "user"))
            speaker = optional_text("name", fields.get("name")) or self._teller(role)
            secrets: list[str] = []
            text = self._kept(checked_text("content", fields.get("content")), secrets)
            said = (speaker or role, text)
            repeats[said] += 1
            if source_id is not None:
                identity = f"source:{checked_text('source_id', source_id)}#{number}"
            elif at is not None:
                identity = "said:" + _digest(self.scope.session_id, *said, utc(at).isoformat(), repeats[said])
            else:
                identity = f"once:{new_id()}"
            arrivals.append(
                self._arrive(
                    text,
                    secrets,
                    identity=identity,
                    role=role,
                    speaker=speaker,
                    title=title,
                    at=at,
                    source_id=source_id,
                    metadata=metadata,
                    session=self.scope.session_id,
                )
            )
        return arrivals

    def episode(self, fields: Mapping[str, Any], *, position: int) -> Arrival:
        """One mapping of `add_many`. Without a source id, its place, its text and its moment identify it."""
        _refuse_unknown(fields, _EPISODE_FIELDS, f"episode {position}")
        with _placed(f"episode {position}"):
            return self._episode(fields, position)

    def _episode(self, fields: Mapping[str, Any], position: int) -> Arrival:
        secrets: list[str] = []
        text = self._kept(checked_text("text", fields.get("text")), secrets)
        source_id = optional_text("source_id", fields.get("source_id"))
        title = optional_text("title", fields.get("title"))
        session = optional_text("session_id", fields.get("session_id")) or self.scope.session_id
        speaker = optional_text("speaker", fields.get("speaker"))
        is_chat = speaker is not None or session is not None
        role = _role(fields.get("role", "user" if is_chat else "document"))
        speaker = speaker or self._teller(role)
        at = _moment("at", fields.get("at"))
        said = (session, speaker, text, at and at.isoformat())
        identity = f"source:{source_id}#0" if source_id else f"place:{position}:{_digest(*said)}"
        return self._arrive(
            text,
            secrets,
            identity=identity,
            role=role,
            speaker=speaker,
            title=title,
            at=at,
            source_id=source_id,
            metadata=cast("Mapping[str, Any] | None", fields.get("metadata")),
            session=session,
            expires_at=fields.get("expires_at"),
            keep_raw=fields.get("keep_raw"),
        )

    def statement(self, fields: Mapping[str, Any], *, position: int) -> Statement:
        """One mapping of `add_facts`: a triple, a sentence, or a triple with its sentence."""
        _refuse_unknown(fields, _FACT_FIELDS, f"fact {position}")
        with _placed(f"fact {position}"):
            return self._statement(fields)

    def _statement(self, fields: Mapping[str, Any]) -> Statement:
        secrets: list[str] = []
        given = (optional_text(name, fields.get(name)) for name in _SAYING_FIELDS)
        subject, predicate, object_, text = (part and self._kept(part, secrets) for part in given)
        if text is None:
            if subject is None or predicate is None or object_ is None:
                raise InvalidInput("it has no text: pass text=, or subject=, predicate= and object=")
            text = f"{subject} {predicate.replace('_', ' ')} {object_}"
        elif predicate is not None and (subject is None or object_ is None):
            raise InvalidInput("it has half a triple: a predicate needs a subject and an object")
        valid_from, valid_to = (_moment(name, fields.get(name)) for name in ("valid_from", "valid_to"))
        if valid_from and valid_to and valid_from >= valid_to:
            raise InvalidInput(f"it ends at {valid_to.isoformat()}, before it starts")
        source_id = optional_text("source_id", fields.get("source_id"))
        stated = _digest(text, subject, predicate, object_, str(valid_from), str(valid_to))
        arrival = self._arrive(
            text,
            secrets,
            identity=f"source:{source_id}#{stated}" if source_id else f"fact:{stated}",
            role="document",
            speaker=None,
            title=None,
            at=None,
            source_id=source_id,
            metadata=cast("Mapping[str, Any] | None", fields.get("metadata")),
            session=self.scope.session_id,
            expires_at=fields.get("expires_at"),
        )
        return Statement(arrival, subject, predicate, object_, valid_from, valid_to)

    def _arrive(
        self,
        text: str,
        secrets: list[str],
        *,
        identity: str,
        role: Role,
        speaker: str | None,
        title: str | None,
        at: datetime | None,
        source_id: str | None,
        metadata: Mapping[str, Any] | None,
        session: str | None,
        expires_at: object = None,
        keep_raw: object = None,
    ) -> Arrival:
        scope = self.scope.in_session(session)
        in_session = role == "tool" and session is not None and scope.layer == "auto"
        title = optional_text("title", title)
        episode = Episode(
            id=new_id(),
            space=scope.model_copy(update={"layer": "session"}).home if in_session else scope.home,
            text=text,
            role=role,
            speaker=speaker,
            session=session,
            agent_id=scope.agent_id,
            title=title and self._kept(title, secrets),
            said_at=utc(at) if at is not None else self.said_at,
            source_id=source_id,
            metadata={name: self._kept_value(value, secrets) for name, value in self._told(metadata).items()},
            expires_at=self._end(expires_at),
        )
        return Arrival(episode, identity, tuple(secrets), self._keeps(keep_raw))

    def _keeps(self, given: object) -> bool:
        """Whether the words of an episode are kept: as it says itself, else as the call does."""
        keeps = self.keeps_raw if given is None else given
        if not isinstance(keeps, bool):
            raise InvalidInput(f"keep_raw={keeps!r} is neither True nor False")
        return keeps

    def _told(self, metadata: Mapping[str, Any] | None) -> Metadata:
        """Metadata; what an organisation shares has an owner, and a day on which they look at it again."""
        given = checked_metadata(metadata)
        if layer_of(self.scope.home) != "org":
            return given
        day = given.get(REVIEW_AT, next_review(self.said_at))
        try:
            datetime.fromisoformat(cast("str", day))
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"metadata[{REVIEW_AT!r}]={day!r} is no day: pass ISO 8601 text") from error
        return {OWNER: self.scope.actor, **given, REVIEW_AT: day}

    def _end(self, given: object) -> datetime | None:
        """When an episode is over: as it says itself, else as the call does."""
        end = _moment("expires_at", given if given is not None else self.expires_at)
        if end is not None and end <= self.said_at:
            raise InvalidInput(f"expires_at={end.isoformat()} is over already: nothing would be kept")
        return end

    def _teller(self, role: Role) -> str | None:
        """Who "I" is where many speak: in a space of their own people need no name."""
        is_shared = layer_of(self.scope.home) in ("org", "agent")
        return self.scope.user_id if is_shared and role == "user" else None

    def _kept(self, text: str, secrets: list[str]) -> str:
        """What is stored of a text; the kinds of secrets it held are put down."""
        if not self.redacts:
            return text
        kept = redact(text)
        secrets += kept.kinds
        return kept.text

    def _kept_value(self, value: JsonValue, secrets: list[str]) -> JsonValue:
        if isinstance(value, str):
            return self._kept(value, secrets)
        if isinstance(value, list):
            return [self._kept_value(item, secrets) for item in value]
        if isinstance(value, dict):
            return {name: self._kept_value(item, secrets) for name, item in value.items()}
        return value


def new_id() -> str:
    """A fresh id. UUID version 7: ids made later sort later, which keeps index pages warm."""
    return str(uuid_utils.uuid7())


def checked_number(name: str, value: int, least: int, most: int) -> None:
    """Refuse what is no whole number between two.

    Raises:
        InvalidInput: It is none.
    """
    if not isinstance(value, int) or not least <= value <= most:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInput(f"{name}={value!r}: pass a whole number from {least} to {most:,}")


def checked_question(question: str) -> str:
    """A question that can be asked.

    Raises:
        InvalidInput: It is empty, not text, or too long.
    """
    text = checked_text("question", question)
    if len(text) > LONGEST_QUESTION:
        raise TooLarge(f"the question has {len(text):,} characters; at most {LONGEST_QUESTION:,} are searched for")
    return text


def checked_text(name: str, value: object) -> str:
    """`value` as text that every store can hold.

    Raises:
        InvalidInput: It is not text, is empty, or holds NUL or half a character.
        TooLarge: It has more than `LONGEST_TEXT` characters.
    """
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is {type(value).__name__}, not text: pass a string")
    if not value.strip():
        raise InvalidInput(f"{name} is empty: there is nothing to keep or to look for")
    if len(value) > LONGEST_TEXT:
        raise TooLarge(f"{name} has {len(value):,} characters; at most {LONGEST_TEXT:,} fit: split it into parts")
    if "\x00" in value:
        raise InvalidInput(f"{name} holds a NUL character at {value.index(chr(0))}: remove it")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{name} holds half a character (a lone surrogate) at {error.start}: decode it") from error
    return value


def optional_text(name: str, value: object) -> str | None:
    """As `checked_text`, where there may be none."""
    return None if value is None else checked_text(name, value)


def next_review(now: datetime) -> str:
    """The day on which what is shared is looked at again where nobody named one."""
    return (now + min(REVIEWED_AFTER, FAR_FUTURE - now)).date().isoformat()


def checked_metadata(metadata: Mapping[str, Any] | None) -> Metadata:
    """Metadata as plain JSON values that every store can hold; a copy.

    Raises:
        InvalidInput: A key is not text, a value has no JSON form, or a text holds NUL or half a character.
        TooLarge: It has more than `LONGEST_TEXT` characters as JSON.
    """
    if metadata is None:
        return {}
    try:
        plain = _METADATA.validate_python(dict(metadata) if isinstance(metadata, Mapping) else metadata, strict=True)  # pyright: ignore[reportUnnecessaryIsInstance]
        written = json.dumps(plain, allow_nan=False, ensure_ascii=False)
        written.encode()
    except (ValidationError, ValueError, RecursionError) as error:
        raise InvalidInput("metadata must be a mapping of text to plain JSON values") from error
    if len(written) > LONGEST_TEXT:
        raise TooLarge(f"metadata has {len(written):,} characters; at most {LONGEST_TEXT:,} fit")
    if r"\u0000" in written.replace(r"\\", ""):
        raise InvalidInput("metadata holds a NUL character: remove it")
    return plain


@contextmanager
def _placed(what: str) -> Generator[None]:
    """Says of a refusal which of many it is about."""
    try:
        yield
    except InvalidInput as error:
        raise type(error)(f"{what}: {error}") from error


def _as_message(message: Message) -> Mapping[str, Any]:
    if isinstance(message, str):
        return {"content": message}
    if not isinstance(message, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInput(f"a message is {type(message).__name__}: pass text, or a mapping with role and content")
    _refuse_unknown(message, _MESSAGE_FIELDS, "a message")
    return message


def _refuse_unknown(fields: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    if not isinstance(fields, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInput(f"{what} is {type(fields).__name__}: pass a mapping with {', '.join(sorted(known))}")
    if unknown := sorted(map(repr, set(fields) - set(known))):
        raise InvalidInput(f"{what} has unknown fields {', '.join(unknown)}: known are {', '.join(sorted(known))}")


def _role(value: object) -> Role:
    if value not in ROLES:
        raise InvalidInput(f"role={value!r} is none of {', '.join(ROLES)}")
    return value  # pyright narrows by the tuple of literals


def _moment(name: str, value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise InvalidInput(f"{name}={value!r} is not a moment: pass an aware datetime or ISO 8601 text") from error
    if value is not None and not isinstance(value, datetime):
        raise InvalidInput(f"{name} is {type(value).__name__}: pass an aware datetime or ISO 8601 text")
    return None if value is None else utc(value)


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
