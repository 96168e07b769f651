"""How what takes long shows that it goes on: a bar on a terminal, a line every five seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Generator, Iterable, Sized
from contextlib import contextmanager
from typing import NamedTuple

EVERY_S = 5.0


class Deed(NamedTuple):
    """What goes on, in the words that a person is shown."""

    doing: str
    done: str
    things: str


REMEMBERING = Deed("remembering", "remembered", "episodes")
COMPARING = Deed("comparing", "compared", "records")
MOVING = Deed("moving", "moved", "records")


@contextmanager
def reported(
    things: Iterable[object], *, is_shown: bool, deed: Deed = REMEMBERING
) -> Generator[Callable[[int], None] | None]:
    """Something to call with the number of things just committed, or None where nobody wants to know.

    Writes to standard error, so that standard output stays for answers.
    """
    if not is_shown:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    total = len(things) if isinstance(things, Sized) else None
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield _lines(console.print, total, deed)
        return
    columns = (
        TextColumn(deed.doing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(deed.things),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(deed.doing, total=total)
        yield lambda committed: bar.advance(task, committed)


def _lines(show: Callable[[str], None], total: int | None, deed: Deed) -> Callable[[int], None]:
    done = 0
    shown_at = time.monotonic()

    def note(committed: int) -> None:
        nonlocal done, shown_at
        done += committed
        if time.monotonic() - shown_at >= EVERY_S:
            shown_at = time.monotonic()
            show(f"{deed.done} {done}{f' of {total}' if total else ''} {deed.things}")

    return note
