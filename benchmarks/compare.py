"""Two runs side by side: what changed, by set, and whether that is more than chance.

    ./run bench multihop --save before.jsonl
    ./run bench multihop --save after.jsonl
    ./run bench compare before.jsonl after.jsonl

Questions are paired; the interval is where 95 of 100 differences lie when the questions are drawn anew. Where it does
not hold 0, `sure` says so.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks._measure import Row, arguments, difference, lines, show

Key = tuple[str, str, str]
"""Set, method and figure."""


def figures(file: Path) -> dict[Key, dict[str, float]]:
    """Every figure of every question."""
    found: dict[Key, dict[str, float]] = defaultdict(dict)
    for answer in lines(file):
        for figure, value in answer["figures"].items():
            found[answer["set"], answer["method"], figure][answer["question"]] = value
    return found


def compared(before: dict[Key, dict[str, float]], after: dict[Key, dict[str, float]], method: str) -> Iterator[Row]:
    """A row for each figure of each set that both runs have."""
    for key, values in before.items():
        both = values.keys() & after.get(key, {}).keys()
        if key[1] == method and both:
            pairs = [(values[question], after[key][question]) for question in sorted(both)]
            yield {"set": key[0], "figure": key[2], "n": len(pairs), **difference(pairs)}


def main() -> None:
    """Compare two files of `--save`."""
    parser = arguments(__doc__, reads_data=False)
    parser.add_argument("before", type=Path, metavar="A")
    parser.add_argument("after", type=Path, metavar="B")
    parser.add_argument("--method", default="graphmem", help="default: graphmem")
    options = parser.parse_args()
    rows = list(compared(figures(options.before), figures(options.after), options.method))
    if not rows:
        raise SystemExit(f"the two files have no question in common that {options.method} was asked")
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()
