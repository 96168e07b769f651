"""No extraction: episodes are kept and found by their words and meaning, facts come by `add_facts` alone."""

from collections.abc import Sequence

from graphmem.models import Episode
from graphmem.protocols import Extraction, Setting


class NoExtractor:
    """Reads nothing out of a text."""

    blocks = True
    identity = "none"

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """An empty extraction for each episode."""
        return [Extraction(state="raw") for _ in zip(episodes, settings, strict=True)]
