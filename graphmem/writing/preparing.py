"""What has to be read before readings can be written: names joined, what is known, what each entity is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graphmem import indexing, reconcile
from graphmem.models import Episode, Fact
from graphmem.protocols import Embedder, Extraction, Index, Known, Question, Store
from graphmem.scope import owner_of
from graphmem.writing import drafting, hearing
from graphmem.writing.drafting import Drafting, Reading
from graphmem.writing.intake import Arrival
from graphmem.writing.joining import joined
from graphmem.writing.retelling import retold
from graphmem.writing.voting import voted


@dataclass(frozen=True, slots=True)
class Consulted:
    """What a store was asked before, and what it knew."""

    question: Question
    known: Known


async def as_readings(embedder: Embedder, said: Sequence[tuple[Arrival, Extraction]]) -> list[Reading]:
    """Episodes with what was read in them, and how each of these texts is found again. One without an identity is
    known, and is found already.
    """
    new = [hearing.heard(arrival.episode) for arrival, _ in said if arrival.identity]
    found_by = [indexing.of_episode(episode) for episode in new]
    texts = [text for text, _ in found_by]
    for arrival, extraction in said:
        texts += [indexing.fact_text(claim.kept_text, arrival.episode.title) for claim in extraction.claims]
    vectors = iter(await embedder.embed(texts, purpose="document") if texts else ())
    indexes = {episode.id: Index(next(vectors), words) for episode, (_, words) in zip(new, found_by, strict=True)}
    readings: list[Reading] = []
    for arrival, extraction in said:
        title, index = arrival.episode.title, indexes.get(arrival.episode.id)
        claims = tuple(
            Index(next(vectors), indexing.fact_stems(claim.kept_text, title, indexing.stated(claim)))
            for claim in extraction.claims
        )
        readings.append(Reading(arrival, extraction, index, claims))
    return readings


async def prepared(
    store: Store,
    readings: Sequence[Reading],
    user: str | None,
    *,
    retired: Sequence[Episode] = (),
    before: Consulted | None = None,
) -> tuple[list[Reading], Known, Drafting]:
    """The readings as they are to be written, what is known of what they name, and an empty draft that knows it.

    The store is asked for that, unless what it answered `before` has it all.
    """
    if before and not retired and not any(of.extraction.claims or of.extraction.learned_name for of in readings):
        return list(readings), before.known, Drafting(before.known, user=user)  # they name nothing
    told = await joined(store, readings)
    rejections = _rejections(told.readings)
    question = drafting.question(told.readings, user, retired=retired, rejections=tuple(rejections))
    known = before.known if before and before.question.covers(question) else await store.known(question)
    by_name = {**rejections, **_rejections(told.readings, known)}
    if others := by_name.keys() - rejections.keys():
        named = await store.known(Question(rejections=tuple(others)))
        known = replace(known, rejected=known.rejected | named.rejected)
    if below := {(space, digest) for space, digest in by_name if (owner_of(space), digest) in known.rejected}:
        known = replace(known, rejected=known.rejected | below)
    votes = await voted(store, told.readings, known)
    again = await retold(store, told.readings, known)
    draft = Drafting(known, user=user, types=votes.types, proper=votes.proper, retold=again)
    draft.mention(told.mentions)
    return told.readings, known, draft


def _rejections(readings: Iterable[Reading], known: Known | None = None) -> dict[tuple[str, str], None]:
    """(space, digest) of whatever was read that may have been rejected: as it was told, or of what is known, where that
    differs, by the entities that its names stand for.

    What an owner rejected is not learned in a session of theirs either.
    """
    found: dict[tuple[str, str], None] = {}
    for reading in readings:
        space = reading.episode.space
        called = known.called(space) if known is not None else {}
        for claim, told in zip(reading.extraction.claims, reading.facts, strict=True):
            fact = _as_known(told, known) if known is not None else told
            if known is None or called or fact is not told:
                digests = (reconcile.rejection(claim.kept_text), *reconcile.rejections(fact, called))
                found.update(((of, digest), None) for of in (space, owner_of(space)) for digest in digests)
    return found


def _as_known(fact: Fact, known: Known) -> Fact:
    """A fact with the keys of the entities that its names stand for."""
    told = {"subject_key": fact.subject_key, "object_key": fact.object_key}
    named = {name: known.entities.get((fact.space, key)) for name, key in told.items() if key}
    others = {name: entity.key for name, entity in named.items() if entity and entity.key != told[name]}
    return fact.model_copy(update=others) if others else fact
