"""From a sentence that was read to a claim: its triple, names, time, and whether it outlives the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import Clause, clauses
from graphmem.extraction.dates import DateSpan
from graphmem.extraction.definites import Definite
from graphmem.extraction.lasting import outlives_session
from graphmem.extraction.mentions import each_once
from graphmem.extraction.names import canonical, common_key, singular
from graphmem.extraction.nodes import Node
from graphmem.extraction.quotes import titles
from graphmem.extraction.reaching import words_on
from graphmem.extraction.reading import ANY, Reading, Triple
from graphmem.extraction.sentences import Sentence
from graphmem.extraction.timing import Validity, date_of, dates_of, validity, words_in, written
from graphmem.extraction.wording import Wording, clause_words, has_subject
from graphmem.models import Episode, FactKind, Modality
from graphmem.protocols import Claim, Name


@dataclass(frozen=True, slots=True)
class Page:
    """One parsed stretch of an episode, read: `offset` is where it starts in the text that was said."""

    episode: Episode
    offset: int
    sentences: Sequence[Sentence]
    clauses: Mapping[int, Clause]
    dates: Mapping[int, Sequence[DateSpan]]  # by the start of the sentence
    reading: Reading
    wording: Wording


def page_of(
    episode: Episode,
    offset: int,
    found: Sequence[Sentence],
    nodes: Sequence[Node],
    pronouns: Mapping[int, str],
    *,
    speaker: Name | None = None,
    addressee: Name | None = None,
    named: Mapping[int, Definite] = MappingProxyType({}),
    topic: Name | None = None,
) -> Page:
    """What the rules need to know of a parsed stretch that starts at `offset`. Nobody speaks in a document."""
    said_on, is_document = episode.said_at.date(), speaker is None
    known = clauses(nodes)
    spans = {sentence.start: dates_of(sentence, known, said_on, is_document=is_document) for sentence in found}
    every = [span for of_sentence in spans.values() for span in of_sentence]
    times = frozenset(index for sentence in found for index in words_in(spans[sentence.start], sentence.nodes))
    names = {index: definite.name for index, definite in named.items()}
    reading = Reading(known, pronouns, speaker, addressee, times, names, about=topic, titles=titles(nodes))
    typed = episode.text[offset : offset + (nodes[-1].end if nodes else 0)]
    texts = {index: definite.text for index, definite in named.items()}
    spoken_by = speaker.name if speaker else ""
    wording = Wording(nodes, pronouns, spoken_by, dates=every, original=typed, definites=texts)
    return Page(episode, offset, found, known, spans, reading, wording)


def claim_of(
    page: Page,
    sentence: Sentence,
    triple: Triple | None,
    text: str,
    mentions: Sequence[Name],
    subject: Name | None,
) -> Claim:
    """A sentence worded as `text`, with its triple, the names in these words, and when it holds."""
    about = triple.about if triple is not None else None
    span = date_of(about, page.dates[sentence.start], sentence.nodes, page.clauses)
    clause = page.clauses.get(about.index) if about is not None else _main_clause(page, sentence)
    held = validity(span, triple, clause, page.episode.said_at)
    if page.reading.speaker is None:
        held = written(held, triple, page.episode.said_at)
    is_ahead = triple is not None and _is_ahead(clause, held, page.episode)
    named = [name for name in _named_in(text, mentions, triple) if subject is None or name.key != subject.key]
    talking = (page.reading.speaker, page.reading.addressee)
    return Claim(
        text=text,
        start=page.offset + sentence.start,
        end=page.offset + sentence.end,
        subject=subject,
        predicate=triple.predicate if triple else None,
        object=_object(triple, mentions, is_chat=page.reading.speaker is not None) if triple is not None else None,
        mentions=tuple(named),
        op=triple.op if triple else "assert",
        kind="plan" if is_ahead else triple.kind if triple else _kind(clause),
        is_negated=_is_negated(triple, clause),
        modality="future" if is_ahead else triple.modality if triple else _modality(clause),
        when=held.when,
        valid_from=held.start,
        valid_to=held.end,
        confidence=triple.confidence if triple else 0.5,
        is_lasting=page.episode.role != "tool"
        and outlives_session(text, triple, clause, held, [*named, *([subject] if subject else [])], talking),
    )


def _object(triple: Triple, mentions: Sequence[Name], *, is_chat: bool) -> Name | str | None:
    """What a triple leads to: where its words are exactly those of a thing spoken of, that thing."""
    if triple.object == ANY or isinstance(triple.object, Name):
        return None if triple.object == ANY else triple.object
    key = common_key(triple.object)
    spoken_of = next((name for name in mentions if name.is_common and name.key == key), None)
    if spoken_of is not None:
        return replace(spoken_of, name=triple.object)
    return Name(triple.object, key, is_common=True) if is_chat and _is_thing(triple) else triple.object


def _is_thing(triple: Triple) -> bool:
    """Whether an object in several words is a thing that others can tell of as well: "brass band", "call centre"."""
    node = triple.object_node
    if node is None or node.pos != "NOUN" or not triple.object_text.endswith(node.text):
        return False
    words = triple.object_text.split()
    is_kind = all(word[0].isalpha() and word.replace("-", "").isalnum() for word in words)  # C2 cell
    return is_kind and 1 < len(words) <= _MOST_WORDS_OF_THING and node.lower not in lexicons.words("vague")


_MOST_WORDS_OF_THING = 3


def _is_negated(triple: Triple | None, clause: Clause | None) -> bool:
    if triple is not None:
        return triple.is_negated or triple.op == "retract"
    return clause is not None and clause.is_negated


def _is_ahead(clause: Clause | None, held: Validity, episode: Episode) -> bool:
    """Whether it is told in the present, but dated ahead: "We're going to Japan in October"."""
    if clause is None or held.when is None or held.when.start is None or clause.tense != "present":
        return False
    return clause.predicate.tag == "VBG" and held.when.start > episode.said_at


def _main_clause(page: Page, sentence: Sentence) -> Clause | None:
    return next((page.clauses[node.index] for node in sentence.nodes if node.index in page.clauses), None)


def _modality(clause: Clause | None) -> Modality:
    if clause is None:
        return "asserted"
    is_wish = clause.predicate.lemma in {"wish", "hope", "want", "dream"} and clause.modality == "asserted"
    return "desire" if is_wish else clause.modality


def _kind(clause: Clause | None) -> FactKind:
    if clause is None:
        return "note"
    if clause.modality in {"desire", "intention", "future", "obligation"}:
        return "plan"
    return "event" if clause.tense in {"past", "perfect"} and clause.copula is None else "state"


def _named_in(text: str, mentions: Sequence[Name], triple: Triple | None) -> list[Name]:
    """The names that a claim's own words contain, and those of its triple."""
    words = {singular(word) for word in canonical(text).split()}
    parts = [part for part in (triple.subject, triple.object) if isinstance(part, Name)] if triple else []
    inside = [name for name in mentions if all(singular(word) in words for word in name.key.split())]
    return each_once([*parts, *inside])


# ------------------------------------------------------------------------------------------------------ in words


def clause_text(page: Page, triple: Triple) -> str:
    """The clause that says a triple, by itself: of several objects only the one meant."""
    if triple.way:
        on_the_way = words_on(triple)
        unsaid = None if has_subject(on_the_way, triple.about) else triple.subject.name
        return page.wording.of(on_the_way, subject=unsaid)
    words = clause_words(triple.about, triple.object_node, triple.siblings)
    subject = None if has_subject(words, triple.about) else triple.subject.name
    if triple.object_node is None or triple.object_node in words:
        return page.wording.of(words, subject=subject)
    # In a relative clause the object stands before it: "the fan I met in Graz".
    if triple.predicate in lexicons.pairs("phrases"):
        return plainly(triple)
    before = page.wording.of([word for word in words if word.index <= triple.about.index], subject=subject)
    after = page.wording.of([word for word in words if word.index > triple.about.index])
    preposition = triple.predicate.partition(" ")[2]
    return " ".join(f"{before} {preposition} {triple.object_text} {after[:1].lower()}{after[1:]}".split())


def plainly(triple: Triple) -> str:
    """A triple with a known predicate as a sentence: "Marta is a nurse"."""
    noun = triple.object_node or triple.about
    article = next((f"{word.lower} " for word in noun.all("det") if noun.pos == "NOUN" and word.lower in _ARTICLES), "")
    return f"{triple.subject.name} {lexicons.pairs('phrases')[triple.predicate]} {article}{triple.object_text}"


_ARTICLES = frozenset(("a", "an", "the"))
