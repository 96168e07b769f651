"""A still picture of a scene: names as pills, facts as cards, the proof in amber. One SVG, readable on any background.

Each box brings its own background and the colour of its letters, so that nothing depends on the page around it. The
colours stand in attributes, which survive where a page takes styles away; a style changes them where dark is asked for.
"""

from collections.abc import Iterator
from html import escape

from graphmem.display.labels import cut, lines, width
from graphmem.display.layout import Point, arrange
from graphmem.display.scene import Scene, Told, nearest

MOST = 30  # names and facts in a picture; more cannot be read
LETTERS = 13.0  # pixels
LEADING = 17.0
CARD = 190.0
CARD_LINES = 3
PILL = 24  # characters
STYLE = """
.graphmem{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
@media (prefers-color-scheme:dark){
.graphmem .card{fill:#1c2330}.graphmem .said{fill:#e6edf3}.graphmem .edge{stroke:#6e7681}.graphmem .rim{stroke:#444c56}
.graphmem .proof{stroke:#e3a008}}
"""


def draw(scene: Scene) -> str:
    """The scene as SVG, deterministic; of a large one, the proof and what comes first."""
    scene, left_out = nearest(scene, most=MOST)
    sizes = {_name(key): _pill_size(name) for key, name in scene.names.items()}
    sizes |= {_fact(told): _card_size(told) for told in scene.told.values()}
    links = [(_fact(told), _name(key)) for told in scene.told.values() for key in told.ends]
    places, (wide, high) = arrange(sizes, links, list(_chain(scene)))
    note = f"and {left_out} more" if left_out else ""
    parts = [*_edges(scene, places), *_cards(scene, places, sizes), *_pills(scene, places, sizes)]
    if note:
        high += LEADING
        parts.append(f'<text x="18" y="{high - 8:.0f}" font-size="12" fill="#8b949e">{note}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graphmem" viewBox="0 0 {wide:.0f} {high:.0f}" '
        f'width="{wide:.0f}" height="{high:.0f}" font-family="system-ui,sans-serif" font-size="{LETTERS:.0f}" '
        f'role="img"><style>{STYLE}</style>{"".join(parts)}</svg>'
    )


def _name(key: str) -> str:
    return f"name {key}"


def _fact(told: Told) -> str:
    return f"fact {told.id}"


def _chain(scene: Scene) -> Iterator[str]:
    """The boxes of the proof in a row: whom it starts from, fact, name, fact, name …, and where it leads."""
    facts = [scene.told[id_] for id_ in scene.chain if id_ in scene.told]
    if not facts:
        return
    joints = list(scene.joints)
    start = next((key for key in facts[0].ends if key not in joints), None)
    end = next((key for key in reversed(facts[-1].ends[:2]) if key not in joints and key != start), None)
    seen = {key for key in (start, end) if key is not None}
    if start is not None:
        yield _name(start)
    for fact, joint in zip(facts, [*joints, ""], strict=False):
        yield _fact(fact)
        if joint in scene.names and joint not in seen:
            seen.add(joint)
            yield _name(joint)
    if end is not None and len(facts) > 1:
        yield _name(end)


def _pill_size(name: str) -> Point:
    return width(cut(name, PILL), LETTERS) * 1.05 + 22, 28.0


def _card_lines(told: Told) -> list[str]:
    return lines(told.text, size=LETTERS, room=CARD - 20, most=CARD_LINES) or ["…"]


def _card_size(told: Told) -> Point:
    written = _card_lines(told)
    return min(CARD, max(width(line, LETTERS) for line in written) + 20), LEADING * len(written) + 14


def _edges(scene: Scene, places: dict[str, Point]) -> Iterator[str]:
    """The lines, those of the proof last, so that they lie on top."""
    for told in sorted(scene.told.values(), key=lambda told: told.is_proof):
        for key in told.ends:
            (x1, y1), (x2, y2) = places[_fact(told)], places[_name(key)]
            look = (
                'class="proof" stroke="#bf8700" stroke-width="3"' if told.is_proof else 'class="edge" stroke="#8b949e"'
            )
            yield f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}/>'


def _cards(scene: Scene, places: dict[str, Point], sizes: dict[str, Point]) -> Iterator[str]:
    for told in scene.told.values():
        (x, y), (wide, high) = places[_fact(told)], sizes[_fact(told)]
        rim = 'class="card proof" stroke="#bf8700" stroke-width="2"'
        if not told.is_proof:
            rim = 'class="card rim" stroke="#d0d7de"'
        written = _card_lines(told)
        top = y - high / 2 + LEADING + 2
        spans = "".join(
            f'<tspan x="{x:.1f}" y="{top + number * LEADING:.1f}">{escape(line)}</tspan>'
            for number, line in enumerate(written)
        )
        title = f"{told.text}\n{told.note}" if told.note else told.text
        yield (
            f'<g><title>{escape(title)}</title><rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" '
            f'width="{wide:.1f}" height="{high:.1f}" rx="6" fill="#f6f8fa" {rim}/>'
            f'<text class="said" text-anchor="middle" fill="#1f2328">{spans}</text></g>'
        )


def _pills(scene: Scene, places: dict[str, Point], sizes: dict[str, Point]) -> Iterator[str]:
    proven = scene.proof_names()
    for key, name in scene.names.items():
        (x, y), (wide, high) = places[_name(key)], sizes[_name(key)]
        rim = ' class="proof" stroke="#bf8700" stroke-width="2.5"' if key in proven else ""
        yield (
            f'<g><title>{escape(name)}</title><rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" '
            f'width="{wide:.1f}" height="{high:.1f}" rx="14" fill="#1f6feb"{rim}/>'
            f'<text x="{x:.1f}" y="{y + 4.5:.1f}" text-anchor="middle" font-weight="600" fill="#ffffff">'
            f"{escape(cut(name, PILL))}</text></g>"
        )
