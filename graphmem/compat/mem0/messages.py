"""Messages as Mem0's programs pass them, as messages of ours: text, or a list of texts and mappings."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from graphmem.compat.mem0.notices import passed_over
from graphmem.errors import InvalidInput

_ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "function": "tool"}
_PROMPTS = frozenset({"system", "developer"})
_TEXTS = frozenset({"text", "input_text", "output_text"})

Said = dict[str, str]
"""`role`, `content` and perhaps `name`."""


def said_in(messages: object) -> list[Said]:
    """What was said, in order. Prompts, empty turns and what is no text are left out, the last by a warning.

    Raises:
        InvalidInput: It is neither a text, a message nor a list of them.
    """
    if isinstance(messages, str | Mapping):
        listed: Sequence[object] = [cast("object", messages)]
    elif isinstance(messages, Sequence) and not isinstance(messages, bytes):
        listed = cast("Sequence[object]", messages)
    else:
        raise InvalidInput(f"messages is {type(messages).__name__}: pass a text, a message, or a list of them")
    unread: list[str] = []
    said = [_said(message, unread) for message in listed]
    passed_over("add", unread, "is no text")
    return [message for message in said if message["role"] not in _PROMPTS and message["content"].strip()]


def _said(message: object, unread: list[str]) -> Said:
    if isinstance(message, str):
        return {"role": "user", "content": message}
    if not isinstance(message, Mapping):
        raise InvalidInput(f"a message is {type(message).__name__}: pass a text, or a mapping with role and content")
    fields = cast("Mapping[str, Any]", message)
    role = str(fields.get("role") or "user")
    said = {"role": _ROLES.get(role, role), "content": _text(fields.get("content"), unread)}
    if name := fields.get("name"):
        said["name"] = str(name)
    return said


def _text(content: object, unread: list[str]) -> str:
    """The words of a message: those of its parts that are text."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, Mapping):
        part = cast("Mapping[str, Any]", content)
        kind = str(part.get("type"))
        if kind in _TEXTS:
            return _text(part.get("text"), unread)
        unread.append(f"a part of type {kind}")
        return ""
    if isinstance(content, Sequence) and not isinstance(content, bytes):
        return "\n".join(filter(None, (_text(part, unread) for part in cast("Sequence[object]", content))))
    raise InvalidInput(f"the content of a message is {type(content).__name__}: pass a text, or a list of parts")
