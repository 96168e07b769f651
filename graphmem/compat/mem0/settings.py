"""Mem0's configuration as settings of ours; what has no counterpart is named in one warning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from graphmem.compat.mem0.notices import passed_over
from graphmem.errors import InvalidInput

if TYPE_CHECKING:
    from graphmem.config import Auth
    from graphmem.handle import EmbedderChoice
    from graphmem.protocols import LanguageModel, Store

COLLECTION = "mem0"
"""What Mem0 calls a collection is an organisation here, its default one too: `reset` empties that and nothing else."""

FILE = "graphmem.db"
"""In the folder that a vector store was to have."""

_COMPATIBLE = {
    "openai": "openai_base_url",
    "lmstudio": "lmstudio_base_url",
    "vllm": "vllm_base_url",
    "deepseek": "deepseek_base_url",
    "ollama": "ollama_base_url",
}
"""Providers whose servers speak as OpenAI's does, with the setting that holds their address."""

_NEEDS_NOTHING = frozenset({"version", "history_db_path"})
"""The history is part of the store."""


@dataclass
class Settings:
    """What a memory of ours is made of, and the names of what means nothing to it."""

    url: "str | Path | Store | None" = None
    auth: "Auth | None" = None
    org_id: str = COLLECTION
    model: "LanguageModel | None" = None
    embedder: "EmbedderChoice" = "static"
    unknown: list[str] = field(default_factory=list[str])

    @property
    def parts(self) -> dict[str, Any]:
        """What a memory of ours is opened with."""
        return {
            "url": self.url,
            "org_id": self.org_id,
            "extractor": "openai" if self.model else "offline",
            "embedder": self.embedder,
            "model": self.model,
            "auth": self.auth,
        }


def settings_from(config: object) -> Settings:
    """Mem0's settings, a mapping or its `MemoryConfig`, as ours.

    Raises:
        InvalidInput: It is neither.
    """
    given = _plain(config)
    settings = Settings()
    for name in sorted(given, key=lambda name: name == "graph_store"):  # a server is where all of it is kept
        part = given[name]
        if part is None or name in _NEEDS_NOTHING:
            continue
        take = _PARTS.get(name)
        if take is None or not isinstance(part, Mapping):
            settings.unknown.append(name)
            continue
        provider, config_of = _provider(cast("Mapping[str, Any]", part))
        take(settings, provider, dict(config_of))
    passed_over("Memory", settings.unknown)
    return settings


def _plain(config: object) -> Mapping[str, Any]:
    """A mapping, or a model as one: of that only what somebody set."""
    if config is None:
        return {}
    if dump := getattr(config, "model_dump", None):
        config = dump(exclude_unset=True)
    if not isinstance(config, Mapping):
        raise InvalidInput(f"config is {type(config).__name__}: pass a mapping, as Mem0's from_config takes it")
    return cast("Mapping[str, Any]", config)


def _provider(part: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    config = part.get("config")
    return str(part.get("provider") or ""), _plain(config)


def _vector_store(settings: Settings, provider: str, config: dict[str, Any]) -> None:
    settings.org_id = str(config.pop("collection_name", None) or COLLECTION)
    path = config.pop("path", None)
    config.pop("embedding_model_dims", None)
    config.pop("on_disk", None)
    if path is not None:
        settings.url = _file(str(path))
    unknown = [f"vector_store.config.{name}" for name, value in config.items() if value is not None]
    settings.unknown += unknown or (
        [f"vector_store {provider}"] if path is None and provider not in ("", "qdrant") else []
    )


def _file(path: str) -> "str | Store":
    """A file of ours where a folder was named, made with its folder when it is first used."""
    if path == ":memory:":
        return path
    from graphmem.config import store_path
    from graphmem.stores.embedded import EmbeddedStore

    place = Path(store_path(path))
    return EmbeddedStore(str(place if place.suffix == ".db" else place / FILE), makes_folder=True)


def _graph_store(settings: Settings, provider: str, config: dict[str, Any]) -> None:
    if provider != "neo4j":
        settings.unknown.append(f"graph_store {provider}".strip())
        return
    settings.url = str(config.pop("url", None) or "neo4j://")
    user, password = config.pop("username", None), config.pop("password", None)
    if password is not None:
        settings.auth = (str(user or "neo4j"), str(password))
    if config.get("database") == "neo4j":
        config.pop("database")
    settings.unknown += [f"graph_store.config.{name}" for name, value in config.items() if value is not None]


def _llm(settings: Settings, provider: str, config: dict[str, Any]) -> None:
    address = _COMPATIBLE.get(provider)
    if address is None:
        settings.unknown.append(f"llm {provider}".strip())
        return
    from graphmem.llm.openai import OpenAIModel

    base_url = _address(provider, config.pop(address, None))
    settings.model = OpenAIModel(config.pop("model", None), base_url=base_url, api_key=config.pop("api_key", None))
    settings.unknown += [f"llm.config.{name}" for name, value in config.items() if value is not None]


def _embedder(settings: Settings, provider: str, config: dict[str, Any]) -> None:
    name = config.pop("model", None)
    if provider == "huggingface" and name:
        settings.embedder = f"sentence-transformers:{name}"
        config.pop("embedding_dims", None)
    elif address := _COMPATIBLE.get(provider):
        from graphmem.embedding.openai import OpenAIEmbedder

        base_url = _address(provider, config.pop(address, None))
        dimensions, key = config.pop("embedding_dims", None), config.pop("api_key", None)
        settings.embedder = OpenAIEmbedder(name, dimensions=dimensions, base_url=base_url, api_key=key)
    else:
        settings.unknown.append(f"embedder {provider}".strip())
        return
    settings.unknown += [f"embedder.config.{key}" for key, value in config.items() if value is not None]


def _address(provider: str, given: object) -> str | None:
    """Where a server is, to its `/v1`."""
    if provider == "ollama":
        address = str(given or "http://localhost:11434").rstrip("/")
        return address if address.endswith("/v1") else f"{address}/v1"
    return None if given is None else str(given)


_PARTS = {
    "vector_store": _vector_store,
    "graph_store": _graph_store,
    "llm": _llm,
    "embedder": _embedder,
}
