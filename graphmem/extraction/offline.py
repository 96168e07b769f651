"""The offline extractor: sentences as facts, with names, dates and triples, read by rules over spaCy's parser.

The order of its steps: a text is cut into stretches (`sentences.units`), parsed, turned into a light tree, pronouns and
dates are resolved, each sentence worth keeping becomes a claim that carries its main triple, and every further triple a
claim of its own, so that one that ceases to hold does not drag its neighbour along; in a document those about what the
sentence is about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from graphmem.extraction.definites import definites
from graphmem.extraction.documents import of_document
from graphmem.extraction.lists import NO_LAYOUT, layout
from graphmem.extraction.parser import installed, parsed
from graphmem.extraction.pieces import pieces
from graphmem.extraction.referents import People, meanings
from graphmem.extraction.sentences import normalised
from graphmem.extraction.tree import tree
from graphmem.extraction.turns import of_turn
from graphmem.models import Episode
from graphmem.protocols import Extraction, Setting

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULES = "offline-7"
"""Version of the rules; part of the identity, so that what they extracted can be told from what later ones do."""

_CHAT_ROLES = frozenset({"user", "assistant"})


class OfflineExtractor:
    """Reads texts with spaCy and rules: no key, no network, the same answer every time.

    Safe to share between threads. The model is loaded when the first text comes.

    Args:
        model: An installed `en_core_web_*` model by name; by default GRAPHMEM_SPACY_MODEL, or else the small model that
            comes with graphmem.
    """

    blocks = True

    def __init__(self, model: str | None = None) -> None:
        self._wanted = model or os.environ.get("GRAPHMEM_SPACY_MODEL") or None
        self._found: str | None = None

    @property
    def identity(self) -> str:
        """Version of the rules, and name and version of the model.

        Raises:
            PartMissing: no language model is installed.
        """
        name = installed(self._wanted)
        return f"{RULES}/{name}-{metadata.version(name)}"

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """One extraction per episode, in order. Time grows with the length of the texts, about 10,000 words a second.

        Raises:
            PartMissing: no language model is installed.
        """
        texts = [normalised(episode.text) for episode in episodes]
        layouts = [NO_LAYOUT if episode.role in _CHAT_ROLES else layout(episode.text) for episode in episodes]
        cuts = [
            pieces(episode.text, text, is_document=episode.role not in _CHAT_ROLES, without=laid_out.tables)
            for episode, text, laid_out in zip(episodes, texts, layouts, strict=True)
        ]
        texts_read = (text[at.start : at.end] for text, cut in zip(texts, cuts, strict=True) for at in cut.read)
        docs = iter(list(self._parsed(texts_read)))  # at once: to read what went before, it is the parser's turn again
        conversations: dict[tuple[str, str | None], People] = {}
        found: list[Extraction] = []
        for episode, setting, cut, laid_out in zip(episodes, settings, cuts, layouts, strict=True):
            read = [(piece, next(docs)) for piece in cut.read]
            if episode.role in _CHAT_ROLES:
                conversation = (episode.space, episode.session)
                if conversation not in conversations:
                    conversations[conversation] = self._people_before(setting)
                people = conversations[conversation]
                people.next_turn()
                found.append(of_turn(episode, setting, people, read, cut.unread))
            else:
                found.append(of_document(episode, read, laid_out, cut.unread))
        return found

    def _people_before(self, setting: Setting) -> People:
        """Who was spoken of in the turns before a conversation goes on."""
        people = People()
        for doc, (_, then) in zip(
            self._parsed(normalised(turn.text) for turn, _ in setting.before), setting.before, strict=True
        ):
            people.next_turn()
            nodes = tree(doc)
            meanings(nodes, then, people)
            definites(nodes, people, then)
        return people

    def _parsed(self, texts: Iterable[str]) -> Iterator[Doc]:
        if self._found is None:  # looked for on the disk, once
            self._found = installed(self._wanted)
        return parsed(texts, self._found)
