"""What of a conversation outlives its session, and what is the state of a task."""

from collections.abc import Collection, Sequence

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import Clause
from graphmem.extraction.reading import Triple
from graphmem.extraction.timing import Validity
from graphmem.protocols import Name


def outlives_session(
    text: str,
    triple: Triple | None,
    clause: Clause | None,
    held: Validity,
    named: Sequence[Name],
    talking: Collection[Name | None],
) -> bool:
    """Whether a claim does: who people are, where, with whom, what they do, like or own, what happened to them.

    What does not is the state of a task: what has to be done or can be, what is being done, and what was done to
    something that both sides know ("the tests"). `talking` are the two who talk: to name them says nothing.
    """
    if triple is not None and (triple.modality in {"obligation", "ability"} or triple.predicate.startswith("need")):
        return held.when is not None
    if triple is not None and triple.predicate == "is" and triple.subject.type == "person":
        return True
    if triple is not None and (
        triple.predicate in lexicons.words("lasting", "kin") or triple.predicate.startswith("favorite")
    ):
        return True
    is_exact = held.when is not None and held.when.grain != "about"
    if is_exact or any(not name.is_common and name not in talking for name in named):
        return True
    return triple is not None and not _is_underway(clause) and not _is_of_the_known(triple, text)


def _is_underway(clause: Clause | None) -> bool:
    return clause is not None and clause.tense == "present" and clause.predicate.tag == "VBG"


def _is_of_the_known(triple: Triple, text: str) -> bool:
    """Whether it happened to something that is taken for known: "We ran the tests"."""
    object_ = triple.object.name if isinstance(triple.object, Name) else triple.object
    return triple.kind == "event" and f"the {object_.removeprefix('the ')}" in text
