"""CaRB: how well tuples read from a sentence match those that people read from it.

Written anew after the description of Bhardwaj et al. (EMNLP 2019): a tuple is a relation and two arguments, whatever
follows the first argument taken together; words are matched one to one within the same part, in any order. Recall
takes for each wanted tuple the best of all read, precision pairs them one to one, best pair first. Our figures for
published system outputs are those the paper gives.
"""

import gzip
import string
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Words = Counter[str]

_BE = frozenset("be is am are was were been being".split())
_SAYING = ("said", "told", "added", "adds", "says")
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
_WITHOUT_MARKS = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Tuple:
    """A relation with its arguments as they stand in the sentence, and how sure the reader is."""

    relation: str
    arguments: tuple[str, ...]
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Figures:
    """At the confidence that serves F1 best: the shares in [0, 1]."""

    precision: float
    recall: float
    f1: float
    read: int


def key(sentence: str) -> str:
    """What two spellings of one sentence have in common: its letters, without blanks and marks."""
    sentence = sentence.replace(" ", "")
    for written, bracket in _BRACKETS.items():
        sentence = sentence.replace(written, bracket)
    return sentence.translate(_WITHOUT_MARKS)


def lines_of(path: Path) -> list[str]:
    """The lines of a file, compressed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


def wanted(path: Path) -> dict[str, list[Tuple]]:
    """The gold tuples of a file, by sentence (`key`): sentence, relation and arguments between tabs."""
    found: dict[str, list[Tuple]] = defaultdict(list)
    for line in lines_of(path):
        sentence, *parts = line.split("\t")
        if len(parts) > 1:
            arguments = tuple(part.strip() for part in parts[1:] if part.strip() and "C: " not in part)
            found[key(sentence)].append(Tuple(parts[0].strip(), arguments))
    return found


def figures(gold: Mapping[str, Sequence[Tuple]], read: Mapping[str, Sequence[Tuple]]) -> Figures:
    """How tuples read from sentences match those wanted, at the best threshold of confidence."""
    thresholds = sorted({tuple_.confidence for tuples in read.values() for tuple_ in tuples})
    best = Figures(0, 0, 0, 0)
    matches = {sentence: _matches(tuples, read.get(sentence, ())) for sentence, tuples in gold.items()}
    for threshold in thresholds:
        precision = recall = 0.0
        among = of = 0
        for sentence, tuples in gold.items():
            chosen = [n for n, tuple_ in enumerate(read.get(sentence, ())) if tuple_.confidence >= threshold]
            table = matches[sentence]
            among, of = among + len(chosen), of + len(tuples)
            if chosen:
                recall += sum(max(row[n][1] for n in chosen) for row in table)
                precision += _paired([[row[n][0] for n in chosen] for row in table])
        share, part = (precision / among if among else 0.0), (recall / of if of else 0.0)
        f1 = 2 * share * part / (share + part) if share + part else 0.0
        if f1 > best.f1:
            best = Figures(share, part, f1, among)
    return best


def _matches(gold: Sequence[Tuple], read: Sequence[Tuple]) -> list[list[tuple[float, float]]]:
    return [[_match(one, other) for other in read] for one in gold]


def _match(gold: Tuple, read: Tuple) -> tuple[float, float]:
    """Precision and recall of one tuple against another; who says something may stand on either side of it."""
    first, rest = _two(read.arguments)
    found = _lenient(gold, read.relation, first, rest)
    if rest is not None and any(word in gold.relation for word in _SAYING):
        found = max(found, _lenient(gold, read.relation, rest, first))
    return found


def _two(arguments: Sequence[str]) -> tuple[str, str | None]:
    return arguments[0], " ".join(arguments[1:]) if len(arguments) > 1 else None


def _lenient(gold: Tuple, relation: str, first: str, rest: str | None) -> tuple[float, float]:
    gold_first, gold_rest = _two(gold.arguments)
    ours, theirs = Counter(relation.split()), Counter(gold.relation.split())
    same = (ours & theirs).total()
    if (ours - theirs)["be"] and any(word in _BE for word in theirs):
        same += 1
    if not same:
        return 0.0, 0.0
    matched, of_read, of_gold = same, ours.total(), theirs.total()
    for wanted_words, words in ((gold_first, first), (gold_rest, rest)):
        if wanted_words is None:
            continue
        of_gold += len(wanted_words.split())
        if words is None:
            return 0.0, 0.0
        matched += (Counter(words.split()) & Counter(wanted_words.split())).total()
        of_read += len(words.split())
    return matched / of_read, matched / of_gold


def _paired(table: Sequence[Sequence[float]]) -> float:
    """The sum over pairs of a row and a column, each used once, the best pair first."""
    pairs = sorted(
        ((value, -row, -column) for row, values in enumerate(table) for column, value in enumerate(values)),
        reverse=True,
    )
    rows, columns, total = set[int](), set[int](), 0.0
    for value, row, column in pairs:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            total += value
    return total
