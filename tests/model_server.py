"""A server on this machine that speaks as OpenAI's does: it tells what it is taught to, and fails as it is told to.

`server.tells("moved to Lisbon", {...})` makes its model find that fact in every message with these words;
`server.plays(fault, ...)` makes the next calls fail, one by one. The client that talks to it is the real one, over a
socket or, where a test counts tries, without one (`server.at_hand()`).
"""

import hashlib
import json
import math
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

KEY = "sk-test-0123456789"
MESSAGE = re.compile(r"^\[(\d+)\] (.*?)(?=\n\[\d+\] |\n</memory-notes|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """One request as it came in: its path below `/v1`, its body, and what it says of the model's job."""

    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def is_chat(self) -> bool:
        return self.path == "/chat/completions"

    @property
    def instructions(self) -> str:
        return self.body["messages"][0]["content"] if self.is_chat else self.body["instructions"]

    @property
    def text(self) -> str:
        return self.body["messages"][1]["content"] if self.is_chat else self.body["input"]

    @property
    def format(self) -> str:
        """How JSON is asked for: json_schema, json_object, or not at all."""
        where = self.body.get("response_format") if self.is_chat else self.body.get("text", {}).get("format")
        return (where or {}).get("type", "text")

    @property
    def messages(self) -> list[tuple[int, str]]:
        """The numbered messages or notes between the marks."""
        inside = self.text.rpartition("\n<memory-notes")[2]
        return [(int(number), told) for number, told in MESSAGE.findall(inside)]

    @property
    def known(self) -> list[str]:
        """The numbered facts that it was shown."""
        before = self.text.partition("MESSAGES")[0]
        return re.findall(r"^\d+\. (.*)$", before, re.MULTILINE)


@dataclass(frozen=True)
class Served:
    """What is sent back. `body` is JSON, or bytes as they are; a stalled body stops half way for a while."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stalls: bool = False

    @property
    def sent(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @property
    def all_headers(self) -> Mapping[str, str]:
        return {"content-type": "application/json", "content-length": str(len(self.sent)), **self.headers}


Fault = Callable[[Asked, str], Served]
"""From a request and what the model would have said to what is sent."""

Fact = Mapping[str, Any]


def fact(subject: str, relation: str, object_: str, text: str, **fields: Any) -> Fact:
    """A fact as a model gives it, with everything that the schema asks for."""
    return {
        "text": text,
        "subject": subject,
        "subject_type": "person",
        "relation": relation,
        "object": object_,
        "object_type": "thing",
        "status": "holds",
        "modality": "fact",
        "kind": "state",
        "negated": False,
        "when": None,
        "lasting": True,
        "replaces": [],
        "duplicate_of": None,
        **fields,
    }


class ModelServer:
    """See the module. `asked` are all requests that came in so far, those that failed among them, and `callers` the
    far ends of the connections that they came by.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.callers: set[object] = set()
        self.unknown_paths: set[str] = set()
        self.unknown_formats: set[str] = set()
        self.says: Callable[[Asked], str] = self._say
        self._told: list[tuple[str, Fact]] = []
        self._faults: list[Fault] = []
        self._always: Fault | None = None
        self._goes_on = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def at_hand(self) -> httpx.Client:
        """A way to the same model on which nothing can be lost: a busy machine may drop a connection, which is one try
        more."""
        return httpx.Client(transport=httpx.MockTransport(self._receive))

    def tells(self, words: str, *facts: Fact) -> None:
        """From now on the model finds these facts in every message with these words, and quotes them."""
        self._told += [(words, each) for each in facts]

    def plays(self, *faults: Fault) -> None:
        """The next requests fail so, one after the other."""
        self._faults += faults

    def always_plays(self, fault: Fault | None) -> None:
        """Every request fails so, until it is told otherwise."""
        self._always = fault

    def close(self) -> None:
        self._goes_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _say(self, asked: Asked) -> str:
        found = [
            {"message": number, "quote": words, **each}
            for number, told in asked.messages
            for words, each in self._told
            if words in told
        ]
        return json.dumps({"facts": found})

    def _answer(self, asked: Asked) -> Served:
        if asked.path in self.unknown_paths:
            return Served({"error": {"message": f"no {asked.path} here"}}, 404)
        if asked.path == "/embeddings":
            said = ""
        elif asked.format in self.unknown_formats:
            return Served({"error": {"message": f"Unsupported format: {asked.format}", "param": "format"}}, 400)
        else:
            said = self.says(asked)
        fault = self._always or (self._faults.pop(0) if self._faults else None)
        if fault is not None:
            return fault(asked, said)
        return Served(vectors(asked) if asked.path == "/embeddings" else answered(asked, said))

    def _receive(self, request: httpx.Request) -> httpx.Response:
        served = self._hear(request.url.path, request.content, dict(request.headers))
        return httpx.Response(served.status, headers=served.all_headers, content=served.sent)

    def _hear(self, path: str, body: bytes, headers: Mapping[str, str]) -> Served:
        asked = Asked(path.removeprefix("/v1"), json.loads(body), headers)
        self.asked.append(asked)
        return self._answer(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the library
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                server.callers.add(self.client_address)
                self._send(server._hear(self.path, body, dict(self.headers.items())))

            def _send(self, served: Served) -> None:
                self.send_response(served.status)
                for name, value in served.all_headers.items():
                    self.send_header(name, value)
                self.end_headers()
                half = len(served.sent) // 2 if served.stalls else len(served.sent)
                self.wfile.write(served.sent[:half])
                if served.stalls:
                    self.wfile.flush()
                    server._goes_on.wait()
                    self.close_connection = True

        return Handler


# --------------------------------------------------------------------------------------------- what a server answers


def answered(
    asked: Asked, said: str | None, *, refusal: str | None = None, ends: str = "stop", status: str | None = None
) -> Mapping[str, Any]:
    """An answer in the form of the path that was asked. `ends`: stop, length or content_filter."""
    tokens = (len(json.dumps(asked.body)) // 4, len(said or "") // 4)
    if asked.is_chat:
        return {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": asked.body["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": ends,
                    "message": {"role": "assistant", "content": said, "refusal": refusal},
                }
            ],
            "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
        }
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    part = {"type": "refusal", "refusal": refusal} if refusal else {"type": "output_text", "text": said}
    return {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "model": asked.body["model"],
        "status": status or ("incomplete" if ends in reasons else "completed"),
        "incomplete_details": {"reason": reasons[ends]} if ends in reasons else None,
        "output": [
            {
                "id": "m1",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [{**part, "annotations": []}],
            }
        ],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": tokens[0],
            "output_tokens": tokens[1],
            "total_tokens": sum(tokens),
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }


def vectors(asked: Asked) -> Mapping[str, Any]:
    """Vectors that are the same for the same words, not of unit length; 8 dimensions unless asked otherwise."""
    dimensions = asked.body.get("dimensions", 8)
    texts = asked.body["input"]
    data = [
        {"object": "embedding", "index": number, "embedding": _vector(text, dimensions)}
        for number, text in enumerate([texts] if isinstance(texts, str) else texts)
    ]
    return {
        "object": "list",
        "data": data[::-1],  # the protocol orders by index, not by place
        "model": asked.body["model"],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


def _vector(text: str, dimensions: int) -> Sequence[float]:
    counts = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()):
        place = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest())
        counts[place % dimensions] += 3.0 if place >> 31 else -3.0
    return counts if math.hypot(*counts) else [1.0] * dimensions


# ------------------------------------------------------------------------------------------------------------ faults


def truncated(asked: Asked, said: str) -> Served:
    return Served(answered(asked, said[: len(said) // 2], ends="length"))


def refused(asked: Asked, said: str) -> Served:
    return Served(answered(asked, None, refusal="I cannot help with that."))


def filtered(asked: Asked, said: str) -> Served:
    return Served(answered(asked, "", ends="content_filter"))


def filtered_before(asked: Asked, said: str) -> Served:
    return _error(400, "The prompt was filtered.", code="content_filter")


def busy(retry_after: str | None = None) -> Fault:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return lambda asked, said: _error(429, "Too many requests.", headers=headers)


def out_of_quota(asked: Asked, said: str) -> Served:
    return _error(429, "You exceeded your quota.", code="insufficient_quota")


def down(asked: Asked, said: str) -> Served:
    return _error(503, "Overloaded.")


def a_web_page(asked: Asked, said: str) -> Served:
    return Served(b"<html>Bad gateway</html>", 502, {"content-type": "text/html"})


def garbage(asked: Asked, said: str) -> Served:
    return Served(b"\x00\x01 no json at all {")


def another_shape(asked: Asked, said: str) -> Served:
    return Served({"hello": ["world"]})


def saying(text: str) -> Fault:
    """The model says this instead."""
    return lambda asked, said: Served(answered(asked, text))


def fenced(asked: Asked, said: str) -> Served:
    return Served(answered(asked, f"```json\n{said}\n```"))


def stalled(asked: Asked, said: str) -> Served:
    return Served(answered(asked, said), stalls=True)


def wrong_key(asked: Asked, said: str) -> Served:
    return _error(401, "Incorrect API key provided: sk-test-...", code="invalid_api_key")


def no_such_model(asked: Asked, said: str) -> Served:
    return _error(404, f"The model `{asked.body['model']}` does not exist", code="model_not_found")


def no_such_model_in_other_words(asked: Asked, said: str) -> Served:
    return _error(404, f'model "{asked.body["model"]}" not found, try pulling it first')


def too_long(asked: Asked, said: str) -> Served:
    return _error(400, "This model's maximum context length is 8192 tokens.", code="context_length_exceeded")


def _error(status: int, message: str, *, code: str | None = None, headers: Mapping[str, str] | None = None) -> Served:
    body = {"error": {"message": message, "type": code or "error", "code": code, "param": None}}
    return Served(body, status, headers or {})
