"""What stays of a text whose words are not kept: what it says as relations, each in words of its own, and a digest by
which it is known when it comes again. Pure.

A sentence with its names filled in is still that sentence, so a fact is worded anew by its relation, and what states
none is not kept. The episode says what its facts say, a line each: there they are found, quoted and blanked out. Each
is compared with what is known by the words that were said, as any other: these decide what it closes.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from graphmem import forgetting
from graphmem.extraction import lexicons
from graphmem.extraction.names import canonical
from graphmem.extraction.wording import capital, third_person
from graphmem.models import Episode, When
from graphmem.protocols import Claim, Extraction, Name, PassedOver
from graphmem.writing.intake import Arrival

_PREPOSITIONS = frozenset("about at by for from in near of on to with".split())
_GRAINS = {"month": "%Y-%m", "year": "%Y"}


def kept(arrival: Arrival, extraction: Extraction) -> tuple[Arrival, Extraction]:
    """An episode and what was read in it, as they are kept."""
    if arrival.keeps_raw:
        return arrival, extraction
    told = [_reworded(claim) for claim in extraction.claims if claim.subject and claim.predicate]
    left = [claim for claim in extraction.claims if not (claim.subject and claim.predicate)]
    starts: dict[str, int] = {}
    end = 0
    for line in (claim.kept_text for claim in told):
        if line not in starts:
            starts[line] = end
            end += len(line) + 1
    claims = tuple(_placed(claim, starts[claim.kept_text]) for claim in told)
    reason = "it states no relation, and its words are not kept"
    passed_over = (PassedOver(claim.start, claim.end, reason) for claim in left)
    extraction = replace(extraction, claims=claims, passed_over=(*extraction.passed_over, *passed_over))
    return replace(arrival, episode=told_as(arrival.episode, starts)), extraction


def _placed(claim: Claim, start: int) -> Claim:
    return replace(claim, start=start, end=start + len(claim.kept_text))


def told_as(episode: Episode, lines: Iterable[str]) -> Episode:
    """An episode that says this instead of what was said."""
    digest = _digest(episode.id, episode.text)
    return episode.model_copy(update={"text": "\n".join(lines), "text_digest": digest})


def is_same_text(known: Episode, arrived: Episode) -> bool:
    """Whether an episode that comes again has the text of the one that is kept, or that stood there."""
    if known.text_digest is not None:
        return known.text_digest == _digest(known.id, arrived.text)
    return forgetting.is_same_text(known.text, arrived.text)


def _digest(episode_id: str, text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16, key=episode_id.encode()[:64]).hexdigest()


def _reworded(claim: Claim) -> Claim:
    text = _wording(claim)
    words = set(canonical(text).split())
    named = tuple(name for name in claim.mentions if words.issuperset(name.key.split()))
    return replace(claim, kept_as=text, mentions=named, when=claim.when and _in_figures(claim.when))


def _wording(claim: Claim) -> str:
    """A relation as a sentence: "Ada works at Acme", "Not so: Ada works at Acme (2026-05)"."""
    subject, predicate = claim.subject.name if claim.subject else "", claim.predicate or ""
    value = claim.object.name if isinstance(claim.object, Name) else claim.object or ""
    said = _relation(subject, predicate, value)
    manner = [] if claim.modality == "asserted" else [claim.modality]
    notes = [*manner, *([_day(claim.when)] if claim.when and claim.when.start else [])]
    is_denied = claim.is_negated or claim.op in ("end", "retract")
    opening = "Not so: " if is_denied else "Earlier: " if claim.op == "past" else ""
    return capital(f"{opening}{said}" + (f" ({', '.join(notes)})" if notes else ""))


def _relation(subject: str, predicate: str, value: str) -> str:
    words = predicate.replace("_", " ")
    first, last = words.partition(" ")[0], words.rpartition(" ")[2]
    if phrase := lexicons.pairs("phrases").get(predicate):
        return f"{subject} {phrase} {value}".rstrip()
    if any(predicate in lexicons.words(nouns) for nouns in ("kin", "pets", "ownable", "roles")):
        return f"{value} is {subject}'s {words}"
    if predicate.endswith("_of"):
        return f"{subject} is {words} {value}"
    if predicate in lexicons.pairs("attributes") or ("_" in predicate and last not in _PREPOSITIONS):
        return f"{subject}'s {words} is {value}"
    verb = first if "_" in predicate else third_person(first)
    return f"{subject} {verb}{words[len(first) :]} {value}".rstrip()


def _day(when: When) -> str:
    return f"{when.start:{_GRAINS.get(when.grain, '%Y-%m-%d')}}" if when.start else when.grain


def _in_figures(when: When) -> When:
    return when.model_copy(update={"words": _day(when)})
