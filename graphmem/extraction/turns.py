"""A turn of a chat: what each of its sentences tells as claims, one triple each.

A sentence worth keeping becomes a claim that carries its main triple, every further triple a claim of its own, so that
one that ceases to hold does not drag its neighbour along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from graphmem.extraction import lexicons
from graphmem.extraction.claims import Page, claim_of, clause_text, page_of, plainly
from graphmem.extraction.clauses import FIRST, told_words
from graphmem.extraction.definites import definites
from graphmem.extraction.labels import Labelled, claim_of_label, known_labels, newcomer
from graphmem.extraction.mentions import (
    common_names,
    each_once,
    learned_name,
    person,
    proper_names,
    spoken_of,
)
from graphmem.extraction.naming import nameable, topic
from graphmem.extraction.pieces import Piece
from graphmem.extraction.quotes import with_quotations
from graphmem.extraction.reading import Triple
from graphmem.extraction.referents import People, meanings
from graphmem.extraction.sentences import STOPS, Sentence, sentences, why_dropped
from graphmem.extraction.tree import tree
from graphmem.extraction.triples import triples
from graphmem.extraction.unread import FOREIGN, is_foreign
from graphmem.extraction.wording import capital, clause_words
from graphmem.models import Episode, State
from graphmem.protocols import Claim, Extraction, Name, PassedOver, Setting

if TYPE_CHECKING:
    from spacy.tokens import Doc


def of_turn(
    episode: Episode,
    setting: Setting,
    people: People,
    read: Sequence[tuple[Piece, Doc]],
    unread: Sequence[PassedOver],
) -> Extraction:
    """The claims of a turn, in order, and what of it tells nothing. `people` is brought up to date."""
    claims: list[Claim] = []
    passed_over = list(unread)
    learned: str | None = None
    for piece, doc in read:
        voice = setting if piece.spoken_by is None else Setting(piece.spoken_by)
        speaker = person(voice.speaker)
        addressee = person(voice.addressee) if voice.addressee else None
        is_own = piece.spoken_by is None and not piece.is_quoted
        labelled = known_labels(doc.text) if is_own else []
        if labelled:
            claims += (claim_of_label(of, speaker, piece) for of in labelled)
            continue
        nodes = tree(doc)
        pronouns = with_quotations(
            nodes, meanings(nodes, voice, people), voice.speaker, is_all=piece.is_quoted and piece.spoken_by is None
        )
        named = definites(nodes, people, voice)
        page = page_of(
            episode,
            piece.start,
            sentences(doc, nodes),
            nodes,
            pronouns,
            speaker=speaker,
            addressee=addressee,
            named=named,
        )
        reading = page.reading
        for sentence in page.sentences:
            is_own = piece.spoken_by is None and all(claim.subject in (None, speaker) for claim in claims)
            if is_own and (new := newcomer(sentence.text)) is not None:
                claims.append(_claim_of_newcomer(page, sentence, new, speaker))
                continue
            told = triples(sentence.nodes, reading)
            named_next = nameable(sentence.nodes, reading)
            reading = replace(
                reading,
                topic=topic(sentence.nodes, told, reading),
                nameable=named_next or reading.nameable,
                is_nameable_last=named_next is not None,
            )
            mentions = [
                *proper_names(sentence.nodes, sentence.text),
                *spoken_of(sentence.nodes, page.reading.pronouns),
                *common_names(sentence.nodes, page.reading.pronouns),
            ]
            if is_own:
                learned = learned or learned_name(sentence.nodes, told, speaker)
            why = FOREIGN if is_foreign(sentence.text) else why_dropped(sentence, page.clauses)
            if why != FOREIGN and (told or why is None):
                claims += _claims_of_turn(page, sentence, told, each_once(mentions), speaker, is_kept=why is None)
            else:
                passed_over.append(PassedOver(piece.start + sentence.start, piece.start + sentence.end, why))
    passed_over.sort(key=lambda of: of.start)
    state: State = "raw" if not claims and any(of.reason == FOREIGN for of in unread) else "done"
    return Extraction(tuple(claims), learned, state=state, passed_over=tuple(passed_over))


def _claim_of_newcomer(page: Page, sentence: Sentence, new: Labelled, speaker: Name) -> Claim:
    """Who is new to the speaker: nobody else was spoken of."""
    said = page.wording.of(sentence.nodes)
    text = f"{speaker.name}'s {said[said.lower().index('new') :].replace('New', 'new', 1)}"
    value = new.object()
    mentions = [value] if isinstance(value, Name) else []
    claim = claim_of(page, sentence, None, text, mentions, speaker)
    return replace(claim, predicate=new.predicate, object=value, kind="state", confidence=0.8, is_lasting=True)


def _claims_of_turn(
    page: Page,
    sentence: Sentence,
    told: Sequence[Triple],
    mentions: Sequence[Name],
    speaker: Name,
    *,
    is_kept: bool,
) -> Iterator[Claim]:
    main = next((triple for triple in told if triple.text is None), None)
    written: set[str] = set()
    if main is not None or is_kept:
        text = page.wording.of(told_words(sentence.nodes))
        main = _saying_more(page, main, told, text)
        if main is not None and main.subject == speaker and _names_nobody(page, main):
            text = capital(f"{speaker.name}: {text}")
        written.add(text.rstrip(STOPS))
        yield claim_of(
            page, sentence, main, text, mentions, main.subject if main else _subject(sentence, mentions, speaker)
        )
    for triple in told:
        if triple is main:
            continue
        text = capital(triple.text or clause_text(page, triple))
        if text.rstrip(STOPS) in written:
            if main is not None and triple.subject != main.subject and not triple.is_negated:
                text = capital(_of_one_subject(page, triple))
            elif triple.predicate in lexicons.pairs("phrases"):
                text = capital(plainly(triple))
            if text.rstrip(STOPS) in written:
                continue
        written.add(text.rstrip(STOPS))
        yield claim_of(page, sentence, triple, text, mentions, triple.subject)


def _saying_more(page: Page, main: Triple | None, told: Sequence[Triple], text: str) -> Triple | None:
    """The triple of a sentence: of two in the same words the one that leads to a name, as long as the other leads only
    to words ("Nina bought a cottage on Osk").
    """
    if main is None or _leads_to_name(main) or main.predicate in lexicons.words("lasting"):
        return main
    reaching = (t for t in told if t.text is None and t.subject == main.subject and _leads_to_name(t))
    said = text.rstrip(STOPS)
    return next((triple for triple in reaching if capital(clause_text(page, triple)).rstrip(STOPS) == said), main)


def _leads_to_name(triple: Triple) -> bool:
    return isinstance(triple.object, Name) and not triple.object.is_common


def _of_one_subject(page: Page, triple: Triple) -> str:
    """What a clause says of one of several subjects: "Clara and I adopted a rabbit"."""
    clause = page.clauses.get(triple.about.index)
    named = {word for subject in (clause.subjects if clause else ()) for word in subject.subtree}
    words = [word for word in clause_words(triple.about, triple.object_node, triple.siblings) if word not in named]
    return page.wording.of(words, subject=triple.subject.name)


def _names_nobody(page: Page, triple: Triple) -> bool:
    """Whether the speaker is meant without a word: "Just got back"."""
    clause = page.clauses.get(triple.about.index)
    return clause is None or not clause.subjects


def _subject(sentence: Sentence, mentions: Sequence[Name], speaker: Name) -> Name | None:
    if any(node.lower in FIRST for node in sentence.nodes):
        return speaker
    named = [name for name in mentions if not name.is_common]
    return next((name for name in named if name.type == "person"), next(iter(named), None))
