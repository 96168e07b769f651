"""What to keep, and what takes the place of what: cases with the facts that stood before."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from graphmem import Memory
from graphmem.embedding.static import StaticEmbedder
from graphmem.extraction.names import canonical
from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Change, Episode, Fact
from graphmem.protocols import Claim, Extraction, Name, Setting

SAID = datetime(2023, 6, 14, 12, tzinfo=UTC)
BEFORE = datetime(2023, 1, 1, tzinfo=UTC)
_CLOSING = frozenset(("superseded", "ended", "retracted"))

Case = Mapping[str, Any]  # a record of somebody else's file
Named = tuple[str, str, str]


class _AfterPrior:
    """Takes the first text for what stood before, as the speaker told it, and reads the next by the rules."""

    blocks = True

    def __init__(self, prior: Sequence[Named]) -> None:
        self._prior = list(prior)
        self._rules = OfflineExtractor()
        self.identity = self._rules.identity

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """The prior facts once, then what the rules read."""
        if not self._prior:
            return await self._rules.extract(episodes, settings)
        claims = tuple(_claim(*of) for of in self._prior)
        self._prior = []
        return [Extraction(claims)]


def _claim(subject: str, predicate: str, object_: str) -> Claim:
    who, what = Name(subject, canonical(subject), "person"), Name(object_, canonical(object_))
    is_named = object_[:1].isupper()
    return Claim(
        f"{subject} {predicate} {object_}",
        0,
        1,
        subject=who,
        predicate=predicate,
        object=what if is_named else object_,
        valid_from=BEFORE,
    )


def verdicts(cases: Sequence[Case]) -> dict[str, list[bool]]:
    """Of the cases to keep: whether something is kept, and each triple wanted; of the updates: whether all is right,
    and whether nothing is closed that should stand.
    """
    found: dict[str, list[bool]] = {"keep": [], "triples": [], "updates": [], "no wrong closing": []}
    embedder = StaticEmbedder()
    for case in cases:
        extractor = _AfterPrior(case.get("prior", ()))
        with Memory(":memory:", embedder=embedder, extractor=extractor) as memory:
            if case.get("prior"):
                memory.add({"role": "user", "name": case["speaker"], "content": "Before."}, at=BEFORE, user_id="sam")
            changes = _told(memory, case)
            facts = {fact.id: fact for fact in memory.facts(user_id="sam", at=SAID)}
            known = {**facts, **{id_: memory.get(id_, user_id="sam") for id_ in _ids(changes) - facts.keys()}}
        added = [known[id_] for change in changes if change.kind == "added" and (id_ := change.fact_id)]
        closed = [known[id_] for change in changes if change.kind in _CLOSING and (id_ := change.fact_id)]
        if case["kind"] == "keep":
            found["keep"].append(bool(added) == case["keep"])
            found["triples"] += [any(_is(fact, tuple(wanted)) for fact in added) for wanted in case["expect"]]
            continue
        is_closed = [any(_is(fact, tuple(wanted)) for fact in closed) for wanted in case["ends"]]
        is_added = [any(_is(fact, tuple(wanted)) for fact in added) for wanted in case["adds"]]
        is_wrong = len(closed) > len(case["ends"])
        found["updates"].append(all(is_closed) and all(is_added) and not is_wrong)
        found["no wrong closing"].append(not is_wrong)
    return found


def _told(memory: Memory, case: Case) -> list[Change]:
    message = {"role": "user", "name": case["speaker"], "content": case["text"]}
    return list(memory.add(message, at=SAID, user_id="sam", session_id=None))


def _ids(changes: Sequence[Change]) -> set[str]:
    return {change.fact_id for change in changes if change.fact_id}


def _is(fact: Fact, wanted: Named) -> bool:
    subject, predicate, object_ = wanted
    said = canonical(fact.subject or ""), (fact.predicate or "").replace("_", " "), canonical(fact.object or "")
    meant = canonical(subject), predicate.replace("_", " "), canonical(object_)
    is_object = bool(said[2]) and (meant[2] in said[2] or said[2] in meant[2])
    return meant[0] in said[0] and meant[1] == said[1] and is_object
