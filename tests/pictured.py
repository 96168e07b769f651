"""Memories to look at: a chain of three facts, a crowd, and texts that would rather be something else than text."""

from datetime import UTC, datetime
from random import Random

from graphmem.display.scene import Scene, Told
from graphmem.models import Entity, Fact, Hit, Path, Recall, Step, Subgraph

DAY = datetime(2024, 5, 1, tzinfo=UTC)
SPACE = "org=acme/user=ada"
MARKUP = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script></script></iframe>&amp;"
LONG = "interminable " * 3846 + "end"
ARABIC = "أدا تعمل في لشبونة"
TURNED = "safe\u202egnp.exe\u2066"
CONTROL = "bell\x07 escape\x1b[31m null\x00 half\ud83d"
HOSTILE = (MARKUP, LONG, ARABIC, TURNED, CONTROL, "", "]]>", "'\"`${x}", "</style></svg><b>")


def fact(name: str, text: str, subject: str, object_: str | None = None, *mentions: str) -> Fact:
    return Fact(
        id=f"f-{name}",
        space=SPACE,
        text=text,
        subject=subject,
        subject_key=subject.lower(),
        predicate="is",
        object=object_,
        object_key=object_.lower() if object_ else None,
        mentions=mentions,
        mention_keys=tuple(mention.lower() for mention in mentions),
    )


def step(of: Fact, via: str | None = None) -> Step:
    return Step(
        fact_id=of.id,
        text=of.text,
        episode_id=f"e-{of.id}",
        source_id=f"note/{of.id}",
        said_at=DAY,
        speaker="Ada",
        quote=of.text,
        via=via,
    )


WORKS = fact("works", "Ada works at Acme.", "Ada", "Acme")
BELONGS = fact("belongs", "Acme belongs to Norvane.", "Acme", "Norvane")
BASED = fact("based", "Norvane is based in Lisbon.", "Norvane", "Lisbon")
PATH = Path(steps=(step(WORKS, "Acme"), step(BELONGS, "Norvane"), step(BASED)), start="Ada", end="Lisbon")


def hit(of: Fact, *, path: Path | None = None, score: float = 0.5) -> Hit:
    return Hit(
        text=of.text,
        score=score,
        layer="user",
        fact=of,
        episode_id=f"e-{of.id}",
        source_id=f"note/{of.id}",
        path=path,
        signals={"dense": score},
        quote=of.text,
        said_at=DAY,
        speaker="Ada",
    )


def recall(*hits: Hit, question: str = "Where is the owner of Ada's firm?") -> Recall:
    return Recall(question=question, at=DAY, known_at=DAY, hits=hits, enough=True, confidence=0.8)


def answer() -> Recall:
    """A chained question with its proof, and a hit that nothing joins with it."""
    apart = fact("canteen", "The canteen serves soup.", "canteen", "soup")
    return recall(hit(WORKS, score=0.8), hit(BASED, path=PATH, score=0.7), hit(apart, score=0.1))


def around(count: int) -> Subgraph:
    """A neighbourhood of this many names; each but the first is joined with one before it."""
    chance = Random(7)
    names = [f"Person number {number}" for number in range(count)]
    facts = [
        fact(str(number), f"{names[number]} knows somebody.", names[number], names[int(chance.random() ** 2 * number)])
        for number in range(1, count)
    ]
    entities = tuple(Entity(space=SPACE, key=name.lower(), name=name) for name in names)
    return Subgraph(centre=names[0].lower(), entities=entities, facts=tuple(facts))


def crowd(count: int) -> Scene:
    """Names, and facts that join them, without anything a model would need."""
    scene = Scene(names={f"k{number}": f"Name {number}" for number in range(count)})
    for number in range(1, count):
        ends = (f"k{number}", f"k{number // 3}")
        scene.add(Told(f"f{number}", f"What joins {number} and {number // 3}.", ends))
    return scene


def hostile() -> Recall:
    """A recall in which every text is one of `HOSTILE`: statements, names, sources, speakers and the question."""
    hits = []
    for number, text in enumerate(HOSTILE):
        told = fact(str(number), text, "Ada", text or None, "Acme")
        after = fact(f"after {number}", text, text or "Ada", "Acme")
        path = Path(steps=(step(told, text or "Acme"), step(after)))
        found = hit(told, path=path, score=1 - number / 20)
        hits.append(found.model_copy(update={"speaker": text, "source_id": text, "quote": text}))
    return recall(*hits, question=MARKUP)
