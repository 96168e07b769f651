"""What was spoken of in a conversation, people aside: what "the trip" and "the company" can point back at."""

from dataclasses import dataclass, field, replace

NO_SORT = "-"
"""Of what none of these nouns can stand for: a trip, a region."""

_TURNS_BACK = 1


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing spoken of: the noun it was called by, and its name, each "" where it had none. `sort` says what can stand
    for it, "" where that is unclear.
    """

    noun: str
    sort: str
    name: str
    turn: int


@dataclass(slots=True)
class Things:
    """What was spoken of in the last turns of a conversation, people aside."""

    turn: int = 0
    seen: list[Thing] = field(default_factory=list[Thing])

    def next_turn(self) -> None:
        """Move on, forgetting what was last spoken of too long ago."""
        self.turn += 1
        self.seen = [thing for thing in self.seen if self.turn - thing.turn <= _TURNS_BACK]

    def see(self, noun: str, sort: str, name: str) -> None:
        """Note what was spoken of; the same name again is the same."""
        self.seen = [thing for thing in self.seen if not (name and thing.name == name)]
        self.seen.append(Thing(noun, sort, name, self.turn))

    def again(self, name: str) -> None:
        """Note that a thing was spoken of again by another word."""
        self.seen = [replace(thing, turn=self.turn) if thing.name == name else thing for thing in self.seen]

    def like(self, noun: str) -> str:
        """The longer name of the only thing called by this noun."""
        found = [thing for thing in self.seen if thing.noun == noun]
        return found[0].name if len(found) == 1 else ""

    def of_sort(self, sort: str) -> str:
        """The only name of this sort, if nothing else could be of it."""
        found = [thing for thing in self.seen if thing.sort in (sort, "")]
        return found[0].name if len(found) == 1 and found[0].sort == sort else ""
