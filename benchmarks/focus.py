"""What it costs that recall prefers, by a little, what the asker's session is about.

Every question of LoCoMo and REALTALK is asked as usual, and again within the last session of its conversation, whose
turns are mostly about something else: the worst that can happen to it. R@k as `benchmarks.chat` counts it.
"""

from benchmarks._measure import Scores, arguments, places, show
from benchmarks.chat import corpora
from graphmem import Memory

SETS = ("locomo", "realtalk")


def main() -> None:
    """Measure both."""
    parser = arguments(__doc__, recalls=True, saves=True)
    options = parser.parse_args()
    scores = Scores()
    with places(options.store) as place:
        for corpus in (corpus for name in SETS for corpus in corpora(name, options.data)):
            with Memory(place(corpus.name)) as memory:
                memory.add_many(corpus.episodes, user_id=corpus.user)
                last = corpus.episodes[-1]["session_id"]
                for question in corpus.questions:
                    for method, session in (("asked alone", None), ("in a session", last)):
                        found = memory.recall(
                            question.text, limit=corpus.limit, user_id=corpus.user, session_id=session
                        )
                        scores.add(question, method, question.figures(found.sources))
    scores.save(options.save)
    show(scores.rows(by_kind=False), as_json=options.json)


if __name__ == "__main__":
    main()
