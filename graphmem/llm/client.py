"""What the model and the embedder over the openai package share: a client, patience, and errors in our own words."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast
from weakref import finalize

from graphmem.config import MODEL_URL
from graphmem.errors import ModelError
from graphmem.forking import OnePerProcess

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

T = TypeVar("T")

WAITS_S = (0.5, 2.0)
"""Before a second and a third try, where the server does not say how long to wait."""

LONGEST_WAIT_S = 20.0
"""Whoever adds a message does not wait longer than this for a server that is busy: what is pending is read later."""

_KEY = "OPENAI_API_KEY"
_NO_KEY = "none"  # servers on one's own machine want none, and the package wants one
_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_FILTERED = frozenset({"content_filter", "content_policy_violation", "invalid_prompt"})


class Server:
    """A server of models, and the client that asks it: made when it is first needed, once among threads, and closed
    with the part that holds this.
    """

    def __init__(self, base_url: str | None, api_key: str | None, timeout_s: float) -> None:
        self._connect: Callable[[], OpenAI] = lambda: connected(base_url, api_key, timeout_s)
        self._clients = OnePerProcess["OpenAI"]()

    @property
    def client(self) -> OpenAI:
        """The client of this process.

        Raises:
            ModelError: There is no key for a server that wants one.
        """
        return self._clients.here(self._connected)

    def _connected(self) -> OpenAI:
        client = self._connect()
        finalize(self, client.close)  # connections end with whom they serve, not when garbage is collected
        return client


def connected(base_url: str | None, api_key: str | None, timeout_s: float) -> OpenAI:
    """A client that tries once: patience is ours, so that it ends.

    Raises:
        ModelError: There is no key for a server that wants one.
    """
    import openai

    url = base_url or os.environ.get(MODEL_URL) or None
    key = api_key or os.environ.get(_KEY) or (_NO_KEY if url else None)
    if key is None:
        raise ModelError(f"there is no key: set {_KEY}, or name a server that wants none by {MODEL_URL}", reason="key")
    client = openai.OpenAI(base_url=url, api_key=key, timeout=timeout_s, max_retries=0)
    _make_ready(client)
    return client


def _make_ready(client: OpenAI) -> None:
    """Make and import what a first call would: a fork waits for this, and a call may take minutes. In the middle of one
    it would leave its child the locks that other packages take on their first use.
    """
    for part in ("responses", "chat", "embeddings", "default_headers"):
        getattr(client, part)
    "".encode("idna")  # imports what sockets need for the name of a server


def patiently(call: Callable[[], T], *, model: str, sleep: Callable[[float], None] = time.sleep) -> T:
    """Make a call, three times at most where it may succeed a moment later.

    Raises:
        ModelError: What became of it in the end.
    """
    import openai

    for wait in (*WAITS_S, None):
        try:
            return call()
        except openai.OpenAIError as error:
            failure = translated(error, model)
            pause = _asked_to_wait(error) or wait
            if not failure.retryable or wait is None or pause is None or pause > LONGEST_WAIT_S:
                raise failure from error
        except ValueError as error:  # a body that says it is JSON and is not
            raise ModelError(f"{model}: the server's answer cannot be read: {error}", reason="garbled") from error
        sleep(pause)
    raise AssertionError("the last try returns or raises")


def translated(error: Exception, model: str) -> ModelError:
    """An error of the openai package as ours. Keys and prompts stay out of the message."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return ModelError(f"{model}: the server did not answer in time", reason="timeout")
    if isinstance(error, openai.APIConnectionError):
        return ModelError(
            f"{model}: the server cannot be reached: {_cause(error)}: check {MODEL_URL}", reason="away", retryable=True
        )
    if isinstance(error, openai.APIStatusError):
        return _refused(error, model)
    return ModelError(f"{model}: the server's answer cannot be read: {error}", reason="garbled")


def _refused(error: APIStatusError, model: str) -> ModelError:
    status, told = error.status_code, _told(error)
    if status in (401, 403):
        return ModelError(f"{model}: the server does not accept the key ({status}): check {_KEY}", reason="key")
    if status == 429 and (error.code in _QUOTA or error.type in _QUOTA):
        return ModelError(f"{model}: the quota of the key is used up: {told}", reason="quota")
    if status in (408, 409, 429):
        return ModelError(f"{model}: the server is busy: {told}", reason="busy", retryable=True)
    if status >= 500:
        return ModelError(f"{model}: the server failed ({status}): {told}", reason="failed", retryable=True)
    if is_about_the_model(error, model):
        return ModelError(f"{model}: the server has no such model: {told}", reason="model")
    if error.code in _FILTERED:
        return ModelError(f"{model}: the text was refused by a filter", reason="filtered")
    if error.code == "context_length_exceeded":
        return ModelError(f"{model}: the text is longer than the model reads", reason="too long")
    return ModelError(f"{model}: the server does not take the request ({status}): {told}", reason="unsupported")


def is_about_the_model(error: APIStatusError, model: str) -> bool:
    """Whether a server says that it has no such model, rather than no such address or parameter."""
    if error.code == "model_not_found" or error.param == "model":
        return True
    told = _told(error).lower()
    is_missing = re.search(r"not found|does not exist|unknown model|no such model|not a valid model", told)
    return is_missing is not None and (model.lower() in told or "model" in told.split())


def _told(error: APIStatusError) -> str:
    """The server's own words, at most a line of them."""
    body = error.body
    if isinstance(body, dict):
        said = cast("dict[str, object]", body).get("message")
        return " ".join(str(said if said is not None else error.message).split())[:200]
    return " ".join(error.message.split())[:200]


def _cause(error: Exception) -> str:
    return str(error.__cause__ or error)[:200]


def _asked_to_wait(error: Exception) -> float | None:
    """Seconds that the server asks to wait, where it says so."""
    import openai

    if not isinstance(error, openai.APIStatusError):
        return None
    for header, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        said = error.response.headers.get(header, "")
        if re.fullmatch(r"\d+(\.\d+)?", said):
            return float(said) / unit
    return None
