"""What was read in an episode as a fact that is not reconciled yet."""

from graphmem.extraction.lexicons import pairs
from graphmem.extraction.sayings import is_firm
from graphmem.models import Episode, Evidence, Fact
from graphmem.moment import FAR_PAST
from graphmem.protocols import Claim, Name
from graphmem.writing.intake import new_id


def claim_fact(episode: Episode, claim: Claim) -> Fact:
    """A claim as a fact that is not yet reconciled: keys as the text gives them, validity by the rules of time.

    What was said in conversation holds from when it was said unless it dates itself; documents and stated facts
    hold from the far past. An event or plan that lies ahead is true from when it was told.
    """
    since = claim.valid_from
    if since is None and episode.role != "document":
        since = episode.said_at
    if since is not None and claim.kind in ("event", "plan") and episode.role != "document":
        since = min(since, episode.said_at)
    until = claim.valid_to
    if until is not None and (until <= (since or FAR_PAST) or claim.kind == "event"):
        until = None
    return Fact(
        id=new_id(),
        space=episode.space,
        text=claim.text,
        subject=claim.subject.name if claim.subject else None,
        subject_key=claim.subject.key if claim.subject else None,
        predicate=claim.predicate,
        object=claim.object.name if isinstance(claim.object, Name) else claim.object,
        object_key=claim.object.key if isinstance(claim.object, Name) else None,
        kind=claim.kind,
        is_negated=claim.is_negated or claim.op in ("end", "retract"),
        modality=claim.modality,
        confidence=claim.confidence,
        role=episode.role,
        when=claim.when,
        valid_from=since,
        valid_to=until,
        metadata=episode.metadata,
        evidence=(Evidence(episode_id=episode.id, start=claim.start, end=claim.end),),
    )


def named_in(claim: Claim) -> list[Name]:
    """Every name of a claim, subject first, each key once."""
    ends = [claim.subject, claim.object if isinstance(claim.object, Name) else None]
    return list({name.key: name for name in (*ends, *claim.mentions) if name is not None and name.key}.values())


def of_place(fact: Fact) -> Fact:
    """A fact as what it says of a place: whoever moved to Cork lives there, whoever moved to Acme does not. An office
    is where it moved.
    """
    predicate = pairs("relations_to_places").get(fact.predicate or "")
    if predicate == "lives_in" and is_firm(Name(fact.subject or "", fact.subject_key or "")):
        predicate = "located_in"
    return fact.model_copy(update={"predicate": predicate, "kind": "state"}) if predicate else fact
