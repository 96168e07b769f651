"""Hand-made memories: which way a chain runs, what may carry it, and what it is worth."""

from datetime import UTC, datetime

from graphmem.protocols import Link, Reached, Seed, Seeds, Statistics, Turn
from graphmem.recall import chat, choose, paths, walk
from graphmem.recall.question import Words
from graphmem.recall.settings import MINILM
from graphmem.recall.view import View

SPACE = "org=acme/user=ada"
DAY = datetime(2024, 5, 1, tzinfo=UTC)


def fact(name: str, words: str, *, about: str, mentions: tuple[str, ...] = (), holds: bool = True) -> Reached:
    return Reached(name, SPACE, (f"e-{name}",), about, mentions, tuple(words.split()), 0.5, holds)


def episode(name: str, words: str, *, role: str = "document", session: str | None = None) -> Seed:
    return Seed(name, SPACE, role, None, session, DAY, tuple(words.split()), 0.5, 2)  # type: ignore[arg-type]


def view_of(*facts: Reached, role: str = "document", question: str = "citi alic work") -> View:
    weights = dict.fromkeys(question.split(), 1.0)
    view = View(Words(weights), 100)
    view.add_seeds(Seeds(tuple(episode(f.episodes[0], " ".join(f.stems), role=role) for f in facts), facts))
    keys = {key for f in facts for key in (f.subject, *f.mentions) if key}
    view.add_links(
        [Link(f.subject, "about", f) for f in facts if f.holds and f.subject]
        + [Link(key, "mentions", f) for f in facts if f.holds for key in f.mentions],
        sorted(keys),
    )
    view.degrees.update(dict.fromkeys(keys, 2))
    return view


WORKS = fact("works", "alic work acm", about="alice", mentions=("acme",))
LIES = fact("lies", "acm citi berlin", about="acme", mentions=("berlin",))


def stepped(view: View, *, asked: tuple[str, ...] = ("alice",), front: str = "e-works") -> dict[str, paths.Trail]:
    stepper = paths.Stepper(view, asked, MINILM.chain, MINILM.chat)
    return stepper.targets(stepper.bridges(paths.start({front: 1.0}, view, MINILM.chain)))


def test_a_chain_crosses_the_entity_that_two_facts_share() -> None:
    trail = stepped(view_of(WORKS, LIES))["e-lies"]
    assert (trail.source, trail.via, trail.fact) == (WORKS, "acme", LIES)


def test_a_target_counts_for_the_words_that_the_chain_has_not_met_yet() -> None:
    says_more = stepped(view_of(WORKS, LIES))["e-lies"]
    says_the_same = stepped(view_of(WORKS, fact("lies", "acm work", about="acme")))["e-lies"]
    assert says_more.score > says_the_same.score


def test_a_fact_about_the_bridge_counts_more_than_one_that_mentions_it() -> None:
    mentioned = fact("lies", "acm citi berlin", about="berlin", mentions=("acme",))
    assert stepped(view_of(WORKS, LIES))["e-lies"].score > stepped(view_of(WORKS, mentioned))["e-lies"].score


def test_an_entity_of_the_question_is_no_bridge() -> None:
    assert stepped(view_of(WORKS, LIES), asked=("alice", "acme")) == {}


def test_a_hub_is_no_bridge() -> None:
    view = view_of(WORKS, LIES)
    view.degrees["acme"] = view.hub + 1
    assert stepped(view) == {}


def test_a_fact_that_does_not_hold_carries_no_chain() -> None:
    assert stepped(view_of(fact("works", "alic work acm", about="alice", mentions=("acme",), holds=False), LIES)) == {}


def test_in_a_chat_a_bridge_may_stand_in_the_turn_before() -> None:
    view = view_of(WORKS, LIES, role="user")
    reply = episode("e-reply", "alic", role="user", session="s")
    view.add_turns([Turn(reply, (), "e-reply", 0), Turn(view.episodes["e-works"], (WORKS,), "e-reply", -1)])
    beside, direct = stepped(view, front="e-reply")["e-lies"], stepped(view)["e-lies"]
    assert 0 < beside.score < direct.score


def test_in_a_chat_a_chain_reaches_the_turn_after_its_target() -> None:
    view = view_of(WORKS, LIES, role="user")
    after = episode("e-after", "citi", role="user", session="s")
    view.add_turns([Turn(view.episodes["e-lies"], (LIES,), "e-lies", 0), Turn(after, (), "e-lies", 1)])
    reached = chat.around_targets(view, stepped(view), MINILM.chain, MINILM.chat)
    assert 0 < reached["e-after"].score < reached["e-lies"].score


def test_a_hop_into_a_long_text_counts_less() -> None:
    short = view_of(WORKS, LIES, role="user")
    long = view_of(WORKS, fact("lies", "acm citi berlin " + "word " * 200, about="acme"), role="user")
    scores = [
        chat.around_targets(view, stepped(view), MINILM.chain, MINILM.chat)["e-lies"].score for view in (short, long)
    ]
    assert scores[0] > 10 * scores[1]


def test_the_walk_gives_weight_to_what_shares_an_entity_with_the_best() -> None:
    stranger = fact("stranger", "rain", about="weather")
    view = view_of(WORKS, LIES, stranger)
    start = walk.prior({"e-works": 1.0, "e-stranger": 0.2}, MINILM.walk)
    activation = walk.Activation(["alice"], MINILM.walk)
    activation.spread(view)
    entities = walk.entity_mass(view, start, activation.weights, MINILM.walk, degree=40)
    mass = walk.episode_mass(view, start, entities, MINILM.walk)
    assert mass["e-works"] == 1.0
    assert mass["e-lies"] > mass.get("e-stranger", 0.0)


def test_without_seeds_there_is_nowhere_to_walk() -> None:
    assert walk.prior({}, MINILM.walk) == {}
    assert paths.start({}, view_of(), MINILM.chain) == []


def test_the_second_choice_covers_what_the_first_leaves_open() -> None:
    twin = fact("twin", "alic work acm", about="alice")
    view = view_of(WORKS, twin, LIES)
    order = [name for name, _ in choose.cover(view, {"e-works": 1.0, "e-twin": 0.9, "e-lies": 0.6}, MINILM.choice)]
    assert order == ["e-works", "e-lies", "e-twin"]


def test_a_fact_that_is_read_again_is_counted_once() -> None:
    view = view_of(fact("works", "alic work acme", about="alice", mentions=("acme",)))
    [known] = view.facts_of("e-works")
    view.add_links([Link("alice", "about", known)], ["alice"])
    assert list(view.facts_of("e-works")) == [known]


def test_at_equal_scores_the_order_is_that_of_the_ids() -> None:
    twin = fact("a-twin", "alic work acm", about="alice")
    order = choose.cover(view_of(WORKS, twin), {"e-works": 1.0, "e-a-twin": 1.0}, MINILM.choice)
    assert [name for name, _ in order] == ["e-a-twin", "e-works"]


def test_an_episode_is_outdated_when_only_what_no_longer_holds_matches() -> None:
    gone = fact("gone", "alic work acm", about="alice", holds=False)
    assert view_of(gone).is_outdated("e-gone")
    assert not view_of(WORKS).is_outdated("e-works")


def test_scores_never_rise_along_the_hits_and_the_best_has_the_confidence_of_the_recall() -> None:
    assert choose.calibrated([2.0, 1.0, 1.5, -1.0], 0.8) == [0.8, 0.4, 0.4, 0.0]
    assert choose.calibrated([], 0.8) == []


def test_confidence_grows_with_nearness_and_with_words_covered() -> None:
    low = choose.confidence(0.1, 0.1, MINILM.choice)
    assert 0 <= low < choose.confidence(0.8, 0.1, MINILM.choice) < choose.confidence(0.8, 0.9, MINILM.choice) <= 1


def test_a_question_is_known_by_its_rarest_words_however_long_it_is() -> None:
    stems = [f"w{number}" for number in range(10_000)]
    statistics = Statistics(episodes=20_000, episode_df={stem: number + 1 for number, stem in enumerate(stems)})
    words = Words.of(stems, statistics, limit=24)
    assert list(words.weights) == stems[:24]
    assert words.share(words.mask(stems)) == 1.0
