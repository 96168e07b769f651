"""What a recall makes of the episodes it read: their order, and why each stands where it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphmem.recall.paths import Trail
from graphmem.recall.view import View


@dataclass(slots=True)
class Ranking:
    """Every episode that recall considered, best first.

    Attributes:
        order: Episode ids.
        scores: What each was ranked by, before its gain for coverage.
        signals: The parts of each score, by name.
        nearness: How near each is by itself, before any hop.
        trails: The best way to each that was reached over a bridge.
    """

    view: View
    order: list[str] = field(default_factory=list[str])
    scores: Mapping[str, float] = field(default_factory=dict[str, float])
    signals: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    nearness: Mapping[str, float] = field(default_factory=dict[str, float])
    trails: Mapping[str, Trail] = field(default_factory=dict[str, Trail])

    def add(self, episode: str, **parts: float) -> None:
        """Count parts towards an episode's score."""
        signals = self.signals.setdefault(episode, {})
        for name, part in parts.items():
            signals[name] = signals.get(name, 0.0) + part

    def totals(self) -> dict[str, float]:
        """The score of every episode so far."""
        return {episode: sum(signals.values()) for episode, signals in self.signals.items()}
