"""What is made of readings before they are written: known names found in new text, and new names in older text."""

from datetime import UTC, datetime

import pytest

from graphmem.models import Entity, Episode, Fact
from graphmem.protocols import Claim, Extraction, Index, Known, Name
from graphmem.testing import WordEmbedder
from graphmem.writing.drafting import Drafting, Reading
from graphmem.writing.intake import Arrival

SPACE = "org=acme/user=ada"
INDEX = Index(WordEmbedder().vector("any"), ())


def reading(text: str, *names: Name) -> Reading:
    episode = Episode(id=text, space=SPACE, text=text, role="document", said_at=datetime(2024, 6, 1, tzinfo=UTC))
    claim = Claim(text=text, start=0, end=len(text), subject=names[0], mentions=names[1:])
    return Reading(Arrival(episode, text), Extraction((claim,)), INDEX, (INDEX,))


def name(text: str) -> Name:
    return Name(text, text.lower())


def older(text: str, *mentions: str) -> Fact:
    return Fact(
        id=text,
        space=SPACE,
        text=text,
        role="document",
        mentions=mentions,
        mention_keys=tuple(map(str.lower, mentions)),
    )


def test_names_that_the_space_knows_are_found_in_new_text() -> None:
    entities = {(SPACE, key): Entity(space=SPACE, key=key, name=key.title()) for key in ("orsk bridge", "orsk")}
    drafting = Drafting(Known(entities=entities), user=None)
    drafting.take(reading("Jane Roe painted the Orsk bridge at Orsk.", name("Jane Roe")))
    [new] = drafting.draft().facts
    assert new.fact.mention_keys == ("orsk bridge",)


@pytest.mark.parametrize(
    ("text", "mentions", "is_found"),
    [("The mill is Anna Berg's.", (), True), ("Anna Berg Roe lives there.", ("Anna Berg Roe",), False)],
)
def test_a_new_name_is_found_in_older_text_but_not_inside_a_longer_name(
    text: str, mentions: tuple[str, ...], is_found: bool
) -> None:
    old = older(text, *mentions)
    drafting = Drafting(Known(unlinked={(SPACE, "anna berg"): (old,)}), user=None)
    drafting.take(reading("Anna Berg is a town.", name("Anna Berg")))
    assert list(drafting.draft().mentions) == ([(SPACE, old.id, "anna berg")] if is_found else [])


def test_a_name_is_found_in_what_was_read_just_before_it() -> None:
    drafting = Drafting(Known(), user=None)
    drafting.take(reading("Jane Roe of Orsk, Ohio sold it to Anna Berg.", name("Jane Roe"), name("Orsk"), name("Ohio")))
    drafting.take(reading("Orsk, Ohio is a town.", name("Orsk, Ohio".replace(",", ""))))
    drafting.take(reading("Anna Berg is a miller.", name("Anna Berg")))
    first, *_ = drafting.draft().facts
    assert first.fact.mention_keys == ("orsk", "ohio", "orsk ohio", "anna berg")
    assert first.fact.mentions == ("Orsk", "Ohio", "Orsk Ohio", "Anna Berg")
