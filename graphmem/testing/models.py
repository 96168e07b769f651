"""A language model that says what it is told to, for tests of what is built on one."""

from collections.abc import Callable, Iterable

from graphmem.errors import ModelError
from graphmem.models import Usage
from graphmem.protocols import Prompt, Reply

Script = Iterable[str | ModelError] | Callable[[Prompt], str]


class ScriptedModel:
    """Answers by a script: the texts and failures of a list one after the other, or what a function makes of a prompt.

    >>> model = ScriptedModel(['{"facts": []}'])

    `prompts` are all that it was asked. Each answer costs one call, and a token for every word.
    """

    blocks = True
    identity = "scripted"

    def __init__(self, script: Script) -> None:
        self.prompts: list[Prompt] = []
        self._script = script if callable(script) else iter(list(script))

    async def answer(self, prompt: Prompt) -> Reply:
        """The next of the script.

        Raises:
            ModelError: The script says so, or has come to its end.
        """
        self.prompts.append(prompt)
        said = self._script(prompt) if callable(self._script) else next(self._script, None)
        if said is None:
            raise ModelError("the script has come to its end", "away")
        if isinstance(said, ModelError):
            raise said
        return Reply(said, Usage(calls=1, tokens_in=len(prompt.text.split()), tokens_out=len(said.split())))
