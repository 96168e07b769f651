"""From a text to what is worth reading: lines and paragraphs to parse, sentences within them, which of them to keep.

Everything keeps its place: whatever is cleaned before parsing keeps its length, so that a character of the parsed text
is the same character of the text that was said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphmem.extraction import lexicons
from graphmem.extraction.clauses import FIRST, Clause, is_question, order
from graphmem.extraction.lists import MARK
from graphmem.extraction.nodes import SUBJECT_ROLES, Node
from graphmem.extraction.referents import THIRD
from graphmem.extraction.unread import CODE, LINKS

if TYPE_CHECKING:
    from spacy.tokens import Doc

LONGEST = 5_000
"""Characters parsed at once. Longer paragraphs are cut between sentences; a parser's memory grows with the text."""

FEWEST_WORDS = 4
"""A shorter chat sentence names no subject worth keeping ("Sounds good to me", "No way")."""

FEWEST_WORDS_OF_DOCUMENT = 3

STOPS = " .!?"
"""What a sentence ends with."""

_CHARACTERS = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " ", "\n": " ", "\r": " "}
)
_DASH = re.compile(r"(?<=\s)[-–—](?=\s)")
_PICTURE = "\x1a"
_PAUSE = re.compile(rf"(?<=[a-z0-9])([ ]){_PICTURE}({_PICTURE}*[ ])(?=[A-Z][a-z])")  # monday [a bag] Ada starts
_CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|^(?:```|~~~).*\Z", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_SPOKEN = re.compile(r"\s*([A-Z][\w .'-]{0,30}):\s")
_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*\s+")
_ENDED = re.compile(r"[.!?…:;][\"')\]\s]*\Z")
QUESTION = "a question"
PASSING = "a greeting, thanks or an answer in passing"
"""Why a sentence is dropped, where others ask which it was."""

_GREETING = re.compile(
    r"\s*(?:hey|hi|hello|thanks|thank you|bye|goodbye|congrats|congratulations|wow|awesome|great|cool|nice|yeah|yep|"
    r"sure|ok|okay|good luck|take care|see you|talk (?:to you )?(?:soon|later)|no (?:problem|worries)|absolutely|"
    r"definitely|exactly|agreed|welcome|sounds|glad|happy to|sorry)\b[^.!?]{0,40}[.!?]*\s*",
    re.IGNORECASE,
)
_FEWEST_LABELS = 2  # as many speakers may say one line each; more of them, and without a full stop, are labels
_LONG_LINE = 60  # characters: a line of wrapped prose, not a heading


def normalised(text: str) -> str:
    """The text as the parser likes it, character for character: plain apostrophes, dashes as pauses, no emoji, except
    as a pause before a word in capitals.

    >>> normalised("It’s late — good night 🌙")
    "It's late ; good night  "
    """
    text = _DASH.sub(";", text.translate(_CHARACTERS))
    if text.isascii():
        return text
    return _PAUSE.sub(
        r"\1;\2", "".join(_PICTURE if not char.isascii() and _is_picture(char) else char for char in text)
    ).replace(_PICTURE, " ")


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk", "Cf", "Co"} or "\ufe00" <= char <= "\ufe0f"


# ------------------------------------------------------------------------------------------------- what is parsed


def units(text: str, *, is_document: bool, without: Sequence[tuple[int, int]] = ()) -> Iterator[tuple[int, int]]:
    """The stretches `[start, end)` that are parsed one by one, in order.

    A line of a chat; of a document a paragraph, a heading or an entry of a list. Code blocks, lines that are nothing
    but links, and the lines of tables (`without`), which have no sentences to parse, are left out. Nothing is cut
    inside a sentence, unless it runs on for `LONGEST` characters.
    """
    for start, end in _prose(text, without):
        for first, last in _paragraphs(text, start, end) if is_document else _lines(text, start, end):
            stretch = _LINK.sub("", text[first:last])
            if any(char.isalpha() for char in stretch):
                yield from _cut(text, first, last)


def left_out(text: str, stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """What of a text `units` left out, as `[start, end)` with the reason: blocks of code, lines of links alone."""
    for block in _CODE.finditer(text):
        yield *block.span(), CODE
    for link in _LINK.finditer(text):
        if not any(start <= link.start() < end for start, end in stretches):
            yield *link.span(), LINKS


def spoken_words(text: str, start: int, end: int) -> int:
    """Where the words of a speaker begin whose name and a colon open a line."""
    label = _SPOKEN.match(text, start, end)
    return start if label is None else label.end()


def _prose(text: str, without: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    position = 0
    for start, end in sorted([*(block.span() for block in _CODE.finditer(text)), *without]):
        if start >= position:
            yield position, start
        position = max(position, end)
    yield position, len(text)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline
        if start < stop:
            mark = MARK.match(text, start, stop)
            yield (mark.end() if mark else start), stop
        start = stop + 1


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    opened: int | None = None
    line = (start, start)
    for first, last in _lines(text, start, end):
        is_next = first == line[1] + 1 and not _SPOKEN.match(text, first, last)
        if opened is not None and not (is_next and _wraps(text[slice(*line)])):
            yield opened, line[1]
            opened = None
        opened = first if opened is None else opened
        line = (first, last)
    if opened is not None:
        yield opened, line[1]


def speakers(stretches: Sequence[str]) -> list[str | None]:
    """Who says each stretch of a record of a talk, where most begin with a name and a colon; None for all of others,
    such as "Employer: Acme", "City: Ghent".

    >>> speakers(["Ada: I sell flour. It is rye.", "Bo: Good.", "They laugh."])
    ['Ada', 'Bo', None]
    """
    said = [_SPOKEN.match(stretch) for stretch in stretches]
    named = [match[1] for match in said if match is not None]
    is_form = any(name.lower() in lexicons.pairs("labels") for name in named) or (
        len(named) == len(set(named)) > _FEWEST_LABELS and not any(_ENDED.search(stretch) for stretch in stretches)
    )
    is_talk = len(set(named)) > 1 and len(named) * 2 > len(stretches) and not is_form
    return [match[1] if is_talk and match is not None else None for match in said]


def _wraps(line: str) -> bool:
    """Whether a line goes on in the next: it is long and ends in the middle of a sentence."""
    line = line.rstrip()
    return len(line) >= _LONG_LINE and (line[-1] not in ".!?:;" or _is_abbreviated(line))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        stop = start + LONGEST
        ends = [match.end() for match in _SENTENCE_END.finditer(text, start, stop)]
        whole = (place for place in reversed(ends) if not _is_abbreviated(text[max(start, place - 20) : place]))
        cut = next(whole, None) or text.rfind(" ", start + 1, stop) + 1 or stop
        yield start, cut
        start = cut
    yield start, end


def _is_abbreviated(text: str) -> bool:
    """Whether the last word of a text only looks like the end of a sentence."""
    last = text.split()[-1].lstrip("(\"'") if text.strip() else ""
    is_initial = len(last) == 2 and last[0].isupper() and last[1] == "." and last != "I."
    return is_initial or last.lower() in lexicons.words("abbreviations")


# ---------------------------------------------------------------------------------------------------- sentences


@dataclass(frozen=True, slots=True)
class Sentence:
    """The nodes of one sentence, without the blanks and marks around it; `[start, end)` in the parsed text."""

    nodes: tuple[Node, ...]
    start: int
    end: int
    text: str

    @property
    def words(self) -> int:
        """How many of its nodes are made of letters."""
        return sum(node.text.isalpha() for node in self.nodes)


def sentences(doc: Doc, nodes: Sequence[Node], *, is_document: bool = False) -> list[Sentence]:
    """The sentences of a parsed text, as the parser found them, except that none ends at an abbreviation or initial.

    In a document, where people mind their full stops, none ends without a mark either: the parser likes to begin anew
    at a quoted title. In a chat they do not, and the parser is right.
    """
    found: list[Sentence] = []
    pending: list[Node] = []
    text = doc.text  # put together anew each time it is asked for
    for span in doc.sents:
        pending += nodes[span.start : span.end]
        written = text[span.start_char : span.end_char]
        if _is_abbreviated(written) or not written.strip():
            continue
        if is_document and not _ENDED.search(written):
            continue
        if (sentence := _sentence(text, pending)) is not None:
            found.append(sentence)
        pending = []
    if pending and (sentence := _sentence(text, pending)) is not None:
        found.append(sentence)
    return found


def _sentence(text: str, nodes: Sequence[Node]) -> Sentence | None:
    inner = list(nodes)
    while inner and not inner[0].text.strip(" \t\n;-"):
        inner.pop(0)
    while inner and not inner[-1].text.strip(" \t\n;-"):
        inner.pop()
    if not inner:
        return None
    start, end = inner[0].start, inner[-1].end
    return Sentence(tuple(inner), start, end, text[start:end])


# ------------------------------------------------------------------------------------------------- which are kept


def why_dropped(sentence: Sentence, known: Mapping[int, Clause]) -> str | None:
    """Why a sentence of a chat is not kept as a fact, in words; None for one that tells something: of the speaker, of
    somebody named, of somebody's sister or dog.
    """
    if is_question(sentence.nodes):
        return QUESTION
    if _GREETING.fullmatch(sentence.text):
        return PASSING
    if order(sentence.nodes) is not None:
        return "an order or a request"
    if sentence.words < FEWEST_WORDS:
        return "too short to say of whom or what it is"
    if _names_somebody(sentence, known):
        return None
    verbs = [node for node in sentence.nodes if node.pos in {"VERB", "AUX"} or node.first("cop")]
    if any(_tells(verb, known.get(verb.index)) for verb in verbs):
        return None
    if not verbs:
        return "no statement: it has no verb"
    if any(_is_open(known.get(verb.index)) for verb in verbs):
        return "only supposed, possible or advised"
    return "too vague: it names nobody and nothing that it could be found by"


def _is_open(clause: Clause | None) -> bool:
    return clause is not None and clause.modality in {"hypothetical", "possible", "advice"}


def _names_somebody(sentence: Sentence, known: Mapping[int, Clause]) -> bool:
    """Whether a name stands in it together with something to say, as a fact, however it is put: "casings: Delmare"."""
    if any(_is_open(known.get(node.index)) for node in sentence.nodes):
        return False
    names = [node for node in sentence.nodes if node.pos == "PROPN" and node.text[0].isupper()]
    return bool(names) and any(node.pos in {"NOUN", "NUM", "VERB"} for node in sentence.nodes)


def _tells(verb: Node, clause: Clause | None) -> bool:
    if _is_open(clause) and not _wishes(verb):
        return False
    subject = verb.first(*SUBJECT_ROLES)
    if subject is None:
        is_about_someone = verb.role == "root" and verb.tag in {"VBD", "VBN", "VBG"}
    else:
        is_somebody = subject.lower in THIRD or subject.lower in {"they", "it"}
        is_thing = subject.pos == "NOUN" and subject.lower not in lexicons.words("vague")
        is_about_someone = _is_known(subject) or is_thing or (is_somebody and verb.first("obj") is not None)
    if not is_about_someone:
        return False
    if verb.first("cop") and (verb.lower in lexicons.words("feelings") or verb.pos in {"ADV", "PRON"}):
        return False
    if verb.lemma in lexicons.words("phatic") and verb.first("obl") is None:
        return False
    return any(below.pos in {"NOUN", "PROPN", "NUM"} for below in verb.subtree if below is not subject)


def _wishes(verb: Node) -> bool:
    """Whether it says "I would love to ..."."""
    return verb.lemma in {"love", "like"} and not {"if", "unless"} & set(verb.markers)


def _is_known(subject: Node) -> bool:
    owner = subject.owner
    return (
        subject.lower in FIRST
        or subject.pos == "PROPN"
        or subject.entity in {"PERSON", "ORG", "GPE", "LOC", "FAC"}
        or subject.lower in lexicons.words("kin")
        or (owner is not None and owner.lower in FIRST)
    )
