"""What a conversation adds: neighbouring turns, session, speaker and date; and hops by way of neighbours."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from graphmem.protocols import Seed
from graphmem.recall.paths import Trail
from graphmem.recall.settings import Chain, Chat
from graphmem.recall.view import View

MONTHS = "january february march april may june july august september october november december".split()
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)(-?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_WORD = re.compile(r"[A-Za-z]+")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?=,?\s+[A-Z])|(?<=[a-z]\s)(\d{1,2})(?:st|nd|rd|th)?\b")


@dataclass(frozen=True, slots=True)
class DateAsked:
    """The date a question names, as far as it does."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def fits(self, moment: datetime) -> float:
        """1 where year and month agree as far as they were named, 2 on the very day, else 0."""
        if self.year is None and self.month is None:
            return 0.0
        if self.year not in (None, moment.year) or self.month not in (None, moment.month):
            return 0.0
        return 2.0 if self.day == moment.day else 1.0


def date_asked(question: str) -> DateAsked:
    """The year, month and day that a question names: "in May", "on 7 May, 2024", "2024-05-07", "20240507"."""
    if iso := _ISO.search(question):
        return DateAsked(int(iso[1]), int(iso[3]), int(iso[4]))
    year = _YEAR.search(question)
    months = [
        MONTHS.index(word.lower()) + 1
        for word in _WORD.findall(question)[1:]  # "May I ask?"
        if word[0].isupper() and word.lower() in MONTHS
    ]
    day = _DAY.search(question) if months else None
    return DateAsked(
        int(year[1]) if year else None, months[0] if months else None, int(day[1] or day[2]) if day else None
    )


def additions(
    view: View, nearness: Mapping[str, float], date: DateAsked, speakers: Collection[str], settings: Chat
) -> dict[str, dict[str, float]]:
    """What each turn gains, by the name of the signal.

    Args:
        view: What was read.
        nearness: The nearness of episodes by themselves.
        date: What the question says about time.
        speakers: First names, lower case, of the speakers that it names.
        settings: The weights.
    """
    turns = {episode: view.episodes[episode] for episode in nearness if view.is_said(episode)}
    gains: dict[str, dict[str, float]] = {}
    by_session: dict[tuple[str, str], list[float]] = defaultdict(list)
    for episode, seed in turns.items():
        around = view.near.get(episode, {})
        near = sum(
            weight * max(nearness.get(around.get(-offset, ""), 0.0), nearness.get(around.get(offset, ""), 0.0))
            for offset, weight in enumerate(settings.near, 1)
        )
        gains[episode] = {"near": near}
        if seed.session is not None:
            by_session[seed.space, seed.session].append(nearness[episode] + near)
    topics = {session: sum(sorted(scores)[-settings.session_top :]) for session, scores in by_session.items()}
    highest = max(topics.values(), default=0.0)
    for episode, seed in turns.items():
        if seed.session is not None and highest > 0:
            gains[episode]["session"] = settings.session * topics[seed.space, seed.session] / highest
        if _first_name(seed) in speakers:
            gains[episode]["speaker"] = settings.speaker
        if fit := date.fits(seed.said_at):
            gains[episode]["date"] = settings.date * fit
        if seed.role == "user":
            gains[episode]["user"] = settings.user
    return gains


def _first_name(seed: Seed) -> str:
    return seed.speaker.split()[0].lower() if seed.speaker and seed.speaker.split() else ""


def around_targets(view: View, targets: Mapping[str, Trail], chain: Chain, chat: Chat) -> dict[str, Trail]:
    """Trails to turns scored again by all their words, and on to the turns beside them.

    A long text is about many things, so that a bridge into it proves less: it counts by the square of how much
    shorter than `chat.length` stems it would have to be.
    """
    best: dict[str, Trail] = {}

    def reach(trail: Trail) -> None:
        known = best.get(trail.episode)
        if known is None or trail.score > known.score:
            best[trail.episode] = trail

    for trail in targets.values():
        if trail.before is None or not view.is_said(trail.episode):
            reach(trail)
            continue
        met = trail.before.covered
        around = {0: trail.episode, **view.near.get(trail.episode, {})}
        for offset, weight in ((0, 1.0), (-1, chat.before), (1, chat.after)):
            if (episode := around.get(offset)) is not None:
                gained = view.episode_mask(episode) & ~met
                focus = min(1.0, chat.length / max(1, len(view.episodes[episode].stems))) ** 2
                score = focus * weight * trail.factor * (trail.carried + chain.words * view.words.share(gained))
                reach(replace(trail, episode=episode, score=score, covered=met | gained))
    return best
