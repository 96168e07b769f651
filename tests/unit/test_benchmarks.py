"""What the benchmarks compute themselves: other methods, differences, variations of recall."""

import numpy as np
import pytest

from benchmarks import ablate, compare, learn, scale
from benchmarks._baselines import Baselines, PageRank, Statement, statements
from benchmarks._measure import Answer, Question, Scores, difference
from graphmem import Memory
from graphmem._colour import drive
from graphmem.embedding.static import StaticEmbedder
from graphmem.recall.settings import MINILM, STATIC, settings_for

TEXTS = {
    "sister": "Ada's sister Bea works at Acme.",
    "acme": "Acme has its office in Lisbon.",
    "garden": "The garden was full of roses in spring.",
    "train": "Trains leave every morning.",
}
FACTS = [
    Statement(TEXTS["sister"], ("sister",), ("bea", "acme", "ada")),
    Statement(TEXTS["acme"], ("acme",), ("acme", "lisbon")),
    Statement(TEXTS["garden"], ("garden",), ("garden",)),
    Statement(TEXTS["train"], ("train",), ("trains",)),
]


def test_every_method_orders_every_text():
    orders = Baselines(TEXTS, StaticEmbedder(), FACTS).orders("Where does Bea work?")
    assert {"BM25", "dense", "convex", "RRF", "LinearRAG-style", "HippoRAG-2-style"} == set(orders)
    assert all(sorted(order) == sorted(TEXTS) for order in orders.values())


@pytest.mark.parametrize("method", ["LinearRAG-style", "HippoRAG-2-style"])
def test_a_graph_leads_from_a_name_to_the_next_text(method):
    order = Baselines(TEXTS, StaticEmbedder(), FACTS).orders("Whom does Bea see there?")[method]
    assert order[:2] == ["sister", "acme"]


def test_without_facts_there_are_no_methods_with_a_graph():
    assert set(Baselines(TEXTS, StaticEmbedder()).orders("Who?")) == {"BM25", "dense", "convex", "RRF"}


def test_a_walk_loses_nothing_and_stays_near_its_start():
    walk = PageRank(4, np.array([0, 1, 2]), np.array([1, 2, 3]), np.ones(3))
    there = walk.from_(np.array([2.0, 0, 0, 0]), 0.5)
    assert there.sum() == pytest.approx(1)
    assert list(np.argsort(-there)) == [0, 1, 2, 3]


def test_the_facts_of_the_other_methods_are_those_that_memory_read():
    with Memory(":memory:") as memory:
        memory.add_many([{"text": text, "source_id": id_} for id_, text in TEXTS.items()], user_id="ada")
        read = statements(memory, "ada")
    assert {source for statement in read for source in statement.sources} >= {"sister", "acme"}
    assert any("acme" in statement.entities for statement in read)


def test_a_run_compared_with_itself_differs_in_nothing(tmp_path):
    scores = Scores()
    for number in range(20):
        question = Question("a set", f"q{number}", "chain", "Who?", lambda order: {})
        scores.add(question, "graphmem", {"R@5": number % 2})
    file = tmp_path / "answers.jsonl"
    scores.save(file)
    found = compare.figures(file)
    [row] = compare.compared(found, found, "graphmem")
    assert (row["n"], row["before"], row["change"], row["sure"]) == (20, 50.0, 0.0, "")
    assert scores.answers[0] == Answer("a set", "q0", "chain", "graphmem", {"R@5": 0})


def test_a_difference_is_sure_when_nearly_every_question_gains():
    assert difference([(0.0, 1.0)] * 19 + [(1.0, 0.0)])["sure"] == "yes"
    assert difference([(0.0, 1.0), (1.0, 0.0)] * 10)["sure"] == ""


@pytest.mark.parametrize("stage", ablate.STAGES)
@pytest.mark.parametrize("settings", [MINILM, STATIC], ids=["minilm", "static"])
def test_a_variation_names_constants_that_there_are(stage, settings):
    assert ablate.varied(settings, ablate.STAGES[stage]) is not settings


def test_every_number_of_the_settings_is_halved_and_doubled():
    variations = ablate.halved_and_doubled(STATIC)
    assert len(variations) == 2 * len(dict(ablate.constants(STATIC)))
    assert all(ablate.varied(STATIC, changes) != STATIC for changes in variations.values())


def test_recall_uses_other_settings_while_it_is_told_to():
    with Memory(":memory:") as memory:
        memory.add("Bea works at Acme. Acme is in Lisbon.", user_id="ada")
        memory.add("Bea likes roses.", user_id="ada")
        asked = "Which city does Bea work in?"
        usual = memory.recall(asked, user_id="ada")
        without = ablate.varied(STATIC, ablate.STAGES["chat: facts, questions and length count nothing"])
        with ablate.recalling_with(without):
            changed = memory.recall(asked, user_id="ada")
        again = memory.recall(asked, user_id="ada")
    assert [hit.signals for hit in usual.hits] != [hit.signals for hit in changed.hits]
    assert [hit.signals for hit in usual.hits] == [hit.signals for hit in again.hits]
    assert settings_for(StaticEmbedder.identity) is STATIC


def case(rng: np.random.Generator, *, has_next: bool = False) -> learn.Case:
    """The best by the first signal proves the answer, perhaps with what goes on there; the second is chance."""
    signals = rng.random((6, 2))
    first = int(np.argmax(signals[:, 0]))
    onward = (first + 1) % 6
    is_gold = np.isin(np.arange(6), [first, onward] if has_next else [first])
    follows = np.zeros((6, 6))
    follows[first, onward] = has_next
    return learn.Case(
        set="texts",
        signals=signals,
        rest=np.zeros(6),
        kept=np.ones(6),
        words=np.zeros((6, 1)),
        worth=np.ones(6),
        follows=follows,
        is_gold=is_gold,
        figure=lambda order: float(is_gold[order].mean()),
    )


def test_a_signal_that_says_nothing_is_learned_to_count_little() -> None:
    rng = np.random.default_rng(0)
    _, chance, _, _ = learn.learned([case(rng) for _ in range(40)], 2)
    assert abs(chance) < 0.3


def test_what_goes_on_where_the_first_stops_is_learned_to_come_next() -> None:
    rng = np.random.default_rng(0)
    factors = learn.learned([case(rng, has_next=True) for _ in range(40)], 2)
    other = case(rng, has_next=True)
    assert other.figure(other.order(factors, 2)) == 1


def test_what_a_recall_asks_of_its_reader_is_time_of_the_store_and_its_own_work_is_not(monkeypatch) -> None:
    spent: list[float] = []
    monkeypatch.setattr(scale.time, "perf_counter", lambda: sum(spent))

    class Reader:
        async def facts(self) -> None:
            spent.append(2.0)

    class Store:
        async def reading(self, work):
            return await work(Reader())

    async def recall(reader) -> str:
        spent.append(5.0)
        await reader.facts()
        return "answer"

    store = Store()
    part = scale.Part(store)
    assert drive(store.reading(recall)) == "answer"
    assert part.seconds == 2.0
