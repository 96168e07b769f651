"""Moving between stores: everything arrives, a second start goes on, and nothing is called moved that differs."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from graphmem import moving
from graphmem._colour import drive
from graphmem.errors import Conflict, EmbedderMismatch, InvalidInput, NotFound, StoreError, StoreUnavailable
from graphmem.models import Change, Evidence
from graphmem.moment import Clock, Moment, now
from graphmem.moving import Moved, Mover, Plan, check_apart, content
from graphmem.protocols import Closing, Erasure, Index, Question, Store
from graphmem.stores.embedded import EmbeddedStore
from graphmem.testing import FixedClock, Scribe, WordEmbedder
from graphmem.testing.asking import ADA, BOB, DAY, SHARED, TRIP, Asking
from graphmem.testing.seeing import Seeds

EMBEDDER = WordEmbedder()
OTHER = "org=other/user=ada"


class Stopped(BaseException):
    """As when somebody presses Ctrl-C, or pulls the plug."""


class Watched(EmbeddedStore):
    """A store that does something when it has been read from or written to so often."""

    def __init__(self, path: Path, clock: Clock = now) -> None:
        super().__init__(path, clock=clock)
        self.restored: list[list[str]] = []
        self.stops_after: int | None = None
        self.loses = ""
        self.meanwhile: Iterator[object] = iter(())

    async def restore(self, records: Sequence[Mapping[str, object]], indexes: Mapping[str, Index]) -> int:
        if len(self.restored) == self.stops_after:
            raise Stopped
        kept = [record for record in records if record.get("id") != self.loses]
        self.restored.append([str(record["record"]) for record in kept])
        return await super().restore(kept, indexes)

    async def dump(self, spaces: Sequence[str]) -> AsyncIterator[Mapping[str, object]]:
        async for record in super().dump(spaces):
            yield record
        next(self.meanwhile, None)


def opened(path: Path, clock: Clock = now) -> Watched:
    store = Watched(path, clock)
    drive(store.open(embedder=EMBEDDER.identity, dimensions=EMBEDDER.dimensions))
    return store


@pytest.fixture
def source(tmp_path: Path) -> Watched:
    """A store of several owners, with everything that a dump may hold."""
    asking = Asking()
    asking.clock = FixedClock()
    store = opened(tmp_path / "source.db", asking.clock)
    asking.fill(store)
    Scribe(store, BOB).state("Bob likes tea.", about="bob", said={"title": "Tea", "role": "document"})
    Scribe(store, SHARED).say("The office is closed on Mondays.")
    Scribe(store, OTHER).say("Another Ada, of another firm.")
    return store


@pytest.fixture
def target(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "target.db")


def planned(source: Store, target: Store, home: str | None = None) -> tuple[Mover, Plan]:
    mover = Mover(source, target, EMBEDDER, clock=now)
    return mover, drive(mover.plan(home, progress=None))


def moved(source: Store, target: Store, home: str | None = None) -> Moved:
    mover, plan = planned(source, target, home)
    return drive(mover.move(plan, progress=None))


def dumped(store: Store, *spaces: str) -> list[Mapping[str, Any]]:
    async def listed() -> list[Mapping[str, Any]]:
        return [record async for record in store.dump(spaces or await store.spaces())]

    return drive(listed())


def kinds(store: Store) -> set[str]:
    return {record["record"] for record in dumped(store)}


# ----------------------------------------------------------------------------------------------------------- arriving


def test_a_whole_store_arrives_record_by_record(source: Watched, target: Watched) -> None:
    before = dumped(source)
    told = moved(source, target)
    assert dumped(target) == before == dumped(source)
    assert kinds(target) == {"space", "episode", "entity", "fact", "change", "tombstone"}
    assert (told.spaces, told.records, told.new) == (5, len(before), len(before) - 5)


def found(store: Store) -> list[Seeds]:
    asked = ((ADA, "Where does Kim live?"), (BOB, "What does Bob like?"), (BOB, "Tea"))
    return [Asking().seeds(store, [space], question) for space, question in asked]


def test_pages_of_any_size_make_the_same(
    source: Watched, target: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(source, target)
    monkeypatch.setattr(moving, "PAGE", 1)  # a fact comes in another page than the title of its episode
    other = Watched(tmp_path / "other.db")
    moved(source, other)
    assert {len(page) for page in other.restored} == {1}
    assert dumped(other) == dumped(target) == dumped(source)
    assert found(other) == found(target)


def test_both_clocks_come_along(source: Watched, target: Watched) -> None:
    moved(source, target)
    porto = fact_of(source, "Kim lives in Porto.")
    days = [FixedClock()() + number * DAY / 2 for number in range(-1, 5)]
    seen: set[str] = set()
    for at in days:
        for known_at in days:
            moment = Moment(at=at, known_at=known_at)
            facts = drive(source.facts([ADA], [porto], moment=moment))
            assert drive(target.facts([ADA], [porto], moment=moment)) == facts
            seen.add(str([(fact.valid_from, fact.valid_to, fact.known_to) for fact in facts]))
    assert len(seen) == 3, "unknown, open, ended"


def test_what_was_taken_back_is_not_learned_again(source: Watched, target: Watched) -> None:
    moved(source, target)
    for rejected in ("rejected", "other"):
        known = drive(target.known(Question(rejections=((ADA, rejected), (BOB, rejected)))))
        assert known.rejected == ({(ADA, rejected)} if rejected == "rejected" else set())


def test_it_comes_back_as_it_went(source: Watched, target: Watched, tmp_path: Path) -> None:
    moved(source, target)
    back = Watched(tmp_path / "back.db")
    moved(target, back)
    assert dumped(back) == dumped(source)


@pytest.mark.parametrize(
    ("home", "spaces"),
    [
        (ADA, [ADA, TRIP]),
        (BOB, [BOB]),
        (TRIP, [TRIP]),
        ("org=acme", [SHARED, ADA, TRIP, BOB]),
        ("org=other", [OTHER]),
    ],
)
def test_only_one_owner_goes_where_one_is_named(source: Watched, target: Watched, home: str, spaces: list[str]) -> None:
    told = moved(source, target, home)
    assert drive(target.spaces()) == sorted(spaces)
    assert told.spaces == len(spaces)
    assert dumped(target) == dumped(source, *sorted(spaces))


@pytest.mark.parametrize("home", ["org=acme/user=ad", "org=acme/user=adam", "org=acm", "org=acme/user=ada/session=tri"])
def test_a_name_that_is_like_an_owners_is_not_found_and_no_target_is_made(
    source: Watched, target: Watched, tmp_path: Path, home: str
) -> None:
    with pytest.raises(NotFound, match=home):
        moved(source, target, home)
    assert not (tmp_path / "target.db").exists()


def test_a_store_without_memories_is_moved_at_once(tmp_path: Path, target: Watched) -> None:
    told = moved(opened(tmp_path / "empty.db"), target)
    assert str(told).startswith("0 records of 0 spaces are the same in both stores, 0 of them new, in ")


def test_vectors_of_another_embedder_are_refused_before_anything_is_written(
    source: Watched, target: Watched, tmp_path: Path
) -> None:
    other = WordEmbedder(32)
    with pytest.raises(EmbedderMismatch):
        drive(Mover(Watched(tmp_path / "source.db"), target, other, clock=now).plan(None, progress=None))
    assert not (tmp_path / "target.db").exists()


# ------------------------------------------------------------------------------------------------------- going on


def test_what_is_there_is_passed_over(source: Watched, target: Watched) -> None:
    moved(source, target)
    written = len(target.restored)
    told = moved(source, target)
    assert len(target.restored) == written
    assert (told.records, told.new) == (len(dumped(source)), 0)


def test_stopped_anywhere_it_goes_on_and_nothing_is_written_twice(
    source: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "PAGE", 3)
    whole = Watched(tmp_path / "whole.db")
    moved(source, whole)
    for pages in range(1, len(whole.restored)):
        target = Watched(tmp_path / f"{pages}.db")
        target.stops_after = pages
        with pytest.raises(Stopped):
            moved(source, target)
        there = dumped(target)
        target.stops_after, target.restored = None, []
        moved(source, target)
        assert dumped(target) == dumped(source)
        assert found(target) == found(whole)
        assert sum(map(len, target.restored)) == len(dumped(source)) - len(there)


def test_progress_counts_what_is_compared_and_what_is_written(
    source: Watched, target: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "PAGE", 4)
    compared: list[int] = []
    written: list[int] = []
    moved(source, target, ADA)
    mover = Mover(source, target, EMBEDDER, clock=now)
    plan = drive(mover.plan(None, progress=compared.append))
    drive(mover.move(plan, progress=written.append))
    everything = len(dumped(source))
    assert sum(compared) == everything
    assert sum(written) == plan.missing == everything - len(dumped(source, ADA, TRIP))


# ------------------------------------------------------------------------------------------------------ other content


def test_a_target_with_other_content_is_a_conflict_that_names_it_and_nothing_is_written(
    source: Watched, target: Watched, tmp_path: Path
) -> None:
    there = Scribe(opened(tmp_path / "target.db"), BOB).say("Bob likes coffee.", id="coffee")
    before = dumped(opened(tmp_path / "target.db"))
    with pytest.raises(Conflict, match=f"in {BOB} that the source does not, first the episode {there.id}: "):
        moved(source, target)
    assert dumped(target) == before


def test_a_target_may_hold_what_the_source_knows_nothing_of(source: Watched, target: Watched, tmp_path: Path) -> None:
    zoe = "org=acme/user=zoe"
    Scribe(opened(tmp_path / "target.db"), zoe).say("Zoe was here before.")
    hers = dumped(opened(tmp_path / "target.db"))
    moved(source, target)
    assert dumped(target, zoe) == hers
    assert dumped(target, *drive(source.spaces())) == dumped(source)


def fact_of(store: Store, text: str) -> str:
    [id_] = [record["id"] for record in dumped(store) if record["record"] == "fact" and record["text"] == text]
    return id_


def ended(store: Store, fact_id: str) -> None:
    change = Change(space=BOB, kind="ended", fact_id=fact_id)
    Scribe(store, BOB).write(closings=(Closing(BOB, fact_id, None),), changes=(change,))


def test_a_fact_that_changed_in_the_source_since_it_was_moved_is_named_and_left(
    source: Watched, target: Watched
) -> None:
    moved(source, target)
    before = dumped(target)
    tea = fact_of(source, "Bob likes tea.")
    ended(source, tea)
    with pytest.raises(Conflict, match=f"first the fact {tea}: .* has changed in the source"):
        moved(source, target)
    assert dumped(target) == before


def test_what_was_added_to_the_source_since_it_was_moved_follows(source: Watched, target: Watched) -> None:
    moved(source, target)
    scribe = Scribe(source, ADA)
    scribe._written = 100
    scribe.state("Kim keeps bees.", about="bees")
    told = moved(source, target)
    assert dumped(target) == dumped(source)
    assert told.new == 4  # an episode, an entity, a fact, a change


def test_who_the_owner_is_may_become_known_between_two_moves(source: Watched, target: Watched) -> None:
    moved(source, target)
    Scribe(source, BOB).write(selves={BOB: "bob"})
    moved(source, target)
    assert dumped(target, BOB)[0] == {"record": "space", "space": BOB, "self": "bob", "expires_at": None}
    assert dumped(target) == dumped(source)


def test_what_was_erased_in_the_source_is_not_called_moved_while_the_target_has_it(
    source: Watched, target: Watched
) -> None:
    moved(source, target)
    drive(source.erase(Erasure((BOB,), everything=True), is_dry_run=False))
    with pytest.raises(Conflict, match=BOB):
        moved(source, target)


# -------------------------------------------------------------------------------------------- writers in the meantime


def talking(store: Watched, times: int) -> Iterator[object]:
    """Says something after each of so many dumps."""
    scribe = Scribe(store, ADA)
    scribe._written = 100
    for number in range(times):
        yield scribe.say(f"Meanwhile, {number}.")


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_written_meanwhile_is_noticed_and_the_space_is_moved_again(
    source: Watched, target: Watched, times: int
) -> None:
    mover, plan = planned(source, target, ADA)
    source.meanwhile = talking(source, times)
    told = drive(mover.move(plan, progress=None))
    assert dumped(target) == dumped(source, *drive(target.spaces()))
    assert told.records == len(dumped(target))
    assert sum(record.get("text", "").startswith("Meanwhile") for record in dumped(target)) == times


def test_a_source_that_is_written_to_all_the_time_is_an_honest_error(source: Watched, target: Watched) -> None:
    mover, plan = planned(source, target, ADA)
    source.meanwhile = talking(source, 1000)
    with pytest.raises(Conflict, match=f"{ADA} was written to while it was moved, 3 times in a row: stop its writers"):
        drive(mover.move(plan, progress=None))


def test_a_fact_that_changes_after_it_was_copied_is_noticed(source: Watched, target: Watched) -> None:
    mover, plan = planned(source, target, BOB)
    tea = fact_of(source, "Bob likes tea.")
    source.meanwhile = (ended(source, tea) for _ in range(1))
    with pytest.raises(Conflict, match=f"first the fact {tea}"):
        drive(mover.move(plan, progress=None))


def test_a_target_that_does_not_keep_what_it_is_given_is_found_out(source: Watched, target: Watched) -> None:
    target.loses = dumped(source, SHARED)[1]["id"]
    with pytest.raises(StoreError, match=f"{SHARED} is not the same in both stores .* the episode {target.loses}"):
        moved(source, target, SHARED)


def test_a_record_that_cannot_be_read_is_a_fault_of_the_source(source: Watched, target: Watched) -> None:
    class Torn(Watched):
        async def dump(self, spaces: Sequence[str]) -> AsyncIterator[Mapping[str, object]]:
            async for record in super().dump(spaces):
                yield {**record, "text": None}

    torn = Torn(source._database.path)  # pyright: ignore[reportArgumentType]
    with pytest.raises(StoreError, match=f"{SHARED} holds a record in the source that cannot be read"):
        moved(torn, target, SHARED)


# ---------------------------------------------------------------------------------------------------------- digests


def test_equal_contents_have_equal_digests_and_any_change_another(source: Watched, target: Watched) -> None:
    moved(source, target)
    assert drive(content(source, ADA)) == drive(content(target, ADA))
    digests = {drive(content(source, space)).digest for space in drive(source.spaces())}
    assert len(digests) == 5
    before = drive(content(source, BOB))
    [tea, episode] = [fact_of(source, "Bob likes tea."), dumped(source, BOB)[1]["id"]]
    Scribe(source, BOB).write(supports=((BOB, tea, Evidence(episode_id=episode, start=0, end=3)),))
    after = drive(content(source, BOB))
    assert after.digest != before.digest
    assert after.records == before.records


def test_a_space_that_is_not_there_holds_nothing(source: Watched) -> None:
    assert drive(content(source, "org=acme/user=nobody")).records == 0


# ---------------------------------------------------------------------------------------------------------- addresses


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "notes.db"
    path.touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "linked.db").symlink_to(path)
    (tmp_path / "hard.db").hardlink_to(path)
    return path


@pytest.mark.parametrize(
    "spelling",
    ["notes.db", "./notes.db", "folder/../notes.db", "file:notes.db", "~/notes.db", "linked.db", "hard.db"],
)
def test_a_file_is_not_moved_into_itself_however_it_is_spelt(here: Path, spelling: str) -> None:
    for source, target in ((str(here), spelling), (spelling, f"file://{here}")):
        with pytest.raises(InvalidInput, match="are the same store"):
            check_apart(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("neo4j://localhost", "bolt://LOCALHOST:7687"),
        ("bolt://localhost:7687/", "bolt://ada:secret@localhost"),
        ("neo4j+s://db.example/notes", "neo4j://db.example/Notes"),
    ],
)
def test_a_database_is_not_moved_into_itself(source: str, target: str) -> None:
    with pytest.raises(InvalidInput, match="are the same store"):
        check_apart(source, target)


@pytest.mark.parametrize("address", ["bolt://ada:secret@localhost:port", "bolt://ada:secret@[localhost"])
def test_an_address_that_cannot_be_read_is_refused_and_its_password_not_shown(here: Path, address: str) -> None:
    with pytest.raises(InvalidInput, match="write bolt://localhost:7687") as refused:
        check_apart("notes.db", address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("notes.db", "other.db"),
        ("notes.db", "bolt://localhost"),
        ("bolt://localhost", "notes.db"),
        ("bolt://localhost:7687", "bolt://localhost:7688"),
        ("bolt://localhost/a", "bolt://localhost/b"),
    ],
)
def test_two_stores_are_two(here: Path, source: str, target: str) -> None:
    check_apart(source, target)


def test_a_source_that_is_not_there_is_named(here: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"missing\.db cannot be read"):
        check_apart("missing.db", "other.db")


@pytest.mark.parametrize(("source", "target"), [(":memory:", "other.db"), ("notes.db", ":memory:")])
def test_what_ends_with_the_command_is_no_store_to_move(here: Path, source: str, target: str) -> None:
    with pytest.raises(InvalidInput, match="stores that last"):
        check_apart(source, target)
