"""`Handle`: what `Memory` and `AsyncMemory` share: their parts, and the ids that say whose memory a call is about."""

from datetime import timedelta
from pathlib import Path as FilePath
from typing import Literal, Self, TypedDict, Unpack, cast

from graphmem import moment
from graphmem.config import Auth
from graphmem.engine import Engine
from graphmem.errors import InvalidInput
from graphmem.models import Usage
from graphmem.moment import Clock
from graphmem.protocols import Embedder, Extractor, LanguageModel, Store
from graphmem.scope import LayerChoice, Scope
from graphmem.stores import store_at
from graphmem.writing.layering import SESSION_LASTS

ExtractorChoice = Literal["offline", "openai", "none"] | Extractor
EmbedderChoice = Literal["static", "openai"] | str | Embedder
ModelChoice = str | LanguageModel


class Who(TypedDict, total=False):
    """Whose memory a call is about: a user or an agent, or the whole organisation by `layer="org"`.

    `session_id` adds a session of the one named; `layer` chooses where to write and what to forget.
    """

    user_id: str | None
    agent_id: str | None
    session_id: str | None
    layer: LayerChoice


class Handle:
    """What `Memory` and `AsyncMemory` share: their parts, and the ids that every call carries."""

    _is_awaited = False

    def __init__(
        self,
        url: str | FilePath | Store | None = None,
        *,
        org_id: str = "default",
        extractor: ExtractorChoice = "offline",
        embedder: EmbedderChoice = "static",
        model: ModelChoice | None = None,
        auth: Auth | None = None,
        redact: Literal["secrets", "off"] = "secrets",
        session_lasts: timedelta = SESSION_LASTS,
        clock: Clock | None = None,
    ) -> None:
        """Prepare a memory.

        Args:
            url: Path of a store file, `:memory:`, the address of a Neo4j server (`neo4j://host:7687`), or a `Store`.
                None: `GRAPHMEM_URL`, else a file in the user's data folder.
            org_id: The tenant that all calls of this memory belong to.
            extractor: How statements are found in texts: rules over spaCy, the language model (`"openai"`), not at all,
                or your own.
            embedder: How texts become vectors: the table that comes with the package,
                `"sentence-transformers:NAME_OR_FOLDER"` (a model that is there: none is downloaded), `"openai"` or
                `"openai:NAME"`, or your own.
            model: The language model that the extractor `"openai"`, `answer` and `rerank="llm"` ask: `"openai"`,
                `"openai:NAME"`, an `OpenAIModel`, or your own. None: none, or `"openai"` where the extractor is that.
            auth: User and password of a Neo4j server. None: `NEO4J_USERNAME` and `NEO4J_PASSWORD`, where they are set.
            redact: Whether card numbers, bank accounts and access keys are taken out before anything is stored.
            session_lasts: How long the layer of a session is kept after something was last said or noted in it. Then no
                call finds it any more; what was said stays in its owner's conversation.
            clock: What time it is; for tests.
        """
        if redact not in ("secrets", "off"):
            raise InvalidInput(f'redact={redact!r} is neither "secrets" nor "off"')
        if not isinstance(session_lasts, timedelta) or session_lasts <= timedelta():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInput(f"session_lasts={session_lasts!r}: pass a timedelta above 0")
        self._clock = clock or moment.now
        is_read_by_model = extractor == "openai"
        self._engine = self._assemble(
            self._store(url, auth),
            _extractor("offline" if is_read_by_model else extractor),
            _embedder(embedder),
            _model(model or ("openai" if is_read_by_model else None)),
            is_read_by_model=is_read_by_model,
            redacts=redact == "secrets",
            session_lasts=session_lasts,
        )
        self._org_id = org_id
        self._ids: Who = {}
        Scope.of(org_id, layer="org")  # refuses an organisation that cannot be one

    def _store(self, url: str | FilePath | Store | None, auth: Auth | None) -> Store:
        if url is None or isinstance(url, str | FilePath):
            return store_at(url, auth=auth, clock=self._clock, is_awaited=self._is_awaited)
        if auth is not None:
            raise InvalidInput("auth= belongs to an address: this store was made with its own")
        return url

    def _assemble(
        self,
        store: Store,
        extractor: Extractor,
        embedder: Embedder,
        model: LanguageModel | None,
        *,
        is_read_by_model: bool,
        redacts: bool,
        session_lasts: timedelta,
    ) -> Engine:
        return Engine(
            store,
            extractor,
            embedder,
            model=model,
            is_read_by_model=is_read_by_model,
            redacts=redacts,
            clock=self._clock,
            session_lasts=session_lasts,
        )

    @property
    def engine(self) -> Engine:
        """The steps of every verb, for faces of other shapes (`graphmem.compat`)."""
        return self._engine

    @property
    def usage(self) -> Usage:
        """What language models cost since this memory was made, its bound copies included."""
        return self._engine.purse.spent

    def scoped(self, **who: Unpack[Who]) -> Self:
        """A copy bound to a scope: its calls need no ids, and cannot name others.

        >>> ada = memory.scoped(user_id="ada")
        >>> changes = ada.add("I work at Acme.")

        Raises:
            InvalidInput: An id differs from one that is bound already.
        """
        ids = self._joined(who)
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__, _ids=ids)
        return bound

    def _joined(self, who: Who) -> Who:
        ids = dict(self._ids)
        for name, value in who.items():
            if name not in Who.__annotations__:
                raise InvalidInput(
                    f"{name}= is not known here: whose memory it is, is said by {', '.join(Who.__annotations__)}"
                )
            if value is None or (name == "layer" and value == "auto"):
                continue
            if ids.get(name, value) != value:
                raise InvalidInput(f"this memory is bound to {name}={ids[name]!r} and serves no other")
            ids[name] = value
        return cast("Who", ids)

    def _scope(self, who: Who) -> Scope:
        return Scope.of(self._org_id, **self._joined(who))


def _extractor(choice: ExtractorChoice) -> Extractor:
    if choice == "offline":
        from graphmem.extraction.offline import OfflineExtractor

        return OfflineExtractor()
    if choice == "none":
        from graphmem.extraction.none import NoExtractor

        return NoExtractor()
    if isinstance(choice, str):
        raise InvalidInput(f'extractor={choice!r} is neither "offline", "openai" nor "none", nor an Extractor')
    return choice


def _embedder(choice: EmbedderChoice) -> Embedder:
    if choice == "static":
        from graphmem.embedding.static import StaticEmbedder

        return StaticEmbedder()
    if isinstance(choice, str):
        library, _, model = choice.partition(":")
        if library == "openai":
            from graphmem.embedding.openai import OpenAIEmbedder

            return OpenAIEmbedder(model or None)
        if library != "sentence-transformers":
            raise InvalidInput(
                f'embedder={choice!r} is neither "static", "openai[:NAME]" nor "sentence-transformers:NAME_OR_FOLDER", '
                "nor an Embedder"
            )
        from graphmem.embedding.sentence_transformers import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(model)
    return choice


def _model(choice: ModelChoice | None) -> LanguageModel | None:
    if not isinstance(choice, str):
        return choice
    library, _, name = choice.partition(":")
    if library != "openai":
        raise InvalidInput(f'model={choice!r} is neither "openai" nor "openai:NAME", nor a LanguageModel')
    from graphmem.llm.openai import OpenAIModel

    return OpenAIModel(name or None)
