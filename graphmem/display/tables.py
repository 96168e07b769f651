"""Tables of what memory holds, as HTML. Every text is escaped here and nowhere else; styles may be taken away."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import count
from typing import cast

from graphmem.counted import counted
from graphmem.difference import DROPPED, LEARNED, Diff
from graphmem.display.labels import cut, plain
from graphmem.display.scene import span
from graphmem.models import Change, Citation, Doubt, Entity, Fact, Hit, Path, Recall, Receipt, Step

LENGTH = 160  # characters of a text in a table; all of it is in the title of its cell
SHORT = 40
ROWS = 50
LEFT = "text-align:left;vertical-align:top;padding:2px 10px 2px 2px"
WHOLE = "white-space:nowrap"

Cell = str  # HTML that is escaped already


def said(text: str, length: int = LENGTH) -> Cell:
    """A remembered text as a cell: cut where it is long, with all of it in its title; right-to-left where it is so."""
    shown = plain(text)
    title = f' title="{escape(shown)}"' if len(shown) > length else ""
    return f'<bdi dir="auto"{title}>{escape(cut(shown, length))}</bdi>'


def day(moment: datetime | None) -> Cell:
    """The day of a moment, with the time in its title."""
    return f'<span style="{WHOLE}" title="{moment:%Y-%m-%d %H:%M:%S} UTC">{moment:%Y-%m-%d}</span>' if moment else ""


def source(name: str | None) -> Cell:
    """Where something was said, in one line: many are words joined by hyphens, at which pages break."""
    return f'<span style="{WHOLE}">{said(name or "", SHORT)}</span>'


def id_of(record: str | None) -> Cell:
    """An id, as what is typed."""
    return f"<code>{said(record, SHORT)}</code>" if record else ""


def bar(score: float) -> Cell:
    """A score in [0, 1] as a number over a bar."""
    part = 100 * min(1.0, max(0.0, score))
    return (
        f'{score:.2f}<div style="width:4em;height:4px;border-radius:2px;background:#8b949e55">'
        f'<div style="width:{part:.0f}%;height:4px;border-radius:2px;background:#1f6feb"></div></div>'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table of cells that are HTML already; rows beyond 50 are counted."""
    kept = list(rows)
    left_out = len(kept) - ROWS
    head = "".join(f'<th style="{LEFT};{WHOLE}">{escape(name)}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in kept[:ROWS])
    note = f"<p>and {left_out} more</p>" if left_out > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _cell(content: Cell) -> str:
    return f'<td style="{LEFT}">{content}</td>'


def of_recall(recall: Recall) -> str:
    """The hits, best first, each with its path, its source and who said it when."""
    heads = ("score", "what is known", "said", "by", "source")
    return table(heads, map(_hit, recall.hits))


def _hit(hit: Hit) -> list[Cell]:
    what = said(hit.text)
    led = [step for step in hit.path.steps if step.text != hit.text] if hit.path is not None else []
    if led:
        what += "".join(f"<br>↳ {said(step.text)}" for step in reversed(led))
    if hit.is_outdated:
        what += "<br><em>no longer holds</em>"
    return [bar(hit.score), what, day(hit.said_at), said(hit.speaker or "", SHORT), source(hit.source_id)]


def of_path(path: Path) -> str:
    """The steps of a path, each with the words it was read from."""
    return table(("fact", "leads on by", "in the words", "said", "by", "source"), map(_step, path.steps))


def _step(step: Step) -> list[Cell]:
    via, speaker = (said(text or "", SHORT) for text in (step.via, step.speaker))
    return [said(step.text), via, said(step.quote), day(step.said_at), speaker, source(step.source_id)]


def of_paths(paths: Iterable[Path]) -> str:
    """Paths, a line each."""
    return table(("facts", "path"), ([str(len(path)), said(str(path), 2 * LENGTH)] for path in paths))


def of_facts(facts: Iterable[Fact]) -> str:
    """Facts, with what they say of whom and when they hold."""
    heads = ("fact", "subject", "predicate", "object", "holds", "confidence", "id")
    return table(heads, map(_fact, facts))


def _fact(fact: Fact) -> list[Cell]:
    parts = [said(part or "", SHORT) for part in (fact.subject, fact.predicate, fact.object)]
    holds = f'<span style="{WHOLE}">{escape(span(fact.valid_from, fact.valid_to))}</span>'
    return [said(fact.text), *parts, holds, bar(fact.confidence), id_of(fact.id)]


def of_changes(changes: Iterable[Change]) -> str:
    """Entries of the journal, with reasons."""
    heads = ("at", "what happened", "to", "reason", "by", "fact")
    return table(heads, map(_change, changes))


def _change(change: Change) -> list[Cell]:
    to = said(change.text) if change.text else id_of(change.fact_id or change.episode_id)
    reason, actor = (said(text or "", SHORT * 2) for text in (change.reason, change.actor))
    return [day(change.at), escape(change.kind), to, reason, actor, id_of(change.fact_id)]


def of_diff(diff: Diff) -> str:
    """What changed, oldest first, with + for what was learned and − for what is believed no longer."""
    signs = dict.fromkeys(LEARNED, "+") | dict.fromkeys(DROPPED, "−")
    heads = ("", "at", "what happened", "to", "reason", "by", "fact")
    return table(heads, ([signs.get(change.kind, "~"), *_change(change)] for change in diff.changes))


def of_citations(citations: Iterable[Citation]) -> str:
    """What an answer rests on, numbered as in its text."""
    return table(("", "what is known", "in the words", "said", "by", "source"), map(_citation, count(1), citations))


def _citation(number: int, cited: Citation) -> list[Cell]:
    who, where = said(cited.speaker or "", SHORT), source(cited.source_id)
    return [f"[{number}]", said(cited.text), said(cited.quote), day(cited.said_at), who, where]


def of_entities(entities: Iterable[Entity]) -> str:
    """Who and what is known, with the number of episodes that name it."""
    heads = ("name", "also", "type", "episodes")
    return table(
        heads,
        (
            [said(each.name, SHORT * 2), said(", ".join(each.aliases)), escape(each.type), str(each.degree)]
            for each in entities
        ),
    )


def of_doubts(doubts: Iterable[Doubt]) -> str:
    """What is doubtful and what to call then."""
    heads = ("score", "doubt", "why", "to confirm", "to reject")
    return table(
        heads,
        (
            [
                bar(each.score),
                escape(each.kind),
                said(each.reason, 2 * LENGTH),
                *map(_call, (each.confirm, each.reject)),
            ]
            for each in doubts
        ),
    )


def _call(call: str | None) -> Cell:
    return f"<code>{said(call)}</code>" if call else ""


def of_receipt(receipt: Receipt) -> str:
    """What went, what was out of reach, and what a search afterwards still found."""
    verb = "would be erased" if receipt.is_dry_run else "erased"
    rows = [[verb, escape(counted(many, kind))] for kind, many in receipt.erased.items() if many]
    rows += [["<strong>not reached</strong>", said(place)] for place in receipt.unreached]
    rows += [
        ["<strong>still found</strong>", escape(counted(many, kind))] for kind, many in receipt.left.items() if many
    ]
    if receipt.resembling:
        rows.append(["alike", f"{counted(receipt.resembling, 'records')} with a part of the name, left alone"])
    if not receipt.is_dry_run and not any(receipt.left.values()):
        rows.append(["searched again", "nothing is left"])
    return table(("", "what"), rows)


def of_fields(fields: Mapping[str, object]) -> str:
    """Names and values of any other model; what is empty or not so is left out."""
    told = ((name, value) for name, value in fields.items() if value not in (None, "", (), {}) and value is not False)
    return table(("", "value"), ([escape(name), said(_value(value), 2 * LENGTH)] for name, value in told))


def _value(value: object) -> str:
    match value:
        case float():
            return f"{value:.2f}"
        case Mapping():
            held = cast("Mapping[str, object]", value)
            return ", ".join(f"{name}: {each}" for name, each in held.items())
        case _:
            return str(value)


OF_LISTS: Mapping[type, Callable[..., str]] = {
    Fact: of_facts,
    Change: of_changes,
    Entity: of_entities,
    Doubt: of_doubts,
    Path: of_paths,
}
