"""What a recall makes of the episodes it read: their order, and why each stands where it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places
from graphmem.recall.asking import Asked
from graphmem.recall.chat import Around
from graphmem.recall.paths import Trails
from graphmem.recall.places import NOWHERE, Scores
from graphmem.recall.view import View


class Tally:
    """What counts towards each episode, by the name of the signal."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._entries: list[tuple[Places, Mapping[str, Scores]]] = []
        self._totals: Scores = np.empty(0)

    def add(self, episodes: Places, **parts: Scores) -> None:
        """Count parts towards the scores of these episodes."""
        self._entries.append((episodes, parts))
        self._totals = self._as_column(self._totals)
        for part in parts.values():
            np.add.at(self._totals, episodes, part)

    @property
    def episodes(self) -> Places:
        """Every episode that anything was counted for, ascending."""
        is_counted = np.zeros(len(self._view.episodes.ids), np.bool_)
        for episodes, _ in self._entries:
            is_counted[episodes] = True
        return np.flatnonzero(is_counted)

    def totals(self, name: str | None = None) -> Scores:
        """The sum of each episode's parts so far, or of those under one name, as a column."""
        if name is None:
            return self._as_column(self._totals).copy()
        totals = np.zeros(len(self._view.episodes.ids))
        for episodes, parts in self._entries:
            if name in parts:
                np.add.at(totals, episodes, parts[name])
        return totals

    def _as_column(self, totals: Scores) -> Scores:
        """As long as the columns are by now."""
        more = len(self._view.episodes.ids) - len(totals)
        return np.append(totals, np.zeros(more)) if more else totals

    def of(self, episodes: Sequence[int]) -> list[dict[str, float]]:
        """The parts of each of some episodes that are not 0."""
        found: list[dict[str, float]] = [{} for _ in episodes]
        row_of = np.full(len(self._view.episodes.ids), -1)
        row_of[list(episodes)] = np.arange(len(episodes))
        for counted, parts in self._entries:
            rows = row_of[counted]
            there = np.flatnonzero(rows >= 0)
            there_rows: list[int] = rows[there].tolist()
            shown = [found[row] for row in there_rows]
            for name, part in parts.items() if shown else ():
                for shares, value in zip(shown, part[there].tolist(), strict=True):
                    if value:
                        shares[name] = shares.get(name, 0.0) + value
        return found


@dataclass(slots=True)
class Ranking:
    """Every episode that recall considered.

    Attributes:
        order: The episodes, best first.
        scores: A column of what each was ranked by, before what it gained from those before it.
        signals: The parts of each score.
        around: The episodes that were read whole, and which of them stand side by side.
        nearness: A column of how near each is by itself, before any hop.
        trails: The best way to each that was reached over a bridge.
        outdated: A column of whether what matches in an episode no longer holds.
        wanted: The facts that a filter leaves of each episode of the order; None without a filter.
    """

    view: View
    asked: Asked
    signals: Tally
    around: Around
    order: Places = field(default_factory=lambda: NOWHERE)
    scores: Scores = field(default_factory=lambda: np.empty(0))
    nearness: Scores = field(default_factory=lambda: np.empty(0))
    trails: Trails = field(default_factory=lambda: Trails((), (), NOWHERE, np.empty(0), {}))
    outdated: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    wanted: Mapping[int, Places] | None = None

    def shown(self, episode: int) -> Places:
        """The facts of an episode that a hit of it may show: those that hold, or where it is outdated do not."""
        facts = self.view.episodes.facts.of(episode) if self.wanted is None else self.wanted[episode]
        return facts[self.view.facts.holds[facts] != self.outdated[episode]]

    def worths(self) -> Scores:
        """A column of what each episode was ranked by, with what it gained from those before it."""
        gained = self.signals.totals("cover") + self.signals.totals("follow")
        return self.scores + gained[: len(self.scores)]  # what was read since then gained nothing
