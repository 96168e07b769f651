"""A document: its sentences about what it is about, rows of its tables, and its topic by other names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from graphmem.extraction import lexicons
from graphmem.extraction.claims import Page, claim_of, clause_text, page_of, plainly
from graphmem.extraction.labels import claim_of_label, is_holder, of_cell, of_entry, of_line
from graphmem.extraction.lists import Layout, Row
from graphmem.extraction.meant import Focus, Meant
from graphmem.extraction.mentions import each_once, person, shortened, written_names
from graphmem.extraction.names import canonical, spans
from graphmem.extraction.pieces import Piece
from graphmem.extraction.reading import Triple
from graphmem.extraction.referents import THIRD
from graphmem.extraction.sentences import FEWEST_WORDS_OF_DOCUMENT, STOPS, Sentence, sentences, speakers
from graphmem.extraction.topics import Topic, topic_of
from graphmem.extraction.tree import tree
from graphmem.extraction.triples import triples
from graphmem.extraction.wording import capital
from graphmem.models import Episode
from graphmem.protocols import Claim, Extraction, Name, PassedOver

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


_CONFIDENCE = 0.5
_LONGEST_NAME = 6


def of_document(
    episode: Episode, read: Sequence[tuple[Piece, Doc]], laid_out: Layout, unread: Sequence[PassedOver]
) -> Extraction:
    """The claims of a document: a sentence each, with its triple where that is about what the sentence is about."""
    topic = Topic(episode.title, is_defined=True) if episode.title else topic_of(episode.text)
    docs = [doc for _, doc in read]
    document = _Document(episode, topic, docs)
    title, claims = document.title, document.claims
    holder: Name | None = None
    written = [doc.text for doc in docs]
    for (piece, doc), said, spoken in zip(read, written, speakers(written), strict=True):
        speaker = person(spoken) if spoken else None
        holder = _holder(said, doc) or (None if _is_heading(episode.text, piece) else holder)
        labelled = of_line(said) or of_entry(said) if speaker is None else []
        if labelled and (about := holder or title) is not None:
            claims += (claim_of_label(of, about, piece) for of in labelled)
        else:
            document.read(piece, doc, speaker, laid_out.leads.get(piece.start))
    if title is not None and topic is not None and topic.is_defined and not episode.title:
        claims += by_other_names(claims, title, topic.others, document.shorts)
    claims += [claim for row in laid_out.rows for claim in of_row(row, title)]
    return Extraction(tuple(claims), passed_over=(*unread, *document.passed_over))


class _Document:
    """A document while it is read: what it is about, what its last sentence was about, and its claims so far."""

    def __init__(self, episode: Episode, topic: Topic | None, docs: Sequence[Doc]) -> None:
        self.title = _title(topic, docs)
        self.shorts = shortened(self.title) if self.title is not None else []
        self.claims: list[Claim] = []
        self.passed_over: list[PassedOver] = []
        self._episode = episode
        self._focus = Focus(self.title, topic.others) if self.title and topic and topic.is_defined else None
        self._subject: Name | None = None

    def read(self, piece: Piece, doc: Doc, speaker: Name | None, introduced: str | None) -> None:
        """Read a stretch; `introduced` is what stands above an entry of a list, "" for nothing, None for no entry."""
        nodes = tree(doc)
        found = sentences(doc, nodes, is_document=True)
        meant = self._focus.read(found) if self._focus is not None else Meant()
        page = page_of(
            self._episode, piece.start, found, nodes, meant.pronouns, named=meant.definites, topic=self.title
        )
        is_entry = bool(introduced) or (introduced is not None and self.title is not None)
        for sentence in page.sentences:
            if sentence.words < FEWEST_WORDS_OF_DOCUMENT and not is_entry:
                start = piece.start
                self.passed_over.append(PassedOver(start + sentence.start, start + sentence.end, _TOO_SHORT))
            else:
                self._read_sentence(page, sentence, speaker, introduced)

    def _read_sentence(self, page: Page, sentence: Sentence, speaker: Name | None, introduced: str | None) -> None:
        mentions = written_names(sentence.nodes, sentence.text)
        told = triples(sentence.nodes, page.reading)
        before = self._subject if self._subject is not None and _points_back(sentence, self._subject) else self.title
        opening = _opening(sentence, mentions) if self._focus is None else None  # else it is all about its title
        if opening is not None and not (self.title and _same(opening, self.title)):
            subject = opening
        else:
            subject = speaker or before or _told_of(told)
        self._subject = subject
        is_to_name = subject is self.title or subject is speaker or before is not self.title
        text = self._worded(page, sentence, introduced, subject if is_to_name else None)
        about = [triple for triple in told if _is_about(triple, subject)]
        main = min(about, key=_depth, default=None)
        self.claims.append(claim_of(page, sentence, main, text, each_once([*mentions, *self.shorts]), subject))
        if subject is not None:
            others = [triple for triple in about if triple is not main]
            self.claims += further(page, sentence, others, text, mentions, subject)

    def _worded(self, page: Page, sentence: Sentence, introduced: str | None, subject: Name | None) -> str:
        """A sentence with what introduces it, and whom it is about where it does not name them."""
        text = " ".join(self._episode.text[page.offset + sentence.start : page.offset + sentence.end].split())
        if introduced and text[-1] not in STOPS:
            text = f"{introduced}: {text}"
        return text if subject is None or _names(text, subject) else f"{subject.name}: {text}"


_TOO_SHORT = "too short to say anything of what the text is about"


def _holder(text: str, doc: Doc) -> Name | None:
    """Whom the labels below a line are about, where it is nothing but a name."""
    line = text.strip(" #*_:")
    if not is_holder(line, [token.ent_type_ for token in doc if token.is_alpha]):
        return None
    is_person = any(token.ent_type_ == "PERSON" for token in doc)
    return Name(line, canonical(line), "person" if is_person else "thing")


def _is_heading(text: str, piece: Piece) -> bool:
    return text[text.rfind("\n", 0, piece.start) + 1 : piece.start].lstrip().startswith("#")


def _title(topic: Topic | None, docs: Sequence[Doc]) -> Name | None:
    """What a document is about as a name: of somebody, where the model sees that or its beginning says "he"."""
    if topic is None or not canonical(topic.name):
        return None
    key = canonical(topic.name)
    words = set(key.split())
    opening = [token for doc in docs[:1] for token in doc]
    is_person = any(t.lower_ in THIRD or (t.ent_type_ == "PERSON" and t.lower_ in words) for t in opening)
    if (pronoun := _first_pronoun(opening)) is not None:
        is_person = pronoun in THIRD
    elif any(token.dep_ == "attr" and token.lower_ in _things() for token in opening):  # "is a company"
        is_person = False
    return Name(topic.name, key, "person" if is_person else "thing")


def _first_pronoun(opening: Sequence[Token]) -> str | None:
    """The first pronoun that opens a sentence, "she" or "its": what an article goes on about."""
    return next((t.lower_ for t in opening if t.is_sent_start and t.lower_ in _GOES_ON), None)


def _things() -> frozenset[str]:
    """Nouns for what is nobody: "film", "village", "company"."""
    return frozenset((*lexicons.pairs("same_class"), *lexicons.pairs("same_class").values())) | frozenset(
        lexicons.pairs("class_nouns")
    )


_GOES_ON = THIRD.keys() | {"it", "its"}


def _points_back(sentence: Sentence, before: Name) -> bool:
    """Whether a sentence opens with a pronoun that can mean what the sentence before it was about."""
    opening = sentence.nodes[0].lower
    if opening in THIRD:
        return before.type == "person"
    return opening in {"they", "their"} or (opening in {"it", "its"} and before.type != "person")


def _names(text: str, name: Name) -> bool:
    return f" {name.key} " in f" {canonical(text)} "


def _told_of(told: Sequence[Triple]) -> Name | None:
    """The name that is the subject of a sentence's main clause."""
    main = min(told, key=_depth, default=None)
    return main.subject if main is not None and not main.subject.is_common else None


def _same(name: Name, title: Name) -> bool:
    return set(name.key.split()) <= set(title.key.split())


def _is_about(triple: Triple, subject: Name | None) -> bool:
    return subject is not None and triple.op != "retract" and _same(triple.subject, subject)


def further(
    page: Page, sentence: Sentence, told: Sequence[Triple], text: str, mentions: Sequence[Name], subject: Name
) -> Iterator[Claim]:
    """What else a sentence says of what it is about, a claim each in its own words.

    Not what it says of others in passing: their own texts tell of them, and a name that is the subject of facts
    everywhere leads nowhere (2 points of R@5 on 2Wiki).
    """
    written = {text.rstrip(STOPS)}
    for triple in told:
        said = capital(triple.text or clause_text(page, triple))
        if said.rstrip(STOPS) in written and triple.predicate in lexicons.pairs("phrases"):
            said = plainly(triple)
        if _is_telling(triple) and said.rstrip(STOPS) not in written:
            written.add(said.rstrip(STOPS))
            yield claim_of(page, sentence, triple, said, mentions, subject)


def _is_telling(triple: Triple) -> bool:
    """Whether it leads to more than "the team", and is no purpose: "to win"."""
    object_ = triple.object
    is_clear = isinstance(object_, str) or not object_.is_common or "'s " in object_.name
    return is_clear and triple.op == "assert" and "to" not in triple.about.markers


def _depth(triple: Triple) -> int:
    """How far below the verb of the sentence it is said: "based in Leeds" stands below "is a charity"."""
    return sum(1 for _ in triple.about.ancestors())


def _opening(sentence: Sentence, mentions: Sequence[Name]) -> Name | None:
    start = canonical(sentence.text[:_OPENING])
    return next((name for name in mentions if start.startswith(name.key)), None)


_OPENING = 80  # characters: enough for the longest name and "The" before it


def of_row(row: Row, topic: Name | None) -> Iterator[Claim]:
    """A row of a table, about the name in its first cell, or else about what the document is about; and each of its
    cells, where what stands above or before it says what it tells of that.
    """
    first = row.cells[0][1]
    is_name = spans(first) == [first] and len(first.split()) <= _LONGEST_NAME
    subject = Name(first, canonical(first)) if is_name and any(head for head, _ in row.cells) else topic
    named = each_once(Name(span, canonical(span)) for _, cell in row.cells for span in spans(cell))
    others = [name for name in named if subject is None or name.key != subject.key]
    text = row.text if topic is None or topic.name in row.text else f"{topic.name}: {row.text}"
    told = list(_of_cells(row, subject, topic)) if subject is not None else []
    if told and subject is topic and len(row.cells) == _LABEL_AND_VALUE:
        yield from told
        return
    yield Claim(
        text=text,
        start=row.start,
        end=row.end,
        subject=subject,
        mentions=(*others, *((topic,) if topic is not None and topic is not subject else ())),
        kind="note",
        confidence=_CONFIDENCE,
        is_lasting=bool(named),
    )
    yield from told


def _of_cells(row: Row, subject: Name, topic: Name | None) -> Iterator[Claim]:
    has_heads = any(head for head, _ in row.cells)
    pairs = [(head, cell) for head, cell in row.cells[subject is not topic :] if head] if has_heads else []
    if not has_heads and subject is topic and len(row.cells) == _LABEL_AND_VALUE:
        pairs = [(row.cells[0][1], row.cells[1][1])]
    at = Piece(row.start, row.end)
    yield from (claim_of_label(of, subject, at) for head, cell in pairs for of in of_cell(head, cell) if of.is_known)


_LABEL_AND_VALUE = 2


def by_other_names(
    claims: Sequence[Claim], topic: Name, others: Sequence[str], shorts: Sequence[Name]
) -> Iterator[Claim]:
    """The sentence that says what a document is about once more, about each other name of that.

    Other texts may know it by that name only, whichever comes first. Nothing is merged: two people of one short name
    share it, each with the full name beside it, and no such claim can end another.
    """
    about = [claim for claim in claims if claim.subject is topic]
    opening = next((claim for claim in about if _opens_with(claim.text, topic.name)), None)
    told: dict[str, Claim] = {}
    for other in others if about else ():
        name = Name(other, canonical(other), topic.type)
        told[name.key] = _once_more(about[0], name, topic, f"{other}: ")
    if opening is not None:
        for short in shorts:
            told.setdefault(short.key, _once_more(opening, short, topic, f"{short.name}, in full "))
    yield from told.values()


def _opens_with(text: str, name: str) -> bool:
    return f"{canonical(text)} ".startswith(f"{canonical(name)} ")


def _once_more(claim: Claim, subject: Name, topic: Name, opening: str) -> Claim:
    named = each_once([topic, *(name for name in claim.mentions if name.key != subject.key)])
    return replace(
        claim,
        text=opening + claim.text,
        subject=subject,
        predicate=None,
        object=None,
        mentions=tuple(named),
        op="assert",
        confidence=_CONFIDENCE,
    )
