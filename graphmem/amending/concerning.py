"""Everything that names a person, place or thing: what is exported of them, and what goes when they are forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphmem import forgetting, portable
from graphmem.errors import NotFound
from graphmem.models import Episode, Fact
from graphmem.moment import AT_LAST
from graphmem.paging import pages
from graphmem.protocols import Question, Store


@dataclass(frozen=True, slots=True)
class Concerned:
    """What names an entity in some spaces.

    Attributes:
        keys: Of the entity, one for each name that it is known by in some space.
        called: What it is called.
        facts: About it, mentioning it, or with its name in their text, whether they hold or not.
        whole: Ids of episodes that it said, or that are about it by their title.
        named: Other episodes that name it, by id.
    """

    keys: tuple[str, ...]
    called: frozenset[str]
    facts: tuple[Fact, ...]
    whole: tuple[str, ...]
    named: dict[str, Episode]


async def concerning(store: Store, spaces: Sequence[str], key: str) -> Concerned:
    """What names the entity of this key, or what was merged into it. Everything in the spaces is looked at.

    Raises:
        NotFound: There is none.
    """
    known = await store.known(Question(keys=tuple((space, key) for space in spaces)))
    if not known.entities:
        raise NotFound.of("entity", key)
    facts: list[Fact] = []
    async for page in pages(store, spaces, moment=None, entity=key):
        facts += page
    entities = [*known.entities.values(), *(one for merged in known.merged.values() for one in merged)]
    called = {key, *(name for entity in entities for name in (entity.name, *entity.aliases))}
    known_facts = {fact.id for fact in facts}
    saying: list[str] = []
    whole: list[str] = []
    named: dict[str, Episode] = {}
    async for record in store.dump(spaces):
        if record["record"] == "fact" and record["id"] not in known_facts:
            if forgetting.places(str(record["text"]), called):
                saying.append(str(record["id"]))
        elif record["record"] == "episode":
            episode = portable.episode(record, 0)
            if any(forgetting.places(name, called) for name in (episode.title, episode.speaker) if name):
                whole.append(episode.id)
            elif forgetting.nameless(episode, called) != episode:
                named[episode.id] = episode
    facts += await store.facts(spaces, saying, moment=AT_LAST)
    keys = tuple(dict.fromkeys(entity.key for entity in entities))
    return Concerned(keys, frozenset(called), tuple(facts), tuple(whole), named)
