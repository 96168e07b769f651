"""What recall shows as proof is so: every step of every path, the shares of a score, and why a fact is not there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem import Memory, NotFound
from graphmem.models import Episode, Fact, Hit, Path, Recall, Step
from graphmem.testing import FixedClock, WordEmbedder
from tests.stories.conftest import NewMemory
from tests.stories.plain_sentences import VERBS, PlainSentences, sentences

NAMES = ("Alda", "Brem", "Corvin", "Dunmar", "Elsby", "Fenwar")
OWNERS: Mapping[str, Mapping[str, Any]] = {
    "ada": {"user_id": "ada"},
    "her session": {"user_id": "ada", "session_id": "monday"},
    "bob": {"user_id": "bob"},
    "all": {"layer": "org"},
}
ADA = OWNERS["her session"]
START = datetime(2025, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
DAYS = tuple(f"{START + MONTH * number:%Y-%m-%d}" for number in range(-1, 6))
MOMENTS = tuple(START + MONTH * number + timedelta(days=1) for number in range(-1, 7))


@dataclass(frozen=True)
class Told:
    """One text and by whom; it takes the place of what this source said before. With a title it is a document."""

    owner: str
    text: str
    source: str
    title: str | None = None


@dataclass(frozen=True)
class Asked:
    """A question and where it stands on both clocks."""

    question: str
    at: datetime | None
    known_at: datetime | None
    hops: int
    limit: int

    def of(self, memory: Memory) -> Recall:
        return memory.recall(self.question, at=self.at, known_at=self.known_at, hops=self.hops, limit=self.limit, **ADA)


@st.composite
def texts(draw: st.DrawFn) -> str:
    said: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        subject, object_ = draw(st.permutations(NAMES))[:2]
        interval = sorted(draw(st.lists(st.sampled_from(DAYS), max_size=2, unique=True)))
        dated = "".join(f" {word} {day}" for word, day in zip(("from", "until"), interval, strict=False))
        said.append(f"{subject} {draw(st.sampled_from(list(VERBS)))} {object_}{dated}.")
    return draw(st.sampled_from(["", "Rain again. "])) + " ".join(said)


TELLINGS = st.lists(
    st.builds(
        Told, st.sampled_from(list(OWNERS)), texts(), st.sampled_from("abcdefgh"), st.none() | st.sampled_from(NAMES)
    ),
    min_size=4,
    max_size=14,
)
QUESTIONS = st.builds(
    Asked,
    st.builds(
        "Who {} the one that {} {}?".format,
        st.sampled_from(list(VERBS)),
        st.sampled_from(list(VERBS)),
        st.sampled_from(NAMES),
    )
    | st.builds("Where does {} live?".format, st.sampled_from(NAMES)),
    st.none() | st.sampled_from(MOMENTS),
    st.none() | st.sampled_from(MOMENTS),
    st.integers(0, 3),
    st.sampled_from([1, 3, 20]),
)
STORIES = st.tuples(TELLINGS, st.lists(QUESTIONS, min_size=2, max_size=4))


def told(memory: Memory, clock: FixedClock, tellings: Sequence[Told]) -> Memory:
    """The memory after all of it: one text a week, so that both clocks move."""
    for telling in tellings:
        clock.advance(days=7)
        memory.add(telling.text, title=telling.title, source_id=telling.source, replace=True, **OWNERS[telling.owner])
    return memory


# paths


def paths_of(recall: Recall) -> Iterator[tuple[Hit, Path]]:
    return ((hit, hit.path) for hit in recall.hits if hit.path is not None)


def check_step(memory: Memory, step: Step, known_at: datetime) -> None:
    """The step is a fact of the asker's, read from words that its episode holds and that were known by then."""
    fact = memory.get(step.fact_id, **ADA)
    episode = memory.get(step.episode_id, **ADA)
    assert isinstance(fact, Fact)
    assert isinstance(episode, Episode)
    assert "user=bob" not in fact.space + episode.space
    assert (step.text, step.source_id, step.said_at) == (fact.text, episode.source_id, episode.said_at)
    assert step.quote in [said.text for said in sentences(episode.text)]
    [quoted] = sentences(step.quote)
    assert (quoted.subject, quoted.object) == (fact.subject, fact.object)
    assert episode.recorded_at is not None
    assert episode.recorded_at <= known_at


def held_by(memory: Memory, recall: Recall) -> set[str]:
    """The ids of all that held when the question was about, as far as it was known."""
    return {fact.id for fact in memory.facts(at=recall.at, known_at=recall.known_at, limit=10_000, **ADA)}


def check_paths(memory: Memory, asked: Asked, recall: Recall) -> None:
    holding = held_by(memory, recall)
    for hit, path in paths_of(recall):
        for step in path.steps:
            check_step(memory, step, recall.known_at)
        check_links(memory, path)
        assert len(path) <= asked.hops + 1, f"hops={asked.hops}: {path}"
        assert len({step.fact_id for step in path.steps}) == len(path)
        last = path.steps[-1]
        assert last.episode_id == hit.episode_id
        assert hit.fact is not None
        assert (hit.fact.id, hit.text, hit.quote) == (last.fact_id, last.text, last.quote)
        if hit.is_outdated:
            assert len(path) == 1
            assert hit.fact.id not in holding
            continue
        for step in path.steps:
            assert step.fact_id in holding, f"{step.text} does not hold at {recall.at}"
            assert next(sentences(step.text)).may_hold(recall.at)


def check_links(memory: Memory, path: Path) -> None:
    """Each step leads over a name that both facts have to the next, and the last to nothing."""
    assert path.steps[-1].via is None
    facts = [memory.get(step.fact_id, **ADA) for step in path.steps]
    for step, (fact, following) in zip(path.steps, pairwise(facts), strict=False):
        assert isinstance(fact, Fact)
        assert isinstance(following, Fact)
        assert step.via in {fact.subject, fact.object}, f"{step.via} is not in {fact}: {path}"
        assert step.via in {following.subject, following.object}, f"{step.via} is not in {following}: {path}"


def remembered(*tellings: Told) -> Memory:
    clock = FixedClock(START)
    return told(Memory(":memory:", clock=clock, extractor=PlainSentences(), embedder=WordEmbedder()), clock, tellings)


@given(STORIES)
@settings(max_examples=100)
def test_every_path_is_a_chain_of_facts_that_held_and_were_known_and_its_words_are_there(
    story: tuple[list[Told], list[Asked]],
) -> None:
    tellings, questions = story
    with remembered(*tellings) as memory:
        for asked in questions:
            check_paths(memory, asked, asked.of(memory))


def test_a_fact_that_does_not_hold_is_shown_only_with_a_mark() -> None:
    with remembered(Told("ada", "Brem lives in Fenwar from 2025-02-01 until 2025-05-01.", "a")) as memory:
        for at in (START, START + 7 * MONTH):
            [hit] = memory.recall("Who trusts Alda?", at=at, **ADA)
            assert hit.is_outdated
        [hit] = memory.recall("Who trusts Alda?", at=START + 2 * MONTH, **ADA)
        assert not hit.is_outdated


LIVES = (
    Told("ada", "Corvin works at Brem until 2025-03-02. Rain again. Alda trusts Corvin.", "a"),
    Told("all", "Brem supplies Elsby. Elsby lives in Fenwar.", "b"),
    Told("bob", "Brem supplies Dunmar. Corvin trusts Dunmar.", "c"),
    Told("her session", "Brem supplies Elsby. Corvin trusts Elsby from 2025-01-31.", "d"),
    Told("ada", "Corvin works at Dunmar from 2025-03-02.", "e"),
    Told("all", "Brem supplies Alda.", "b"),
)


def test_the_same_holds_on_every_store(new_memory: NewMemory) -> None:
    clock = FixedClock(START)
    memory = told(new_memory(clock=clock, extractor=PlainSentences(), embedder=WordEmbedder()), clock, LIVES)
    question = "Whom does the one that Corvin works at supply?"
    for at, known_at in ((None, None), (START + 4 * MONTH, None), (None, START + timedelta(days=30))):
        asked = Asked(question, at, known_at, hops=2, limit=3)
        recall = asked.of(memory)
        assert any(len(path) > 1 for _, path in paths_of(recall))
        check_paths(memory, asked, recall)
        check_shares(recall)
        check_reasons(memory, recall, everything_told(memory))


# the shares of a score


def check_shares(recall: Recall) -> None:
    scores, ranks = recall.trace.scores, recall.trace.ranks
    for hit in recall.hits:
        shares = {name: share for name, share in hit.signals.items() if not name.startswith("nearest_")}
        assert [share for name, share in hit.signals.items() if name not in shares] == [1.0]
        assert all((share >= 0) != (name == "outdated") for name, share in shares.items())
        assert ("outdated" in shares) <= hit.is_outdated
        assert scores[hit.episode_id] == pytest.approx(sum(shares.values()), abs=1e-5)
    current = [ranks[hit.episode_id] for hit in recall.hits if not hit.is_outdated]
    assert current == sorted(current)
    assert sorted(ranks[hit.episode_id] for hit in recall.hits) == list(range(1, len(recall.hits) + 1))
    shown = [hit.score for hit in recall.hits]
    assert shown == sorted(shown, reverse=True)
    assert all(0 <= score <= 1 for score in shown)
    assert shown[:1] == [recall.confidence][: len(shown)]


@given(STORIES)
@settings(max_examples=30)
def test_the_shares_of_a_hit_add_up_to_what_it_was_ranked_by(story: tuple[list[Told], list[Asked]]) -> None:
    tellings, questions = story
    with remembered(*tellings) as memory:
        for asked in questions:
            check_shares(asked.of(memory))


# why not


def check_reasons(memory: Memory, recall: Recall, facts: Sequence[Fact]) -> None:
    steps = {step.fact_id for _, path in paths_of(recall) for step in path.steps}
    shown = {hit.episode_id for hit in recall.hits}
    holding = held_by(memory, recall)
    for fact in facts:
        told, by_id = recall.why_not(fact), recall.why_not(fact.id)
        is_foreign = fact.space.endswith("user=bob")
        assert told.fact_id == by_id.fact_id == fact.id
        assert told == by_id or by_id.stage == "not read"
        assert (told.stage == "returned") == (fact.id in steps), told
        assert told.stage != "not holding" or fact.id not in holding
        if told.stage == "outranked":
            check_outranked(recall, told.reason, {place.episode_id for place in fact.evidence} & shown)
        if told.stage == "not known":
            assert is_foreign or (fact.known_to is not None and fact.known_to <= recall.known_at)
        if is_foreign:
            assert told.stage == "not known"
            assert "may not read it" in told.reason
            assert "may not read it" in by_id.reason
    assert recall.why_not("no such fact").stage == "not read"


def check_outranked(recall: Recall, reason: str, shown: set[str]) -> None:
    """Either another fact of an episode that is shown took its place, or its episode came after the last hit."""
    if "same episode" in reason:
        assert shown
        return
    ranks, scores = recall.trace.ranks, recall.trace.scores
    named = [episode for episode, rank in ranks.items() if f"came {rank} with {scores[episode]:.2f};" in reason]
    assert named
    assert all(ranks[episode] > len(recall.hits) for episode in named)


def everything_told(memory: Memory) -> list[Fact]:
    """Each fact that anybody was told, by id, whether it holds today or is believed any more."""
    weeks = [START + timedelta(days=7 * number) for number in range(1, 15)]
    moments = [(None, None), *((at, None) for at in MOMENTS), *((None, known_at) for known_at in weeks)]
    found = {
        fact.id
        for owner in OWNERS.values()
        for at, known_at in moments
        for fact in memory.facts(at=at, known_at=known_at, limit=10_000, **owner)
    }
    return [fact for identity in sorted(found) for fact in fact_of_anybody(memory, identity)]


def fact_of_anybody(memory: Memory, identity: str) -> Iterator[Fact]:
    for owner in OWNERS.values():
        try:
            fact = memory.get(identity, **owner)
        except NotFound:
            continue
        assert isinstance(fact, Fact)
        yield fact
        return


@given(STORIES)
@settings(max_examples=25)
def test_why_not_says_what_became_of_a_fact(story: tuple[list[Told], list[Asked]]) -> None:
    tellings, questions = story
    with remembered(*tellings) as memory:
        facts = everything_told(memory)
        for asked in questions:
            check_reasons(memory, asked.of(memory), facts)


def test_why_not_knows_hits_what_came_behind_what_is_over_and_what_it_never_saw(memory: Memory) -> None:
    facts = [{"text": f"Corvin planted tree number {number} in the yard."} for number in range(4)]
    changes = memory.add_facts(facts, user_id="ada")
    [over] = memory.add_facts([{"text": "Elsby sold a barge.", "valid_to": START}], user_id="ada")
    [foreign] = memory.add_facts([{"text": "Corvin planted a hedge in the yard."}], user_id="bob")
    found = memory.recall("Who planted tree number 2 in the yard?", user_id="ada", limit=1)
    assert found.hits[0].text == facts[2]["text"]
    reasons = [found.why_not(change.fact_id) for change in changes if change.fact_id]
    assert [told.stage for told in reasons] == ["outranked", "outranked", "returned", "outranked"]
    assert "came 2 with" in reasons[0].reason or "came 2 with" in reasons[1].reason
    assert over.fact_id
    assert found.why_not(over.fact_id).stage == "not holding"
    assert foreign.fact_id
    assert "may not read it" in found.why_not(foreign.fact_id).reason
    assert found.why_not("nothing").stage == "not read"


def test_why_not_tells_what_was_replaced_from_what_came_later_and_what_belongs_to_others() -> None:
    with remembered(
        Told("ada", "Corvin trusts Brem.", "a"),
        Told("ada", "Corvin trusts Elsby.", "a"),
        Told("ada", "Dunmar lives in Fenwar from 2025-01-01 until 2025-02-01.", "b"),
        Told("bob", "Corvin trusts Dunmar.", "a"),
    ) as memory:
        replaced, shown, over, foreign = everything_told(memory)
        found = memory.recall("Whom does Corvin trust?", at=START + 2 * MONTH, limit=1, **ADA)
        told = [found.why_not(fact) for fact in (replaced, shown, over, foreign)]
        assert [each.stage for each in told] == ["not known", "returned", "not holding", "not known"]
        assert "replaced" in told[0].reason
        assert "2025-03-02" in told[2].reason
        assert "may not read it" in told[3].reason
        before = memory.recall("Whom does Corvin trust?", known_at=START + timedelta(days=8), **ADA)
        assert [before.why_not(fact).stage for fact in (replaced, shown)] == ["returned", "not read"]
        assert "on 2025-01-09 it was not known" in before.why_not(shown).reason


def test_a_hit_is_told_with_its_chain_its_dates_its_speaker_and_its_words(new_memory: NewMemory) -> None:
    memory = new_memory(extractor=PlainSentences(), embedder=WordEmbedder())
    said = {"role": "user", "name": "Runa"}
    memory.add([{**said, "content": "Well. Corvin works at Brem. Hm."}], user_id="ada", at=START, source_id="note 1")
    memory.add([{**said, "content": "Brem supplies Elsby."}], user_id="ada", at=START + MONTH, source_id="note 2")
    found = memory.recall("Whom does the one that Corvin works at supply?", user_id="ada")
    [hit] = [hit for hit in found if hit.path and len(hit.path) == 2]
    assert hit.path is not None
    assert [(step.source_id, step.quote, step.via) for step in hit.path.steps] == [
        ("note 1", "Corvin works at Brem.", "Brem"),
        ("note 2", "Brem supplies Elsby.", None),
    ]
    assert [step.said_at for step in hit.path.steps] == [START, START + MONTH]
    assert {step.speaker for step in hit.path.steps} == {"Runa"}
    assert str(hit) == "Corvin works at Brem. · Brem supplies Elsby.   (Runa, 2025-01-31)"
    assert "Corvin works at Brem. → Brem supplies Elsby. (Runa, 2025-01-31)" in found.context()
    lines = hit.explain().splitlines()
    assert lines[0] == f"Brem supplies Elsby.  [{hit.score:.2f}]"
    assert lines[1:4] == [
        "  2025-01-01, Runa: “Corvin works at Brem.”  (note 1)",
        "    ↓ Brem",
        "  2025-01-31, Runa: “Brem supplies Elsby.”  (note 2)",
    ]
    assert lines[4].startswith(f"  ranked by {found.trace.scores[hit.episode_id]:.2f}: ")
    assert all(name in lines[4] for name in ("dense", "words", "cover"))
