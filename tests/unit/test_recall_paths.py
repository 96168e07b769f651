"""Hand-made memories: which way a chain runs, what may carry it, and what it is worth."""

import asyncio
from collections.abc import Iterable, Sequence

import numpy as np

from graphmem.protocols import Places, Statistics
from graphmem.recall import chat, choose, pairs, walk
from graphmem.recall.paths import Reached, Stepper
from graphmem.recall.question import DateAsked, Words
from graphmem.recall.seeds import Nearness
from graphmem.recall.settings import MINILM
from graphmem.recall.view import View
from graphmem.stores.gathering import Gathering, Leads, Told
from graphmem.stores.gathering import Reached as Fact

SPACE = "org=acme/user=ada"
QUESTION = "citi alic work"


class Paper(Gathering):
    """An excerpt that is whole from the start."""

    async def read_degrees(self, entities: Places) -> None: ...

    async def read_links(self, entities: Places) -> None: ...

    async def read_turns(self, episodes: Places, *, around: int) -> None: ...


def fact(name: str, words: str, *, about: str | None, mentions: tuple[str, ...] = (), holds: bool = True) -> Fact:
    return Fact(name, SPACE, (f"e-{name}",), about, mentions, words, 0.5, holds)


def episode(name: str, words: str, facts: Sequence[str] = (), *, role: str = "document") -> Told:
    return Told(name, SPACE, role, None, None, "s", 0, words.endswith("?"), words, 0.5, facts)  # type: ignore[arg-type]


def view_of(
    *facts: Fact,
    role: str = "document",
    degree: int = 2,
    asked: Iterable[str] = ("alice",),
) -> View:
    paper = Paper(QUESTION.split())
    paper.add_facts(facts)
    paper.add_episodes([episode(f.episodes[0], f.stems, [f.id], role=role) for f in facts])
    keys = list(dict.fromkeys(key for f in facts for key in (f.subject, *f.mentions) if key))
    holding = [f for f in facts if f.holds]
    leads = {
        key: Leads([f for f in holding if f.subject == key], [f for f in holding if key in f.mentions]) for key in keys
    }
    paper.add_links(keys, leads)
    paper.add_degrees(dict.fromkeys(keys, (degree, False)))
    view = View(paper, Words(dict.fromkeys(QUESTION.split(), 1.0)), 100)
    view.asked = view.places_of(list(asked))
    return view


WORKS = fact("works", "alic work acm", about="alice", mentions=("acme",))
LIES = fact("lies", "acm citi berlin", about="acme", mentions=("berlin",))


def place(view: View, name: str) -> int:
    return list(view.episodes.ids).index(name)


def scores_of(view: View, **by_name: float) -> np.ndarray:
    column = np.zeros(len(view.episodes.ids))
    for name, score in by_name.items():
        column[place(view, f"e-{name}")] = score
    return column


def stepped(view: View, *, start: str = "works", is_rescored: bool = False) -> dict[str, Reached]:
    """What one step from an episode reaches, by the id of the episode."""
    stepper = Stepper(view, MINILM.chain, MINILM.hop)
    nearness = scores_of(view, **{start: 1.0})
    front = stepper.start(np.flatnonzero(nearness), nearness)
    reached = stepper.targets(front, stepper.leading(stepper.ways_out(front)))
    if is_rescored:
        reached = chat.rescored(view, front, reached, MINILM.hop, 0.5)
    rows = range(len(reached.episode))
    return {view.episodes.ids[reached.episode[row]]: reached.rows(np.array([row])) for row in rows}


def score(reached: dict[str, Reached], episode: str) -> float:
    return float(reached[episode].score[0])


def test_a_chain_crosses_the_entity_that_two_facts_share() -> None:
    view = view_of(WORKS, LIES)
    way = stepped(view)["e-lies"]
    facts, entities = view.facts.ids, view.entities.keys
    assert (facts[way.source[0]], entities[way.via[0]], facts[way.fact[0]]) == ("works", "acme", "lies")


def test_a_target_counts_for_the_words_that_the_chain_has_not_met_yet() -> None:
    says_more = stepped(view_of(WORKS, LIES))
    says_the_same = stepped(view_of(WORKS, fact("lies", "acm work", about="acme")))
    assert score(says_more, "e-lies") > score(says_the_same, "e-lies")


def test_a_fact_about_the_bridge_counts_more_than_one_that_mentions_it() -> None:
    mentioned = fact("lies", "acm citi berlin", about="berlin", mentions=("acme",))
    assert score(stepped(view_of(WORKS, LIES)), "e-lies") > score(stepped(view_of(WORKS, mentioned)), "e-lies")


def test_an_entity_of_the_question_is_no_bridge() -> None:
    assert stepped(view_of(WORKS, LIES, asked=("alice", "acme"))) == {}


def test_a_hub_is_no_bridge() -> None:
    assert stepped(view_of(WORKS, LIES, degree=11)) == {}
    assert view_of(WORKS).hub == 10


def test_the_asker_is_no_bridge() -> None:
    view = view_of(WORKS, LIES)
    view.selves = view.places_of(["acme"])
    assert stepped(view) == {}


def test_a_fact_that_does_not_hold_carries_no_chain() -> None:
    assert stepped(view_of(fact("works", "alic work acm", about="alice", mentions=("acme",), holds=False), LIES)) == {}


def test_a_hop_into_a_long_text_counts_less() -> None:
    long = fact("lies", "acm citi berlin " + "word " * 200, about="acme")
    scores = [
        score(stepped(view_of(WORKS, target, role="user"), is_rescored=True), "e-lies") for target in (LIES, long)
    ]
    assert scores[0] > 10 * scores[1]


def test_the_walk_gives_weight_to_what_shares_an_entity_with_the_best() -> None:
    stranger = fact("stranger", "rain", about="weather")
    view = view_of(WORKS, LIES, stranger)
    nearness = scores_of(view, works=1.0, stranger=0.2)
    start, weights = walk.prior(np.flatnonzero(nearness), nearness, MINILM.walk)
    activation = walk.Activation(view.asked, MINILM.walk)
    activation.spread(view)
    entities, masses = walk.entity_mass(view, start, weights, activation.weights, MINILM.walk)
    reached, flow = walk.episode_mass(view, start, weights, entities, masses, MINILM.walk)
    mass = dict(zip([view.episodes.ids[episode] for episode in reached], flow, strict=True))
    assert mass["e-works"] == 1.0
    assert mass["e-lies"] > mass.get("e-stranger", 0.0)


def test_without_seeds_there_is_nowhere_to_walk() -> None:
    view = view_of()
    nowhere, nothing = np.empty(0, dtype=np.int64), np.empty(0)
    assert len(walk.prior(nowhere, nothing, MINILM.walk)[0]) == 0
    assert len(Stepper(view, MINILM.chain, MINILM.hop).start(nowhere, nothing).episode) == 0


def chosen(view: View, **by_name: float) -> list[str]:
    episodes = np.array([place(view, f"e-{name}") for name in by_name])
    scores = np.array(list(by_name.values()))
    episodes, scores = choose.ranked(view, episodes, scores), np.sort(scores)[::-1]
    follows = asyncio.run(pairs.following(view, episodes, MINILM.chain))
    order, _ = choose.together(view, episodes, scores, follows, MINILM.choice)
    return [view.episodes.ids[episode] for episode in order]


def test_the_second_choice_covers_what_the_first_leaves_open() -> None:
    view = view_of(WORKS, fact("twin", "alic work acm", about="alice"), LIES)
    assert chosen(view, works=1.0, twin=0.9, lies=0.6) == ["e-works", "e-lies", "e-twin"]


def test_what_goes_on_about_a_thing_that_the_first_choice_names_comes_before_what_covers_as_much() -> None:
    elsewhere = fact("elsewhere", "citi pari", about="paris")
    assert chosen(view_of(WORKS, LIES, elsewhere), works=1.0, elsewhere=0.6, lies=0.5) == [
        "e-works",
        "e-lies",
        "e-elsewhere",
    ]


def test_a_thing_that_stands_everywhere_joins_no_documents() -> None:
    elsewhere = fact("elsewhere", "citi pari", about="paris")
    assert chosen(view_of(WORKS, LIES, elsewhere, degree=50), works=1.0, elsewhere=0.6, lies=0.5) == [
        "e-works",
        "e-elsewhere",
        "e-lies",
    ]


def test_turns_of_a_conversation_do_not_follow_each_other_so() -> None:
    view = view_of(WORKS, LIES, role="user")
    assert not asyncio.run(pairs.following(view, np.arange(2), MINILM.chain)).any()


def test_at_equal_scores_the_order_is_that_of_the_ids() -> None:
    view = view_of(WORKS, fact("atwin", "alic work acm", about="alice"))
    assert chosen(view, works=1.0, atwin=1.0) == ["e-atwin", "e-works"]


def test_it_is_told_how_much_of_an_episode_is_about_nobody_in_particular() -> None:
    open_ = [fact(name, "work acm", about=None, mentions=("acme",)) for name in ("one", "two")]
    gone = fact("gone", "work acm", about=None, holds=False)
    view = view_of(WORKS, *open_, gone)
    episodes = np.array([place(view, f"e-{name}") for name in ("works", "one", "gone")])
    assert view.about_nobody(episodes).tolist() == [0.0, 1.0, 0.0]


def test_an_episode_is_outdated_when_only_what_no_longer_holds_matches() -> None:
    view = view_of(WORKS, fact("gone", "alic work acm", about="alice", holds=False))
    episodes = np.array([place(view, "e-gone"), place(view, "e-works")])
    assert view.is_outdated(episodes).tolist() == [True, False]


def test_scores_never_rise_along_the_hits_and_the_first_has_the_confidence_of_the_recall() -> None:
    assert choose.calibrated(np.array([2.0, 1.0, 1.5, -1.0]), 0.8) == [0.8, 0.4, 0.4, 0.0]
    assert choose.calibrated(np.array([1.5, 2.0, 1.0]), 0.8) == [0.8, 0.8, 0.4]
    assert choose.calibrated(np.array([0.0, 0.0]), 0.8) == [0.8, 0.0]
    assert choose.calibrated(np.empty(0), 0.8) == []


def test_a_question_is_known_by_its_rarest_words_however_long_it_is() -> None:
    stems = [f"w{number}" for number in range(10_000)]
    statistics = Statistics(episodes=20_000, episode_df={stem: number + 1 for number, stem in enumerate(stems)})
    words = Words.of(stems, statistics, limit=24)
    assert words.stems == stems[:24]
    assert words.share(np.array([words.mask(stems)])).tolist() == [1.0]


def test_turns_count_for_each_other_as_far_as_a_recall_reached_whatever_else_is_at_hand() -> None:
    names = [f"t{number}" for number in range(7)]
    view = view_of(*(fact(name, "alic work", about="alice") for name in names), role="user")
    view.excerpt.add_turns([[(SPACE, f"e-{name}") for name in names]])  # type: ignore[attr-defined]
    around = chat.Around.of(view, np.array([place(view, "e-t3")]), 2)
    whole = ["e-t1", "e-t2", "e-t3", "e-t4", "e-t5"]
    assert sorted(view.episodes.ids[turn] for turn in around.whole.tolist()) == whole
    before, after = around.beside(np.arange(len(names)))
    assert [view.episodes.ids[turn] for turn in before[before >= 0].tolist()] == whole[:-1]
    assert [view.episodes.ids[turn] for turn in after[after >= 0].tolist()] == whole[1:]


def test_an_episode_that_was_read_later_stands_beside_nothing() -> None:
    view = view_of(WORKS, role="user")
    around = chat.Around.of(view, np.array([place(view, "e-works")]), 2)
    before, after = around.beside(np.array([len(view.episodes.ids) + 3]))
    assert (before.tolist(), after.tolist()) == ([-1], [-1])


def test_a_turn_counts_for_the_words_of_the_question_that_it_has_with_those_beside_it() -> None:
    spoken = {"t0": "alic", "t1": "oslo", "t2": "work", "t3": "citi", "t4": "oslo"}
    view = view_of(*(fact(name, words, about="alice") for name, words in spoken.items()), role="user")
    view.excerpt.add_turns([[(SPACE, f"e-{name}") for name in spoken]])  # type: ignore[attr-defined]
    turns = np.array([place(view, "e-t0"), place(view, "e-t1"), place(view, "e-t4")])
    nobody = chat.Talk(DateAsked(), frozenset(), frozenset(), is_of_asker=False)
    nearness = np.zeros(len(view.episodes.ids))
    around = chat.Around.of(view, turns, 2)
    gains = chat.additions(view, turns, around, nearness, talk=nobody, episode_length=2.0, settings=MINILM.chat)
    assert (gains["covered"] / MINILM.chat.covered).round(2).tolist() == [0.67, 1.0, 0.67]


def test_a_turn_is_as_near_as_its_nearest_fact_says_beyond_itself() -> None:
    view = view_of(WORKS, role="user")
    turn = np.array([place(view, "e-works")])
    by_itself, by_its_fact = (
        round(Nearness(view, MINILM, 3.0, dense=0.5, words=1, fact_dense=highest, fact_words=1).of(turn)[0].item(), 6)
        for highest in (1.0, 0.25)
    )
    assert by_itself == MINILM.chat.dense
    assert by_its_fact == MINILM.chat.dense + MINILM.chat.fact_dense
