"""Says things to the offline extractor, which is made once for all tests that do."""

import asyncio
from datetime import UTC, datetime

from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Episode, Role
from graphmem.protocols import Claim, Extraction, Name, Setting

SAID = datetime(2025, 3, 20, 9, 30, tzinfo=UTC)  # a Thursday
SHARED = OfflineExtractor()


class Chat:
    """Says things and reads what was understood."""

    def __init__(self, extractor: OfflineExtractor) -> None:
        self._extractor = extractor

    def read(
        self,
        *texts: str,
        speaker: str = "Ada",
        addressee: str | None = "Bo",
        role: Role = "user",
        title: str | None = None,
    ) -> list[Extraction]:
        episodes = [
            Episode(id=str(number), space="s", session="one", text=text, role=role, title=title, said_at=SAID)
            for number, text in enumerate(texts)
        ]
        settings = [Setting(speaker, addressee)] * len(texts)
        return asyncio.run(self._extractor.extract(episodes, settings))

    def claims(self, text: str, *, role: Role = "user", title: str | None = None) -> list[Claim]:
        [extraction] = self.read(text, role=role, title=title)
        return list(extraction.claims)

    def texts(self, text: str, *, role: Role = "user", title: str | None = None) -> list[str]:
        return [claim.text for claim in self.claims(text, role=role, title=title)]


def named(claim: Claim) -> list[Name]:
    return [*claim.mentions, *([claim.subject] if claim.subject else [])]
