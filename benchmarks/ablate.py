"""What each stage of recall, and each of its constants, is worth: they are taken away one by one.

Every set is read once. Then its questions are asked with the settings as they are, and again with each variation of
them; `change` is what that does to the figure of the set, with a 95 % interval (paired bootstrap over questions).
`--constants` halves and doubles every single number instead: a constant that changes nothing has no reason to be there.
"""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any
from unittest.mock import patch

from benchmarks import chains, chat, multihop
from benchmarks._asking import owner
from benchmarks._measure import Corpus, Row, arguments, difference, embedder, places, show
from graphmem import Memory
from graphmem.recall import settings as recall_settings
from graphmem.recall.settings import Settings, settings_for

SETS = (*multihop.SETS, *chat.NAMES, "chains")
FIGURES = {"locomo": "R@10", "realtalk": "R@10", "chains": "all@10"}
"""What is looked at in a set; R@5 in the others."""

Changes = Mapping[str, object]
"""Constants by their path, each with its other value."""

STAGES: dict[str, Changes] = {
    "no vectors of episodes": {"base.dense": 0.0, "chat.dense": 0.0},
    "no words of episodes": {"base.dense": 1.0, "chat.dense": 1.0},
    "no vectors of facts": {"base.fact_dense": 0.0},
    "no words of facts": {"base.fact_words": 0.0},
    "no link to named entities": {"base.link": 0.0},
    "no activation": {"walk.facts": 0},
    "no walk": {"walk.weight": 0.0},
    "no path step": {"chain.weight": 0.0, "hop.weight": 0.0},
    "paths: no strength": {"chain.strength": 0.0},
    "paths: no rarity": {"chain.rarity": 0.0},
    "paths: no uncovered words": {"chain.words": 0.0},
    "paths: mentions as good as subjects": {"chain.mentioned": 1.0},
    "paths: no mentions": {"chain.mentioned": 0.0},
    "nearness counts in full to the end": {"base.kept": 1.0},
    "no cover in the choice": {"choice.cover": 0.0, "choice.said_cover": 0.0},
    "no following in the choice": {"choice.follows": 0.0},
    "chat: no neighbouring turns": {"chat.before": 0.0, "chat.after": 0.0, "chat.answer": 0.0, "chat.further": 0.0},
    "chat: no rarity of bridges": {"hop.rarity": 0.0},
    "chat: no uncovered words on the way": {"hop.words": 0.0},
    "chat: no meaning at the end of the way": {"hop.dense": 0.0},
    "chat: facts, questions and length count nothing": {"chat.fact": 0.0, "chat.asks": 0.0, "chat.length": 0.0},
    "chat: no vectors of facts": {"chat.fact_dense": 0.0},
    "chat: no words of the question said together": {"chat.covered": 0.0},
    "chat: any number of turns found by ways": {"hop.lifted": 1000},
    "chat: no session": {"chat.session": 0.0},
    "chat: no speaker": {"chat.speaker": 0.0},
    "chat: no date": {"chat.date": 0.0},
    "chat: no preference for the user": {"chat.user": 0.0},
}


def corpora(name: str, options: Namespace) -> list[Corpus]:
    """What is read and asked for a set."""
    if name == "chains":
        return list(chains.corpora(options.data))
    if name in chat.NAMES:
        return list(chat.corpora(name, options.data))
    return [multihop.corpus(name, options.data)]


def changed(settings: Any, path: str, value: object) -> Any:  # a settings class of recall, whichever holds the rest
    """The settings with one constant changed."""
    name, _, rest = path.partition(".")
    return replace(settings, **{name: changed(getattr(settings, name), rest, value) if rest else value})


def varied(settings: Settings, changes: Changes) -> Settings:
    """The settings with several constants changed."""
    for path, value in changes.items():
        settings = changed(settings, path, value)
    return settings


def constants(settings: Any, prefix: str = "") -> Iterator[tuple[str, float]]:  # as above
    """Every number, by its path."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value):
            yield from constants(value, f"{prefix}{field.name}.")
        elif isinstance(value, int | float) and value:
            yield prefix + field.name, value


def halved_and_doubled(settings: Settings) -> dict[str, Changes]:
    """A variation for either."""
    return {
        f"{path} = {value * factor:g}, not {value:g}": {path: type(value)(value * factor)}
        for path, value in constants(settings)
        for factor in (0.5, 2)
    }


@contextmanager
def recalling_with(settings: Settings) -> Iterator[None]:
    """Let recall use these, wherever it looks them up."""
    original = recall_settings.settings_for
    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith("graphmem.") and getattr(module, "settings_for", None) is original:
                stack.enter_context(patch.object(module, "settings_for", lambda _: settings))
        yield


def ask(read: Sequence[tuple[Corpus, Memory, str]], figure: str, **how: int) -> list[float]:
    """The figure of every question that has it."""
    found: list[float] = []
    for corpus, memory, user in read:
        for question in corpus.questions:
            if figure in question.figures([]):
                recall = memory.recall(question.text, limit=corpus.limit, at=question.at, user_id=user, **how)
                found.append(question.figures(recall.sources)[figure])
    return found


def measure(name: str, options: Namespace, place: Callable[[str], str]) -> Iterator[Row]:
    """A row for each variation."""
    vectors = embedder(options.embedder)
    settings = settings_for(vectors.identity)
    variations = halved_and_doubled(settings) if options.constants else STAGES
    with ExitStack() as stack:
        read: list[tuple[Corpus, Memory, str]] = []
        for corpus in corpora(name, options):
            url = place(corpus.name)
            memory = stack.enter_context(Memory(url, embedder=vectors))
            memory.add_many(corpus.episodes, progress=not options.json, user_id=owner(corpus, url))
            read.append((replace(corpus, questions=corpus.questions[: options.questions]), memory, owner(corpus, url)))
        figure = FIGURES.get(name, "R@5")
        asked = partial(ask, read, figure)
        whole = asked()
        ways = {what: partial(_ask_with, varied(settings, changes), asked) for what, changes in variations.items()}
        if not options.constants:
            ways["one hop"] = partial(asked, hops=1)
        for what, way in ways.items():
            print(f"{name}: {what}", file=sys.stderr, flush=True)
            pairs = list(zip(whole, way(), strict=True))
            yield {"variation": what, "set": name, "figure": figure, "n": len(pairs), **difference(pairs)}


def _ask_with(settings: Settings, asked: Callable[[], list[float]]) -> list[float]:
    with recalling_with(settings):
        return asked()


def main() -> None:
    """Vary the recall of the sets named."""
    parser = arguments(__doc__, recalls=True)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all of them if none is named")
    parser.add_argument("--questions", type=int, metavar="N", help="only the first N of each user")
    parser.add_argument("--constants", action="store_true", help="halve and double every number")
    options = parser.parse_args()
    if unknown := set(options.sets) - set(SETS):
        parser.error(f"no set {', '.join(sorted(unknown))}: there are {', '.join(SETS)}")
    with places(options.store) as place:
        rows = [row for name in options.sets or SETS for row in measure(name, options, place)]
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
