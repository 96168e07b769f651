"""Calls as Mem0's programs make them, checked and turned into what `Memories` does; one of each for both colours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from graphmem.compat.mem0.memories import Memories
from graphmem.compat.mem0.messages import said_in
from graphmem.compat.mem0.notices import passed_over
from graphmem.compat.mem0.owners import Ids, Wanted, wanted
from graphmem.compat.mem0.records import EXPIRES, IDENTITY, Record, expiry
from graphmem.engine import MANY
from graphmem.errors import InvalidInput
from graphmem.moment import utc
from graphmem.writing.intake import checked_question

UNSET: Any = object()
"""Tells what was left out from None, which clears."""

IDS = ("user_id", "agent_id", "run_id", "session_id", "app_id")
VERBATIM = "procedural_memory"
_TYPES = (None, "semantic_memory", "episodic_memory", VERBATIM)
_LIMITS = ("limit", "top_k")

Given = dict[str, Any]  # keyword arguments, as they come


@dataclass(frozen=True, slots=True)
class Calls:
    """What a program may call, over the memories of one organisation."""

    memories: Memories

    async def add(self, messages: object, **given: Any) -> Record:
        """Remember messages, and tell what became of each memory."""
        at = moment("timestamp", given.pop("timestamp", None))
        kind = given.pop("memory_type", None)
        if kind not in _TYPES:
            raise InvalidInput(f"memory_type={kind!r} is none of {', '.join(filter(None, _TYPES))}")
        is_verbatim = not given.pop("infer", True) or kind == VERBATIM
        ids = taken_ids(given)
        metadata = _metadata("add", given.pop("metadata", None))
        if (day := expiry(given.pop(EXPIRES, None))) is not None:
            metadata[EXPIRES] = day
        if ids.app is not None:
            metadata["app_id"] = ids.app
        passed_over("add", _set(given))
        results = await self.memories.add(
            said_in(messages),
            ids,
            metadata=metadata or None,
            at=at,
            is_stated=_is_stated(messages),
            is_verbatim=is_verbatim,
        )
        return {"results": results}

    async def search(self, query: object, **given: Any) -> Record:
        """Memories that answer, best first."""
        asked = checked_question(cast("str", query)).strip()
        limit, threshold = _limit(given), _threshold(given.pop("threshold", None))
        at = moment("reference_date", given.pop("reference_date", None))
        with_expired = bool(given.pop("show_expired", False))
        named = self._named(given)
        passed_over("search", _set(given))
        found = await self.memories.search(asked, named, limit=limit, at=at, with_expired=with_expired)
        return {"results": [shown for shown in found if threshold is None or shown["score"] >= threshold]}

    async def get_all(self, **given: Any) -> Record:
        """Memories, newest first."""
        limit, with_expired = _limit(given), bool(given.pop("show_expired", False))
        named = self._named(given)
        passed_over("get_all", _set(given))
        return {"results": await self.memories.get_all(named, limit=limit, with_expired=with_expired)}

    def _named(self, given: Given) -> list[Wanted]:
        filters = _filters(given)
        return wanted(self.memories.org, taken_ids(given), filters)

    async def update(self, memory_id: object, **given: Any) -> Record:
        """Another text, other metadata or another day for a memory."""
        text = given.pop("text", None)
        text = given.pop("data", None) if text is None else (given.pop("data", None), text)[1]
        given_metadata, day = given.pop("metadata", None), given.pop(EXPIRES, UNSET)
        if text is None and given_metadata is None and day is UNSET:
            raise InvalidInput("nothing to update: pass text=, metadata= or expiration_date=")
        metadata = _metadata("update", given_metadata)
        if day not in (UNSET, None):
            metadata[EXPIRES] = expiry(day)
        passed_over("update", _set(given))
        await self.memories.update(memory_id, text=text, metadata=metadata, clears=[EXPIRES] if day is None else [])
        return {"message": "Memory updated successfully!"}

    async def delete(self, memory_id: object) -> Record:
        """Forget a memory."""
        await self.memories.delete(memory_id)
        return {"message": "Memory deleted successfully!"}

    async def delete_all(self, **given: Any) -> Record:
        """Forget what somebody has. What narrows in another way is refused: passed over, it would forget more."""
        ids = taken_ids(given)
        if unknown := _set(given):
            raise InvalidInput(f"delete_all by {', '.join(unknown)} is not there: find the memories, and delete each")
        await self.memories.delete_all(ids)
        return {"message": "Memories deleted successfully!"}


def moment(name: str, value: object) -> datetime | None:
    """A time as Mem0 takes it: seconds since 1970, or ISO 8601; without a zone it is one of UTC.

    Raises:
        InvalidInput: It is no time.
    """
    if value is None or isinstance(value, datetime):
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            told = datetime.fromisoformat(value)
            return utc(told if told.tzinfo else told.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidInput(f"{name}={value!r:.80} is no time: pass seconds since 1970, or ISO 8601") from error
    raise InvalidInput(f"{name} is {type(value).__name__}: pass seconds since 1970, or ISO 8601")


def _is_stated(messages: object) -> bool:
    """Whether a program says what is so, in plain texts, rather than who said what."""
    if isinstance(messages, list):
        return all(isinstance(message, str) for message in cast("list[object]", messages))
    return isinstance(messages, str)


def taken_ids(given: Given) -> Ids:
    """The ids that are named one by one, among the arguments or in filters that name nothing else.

    Raises:
        InvalidInput: The filters ask for more than ids.
    """
    ids = Ids.of(**{name: given.pop(name) for name in IDS if name in given})
    for name, value in _plain_ids(given.pop("filters", None)):
        joined = ids.joined(Ids.of(**{name: value}))
        if joined is None:
            raise InvalidInput(f"filters name another {name} than the call does")
        ids = joined
    return ids


def _plain_ids(filters: object) -> Iterator[tuple[str, object]]:
    if filters is None:
        return
    if not isinstance(filters, Mapping):
        raise InvalidInput(f"filters: {filters!r:.80} is no mapping of ids")
    for name, value in cast("Mapping[str, object]", filters).items():
        if name == "AND" and isinstance(value, list):
            for part in cast("list[object]", value):
                yield from _plain_ids(part)
        elif name in IDS:
            yield name, value
        else:
            raise InvalidInput(f"filters by {name!r}: this call takes ids and nothing else")


def _filters(given: Given) -> Mapping[str, Any] | None:
    """The filters, with what the hosted client also takes beside them."""
    filters = given.pop("filters", None)
    more = [
        *({"metadata": value} for value in (given.pop("metadata", None),) if value),
        *({"categories": {"in": list(value)}} for value in (given.pop("categories", None),) if value),
        *({"created_at": {"gte": value}} for value in (given.pop("start_date", None),) if value),
        *({"created_at": {"lte": value}} for value in (given.pop("end_date", None),) if value),
    ]
    return {"AND": [*([filters] if filters else []), *more]} if more else filters


def _metadata(call: str, metadata: object) -> dict[str, Any]:
    """Metadata without what only the call itself may say."""
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise InvalidInput(f"metadata is {type(metadata).__name__}: pass a mapping of text to plain JSON values")
    kept = dict(cast("Mapping[str, Any]", metadata))
    passed_over(call, [f"metadata[{name!r}]" for name in IDENTITY & kept.keys()], "names no owner here")
    return {name: value for name, value in kept.items() if name not in IDENTITY}


def _limit(given: Given, default: int = 20) -> int:
    """The most to return; `limit` and `top_k` are the same."""
    named = [given.pop(name) for name in _LIMITS if given.get(name, UNSET) not in (UNSET, None)]
    for value in named:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InvalidInput(f"top_k={value!r}: pass a whole number, 0 or more")
    for name in _LIMITS:
        given.pop(name, None)
    return min([*named, MANY]) if named else default


def _threshold(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidInput(f"threshold={value!r}: pass a number from 0 to 1")
    return float(value)


def _set(given: Given) -> list[str]:
    """The names of what was given and is left; a setting that was turned off is none."""
    return [name for name, value in given.items() if value is not None and value is not False]
