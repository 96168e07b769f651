"""The offline extractor: sentences as facts, with names, dates and triples, read by rules over spaCy's parser.

The order of its steps: a text is cut into stretches (`sentences.units`), parsed, turned into a light tree, pronouns and
dates are resolved, each sentence worth keeping becomes a claim that carries its main triple, and in a chat every
further triple a claim of its own, so that one that ceases to hold does not drag its neighbour along.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import FIRST, Clause, clauses
from graphmem.extraction.dates import DateSpan
from graphmem.extraction.definites import Definite, definites
from graphmem.extraction.documents import by_other_names, of_row
from graphmem.extraction.lists import NO_LAYOUT, Layout, layout
from graphmem.extraction.mentions import (
    common_names,
    each_once,
    learned_name,
    person,
    proper_names,
    shortened,
    spoken_of,
    written_names,
)
from graphmem.extraction.names import canonical, common_key, singular
from graphmem.extraction.parser import installed, parsed
from graphmem.extraction.pieces import Piece, pieces
from graphmem.extraction.quotes import with_quotations
from graphmem.extraction.reading import ANY, Reading, Triple
from graphmem.extraction.referents import THIRD, People, meanings
from graphmem.extraction.sentences import (
    FEWEST_WORDS_OF_DOCUMENT,
    Sentence,
    normalised,
    sentences,
    speakers,
    why_dropped,
)
from graphmem.extraction.timing import Validity, date_of, dates_of, validity, words_in
from graphmem.extraction.topics import Topic, topic_of
from graphmem.extraction.tree import Node, tree
from graphmem.extraction.triples import triples
from graphmem.extraction.unread import FOREIGN, is_foreign
from graphmem.extraction.wording import Wording, capital, clause_words, has_subject
from graphmem.models import Episode, FactKind, Modality, State
from graphmem.protocols import Claim, Extraction, Name, PassedOver, Setting

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULES = "offline-4"
"""Version of the rules; part of the identity, so that what they extracted can be told from what later ones do."""

_CHAT_ROLES = frozenset({"user", "assistant"})
_STOPS = " .!?"


class OfflineExtractor:
    """Reads texts with spaCy and rules: no key, no network, the same answer every time.

    Safe to share between threads. The model is loaded when the first text comes.

    Args:
        model: An installed `en_core_web_*` model by name; by default GRAPHMEM_SPACY_MODEL, or else the small model that
            comes with graphmem.
    """

    blocks = True

    def __init__(self, model: str | None = None) -> None:
        self._wanted = model or os.environ.get("GRAPHMEM_SPACY_MODEL") or None

    @property
    def identity(self) -> str:
        """Version of the rules, and name and version of the model.

        Raises:
            PartMissing: no language model is installed.
        """
        name = installed(self._wanted)
        return f"{RULES}/{name}-{metadata.version(name)}"

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        """One extraction per episode, in order. Time grows with the length of the texts, about 10,000 words a second.

        Raises:
            PartMissing: no language model is installed.
        """
        texts = [normalised(episode.text) for episode in episodes]
        layouts = [NO_LAYOUT if episode.role in _CHAT_ROLES else layout(episode.text) for episode in episodes]
        cuts = [
            pieces(episode.text, text, is_document=episode.role not in _CHAT_ROLES, without=laid_out.tables)
            for episode, text, laid_out in zip(episodes, texts, layouts, strict=True)
        ]
        texts_read = (text[at.start : at.end] for text, cut in zip(texts, cuts, strict=True) for at in cut.read)
        docs = iter(list(self._parsed(texts_read)))  # at once: to read what went before, it is the parser's turn again
        conversations: dict[tuple[str, str | None], People] = {}
        found: list[Extraction] = []
        for episode, setting, cut, laid_out in zip(episodes, settings, cuts, layouts, strict=True):
            read = [(piece, next(docs)) for piece in cut.read]
            if episode.role in _CHAT_ROLES:
                conversation = (episode.space, episode.session)
                if conversation not in conversations:
                    conversations[conversation] = self._people_before(setting)
                people = conversations[conversation]
                people.next_turn()
                found.append(_of_turn(episode, setting, people, read, cut.unread))
            else:
                found.append(_of_document(episode, read, laid_out, cut.unread))
        return found

    def _people_before(self, setting: Setting) -> People:
        """Who was spoken of in the turns before a conversation goes on."""
        people = People()
        for doc, (_, then) in zip(
            self._parsed(normalised(turn.text) for turn, _ in setting.before), setting.before, strict=True
        ):
            people.next_turn()
            nodes = tree(doc)
            meanings(nodes, then, people)
            definites(nodes, people, then)
        return people

    def _parsed(self, texts: Iterable[str]) -> Iterator[Doc]:
        return parsed(texts, installed(self._wanted))


# ------------------------------------------------------------------------------------------------- a turn of a chat


@dataclass(frozen=True, slots=True)
class _Page:
    """One parsed stretch of an episode, read: `offset` is where it starts in the text that was said."""

    episode: Episode
    offset: int
    sentences: Sequence[Sentence]
    clauses: Mapping[int, Clause]
    dates: Mapping[int, Sequence[DateSpan]]  # by the start of the sentence
    reading: Reading
    wording: Wording


def _of_turn(
    episode: Episode,
    setting: Setting,
    people: People,
    read: Sequence[tuple[Piece, Doc]],
    unread: Sequence[PassedOver],
) -> Extraction:
    claims: list[Claim] = []
    passed_over = list(unread)
    learned: str | None = None
    for piece, doc in read:
        voice = setting if piece.spoken_by is None else Setting(piece.spoken_by)
        speaker = person(voice.speaker)
        addressee = person(voice.addressee) if voice.addressee else None
        nodes = tree(doc)
        pronouns = with_quotations(nodes, meanings(nodes, voice, people), voice.speaker)
        named = definites(nodes, people, voice)
        page = _page(episode, piece.start, doc, nodes, pronouns, speaker, addressee, named)
        for sentence in page.sentences:
            told = triples(sentence.nodes, page.reading)
            mentions = [
                *proper_names(sentence.nodes, sentence.text),
                *spoken_of(sentence.nodes, page.reading.pronouns),
                *common_names(sentence.nodes, page.reading.pronouns),
            ]
            if piece.spoken_by is None:
                learned = learned or learned_name(sentence.nodes, told, speaker)
            why = FOREIGN if is_foreign(sentence.text) else why_dropped(sentence, page.clauses)
            if why != FOREIGN and (told or why is None):
                claims += _claims_of_turn(page, sentence, told, each_once(mentions), speaker, is_kept=why is None)
            else:
                passed_over.append(PassedOver(piece.start + sentence.start, piece.start + sentence.end, why))
    passed_over.sort(key=lambda of: of.start)
    state: State = "raw" if not claims and any(of.reason == FOREIGN for of in unread) else "done"
    return Extraction(tuple(claims), learned, state=state, passed_over=tuple(passed_over))


def _page(
    episode: Episode,
    offset: int,
    doc: Doc,
    nodes: Sequence[Node],
    pronouns: Mapping[int, str],
    speaker: Name | None,
    addressee: Name | None,
    named: Mapping[int, Definite] = MappingProxyType({}),
) -> _Page:
    said_on, is_document = episode.said_at.date(), speaker is None
    found = sentences(doc, nodes, is_document=is_document)
    known = clauses(nodes)
    spans = {sentence.start: dates_of(sentence, known, said_on, is_document=is_document) for sentence in found}
    every = [span for of_sentence in spans.values() for span in of_sentence]
    times = frozenset(index for sentence in found for index in words_in(spans[sentence.start], sentence.nodes))
    names = {index: definite.name for index, definite in named.items()}
    reading = Reading(known, pronouns, speaker, addressee, times, names)
    typed = episode.text[offset : offset + len(doc.text)]
    written = {index: definite.text for index, definite in named.items()}
    wording = Wording(nodes, pronouns, speaker.name if speaker else "", every, typed, written)
    return _Page(episode, offset, found, known, spans, reading, wording)


def _claims_of_turn(
    page: _Page,
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
        text = page.wording.of(sentence.nodes)
        if main is not None and main.subject == speaker and _names_nobody(page, main):
            text = capital(f"{speaker.name}: {text}")
        written.add(text.rstrip(_STOPS))
        yield _claim(
            page, sentence, main, text, mentions, main.subject if main else _subject(sentence, mentions, speaker)
        )
    for triple in told:
        if triple is main:
            continue
        text = capital(triple.text or _clause_text(page, triple))
        if text.rstrip(_STOPS) in written:
            if main is not None and triple.subject != main.subject and not triple.is_negated:
                text = capital(_of_one_subject(page, triple))
            elif triple.predicate in lexicons.pairs("phrases"):
                text = capital(_plainly(triple))
            if text.rstrip(_STOPS) in written:
                continue
        written.add(text.rstrip(_STOPS))
        yield _claim(page, sentence, triple, text, mentions, triple.subject)


def _of_one_subject(page: _Page, triple: Triple) -> str:
    """What a clause says of one of several subjects: "Clara and I adopted a rabbit"."""
    clause = page.clauses.get(triple.about.index)
    named = {word for subject in (clause.subjects if clause else ()) for word in subject.subtree}
    words = [word for word in clause_words(triple.about, triple.object_node, triple.siblings) if word not in named]
    return page.wording.of(words, subject=triple.subject.name)


def _plainly(triple: Triple) -> str:
    """A triple with a known predicate as a sentence."""
    return f"{triple.subject.name} {lexicons.pairs('phrases')[triple.predicate]} {triple.object_text}"


def _names_nobody(page: _Page, triple: Triple) -> bool:
    """Whether the speaker is meant without a word: "Just got back"."""
    clause = page.clauses.get(triple.about.index)
    return clause is None or not clause.subjects


def _clause_text(page: _Page, triple: Triple) -> str:
    words = clause_words(triple.about, triple.object_node, triple.siblings)
    subject = None if has_subject(words, triple.about) else triple.subject.name
    if triple.object_node is None or triple.object_node in words:
        return page.wording.of(words, subject=subject)
    # In a relative clause the object stands before it: "the fan I met in Graz".
    if triple.predicate in lexicons.pairs("phrases"):
        return _plainly(triple)
    before = page.wording.of([word for word in words if word.index <= triple.about.index], subject=subject)
    after = page.wording.of([word for word in words if word.index > triple.about.index])
    preposition = triple.predicate.partition(" ")[2]
    return " ".join(f"{before} {preposition} {triple.object_text} {after[:1].lower()}{after[1:]}".split())


def _subject(sentence: Sentence, mentions: Sequence[Name], speaker: Name) -> Name | None:
    if any(node.lower in FIRST for node in sentence.nodes):
        return speaker
    named = [name for name in mentions if not name.is_common]
    return next((name for name in named if name.type == "person"), next(iter(named), None))


def _claim(
    page: _Page,
    sentence: Sentence,
    triple: Triple | None,
    text: str,
    mentions: Sequence[Name],
    subject: Name | None,
) -> Claim:
    about = triple.about if triple is not None else None
    span = date_of(about, page.dates[sentence.start], sentence.nodes, page.clauses)
    clause = page.clauses.get(about.index) if about is not None else _main_clause(page, sentence)
    held = validity(span, triple, clause, page.episode.said_at)
    is_ahead = triple is not None and _is_ahead(clause, held, page.episode)
    named = [name for name in _named_in(text, mentions, triple) if subject is None or name.key != subject.key]
    return Claim(
        text=text,
        start=page.offset + sentence.start,
        end=page.offset + sentence.end,
        subject=subject,
        predicate=triple.predicate if triple else None,
        object=_object(triple, mentions) if triple is not None else None,
        mentions=tuple(named),
        op=triple.op if triple else "assert",
        kind="plan" if is_ahead else triple.kind if triple else _kind(clause),
        is_negated=_is_negated(triple, clause),
        modality="future" if is_ahead else triple.modality if triple else _modality(clause),
        when=held.when,
        valid_from=held.start if page.reading.speaker else None,
        valid_to=held.end if page.reading.speaker else None,
        confidence=triple.confidence if triple else 0.5,
        is_lasting=_is_lasting(page, triple, [*named, *([subject] if subject else [])], held),
    )


def _object(triple: Triple, mentions: Sequence[Name]) -> Name | str | None:
    """What a triple leads to: where its words are exactly those of a thing spoken of, that thing."""
    if triple.object == ANY or isinstance(triple.object, Name):
        return None if triple.object == ANY else triple.object
    key = common_key(triple.object)
    return next(
        (replace(name, name=triple.object) for name in mentions if name.is_common and name.key == key), triple.object
    )


def _is_negated(triple: Triple | None, clause: Clause | None) -> bool:
    if triple is not None:
        return triple.is_negated or triple.op == "retract"
    return clause is not None and clause.is_negated


def _is_ahead(clause: Clause | None, held: Validity, episode: Episode) -> bool:
    """Whether it is told in the present, but dated ahead: "We're going to Japan in October"."""
    if clause is None or held.when is None or held.when.start is None or clause.tense != "present":
        return False
    return clause.predicate.tag == "VBG" and held.when.start > episode.said_at


def _main_clause(page: _Page, sentence: Sentence) -> Clause | None:
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
    inside = [name for name in mentions if {singular(word) for word in name.key.split()} <= words]
    return each_once([*parts, *inside])


def _is_lasting(page: _Page, triple: Triple | None, named: Sequence[Name], held: Validity) -> bool:
    """Whether a claim outlives its session: who people are, where, with whom, what they like or own, dated events."""
    if page.episode.role == "tool":
        return False
    if triple is not None and triple.modality in {"obligation", "ability"}:
        return held.when is not None
    if triple is not None and triple.predicate == "is" and triple.subject.type == "person":
        return True
    if triple is not None and (
        triple.predicate in lexicons.words("lasting") | lexicons.words("kin") or triple.predicate.startswith("favorite")
    ):
        return True
    is_exact = held.when is not None and held.when.grain != "about"
    talking = {page.reading.speaker, page.reading.addressee}
    return is_exact or any(not name.is_common and name not in talking for name in named)


# ------------------------------------------------------------------------------------------------------ a document


def _of_document(
    episode: Episode, read: Sequence[tuple[Piece, Doc]], laid_out: Layout, unread: Sequence[PassedOver]
) -> Extraction:
    topic = Topic(episode.title, is_defined=True) if episode.title else topic_of(episode.text)
    docs = [doc for _, doc in read]
    title = _title(topic, docs)
    is_all_about_it = topic is not None and topic.is_defined
    shorts = shortened(title) if title is not None else []
    lead: Name | None = title
    subject: Name | None = None
    claims: list[Claim] = []
    seen = dict.fromkeys([title] if title else [])  # each once: a long text repeats its names
    passed_over = list(unread)
    for (piece, doc), spoken in zip(read, speakers([doc.text for doc in docs]), strict=True):
        offset = piece.start
        speaker = person(spoken) if spoken else None
        nodes = tree(doc)
        pronouns = _title_pronouns(nodes, title if is_all_about_it else None, seen)
        page = _page(episode, offset, doc, nodes, pronouns, None, None)
        introduced = laid_out.leads.get(offset)
        for sentence in page.sentences:
            mentions = written_names(sentence.nodes, sentence.text)
            seen |= dict.fromkeys(mentions)
            lead = lead or next(iter(mentions), None)
            is_entry = bool(introduced) or (introduced is not None and title is not None)
            if sentence.words < FEWEST_WORDS_OF_DOCUMENT and not is_entry:
                passed_over.append(PassedOver(offset + sentence.start, offset + sentence.end, _TOO_SHORT))
                continue
            opening = None if title and is_all_about_it else _opening(sentence, mentions)
            meant = subject if subject is not None and _points_back(sentence, subject) else lead
            subject = (speaker or meant) if opening is None or (title and _same(opening, title)) else opening
            told = [triple for triple in triples(sentence.nodes, page.reading) if _is_about(triple, subject)]
            text = " ".join(episode.text[offset + sentence.start : offset + sentence.end].split())
            if introduced and text[-1] not in _STOPS:
                text = f"{introduced}: {text}"
            if title is not None and subject is title and not _names(text, title):
                text = f"{title.name}: {text}"
            elif subject is not None and (subject is speaker or meant is not lead) and not _names(text, subject):
                text = f"{subject.name}: {text}"
            named = each_once([*mentions, *shorts])
            claims.append(_claim(page, sentence, told[0] if told else None, text, named, subject))
    if title is not None and topic is not None and topic.is_defined and not episode.title:
        claims += by_other_names(claims, title, topic.others, shorts)
    claims += [of_row(row, title) for row in laid_out.rows]
    return Extraction(tuple(claims), passed_over=tuple(passed_over))


_TOO_SHORT = "too short to say anything of what the text is about"


def _title(topic: Topic | None, docs: Sequence[Doc]) -> Name | None:
    """What a document is about as a name: of somebody, where the model sees that or its beginning says "he"."""
    if topic is None or not canonical(topic.name):
        return None
    key = canonical(topic.name)
    words = set(key.split())
    opening = [token for doc in docs[:1] for token in doc]
    is_person = any(t.lower_ in THIRD or (t.ent_type_ == "PERSON" and t.lower_ in words) for t in opening)
    return Name(topic.name, key, "person" if is_person else "thing")


def _title_pronouns(nodes: Sequence[Node], title: Name | None, seen: Iterable[Name]) -> dict[int, str]:
    """Whom "he" and "she" name in a document about one person, as long as it names no other."""
    found: dict[int, str] = {}
    if title is None or any(name.type == "person" and not _same(name, title) for name in seen):
        return found
    for node in nodes:
        if node.entity == "PERSON" and node.lower not in title.key.split():
            break
        if node.lower in THIRD:
            found[node.index] = title.name
    return found


def _points_back(sentence: Sentence, before: Name) -> bool:
    """Whether a sentence opens with a pronoun that can mean what the sentence before it was about."""
    opening = sentence.nodes[0].lower
    if opening in THIRD:
        return before.type == "person"
    return opening in {"they", "their"} or (opening in {"it", "its"} and before.type != "person")


def _names(text: str, name: Name) -> bool:
    return f" {name.key} " in f" {canonical(text)} "


def _same(name: Name, title: Name) -> bool:
    return set(name.key.split()) <= set(title.key.split())


def _is_about(triple: Triple, subject: Name | None) -> bool:
    return subject is not None and triple.op != "retract" and _same(triple.subject, subject)


def _opening(sentence: Sentence, mentions: Sequence[Name]) -> Name | None:
    start = canonical(sentence.text[:_OPENING])
    return next((name for name in mentions if start.startswith(name.key)), None)


_OPENING = 80  # characters: enough for the longest name and "The" before it
