"""Replies kept in a folder, so that the same question is paid for once: for benchmarks and for trying things out."""

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path

from graphmem.protocols import LanguageModel, Prompt, Reply

_NONCE = re.compile(r' nonce="[0-9a-f]+"')  # of the fence around data: new each time, and nothing to the answer


class CachedModel:
    """A language model whose replies are kept in a folder, by model and prompt; one that is known costs nothing.

    >>> model = CachedModel(OpenAIModel(), "replies")

    A reply repeats what was said, in a file that `forget` knows nothing of: keep nobody's memory in it that may have to
    be erased, or delete the folder. That is why no memory has one unless it is told to.
    """

    def __init__(self, model: LanguageModel, folder: str | Path) -> None:
        """Keep the replies of a model.

        Args:
            model: Whom to ask what is not known yet.
            folder: Made where it is missing; only its owner may read it.
        """
        self._model = model
        self._folder = Path(folder)

    @property
    def blocks(self) -> bool:
        """As the model does."""
        return self._model.blocks

    @property
    def identity(self) -> str:
        """That of the model."""
        return self._model.identity

    async def answer(self, prompt: Prompt) -> Reply:
        """The reply that is kept, or that of the model. Failures are not kept."""
        path = self._folder / f"{_digest(self.identity, prompt)}.json"
        kept = _kept(path)
        if kept is not None:
            return Reply(kept)
        reply = await self._model.answer(prompt)
        _keep(path, {"model": self.identity, "prompt": prompt.name, "text": reply.text})
        return reply


def _kept(path: Path) -> str | None:
    return json.loads(path.read_text(encoding="utf-8"))["text"] if path.exists() else None


def _keep(path: Path, reply: dict[str, str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")  # that only its owner may read
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(reply, file)
    Path(name).replace(path)


def _digest(model: str, prompt: Prompt) -> str:
    told = (model, prompt.name, prompt.instructions, _NONCE.sub("", prompt.text), prompt.schema, prompt.limit)
    return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()
