"""How questions of data sets are asked: of graphmem, and beside it of the other methods."""

import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from benchmarks._baselines import Baselines, statements
from benchmarks._measure import Corpus, Question, Row, Scores, Stopwatch, embedder
from graphmem import Memory
from graphmem.config import is_neo4j
from graphmem.models import Ingested, Recall


def owner(corpus: Corpus, url: str) -> str:
    """Whose memory a corpus is: on a server, which holds several, the user of this corpus."""
    return f"{corpus.user} of {corpus.name}" if is_neo4j(url) else corpus.user


def plain(question: Question, recall: Recall) -> Mapping[str, float]:
    """The figures of what was recalled: those of its sources."""
    return question.figures(recall.sources)


def measure(
    corpora: Iterable[Corpus],
    place: Callable[[str], str],
    options: Namespace,
    *,
    by_kind: bool = True,
    judge: Callable[[Question, Recall], Mapping[str, float]] = plain,
) -> list[Row]:
    """Read and ask each corpus, and return a table of what came of it; `judge` is what there is to say of a recall."""
    scores, speed = Scores(), Speed()
    vectors = embedder(options.embedder)
    for corpus in corpora:
        url = place(corpus.name)
        user = owner(corpus, url)
        with Memory(url, embedder=vectors) as memory:
            ingested = memory.add_many(corpus.episodes, progress=not options.json, user_id=user)
            print(f"{corpus.name}, {user}: {ingested}", file=sys.stderr, flush=True)
            watch = speed.of(corpus.questions[0].set, ingested)
            others = Baselines(corpus.texts(), vectors, statements(memory, user))
            for question in corpus.questions:
                with watch.running():
                    recall = memory.recall(question.text, limit=corpus.limit, at=question.at, user_id=user)
                scores.add(question, "graphmem", judge(question, recall))
                for method, order in others.orders(question.text).items():
                    scores.add(question, method, question.figures(order))
    scores.save(options.save)
    return [{**row, **speed.columns(row)} for row in scores.rows(by_kind=by_kind)]


class Speed:
    """By set: how long recalls took, and how fast texts were read."""

    def __init__(self) -> None:
        self._watches: dict[str, Stopwatch] = defaultdict(Stopwatch)
        self._read: dict[str, list[Ingested]] = defaultdict(list)

    def of(self, set_: str, ingested: Ingested) -> Stopwatch:
        """What times the recalls of a set of which more was read."""
        self._read[set_].append(ingested)
        return self._watches[set_]

    def columns(self, row: Row) -> Row:
        """Beside the figures of graphmem over all of a set."""
        if row["method"] != "graphmem" or row.get("kind", "all") != "all":
            return {}
        read = [ingested for ingested in self._read[str(row["set"])] if ingested.episodes]
        seconds = sum(ingested.seconds for ingested in read)
        rate = {"texts/s": sum(ingested.episodes for ingested in read) / seconds} if read else {}
        return {**self._watches[str(row["set"])].columns(), **rate}
