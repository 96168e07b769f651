"""What lines like "Employer: Acme" say, in documents and in chats."""

import asyncio
from datetime import UTC, datetime

import pytest

from graphmem.extraction.labels import of_line
from graphmem.extraction.offline import OfflineExtractor
from graphmem.models import Episode, Role
from graphmem.protocols import Setting

OFFLINE = OfflineExtractor()


def told(text: str, *, title: str | None = None, role: Role = "document") -> set[tuple[str, str, str]]:
    said_at = datetime(2024, 6, 3, 9, tzinfo=UTC)
    episode = Episode(id="1", space="s", session="s", text=text, title=title, role=role, said_at=said_at)
    [found] = asyncio.run(OFFLINE.extract([episode], [Setting("Ada")]))
    return {
        (claim.subject.name, claim.predicate, claim.object if isinstance(claim.object, str) else claim.object.name)
        for claim in found.claims
        if claim.subject and claim.predicate and claim.object
    }


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Kim Berg", "Employer: Acme", ("Kim Berg", "works_at", "Acme")),
        ("Kim Berg", "Employer: Acme\nCity: Ghent", ("Kim Berg", "lives_in", "Ghent")),
        ("Kim Berg", "- **Allergies:** nuts, kiwi", ("Kim Berg", "allergic_to", "kiwi")),
        ("Tarn GmbH", "City: Ghent", ("Tarn GmbH", "located_in", "Ghent")),
        ("Kim Berg", "Town | Orsk\nEmployer | Acme", ("Kim Berg", "works_at", "Acme")),
        ("Orsk Bridge", "Height: 31 m", ("Orsk Bridge", "height", "31 m")),
        (None, "# Kim Berg\n\n- Employer: Acme\n\n# Anna Lind\n\n- City: Oslo", ("Kim Berg", "works_at", "Acme")),
        (None, "# Kim Berg\n\n- Employer: Acme\n\n# Anna Lind\n\n- lives in Oslo", ("Anna Lind", "lives_in", "Oslo")),
        (None, "| Name | Employer |\n|---|---|\n| Kim Berg | Acme |", ("Kim Berg", "works_at", "Acme")),
    ],
)
def test_a_label_tells_of_whoever_the_page_is_about(
    title: str | None, text: str, expected: tuple[str, str, str]
) -> None:
    assert expected in told(text, title=title)


def test_in_a_chat_a_known_label_tells_of_the_speaker() -> None:
    assert told("City: Tampere\nJob: welder", role="user") == {("Ada", "lives_in", "Tampere"), ("Ada", "job", "welder")}


@pytest.mark.parametrize("text", ["Shopping list: milk, eggs", "Note: the boiler leaks", "Milk: two litres"])
def test_in_a_chat_any_other_label_tells_nothing_of_the_speaker(text: str) -> None:
    assert not any(subject == "Ada" for subject, _, _ in told(text, role="user"))


@pytest.mark.parametrize("line", ["He said: it is late. Go home.", "12:30 lunch", "No label here", "Label:", ": value"])
def test_a_sentence_with_a_colon_is_no_label(line: str) -> None:
    assert of_line(line) == []
