"""Lives made of random operations: every verb that writes, told to one memory as time goes on.

What a life was told is written down as the caller knows it: what was erased, when each session was over, what was kept
for a while. That is all that may be missing from an answer about the past.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from graphmem import Conflict, InvalidInput, Memory, NotFound
from graphmem.models import Change, Episode, Fact
from graphmem.moment import FAR_FUTURE
from graphmem.scope import LayerChoice
from graphmem.testing import FixedClock

START = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = ("Kim", "Ann", "Ben", "Dora")
FIRMS = ("Acme", "Birch")
CITIES = ("Porto", "Oslo", "Rome")
SENTENCES = (
    "{person} lives in {city}.",
    "{person} moved to {city}.",
    "{person} no longer lives in {city}.",
    "{person} works at {firm}.",
    "{person} left {firm}.",
    "{firm} is in {city}.",
    "{person} likes tea. {other} is a friend of {person}.",
    "I need to call {person} in {city}.",
)
TRIPLES = (("person", "lives_in", "city"), ("person", "works_at", "firm"), ("firm", "located_in", "city"))

SESSIONS = ("s", "t")
SESSION_LASTS = timedelta(hours=24)
LAYERS: tuple[LayerChoice, ...] = ("user", "user", "agent", "session")
"""Where facts are promoted to, most often to their user."""

UNDONE = ("retracted", "superseded", "corrected", "ended", "promoted", "merged", "unmerged")
"""Kinds of changes that `restore` undoes."""


@dataclass
class Life:
    """Random operations on the memory of one user and their agent, and what they did, as the caller knows it.

    `memory` is bound to nobody.
    """

    memory: Memory
    user: str
    clock: FixedClock
    chance: random.Random
    log: list[str] = field(default_factory=list[str])
    changes: list[Change] = field(default_factory=list[Change])
    erased: set[str] = field(default_factory=set[str])
    """Facts and episodes that were forgotten."""

    spaces: dict[str, str] = field(default_factory=dict[str, str])
    """The space of each fact and episode that was ever told of."""
    evidence: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """The episodes that ever told each fact."""
    expiring: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """When each episode that is kept for a while is over."""
    due: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """When each session that goes on will be over."""
    overs: dict[str, list[datetime]] = field(default_factory=dict[str, list[datetime]])
    """When each session was over."""
    refused: int = 0

    def __post_init__(self) -> None:
        self.agent = f"helper of {self.user}"
        self.mine = self.memory.scoped(user_id=self.user)
        self.agents = self.memory.scoped(agent_id=self.agent)

    def step(self) -> bool:
        """One operation; whether it was not refused."""
        deeds: Mapping[Callable[[], list[Change]], int] = {
            self.add: 16,
            self.add_many: 2,
            self.state: 12,
            self.replace: 2,
            self.note: 3,
            self.end: 2,
            self.promote: 5,
            self.correct: 6,
            self.date: 6,
            self.annotate: 1,
            self.retract: 6,
            self.restore: 10,
            self.forget: 2,
            self.merge: 4,
            self.unmerge: 2,
            self.carry: 1,
        }
        self.clock.advance(minutes=self.chance.randint(1, 600))
        self._sessions_pass()
        [deed] = self.chance.choices(list(deeds), list(deeds.values()))
        try:
            made = deed()
        except (Conflict, NotFound, InvalidInput) as error:
            self.log.append(f"  {type(error).__name__}")
            self.refused += 1
            return False
        self.changes += made
        self.see(made)
        return True

    # what is told

    def told(self, text: str) -> str:
        person, other = self.chance.sample(PEOPLE, 2)
        return text.format(person=person, other=other, firm=self.chance.choice(FIRMS), city=self.chance.choice(CITIES))

    def day(self) -> datetime:
        return START + timedelta(days=self.chance.randint(-400, 400), hours=self.chance.randint(0, 23))

    def add(self) -> list[Change]:
        text, source = self.told(self.chance.choice(SENTENCES)), self.some_source()
        at = self.chance.choice([None, self.day()])
        session, until = self.chance.choice([None, *SESSIONS]), self.some_end()
        self.noted("add", text=text, at=at, source_id=source, session_id=session, expires_at=until)
        changes = self.mine.add(text, at=at, source_id=source, session_id=session, expires_at=until)
        self.see(changes, until=until)
        self._goes_on(session, changes)
        return changes

    def add_many(self) -> list[Change]:
        episodes = [
            {"text": self.told(self.chance.choice(SENTENCES)), "source_id": self.some_source(), "at": self.day()}
            for _ in range(2)
        ]
        self.noted("add_many", episodes=episodes)
        before = self.clock() - timedelta(microseconds=1)
        self.mine.add_many(episodes)
        return list(self.mine.diff(since=before).changes)

    def state(self) -> list[Change]:
        subject, predicate, object_ = self.chance.choice(TRIPLES)
        since = self.chance.choice([None, self.day()])
        until = self.chance.choice([None, (since or self.day()) + timedelta(days=self.chance.randint(1, 90))])
        fact = {
            "subject": self.told(f"{{{subject}}}"),
            "predicate": predicate,
            "object": self.told(f"{{{object_}}}"),
            **({"valid_from": since} if since else {}),
            **({"valid_to": until} if until else {}),
        }
        end = self.some_end()
        self.noted("add_facts", **fact, expires_at=end)
        changes = self.mine.add_facts([fact], expires_at=end)
        self.see(changes, until=end)
        return changes

    def replace(self) -> list[Change]:
        text, source = self.told(self.chance.choice(SENTENCES)), self.some_source()
        self.noted("replace", text=text, source_id=source)
        return self.mine.add(text, at=self.day(), source_id=source, replace=True)

    # sessions

    def note(self) -> list[Change]:
        session, key = self.chance.choice(SESSIONS), self.chance.choice("ab")
        handle = self.mine.session(session)
        if self.chance.random() < 0.25:
            self.noted("delete note", session_id=session, key=key)
            handle.delete(key)
            return []
        text = self.told("{person} waits in {city}")
        self.noted("note", session_id=session, key=key, text=text)
        is_known = handle.get(key) == text
        handle.set(key, text)
        if not is_known:
            self.due[session] = self.clock() + SESSION_LASTS
        return []

    def end(self) -> list[Change]:
        session = self.chance.choice(SESSIONS)
        self.noted("end_session", session_id=session)
        changes = self.mine.end_session(session)
        if any(change.kind == "expired" for change in changes):
            self._over(session, self.clock())
        return changes

    def promote(self) -> list[Change]:
        session, layer = self.chance.choice(SESSIONS), self.chance.choice(LAYERS)
        facts = self.mine.facts(session_id=session, limit=1000)
        fact = self.chance.choice([fact.id for fact in facts if fact.layer == "session"] or [self.some_fact()])
        self.noted("promote", fact=fact, layer=layer, session_id=session)
        changes = self.mine.promote(fact, layer=layer, session_id=session, agent_id=self.agent)
        if layer == "session":
            self._goes_on(session, changes)
        return changes

    # what is put right

    def correct(self) -> list[Change]:
        fact, text = self.some_fact(), self.told(self.chance.choice(SENTENCES[:4]))
        self.noted("correct", fact=fact, text=text)
        return self.owner_of(fact).correct(fact, text=text)

    def date(self) -> list[Change]:
        fact, since = self.some_fact(), self.day()
        until = self.chance.choice([None, since + timedelta(days=self.chance.randint(1, 90))])
        self.noted("correct", fact=fact, valid_from=since, valid_to=until)
        return self.owner_of(fact).correct(fact, valid_from=since, valid_to=until)

    def annotate(self) -> list[Change]:
        fact, metadata = self.some_fact(), {"seen": self.chance.randint(1, 9)}
        self.noted("correct", fact=fact, metadata=metadata)
        return self.owner_of(fact).correct(fact, metadata=metadata)

    def retract(self) -> list[Change]:
        fact = self.some_fact()
        self.noted("retract", fact=fact)
        return self.owner_of(fact).retract(fact)

    def restore(self) -> list[Change]:
        closed = [change for change in self.changes[-60:] if change.kind in UNDONE]
        change = self.chance.choice(closed) if closed else None
        self.noted("restore", change=change and change.id, kind=change and change.kind)
        return self.owner_of(change and change.fact_id).restore(change.id if change else "none")

    def merge(self) -> list[Change]:
        one, other = self.chance.sample(PEOPLE, 2)
        self.noted("merge", entity=one, into=other)
        return [self.mine.merge(one, other)]

    def unmerge(self) -> list[Change]:
        merged = [change.id for change in self.changes if change.kind == "merged"]
        merge_id = self.chance.choice(merged or ["none"])
        self.noted("unmerge", merge_id=merge_id)
        return [self.mine.unmerge(merge_id)]

    def part(self) -> None:
        """Take apart what was made one: merges know no clock, and answers of any time would be of the one."""
        for change in [change for change in self.changes if change.kind == "merged"]:
            with suppress(NotFound, Conflict):  # one of the two was forgotten, or it was undone already
                self.changes.append(self.mine.unmerge(change.id))
                self.noted("unmerge", merge_id=change.id)
        self.clock.advance(seconds=1)  # what is asked for next is as known after that
        self._sessions_pass()

    # what goes, and what is carried

    def forget(self) -> list[Change]:
        before = self._there()
        what = self.chance.choice(["fact_id", "fact_id", "source_id", "source_id", "entity", "session_id"])
        which = {
            "fact_id": self.some_fact,
            "source_id": self.some_source,
            "entity": lambda: self.chance.choice(PEOPLE),
            "session_id": lambda: self.chance.choice(SESSIONS),
        }[what]()
        if what in ("entity", "session_id") and self.chance.random() < 0.7:
            return []  # they take much
        self.noted("forget", **{what: which})
        owner = self.owner_of(which) if what == "fact_id" else self.mine
        receipt = owner.forget(**{what: which})  # pyright: ignore[reportArgumentType]
        assert not any(count for kind, count in receipt.left.items() if kind != "texts"), receipt
        self.erased |= before - self._there()
        return []

    def carry(self) -> list[Change]:
        """Write everything to a file, and read it: all of it is known."""
        self.noted("export and load")
        with TemporaryDirectory() as folder:
            path = Path(folder) / "life.jsonl"
            self.mine.export(path)
            assert self.mine.load(path) == 0, "\n".join(self.log)
        return []

    # what the caller knows

    def is_gone(self, id_: str) -> bool:
        """Whether a fact or an episode was forgotten, or all that told it was or is over."""
        if id_ in self.erased:
            return True
        told = self.evidence.get(id_, {id_})
        return all(of in self.erased or self.expiring.get(of, FAR_FUTURE) <= self.clock() for of in told)

    def is_over_since(self, moment: datetime, space: str) -> bool:
        """Whether a space is that of a session which was over at some time after a moment."""
        session = space.partition("/session=")[2]
        return any(moment < end for end in self.overs.get(session, []))

    def owner_of(self, fact_id: str | None) -> Memory:
        """The memory that a fact can be put right in."""
        return self.agents if "/agent=" in self.spaces.get(fact_id or "", "") else self.mine

    def some_fact(self) -> str:
        known = [change.fact_id for change in self.changes[-80:] if change.fact_id]
        return self.chance.choice(known or ["none"])

    def some_source(self) -> str:
        return f"source/{self.chance.randint(1, 60)}"

    def some_end(self) -> datetime | None:
        """Seldom a moment when what is told is over."""
        return self.clock() + timedelta(days=self.chance.randint(1, 20)) if self.chance.random() < 0.1 else None

    def noted(self, deed: str, **values: object) -> None:
        self.log.append(f"{self.clock():%Y-%m-%d %H:%M} {deed} {values}")

    def found(self, id_: str) -> Fact | Episode | None:
        """A fact or an episode, in whichever layer."""
        for session in SESSIONS:
            with suppress(NotFound):
                return self.mine.get(id_, session_id=session, agent_id=self.agent)
        return None

    def see(self, changes: Iterable[Change], *, until: datetime | None = None) -> None:
        """Write down what is told of; what is new of it is kept until then."""
        for change in changes:
            for id_ in {change.fact_id, change.episode_id} - {None}:
                self.see_one(str(id_), until=until)

    def see_one(self, id_: str, *, until: datetime | None = None) -> None:
        """Write down where a fact or an episode is, and what told it."""
        if (thing := self.found(id_)) is None:
            return
        if isinstance(thing, Fact):
            for place in thing.evidence:
                self.see_one(place.episode_id, until=until)
            self.evidence.setdefault(id_, set()).update(place.episode_id for place in thing.evidence)
        elif until is not None and id_ not in self.spaces:
            self.expiring[id_] = until
        self.spaces[id_] = thing.space

    def _goes_on(self, session: str | None, changes: Iterable[Change]) -> None:
        """Something was just said in a session, unless it was known."""
        if session is not None and any(change.at is not None and change.at >= self.clock() for change in changes):
            self.due[session] = self.clock() + SESSION_LASTS

    def _sessions_pass(self) -> None:
        for session, end in list(self.due.items()):
            if end <= self.clock():
                self._over(session, end)

    def _over(self, session: str, end: datetime) -> None:
        self.due.pop(session, None)
        self.overs.setdefault(session, []).append(end)

    def _there(self) -> set[str]:
        """Which of the facts and episodes that were ever told of are known."""
        return {id_ for id_ in self.spaces if id_ not in self.erased and self.found(id_) is not None}
