"""Asking a language model for an answer of a given shape: the prompt from its file, the answer checked once more."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from graphmem.errors import ModelError
from graphmem.models import Usage
from graphmem.protocols import LanguageModel, Prompt

Shape = TypeVar("Shape", bound=BaseModel)

_FENCE = re.compile(r"^\s*```[a-z]*\s*\n(?P<inside>.*?)\n?\s*```\s*$", re.DOTALL | re.IGNORECASE)
_IDLE = frozenset({"title", "default", "description"})  # of a schema: refused by strict servers, or known already
_AGAIN = "\n\nYour last answer was not JSON of the given shape. Answer again, with nothing but that JSON."


@cache
def instructions(name: str) -> str:
    """The standing instructions of a prompt: `prompts/NAME.md`."""
    return files("graphmem.llm").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8").strip()


def digest(name: str, *parts: str) -> str:
    """Which version of a prompt it was, in a few characters: `extract-1f0c9a3b`."""
    told = "\n".join((instructions(name), *parts))
    return f"{name}-{hashlib.blake2b(told.encode(), digest_size=4).hexdigest()}"


async def ask(model: LanguageModel, prompt: Prompt, shape: type[Shape]) -> tuple[Shape, Usage]:
    """Ask once, and once more where the answer has another shape.

    Returns:
        The answer, and what both calls cost.

    Raises:
        ModelError: The model does not answer, or twice not in this shape; `usage` says what that cost.
    """
    spent = Usage()
    asked = prompt
    for _ in range(2):
        try:
            reply = await model.answer(asked)
        except ModelError as error:
            error.usage = spent + (error.usage or Usage())
            raise
        spent += reply.usage
        try:
            return shape.model_validate_json(_whole(json.loads(unfenced(reply.text)))), spent
        except (ValueError, RecursionError):  # no JSON, another shape, or nested a thousand deep
            asked = Prompt(prompt.name, prompt.instructions, prompt.text + _AGAIN, prompt.schema, prompt.limit)
    raise ModelError(f"{model.identity}: the answer is not of the shape asked for", reason="garbled", usage=spent)


def unfenced(text: str) -> str:
    """An answer without the marks that some models put around code."""
    found = _FENCE.match(text)
    return found["inside"] if found else text


def _whole(value: object) -> bytes:
    """JSON without halves of characters, which may be escaped in JSON and are nowhere else."""
    return json.dumps(value, ensure_ascii=False).encode(errors="ignore")


def strict_schema(shape: type[BaseModel]) -> Mapping[str, object]:
    """The JSON schema of a shape as strict servers want it: every field required, none beside them, no defaults."""
    return cast("Mapping[str, object]", _strict(shape.model_json_schema(mode="serialization")))


def _strict(node: Any) -> Any:  # any part of a JSON schema
    if isinstance(node, list):
        return [_strict(part) for part in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    schema = {name: _strict(part) for name, part in cast("dict[str, Any]", node).items() if name not in _IDLE}
    if "properties" in node:  # a property may be called "title": names are no keywords
        properties = cast("dict[str, Any]", node["properties"])
        schema["properties"] = {name: _strict(part) for name, part in properties.items()}
        schema |= {"required": list(properties), "additionalProperties": False}
    return schema


def tokens_of(text: str) -> int:
    """About how many tokens a text has: English has some four characters to one."""
    return -(-len(text) // 4)


def length_of(prompt: Prompt) -> int:
    """About how many tokens a prompt has, its schema included."""
    return tokens_of(prompt.instructions) + tokens_of(prompt.text) + tokens_of(json.dumps(prompt.schema))
