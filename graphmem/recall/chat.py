"""What a conversation adds: neighbouring turns, session, speaker and date; and what a hop into a turn is worth."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graphmem.protocols import Places
from graphmem.recall.paths import Front, Reached
from graphmem.recall.places import Scores, among, counted, distinct
from graphmem.recall.question import DateAsked
from graphmem.recall.settings import Chat, Hop
from graphmem.recall.view import View


@dataclass(frozen=True, slots=True)
class Talk:
    """What a question says about a conversation: when, whether it is about who asks, and by first names in lower case
    who is named and who asks.
    """

    date: DateAsked
    named: frozenset[str]
    asker: frozenset[str]
    is_of_asker: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The episodes that were read with all their facts, and which of them stand side by side.

    Others count for nothing here, even where a store has them at hand: what a recall finds must not depend on that.
    `before` and `after` are columns, -1 for none.
    """

    whole: Places
    before: Places
    after: Places

    @classmethod
    def of(cls, view: View, turns: Places, reach: int) -> "Around":
        """Some turns, and on either side as many as `reach`."""
        columns = view.episodes
        before, after = np.full((2, len(columns.ids)), -1)
        whole = [turns]
        for column, there, back in ((columns.before, before, after), (columns.after, after, before)):
            turn = turns
            for _ in range(reach):
                beside = column[turn]
                turn, beside = turn[beside >= 0], beside[beside >= 0]
                there[turn], back[beside] = beside, turn
                turn = beside
                whole.append(turn)
        return cls(distinct(np.concatenate(whole)), before, after)

    def beside(self, episodes: Places) -> tuple[Places, Places]:
        """What stands before and after each of some episodes, which may have been read later than these."""
        is_there = episodes < len(self.before)
        place = np.where(is_there, episodes, 0)
        return np.where(is_there, self.before[place], -1), np.where(is_there, self.after[place], -1)


def additions(
    view: View,
    turns: Places,
    around: Around,
    nearness: Scores,
    *,
    talk: Talk,
    episode_length: float,
    settings: Chat,
) -> dict[str, Scores]:
    """What each turn gains, by the name of the signal.

    Args:
        view: What was read.
        turns: Those whose nearness is known.
        around: Those read whole, and how they follow each other.
        nearness: A column of how near episodes are by themselves, 0 for the others.
        talk: What the question says about the conversation.
        episode_length: Mean length of all episodes, in stems.
        settings: The weights.
    """
    columns = view.episodes
    is_whole = among(turns, around.whole)
    before, after = around.before[turns], around.after[turns]
    of_before = settings.before + settings.answer * np.where(before >= 0, columns.asks[before], 0.0)
    near = np.maximum(of_before * _at(nearness, before), settings.after * _at(nearness, after))
    further = _beside(around.before, before), _beside(around.after, after)
    near += settings.further * np.maximum(*(_at(nearness, beside) for beside in further))
    covered = view.with_beside(view.covered(turns), before, after, *further)
    of_asker = is_whole & view.tells_of(turns, view.selves) if talk.is_of_asker else np.zeros_like(is_whole)
    speaker = settings.speaker * _is_spoken_by(view, turns, talk.named)
    teller = settings.teller * (of_asker | _is_spoken_by(view, turns, talk.asker))
    lengths = np.log1p(columns.length[turns]) / max(1.0, math.log1p(episode_length))
    has_fact = is_whole & (columns.facts.starts[turns + 1] > columns.facts.starts[turns])
    gains = {
        "near": near,
        "covered": settings.covered * view.words.share(covered),
        "speaker": np.maximum(speaker, teller),
        "date": settings.date * talk.date.fits(columns.said_at[turns]),
        "user": settings.user * (columns.roles[turns] == "user").astype(np.float64),
        "fact": settings.fact * has_fact.astype(np.float64),
        "asks": settings.asks * columns.asks[turns].astype(np.float64),
        "length": settings.length * np.minimum(lengths, settings.longest),
    }
    return {**gains, "session": settings.session * _topics(columns.session[turns], nearness[turns] + near, settings)}


def in_focus(view: View, turns: Places, focus: Places, settings: Chat) -> Scores:
    """What each of these gains for facts about what the asker's session is about, or mentioning it."""
    which, facts = view.current(turns)
    mentioned, mentions = view.facts.mentions.of_all(facts)
    told = among(view.facts.subject[facts], focus)
    told[mentioned[among(mentions, focus)]] = True
    is_told = np.bincount(which[told], minlength=len(turns)) > 0
    return np.where(is_told, settings.focus, 0.0)


def _beside(column: Places, turns: Places) -> Places:
    return np.where(turns >= 0, column[turns], -1)


def _at(column: Scores, places: Places) -> Scores:
    return np.where(places >= 0, column[places], 0.0)


def _topics(sessions: Places, scores: Scores, settings: Chat) -> Scores:
    """How much each turn's session is about the question, by its best turns, against the session most about it."""
    if not (sessions >= 0).any():
        return np.zeros(len(sessions))
    order = np.lexsort((-scores, sessions))
    best = order[counted(sessions[order]) < settings.session_top]
    _, number = np.unique(sessions, return_inverse=True)
    totals = np.bincount(number[best], scores[best], minlength=len(sessions))[number]
    of_session = np.where(sessions >= 0, totals, 0.0)
    highest = of_session.max(initial=0.0)
    return of_session / highest if highest > 0 else of_session


def _is_spoken_by(view: View, turns: Places, first_names: frozenset[str]) -> NDArray[np.bool_]:
    """Whether who speaks is called so, in lower case."""
    if not first_names:
        return np.zeros(len(turns), dtype=np.bool_)
    speakers = list(map(view.episodes.speakers.__getitem__, turns.tolist()))
    is_one = {speaker: _first_name(speaker) in first_names for speaker in set(speakers)}
    return np.fromiter(map(is_one.__getitem__, speakers), dtype=np.bool_, count=len(speakers))


def _first_name(speaker: str | None) -> str:
    return speaker.split()[0].lower() if speaker and speaker.split() else ""


def rescored(view: View, front: Front, reached: Reached, hop: Hop, highest: float) -> Reached:
    """Ways to turns scored again by all their words and their meaning.

    A long text is about many things, so that a bridge into it proves less: it counts by the square of how much
    shorter than `hop.length` stems it would have to be.

    Args:
        view: What was read.
        front: Where the step started.
        reached: What it reached.
        hop: The weights.
        highest: The highest cosine of an episode to the question.
    """
    is_said = view.is_said(reached.episode)
    met = front.covered[reached.front]
    gained = view.covered(reached.episode) & ~met
    focus = np.minimum(1.0, hop.length / np.maximum(1, view.episodes.length[reached.episode])) ** 2
    dense = np.maximum(view.episodes.similarity[reached.episode], 0.0) / highest if highest > 0 else 0.0
    own = hop.words * view.words.share(gained) + hop.dense * dense
    score = np.where(is_said, focus * reached.factor * (reached.carried + own), reached.score)
    return replace(reached, score=score, covered=np.where(is_said, met | gained, reached.covered)).best()
