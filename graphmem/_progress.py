"""How a long ingestion shows that it goes on: a bar on a terminal, a line every five seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Generator, Iterable, Sized
from contextlib import contextmanager

EVERY_S = 5.0


@contextmanager
def reported(episodes: Iterable[object], *, is_shown: bool) -> Generator[Callable[[int], None] | None]:
    """Something to call with the number of episodes just committed, or None where nobody wants to know.

    Writes to standard error, so that standard output stays for answers.
    """
    if not is_shown:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    total = len(episodes) if isinstance(episodes, Sized) else None
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield _lines(console.print, total)
        return
    columns = (
        TextColumn("remembering"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("episodes"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("remembering", total=total)
        yield lambda committed: bar.advance(task, committed)


def _lines(show: Callable[[str], None], total: int | None) -> Callable[[int], None]:
    done = 0
    shown_at = time.monotonic()

    def note(committed: int) -> None:
        nonlocal done, shown_at
        done += committed
        if time.monotonic() - shown_at >= EVERY_S:
            shown_at = time.monotonic()
            show(f"remembered {done}{f' of {total}' if total else ''} episodes")

    return note
