"""A long ingestion that is killed half way and started again: is every text there, once, with the same facts?

LiHua-World's chat records and 500 MuSiQue passages go through `Memory.add_many` in a process that gets SIGKILL when
half of them are in, and again in one that runs to the end. Then every source id must be there exactly once, and the
facts must be those of an ingestion that nobody disturbed.
"""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks._measure import Row, arguments, folder, lines, show
from benchmarks.chat import records
from benchmarks.multihop import episodes
from graphmem import Memory

PASSAGES = 500
USER = "reader"
Episodes = Sequence[Mapping[str, Any]]


def ingest(store: Path, said: Episodes) -> None:
    """One uninterrupted run, as long as it is left alive."""
    with Memory(store) as memory:
        memory.add_many(said, user_id=USER)


def kill_half_way(store: Path, said: Episodes) -> int:
    """Start a run, kill it when half of the texts are in, and say how many were."""
    run = get_context("spawn").Process(target=ingest, args=(store, said))
    run.start()
    with Memory(store) as memory:
        while memory.stats(user_id=USER).episodes < len(said) // 2:
            if not run.is_alive():
                raise SystemExit("the ingestion ended before it could be killed")
            time.sleep(0.02)
        run.kill()
        run.join()
        return memory.stats(user_id=USER).episodes


def kept(store: Path, folder: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each source id and each fact's text is there."""
    file = folder / f"{store.stem}.jsonl"
    with Memory(store) as memory:
        memory.export(file, user_id=USER)
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return (
        Counter(record["source_id"] for record in records if record.get("record") == "episode"),
        Counter(record["text"] for record in records if record.get("record") == "fact"),
    )


def measure(name: str, said: Episodes, stores: Path) -> Row:
    """Kill, resume and count."""
    broken, whole = stores / f"{name}-killed.db", stores / f"{name}-whole.db"
    alive = kill_half_way(broken, said)
    with Memory(broken) as memory:
        resumed = memory.add_many(said, user_id=USER)
    ingest(whole, said)
    sources, facts = kept(broken, stores)
    _, undisturbed = kept(whole, stores)
    given = {str(episode["source_id"]) for episode in said}
    return {
        "set": name,
        "texts": len(said),
        "in when killed": alive,
        "known again": resumed.known,
        "added then": resumed.episodes,
        "lost": len(given - sources.keys()),
        "doubled": sum(count - 1 for count in sources.values()),
        "facts": facts.total(),
        "facts lost": (undisturbed - facts).total(),
        "facts too many": (facts - undisturbed).total(),
    }


def main() -> None:
    """Measure both sets; exit code 1 if anything is lost or doubled."""
    options = arguments(__doc__).parse_args()
    passages = lines(options.data / "musique" / "corpus.jsonl.gz")[:PASSAGES]
    sets: dict[str, Episodes] = {
        "lihua": list(records(lines(options.data / "lihua" / "corpus.jsonl.gz"))),
        "musique": list(episodes(passages, is_titled=True)),
    }
    with folder(None) as stores:
        rows = [measure(name, said, stores) for name, said in sets.items()]
    show(rows, as_json=options.json)
    if any(row[column] for row in rows for column in ("lost", "doubled")):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
