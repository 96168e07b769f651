"""What a recall found as numbered notes for a language model: fenced as data, each once, within a budget."""

from collections.abc import Iterator, Mapping, Sequence

from graphmem.models import Citation, Hit, Recall
from graphmem.recall import fence
from graphmem.recall.context import CHARACTERS_A_TOKEN, safe

LONGEST_NOTE = 1_500
"""Characters that are shown of one note."""

LONGEST_NAME = 100
"""Characters that are shown of who said it."""


def notes_of(recall: Recall) -> list[Citation]:
    """Everything that the hits of a recall say, best first and along their paths, each fact or episode once."""
    found: dict[tuple[str | None, str], Citation] = {}
    for hit in recall.hits:
        for note in _of_hit(hit):
            found.setdefault((note.fact_id, note.episode_id), note)
    return list(found.values())


def best_path(recall: Recall) -> list[Citation]:
    """What the best hit rests on."""
    return list(_of_hit(recall.hits[0])) if recall.hits else []


def _of_hit(hit: Hit) -> Iterator[Citation]:
    for step in hit.path.steps if hit.path else ():
        yield Citation(
            fact_id=step.fact_id,
            episode_id=step.episode_id,
            source_id=step.source_id,
            text=step.text,
            quote=step.quote,
            said_at=step.said_at,
            speaker=step.speaker,
        )
    if not hit.path:
        yield whole(hit)


def whole(hit: Hit) -> Citation:
    """A hit as one note, with the path that leads to it in a line."""
    return Citation(
        fact_id=hit.fact.id if hit.fact else None,
        episode_id=hit.episode_id,
        source_id=hit.source_id,
        text=str(hit.path) if hit.path else hit.text,
        quote=hit.quote,
        said_at=hit.said_at,
        speaker=hit.speaker,
    )


def shown(question: str, notes: Sequence[Citation], marks: Mapping[str, str], *, max_tokens: int) -> tuple[str, int]:
    """A question with its notes as a prompt, and how many of them fit."""
    opening, closing = fence.marks()
    lines: list[str] = []
    room = max_tokens * CHARACTERS_A_TOKEN
    for number, note in enumerate(notes, 1):
        mark = marks.get(note.fact_id or "") or marks.get(note.episode_id)
        line = _line(f"[{number}]", note, mark)
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    asked = f"QUESTION {safe(question)}"
    return "\n".join(["NOTES", opening, *lines, closing, asked]), len(lines)


def _line(number: str, note: Citation, mark: str | None) -> str:
    """A note on one line: the statement, in whose words where these say more, when, and whether to trust it. Only what
    it says is cut.
    """
    text, quote = safe(note.text), safe(note.quote)
    told = text if quote in (text, "") else f"{text} — “{quote}”"
    who = [safe(note.speaker)[:LONGEST_NAME]] if note.speaker else []
    known = f"({', '.join([*who, f'{note.said_at:%Y-%m-%d}', *([mark] if mark else ())])})"
    return f"{number} {told[: LONGEST_NOTE - len(number) - len(known) - 2]} {known}"


def marks_of(recall: Recall) -> dict[str, str]:
    """What to say of episodes whose matching facts do not hold at the moment asked about, and of facts in dispute."""
    outdated = {hit.episode_id: "no longer holds" for hit in recall.hits if hit.is_outdated}
    return outdated | {hit.fact.id: "disputed" for hit in recall.hits if hit.is_disputed and hit.fact}
