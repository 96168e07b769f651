"""The past replays: whatever is told, put right and forgotten later, memory answers about a moment as it did then.

A life of random operations is told to a memory. Now and then what it answers is written down, and asked again later,
as known then. Only what was erased, and what is over, may be missing. GRAPHMEM_STEPS asks for a longer life, as the
benchmark does.
"""

import os
import random
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from graphmem import NotFound
from graphmem.models import Change, Fact
from graphmem.testing import FixedClock
from tests.stories.conftest import NewMemory
from tests.stories.lives import CITIES, PEOPLE, SESSIONS, START, Life

STEPS = int(os.environ.get("GRAPHMEM_STEPS", "300"))
"""Operations on the embedded store; a benchmark asks for 10,000."""

LIFE = 150
"""Operations of one life: what it tells fits into one answer, so that nothing is left out for its rank."""

NEO4J_SHARE = 5
"""An operation takes a server many times as long as a file."""

QUESTIONS = ("Where does {person} live?", "Which city does {person} work in?", "Who is at {firm}?")
ALL = 10_000
TELL_OF_WHAT_IS_GONE = ("erased", "expired")
"""Kinds of changes that come whenever something goes."""


@dataclass(frozen=True)
class Asked:
    """What is asked, in which session, and whether with the agent."""

    session: str | None
    agent: str | None
    at: datetime
    ends: tuple[str, str]
    question: str
    since: datetime


@dataclass(frozen=True)
class Answers:
    """What was answered at a moment on the clock of knowing."""

    asked: Asked
    known_at: datetime
    facts: dict[str, object]
    paths: frozenset[tuple[str, ...]] | None
    recalled: frozenset[str]
    changes: tuple[Change, ...]


@dataclass
class Witness:
    """Writes down what a life's memory answers, and asks it again."""

    life: Life
    answers: list[Answers] = field(default_factory=list[Answers])
    asked_again: int = 0

    def __post_init__(self) -> None:
        self.born = self.life.clock()

    def live(self, steps: int) -> None:
        chance = self.life.chance
        for _ in range(steps):
            if not self.life.step():
                continue
            if chance.random() < 0.2:
                self.answers.append(self.asked_now())
            if chance.random() < 0.1:
                self.check(chance.sample(self.answers, min(3, len(self.answers))))
        self.check(self.answers)

    def asked_now(self) -> Answers:
        life = self.life
        life.part()
        asked = Asked(
            life.chance.choice([None, *SESSIONS]),
            life.chance.choice([None, life.agent]),
            life.day(),
            (life.chance.choice(PEOPLE), life.chance.choice(CITIES)),
            life.told(life.chance.choice(QUESTIONS)),
            life.chance.choice([self.born, *(past.known_at for past in self.answers)]),
        )
        answers = self.answered(asked, None)
        for id_ in {*answers.facts, *answers.recalled}:
            life.see_one(id_)
        return answers

    def answered(self, asked: Asked, known_at: datetime | None) -> Answers:
        """What memory says now, or as it knew things then."""
        mine, at = self.life.mine.scoped(session_id=asked.session, agent_id=asked.agent), asked.at
        try:
            found = mine.paths(*asked.ends, limit=ALL, at=at, known_at=known_at)
        except NotFound:
            found = None
        return Answers(
            asked,
            known_at or self.life.clock(),
            {fact.id: said(fact) for fact in mine.facts(limit=ALL, at=at, known_at=known_at)},
            None if found is None else frozenset(tuple(step.fact_id for step in path.steps) for path in found),
            frozenset(hit.episode_id for hit in mine.recall(asked.question, limit=ALL, at=at, known_at=known_at).hits),
            mine.diff(since=asked.since, until=known_at).changes,
        )

    def check(self, answers: list[Answers]) -> None:
        """What was answered then is answered now."""
        self.life.part()
        self.asked_again += len(answers)
        for then in answers:
            now = self.answered(then.asked, then.known_at)
            told = "\n".join([*self.life.log[-400:], f"asked as known at {then.known_at}: {then.asked}"])
            assert now.facts == {id_: fact for id_, fact in then.facts.items() if self._stays(then, id_)}, told
            if None not in (then.paths, now.paths) and self._proof_stays(then):
                assert now.paths == then.paths, told
            assert now.recalled == {id_ for id_ in then.recalled if self._stays(then, id_)}, told
            assert self._journal(then, now) == self._journal(then, then), told

    def _stays(self, then: Answers, id_: str) -> bool:
        return not self.life.is_gone(id_) and not self.life.is_over_since(then.known_at, self.life.spaces[id_])

    def _proof_stays(self, then: Answers) -> bool:
        """Whether nothing is gone of what proved a step of a path."""
        steps = {id_ for path in then.paths or () for id_ in path}
        proofs = {of for id_ in steps for of in self.life.evidence[id_]}
        return all(self._stays(then, id_) for id_ in steps | proofs)

    def _journal(self, then: Answers, told: Answers) -> list[tuple[str, str, str | None]]:
        """What is told of what changed, but for sessions that are over: their journal went with them."""
        return [
            (change.id, change.kind, change.fact_id)
            for change in told.changes
            if change.kind not in TELL_OF_WHAT_IS_GONE
            and not (told is then and self.life.is_over_since(then.known_at, change.space))
        ]


def said(fact: Fact) -> object:
    """A fact but for until when it was believed, and for names and sources that were found or erased since."""
    return fact.model_dump(exclude={"known_to", "mentions", "mention_keys", "evidence"})


def test_whatever_happens_later_the_past_is_answered_as_it_was_then(
    new_memory: NewMemory, request: pytest.FixtureRequest
) -> None:
    clock = FixedClock(START)
    memory = new_memory(clock=clock)
    steps = STEPS if "embedded" in request.node.callspec.id else STEPS // NEO4J_SHARE
    done = asked_again = 0
    for seed in range(max(1, steps // LIFE)):
        life = Life(memory, f"life {seed}", clock, random.Random(seed))
        witness = Witness(life)
        witness.live(min(LIFE, steps))
        done += len(life.log) - 2 * life.refused
        asked_again += witness.asked_again
        assert witness.asked_again > 0
    print(f"{done} operations, {asked_again} times asked again about a moment of the past, each answer as it was")  # noqa: T201 - the benchmark's figure
