"""A language model behind the openai package: OpenAI's own service, or any server that speaks as it does."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from graphmem.config import MODEL
from graphmem.errors import ModelError
from graphmem.llm.client import Server, is_about_the_model, patiently
from graphmem.models import Usage
from graphmem.protocols import Prompt, Reply

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion
    from openai.types.responses import Response

log = logging.getLogger("graphmem.llm")
T = TypeVar("T")

DEFAULT_MODEL = "gpt-4.1-mini"
"""Named where nobody names one: it answers by a schema, without thinking aloud at a price."""

TIMEOUT_S = 60.0
"""Of silence, before an answer or within it."""

Step = Literal["responses", "chat-schema", "chat-json", "chat-text"]
LADDER: tuple[Step, ...] = ("responses", "chat-schema", "chat-json", "chat-text")
"""Ways to ask for JSON, the strictest first. A server that does not know one is asked the next."""


class OpenAIModel:
    """A language model of OpenAI, or of a server that is compatible with it; safe to share between threads.

    >>> model = OpenAIModel("llama3.2", base_url="http://localhost:11434/v1")
    >>> model.identity
    'llama3.2'

    Nothing is sent before the first question, and nothing is kept by OpenAI (`store` is false). A server that is busy
    or fails is asked three times at most. The way of asking that worked is kept for the next question.
    """

    blocks = True

    def __init__(
        self,
        model: str | None = None,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Name a model.

        Args:
            model: As the server calls it. None: GRAPHMEM_MODEL, else a small one of OpenAI.
            base_url: Address of a compatible server, to its `/v1`. None: GRAPHMEM_MODEL_URL, else OpenAI's.
            api_key: None: OPENAI_API_KEY. A server that was named may want none.
            timeout_s: Seconds of silence after which the server is given up.
        """
        self._model = model or os.environ.get(MODEL) or DEFAULT_MODEL
        self._server = Server(base_url, api_key, timeout_s)
        self._known_step: Step | None = None

    @property
    def identity(self) -> str:
        """What the server calls the model."""
        return self._model

    async def answer(self, prompt: Prompt) -> Reply:
        """Ask, with twice the room where the answer does not fit.

        Raises:
            ModelError: There is no answer; `reason` says why.
        """
        reply, is_whole = self._walk(prompt, prompt.limit)
        spent = reply.usage
        if not is_whole:
            try:
                reply, is_whole = self._walk(prompt, 2 * prompt.limit)
            except ModelError as error:
                error.usage = spent + (error.usage or Usage())
                raise
            spent += reply.usage
        if not is_whole:
            raise ModelError(f"{self._model}: the answer does not fit in the room for it", "truncated", usage=spent)
        return Reply(reply.text, spent)

    def _walk(self, prompt: Prompt, limit: int) -> tuple[Reply, bool]:
        """Down the ladder, from the step that worked before. A model that does not exist does so on every step."""
        import openai

        unknown = (openai.NotFoundError, openai.BadRequestError, openai.UnprocessableEntityError)
        steps = LADDER[LADDER.index(self._known_step) if self._known_step else 0 :]
        for step in steps:
            try:
                reply = patiently(lambda step=step: self._asked(step, prompt, limit), model=self._model)
            except (AttributeError, TypeError) as error:  # the package builds what it is sent, whatever shape that has
                raise ModelError(f"{self._model}: the server's answer cannot be read", "garbled") from error
            except ModelError as error:
                cause = error.__cause__
                is_unknown = isinstance(cause, unknown) and not is_about_the_model(cause, self._model)
                if error.reason != "unsupported" or not is_unknown or step == steps[-1]:
                    raise
                log.debug("the server does not know %s: asked another way", step)
            else:
                self._known_step = step
                return reply
        raise AssertionError("the last step returns or raises")

    def _asked(self, step: Step, prompt: Prompt, limit: int) -> tuple[Reply, bool]:
        if step == "responses":
            format_: Any = {"type": "json_schema", "name": prompt.name, "strict": True, "schema": prompt.schema}
            return self._of_response(
                self._server.client.responses.create(
                    model=self._model,
                    instructions=prompt.instructions,
                    input=prompt.text,
                    max_output_tokens=limit,
                    store=False,
                    text={"format": format_},
                )
            )
        formats: Mapping[str, Any] = {
            "chat-schema": {
                "type": "json_schema",
                "json_schema": {"name": prompt.name, "strict": True, "schema": prompt.schema},
            },
            "chat-json": {"type": "json_object"},
        }
        told = prompt.instructions
        if step != "chat-schema":
            told += f"\n\nAnswer with nothing but JSON of this schema:\n{json.dumps(prompt.schema)}"
        asked: dict[str, Any] = {"response_format": formats[step]} if step in formats else {}
        asked["messages"] = [{"role": "system", "content": told}, {"role": "user", "content": prompt.text}]
        create = cast("Callable[..., ChatCompletion]", self._server.client.chat.completions.create)
        return self._of_chat(create(model=self._model, max_tokens=limit, **asked))

    def _of_response(self, response: Response) -> tuple[Reply, bool]:
        if not getattr(response, "output", None) and not getattr(response, "status", None):
            raise ModelError(f"{self._model}: the server's answer is none", "garbled")
        usage = _usage(response.usage, "input_tokens", "output_tokens")
        parts = [part for item in response.output if item.type == "message" for part in item.content]
        if any(part.type == "refusal" for part in parts):
            raise ModelError(f"{self._model}: the model refused to answer", "refused", usage=usage)
        if response.status == "failed":
            raise ModelError(f"{self._model}: the model failed", "failed", usage=usage)
        why = response.incomplete_details.reason if response.incomplete_details else None
        if why == "content_filter":
            raise ModelError(f"{self._model}: the answer was held back by a filter", "filtered", usage=usage)
        return Reply(response.output_text, usage), response.status != "incomplete"

    def _of_chat(self, completion: ChatCompletion) -> tuple[Reply, bool]:
        if not getattr(completion, "choices", None):
            raise ModelError(f"{self._model}: the server's answer is none", "garbled")
        usage = _usage(completion.usage, "prompt_tokens", "completion_tokens")
        choice = completion.choices[0]
        if getattr(choice.message, "refusal", None):
            raise ModelError(f"{self._model}: the model refused to answer", "refused", usage=usage)
        if choice.finish_reason == "content_filter":
            raise ModelError(f"{self._model}: the answer was held back by a filter", "filtered", usage=usage)
        return Reply(choice.message.content or "", usage), choice.finish_reason != "length"


def _usage(told: object, tokens_in: str, tokens_out: str) -> Usage:
    """What a call cost, as far as the server says so."""
    counts = (cast("object", getattr(told, name, None)) for name in (tokens_in, tokens_out))
    numbers = [count if isinstance(count, int) else 0 for count in counts]
    return Usage(calls=1, tokens_in=numbers[0], tokens_out=numbers[1])
